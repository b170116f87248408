/*
 * How two sets differ. First the same certificate on both sides, by its bytes. What is
 * left has gone or come, and each is told once, as the closest of: a pair with the same
 * subject, issuer and key; one beside a twin, of the same subject and key by another
 * issuer, on the other side; a pair with the same subject; alone.
 */
#include "trust/diff.h"

#include "trust/table.h"
#include "x509/name.h"

#include <stdlib.h>

/*
 * A subject with more certificates than this is an attack; then some pairs are told as
 * come and gone.
 */
#define CANDIDATES_MOST 64

static const char *const change_names[CHANGE_KIND_COUNT] = {
	[CHANGE_ADDED] = "added",
	[CHANGE_REMOVED] = "removed",
	[CHANGE_TRUST] = "trust",
	[CHANGE_CONSTRAINTS] = "constraints",
	[CHANGE_LABEL] = "label",
	[CHANGE_REISSUED] = "reissued",
	[CHANGE_CROSS_SIGNED] = "cross-signed",
	[CHANGE_RENEWED] = "renewed",
};

const char *change_name(enum change_kind kind)
{
	return change_names[kind];
}

/* Entries of one side that the other side lacks. */
struct lone {
	const struct entry *entry;
	bool told;
};
struct lone_list {
	struct lone *at;
	size_t n, cap;
};

static void lone_list_clear(struct lone_list *list)
{
	mem_free(list->at);
}

static struct span subject(const struct entry *entry)
{
	return cert_part(&entry->cert, entry->cert.subject);
}

static struct span issuer(const struct entry *entry)
{
	return cert_part(&entry->cert, entry->cert.issuer);
}

static struct span key(const struct entry *entry)
{
	return cert_part(&entry->cert, entry->cert.spki);
}

static bool is_anchor(const struct entry *entry)
{
	return entry && entry->trust == TRUST_ANCHOR;
}

static void tell(struct diff *diff, enum change_kind kind, const struct entry *before,
		 const struct entry *after, const struct entry *twin)
{
	GROW(diff->at, diff->n, diff->cap);
	diff->at[diff->n++] = (struct change){ kind, before, after, twin };
	diff->count[kind]++;
	diff->anchors_lost += is_anchor(before) && !is_anchor(after);
	diff->anchors_gained += is_anchor(after) && !is_anchor(before);
}

/* ---- the same certificate on both sides ---- */

static bool same_label(const struct entry *a, const struct entry *b)
{
	return a->label && b->label ? strcmp(a->label, b->label) == 0
				    : a->label == b->label;
}

static void tell_of_same(struct diff *diff, const struct entry *before,
			 const struct entry *after)
{
	if (before->trust != after->trust)
		tell(diff, CHANGE_TRUST, before, after, NULL);
	else if (!constraints_equal(before->constraints, after->constraints))
		tell(diff, CHANGE_CONSTRAINTS, before, after, NULL);
	else if (!same_label(before, after))
		tell(diff, CHANGE_LABEL, before, after, NULL);
}

/* Of twins that a reader kept apart the first speaks. */
static bool is_first(const struct entry_set *set, const struct entry *entry)
{
	return set_find(set, &entry->cert) == entry;
}

/* In the order of set_order, so that pairing never depends on the order of a file. */
static void collect_lone(struct lone_list *lone, const struct entry_set *set,
			 const struct entry_set *other)
{
	AUTO(entry_set) alone = ENTRY_SET_INIT;
	size_t *numbers = mem_array(set->n, sizeof(*numbers));
	AUTO_FREE size_t *order = NULL;

	for (size_t i = 0; i < set->n; i++) {
		if (!is_first(set, &set->at[i]) || set_find(other, &set->at[i].cert))
			continue;
		numbers[alone.n] = i;
		set_append(&alone, &set->at[i]);
	}
	order = set_order(&alone);
	for (size_t i = 0; i < alone.n; i++) {
		GROW(lone->at, lone->n, lone->cap);
		lone->at[lone->n++] = (struct lone){ &set->at[numbers[order[i]]], false };
	}
	mem_free(numbers);
}

