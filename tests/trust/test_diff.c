/*
 * Diffs: each certificate that differs is told once, as the closest kind, in a stable
 * order.
 */
#include "trust/diff.h"

#include "entries.h"

static const struct wanted root = {
	"Root", "Root", 1, 1, TRUST_ANCHOR, NULL, NULL, true
};
static const struct wanted reissued = { "Root",       "Root", 1,    2,
					TRUST_ANCHOR, NULL,   NULL, true };
static const struct wanted crossed = { "Root", "Other", 1,   3, TRUST_INTERMEDIATE,
				       NULL,   NULL,    true };
static const struct wanted renewed = { "Root",       "Root", 2,    4,
				       TRUST_ANCHOR, NULL,   NULL, true };
static const struct wanted stranger = { "Stranger",         "Root", 3,    5,
					TRUST_INTERMEDIATE, NULL,   NULL, true };
static const struct wanted distrusted = { "Root",           "Root", 1,    1,
					  TRUST_DISTRUSTED, NULL,   NULL, true };
static const struct wanted labelled = { "Root",       "Root", 1,    1,
					TRUST_ANCHOR, "L",    NULL, true };

#define MOST 3

static void each_difference_is_told_as_the_closest_kind(void **state)
{
	static const struct {
		const char *why;
		const struct wanted *before[MOST], *after[MOST];
		enum change_kind kinds[MOST];
		size_t n, lost, gained;
		bool adds_trust;
	} cases[] = {
		{ "the same", { &root }, { &root }, { 0 }, 0, 0, 0, false },
		{ "come",
		  { &root },
		  { &root, &stranger },
		  { CHANGE_ADDED },
		  1,
		  0,
		  0,
		  false },
		{ "come to trust", { 0 }, { &root }, { CHANGE_ADDED }, 1, 0, 1, true },
		{ "gone", { &root }, { 0 }, { CHANGE_REMOVED }, 1, 1, 0, false },
		{ "distrust gone",
		  { &distrusted },
		  { 0 },
		  { CHANGE_REMOVED },
		  1,
		  0,
		  0,
		  true },
		{ "distrusted",
		  { &root },
		  { &distrusted },
		  { CHANGE_TRUST },
		  1,
		  1,
		  0,
		  false },
		{ "trusted again",
		  { &distrusted },
		  { &root },
		  { CHANGE_TRUST },
		  1,
		  0,
		  1,
		  true },
		{ "label", { &root }, { &labelled }, { CHANGE_LABEL }, 1, 0, 0, false },
		{ "same key",
		  { &root },
		  { &reissued },
		  { CHANGE_REISSUED },
		  1,
		  0,
		  0,
		  true },
		{ "new key", { &root }, { &renewed }, { CHANGE_RENEWED }, 1, 0, 0, true },
		{ "twin came",
		  { &root },
		  { &root, &crossed },
		  { CHANGE_CROSS_SIGNED },
		  1,
		  0,
		  0,
		  false },
		{ "twin in its place",
		  { &root },
		  { &crossed },
		  { CHANGE_CROSS_SIGNED, CHANGE_CROSS_SIGNED },
		  2,
		  1,
		  0,
		  false },
		{ "twin and reissue in its place",
		  { &root },
		  { &reissued, &crossed },
		  { CHANGE_REISSUED, CHANGE_CROSS_SIGNED },
		  2,
		  0,
		  0,
		  true },
		{ "twin gone",
		  { &root, &crossed },
		  { &root },
		  { CHANGE_CROSS_SIGNED },
		  1,
		  0,
		  0,
		  false },
		{ "one pairs once",
		  { &root },
		  { &renewed, &reissued },
		  { CHANGE_ADDED, CHANGE_REISSUED },
		  2,
		  0,
		  1,
		  true },
		{ "all at once",
		  { &root, &stranger },
		  { &labelled, &crossed, &renewed },
		  { CHANGE_ADDED, CHANGE_REMOVED, CHANGE_LABEL },
		  4,
		  0,
		  1,
		  true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) before = ENTRY_SET_INIT, after = ENTRY_SET_INIT;
		AUTO(diff) diff = DIFF_INIT;

		for (size_t j = 0; j < MOST && cases[i].before[j]; j++)
			add_made(&before, cases[i].before[j]);
		for (size_t j = 0; j < MOST && cases[i].after[j]; j++)
			add_made(&after, cases[i].after[j]);
		diff_sets(&diff, &before, &after);
		if (diff.n != cases[i].n || diff.anchors_lost != cases[i].lost ||
		    diff.anchors_gained != cases[i].gained ||
		    diff_adds_trust(&diff) != cases[i].adds_trust)
			fail_msg("%s: %zu changes, %zu lost, %zu gained", cases[i].why,
				 diff.n, diff.anchors_lost, diff.anchors_gained);
		for (size_t j = 0; j < diff.n && j < MOST; j++)
			if (diff.at[j].kind != cases[i].kinds[j])
				fail_msg("%s: change %zu is %s", cases[i].why, j,
					 change_name(diff.at[j].kind));
	}
}

