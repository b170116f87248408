/* What prune would take away. An entry has one reason: the first of expired, duplicate,
 * orphan. */
#include "plan/prune.h"

#include "plan/reach.h"
#include "x509/name.h"

/* Certificates of one subject and key that are compared; past that a store is an attack,
 * and kept. */
#define TWINS_MOST 256

static bool expired(const struct entry *entry, int64_t at)
{
	return entry->cert.not_after < at;
}

static void plan_expired(const struct entry_set *set, int64_t at,
			 enum prune_reason *reasons)
{
	for (size_t i = 0; i < set->n; i++) {
		/* Distrust outlives the certificate: taking it away would lift it for
		 * other clients' clocks. */
		if (expired(&set->at[i], at) && set->at[i].trust != TRUST_DISTRUSTED)
			reasons[i] = PRUNED_EXPIRED;
	}
}

/* ---- duplicates ---- */

struct twin_search {
	const struct entry_set *set;
	const enum prune_reason *reasons;
	const struct entry *of, *better;
	int64_t at;
	size_t looked_at;
};

static bool same_bounds(const struct entry *a, const struct entry *b)
{
	return a->trust == b->trust && constraints_equal(a->constraints, b->constraints);
}

/* The later end wins; of two that end together the one that came into the store first
 * stays. */
static bool outlives(const struct entry *a, const struct entry *b)
{
	if (a->cert.not_after != b->cert.not_after)
		return a->cert.not_after > b->cert.not_after;
	return a < b;
}

static bool same_name(const struct entry *a, const struct entry *b, struct part pa,
		      struct part pb)
{
	return name_equal(cert_part(&a->cert, pa), cert_part(&b->cert, pb));
}

/* A cross-signed twin has another issuer: it may be the only way to another root, and
 * stays. */
static bool makes_needless(const struct entry *twin, const struct entry *of, int64_t at)
{
	return twin != of && same_bounds(twin, of) && outlives(twin, of) &&
	       twin->cert.not_before <= at &&
	       same_name(twin, of, twin->cert.subject, of->cert.subject) &&
	       same_name(twin, of, twin->cert.issuer, of->cert.issuer);
}

static bool found_twin(void *ctx, const struct entry *entry)
{
	struct twin_search *search = ctx;

	if (++search->looked_at > TWINS_MOST)
		return false;
	if (search->reasons[entry - search->set->at] == PRUNE_KEPT &&
	    makes_needless(entry, search->of, search->at) &&
	    (!search->better || outlives(entry, search->better)))
		search->better = entry;
	return true;
}

static void plan_duplicates(const struct entry_set *set, int64_t at,
			    enum prune_reason *reasons, const struct entry **twins)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];
		struct twin_search search = { set, reasons, entry, NULL, at, 0 };

		if (reasons[i] != PRUNE_KEPT || entry->trust == TRUST_DISTRUSTED)
			continue;
		set_by_key(set, cert_part(&entry->cert, entry->cert.spki), &search,
			   found_twin);
		if (!search.better)
			continue;
		reasons[i] = PRUNED_DUPLICATE;
		twins[i] = search.better;
	}
}

/* ---- orphans ---- */

static void plan_orphans(const struct entry_set *set, enum prune_reason *reasons)
{
	AUTO_FREE enum reach *reach = mem_array(set->n + 1, sizeof(*reach));
	AUTO_FREE bool *may = mem_array(set->n + 1, sizeof(*may));

	for (size_t i = 0; i < set->n; i++) {
		bool kept = reasons[i] == PRUNE_KEPT;

		reach[i] =
			kept && set->at[i].trust == TRUST_ANCHOR ? REACH_YES : REACH_NONE;
		may[i] = kept && set->at[i].trust == TRUST_INTERMEDIATE;
	}
	reach_from(set, may, reach);
	for (size_t i = 0; i < set->n; i++) {
		if (may[i] && reach[i] == REACH_NONE)
			reasons[i] = PRUNED_ORPHAN;
	}
}

void prune_plan(const struct entry_set *set, unsigned what, int64_t at,
		enum prune_reason *reasons, const struct entry **twins)
{
	for (size_t i = 0; i < set->n; i++) {
		reasons[i] = PRUNE_KEPT;
		twins[i] = NULL;
	}
	if (what & PRUNE_EXPIRED)
		plan_expired(set, at, reasons);
	if (what & PRUNE_DUPLICATES)
		plan_duplicates(set, at, reasons, twins);
	if (what & PRUNE_ORPHANS)
		plan_orphans(set, reasons);
}

size_t prune_select(const struct entry_set *set, unsigned what, const bool *hits,
		    enum prune_reason *reasons, bool *remove)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		bool hit = !hits || hits[i];

		if (what && !hit)
			reasons[i] = PRUNE_KEPT;
		else if (!what && hit)
			reasons[i] = PRUNED_SELECTED;
		remove[i] = reasons[i] != PRUNE_KEPT;
		n += remove[i];
	}
	return n;
}