/* ---- pairs of gone and come ---- */

typedef bool pairs(const struct entry *gone, const struct entry *come);

static bool is_reissue(const struct entry *gone, const struct entry *come)
{
	return span_eq(key(gone), key(come)) &&
	       name_equal(subject(gone), subject(come)) &&
	       name_equal(issuer(gone), issuer(come));
}

static bool is_renewal(const struct entry *gone, const struct entry *come)
{
	return !span_eq(key(gone), key(come)) && name_equal(subject(gone), subject(come));
}

static struct lone *find_pair(struct lone_list *gone, const struct table *by_subject,
			      uint32_t hash, const struct entry *come, pairs *fits)
{
	size_t looked_at = 0;

	for (uint32_t i = table_first(by_subject, hash);
	     i != TABLE_END && looked_at < CANDIDATES_MOST;
	     i = table_next(by_subject, i)) {
		if (gone->at[i].told)
			continue;
		looked_at++;
		if (fits(gone->at[i].entry, come))
			return &gone->at[i];
	}
	return NULL;
}

/*
 * Those at the head of a chain that were told are passed by once, not by each that comes.
 */
static void drop_told(struct lone_list *gone, struct table *by_subject, uint32_t hash)
{
	uint32_t first;

	while ((first = table_first(by_subject, hash)) != TABLE_END &&
	       gone->at[first].told)
		table_drop_first(by_subject, hash);
}

static void tell_pairs(struct diff *diff, enum change_kind kind, struct lone_list *gone,
		       struct lone_list *come, pairs *fits)
{
	AUTO(table) by_subject = TABLE_INIT;

	for (size_t i = gone->n; i-- > 0;)
		table_add(&by_subject, (uint32_t)name_hash(subject(gone->at[i].entry)),
			  (uint32_t)i);
	for (size_t i = 0; i < come->n; i++) {
		uint32_t hash = (uint32_t)name_hash(subject(come->at[i].entry));
		struct lone *pair;

		if (come->at[i].told)
			continue;
		drop_told(gone, &by_subject, hash);
		pair = find_pair(gone, &by_subject, hash, come->at[i].entry, fits);
		if (!pair)
			continue;
		tell(diff, kind, pair->entry, come->at[i].entry, NULL);
		pair->told = come->at[i].told = true;
	}
}

/* ---- beside a twin ---- */

struct twin_search {
	const struct entry *of, *twin;
	const struct entry_set *own; /* the side of the entry whose twin is looked for */
	bool stays;
	size_t looked_at;
};

/* One that is on both sides speaks before one that goes or comes too; else the lesser
 * hash. */
static bool is_closer(const struct twin_search *search, const struct entry *entry,
		      bool stays)
{
	struct sha256 hash, best;

	if (!search->twin || stays != search->stays)
		return !search->twin || stays;
	hash = cert_sha256(&entry->cert);
	best = cert_sha256(&search->twin->cert);
	return memcmp(&hash, &best, sizeof(hash)) < 0;
}

static bool found_twin(void *ctx, const struct entry *entry)
{
	struct twin_search *search = ctx;
	const struct entry *here;

	if (++search->looked_at > CANDIDATES_MOST)
		return false;
	if (!name_equal(subject(entry), subject(search->of)) ||
	    name_equal(issuer(entry), issuer(search->of)))
		return true;
	here = set_find(search->own, &entry->cert);
	if (is_closer(search, entry, here != NULL)) {
		search->twin = here ? here : entry;
		search->stays = here != NULL;
	}
	return true;
}

static const struct entry *twin_of(const struct entry *entry, const struct entry_set *own,
				   const struct entry_set *other)
{
	struct twin_search search = { .of = entry, .own = own };

	set_by_key(other, key(entry), &search, found_twin);
	return search.twin;
}

