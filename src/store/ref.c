/* Store references taken apart. */
#include "store/ref.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <stdlib.h>

#define GENERATION_DIGITS 12
static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
static const char word[] =
	"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

bool ref_is_bare_word(const char *text)
{
	return text[0] && text[0] != '-' && strspn(text, word) == strlen(text);
}

bool ref_is_token(const char *text)
{
	return strncasecmp(text, "pkcs11:", 7) == 0;
}

bool ref_is_union(const char *text)
{
	const struct format *format;
	const char *path;
	AUTO(error) ignored = ERROR_INIT;

	if (!strchr(text, '+'))
		return false;
	if (file_kind(text) != FILE_ABSENT)
		return false;
	/* A union may begin with a format too: only a file that is there settles it. */
	return !store_split_ref(text, &format, &path, &ignored) || !format ||
	       file_kind(path) == FILE_ABSENT;
}

void ref_format_names(struct buf *out)
{
	for (size_t i = 0; formats[i]; i++)
		buf_addf(out, "%s%s", i ? ", " : "", formats[i]->name);
}

static bool fail_format(const char *ref, size_t n, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_of(ref, n));
	AUTO_FREE char *file = NULL;
	AUTO(buf) names = BUF_INIT;
	AUTO(buf) path = BUF_INIT;

	ref_format_names(&names);
	error_fail(err, STATUS_INPUT, _("there is no format '%s' (there are %s)"), shown,
		   buf_text(&names));
	file = str_format("./%s", ref);
	escape_shell(&path, span_str(file));
	return error_remedy(err, _("for a file of that name: %s"), buf_text(&path));
}

bool store_split_ref(const char *ref, const struct format **format, const char **path,
		     struct error *err)
{
	size_t n = strspn(ref, word);
	AUTO_FREE char *name = NULL;

	*format = NULL;
	*path = ref;
	if (ref_is_token(ref))
		return true;
	/* "./a:b" and "/a:b" are paths; so is a name that is there as it stands. */
	if (n == 0 || ref[n] != ':' || file_kind(ref) != FILE_ABSENT)
		return true;
	name = str_of(span_of(ref, n));
	*format = format_find(name);
	if (!*format)
		return fail_format(ref, n, err);
	*path = ref + n + 1;
	if (!**path)
		return error_fail(err, STATUS_INPUT, _("'%s:' lacks its path"), name);
	return true;
}

static bool is_url(const char *text)
{
	size_t n = strspn(
		text,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.");

	return n > 0 && memchr(letters, text[0], sizeof(letters) - 1) &&
	       strncmp(text + n, "://", 3) == 0;
}

static bool parse_generation(const char *text, struct ref *ref, struct error *err)
{
	size_t n = strspn(text + 1, "0123456789");
	AUTO_FREE char *shown = quoted(span_str(text));

	ref->kind = REF_GENERATION;
	if (n > 0 && n <= GENERATION_DIGITS && !text[n + 1])
		ref->generation = strtoull(text + 1, NULL, 10);
	if (!ref->generation)
		return error_fail(
			err, STATUS_INPUT,
			_("'%s' is no generation: it is '@' and a number from 1 on"),
			shown);
	return true;
}

/* A word can be mistaken for the other thing that has its name. */
static bool parse_word(const char *text, struct ref *ref, struct error *err)
{
	ref->kind = REF_PROFILE;
	if (file_kind(text) == FILE_ABSENT)
		return true;
	error_fail(err, STATUS_INPUT,
		   _("a word without '/' or '.' names a profile, and here is a file '%s' "
		     "too"),
		   text);
	return error_remedy(err, _("for the file: ./%s"), text);
}

bool ref_parse(const char *text, struct ref *ref, struct error *err)
{
	*ref = (struct ref){ .kind = REF_PATH, .text = text, .path = text };
	if (!text[0])
		return error_fail(err, STATUS_INPUT, _("a store reference is empty"));
	if (text[0] == '@')
		return parse_generation(text, ref, err);
	if (ref_is_bare_word(text))
		return parse_word(text, ref, err);
	if (ref_is_token(text)) {
		ref->kind = REF_TOKEN;
		return true;
	}
	if (is_url(text)) {
		ref->kind = REF_ENDPOINT;
		return true;
	}
	return store_split_ref(text, &ref->format, &ref->path, err);
}

static void count_text(struct buf *out, const size_t count[TRUST_COUNT])
{
	size_t start = out->n;

	if (count[TRUST_ANCHOR])
		buf_addf(out, ngettext("%zu anchor", "%zu anchors", count[TRUST_ANCHOR]),
			 count[TRUST_ANCHOR]);
	if (count[TRUST_INTERMEDIATE]) {
		buf_add_str(out, out->n > start ? ", " : "");
		buf_addf(out,
			 ngettext("%zu intermediate", "%zu intermediates",
				  count[TRUST_INTERMEDIATE]),
			 count[TRUST_INTERMEDIATE]);
	}
	if (count[TRUST_DISTRUSTED]) {
		buf_add_str(out, out->n > start ? ", " : "");
		buf_addf(out,
			 ngettext("%zu distrusted", "%zu distrusted",
				  count[TRUST_DISTRUSTED]),
			 count[TRUST_DISTRUSTED]);
	}
	if (count[TRUST_INACTIVE]) {
		buf_add_str(out, out->n > start ? ", " : "");
		buf_addf(out,
			 ngettext("%zu inactive", "%zu inactive", count[TRUST_INACTIVE]),
			 count[TRUST_INACTIVE]);
	}
	if (count[TRUST_UNSAID] || out->n == start) {
		buf_add_str(out, out->n > start ? ", " : "");
		buf_addf(out,
			 ngettext("%zu certificate", "%zu certificates",
				  count[TRUST_UNSAID]),
			 count[TRUST_UNSAID]);
	}
}

static void count_set(size_t count[TRUST_COUNT], const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		count[set->at[i].trust]++;
}

void store_count_text(struct buf *out, const struct entry_set *set)
{
	size_t count[TRUST_COUNT] = { 0 };

	count_set(count, set);
	count_text(out, count);
}

void store_told_text(struct buf *out, const struct store *store)
{
	size_t count[TRUST_COUNT];

	memcpy(count, store->taken, sizeof(count));
	count_set(count, &store->set);
	count_text(out, count);
}

size_t store_entries(const struct store *store)
{
	size_t n = store->set.n;

	for (size_t i = 0; i < TRUST_COUNT; i++)
		n += store->taken[i];
	return n;
}
