/* Getting URLs: caps, redirects, the address rule, the cache. */
#include "servers.h"

#include "base/clock.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool body_is(const struct net_got *got, const char *text)
{
	return span_eq(got->body, span_str(text));
}

/* How often the web server was asked for a page. */
static int hits(struct net *net, const struct servers *servers, const char *what)
{
	AUTO_FREE char *page = str_format("/%s", what);
	AUTO_FREE char *url = servers_url(servers, page);
	struct net_get request = request_for(url);
	struct message answer = get(net, &request);
	AUTO_FREE char *text = str_of(answer.got.body);

	assert_int_equal(answer.got.outcome, NET_GOOD);
	message_clear(&answer);
	return atoi(text);
}

static void a_body_is_handed_back_as_it_came(void **state)
{
	struct net *net = test_net("", "");
	AUTO_FREE char *url = servers_url(*state, "/plain");
	AUTO_FREE char *tls =
		str_format("https://localhost:%u/plain", servers_port(*state, "web-tls"));
	char *const urls[] = { url, tls }; /* https is not verified */

	for (size_t i = 0; i < COUNT(urls); i++) {
		struct net_get request = request_for(urls[i]);
		struct message answer = get(net, &request);

		assert_int_equal(answer.got.outcome, NET_GOOD);
		assert_int_equal(answer.got.status, 200);
		assert_string_equal(answer.got.final_url, urls[i]);
		assert_true(body_is(&answer.got, "certificate"));
		assert_false(answer.got.from_cache);
		message_clear(&answer);
	}
	net_free(net);
}

static void each_page_ends_in_its_outcome_within_its_time(void **state)
{
	static const struct {
		const char *page;
		enum net_outcome outcome;
		uint8_t redirects;
	} cases[] = {
		{ "/to-plain", NET_GOOD, 1 },
		{ "/empty", NET_GOOD, 0 },
		{ "/gone", NET_HTTP_STATUS, 0 },
		{ "/to-nowhere", NET_HTTP_STATUS, 0 },
		{ "/loop", NET_REDIRECTS, 5 },
		{ "/to-file", NET_REDIRECTS, 0 },
		{ "/to-ftp", NET_REDIRECTS, 0 },
		{ "/to-credentials", NET_REDIRECTS, 0 },
		{ "/to-link-local", NET_ADDRESS, 1 },
		{ "/endless", NET_TOO_LARGE, 0 },
		{ "/said-huge", NET_TOO_LARGE, 0 },
		{ "/endless-head", NET_TOO_LARGE, 0 },
		{ "/drip", NET_TIMEOUT, 0 },
		{ "/silent", NET_TIMEOUT, 0 },
		{ "/cut", NET_CLOSED, 0 },
		{ "/nothing", NET_CLOSED, 0 },
	};
	struct net *net = test_net("", "");

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *url = servers_url(*state, cases[i].page);
		struct net_get request = request_for(url);
		int64_t start = clock_monotonic_ms();
		struct message answer;

		request.deadline_ms = cases[i].outcome == NET_TIMEOUT ? 400 : DEADLINE_MS;
		answer = get(net, &request);
		if (answer.got.outcome != cases[i].outcome ||
		    answer.got.redirects != cases[i].redirects)
			fail_msg("%s: %s: %s", cases[i].page,
				 net_outcome_name(answer.got.outcome), answer.got.text);
		if (answer.got.outcome != NET_GOOD)
			assert_string_not_equal(answer.got.text, "");
		assert_in_range(clock_monotonic_ms() - start, 0, 7000);
		message_clear(&answer);
	}
	net_free(net);
}

