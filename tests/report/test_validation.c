/*
 * Validations: what people, programs and support cases are told, and what gets through.
 */
#include "fixture.h"

#include "base/width.h"

#include <jansson.h>

/* A validation made by hand: the tests of the floors below say how one comes about. */
struct made {
	struct validation validation;
	struct arena arena;
};

static const struct pool_cert *add_cert(struct made *made, const struct fake *fake,
					enum cert_from from, enum trust trust,
					size_t position)
{
	struct cert cert = fake_cert(&made->arena, fake);
	struct pool_cert *added =
		pool_add(made->validation.pool, &cert, from, NULL, position);

	added->trust = trust;
	return added;
}

static void add_to_path(struct made *made, const struct pool_cert *cert)
{
	struct path *path = &made->validation.path;

	path->at = mem_resize(path->at, path->n + 1, sizeof(*path->at));
	path->at[path->n++] = cert;
}

static struct finding *add_finding(struct made *made, enum finding_code code,
				   const char *text, const char *client,
				   const char *server)
{
	struct finding *finding = finding_add(&made->validation.findings, code);

	finding->text = str_copy(text);
	finding->remedy_client = client ? str_copy(client) : NULL;
	finding->remedy_server = server ? str_copy(server) : NULL;
	return finding;
}

static void add_fetch(struct made *made, const char *url, enum net_outcome outcome)
{
	struct validation *v = &made->validation;

	GROW(v->fetches, v->n_fetches, v->cap_fetches);
	v->fetches[v->n_fetches++] =
		(struct fetched){ .url = str_copy(url),
				  .kind = "ca-issuers",
				  .bytes = 1042,
				  .milliseconds = 23,
				  .outcome = outcome,
				  .text = str_copy("1 certificate, DER") };
}

static void make_endpoint(struct made *made, const char *target)
{
	*made = (struct made){ .validation = VALIDATION_INIT, .arena = ARENA_INIT };
	made->validation.target = str_copy(target);
	made->validation.at = NOW;
	made->validation.from_network = true;
	made->validation.pool = pool_new(NULL);
	made->validation.presented.address = str_copy("192.0.2.7");
	made->validation.presented.tls_version = str_copy("TLS1.3");
	made->validation.presented.cipher = str_copy("AES-256-GCM");
	made->validation.presented.group = str_copy("X25519");
}

static const struct fake leaf = { .subject = SPAN("api.partner.example"),
				  .issuer = SPAN("Partner Issuing CA"),
				  .not_after = NOW + 30 * DAY_SECONDS };
static const struct fake issuing = { .subject = SPAN("Partner Issuing CA"),
				     .issuer = SPAN("Partner Root"),
				     .ca = true };
static const struct fake root = { .subject = SPAN("Partner Root"), .ca = true };

static void make_incomplete(struct made *made)
{
	make_endpoint(made, "api.partner.example:443");
	made->validation.verdict = VERDICT_INCOMPLETE;
	made->validation.leaf = add_cert(made, &leaf, FROM_SERVER, TRUST_UNSAID, 0);
	add_to_path(made, made->validation.leaf);
	add_finding(made, FINDING_MISSING_INTERMEDIATE,
		    "the certificate of 'Partner Issuing CA', which issued "
		    "'api.partner.example', is "
		    "neither presented nor in the store",
		    "rootcellar fetch api.partner.example:443",
		    "send the certificate of the issuer right after the server's own");
	/* The same remedy once more is the same line. */
	add_finding(made, FINDING_EXPIRES_SOON, "it expires in 30 days",
		    "rootcellar fetch api.partner.example:443", NULL);
}

static void make_complete(struct made *made)
{
	make_endpoint(made, "api.partner.example:443");
	made->validation.verdict = VERDICT_COMPLETE;
	made->validation.store = str_copy("java");
	made->validation.path.complete = true;
	made->validation.leaf = add_cert(made, &leaf, FROM_SERVER, TRUST_UNSAID, 0);
	add_to_path(made, made->validation.leaf);
	add_to_path(made, add_cert(made, &issuing, FROM_NETWORK, TRUST_UNSAID, SIZE_MAX));
	add_to_path(made, add_cert(made, &root, FROM_STORE, TRUST_ANCHOR, SIZE_MAX));
	add_fetch(made, "http://ca.partner.example/issuing.cer", NET_GOOD);
}

static void made_clear(struct made *made)
{
	validation_clear(&made->validation);
	arena_clear(&made->arena);
}

