/* URLs of strangers, split by libcurl and then judged by us. */
#include "netd/url.h"

#include "base/host.h"
#include "base/i18n.h"
#include "netd/address.h"

#include <curl/curl.h>
#include <stdlib.h>
#include <strings.h>

char *host_port(const char *host, uint16_t port)
{
	return str_format(strchr(host, ':') ? "[%s]:%u" : "%s:%u", host, (unsigned)port);
}

bool is_plain_host(const char *host)
{
	static const char allowed[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
		"0123456789-_.";
	struct address address;
	size_t n = strlen(host);

	if (address_parse(&address, host))
		return true;
	return n > 0 && n <= 254 && host[0] != '-' && strspn(host, allowed) == n &&
	       !host_ends_in_number(host, n);
}

/* Printable ASCII without spaces: RFC 3986 allows nothing else, and logs and headers want
 * nothing else. */
static bool is_clean(const char *text)
{
	size_t n = strnlen(text, URL_MOST + 1);

	if (n == 0 || n > URL_MOST)
		return false;
	for (size_t i = 0; i < n; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	return true;
}

static bool has_part(CURLU *parts, CURLUPart part)
{
	char *text = NULL;
	bool has = curl_url_get(parts, part, &text, 0) == CURLUE_OK;

	curl_free(text);
	return has;
}

static char *part(CURLU *parts, CURLUPart which, unsigned flags)
{
	char *text = NULL, *copy = NULL;

	if (curl_url_get(parts, which, &text, flags) == CURLUE_OK)
		copy = str_copy(text);
	curl_free(text);
	return copy;
}

/* The address in "[...]" without the brackets, or the name as it is; NULL: neither. */
static char *bare_host(CURLU *parts)
{
	char *host = part(parts, CURLUPART_HOST, 0);
	size_t n = host ? strlen(host) : 0;

	if (n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(host, host + 1, n - 2);
		host[n - 2] = '\0';
	}
	/* A zone ("fe80::1%eth0") names an interface of this machine: a stranger has no
	 * say in that. */
	if (host && !has_part(parts, CURLUPART_ZONEID) && is_plain_host(host))
		return host;
	mem_free(host);
	return NULL;
}

static bool fill(struct url *url, CURLU *parts, const char **why)
{
	AUTO_FREE char *port = NULL;
	long number;

	url->scheme = part(parts, CURLUPART_SCHEME, 0);
	if (!url->scheme ||
	    (strcmp(url->scheme, "http") != 0 && strcmp(url->scheme, "https") != 0)) {
		*why = _("the scheme is neither http nor https");
		return false;
	}
	if (has_part(parts, CURLUPART_USER) || has_part(parts, CURLUPART_PASSWORD)) {
		*why = _("it holds a user name or password");
		return false;
	}
	port = part(parts, CURLUPART_PORT, CURLU_DEFAULT_PORT);
	number = port ? strtol(port, NULL, 10) : 0;
	url->host = bare_host(parts);
	if (!url->host || number < 1 || number > UINT16_MAX) {
		*why = url->host ? _("the port is out of range")
				 : _("the host is neither a DNS name nor an IP address");
		return false;
	}
	url->port = (uint16_t)number;
	curl_url_set(parts, CURLUPART_FRAGMENT, NULL, 0);
	url->text = part(parts, CURLUPART_URL, 0);
	if (!url->text || !is_clean(url->text)) {
		*why = _("it is too long or holds characters that no URL has");
		return false;
	}
	return true;
}

/* libcurl takes "http:/host" and "http:///host" too; others do not, and then mean another
 * host. */
static bool has_odd_slashes(const char *text)
{
	static const char *const schemes[] = { "http:", "https:" };

	for (size_t i = 0; i < COUNT(schemes); i++) {
		size_t n = strlen(schemes[i]);

		if (strncasecmp(text, schemes[i], n) == 0)
			return strspn(text + n, "/\\") != 2 ||
			       strncmp(text + n, "//", 2) != 0;
	}
	return false;
}

/* A scheme that libcurl has no handler for is judged by us, so that the reason is ours as
 * well. */
static bool split(CURLU *parts, const char *base, const char *text)
{
	return (!base || curl_url_set(parts, CURLUPART_URL, base, 0) == CURLUE_OK) &&
	       curl_url_set(parts, CURLUPART_URL, text, CURLU_NON_SUPPORT_SCHEME) ==
		       CURLUE_OK;
}

bool url_parse(struct url *url, const char *base, const char *text, const char **why)
{
	struct url read = URL_INIT;
	CURLU *parts;
	bool good;

	if (!is_clean(text)) {
		*why = _("it is too long or holds characters that no URL has");
		return false;
	}
	parts = curl_url();
	*why = _("it is no URL");
	good = parts && !has_odd_slashes(text) && split(parts, base, text) &&
	       fill(&read, parts, why);
	curl_url_cleanup(parts);
	if (good)
		*url = read;
	else
		url_clear(&read);
	return good;
}

void url_clear(struct url *url)
{
	mem_free(url->text);
	mem_free(url->scheme);
	mem_free(url->host);
	*url = (struct url)URL_INIT;
}
