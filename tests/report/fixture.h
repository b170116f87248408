/*
 * What the tests of reports share: certificates with any names in them, and what a
 * report wrote.
 */
#pragma once

#include "base/escape.h"
#include "base/width.h"
#include "report/report.h"
#include "x509/der.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define NOW INT64_C(1795507200) /* 2026-11-24T08:00:00Z */

struct fake {
	struct span subject, issuer;   /* common names; n 0 of issuer: the subject */
	uint8_t name_tag;              /* 0: UTF8String */
	struct span dns, url;          /* subjectAltName; caIssuers, OCSP and CRL */
	int64_t not_before, not_after; /* 0: a year before and after NOW */
	uint8_t serial;
	bool ca;
};

static inline void fake_wrap(struct buf *out, uint8_t tag, struct buf *content)
{
	der_add(out, tag, buf_span(content));
	buf_clear(content);
}

static inline void fake_name(struct buf *out, uint8_t tag, struct span text)
{
	struct buf attribute = BUF_INIT, pair = BUF_INIT, set = BUF_INIT;

	der_add(&attribute, DER_OID, SPAN("\x55\x04\x03"));
	der_add(&attribute, tag ? tag : DER_UTF8_STRING, text);
	fake_wrap(&pair, DER_SEQUENCE, &attribute);
	fake_wrap(&set, DER_SET, &pair);
	fake_wrap(out, DER_SEQUENCE, &set);
}

static inline void fake_time(struct buf *out, int64_t at)
{
	char text[TIME_TEXT], digits[16];
	size_t n = 0;

	time_rfc3339(at, text);
	for (const char *c = text + (at < INT64_C(2524608000) ? 2 : 0); *c; c++)
		if (*c != '-' && *c != ':' && *c != 'T')
			digits[n++] = *c;
	der_add(out, at < INT64_C(2524608000) ? DER_UTC_TIME : DER_GENERALIZED_TIME,
		span_of(digits, n));
}

static inline void fake_extension(struct buf *out, struct span oid, struct buf *value)
{
	struct buf inner = BUF_INIT;

	der_add(&inner, DER_OID, oid);
	fake_wrap(&inner, DER_OCTET_STRING, value);
	fake_wrap(out, DER_SEQUENCE, &inner);
}

static inline void fake_urls(struct buf *out, struct span url)
{
	struct buf access = BUF_INIT, list = BUF_INIT, value = BUF_INIT, point = BUF_INIT;

	der_add(&access, DER_OID, SPAN("\x2b\x06\x01\x05\x05\x07\x30\x02"));
	der_add(&access, DER_CONTEXT(6), url);
	fake_wrap(&list, DER_SEQUENCE, &access);
	der_add(&access, DER_OID, SPAN("\x2b\x06\x01\x05\x05\x07\x30\x01"));
	der_add(&access, DER_CONTEXT(6), url);
	fake_wrap(&list, DER_SEQUENCE, &access);
	fake_wrap(&value, DER_SEQUENCE, &list);
	fake_extension(out, SPAN("\x2b\x06\x01\x05\x05\x07\x01\x01"), &value);
	der_add(&value, DER_CONTEXT(6), url);
	fake_wrap(&point, DER_CONTEXT_CONSTRUCTED(0), &value);
	fake_wrap(&value, DER_CONTEXT_CONSTRUCTED(0), &point);
	fake_wrap(&list, DER_SEQUENCE, &value);
	fake_wrap(&value, DER_SEQUENCE, &list);
	fake_extension(out, SPAN("\x55\x1d\x1f"), &value);
}

static inline void fake_extensions(struct buf *out, const struct fake *fake)
{
	struct buf value = BUF_INIT, inner = BUF_INIT, list = BUF_INIT, all = BUF_INIT;

	if (fake->ca)
		der_add(&inner, DER_BOOLEAN, SPAN("\xff"));
	fake_wrap(&value, DER_SEQUENCE, &inner);
	fake_extension(&list, SPAN("\x55\x1d\x13"), &value);
	if (fake->dns.n) {
		der_add(&inner, DER_CONTEXT(2), fake->dns);
		fake_wrap(&value, DER_SEQUENCE, &inner);
		fake_extension(&list, SPAN("\x55\x1d\x11"), &value);
	}
	if (fake->url.n)
		fake_urls(&list, fake->url);
	fake_wrap(&all, DER_SEQUENCE, &list);
	fake_wrap(out, DER_CONTEXT_CONSTRUCTED(3), &all);
}

#define FAKE_ECDSA_SHA256 "\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define FAKE_P256                                                                      \
	"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce" \
	"\x3d\x03\x01"                                                                 \
	"\x07\x03\x42\x00\x04"                                                         \
	"\x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2"             \
	"\x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96"             \
	"\x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16"             \
	"\x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5"

static inline void fake_tbs(struct buf *out, const struct fake *fake)
{
	struct buf tbs = BUF_INIT, times = BUF_INIT;
	struct span issuer = fake->issuer.n ? fake->issuer : fake->subject;
	const uint8_t serial[] = { 0x5a, fake->serial };

	buf_add(&tbs, SPAN("\xa0\x03\x02\x01\x02"));
	der_add(&tbs, DER_INTEGER, span_of(serial, sizeof(serial)));
	buf_add(&tbs, SPAN(FAKE_ECDSA_SHA256));
	fake_name(&tbs, fake->name_tag, issuer);
	fake_time(&times, fake->not_before ? fake->not_before : NOW - 365 * DAY_SECONDS);
	fake_time(&times, fake->not_after ? fake->not_after : NOW + 365 * DAY_SECONDS);
	fake_wrap(&tbs, DER_SEQUENCE, &times);
	fake_name(&tbs, fake->name_tag, fake->subject);
	buf_add(&tbs, SPAN(FAKE_P256));
	fake_extensions(&tbs, fake);
	fake_wrap(out, DER_SEQUENCE, &tbs);
}