static char *report_of(const struct made *made, enum report_format format, int verbose)
{
	struct report report;

	capture_begin();
	fake_report(&report, format, 80);
	report.verbose = verbose;
	report_validation(&report, &made->validation);
	return finish_report(&report);
}

static void an_incomplete_path_says_what_is_missing_and_what_would_fix_it(void **state)
{
	AUTO_FREE char *text = NULL;
	struct made made;
	(void)state;

	make_incomplete(&made);
	text = report_of(&made, REPORT_TEXT, 0);
	made_clear(&made);
	assert_string_equal(
		text,
		"api.partner.example:443: does not complete\n"
		"  TLS1.3, AES-256-GCM, X25519, from 192.0.2.7\n"
		"\n"
		"  api.partner.example   [server]   in 30 days  ec92863c\n"
		"  └─Partner Issuing CA  [missing]\n"
		"\n"
		"  error: the certificate of 'Partner Issuing CA', which issued\n"
		"      'api.partner.example', is neither presented nor in the store\n"
		"      (missing-intermediate)\n"
		"  warning: it expires in 30 days (expires-soon)\n"
		"\n"
		"To fix:\n"
		"  on the client's side:\n"
		"    rootcellar fetch api.partner.example:443\n"
		"  on the server's side:\n"
		"    send the certificate of the issuer right after the server's own\n"
		"    the lines for nginx, Apache, HAProxy and Tomcat are told by\n"
		"    rootcellar explain missing-intermediate\n");
}

static void a_complete_path_is_a_tree_with_where_each_came_from(void **state)
{
	AUTO_FREE char *text = NULL;
	struct made made;
	(void)state;

	make_complete(&made);
	text = report_of(&made, REPORT_TEXT, 0);
	made_clear(&made);
	assert_string_equal(text,
			    "api.partner.example:443: complete: 3 certificates up to the "
			    "anchor 'Partner\n"
			    "  Root' (store java)\n"
			    "  TLS1.3, AES-256-GCM, X25519, from 192.0.2.7\n"
			    "\n"
			    "  api.partner.example   [server]   in 30 days   ec92863c\n"
			    "  └─Partner Issuing CA  [network]  in 365 days  af6323ea\n"
			    "    └─Partner Root      [store]    in 365 days  d1d47ad1\n");
}

static void verbose_lists_every_fetch_and_what_else_was_tried(void **state)
{
	AUTO_FREE char *text = NULL;
	struct made made;
	struct path *path = &made.validation.path;
	(void)state;

	make_complete(&made);
	path->others = mem_zalloc(sizeof(*path->others));
	path->n_others = path->cap_others = 1;
	path->others[0] = (struct reason){ .code = FINDING_EXPIRED,
					   .cert = path->at[1],
					   .when = NOW,
					   .rule = "RFC 5280 6.1.3 (a)(2)" };
	path->cost = 7;
	path->steps = 4;
	text = report_of(&made, REPORT_TEXT, 1);
	made_clear(&made);
	assert_non_null(
		strstr(text, "\nAsked for on the network:\n"
			     "  http://ca.partner.example/issuing.cer: 1042 bytes in 23 "
			     "ms, 1 certificate, DER\n"));
	assert_non_null(strstr(text, "  expired: Partner Issuing CA "));
	assert_non_null(strstr(text, ", 2026-11-24T08:00:00Z (RFC 5280"));
	assert_non_null(
		strstr(text, "  the search looked at 4 certificates, at a cost of 7\n"));
}

static void no_answer_still_ends_with_what_to_do(void **state)
{
	AUTO_FREE char *text = NULL;
	struct made made = { .validation = VALIDATION_INIT, .arena = ARENA_INIT };
	(void)state;

	made.validation.target = str_copy("gone.example:443");
	made.validation.verdict = VERDICT_NO_ANSWER;
	made.validation.from_network = true;
	made.validation.presented.outcome = NET_REFUSED;
	add_finding(&made, FINDING_NO_CONNECTION, "connection refused", NULL, NULL);
	text = report_of(&made, REPORT_TEXT, 0);
	made_clear(&made);
	assert_string_equal(
		text, "gone.example:443: no answer\n"
		      "\n"
		      "  error: connection refused (no-connection)\n"
		      "\n"
		      "To fix:\n"
		      "    see that the host, the port and the proxy are right, and try "
		      "again\n");
}