static void a_cross_signed_change_names_the_twin_that_stays(void **state)
{
	AUTO(entry_set) before = ENTRY_SET_INIT, after = ENTRY_SET_INIT;
	AUTO(diff) diff = DIFF_INIT;
	(void)state;

	add_made(&before, &root);
	add_made(&after, &root);
	add_made(&after, &crossed);
	diff_sets(&diff, &before, &after);
	assert_ptr_equal(diff.at[0].twin, &after.at[0]);
	assert_ptr_equal(diff.at[0].after, &after.at[1]);
	assert_null(diff.at[0].before);
}

static void only_wider_constraints_add_trust(void **state)
{
	static const struct {
		const char *why;
		uint32_t before, after;
		int64_t after_date;
		bool adds;
	} cases[] = {
		{ "wider", 1 << PURPOSE_SERVER_AUTH, 3, TIME_NONE, true },
		{ "narrower", 3, 1 << PURPOSE_SERVER_AUTH, TIME_NONE, false },
		{ "other", 1 << PURPOSE_SERVER_AUTH, 1 << PURPOSE_EMAIL, TIME_NONE,
		  true },
		{ "dated", 1 << PURPOSE_SERVER_AUTH, 1 << PURPOSE_SERVER_AUTH, 5, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) before = ENTRY_SET_INIT, after = ENTRY_SET_INIT;
		AUTO(diff) diff = DIFF_INIT;

		add_made(&before, &root)->constraints = constraints_make(
			&before.arena, cases[i].before, TIME_NONE, TIME_NONE);
		add_made(&after, &root)->constraints = constraints_make(
			&after.arena, cases[i].after, cases[i].after_date, TIME_NONE);
		diff_sets(&diff, &before, &after);
		assert_int_equal(diff.count[CHANGE_CONSTRAINTS], 1);
		if (diff_adds_trust(&diff) != cases[i].adds)
			fail_msg("%s", cases[i].why);
	}
}

static void the_order_of_the_sets_changes_nothing(void **state)
{
	AUTO(entry_set)
	before = ENTRY_SET_INIT, forward = ENTRY_SET_INIT, backward = ENTRY_SET_INIT;
	AUTO(diff) one = DIFF_INIT, other = DIFF_INIT;
	(void)state;

	for (char i = 1; i < 40; i++) {
		add_made(&before, &(struct wanted){ "Same", "Same", i, i, TRUST_ANCHOR,
						    NULL, NULL, true });
		add_made(&forward, &(struct wanted){ "Same", "Same", (char)(40 + i), i,
						     TRUST_ANCHOR, NULL, NULL, true });
	}
	for (size_t i = forward.n; i-- > 0;)
		set_add_copy(&backward, &forward.at[i]);
	diff_sets(&one, &before, &forward);
	diff_sets(&other, &before, &backward);
	assert_int_equal(one.count[CHANGE_RENEWED], 39);
	assert_int_equal(one.n, other.n);
	for (size_t i = 0; i < one.n; i++) {
		assert_true(
			cert_same(&one.at[i].before->cert, &other.at[i].before->cert));
		assert_true(cert_same(&one.at[i].after->cert, &other.at[i].after->cert));
	}
}

static void twins_that_were_kept_apart_are_no_difference(void **state)
{
	AUTO(entry_set) before = ENTRY_SET_INIT, after = ENTRY_SET_INIT;
	AUTO(diff) diff = DIFF_INIT;
	(void)state;

	add_made(&before, &root);
	for (size_t i = 0; i < 3; i++) {
		struct entry entry = made_entry(&after.arena, &root);
		struct entry more = made_entry(&after.arena, &stranger);

		set_append(&after, &entry);
		set_append(&after, &more);
	}
	diff_sets(&diff, &before, &after);
	assert_int_equal(diff.n, 1);
	assert_int_equal(diff.count[CHANGE_ADDED], 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_difference_is_told_as_the_closest_kind),
		cmocka_unit_test(a_cross_signed_change_names_the_twin_that_stays),
		cmocka_unit_test(only_wider_constraints_add_trust),
		cmocka_unit_test(the_order_of_the_sets_changes_nothing),
		cmocka_unit_test(twins_that_were_kept_apart_are_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
