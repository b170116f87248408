/* What the user asked, as the words of the commands of "To fix:". */
#pragma once

#include "chain/remedies.h"
#include "plan/validate.h"

struct question {
	char *target, *ask; /* the context borrows them */
	struct diagnose_context context;
};
#define QUESTION_INIT          \
	{                      \
		.target = NULL \
	}

/* validation: begun. It and options must outlive the question. */
void question_make(struct question *question, const struct validation *validation,
		   const struct validate_options *options);
void question_clear(struct question *question);
