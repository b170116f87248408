/*
 * Selectors: what words and filters hit, what they refuse, and patterns in bounded time.
 */
#include "trust/selector.h"

#include "entries.h"
#include "trust/glob.h"

#include <time.h>

static const struct wanted world[] = {
	{ "Alpha Root", "Alpha Root", 1, 1, TRUST_ANCHOR, "First Label", NULL, true },
	{ "Alpha Root 2", "Alpha Root 2", 2, 2, TRUST_ANCHOR, NULL, "250101000000Z",
	  true },
	{ "Alpha CA", "Alpha Root", 3, 3, TRUST_INTERMEDIATE, NULL, NULL, true },
	{ "Orphan CA", "Gone Root", 4, 4, TRUST_INTERMEDIATE, NULL, NULL, true },
	{ "\xc3\x84rger GmbH", "\xc3\x84rger GmbH", 5, 5, TRUST_DISTRUSTED, NULL, NULL,
	  true },
	{ "leaf", "Alpha CA", 6, 6, TRUST_UNSAID, NULL, NULL, false },
};

/* A file that holds the third certificate, and nothing else that exists. */
static bool read_file(void *ctx, const char *path, struct entry_set *set,
		      struct error *err)
{
	(void)ctx;
	if (strcmp(path, "./ca.pem") != 0 && strcmp(path, "exists") != 0)
		return error_fail(err, STATUS_INPUT, "there is no %s", path);
	add_made(set, &world[2]);
	return true;
}

static bool is_file(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "exists") == 0;
}

static const struct selector_files files = { NULL, read_file, is_file };

static void make_world(struct entry_set *set)
{
	for (size_t i = 0; i < COUNT(world); i++)
		add_made(set, &world[i]);
	set->at[3].origin = made_origin(&set->arena, "/etc/Some.pem", false);
	set->at[0].constraints = constraints_make(&set->arena, 1 << PURPOSE_SERVER_AUTH,
						  TIME_NONE, TIME_NONE);
}

#define NOW 1760000000 /* 2025-10-09 */

/* The numbers of the entries that were hit, "" for none. */
static char *hits_of(const struct selector_list *list, const struct entry_set *set,
		     enum selector_many many, struct error *err)
{
	bool hits[COUNT(world)];
	AUTO(buf) text = BUF_INIT;

	if (!(many == SELECTOR_ALL
		      ? selector_match(list, set, NOW, hits, err)
		      : selector_match_to_change(list, set, NOW, many, hits, err)))
		return NULL;
	for (size_t i = 0; i < set->n; i++)
		if (hits[i])
			buf_addf(&text, "%zu", i);
	return buf_steal(&text);
}