static json_t *first_validation(const char *text, json_t **document)
{
	*document = json_loadb(text, strlen(text),
			       JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
	assert_non_null(*document);
	assert_int_equal(json_integer_value(json_object_get(*document, "version")), 1);
	return json_array_get(json_object_get(*document, "validations"), 0);
}

static const char *text_at(json_t *object, const char *key)
{
	return json_string_value(json_object_get(object, key));
}

static void json_holds_all_that_the_design_promises(void **state)
{
	static const char *const from[] = { "server", "network", "store" };
	AUTO_FREE char *text = NULL;
	json_t *document, *validation, *path, *fetched;
	struct made made;
	(void)state;

	make_complete(&made);
	text = report_of(&made, REPORT_JSON, 0);
	made_clear(&made);
	validation = first_validation(text, &document);
	assert_string_equal(text_at(validation, "target"), "api.partner.example:443");
	assert_string_equal(text_at(validation, "verdict"), "complete");
	assert_string_equal(text_at(json_object_get(validation, "tls"), "version"),
			    "TLS1.3");
	assert_string_equal(text_at(json_object_get(validation, "tls"), "cipher"),
			    "AES-256-GCM");
	path = json_object_get(validation, "path");
	assert_int_equal(json_array_size(path), COUNT(from));
	for (size_t i = 0; i < COUNT(from); i++) {
		assert_string_equal(text_at(json_array_get(path, i), "from"), from[i]);
		assert_int_equal(strlen(text_at(json_array_get(path, i), "sha256")), 64);
	}
	assert_string_equal(text_at(json_array_get(path, 2), "subject"),
			    "CN=Partner Root");
	assert_int_equal(json_array_size(json_object_get(validation, "presented")), 1);
	fetched = json_array_get(json_object_get(validation, "fetched"), 0);
	assert_string_equal(text_at(fetched, "url"),
			    "http://ca.partner.example/issuing.cer");
	assert_string_equal(text_at(fetched, "outcome"), net_outcome_name(NET_GOOD));
	assert_int_equal(json_integer_value(json_object_get(fetched, "bytes")), 1042);
	assert_int_equal(json_integer_value(json_object_get(fetched, "milliseconds")),
			 23);
	json_decref(document);
}

static void a_finding_in_json_has_both_remedies(void **state)
{
	AUTO_FREE char *text = NULL;
	json_t *document, *finding, *remedy;
	struct made made;
	(void)state;

	make_incomplete(&made);
	made.validation.findings.at[0].about_certificate = true;
	made.validation.findings.at[0].sha256 = cert_sha256(&made.validation.leaf->cert);
	made.validation.findings.at[0].subject = str_copy("CN=api.partner.example");
	text = report_of(&made, REPORT_JSON, 0);
	made_clear(&made);
	finding = json_array_get(
		json_object_get(first_validation(text, &document), "findings"), 0);
	assert_string_equal(text_at(finding, "code"), "missing-intermediate");
	assert_string_equal(text_at(finding, "severity"), "error");
	assert_string_equal(text_at(finding, "subject"), "CN=api.partner.example");
	assert_int_equal(strlen(text_at(finding, "sha256")), 64);
	remedy = json_object_get(finding, "remedy");
	assert_string_equal(text_at(remedy, "client"),
			    "rootcellar fetch api.partner.example:443");
	assert_non_null(strstr(text_at(remedy, "server"), "send the certificate"));
	json_decref(document);
}

static void several_validations_are_one_array_or_a_line_each(void **state)
{
	static const struct {
		enum report_format format;
		size_t lines;
	} cases[] = { { REPORT_JSON, 5 }, { REPORT_JSONL, 2 }, { REPORT_CSV, 3 } };
	struct made complete, incomplete;
	(void)state;

	make_complete(&complete);
	make_incomplete(&incomplete);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *text = NULL;
		struct report report;

		capture_begin();
		fake_report(&report, cases[i].format, 80);
		report_validation(&report, &complete.validation);
		report_validation(&report, &incomplete.validation);
		text = finish_report(&report);
		assert_int_equal(count_lines(text), cases[i].lines);
		assert_non_null(strstr(text, "incomplete"));
	}
	made_clear(&complete);
	made_clear(&incomplete);
}

