/* Constraints: what an anchor is good for, asked, compared, united and told. */
#include "trust/constraints.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <strings.h>

#define ALL_PURPOSES ((1u << PURPOSE_COUNT) - 1)
/*
 * Chrome's richest root has 4. Past this a union leaves alternatives out, which allows
 * less: it bounds what a file that states one certificate ten thousand times can cost.
 */
#define ALTERNATIVES_MOST 64

struct alternative alternative_any(void)
{
	struct alternative any = { .sct_before = TIME_NONE };

	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		any.issued_before[i] = TIME_NONE;
	return any;
}

/* NULL means the single alternative that allows everything: here it is. */
static const struct alternative everything = {
	.issued_before = { [0 ... PURPOSE_COUNT - 1] = TIME_NONE },
	.sct_before = TIME_NONE,
};
static const struct constraints no_constraints = { 1, &everything };

static const struct constraints *or_any(const struct constraints *constraints)
{
	return constraints ? constraints : &no_constraints;
}

static bool has_texts(const char *const *texts)
{
	return texts && texts[0];
}

static bool any_purpose(const struct alternative *alternative)
{
	return !alternative->purposes && !has_texts(alternative->other_purposes);
}

static uint32_t known_purposes(const struct alternative *alternative)
{
	return any_purpose(alternative) ? ALL_PURPOSES
					: alternative->purposes & ALL_PURPOSES;
}

bool alternative_good_for(const struct alternative *alternative, enum purpose purpose)
{
	return purpose == PURPOSE_ANY || (known_purposes(alternative) >> purpose & 1);
}

static size_t count_texts(const char *const *texts)
{
	size_t n = 0;

	while (texts && texts[n])
		n++;
	return n;
}

static const char *const *copy_texts(struct arena *arena, const char *const *texts)
{
	size_t n = count_texts(texts);
	const char **copy;

	/* An empty list is not the same as none: it permits no name. */
	if (!texts)
		return NULL;
	copy = arena_alloc(arena, (n + 1) * sizeof(*copy));
	for (size_t i = 0; i < n; i++)
		copy[i] = arena_str(arena, texts[i]);
	copy[n] = NULL;
	return copy;
}

const struct constraints *constraints_copy(struct arena *arena,
					   const struct constraints *from)
{
	struct constraints *copy;
	struct alternative *at;

	if (!from)
		return NULL;
	at = arena_alloc(arena, from->n * sizeof(*at));
	for (size_t i = 0; i < from->n; i++) {
		at[i] = from->at[i];
		at[i].other_purposes = copy_texts(arena, from->at[i].other_purposes);
		at[i].dns_subtrees = copy_texts(arena, from->at[i].dns_subtrees);
	}
	copy = arena_alloc(arena, sizeof(*copy));
	*copy = (struct constraints){ from->n, at };
	return copy;
}

/* ---- which allows more ---- */

/* A bound a is no stricter than b; no bound is the widest. */
static bool bound_covers(int64_t a, int64_t b)
{
	return a == TIME_NONE || (b != TIME_NONE && a >= b);
}

/* Names are compared without case; one dot before or after says nothing. */
static struct span plain_name(struct span name)
{
	if (name.n && name.at[0] == '.')
		name = span_from(name, 1);
	if (name.n && name.at[name.n - 1] == '.')
		name.n--;
	return name;
}

static bool within_subtree(struct span name, const char *subtree)
{
	struct span base = plain_name(span_str(subtree));

	name = plain_name(name);
	if (name.n < base.n)
		return false;
	if (strncasecmp((const char *)name.at + (name.n - base.n), (const char *)base.at,
			base.n) != 0)
		return false;
	return base.n == 0 || name.n == base.n || name.at[name.n - base.n - 1] == '.';
}

static bool within_subtrees(struct span name, const char *const *subtrees)
{
	for (size_t i = 0; subtrees && subtrees[i]; i++) {
		if (within_subtree(name, subtrees[i]))
			return true;
	}
	return !subtrees;
}

static bool subtrees_cover(const char *const *a, const char *const *b)
{
	if (!a)
		return true;
	for (size_t i = 0; b && b[i]; i++) {
		if (!within_subtrees(span_str(b[i]), a))
			return false;
	}
	return b != NULL;
}

static bool has_text(const char *const *texts, const char *text)
{
	for (size_t i = 0; texts && texts[i]; i++) {
		if (strcmp(texts[i], text) == 0)
			return true;
	}
	return false;
}

static bool limits_cover(const struct alternative *a, const struct alternative *b)
{
	return bound_covers(a->sct_before, b->sct_before) &&
	       subtrees_cover(a->dns_subtrees, b->dns_subtrees);
}

