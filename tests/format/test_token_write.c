/*
 * Writing into tokens: each kind is told what it can hold, the same again changes
 * nothing, and what fails is taken back.
 */
#include "made_module.h"

static struct written written;

static bool write_set(const struct entry_set *set, struct error *err)
{
	struct token token = { .module = &module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };

	created = destroyed = changed = 0;
	return token_write(&token, set, &written, err);
}

static void must_write(const struct entry_set *set)
{
	AUTO(error) err = ERROR_INIT;

	may_create = 10;
	if (!write_set(set, &err))
		fail_msg("%s", err.text);
}

static void assert_written(size_t added, size_t other, size_t removed, size_t left)
{
	assert_int_equal(written.added, added);
	assert_int_equal(written.changed, other);
	assert_int_equal(written.removed, removed);
	assert_int_equal(written.left, left);
}

/* Both certificates, of that trust; the first for servers only where it is an anchor. */
static void fill_set(struct entry_set *set, enum trust first, enum trust second)
{
	const enum trust trust[] = { first, second };

	for (size_t i = 0; i < COUNT(certs); i++) {
		struct entry entry = { .cert = certs[i], .trust = trust[i] };

		if (trust[i] == TRUST_ANCHOR && i == 0)
			entry.constraints =
				constraints_make(&set->arena, 1u << PURPOSE_SERVER_AUTH,
						 TIME_NONE, TIME_NONE);
		set_add_copy(set, &entry);
	}
}

static bool write_made(size_t room, struct error *err)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;

	fill_set(&set, TRUST_UNSAID, TRUST_UNSAID);
	may_create = room;
	return write_set(&set, err);
}

