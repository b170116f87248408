/*
 * Certificate policies: RFC 5280 6.1, with the policy graph of RFC 9618 in place of the
 * tree, which grows exponentially.
 *
 * Of the graph only the deepest level is ever asked, and of its nodes only two things:
 * which policies they expect of the next certificate, and whether they descend from a
 * policy that the user accepts, one that stands right below a node of anyPolicy
 * (6.1.5 (g)). So both are handed down from level to level, and no level but the last is
 * kept: a list of expected policies, sorted, each with that one bit, and whether there
 * is a node of anyPolicy. It is never longer than all that the certificates so far name.
 *
 * Order of work: first the counters alone, for explicit_policy depends on nothing else.
 * Where it stays above 0 to the end the path is valid whatever the graph. Where it does
 * not, 6.1.5 (g) decides: a graph that became NULL before the counter reached 0 does not
 * come back.
 */
#include "chain/policy.h"

#include "base/buf.h"
#include "base/memory.h"
#include "x509/extension.h"

#include <stdlib.h>

/* A policy that a node of the level expects, and whether one of those nodes descends from
 * a policy that the user accepts. */
struct expected {
	struct span policy; /* first: policy_compare */
	bool wanted;
	bool mapped; /* while mappings are applied: its place is taken by others */
};

struct level {
	struct expected *at; /* sorted by policy; no policy twice */
	size_t n, cap;
	bool any; /* has a node of anyPolicy */
};

static void level_clear(struct level *level)
{
	mem_free(level->at);
}

/* RFC 5280 6.1.2 (d) to (f). */
struct counters {
	size_t explicit_policy, mapping, any;
	const struct pool_cert *required_by; /* NULL: the caller */
};

struct walk {
	struct judge *judge;
	struct counters counters;
	struct level level;
	struct span *wanted; /* what the user accepts, sorted; NULL: any policy */
	size_t n_wanted;
};

static void walk_clear(struct walk *walk)
{
	level_clear(&walk->level);
	mem_free(walk->wanted);
}

/* Counts n policies that are looked at or kept; false where that is more than may be. */
static bool pay(struct walk *walk, size_t n)
{
	if (n > walk->judge->policies) {
		walk->judge->policies = 0;
		return false;
	}
	walk->judge->policies -= (uint32_t)n;
	return true;
}

static bool anchor_counts(const struct judge *judge)
{
	return judge->n > 1 && judge_anchor_checks(judge) & ANCHOR_CONSTRAINTS &&
	       !client_value(judge->rules->client, CLIENT_ANCHOR_POLICIES);
}

/* Certificates of the path that are not its anchor: an anchor that is the leaf is judged
 * as a leaf. */
static size_t below_anchor(const struct judge *judge)
{
	return judge->n > 1 ? judge->n - 1 : 1;
}

static struct counters first_counters(const struct judge *judge)
{
	const struct path_rules *rules = judge->rules;
	size_t never = below_anchor(judge) + 1;

	return (struct counters){
		.explicit_policy = rules->explicit_policy ? 0 : never,
		.mapping = rules->inhibit_mapping ? 0 : never,
		.any = rules->inhibit_any ? 0 : never,
	};
}

static void lower(size_t *counter, int32_t skip)
{
	if (skip >= 0 && (size_t)skip < *counter)
		*counter = (size_t)skip;
}

/* RFC 5280 6.1.4 (i), (j). */
static void constrain(struct counters *counters, const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);
	size_t before = counters->explicit_policy;

	lower(&counters->explicit_policy, facts->policy_constraints.require_explicit);
	if (counters->explicit_policy < before)
		counters->required_by = cert;
	lower(&counters->mapping, facts->policy_constraints.inhibit_mapping);
	lower(&counters->any, facts->inhibit_any_policy);
}

/* RFC 5280 6.1.4 (h) to (j). */
static void count(struct counters *counters, const struct pool_cert *cert)
{
	if (!pool_cert_facts(cert)->self_issued) {
		counters->explicit_policy -= counters->explicit_policy > 0;
		counters->mapping -= counters->mapping > 0;
		counters->any -= counters->any > 0;
	}
	constrain(counters, cert);
}

/* RFC 5280 6.1.5 (a), (b). */
static void count_leaf(struct counters *counters, const struct pool_cert *leaf)
{
	int32_t skip = pool_cert_facts(leaf)->policy_constraints.require_explicit;

	counters->explicit_policy -= counters->explicit_policy > 0;
	if (skip == 0 && counters->explicit_policy) {
		counters->explicit_policy = 0;
		counters->required_by = leaf;
	}
}

