/* The paths of those who sign revocation lists: searches within a search. */
#include "chain/search.h"

#include "base/memory.h"

static bool pay_for_list(void *ctx, uint32_t units)
{
	struct search *search = ctx;

	if (units > search->budget - search->out->cost) {
		search->out->budget_met = true;
		return false;
	}
	search->out->cost += units;
	return true;
}

/* What a certificate that signs lists is asked: any purpose, no name, no policy. */
static struct path_rules signer_rules(const struct path_rules *rules)
{
	struct path_rules asked = path_rules_default();

	asked.client = rules->client;
	asked.purpose = PURPOSE_ANY;
	asked.anchor_checks = rules->anchor_checks;
	asked.allow_weak = rules->allow_weak;
	asked.depth = rules->depth;
	return asked;
}

/* RFC 5280 6.3.3 (f): a search of its own, from the signer to the anchor of the search
 * that asks, whose bounds it shares. */
static bool signer_reaches(void *ctx, const struct pool_cert *signer,
			   const struct pool_cert *anchor)
{
	struct search *outer = ctx;
	struct path_rules rules = signer_rules(outer->judge.rules);
	struct path found = { .cost = outer->out->cost, .steps = outer->out->steps };
	struct search search = *outer;

	search.judge.mode = JUDGE_FIRST;
	search.judge.rules = &rules;
	search.judge.path[0] = signer;
	search.judge.n = 1;
	search.judge.alone = false;
	search.judge.is_signer = true;
	search.judge.reasons = (struct reason_list){ .at = NULL };
	search.out = &found;
	search.anchor = anchor;
	search.complete = false;
	search.judge.revocation->search = &search;
	search_good(&search);
	search.judge.revocation->search = outer;
	outer->out->cost = found.cost;
	outer->out->steps = found.steps;
	outer->out->budget_met |= found.budget_met;
	outer->judge.comparisons = search.judge.comparisons;
	outer->judge.policies = search.judge.policies;
	mem_free(search.judge.reasons.at);
	path_clear(&found);
	return search.complete;
}

void search_prepare(struct search *search, struct revocation *revocation,
		    const struct pool_cert *leaf)
{
	const struct crl_set *crls = search->judge.rules->crls;
	AUTO_FREE struct pool_cert **signers = NULL;
	size_t n = 0;

	if (crls) {
		revocation_begin(revocation, crls);
		revocation->search = search;
		revocation->reaches = signer_reaches;
		revocation->pay = pay_for_list;
		search->judge.revocation = revocation;
		signers = revocation_signers(search->judge.pool, crls, &n);
	}
	pool_measure(search->judge.pool, leaf, signers, n);
}
