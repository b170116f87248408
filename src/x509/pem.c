/*
 * PEM (RFC 7468) and the base64 in it. Finding blocks looks at each byte of the file a
 * fixed number of times, whatever the file says: a dash is looked for, and what stands
 * there is compared.
 */
#include "x509/pem.h"

#include "base/i18n.h"
#include "base/sixteen.h"
#include "x509/base64.h"
#include "x509/der.h"

#define BEGINS          SPAN("-----BEGIN ")
#define ENDS            SPAN("-----END ")
#define DASHES          SPAN("-----")
#define BYTE_ORDER_MARK SPAN("\xef\xbb\xbf")
/* The longest label that is one: the longest in use has 26 characters. */
#define LABEL_MOST 64
/* The longest line of armour. */
#define ARMOUR_MOST (BEGINS.n + LABEL_MOST + DASHES.n)

static bool stands_at(struct span in, size_t at, struct span what)
{
	return span_starts(span_from(in, at), what);
}

static bool has_byte(struct span text, uint8_t byte)
{
	return text.n && memchr(text.at, byte, text.n);
}

/*
 * The label from `at` to the dashes that close it, on the same line; *after is past them.
 * False where none does.
 */
static bool take_label(struct span in, size_t at, struct span *label, size_t *after)
{
	struct span line = span_from(in, at);
	const uint8_t *dash = line.at;

	/* What nearly every label is. */
	if (span_starts(line, SPAN("CERTIFICATE-----"))) {
		*label = span_of(line.at, SPAN("CERTIFICATE").n);
		*after = at + SPAN("CERTIFICATE-----").n;
		return true;
	}
	if (line.n > LABEL_MOST + DASHES.n)
		line.n = LABEL_MOST + DASHES.n;
	while ((dash = memchr(dash, '-', (size_t)(line.at + line.n - dash)))) {
		*label = span_of(line.at, (size_t)(dash - line.at));
		if (span_starts(span_from(line, label->n), DASHES)) {
			*after = at + label->n + DASHES.n;
			return !has_byte(*label, '\n') && !has_byte(*label, '\r');
		}
		dash++;
	}
	return false;
}

/* The next BEGIN with a whole label from `at` on: where it stands. */
static bool find_begin(struct span in, size_t at, size_t *begin, struct span *label,
		       size_t *after)
{
	const uint8_t *dash;

	while (at < in.n && (dash = memchr(in.at + at, '-', in.n - at))) {
		*begin = (size_t)(dash - in.at);
		at = *begin + 1;
		if (stands_at(in, *begin, BEGINS) &&
		    take_label(in, *begin + BEGINS.n, label, after))
			return true;
	}
	return false;
}

/* Where the body that begins at `at` ends: at an END, at the next BEGIN (unfinished), or
 * with the file. */
static size_t find_end(struct span in, size_t at, bool *unfinished)
{
	const uint8_t *dash;

	*unfinished = false;
	while (at < in.n && (dash = memchr(in.at + at, '-', in.n - at))) {
		at = (size_t)(dash - in.at);
		if (stands_at(in, at, ENDS))
			return at;
		if (stands_at(in, at, BEGINS))
			break;
		at++;
	}
	*unfinished = true;
	return at < in.n && stands_at(in, at, BEGINS) ? at : in.n;
}

/* Past the END line that stands at `at`; where its dashes lack, past its word. */
static size_t skip_end(struct span in, size_t at)
{
	struct span label;
	size_t after;

	return take_label(in, at + ENDS.n, &label, &after) ? after : at + ENDS.n;
}

static size_t sum_of(sixteen counts)
{
	size_t sum = 0;

	for (size_t i = 0; i < sizeof(counts); i++)
		sum += counts[i];
	return sum;
}

/* Whether a line ends with the byte at i: LF, or CR without LF behind it. */
static bool line_ends_at(struct span in, size_t i)
{
	return in.at[i] == '\n' ||
	       (in.at[i] == '\r' && (i + 1 == in.n || in.at[i + 1] != '\n'));
}