/* Whether explicit_policy is 0 at the end, and who has set it. */
static bool policy_required(const struct judge *judge, const struct pool_cert **by)
{
	struct counters counters = first_counters(judge);

	if (anchor_counts(judge))
		constrain(&counters, judge->path[judge->n - 1]);
	for (size_t i = below_anchor(judge) - 1; i > 0; i--)
		count(&counters, judge->path[i]);
	count_leaf(&counters, judge->path[0]);
	*by = counters.required_by;
	return !counters.explicit_policy;
}

/* Sorts the policies that the user accepts; anyPolicy among them is any. */
static void read_wanted(struct walk *walk)
{
	const struct path_rules *rules = walk->judge->rules;

	for (size_t i = 0; i < rules->n_policies; i++)
		if (policy_is_any(rules->policies[i]))
			return;
	if (!rules->n_policies)
		return;
	walk->n_wanted = rules->n_policies;
	walk->wanted = mem_array(walk->n_wanted, sizeof(*walk->wanted));
	memcpy(walk->wanted, rules->policies, walk->n_wanted * sizeof(*walk->wanted));
	qsort(walk->wanted, walk->n_wanted, sizeof(*walk->wanted), policy_compare);
}

static bool is_wanted(const struct walk *walk, struct span policy)
{
	return !walk->wanted || bsearch(&policy, walk->wanted, walk->n_wanted,
					sizeof(*walk->wanted), policy_compare);
}

static void add(struct level *level, struct span policy, bool wanted)
{
	GROW(level->at, level->n, level->cap);
	level->at[level->n++] = (struct expected){ .policy = policy, .wanted = wanted };
}

static bool level_empty(const struct level *level)
{
	return !level->n && !level->any;
}

/* Makes one of equals: a node that several expect has all of them as parents. */
static void sort_level(struct level *level)
{
	size_t n = 0;

	if (!level->n)
		return;
	qsort(level->at, level->n, sizeof(*level->at), policy_compare);
	for (size_t i = 1; i < level->n; i++) {
		if (span_eq(level->at[n].policy, level->at[i].policy))
			level->at[n].wanted |= level->at[i].wanted;
		else
			level->at[++n] = level->at[i];
	}
	level->n = n + 1;
}

/* The policies of a certificate, sorted; anyPolicy stands for none. */
static size_t sorted_policies(const struct certificate_policies *policies,
			      struct span **sorted)
{
	struct span rest = policies->list, oid;
	size_t n = 0;

	*sorted = mem_array(policies->n, sizeof(**sorted));
	while (n < policies->n && policy_next(&rest, &oid))
		if (!policy_is_any(oid))
			(*sorted)[n++] = oid;
	qsort(*sorted, n, sizeof(**sorted), policy_compare);
	return n;
}

/*
 * RFC 5280 6.1.3 (d): the next level. A policy that is expected goes on with its bit; one
 * that is not goes on below anyPolicy; one that is expected and not there goes on where
 * the certificate has an anyPolicy that counts.
 */
static void next_level(struct walk *walk, const struct span *sorted, size_t n, bool any)
{
	const struct level *above = &walk->level;
	struct level next = { .any = above->any && any };
	size_t i = 0, j = 0;

	while (i < n || j < above->n) {
		int order = i == n          ? 1
			    : j == above->n ? -1
					    : span_cmp(sorted[i], above->at[j].policy);

		if (order < 0 && above->any)
			add(&next, sorted[i], is_wanted(walk, sorted[i]));
		else if (order == 0 || (order > 0 && any))
			add(&next, above->at[j].policy, above->at[j].wanted);
		i += order <= 0;
		j += order >= 0;
	}
	level_clear(&walk->level);
	walk->level = next;
}

/* RFC 5280 6.1.3 (d), (e). any_counts: whether an anyPolicy in cert does. */
static bool take_policies(struct walk *walk, const struct pool_cert *cert,
			  bool any_counts)
{
	const struct certificate_policies *policies = &pool_cert_facts(cert)->policies;
	AUTO_FREE struct span *sorted = NULL;
	size_t n;

	if (!pay(walk, 1 + policies->n + walk->level.n))
		return false;
	n = sorted_policies(policies, &sorted);
	next_level(walk, sorted, n, policies->any && any_counts);
	return true;
}

/* RFC 5280 6.1.4 (b) (1): those that the pair's first stands for go on as its second. */
static void map_one(struct walk *walk, struct level *mapped, struct span from,
		    struct span to)
{
	struct level *level = &walk->level;
	struct expected *old = NULL;

	if (level->n)
		old = bsearch(&from, level->at, level->n, sizeof(*level->at),
			      policy_compare);
	if (old)
		old->mapped = true;
	if (!walk->counters.mapping)
		return; /* (b) (2): it goes on as nothing */
	if (old)
		add(mapped, to, old->wanted);
	else if (level->any)
		add(mapped, to, is_wanted(walk, from));
}

