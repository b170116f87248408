/* Sets: one entry for each certificate, what a second statement adds, and the indexes. */
#include "entries.h"

static const struct wanted root = {
	"Root", "Root", 1, 1, TRUST_ANCHOR, NULL, NULL, true
};
static const struct wanted twin = { "Root", "Other", 1,   2, TRUST_INTERMEDIATE,
				    NULL,   NULL,    true };
static const struct wanted leaf = {
	"Leaf", "Root", 2, 3, TRUST_UNSAID, NULL, NULL, false
};

static void of_two_statements_the_graver_stands(void **state)
{
	static const struct {
		enum trust first, second, stands;
	} cases[] = {
		{ TRUST_UNSAID, TRUST_INTERMEDIATE, TRUST_INTERMEDIATE },
		{ TRUST_INTERMEDIATE, TRUST_UNSAID, TRUST_INTERMEDIATE },
		{ TRUST_INTERMEDIATE, TRUST_ANCHOR, TRUST_ANCHOR },
		{ TRUST_ANCHOR, TRUST_INTERMEDIATE, TRUST_ANCHOR },
		{ TRUST_ANCHOR, TRUST_DISTRUSTED, TRUST_DISTRUSTED },
		{ TRUST_DISTRUSTED, TRUST_ANCHOR, TRUST_DISTRUSTED },
		{ TRUST_DISTRUSTED, TRUST_UNSAID, TRUST_DISTRUSTED },
		{ TRUST_INACTIVE, TRUST_UNSAID, TRUST_UNSAID },
		{ TRUST_ANCHOR, TRUST_INACTIVE, TRUST_ANCHOR },
		{ TRUST_INACTIVE, TRUST_INACTIVE, TRUST_INACTIVE },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		struct wanted first = root, second = root;

		first.trust = cases[i].first;
		second.trust = cases[i].second;
		add_made(&set, &first);
		add_made(&set, &second);
		assert_int_equal(set.n, 1);
		if (set.at[0].trust != cases[i].stands)
			fail_msg("%s and %s gave %s", trust_name(cases[i].first),
				 trust_name(cases[i].second),
				 trust_name(set.at[0].trust));
	}
}

static void two_anchors_are_good_for_what_either_allows(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct entry first = made_entry(&set.arena, &root), second = first;
	(void)state;

	first.constraints =
		constraints_make(&set.arena, 1 << PURPOSE_SERVER_AUTH, 1000, TIME_NONE);
	second.constraints =
		constraints_make(&set.arena, 1 << PURPOSE_EMAIL, TIME_NONE, TIME_NONE);
	set_add(&set, &first);
	set_add(&set, &second);
	assert_true(constraints_good_for(set.at[0].constraints, PURPOSE_SERVER_AUTH));
	assert_true(constraints_good_for(set.at[0].constraints, PURPOSE_EMAIL));
	assert_false(constraints_good_for(set.at[0].constraints, PURPOSE_CODE_SIGNING));

	/* An intermediate's constraints are none of the anchor's. */
	second.trust = TRUST_INTERMEDIATE;
	second.constraints = NULL;
	set_add(&set, &second);
	assert_false(constraints_good_for(set.at[0].constraints, PURPOSE_CODE_SIGNING));

	/* No constraints: good for everything. */
	second.trust = TRUST_ANCHOR;
	set_add(&set, &second);
	assert_null(set.at[0].constraints);
}

static void labels_and_origins_are_joined_newest_first_and_none_twice(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct entry entry = made_entry(&set.arena, &root);
	struct entry other = made_entry(&set.arena, &leaf);
	const struct origin *shared = made_origin(&set.arena, "/a", false);
	const struct entry *joined;
	(void)state;

	entry.origin = other.origin = shared;
	set_add(&set, &entry);
	set_add(&set, &other);
	entry.origin = made_origin(&set.arena, "/b", false);
	entry.label = "second";
	set_add(&set, &entry);
	entry.origin = made_origin(&set.arena, "/a", true);
	entry.label = "third";
	joined = set_add(&set, &entry);

	assert_string_equal(joined->label, "second");
	assert_string_equal(joined->origin->ref, "/b");
	assert_string_equal(joined->origin->next->ref, "/a");
	assert_true(joined->origin->next->mirrored);
	assert_null(joined->origin->next->next);
	/* The other entry that came from there is not mirrored for that. */
	assert_false(set.at[1].origin->mirrored);
}

