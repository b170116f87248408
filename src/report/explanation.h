/* What the text of an explanation, its JSON and the manual share. */
#pragma once

#include "chain/explain.h"
#include "report/facts.h"

/*
 * Calls line for each command that goes on from cause, with the endpoint in its place
 * (NULL: a word for it); line owns nothing.
 */
struct command_sink {
	void *ctx;
	void (*line)(void *ctx, const char *command);
};
void explanation_commands(unsigned cause, const struct mentioned *target,
			  const struct command_sink *sink);
/* "java": what it shows for that finding; nothing where no client shows anything. */
json_t *json_of_clients(enum finding_code code);
/* A line "java: ..." behind indent spaces, where it shows anything; and those of all
 * clients. */
void add_client(struct report *report, enum client client, enum finding_code code,
		size_t indent);
void add_clients(struct report *report, enum finding_code code, size_t indent);

/* Whether the server should send another chain than it does. */
bool is_mended_by_serving(enum finding_code code);
/*
 * How nginx, Apache, HAProxy and Tomcat send what is in file (as the user named it; NULL:
 * a usual name): lines behind indent spaces, and as JSON, a list of lines each.
 */
void add_serving(struct report *report, const char *file, size_t indent);
json_t *json_of_serving(const char *file);

json_t *json_of_explained(const struct explanation *explanation,
			  const struct explained *one);
json_t *json_of_code(enum finding_code code);