/* RFC 5280 6.1.4 (b). */
static bool map_policies(struct walk *walk, const struct pool_cert *cert)
{
	const struct policy_mappings *mappings = &pool_cert_facts(cert)->mappings;
	struct level mapped = { .any = walk->level.any };
	struct span rest = mappings->list, from, to;

	if (!mappings->n)
		return true;
	if (!pay(walk, mappings->n + walk->level.n))
		return false;
	while (policy_mapping_next(&rest, &from, &to))
		map_one(walk, &mapped, from, to);
	for (size_t i = 0; i < walk->level.n; i++)
		if (!walk->level.at[i].mapped)
			add(&mapped, walk->level.at[i].policy, walk->level.at[i].wanted);
	sort_level(&mapped);
	level_clear(&walk->level);
	walk->level = mapped;
	return true;
}

static bool out_of_budget(struct judge *judge)
{
	reason_add(&judge->reasons, FINDING_BUDGET, NULL, "RFC 5280 6.1.3 (d)");
	return false;
}

/* No policy is left, by what cert says. */
static bool refuse(struct walk *walk, const struct pool_cert *cert, const char *rule,
		   const struct pool_cert *by)
{
	struct span list = pool_cert_facts(cert)->policies.list, oid;
	struct reason *reason =
		reason_add(&walk->judge->reasons, FINDING_POLICY, cert, rule);
	AUTO(buf) text = BUF_INIT;

	reason->by = by;
	if (policy_next(&list, &oid)) {
		oid_text(&text, oid);
		reason_what(reason, buf_span(&text));
	}
	return false;
}

/*
 * What the anchor says of policies (RFC 5937), as a certificate before the first: one
 * that is exempt like a self-issued one, and whose silence forbids nothing.
 */
static bool take_anchor(struct walk *walk, const struct pool_cert *anchor,
			const struct pool_cert *by)
{
	if (pool_cert_facts(anchor)->policies.present &&
	    !take_policies(walk, anchor, true))
		return out_of_budget(walk->judge);
	if (!map_policies(walk, anchor))
		return out_of_budget(walk->judge);
	if (level_empty(&walk->level))
		return refuse(walk, anchor, POLICY_NOT_MAPPED, by);
	constrain(&walk->counters, anchor);
	return true;
}

/* Certificate i of the path, the leaf being 0. */
static bool take_certificate(struct walk *walk, size_t i, const struct pool_cert *by)
{
	const struct pool_cert *cert = walk->judge->path[i];
	bool exempt = i > 0 && pool_cert_facts(cert)->self_issued;

	if (!take_policies(walk, cert, walk->counters.any > 0 || exempt))
		return out_of_budget(walk->judge);
	if (level_empty(&walk->level))
		return refuse(walk, cert, POLICY_NOT_EXPECTED, by);
	if (i == 0)
		return true;
	if (!map_policies(walk, cert))
		return out_of_budget(walk->judge);
	if (level_empty(&walk->level))
		return refuse(walk, cert, POLICY_NOT_MAPPED, by);
	count(&walk->counters, cert);
	return true;
}

/* RFC 5280 6.1.5 (g): anyPolicy at the end stands for whatever the user accepts. */
static bool ends_wanted(const struct walk *walk)
{
	for (size_t i = 0; i < walk->level.n; i++)
		if (walk->level.at[i].wanted)
			return true;
	return walk->level.any;
}

bool policies_asked(const struct path_rules *rules)
{
	return rules->n_policies || rules->explicit_policy || rules->inhibit_mapping ||
	       rules->inhibit_any;
}

static bool looks_at_none(const struct path_rules *rules)
{
	uint32_t rule = client_value(rules->client, CLIENT_POLICIES);

	return rule == POLICIES_IGNORED ||
	       (rule == POLICIES_IF_ASKED && !policies_asked(rules));
}

bool judge_policies(struct judge *judge)
{
	AUTO(walk) walk = { .judge = judge, .level = { .any = true } };
	const struct pool_cert *by;

	if (looks_at_none(judge->rules) || !policy_required(judge, &by))
		return true;
	walk.counters = first_counters(judge);
	read_wanted(&walk);
	if (anchor_counts(judge) && !take_anchor(&walk, judge->path[judge->n - 1], by))
		return false;
	for (size_t i = below_anchor(judge); i > 0; i--)
		if (!take_certificate(&walk, i - 1, by))
			return false;
	return ends_wanted(&walk) ||
	       refuse(&walk, judge->path[0], POLICY_NOT_ACCEPTED, by);
}
