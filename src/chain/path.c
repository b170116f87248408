/*
 * The search (RFC 4158): depth first from the leaf, over every candidate, with
 * backtracking.
 *
 * Two passes over the same climb. The first takes a certificate up only while nothing at
 * all is wrong with the path so far, and ends at the first anchor: that is validation.
 * Where it finds none, the second goes on in spite of reasons, collects them, and keeps
 * the lightest path that it meets (branch and bound): that is the nearest. A reason
 * closes the branch on which it was found and no other.
 *
 * What bounds it: a certificate's checks come before its signature; a signature is
 * checked once (edges); no authority, that is no (subject, key), is twice on a path;
 * signatures are paid for in cost units, certificates looked at in steps, name
 * comparisons by count, and a path has a longest length.
 */
#include "chain/search.h"

#include "chain/edges.h"
#include "chain/first.h"
#include "chain/form.h"
#include "chain/policy.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "x509/name.h"

/*
 * The defaults. A unit is about 30 us and a step less than 2 us: a pool made to waste
 * time ends within a quarter of a second, while no chain in use needs more than some
 * dozens of either.
 */
#define BUDGET_DEFAULT 3000
#define STEPS_DEFAULT  40000
#define DEPTH_DEFAULT  16
/* Names times constraints: a certificate for 1,000 names below a CA with 1,000 subtrees
 * just passes. */
#define COMPARISONS_MOST ((uint32_t)1 << 20)
/* Policies and mappings: 16 certificates with 10,000 mappings each pass. */
#define POLICY_WORK_MOST ((uint32_t)1 << 18)
#define ROUNDS_MOST      64
/* What the second pass may spend, whatever the first has spent. */
#define NEAREST_BUDGET 500
#define NEAREST_STEPS  4000

struct path_rules path_rules_default(void)
{
	return (struct path_rules){
		.client = &client_default,
		.purpose = PURPOSE_SERVER_AUTH,
		.name = { NAME_NONE, NULL },
		.anchor_checks = ANCHOR_ALL,
		.max_intermediates = -1,
		.budget = BUDGET_DEFAULT,
		.steps = STEPS_DEFAULT,
		.depth = DEPTH_DEFAULT,
	};
}

static const struct pool_cert *top(const struct search *search)
{
	return search->judge.path[search->judge.n - 1];
}

/* Counts n certificates looked at; false where that is more than may be. */
static bool step(struct search *search, uint32_t n)
{
	if (n > search->steps - search->out->steps) {
		search->out->steps = search->steps;
		search->out->budget_met = true;
		return false;
	}
	search->out->steps += n;
	return true;
}

enum edge {
	EDGE_GOOD,
	EDGE_BAD,
	EDGE_UNSUPPORTED,
	EDGE_UNPAID
};

static enum edge edge_of(enum signature_verdict verdict)
{
	switch (verdict) {
	case SIGNATURE_GOOD:
		return EDGE_GOOD;
	case SIGNATURE_BAD:
		return EDGE_BAD;
	default:
		return EDGE_UNSUPPORTED;
	}
}

/* Did issuer's key sign child? Known already, or paid for. */
static enum edge check_edge(struct search *search, const struct pool_cert *child,
			    const struct pool_cert *issuer)
{
	struct edge_cache *edges = pool_edges(search->judge.pool);
	const struct sha256 *spki = pool_cert_spki_hash(issuer),
			    *cert = pool_cert_hash(child);
	enum signature_verdict verdict;
	uint32_t cost;

	if (edge_cache_get(edges, spki, cert, &verdict))
		return edge_of(verdict);
	cost = signature_cost(&issuer->cert);
	if (cost > search->budget - search->out->cost) {
		search->out->budget_met = true;
		return EDGE_UNPAID;
	}
	search->out->cost += cost;
	verdict = signature_verify(pool_cert_key(issuer), &child->cert);
	edge_cache_put(edges, spki, cert, verdict);
	return edge_of(verdict);
}

static bool on_path(const struct search *search, const struct pool_cert *cert)
{
	for (size_t i = 0; i < search->judge.n; i++)
		if (pool_cert_same_authority(search->judge.path[i], cert))
			return true;
	return false;
}

