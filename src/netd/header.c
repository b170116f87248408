/* HTTP header fields, read with care: the server is a stranger. */
#include "netd/header.h"

#include "base/clock.h"
#include "netd/cache.h"
#include "netd/url.h"

#include <curl/curl.h>
#include <strings.h>
#include <time.h>

#define HEADER_MOST  ((size_t)64 << 10)
#define FRESH_MOST   DAY_SECONDS
#define FRESH_UNSAID 3600
#define SECONDS_MOST INT32_MAX

void header_clear(struct header *header)
{
	mem_free(header->location);
	mem_free(header->etag);
	mem_free(header->modified);
	*header = (struct header){ .max_age = -1, .date = -1, .expires = -1 };
}

static struct span trim(struct span s)
{
	while (s.n && (s.at[0] == ' ' || s.at[0] == '\t'))
		s = span_from(s, 1);
	while (s.n && strchr(" \t\r\n", s.at[s.n - 1]) && s.at[s.n - 1])
		s.n--;
	return s;
}

static bool printable(struct span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.at[i] < ' ' || s.at[i] > '~')
			return false;
	return true;
}

/* The first of a field counts; what could not be sent or shown as it is counts as absent.
 */
static void take_text(char **to, struct span value, size_t most)
{
	if (!*to && value.n && value.n <= most && printable(value))
		*to = str_of(value);
}

/* Digits at the front of value; -1 where there are none. */
static int64_t seconds(struct span value)
{
	int64_t total = -1;

	for (size_t i = 0; i < value.n && value.at[i] >= '0' && value.at[i] <= '9'; i++) {
		total = (total < 0 ? 0 : total) * 10 + (value.at[i] - '0');
		if (total > SECONDS_MOST)
			return SECONDS_MOST;
	}
	return total;
}

/* An HTTP date; 0, which is long past, for what is none (RFC 9111 5.3). */
static int64_t http_date(struct span value)
{
	AUTO_FREE char *text = str_of(value);
	time_t at = curl_getdate(text, NULL);

	return at < 0 ? 0 : (int64_t)at;
}

static bool starts_word(struct span s, const char *word)
{
	size_t n = strlen(word);

	return s.n >= n && strncasecmp((const char *)s.at, word, n) == 0;
}

static void take_directive(struct header *header, struct span directive)
{
	if (starts_word(directive, "no-store"))
		header->no_store = true;
	else if (starts_word(directive, "no-cache"))
		header->no_cache = true;
	else if (starts_word(directive, "max-age="))
		header->max_age = seconds(span_from(directive, strlen("max-age=")));
}

static void take_cache_control(struct header *header, struct span value)
{
	while (value.n) {
		const uint8_t *comma = memchr(value.at, ',', value.n);
		size_t n = comma ? (size_t)(comma - value.at) : value.n;

		take_directive(header, trim(span_of(value.at, n)));
		value = span_from(value, comma ? n + 1 : n);
	}
}

static bool named(struct span name, const char *field)
{
	return name.n == strlen(field) && starts_word(name, field);
}

static void take_field(struct header *header, struct span name, struct span value)
{
	if (named(name, "Location"))
		take_text(&header->location, value, URL_MOST);
	else if (named(name, "ETag"))
		take_text(&header->etag, value, CACHE_FIELD_MOST);
	else if (named(name, "Last-Modified"))
		take_text(&header->modified, value, CACHE_FIELD_MOST);
	else if (named(name, "Cache-Control"))
		take_cache_control(header, value);
	else if (named(name, "Expires"))
		header->expires = http_date(value);
	else if (named(name, "Date"))
		header->date = http_date(value);
	else if (named(name, "Age"))
		header->age = seconds(value);
}

/* "HTTP/1.1 200 OK": the last of several (100 Continue comes before) is the answer's. */
static void take_status(struct header *header, struct span line)
{
	const uint8_t *space = memchr(line.at, ' ', line.n);
	size_t bytes = header->bytes;
	int64_t status =
		space ? seconds(span_from(line, (size_t)(space - line.at) + 1)) : 0;

	header_clear(header);
	header->bytes = bytes;
	header->status = status < 0 || status > 999 ? 0 : (uint32_t)status;
}

bool header_add(struct header *header, struct span line)
{
	const uint8_t *colon;

	if (line.n > HEADER_MOST - header->bytes)
		return false;
	header->bytes += line.n;
	if (span_starts(line, SPAN("HTTP/"))) {
		take_status(header, line);
		return true;
	}
	colon = line.n ? memchr(line.at, ':', line.n) : NULL;
	if (colon) {
		size_t n = (size_t)(colon - line.at);

		take_field(header, span_of(line.at, n), trim(span_from(line, n + 1)));
	}
	return true;
}

int64_t header_fresh_seconds(const struct header *header)
{
	int64_t fresh = FRESH_UNSAID;

	if (header->no_cache)
		return 0;
	if (header->max_age >= 0)
		fresh = header->max_age;
	else if (header->expires >= 0)
		fresh = header->expires - (header->date > 0 ? header->date : time(NULL));
	if (header->max_age >= 0 && header->age > 0)
		fresh -= header->age;
	return fresh < 0 ? 0 : fresh > FRESH_MOST ? FRESH_MOST : fresh;
}
