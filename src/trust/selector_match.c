/* Selectors asked: of an entry, and of a set. */
#include "trust/selector_parts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "trust/glob.h"
#include "x509/key.h"
#include "x509/name.h"

#include <strings.h>

/* ---- asking an entry ---- */

/* Everything that one look over a set shares. */
struct look {
	const struct selector_list *list;
	const struct entry_set *set;
	int64_t at;
	struct buf text; /* of the entry at hand; one buffer for all */
	struct sha256
		*hashes; /* of the set's entries; NULL until a fingerprint is asked for */
};

static void look_clear(struct look *look)
{
	buf_clear(&look->text);
	mem_free(look->hashes);
}

/*
 * A pattern without wildcards is the whole text, so that a name never hits what only
 * contains it.
 */
static bool text_matches(const char *pattern, const char *text)
{
	return text && glob_match(pattern, span_str(text));
}

static bool name_matches(struct look *look, const char *pattern, struct span name,
			 void (*text_of)(struct buf *out, struct span name))
{
	look->text.n = 0;
	text_of(&look->text, name);
	return glob_match(pattern, buf_span(&look->text));
}

static bool pattern_hits(struct look *look, const char *pattern, struct span name,
			 const char *label)
{
	return text_matches(pattern, label) ||
	       name_matches(look, pattern, name, name_short) ||
	       name_matches(look, pattern, name, name_text);
}

static void make_hashes(struct look *look)
{
	look->hashes = mem_array(look->set->n, sizeof(*look->hashes));
	for (size_t i = 0; i < look->set->n; i++)
		look->hashes[i] = cert_sha256(&look->set->at[i].cert);
}

static bool fingerprint_hits(struct look *look, const char *digits,
			     const struct entry *entry)
{
	char text[SHA256_TEXT];

	if (!look->hashes)
		make_hashes(look);
	sha256_hex(&look->hashes[entry - look->set->at], text);
	return strncmp(text, digits, strlen(digits)) == 0;
}

/* A search among the certificates that the file of one word gave. */
struct file_search {
	const struct selector *word;
	const struct selector_list *list;
	const struct cert *cert;
	bool (*fits)(const struct cert *cert, const struct cert *of_file);
	bool found;
};

static bool look_at_file(void *ctx, const struct entry *entry)
{
	struct file_search *search = ctx;
	size_t number = (size_t)(entry - search->list->files.at);

	if (number >= search->word->first_file &&
	    number - search->word->first_file < search->word->n_files)
		search->found = search->fits(search->cert, &entry->cert);
	return !search->found;
}

static bool file_hits(const struct selector *word, const struct selector_list *list,
		      const struct cert *cert)
{
	struct file_search search = { word, list, cert, cert_same, false };

	set_by_key(&list->files, cert_part(cert, cert->spki), &search, look_at_file);
	return search.found;
}

static bool word_hits(struct look *look, const struct selector *word,
		      const struct entry *entry)
{
	const struct cert *cert = &entry->cert;

	switch (word->kind) {
	case SELECT_FINGERPRINT:
		return fingerprint_hits(look, word->text, entry);
	case SELECT_FILE:
		return file_hits(word, look->list, cert);
	default:
		return pattern_hits(look, word->text, cert_part(cert, cert->subject),
				    entry->label);
	}
}

static bool purpose_holds(const struct selector *filter, const struct entry *entry)
{
	if (entry->trust == TRUST_DISTRUSTED)
		return false;
	if (filter->purpose == PURPOSE_COUNT)
		return constraints_good_for_oid(entry->constraints, filter->text);
	return constraints_good_for(entry->constraints, filter->purpose);
}

static bool bits_hold(enum comparison comparison, uint32_t bits, uint32_t wanted)
{
	switch (comparison) {
	case COMPARE_NONE:
		return true;
	case COMPARE_LESS:
		return bits && bits < wanted;
	case COMPARE_AT_MOST:
		return bits && bits <= wanted;
	case COMPARE_EQUAL:
		return bits == wanted;
	case COMPARE_AT_LEAST:
		return bits >= wanted;
	case COMPARE_MORE:
		return bits > wanted;
	}
	return false;
}

static bool key_holds(const struct selector *filter, const struct cert *cert)
{
	struct key_info key = cert_key(cert);

	if (strcasecmp(filter->key_type, key_type_name(&key)) != 0 &&
	    (!key.curve || strcasecmp(filter->key_type, key.curve) != 0))
		return false;
	return bits_hold(filter->comparison, key.bits, filter->bits);
}

