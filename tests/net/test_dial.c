/* Dialling: what servers and proxies do, good and bad, and what comes back. */
#include "servers.h"

#include "base/clock.h"
#include "base/sha256.h"

#include <stdlib.h>

static void a_server_that_sends_its_leaf_alone_is_handed_back_whole(void **state)
{
	struct net *net = test_net("", "");
	struct message answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	const struct net_presented *presented = &answer.presented;

	assert_int_equal(presented->outcome, NET_GOOD);
	assert_string_equal(presented->text, "");
	assert_string_equal(presented->address, "127.0.0.1");
	assert_int_equal(presented->address_class, ADDRESS_LOOPBACK);
	assert_string_equal(presented->tls_version, "TLS1.3");
	assert_string_equal(presented->cipher, "AES-256-GCM");
	assert_int_equal(presented->n_certs, 1);
	assert_int_equal(presented->certs[0].at[0], 0x30);
	assert_false(presented->client_certificate_asked);
	assert_false(presented->after_alert);
	assert_false(presented->through_proxy);
	message_clear(&answer);
	net_free(net);
}

static void what_is_presented_and_negotiated_is_told(void **state)
{
	static const struct {
		const char *server, *version;
		size_t certs;
	} cases[] = {
		{ "tls12", "TLS1.2", 1 },
		{ "tls13", "TLS1.3", 1 },
		{ "chain100", "TLS1.3", 100 },
	};
	struct net *net = test_net("", "");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message answer =
			dial(net, "127.0.0.1", servers_port(*state, cases[i].server));

		if (answer.presented.outcome != NET_GOOD)
			fail_msg("%s: %s", cases[i].server, answer.presented.text);
		assert_string_equal(answer.presented.tls_version, cases[i].version);
		assert_int_equal(answer.presented.n_certs, cases[i].certs);
		message_clear(&answer);
	}
	net_free(net);
}

static void ipv6_is_dialled_and_a_dead_address_does_not_hide_a_live_one(void **state)
{
	struct net *net = test_net_faked();
	uint16_t port = servers_port(*state, "leaf6");
	struct message answer;

	if (port) {
		answer = dial(net, "::1", port);
		assert_int_equal(answer.presented.outcome, NET_GOOD);
		assert_string_equal(answer.presented.address, "::1");
		message_clear(&answer);
	}
	/* ::1 has nothing on that port. */
	answer = dial(net, "dead-first.test", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	assert_string_equal(answer.presented.address, "127.0.0.1");
	message_clear(&answer);
	net_free(net);
}

static void each_server_that_fails_has_its_outcome_and_a_reason(void **state)
{
	static const struct {
		const char *server;
		enum net_outcome outcome;
		const char *says; /* part of the text */
	} cases[] = {
		{ "refused", NET_REFUSED, "refused" },
		{ "http", NET_NOT_TLS, "HTTP" },
		{ "ssh", NET_NOT_TLS, "SSH" },
		{ "smtp", NET_NOT_TLS, "SMTP" },
		{ "closing", NET_CLOSED, "closed" },
		{ "no-certificate", NET_HANDSHAKE, "certificate" },
		{ "old", NET_HANDSHAKE, "neither TLS 1.2 nor TLS 1.3" },
		{ "huge", NET_TOO_LARGE, "512 KiB" },
		{ "chain150", NET_TOO_LARGE, "128 certificates" },
	};
	struct net *net = test_net("", "");

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct message answer =
			dial(net, "127.0.0.1", servers_port(*state, cases[i].server));

		if (answer.presented.outcome != cases[i].outcome ||
		    !strstr(answer.presented.text, cases[i].says))
			fail_msg("%s: %s: %s", cases[i].server,
				 net_outcome_name(answer.presented.outcome),
				 answer.presented.text);
		message_clear(&answer);
	}
	net_free(net);
}

static void a_chain_of_too_many_certificates_still_gives_the_first(void **state)
{
	struct net *net = test_net("", "");
	struct message answer = dial(net, "127.0.0.1", servers_port(*state, "chain150"));

	assert_int_equal(answer.presented.n_certs, PRESENTED_COUNT_MOST);
	message_clear(&answer);
	net_free(net);
}