/*
 * A certificate over bytes of the arena. Nobody signed it: the signature is no
 * signature.
 */
static inline struct cert fake_cert(struct arena *arena, const struct fake *fake)
{
	struct buf all = BUF_INIT, der = BUF_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert cert;

	fake_tbs(&all, fake);
	buf_add(&all, SPAN(FAKE_ECDSA_SHA256));
	der_add(&all, DER_BIT_STRING, SPAN("\x00\x30\x06\x02\x01\x01\x02\x01\x01"));
	fake_wrap(&der, DER_SEQUENCE, &all);
	if (!cert_read(&cert, arena_copy(arena, buf_span(&der)), &err))
		fail_msg("the fixture is no certificate: %s", err.text);
	buf_clear(&der);
	return cert;
}

static inline struct entry *fake_entry(struct entry_set *set, const struct fake *fake,
				       enum trust trust)
{
	struct entry entry = { .cert = fake_cert(&set->arena, fake), .trust = trust };

	return set_append(set, &entry);
}

/*
 * Standard output goes to a file from capture_begin on, and is read back by capture_end
 * (mem_free).
 */
static int capture_saved = -1, capture_fd = -1;

static inline void capture_begin(void)
{
	char path[] = "/tmp/rootcellar-report-XXXXXX";

	fflush(stdout);
	capture_saved = dup(STDOUT_FILENO);
	capture_fd = mkstemp(path);
	assert_true(capture_fd >= 0);
	unlink(path);
	dup2(capture_fd, STDOUT_FILENO);
}

static inline char *capture_end(void)
{
	off_t n = lseek(capture_fd, 0, SEEK_END);
	char *text = mem_alloc((size_t)n + 1);
	ssize_t got = pread(capture_fd, text, (size_t)n, 0);

	dup2(capture_saved, STDOUT_FILENO);
	close(capture_saved);
	close(capture_fd);
	assert_int_equal(got, n);
	text[n] = '\0';
	assert_int_equal(strlen(text), n);
	return text;
}

static inline void fake_report(struct report *report, enum report_format format,
			       size_t columns)
{
	report_init(report, format, "never", NOW);
	report->columns = columns;
	report->unbounded = false;
}

static inline char *finish_report(struct report *report)
{
	AUTO(error) err = ERROR_INIT;

	if (!report_finish(report, &err))
		fail_msg("%s", err.text);
	report_clear(report);
	return capture_end();
}

/* Text that would do something to whoever shows it. */
static const struct span hostile[] = {
	SPAN("\x1b[31mred\x1b[0m"),
	SPAN("\x1b]0;title\x07"),
	SPAN("two\nlines"),
	SPAN("carriage\rreturn"),
	SPAN("tab\there"),
	SPAN("\x7f"
	     "delete"),
	SPAN("nul\0byte"),
	SPAN("\xc2\x9b"
	     "31m C1"),
	SPAN("\xe2\x80\xaegnp.exe"),
	SPAN("\xe2\x81\xa6isolate\xe2\x81\xa9"),
	SPAN("zero\xe2\x80\x8bwidth\xef\xbb\xbf"),
	SPAN("line\xe2\x80\xa8"
	     "separator"),
	SPAN("tag\xf3\xa0\x81\x81"),
	SPAN("=cmd|' /C calc'!A0"),
	SPAN("+1+1"),
	SPAN("-1+1"),
	SPAN("@SUM(A1)"),
	SPAN("\"quoted\",comma"),
	SPAN("$(id) `id` ; rm -rf ~"),
	SPAN("<script>alert(1)</script>"),
	SPAN("%s%n%p"),
	SPAN("trusted: true\n[p11-kit-object-v1]"),
	SPAN("bad \xff\xfe utf-8 \xc0\xaf"),
	SPAN("\xed\xa0\x80 surrogate"),
	SPAN("wide \xe4\xbd\xa0\xe5\xa5\xbd\xe4\xb8\x96\xe7\x95\x8c and more of it to be "
	     "cut off "
	     "somewhere in the middle"),
	SPAN("flood "
	     "e\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81"
	     "\xcc\x81"),
};

/* Every line is what the escaping for terminals would leave as it is. */
static inline void assert_harmless(const char *text, size_t row)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		AUTO(buf) escaped = BUF_INIT;

		escape_terminal(&escaped, span_of(text, n));
		if (!span_eq(buf_span(&escaped), span_of(text, n)))
			fail_msg("row %zu lets through: %s", row, buf_text(&escaped));
		text += n + (text[n] == '\n');
	}
}

static inline size_t count_lines(const char *text)
{
	size_t n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static inline void assert_fits(const char *text, size_t columns)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		AUTO_FREE char *line = str_of(span_of(text, n));

		if (text_columns(line) > columns)
			fail_msg("wider than %zu: %s", columns, line);
		text += n + (text[n] == '\n');
	}
}