/* For one purpose, some alternative of a allows at least what b does. */
static bool purpose_covered(const struct constraints *a, const struct alternative *b,
			    size_t purpose)
{
	for (size_t i = 0; i < a->n; i++) {
		if (alternative_good_for(&a->at[i], (enum purpose)purpose) &&
		    bound_covers(a->at[i].issued_before[purpose],
				 b->issued_before[purpose]) &&
		    limits_cover(&a->at[i], b))
			return true;
	}
	return false;
}

/* The same for a purpose that the table does not know; oid NULL: all of those. */
static bool other_covered(const struct constraints *a, const struct alternative *b,
			  const char *oid)
{
	for (size_t i = 0; i < a->n; i++) {
		if ((any_purpose(&a->at[i]) ||
		     (oid && has_text(a->at[i].other_purposes, oid))) &&
		    limits_cover(&a->at[i], b))
			return true;
	}
	return false;
}

static bool alternative_covered(const struct constraints *a, const struct alternative *b)
{
	for (size_t purpose = 0; purpose < PURPOSE_COUNT; purpose++) {
		if ((known_purposes(b) >> purpose & 1) && !purpose_covered(a, b, purpose))
			return false;
	}
	for (size_t i = 0; b->other_purposes && b->other_purposes[i]; i++) {
		if (strcmp(b->other_purposes[i], OID_NO_PURPOSE) != 0 &&
		    !other_covered(a, b, b->other_purposes[i]))
			return false;
	}
	return !any_purpose(b) || other_covered(a, b, NULL);
}

bool constraints_cover(const struct constraints *wide, const struct constraints *narrow)
{
	const struct constraints *a = or_any(wide), *b = or_any(narrow);

	for (size_t i = 0; i < b->n; i++) {
		if (!alternative_covered(a, &b->at[i]))
			return false;
	}
	return true;
}

bool constraints_equal(const struct constraints *a, const struct constraints *b)
{
	return a == b || (constraints_cover(a, b) && constraints_cover(b, a));
}

const struct constraints *constraints_union(struct arena *arena,
					    const struct constraints *a,
					    const struct constraints *b)
{
	struct constraints *both;
	struct alternative *at;

	if (constraints_cover(a, b))
		return a;
	if (constraints_cover(b, a))
		return b;
	/* Neither is NULL here: NULL covers everything. */
	at = arena_alloc(arena, (a->n + b->n) * sizeof(*at));
	memcpy(at, a->at, a->n * sizeof(*at));
	both = arena_alloc(arena, sizeof(*both));
	*both = (struct constraints){ a->n, at };
	for (size_t i = 0; i < b->n && both->n < ALTERNATIVES_MOST; i++) {
		if (!alternative_covered(a, &b->at[i]))
			at[both->n++] = b->at[i];
	}
	return both;
}

/* ---- asking ---- */

/*
 * The latest date for the purpose; of "any purpose" the latest of all that it is good
 * for.
 */
static int64_t issued_bound(const struct alternative *alternative, enum purpose purpose)
{
	uint32_t purposes = known_purposes(alternative);
	int64_t latest = TIME_NONE;

	if (purpose != PURPOSE_ANY)
		return alternative->issued_before[purpose];
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		int64_t bound = alternative->issued_before[i];

		if (!(purposes >> i & 1))
			continue;
		if (bound == TIME_NONE)
			return TIME_NONE;
		latest = latest == TIME_NONE || bound > latest ? bound : latest;
	}
	return latest;
}

static enum constraint_answer ask(const struct alternative *alternative,
				  const struct constraint_question *question,
				  int64_t *bound)
{
	int64_t issued = issued_bound(alternative, question->purpose);
	int64_t sct = question->earliest_sct;

	*bound = TIME_NONE;
	if (!alternative_good_for(alternative, question->purpose))
		return CONSTRAINT_PURPOSE;
	if (issued != TIME_NONE && question->leaf_not_before > issued) {
		*bound = issued;
		return CONSTRAINT_ISSUED_AFTER;
	}
	if (sct == TIME_NONE)
		sct = question->leaf_not_before;
	if (alternative->sct_before != TIME_NONE && sct > alternative->sct_before) {
		*bound = alternative->sct_before;
		return CONSTRAINT_SCT_AFTER;
	}
	if (question->hostname.n &&
	    !within_subtrees(question->hostname, alternative->dns_subtrees))
		return CONSTRAINT_NAME;
	return CONSTRAINT_MET;
}

enum constraint_answer constraints_ask(const struct constraints *constraints,
				       const struct constraint_question *question,
				       int64_t *bound)
{
	const struct constraints *asked = or_any(constraints);
	enum constraint_answer nearest = CONSTRAINT_PURPOSE;
	int64_t nearest_bound = TIME_NONE;

	/* The answers stand in the order of the checks: a later one came nearer. */
	for (size_t i = 0; i < asked->n; i++) {
		int64_t its_bound;
		enum constraint_answer answer = ask(&asked->at[i], question, &its_bound);

		if (answer == CONSTRAINT_MET) {
			nearest = answer;
			nearest_bound = TIME_NONE;
			break;
		}
		if (answer > nearest ||
		    (answer == nearest && its_bound > nearest_bound)) {
			nearest = answer;
			nearest_bound = its_bound;
		}
	}
	if (bound)
		*bound = nearest_bound;
	return nearest;
}

