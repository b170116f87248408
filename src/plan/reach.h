/* Which entries of a set chain to which others, by verified signatures: behind prune and
 * export. */
#pragma once

#include "trust/set.h"

enum reach {
	REACH_NONE,  /* signed by nothing that was reached */
	REACH_DOUBT, /* its signature cannot be checked here, or too many issuers share
			the name */
	REACH_YES,
};
/*
 * reach[set->n]: the caller marks where to begin (REACH_YES) and leaves the rest
 * REACH_NONE. Filled with every entry that may[i] allows to be part of a path and that
 * chains to one of them.
 */
void reach_from(const struct entry_set *set, const bool *may, enum reach *reach);
