/* Transcripts as administrators paste them; the files were made by the programs themselves (ORIGIN). */
#include "plan/transcript.h"

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka.h needs those before it. */
#include <cmocka.h>

static void read_transcript(struct transcript *transcript, const char *name)
{
	const char *data = getenv("DATA");
	AUTO_FREE char *path =
		str_format("%s/transcript/%s", data ? data : "tests/data", name);
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!file_read(&file, path, &err) || !transcript_read(transcript, file.bytes, &err))
		fail_msg("%s: %s", path, err.text);
}

static void each_program_s_transcript_gives_its_chain_and_what_it_says(void **state)
{
	static const struct {
		const char *file, *program, *host;
		uint16_t port;
		size_t certs, said;
		bool leaf_only;
	} cases[] = {
		{ "s_client.txt", "openssl s_client", NULL, 0, 1, 3, true },
		/* The server repeats its leaf; the twin is left out. */
		{ "s_client_showcerts.txt", "openssl s_client", NULL, 0, 2, 3, false },
		{ "s_client-command.txt", "openssl s_client", "localhost", 15443, 1, 2, true },
		{ "gnutls-cli.txt", "gnutls-cli", "127.0.0.1", 15443, 2, 3, false },
		{ "keytool.txt", "PEM", NULL, 0, 2, 0, false },
		{ "quoted-crlf.txt", "openssl s_client", NULL, 0, 2, 3, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(transcript) transcript = TRANSCRIPT_INIT;

		read_transcript(&transcript, cases[i].file);
		print_message("%s\n", cases[i].file);
		assert_string_equal(transcript.program, cases[i].program);
		assert_int_equal(transcript.chain.n, cases[i].certs);
		assert_int_equal(transcript.said, cases[i].said);
		assert_int_equal(transcript.leaf_only, cases[i].leaf_only);
		assert_int_equal(transcript.port, cases[i].port);
		/* s_client indents lines of its own: that alone is no quoting. */
		assert_int_equal(transcript.quoted,
				 strcmp(cases[i].file, "quoted-crlf.txt") == 0);
		if (cases[i].host)
			assert_string_equal(transcript.host, cases[i].host);
		else
			assert_null(transcript.host);
	}
}

static void a_paste_without_certificates_says_what_to_run_instead(void **state)
{
	static const struct {
		const char *text, *error, *remedy;
	} cases[] = {
		{ "", "no certificate is in it", "-showcerts" },
		{ "connect: Connection refused\n", "no certificate is in it", "-showcerts" },
		{ "Resolving 'a.example:443'...\n- Got a certificate list of 2 certificates.\n",
		  "no certificate is in it", "--print-cert" },
		{ "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
		  "the only certificate in it cannot be read", "whole" },
		{ "10:00 app: -----BEGIN CERTIFICATE-----\n10:00 app: AAAA\n"
		  "10:00 app: -----END CERTIFICATE-----\n",
		  "the only certificate in it cannot be read", "in front of each line" },
		{ "Certificate #0\n====================================\nOwner: CN=a.example\n"
		  "Certificate fingerprints:\n\t SHA1: 01:02\n",
		  "no certificate is in it", "-rfc" },
		{ "\xff\xfe", "no certificate is in it", "-showcerts" },
		{ "\xfe\xff ", "no certificate is in it", "-showcerts" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(transcript) transcript = TRANSCRIPT_INIT;
		AUTO(error) err = ERROR_INIT;

		assert_false(transcript_read(&transcript, span_str(cases[i].text), &err));
		assert_int_equal(err.status, STATUS_INPUT);
		assert_string_equal(err.text, cases[i].error);
		if (cases[i].remedy)
			assert_non_null(strstr(err.remedy, cases[i].remedy));
	}
}

/* As PowerShell's > writes it, and the same in the other byte order. */
static void a_transcript_in_utf_16_is_read_like_the_same_in_ascii(void **state)
{
	static const char text[] = "openssl s_client -connect a.example:8443 -showcerts\r\n";
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	const char *data = getenv("DATA");
	AUTO_FREE char *path =
		str_format("%s/transcript/s_client_showcerts.txt", data ? data : "tests/data");
	(void)state;

	assert_true(file_read(&file, path, &err));
	for (int big = 0; big < 2; big++) {
		AUTO(transcript) transcript = TRANSCRIPT_INIT;
		AUTO(buf) narrow = BUF_INIT;
		AUTO(buf) wide = BUF_INIT;

		buf_add_str(&narrow, text);
		buf_add(&narrow, file.bytes);
		buf_add(&wide, big ? SPAN("\xfe\xff\x20\x19") : SPAN("\xff\xfe\x19\x20"));
		for (size_t i = 0; i < narrow.n; i++) {
			buf_add_byte(&wide, big ? 0 : narrow.at[i]);
			buf_add_byte(&wide, big ? narrow.at[i] : 0);
		}
		/* Half a unit at the end is no part of it. */
		buf_add_byte(&wide, 'x');
		assert_true(transcript_read(&transcript, buf_span(&wide), &err));
		assert_int_equal(transcript.chain.n, 2);
		assert_string_equal(transcript.host, "a.example");
		assert_string_equal(transcript.program, "openssl s_client");
	}
}

static void hosts_that_are_none_are_not_taken(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
	} cases[] = {
		{ "openssl s_client -connect a.example:8443 -showcerts", "a.example", 8443 },
		{ "openssl s_client -connect [::1]:443", "::1", 443 },
		{ "openssl s_client -connect a.example", NULL, 0 },
		{ "openssl s_client -connect a.example:0", NULL, 0 },
		{ "openssl s_client -connect a.example:99999999999999", NULL, 0 },
		{ "openssl s_client -connect $(reboot):443", NULL, 0 },
		{ "openssl s_client -connect :443", NULL, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(transcript) transcript = TRANSCRIPT_INIT;
		AUTO(error) err = ERROR_INIT;

		assert_false(transcript_read(&transcript, span_str(cases[i].text), &err));
		assert_int_equal(transcript.port, cases[i].port);
		if (!cases[i].host && transcript.host)
			fail_msg("taken: %s", cases[i].text);
		if (cases[i].host)
			assert_string_equal(transcript.host, cases[i].host);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_program_s_transcript_gives_its_chain_and_what_it_says),
		cmocka_unit_test(a_paste_without_certificates_says_what_to_run_instead),
		cmocka_unit_test(a_transcript_in_utf_16_is_read_like_the_same_in_ascii),
		cmocka_unit_test(hosts_that_are_none_are_not_taken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
