/*
 * A target as the user types it. Nothing of what is typed reaches the network or a
 * message but a host of letters, digits, dots, hyphens (or an address) and a port.
 */
#include "net/net.h"

#include "base/escape.h"
#include "base/host.h"
#include "base/i18n.h"
#include "base/library.h"

#include <arpa/inet.h>
#include <idn2.h>
#include <netinet/in.h>
#include <pthread.h>
#include <strings.h>

#define TARGET_MOST  2048 /* the longest URL that anybody types */
#define HOST_MOST    253  /* RFC 1035 2.3.4, without the final dot */
#define LABEL_MOST   63
#define PORT_DEFAULT 443

/* How a scheme reaches TLS. */
enum opening {
	OPENING_TLS,
	OPENING_STARTTLS,
	OPENING_PLAIN
};

static const struct scheme {
	const char *name;
	enum opening opening;
	uint16_t port; /* of TLS from the first byte */
	const char *
		tls_name; /* the scheme that speaks TLS from the first byte; NULL: none */
} schemes[] = {
	{ "https", OPENING_TLS, 443, NULL },
	{ "tls", OPENING_TLS, 443, NULL },
	{ "ssl", OPENING_TLS, 443, NULL },
	{ "wss", OPENING_TLS, 443, NULL },
	{ "ldaps", OPENING_TLS, 636, NULL },
	{ "imaps", OPENING_TLS, 993, NULL },
	{ "smtps", OPENING_TLS, 465, NULL },
	{ "submissions", OPENING_TLS, 465, NULL },
	{ "pop3s", OPENING_TLS, 995, NULL },
	{ "ftps", OPENING_TLS, 990, NULL },
	{ "nntps", OPENING_TLS, 563, NULL },
	{ "ircs", OPENING_TLS, 6697, NULL },
	{ "sips", OPENING_TLS, 5061, NULL },
	{ "mqtts", OPENING_TLS, 8883, NULL },
	{ "amqps", OPENING_TLS, 5671, NULL },
	{ "dot", OPENING_TLS, 853, NULL },
	{ "http", OPENING_PLAIN, 443, "https" },
	{ "ws", OPENING_PLAIN, 443, "wss" },
	{ "smtp", OPENING_STARTTLS, 465, "smtps" },
	{ "ldap", OPENING_STARTTLS, 636, "ldaps" },
	{ "imap", OPENING_STARTTLS, 993, "imaps" },
	{ "pop3", OPENING_STARTTLS, 995, "pop3s" },
	{ "ftp", OPENING_STARTTLS, 990, "ftps" },
	{ "nntp", OPENING_STARTTLS, 563, "nntps" },
	{ "sieve", OPENING_STARTTLS, 0, NULL },
	{ "xmpp", OPENING_STARTTLS, 0, NULL },
	{ "postgres", OPENING_STARTTLS, 0, NULL },
	{ "postgresql", OPENING_STARTTLS, 0, NULL },
	{ "mysql", OPENING_STARTTLS, 0, NULL },
};

/* What stands before the host is the user's secret. */
static struct span after_credentials(struct span authority)
{
	for (size_t i = authority.n; i-- > 0;)
		if (authority.at[i] == '@')
			return span_from(authority, i + 1);
	return authority;
}

/* Fails with a text that has one %s: the target, made safe to show; what was typed in
 * error is a secret all the same. */
static bool refuse(const char *text, const char *reason, struct error *err)
{
	const char *colon = strstr(text, "://");
	const char *from = colon ? colon + 3 : text;
	struct span authority = span_of(from, strcspn(from, "/?#"));
	AUTO(buf) plain = BUF_INIT;
	AUTO_FREE char *shown = NULL;

	buf_add(&plain, span_of(text, (size_t)(from - text)));
	buf_add(&plain, after_credentials(authority));
	buf_add_str(&plain, from + authority.n);
	shown = quoted(buf_span(&plain));
	return error_fail(err, STATUS_INPUT, _("target '%s': %s"), shown, reason);
}

static const struct scheme *find_scheme(struct span name)
{
	for (size_t i = 0; i < COUNT(schemes); i++)
		if (strlen(schemes[i].name) == name.n &&
		    strncasecmp(schemes[i].name, (const char *)name.at, name.n) == 0)
			return &schemes[i];
	return NULL;
}

/* A scheme that does not begin with TLS: what it is, and what to type instead. */
static bool refuse_scheme(const char *text, const struct scheme *scheme,
			  struct error *err)
{
	if (scheme->opening == OPENING_PLAIN)
		refuse(text,
		       _("this scheme uses no TLS, so that there is no certificate to "
			 "check"),
		       err);
	else
		refuse(text,
		       _("this scheme begins without TLS (STARTTLS), and this version "
			 "speaks TLS "
			 "from the first byte only"),
		       err);
	return scheme->tls_name ? error_remedy(err, _("use %s:// (port %u)"),
					       scheme->tls_name, (unsigned)scheme->port)
				: false;
}