static void a_token_that_is_full_is_left_as_it_was(void **state)
{
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_false(write_made(1, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_int_equal(created, 1);
	assert_int_equal(destroyed, 1);
	error_clear(&err);
	assert_true(write_made(2, &err));
	assert_int_equal(created, 2);
	/* What is there is not created twice. */
	assert_true(write_made(2, &err));
	assert_int_equal(created, 0);
	assert_int_equal(destroyed, 0);
}

static void
a_certificate_of_ours_that_will_not_go_is_told_and_one_of_others_stays(void **state)
{
	uint8_t id[43] = "rootcellar:";
	AUTO(error) err = ERROR_INIT;
	(void)state;

	add(CKO_CERTIFICATE);
	say(CKA_VALUE, SPAN("another"));
	say(CKA_ID, SPAN("rootcellar:"));
	assert_true(write_made(2, &err));
	say(CKA_LABEL, SPAN("x"));
	made.objects[0].at[1].value = span_of(id, sizeof(id));
	made.objects[0].fixed = true;
	assert_false(write_made(2, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_non_null(strstr(err.text, "1 object that is not wanted any more"));
}

static void every_kind_of_token_is_told_apart_by_what_it_takes(void **state)
{
	static const struct {
		enum token_says says, found;
		bool officer, wants_officer;
	} cases[] = {
		{ TOKEN_SAYS_NOTHING, TOKEN_SAYS_NOTHING, false, true },
		{ TOKEN_SAYS_NOTHING, TOKEN_SAYS_TRUSTED, true, false },
		{ TOKEN_SAYS_TRUSTED, TOKEN_SAYS_TRUSTED, false, false },
		{ TOKEN_SAYS_NSS, TOKEN_SAYS_NSS, false, false },
		{ TOKEN_SAYS_P11_KIT, TOKEN_SAYS_P11_KIT, false, false },
	};
	const struct token token = { .module = &module };

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool officer;

		setup(state);
		made.says = cases[i].says;
		made.officer = cases[i].officer;
		assert_int_equal(token_ask(&token, &officer), cases[i].found);
		assert_int_equal(officer, cases[i].wants_officer);
		assert_int_equal(made.n, 0);
	}
}

/* What each kind gives back of an anchor for servers and of one that is distrusted. */
static void what_was_written_is_read_again_as_far_as_the_token_says_it(void **state)
{
	static const struct {
		enum token_says says;
		enum trust first, second;
		bool purposes;
	} cases[] = {
		{ TOKEN_SAYS_TRUSTED, TRUST_ANCHOR, TRUST_UNSAID, false },
		{ TOKEN_SAYS_NSS, TRUST_ANCHOR, TRUST_DISTRUSTED, true },
		{ TOKEN_SAYS_P11_KIT, TRUST_ANCHOR, TRUST_DISTRUSTED, true },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		const struct entry *first, *second;

		setup(state);
		made.says = cases[i].says;
		fill_set(&set, TRUST_ANCHOR,
			 cases[i].second == TRUST_UNSAID ? TRUST_INTERMEDIATE
							 : TRUST_DISTRUSTED);
		must_write(&set);
		assert_written(2, 0, 0, 0);
		must_read(&back, &skipped);
		assert_int_equal(skipped.n, 0);
		first = set_find(&back, &certs[0]);
		second = set_find(&back, &certs[1]);
		assert_int_equal(first->trust, cases[i].first);
		assert_int_equal(second->trust, cases[i].second);
		assert_int_equal(!constraints_good_for(first->constraints, PURPOSE_EMAIL),
				 cases[i].purposes);
		must_write(&set);
		assert_written(0, 0, 0, 0);
		assert_int_equal(created + destroyed + changed, 0);
	}
}

static void
other_trust_is_changed_and_what_is_not_wanted_goes_with_all_of_it(void **state)
{
	static const enum token_says kinds[] = { TOKEN_SAYS_NSS, TOKEN_SAYS_P11_KIT };

	for (size_t i = 0; i < COUNT(kinds); i++) {
		AUTO(entry_set)
		before = ENTRY_SET_INIT, after = ENTRY_SET_INIT, none = ENTRY_SET_INIT,
		back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		setup(state);
		made.says = kinds[i];
		fill_set(&before, TRUST_ANCHOR, TRUST_INTERMEDIATE);
		must_write(&before);
		fill_set(&after, TRUST_INTERMEDIATE, TRUST_ANCHOR);
		must_write(&after);
		assert_written(0, 2, 0, 0);
		must_read(&back, &skipped);
		assert_int_equal(set_find(&back, &certs[0])->trust, TRUST_INTERMEDIATE);
		assert_int_equal(set_find(&back, &certs[1])->trust, TRUST_ANCHOR);
		must_write(&none);
		assert_written(0, 0, 2, 0);
		for (size_t j = 0; j < made.n; j++)
			assert_true(made.objects[j].class == GONE);
	}
}

static void what_others_trust_stays_unless_it_is_distrusted(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, distrusting = ENTRY_SET_INIT;
	AUTO(entry_set) back = ENTRY_SET_INIT, none = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	made.says = TOKEN_SAYS_NSS;
	for (size_t i = 0; i < COUNT(certs); i++) {
		add_cert(i);
		add_trust(i, CKT_NSS_MUST_VERIFY_TRUST);
	}
	fill_set(&set, TRUST_ANCHOR, TRUST_ANCHOR);
	must_write(&set);
	assert_written(0, 0, 0, 2);
	fill_set(&distrusting, TRUST_ANCHOR, TRUST_DISTRUSTED);
	must_write(&distrusting);
	assert_written(0, 1, 0, 1);
	must_read(&back, &skipped);
	assert_int_equal(set_find(&back, &certs[0])->trust, TRUST_INTERMEDIATE);
	assert_int_equal(set_find(&back, &certs[1])->trust, TRUST_DISTRUSTED);
	must_write(&none);
	assert_written(0, 0, 0, 0);
}

static void trust_that_is_not_taken_costs_all_that_was_new(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	made.says = TOKEN_SAYS_NSS;
	made.seals = true;
	may_create = 10;
	fill_set(&set, TRUST_ANCHOR, TRUST_DISTRUSTED);
	assert_false(write_set(&set, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_non_null(strstr(err.text, "the token takes no trust"));
	must_read(&back, &skipped);
	assert_int_equal(back.n, 0);
}

static void words_that_were_changed_are_put_back_where_the_rest_fails(void **state)
{
	AUTO(entry_set) before = ENTRY_SET_INIT, after = ENTRY_SET_INIT;
	AUTO(entry_set) back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	struct entry first = { .cert = certs[0], .trust = TRUST_ANCHOR };
	(void)state;

	made.says = TOKEN_SAYS_NSS;
	set_add_copy(&before, &first);
	must_write(&before);
	fill_set(&after, TRUST_DISTRUSTED, TRUST_ANCHOR);
	made.seals = true;
	assert_false(write_set(&after, &err));
	assert_int_equal(changed, 2);
	must_read(&back, &skipped);
	assert_int_equal(back.n, 1);
	assert_int_equal(back.at[0].trust, TRUST_ANCHOR);
}

/* NSS's refuses the second; made of one name, and of another subject. */
static void a_label_that_is_taken_gets_the_fingerprint_behind_it(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	char hex[SHA256_TEXT];
	struct sha256 hash = cert_sha256(&certs[1]);
	AUTO_FREE char *second = str_format("Same (%.8s)", sha256_hex(&hash, hex));
	(void)state;

	made.says = TOKEN_SAYS_NSS;
	fill_set(&set, TRUST_ANCHOR, TRUST_ANCHOR);
	set.at[0].label = set.at[1].label = "Same";
	must_write(&set);
	must_read(&back, &skipped);
	assert_string_equal(set_find(&back, &certs[0])->label, "Same");
	assert_string_equal(set_find(&back, &certs[1])->label, second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_token_that_is_full_is_left_as_it_was, setup),
		cmocka_unit_test_setup(
			a_certificate_of_ours_that_will_not_go_is_told_and_one_of_others_stays,
			setup),
		cmocka_unit_test_setup(every_kind_of_token_is_told_apart_by_what_it_takes,
				       setup),
		cmocka_unit_test_setup(
			what_was_written_is_read_again_as_far_as_the_token_says_it,
			setup),
		cmocka_unit_test_setup(
			other_trust_is_changed_and_what_is_not_wanted_goes_with_all_of_it,
			setup),
		cmocka_unit_test_setup(what_others_trust_stays_unless_it_is_distrusted,
				       setup),
		cmocka_unit_test_setup(trust_that_is_not_taken_costs_all_that_was_new,
				       setup),
		cmocka_unit_test_setup(
			words_that_were_changed_are_put_back_where_the_rest_fails, setup),
		cmocka_unit_test_setup(
			a_label_that_is_taken_gets_the_fingerprint_behind_it, setup),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
