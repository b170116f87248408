/* Findings: what is said first, what it advises, and what never gets into a command. */
#include "diagnosed.h"

/* authorityInfoAccess: the issuer is published at http://a/b. */
#define PUBLISHED                                         \
	" raw=1.3.6.1.5.5.7.1.1:3018301606082b0601050507" \
	"3002860a687474703a2f2f612f62"
/* authorityCertIssuer: the issuer's own issuer is root. */
#define BY_ROOT                                                           \
	" raw=2.5.29.35:3018a113a411300f310d300b06035504030c04726f6f7482" \
	"0101"

static void the_first_finding_explains_and_advises(void **state)
{
	static const struct {
		const char *lines[LINES_MOST];
		enum finding_code code;
		const char *text, *client,
			*server; /* what must be in each; NULL: nothing is said */
	} rows[] = {
		{ { "leaf<sub" PUBLISHED, "@root<root ca" },
		  FINDING_MISSING_INTERMEDIATE,
		  "'leaf': the certificate of its issuer 'sub' is missing",
		  "rootcellar fetch api.partner.com:443 --store java",
		  "right after the server's own; a file to send is written by\n"
		  "rootcellar validate " },
		{ { "leaf<sub", "@root<root ca" },
		  FINDING_MISSING_INTERMEDIATE,
		  "'leaf': the certificate of its issuer 'sub' is missing",
		  "then:\nrootcellar import ISSUER.pem --store java",
		  "right after the server's own" },
		{ { "leaf<low", "low<sub ca" PUBLISHED, "@root<root ca" },
		  FINDING_MISSING_ROOT,
		  "'low' was issued by 'sub', a root or an intermediate that is neither",
		  "rootcellar fetch api.partner.com:443 --store java",
		  "if that issuer is an intermediate, send its certificate too" },
		{ { "leaf<sub", "sub<root ca" },
		  FINDING_MISSING_ROOT,
		  "'sub' was issued by 'root', a root or an intermediate",
		  "then:\nrootcellar import ISSUER.pem --store java",
		  "if that issuer is an intermediate, send its certificate too" },
		{ { "leaf<sub", "sub<root ca" BY_ROOT PUBLISHED },
		  FINDING_MISSING_ROOT,
		  "'sub' was issued by the root 'root'",
		  "rootcellar fetch api.partner.com:443 --store java",
		  "intermediates" },
		{ { "leaf<a", "a<b ca", "b<a ca", "@root<root ca" },
		  FINDING_MISSING_ROOT,
		  "have issued each other",
		  "rootcellar import ISSUER.pem",
		  "up to a root" },
		{ { "leaf<sub", "sub<root ca", "root<root ca" },
		  FINDING_UNTRUSTED_ROOT,
		  "ends at the root 'root'",
		  "rootcellar fetch --accept-root ",
		  "authority" },
		{ { "leaf<leaf" },
		  FINDING_UNTRUSTED_ROOT,
		  "'leaf' is self-signed",
		  "rootcellar fetch --accept-root ",
		  "authority" },
		{ { "leaf<sub", "sub<root ca", "+root<root ca" },
		  FINDING_UNTRUSTED_ROOT,
		  "ends at the root 'root'",
		  "rootcellar trust anchor ",
		  "authority" },
		{ { "leaf<sub until=20260301000000Z", "sub<root ca", "@root<root ca" },
		  FINDING_EXPIRED,
		  "'leaf' expired on 2026-03-01",
		  NULL,
		  "renew" },
		{ { "leaf<sub", "sub<root ca until=20260301000000Z", "@root<root ca" },
		  FINDING_EXPIRED,
		  "'sub' expired on 2026-03-01",
		  "get the renewed certificate",
		  "renewed" },
		{ { "leaf<sub dns=a.other", "sub<root ca p.dns=a.example",
		    "@root<root ca" },
		  FINDING_NAME_CONSTRAINT,
		  "'sub' may not issue for the name 'a.other'",
		  NULL,
		  "authority" },
		/* What is no name is wrong by itself, whatever form is constrained ... */
		{ { "leaf<sub dns=a..example", "sub<root ca p.dns=example",
		    "@root<root ca" },
		  FINDING_MALFORMED,
		  "'leaf' breaks RFC 5280 4.2.1.6: a..example",
		  NULL,
		  "well formed" },
		{ { "leaf<sub email=nobody", "sub<root ca x.dns=a.example",
		    "@root<root ca" },
		  FINDING_MALFORMED,
		  "'leaf' breaks RFC 5280 4.2.1.6: nobody",
		  NULL,
		  "well formed" },
		{ { "leaf<sub uri=a/b", "sub<root ca p.uri=a.example", "@root<root ca" },
		  FINDING_MALFORMED,
		  "'leaf' breaks RFC 5280 4.2.1.6: a/b",
		  NULL,
		  "well formed" },
		/* ... unlike a good one that is hard to compare. */
		{ { "leaf<sub email=a@[192.0.2.1]", "sub<root ca p.email=a.example",
		    "@root<root ca" },
		  FINDING_NAME_CONSTRAINT,
		  "'sub' may not issue for the name 'a@[192.0.2.1]'",
		  NULL,
		  "authority" },
		{ { "leaf<sub key=broken", "sub<root ca", "@root<root ca" },
		  FINDING_MALFORMED,
		  "'leaf' breaks RFC 5280 4.1.2.7: subjectPublicKey",
		  NULL,
		  "well formed" },
		{ { "leaf<sub", "sub<root ca raw=1.3.6.1.5.5.7.1.24:3003020105",
		    "@root<root ca" },
		  FINDING_WRONG_PURPOSE,
		  "'leaf' lacks TLS features that 'sub' demands",
		  NULL,
		  "TLS features" },
		{ { "leaf<sub", "!sub<root ca", "@root<root ca" },
		  FINDING_DISTRUSTED,
		  "distrusts 'sub'",
		  "rootcellar show ",
		  "another authority" },
		{ { "leaf<sub sha1", "sub<root ca", "@root<root ca" },
		  FINDING_WEAK_SIGNATURE,
		  "ecdsa-with-SHA1",
		  NULL,
		  "SHA-256" },
		{ { "leaf<sub", "sub<root ca policy=1.2.1 require=0", "@root<root ca" },
		  FINDING_POLICY,
		  "'leaf' has no certificate policy, and 'sub' requires one",
		  NULL,
		  "policy" },
		{ { "leaf<sub policy=1.2.2", "sub<root ca policy=1.2.1 require=0",
		    "@root<root ca" },
		  FINDING_POLICY,
		  "'leaf' has no certificate policy that the authorities above it allow "
		  "(its first is 1.2.2), and 'sub' requires one",
		  NULL,
		  "policy" },
		{ { "leaf<sub policy=1.2.2", "sub<mid ca policy=1.2.1 map=1.2.1:1.2.2",
		    "mid<root ca policy=1.2.1 require=0 nomap=0", "@root<root ca" },
		  FINDING_POLICY,
		  "'sub' replaces its certificate policy by another, which is forbidden "
		  "here, and 'mid' requires",
		  NULL,
		  "policy" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(finding_list) list = FINDING_LIST_INIT;
		const struct finding *first;

		diagnose(&list, rows[i].lines, &server);
		assert_true(list.n > 0);
		first = &list.at[0];
		assert_int_equal(first->code, rows[i].code);
		/* What stops a path is no mere warning. */
		assert_int_equal(first->severity, SEVERITY_ERROR);
		if (!strstr(first->text, rows[i].text))
			fail_msg("row %zu says: %s", i, first->text);
		if (!rows[i].client != !first->remedy_client ||
		    (rows[i].client && !strstr(first->remedy_client, rows[i].client)))
			fail_msg("row %zu, client: %s", i, first->remedy_client);
		if (!first->remedy_server ||
		    !strstr(first->remedy_server, rows[i].server))
			fail_msg("row %zu, server: %s", i, first->remedy_server);
		assert_true(first->about_certificate);
		assert_non_null(first->subject);
	}
}

/* A command asks what the user asked, or is not given; what was named to judge by is
 * trusted no further. */
static void
advice_keeps_the_question_and_trusts_nothing_that_was_named_for_it(void **state)
{
	static const char *const lacking[] = { "leaf<sub" PUBLISHED, NULL };
	static const char *const unpublished[] = { "leaf<sub", NULL };
	static const char *const strange[] = { "leaf<root", "root<root ca", NULL };
	static const char *const known[] = { "leaf<root", "+root<root ca", NULL };
	static const char *const broken[] = { "leaf<sub by=else akid=0102" PUBLISHED,
					      "@sub<sub ca skid=0102", NULL };
	static const char *const expired[] = { "leaf<root",
					       "@root<root ca until=20260301000000Z",
					       NULL };
	static const struct diagnose_context file = {
		.target = "leaf.pem",
		.store_option = "--store o.pem",
		.ask = "rootcellar validate leaf.pem --store o.pem",
		.fixed = "--store o.pem",
		.is_file = true,
	};
	static const struct diagnose_context anchors = {
		.target = "host",
		.store_option = "--store o.pem",
		.ask = "rootcellar validate host --anchors o.pem",
		.fixed = "--anchors o.pem",
		.presented_by_server = true,
		.no_fetch = true,
	};
	static const struct diagnose_context offline = { .target = "leaf.pem",
							 .offline = true,
							 .is_file = true };
	static const struct diagnose_context input = { .target = "saved.pem",
						       .from_stdin = true,
						       .presented_by_server = true };
	static const struct {
		const char *const *lines;
		const struct diagnose_context *context;
		const char *client;
	} rows[] = {
		{ lacking, &file, "rootcellar validate leaf.pem --store o.pem --fetch" },
		{ lacking, &anchors, "rootcellar validate host --anchors o.pem --fetch" },
		{ lacking, &offline,
		  "where the network may be used, without --offline:\n"
		  "rootcellar fetch leaf.pem" },
		{ lacking, &input,
		  "save what was read from standard input as saved.pem, then:\n"
		  "rootcellar fetch saved.pem" },
		{ unpublished, &file,
		  "get the certificate of that issuer from whoever runs it: a root "
		  "belongs "
		  "into what --store o.pem names, once its fingerprint has been compared "
		  "with its owner's; an intermediate is given by:\n"
		  "rootcellar validate leaf.pem --store o.pem --untrusted ISSUER.pem" },
		{ unpublished, &anchors,
		  "get the certificate of that issuer from whoever runs it: a root "
		  "belongs "
		  "into what --anchors o.pem names, once its fingerprint has been "
		  "compared "
		  "with its owner's; an intermediate is the server's to send" },
		{ strange, &anchors,
		  "if the fingerprint is what the owner of that root publishes, add the "
		  "root to what --anchors o.pem names" },
		{ strange, &input, "rootcellar import --trust anchor ROOT.pem" },
		{ known, &file,
		  "if the fingerprint is what the owner of that root publishes, make it "
		  "an "
		  "anchor of what --store o.pem names" },
		{ expired, &file,
		  "get the successor of that root from its owner and add it to what "
		  "--store o.pem names" },
		{ broken, &anchors, NULL },
		{ broken, &offline,
		  "get the certificate whose key made this signature from whoever runs "
		  "that authority, or a new copy of the certificate itself" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct diagnose_context context = *rows[i].context;
		AUTO(finding_list) list = FINDING_LIST_INIT;
		const char *client;

		context.at = NOW;
		diagnose(&list, rows[i].lines, &context);
		client = list.at[0].remedy_client;
		if (!client != !rows[i].client ||
		    (client && strcmp(client, rows[i].client) != 0))
			fail_msg("row %zu: %s", i, client);
	}
}

/* A file has no server's side: who holds the certificate can have another. */
static void what_is_wrong_with_a_certificate_its_holder_mends(void **state)
{
	static const struct {
		const char *lines[LINES_MOST];
		const char *client;
	} rows[] = {
		{ { "leaf<root until=20260301000000Z", "@root<root ca" },
		  "renew the certificate" },
		{ { "leaf<low", "low<sub ca", "sub<root ca=0", "@root<root ca" },
		  "another authority" },
		{ { "leaf<sub dns=a.other", "sub<root ca p.dns=a.example",
		    "@root<root ca" },
		  "may issue for this name" },
		{ { "leaf<root key=rsa1024", "@root<root ca" }, "2048 bits" },
		{ { "leaf<root sha1", "@root<root ca" }, "SHA-256" },
		{ { "leaf<root eku=client", "@root<root ca" }, "for this purpose" },
		{ { "leaf<root critical=1.2.3", "@root<root ca" }, "that extension" },
		{ { "leaf<sub", "sub<root notca", "@root<root ca" },
		  "that an authority has issued" },
	};
	const struct diagnose_context file = { .target = "leaf.pem",
					       .is_file = true,
					       .at = NOW };
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(finding_list) list = FINDING_LIST_INIT;

		diagnose(&list, rows[i].lines, &file);
		if (!list.at[0].remedy_client ||
		    !strstr(list.at[0].remedy_client, rows[i].client))
			fail_msg("row %zu (%s): %s", i, list.at[0].text,
				 list.at[0].remedy_client);
		assert_null(list.at[0].remedy_server);
	}
}

/* Where the user requires a policy, the user can let go of it. */
static void a_policy_that_the_user_asks_for_is_named_by_its_option(void **state)
{
	static const char *const none[] = { "leaf<root", "@root<root ca", NULL };
	static const char *const other[] = { "leaf<root policy=1.2.1", "@root<root ca",
					     NULL };
	const struct span wanted = SPAN("\x2a\x02");
	const struct {
		const char *const *lines;
		const char *text, *client;
	} rows[] = {
		{ none, "'leaf' has no certificate policy, and '--explicit-policy'",
		  "--explicit-policy out" },
		{ other, "that --policy names (its first is 1.2.1)", "(--policy)" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct path_rules rules = path_rules_default();
		AUTO(finding_list) list = FINDING_LIST_INIT;
		AUTO(attempt) attempt = ATTEMPT_INIT;

		rules.explicit_policy = true;
		rules.policies = &wanted;
		rules.n_policies = 1;
		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, &rules);
		diagnose_path(&list, &attempt.path, attempt.pool, &server);
		assert_int_equal(list.n, 1);
		assert_non_null(strstr(list.at[0].text, rows[i].text));
		assert_non_null(strstr(list.at[0].remedy_client, rows[i].client));
	}
}

static void a_finding_names_the_host_that_was_asked_for(void **state)
{
	static const char *const lines[] = { "leaf<root dns=a.example", "@root<root ca",
					     NULL };
	struct diagnose_context context = server;
	AUTO(finding_list) list = FINDING_LIST_INIT;
	(void)state;

	context.hostname = "b.example";
	diagnose(&list, lines, &context);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.at[0].code, FINDING_HOSTNAME_MISMATCH);
	assert_non_null(strstr(list.at[0].text, "'b.example'"));
}