static void tell_cross_signed(struct diff *diff, struct lone_list *come,
			      const struct entry_set *after, struct lone_list *gone,
			      const struct entry_set *before)
{
	for (size_t i = 0; i < come->n; i++) {
		const struct entry *entry = come->at[i].entry;
		const struct entry *twin =
			come->at[i].told ? NULL : twin_of(entry, after, before);

		if (twin)
			tell(diff, CHANGE_CROSS_SIGNED, NULL, entry, twin);
		come->at[i].told |= twin != NULL;
	}
	for (size_t i = 0; i < gone->n; i++) {
		const struct entry *entry = gone->at[i].entry;
		const struct entry *twin =
			gone->at[i].told ? NULL : twin_of(entry, before, after);

		if (twin)
			tell(diff, CHANGE_CROSS_SIGNED, entry, NULL, twin);
		gone->at[i].told |= twin != NULL;
	}
}

/* ---- order ---- */

/* A change with its place in the order of subjects and hashes. */
struct ranked {
	struct change change;
	size_t rank;
};

static int compare_ranked(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->change.kind != b->change.kind)
		return a->change.kind < b->change.kind ? -1 : 1;
	return (a->rank > b->rank) - (a->rank < b->rank);
}

static void sort_changes(struct diff *diff)
{
	AUTO(entry_set) told = ENTRY_SET_INIT;
	AUTO_FREE size_t *order = NULL;
	AUTO_FREE struct ranked *ranked = mem_array(diff->n, sizeof(*ranked));

	for (size_t i = 0; i < diff->n; i++)
		set_append(&told,
			   diff->at[i].after ? diff->at[i].after : diff->at[i].before);
	order = set_order(&told);
	for (size_t i = 0; i < diff->n; i++)
		ranked[i] = (struct ranked){ diff->at[order[i]], i };
	qsort(ranked, diff->n, sizeof(*ranked), compare_ranked);
	for (size_t i = 0; i < diff->n; i++)
		diff->at[i] = ranked[i].change;
}

void diff_sets(struct diff *diff, const struct entry_set *before,
	       const struct entry_set *after)
{
	AUTO(lone_list) gone = { NULL, 0, 0 }, come = { NULL, 0, 0 };

	diff_clear(diff);
	for (size_t i = 0; i < after->n; i++) {
		const struct entry *was = set_find(before, &after->at[i].cert);

		if (was && is_first(after, &after->at[i]))
			tell_of_same(diff, was, &after->at[i]);
	}
	collect_lone(&gone, before, after);
	collect_lone(&come, after, before);
	tell_pairs(diff, CHANGE_REISSUED, &gone, &come, is_reissue);
	tell_cross_signed(diff, &come, after, &gone, before);
	tell_pairs(diff, CHANGE_RENEWED, &gone, &come, is_renewal);
	for (size_t i = 0; i < gone.n; i++) {
		if (!gone.at[i].told)
			tell(diff, CHANGE_REMOVED, gone.at[i].entry, NULL, NULL);
	}
	for (size_t i = 0; i < come.n; i++) {
		if (!come.at[i].told)
			tell(diff, CHANGE_ADDED, NULL, come.at[i].entry, NULL);
	}
	sort_changes(diff);
}

/* ---- what it means for trust ---- */

static bool is_distrusted(const struct entry *entry)
{
	return entry && entry->trust == TRUST_DISTRUSTED;
}

static bool adds_trust(const struct change *change)
{
	if (is_distrusted(change->before) &&
	    !(is_distrusted(change->after) &&
	      cert_same(&change->before->cert, &change->after->cert)))
		return true;
	if (!is_anchor(change->after))
		return false;
	if (change->kind != CHANGE_CONSTRAINTS)
		return change->kind != CHANGE_LABEL;
	return !constraints_cover(change->before->constraints,
				  change->after->constraints);
}

bool diff_adds_trust(const struct diff *diff)
{
	for (size_t i = 0; i < diff->n; i++) {
		if (adds_trust(&diff->at[i]))
			return true;
	}
	return false;
}

void diff_clear(struct diff *diff)
{
	mem_free(diff->at);
	*diff = (struct diff)DIFF_INIT;
}
