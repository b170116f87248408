/* Which certificates a list is for: RFC 5280 6.3.3 (b) to (e), 4.2.1.13, 5.2.5, 5.3.3. */
#include "lists.h"

#include "chain/revocation.h"

#define ROOT_LIST  "root"
#define CRL_SIGN   "usage=0102" /* cRLSign alone */
#define UNDER_ROOT SUB, ROOT

/* 6.3.3 (b)(2)(ii) to (iv), 5.2.5. */
static void a_list_for_some_kinds_of_certificates_says_nothing_of_others(void **state)
{
	static const struct list_row rows[] = {
		{ "for users",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub users" },
		  COMPLETE,
		  0 },
		{ "for users, of an authority",
		  { "leaf<sub", UNDER_ROOT },
		  { "root users", "sub" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "for authorities",
		  { "leaf<sub", UNDER_ROOT },
		  { "root authorities", "sub" },
		  COMPLETE,
		  0 },
		{ "for authorities, of a user",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub authorities" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "for attribute certificates",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub attributes" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "one list each",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub authorities 05", "sub users" },
		  COMPLETE,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* 6.3.3 (b)(2)(i), 4.2.1.13. */
static void a_part_of_a_list_is_found_by_its_distribution_point(void **state)
{
	static const struct list_row rows[] = {
		{ "the same URI",
		  { "leaf<sub point=http://a/1", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/1" },
		  COMPLETE,
		  0 },
		{ "another URI",
		  { "leaf<sub point=http://a/1", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/2" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "the second of two points",
		  { "leaf<sub point=http://a/1,http://a/2", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/2" },
		  COMPLETE,
		  0 },
		{ "the right part of two",
		  { "leaf<sub point=http://a/1 serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/2 05", "sub point=http://a/1" },
		  COMPLETE,
		  0 },
		{ "revoked in the right part",
		  { "leaf<sub point=http://a/1 serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/2", "sub point=http://a/1 05" },
		  FINDING_REVOKED,
		  0 },
		{ "a whole list does for a point",
		  { "leaf<sub point=http://a/1", UNDER_ROOT },
		  { ROOT_LIST, "sub" },
		  COMPLETE,
		  0 },
		{ "a part does not for a certificate without points",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/1" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "unless it is named as its issuer is (6.3.3, the assumed point)",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub point==sub" },
		  COMPLETE,
		  0 },
		{ "directory names by 7.1",
		  { "leaf<sub point==Part", UNDER_ROOT },
		  { ROOT_LIST, "sub point==pART" },
		  COMPLETE,
		  0 },
		{ "relative to the issuer on both sides",
		  { "leaf<sub point=~part", UNDER_ROOT },
		  { ROOT_LIST, "sub point=~part" },
		  COMPLETE,
		  0 },
		{ "relative, another",
		  { "leaf<sub point=~part", UNDER_ROOT },
		  { ROOT_LIST, "sub point=~other" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "points that do not parse",
		  { "leaf<sub raw=2.5.29.31:3000", UNDER_ROOT },
		  { ROOT_LIST, "sub" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_POINTS_BROKEN },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* 6.3.3 (d), (e), (l). Bits 1 to 4 and 5 to 8 of ReasonFlags: 78 and 0780. */
static void lists_with_some_reasons_count_together(void **state)
{
	static const struct list_row rows[] = {
		{ "some alone",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub some=0378" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_SOME_REASONS },
		{ "all in two lists",
		  { "leaf<sub", UNDER_ROOT },
		  { ROOT_LIST, "sub some=0378", "sub some=070780" },
		  COMPLETE,
		  0 },
		{ "revoked in the second",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub some=0378", "sub some=070780 05" },
		  FINDING_REVOKED,
		  0 },
		{ "revoked in some, though others are not known",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub some=0378 05" },
		  FINDING_REVOKED,
		  0 },
		{ "a point for some, and no more",
		  { "leaf<sub point=http://a/1!0378", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/1" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_SOME_REASONS },
		{ "points for all together",
		  { "leaf<sub point=http://a/1!0378,http://a/2!070780", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/1", "sub point=http://a/2" },
		  COMPLETE,
		  0 },
		{ "of point and list what both have",
		  { "leaf<sub point=http://a/1!0378,http://a/2!070780", UNDER_ROOT },
		  { ROOT_LIST, "sub point=http://a/1 some=0360", "sub point=http://a/2" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_SOME_REASONS },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
}

/* 6.3.3 (b)(1), 5.3.3. */
static void an_indirect_list_speaks_for_the_issuers_that_its_entries_name(void **state)
{
	static const struct list_row rows[] = {
		{ "in none of its entries",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect" },
		  COMPLETE,
		  0 },
		{ "its entry names the issuer",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect 05::sub" },
		  FINDING_REVOKED,
		  0 },
		{ "the issuer holds for entries that follow",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect 04::sub 05" },
		  FINDING_REVOKED,
		  0 },
		{ "until another is named",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect 04::sub 06::else 05" },
		  COMPLETE,
		  0 },
		{ "an entry without issuer is of the list's own",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect 05" },
		  COMPLETE,
		  0 },
		{ "not indirect",
		  { "leaf<sub serial=05 point=http://a/1@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_OTHER_SCOPE },
		{ "no point of the certificate names it",
		  { "leaf<sub serial=05", SUB, "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect" },
		  FINDING_REVOCATION_UNKNOWN,
		  CRL_ABSENT },
		{ "a point without a name is known by its issuer",
		  { "leaf<sub serial=05 point=@isp", SUB, "isp<root serial=09 " CRL_SIGN,
		    ROOT },
		  { ROOT_LIST, "isp indirect point==isp" },
		  COMPLETE,
		  0 },
		{ "relative to the list's issuer",
		  { "leaf<sub serial=05 point=~part@isp", SUB,
		    "isp<root serial=09 " CRL_SIGN, ROOT },
		  { ROOT_LIST, "isp indirect point=~part" },
		  COMPLETE,
		  0 },
		{ "the authority's own indirect list",
		  { "leaf<sub serial=05", UNDER_ROOT },
		  { ROOT_LIST, "sub indirect 04::else 05" },
		  COMPLETE,
		  0 },
	};

	(void)state;
	check_list_rows(rows, COUNT(rows));
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
			a_list_for_some_kinds_of_certificates_says_nothing_of_others),
		cmocka_unit_test(a_part_of_a_list_is_found_by_its_distribution_point),
		cmocka_unit_test(lists_with_some_reasons_count_together),
		cmocka_unit_test(
			an_indirect_list_speaks_for_the_issuers_that_its_entries_name),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
