/* One connection: proxy, names, the address rule, and a transfer pinned to what they
 * allow. */
#include "netd/hop.h"

#include "base/i18n.h"
#include "netd/url.h"
#include "netd/work.h"

#include <errno.h>
#include <stdlib.h>

bool hop_through_proxy(const struct hop *hop)
{
	return hop->proxy.kind != PROXY_NONE;
}

/* Whether we have to know the target's address: a proxy other than a plain SOCKS5 asks
 * for itself. */
static bool needs_target(const struct hop *hop)
{
	return hop->proxy.kind == PROXY_NONE || hop->proxy.kind == PROXY_SOCKS5;
}

/*
 * The last word on every connection: libcurl asks us for each socket, and gets none but
 * for an address that was resolved by us and found good for this very transfer.
 */
static curl_socket_t open_socket(void *ctx, curlsocktype purpose,
				 struct curl_sockaddr *to)
{
	const struct hop *hop = ctx;
	struct address address;

	if (purpose != CURLSOCKTYPE_IPCXN || !address_from(&address, &to->addr))
		return CURL_SOCKET_BAD;
	if (!addresses_have(hop_through_proxy(hop) ? &hop->via : &hop->target, &address))
		return CURL_SOCKET_BAD;
	return socket(to->family, to->socktype | SOCK_CLOEXEC, to->protocol);
}

/* "+host:port:address,address": libcurl's cache of names, filled by us; + lets it grow
 * old. */
static void pin(struct hop *hop, const char *host, uint16_t port,
		const struct addresses *to)
{
	AUTO(buf) line = BUF_INIT;
	struct address numeric;
	char text[ADDRESS_TEXT];

	if (to->n == 0 || address_parse(&numeric, host))
		return;
	buf_addf(&line, "+%s:%u:", host, (unsigned)port);
	for (size_t i = 0; i < to->n; i++) {
		bool v6 = to->at[i].family == AF_INET6;

		buf_addf(&line, "%s%s%s%s", i ? "," : "", v6 ? "[" : "",
			 address_text(&to->at[i], text), v6 ? "]" : "");
	}
	hop->pins = curl_slist_append(hop->pins, buf_text(&line));
}

static void set_proxy(struct hop *hop)
{
	CURL *easy = hop->transfer.easy;
	AUTO_FREE char *url = proxy_url(&hop->proxy);

	/* libcurl's own look at the environment ends here: hop->proxy has had its say. */
	curl_easy_setopt(easy, CURLOPT_PROXY, url);
	curl_easy_setopt(easy, CURLOPT_NOPROXY, "");
	curl_easy_setopt(easy, CURLOPT_PROXYAUTH, CURLAUTH_BASIC);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	if (hop->proxy.user)
		curl_easy_setopt(easy, CURLOPT_PROXYUSERNAME, hop->proxy.user);
	if (hop->proxy.password)
		curl_easy_setopt(easy, CURLOPT_PROXYPASSWORD, hop->proxy.password);
	/*
	 * The proxy's own certificate is verified: it may be given a password.
	 * SSL_CERT_FILE names other roots than the system's, as it does for curl.
	 */
	if (hop->proxy.kind == PROXY_HTTPS && getenv("SSL_CERT_FILE"))
		curl_easy_setopt(easy, CURLOPT_PROXY_CAINFO, getenv("SSL_CERT_FILE"));
}

static void set_up(struct hop *hop)
{
	CURL *easy = hop->transfer.easy;

	curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, hop->curl_error);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	/* No connection serves two requests: each is judged by its own rule. */
	curl_easy_setopt(easy, CURLOPT_FRESH_CONNECT, 1L);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, hop);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS,
			 (long)hop->work->settings.connect_ms);
	set_proxy(hop);
	pin(hop, hop->host, hop->port, &hop->target);
	if (hop_through_proxy(hop))
		pin(hop, hop->proxy.host, hop->proxy.port, &hop->via);
	curl_easy_setopt(easy, CURLOPT_RESOLVE, hop->pins);
}

static void proceed(struct hop *hop);

/* Where the rule allows none of the addresses, the fetch ends here. */
static void keep_allowed(struct hop *hop, const struct addresses *found)
{
	for (size_t i = 0; i < found->n; i++)
		if (address_allowed(&hop->rule, address_class(&found->at[i])))
			addresses_add(&hop->target, &found->at[i]);
}