/* Candidates come by name as RFC 5280 compares it; some clients compare bytes. */
static bool names_agree(const struct search *search, const struct pool_cert *child,
			const struct pool_cert *issuer)
{
	return !client_value(search->judge.rules->client, CLIENT_ISSUER_NAMES) ||
	       span_eq(cert_part(&child->cert, child->cert.issuer),
		       cert_part(&issuer->cert, issuer->cert.subject));
}

static bool is_self_signed(struct search *search, const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->self_issued &&
	       check_edge(search, cert, cert) == EDGE_GOOD;
}

static void push(struct search *search, const struct pool_cert *cert)
{
	search->judge.path[search->judge.n++] = cert;
}

static void pop(struct search *search)
{
	search->judge.n--;
}

/* First pass, at an anchor: policies and revocation are judged from there down, and so
 * come last. True: the search is over. */
static bool complete_if_whole_path_holds(struct search *search)
{
	size_t reasons = search->judge.reasons.n;

	if (search->anchor && !pool_cert_same_authority(top(search), search->anchor))
		return false;
	if (judge_policies(&search->judge) && judge_revocation(&search->judge)) {
		search_complete_here(search);
		return true;
	}
	search->out->budget_met |= !search->judge.policies;
	search_forget(search, reasons);
	return search->out->budget_met;
}

/* Second pass, at an anchor. */
static void end_at_anchor(struct search *search)
{
	judge_anchor(&search->judge);
	judge_policies(&search->judge);
	judge_revocation(&search->judge);
	search_end_here(search);
}

static bool climb(struct search *search);

/* First pass: takes issuer up if nothing is wrong with it. True: the search is over. */
static bool follow_good(struct search *search, const struct pool_cert *issuer)
{
	const struct pool_cert *child = top(search);
	size_t reasons = search->judge.reasons.n;
	bool ends, goes_on, over = false;

	push(search, issuer);
	ends = issuer->trust == TRUST_ANCHOR && judge_anchor(&search->judge);
	search_forget(search, reasons);
	goes_on = judge_intermediate(&search->judge);
	search_forget(search, reasons);
	if (ends || goes_on) {
		enum edge edge = check_edge(search, child, issuer);

		if (edge == EDGE_GOOD && ends)
			over = complete_if_whole_path_holds(search);
		if (edge == EDGE_GOOD && goes_on && !over)
			over = climb(search);
	}
	pop(search);
	return over;
}

/* An edge that does not hold, as a reason about the child. */
static void add_edge_reason(struct search *search, enum edge edge,
			    const struct pool_cert *child, const struct pool_cert *issuer)
{
	enum finding_code code = edge == EDGE_BAD ? FINDING_BAD_SIGNATURE
				 : edge == EDGE_UNSUPPORTED
					 ? FINDING_UNSUPPORTED_ALGORITHM
					 : FINDING_BUDGET;
	struct reason *reason;

	if (edge == EDGE_GOOD)
		return;
	reason = reason_add(&search->judge.reasons, code, child, "RFC 5280 6.1.3 (a)(1)");
	reason->by = issuer;
	if (edge == EDGE_UNSUPPORTED)
		reason_what(reason, span_str(pool_cert_facts(child)->signature.name));
}

/* Second pass: takes issuer up in spite of reasons, while the path is lighter than the
 * lightest. */
static void follow_any(struct search *search, const struct pool_cert *issuer,
		       enum edge edge)
{
	const struct pool_cert *child = top(search);
	size_t before = search->judge.reasons.n, with_edge;

	push(search, issuer);
	add_edge_reason(search, edge, child, issuer);
	with_edge = search->judge.reasons.n;
	if (issuer->trust == TRUST_ANCHOR) {
		end_at_anchor(search);
		search_forget(search, with_edge);
	}
	judge_intermediate(&search->judge);
	if (search_weight(search) < search->lightest)
		climb(search);
	search_forget(search, before);
	pop(search);
}

/*
 * The issuer of the top is not to be had. What that means: a self-signed end is a root
 * that nobody trusts; a leaf lacks an intermediate; an authority lacks what it says, and
 * where it says nothing most often its root.
 */
