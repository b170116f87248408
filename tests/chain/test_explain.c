/* Error texts to codes, and the endpoints that they name. */
#include "chain/explain.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define WHAT(code) (FINDING_##code)

/* The first finding code of what explains text best; FINDING_COUNT: nothing, or none of
 * ours. */
static int code_of(struct span text)
{
	struct explanation explanation;
	int code = FINDING_COUNT;

	explain_text(&explanation, text);
	if (explanation.n && cause_facts(explanation.at[0].cause)->n_codes)
		code = (int)cause_facts(explanation.at[0].cause)->codes[0];
	explanation_clear(&explanation);
	return code;
}

static void expect_code(int code, struct span text)
{
	int is = code_of(text);

	if (is != code)
		fail_msg("%s, not %s: %.*s",
			 is == FINDING_COUNT ? "nothing" : finding_name(is),
			 code == FINDING_COUNT ? "nothing" : finding_name(code),
			 (int)(text.n < 400 ? text.n : 400), (const char *)text.at);
}

/* As the programs printed them: OpenSSL 3.0, GnuTLS 3.7, curl 7.88, OpenJDK 17, Go 1.19,
 * Python 3.11, Node 20 against endpoints on loopback; the rest from their makers' pages.
 */
static void the_texts_of_clients_lead_to_the_finding(void **state)
{
	static const struct {
		int code;
		const char *text;
	} cases[] = {
		{ WHAT(MISSING_INTERMEDIATE),
		  "javax.net.ssl.SSLHandshakeException: (certificate_unknown) PKIX path "
		  "building failed: "
		  "sun.security.provider.certpath.SunCertPathBuilderException: unable to "
		  "find valid "
		  "certification path to requested target\n"
		  "\tat "
		  "java.base/sun.security.ssl.Alert.createSSLException(Alert.java:131)" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "javax.net.ssl|ERROR|41|pool-3|2026-11-24 02:10:11.102 "
		  "CET|TransportContext.java:375|"
		  "Fatal (CERTIFICATE_UNKNOWN): PKIX path building failed: unable to "
		  "find valid "
		  "certification path to requested target" },
		{ WHAT(EXPIRED),
		  "Caused by: java.security.cert.CertPathValidatorException: validity "
		  "check failed\n"
		  "\tat "
		  "java.base/"
		  "sun.security.provider.certpath.PKIXMasterCertPathValidator.validate\n"
		  "Caused by: java.security.cert.CertificateExpiredException: NotAfter: "
		  "Mon Jan 01 "
		  "00:00:00 UTC 2024" },
		{ WHAT(HOSTNAME_MISMATCH), "java.security.cert.CertificateException: No "
					   "subject alternative DNS name matching "
					   "api.partner.com found." },
		{ WHAT(WEAK_SIGNATURE),
		  "PKIX path validation failed: "
		  "java.security.cert.CertPathValidatorException: Algorithm "
		  "constraints check failed on signature algorithm: SHA1withRSA" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "java.security.cert.CertPathValidatorException: Could not determine "
		  "revocation status" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "verify error:num=20:unable to get local issuer certificate" },
		{ WHAT(MISSING_INTERMEDIATE), "error 20 at 0 depth lookup" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "Verify return code: 21 (unable to verify the first certificate)" },
		{ WHAT(SELF_SIGNED_LEAF), "verify error:num=18:self signed certificate" },
		{ WHAT(UNTRUSTED_ROOT), "error 19 at 1 depth lookup: self-signed "
					"certificate in certificate chain" },
		{ WHAT(EXPIRED), "upstream SSL certificate verify error: (10:certificate "
				 "has expired) while SSL handshaking" },
		{ WHAT(MALFORMED),
		  "ssl.SSLCertVerificationError: [SSL: CERTIFICATE_VERIFY_FAILED] "
		  "certificate verify "
		  "failed: Missing Authority Key Identifier (_ssl.c:1032)" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "- Status: The certificate is NOT trusted. The certificate issuer is "
		  "unknown. \n"
		  "*** PKI verification of server certificate failed...\n"
		  "*** Fatal error: Error in the certificate." },
		{ WHAT(NOT_YET_VALID), "GNUTLS_CERT_NOT_ACTIVATED" },
		{ WHAT(MISSING_INTERMEDIATE), "Get \"https://api.partner.com/\": x509: "
					      "certificate signed by unknown authority" },
		{ WHAT(NOT_YET_VALID), "x509: certificate has expired or is not yet "
				       "valid: current time 2026-11-24T12:40:01Z is "
				       "before 2027-01-01T00:00:00Z" },
		{ WHAT(HOSTNAME_MISMATCH),
		  "x509: certificate is valid for a.example, b.example, not c.example" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "curl: (60) SSL certificate problem: unable to get local issuer "
		  "certificate\n"
		  "More details here: https://curl.se/docs/sslcerts.html" },
		{ WHAT(HOSTNAME_MISMATCH),
		  "curl: (60) SSL: no alternative certificate subject name matches "
		  "target host name 'x.example'" },
		{ WHAT(NO_TLS),
		  "curl: (35) error:0A00010B:SSL routines::wrong version number" },
		{ WHAT(HOSTNAME_MISMATCH),
		  "certificate verify failed: Hostname mismatch, certificate is not "
		  "valid for 'localhost'. (_ssl.c:992)" },
		{ WHAT(MISSING_INTERMEDIATE), "NET::ERR_CERT_AUTHORITY_INVALID" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "handshake failed; returned -1, SSL error code 1, net_error -202" },
		{ WHAT(EXPIRED), "SEC_ERROR_EXPIRED_CERTIFICATE" },
		{ WHAT(INTERCEPTION_SUSPECTED),
		  "Error code: MOZILLA_PKIX_ERROR_MITM_DETECTED" },
		{ WHAT(HOSTNAME_MISMATCH), "SSL_ERROR_BAD_CERT_DOMAIN" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "Error: unable to verify the first certificate\n  code: "
		  "'UNABLE_TO_VERIFY_LEAF_SIGNATURE'" },
		{ WHAT(SELF_SIGNED_LEAF), "DEPTH_ZERO_SELF_SIGNED_CERT" },
		{ WHAT(UNTRUSTED_ROOT), "0x800B0109" },
		{ WHAT(UNTRUSTED_ROOT),
		  "System.ComponentModel.Win32Exception (-2146762487)" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "AuthenticationException: The remote certificate is invalid because of "
		  "errors in the "
		  "certificate chain: PartialChain" },
		{ WHAT(HANDSHAKE_FAILED), "Could not create SSL/TLS secure channel." },
		{ WHAT(MISSING_INTERMEDIATE), "error:0A000418:SSL routines::tlsv1 alert "
					      "unknown ca:SSL alert number 48" },
		{ WHAT(CLIENT_CERTIFICATE), "Received fatal alert: bad_certificate" },
		{ WHAT(CLIENT_CERTIFICATE), "remote error: tls: certificate required" },
		{ WHAT(CLIENT_CERTIFICATE),
		  "javax.net.ssl.SSLHandshakeException: Received fatal alert: "
		  "certificate_required" },
		{ WHAT(HANDSHAKE_FAILED), "Received fatal alert: protocol_version" },
		{ FINDING_COUNT,
		  "Keystore was tampered with, or password was incorrect" },
		{ FINDING_COUNT, "the quick brown fox" },
		{ FINDING_COUNT, "" },
		{ FINDING_COUNT, "\n\n\t " },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_code(cases[i].code, span_str(cases[i].text));
}

/* What an instance and a MID Server log. */
static void the_texts_of_servicenow_lead_to_the_finding(void **state)
{
	static const struct {
		int code;
		const char *text;
	} cases[] = {
		{ WHAT(MISSING_INTERMEDIATE),
		  "Session contains no certificates - Untrusted" },
		{ WHAT(MISSING_INTERMEDIATE),
		  "org.apache.commons.httpclient.HttpException: "
		  "javax.net.ssl.SSLPeerUnverifiedException: "
		  "peer not authenticated" },
		{ WHAT(MISSING_INTERMEDIATE), "No issuer certificate found" },
		{ WHAT(REVOKED), "Certificate has been revoked" },
		{ WHAT(REVOKED), "Certificate revoked" },
		{ WHAT(HOSTNAME_MISMATCH),
		  "Hostname in certificate didn't match: <a> != <b>" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "OCSP revoke check IOException for *.service-now.com\n"
		  "org.apache.commons.httpclient.HttpException: Connection reset" },
		{ WHAT(REVOCATION_UNKNOWN), "OCSPCheck HTTP status: 503, error message: "
					    "Method failed: (/) with code: 503" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "OCSP communication error 403 Method failed: (/) with code: 403" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "com.glide.communications.GlideSSLProtocolSocketFactory$OCSPException: "
		  "x" },
		{ WHAT(REVOCATION_UNKNOWN), "HttpException: unknown tag 28 encountered" },
		{ WHAT(MISSING_INTERMEDIATE), "the outbound call ended with HTTP 403" },
		{ WHAT(CLIENT_CERTIFICATE),
		  "java.net.SocketException: Socket is closed" },
		{ WHAT(CLIENT_CERTIFICATE),
		  "Request not sent to uri=[https://api.partner.com]" },
		{ WHAT(MISSING_INTERMEDIATE), "DBKeyStoreSocketFactory DEBUG: Unable to "
					      "collect telemetry data for certificate. "
					      "Exception: peer not authenticated" },
		{ WHAT(MALFORMED),
		  "SEVERE *** ERROR *** Unable to load certificate : Partner - 0123abcd "
		  "java.io.IOException: Keystore was tampered with, or password was "
		  "incorrect" },
		{ WHAT(HANDSHAKE_FAILED), "handshake_failure" },
		{ WHAT(NOT_YET_VALID),
		  "java.security.cert.CertificateNotYetValidException: NotBefore: x" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "Certificate does not specify OCSP responder" },
		{ WHAT(REVOCATION_UNKNOWN),
		  "Unable to determine revocation status due to network error" },
		{ FINDING_COUNT,
		  "No Certificate Policies were returned from the instance" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct explanation explanation;

		expect_code(cases[i].code, span_str(cases[i].text));
		explain_text(&explanation, span_str(cases[i].text));
		assert_true(explanation.n > 0);
		explanation_clear(&explanation);
	}
}

static void
every_row_of_the_table_is_recognised_by_its_code_its_text_and_its_number(void **state)
{
	(void)state;

	for (size_t i = 0; i < sayings_count; i++) {
		const char *const said[] = { saying_code(&sayings[i]),
					     saying_text(&sayings[i]) };

		for (size_t j = 0; j < COUNT(said); j++) {
			struct explanation explanation;
			bool found = false;

			if (!said[j])
				continue;
			explain_text(&explanation, span_str(said[j]));
			for (size_t k = 0; k < explanation.n; k++)
				found |= explanation.at[k].cause == sayings[i].cause;
			/* Two clients may use one text; then what the longer row says
			 * counts. */
			if (!found && explanation.n != 1)
				fail_msg("%s: not recognised", said[j]);
			explanation_clear(&explanation);
		}
	}
}

static void every_openssl_code_is_known_by_its_number(void **state)
{
	(void)state;

	for (int number = 1; number <= 94; number++) {
		AUTO_FREE char *text = str_format("verify error:num=%d:x", number);
		struct explanation explanation;

		explain_text(&explanation, span_str(text));
		if (explanation.n != 1 || explanation.at[0].saying->number != number)
			fail_msg("%s", text);
		explanation_clear(&explanation);
	}
}

static void what_is_wrapped_around_a_text_does_not_matter(void **state)
{
	static const char *const cases[] = {
		"UNABLE TO GET LOCAL ISSUER CERTIFICATE",
		"unable   to\tget local\r\n issuer certificate",
		"> unable to get local\n> issuer certificate",
		/* One text; the parentheses tell the compiler so. */
		("2026-11-24T02:11:12.123Z ERROR [main] x.y.Z - unable to get local\n"
		 "2026-11-24T02:11:12.124Z ERROR [main] x.y.Z - issuer certificate"),
		"{\"msg\":\"unable to get\\nlocal issuer \\\"certificate\\\"\"}",
		"unable to get &quot;local issuer&#39; certificate",
		"\x1b[31munable to\x1b[0m get local issuer certificate",
		"\xe2\x80\x9cunable to get local issuer certificate\xe2\x80\x9d",
		"'unable-to-get-local-issuer-certificate'",
		"unable to get local issuer certif",
		"xx\xff\xfe unable to get local issuer certificate \x80",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		expect_code(FINDING_MISSING_INTERMEDIATE, span_str(cases[i]));
	expect_code(FINDING_COUNT, SPAN("unable to get local"));
	expect_code(FINDING_COUNT, SPAN("unable to get the local issuer certificate"));
}

static void
what_says_more_comes_first_and_what_says_nothing_more_is_left_out(void **state)
{
	struct explanation explanation;
	(void)state;

	explain_text(&explanation,
		     SPAN("SSLHandshakeException: ValidatorException: PKIX path "
			  "validation failed: "
			  "CertPathValidatorException: validity check failed: "
			  "CertificateExpiredException: NotAfter: x"));
	assert_int_equal(explanation.n, 1);
	assert_int_equal(explanation.at[0].cause, FINDING_EXPIRED);
	explanation_clear(&explanation);

	explain_text(&explanation,
		     SPAN("certificate has expired\n"
			  "No subject alternative DNS name matching a.b found\n"
			  "certificate has expired"));
	assert_int_equal(explanation.n, 2);
	assert_int_equal(explanation.at[0].cause, FINDING_HOSTNAME_MISMATCH);
	assert_int_equal(explanation.at[1].cause, FINDING_EXPIRED);
	assert_int_equal(explanation.at[1].times, 2);
	explanation_clear(&explanation);
}

static void
the_endpoint_is_taken_from_the_text_and_nothing_that_only_looks_like_one(void **state)
{
	static const struct {
		const char *text, *target;
	} cases[] = {
		{ "Get \"https://api.partner.com:8443/v1?x=1\": x509: y",
		  "api.partner.com:8443" },
		{ "https://api.partner.com:443/", "api.partner.com" },
		{ "ldaps://dir.example/", "dir.example:636" },
		{ "connect to api.partner.com port 443", "api.partner.com" },
		{ "DNS name matching api.partner.com found.", "api.partner.com" },
		{ "target host name 'x.example'", "x.example" },
		{ "is valid for a.example, not b.example", "b.example" },
		{ "Certificate for <a.example> doesn't match any of: [b.example]",
		  "a.example" },
		{ "java.net.UnknownHostException: api.partner.com", "api.partner.com" },
		{ "openssl s_client -connect 192.0.2.7:993", "192.0.2.7:993" },
		{ "Resolving 'localhost:57643'... Connecting to '127.0.0.1:57643'",
		  "localhost:57643" },
		{ "[2001:db8::1]:8443 refused", "[2001:db8::1]:8443" },
		{ "see https://curl.se/docs/sslcerts.html", NULL },
		{ "at Alert.createSSLException(Alert.java:131)", NULL },
		{ "sun.security.ssl.TransportContext.fatal(TransportContext.java:375)",
		  NULL },
		{ "../ssl/record/rec_layer_s3.c:1586:SSL alert", NULL },
		{ "http://ocsp.example.com/", NULL },
		{ "someone@mail.example.com:25", NULL },
		{ "*.service-now.com:443", NULL },
		{ "2026-11-24T12:30:01 12:30:01.123", NULL },
		{ "host -rf.example:443", NULL },
		{ "https://$(touch x).example/", NULL },
		{ "https://a..example/", NULL },
		{ "https://host:99999999999/", "host" },
		{ "https://1.2.3.4.5/", NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct mentioned found[MENTIONED_MOST];
		char target[TARGET_TEXT];
		size_t n = mentioned_find(found, MENTIONED_MOST, span_str(cases[i].text));

		if ((n > 0) != (cases[i].target != NULL))
			fail_msg("%s: %s", cases[i].text, n ? found[0].host : "nothing");
		if (n)
			assert_string_equal(mentioned_text(&found[0], target),
					    cases[i].target);
	}
}

static void no_byte_of_an_endpoint_means_anything_to_a_shell(void **state)
{
	struct buf text = BUF_INIT;
	struct mentioned found[MENTIONED_MOST];
	size_t n;
	(void)state;

	for (int byte = 1; byte < 256; byte++) {
		buf_add_str(&text, "https://a");
		buf_add_byte(&text, (uint8_t)byte);
		buf_add_str(&text, "b.example:44");
		buf_add_byte(&text, (uint8_t)byte);
		n = mentioned_find(found, MENTIONED_MOST, buf_span(&text));
		for (size_t i = 0; i < n; i++)
			for (const char *at = found[i].host; *at; at++)
				assert_non_null(
					strchr("abcdefghijklmnopqrstuvwxyz"
					       "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.",
					       *at));
		text.n = 0;
	}
	buf_clear(&text);
}

static double seconds_of(struct span text)
{
	struct explanation explanation;
	struct timespec from, to;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &from);
	explain_text(&explanation, text);
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &to);
	explanation_clear(&explanation);
	return (double)(to.tv_sec - from.tv_sec) +
	       (double)(to.tv_nsec - from.tv_nsec) / 1e9;
}

/* Whatever is repeated: beginnings of rows, lines of one word, hosts, bytes of every
 * kind. */
static void a_mebibyte_of_anything_is_gone_through_in_bounded_time(void **state)
{
	static const char *const repeated[] = {
		"a ",
		"\n",
		"certificate ",
		"the certificate ",
		"certificate\n",
		"PKIX path building failed ",
		"PKIX\npath\nbuilding\n",
		"error 1 at ",
		"alert ",
		"x509 certificate is valid for ",
		"SSL error ",
		"https://a.b ",
		"a.b:1 ",
		"\\n",
		"&a;",
		"\x1b[",
		"host a.b ",
		"[1:",
		"No subject alternative DNS name matching\n",
		"800b0109 ",
		"unable to get local issuer certificate ",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(repeated); i++) {
		struct buf text = BUF_INIT;
		double seconds;

		while (text.n < (1 << 20))
			buf_add_str(&text, repeated[i]);
		seconds = seconds_of(buf_span(&text));
		if (seconds > 4)
			fail_msg("%.2f s: %s", seconds, repeated[i]);
		buf_clear(&text);
	}
}

static void random_bytes_are_gone_through(void **state)
{
	uint64_t random = 88172645463325252u;
	struct buf text = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < (1 << 20); i++) {
		random ^= random << 13, random ^= random >> 7, random ^= random << 17;
		buf_add_byte(&text, (uint8_t)(random >> 32));
	}
	assert_true(seconds_of(buf_span(&text)) < 4);
	buf_clear(&text);
}

static void a_text_that_is_too_long_is_looked_at_from_its_end(void **state)
{
	struct explanation explanation;
	struct buf text = BUF_INIT;
	(void)state;

	buf_add_str(&text, "certificate has expired\n");
	while (text.n < EXPLAIN_MOST + 100)
		buf_add_str(&text, "nothing of interest happened here, line after line "
				   "after line\n");
	buf_add_str(&text, "hostname mismatch\n");
	explain_text(&explanation, buf_span(&text));
	assert_int_equal(explanation.ignored, text.n - EXPLAIN_MOST);
	assert_int_equal(explanation.n, 1);
	assert_int_equal(explanation.at[0].cause, FINDING_HOSTNAME_MISMATCH);
	explanation_clear(&explanation);
	buf_clear(&text);
}

static void what_a_client_shows_for_a_finding_leads_back_to_it(void **state)
{
	(void)state;

	for (int client = 0; client < CLIENT_COUNT; client++)
		for (int code = 0; code < FINDING_COUNT; code++) {
			AUTO_FREE char *text =
				saying_of((enum client)client, (enum finding_code)code);
			struct explanation explanation;
			bool found = false;

			if (!text)
				continue;
			explain_text(&explanation, span_str(text));
			for (size_t i = 0; i < explanation.n; i++) {
				const struct cause_facts *facts =
					cause_facts(explanation.at[i].cause);

				for (unsigned j = 0; j < facts->n_codes; j++)
					found |= facts->codes[j] ==
						 (enum finding_code)code;
			}
			/* ERR_CERT_INVALID says that, whatever is wrong with the form. */
			if (!found && client != CLIENT_CHROMIUM)
				fail_msg("%s, %s: %s", client_name((enum client)client),
					 finding_name((enum finding_code)code), text);
			explanation_clear(&explanation);
		}
}

static void every_cause_says_what_it_means_and_what_to_do(void **state)
{
	(void)state;

	for (unsigned cause = 0; cause < CAUSE_COUNT; cause++) {
		const struct cause_facts *facts = cause_facts(cause);

		if (!facts->commands)
			fail_msg("cause %u: no commands", cause);
		assert_non_null(cause_meaning(cause));
		assert_true(facts->client || facts->server);
		assert_true(facts->n_codes <= CAUSE_CODES);
		if (cause < FINDING_COUNT)
			assert_int_equal(facts->codes[0], cause);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_texts_of_clients_lead_to_the_finding),
		cmocka_unit_test(the_texts_of_servicenow_lead_to_the_finding),
		cmocka_unit_test(
			every_row_of_the_table_is_recognised_by_its_code_its_text_and_its_number),
		cmocka_unit_test(every_openssl_code_is_known_by_its_number),
		cmocka_unit_test(what_is_wrapped_around_a_text_does_not_matter),
		cmocka_unit_test(
			what_says_more_comes_first_and_what_says_nothing_more_is_left_out),
		cmocka_unit_test(
			the_endpoint_is_taken_from_the_text_and_nothing_that_only_looks_like_one),
		cmocka_unit_test(no_byte_of_an_endpoint_means_anything_to_a_shell),
		cmocka_unit_test(a_mebibyte_of_anything_is_gone_through_in_bounded_time),
		cmocka_unit_test(random_bytes_are_gone_through),
		cmocka_unit_test(a_text_that_is_too_long_is_looked_at_from_its_end),
		cmocka_unit_test(what_a_client_shows_for_a_finding_leads_back_to_it),
		cmocka_unit_test(every_cause_says_what_it_means_and_what_to_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