static void a_server_that_hangs_or_drips_costs_no_more_than_its_time(void **state)
{
	static const char *const names[] = { "silent", "drip" };
	struct net *net = test_net("", "");

	for (size_t i = 0; i < COUNT(names); i++) {
		struct net_dial request = { .host = TEXT("127.0.0.1"),
					    .sni = TEXT("localhost"),
					    .port = servers_port(*state, names[i]),
					    .deadline_ms = 400 };
		AUTO(error) err = ERROR_INIT;
		struct message answer = MESSAGE_INIT;
		int64_t start = clock_monotonic_ms();

		assert_true(
			net_wait(net, net_dial(net, &request), &answer, WAIT_MS, &err));
		assert_int_equal(answer.presented.outcome, NET_TIMEOUT);
		assert_non_null(strstr(answer.presented.text, "handshake"));
		assert_in_range(clock_monotonic_ms() - start, 390, 3000);
		message_clear(&answer);
	}
	net_free(net);
}

/*
 * In TLS 1.3 the handshake is done before the server says that it minds, and the client
 * listens for a moment only: a server on a busy machine may miss it, but not every time.
 */
static struct message dial_until_alert(struct net *net, uint16_t port)
{
	struct message answer = dial(net, "127.0.0.1", port);

	for (int i = 0; i < 10 && !answer.presented.after_alert; i++) {
		message_clear(&answer);
		answer = dial(net, "127.0.0.1", port);
	}
	return answer;
}

