/*
 * Constraints: any one alternative is enough, and going from wide to narrow gives no
 * trust.
 */
#include "base/buf.h"
#include "entries.h"

#define DAY_1  86400
#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)
#define CODE   (1u << PURPOSE_CODE_SIGNING)

static struct alternative alternative(uint32_t purposes, int64_t server_after)
{
	struct alternative made = alternative_any();

	made.purposes = purposes;
	made.issued_before[PURPOSE_SERVER_AUTH] = server_after;
	return made;
}

static struct constraint_question question(enum purpose purpose, int64_t issued,
					   const char *host)
{
	return (struct constraint_question){ purpose, issued, TIME_NONE,
					     host ? span_str(host) : span_of(NULL, 0) };
}

static void no_constraints_allow_everything(void **state)
{
	struct constraint_question asked =
		question(PURPOSE_CODE_SIGNING, DAY_1, "example.org");
	(void)state;

	assert_int_equal(constraints_ask(NULL, &asked, NULL), CONSTRAINT_MET);
	assert_true(constraints_good_for_oid(NULL, "1.2.3"));
}

static void the_answer_is_the_reason_of_the_alternative_that_came_nearest(void **state)
{
	static const char *const subtrees[] = { "example.org", NULL };
	struct alternative at[] = {
		alternative(EMAIL, TIME_NONE),
		alternative(SERVER, DAY_1),
		alternative(SERVER, 10 * DAY_1),
	};
	struct constraints constraints = { 1, at };
	struct constraint_question asked =
		question(PURPOSE_SERVER_AUTH, 5 * DAY_1, "a.test");
	int64_t bound = 0;
	(void)state;

	assert_int_equal(constraints_ask(&constraints, &asked, &bound),
			 CONSTRAINT_PURPOSE);
	assert_true(bound == TIME_NONE);

	constraints.n = 2;
	assert_int_equal(constraints_ask(&constraints, &asked, &bound),
			 CONSTRAINT_ISSUED_AFTER);
	assert_int_equal(bound, DAY_1);

	constraints.n = 3;
	assert_int_equal(constraints_ask(&constraints, &asked, &bound), CONSTRAINT_MET);

	at[2].sct_before = 2 * DAY_1;
	assert_int_equal(constraints_ask(&constraints, &asked, &bound),
			 CONSTRAINT_SCT_AFTER);
	assert_int_equal(bound, 2 * DAY_1);
	asked.earliest_sct = 2 * DAY_1;
	assert_int_equal(constraints_ask(&constraints, &asked, &bound), CONSTRAINT_MET);

	at[2].dns_subtrees = subtrees;
	assert_int_equal(constraints_ask(&constraints, &asked, &bound), CONSTRAINT_NAME);
}

static void the_last_second_of_a_bound_is_still_good(void **state)
{
	struct alternative at = alternative(SERVER, DAY_1);
	struct constraints constraints = { 1, &at };
	struct constraint_question asked = question(PURPOSE_SERVER_AUTH, DAY_1, NULL);
	(void)state;

	assert_int_equal(constraints_ask(&constraints, &asked, NULL), CONSTRAINT_MET);
	asked.leaf_not_before++;
	assert_int_equal(constraints_ask(&constraints, &asked, NULL),
			 CONSTRAINT_ISSUED_AFTER);
	/* Asked for any purpose, one that has no bound will do. */
	at.purposes |= CODE;
	asked.purpose = PURPOSE_ANY;
	assert_int_equal(constraints_ask(&constraints, &asked, NULL), CONSTRAINT_MET);
}

static void a_subtree_holds_whole_labels(void **state)
{
	static const char *const subtrees[] = { "Example.org", ".test", NULL };
	static const char *const none[] = { NULL };
	static const struct {
		const char *host;
		bool within;
	} cases[] = {
		{ "example.org", true },
		{ "a.example.org", true },
		{ "A.EXAMPLE.ORG.", true },
		{ "badexample.org", false },
		{ "org", false },
		{ "a.test", true },
		{ "test", true },
		{ "contest", false },
		{ "example.org.evil", false },
	};
	struct alternative at = alternative_any();
	struct constraints constraints = { 1, &at };
	(void)state;

	at.dns_subtrees = subtrees;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct constraint_question asked =
			question(PURPOSE_SERVER_AUTH, 0, cases[i].host);

		if ((constraints_ask(&constraints, &asked, NULL) == CONSTRAINT_MET) !=
		    cases[i].within)
			fail_msg("%s", cases[i].host);
	}
	at.dns_subtrees = none;
	assert_int_equal(constraints_ask(&constraints,
					 &(struct constraint_question){
						 PURPOSE_SERVER_AUTH, 0, TIME_NONE,
						 SPAN("example.org") },
					 NULL),
			 CONSTRAINT_NAME);
}

static void wide_covers_narrow_and_never_the_reverse(void **state)
{
	static const char *const wide_tree[] = { "org", NULL };
	static const char *const narrow_tree[] = { "a.org", "b.org", NULL };
	static const char *const other[] = { "1.2.3", NULL };
	struct alternative pairs[][2] = {
		{ alternative_any(), alternative(SERVER, TIME_NONE) },
		{ alternative(SERVER | EMAIL, TIME_NONE), alternative(EMAIL, TIME_NONE) },
		{ alternative(SERVER, TIME_NONE), alternative(SERVER, DAY_1) },
		{ alternative(SERVER, 2 * DAY_1), alternative(SERVER, DAY_1) },
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
		{ alternative(SERVER, TIME_NONE), alternative(SERVER, TIME_NONE) },
	};
	(void)state;

	pairs[4][1].sct_before = DAY_1;
	pairs[5][0].dns_subtrees = wide_tree;
	pairs[5][1].dns_subtrees = narrow_tree;
	pairs[6][1].other_purposes = other;
	pairs[7][0].other_purposes = other;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct constraints wide = { 1, &pairs[i][0] },
				   narrow = { 1, &pairs[i][1] };

		if (!constraints_cover(&wide, &narrow) ||
		    constraints_cover(&narrow, &wide))
			fail_msg("pair %zu", i);
		assert_false(constraints_equal(&wide, &narrow));
	}
}

