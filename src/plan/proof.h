/* Proof of a change: each target validated against the store before and after, by paths and not by names. */
#pragma once

#include "plan/validate.h"

struct proof {
	size_t checked;
	size_t broken;		/* complete before, and would not after */
	size_t already_broken;	/* do not complete before: nothing is proved of them */
	size_t unanswered;	/* gave nothing to judge: nothing is proved of them either */
	struct finding_list findings;	/* one for each of these */
};
#define PROOF_INIT { .findings = FINDING_LIST_INIT }
/* Each target is dialled once; what it presented is judged against both sets. */
void proof_of_change(struct proof *proof, const struct target *targets, size_t n,
		     const struct entry_set *before, const struct entry_set *after,
		     const struct validate_options *options);
void proof_clear(struct proof *proof);
