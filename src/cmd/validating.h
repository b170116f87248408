/* What validate, fetch and prune --keep-working share: their options, and the run that these describe. */
#pragma once

#include "cmd/command.h"
#include "plan/complete.h"

/* --hostname, --sni, --purpose ... of a judgement; --from, --accept-root ... of fetching. */
extern const struct poptOption validating_judge_options[];
extern const struct poptOption validating_fetch_options[];

struct validating {
	struct validate_options options;
	struct store others;		/* --from */
	char *command_store, *command_options, *fixed_store;
	struct sha256 *roots;
};
#define VALIDATING_INIT { .others = STORE_INIT }

/*
 * Fills options from the command line. store: what is trusted, borrowed, its index is made here; ref: how the
 * user named it (NULL: the default cellar). The network process starts only when something is dialled.
 */
MUST_CHECK bool validating_begin(struct validating *validating, const struct context *context,
				 const struct entry_set *store, const char *ref, struct error *err);
/*
 * What the commands of "To fix:" may change: a cellar; not a file, folder or profile, and not what was given as
 * --anchors (NULL: it was not).
 */
void validating_judge_by(struct validating *validating, const struct store *store,
			 const char *anchors);
void validating_clear(struct validating *validating);

/* Before targets are dialled: whether the proxy of the environment, where it is asked for, can be one. STATUS_INPUT. */
MUST_CHECK bool validating_may_dial(const struct context *context, struct error *err);

/* "--store REF" quoted for the shell, "" for the default cellar. mem_free. */
char *validating_store_option(const char *ref);

/* Whether the user means a file: it is there, or it can be no endpoint. Where it might be both: a note. */
bool word_is_file(const struct context *context, const char *word);
/* The targets that words name (mem_free the array after clearing each); STATUS_INPUT at the first bad. */
MUST_CHECK bool targets_parse(struct target **targets, const char *const *words, size_t n,
			      struct error *err);
void targets_free(struct target *targets, size_t n);

/* Reads a certificate file; its skips are notes on standard error. STATUS_INPUT where it has none. */
MUST_CHECK bool read_certificates(struct store *store, const char *path, const struct context *context,
				  struct error *err);
/* The same of what is to be judged: one file, the leaf first in it, and no folder. */
MUST_CHECK bool read_leaf(struct store *store, const char *path, const struct context *context,
			  struct error *err);
enum status verdict_status(enum verdict verdict);