static bool origin_holds(const struct selector *filter, const struct entry *entry)
{
	for (const struct origin *origin = entry->origin; origin; origin = origin->next) {
		if (text_matches(filter->text, origin->ref))
			return true;
	}
	return false;
}

/*
 * One key identifier that names another key tells apart; a missing or malformed one says
 * nothing.
 */
static bool key_ids_agree(const struct cert *cert, const struct cert *issuer)
{
	AUTO(error)
	ignored = ERROR_INIT; /* a malformed extension is for the path rules to report */
	struct authority_key_id wanted;
	struct span has;

	if (!cert_authority_key_id(cert, &wanted, &ignored) || !wanted.present ||
	    !wanted.key_id.n)
		return true;
	if (!cert_subject_key_id(issuer, &has, &ignored) || !has.n)
		return true;
	return span_eq(wanted.key_id, has);
}

static bool is_self_signed(const struct cert *cert)
{
	return cert_self_issued(cert) && key_ids_agree(cert, cert);
}

static bool is_ca(const struct cert *cert)
{
	AUTO(error) ignored = ERROR_INIT;
	struct basic_constraints basic;

	if (cert->version < 3 && !cert_has(cert, EXT_BASIC_CONSTRAINTS))
		return cert_self_issued(cert);
	return cert_basic_constraints(cert, &basic, &ignored) && basic.ca;
}

static bool issued_by(const struct cert *cert, const struct cert *issuer)
{
	return !cert_same(cert, issuer) &&
	       name_equal(cert_part(cert, cert->issuer),
			  cert_part(issuer, issuer->subject)) &&
	       key_ids_agree(cert, issuer);
}

static bool filter_holds(struct look *look, const struct selector *filter,
			 const struct entry *entry)
{
	const struct cert *cert = &entry->cert;

	switch (filter->kind) {
	case SELECT_EXPIRED:
		return cert->not_after < look->at;
	case SELECT_EXPIRING:
		return cert->not_after >= look->at &&
		       cert->not_after - look->at <= filter->seconds;
	case SELECT_TRUST:
		return entry->trust == filter->trust;
	case SELECT_PURPOSE:
		return purpose_holds(filter, entry);
	case SELECT_KEY:
		return key_holds(filter, cert);
	case SELECT_SIGNATURE:
		return text_matches(
			filter->text,
			signature_info(cert_part(cert, cert->outer_algorithm)).name);
	case SELECT_LABEL:
		return text_matches(filter->text, entry->label);
	case SELECT_ORIGIN:
		return origin_holds(filter, entry);
	case SELECT_SELF_SIGNED:
		return is_self_signed(cert);
	case SELECT_CA:
		return is_ca(cert);
	default:
		return true; /* words, and issued-by, which is asked of the whole set */
	}
}

/* ---- asking a set ---- */

struct issuer_search {
	const struct entry_set *set;
	const bool *is_issuer; /* by number of the set's entries */
	const struct cert *cert;
	bool found;
};

static bool look_at_issuer(void *ctx, const struct entry *entry)
{
	struct issuer_search *search = ctx;

	search->found = search->is_issuer[entry - search->set->at] &&
			issued_by(search->cert, &entry->cert);
	return !search->found;
}

static bool file_issued(const struct look *look, const struct selector *word,
			const struct cert *cert)
{
	struct file_search search = { word, look->list, cert, issued_by, false };

	set_by_subject(&look->list->files, cert_part(cert, cert->issuer), &search,
		       look_at_file);
	return search.found;
}

/* The issuer need not be in the set: its name in the certificate will do. */
static bool names_issuer(struct look *look, const struct selector *word,
			 const struct cert *cert)
{
	return word->kind == SELECT_PATTERN && !cert_self_issued(cert) &&
	       pattern_hits(look, word->text, cert_part(cert, cert->issuer), NULL);
}

static void mark_issued_by(struct look *look, const struct selector *word, bool *hits)
{
	const struct entry_set *set = look->set;
	AUTO_FREE bool *is_issuer = mem_array(set->n, sizeof(*is_issuer));

	for (size_t i = 0; i < set->n; i++)
		is_issuer[i] = word_hits(look, word, &set->at[i]);
	for (size_t i = 0; i < set->n; i++) {
		const struct cert *cert = &set->at[i].cert;
		struct issuer_search search = { set, is_issuer, cert, false };

		set_by_subject(set, cert_part(cert, cert->issuer), &search,
			       look_at_issuer);
		hits[i] = search.found || file_issued(look, word, cert) ||
			  names_issuer(look, word, cert);
	}
}

