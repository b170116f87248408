/*
 * Tokens: what a module answers makes entries, and one that lies about lengths, counts
 * and time costs nothing but its own entries.
 */
#include "made_module.h"

/* ---- the rules ---- */

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
what_says_nothing_of_trust_is_unsaid_and_what_is_trusted_an_anchor(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_cert(1);
	say(CKA_TRUSTED, span_of(&yes, sizeof(yes)));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 2);
	assert_int_equal(set.at[0].trust, TRUST_UNSAID);
	assert_int_equal(set.at[1].trust, TRUST_ANCHOR);
	assert_string_equal(set.at[0].label, "My");
	assert_string_equal(set.at[0].origin->ref, "pkcs11:token=made");
}

static void attributes_of_p11_kit_say_anchor_intermediate_and_distrusted(void **state)
{
	static const struct {
		const CK_BBOOL *trusted, *distrusted;
		enum trust is;
	} cases[] = {
		{ &yes, &no, TRUST_ANCHOR },
		{ &no, &no, TRUST_INTERMEDIATE },
		{ &no, &yes, TRUST_DISTRUSTED },
		{ &yes, &yes, TRUST_DISTRUSTED },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		setup(state);
		add_cert(0);
		say(CKA_TRUSTED, span_of(cases[i].trusted, sizeof(CK_BBOOL)));
		say(CKA_X_DISTRUSTED, span_of(cases[i].distrusted, sizeof(CK_BBOOL)));
		must_read(&set, &skipped);
		assert_int_equal(set.n, 1);
		assert_int_equal(set.at[0].trust, cases[i].is);
	}
}

static void
trust_objects_of_nss_say_purposes_and_the_date_in_either_object_counts(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_trust(0, CKT_NSS_TRUSTED_DELEGATOR);
	say(CKA_NSS_SERVER_DISTRUST_AFTER, SPAN("241130235959Z"));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].trust, TRUST_ANCHOR);
	assert_int_equal(set.at[0].constraints->at[0].purposes,
			 1u << PURPOSE_SERVER_AUTH);
	assert_true(set.at[0].constraints->at[0].issued_before[PURPOSE_SERVER_AUTH] ==
		    time_from_date(2024, 11, 30, 23, 59, 59));
	assert_int_equal(skipped.n, 0);
}

static void each_word_of_nss_has_its_trust(void **state)
{
	static const struct {
		CK_ULONG word;
		enum trust is;
	} cases[] = {
		{ CKT_NSS_TRUSTED_DELEGATOR, TRUST_ANCHOR },
		{ CKT_NSS_TRUSTED, TRUST_INTERMEDIATE },
		{ CKT_NSS_MUST_VERIFY_TRUST, TRUST_INTERMEDIATE },
		{ CKT_NSS_VALID_DELEGATOR, TRUST_INTERMEDIATE },
		{ CKT_NSS_TRUST_UNKNOWN, TRUST_INTERMEDIATE },
		{ CKT_NSS_NOT_TRUSTED, TRUST_DISTRUSTED },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		setup(state);
		add_cert(1);
		add_trust(1, cases[i].word);
		must_read(&set, &skipped);
		assert_int_equal(set.n, 1);
		assert_int_equal(set.at[0].trust, cases[i].is);
	}
}

static void trust_that_cannot_be_read_costs_the_certificate_its_place(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_trust(0, 12345);
	must_read(&set, &skipped);
	assert_int_equal(set.n, 0);
	assert_non_null(
		strstr(buf_text(&skipped.text), "a trust value is none that is known"));
}

static void extensions_attached_to_the_key_narrow_an_anchor(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	say(CKA_TRUSTED, span_of(&yes, sizeof(yes)));
	say(CKA_X_DISTRUSTED, span_of(&no, sizeof(no)));
	add(CKO_X_CERTIFICATE_EXTENSION);
	say(CKA_OBJECT_ID, SPAN("\x06\x03\x55\x1d\x25"));
	say(CKA_PUBLIC_KEY_INFO, cert_part(&certs[0], certs[0].spki));
	say(CKA_VALUE, SPAN("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04"));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 1);
	assert_non_null(set.at[0].constraints);
	assert_int_equal(set.at[0].constraints->at[0].purposes, 1u << PURPOSE_EMAIL);
}

