/*
 * Endpoints in a pasted text: of a URL, after words such as "host name", or host:port.
 * What looks like one but is a class, a source file or a page of documentation is left
 * out.
 */
#include "chain/mentioned.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <strings.h>

/* Words before a host are looked for this far back. */
#define BEFORE_MOST 64

enum rank {
	RANK_NONE,
	RANK_HELD,  /* "certificate is valid for a": perhaps what was asked, perhaps what
		       was got */
	RANK_PORT,  /* host:port */
	RANK_ASKED, /* "host name a", "not a" */
	RANK_URL
};

/* What is known of the place where a host may stand. */
struct place {
	struct span text;
	size_t from, to; /* of the host's bytes */
};

static bool is_host_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9') || byte == '-' || byte == '.';
}

static bool is_digit(uint8_t byte)
{
	return byte >= '0' && byte <= '9';
}

static bool is_one_of(struct span word, const char *const *list)
{
	for (; *list; list++)
		if (strlen(*list) == word.n &&
		    strncasecmp((const char *)word.at, *list, word.n) == 0)
			return true;
	return false;
}

/* The label after the last dot, and the one before the first. */
static struct span last_label(struct span host)
{
	const uint8_t *dot = memrchr(host.at, '.', host.n);

	return dot ? span_from(host, (size_t)(dot + 1 - host.at)) : host;
}

static struct span first_label(struct span host)
{
	const uint8_t *dot = memchr(host.at, '.', host.n);

	return dot ? span_of(host.at, (size_t)(dot - host.at)) : host;
}

static bool has_letter_of(struct span word, uint8_t from, uint8_t to)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.at[i] >= from && word.at[i] <= to)
			return true;
	return false;
}

/* LDH labels (RFC 1123 2.1), the last with a letter, or an IPv4 address. */
static bool is_host(struct span host)
{
	size_t label = 0;
	char address[16] = "";
	struct in_addr parsed;

	if (!host.n || host.n > HOST_MOST)
		return false;
	for (size_t i = 0; i < host.n; i++) {
		bool ends = host.at[i] == '.';

		if ((ends && (!label || host.at[i - 1] == '-')) ||
		    (!label && host.at[i] == '-') || label > 63)
			return false;
		label = ends ? 0 : label + 1;
	}
	if (!label || label > 63 || host.at[host.n - 1] == '-')
		return false;
	if (!has_letter_of(last_label(host), '0', '9') ||
	    has_letter_of(last_label(host), 'a', 'z') ||
	    has_letter_of(last_label(host), 'A', 'Z'))
		return true;
	if (host.n >= sizeof(address))
		return false;
	memcpy(address, host.at, host.n);
	return inet_pton(AF_INET, address, &parsed) == 1;
}

/* "java.lang.Thread", "Alert.java", "statem_clnt.c": dots, but no host. */
static bool is_of_a_program(struct span host)
{
	static const char *const packages[] = { "java",   "javax", "jdk",    "sun",
						"com",    "org",   "net",    "io",
						"kotlin", "scala", "system", NULL };
	static const char *const endings[] = {
		"java", "c",   "cc",   "cpp",  "h",    "go",    "py",  "js",
		"mjs",  "ts",  "rb",   "php",  "cs",   "rs",    "kt",  "scala",
		"pl",   "sh",  "pem",  "crt",  "cer",  "der",   "key", "jks",
		"p12",  "pfx", "xml",  "json", "log",  "txt",   "so",  "dll",
		"exe",  "lua", "conf", "cfg",  "html", "class", NULL
	};
	struct span last = last_label(host);

	return is_one_of(first_label(host), packages) || is_one_of(last, endings) ||
	       (has_letter_of(last, 'a', 'z') && has_letter_of(last, 'A', 'Z'));
}

/* Pages that programs point to in their errors. */
static bool is_documentation(struct span host)
{
	static const char *const pages[] = { "curl.se",
					     "curl.haxx.se",
					     "urllib3.readthedocs.io",
					     "docs.python.org",
					     "www.openssl.org",
					     "docs.openssl.org",
					     "nodejs.org",
					     "golang.org",
					     "go.dev",
					     "docs.oracle.com",
					     "support.servicenow.com",
					     "www.gnutls.org",
					     "aka.ms",
					     "go.microsoft.com",
					     "docs.microsoft.com",
					     "learn.microsoft.com",
					     NULL };

	return is_one_of(host, pages);
}