static void a_body_may_be_as_large_as_its_cap_and_no_larger(void **state)
{
	struct net *net = test_net("", "");
	AUTO_FREE char *url = servers_url(*state, "/plain");
	struct net_get request = request_for(url);
	struct message answer;

	request.bytes_most = strlen("certificate");
	answer = get(net, &request);
	assert_int_equal(answer.got.outcome, NET_GOOD);
	message_clear(&answer);
	request.bytes_most--;
	answer = get(net, &request);
	assert_int_equal(answer.got.outcome, NET_TOO_LARGE);
	assert_int_equal(answer.got.body.n, 0);
	message_clear(&answer);
	net_free(net);
}

static void urls_that_are_not_taken_reach_no_network(void **state)
{
	static const char *const urls[] = {
		"",
		"file:///etc/passwd",
		"ldap://127.0.0.1/cn=ca",
		"http://user:word@127.0.0.1/",
		"http://user@127.0.0.1/",
		"http://127.0.0.1:0/",
		"http://127.0.0.1:65536/",
		"http://127.0.0.1/a b",
		"http://127.0.0.1/\r\nHost: elsewhere",
		("http://b\xc3\xbc"
		 "cher.example/"),
		"http:///nobody",
		"http://*/",
		"http://[fe80::1%25lo]/",
		"nonsense",
	};
	struct net *net = test_net("", "");

	(void)state;
	for (size_t i = 0; i < COUNT(urls); i++) {
		struct net_get request = request_for((char *)urls[i]);
		struct message answer = get(net, &request);

		if (answer.got.outcome != NET_BAD_URL)
			fail_msg("%s: %s", urls[i], net_outcome_name(answer.got.outcome));
		message_clear(&answer);
	}
	net_free(net);
}

static void an_address_is_no_more_private_than_the_target_s_own(void **state)
{
	static const struct {
		const char *host;
		enum address_class allowed;
		bool allow_private;
		bool reached;
	} cases[] = {
		{ "127.0.0.1", ADDRESS_PUBLIC, false, false },
		{ "127.0.0.1", ADDRESS_PRIVATE, false, false },
		{ "127.0.0.1", ADDRESS_LOOPBACK, false, true },
		{ "127.0.0.1", ADDRESS_UNKNOWN, false, true },
		{ "127.0.0.1", ADDRESS_PUBLIC, true, true },
		{ "0x7f.1", ADDRESS_PRIVATE, false, false },
		{ "2130706433", ADDRESS_PRIVATE, false, false },
		{ "0177.0.0.1", ADDRESS_PRIVATE, false, false },
		{ "[::ffff:127.0.0.1]", ADDRESS_PRIVATE, false, false },
		{ "loopback.test", ADDRESS_PUBLIC, false, false },
		{ "loopback.test", ADDRESS_LOOPBACK, false, true },
		{ "private.test", ADDRESS_PUBLIC, false, false },
		{ "link-local.test", ADDRESS_LOOPBACK, false, false },
		{ "link-local.test", ADDRESS_UNKNOWN, true, false },
		{ "mapped.test", ADDRESS_UNKNOWN, true, false },
		{ "zero.test", ADDRESS_LOOPBACK, true, false },
		{ "mixed.test", ADDRESS_LOOPBACK, false, true },
	};
	struct net *net = test_net_faked();

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *url = str_format("http://%s:%u/plain", cases[i].host,
						 servers_port(*state, "web"));
		struct net_get request = request_for(url);
		struct message answer;

		request.allowed = cases[i].allowed;
		request.allow_private = cases[i].allow_private;
		answer = get(net, &request);
		if (answer.got.outcome != (cases[i].reached ? NET_GOOD : NET_ADDRESS))
			fail_msg("%zu %s: %s: %s", i, cases[i].host,
				 net_outcome_name(answer.got.outcome), answer.got.text);
		message_clear(&answer);
	}
	net_free(net);
}

