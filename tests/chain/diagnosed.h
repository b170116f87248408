/* Findings of a search, as a server's client gets them. */
#pragma once

#include "attempt.h"

#include "chain/diagnose.h"

static const struct diagnose_context server = {
	.target = "api.partner.com:443",
	.store_option = "--store java",
	.at = NOW,
	.presented_by_server = true,
};

/* The findings of a search over the lines. */
static inline void diagnose(struct finding_list *list, const char *const *lines,
			    const struct diagnose_context *context)
{
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;

	if (context->hostname)
		rules.name = (struct expected_name){ NAME_DNS, context->hostname };
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	diagnose_path(list, &attempt.path, attempt.pool, context);
}
