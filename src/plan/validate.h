/* Validating: an endpoint, files, or a pasted transcript, against a store; with fetching where asked. */
#pragma once

#include "plan/validation.h"

struct validate_options {
	const struct entry_set *store;	/* what is trusted; its index is made */
	const char *store_ref;		/* for the report; NULL: the default cellar */
	/* The question as it was typed, quoted for the shell, for "To fix:"; "" where there is nothing. */
	const char *command_store;	/* "--store X" */
	const char *command_options;	/* " --hostname X" ...: those that fetch has too */
	const char *own_options;	/* " --untrusted X" ...: those of validate alone */
	const char *first_command;	/* what makes a cellar of the stand-in; NULL: there is one */
	const char *fixed_store;	/* "--anchors X" where what is trusted is no cellar; NULL: it is one */
	enum asked { ASKED_TARGET, ASKED_FILE, ASKED_TRANSCRIPT, ASKED_QUOTED, ASKED_ENTRY } asked;
	const struct client_rules *clients;	/* in whose eyes; NULL: by default alone */
	size_t n_clients;
	struct path_rules rules;	/* purpose, checks, bounds; the name is set from the target */
	const char *hostname;		/* instead of the target's own; NULL */
	int64_t at;
	struct edge_cache *edges;
	bool fetch;			/* follow AIA */
	bool dry_run;			/* name the URLs, ask none */
	bool allow_private;
	bool use_cache;
	const struct entry_set *others;	/* known certificates for bridges (other stores), NULL */
	struct net *net;		/* NULL: offline */
	const char *sni;		/* instead of the host; NULL */
	struct url_memory *urls;	/* what was asked for in this run already; NULL: nothing is shared */
	const struct sha256 *accept_roots;	/* --accept-root: roots that the user names */
	size_t n_accept_roots;
	uint32_t dial_ms, fetch_ms, target_ms;	/* 10 s, 10 s, 30 s */
};
struct validate_options validate_options_default(void);

/* Dials target and validates what it presents. Always fills validation; never fails. */
void validate_target(struct validation *validation, const struct target *target,
		     const struct validate_options *options);
/* What former presented, judged once more under other options (another store): nothing is dialled. */
void validate_again(struct validation *validation, const struct validation *former,
		    const struct validate_options *options);
/* Validates leaf (the first certificate of chain) with chain as what was presented or given beside it. */
void validate_chain(struct validation *validation, const char *what, const struct entry_set *leaf,
		    const struct entry_set *untrusted, enum cert_from from,
		    const struct validate_options *options);
/* Many targets at once; done is called for each in the order given. At most jobs under way. */
void validate_targets(const struct target *targets, size_t n, size_t jobs,
		      const struct validate_options *options, void *ctx,
		      void (*done)(void *ctx, struct validation *validation));
