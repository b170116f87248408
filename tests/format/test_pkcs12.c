/*
 * PKCS#12: what other programs wrote, whatever the algorithms, what is broken or costs
 * too much, and what is written. BCFKS, which is only recognised.
 */
#include "keystores.h"

#include "format/pbe.h"
#include "x509/der.h"

#define KNOWN "opened with 'changeit'"

static void what_other_programs_wrote_is_read_whatever_its_algorithms(void **state)
{
	static const struct keystore_case cases[] = {
		{ "keytool.p12", NULL, "AA", KNOWN, 0, "Zweite Würzel" },
		{ "keytool.p12", "changeit", "AA", NULL, 0, "Zweite Würzel" },
		{ "keytool-secret.p12", "secret", "AA", NULL, 0, "Zweite Würzel" },
		{ "keytool-legacy.p12", NULL, "AA", KNOWN, 0, "Zweite Würzel" },
		{ "keytool-open.p12", NULL, "AA", "has no password", 0, "Zweite Würzel" },
		{ "keytool-open.p12", "any", "AA", "has no password", 0,
		  "Zweite Würzel" },
		{ "keytool-key.p12", NULL, "IIAA", "1 key in it", 0, "CN=Authority" },
		{ "pbmac1.p12", NULL, "AA", KNOWN, 0, "Zweite Würzel" },
		{ "openssl.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-sha512.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-legacy.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-3des.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-open.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-empty.p12", NULL, "???", "the empty password", 0, NULL },
		{ "openssl-quick.p12", NULL, "???", KNOWN, 0, NULL },
		{ "openssl-legacy-quick.p12", NULL, "???", "the empty password", 0,
		  NULL },
		{ "openssl-secret.p12", "sécret 𝄞", "???", NULL, 0, NULL },
		{ "openssl-legacy-secret.p12", "sécret 𝄞", "???", NULL, 0, NULL },
		{ "certtool.p12", NULL, "?", KNOWN, 0, NULL },
		{ "certtool-null.p12", NULL, "?", "the empty password", 0, NULL },
		{ "nss.p12", NULL, "I", "1 key in it", 0, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		check_keystore(&cases[i]);
}

static void a_password_that_does_not_fit_is_never_passed_over(void **state)
{
	static const struct {
		const char *file, *password, *text;
	} cases[] = {
		{ "keytool.p12", "wrong", "'changeit', which everybody knows, does" },
		{ "openssl-empty.p12", "wrong", "the empty one does" },
		{ "keytool-secret.p12", NULL, "neither 'changeit' nor empty" },
		{ "keytool-secret.p12", "Secret",
		  "does not fit, or the file was changed" },
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

static void an_algorithm_that_is_not_known_is_named(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	open_data(&opened, "openssl-rc4.p12", NULL);
	assert_true(opened.good);
	assert_int_equal(opened.set.n, 0);
	says("rc4", buf_text(&opened.skipped.text),
	     "content 1: the encryption '1.2.840.113549.1.12.1.1' is not supported");
}

static void without_the_password_only_what_stands_in_the_open_is_read(void **state)
{
	static const struct {
		const char *file;
		size_t n, skipped;
	} cases[] = {
		{ "openssl-open.p12", 3, 0 },
		{ "keytool.p12", 0, 1 },
		{ "keytool-open.p12", 2, 0 },
	};
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *path = str_format("java/%s", cases[i].file);
		AUTO(file) file = FILE_INIT;

		data_read(&file, path);
		open_bytes(&opened, &format_pkcs12, file.bytes, NULL, UNCHECKED);
		assert_true(opened.good);
		assert_int_equal(opened.set.n, cases[i].n);
		assert_int_equal(opened.skipped.n, cases[i].skipped);
	}
}

static void a_file_that_is_cut_off_or_followed_by_more_is_never_read(void **state)
{
	static const char *const files[] = { "keytool.p12", "keytool-open.p12",
					     "openssl-legacy.p12", "nss.p12",
					     "certtool-null.p12" };
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_FREE char *path = str_format("java/%s", files[i]);
		AUTO(file) file = FILE_INIT;
		AUTO(buf) longer = BUF_INIT;

		cut_everywhere(&format_pkcs12, files[i], NULL);
		data_read(&file, path);
		buf_add(&longer, file.bytes);
		buf_add(&longer, SPAN("\x05\x00"));
		open_bytes(&opened, &format_pkcs12, buf_span(&longer), NULL, CHECKED);
		assert_false(opened.good);
	}
}

/* ---- files made by hand ---- */

#define OID_DATA      "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define OID_ENCRYPTED "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x06"

/* PFX with these ContentInfos, and what follows them. */
static void make_pfx(struct buf *out, struct span contents, struct span behind)
{
	size_t info;

	out->n = 0;
	der_add(out, DER_INTEGER, SPAN("\3"));
	info = out->n;
	buf_add(out, SPAN(OID_DATA));
	{
		AUTO(buf) safe = BUF_INIT;
		const size_t content = out->n;

		der_add(&safe, DER_SEQUENCE, contents);
		der_add(out, DER_OCTET_STRING, buf_span(&safe));
		der_wrap(out, content, DER_CONTEXT_CONSTRUCTED(0));
	}
	der_wrap(out, info, DER_SEQUENCE);
	buf_add(out, behind);
	der_wrap(out, 0, DER_SEQUENCE);
}

static void add_info(struct buf *out, struct span type, struct span inside)
{
	const size_t info = out->n;

	buf_add(out, type);
	der_add(out, DER_CONTEXT_CONSTRUCTED(0), inside);
	der_wrap(out, info, DER_SEQUENCE);
}

/* An encrypted content by PKCS#12 and 3DES, with that count of rounds. */
static void add_costly(struct buf *out, struct span rounds)
{
	AUTO(buf) data = BUF_INIT;
	size_t encrypted, algorithm, parameters;

	der_add(&data, DER_INTEGER, SPAN("\0"));
	encrypted = data.n;
	buf_add(&data, SPAN(OID_DATA));
	algorithm = data.n;
	der_add(&data, DER_OID, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03"));
	parameters = data.n;
	der_add(&data, DER_OCTET_STRING, SPAN("saltsalt"));
	der_add(&data, DER_INTEGER, rounds);
	der_wrap(&data, parameters, DER_SEQUENCE);
	der_wrap(&data, algorithm, DER_SEQUENCE);
	der_add(&data, DER_CONTEXT(0), SPAN("01234567"));
	der_wrap(&data, encrypted, DER_SEQUENCE);
	der_wrap(&data, 0, DER_SEQUENCE);
	add_info(out, SPAN(OID_ENCRYPTED), buf_span(&data));
}

static void rounds_that_nobody_can_wait_for_are_refused_at_once(void **state)
{
	static const struct {
		struct span rounds;
		const char *text;
	} cases[] = {
		{ SPAN("\x7f\xff\xff\xff"), "2147483647 rounds" },
		{ SPAN("\x00\x80\x00\x00\x00"), "content 1" },
		{ SPAN("\x00"), "0 rounds" },
		{ SPAN("\x1e\x84\x81"), "2000001 rounds" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(opened) opened = OPENED_INIT;
		AUTO(buf) contents = BUF_INIT;
		AUTO(buf) pfx = BUF_INIT;

		add_costly(&contents, cases[i].rounds);
		make_pfx(&pfx, buf_span(&contents), SPAN(""));
		open_bytes(&opened, &format_pkcs12, buf_span(&pfx), NULL, CHECKED);
		assert_false(opened.good);
		if (i != 1)
			says("rounds", opened.err.text, cases[i].text);
	}
}

/* Each is worth waiting for, all of them together are not. */
static void the_rounds_of_all_contents_together_are_bounded(void **state)
{
	static const struct {
		const char *salt;
	} salts[] = { { "salt one" }, { "salt two" }, { "salt 3.." } };
	const struct pbe_password password = { SPAN("x"), SPAN("\0x\0\0") };
	struct pbe_work work = { .left = 25000 };
	AUTO(error) err = ERROR_INIT;
	struct pbe pbe;
	uint8_t to[8];
	size_t n, i;
	(void)state;

	for (i = 0; i < COUNT(salts); i++) {
		AUTO(buf) data = BUF_INIT;
		size_t parameters;
		struct der in;

		der_add(&data, DER_OID, SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01\x03"));
		parameters = data.n;
		der_add(&data, DER_OCTET_STRING, span_str(salts[i].salt));
		der_add(&data, DER_INTEGER,
			SPAN("\x0f\xa0")); /* 4000, for three hashes */
		der_wrap(&data, parameters, DER_SEQUENCE);
		der_wrap(&data, 0, DER_SEQUENCE);
		in = der_of(buf_span(&data));
		assert_true(pbe_read(&pbe, &in, &err));
		if (!pbe_decrypt(&pbe, &work, &password, SPAN("01234567"), to, &n, &err))
			break;
	}
	assert_int_equal(i, 2);
	says("work", err.text, "more work than any password is worth");
	pbe_work_clear(&work);
}

static void structures_that_no_program_writes_are_refused(void **state)
{
	static const struct {
		const char *why;
		struct span file;
	} cases[] = {
		{ "empty", { (const uint8_t *)"", 0 } },
		{ "no contents", SPAN("\x30\x03\x02\x01\x03") },
		{ "version 4", SPAN("\x30\x12\x02\x01\x04\x30\x0d" OID_DATA "\xa0\x00") },
		{ "nothing in it",
		  SPAN("\x30\x12\x02\x01\x03\x30\x0d" OID_DATA "\xa0\x00") },
		{ "a length beyond", SPAN("\x30\x84\x7f\xff\xff\xff\x02\x01\x03") },
		{ "indefinite and no end",
		  SPAN("\x30\x80\x02\x01\x03\x30\x80" OID_DATA) },
	};
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		open_bytes(&opened, &format_pkcs12, cases[i].file, NULL, CHECKED);
		if (opened.good || !opened.err.text)
			fail_msg("accepted: %s", cases[i].why);
	}
}

/* A SafeContents bag in a SafeContents bag in ... */
static void bags_in_bags_are_bounded(void **state)
{
	(void)state;

	for (size_t depth = 1; depth < 200; depth += 40) {
		AUTO(opened) opened = OPENED_INIT;
		AUTO(buf) contents = BUF_INIT;
		AUTO(buf) bags = BUF_INIT;
		AUTO(buf) pfx = BUF_INIT;

		der_wrap(&bags, 0, DER_SEQUENCE);
		for (size_t i = 0; i < depth; i++) {
			AUTO(buf) outer = BUF_INIT;

			der_add(&outer, DER_OID,
				SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x0a\x01\x06"));
			der_add(&outer, DER_CONTEXT_CONSTRUCTED(0), buf_span(&bags));
			der_wrap(&outer, 0, DER_SEQUENCE);
			der_wrap(&outer, 0, DER_SEQUENCE);
			bags.n = 0;
			buf_add(&bags, buf_span(&outer));
		}
		der_wrap(&bags, 0, DER_OCTET_STRING);
		add_info(&contents, SPAN(OID_DATA), buf_span(&bags));
		make_pfx(&pfx, buf_span(&contents), SPAN(""));
		open_bytes(&opened, &format_pkcs12, buf_span(&pfx), NULL, CHECKED);
		if (depth < 8)
			says("shallow", opened.err.text, "no certificate");
		else
			says("deep", buf_text(&opened.skipped.text), "deeper than 8");
	}
}

static void more_contents_than_anybody_writes_are_refused(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) contents = BUF_INIT;
	AUTO(buf) pfx = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < 10001; i++)
		add_info(&contents, SPAN(OID_DATA), SPAN("\x04\x02\x30\x00"));
	make_pfx(&pfx, buf_span(&contents), SPAN(""));
	open_bytes(&opened, &format_pkcs12, buf_span(&pfx), NULL, CHECKED);
	assert_false(opened.good);
	says("contents", opened.err.text, "more than 10000 contents");
}

/* ---- written ---- */

static void write_with(const struct entry_set *set, const char *password, struct buf *out)
{
	struct secret secret = { (uint8_t *)password, password ? strlen(password) : 0 };
	const struct sealing sealing = { password ? &secret : NULL, TIME_NONE };
	AUTO(error) err = ERROR_INIT;

	out->n = 0;
	if (!format_pkcs12.write_sealed(set, &sealing, out, &err))
		fail_msg("%s", err.text);
}

static void any_number_of_entries_comes_back_with_its_trust(void **state)
{
	static const struct {
		size_t n;
		const char *password;
	} cases[] = { { 1, NULL },          { 32, NULL },   { 33, "p" },
		      { 1000, "sécret 𝄞" }, { 1000, NULL }, { 10000, NULL },
		      { 10000, "p" } };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	make_many(&set, 10000);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(opened) opened = OPENED_INIT;
		AUTO(buf) out = BUF_INIT;

		set.n = cases[i].n;
		write_with(&set, cases[i].password, &out);
		open_bytes(&opened, &format_pkcs12, buf_span(&out), cases[i].password,
			   CHECKED);
		if (!opened.good)
			fail_msg("%zu: %s", cases[i].n, opened.err.text);
		assert_int_equal(opened.set.n, cases[i].n);
		for (size_t j = 0; j < set.n; j++)
			if (!cert_same(&opened.set.at[j].cert, &set.at[j].cert) ||
			    opened.set.at[j].trust != set.at[j].trust)
				fail_msg("%zu: entry %zu", cases[i].n, j);
	}
}

static void one_changed_byte_anywhere_is_noticed_where_there_is_a_password(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	make_many(&set, 2);
	write_with(&set, "p", &out);
	for (size_t i = 0; i < out.n; i += 29) {
		out.at[i] ^= 0x10;
		open_bytes(&opened, &format_pkcs12, buf_span(&out), "p", CHECKED);
		if (opened.good)
			fail_msg("byte %zu may be changed", i);
		out.at[i] ^= 0x10;
	}
}

static void the_empty_password_is_written_as_none(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(buf) none = BUF_INIT;
	AUTO(buf) empty = BUF_INIT;
	(void)state;

	make_many(&set, 2);
	write_with(&set, NULL, &none);
	write_with(&set, "", &empty);
	assert_true(span_eq(buf_span(&none), buf_span(&empty)));
}

static void names_beyond_the_first_plane_survive_and_none_hides_a_control(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	make_many(&set, 2);
	set.at[0].label = "Clef 𝄞";
	set.at[1].label = "two\nlines";
	write_with(&set, NULL, &out);
	open_bytes(&opened, &format_pkcs12, buf_span(&out), NULL, CHECKED);
	assert_string_equal(opened.set.at[0].label, "Clef 𝄞");
	assert_string_equal(opened.set.at[1].label, "two\\x0alines");
}

static void purposes_are_the_trusted_usages(void **state)
{
	static const uint32_t some = 1 << PURPOSE_SERVER_AUTH | 1 << PURPOSE_EMAIL;
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(opened) opened = OPENED_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	make_many(&set, 2);
	set.at[1].constraints = constraints_make(&set.arena, some, TIME_NONE, TIME_NONE);
	write_with(&set, NULL, &out);
	open_bytes(&opened, &format_pkcs12, buf_span(&out), NULL, CHECKED);
	assert_null(opened.set.at[0].constraints);
	assert_true(
		constraints_equal(opened.set.at[1].constraints, set.at[1].constraints));
}

static void bcfks_is_recognised_and_named(void **state)
{
	AUTO(opened) opened = OPENED_INIT;
	(void)state;

	open_data(&opened, "bcfks.bcfks", NULL);
	assert_false(opened.good);
	says("bcfks", opened.err.text, "BCFKS");
	assert_null(format_bcfks.write);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			what_other_programs_wrote_is_read_whatever_its_algorithms),
		cmocka_unit_test(a_password_that_does_not_fit_is_never_passed_over),
		cmocka_unit_test(an_algorithm_that_is_not_known_is_named),
		cmocka_unit_test(
			without_the_password_only_what_stands_in_the_open_is_read),
		cmocka_unit_test(
			a_file_that_is_cut_off_or_followed_by_more_is_never_read),
		cmocka_unit_test(rounds_that_nobody_can_wait_for_are_refused_at_once),
		cmocka_unit_test(the_rounds_of_all_contents_together_are_bounded),
		cmocka_unit_test(structures_that_no_program_writes_are_refused),
		cmocka_unit_test(bags_in_bags_are_bounded),
		cmocka_unit_test(more_contents_than_anybody_writes_are_refused),
		cmocka_unit_test(any_number_of_entries_comes_back_with_its_trust),
		cmocka_unit_test(
			one_changed_byte_anywhere_is_noticed_where_there_is_a_password),
		cmocka_unit_test(the_empty_password_is_written_as_none),
		cmocka_unit_test(
			names_beyond_the_first_plane_survive_and_none_hides_a_control),
		cmocka_unit_test(purposes_are_the_trusted_usages),
		cmocka_unit_test(bcfks_is_recognised_and_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
