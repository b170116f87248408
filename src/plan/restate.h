/* Saying something else of entries: what `trust` does. */
#pragma once

#include "trust/set.h"

struct restatement {
	enum trust trust;
	bool purposes_said;
	uint32_t purposes; /* bits; 0: any */
	bool distrust_after_said;
	int64_t distrust_after; /* for TLS servers and e-mail; TIME_NONE: lift it */
	int64_t now;
};
/*
 * Restates the entries that hit. What is not said of constraints stays as it was on an
 * anchor; intermediates and distrusted entries have none. Each gets the user as its
 * newest origin, so that no mirror overrules it.
 */
void restate(struct entry_set *set, const bool *hits,
	     const struct restatement *restatement);
/* Bits for names such as "server-auth"; "any" gives 0. names is NULL-ended. STATUS_INPUT.
 */
MUST_CHECK bool purpose_names_parse(const char *const *names, uint32_t *purposes,
				    struct error *err);
