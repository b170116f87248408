/* What tests of revocation share: a search with forged lists. */
#pragma once

#include "attempt.h"
#include "forge_crl.h"

/* One case: certificates (leaf first), lists, the verdict, and of revocation-unknown why.
 */
struct list_row {
	const char *why;
	const char *lines[LINES_MOST];
	const char *crls[LINES_MOST];
	enum finding_code wanted;
	unsigned refusal; /* enum crl_refusal */
};

static inline void fail_at_skip(void *ctx, const struct error *why)
{
	(void)ctx;
	fail_msg("a forged list is not read: %s", why->text);
}

/* Lists in one file of DER, one after another. */
static inline struct crl_set *forge_crls(const char *const *texts, struct buf *der)
{
	struct crl_set *set = crl_set_new();

	for (size_t i = 0; texts[i]; i++)
		forge_crl(der, texts[i]);
	crl_set_add(set, buf_span(der), NULL, fail_at_skip);
	return set;
}

static inline void find_with(struct attempt *attempt, const char *const *lines,
			     const struct crl_set *crls, struct path_rules rules)
{
	rules.crls = crls;
	attempt_prepare(attempt, lines);
	attempt_find(attempt, &rules);
}

/* Whether the reasons hold that one. */
static inline bool is_refused_for(const struct path *path, unsigned refusal)
{
	for (size_t i = 0; i < path->n_reasons; i++)
		if (path->reasons[i].code == FINDING_REVOCATION_UNKNOWN &&
		    path->reasons[i].number == refusal)
			return true;
	return false;
}

static inline void check_list_row(const struct list_row *row,
				  const struct path_rules *rules)
{
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;
	struct crl_set *crls = forge_crls(row->crls, &der);

	find_with(&attempt, row->lines, crls, *rules);
	attempt_expect(&attempt, row->wanted, row->why);
	if (row->wanted == FINDING_REVOCATION_UNKNOWN &&
	    !is_refused_for(&attempt.path, row->refusal))
		fail_msg("%s: refused for %u", row->why,
			 (unsigned)attempt.path.reasons[0].number);
	crl_set_free(crls);
}

static inline void check_list_rows(const struct list_row *rows, size_t n)
{
	struct path_rules rules = path_rules_default();

	for (size_t i = 0; i < n; i++)
		check_list_row(&rows[i], &rules);
}