/* A sys_id and a name that are of two records would be of none. */
static void the_words_of_the_store_whose_statement_stands_are_kept(void **state)
{
	static const struct field retired = { "servicenow", "sys_id", "1", NULL };
	static const struct field used = { "servicenow", "sys_id", "2", NULL };
	AUTO(entry_set) set = ENTRY_SET_INIT, copy = ENTRY_SET_INIT;
	struct entry entry = made_entry(&set.arena, &root);
	(void)state;

	entry.trust = TRUST_INACTIVE;
	entry.label = "retired";
	entry.fields = &retired;
	set_add(&set, &entry);
	entry.trust = TRUST_ANCHOR;
	entry.label = "used";
	entry.fields = &used;
	set_add(&set, &entry);
	assert_string_equal(entry_field(&set.at[0], "servicenow", "sys_id"), "2");
	assert_string_equal(set.at[0].label, "used");
	assert_null(entry_field(&set.at[0], "servicenow", "name"));
	assert_null(entry_field(&set.at[0], "elsewhere", "sys_id"));

	entry.label = "later";
	entry.fields = &retired;
	set_add(&set, &entry);
	assert_string_equal(entry_field(&set.at[0], "servicenow", "sys_id"), "2");
	set_copy(&copy, &set);
	assert_true(fields_equal(copy.at[0].fields, &used));
	assert_ptr_not_equal(copy.at[0].fields, set.at[0].fields);
	assert_false(fields_equal(&used, &retired));
	assert_false(fields_equal(&used, NULL));
}

static void readers_may_keep_twins_apart_and_the_first_is_found(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct entry entry = made_entry(&set.arena, &root);
	struct sha256 hash = cert_sha256(&entry.cert);
	(void)state;

	for (size_t i = 0; i < 1000; i++)
		set_append(&set, &entry);
	assert_int_equal(set.n, 1000);
	assert_ptr_equal(set_find(&set, &entry.cert), &set.at[0]);
	assert_ptr_equal(set_find_sha256(&set, &hash), &set.at[0]);
	set_append(&set, &entry);
	assert_ptr_equal(set_find(&set, &entry.cert), &set.at[0]);
	hash.at[0] ^= 1;
	assert_null(set_find_sha256(&set, &hash));
}

struct seen {
	char serials[16];
	size_t n, most;
};

static bool see(void *ctx, const struct entry *entry)
{
	struct seen *seen = ctx;

	seen->serials[seen->n++] =
		(char)('0' + cert_part(&entry->cert, entry->cert.serial).at[0]);
	return seen->n < seen->most;
}

static void look_ups_give_every_match_in_order_until_told_to_stop(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct seen seen = { .most = 16 };
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) key = BUF_INIT;
	(void)state;

	add_made(&set, &root);
	add_made(&set, &leaf);
	add_made(&set, &twin);
	set_index_make(&set);

	/* Names compare without case (RFC 5280 7.1). */
	add_name(&name, "rOOT");
	set_by_subject(&set, buf_span(&name), &seen, see);
	assert_string_equal(seen.serials, "12");

	seen = (struct seen){ .most = 16 };
	set_by_issuer(&set, buf_span(&name), &seen, see);
	assert_string_equal(seen.serials, "13");

	seen = (struct seen){ .most = 1 };
	add_key(&key, 1);
	set_by_key(&set, buf_span(&key), &seen, see);
	assert_string_equal(seen.serials, "1");

	/* A change drops the index; the next look-up sees it. */
	add_made(&set, &(struct wanted){ "Root", "Root", 9, 4, TRUST_ANCHOR, NULL, NULL,
					 true });
	seen = (struct seen){ .most = 16 };
	set_by_subject(&set, buf_span(&name), &seen, see);
	assert_string_equal(seen.serials, "124");
}

static void a_union_lets_distrust_win_and_empties_the_second(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, from = ENTRY_SET_INIT;
	struct wanted distrusted = root;
	(void)state;

	distrusted.trust = TRUST_DISTRUSTED;
	add_made(&set, &root);
	add_made(&from, &leaf);
	add_made(&from, &distrusted);
	set_take(&set, &from);
	assert_int_equal(from.n, 0);
	assert_int_equal(set.n, 2);
	assert_int_equal(set.at[0].trust, TRUST_DISTRUSTED);
}