/*
 * Takes "scheme://" off the front of authority, and what follows the host and port off
 * its end. port gets the default of the scheme.
 */
static bool strip_url(const char *text, struct span *authority, uint16_t *port,
		      struct error *err)
{
	const char *colon = strstr(text, "://");
	const struct scheme *scheme;

	*authority = span_str(text);
	*port = PORT_DEFAULT;
	if (!colon)
		return true;
	scheme = find_scheme(span_of(text, (size_t)(colon - text)));
	if (!scheme)
		return refuse(text, _("the scheme is not known"), err);
	if (scheme->opening != OPENING_TLS)
		return refuse_scheme(text, scheme, err);
	*port = scheme->port;
	*authority = span_of(colon + 3, strcspn(colon + 3, "/?#"));
	return true;
}

/* Digits only, 1 to 65535. */
static bool read_port(struct span digits, uint16_t *port)
{
	unsigned value = 0;

	if (digits.n == 0 || digits.n > 5)
		return false;
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.at[i] < '0' || digits.at[i] > '9')
			return false;
		value = value * 10 + (unsigned)(digits.at[i] - '0');
	}
	if (value == 0 || value > UINT16_MAX)
		return false;
	*port = (uint16_t)value;
	return true;
}

/* "[v6]" and perhaps ":port". */
static bool split_brackets(struct span authority, struct span *host, struct span *port)
{
	const uint8_t *close = memchr(authority.at, ']', authority.n);
	struct span after;

	if (!close)
		return false;
	*host = span_of(authority.at + 1, (size_t)(close - authority.at) - 1);
	after = span_from(authority, (size_t)(close - authority.at) + 1);
	if (after.n && after.at[0] != ':')
		return false;
	*port = after.n ? span_from(after, 1) : (struct span){ NULL, 0 };
	return true;
}

/* How many colons there are, and where the first stands. */
static size_t count_colons(struct span s, size_t *first)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] == ':' && n++ == 0)
			*first = i;
	return n;
}

static bool split_host_port(struct span authority, struct span *host, struct span *port)
{
	size_t first = 0;

	*port = (struct span){ NULL, 0 };
	if (authority.n && authority.at[0] == '[')
		return split_brackets(authority, host, port);
	*host = authority;
	/* One colon divides host and port; more make a bare IPv6 address. */
	if (count_colons(authority, &first) != 1)
		return true;
	host->n = first;
	*port = span_from(authority, first + 1);
	return true;
}

/* An address in its usual form, as the name check later compares it; NULL where host is
 * none. */
static char *read_address(const char *host)
{
	uint8_t address[sizeof(struct in6_addr)];
	char text[INET6_ADDRSTRLEN];
	int family = inet_pton(AF_INET, host, address) == 1    ? AF_INET
		     : inet_pton(AF_INET6, host, address) == 1 ? AF_INET6
							       : AF_UNSPEC;

	if (family == AF_UNSPEC || !inet_ntop(family, address, text, sizeof(text)))
		return NULL;
	return str_copy(text);
}

static bool is_host_byte(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
	       c == '.';
}

/* Letters, digits, hyphens and (seen in real names) underscores, in labels of 1 to 63. */
static bool is_host_name(const char *host)
{
	size_t label = 0, n = strlen(host);

	if (n == 0 || n > HOST_MOST || host[0] == '-')
		return false;
	for (size_t i = 0; i < n; i++) {
		if (!is_host_byte(host[i]))
			return false;
		if (host[i] == '.' && label == 0)
			return false;
		label = host[i] == '.' ? 0 : label + 1;
		if (label > LABEL_MOST)
			return false;
	}
	return label > 0;
}

/* libidn2, loaded when the first internationalized name comes. */
static struct {
	__typeof__(idn2_to_ascii_8z) *to_ascii;
	__typeof__(idn2_free) *free;
} idn2;

static void idn2_load(void)
{
	const struct library_call calls[] = {
		{ "idn2_to_ascii_8z", &idn2.to_ascii },
		{ "idn2_free", &idn2.free },
	};

	library_require(LIBIDN2, calls, COUNT(calls));
}

/* A-labels (IDNA 2008 with the UTS 46 mapping). */
static char *to_a_labels(const char *host)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char *ascii = NULL, *copy;

	pthread_once(&once, idn2_load);
	if (idn2.to_ascii(host, &ascii, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) !=
		    IDN2_OK &&
	    idn2.to_ascii(host, &ascii, IDN2_NFC_INPUT | IDN2_TRANSITIONAL) != IDN2_OK)
		return NULL;
	copy = str_copy(ascii);
	idn2.free(ascii);
	return copy;
}