/* Worth more in a line or two, where few are found. */
static size_t count_few(struct span text, uint8_t byte)
{
	const uint8_t *at = text.at, *end = text.at + text.n;
	size_t counted = 0;

	for (; at < end && (at = memchr(at, byte, (size_t)(end - at))); at++)
		counted++;
	return counted;
}

/* How many of text are that byte. This sees every byte of a bundle, hence sixteen a step.
 */
static size_t count_byte(struct span text, uint8_t byte)
{
	size_t counted = 0;

	if (text.n < 64)
		return count_few(text, byte);

	while (text.n >= 16) {
		/* An octet holds a count of 255. */
		size_t steps = text.n / 16 < 255 ? text.n / 16 : 255;
		sixteen counts = { 0 };

		/* A comparison gives 255, which is -1. */
		for (size_t i = 0; i < steps; i++)
			counts -= (sixteen)(sixteen_at(text.at + 16 * i) == byte);
		text = span_from(text, 16 * steps);
		counted += sum_of(counts);
	}
	for (size_t i = 0; i < text.n; i++)
		counted += text.at[i] == byte;
	return counted;
}

/* How many lines end from `at` up to `end`. */
static size_t count_lines(struct span in, size_t at, size_t end)
{
	struct span passed = span_of(in.at + at, end - at);
	size_t lines = count_byte(passed, '\n');

	if (!passed.n || !memchr(passed.at, '\r', passed.n))
		return lines;
	for (; at < end; at++)
		lines += in.at[at] == '\r' && line_ends_at(in, at);
	return lines;
}

static void count_to(struct pem_scan *scan, size_t at)
{
	scan->line += count_lines(scan->in, scan->counted, at);
	scan->counted = at;
}

/* Past white space and one line end: where the body of a block begins. */
static size_t body_start(struct span in, size_t at)
{
	while (at < in.n && (in.at[at] == ' ' || in.at[at] == '\t'))
		at++;
	if (at < in.n && in.at[at] == '\r')
		at++;
	return at < in.n && in.at[at] == '\n' ? at + 1 : at;
}

/*
 * Where the beginning of a line of armour may stand that goes on behind `in`: the last
 * line, or as much of it as armour takes. CR alone ends no line here: LF may follow.
 */
static size_t armour_may_begin(struct span in, size_t at)
{
	size_t least = in.n - at > ARMOUR_MOST ? in.n - ARMOUR_MOST : at, i = in.n;

	while (i > least && in.at[i - 1] != '\n')
		i--;
	return i;
}

/* The body of the block that begins where the scan stands, and what is behind it. */
static void take_body(struct pem_scan *scan, struct pem_block *block, size_t body)
{
	struct span in = scan->in;
	size_t end;

	block->line = scan->line;
	body = body_start(in, body);
	count_to(scan, body);
	block->body_line = scan->line;
	end = find_end(in, body, &block->unfinished);
	block->body = span_of(in.at + body, end - body);
	if (pem_is_certificate(block))
		scan->index++;
	block->index = scan->index;
	scan->at = block->unfinished ? end : skip_end(in, end);
}

/* Whether what follows `in` can change the block. */
static bool may_go_on(struct span in, const struct pem_block *block)
{
	const uint8_t *end = block->body.at + block->body.n;

	return block->unfinished || (size_t)(in.at + in.n - end) < ARMOUR_MOST;
}

bool pem_next(struct pem_scan *scan, struct pem_block *block)
{
	struct span in = scan->in;
	struct pem_scan before;
	size_t begin, body;

	if (!scan->line)
		scan->line = 1;
	if (!find_begin(in, scan->at, &begin, &block->label, &body)) {
		scan->at = scan->more ? armour_may_begin(in, scan->at) : in.n;
		return false;
	}
	count_to(scan, begin);
	scan->at = begin;
	before = *scan;
	take_body(scan, block, body);
	if (!scan->more || !may_go_on(in, block))
		return true;
	*scan = before;
	return false;
}

size_t pem_leave(struct pem_scan *scan)
{
	size_t done = scan->at;

	count_to(scan, done);
	scan->in = span_from(scan->in, done);
	scan->at = scan->counted = 0;
	return done;
}

