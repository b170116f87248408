/* Whether somebody stands between the client and the server: a suspicion, never a
 * verdict. */
#include "diagnosed.h"

/* Said only where it may well be, and then as no more than a warning. */
static void interception_is_suspected_and_not_of_what_is_only_private(void **state)
{
	static const struct {
		const char *why, *host;
		const char *lines[LINES_MOST];
		int severity; /* -1: nothing is said */
	} rows[] = {
		{ "the root of a product that the store does not have",
		  "www.partner.com",
		  { "leaf<Zscaler-Inter", "Zscaler-Inter<Zscaler-Root ca",
		    "Zscaler-Root<Zscaler-Root ca" },
		  SEVERITY_WARNING },
		{ "the leaf alone",
		  "www.partner.com",
		  { "leaf<FORTIGATE" },
		  SEVERITY_WARNING },
		{ "the store has it",
		  "www.partner.com",
		  { "leaf<mitmproxy dns=www.partner.com", "@mitmproxy<mitmproxy ca" },
		  SEVERITY_INFO },
		{ "the product's own page on the local net",
		  "firewall.lan",
		  { "leaf<FortiGate", "FortiGate<FortiGate ca" },
		  -1 },
		{ "by its address",
		  "192.0.2.1",
		  { "leaf<FortiGate", "FortiGate<FortiGate ca" },
		  -1 },
		{ "by its bare name",
		  "firewall",
		  { "leaf<FortiGate", "FortiGate<FortiGate ca" },
		  -1 },
		{ "made yesterday by somebody unknown",
		  "www.partner.com",
		  { "leaf<sub from=20260531000000Z", "sub<private ca",
		    "private<private ca" },
		  SEVERITY_INFO },
		{ "made long ago by somebody unknown",
		  "www.partner.com",
		  { "leaf<sub from=20260501000000Z", "sub<private ca",
		    "private<private ca" },
		  -1 },
		{ "made yesterday by somebody known",
		  "www.partner.com",
		  { "leaf<sub from=20260531000000Z", "sub<root ca", "@root<root ca" },
		  -1 },
		{ "made yesterday, its intermediate missing",
		  "www.partner.com",
		  { "leaf<sub from=20260531000000Z", "@root<root ca" },
		  -1 },
		{ "made yesterday and logged",
		  "www.partner.com",
		  { "leaf<sub from=20260531000000Z raw=1.3.6.1.4.1.11129.2.4.2:04020000",
		    "sub<private ca", "private<private ca" },
		  -1 },
		{ "self-signed yesterday",
		  "www.partner.com",
		  { "leaf<leaf from=20260531000000Z" },
		  -1 },
		{ "made yesterday for the company alone",
		  "www.partner.internal",
		  { "leaf<sub from=20260531000000Z", "sub<private ca",
		    "private<private ca" },
		  -1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct diagnose_context context = server;
		AUTO(finding_list) list = FINDING_LIST_INIT;
		int severity = -1;

		context.hostname = rows[i].host;
		diagnose(&list, rows[i].lines, &context);
		for (size_t j = 0; j < list.n; j++)
			if (list.at[j].code == FINDING_INTERCEPTION_SUSPECTED)
				severity = (int)list.at[j].severity;
		if (severity != rows[i].severity)
			fail_msg("%s: %d", rows[i].why, severity);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			interception_is_suspected_and_not_of_what_is_only_private),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