/* What stands before the host, lower case and with its quotes and brackets gone. */
static size_t words_before(const struct place *place, char to[BEFORE_MOST + 1])
{
	size_t begin = place->from > BEFORE_MOST ? place->from - BEFORE_MOST : 0, n = 0;

	for (size_t i = begin; i < place->from; i++) {
		uint8_t byte = place->text.at[i];
		bool word = is_host_byte(byte) || byte == '_' || byte == '/';

		byte = byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
		if (word || byte == '*')
			to[n++] = (char)byte;
		else if (n && to[n - 1] != ' ')
			to[n++] = ' ';
	}
	while (n && to[n - 1] == ' ')
		n--;
	to[n] = '\0';
	return n;
}

static bool ends_with_word(const char *text, size_t n, const char *word)
{
	size_t length = strlen(word);

	return n >= length && strcmp(text + n - length, word) == 0 &&
	       (n == length || strchr(" .", text[n - length - 1]));
}

static enum rank rank_by_words(const struct place *place)
{
	static const struct {
		const char *words;
		enum rank rank;
	} table[] = {
		{ "host name", RANK_ASKED },
		{ "hostname", RANK_ASKED },
		{ "host", RANK_ASKED },
		{ "matching", RANK_ASKED },
		{ "match", RANK_ASKED },
		{ "not", RANK_ASKED },
		{ "should be", RANK_ASKED },
		{ "connect to", RANK_ASKED },
		{ "connecting to", RANK_ASKED },
		{ "connection to", RANK_ASKED },
		{ "connected to", RANK_ASKED },
		{ "-connect", RANK_ASKED },
		{ "servername", RANK_ASKED },
		{ "server name", RANK_ASKED },
		{ "ip address matching", RANK_ASKED },
		{ "unknownhostexception", RANK_ASKED },
		{ "enotfound", RANK_ASKED },
		{ "ip address", RANK_ASKED },
		{ "ipv4 address", RANK_ASKED },
		{ "upstream", RANK_ASKED },
		{ "is not valid for", RANK_ASKED },
		{ "dial tcp", RANK_ASKED },
		{ "certificate for", RANK_ASKED },
		{ "for", RANK_HELD },
		{ "server", RANK_HELD },
	};
	char before[BEFORE_MOST + 1];
	size_t n = words_before(place, before);

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (ends_with_word(before, n, table[i].words))
			return table[i].rank;
	return RANK_NONE;
}

/* Before "://": a scheme over TLS, and its port. Another scheme: no endpoint of ours. */
static enum rank rank_by_scheme(const struct place *place, uint16_t *port)
{
	static const struct {
		const char *scheme;
		uint16_t port;
	} table[] = {
		{ "https", 0 },   { "tls", 0 },      { "ssl", 0 },      { "wss", 0 },
		{ "ldaps", 636 }, { "smtps", 465 },  { "imaps", 993 },  { "pop3s", 995 },
		{ "ftps", 990 },  { "amqps", 5671 }, { "mqtts", 8883 },
	};
	size_t end = place->from - 3, begin = end;

	while (begin && end - begin < 8 && is_host_byte(place->text.at[begin - 1]))
		begin--;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		if (end - begin == strlen(table[i].scheme) &&
		    strncasecmp((const char *)place->text.at + begin, table[i].scheme,
				end - begin) == 0) {
			*port = table[i].port;
			return RANK_URL;
		}
	return RANK_NONE;
}

/* ":8443" after the host; false where nothing of the kind stands there. */
static bool read_port(const struct place *place, uint16_t *port)
{
	size_t i = place->to;
	unsigned value = 0;

	if (i >= place->text.n || place->text.at[i] != ':')
		return false;
	for (i++; i < place->text.n && is_digit(place->text.at[i]); i++) {
		value = value * 10 + (place->text.at[i] - '0');
		if (value > 65535)
			return false;
	}
	if (!value || (i < place->text.n && is_host_byte(place->text.at[i])))
		return false;
	*port = (uint16_t)value;
	return true;
}

/* "c.wrap_socket(": a name of a program goes on. */
static bool goes_on(const struct place *place)
{
	return (place->to < place->text.n &&
		memchr("(_=$", place->text.at[place->to], 4)) ||
	       (place->from && memchr("_$", place->text.at[place->from - 1], 2));
}

static bool is_before(const struct place *place, const char *what)
{
	size_t n = strlen(what);

	return place->from >= n && memcmp(place->text.at + place->from - n, what, n) == 0;
}

