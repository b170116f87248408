/* Client rules in rows: what the default says of a chain, and what a client says that
 * differs from it in one rule alone. The lines are those of forge.h. */
#pragma once

#include "attempt.h"

#define REFUSED FINDING_MALFORMED

struct rule_row {
	const char *rule, *value;
	const char *lines[LINES_MOST];
	enum finding_code by_default, by_client;
};

static inline void judge_row(const struct rule_row *row,
			     const struct client_rules *client,
			     const struct path_rules *asked, enum finding_code wanted)
{
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO_FREE char *why =
		str_format("%s=%s, %s", row->rule, row->value,
			   client == &client_default ? "by default" : "by client");
	struct path_rules rules = *asked;

	rules.client = client;
	attempt_prepare(&attempt, row->lines);
	attempt_find(&attempt, &rules);
	attempt_expect(&attempt, wanted, why);
}

static inline void check_rules(const struct rule_row *rows, size_t n,
			       const struct path_rules *asked)
{
	for (size_t i = 0; i < n; i++) {
		struct client_rules client = client_default;
		const char *why = "";

		if (!client_set(&client, rows[i].rule, rows[i].value, &why))
			fail_msg("%s=%s: %s", rows[i].rule, rows[i].value, why);
		judge_row(&rows[i], &client_default, asked, rows[i].by_default);
		judge_row(&rows[i], &client, asked, rows[i].by_client);
	}
}

static inline void check_rules_for(const struct rule_row *rows, size_t n,
				   const char *host)
{
	struct path_rules asked = path_rules_default();

	if (host)
		asked.name = (struct expected_name){ NAME_DNS, host };
	check_rules(rows, n, &asked);
}