/* What a second lookup says cannot lead elsewhere: there is none. */
static void a_name_is_looked_up_once_and_only_that_answer_is_used(void **state)
{
	static const char *const names[] = { "once.test", "once.test." };
	struct net *net = test_net_faked();

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *url = str_format("http://%s:%u/plain", names[i],
						 servers_port(*state, "web"));
		struct net_get request = request_for(url);
		struct message answer = get(net, &request);

		if (answer.got.outcome != NET_GOOD)
			fail_msg("%s: %s", names[i], answer.got.text);
		message_clear(&answer);
		answer = get(net, &request);
		assert_int_equal(answer.got.outcome, NET_NO_NAME);
		message_clear(&answer);
	}
	net_free(net);
}

static void nothing_of_the_user_s_goes_along(void **state)
{
	static const char *const absent[] = { "Cookie", "Authorization", "Referer",
					      "Accept-Encoding", "Accept-Language" };
	struct net *net = test_net("", "");
	AUTO_FREE char *url = servers_url(*state, "/echo");
	AUTO_FREE char *home = servers_path(*state, "");
	AUTO_FREE char *netrc = servers_path(*state, ".netrc");
	struct net_get request = request_for(url);
	FILE *file = fopen(netrc, "w");
	struct message answer;

	assert_non_null(file);
	fputs("machine 127.0.0.1 login me password word\n", file);
	fclose(file);
	setenv("HOME", home, 1);
	answer = get(net, &request);
	assert_int_equal(answer.got.outcome, NET_GOOD);
	AUTO_FREE char *head = str_of(answer.got.body);

	for (size_t i = 0; i < COUNT(absent); i++)
		if (strcasestr(head, absent[i]))
			fail_msg("%s was sent: %s", absent[i], head);
	assert_non_null(strstr(head, "User-Agent: rootcellar/"));
	message_clear(&answer);
	net_free(net);
}

static void a_proxy_is_used_and_said(void **state)
{
	static const struct {
		const char *scheme, *server;
	} cases[] = { { "http", "proxy" },
		      { "socks5", "socks5" },
		      { "socks5h", "socks5" } };

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *proxy =
			servers_proxy(*state, cases[i].scheme, cases[i].server);
		AUTO_FREE char *plain = servers_url(*state, "/plain");
		AUTO_FREE char *tls = str_format("https://localhost:%u/plain",
						 servers_port(*state, "web-tls"));
		struct net *net = test_net(proxy, "");
		char *const urls[] = { plain, tls };

		for (size_t j = 0; j < COUNT(urls); j++) {
			struct net_get request = request_for(urls[j]);
			struct message answer = get(net, &request);

			if (answer.got.outcome != NET_GOOD)
				fail_msg("%s %s: %s", proxy, urls[j], answer.got.text);
			assert_true(answer.got.through_proxy);
			assert_true(body_is(&answer.got, "certificate"));
			message_clear(&answer);
		}
		net_free(net);
	}
}

static void a_proxy_that_wants_a_password_is_named(void **state)
{
	AUTO_FREE char *proxy = servers_proxy(*state, "http", "proxy-407");
	AUTO_FREE char *plain = servers_url(*state, "/plain");
	AUTO_FREE char *tls =
		str_format("https://localhost:%u/plain", servers_port(*state, "web-tls"));
	struct net *net = test_net(proxy, "");
	char *const urls[] = { plain, tls };

	for (size_t i = 0; i < COUNT(urls); i++) {
		struct net_get request = request_for(urls[i]);
		struct message answer = get(net, &request);

		assert_int_equal(answer.got.outcome, NET_PROXY);
		assert_non_null(strstr(answer.got.text, "407"));
		assert_true(answer.got.through_proxy);
		message_clear(&answer);
	}
	net_free(net);
}

/* The proxy looks the name up, so that of addresses only those in the URL can be judged
 * here. */
static void a_link_local_address_is_not_asked_for_through_a_proxy_either(void **state)
{
	AUTO_FREE char *proxy = servers_proxy(*state, "http", "proxy");
	struct net *net = test_net(proxy, "");
	struct net_get request =
		request_for(TEXT("http://169.254.169.254/latest/meta-data"));
	struct message answer;

	request.allowed = ADDRESS_UNKNOWN;
	answer = get(net, &request);
	assert_int_equal(answer.got.outcome, NET_ADDRESS);
	message_clear(&answer);
	net_free(net);
}