static void make_hostile(struct made *made, struct span text)
{
	AUTO_FREE char *bad = str_of(text);
	const struct fake fake = { .subject = text,
				   .name_tag = utf8_valid(text) ? 0 : DER_TELETEX_STRING,
				   .dns = text,
				   .url = text };

	make_endpoint(made, bad);
	made->validation.verdict = VERDICT_INCOMPLETE;
	made->validation.store = str_copy(bad);
	made->validation.name_text = str_copy(bad);
	made->validation.leaf = add_cert(made, &fake, FROM_SERVER, TRUST_UNSAID, 0);
	add_to_path(made, made->validation.leaf);
	add_fetch(made, bad, NET_FAILED);
	mem_free(made->validation.fetches[0].text);
	made->validation.fetches[0].text = str_copy(bad);
	mem_free(made->validation.presented.cipher);
	made->validation.presented.cipher = str_copy(bad);
	mem_free(made->validation.presented.address);
	made->validation.presented.address = str_copy(bad);
	made->validation.presented.alert = str_copy(bad);
}

static void nothing_hostile_gets_through_any_format(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++) {
		AUTO(buf) note = BUF_INIT;
		struct made made;

		make_hostile(&made, hostile[i]);
		for (enum report_format f = REPORT_TEXT; f <= REPORT_CSV; f++) {
			AUTO_FREE char *text = report_of(&made, f, 1);

			assert_harmless(text, i);
		}
		report_worknote(&note, &made.validation, made.validation.store,
				made.validation.target);
		assert_harmless(buf_text(&note), i);
		made_clear(&made);
	}
}

static void a_work_note_has_what_a_support_case_needs(void **state)
{
	static const char *const parts[] = {
		"time: 2026-11-24T08:00:00Z\n",
		"target: api.partner.example:443\n",
		"address: 192.0.2.7\n",
		"negotiated: TLS1.3, AES-256-GCM, X25519\n",
		"made by: rootcellar ",
		"command: rootcellar validate api.partner.example:443 --worknote\n",
		"api.partner.example:443: does not complete\n",
		"To fix:\n",
		"    rootcellar fetch api.partner.example:443\n",
		"\nWhat was presented:\n",
		"subject: CN=api.partner.example\n",
		"issuer: CN=Partner Issuing CA\n",
		"-----BEGIN CERTIFICATE-----\n",
	};
	AUTO(buf) note = BUF_INIT;
	struct made made;
	(void)state;

	make_incomplete(&made);
	report_worknote(&note, &made.validation, "java: 140 anchors",
			"rootcellar validate api.partner.example:443 --worknote");
	made_clear(&made);
	for (size_t i = 0; i < COUNT(parts); i++)
		if (!strstr(buf_text(&note), parts[i]))
			fail_msg("lacks '%s':\n%s", parts[i], buf_text(&note));
}

static void a_certificate_that_cannot_be_read_is_presented_all_the_same(void **state)
{
	AUTO_FREE char *text = NULL;
	json_t *document, *presented;
	struct made made;
	(void)state;

	make_endpoint(&made, "x");
	made.validation.presented.certs = mem_zalloc(sizeof(struct span));
	made.validation.presented.certs[0] = SPAN("\x30\x03\x02\x01");
	made.validation.presented.n_certs = 1;
	text = report_of(&made, REPORT_JSON, 0);
	made_clear(&made);
	presented = json_array_get(
		json_object_get(first_validation(text, &document), "presented"), 0);
	assert_true(json_is_false(json_object_get(presented, "readable")));
	assert_int_equal(strlen(text_at(presented, "sha256")), 64);
	json_decref(document);
}

static void what_clients_show_for_a_finding_is_told_with_v_and_in_json(void **state)
{
	AUTO_FREE char *text = NULL, *verbose = NULL, *machine = NULL;
	json_t *document, *clients;
	struct made made;
	(void)state;

	make_incomplete(&made);
	text = report_of(&made, REPORT_TEXT, 0);
	verbose = report_of(&made, REPORT_TEXT, 1);
	machine = report_of(&made, REPORT_JSON, 0);
	made_clear(&made);
	assert_null(strstr(text, "ERR_CERT_AUTHORITY_INVALID"));
	assert_non_null(strstr(verbose, "chromium: net::ERR_CERT_AUTHORITY_INVALID"));
	clients = json_object_get(
		json_array_get(
			json_object_get(first_validation(machine, &document), "findings"),
			0),
		"clients");
	assert_string_equal(text_at(clients, "gnutls"),
			    "The certificate issuer is unknown");
	assert_string_equal(text_at(clients, "openssl"),
			    "verify error:num=20:unable to get local issuer certificate");
	assert_string_equal(text_at(clients, "go"),
			    "x509: certificate signed by unknown authority");
	assert_non_null(strstr(text_at(clients, "java"), "PKIX path building failed"));
	assert_non_null(strstr(text_at(clients, "curl"), "unable to get local issuer"));
	assert_non_null(strstr(text_at(clients, "python"), "CERTIFICATE_VERIFY_FAILED"));
	json_decref(document);
}