static void words_and_filters_hit_what_they_say(void **state)
{
	static const struct {
		const char *word, *filter, *value, *hits;
	} cases[] = {
		{ NULL, NULL, NULL, "012345" },
		{ "alpha root", NULL, NULL, "0" },
		{ "first label", NULL, NULL, "0" },
		{ "CN=Alpha CA", NULL, NULL, "2" },
		{ "alpha*", NULL, NULL, "012" },
		{ "alpha ??", NULL, NULL, "2" },
		{ "*[ac]a", NULL, NULL, "23" },
		{ "\xc3\xa4rger*", NULL, NULL, "4" },
		{ "./ca.pem", NULL, NULL, "2" },
		{ "exists", NULL, NULL, "2" },
		{ NULL, "expired", NULL, "1" },
		{ NULL, "expiring", "10y", "02345" },
		{ NULL, "expiring", "1d", "" },
		{ NULL, "trust", "intermediate", "23" },
		{ NULL, "purpose", "server-auth", "01235" },
		{ NULL, "purpose", "email", "1235" },
		{ NULL, "purpose", "1.2.3.4", "1235" },
		{ NULL, "issued-by", "Alpha Root", "2" },
		{ NULL, "issued-by", "alpha*", "25" },
		{ NULL, "issued-by", "First Label", "2" },
		{ NULL, "issued-by", "gone root", "3" },
		{ NULL, "issued-by", "./ca.pem", "5" },
		{ NULL, "key", "ec", "012345" },
		{ NULL, "key", "secp256r1", "012345" },
		{ NULL, "key", "ec<=256", "012345" },
		{ NULL, "key", "ec<256", "" },
		{ NULL, "key", "rsa<2048", "" },
		{ NULL, "signature", "*sha256", "012345" },
		{ NULL, "signature", "sha1*", "" },
		{ NULL, "label", "*LABEL", "0" },
		{ NULL, "origin", "/etc/*", "3" },
		{ NULL, "self-signed", NULL, "014" },
		{ NULL, "ca", NULL, "01234" },
		{ "alpha*", "ca", NULL, "012" },
		{ "alpha*", "expired", NULL, "1" },
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	make_world(&set);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(selector_list) list = SELECTOR_LIST_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *hits = NULL;

		if ((cases[i].word &&
		     !selector_add_word(&list, cases[i].word, &files, &err)) ||
		    (cases[i].filter &&
		     !selector_add_filter(&list, cases[i].filter, cases[i].value, &files,
					  &err)) ||
		    !(hits = hits_of(&list, &set, SELECTOR_ALL, &err)))
			fail_msg("case %zu: %s", i, err.text);
		if (strcmp(hits ? hits : "", cases[i].hits) != 0)
			fail_msg("case %zu: %s %s %s hits %s", i, cases[i].word,
				 cases[i].filter, cases[i].value, hits);
	}
}

static void words_are_alternatives(void **state)
{
	AUTO(selector_list) list = SELECTOR_LIST_INIT;
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *hits = NULL;
	(void)state;

	make_world(&set);
	assert_true(selector_add_word(&list, "leaf", &files, &err));
	assert_true(selector_add_word(&list, "./ca.pem", &files, &err));
	assert_true(selector_add_word(&list, "exists", &files, &err));
	hits = hits_of(&list, &set, SELECTOR_ALL, &err);
	assert_string_equal(hits, "25");
}

static void a_fingerprint_may_be_short_and_have_colons(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct sha256 hash;
	char hex[SHA256_TEXT];
	(void)state;

	make_world(&set);
	hash = cert_sha256(&set.at[4].cert);
	sha256_hex(&hash, hex);
	for (size_t n = 8; n <= 64; n += 28) {
		AUTO(selector_list) list = SELECTOR_LIST_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) word = BUF_INIT;
		AUTO_FREE char *hits = NULL;

		for (size_t i = 0; i < n; i++)
			buf_addf(&word, "%s%c", i && i % 2 == 0 ? ":" : "",
				 hex[i] >= 'a' ? hex[i] - 32 : hex[i]);
		assert_true(selector_add_word(&list, buf_text(&word), &files, &err));
		hits = hits_of(&list, &set, SELECTOR_ONE_EACH, &err);
		assert_string_equal(hits, "4");
	}
}

static void a_word_that_hits_nothing_is_named(void **state)
{
	static const char *const words[] = { "Alpha", "deadbeef", "nothing*" };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	make_world(&set);
	for (size_t i = 0; i < COUNT(words); i++) {
		AUTO(selector_list) list = SELECTOR_LIST_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *hits = NULL;

		assert_true(selector_add_word(&list, words[i], &files, &err));
		hits = hits_of(&list, &set, SELECTOR_ALL, &err);
		assert_null(hits);
		assert_int_equal(err.status, STATUS_INPUT);
		if (!strstr(err.text, words[i]))
			fail_msg("%s", err.text);
	}
}