static void refuse_address(struct hop *hop, const struct addresses *found)
{
	char text[ADDRESS_TEXT];
	AUTO_FREE char *why = str_format(
		hop->rule.allowed == ADDRESS_PUBLIC
			? _("address %s is not public")
			: _("address %s is more private than the target's own"),
		address_text(&found->at[0], text));

	hop->failed(hop, NET_ADDRESS, why);
}

static void take_target(struct hop *hop, const struct addresses *found)
{
	keep_allowed(hop, found);
	if (hop->target.n)
		proceed(hop);
	else
		refuse_address(hop, found);
}

static void target_found(struct lookup *lookup, enum net_outcome outcome,
			 const char *text, const struct addresses *found)
{
	struct hop *hop = HOLDER(lookup, struct hop, lookup);

	if (outcome == NET_GOOD)
		take_target(hop, found);
	else
		hop->failed(hop, outcome, text);
}

static void proxy_found(struct lookup *lookup, enum net_outcome outcome, const char *text,
			const struct addresses *found)
{
	struct hop *hop = HOLDER(lookup, struct hop, lookup);

	if (outcome == NET_GOOD) {
		hop->via = *found;
		proceed(hop);
	} else {
		AUTO_FREE char *why = str_format(_("the proxy's name: %s"), text);

		hop->failed(hop, NET_PROXY, why);
	}
}

static bool family_fits(const struct hop *hop, const struct address *address)
{
	return hop->family == 0 || (hop->family == 4) == (address->family == AF_INET);
}

static void find_target(struct hop *hop)
{
	struct addresses found = { .n = 0 };
	struct address address;

	if (!address_parse(&address, hop->host)) {
		hop->lookup.done = target_found;
		resolver_ask(hop->work->resolver, &hop->lookup, hop->host, hop->family);
	} else if (!family_fits(hop, &address)) {
		hop->failed(hop, NET_NO_NAME, _("the address is of the other family"));
	} else {
		addresses_add(&found, &address);
		take_target(hop, &found);
	}
}

static void find_proxy(struct hop *hop)
{
	struct address address;

	if (address_parse(&address, hop->proxy.host)) {
		addresses_add(&hop->via, &address);
		proceed(hop);
		return;
	}
	hop->lookup.done = proxy_found;
	resolver_ask(hop->work->resolver, &hop->lookup, hop->proxy.host, 0);
}

/* One step further: whatever is not known yet is asked for, and comes back here. */
static void proceed(struct hop *hop)
{
	if (hop_through_proxy(hop) && hop->via.n == 0) {
		find_proxy(hop);
		return;
	}
	if (needs_target(hop) && hop->target.n == 0) {
		find_target(hop);
		return;
	}
	hop->transfer.easy = curl_easy_init();
	if (!hop->transfer.easy) {
		hop->failed(hop, NET_FAILED, _("out of resources"));
		return;
	}
	set_up(hop);
	hop->ready(hop);
}

/* What the rule can say of a host that the proxy will look up: no more than of an
 * address. */
static bool rule_forbids(const struct hop *hop, struct address *address)
{
	return !needs_target(hop) && address_parse(address, hop->host) &&
	       !address_allowed(&hop->rule, address_class(address));
}

void hop_begin(struct hop *hop)
{
	struct addresses literal = { .n = 1 };

	if (!is_plain_host(hop->host))
		hop->failed(hop, NET_BAD_URL,
			    _("the host is neither a DNS name nor an IP address"));
	else if (!proxy_choose(&hop->proxy, hop->work->settings.proxy, hop->scheme,
			       hop->host))
		hop->failed(hop, NET_PROXY,
			    _("the proxy's URL is none of http, https, socks5 or socks5h "
			      "with a host and a port"));
	else if (rule_forbids(hop, &literal.at[0]))
		refuse_address(hop, &literal);
	else
		proceed(hop);
}

void hop_clear(struct hop *hop)
{
	resolver_abandon(hop->work->resolver, &hop->lookup);
	if (hop->transfer.easy) {
		loop_stop_transfer(hop->work->loop, &hop->transfer);
		curl_easy_cleanup(hop->transfer.easy);
	}
	curl_slist_free_all(hop->pins);
	proxy_clear(&hop->proxy);
	hop->transfer.easy = NULL;
	hop->pins = NULL;
	hop->target.n = hop->via.n = 0;
	hop->curl_error[0] = '\0';
}