/* Told as a root without trust and as self-signed; clients say the one thing. */
static void a_self_signed_leaf_has_the_text_of_a_self_signed_leaf(void **state)
{
	AUTO_FREE char *text = NULL;
	struct made made;
	(void)state;

	make_endpoint(&made, "x");
	made.validation.verdict = VERDICT_INCOMPLETE;
	add_finding(&made, FINDING_UNTRUSTED_ROOT, "untrusted", NULL, NULL);
	add_finding(&made, FINDING_SELF_SIGNED_LEAF, "self-signed", NULL, NULL);
	text = report_of(&made, REPORT_TEXT, 1);
	made_clear(&made);
	assert_non_null(strstr(text, "num=18"));
	assert_null(strstr(text, "num=19"));
}

static size_t widest_line(const char *text)
{
	size_t widest = 0;

	for (size_t n; *text; text += n + (text[n] == '\n')) {
		AUTO_FREE char *line = NULL;

		n = strcspn(text, "\n");
		line = str_of(span_of(text, n));
		if (text_columns(line) > widest)
			widest = text_columns(line);
	}
	return widest;
}

static void
the_lines_for_servers_stand_there_once_with_v_and_else_where_to_read_them(void **state)
{
	AUTO_FREE char *text = NULL, *verbose = NULL;
	struct made made;
	const char *first;
	(void)state;

	make_incomplete(&made);
	add_finding(&made, FINDING_DUPLICATE, "twice", NULL,
		    "send each certificate once");
	text = report_of(&made, REPORT_TEXT, 0);
	made.validation.saved_as = "my.pem";
	verbose = report_of(&made, REPORT_TEXT, 1);
	made_clear(&made);
	assert_null(strstr(text, "ssl_certificate"));
	assert_non_null(strstr(text, "    rootcellar explain missing-intermediate\n"));
	first = strstr(verbose, "ssl_certificate my.pem;");
	assert_non_null(first);
	assert_null(strstr(first + 1, "ssl_certificate my"));
	assert_non_null(strstr(verbose, "SSLCertificateFile my.pem"));
	assert_non_null(strstr(verbose, "cat my.pem KEY.pem"));
	assert_non_null(strstr(verbose, "certificateKeystoreFile"));
	assert_true(widest_line(text) <= 80 && widest_line(verbose) <= 80);
}

static void
a_file_name_that_could_mean_something_is_not_put_into_a_configuration(void **state)
{
	static const char *const names[] = { "x;reboot", "a b",  "\"x\"", "$(x)",
					     "-rf",      "a\nb", "" };
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *text = NULL;
		struct made made;

		make_incomplete(&made);
		made.validation.saved_as = names[i];
		text = report_of(&made, REPORT_TEXT, 1);
		made_clear(&made);
		assert_non_null(strstr(text, "ssl_certificate chain.pem;"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			an_incomplete_path_says_what_is_missing_and_what_would_fix_it),
		cmocka_unit_test(a_complete_path_is_a_tree_with_where_each_came_from),
		cmocka_unit_test(verbose_lists_every_fetch_and_what_else_was_tried),
		cmocka_unit_test(no_answer_still_ends_with_what_to_do),
		cmocka_unit_test(json_holds_all_that_the_design_promises),
		cmocka_unit_test(a_finding_in_json_has_both_remedies),
		cmocka_unit_test(several_validations_are_one_array_or_a_line_each),
		cmocka_unit_test(nothing_hostile_gets_through_any_format),
		cmocka_unit_test(a_work_note_has_what_a_support_case_needs),
		cmocka_unit_test(
			a_certificate_that_cannot_be_read_is_presented_all_the_same),
		cmocka_unit_test(
			what_clients_show_for_a_finding_is_told_with_v_and_in_json),
		cmocka_unit_test(a_self_signed_leaf_has_the_text_of_a_self_signed_leaf),
		cmocka_unit_test(
			the_lines_for_servers_stand_there_once_with_v_and_else_where_to_read_them),
		cmocka_unit_test(
			a_file_name_that_could_mean_something_is_not_put_into_a_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
