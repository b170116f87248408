/* Lists of reasons, and how heavy each weighs against a path. Internal to chain/. */
#pragma once

#include "chain/path.h"

struct reason_list {
	struct reason *at;
	size_t n, cap;
};

/* The rule of a reason for a missing issuer that is there, but below: the certificates go
 * in a circle. */
#define REASON_CIRCLE "circle"

/* Adds a reason about cert (NULL: the whole path) by that rule; returns it, borrowed. */
struct reason *reason_add(struct reason_list *list, enum finding_code code,
			  const struct pool_cert *cert, const char *rule);
/* What it stumbled on: hostile text, escaped and cut here. */
void reason_what(struct reason *reason, struct span text);
/* How far a path with that reason is from a good one: the nearest path is the lightest.
 */
unsigned reason_weight(const struct reason *reason);
