/* Certificate policies of a path (RFC 5280 6.1, RFC 9618, RFC 5937). */
#include "policies.h"

/* accepted: "13" is 1.2.1 and 1.2.3; "" and "4": any. */
struct policy_row {
	const char *why;
	unsigned ask;
	const char *accepted;
	const char *lines[LINES_MOST];
	enum finding_code wanted;
};

static void check_policy_rows(const struct policy_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row row = { .why = rows[i].why, .wanted = rows[i].wanted };
		struct span accepted[POLICIES];
		size_t n_accepted = strlen(rows[i].accepted);
		struct path_rules rules = rules_of(rows[i].ask, accepted, n_accepted);
		AUTO(attempt) attempt = ATTEMPT_INIT;

		for (size_t j = 0; j < n_accepted; j++)
			accepted[j] = policies[rows[i].accepted[j] - '1'];
		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, &rules);
		attempt_expect(&attempt, row.wanted, row.why);
	}
}

/* RFC 5280 6.1.3 (d) to (f), 6.1.5 (g). */
static void a_required_policy_holds_from_the_anchor_down(void **state)
{
	static const struct policy_row rows[] = {
		{ "the same in all",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1", ROOT },
		  COMPLETE },
		{ "one of two in common",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1,1.2.2", "sub<root ca policy=1.2.2,1.2.3",
		    ROOT },
		  COMPLETE },
		{ "none in the leaf",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub", "sub<root ca policy=1.2.1", ROOT },
		  FINDING_POLICY },
		{ "none in the intermediate",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1", SUB, ROOT },
		  FINDING_POLICY },
		{ "none in common",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.2", ROOT },
		  FINDING_POLICY },
		{ "any in the intermediate",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=any", ROOT },
		  COMPLETE },
		{ "any in the leaf",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=any", "sub<root ca policy=1.2.1", ROOT },
		  COMPLETE },
		{ "none, and none required",
		  ASK_NO_MAPPING | ASK_NO_ANY,
		  "1",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.3", ROOT },
		  COMPLETE },
		{ "the leaf itself is the anchor, and has none",
		  ASK_EXPLICIT,
		  "",
		  { "@leaf<leaf" },
		  FINDING_POLICY },
		{ "the leaf itself is the anchor, and has one",
		  ASK_EXPLICIT,
		  "1",
		  { "@leaf<leaf policy=1.2.1" },
		  COMPLETE },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

static void the_policy_is_one_that_the_user_accepts(void **state)
{
	static const struct policy_row rows[] = {
		{ "accepted",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1", ROOT },
		  COMPLETE },
		{ "one of those accepted",
		  ASK_EXPLICIT,
		  "32",
		  { "leaf<sub policy=1.2.1,1.2.2", "sub<root ca policy=1.2.1,1.2.2",
		    ROOT },
		  COMPLETE },
		{ "another",
		  ASK_EXPLICIT,
		  "3",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1", ROOT },
		  FINDING_POLICY },
		{ "another, and any",
		  ASK_EXPLICIT,
		  "34",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1", ROOT },
		  COMPLETE },
		{ "any to the end",
		  ASK_EXPLICIT,
		  "3",
		  { "leaf<sub policy=any", "sub<root ca policy=any", ROOT },
		  COMPLETE },
		{ "any at the end, below another",
		  ASK_EXPLICIT,
		  "3",
		  { "leaf<sub policy=any", "sub<root ca policy=1.2.1", ROOT },
		  FINDING_POLICY },
		{ "another, and none required",
		  ASK_NOTHING,
		  "3",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1", ROOT },
		  COMPLETE },
		{ "another, and an authority requires one",
		  ASK_NOTHING,
		  "3",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1 require=0", ROOT },
		  FINDING_POLICY },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

/* RFC 5280 6.1.4 (h), (i), 6.1.5 (a), (b): self-issued ones do not count. */
static void an_authority_requires_a_policy_after_so_many_certificates(void **state)
{
	static const struct policy_row rows[] = {
		{ "at once",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub", "sub<root ca require=0", ROOT },
		  FINDING_POLICY },
		{ "after one",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub", "sub<root ca require=1", ROOT },
		  FINDING_POLICY },
		{ "after more than there are",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub", "sub<root ca require=2", ROOT },
		  COMPLETE },
		{ "after two, an authority between",
		  ASK_NOTHING,
		  "",
		  { "leaf<low", "low<sub ca", "sub<root ca require=2", ROOT },
		  FINDING_POLICY },
		{ "after two, a self-issued one between",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub by=new", "sub<sub ca key=new", "sub<root ca require=2",
		    ROOT },
		  COMPLETE },
		{ "the lower is the stricter",
		  ASK_NOTHING,
		  "",
		  { "leaf<low", "low<sub ca require=0", "sub<root ca require=9", ROOT },
		  FINDING_POLICY },
		{ "the lower cannot take it back",
		  ASK_NOTHING,
		  "",
		  { "leaf<low", "low<sub ca require=9", "sub<root ca require=0", ROOT },
		  FINDING_POLICY },
		{ "the leaf, of itself",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub require=0", SUB, ROOT },
		  FINDING_POLICY },
		{ "the leaf, of what is below it",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub require=1", SUB, ROOT },
		  COMPLETE },
		{ "and the leaf has one",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1 require=0", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

/* RFC 5280 6.1.4 (a), (b). */
static void a_mapped_policy_goes_on_as_the_other(void **state)
{
	static const struct policy_row rows[] = {
		{ "mapped",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.1 map=1.2.1:1.2.2",
		    ROOT },
		  COMPLETE },
		{ "no longer as itself",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1 map=1.2.1:1.2.2",
		    ROOT },
		  FINDING_POLICY },
		{ "as two others",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.3",
		    "sub<root ca policy=1.2.1 map=1.2.1:1.2.2,1.2.1:1.2.3", ROOT },
		  COMPLETE },
		{ "two as one",
		  ASK_EXPLICIT,
		  "2",
		  { "leaf<sub policy=1.2.3",
		    "sub<root ca policy=1.2.1,1.2.2 map=1.2.1:1.2.3,1.2.2:1.2.3", ROOT },
		  COMPLETE },
		{ "the user accepts what it is called at the top",
		  ASK_EXPLICIT,
		  "2",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.1 map=1.2.1:1.2.2",
		    ROOT },
		  FINDING_POLICY },
		{ "one that only anyPolicy stands for",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=any map=1.2.1:1.2.2",
		    ROOT },
		  COMPLETE },
		{ "one that is not there",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.3 map=1.2.1:1.2.2",
		    ROOT },
		  FINDING_POLICY },
		{ "in turn",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<low policy=1.2.3", "low<sub ca policy=1.2.2 map=1.2.2:1.2.3",
		    "sub<root ca policy=1.2.1 map=1.2.1:1.2.2", ROOT },
		  COMPLETE },
		{ "inhibited by the user",
		  ASK_EXPLICIT | ASK_NO_MAPPING,
		  "",
		  { "leaf<sub policy=1.2.2",
		    "sub<root ca policy=1.2.1,1.2.2 map=1.2.2:1.2.3", ROOT },
		  FINDING_POLICY },
		{ "inhibited, and another goes on",
		  ASK_EXPLICIT | ASK_NO_MAPPING,
		  "",
		  { "leaf<sub policy=1.2.1",
		    "sub<root ca policy=1.2.1,1.2.2 map=1.2.2:1.2.3", ROOT },
		  COMPLETE },
		{ "inhibited by an authority",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<low policy=1.2.2", "low<sub ca policy=1.2.1 map=1.2.1:1.2.2",
		    "sub<root ca policy=1.2.1 nomap=0", ROOT },
		  FINDING_POLICY },
		{ "inhibited one further down",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<low policy=1.2.2", "low<sub ca policy=1.2.1 map=1.2.1:1.2.2",
		    "sub<root ca policy=1.2.1 nomap=1", ROOT },
		  COMPLETE },
		{ "anyPolicy, though none is required",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub", "sub<root ca map=any:1.2.1", ROOT },
		  FINDING_MALFORMED },
		{ "to anyPolicy, though none is required",
		  ASK_NOTHING,
		  "",
		  { "leaf<sub", "sub<root ca map=1.2.1:1.2.2,1.2.1:any", ROOT },
		  FINDING_MALFORMED },
		{ "in the leaf, where it says nothing",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=1.2.1 map=1.2.1:any", "sub<root ca policy=1.2.1",
		    ROOT },
		  COMPLETE },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

