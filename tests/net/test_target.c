/* Targets as people type them. */
#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void what_people_type_is_understood(void **state)
{
	static const struct {
		const char *text, *host;
		uint16_t port;
		bool is_address;
	} cases[] = {
		{ "example.com", "example.com", 443, false },
		{ "Example.COM.", "example.com", 443, false },
		{ "example.com:8443", "example.com", 8443, false },
		{ "localhost:1", "localhost", 1, false },
		{ "my_host.internal:65535", "my_host.internal", 65535, false },
		{ "192.0.2.7", "192.0.2.7", 443, true },
		{ "192.0.2.7:636", "192.0.2.7", 636, true },
		{ "::1", "::1", 443, true },
		{ "2001:DB8:0::7", "2001:db8::7", 443, true },
		{ "[::1]", "::1", 443, true },
		{ "[2001:db8::7]:8443", "2001:db8::7", 8443, true },
		{ "https://example.com", "example.com", 443, false },
		{ "HTTPS://example.com/path?a=b:c@d#e", "example.com", 443, false },
		{ "https://[::1]:8443/", "::1", 8443, true },
		{ "tls://example.com:4433", "example.com", 4433, false },
		{ "ldaps://dc.example.com", "dc.example.com", 636, false },
		{ "imaps://mail.example.com", "mail.example.com", 993, false },
		{ "smtps://mail.example.com", "mail.example.com", 465, false },
		{ "pop3s://mail.example.com:9995/", "mail.example.com", 9995, false },
		{ "b\xc3\xbc"
		  "cher.example",
		  "xn--bcher-kva.example", 443, false },
		{ "xn--bcher-kva.example", "xn--bcher-kva.example", 443, false },
		/* hyphens where IDNA has them for encoded labels alone (RFC 5891 4.2.3.1)
		 */
		{ "R3---SN-a5.Example.", "r3---sn-a5.example", 443, false },
		{ "\xe4\xbe\x8b\xe3\x81\x88.\xe3\x83\x86\xe3\x82\xb9\xe3\x83\x88:8443",
		  "xn--r8jz45g.xn--zckzah", 8443, false },
		{ "3com.example", "3com.example", 443, false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(target) target = TARGET_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!target_parse(&target, cases[i].text, &err))
			fail_msg("refused: %s", err.text);
		assert_string_equal(target.text, cases[i].text);
		assert_string_equal(target.host, cases[i].host);
		assert_int_equal(target.port, cases[i].port);
		assert_int_equal(target.is_address, cases[i].is_address);
	}
}