static void a_copy_stands_when_what_it_was_copied_from_is_gone(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(entry_set) from = ENTRY_SET_INIT;
	struct entry entry = made_entry(&from.arena, &root);
	(void)state;

	entry.label = arena_str(&from.arena, "label");
	entry.note = arena_str(&from.arena, "note");
	entry.origin = made_origin(&from.arena, "/a", false);
	entry.constraints = constraints_make(&from.arena, 1, 5, TIME_NONE);
	set_add(&from, &entry);
	set_copy(&set, &from);
	set_add_copy(&set, &from.at[0]);
	entry_set_clear(&from);

	assert_int_equal(set.n, 1);
	assert_string_equal(set.at[0].label, "label");
	assert_string_equal(set.at[0].note, "note");
	assert_string_equal(set.at[0].origin->ref, "/a");
	assert_true(constraints_good_for(set.at[0].constraints, PURPOSE_SERVER_AUTH));
	assert_int_equal(set.at[0].cert.der[0], 0x30);
}

static void removing_keeps_the_order_and_sorting_goes_by_subject_then_hash(void **state)
{
	static const bool remove[] = { false, true, false, false };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct sha256 second, third;
	(void)state;

	add_made(&set, &root);
	add_made(&set, &twin);
	add_made(&set, &leaf);
	add_made(&set, &(struct wanted){ "Root", "Root", 9, 4, TRUST_ANCHOR, NULL, NULL,
					 true });
	set_remove(&set, remove);
	assert_int_equal(set.n, 3);
	assert_int_equal(set.at[1].trust, TRUST_UNSAID);

	set_sort(&set);
	assert_int_equal(set.at[0].trust, TRUST_UNSAID);
	second = cert_sha256(&set.at[1].cert);
	third = cert_sha256(&set.at[2].cert);
	assert_true(memcmp(&second, &third, sizeof(second)) < 0);
	assert_non_null(set_find(&set, &set.at[2].cert));
}

static void
one_certificate_from_many_files_costs_no_more_than_its_origins_bound(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct entry entry = made_entry(&set.arena, &root);
	size_t n = 0;
	(void)state;

	for (size_t i = 0; i < 1000; i++) {
		AUTO_FREE char *ref = str_format("/file-%zu", i);

		entry.origin = made_origin(&set.arena, arena_str(&set.arena, ref), false);
		set_add(&set, &entry);
	}
	for (const struct origin *o = set.at[0].origin; o; o = o->next)
		n++;
	assert_int_equal(n, 32);
	/* What a mirror needs to know is always recorded. */
	entry.origin = made_origin(&set.arena, "/mirror", true);
	assert_string_equal(set_add(&set, &entry)->origin->ref, "/mirror");
}

/* One who makes certificates can make many that end with the same signature. */
static void certificates_that_end_alike_are_told_apart_however_many(void **state)
{
	enum {
		MANY = 5000
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	for (size_t round = 0; round < 2; round++) {
		for (size_t i = 0; i < MANY; i++) {
			AUTO_FREE char *subject = str_format("number %zu", i);
			struct wanted wanted = { subject,      "maker", 'k',  1,
						 TRUST_ANCHOR, NULL,    NULL, true };
			const struct entry *added = add_made(&set, &wanted);

			assert_ptr_equal(added, &set.at[i]);
		}
		assert_int_equal(set.n, MANY);
	}
	for (size_t i = 0; i < MANY; i++)
		assert_ptr_equal(set_find(&set, &set.at[i].cert), &set.at[i]);
}

static void room_that_is_expected_changes_nothing_that_is_there(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct cert kept;
	(void)state;

	set_expect(&set, 0);
	kept = add_made(&set, &root)->cert;
	set_expect(&set, 100000);
	assert_in_range(set.cap, 100001, 200000);
	assert_int_equal(set.n, 1);
	assert_ptr_equal(set_find(&set, &kept), &set.at[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_two_statements_the_graver_stands),
		cmocka_unit_test(two_anchors_are_good_for_what_either_allows),
		cmocka_unit_test(
			labels_and_origins_are_joined_newest_first_and_none_twice),
		cmocka_unit_test(
			the_words_of_the_store_whose_statement_stands_are_kept),
		cmocka_unit_test(readers_may_keep_twins_apart_and_the_first_is_found),
		cmocka_unit_test(look_ups_give_every_match_in_order_until_told_to_stop),
		cmocka_unit_test(a_union_lets_distrust_win_and_empties_the_second),
		cmocka_unit_test(a_copy_stands_when_what_it_was_copied_from_is_gone),
		cmocka_unit_test(
			removing_keeps_the_order_and_sorting_goes_by_subject_then_hash),
		cmocka_unit_test(
			one_certificate_from_many_files_costs_no_more_than_its_origins_bound),
		cmocka_unit_test(certificates_that_end_alike_are_told_apart_however_many),
		cmocka_unit_test(room_that_is_expected_changes_nothing_that_is_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
