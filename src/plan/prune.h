/* What prune would take away, each with its reason. */
#pragma once

#include "trust/selector.h"

enum prune_what {
	PRUNE_EXPIRED = 1,
	PRUNE_DUPLICATES = 2,
	PRUNE_ORPHANS = 4
};
enum prune_reason {
	PRUNE_KEPT,
	PRUNED_EXPIRED,
	PRUNED_DUPLICATE,
	PRUNED_ORPHAN,
	PRUNED_SELECTED
};
/*
 * reasons[set->n] is filled. Expired: not_after before at. Duplicates: an entry with the
 * same subject and key, same trust, that another entry with a later not_after makes
 * needless (never a distrusted one). Orphans: intermediates that chain to no anchor of
 * the set. twins[i]: the entry that makes i needless.
 */
void prune_plan(const struct entry_set *set, unsigned what, int64_t at,
		enum prune_reason *reasons, const struct entry **twins);
/*
 * Joins what the user selected: with what, hits (NULL: all) bound the plan; without, they
 * are the plan. remove[set->n] is filled; returns how many go. (set_remove takes remove
 * as it is.)
 */
size_t prune_select(const struct entry_set *set, unsigned what, const bool *hits,
		    enum prune_reason *reasons, bool *remove);