static void apply_filter(struct look *look, const struct selector *filter, bool *hits)
{
	AUTO_FREE bool *issued = NULL;

	if (filter->kind == SELECT_ISSUED_BY) {
		issued = mem_array(look->set->n, sizeof(*issued));
		mark_issued_by(look, filter->issuer, issued);
	}
	for (size_t i = 0; i < look->set->n; i++) {
		hits[i] = hits[i] &&
			  (issued ? issued[i]
				  : filter_holds(look, filter, &look->set->at[i]));
	}
}

static bool hits_nothing(const struct selector *word, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(word->text));

	if (word->kind == SELECT_FINGERPRINT)
		return error_fail(err, STATUS_INPUT,
				  _("no entry has a SHA-256 that begins with '%s'"),
				  shown);
	if (word->kind == SELECT_FILE)
		return error_fail(err, STATUS_INPUT,
				  _("no certificate of '%s' is among the entries"),
				  shown);
	error_fail(err, STATUS_INPUT, _("no entry has the label, name or subject '%s'"),
		   shown);
	if (!glob_has_wildcard(word->text))
		error_remedy(err, _("to search within them, write '*%s*'"), shown);
	return false;
}

static bool hits_too_many(const struct selector *word, size_t n, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(word->text));

	error_fail(err, STATUS_INPUT,
		   ngettext("'%s' hits %zu entry", "'%s' hits %zu entries",
			    (unsigned long)n),
		   shown, n);
	error_remedy(
		err,
		_("name one by its fingerprint, or give --all to change all of them"));
	return false;
}

/*
 * A fingerprint or file names what it hits; a pattern, or a beginning shared by several,
 * does not.
 */
static bool names_each(const struct selector *word)
{
	return word->kind == SELECT_FILE || (word->kind == SELECT_FINGERPRINT &&
					     strlen(word->text) == SHA256_TEXT - 1);
}

/* Adds what the word hits to hits; counts of those only what the filters let pass. */
static bool match_word(struct look *look, const struct selector *word, const bool *passed,
		       enum selector_many many, bool *hits, struct error *err)
{
	size_t n = 0, n_passed = 0;

	for (size_t i = 0; i < look->set->n; i++) {
		if (!word_hits(look, word, &look->set->at[i]))
			continue;
		n++;
		n_passed += passed[i];
		hits[i] |= passed[i];
	}
	if (!n)
		return hits_nothing(word, err);
	if (many == SELECTOR_ONE_EACH && n_passed > 1 && !names_each(word))
		return hits_too_many(word, n_passed, err);
	return true;
}

static bool match(const struct selector_list *list, const struct entry_set *set,
		  int64_t at, enum selector_many many, bool *hits, struct error *err)
{
	AUTO(look) look = { list, set, at, BUF_INIT, NULL };
	AUTO_FREE bool *passed = mem_array(set->n, sizeof(*passed));
	bool any_word = false;

	memset(passed, true, set->n * sizeof(*passed));
	memset(hits, false, set->n * sizeof(*hits));
	for (size_t i = 0; i < list->n; i++) {
		if (!selector_is_word(&list->at[i]))
			apply_filter(&look, &list->at[i], passed);
		any_word |= selector_is_word(&list->at[i]);
	}
	for (size_t i = 0; i < list->n; i++) {
		if (selector_is_word(&list->at[i]) &&
		    !match_word(&look, &list->at[i], passed, many, hits, err))
			return false;
	}
	if (!any_word)
		memcpy(hits, passed, set->n * sizeof(*hits));
	return true;
}

bool selector_match(const struct selector_list *list, const struct entry_set *set,
		    int64_t at, bool *hits, struct error *err)
{
	return match(list, set, at, SELECTOR_ALL, hits, err);
}

static bool has_word(const struct selector_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		if (selector_is_word(&list->at[i]))
			return true;
	}
	return false;
}

bool selector_match_to_change(const struct selector_list *list,
			      const struct entry_set *set, int64_t at,
			      enum selector_many many, bool *hits, struct error *err)
{
	size_t n = 0;

	if (!list->n)
		return error_fail(err, STATUS_INPUT,
				  _("no selector says which entries are meant"));
	if (!match(list, set, at, many, hits, err))
		return false;
	if (has_word(list) || many == SELECTOR_ALL)
		return true;
	for (size_t i = 0; i < set->n; i++)
		n += hits[i];
	if (n <= 1)
		return true;
	error_fail(err, STATUS_INPUT,
		   ngettext("the filters hit %zu entry", "the filters hit %zu entries",
			    (unsigned long)n),
		   n);
	error_remedy(err, _("give --all to change all of them"));
	return false;
}
