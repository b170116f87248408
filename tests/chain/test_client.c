/* Client rules, one by one: the search, time, anchors, strength, usage and purpose.
 */
#include "client_rows.h"

#define EXPIRED "until=20260501000000Z"

/* An issuer that is no longer valid stands where the client looks first. */
static void
a_client_that_never_goes_back_stays_with_the_first_issuer_that_fits(void **state)
{
	static const struct rule_row rows[] = {
		{ "search",
		  "store-first",
		  { "leaf<low", "low<sub ca", SUB, "@sub<root ca " EXPIRED, ROOT },
		  COMPLETE,
		  FINDING_EXPIRED },
		{ "search",
		  "store-first",
		  { "leaf<sub", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "search",
		  "presented-first",
		  { "leaf<sub", "sub<root ca " EXPIRED, SUB, ROOT },
		  COMPLETE,
		  FINDING_EXPIRED },
		{ "search",
		  "presented-first",
		  { "leaf<sub", SUB, "sub<root ca " EXPIRED, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "search",
		  "presented-first",
		  { "leaf<sub", SUB },
		  FINDING_MISSING_ROOT,
		  FINDING_MISSING_ROOT },
		{ "search",
		  "presented-first",
		  { "leaf<sub", SUB, "@sub<root ca serial=07", "x<y ca" },
		  COMPLETE,
		  FINDING_MISSING_ROOT },
		{ "search",
		  "presented-first",
		  { "leaf<sub", SUB, "@sub<root ca serial=07" },
		  COMPLETE,
		  COMPLETE },
		{ "search",
		  "presented-first",
		  { "leaf<sub", "@sub<root ca" },
		  COMPLETE,
		  COMPLETE },
		{ "search",
		  "presented-first",
		  { "leaf<low", "low<sub ca", "@low<sub ca serial=07", SUB },
		  COMPLETE,
		  FINDING_MISSING_ROOT },
		{ "search",
		  "presented-first",
		  { "leaf<sub", SUB, ROOT, "@root<root ca serial=07 " EXPIRED },
		  COMPLETE,
		  COMPLETE },
		{ "issuer-names",
		  "text",
		  { "leaf<SUB by=sub", SUB, ROOT },
		  COMPLETE,
		  FINDING_MISSING_INTERMEDIATE },
		{ "search", "store-first", { "@leaf<leaf" }, COMPLETE, COMPLETE },
		{ "anchor-alone",
		  "unread",
		  { "@leaf<leaf unknown=1.2.3" },
		  COMPLETE,
		  COMPLETE },
		{ "key-id",
		  "must-match",
		  { "leaf<sub akid=01", "sub<root ca skid=02", ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "partial-chain",
		  "refused",
		  { "leaf<sub", "@sub<root ca" },
		  COMPLETE,
		  FINDING_MISSING_ROOT },
		{ "partial-chain",
		  "refused",
		  { "leaf<sub", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "depth",
		  "3",
		  { "leaf<low", "low<sub ca", SUB, ROOT },
		  COMPLETE,
		  FINDING_PATH_TOO_LONG },
		{ "depth",
		  "4",
		  { "leaf<low", "low<sub ca", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "self-issued",
		  "counted",
		  { "leaf<sub", "sub<sub ca by=sub1", "sub<root ca=0 key=sub1", ROOT },
		  COMPLETE,
		  FINDING_PATH_TOO_LONG },
	};
	(void)state;

	check_rules_for(rows, COUNT(rows), NULL);
}

static void a_client_has_its_own_idea_of_time(void **state)
{
	static const struct rule_row rows[] = {
		{ "not-after",
		  "excluded",
		  { "leaf<sub until=20260601000000Z", SUB, ROOT },
		  COMPLETE,
		  FINDING_EXPIRED },
		{ "not-after",
		  "excluded",
		  { "leaf<sub until=20260601000001Z", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "not-before-slack",
		  "24",
		  { "leaf<sub from=20260602000000Z", SUB, ROOT },
		  FINDING_NOT_YET_VALID,
		  COMPLETE },
		{ "not-before-slack",
		  "24",
		  { "leaf<sub from=20260602000001Z", SUB, ROOT },
		  FINDING_NOT_YET_VALID,
		  FINDING_NOT_YET_VALID },
	};
	(void)state;

	check_rules_for(rows, COUNT(rows), NULL);
}

static void a_client_looks_at_more_or_less_of_an_anchor(void **state)
{
	static const struct rule_row rows[] = {
		{ "anchor-checks",
		  "none",
		  { "leaf<sub", SUB, "@root<root ca " EXPIRED },
		  FINDING_EXPIRED,
		  COMPLETE },
		{ "anchor-checks",
		  "expiry",
		  { "leaf<sub", SUB, "@root<root ca=0" },
		  FINDING_PATH_TOO_LONG,
		  COMPLETE },
		{ "anchor-checks",
		  "constraints",
		  { "leaf<sub", SUB, "@root<root ca " EXPIRED },
		  FINDING_EXPIRED,
		  COMPLETE },
		{ "anchor-ca",
		  "ignored",
		  { "leaf<sub", SUB, "@root<root notca" },
		  FINDING_NOT_A_CA,
		  COMPLETE },
		{ "anchor-ca",
		  "or-key-usage",
		  { "leaf<sub", SUB, "@root<root usage=0204" },
		  FINDING_NOT_A_CA,
		  COMPLETE },
		{ "anchor-ca",
		  "or-key-usage",
		  { "leaf<sub", SUB, "@root<root usage=0780" },
		  FINDING_NOT_A_CA,
		  FINDING_NOT_A_CA },
		{ "anchor-key-id",
		  "must-match",
		  { "leaf<root akid=01", "@root<root ca skid=02" },
		  COMPLETE,
		  FINDING_UNTRUSTED_ROOT },
		{ "anchor-ca",
		  "or-self-issued",
		  { "leaf<sub", SUB, "@root<root" },
		  FINDING_NOT_A_CA,
		  COMPLETE },
		{ "anchor-ca",
		  "or-self-issued",
		  { "leaf<sub", SUB, "@root<root usage=0780" },
		  FINDING_NOT_A_CA,
		  FINDING_NOT_A_CA },
		{ "anchor-ca",
		  "or-self-issued",
		  { "leaf<sub", SUB, "@root<top" },
		  FINDING_NOT_A_CA,
		  FINDING_NOT_A_CA },
		{ "anchor-without-extensions",
		  "version-1",
		  { "leaf<sub", SUB, "@root<root version=2" },
		  COMPLETE,
		  FINDING_NOT_A_CA },
		{ "anchor-without-extensions",
		  "version-1",
		  { "leaf<sub", SUB, "@root<root version=1" },
		  COMPLETE,
		  COMPLETE },
		{ "anchor-purpose",
		  "ignored",
		  { "leaf<sub", SUB, "@root<root ca eku=client" },
		  FINDING_WRONG_PURPOSE,
		  COMPLETE },
		{ "anchor-key",
		  "ignored",
		  { "leaf<sub", SUB, "@root<root ca key=rsa1024root",
		    "sub<root ca by=rsa1024root" },
		  FINDING_WEAK_KEY,
		  COMPLETE },
	};
	(void)state;

	check_rules_for(rows, COUNT(rows), NULL);
}

static void a_client_has_its_own_idea_of_strength(void **state)
{
	static const struct rule_row rows[] = {
		{ "sha1",
		  "accepted",
		  { "leaf<sub sha1", SUB, ROOT },
		  FINDING_WEAK_SIGNATURE,
		  COMPLETE },
		{ "least-rsa",
		  "1024",
		  { "leaf<sub key=rsa1024", SUB, ROOT },
		  FINDING_WEAK_KEY,
		  COMPLETE },
		{ "least-ec",
		  "384",
		  { "leaf<sub", SUB, ROOT },
		  COMPLETE,
		  FINDING_WEAK_KEY },
	};
	static const struct rule_row fixed[] = {
		{ "strength",
		  "fixed",
		  { "leaf<sub sha1", SUB, ROOT },
		  COMPLETE,
		  FINDING_WEAK_SIGNATURE },
		{ "strength",
		  "fixed",
		  { "leaf<sub key=rsa1024", SUB, ROOT },
		  COMPLETE,
		  FINDING_WEAK_KEY },
	};
	struct path_rules weak = path_rules_default();
	(void)state;

	check_rules_for(rows, COUNT(rows), NULL);
	weak.allow_weak = true;
	check_rules(fixed, COUNT(fixed), &weak);
}

static void a_client_reads_usage_and_purpose_in_its_own_way(void **state)
{
	static const struct rule_row rows[] = {
		{ "leaf-cert-sign",
		  "ignored",
		  { "leaf<sub usage=0284", SUB, ROOT },
		  REFUSED,
		  COMPLETE },
		{ "leaf-key-usage",
		  "ignored",
		  { "leaf<sub usage=0640", SUB, ROOT },
		  FINDING_WRONG_PURPOSE,
		  COMPLETE },
		{ "leaf-key-usage",
		  "by-key",
		  { "leaf<sub usage=0520", SUB, ROOT },
		  COMPLETE,
		  FINDING_WRONG_PURPOSE },
		{ "leaf-key-usage",
		  "by-key",
		  { "leaf<sub usage=0780", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "authority-key-usage",
		  "ignored",
		  { "leaf<sub", "sub<root ca usage=0780", ROOT },
		  FINDING_NOT_A_CA,
		  COMPLETE },
		{ "authority-purpose",
		  "ignored",
		  { "leaf<sub", "sub<root ca eku=client", ROOT },
		  FINDING_WRONG_PURPOSE,
		  COMPLETE },
		{ "leaf-purpose",
		  "ignored",
		  { "leaf<sub eku=client", SUB, ROOT },
		  FINDING_WRONG_PURPOSE,
		  COMPLETE },
		{ "any-purpose",
		  "is-none",
		  { "leaf<sub eku=any", SUB, ROOT },
		  COMPLETE,
		  FINDING_WRONG_PURPOSE },
		{ "any-purpose",
		  "is-none-in-authority",
		  { "leaf<sub eku=any", SUB, ROOT },
		  COMPLETE,
		  COMPLETE },
		{ "any-purpose",
		  "is-none-in-authority",
		  { "leaf<sub", "sub<root ca eku=any", ROOT },
		  COMPLETE,
		  FINDING_WRONG_PURPOSE },
		{ "server-gated-crypto",
		  "is-server-in-authority",
		  { "leaf<sub", "sub<root ca raw=2.5.29.37:300b06096086480186f8420401",
		    ROOT },
		  FINDING_WRONG_PURPOSE,
		  COMPLETE },
		{ "server-gated-crypto",
		  "is-server-in-authority",
		  { "leaf<sub raw=2.5.29.37:300b06096086480186f8420401", SUB, ROOT },
		  FINDING_WRONG_PURPOSE,
		  FINDING_WRONG_PURPOSE },
		{ "policies",
		  "ignored",
		  { "leaf<sub", "sub<root ca policy=1.2.3 require=0", ROOT },
		  FINDING_POLICY,
		  COMPLETE },
	};
	(void)state;

	check_rules_for(rows, COUNT(rows), NULL);
}

static void what_is_no_rule_or_no_value_of_one_is_refused(void **state)
{
	static const struct {
		const char *rule, *value;
	} wrong[] = {
		{ "serch", "all" },
		{ "search", "first" },
		{ "search", "" },
		{ "depth", "-1" },
		{ "depth", "65537" },
		{ "depth", "4x" },
		{ "depth", "" },
		{ "critical-known", "basicConstraint" },
		{ "critical-known", "" },
		{ "constraint-forms", "dns,email" },
		{ "constraint-forms", "moon" },
	};
	struct client_rules client = client_default;
	const char *why;
	(void)state;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		why = NULL;
		assert_false(client_set(&client, wrong[i].rule, wrong[i].value, &why));
		assert_non_null(why);
	}
	for (int rule = 0; rule < CLIENT_RULE_COUNT; rule++)
		assert_non_null(client_rule_name((enum client_rule)rule));
	assert_null(client_rule_name(CLIENT_RULE_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_client_that_never_goes_back_stays_with_the_first_issuer_that_fits),
		cmocka_unit_test(a_client_has_its_own_idea_of_time),
		cmocka_unit_test(a_client_looks_at_more_or_less_of_an_anchor),
		cmocka_unit_test(a_client_has_its_own_idea_of_strength),
		cmocka_unit_test(a_client_reads_usage_and_purpose_in_its_own_way),
		cmocka_unit_test(what_is_no_rule_or_no_value_of_one_is_refused),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
