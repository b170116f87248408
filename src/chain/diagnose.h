/* From reasons to findings: ranked, in words, each with what would make it good on either
 * side. */
#pragma once

#include "chain/path.h"

/* What the user typed, quoted for the shell already: the commands of a "To fix:" are made
 * from it. */
struct diagnose_context {
	const char *target;       /* "api.partner.com:443" or the file; NULL: none */
	const char *store_option; /* "--store java" or "" */
	const char *hostname;     /* asked for; NULL: none */
	int64_t at;
	bool presented_by_server; /* the server's side of a fix makes sense */
	const char *ask;          /* "rootcellar validate ...", the same question without
				     --offline;	  options may follow. NULL: made of target */
	const char *fixed; /* how the user named what is trusted, where that is no cellar
			      for a command to change; NULL: a cellar */
	bool no_fetch;     /* the question has options that fetch does not know */
	bool offline;      /* --offline was given */
	bool from_stdin;   /* what is judged cannot be read again: target is a name for a
			      copy of it */
	bool is_file;      /* a file is judged: --untrusted has a say */
};

/*
 * Appends the findings of path to list, the one that explains the failure best first:
 * also what the server could do better (order, superfluous, duplicates, root sent) where
 * certificates have positions.
 */
void diagnose_path(struct finding_list *list, const struct path *path,
		   const struct pool *pool, const struct diagnose_context *context);