static void order_and_repetition_mean_nothing(void **state)
{
	struct alternative a[] = { alternative(SERVER, DAY_1),
				   alternative(EMAIL, TIME_NONE) };
	struct alternative b[] = { a[1], a[0], a[1] };
	struct alternative any = alternative_any();
	(void)state;

	assert_true(constraints_equal(&(struct constraints){ 2, a },
				      &(struct constraints){ 3, b }));
	assert_true(constraints_equal(NULL, &(struct constraints){ 1, &any }));
	assert_false(constraints_equal(NULL, &(struct constraints){ 2, a }));
	/* A bound on a purpose that it is not good for says nothing. */
	b[0].issued_before[PURPOSE_CODE_SIGNING] = DAY_1;
	assert_true(constraints_equal(&(struct constraints){ 2, a },
				      &(struct constraints){ 3, b }));
}

static void a_union_allows_what_either_does_and_no_more(void **state)
{
	AUTO(arena) arena = ARENA_INIT;
	const struct constraints *server =
		constraints_make(&arena, SERVER, DAY_1, TIME_NONE);
	const struct constraints *email =
		constraints_make(&arena, EMAIL, TIME_NONE, TIME_NONE);
	const struct constraints *both = constraints_union(&arena, server, email);
	(void)state;

	assert_true(constraints_cover(both, server));
	assert_true(constraints_cover(both, email));
	assert_false(constraints_good_for(both, PURPOSE_CODE_SIGNING));
	assert_ptr_equal(constraints_union(&arena, both, email), both);
	assert_null(constraints_union(&arena, both, NULL));
	for (int64_t i = 0; i < 1000; i++)
		both = constraints_union(
			&arena, both,
			constraints_make(&arena, CODE | SERVER, i, TIME_NONE));
	assert_true(both->n <= 64);
}

static void what_is_good_for_nothing_is_covered_by_anything(void **state)
{
	static const char *const none[] = { OID_NO_PURPOSE, NULL };
	struct alternative nothing = alternative_any(),
			   server = alternative(SERVER, DAY_1);
	struct constraints a = { 1, &nothing }, b = { 1, &server };
	AUTO(buf) text = BUF_INIT;
	(void)state;

	nothing.other_purposes = none;
	assert_true(constraints_cover(&b, &a));
	assert_false(constraints_cover(&a, &b));
	assert_false(constraints_good_for(&a, PURPOSE_SERVER_AUTH));
	constraints_text(&text, &a);
	assert_string_equal(buf_text(&text), "no purpose");
}

static void an_empty_list_of_names_stays_one_in_a_copy(void **state)
{
	static const char *const none[] = { NULL };
	AUTO(arena) arena = ARENA_INIT;
	struct alternative at = alternative_any();
	const struct constraints from = { 1, &at };
	(void)state;

	assert_null(constraints_copy(&arena, NULL));
	at.dns_subtrees = none;
	assert_true(constraints_equal(&from, constraints_copy(&arena, &from)));
	assert_false(constraints_equal(NULL, constraints_copy(&arena, &from)));
}

static void one_line_tells_a_person_what_it_is_good_for(void **state)
{
	static const char *const subtrees[] = { "org", "ev\nil", NULL };
	struct alternative at[] = { alternative(SERVER | EMAIL, TIME_NONE),
				    alternative_any() };
	struct constraints constraints = { 1, at };
	AUTO(buf) text = BUF_INIT;
	(void)state;

	constraints_text(&text, NULL);
	assert_string_equal(buf_text(&text), "any purpose");

	text.n = 0;
	at[0].issued_before[PURPOSE_SERVER_AUTH] = at[0].issued_before[PURPOSE_EMAIL] =
		1733011199;
	constraints_text(&text, &constraints);
	assert_string_equal(buf_text(&text),
			    "server-auth, email; not for leaves issued after 2024-11-30");

	text.n = 0;
	at[0].issued_before[PURPOSE_EMAIL] = TIME_NONE;
	at[1].sct_before = 1733011199;
	at[1].dns_subtrees = subtrees;
	constraints.n = 2;
	constraints_text(&text, &constraints);
	assert_string_equal(
		buf_text(&text),
		"server-auth, email; not for server-auth leaves issued after 2024-11-30"
		"; or any purpose; not for leaves first logged after 2024-11-30"
		"; only for org, ev\\x0ail");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_constraints_allow_everything),
		cmocka_unit_test(
			the_answer_is_the_reason_of_the_alternative_that_came_nearest),
		cmocka_unit_test(the_last_second_of_a_bound_is_still_good),
		cmocka_unit_test(a_subtree_holds_whole_labels),
		cmocka_unit_test(wide_covers_narrow_and_never_the_reverse),
		cmocka_unit_test(order_and_repetition_mean_nothing),
		cmocka_unit_test(a_union_allows_what_either_does_and_no_more),
		cmocka_unit_test(what_is_good_for_nothing_is_covered_by_anything),
		cmocka_unit_test(an_empty_list_of_names_stays_one_in_a_copy),
		cmocka_unit_test(one_line_tells_a_person_what_it_is_good_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
