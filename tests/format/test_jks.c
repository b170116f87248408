/* JKS and JCEKS: what keytool wrote, what is broken and where, and what is written. */
#include "keystores.h"

#include "format/aliases.h"

#define KNOWN "opened with 'changeit'"

static void what_keytool_wrote_is_read_with_its_aliases_and_chains(void **state)
{
	static const struct keystore_case cases[] = {
		{ "keytool.jks", NULL, "AA", KNOWN, 0, "zweite würzel" },
		{ "keytool.jks", "changeit", "AA", NULL, 0, "zweite würzel" },
		{ "keytool-key.jks", NULL, "AIIA", "1 key in it", 0, "server" },
		{ "keytool.jceks", NULL, "AIIA", KNOWN, 0, "server" },
		{ "keytool-secret.jks", "sécret 𝄞", "AA", NULL, 0, "zweite würzel" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_keystore(&cases[i]);
}

static void
what_follows_a_secret_key_is_found_where_its_kind_is_known_and_told_else(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	AUTO(file) file = FILE_INIT;
	AUTO_FREE uint8_t *changed = NULL;
	uint8_t *name;
	(void)state;

	data_read(&file, "java/keytool-seckey.jceks");
	open_bytes(&opened, &format_jceks, file.bytes, NULL, CHECKED);
	assert_true(opened.good);
	assert_int_equal(opened.set.n, 2);
	assert_int_equal(opened.skipped.n, 0);
	says("keys", buf_text(&opened.notes), "2 keys in it");

	changed = mem_copy(file.bytes);
	name = memmem(changed, file.bytes.n, "SealedObjectForKeyProtector", 27);
	assert_non_null(name);
	name[0] = 'Z';
	open_bytes(&opened, &format_jceks, span_of(changed, file.bytes.n), NULL,
		   UNCHECKED);
	assert_true(opened.good);
	assert_int_equal(opened.skipped.n, 1);
	says("kind", buf_text(&opened.skipped.text), "a secret key of an unknown kind");
}

static void an_entry_keeps_the_date_of_its_keystore(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	open_data(&opened, "keytool.jks", NULL);
	for (size_t i = 0; i < opened.set.n; i++) {
		assert_non_null(opened.set.at[i].origin);
		assert_true(opened.set.at[i].origin->added > 1700000000);
		assert_string_equal(opened.set.at[i].origin->ref, "test");
	}
}

static void a_password_that_does_not_fit_is_never_passed_over(void **state)
{
	static const struct {
		const char *file, *password, *text;
	} cases[] = {
		{ "keytool.jks", "wrong", "'changeit', which everybody knows, does" },
		{ "keytool-secret.jks", NULL, "neither 'changeit' nor empty" },
		{ "keytool-secret.jks", "secret",
		  "does not fit, or the file was changed" },
		{ "keytool-secret.jks",
		  "s\xe9"
		  "cret",
		  "does not fit" },
	};
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		open_data(&opened, cases[i].file, cases[i].password);
		assert_false(opened.good);
		assert_int_equal(opened.set.n, 0);
		says(cases[i].file, opened.err.text, cases[i].text);
	}
}

static void a_changed_byte_is_noticed_unless_that_was_not_wanted(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	AUTO(file) file = FILE_INIT;
	AUTO_FREE uint8_t *changed = NULL;
	(void)state;

	data_read(&file, "java/keytool.jks");
	changed = mem_copy(file.bytes);
	changed[file.bytes.n - 21] ^= 1;
	open_bytes(&opened, &format_jks, span_of(changed, file.bytes.n), NULL, CHECKED);
	assert_false(opened.good);
	open_bytes(&opened, &format_jks, span_of(changed, file.bytes.n), NULL, UNCHECKED);
	assert_true(opened.good);
	assert_int_equal(opened.set.n, 2);
	says("unchecked", buf_text(&opened.notes), "was not checked");
}

/* keytool.jks: 12 bytes of head; the first entry has its tag, "one", a date, "X.509". */
static void a_broken_structure_is_told_with_its_byte(void **state)
{
	static const struct {
		size_t at;
		uint8_t byte;
		const char *text;
	} cases[] = {
		{ 0, 0xff, "does not begin" },
		{ 7, 3, "version 3" },
		{ 7, 0, "version 0" },
		{ 8, 0xff, "entry 3 of 4278190082: the file ends within the tag" },
		{ 11, 1, "bytes follow the last of 1 entries at byte" },
		{ 11, 0, "bytes follow the last of 0 entries at byte 12" },
		{ 11, 3, "entry 3 of 3: the file ends" },
		{ 15, 3, "entry 1 of 2: no entry has a tag like that at byte 12: 3" },
		{ 15, 0, "at byte 12: 0" },
		{ 15, 1, "entry 1 of 2" },
		{ 16, 0xff,
		  "entry 1 of 2: the alias at byte 16 says that it has 65283 bytes" },
		{ 29, 0xff, "entry 1 of 2: the certificate type at byte 29" },
		{ 36, 0xff, "entry 1 of 2: the certificate at byte 36 says" },
		{ 38, 0x00, "entry 2 of 2" },
	};
	AUTO(opened) opened = OPENED_INIT;
	AUTO(file) file = FILE_INIT;
	(void)state;

	data_read(&file, "java/keytool.jks");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE uint8_t *changed = mem_copy(file.bytes);
		AUTO_FREE char *which = str_format("byte %zu", cases[i].at);

		changed[cases[i].at] = cases[i].byte;
		open_bytes(&opened, &format_jks, span_of(changed, file.bytes.n), NULL,
			   UNCHECKED);
		assert_false(opened.good);
		says(which, opened.err.text, cases[i].text);
	}
}