static void a_pattern_that_hits_several_changes_nothing_without_all(void **state)
{
	static const struct {
		const char *word, *filter, *hits;
	} cases[] = {
		{ "alpha*", NULL, NULL },    { "alpha*", "expired", "1" },
		{ "alpha root", NULL, "0" }, { NULL, "ca", NULL },
		{ NULL, "expired", "1" },    { NULL, NULL, NULL },
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	make_world(&set);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(selector_list) list = SELECTOR_LIST_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *hits = NULL;

		if (cases[i].word)
			assert_true(
				selector_add_word(&list, cases[i].word, &files, &err));
		if (cases[i].filter)
			assert_true(selector_add_filter(&list, cases[i].filter, NULL,
							&files, &err));
		hits = hits_of(&list, &set, SELECTOR_ONE_EACH, &err);
		if (!hits != !cases[i].hits || (hits && strcmp(hits, cases[i].hits) != 0))
			fail_msg("case %zu: %s", i, hits ? hits : err.text);
	}
}

static void what_no_selector_can_be_is_refused(void **state)
{
	static const struct {
		const char *name, *value;
	} cases[] = {
		{ "shape", NULL },          { "trust", "friend" },     { "trust", NULL },
		{ "purpose", "breakfast" }, { "key", "<2048" },        { "key", "rsa<" },
		{ "key", "rsa<2048x" },     { "expiring", "soon" },    { "label", "" },
		{ "issued-by", "" },        { "issued-by", "./gone" },
		{ "key", "rsb" },
	};
	AUTO(error) err = ERROR_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(selector_list) list = SELECTOR_LIST_INIT;

		if (selector_add_filter(&list, cases[i].name, cases[i].value, &files,
					&err))
			fail_msg("%s %s", cases[i].name, cases[i].value);
		assert_int_equal(err.status, STATUS_INPUT);
		assert_int_equal(list.n, 0);
	}
	{
		AUTO(selector_list) list = SELECTOR_LIST_INIT;

		assert_false(selector_add_word(&list, "", &files, &err));
		assert_false(selector_add_word(&list, "./gone.pem", &files, &err));
	}
}

static void globs_match_as_a_shell_does_and_ignore_case(void **state)
{
	static const struct {
		const char *pattern, *text;
		bool matches;
	} cases[] = {
		{ "", "", true },          { "*", "", true },
		{ "?", "", false },        { "a*c", "abbbc", true },
		{ "a*c", "abbbd", false }, { "*b*b*", "abab", true },
		{ "[!a]b", "cb", true },   { "[!a]b", "ab", false },
		{ "[a-c]", "B", true },    { "[]]", "]", true },
		{ "[", "[", true },        { "a[b", "a[b", true },
		{ "\\*", "*", true },      { "\\*", "a", false },
		{ "?", "\xc3\xa4", true }, { "?", "\xff", true },
		{ "\xff", "\xff", false }, { "**a", "bba", true },
		{ "a", "ab", false },      { "ab", "a", false },
		{ "[a-]", "-", true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		if (glob_match(cases[i].pattern, span_str(cases[i].text)) !=
		    cases[i].matches)
			fail_msg("'%s' and '%s'", cases[i].pattern, cases[i].text);
}

static void many_stars_take_no_exponential_time(void **state)
{
	AUTO(buf) pattern = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	clock_t start = clock();
	(void)state;

	for (size_t i = 0; i < 100; i++)
		buf_add_str(&pattern, "*a");
	buf_add_str(&pattern, "*b");
	for (size_t i = 0; i < 20000; i++)
		buf_add_byte(&text, 'a');
	assert_false(glob_match(buf_text(&pattern), buf_span(&text)));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_and_filters_hit_what_they_say),
		cmocka_unit_test(words_are_alternatives),
		cmocka_unit_test(a_fingerprint_may_be_short_and_have_colons),
		cmocka_unit_test(a_word_that_hits_nothing_is_named),
		cmocka_unit_test(a_pattern_that_hits_several_changes_nothing_without_all),
		cmocka_unit_test(what_no_selector_can_be_is_refused),
		cmocka_unit_test(globs_match_as_a_shell_does_and_ignore_case),
		cmocka_unit_test(many_stars_take_no_exponential_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
