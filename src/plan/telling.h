/* What a run has to tell beyond its path: fetching, roots that were met, bridges, and the
 * commands that fit. */
#pragma once

#include "plan/question.h"

/* Says of which certificate the finding is; its subject is escaped. */
void tell_certificate(struct finding *finding, const struct cert *cert);
/*
 * After the path was diagnosed: adds the findings about fetching to validation, makes the
 * commands of all remedies such that they work from where the user stands, and puts what
 * explains the verdict best first.
 */
void tell_run(struct validation *validation, const struct validate_options *options,
	      const struct diagnose_context *context);