bool hop_reached(const struct hop *hop, struct address *address)
{
	char *text = NULL;

	if (hop_through_proxy(hop) || !hop->transfer.easy)
		return false;
	return curl_easy_getinfo(hop->transfer.easy, CURLINFO_PRIMARY_IP, &text) ==
		       CURLE_OK &&
	       text && address_parse(address, text);
}

static enum net_outcome judge_connect(const struct hop *hop, const char **text)
{
	long system_errno = 0;

	curl_easy_getinfo(hop->transfer.easy, CURLINFO_OS_ERRNO, &system_errno);
	if (system_errno)
		*text = strerror((int)system_errno);
	if (hop_through_proxy(hop))
		return NET_PROXY;
	switch (system_errno) {
	case ECONNREFUSED:
		return NET_REFUSED;
	case ETIMEDOUT:
		return NET_TIMEOUT;
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EADDRNOTAVAIL:
	case EACCES:
	case EPERM:
		return NET_UNREACHABLE;
	default:
		return NET_FAILED;
	}
}

/* The answer of an HTTP proxy to CONNECT, where it said no. */
static bool proxy_refused(const struct hop *hop)
{
	long code = 0;

	return hop_through_proxy(hop) &&
	       curl_easy_getinfo(hop->transfer.easy, CURLINFO_HTTP_CONNECTCODE, &code) ==
		       CURLE_OK &&
	       code != 0 && code / 100 != 2;
}

enum net_outcome hop_judge(const struct hop *hop, CURLcode result, const char **text)
{
	*text = hop->curl_error[0] ? hop->curl_error : curl_easy_strerror(result);
	if (proxy_refused(hop))
		return NET_PROXY;
	switch (result) {
	case CURLE_OK:
		*text = "";
		return NET_GOOD;
	case CURLE_COULDNT_CONNECT:
		return judge_connect(hop, text);
	case CURLE_COULDNT_RESOLVE_HOST:
		return NET_NO_NAME;
	case CURLE_OPERATION_TIMEDOUT:
		return NET_TIMEOUT;
	case CURLE_COULDNT_RESOLVE_PROXY:
	case CURLE_PROXY:
		return NET_PROXY;
	case CURLE_SSL_CONNECT_ERROR:
		return hop->proxy.kind == PROXY_HTTPS ? NET_PROXY : NET_HANDSHAKE;
	case CURLE_PEER_FAILED_VERIFICATION:
		/* Only a proxy's certificate is verified here. */
		*text = _("its own certificate is not trusted (SSL_CERT_FILE names other "
			  "roots than the system's)");
		return NET_PROXY;
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return NET_CLOSED;
	default:
		return NET_FAILED;
	}
}

/* "192.0.2.1:443 and 3 more" */
static char *tried(const struct hop *hop)
{
	char first[ADDRESS_TEXT];
	AUTO_FREE char *place = NULL;

	if (!hop->target.n)
		return host_port(hop->host, hop->port);
	place = host_port(address_text(&hop->target.at[0], first), hop->port);
	return hop->target.n == 1 ? str_copy(place)
				  : str_format(ngettext("%s and %zu more address",
							"%s and %zu more addresses",
							hop->target.n - 1),
					       place, hop->target.n - 1);
}

char *hop_words(const struct hop *hop, enum net_outcome outcome, const char *text)
{
	AUTO_FREE char *place = NULL;

	if (outcome == NET_PROXY && hop->proxy.host) {
		place = host_port(hop->proxy.host, hop->proxy.port);
		return str_format(_("the proxy %s: %s"), place, text);
	}
	if (outcome != NET_REFUSED && outcome != NET_UNREACHABLE)
		return str_copy(text);
	place = tried(hop);
	return str_format("%s: %s", place, text);
}

char *hop_too_late(const struct hop *hop)
{
	AUTO_FREE char *place = NULL;

	if (hop->lookup.query)
		return str_copy(_("no answer from the name server in time"));
	if (!hop_through_proxy(hop)) {
		place = tried(hop);
		return str_format(_("%s: no connection in time"), place);
	}
	place = host_port(hop->proxy.host, hop->proxy.port);
	return str_format(_("the proxy %s: no connection through it in time"), place);
}