static void a_finding_on_the_host_says_what_the_certificate_is_for(void **state)
{
	static const struct {
		const char *leaf, *says;
	} cases[] = {
		{ "leaf<root dns=a.example", "it is for a.example" },
		{ "leaf<root dns=a.example dns=b.example dns=c.example dns=d.example "
		  "dns=e.example",
		  "it is for a.example, b.example, c.example, d.example and 1 more" },
		{ "leaf<root", "it is for no DNS name and no IP address" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *const lines[] = { cases[i].leaf, "@root<root ca", NULL };
		struct diagnose_context context = server;
		AUTO(finding_list) list = FINDING_LIST_INIT;

		context.hostname = "x.example";
		diagnose(&list, lines, &context);
		assert_int_equal(list.n, 1);
		assert_non_null(strstr(list.at[0].text, cases[i].says));
	}
}

/* Such as a baseline requirement: what any client would say comes before it. */
static void a_form_that_one_client_insists_on_comes_last(void **state)
{
	static const char *const lines[] = { "leaf<root dns=a.example eku=server,any",
					     "@root<root ca", NULL };
	struct client_rules client = client_default;
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(finding_list) list = FINDING_LIST_INIT;
	const char *why;
	(void)state;

	assert_true(client_set(&client, "baseline-requirements", "checked", &why));
	rules.client = &client;
	rules.name = (struct expected_name){ NAME_DNS, "b.example" };
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	diagnose_path(&list, &attempt.path, attempt.pool, &server);
	assert_true(list.n >= 2);
	assert_int_equal(list.at[0].code, FINDING_HOSTNAME_MISMATCH);
	assert_int_equal(list.at[1].code, FINDING_MALFORMED);
}

/* DESIGN 9: a command holds our words, fingerprints and what the user typed; text is safe
 * to print. */
static void nothing_that_a_certificate_says_gets_into_a_remedy(void **state)
{
	static const char *const bait[] = {
		"x$(reboot)",    "x\x1b[2J", "x';reboot;'",
		"x\xe2\x80\xae", "`reboot`", "x\nrootcellar",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(bait); i++) {
		AUTO_FREE char *leaf = str_format("%s<sub dns=%s", bait[i], bait[i]);
		AUTO_FREE char *sub = str_format(
			"sub<%s ca until=20260301000000Z p.email=a.example", bait[i]);
		const char *const lines[] = { leaf, sub, NULL };
		AUTO(finding_list) list = FINDING_LIST_INIT;

		diagnose(&list, lines, &server);
		assert_true(list.n > 0);
		for (size_t j = 0; j < list.n; j++) {
			const struct finding *finding = &list.at[j];
			const char *remedies[] = { finding->remedy_client,
						   finding->remedy_server };

			for (size_t k = 0; k < COUNT(remedies); k++)
				if (remedies[k] && (strstr(remedies[k], "reboot") ||
						    strpbrk(remedies[k], "$`\x1b") ||
						    strstr(remedies[k], "x\n")))
					fail_msg("%s", remedies[k]);
			if (strpbrk(finding->text, "\x1b\n") ||
			    strstr(finding->text, "\xe2\x80\xae"))
				fail_msg("%s", finding->text);
		}
	}
}

static void what_the_server_could_send_better_is_told(void **state)
{
	static const struct {
		const char *why;
		const char *lines[LINES_MOST];
		enum finding_code code; /* FINDING_COUNT: nothing */
	} rows[] = {
		{ "as it should be",
		  { "leaf<low", "low<sub ca", "sub<root ca", "@root<root ca" },
		  FINDING_COUNT },
		{ "the other way round",
		  { "leaf<low", "sub<root ca", "low<sub ca", "@root<root ca" },
		  FINDING_WRONG_ORDER },
		{ "twice",
		  { "leaf<sub", "sub<root ca", "sub<root ca", "@root<root ca" },
		  FINDING_DUPLICATE },
		{ "a stranger",
		  { "leaf<sub", "sub<root ca", "other<root ca", "@root<root ca" },
		  FINDING_SUPERFLUOUS },
		{ "another way up is no stranger",
		  { "leaf<sub", "sub<root ca", "sub<else ca", "@root<root ca" },
		  FINDING_COUNT },
		{ "the root",
		  { "leaf<sub", "sub<root ca", "root<root ca by=root",
		    "@root<root ca serial=05" },
		  FINDING_ROOT_SENT },
		{ "another key of an authority is no root",
		  { "leaf<sub", "sub<root ca by=new", "root<root ca key=new by=root",
		    "@root<root ca serial=05" },
		  FINDING_COUNT },
		{ "self-signed", { "leaf<leaf" }, FINDING_SELF_SIGNED_LEAF },
		{ "self-signed, and an anchor", { "@leaf<leaf" }, FINDING_COUNT },
		{ "a cross-certificate of an unknown root, before the one that completes",
		  { "leaf<sub", "sub<else ca", "sub<root ca", "@root<root ca" },
		  FINDING_CROSS_SIGN_SHADOWED },
		{ "an expired cross-certificate of a root that the store has",
		  { "leaf<sub", "sub<new ca", "new<old ca until=20260301000000Z",
		    "@new<new ca", "@old<old ca" },
		  FINDING_CROSS_SIGN_SHADOWED },
		{ "a cross-certificate of a root that has expired",
		  { "leaf<sub", "sub<new ca", "new<old ca", "@new<new ca",
		    "@old<old ca until=20260301000000Z" },
		  FINDING_CROSS_SIGN_SHADOWED },
		{ "a cross-certificate that holds as well",
		  { "leaf<sub", "sub<new ca", "new<old ca", "@new<new ca",
		    "@old<old ca" },
		  FINDING_COUNT },
		{ "ends soon",
		  { "leaf<sub until=20260630000000Z", "sub<root ca", "@root<root ca" },
		  FINDING_EXPIRES_SOON },
		{ "ends later",
		  { "leaf<sub until=20260702000000Z", "sub<root ca", "@root<root ca" },
		  FINDING_COUNT },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(finding_list) list = FINDING_LIST_INIT;

		diagnose(&list, rows[i].lines, &server);
		if (rows[i].code == FINDING_COUNT && list.n)
			fail_msg("%s: %s", rows[i].why, list.at[0].text);
		if (rows[i].code != FINDING_COUNT &&
		    !finding_list_has(&list, rows[i].code))
			fail_msg("%s: not said", rows[i].why);
	}
}

/* A CA and its server may bear one name; what is self-signed, its own key has signed. */
static void a_leaf_that_bears_the_name_of_its_issuer_is_not_self_signed(void **state)
{
	static const char *const lines[] = { "same<same by=another", NULL };
	AUTO(finding_list) list = FINDING_LIST_INIT;
	(void)state;

	diagnose(&list, lines, &server);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.at[0].code, FINDING_MISSING_INTERMEDIATE);
}

