/* Certificate policies of a whole path (RFC 5280 6.1, RFC 9618). Internal to chain/. */
#pragma once

#include "chain/checks.h"

/* The caller asks that policies are looked at. */
bool policies_asked(const struct path_rules *rules);
/*
 * Judges the path of judge, which ends in an anchor, from the anchor down. A reason is
 * added where a policy is required and none holds; false then. FINDING_BUDGET where
 * judge->policies, which it draws on, ran out before that was known.
 */
bool judge_policies(struct judge *judge);
