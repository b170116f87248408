/* Revocation by lists: RFC 5280 6.3, and what section 5 says a list must look like. */
#include "lists.h"

#include "chain/revocation.h"

/* The authorities of most cases, and the root's list, which revokes none of them. */
#define ROOT_LIST "root"
#define CRL_SIGN  "usage=0102" /* cRLSign alone */
#define CERT_SIGN "usage=0204" /* keyCertSign alone */

/* Certificates below a root that lists all that it issued. */
#define UNDER_ROOT SUB, ROOT

static void
a_certificate_is_good_where_a_list_of_its_issuer_does_not_hold_it(void **state)
{
	static const struct list_row rows[] = {
		{ "in no list",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub" },
		  COMPLETE,
		  0 },
		{ "others are revoked",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 04 06:key 0005 050505" },
		  FINDING_REVOKED,
		  0 },
		{ "others alone are revoked",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 04 06:key 050505" },
		  COMPLETE,
		  0 },
		{ "the same serial of another issuer",
		  { "leaf<sub serial=05", "sub<root ca serial=06", ROOT },
		  { "root 05", "sub 06" },
		  COMPLETE,
		  0 },
		{ "revoked",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 05" },
		  FINDING_REVOKED,
		  0 },
		{ "revoked with a reason",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 05:key" },
		  FINDING_REVOKED,
		  0 },
		{ "on hold",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 05:hold" },
		  FINDING_REVOKED,
		  0 },
		{ "the intermediate is revoked",
		  { "leaf<sub serial=05", "sub<root ca serial=07", ROOT },
		  { "root 07", "sub" },
		  FINDING_REVOKED,
		  0 },
		{ "long serials are compared whole",
		  { "leaf<sub serial=0102030405060708090a0b0c0d0e0f1011121314",
		    UNDER_ROOT },
		  { ROOT_LIST, "sub 0102030405060708090a0b0c0d0e0f1011121315 14" },
		  COMPLETE,
		  0 },
		{ "a negative serial is not its positive twin",
		  { "leaf<sub serial=00ff05", UNDER_ROOT },
		  { ROOT_LIST, "sub ff05" },
		  COMPLETE,
		  0 },
		{ "padded in the list alone",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 000005" },
		  FINDING_REVOKED,
		  0 },
		{ "the anchor itself is asked of nobody",
		  { "leaf<root serial=05", ROOT },
		  { "root 01" },
		  COMPLETE,
		  0 },
		{ "the leaf is the anchor", { "@leaf<leaf" }, { "root" }, COMPLETE, 0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* Hard fail: silence is no answer. */
static void a_certificate_of_which_no_list_speaks_fails(void **state)
{
	static const struct list_row rows[] = {
		{ "none of its issuer",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_ABSENT },
		{ "none of the intermediate's issuer",
		  { "leaf<sub", UNDER_ROOT },
		  { "sub" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_ABSENT },
		{ "signed by a stranger",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub by=stranger" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_UNSIGNED },
		{ "out of date (5.1.2.5)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub until=20260531235959Z" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_EXPIRED },
		{ "in its last second",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub until=20260601000000Z" },
		  COMPLETE,
		  0 },
		{ "of later than now (5.1.2.4)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub from=20260601000001Z" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_FUTURE },
		{ "without an end (5.1.2.5)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub endless" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_ENDLESS },
		{ "a delta list alone (5.2.4)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 base=1" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_ABSENT },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

static void a_list_that_breaks_its_form_says_nothing(void **state)
{
	static const struct list_row rows[] = {
		{ "an unknown critical extension (5.2)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub critical=1.2.3" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_STRANGE },
		{ "an unknown extension that is not critical",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub unknown=1.2.3" },
		  COMPLETE,
		  0 },
		{ "an unknown critical extension of an entry for another (5.3)",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub strange 07" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_STRANGE },
		{ "a reason code that there is not (5.3.1)",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 07:seven" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "removeFromCRL in a complete list (5.3.1)",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 05:remove" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "another issuer's entry in a list that is not indirect (5.3.3)",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub 05::else" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "no number (5.2.3)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub nonumber" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "a critical number (5.2.3)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub criticalnumber" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "an extension twice (4.2)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub twice" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "two algorithms (5.1.1.2)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub oddalgorithm" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "extensions in version 1 (5.1.2.7)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub v1 unknown=1.2.3" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_BROKEN },
		{ "version 1 (5: must be processed)",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub v1 04" },
		  COMPLETE,
		  0 },
		{ "version 1 revokes",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub v1 05" },
		  FINDING_REVOKED,
		  0 },
		{ "SHA-1",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub sha1" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_WEAK },
		{ "a good one beside a bad one counts",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub critical=1.2.3 number=3", "sub number=2" },
		  COMPLETE,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* 6.3.3 (f). */
static void
who_signs_a_list_may_do_so_and_has_a_path_of_its_own_to_the_same_anchor(void **state)
{
	static const struct list_row rows[] = {
		{ "an authority that may sign certificates alone",
		  { "leaf<sub", "sub<root ca " CERT_SIGN, ROOT },
		  { ROOT_LIST, "sub" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NOT_ALLOWED },
		{ "an anchor that may not",
		  { "leaf<root", "@root<root ca " CERT_SIGN },
		  { "root" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NOT_ALLOWED },
		{ "a key for lists alone, of the same name",
		  { "leaf<sub", SUB, "sub<root key=lists serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "sub by=lists" },
		  COMPLETE,
		  0 },
		{ "revokes with it",
		  { "leaf<sub serial=05", SUB, "sub<root key=lists serial=09 " CRL_SIGN,
		    ROOT },
		  { ROOT_LIST, "sub by=lists 05" },
		  FINDING_REVOKED,
		  0 },
		{ "that key may not sign lists",
		  { "leaf<sub", SUB, "sub<root key=lists serial=09 usage=0780", ROOT },
		  { ROOT_LIST, "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NOT_ALLOWED },
		{ "that key is revoked",
		  { "leaf<sub", SUB, "sub<root key=lists serial=09 " CRL_SIGN, ROOT },
		  { "root 09", "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NO_PATH },
		{ "that key has expired",
		  { "leaf<sub", SUB,
		    "sub<root key=lists serial=09 until=20260501000000Z " CRL_SIGN,
		    ROOT },
		  { ROOT_LIST, "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NO_PATH },
		{ "it leads to another anchor",
		  { "leaf<sub", SUB, "sub<other key=lists serial=09 " CRL_SIGN, ROOT,
		    "@other<other ca" },
		  { ROOT_LIST, "other", "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NO_PATH },
		{ "it leads nowhere",
		  { "leaf<sub", SUB, "sub<other key=lists serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NO_PATH },
		{ "a key that only its own list vouches for",
		  { "leaf<sub", SUB, "sub<sub key=lists serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "sub by=lists" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_NO_PATH },
		{ "a key for lists that the authority's own list vouches for",
		  { "leaf<sub point=http://a/1", SUB,
		    "sub<sub key=lists serial=09 point=http://a/2 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "sub point=http://a/1 by=lists", "sub point=http://a/2" },
		  COMPLETE,
		  0 },
		{ "a new key lists what the old one issued",
		  { "leaf<sub by=old", "sub<sub ca key=old serial=09", SUB, ROOT },
		  { ROOT_LIST, "sub" },
		  COMPLETE,
		  0 },
		{ "and revokes the old one",
		  { "leaf<sub by=old", "sub<sub ca key=old serial=09", SUB, ROOT },
		  { ROOT_LIST, "sub 09" },
		  FINDING_REVOKED,
		  0 },
		{ "the key identifier points to the right one of two",
		  { "leaf<sub", SUB, "sub<root key=lists serial=09 skid=0a " CRL_SIGN,
		    "sub<root key=decoy serial=0b skid=0c " CRL_SIGN, ROOT },
		  { ROOT_LIST, "sub by=lists akid=0a" },
		  COMPLETE,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* 5.2.4, 6.3.3 (c), (i) to (k). */
static void a_delta_list_changes_what_its_complete_list_says(void **state)
{
	static const struct list_row rows[] = {
		{ "revoked since",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=3 base=2 05" },
		  FINDING_REVOKED,
		  0 },
		{ "released from hold since",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05:hold", "sub number=3 base=2 05:remove" },
		  COMPLETE,
		  0 },
		{ "still revoked",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05", "sub number=3 base=2" },
		  FINDING_REVOKED,
		  0 },
		{ "of an earlier base",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=3 base=1 05" },
		  FINDING_REVOKED,
		  0 },
		{ "of a later base, so that it says nothing (5.2.4 (c))",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=4 base=3 05" },
		  COMPLETE,
		  0 },
		{ "older than the complete list (5.2.4 (d))",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=3 05", "sub number=3 base=2 05:remove" },
		  FINDING_REVOKED,
		  0 },
		{ "of another scope (6.3.3 (c)(2))",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=3 base=2 users 05" },
		  COMPLETE,
		  0 },
		{ "of the same scope",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 users", "sub number=3 base=2 users 05" },
		  FINDING_REVOKED,
		  0 },
		{ "of another key identifier (6.3.3 (c)(3))",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=3 base=2 akid=0a 05" },
		  COMPLETE,
		  0 },
		{ "signed by another",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05",
		    "sub number=3 base=2 by=stranger 05:remove" },
		  FINDING_REVOKED,
		  0 },
		{ "out of date",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05",
		    "sub number=3 base=2 until=20260501000000Z 05:remove" },
		  FINDING_REVOKED,
		  0 },
		{ "of today over a list of yesterday (6.3.3 (a)(1)(i))",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 until=20260501000000Z",
		    "sub number=3 base=2" },
		  COMPLETE,
		  0 },
		{ "with an unknown critical extension it says nothing",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05",
		    "sub number=3 base=2 critical=1.2.3 05:remove" },
		  FINDING_REVOKED,
		  0 },
		{ "the newest of two counts",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2", "sub number=3 base=2 05:hold",
		    "sub number=4 base=2 from=20260201000000Z 05:remove" },
		  COMPLETE,
		  0 },
		{ "the newest complete list counts",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub number=2 05:hold",
		    "sub number=3 from=20260201000000Z" },
		  COMPLETE,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

static void a_revoked_certificate_closes_its_path_and_no_other(void **state)
{
	static const struct list_row rows[] = {
		{ "another certificate of the same authority",
		  { "leaf<sub", "sub<root ca serial=07", "sub<root ca serial=08", ROOT },
		  { "root 08", "sub" },
		  COMPLETE,
		  0 },
		{ "another root",
		  { "leaf<sub", "sub<root ca serial=07", "sub<other ca serial=08", ROOT,
		    "@other<other ca" },
		  { "root 07", "other", "sub" },
		  COMPLETE,
		  0 },
		{ "another root, and the same list for both anchors",
		  { "leaf<sub", "sub<other ca serial=08", "sub<root ca serial=07", ROOT,
		    "@other<other ca" },
		  { "root", "other 08", "sub" },
		  COMPLETE,
		  0 },
		{ "both",
		  { "leaf<sub", "sub<root ca serial=07", "sub<root ca serial=08", ROOT },
		  { "root 08 07", "sub" },
		  FINDING_REVOKED,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

static void what_the_rules_let_pass_of_certificates_passes_of_lists(void **state)
{
	static const struct list_row weak = { "SHA-1, allowed",
					      { "leaf<sub sha1", UNDER_ROOT },
					      { ROOT_LIST, "sub sha1" },
					      COMPLETE,
					      0 };
	static const struct list_row anchor = {
		"an anchor whose certificate does not count",
		{ "leaf<root", "@root<root ca " CERT_SIGN },
		{ "root" },
		COMPLETE,
		0
	};
	struct path_rules rules = path_rules_default();

	(void)state;
	rules.allow_weak = true;
	check_list_row(&weak, &rules);
	rules = path_rules_default();
	rules.anchor_checks = ANCHOR_EXPIRY;
	check_list_row(&anchor, &rules);
}

static void a_reason_says_when_why_and_by_whom(void **state)
{
	static const char *const lines[] = { "leaf<sub serial=05", UNDER_ROOT, NULL };
	static const char *const texts[] = { ROOT_LIST, "sub 05:key", NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;
	struct crl_set *crls = forge_crls(texts, &der);
	const struct reason *reason;

	(void)state;
	find_with(&attempt, lines, crls, path_rules_default());
	assert_false(attempt.path.complete);
	assert_int_equal(attempt.path.n_reasons, 1);
	reason = &attempt.path.reasons[0];
	assert_int_equal(reason->code, FINDING_REVOKED);
	assert_string_equal(reason->what, "keyCompromise");
	assert_int_equal(reason->when, 1772323200); /* 2026-03-01 */
	assert_ptr_equal(reason->cert, attempt.leaf);
	assert_ptr_equal(reason->by, attempt.path.at[1]);
	crl_set_free(crls);
}

static int end(void **state)
{
	(void)state;
	forge_end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_certificate_is_good_where_a_list_of_its_issuer_does_not_hold_it),
		cmocka_unit_test(a_certificate_of_which_no_list_speaks_fails),
		cmocka_unit_test(a_list_that_breaks_its_form_says_nothing),
		cmocka_unit_test(
			who_signs_a_list_may_do_so_and_has_a_path_of_its_own_to_the_same_anchor),
		cmocka_unit_test(a_delta_list_changes_what_its_complete_list_says),
		cmocka_unit_test(a_revoked_certificate_closes_its_path_and_no_other),
		cmocka_unit_test(what_the_rules_let_pass_of_certificates_passes_of_lists),
		cmocka_unit_test(a_reason_says_when_why_and_by_whom),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
