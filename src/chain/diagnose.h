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
};

/*
 * Appends the findings of path to list, the one that explains the failure best first:
 * also what the server could do better (order, superfluous, duplicates, root sent) where
 * certificates have positions.
 */
void diagnose_path(struct finding_list *list, const struct path *path,
		   const struct pool *pool, const struct diagnose_context *context);