/* RFC 5280 6.1.3 (d)(2), 6.1.4 (j). */
static void any_policy_counts_until_it_is_inhibited(void **state)
{
	static const struct policy_row rows[] = {
		{ "by the user",
		  ASK_EXPLICIT | ASK_NO_ANY,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=any", ROOT },
		  FINDING_POLICY },
		{ "by the user, and one stands beside it",
		  ASK_EXPLICIT | ASK_NO_ANY,
		  "",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=any,1.2.1", ROOT },
		  COMPLETE },
		{ "by an authority, of the leaf",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=any", "sub<root ca policy=1.2.1 noany=0", ROOT },
		  FINDING_POLICY },
		{ "by an authority, one further down",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub policy=any", "sub<root ca policy=1.2.1 noany=1", ROOT },
		  COMPLETE },
		{ "of a self-issued leaf too",
		  ASK_EXPLICIT,
		  "",
		  { "sub<sub key=new policy=any", "sub<root ca policy=1.2.1 noany=0",
		    ROOT },
		  FINDING_POLICY },
		{ "not of a self-issued authority",
		  ASK_EXPLICIT,
		  "",
		  { "leaf<sub by=new policy=1.2.1", "sub<sub ca key=new policy=any",
		    "sub<root ca policy=1.2.1 noany=0", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

/* RFC 5937: what the anchor says counts for the callers that let it. */
static void the_anchor_is_a_certificate_before_the_first_where_it_counts(void **state)
{
	static const struct {
		const char *why;
		unsigned ask;
		const char *leaf, *sub, *root;
		bool counts; /* refused where it counts */
	} rows[] = {
		{ "silent", ASK_EXPLICIT, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1", "@root<root ca", false },
		{ "the same policy", ASK_EXPLICIT, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1", "@root<root ca policy=1.2.1", false },
		{ "another policy", ASK_EXPLICIT, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1", "@root<root ca policy=1.2.2", true },
		{ "anyPolicy", ASK_EXPLICIT | ASK_NO_ANY, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1", "@root<root ca policy=any", false },
		{ "requires one", ASK_NOTHING, "leaf<sub", "sub<root ca",
		  "@root<root ca require=2", true },
		{ "requires one further down", ASK_NOTHING, "leaf<sub", "sub<root ca",
		  "@root<root ca require=3", false },
		{ "maps", ASK_EXPLICIT, "leaf<sub policy=1.2.2",
		  "sub<root ca policy=1.2.2",
		  "@root<root ca policy=1.2.1 map=1.2.1:1.2.2", false },
		{ "maps what goes on", ASK_EXPLICIT, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1",
		  "@root<root ca policy=1.2.1 map=1.2.1:1.2.2", true },
		{ "maps anyPolicy", ASK_NOTHING, "leaf<sub", "sub<root ca",
		  "@root<root ca map=any:1.2.2", true },
		{ "inhibits mapping", ASK_EXPLICIT, "leaf<sub policy=1.2.2",
		  "sub<root ca policy=1.2.1 map=1.2.1:1.2.2", "@root<root ca nomap=0",
		  true },
		{ "inhibits anyPolicy", ASK_EXPLICIT, "leaf<sub policy=1.2.2",
		  "sub<root ca policy=any", "@root<root ca noany=0", true },
		{ "is issued by another", ASK_EXPLICIT, "leaf<sub policy=1.2.1",
		  "sub<root ca policy=1.2.1", "@root<other ca policy=any require=0",
		  false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned checks = ANCHOR_NOTHING; checks <= ANCHOR_ALL; checks++) {
			const char *const lines[] = { rows[i].leaf, rows[i].sub,
						      rows[i].root, NULL };
			bool refused = rows[i].counts && checks & ANCHOR_CONSTRAINTS;
			struct path_rules rules = rules_of(rows[i].ask, NULL, 0);
			AUTO(attempt) attempt = ATTEMPT_INIT;

			rules.anchor_checks = (enum anchor_checks)checks;
			attempt_prepare(&attempt, lines);
			attempt_find(&attempt, &rules);
			if (attempt.path.complete == refused)
				fail_msg("%s, checks %u", rows[i].why, checks);
		}
	}
}

static void a_malformed_policy_extension_is_refused_though_none_is_required(void **state)
{
	static const struct row rows[] = {
		{ "a policy twice",
		  { "leaf<sub", "sub<root ca policy=1.2.1,1.2.2,1.2.1", ROOT },
		  FINDING_MALFORMED },
		{ "no object identifier",
		  { "leaf<sub raw=2.5.29.32:300430020600", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "an unknown qualifier",
		  { "leaf<sub raw=2.5.29.32:3010300e06022a013008300606022a090500", SUB,
		    ROOT },
		  COMPLETE },
		{ "an unknown qualifier, critical",
		  { "leaf<sub raw=!2.5.29.32:3010300e06022a013008300606022a090500", SUB,
		    ROOT },
		  FINDING_UNKNOWN_CRITICAL },
		{ "a user notice, critical",
		  { "leaf<sub "
		    "raw=!2.5.29.32:"
		    "3016301406022a01300e300c06082b060105050702023000",
		    SUB, ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* Section 6.1 looks at no key usage of the leaf; a purpose does. */
static void a_leaf_that_may_sign_is_refused_where_a_purpose_is_asked_for(void **state)
{
	static const struct row served = { "server",
					   { "leaf<sub notca usage=0284", SUB, ROOT },
					   FINDING_MALFORMED };
	struct row any = served;
	struct path_rules rules = path_rules_default();
	(void)state;

	check_by_default(&served, 1);
	rules.purpose = PURPOSE_ANY;
	any.wanted = COMPLETE;
	check_rows(&any, 1, &rules);
}

/* Where one way up has no policy that holds, another is found. */
static void a_failure_closes_its_branch_and_no_other(void **state)
{
	static const struct policy_row rows[] = {
		{ "another intermediate",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.1", "sub<root ca serial=02",
		    "sub<root ca policy=1.2.2 serial=03",
		    "sub<root ca policy=1.2.1 serial=04", ROOT },
		  COMPLETE },
		{ "an anchor further up",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1",
		    "@root<top ca policy=1.2.2", "@top<top ca" },
		  FINDING_POLICY },
		{ "an anchor further up, where it holds",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.1", "sub<mid ca policy=1.2.1",
		    "@mid<top ca policy=1.2.1,1.2.2 nomap=0", "@top<top ca" },
		  COMPLETE },
		{ "another anchor",
		  ASK_EXPLICIT,
		  "1",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1",
		    "@root<root ca policy=1.2.2", "root<top ca policy=1.2.1",
		    "@top<top ca" },
		  COMPLETE },
	};
	(void)state;

	check_policy_rows(rows, COUNT(rows));
}

static void the_reason_names_where_the_last_policy_went_and_who_requires_one(void **state)
{
	static const struct {
		unsigned ask;
		const char *accepted;
		const char *lines[LINES_MOST];
		const char *rule, *what;
		size_t cert, by; /* places on the path; by 9: nobody but the user */
	} rows[] = {
		{ ASK_EXPLICIT,
		  "",
		  { "leaf<sub", "sub<root ca policy=1.2.1", ROOT },
		  "RFC 5280 6.1.3 (f)",
		  "",
		  0,
		  9 },
		{ ASK_NOTHING,
		  "",
		  { "leaf<low policy=1.2.1", "low<sub ca policy=1.2.2",
		    "sub<root ca policy=1.2.1 require=1", ROOT },
		  "RFC 5280 6.1.3 (f)",
		  "1.2.2",
		  1,
		  2 },
		{ ASK_NOTHING,
		  "3",
		  { "leaf<sub policy=1.2.1", "sub<root ca policy=1.2.1",
		    "@root<root ca require=0" },
		  "RFC 5280 6.1.5 (g)",
		  "1.2.1",
		  0,
		  2 },
		{ ASK_EXPLICIT | ASK_NO_MAPPING,
		  "",
		  { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.1 map=1.2.1:1.2.2",
		    ROOT },
		  "RFC 5280 6.1.4 (b)",
		  "1.2.1",
		  1,
		  9 },
		{ ASK_NOTHING,
		  "",
		  { "leaf<sub require=0", SUB, ROOT },
		  "RFC 5280 6.1.3 (f)",
		  "",
		  1,
		  0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct span accepted[] = { policies[2] };
		struct path_rules rules =
			rules_of(rows[i].ask, accepted, strlen(rows[i].accepted));
		AUTO(attempt) attempt = ATTEMPT_INIT;
		const struct path *path = &attempt.path;

		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, &rules);
		assert_int_equal(path->n_reasons, 1);
		assert_int_equal(path->reasons[0].code, FINDING_POLICY);
		assert_string_equal(path->reasons[0].rule, rows[i].rule);
		assert_string_equal(path->reasons[0].what, rows[i].what);
		assert_ptr_equal(path->reasons[0].cert, path->at[rows[i].cert]);
		assert_ptr_equal(path->reasons[0].by,
				 rows[i].by == 9 ? NULL : path->at[rows[i].by]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_required_policy_holds_from_the_anchor_down),
		cmocka_unit_test(the_policy_is_one_that_the_user_accepts),
		cmocka_unit_test(
			an_authority_requires_a_policy_after_so_many_certificates),
		cmocka_unit_test(a_mapped_policy_goes_on_as_the_other),
		cmocka_unit_test(any_policy_counts_until_it_is_inhibited),
		cmocka_unit_test(
			the_anchor_is_a_certificate_before_the_first_where_it_counts),
		cmocka_unit_test(
			a_malformed_policy_extension_is_refused_though_none_is_required),
		cmocka_unit_test(
			a_leaf_that_may_sign_is_refused_where_a_purpose_is_asked_for),
		cmocka_unit_test(a_failure_closes_its_branch_and_no_other),
		cmocka_unit_test(
			the_reason_names_where_the_last_policy_went_and_who_requires_one),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
