/* SHA-256, its text, the hash of tables, and the table of findings. */
#include "base/finding.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

static void the_examples_of_fips_180_hold(void **state)
{
	static const struct {
		struct span in;
		const char *hash;
	} cases[] = {
		{ SPAN(""),
		  "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
		{ SPAN("abc"),
		  "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
		{ SPAN("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
		  "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sha256 hash = sha256_of(cases[i].in), back;
		char text[SHA256_TEXT];

		assert_string_equal(sha256_hex(&hash, text), cases[i].hash);
		assert_true(sha256_parse(text, &back));
		assert_true(sha256_eq(&hash, &back));
	}
}

static void a_fingerprint_is_read_as_people_paste_it(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} cases[] = {
		{ "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
		  true },
		{ "ba:78:16:bf:8f:01:cf:ea:41:41:40:de:5d:ae:22:23:"
		  "b0:03:61:a3:96:17:7a:9c:b4:10:ff:61:f2:00:15:ad",
		  true },
		{ "", false },
		{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
		  false },
		{ "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015adf",
		  false },
		{ "ga7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		  false },
		{ ":ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
		  false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct sha256 hash = sha256_of(SPAN("untouched")), before = hash;

		if (sha256_parse(cases[i].text, &hash) != cases[i].good)
			fail_msg("'%s'", cases[i].text);
		if (!cases[i].good)
			assert_true(sha256_eq(&hash, &before));
	}
}

static void the_hash_of_tables_hangs_on_every_byte_and_the_length(void **state)
{
	uint8_t bytes[100] = { 0 };
	uint64_t seen[101];
	(void)state;

	for (size_t n = 0; n <= sizeof(bytes); n++) {
		seen[n] = hash_keyed(span_of(bytes, n));
		assert_true(hash_keyed(span_of(bytes, n)) == seen[n]);
		for (size_t i = 0; i < n; i++)
			assert_true(seen[i] != seen[n]);
	}
	for (size_t i = 0; i < sizeof(bytes); i++) {
		bytes[i] ^= 1;
		assert_true(hash_keyed(span_of(bytes, sizeof(bytes))) !=
			    seen[sizeof(bytes)]);
		bytes[i] ^= 1;
	}
}

static void every_finding_has_a_name_of_its_own_and_a_meaning(void **state)
{
	(void)state;

	for (size_t i = 0; i < FINDING_COUNT; i++) {
		const char *name = finding_name(i);

		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"),
				 strlen(name));
		assert_true(strlen(finding_meaning(i)) > 10);
		assert_non_null(severity_name(finding_severity(i)));
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(finding_name(j), name);
	}
}

static void an_added_finding_has_the_severity_of_its_code(void **state)
{
	AUTO(finding_list) list = FINDING_LIST_INIT;
	(void)state;

	for (size_t i = 0; i < FINDING_COUNT; i++) {
		assert_false(finding_list_has(&list, i));
		finding_add(&list, i)->text = str_copy("x");
		assert_true(finding_list_has(&list, i));
		assert_int_equal(list.at[i].severity, finding_severity(i));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_examples_of_fips_180_hold),
		cmocka_unit_test(a_fingerprint_is_read_as_people_paste_it),
		cmocka_unit_test(the_hash_of_tables_hangs_on_every_byte_and_the_length),
		cmocka_unit_test(every_finding_has_a_name_of_its_own_and_a_meaning),
		cmocka_unit_test(an_added_finding_has_the_severity_of_its_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
