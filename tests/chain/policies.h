/* What tests of certificate policies share: three policies, and what a user asks. */
#pragma once

#include "attempt.h"

/* The policies of these tests: 1.2.1, 1.2.2 and 1.2.3; and anyPolicy. */
static const struct span policies[] = { SPAN("\x2a\x01"), SPAN("\x2a\x02"),
					SPAN("\x2a\x03"), SPAN("\x55\x1d\x20\x00") };
#define POLICIES COUNT(policies)

/* What the user asks. */
enum ask {
	ASK_NOTHING = 0,
	ASK_EXPLICIT = 1,
	ASK_NO_MAPPING = 2,
	ASK_NO_ANY = 4,
	ASK_ALL = 7
};

static inline struct path_rules rules_of(unsigned ask, const struct span *accepted,
					 size_t n)
{
	struct path_rules rules = path_rules_default();

	rules.explicit_policy = ask & ASK_EXPLICIT;
	rules.inhibit_mapping = ask & ASK_NO_MAPPING;
	rules.inhibit_any = ask & ASK_NO_ANY;
	rules.policies = accepted;
	rules.n_policies = n;
	return rules;
}
