/* Lists of purposes: read, narrowed, and turned into constraints. */
#include "format/purposes.h"

#include "base/i18n.h"
#include "x509/der.h"

#include <stdlib.h>

#define ALL_KNOWN ((1u << PURPOSE_COUNT) - 1)

static const uint8_t any_purpose[] = { 0x55, 0x1d, 0x25, 0x00 }; /* 2.5.29.37.0 */

static void add_other(struct purposes *purposes, struct arena *arena, const char *oid)
{
	size_t n = purposes->n_others;

	/* Room for 1, 2, 4 ...: it is full where n is such a number. */
	if ((n & (n - 1)) == 0) {
		const char **grown = arena_alloc(arena, (n ? n * 2 : 1) * sizeof(*grown));

		if (n)
			memcpy(grown, purposes->others, n * sizeof(*grown));
		purposes->others = grown;
	}
	purposes->others[purposes->n_others++] = oid;
}

static bool has_other(const struct purposes *purposes, const char *oid)
{
	for (size_t i = 0; i < purposes->n_others; i++) {
		if (strcmp(purposes->others[i], oid) == 0)
			return true;
	}
	return false;
}

static void add_oid(struct purposes *purposes, struct arena *arena, struct span oid)
{
	AUTO(buf) text = BUF_INIT;
	enum purpose purpose;

	if (span_eq(oid, span_of(any_purpose, sizeof(any_purpose)))) {
		purposes->any = true;
	} else if (purpose_of_oid(oid, &purpose) && purpose < PURPOSE_COUNT) {
		purposes->known |= 1u << purpose;
	} else {
		oid_text(&text, oid);
		if (!has_other(purposes, buf_text(&text)))
			add_other(purposes, arena, arena_str(arena, buf_text(&text)));
	}
}

bool purposes_read(struct purposes *purposes, struct arena *arena, struct span content,
		   struct error *err)
{
	struct der in = der_of(content);
	size_t n = 0;

	*purposes = (struct purposes){ 0 };
	while (der_left(&in)) {
		struct span oid;

		if (++n > PURPOSES_MOST)
			return error_fail(err, STATUS_INPUT,
					  _("it names more than %d purposes"),
					  PURPOSES_MOST);
		if (!der_read(&in, DER_OID, &oid, err))
			return false;
		if (!der_oid_well_formed(oid))
			return error_fail(
				err, STATUS_INPUT,
				_("an object identifier is malformed (X.690 8.19)"));
		add_oid(purposes, arena, oid);
	}
	return true;
}

bool purposes_add(struct purposes *purposes, struct arena *arena, const char *oid)
{
	uint8_t content[64];
	size_t n;

	if (!oid_parse(oid, content, &n))
		return false;
	add_oid(purposes, arena, span_of(content, n));
	return true;
}

void purposes_unite(struct purposes *purposes, struct arena *arena,
		    const struct purposes *with)
{
	/* Lists upon lists: past the bound they are taken to name everything. */
	purposes->any |= with->any || purposes->n_others >= PURPOSES_MOST;
	purposes->known |= with->known;
	if (purposes->any)
		return;
	for (size_t i = 0; i < with->n_others; i++) {
		if (!has_other(purposes, with->others[i]))
			add_other(purposes, arena, with->others[i]);
	}
}

bool purposes_equal(const struct purposes *a, const struct purposes *b)
{
	if (a->any || b->any)
		return a->any && b->any;
	if (a->known != b->known || a->n_others != b->n_others)
		return false;
	for (size_t i = 0; i < a->n_others; i++) {
		if (!has_other(b, a->others[i]))
			return false;
	}
	return true;
}

static void leave_at_least_none(struct purposes *purposes, struct arena *arena)
{
	if (!purposes->any && !purposes->known && !purposes->n_others)
		add_other(purposes, arena, OID_NO_PURPOSE);
}

void purposes_reject(struct purposes *purposes, struct arena *arena,
		     const struct purposes *rejected)
{
	struct purposes left = { 0 };

	/*
	 * "Any" less something is what the table knows, less it: what it does not know is
	 * not widened.
	 */
	if (!rejected->any)
		left.known =
			(purposes->any ? ALL_KNOWN : purposes->known) & ~rejected->known;
	for (size_t i = 0; i < purposes->n_others; i++) {
		if (!rejected->any && !has_other(rejected, purposes->others[i]))
			add_other(&left, arena, purposes->others[i]);
	}
	leave_at_least_none(&left, arena);
	*purposes = left;
}

