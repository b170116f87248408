/*
 * Profiles: XML files that describe a known store (stores/store.rng is their schema).
 * They are looked for in /etc/rootcellar/stores, $XDG_CONFIG_HOME/rootcellar/stores, then
 * among the shipped ones.
 */
#pragma once

#include "chain/client.h"
#include "store/store.h"

struct profile_read {
	char *path;
	const struct format *format; /* NULL: from the content */
	enum trust
		trust; /* of entries of which the file says nothing; UNSAID: stays so */
};
/* A rule of a client block, as it stands there. */
struct profile_rule {
	char *name, *value;
	long line;
};
struct profile {
	char *name, *title, *file;  /* file: where the profile stands */
	struct profile_read *reads; /* alternatives: the first that exists counts */
	size_t n_reads, cap_reads;
	char **includes; /* names of other profiles */
	size_t n_includes, cap_includes;
	bool has_client; /* a client block: how the client of this store verifies */
	char *like;	 /* the client that it is like, but for its rules; NULL: the default */
	struct profile_rule *rules;
	size_t n_rules, cap_rules;
};
#define PROFILE_INIT         \
	{                    \
		.name = NULL \
	}
void profile_clear(struct profile *profile);

/*
 * Finds and reads the profile. STATUS_INPUT with FILE:LINE. As root only from folders
 * that are root's and that nobody else can write.
 */
MUST_CHECK bool profile_load(struct profile *profile, const char *name,
			     struct error *err);

/*
 * How the client of that name verifies. NAME is a profile with a client block; where none has
 * that name, NAME-VERSION of the greatest version is. STATUS_INPUT with FILE:LINE.
 */
MUST_CHECK bool client_load(struct client_rules *client, const char *name, struct error *err);

/* For client_load: the profile NAME-VERSION of the greatest version, mem_free; NULL: none. */
char *profile_newest(const char *name);
/* FILE:LINE and what is wrong there. */
bool profile_fail_at(const struct profile *profile, long line, const char *what,
		     struct error *err);