static enum rank rank_of(const struct place *place, uint16_t *port)
{
	struct span host = span_of(place->text.at + place->from, place->to - place->from);
	bool bare = !memchr(host.at, '.', host.n);
	bool local =
		host.n == 9 && strncasecmp((const char *)host.at, "localhost", 9) == 0;
	enum rank rank, words;

	*port = 0;
	if (!is_host(host) || is_documentation(host) || is_before(place, "@"))
		return RANK_NONE;
	if (is_before(place, "://")) {
		rank = rank_by_scheme(place, port);
		read_port(place, port);
		return rank;
	}
	if ((bare && !local) || is_of_a_program(host) || goes_on(place) ||
	    is_before(place, "/") || is_before(place, "*."))
		return RANK_NONE;
	rank = read_port(place, port) ? RANK_PORT : RANK_NONE;
	words = rank_by_words(place);
	rank = words > rank ? words : rank;
	/* A name beside it says more: an address is what it was resolved to. */
	return rank > RANK_PORT && is_digit(*last_label(host).at) ? RANK_PORT : rank;
}

static void insert(struct mentioned *to, size_t *n, size_t most,
		   const struct mentioned *found)
{
	size_t i = *n;

	while (i && to[i - 1].rank < found->rank)
		i--;
	if (i == most)
		return;
	if (*n < most)
		(*n)++;
	memmove(&to[i + 1], &to[i], (*n - 1 - i) * sizeof(*to));
	to[i] = *found;
}

/* Said again: the better rank counts, and a port where there was none. */
static void keep(struct mentioned *to, size_t *n, size_t most,
		 const struct mentioned *found)
{
	struct mentioned better = *found;

	for (size_t i = 0; i < *n; i++) {
		if (strcasecmp(to[i].host, found->host) != 0 ||
		    (to[i].port && found->port && to[i].port != found->port))
			continue;
		if (to[i].rank >= found->rank && (to[i].port || !found->port))
			return;
		better.rank = to[i].rank > found->rank ? to[i].rank : found->rank;
		better.port = found->port ? found->port : to[i].port;
		(*n)--;
		memmove(&to[i], &to[i + 1], (*n - i) * sizeof(*to));
		break;
	}
	insert(to, n, most, &better);
}

/* The end of the run of bytes that a host can have; a full stop ends a sentence. */
static size_t end_of_run(struct span text, size_t from)
{
	size_t to = from;

	while (to < text.n && is_host_byte(text.at[to]))
		to++;
	return to;
}

/* "[2001:db8::1]:8443": from is the bracket. */
static void look_at_brackets(struct mentioned *to, size_t *n, size_t most,
			     struct span text, size_t from)
{
	struct mentioned found = { .rank = RANK_PORT };
	struct place place = { text, from + 1, from + 1 };
	uint8_t address[16];
	size_t length;

	while (place.to < text.n && place.to - from < 40 && text.at[place.to] != ']')
		place.to++;
	length = place.to - place.from;
	if (place.to == text.n || text.at[place.to] != ']' || length < 2 || length > 39)
		return;
	memcpy(found.host, text.at + place.from, length);
	place.to++;
	if (inet_pton(AF_INET6, found.host, address) == 1 &&
	    read_port(&place, &found.port))
		keep(to, n, most, &found);
}

size_t mentioned_find(struct mentioned *to, size_t most, struct span text)
{
	size_t n = 0;

	for (size_t from = 0; from < text.n;) {
		size_t end = end_of_run(text, from);
		struct place place = { text, from, end };
		struct mentioned found = { .port = 0 };

		if (text.at[from] == '[')
			look_at_brackets(to, &n, most, text, from);
		while (place.to > from && text.at[place.to - 1] == '.')
			place.to--;
		if (place.to > from && place.to - from <= HOST_MOST) {
			found.rank = rank_of(&place, &found.port);
			memcpy(found.host, text.at + from, place.to - from);
		}
		if (found.rank)
			keep(to, &n, most, &found);
		from = end > from ? end : from + 1;
	}
	return n;
}

const char *mentioned_text(const struct mentioned *mentioned, char to[TARGET_TEXT])
{
	bool brackets = strchr(mentioned->host, ':') != NULL;
	int n = snprintf(to, TARGET_TEXT, "%s%s%s", brackets ? "[" : "", mentioned->host,
			 brackets ? "]" : "");

	if (mentioned->port && mentioned->port != 443)
		snprintf(to + n, TARGET_TEXT - (size_t)n, ":%u",
			 (unsigned)mentioned->port);
	return to;
}