static void what_is_no_target_is_refused_with_the_reason(void **state)
{
	static const struct {
		const char *text, *says;
	} cases[] = {
		{ "", "neither a DNS name nor an IP address" },
		{ ":443", "neither a DNS name nor an IP address" },
		{ "https://", "neither a DNS name nor an IP address" },
		{ "https:///path", "neither a DNS name nor an IP address" },
		{ ".example.com", "neither a DNS name" },
		{ "example..com", "neither a DNS name" },
		{ "-rf", "neither a DNS name" },
		{ "a b", "neither a DNS name" },
		{ "a;reboot", "neither a DNS name" },
		{ "$(reboot)", "neither a DNS name" },
		{ "a\x1b[31m", "neither a DNS name" },
		{ "a\nb", "neither a DNS name" },
		{ "a/b", "neither a DNS name" },
		{ "a%00b", "neither a DNS name" },
		{ "*.example.com", "neither a DNS name" },
		{ "a\xff.example", "neither a DNS name" },
		{ "1.2.3", "neither a DNS name" },
		{ "2130706433", "neither a DNS name" },
		{ "0x7f.0x1", "neither a DNS name" },
		{ "300.1.1.1", "neither a DNS name" },
		{ "1:2:3", "neither a DNS name" },
		{ "fe80::1%eth0", "neither a DNS name" },
		{ "[::1", "brackets" },
		{ "[::1]443", "brackets" },
		{ "[example.com]", "brackets" },
		{ "[192.0.2.1]:443", "brackets" },
		{ "example.com:", "port" },
		{ "example.com:0", "port" },
		{ "example.com:65536", "port" },
		{ "example.com:99999999999999999999", "port" },
		{ "example.com:+1", "port" },
		{ "example.com:https", "port" },
		{ "https://user:word@example.com/", "user name" },
		{ "gopher://example.com", "scheme is not known" },
		{ "://example.com", "scheme is not known" },
		{ "http://example.com", "no TLS" },
		{ "smtp://mail.example.com", "STARTTLS" },
		{ "ldap://dc.example.com", "STARTTLS" },
		{ "imap://mail.example.com", "STARTTLS" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(target) target = TARGET_INIT;
		AUTO(error) err = ERROR_INIT;

		if (target_parse(&target, cases[i].text, &err))
			fail_msg("accepted: '%s'", cases[i].text);
		assert_int_equal(err.status, STATUS_INPUT);
		if (!strstr(err.text, cases[i].says))
			fail_msg("'%s': %s", cases[i].text, err.text);
		assert_null(strchr(err.text, '\n'));
		assert_null(strchr(err.text, '\x1b'));
		assert_null(target.host);
	}
}

static void a_scheme_without_tls_is_told_which_one_has_it(void **state)
{
	AUTO(target) target = TARGET_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	assert_false(target_parse(&target, "ldap://dc.example.com", &err));
	assert_non_null(strstr(err.remedy, "ldaps://"));
	assert_false(target_parse(&target, "http://example.com", &err));
	assert_non_null(strstr(err.remedy, "https://"));
}

static void names_and_targets_have_their_lengths(void **state)
{
	AUTO_FREE char *label = str_of(
		SPAN("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	AUTO_FREE char *long_label = str_format("%sa.example", label);
	AUTO_FREE char *good = str_format("%s.%s.%s.example", label, label, label);
	AUTO_FREE char *long_name =
		str_format("%s.%s.%s.%s.example", label, label, label, label);
	AUTO_FREE char *endless = mem_zalloc(100000);
	AUTO(target) target = TARGET_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	memset(endless, 'a', 99999);
	assert_int_equal(strlen(label), 63);
	assert_true(target_parse(&target, good, &err));
	target_clear(&target);
	assert_false(target_parse(&target, long_label, &err));
	assert_false(target_parse(&target, long_name, &err));
	assert_false(target_parse(&target, endless, &err));
}

static void a_password_in_a_refused_target_is_not_shown(void **state)
{
	static const char *const cases[] = {
		"https://user:secret@example.com",    "user:secret@example.com:443",
		"gopher://user:secret@example.com/a", "smtp://secret@mail.example",
		"https://a@b:secret@[::1]:0/?x",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(target) target = TARGET_INIT;
		AUTO(error) err = ERROR_INIT;

		assert_false(target_parse(&target, cases[i], &err));
		if (strstr(err.text, "secret"))
			fail_msg("%s", err.text);
	}
}

static void a_proxy_is_a_url_of_a_kind_that_is_spoken(void **state)
{
	static const struct {
		const char *url;
		bool good;
		const char *says;
	} cases[] = {
		{ "http://proxy.example:3128", true, NULL },
		{ "proxy.example:3128", true, NULL },
		{ "https://user:p@ss@proxy.example/", true, NULL },
		{ "socks5h://[::1]:1080", true, NULL },
		{ "ftp://proxy.example", false, "scheme" },
		{ "http://user:secret@127.0.0.1:abc", false, "port" },
		{ "http://127.0.0.1:0", false, "port" },
		{ "http://", false, "host" },
		{ "http://a b", false, "host" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		bool good = proxy_check(cases[i].url, &err);

		if (good != cases[i].good)
			fail_msg("%s: %s", cases[i].url, err.text);
		if (!good &&
		    (!strstr(err.text, cases[i].says) || strstr(err.text, "secret")))
			fail_msg("%s: %s", cases[i].url, err.text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_people_type_is_understood),
		cmocka_unit_test(what_is_no_target_is_refused_with_the_reason),
		cmocka_unit_test(a_scheme_without_tls_is_told_which_one_has_it),
		cmocka_unit_test(names_and_targets_have_their_lengths),
		cmocka_unit_test(a_password_in_a_refused_target_is_not_shown),
		cmocka_unit_test(a_proxy_is_a_url_of_a_kind_that_is_spoken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