static void a_token_that_breaks_its_bounds_is_left_alone(void **state)
{
	(void)state;
	add_cert(0);
	made.endless = true;
	must_fail("more than 100000 objects");
	made.endless = false;
	made.too_many = 1;
	must_fail("lists more objects than it was asked for");
	made.too_many = ULONG_MAX - 300;
	must_fail("lists more objects than it was asked for");
}

static void a_certificate_of_impossible_length_is_left_out(void **state)
{
	static const CK_ULONG lengths[] = { CERT_MOST + 1, ULONG_MAX - 1,
					    (CK_ULONG)1 << 40 };
	(void)state;

	add_cert(0);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		made.length = lengths[i];
		must_skip("has an attribute of");
	}
	made.length = 0;
	made.grows = true;
	must_skip("grows while it is read");
}

static void what_says_what_others_are_good_for_must_be_readable(void **state)
{
	(void)state;
	made.answer = CKR_DEVICE_ERROR;
	add_cert(0);
	must_skip("cannot be read");
	setup(state);
	made.answer = CKR_DEVICE_ERROR;
	add(CKO_X_CERTIFICATE_EXTENSION);
	must_fail("cannot be read");
}

static void no_certificate_and_a_key_of_another_kind_are_told(void **state)
{
	static const CK_ULONG pgp = CKC_X_509 + 1;

	add(CKO_CERTIFICATE);
	say(CKA_VALUE, SPAN("\x30\x03\x02\x01\x01"));
	say(CKA_LABEL, SPAN("Bad\x1b[31m"));
	must_skip("'Bad\\x1b[31m': ");
	setup(state);
	add_cert(0);
	say(CKA_CERTIFICATE_TYPE, span_of(&pgp, sizeof(pgp)));
	must_skip("not of type X.509");
}

static void a_slow_token_and_a_large_one_are_left_alone(void **state)
{
	struct token token = { .module = &module, .deadline_ms = clock_monotonic_ms() };
	AUTO(error) err = ERROR_INIT, fault = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct token_object object;
	size_t left = files[0].bytes.n - 1;
	(void)state;

	add_cert(0);
	assert_false(token_get(&token, 0, &arena, &left, &object, &fault, &err));
	assert_non_null(strstr(err.text, "slowly"));
	token.deadline_ms += TOKEN_MOST_MS;
	assert_false(token_get(&token, 0, &arena, &left, &object, &fault, &err));
	assert_non_null(strstr(err.text, "holds more than 256 MiB"));
	arena_clear(&arena);
}

static void a_folder_is_one_of_nss_s_where_it_has_a_database_of_sqlite(void **state)
{
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *database = path_in(folder, "cert9.db");
	(void)state;

	assert_int_equal(format_nss.probe_folder(folder), PROBE_NO);
	write_bytes(database, SPAN("no database"));
	assert_int_equal(format_nss.probe_folder(folder), PROBE_NO);
	write_bytes(database, SPAN("SQLite format 3\0"));
	assert_ptr_equal(format_guess_folder(folder), &format_nss);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			what_says_nothing_of_trust_is_unsaid_and_what_is_trusted_an_anchor,
			setup),
		cmocka_unit_test_setup(
			attributes_of_p11_kit_say_anchor_intermediate_and_distrusted,
			setup),
		cmocka_unit_test_setup(
			trust_objects_of_nss_say_purposes_and_the_date_in_either_object_counts,
			setup),
		cmocka_unit_test_setup(each_word_of_nss_has_its_trust, setup),
		cmocka_unit_test_setup(
			trust_that_cannot_be_read_costs_the_certificate_its_place, setup),
		cmocka_unit_test_setup(extensions_attached_to_the_key_narrow_an_anchor,
				       setup),
		cmocka_unit_test_setup(a_token_that_breaks_its_bounds_is_left_alone,
				       setup),
		cmocka_unit_test_setup(a_certificate_of_impossible_length_is_left_out,
				       setup),
		cmocka_unit_test_setup(
			what_says_what_others_are_good_for_must_be_readable, setup),
		cmocka_unit_test_setup(no_certificate_and_a_key_of_another_kind_are_told,
				       setup),
		cmocka_unit_test_setup(a_slow_token_and_a_large_one_are_left_alone,
				       setup),
		cmocka_unit_test(
			a_folder_is_one_of_nss_s_where_it_has_a_database_of_sqlite),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
