/* Facts of a certificate in words: the same in every table, tree and list. */
#include "report/facts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/width.h"
#include "x509/extension.h"
#include "x509/name.h"

#include <assert.h>

#define SOON_DAYS 30

int64_t days_until(int64_t at, int64_t now)
{
	int64_t left = at - now;

	return left >= 0 ? left / DAY_SECONDS
			 : -((-left + DAY_SECONDS - 1) / DAY_SECONDS);
}

enum fact_state validity_state(const struct cert *cert, int64_t now)
{
	if (now > cert->not_after || now < cert->not_before)
		return FACT_OVER;
	return days_until(cert->not_after, now) < SOON_DAYS ? FACT_SOON : FACT_GOOD;
}

static void add_expired(struct buf *out, int64_t seconds)
{
	int days = (int)(seconds / DAY_SECONDS);

	if (days)
		buf_addf(out,
			 ngettext("expired %d day ago", "expired %d days ago",
				  (unsigned long)days),
			 days);
	else
		buf_add_str(out, _("expired today"));
}

static void add_not_yet(struct buf *out, int64_t seconds)
{
	int days = (int)(seconds / DAY_SECONDS);

	if (days)
		buf_addf(out,
			 ngettext("valid in %d day", "valid in %d days",
				  (unsigned long)days),
			 days);
	else
		buf_add_str(out, _("valid within a day"));
}

void add_days_left(struct buf *out, const struct cert *cert, int64_t now)
{
	int days = (int)days_until(cert->not_after, now);

	if (now > cert->not_after)
		add_expired(out, now - cert->not_after);
	else if (now < cert->not_before)
		add_not_yet(out, cert->not_before - now);
	else if (days)
		buf_addf(out, ngettext("in %d day", "in %d days", (unsigned long)days),
			 days);
	else
		buf_add_str(out, _("within a day"));
}

void add_key(struct buf *out, const struct cert *cert)
{
	struct key_info key = cert_key(cert);

	if (key.type == KEY_EC && key.curve)
		buf_addf(out, "%s %s", key_type_name(&key), key.curve);
	else
		add_short_key(out, cert);
}

void add_short_key(struct buf *out, const struct cert *cert)
{
	struct key_info key = cert_key(cert);

	buf_add_str(out, key_type_name(&key));
	if (key.bits && (key.type == KEY_RSA || key.type == KEY_RSA_PSS ||
			 key.type == KEY_EC || key.type == KEY_DSA || key.type == KEY_DH))
		buf_addf(out, " %u", key.bits);
}

static void add_short_name(struct buf *out, struct span name, size_t columns)
{
	AUTO(buf) text = BUF_INIT;

	name_short(&text, name);
	if (columns == SIZE_MAX)
		escape_terminal(out, buf_span(&text));
	else
		escape_terminal_cut(out, buf_span(&text), columns);
}

void add_subject(struct buf *out, const struct cert *cert, size_t columns)
{
	add_short_name(out, cert_part(cert, cert->subject), columns);
}

void add_issuer(struct buf *out, const struct cert *cert, size_t columns)
{
	add_short_name(out, cert_part(cert, cert->issuer), columns);
}

void add_whole_name(struct buf *out, struct span name)
{
	AUTO(buf) text = BUF_INIT;

	name_text(&text, name);
	escape_terminal(out, buf_span(&text));
}

void add_short_sha256(struct buf *out, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);

	buf_add_hex(out, span_of(hash.at, SHORT_SHA256 / 2));
}

void add_serial(struct buf *out, const struct cert *cert)
{
	struct span serial = cert_part(cert, cert->serial);

	/*
	 * DER puts a zero octet before a first bit that is set; it is no part of the
	 * number.
	 */
	if (serial.n > 1 && serial.at[0] == 0)
		serial = span_from(serial, 1);
	buf_add_hex(out, serial);
}

bool cert_says_ca(const struct cert *cert)
{
	struct basic_constraints basic = { .present = false };
	AUTO(error) err = ERROR_INIT;

	return cert_basic_constraints(cert, &basic, &err) && basic.present && basic.ca;
}

const char *tint_sequence(enum tint tint)
{
	static const char *const sequences[] = {
		[TINT_NONE] = "",         [TINT_GOOD] = "\x1b[32m",
		[TINT_WARN] = "\x1b[33m", [TINT_BAD] = "\x1b[31m",
		[TINT_QUIET] = "\x1b[2m", [TINT_HEAD] = "\x1b[1m",
	};

	assert(tint < COUNT(sequences));
	return sequences[tint];
}

enum tint tint_of_state(enum fact_state state)
{
	return state == FACT_OVER ? TINT_BAD : state == FACT_SOON ? TINT_WARN : TINT_NONE;
}

enum tint tint_of_trust(enum trust trust)
{
	return trust == TRUST_DISTRUSTED ? TINT_BAD : TINT_NONE;
}

void add_tinted(struct report *report, enum tint tint, const char *text)
{
	bool coloured = report->colour && tint != TINT_NONE;

	if (coloured)
		buf_add_str(&report->out, tint_sequence(tint));
	buf_add_str(&report->out, text);
	if (coloured)
		buf_add_str(&report->out, "\x1b[0m");
}

/*
 * How much of text goes on a line as one: up to the next space, or, where that is wider
 * than any line, after a comma. most: cells of a whole line.
 */
static size_t piece_length(const char *text, size_t most)
{
	size_t n = strcspn(text, " "), fits = 0;
	AUTO_FREE char *word = str_of(span_of(text, n));

	if (text_columns(word) <= most)
		return n;
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *piece = NULL;

		if (text[i] != ',')
			continue;
		piece = str_of(span_of(text, i + 1));
		if (text_columns(piece) > most)
			break;
		fits = i + 1;
	}
	return fits ? fits : n;
}

void add_wrapped(struct report *report, const char *text, size_t used, size_t indent)
{
	size_t column = used,
	       most = report->columns > indent ? report->columns - indent : 1;
	bool space = true; /* stands before what follows */

	while (*text) {
		size_t n = piece_length(text, most);
		AUTO_FREE char *word = str_of(span_of(text, n));
		size_t width = text_columns(word);

		if (column > used && column + space + width > report->columns) {
			buf_addf(&report->out, "\n%*s", (int)indent, "");
			column = used = indent;
		} else if (column > used && space) {
			buf_add_byte(&report->out, ' ');
			column++;
		}
		buf_add(&report->out, span_of(text, n));
		column += width;
		space = text[n] == ' ';
		text += n + space;
	}
}