/* ASCII, and no label of it claims to be an encoded one (RFC 5890 2.3.1). */
static bool is_plain_name(const char *host)
{
	for (const char *at = host; *at; at++)
		if (*at & 0x80 ||
		    ((at == host || at[-1] == '.') && strncasecmp(at, "xn--", 4) == 0))
			return false;
	return true;
}

/* Lower case, in A-labels; the final dot of a full name goes. */
static char *to_ascii_host(const char *host)
{
	char *name = is_plain_name(host) ? str_copy(host) : to_a_labels(host);
	size_t n = name ? strlen(name) : 0;

	if (n > 1 && name[n - 1] == '.')
		name[n - 1] = '\0';
	for (char *at = name; at && *at; at++)
		*at = *at >= 'A' && *at <= 'Z' ? (char)(*at | 0x20) : *at;
	return name;
}

static char *read_host(struct span host, bool *is_address)
{
	AUTO_FREE char *typed = str_of(host);
	char *address = read_address(typed), *name;

	*is_address = address != NULL;
	if (address)
		return address;
	/* What the IDN library would map away (a full-width slash) is judged after the
	 * mapping. */
	name = to_ascii_host(typed);
	if (name && is_host_name(name) && !host_ends_in_number(name, strlen(name)))
		return name;
	mem_free(name);
	return NULL;
}

/* A password that was typed is shown to nobody who looks on. */
static bool refuse_credentials(struct span authority, struct error *err)
{
	const uint8_t *at = memrchr(authority.at, '@', authority.n);
	AUTO_FREE char *host =
		str_of(span_from(authority, (size_t)(at - authority.at)));
	AUTO_FREE char *shown = str_format("***%s", host);

	return refuse(shown, _("a user name or password does not belong in a target"),
		      err);
}

bool target_parse(struct target *target, const char *text, struct error *err)
{
	struct span authority, host, port_text;
	struct target read = TARGET_INIT;

	if (strnlen(text, TARGET_MOST + 1) > TARGET_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("the target is longer than %d bytes"), TARGET_MOST);
	if (!strip_url(text, &authority, &read.port, err))
		return false;
	if (authority.n && memchr(authority.at, '@', authority.n))
		return refuse_credentials(authority, err);
	if (!split_host_port(authority, &host, &port_text))
		return refuse(text, _("the brackets hold no IPv6 address"), err);
	if (port_text.at && !read_port(port_text, &read.port))
		return refuse(text, _("the port is not a number from 1 to 65535"), err);
	read.host = read_host(host, &read.is_address);
	if (!read.host)
		return refuse(text, _("the host is neither a DNS name nor an IP address"),
			      err);
	if (authority.n && authority.at[0] == '[' && !strchr(read.host, ':')) {
		mem_free(read.host);
		return refuse(text, _("the brackets hold no IPv6 address"), err);
	}
	read.text = str_copy(text);
	*target = read;
	return true;
}

static bool is_proxy_scheme(struct span scheme)
{
	static const char *const taken[] = { "http", "https", "socks5", "socks5h" };

	for (size_t i = 0; i < COUNT(taken); i++)
		if (strlen(taken[i]) == scheme.n &&
		    strncasecmp(taken[i], (const char *)scheme.at, scheme.n) == 0)
			return true;
	return false;
}

bool proxy_check(const char *url, struct error *err)
{
	const char *colon = strstr(url, "://");
	const char *from = colon ? colon + 3 : url;
	struct span authority = after_credentials(span_of(from, strcspn(from, "/?#")));
	struct span host, port_text;
	AUTO_FREE char *name = NULL;
	bool is_address;
	uint16_t port;

	if (colon && !is_proxy_scheme(span_of(url, (size_t)(colon - url))))
		return error_fail(err, STATUS_INPUT,
				  _("the proxy's scheme is none of http, https, socks5 "
				    "and socks5h"));
	if (!split_host_port(authority, &host, &port_text) ||
	    !(name = read_host(host, &is_address)))
		return error_fail(err, STATUS_INPUT,
				  _("the proxy's host is neither a DNS name nor an IP "
				    "address"));
	if (port_text.at && !read_port(port_text, &port))
		return error_fail(err, STATUS_INPUT,
				  _("the proxy's port is not a number from 1 to 65535"));
	return true;
}

void target_clear(struct target *target)
{
	mem_free(target->text);
	mem_free(target->host);
	*target = (struct target)TARGET_INIT;
}