static void what_is_to_be_left_out_is_named(void **state)
{
	static const char *const lines[] = { "leaf<root", "one<root ca", "two<root ca",
					     "@root<root ca", NULL };
	AUTO(finding_list) list = FINDING_LIST_INIT;
	(void)state;

	diagnose(&list, lines, &server);
	assert_int_equal(list.n, 2);
	for (size_t i = 0; i < list.n; i++) {
		char hash[SHA256_TEXT];

		assert_int_equal(list.at[i].code, FINDING_SUPERFLUOUS);
		sha256_hex(&list.at[i].sha256, hash);
		hash[16] = '\0';
		assert_non_null(strstr(list.at[i].remedy_server, hash));
	}
}

static void without_a_server_nothing_is_said_to_one(void **state)
{
	static const char *const lines[] = {
		"leaf<low",      "sub<root ca until=20260301000000Z",
		"low<sub ca",    "stray<root ca",
		"@root<root ca", NULL
	};
	struct diagnose_context context = { .store_option = "", .at = NOW };
	AUTO(finding_list) list = FINDING_LIST_INIT;
	(void)state;

	diagnose(&list, lines, &context);
	assert_int_equal(list.n, 1);
	assert_int_equal(list.at[0].code, FINDING_EXPIRED);
	assert_null(list.at[0].remedy_server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_finding_explains_and_advises),
		cmocka_unit_test(
			advice_keeps_the_question_and_trusts_nothing_that_was_named_for_it),
		cmocka_unit_test(what_is_wrong_with_a_certificate_its_holder_mends),
		cmocka_unit_test(a_policy_that_the_user_asks_for_is_named_by_its_option),
		cmocka_unit_test(a_finding_names_the_host_that_was_asked_for),
		cmocka_unit_test(a_finding_on_the_host_says_what_the_certificate_is_for),
		cmocka_unit_test(a_form_that_one_client_insists_on_comes_last),
		cmocka_unit_test(nothing_that_a_certificate_says_gets_into_a_remedy),
		cmocka_unit_test(what_the_server_could_send_better_is_told),
		cmocka_unit_test(
			a_leaf_that_bears_the_name_of_its_issuer_is_not_self_signed),
		cmocka_unit_test(what_is_to_be_left_out_is_named),
		cmocka_unit_test(without_a_server_nothing_is_said_to_one),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
