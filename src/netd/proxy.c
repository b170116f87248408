/* Proxies from the settings and the environment. */
#include "netd/proxy.h"

#include "netd/address.h"
#include "netd/url.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

#define PROXY_MOST   MESSAGE_TEXT_MOST
#define PORT_DEFAULT 1080 /* curl's, for all kinds but https */

static const struct kind {
	const char *scheme;
	enum proxy_kind kind;
	uint16_t port;
} kinds[] = {
	{ "http", PROXY_HTTP, PORT_DEFAULT },
	{ "https", PROXY_HTTPS, 443 },
	{ "socks5", PROXY_SOCKS5, PORT_DEFAULT },
	{ "socks5h", PROXY_SOCKS5H, PORT_DEFAULT },
};

static char *part(CURLU *parts, CURLUPart which, unsigned flags)
{
	char *text = NULL, *copy = NULL;

	if (curl_url_get(parts, which, &text, flags) == CURLUE_OK)
		copy = str_copy(text);
	curl_free(text);
	return copy;
}

static const struct kind *find_kind(CURLU *parts)
{
	AUTO_FREE char *scheme = part(parts, CURLUPART_SCHEME, 0);

	for (size_t i = 0; scheme && i < COUNT(kinds); i++)
		if (strcasecmp(kinds[i].scheme, scheme) == 0)
			return &kinds[i];
	return NULL;
}

static void strip_brackets(char *host)
{
	size_t n = strlen(host);

	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
}

static bool fill(struct proxy *proxy, CURLU *parts)
{
	const struct kind *kind = find_kind(parts);
	AUTO_FREE char *port = part(parts, CURLUPART_PORT, 0);
	long number;

	if (!kind)
		return false;
	number = port ? strtol(port, NULL, 10) : kind->port;
	proxy->kind = kind->kind;
	proxy->host = part(parts, CURLUPART_HOST, 0);
	proxy->user = part(parts, CURLUPART_USER, CURLU_URLDECODE);
	proxy->password = part(parts, CURLUPART_PASSWORD, CURLU_URLDECODE);
	if (!proxy->host || number < 1 || number > UINT16_MAX)
		return false;
	strip_brackets(proxy->host);
	proxy->port = (uint16_t)number;
	return is_plain_host(proxy->host);
}

bool proxy_parse(struct proxy *proxy, const char *text)
{
	struct proxy read = PROXY_INIT;
	AUTO_FREE char *url = NULL;
	CURLU *parts;
	bool good;

	if (strnlen(text, PROXY_MOST + 1) > PROXY_MOST)
		return false;
	url = str_format("%s%s", strstr(text, "://") ? "" : "http://", text);
	parts = curl_url();
	good = parts &&
	       curl_url_set(parts, CURLUPART_URL, url, CURLU_NON_SUPPORT_SCHEME) ==
		       CURLUE_OK &&
	       fill(&read, parts);
	curl_url_cleanup(parts);
	if (good)
		*proxy = read;
	else
		proxy_clear(&read);
	return good;
}

static const char *variable(const char *name)
{
	const char *value = getenv(name);

	return value && *value ? value : NULL;
}

/* HTTP_PROXY in capitals is left out on purpose: a CGI's client could set it by a header.
 */
static const char *from_environment(const char *scheme)
{
	static const char *const for_https[] = { "https_proxy", "HTTPS_PROXY",
						 "all_proxy", "ALL_PROXY" };
	static const char *const for_http[] = { "http_proxy", "all_proxy", "ALL_PROXY" };
	bool https = strcmp(scheme, "https") == 0;
	const char *const *names = https ? for_https : for_http;
	size_t n = https ? COUNT(for_https) : COUNT(for_http);

	for (size_t i = 0; i < n; i++)
		if (variable(names[i]))
			return variable(names[i]);
	return NULL;
}

static bool in_network(const char *entry, size_t n, const struct address *host)
{
	AUTO_FREE char *text = str_of(span_of(entry, n));
	char *slash = strchr(text, '/');
	struct address network;
	unsigned long bits = 0;
	size_t whole;

	if (slash) {
		*slash = '\0';
		bits = strtoul(slash + 1, NULL, 10);
	}
	strip_brackets(text);
	if (!address_parse(&network, text) || network.family != host->family)
		return false;
	if (!slash || bits > (host->family == AF_INET ? 32u : 128u))
		return !slash && address_eq(&network, host);
	whole = bits / 8;
	if (memcmp(network.at, host->at, whole) != 0)
		return false;
	return bits % 8 == 0 ||
	       (network.at[whole] ^ host->at[whole]) >> (8 - bits % 8) == 0;
}

/* "example.com" and ".example.com" both name the domain and all below it. */
static bool in_domain(const char *entry, size_t n, const char *host)
{
	size_t host_n = strlen(host);

	if (n && entry[0] == '.') {
		entry++;
		n--;
	}
	if (n && entry[n - 1] == '.')
		n--;
	if (host_n && host[host_n - 1] == '.')
		host_n--;
	if (n == 0 || n > host_n || strncasecmp(host + host_n - n, entry, n) != 0)
		return false;
	return n == host_n || host[host_n - n - 1] == '.';
}

bool no_proxy_names(const char *list, const char *host)
{
	struct address address;
	bool is_address = address_parse(&address, host);

	while (*list) {
		size_t n = strcspn(list, ", ");

		if (n == 1 && *list == '*')
			return true;
		if (is_address ? in_network(list, n, &address) : in_domain(list, n, host))
			return true;
		list += n;
		list += strspn(list, ", ");
	}
	return false;
}

static bool is_exempt(const char *host)
{
	const char *list = variable("no_proxy");

	if (!list)
		list = variable("NO_PROXY");
	return list && no_proxy_names(list, host);
}

bool proxy_choose(struct proxy *proxy, const char *setting, const char *scheme,
		  const char *host)
{
	*proxy = (struct proxy)PROXY_INIT;
	if (strcmp(setting, "env") == 0) {
		setting = from_environment(scheme);
		if (!setting || is_exempt(host))
			return true;
	}
	return *setting == '\0' || proxy_parse(proxy, setting);
}

char *proxy_url(const struct proxy *proxy)
{
	AUTO_FREE char *place = proxy->host ? host_port(proxy->host, proxy->port) : NULL;

	for (size_t i = 0; place && i < COUNT(kinds); i++)
		if (kinds[i].kind == proxy->kind)
			return str_format("%s://%s", kinds[i].scheme, place);
	return str_copy("");
}

void proxy_clear(struct proxy *proxy)
{
	mem_free(proxy->host);
	mem_free(proxy->user);
	mem_free(proxy->password);
	*proxy = (struct proxy)PROXY_INIT;
}
