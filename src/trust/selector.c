/* Selectors parsed: words and filters of the command line. */
#include "trust/selector_parts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "trust/glob.h"
#include "x509/key.h"

#include <ctype.h>

#define FINGERPRINT_LEAST 8

static void selector_clear(struct selector *selector)
{
	if (selector->issuer)
		selector_clear(selector->issuer);
	mem_free(selector->issuer);
	mem_free(selector->text);
	mem_free(selector->key_type);
	*selector = (struct selector){ 0 };
}

/* ---- parsing words ---- */

/*
 * Hex digits of a fingerprint or its beginning, with or without colons, in lower case;
 * else NULL.
 */
static char *fingerprint_digits(const char *word)
{
	AUTO(buf) digits = BUF_INIT;

	for (const char *c = word; *c; c++) {
		if (*c == ':' && c > word)
			continue;
		if (!isxdigit((unsigned char)*c))
			return NULL;
		buf_add_byte(&digits, (uint8_t)tolower((unsigned char)*c));
	}
	if (digits.n < FINGERPRINT_LEAST || digits.n > SHA256_TEXT - 1)
		return NULL;
	return buf_steal(&digits);
}

/* Twins stay apart here: two words may name the same certificate. */
static bool read_word_file(struct selector *selector, struct selector_list *list,
			   const struct selector_files *files, struct error *err)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;

	selector->kind = SELECT_FILE;
	if (!files->read(files->ctx, selector->text, &set, err))
		return false;
	selector->first_file = list->files.n;
	selector->n_files = set.n;
	set_copy(&list->files, &set);
	return true;
}

static bool parse_word(struct selector *selector, struct selector_list *list,
		       const char *word, const struct selector_files *files,
		       struct error *err)
{
	bool has_slash = strchr(word, '/') != NULL;
	char *digits;

	if (!*word)
		return error_fail(err, STATUS_INPUT, _("a selector is empty"));
	digits = has_slash ? NULL : fingerprint_digits(word);
	if (digits) {
		*selector =
			(struct selector){ .kind = SELECT_FINGERPRINT, .text = digits };
		return true;
	}
	*selector = (struct selector){ .kind = SELECT_PATTERN, .text = str_copy(word) };
	if (files &&
	    (files->is_file(files->ctx, word) || (has_slash && !glob_has_wildcard(word))))
		return read_word_file(selector, list, files, err);
	return true;
}

static void push(struct selector_list *list, const struct selector *selector)
{
	GROW(list->at, list->n, list->cap);
	list->at[list->n++] = *selector;
}

bool selector_add_word(struct selector_list *list, const char *word,
		       const struct selector_files *files, struct error *err)
{
	AUTO(selector) selector = { 0 };

	if (!parse_word(&selector, list, word, files, err))
		return false;
	push(list, &selector);
	selector = (struct selector){ 0 };
	return true;
}

/* ---- parsing filters ---- */

/* The caller names the filter, in its own way. */
static bool bad_value(struct error *err, const char *value, const char *wanted)
{
	AUTO_FREE char *shown = quoted(span_str(value));

	return error_fail(err, STATUS_INPUT, _("'%s': %s"), shown, wanted);
}

static bool parse_trust(struct selector *selector, const char *value, struct error *err)
{
	return trust_parse(value, &selector->trust) ||
	       bad_value(err, value,
			 _("the kinds are anchor, intermediate, distrusted, inactive and "
			   "unsaid"));
}

static bool parse_expiring(struct selector *selector, const char *value,
			   struct error *err)
{
	return duration_parse(value, &selector->seconds, err);
}

static bool parse_purpose(struct selector *selector, const char *value, struct error *err)
{
	uint8_t oid[64];
	size_t n;

	if (purpose_parse(value, &selector->purpose))
		return true;
	selector->purpose = PURPOSE_COUNT;
	return oid_parse(value, oid, &n) ||
	       bad_value(err, value,
			 _("it is no purpose such as server-auth, and no object "
			   "identifier"));
}