static struct message get_cached(const struct servers *servers, const char *cache,
				 const char *page, enum address_class allowed)
{
	struct net *net = test_net("", cache);
	AUTO_FREE char *url = servers_url(servers, page);
	struct net_get request = request_for(url);
	struct message answer;

	request.use_cache = 1;
	request.allowed = allowed;
	answer = get(net, &request);
	net_free(net);
	return answer;
}

static void the_cache_spares_the_server_what_it_has_said(void **state)
{
	static const struct {
		const char *page, *body;
		enum net_outcome outcome;
		bool from_cache;
		int hits; /* after two requests */
	} cases[] = {
		{ "/fresh", "fresh", NET_GOOD, true, 1 },
		{ "/tagged", "tagged", NET_GOOD, true, 2 }, /* asked whether it changed */
		{ "/no-store", "once", NET_GOOD, false, 2 },
		{ "/missing", "", NET_HTTP_STATUS, true, 1 }, /* for a minute */
	};
	AUTO_FREE char *cache = servers_path(*state, "cache/net");
	struct net *net = test_net("", "");

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *counter = str_format("hits%s", cases[i].page);
		struct message answer =
			get_cached(*state, cache, cases[i].page, ADDRESS_LOOPBACK);

		assert_false(answer.got.from_cache);
		message_clear(&answer);
		answer = get_cached(*state, cache, cases[i].page, ADDRESS_LOOPBACK);
		if (answer.got.outcome != cases[i].outcome ||
		    answer.got.from_cache != cases[i].from_cache ||
		    !body_is(&answer.got, cases[i].body))
			fail_msg("%s: %s, cache %d", cases[i].page,
				 net_outcome_name(answer.got.outcome),
				 answer.got.from_cache);
		assert_int_equal(hits(net, *state, counter), cases[i].hits);
		message_clear(&answer);
	}
	net_free(net);
}

static void the_cache_is_private_and_says_nothing_that_the_rule_forbids(void **state)
{
	AUTO_FREE char *cache = servers_path(*state, "cache/ruled");
	struct message answer = get_cached(*state, cache, "/fresh", ADDRESS_LOOPBACK);
	struct stat st;

	message_clear(&answer);
	assert_int_equal(stat(cache, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0700);
	answer = get_cached(*state, cache, "/fresh", ADDRESS_PUBLIC);
	assert_int_equal(answer.got.outcome, NET_ADDRESS);
	message_clear(&answer);

	/* A folder that others can read is no cache. */
	assert_int_equal(chmod(cache, 0755), 0);
	answer = get_cached(*state, cache, "/fresh", ADDRESS_LOOPBACK);
	assert_int_equal(answer.got.outcome, NET_GOOD);
	assert_false(answer.got.from_cache);
	message_clear(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_body_is_handed_back_as_it_came),
		cmocka_unit_test(each_page_ends_in_its_outcome_within_its_time),
		cmocka_unit_test(a_body_may_be_as_large_as_its_cap_and_no_larger),
		cmocka_unit_test(urls_that_are_not_taken_reach_no_network),
		cmocka_unit_test(an_address_is_no_more_private_than_the_target_s_own),
		cmocka_unit_test(a_name_is_looked_up_once_and_only_that_answer_is_used),
		cmocka_unit_test(nothing_of_the_user_s_goes_along),
		cmocka_unit_test(a_proxy_is_used_and_said),
		cmocka_unit_test(a_proxy_that_wants_a_password_is_named),
		cmocka_unit_test(
			a_link_local_address_is_not_asked_for_through_a_proxy_either),
		cmocka_unit_test(the_cache_spares_the_server_what_it_has_said),
		cmocka_unit_test(
			the_cache_is_private_and_says_nothing_that_the_rule_forbids),
	};

	return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