bool pem_is_certificate(const struct pem_block *block)
{
	return span_eq(block->label, SPAN("CERTIFICATE")) ||
	       span_eq(block->label, SPAN("X509 CERTIFICATE")) ||
	       span_eq(block->label, SPAN("TRUSTED CERTIFICATE"));
}

bool pem_find_armour(struct span head)
{
	struct span label;
	size_t begin, after;

	return find_begin(head, 0, &begin, &label, &after);
}

size_t pem_decoded_most(struct span body)
{
	return body.n / 4 * 3 + 3 + BASE64_SLACK;
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

/* How far the base64 of a body has been read. */
struct decoding {
	struct span body;
	size_t at, line;
	uint8_t *to;
	size_t n;       /* bytes made */
	uint32_t group; /* the bits of a group that has begun */
	unsigned in_group, padding;
};

static bool fail_character(const struct decoding *in, uint8_t c, struct error *err)
{
	if (c > ' ' && c < 0x7f)
		return error_fail(
			err, STATUS_INPUT,
			_("line %zu: '%c' does not belong in base64 (RFC 4648 4)"),
			in->line, c);
	return error_fail(err, STATUS_INPUT,
			  _("line %zu: byte %02x does not belong in base64 (RFC 4648 4)"),
			  in->line, c);
}

static bool take_padding(struct decoding *in, struct error *err)
{
	in->padding++;
	if (in->in_group >= 2 && in->in_group + in->padding <= 4)
		return true;
	return fail_character(in, '=', err);
}

static bool take_value(struct decoding *in, uint8_t c, struct error *err)
{
	uint8_t value = base64_value(c);

	if (value > 63 || in->padding)
		return fail_character(in, c, err);
	in->group = in->group << 6 | value;
	if (++in->in_group < 4)
		return true;
	in->to[in->n++] = (uint8_t)(in->group >> 16);
	in->to[in->n++] = (uint8_t)(in->group >> 8);
	in->to[in->n++] = (uint8_t)in->group;
	in->in_group = 0;
	return true;
}

/* One character, whatever it is. */
static bool take_character(struct decoding *in, struct error *err)
{
	uint8_t c = in->body.at[in->at];

	if (is_space(c))
		in->line += line_ends_at(in->body, in->at);
	else if (!(c == '=' ? take_padding(in, err) : take_value(in, c, err)))
		return false;
	in->at++;
	return true;
}

/* As many whole groups as stand together. */
static void take_run(struct decoding *in)
{
	struct base64_run run = base64_run(span_from(in->body, in->at), in->to + in->n);

	in->at += run.taken;
	in->n += run.made;
	in->line += run.lines;
}

/* The last group: one character is none, and the bits that make no octet are zero (RFC
 * 4648 3.5). */
static bool end_group(struct decoding *in, struct error *err)
{
	unsigned over = in->in_group == 2 ? 4 : 2;

	if (!in->in_group)
		return true;
	if (in->in_group == 1 || in->group & ((1u << over) - 1))
		return error_fail(
			err, STATUS_INPUT,
			_("line %zu: the base64 ends within an octet (RFC 4648 3.5)"),
			in->line);
	if (in->in_group == 3)
		in->to[in->n++] = (uint8_t)(in->group >> 10);
	in->to[in->n++] = (uint8_t)(in->group >> (in->in_group == 3 ? 2 : 4));
	return true;
}

/* Where the line that begins at `at` ends, and where the next begins (the same at the end
 * of body). */
static size_t next_line(struct span body, size_t at, size_t *end)
{
	while (at < body.n && body.at[at] != '\n' && body.at[at] != '\r')
		at++;
	*end = at;
	if (at == body.n)
		return at;
	return at + (stands_at(body, at, SPAN("\r\n")) ? 2 : 1);
}

/*
 * RFC 1421 4.6: fields before the text, up to a blank line; where the first line is none,
 * nothing.
 */
static void skip_headers(struct decoding *in)
{
	size_t at = in->at, line = in->line, end, next;

	next = next_line(in->body, at, &end);
	if (end == at || !memchr(in->body.at + at, ':', end - at))
		return;
	while (end > at && next > end) {
		at = next;
		line++;
		next = next_line(in->body, at, &end);
	}
	if (next == end)
		return; /* no blank line: the colon is what will be reported */
	in->at = next;
	in->line = line + 1;
}

/* Takes what is base64 up to the end of the first line at least, as it nearly always is;
 * then it is no header: a colon is no base64. */
static bool starts_with_base64(struct decoding *in)
{
	struct decoding start = *in;

	take_run(in);
	if (in->line > start.line)
		return true;
	*in = start;
	return false;
}

static bool decode_all(struct decoding *in, struct error *err)
{
	/* A byte order mark stands before base64 without armour. */
	if (span_starts(in->body, BYTE_ORDER_MARK))
		in->at = BYTE_ORDER_MARK.n;
	if (!starts_with_base64(in)) {
		skip_headers(in);
		take_run(in);
	}
	while (in->at < in->body.n) {
		if (!take_character(in, err))
			return false;
		if (!in->in_group && !in->padding)
			take_run(in);
	}
	return end_group(in, err);
}

bool pem_decode(struct span body, size_t first_line, uint8_t *to, size_t *n,
		struct error *err)
{
	struct decoding in = { .body = body, .line = first_line, .to = to };

	if (!decode_all(&in, err))
		return false;
	*n = in.n;
	return true;
}

bool pem_decode_block(struct pem_scan *scan, const struct pem_block *block, uint8_t *to,
		      size_t *n, struct error *err)
{
	struct decoding in = { .body = block->body, .line = block->body_line, .to = to };
	size_t end = (size_t)(block->body.at + block->body.n - scan->in.at);

	if (!decode_all(&in, err))
		return false;
	*n = in.n;
	/* The lines of the body are counted now. */
	if (scan->counted < end) {
		scan->counted = end;
		scan->line = in.line;
	}
	return true;
}

/* How many octets base64 of text makes; false where anything else stands in it. */
static bool measure_base64(struct span text, size_t *octets)
{
	size_t characters = 0, padding = 0;

	for (size_t i = 0; i < text.n; i++) {
		if (is_space(text.at[i]))
			continue;
		if (text.at[i] == '=')
			padding++;
		else if (padding || base64_value(text.at[i]) > 63)
			return false;
		else
			characters++;
	}
	*octets = characters / 4 * 3 + (characters % 4 ? characters % 4 - 1 : 0);
	return padding <= 2 && characters % 4 != 1;
}

/* The first octets, enough for tag and length. */
static struct span first_octets(struct span text, uint8_t to[6])
{
	size_t n = 0, bits = 0;
	uint32_t group = 0;

	for (size_t i = 0; i < text.n && n < 6; i++) {
		uint8_t value = base64_value(text.at[i]);

		if (value > 63)
			continue;
		group = group << 6 | value;
		bits += 6;
		if (bits >= 8) {
			bits -= 8;
			to[n++] = (uint8_t)(group >> bits);
		}
	}
	return span_of(to, n);
}

bool base64_is_der(struct span text)
{
	uint8_t octets[6];
	struct span head;
	size_t n, head_n = 0, length = 0;
	enum der_fault fault;

	if (span_starts(text, BYTE_ORDER_MARK))
		text = span_from(text, BYTE_ORDER_MARK.n);
	if (!measure_base64(text, &n))
		return false;
	head = first_octets(text, octets);
	fault = der_measure(head, &head_n, &length);
	return head.n && head.at[0] == DER_SEQUENCE &&
	       (fault == DER_GOOD || fault == DER_PAST_END) && length <= n - head_n;
}

void base64_write(struct buf *out, struct span bytes)
{
	uint8_t *to = buf_reserve(out, (bytes.n + 2) / 3 * 4);

	buf_added(out, (size_t)(base64_encode(bytes, to) - to));
}

void pem_write(struct buf *out, const char *label, struct span der)
{
	buf_addf(out, "-----BEGIN %s-----\n", label);
	while (der.n) {
		size_t n = der.n < 48 ? der.n : 48; /* 64 columns */

		base64_write(out, span_of(der.at, n));
		buf_add_byte(out, '\n');
		der = span_from(der, n);
	}
	buf_addf(out, "-----END %s-----\n", label);
}