static void a_wanted_client_certificate_is_seen_in_both_versions(void **state)
{
	struct net *net = test_net("", "");
	struct message answer = dial(net, "127.0.0.1", servers_port(*state, "client12"));

	assert_int_equal(answer.presented.outcome, NET_HANDSHAKE);
	assert_true(answer.presented.client_certificate_asked);
	assert_string_equal(answer.presented.alert, "handshake_failure");
	assert_int_equal(answer.presented.n_certs, 1);
	message_clear(&answer);

	answer = dial_until_alert(net, servers_port(*state, "client13"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	assert_true(answer.presented.client_certificate_asked);
	assert_true(answer.presented.after_alert);
	assert_string_equal(answer.presented.alert, "certificate_required");
	assert_int_equal(answer.presented.n_certs, 1);
	message_clear(&answer);
	net_free(net);
}

static void every_kind_of_proxy_leads_to_the_target(void **state)
{
	static const struct {
		const char *scheme, *server;
	} cases[] = {
		{ "http", "proxy" },          { "https", "proxy-tls" },
		{ "socks5", "socks5" },       { "socks5h", "socks5" },
		{ "http", "proxy-password" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		bool password = strcmp(cases[i].server, "proxy-password") == 0;
		AUTO_FREE char *scheme = str_format(
			"%s%s", cases[i].scheme, password ? "://me:word@localhost" : "");
		AUTO_FREE char *plain =
			servers_proxy(*state, cases[i].scheme, cases[i].server);
		AUTO_FREE char *proxy =
			password ? str_format("%s:%u", scheme,
					      servers_port(*state, cases[i].server))
				 : str_copy(plain);
		AUTO_FREE char *roots = servers_path(*state, "leaf.pem");
		struct message answer;
		struct net *net;

		setenv("SSL_CERT_FILE", roots, 1);
		net = test_net(proxy, "");
		answer = dial(net, "localhost", servers_port(*state, "leaf"));
		if (answer.presented.outcome != NET_GOOD)
			fail_msg("%s: %s", proxy, answer.presented.text);
		assert_true(answer.presented.through_proxy);
		assert_string_equal(answer.presented.address, "");
		assert_int_equal(answer.presented.address_class, ADDRESS_UNKNOWN);
		assert_int_equal(answer.presented.n_certs, 1);
		message_clear(&answer);
		net_free(net);
		unsetenv("SSL_CERT_FILE");
	}
}

static void a_proxy_that_refuses_or_answers_nonsense_is_named_as_the_fault(void **state)
{
	static const struct {
		const char *scheme, *server, *says;
	} cases[] = {
		{ "http", "proxy-407", "407" },
		{ "http", "proxy-html", "HTML" },
		{ "http", "proxy-nonsense", "" },
		{ "http", "refused", "refused" },
		{ "socks5", "ssh", "" },
		{ "https", "proxy-tls",
		  "certificate" }, /* its certificate is not trusted */
		{ "gopher", "proxy", "http, https, socks5" },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *proxy =
			servers_proxy(*state, cases[i].scheme, cases[i].server);
		struct net *net = test_net(proxy, "");
		struct message answer =
			dial(net, "localhost", servers_port(*state, "leaf"));

		if (answer.presented.outcome != NET_PROXY ||
		    !strstr(answer.presented.text, cases[i].says) ||
		    !strstr(answer.presented.text, "proxy"))
			fail_msg("%s %s: %s: %s", cases[i].scheme, cases[i].server,
				 net_outcome_name(answer.presented.outcome),
				 answer.presented.text);
		message_clear(&answer);
		net_free(net);
	}
}

static void the_environment_names_a_proxy_and_whom_it_is_not_for(void **state)
{
	AUTO_FREE char *proxy = servers_proxy(*state, "http", "proxy");
	struct message answer;
	struct net *net;

	setenv("https_proxy", proxy, 1);
	net = test_net("env", "");
	answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	assert_true(answer.presented.through_proxy);
	message_clear(&answer);
	net_free(net);

	setenv("no_proxy", "example.com, 127.0.0.0/8", 1);
	net = test_net("env", "");
	answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	assert_false(answer.presented.through_proxy);
	message_clear(&answer);
	net_free(net);
	unsetenv("https_proxy");
	unsetenv("no_proxy");
}

static void a_name_that_does_not_resolve_is_said_to(void **state)
{
	struct net *net = test_net("", "");
	struct message answer = dial(net, "nothing.invalid", 443);

	(void)state;
	assert_int_equal(answer.presented.outcome, NET_NO_NAME);
	assert_string_not_equal(answer.presented.text, "");
	message_clear(&answer);
	net_free(net);
}

static void a_resolver_that_hangs_delays_only_its_own_target(void **state)
{
	struct net *net = test_net_faked();
	struct net_dial hanging = { .host = TEXT("hang.test"),
				    .sni = TEXT(""),
				    .port = 443,
				    .deadline_ms = 3000 };
	int64_t start = clock_monotonic_ms();
	AUTO(error) err = ERROR_INIT;
	uint32_t ids[40];

	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = net_dial(net, &hanging);
	for (int i = 0; i < 3; i++) {
		struct message answer =
			dial(net, "loopback.test", servers_port(*state, "leaf"));

		assert_int_equal(answer.presented.outcome, NET_GOOD);
		message_clear(&answer);
	}
	assert_in_range(clock_monotonic_ms() - start, 0, 2900);
	for (size_t i = 0; i < COUNT(ids); i++) {
		struct message answer = MESSAGE_INIT;

		assert_true(net_wait(net, ids[i], &answer, WAIT_MS, &err));
		assert_int_equal(answer.presented.outcome, NET_TIMEOUT);
		assert_non_null(strstr(answer.presented.text, "name server"));
		message_clear(&answer);
	}
	net_free(net);
}

static void many_targets_are_dialled_at_once_and_each_gets_its_answer(void **state)
{
	enum {
		MANY = 150
	}; /* more than run at once */
	struct net *net = test_net("", "");
	struct net_dial request = { .host = TEXT("127.0.0.1"),
				    .sni = TEXT("localhost"),
				    .port = servers_port(*state, "leaf"),
				    .deadline_ms = WAIT_MS };
	AUTO(error) err = ERROR_INIT;
	bool seen[MANY + 1] = { false };

	for (int i = 0; i < MANY; i++)
		assert_in_range(net_dial(net, &request), 1, MANY);
	for (int i = 0; i < MANY; i++) {
		struct message answer = MESSAGE_INIT;

		assert_true(net_next(net, &answer, WAIT_MS, &err));
		assert_int_equal(answer.presented.outcome, NET_GOOD);
		assert_false(seen[answer.id]);
		seen[answer.id] = true;
		message_clear(&answer);
	}
	net_free(net);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_server_that_sends_its_leaf_alone_is_handed_back_whole),
		cmocka_unit_test(what_is_presented_and_negotiated_is_told),
		cmocka_unit_test(
			ipv6_is_dialled_and_a_dead_address_does_not_hide_a_live_one),
		cmocka_unit_test(each_server_that_fails_has_its_outcome_and_a_reason),
		cmocka_unit_test(a_chain_of_too_many_certificates_still_gives_the_first),
		cmocka_unit_test(
			a_server_that_hangs_or_drips_costs_no_more_than_its_time),
		cmocka_unit_test(a_wanted_client_certificate_is_seen_in_both_versions),
		cmocka_unit_test(every_kind_of_proxy_leads_to_the_target),
		cmocka_unit_test(
			a_proxy_that_refuses_or_answers_nonsense_is_named_as_the_fault),
		cmocka_unit_test(the_environment_names_a_proxy_and_whom_it_is_not_for),
		cmocka_unit_test(a_name_that_does_not_resolve_is_said_to),
		cmocka_unit_test(a_resolver_that_hangs_delays_only_its_own_target),
		cmocka_unit_test(
			many_targets_are_dialled_at_once_and_each_gets_its_answer),
	};

	return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