static enum finding_code missing(struct search *search, const struct pool_cert *last)
{
	const struct facts *facts = pool_cert_facts(last);
	bool is_likely_root = !facts->authority.issuer.n && facts->basic.ca;

	if (is_self_signed(search, last))
		return FINDING_UNTRUSTED_ROOT;
	if (search->judge.n > 1 && (is_likely_root || pool_issuer_is_root(last)))
		return FINDING_MISSING_ROOT;
	return FINDING_MISSING_INTERMEDIATE;
}

static void end_without_issuer(struct search *search, bool circle)
{
	enum finding_code code = missing(search, top(search));
	struct reason *reason =
		reason_add(&search->judge.reasons, code, top(search), "RFC 5280 6.1");

	if (search->judge.n > 1)
		reason->by = search->judge.path[search->judge.n - 2];
	if (circle && code != FINDING_UNTRUSTED_ROOT)
		reason->rule = REASON_CIRCLE;
	search_end_here(search);
	search_forget(search, search->judge.reasons.n - 1);
}

static void end_too_long(struct search *search)
{
	reason_add(&search->judge.reasons, FINDING_PATH_TOO_LONG, top(search), "depth")
		->number = search->judge.rules->depth;
	if (search->judge.mode == JUDGE_ALL)
		search_end_here(search);
	search_forget(search, search->judge.reasons.n - 1);
}

/* Whether a signature that is not issuer's speaks against child, or only says that issuer
 * is another. */
static bool is_said_issuer(const struct pool_cert *child, const struct pool_cert *issuer)
{
	return pool_key_id_match(child, issuer) != KEY_ID_DIFFERS;
}

/*
 * Second pass over the candidates of the top with edges of one kind: first those that
 * hold, and only where there is none those that do not though the key identifiers say
 * that they should.
 */
enum edges_wanted {
	EDGES_THAT_HOLD,
	EDGES_THAT_DO_NOT
};
static bool follow_edges(struct search *search, struct pool_cert *const *issuers,
			 size_t n, enum edges_wanted wanted)
{
	const struct pool_cert *child = top(search);
	bool followed = false;

	for (size_t i = 0; i < n; i++) {
		enum edge edge;

		if (on_path(search, issuers[i]) || !names_agree(search, child, issuers[i]))
			continue;
		if (!step(search, 1))
			break;
		edge = check_edge(search, child, issuers[i]);
		if (edge == EDGE_UNPAID)
			break;
		if ((edge == EDGE_GOOD) != (wanted == EDGES_THAT_HOLD) ||
		    (edge == EDGE_BAD && !is_said_issuer(child, issuers[i])))
			continue;
		followed = true;
		follow_any(search, issuers[i], edge);
	}
	return followed;
}

static bool climb_all(struct search *search, struct pool_cert *const *issuers, size_t n)
{
	bool circle = false;

	if (follow_edges(search, issuers, n, EDGES_THAT_HOLD) ||
	    follow_edges(search, issuers, n, EDGES_THAT_DO_NOT))
		return false;
	for (size_t i = 0; i < n; i++)
		circle |= on_path(search, issuers[i]) &&
			  !pool_cert_same_authority(top(search), issuers[i]);
	end_without_issuer(search, circle);
	return false;
}

/* First pass: only candidates from which an anchor can be reached at all. */
static bool climb_good(struct search *search, struct pool_cert *const *issuers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (issuers[i]->priv->distance == DISTANCE_NONE ||
		    on_path(search, issuers[i]) ||
		    !names_agree(search, top(search), issuers[i]))
			continue;
		if (!step(search, 1) || follow_good(search, issuers[i]) ||
		    search->out->budget_met)
			return true;
	}
	return false;
}