void purposes_intersect(struct purposes *purposes, struct arena *arena,
			const struct purposes *with)
{
	struct purposes both = { .any = purposes->any && with->any };

	both.known = (purposes->any ? ALL_KNOWN : purposes->known) &
		     (with->any ? ALL_KNOWN : with->known);
	for (size_t i = 0; i < purposes->n_others; i++) {
		if (with->any || has_other(with, purposes->others[i]))
			add_other(&both, arena, purposes->others[i]);
	}
	for (size_t i = 0; purposes->any && i < with->n_others; i++) {
		if (!has_other(&both, with->others[i]))
			add_other(&both, arena, with->others[i]);
	}
	leave_at_least_none(&both, arena);
	*purposes = both;
}

/* NULL-ended, as constraints hold them; NULL where there are none. */
static const char *const *other_texts(struct arena *arena,
				      const struct purposes *purposes)
{
	const char **texts;

	if (!purposes->n_others)
		return NULL;
	texts = arena_alloc(arena, (purposes->n_others + 1) * sizeof(*texts));
	memcpy(texts, purposes->others, purposes->n_others * sizeof(*texts));
	texts[purposes->n_others] = NULL;
	return texts;
}

const struct constraints *purposes_constraints(struct arena *arena,
					       const struct purposes *purposes,
					       int64_t server_after, int64_t email_after)
{
	struct purposes named = *purposes;
	struct alternative *alternative;
	struct constraints *made;

	if (named.any)
		return constraints_make(arena, 0, server_after, email_after);
	leave_at_least_none(&named, arena);
	alternative = arena_alloc(arena, sizeof(*alternative));
	*alternative = alternative_any();
	alternative->purposes = named.known;
	alternative->other_purposes = other_texts(arena, &named);
	alternative->issued_before[PURPOSE_SERVER_AUTH] = server_after;
	alternative->issued_before[PURPOSE_EMAIL] = email_after;
	made = arena_alloc(arena, sizeof(*made));
	*made = (struct constraints){ 1, alternative };
	return made;
}

/* ---- text and DER ---- */

static int compare_texts(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static const char **sorted_others(const struct purposes *purposes)
{
	const char **sorted = mem_array(purposes->n_others, sizeof(*sorted));

	if (purposes->n_others) {
		memcpy(sorted, purposes->others, purposes->n_others * sizeof(*sorted));
		qsort(sorted, purposes->n_others, sizeof(*sorted), compare_texts);
	}
	return sorted;
}

void purposes_text(struct buf *out, const struct purposes *purposes)
{
	AUTO_FREE const char **others = sorted_others(purposes);
	const char *separator = "";

	if (purposes->any) {
		buf_add_str(out, "any");
		return;
	}
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (!(purposes->known >> i & 1))
			continue;
		buf_addf(out, "%s%s", separator, purpose_name((enum purpose)i));
		separator = " ";
	}
	for (size_t i = 0; i < purposes->n_others; i++) {
		buf_addf(out, "%s%s", separator, others[i]);
		separator = " ";
	}
}

static bool parse_word(struct purposes *purposes, struct arena *arena, struct span word)
{
	AUTO_FREE char *text = str_of(word);
	enum purpose purpose;

	if (strcmp(text, "any") == 0)
		purposes->any = true;
	else if (purpose_parse(text, &purpose) && purpose < PURPOSE_COUNT)
		purposes->known |= 1u << purpose;
	else
		return purposes_add(purposes, arena, text);
	return true;
}

bool purposes_parse(struct purposes *purposes, struct arena *arena, struct span text,
		    struct error *err)
{
	*purposes = (struct purposes){ 0 };
	for (size_t n = 0; text.n; n++) {
		const uint8_t *space = memchr(text.at, ' ', text.n);
		struct span word = { text.at,
				     space ? (size_t)(space - text.at) : text.n };

		if (n >= PURPOSES_MOST || !parse_word(purposes, arena, word))
			return error_fail(err, STATUS_INPUT,
					  _("the purposes do not parse"));
		text = span_from(text, space ? word.n + 1 : word.n);
	}
	return true;
}

void purposes_write(struct buf *out, const struct purposes *purposes)
{
	AUTO_FREE const char **others = sorted_others(purposes);
	AUTO(buf) list = BUF_INIT;

	if (purposes->any)
		der_add(&list, DER_OID, span_of(any_purpose, sizeof(any_purpose)));
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (purposes->known >> i & 1)
			der_add(&list, DER_OID, purpose_oid((enum purpose)i));
	}
	for (size_t i = 0; i < purposes->n_others; i++) {
		uint8_t oid[64];
		size_t n;

		if (oid_parse(others[i], oid, &n))
			der_add(&list, DER_OID, span_of(oid, n));
	}
	der_add(out, DER_SEQUENCE, buf_span(&list));
}
