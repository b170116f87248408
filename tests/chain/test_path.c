/* Paths: the search that looks for a way round, and the nearest where there is none. */
#include "attempt.h"

/* RFC 4158 2.2: where one way is closed, another may be open. */
static void a_reason_closes_its_own_branch_only(void **state)
{
	static const struct row rows[] = {
		{ "expired cross-certificate, then the root",
		  { "leaf<sub", SUB, "root<old ca until=20260301000000Z", ROOT,
		    "@old<old ca" },
		  COMPLETE },
		{ "two of one name, one is no authority",
		  { "leaf<sub", "sub<root notca", "sub<root ca", ROOT },
		  COMPLETE },
		{ "two of one name, one for another purpose",
		  { "leaf<sub", "sub<root ca eku=email serial=02",
		    "sub<root ca serial=03", ROOT },
		  COMPLETE },
		{ "two of one name, one with constraints",
		  { "leaf<sub dns=a.example", "sub<root ca x.dns=a.example serial=02",
		    "sub<root ca serial=03", ROOT },
		  COMPLETE },
		{ "two keys of one name, no key identifiers",
		  { "leaf<sub", "sub<root ca key=other", "sub<root ca", ROOT },
		  COMPLETE },
		{ "two roots of one name, one trusted",
		  { "leaf<root by=r2", ROOT, "@root<root ca key=r2 by=r2" },
		  COMPLETE },
		{ "through the trusted of two roots",
		  { "leaf<sub", SUB, "sub<other ca", "root<root ca", "@other<other ca" },
		  COMPLETE },
		{ "a bridge",
		  { "leaf<a", "a<bridge ca", "bridge<a ca", "bridge<b ca", "b<bridge ca",
		    "@b<b ca" },
		  COMPLETE },
		{ "a path too long by one way",
		  { "leaf<low", "low<sub ca serial=02", "low<root ca serial=03",
		    "sub<root ca=0", ROOT },
		  COMPLETE },
		{ "out of a loop",
		  { "leaf<a", "a<b ca", "b<a ca", "b<root ca serial=07", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

static void an_anchor_need_not_be_a_root_nor_an_authority(void **state)
{
	static const struct row rows[] = {
		{ "an intermediate as anchor", { "leaf<sub", "@sub<root ca" }, COMPLETE },
		{ "the same and its root is there, untrusted",
		  { "leaf<sub", "root<root ca", "@sub<root ca" },
		  COMPLETE },
		{ "the leaf itself", { "@leaf<sub" }, COMPLETE },
		{ "the leaf itself, self-signed", { "@leaf<leaf" }, COMPLETE },
		{ "the leaf itself, without a subject",
		  { "@<sub dns=a.example key=leaf" },
		  COMPLETE },
		{ "the leaf itself, expired",
		  { "@leaf<leaf until=20260301000000Z" },
		  FINDING_EXPIRED },
		{ "an expired anchor with another above it",
		  { "leaf<sub", "@sub<root ca until=20260301000000Z serial=09", SUB,
		    ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

static void the_nearest_path_says_what_is_missing(void **state)
{
	static const struct {
		const char *why;
		const char *lines[LINES_MOST];
		enum finding_code wanted;
		size_t n;
	} rows[] = {
		{ "leaf alone", { "leaf<sub", ROOT }, FINDING_MISSING_INTERMEDIATE, 1 },
		{ "root absent", { "leaf<sub", SUB }, FINDING_MISSING_ROOT, 2 },
		/* authorityCertIssuer [1]: who issued the issuer of sub. */
		{ "root absent, and named as such",
		  { "leaf<sub", "sub<root ca "
				"raw=2.5.29.35:"
				"3018a113a411300f310d300b06035504030c04726f6f74820101" },
		  FINDING_MISSING_ROOT,
		  2 },
		{ "intermediate absent, and named as such",
		  { "leaf<sub", "sub<root ca "
				"raw=2.5.29.35:"
				"3018a113a411300f310d300b06035504030c04656c7365820101" },
		  FINDING_MISSING_INTERMEDIATE,
		  2 },
		{ "root there but not trusted",
		  { "leaf<sub", SUB, "root<root ca" },
		  FINDING_UNTRUSTED_ROOT,
		  3 },
		{ "self-signed leaf", { "leaf<leaf" }, FINDING_UNTRUSTED_ROOT, 1 },
		{ "expired, and another way lacks its root",
		  { "leaf<sub", "sub<root ca until=20260301000000Z",
		    "sub<gone ca serial=05", ROOT },
		  FINDING_EXPIRED,
		  3 },
		{ "a stranger of the same name",
		  { "leaf<sub akid=01", "sub<root ca key=k2 skid=02", ROOT },
		  FINDING_MISSING_INTERMEDIATE,
		  1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct path_rules rules = path_rules_default();
		AUTO(attempt) attempt = ATTEMPT_INIT;

		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, &rules);
		attempt_expect(&attempt, rows[i].wanted, rows[i].why);
		if (attempt.path.n != rows[i].n)
			fail_msg("%s: the nearest path has %zu certificates", rows[i].why,
				 attempt.path.n);
	}
}

static void every_reason_of_the_nearest_path_is_told(void **state)
{
	static const char *const lines[] = {
		"leaf<sub dns=a.example until=20260301000000Z eku=client sha1",
		"sub<root ca x.dns=a.example until=20260301000000Z", ROOT, NULL
	};
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	(void)state;

	rules.name = (struct expected_name){ NAME_DNS, "b.example" };
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	attempt_expect(&attempt, FINDING_EXPIRED, "leaf and intermediate");
	attempt_expect(&attempt, FINDING_WRONG_PURPOSE, "leaf");
	attempt_expect(&attempt, FINDING_HOSTNAME_MISMATCH, "leaf");
	attempt_expect(&attempt, FINDING_WEAK_SIGNATURE, "leaf");
	attempt_expect(&attempt, FINDING_NAME_CONSTRAINT, "intermediate");
	assert_int_equal(attempt.path.n, 3);
	assert_int_equal(attempt.path.n_reasons, 6);
}

static size_t asked;

/* Gives the issuer of the dead end once. */
static bool give_sub(void *ctx, struct pool *pool,
		     const struct pool_cert *const *dead_ends, size_t n)
{
	const struct cert *sub = ctx;
	size_t before = pool_count(pool);

	asked++;
	assert_int_equal(n, 1);
	assert_int_equal(dead_ends[0]->from, FROM_LEAF);
	pool_add(pool, sub, FROM_NETWORK, "http://aia.example/sub", SIZE_MAX);
	return pool_count(pool) > before;
}

static void a_dead_end_asks_for_more_and_goes_on_with_what_comes(void **state)
{
	static const char *const lines[] = { "leaf<sub", ROOT, NULL };
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	struct cert sub = forge(SUB);
	(void)state;

	asked = 0;
	rules.more_issuers = give_sub;
	rules.ctx = &sub;
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	assert_true(attempt.path.complete);
	assert_int_equal(attempt.path.n, 3);
	assert_int_equal(attempt.path.at[1]->from, FROM_NETWORK);
	assert_int_equal(asked, 1);
}

static bool give_nothing(void *ctx, struct pool *pool,
			 const struct pool_cert *const *dead_ends, size_t n)
{
	(void)ctx;
	(void)pool;
	(void)dead_ends;
	(void)n;
	asked++;
	return false;
}

static void a_dead_end_that_nobody_can_help_ends_the_search(void **state)
{
	static const char *const lines[] = { "leaf<sub", ROOT, NULL };
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	const struct pool_cert *dead_ends[4];
	(void)state;

	asked = 0;
	rules.more_issuers = give_nothing;
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	assert_false(attempt.path.complete);
	assert_int_equal(asked, 1);
	assert_int_equal(path_dead_ends(&attempt.path, dead_ends, COUNT(dead_ends)), 1);
	assert_ptr_equal(dead_ends[0], attempt.leaf);
}

static void the_shortest_way_through_a_mesh_is_taken(void **state)
{
	static const char *const lines[] = { "leaf<a",        "a<b ca",
					     "a<c ca",        "b<c ca",
					     "c<b ca",        "b<a ca",
					     "c<a ca",        "a<root ca serial=07",
					     "@root<root ca", NULL };
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	(void)state;

	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	assert_true(attempt.path.complete);
	assert_int_equal(attempt.path.n, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_reason_closes_its_own_branch_only),
		cmocka_unit_test(an_anchor_need_not_be_a_root_nor_an_authority),
		cmocka_unit_test(the_nearest_path_says_what_is_missing),
		cmocka_unit_test(every_reason_of_the_nearest_path_is_told),
		cmocka_unit_test(a_dead_end_asks_for_more_and_goes_on_with_what_comes),
		cmocka_unit_test(a_dead_end_that_nobody_can_help_ends_the_search),
		cmocka_unit_test(the_shortest_way_through_a_mesh_is_taken),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