/* From the top of the path to every issuer. True: the search is over. */
static bool climb(struct search *search)
{
	struct pool_cert *const *issuers;
	AUTO_FREE struct pool_cert **mine = NULL;
	size_t n;

	if (search->judge.n >= search->judge.rules->depth) {
		end_too_long(search);
		return false;
	}
	issuers = pool_issuers(search->judge.pool, top(search), search->judge.at, &n);
	/* Ranking looks at each candidate too, though far more cheaply than a check. */
	if (!step(search, (uint32_t)(n / 4)))
		return true;
	/* A search for who signed a list may rank the same ones anew meanwhile. */
	if (search->judge.revocation && n) {
		mine = mem_array(n, sizeof(struct pool_cert *));
		issuers = memcpy(mine, issuers, n * sizeof(struct pool_cert *));
	}
	return search->judge.mode == JUDGE_FIRST ? climb_good(search, issuers, n)
						 : climb_all(search, issuers, n);
}

void search_good(struct search *search)
{
	search->judge.mode = JUDGE_FIRST;
	if (!judge_leaf(&search->judge))
		return;
	if (top(search)->trust == TRUST_ANCHOR && judge_anchor(&search->judge) &&
	    complete_if_whole_path_holds(search))
		return;
	search_forget(search, 0);
	if (judge_leaf_signed(&search->judge))
		climb(search);
}

/* Diagnosis: the nearest path and all that is wrong with it. */
static void search_nearest(struct search *search)
{
	struct path *out = search->out;
	size_t leaf;

	search->judge.mode = JUDGE_ALL;
	search->judge.comparisons = COMPARISONS_MOST / 8;
	search->judge.policies = POLICY_WORK_MOST / 8;
	search->budget = out->cost + NEAREST_BUDGET;
	search->steps = out->steps + NEAREST_STEPS;
	search->lightest = UINT32_MAX;
	out->n = 0;
	search_forget(search, 0);
	judge_leaf(&search->judge);
	leaf = search->judge.reasons.n;
	if (top(search)->trust == TRUST_ANCHOR) {
		end_at_anchor(search);
		search_forget(search, leaf);
	}
	judge_leaf_signed(&search->judge);
	climb(search);
	/* A search cut short may not have ended anywhere: the leaf alone then. */
	if (!out->n) {
		reason_add(&search->judge.reasons, FINDING_BUDGET, NULL, "budget");
		search_end_here(search);
	}
}

/* A client that can read one of what was sent so little that it takes none of it. */
static void refuse_unlisted(struct search *search)
{
	struct judge *judge = &search->judge;
	const char *what = "signatureAlgorithm", *rule;
	const struct client_rules *client = judge->rules->client;
	const struct pool_cert *cert = first_unlisted(judge->pool, judge->path[0], client);

	if (!cert)
		return;
	rule = form_unreadable(client, cert, client_value(client, CLIENT_READ_IN_LISTS),
			       &what);
	reason_what(reason_add(&judge->reasons, FINDING_MALFORMED, cert,
			       rule ? rule : "RFC 5280 4.1.1.2"),
		    span_str(what));
}

/* One path of a client that never goes back: all that is wrong with it, or nothing. */
static void search_along(struct search *search, const struct first_path *first)
{
	struct judge *judge = &search->judge;

	judge->n = 1;
	judge->alone = first->n == 1 && first->anchored;
	refuse_unlisted(search);
	judge_leaf(judge);
	if (first->n > 1 || !first->anchored)
		judge_leaf_signed(judge);
	for (size_t i = 1; i < first->n; i++) {
		const struct pool_cert *child = top(search);

		push(search, first->at[i]);
		add_edge_reason(search, check_edge(search, child, first->at[i]), child,
				first->at[i]);
		if (i + 1 < first->n || !first->anchored)
			judge_intermediate(judge);
	}
	if (!first->anchored) {
		end_without_issuer(search, false);
		return;
	}
	judge_anchor(judge);
	judge_policies(judge);
	judge_revocation(judge);
	if (judge->reasons.n)
		search_end_here(search);
	else
		search_complete_here(search);
}

/* Nothing was found, or what has expired or is weak: another may be better. */
static bool is_worth_another(const struct search *search, const struct first_path *first)
{
	const struct reason_list *reasons = &search->judge.reasons;

	for (size_t i = 0; i < reasons->n; i++)
		if (reasons->at[i].code == FINDING_EXPIRED ||
		    reasons->at[i].code == FINDING_WEAK_KEY ||
		    reasons->at[i].code == FINDING_WEAK_SIGNATURE)
			return true;
	return !first->anchored;
}