static enum comparison parse_comparison(const char **at)
{
	static const struct {
		const char *sign;
		enum comparison comparison;
	} signs[] = {
		{ "<=", COMPARE_AT_MOST }, { ">=", COMPARE_AT_LEAST },
		{ "==", COMPARE_EQUAL },   { "<", COMPARE_LESS },
		{ ">", COMPARE_MORE },     { "=", COMPARE_EQUAL },
	};

	for (size_t i = 0; i < COUNT(signs); i++) {
		if (strncmp(*at, signs[i].sign, strlen(signs[i].sign)) == 0) {
			*at += strlen(signs[i].sign);
			return signs[i].comparison;
		}
	}
	return COMPARE_NONE;
}

static bool parse_bits(const char *text, uint32_t *bits)
{
	uint32_t value = 0;

	if (!*text || strlen(text) > 6)
		return false;
	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			return false;
		value = value * 10 + (uint32_t)(*text - '0');
	}
	*bits = value;
	return true;
}

static bool parse_key(struct selector *selector, const char *value, struct error *err)
{
	const char *at = value + strcspn(value, "<=>");

	selector->key_type = str_of(span_of(value, (size_t)(at - value)));
	if (*at)
		selector->comparison = parse_comparison(&at);
	if (!key_type_known(selector->key_type) ||
	    (selector->comparison && !parse_bits(at, &selector->bits)))
		return bad_value(err, value,
				 _("it is no key type such as ec, or type and size such "
				   "as rsa<2048"));
	return true;
}

static bool parse_text(struct selector *selector, const char *value, struct error *err)
{
	(void)selector; /* text holds the value already */
	return *value ||
	       error_fail(err, STATUS_INPUT, _("the value of a filter is empty"));
}

static const struct filter {
	const char *name;
	enum selector_kind kind;
	bool (*parse)(struct selector *selector, const char *value,
		      struct error *err); /* NULL: a flag */
} filters[] = {
	{ "expired", SELECT_EXPIRED, NULL },
	{ "expiring", SELECT_EXPIRING, parse_expiring },
	{ "trust", SELECT_TRUST, parse_trust },
	{ "purpose", SELECT_PURPOSE, parse_purpose },
	{ "issued-by", SELECT_ISSUED_BY, parse_text },
	{ "key", SELECT_KEY, parse_key },
	{ "signature", SELECT_SIGNATURE, parse_text },
	{ "label", SELECT_LABEL, parse_text },
	{ "origin", SELECT_ORIGIN, parse_text },
	{ "self-signed", SELECT_SELF_SIGNED, NULL },
	{ "ca", SELECT_CA, NULL },
};

static const struct filter *find_filter(const char *name)
{
	for (size_t i = 0; i < COUNT(filters); i++) {
		if (strcmp(filters[i].name, name) == 0)
			return &filters[i];
	}
	return NULL;
}

bool selector_add_filter(struct selector_list *list, const char *name, const char *value,
			 const struct selector_files *files, struct error *err)
{
	const struct filter *filter = find_filter(name);
	AUTO(selector) selector = { 0 };

	if (!filter)
		return error_fail(err, STATUS_INPUT, _("there is no filter '%s'"), name);
	if (filter->parse && !value)
		return error_fail(err, STATUS_INPUT, _("it needs a value"));
	selector.kind = filter->kind;
	selector.text = value ? str_copy(value) : NULL;
	if (filter->parse && !filter->parse(&selector, value, err))
		return false;
	if (filter->kind == SELECT_ISSUED_BY) {
		selector.issuer = mem_zalloc(sizeof(*selector.issuer));
		if (!parse_word(selector.issuer, list, value, files, err))
			return false;
	}
	push(list, &selector);
	selector = (struct selector){ 0 };
	return true;
}

void selector_list_clear(struct selector_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		selector_clear(&list->at[i]);
	mem_free(list->at);
	entry_set_clear(&list->files);
	*list = (struct selector_list)SELECTOR_LIST_INIT;
}