bool constraints_good_for(const struct constraints *constraints, enum purpose purpose)
{
	const struct constraints *asked = or_any(constraints);

	for (size_t i = 0; i < asked->n; i++) {
		if (alternative_good_for(&asked->at[i], purpose))
			return true;
	}
	return false;
}

bool constraints_good_for_oid(const struct constraints *constraints, const char *oid)
{
	const struct constraints *asked = or_any(constraints);

	for (size_t i = 0; i < asked->n; i++) {
		if (any_purpose(&asked->at[i]) ||
		    has_text(asked->at[i].other_purposes, oid))
			return true;
	}
	return false;
}

/* ---- what p11-kit and NSS can say ---- */

const struct constraints *constraints_make(struct arena *arena, uint32_t purposes,
					   int64_t server_after, int64_t email_after)
{
	struct constraints *made;
	struct alternative *at;

	if (!purposes && server_after == TIME_NONE && email_after == TIME_NONE)
		return NULL;
	at = arena_alloc(arena, sizeof(*at));
	*at = alternative_any();
	at->purposes = purposes;
	at->issued_before[PURPOSE_SERVER_AUTH] = server_after;
	at->issued_before[PURPOSE_EMAIL] = email_after;
	made = arena_alloc(arena, sizeof(*made));
	*made = (struct constraints){ 1, at };
	return made;
}

/* ---- one line for people ---- */

static void add_separator(struct buf *out, size_t start, const char *separator)
{
	if (out->n > start)
		buf_add_str(out, separator);
}

static void purposes_text(struct buf *out, const struct alternative *alternative)
{
	size_t start = out->n;

	if (any_purpose(alternative))
		buf_add_str(out, _("any purpose"));
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (!(alternative->purposes >> i & 1))
			continue;
		add_separator(out, start, ", ");
		buf_add_str(out, purpose_name((enum purpose)i));
	}
	for (size_t i = 0; alternative->other_purposes && alternative->other_purposes[i];
	     i++) {
		const char *oid = alternative->other_purposes[i];

		add_separator(out, start, ", ");
		if (strcmp(oid, OID_NO_PURPOSE) == 0)
			buf_add_str(out, _("no purpose"));
		else
			escape_terminal(out, span_str(oid));
	}
}

/* The one bound that all its purposes share; false where they differ. */
static bool shared_bound(const struct alternative *alternative, int64_t *bound)
{
	uint32_t purposes = known_purposes(alternative);
	bool first = true;

	*bound = TIME_NONE;
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (!(purposes >> i & 1))
			continue;
		if (!first && *bound != alternative->issued_before[i])
			return false;
		*bound = alternative->issued_before[i];
		first = false;
	}
	/* Purposes that the table does not know have no bound. */
	return *bound == TIME_NONE || !has_texts(alternative->other_purposes);
}

static void bounds_text(struct buf *out, const struct alternative *alternative)
{
	uint32_t purposes = known_purposes(alternative);
	char date[TIME_TEXT];
	int64_t shared;

	if (shared_bound(alternative, &shared)) {
		if (shared != TIME_NONE)
			buf_addf(out, _("; not for leaves issued after %s"),
				 time_date(shared, date));
		return;
	}
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (!(purposes >> i & 1) || alternative->issued_before[i] == TIME_NONE)
			continue;
		/* TRANSLATORS: the first %s is a purpose such as server-auth. */
		buf_addf(out, _("; not for %s leaves issued after %s"),
			 purpose_name((enum purpose)i),
			 time_date(alternative->issued_before[i], date));
	}
}

static void subtrees_text(struct buf *out, const char *const *subtrees)
{
	if (!subtrees)
		return;
	buf_add_str(out, _("; only for "));
	if (!subtrees[0])
		buf_add_str(out, _("no name"));
	for (size_t i = 0; subtrees[i]; i++) {
		buf_add_str(out, i ? ", " : "");
		escape_terminal(out, span_str(subtrees[i]));
	}
}

void constraints_text(struct buf *out, const struct constraints *constraints)
{
	const struct constraints *told = or_any(constraints);
	char date[TIME_TEXT];

	for (size_t i = 0; i < told->n; i++) {
		buf_add_str(out, i ? _("; or ") : "");
		purposes_text(out, &told->at[i]);
		bounds_text(out, &told->at[i]);
		if (told->at[i].sct_before != TIME_NONE)
			buf_addf(out, _("; not for leaves first logged after %s"),
				 time_date(told->at[i].sct_before, date));
		subtrees_text(out, told->at[i].dns_subtrees);
	}
}