static void search_first(struct search *search)
{
	struct first_path paths[FIRST_PATHS_MOST];
	struct judge *judge = &search->judge;
	size_t n = first_paths_find(paths, judge->pool, top(search), judge->rules->client,
				    judge->rules->depth, judge->at);

	judge->mode = JUDGE_ALL;
	search->lightest = UINT32_MAX;
	for (size_t i = 0; i < n && !search->complete; i++) {
		if (i && !is_worth_another(search, &paths[i - 1]))
			break;
		search_forget(search, 0);
		search_along(search, &paths[i]);
	}
}

static void note_budget(struct search *search)
{
	struct path *out = search->out;

	for (size_t i = 0; i < out->n_reasons; i++)
		if (out->reasons[i].code == FINDING_BUDGET)
			return;
	GROW(out->reasons, out->n_reasons, out->cap_reasons);
	memset(&out->reasons[out->n_reasons], 0, sizeof(*out->reasons));
	out->reasons[out->n_reasons].code = FINDING_BUDGET;
	out->reasons[out->n_reasons].when = TIME_NONE;
	out->reasons[out->n_reasons].number = search->judge.rules->budget;
	out->reasons[out->n_reasons++].rule = "budget";
}

static uint32_t comparisons(const struct client_rules *client)
{
	uint32_t thousands = client_value(client, CLIENT_NC_COMPARISONS);

	return thousands ? thousands * 1000 : COMPARISONS_MOST;
}

/* Both passes, once. */
static bool search_once(struct pool *pool, const struct pool_cert *leaf,
			const struct path_rules *rules, int64_t at, struct path *path)
{
	struct search search = {
		.judge = { .pool = pool,
			   .rules = rules,
			   .at = at,
			   .path = { leaf },
			   .n = 1,
			   .comparisons = comparisons(rules->client),
			   .policies = POLICY_WORK_MOST },
		.out = path,
		.budget = rules->budget,
		.steps = rules->steps,
	};
	struct revocation revocation = { .crls = NULL };
	bool met;

	path->cost = path->steps = 0;
	path->budget_met = false;
	search_prepare(&search, &revocation, leaf);
	if (client_value(rules->client, CLIENT_SEARCH) != SEARCH_ALL) {
		search_first(&search);
		revocation_clear(&revocation);
		mem_free(search.judge.reasons.at);
		return search.complete;
	}
	search_good(&search);
	met = path->budget_met;
	if (!search.complete) {
		search_nearest(&search);
		path->budget_met = met;
		if (met)
			note_budget(&search);
	}
	revocation_clear(&revocation);
	mem_free(search.judge.reasons.at);
	return search.complete;
}

/* Asks the caller for issuers of the dead ends; true where there are more now. */
static bool ask_for_more(struct pool *pool, const struct path_rules *rules,
			 const struct path *path)
{
	const struct pool_cert *dead_ends[OTHERS_MOST];
	size_t n;

	if (!rules->more_issuers)
		return false;
	n = path_dead_ends(path, dead_ends, COUNT(dead_ends));
	return n && rules->more_issuers(rules->ctx, pool, dead_ends, n);
}

bool path_find(struct pool *pool, const struct pool_cert *leaf,
	       const struct path_rules *rules, int64_t at, struct path *path,
	       struct error *err)
{
	struct path_rules bounded = *rules;

	if (!rules->budget || !rules->steps || !rules->depth)
		return error_fail(err, STATUS_INPUT,
				  _("a path search needs a budget, steps and a depth of "
				    "at least 1"));
	if (!bounded.client)
		bounded.client = &client_default;
	if (client_value(bounded.client, CLIENT_DEPTH))
		bounded.depth = client_value(bounded.client, CLIENT_DEPTH);
	if (bounded.depth > DEPTH_MOST)
		bounded.depth = DEPTH_MOST;
	for (size_t round = 0; round < ROUNDS_MOST; round++) {
		path_clear(path);
		if (search_once(pool, leaf, &bounded, at, path) ||
		    !ask_for_more(pool, rules, path))
			break;
	}
	return true;
}
