/* What another store knows of the entries that a store holds. */
#pragma once

#include "trust/set.h"

/*
 * Anchors of the set of which nothing narrower is said, and that are anchors of known by
 * the same bytes, get its purposes and dates, and its origin behind their own. Nothing is
 * added to the set, and no trust given or taken. How many there were.
 */
size_t store_inform(struct entry_set *set, const struct entry_set *known);
