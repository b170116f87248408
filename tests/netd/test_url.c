/* URLs of strangers, redirects, proxies, and the header fields that matter. */
#include "netd/header.h"
#include "netd/proxy.h"
#include "netd/url.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static void a_url_is_split_and_normalised(void **state)
{
	static const struct {
		const char *base, *text, *whole, *host;
		uint16_t port;
	} cases[] = {
		{ NULL, "http://ca.example/a.cer", "http://ca.example/a.cer",
		  "ca.example", 80 },
		{ NULL, "HTTPS://CA.example", "https://CA.example/", "CA.example", 443 },
		{ NULL, "http://ca.example:8080/a?b=c#d", "http://ca.example:8080/a?b=c",
		  "ca.example", 8080 },
		{ NULL, "http://[::1]:81/", "http://[::1]:81/", "::1", 81 },
		{ NULL, "http://0x7f.1/", "http://127.0.0.1/", "127.0.0.1", 80 },
		{ "http://ca.example/x/y", "z", "http://ca.example/x/z", "ca.example",
		  80 },
		{ "http://ca.example/x/y", "/z", "http://ca.example/z", "ca.example",
		  80 },
		{ "http://ca.example/x", "//other.example/z", "http://other.example/z",
		  "other.example", 80 },
		{ "http://ca.example/x", "https://other.example/z",
		  "https://other.example/z", "other.example", 443 },
		{ "http://ca.example/x", "../../z", "http://ca.example/z", "ca.example",
		  80 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(url) url = URL_INIT;
		const char *why = "";

		if (!url_parse(&url, cases[i].base, cases[i].text, &why))
			fail_msg("%s: %s", cases[i].text, why);
		assert_string_equal(url.host, cases[i].host);
		assert_int_equal(url.port, cases[i].port);
		assert_string_equal(url.text, cases[i].whole);
	}
}

static void what_is_no_url_for_us_is_refused(void **state)
{
	static const struct {
		const char *base, *text;
	} cases[] = {
		{ NULL, "" },
		{ NULL, "ca.example/a.cer" },
		{ NULL, "/a.cer" },
		{ NULL, "ldap://ca.example/cn=a" },
		{ NULL, "file:///etc/passwd" },
		{ NULL, "http:/ca.example" },
		{ NULL, "http:///ca.example" },
		{ NULL, "http:\\\\ca.example" },
		{ NULL, "http://" },
		{ NULL, "http://:80/" },
		{ NULL, "http://user@ca.example/" },
		{ NULL, "http://:@ca.example/" },
		{ NULL, "http://ca.example:0/" },
		{ NULL, "http://ca.example:99999/" },
		{ NULL, "http://ca.example:8o/" },
		{ NULL, "http://ca.example/\t" },
		{ NULL, "http://ca.example/\x7f" },
		{ NULL, "http://ca.example/\xc3\xbc" },
		{ NULL, "http://ca,example/" },
		{ NULL, "http://*/" },
		{ NULL, "http://[fe80::1%25eth0]/" },
		{ NULL, "http://[1.2.3.4]/" },
		{ NULL, "http://-option/" },
		{ "http://ca.example/", "gopher://ca.example/" },
		{ "http://ca.example/", "javascript:alert(1)" },
		{ "http://ca.example/", "//user:word@ca.example/" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct url url = URL_INIT;
		const char *why = NULL;

		if (url_parse(&url, cases[i].base, cases[i].text, &why))
			fail_msg("accepted: %s as %s", cases[i].text, url.text);
		assert_non_null(why);
		assert_null(url.text);
	}
}

static void a_proxy_s_url_is_read_with_its_password(void **state)
{
	static const struct {
		const char *text;
		enum proxy_kind kind;
		const char *host;
		uint16_t port;
		const char *user, *password, *url;
	} cases[] = {
		{ "proxy.example:3128", PROXY_HTTP, "proxy.example", 3128, NULL, NULL,
		  "http://proxy.example:3128" },
		{ "http://proxy.example", PROXY_HTTP, "proxy.example", 1080, NULL, NULL,
		  "http://proxy.example:1080" },
		{ "https://proxy.example", PROXY_HTTPS, "proxy.example", 443, NULL, NULL,
		  "https://proxy.example:443" },
		{ "http://me:wo%20rd@proxy.example:1/", PROXY_HTTP, "proxy.example", 1,
		  "me", "wo rd", "http://proxy.example:1" },
		{ "socks5://[::1]:1081", PROXY_SOCKS5, "::1", 1081, NULL, NULL,
		  "socks5://[::1]:1081" },
		{ "SOCKS5H://proxy.example", PROXY_SOCKS5H, "proxy.example", 1080, NULL,
		  NULL, "socks5h://proxy.example:1080" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(proxy) proxy = PROXY_INIT;
		AUTO_FREE char *url = NULL;

		if (!proxy_parse(&proxy, cases[i].text))
			fail_msg("refused: %s", cases[i].text);
		assert_int_equal(proxy.kind, cases[i].kind);
		assert_string_equal(proxy.host, cases[i].host);
		assert_int_equal(proxy.port, cases[i].port);
		assert_string_equal(proxy.user ? proxy.user : "",
				    cases[i].user ? cases[i].user : "");
		assert_string_equal(proxy.password ? proxy.password : "",
				    cases[i].password ? cases[i].password : "");
		url = proxy_url(&proxy);
		assert_string_equal(url, cases[i].url);
	}
}

static void what_is_no_proxy_is_refused(void **state)
{
	static const char *const texts[] = {
		"ftp://proxy.example",    "socks4://proxy.example", "http://",
		"http://proxy.example:0", "http://proxy example",   "http://*:1"
	};
	(void)state;

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct proxy proxy = PROXY_INIT;

		if (proxy_parse(&proxy, texts[i]))
			fail_msg("accepted: %s", texts[i]);
	}
}

static void no_proxy_names_domains_addresses_and_networks(void **state)
{
	static const struct {
		const char *list, *host;
		bool named;
	} cases[] = {
		{ "", "example.com", false },
		{ "*", "example.com", true },
		{ "example.com", "example.com", true },
		{ "example.com", "www.EXAMPLE.com", true },
		{ ".example.com", "www.example.com", true },
		{ ".example.com", "example.com", true },
		{ "example.com", "notexample.com", false },
		{ "example.com", "example.com.evil", false },
		{ "a.example, b.example", "b.example", true },
		{ "a.example b.example", "b.example", true },
		{ "127.0.0.1", "127.0.0.1", true },
		{ "127.0.0.1", "127.0.0.2", false },
		{ "10.0.0.0/8", "10.20.30.40", true },
		{ "10.0.0.0/9", "10.200.0.1", false },
		{ "10.0.0.0/33", "10.0.0.0", false },
		{ "0.0.0.0/0", "10.0.0.1", true },
		{ "fd00::/8", "fd12::1", true },
		{ "[::1]", "::1", true },
		{ "10.0.0.0/8", "::1", false },
		{ "7", "127.0.0.7", false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		if (no_proxy_names(cases[i].list, cases[i].host) != cases[i].named)
			fail_msg("'%s' and %s", cases[i].list, cases[i].host);
}

static void the_environment_is_read_as_curl_s_manual_has_it(void **state)
{
	static const struct {
		const char *variable, *scheme;
		bool used;
	} cases[] = {
		{ "https_proxy", "https", true }, { "HTTPS_PROXY", "https", true },
		{ "all_proxy", "https", true },   { "ALL_PROXY", "http", true },
		{ "http_proxy", "http", true },   { "HTTP_PROXY", "http", false },
		{ "http_proxy", "https", false }, { "https_proxy", "http", false },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(proxy) proxy = PROXY_INIT;

		for (size_t j = 0; j < COUNT(cases); j++)
			unsetenv(cases[j].variable);
		unsetenv("no_proxy");
		unsetenv("NO_PROXY");
		setenv(cases[i].variable, "http://proxy.example:1", 1);
		assert_true(proxy_choose(&proxy, "env", cases[i].scheme, "example.com"));
		if ((proxy.kind == PROXY_HTTP) != cases[i].used)
			fail_msg("%s for %s", cases[i].variable, cases[i].scheme);
		unsetenv(cases[i].variable);
	}
}

static struct header read_header(const char *const *lines)
{
	struct header header = { .status = 0 };

	for (; *lines; lines++)
		assert_true(header_add(&header, span_str(*lines)));
	return header;
}

static void an_answer_stays_fresh_for_as_long_as_it_says_and_a_day_at_most(void **state)
{
	static const struct {
		const char *lines[6];
		int64_t seconds;
	} cases[] = {
		{ { "HTTP/1.1 200 OK\r\n" }, 3600 },
		{ { "HTTP/1.1 200 OK\r\n", "Cache-Control: max-age=60\r\n" }, 60 },
		{ { "HTTP/1.1 200 OK\r\n", "cache-control: public, MAX-AGE=60, x\r\n" },
		  60 },
		{ { "HTTP/1.1 200 OK\r\n", "Cache-Control: max-age=60\r\n",
		    "Age: 50\r\n" },
		  10 },
		{ { "HTTP/1.1 200 OK\r\n", "Cache-Control: max-age=60\r\n",
		    "Age: 61\r\n" },
		  0 },
		{ { "HTTP/1.1 200 OK\r\n", "Cache-Control: no-cache, max-age=60\r\n" },
		  0 },
		{ { "HTTP/1.1 200 OK\r\n",
		    "Cache-Control: max-age=99999999999999999999\r\n" },
		  86400 },
		{ { "HTTP/1.1 200 OK\r\n", "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n",
		    "Expires: Sun, 06 Nov 1994 08:50:37 GMT\r\n" },
		  60 },
		{ { "HTTP/1.1 200 OK\r\n", "Expires: 0\r\n" }, 0 },
		{ { "HTTP/1.1 200 OK\r\n", "Cache-Control: max-age=5\r\n",
		    "HTTP/1.1 200 OK\r\n" },
		  3600 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(header) header = read_header(cases[i].lines);

		if (header_fresh_seconds(&header) != cases[i].seconds)
			fail_msg("case %zu: %lld", i,
				 (long long)header_fresh_seconds(&header));
	}
}

static void fields_that_could_not_be_sent_back_are_left_out(void **state)
{
	static const char *const lines[] = { "HTTP/1.1 301 Moved\r\n",
					     "ETag: \"a\x01\"\r\n",
					     "Last-Modified:  yesterday \r\n",
					     "Location: /x\r\n",
					     "Location: /y\r\n",
					     "nonsense\r\n",
					     NULL };
	AUTO(header) header = read_header(lines);

	(void)state;
	assert_int_equal(header.status, 301);
	assert_null(header.etag);
	assert_string_equal(header.modified, "yesterday");
	assert_string_equal(header.location, "/x");
}

static void a_header_has_its_bound(void **state)
{
	AUTO(header) header = { .status = 0 };
	char line[1024];
	int lines = 0;

	(void)state;
	memset(line, 'a', sizeof(line));
	while (header_add(&header, span_of(line, sizeof(line))))
		assert_in_range(++lines, 1, 64);
	assert_int_equal(lines, 64);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_url_is_split_and_normalised),
		cmocka_unit_test(what_is_no_url_for_us_is_refused),
		cmocka_unit_test(a_proxy_s_url_is_read_with_its_password),
		cmocka_unit_test(what_is_no_proxy_is_refused),
		cmocka_unit_test(no_proxy_names_domains_addresses_and_networks),
		cmocka_unit_test(the_environment_is_read_as_curl_s_manual_has_it),
		cmocka_unit_test(
			an_answer_stays_fresh_for_as_long_as_it_says_and_a_day_at_most),
		cmocka_unit_test(fields_that_could_not_be_sent_back_are_left_out),
		cmocka_unit_test(a_header_has_its_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