static void a_file_that_is_cut_off_is_never_read(void **state)
{
	(void)state;

	cut_everywhere(&format_jks, "keytool.jks", NULL);
	cut_everywhere(&format_jks, "keytool-key.jks", "changeit");
	cut_everywhere(&format_jceks, "keytool.jceks", NULL);
	cut_everywhere(&format_jceks, "keytool-seckey.jceks", NULL);
}

static void one_bad_certificate_costs_no_other(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	AUTO(file) file = FILE_INIT;
	AUTO_FREE uint8_t *changed = NULL;
	(void)state;

	data_read(&file, "java/keytool.jks");
	changed = mem_copy(file.bytes);
	changed[40] = 0x31; /* the first byte of the first certificate */
	open_bytes(&opened, &format_jks, span_of(changed, file.bytes.n), NULL, UNCHECKED);
	assert_true(opened.good);
	assert_int_equal(opened.set.n, 1);
	says("skip", buf_text(&opened.skipped.text), "entry 1 'one'");
}

static void write_with(const struct format *format, const struct entry_set *set,
		       const char *password, int64_t at, struct buf *out)
{
	struct secret secret = { (uint8_t *)password, password ? strlen(password) : 0 };
	const struct sealing sealing = { password ? &secret : NULL, at };
	AUTO(error) err = ERROR_INIT;

	out->n = 0;
	if (!format->write_sealed(set, &sealing, out, &err))
		fail_msg("%s", err.text);
}

static void what_is_written_is_sealed_with_the_password_that_was_said(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	make_many(&set, 3);
	write_with(&format_jks, &set, "𝄞 clef", TIME_NONE, &out);
	open_bytes(&opened, &format_jks, buf_span(&out), "𝄞 clef", CHECKED);
	assert_true(opened.good);
	open_bytes(&opened, &format_jks, buf_span(&out), NULL, CHECKED);
	assert_false(opened.good);
	write_with(&format_jks, &set, NULL, TIME_NONE, &out);
	open_bytes(&opened, &format_jks, buf_span(&out), NULL, CHECKED);
	assert_true(opened.good);
	says("known", buf_text(&opened.notes), KNOWN);
}

static void
an_entry_is_dated_as_told_else_when_it_was_added_else_when_it_became_valid(void **state)
{
	const struct origin added = { .ref = "x", .added = 1600000000 };
	static const int64_t told[] = { 1500000000, TIME_NONE, TIME_NONE };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	int64_t wanted[3];
	(void)state;

	make_many(&set, 1);
	wanted[0] = told[0];
	wanted[1] = added.added;
	wanted[2] = set.at[0].cert.not_before;
	for (size_t i = 0; i < COUNT(told); i++) {
		set.at[0].origin = i < 2 ? &added : NULL;
		write_with(&format_jks, &set, NULL, told[i], &out);
		open_bytes(&opened, &format_jks, buf_span(&out), NULL, CHECKED);
		assert_true(opened.good);
		assert_int_equal(opened.set.at[0].origin->added, wanted[i]);
	}
}

static void aliases_are_unique_and_lower_case_and_a_terminal_can_show_them(void **state)
{
	static const char *const labels[] = { "Root", "ROOT", "É\n\x1b[31m", NULL };
	static const char *const wanted[] = { "root", "root ", "é\\x0a\\x1b[31m",
					      "one root" };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(aliases) aliases = ALIASES_INIT;
	(void)state;

	make_many(&set, COUNT(labels));
	for (size_t i = 0; i < COUNT(labels); i++)
		set.at[i].label = labels[i];
	aliases_make(&aliases, &set, ALIAS_LOWER);
	for (size_t i = 0; i < COUNT(labels); i++)
		if (strncmp(aliases.at[i], wanted[i], strlen(wanted[i])) != 0)
			fail_msg("%s became %s", labels[i], aliases.at[i]);
	assert_int_equal(strlen(aliases.at[1]), strlen("root 12345678"));
	assert_true(alias_is_name(span_str("ONE root"), &set.at[0].cert));
	assert_false(alias_is_name(span_str("one"), &set.at[0].cert));
	assert_false(alias_is_name(span_str("one root 12345678"), &set.at[0].cert));
}

static void ten_thousand_entries_come_back_whatever_their_names(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	make_many(&set, 10000);
	write_with(&format_jceks, &set, NULL, TIME_NONE, &out);
	open_bytes(&opened, &format_jceks, buf_span(&out), NULL, CHECKED);
	assert_true(opened.good);
	assert_int_equal(opened.set.n, 10000);
	for (size_t i = 0; i < opened.set.n; i++)
		assert_non_null(set_find(&set, &opened.set.at[i].cert));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_keytool_wrote_is_read_with_its_aliases_and_chains),
		cmocka_unit_test(
			what_follows_a_secret_key_is_found_where_its_kind_is_known_and_told_else),
		cmocka_unit_test(an_entry_keeps_the_date_of_its_keystore),
		cmocka_unit_test(a_password_that_does_not_fit_is_never_passed_over),
		cmocka_unit_test(a_changed_byte_is_noticed_unless_that_was_not_wanted),
		cmocka_unit_test(a_broken_structure_is_told_with_its_byte),
		cmocka_unit_test(a_file_that_is_cut_off_is_never_read),
		cmocka_unit_test(one_bad_certificate_costs_no_other),
		cmocka_unit_test(
			what_is_written_is_sealed_with_the_password_that_was_said),
		cmocka_unit_test(
			an_entry_is_dated_as_told_else_when_it_was_added_else_when_it_became_valid),
		cmocka_unit_test(
			aliases_are_unique_and_lower_case_and_a_terminal_can_show_them),
		cmocka_unit_test(ten_thousand_entries_come_back_whatever_their_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
