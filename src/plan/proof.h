/* Proof of a change: each target validated against the store before and after, by paths and not by names. */
#pragma once

#include "plan/validate.h"

struct proof {
	size_t checked, broken, already_broken;
	struct finding_list findings;	/* one for each target that the change would break */
};
#define PROOF_INIT { 0, 0, 0, FINDING_LIST_INIT }
/* Each target is dialled once; what it presented is judged against both sets. */
void proof_of_change(struct proof *proof, const struct target *targets, size_t n,
		     const struct entry_set *before, const struct entry_set *after,
		     const struct validate_options *options);
void proof_clear(struct proof *proof);
