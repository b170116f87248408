/*
 * Objects of a p11-kit persistence file (p11-kit 0.24 and 0.25, common/lexer.c and
 * persist.c are the grammar): a header in brackets begins an object, "name: value" is a
 * field, a PEM block gives its certificate or public key, # begins a comment line. A
 * value is a constant, a quoted and percent-encoded string, true or false, a decimal
 * number, or a dotted object identifier. Fields that say nothing of trust are passed by.
 * Where p11-kit gives up a whole file, here an object with a fault is told and left out:
 * a certificate that is not there is trusted by nobody.
 */
#include "format/p11_object.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/der.h"
#include "x509/extension.h"
#include "x509/pem.h"

/*
 * Real values are below 3 KiB; a certificate in one is bounded by CERT_MOST, three bytes
 * for each.
 */
#define VALUE_MOST (3 * CERT_MOST)

/* ---- lines ---- */

enum line_kind {
	LINE_END,
	LINE_SECTION,
	LINE_FIELD,
	LINE_PEM,
	LINE_BAD
};
struct line {
	enum line_kind kind;
	size_t number;
	struct span name,
		value; /* name: of the section with its brackets, or of the field */
	struct pem_block block;
};

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct span strip(struct span text)
{
	while (text.n && is_space(text.at[0]))
		text = span_from(text, 1);
	while (text.n && is_space(text.at[text.n - 1]))
		text.n--;
	return text;
}

static struct span take_line(struct p11_scan *scan)
{
	struct span rest = span_from(scan->in, scan->at);
	const uint8_t *end = memchr(rest.at, '\n', rest.n);
	size_t n = end ? (size_t)(end - rest.at) : rest.n;

	scan->at += end ? n + 1 : n;
	scan->line += end != NULL;
	return span_of(rest.at, n);
}

static void take_block(struct p11_scan *scan, struct line *line)
{
	struct pem_scan pem = { .in = span_from(scan->in, scan->at) };
	size_t end;

	line->kind = pem_next(&pem, &line->block) ? LINE_PEM : LINE_BAD;
	line->block.line = line->number;
	if (line->kind == LINE_BAD || !pem.at) {
		take_line(scan);
		return;
	}
	for (end = scan->at + pem.at; scan->at < end;)
		take_line(scan);
}

static struct line next_line(struct p11_scan *scan)
{
	struct line line = { .kind = LINE_END };

	while (scan->at < scan->in.n) {
		const uint8_t *colon;
		struct span text;

		line.number = scan->line;
		if (span_starts(span_from(scan->in, scan->at), SPAN("-----BEGIN "))) {
			take_block(scan, &line);
			return line;
		}
		text = strip(take_line(scan));
		if (!text.n || text.at[0] == '#')
			continue;
		line.name = text;
		line.kind = text.at[0] == '[' ? LINE_SECTION : LINE_BAD;
		colon = memchr(text.at, ':', text.n);
		if (line.kind == LINE_BAD && colon) {
			line.kind = LINE_FIELD;
			line.name = strip(span_of(text.at, (size_t)(colon - text.at)));
			line.value =
				strip(span_from(text, (size_t)(colon - text.at) + 1));
		}
		return line;
	}
	return line;
}

bool p11_find_header(struct span head)
{
	struct p11_scan scan = { .in = head };

	while (scan.at < head.n) {
		if (span_eq(strip(take_line(&scan)), SPAN(P11_HEADER)))
			return true;
	}
	return false;
}

/* ---- values ---- */

struct setting {
	struct p11_object *object;
	struct arena *arena;
	struct span value;
};

static bool bad_value(struct error *err, const char *wanted)
{
	return error_fail(err, STATUS_INPUT, "%s", wanted);
}

static bool take_string(const struct setting *set, struct span *to, struct error *err)
{
	struct span quoted = set->value;
	AUTO(buf) decoded = BUF_INIT;

	if (quoted.n < 2 || quoted.at[0] != '"' || quoted.at[quoted.n - 1] != '"')
		return bad_value(err, _("the value is no string in quotes"));
	if (quoted.n > VALUE_MOST)
		return bad_value(err, _("the value is too long"));
	if (!unescape_percent(&decoded, span_of(quoted.at + 1, quoted.n - 2)))
		return bad_value(err, _("a % is not followed by two hexadecimal digits"));
	*to = arena_copy(set->arena, buf_span(&decoded));
	return true;
}

static bool take_bool(const struct setting *set, bool *to, struct error *err)
{
	if (!span_eq(set->value, SPAN("true")) && !span_eq(set->value, SPAN("false")))
		return bad_value(err, _("the value is neither true nor false"));
	*to = set->value.at[0] == 't';
	return true;
}

static bool set_class(const struct setting *set, struct error *err)
{
	static const struct {
		struct span name;
		enum p11_class class;
	} classes[] = {
		{ { (const uint8_t *)"certificate", 11 }, P11_CLASS_CERTIFICATE },
		{ { (const uint8_t *)"1", 1 }, P11_CLASS_CERTIFICATE },
		{ { (const uint8_t *)"x-certificate-extension", 23 },
		  P11_CLASS_EXTENSION },
		{ { (const uint8_t *)"data", 4 }, P11_CLASS_DATA },
		{ { (const uint8_t *)"0", 1 }, P11_CLASS_DATA },
	};

	(void)err;
	set->object->class = P11_CLASS_OTHER;
	for (size_t i = 0; i < COUNT(classes); i++) {
		if (span_eq(set->value, classes[i].name))
			set->object->class = classes[i].class;
	}
	return true;
}

static bool set_type(const struct setting *set, struct error *err)
{
	(void)err;
	set->object->not_x509 =
		!span_eq(set->value, SPAN("x-509")) && !span_eq(set->value, SPAN("0"));
	return true;
}

static bool set_label(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->label, err);
}

static bool set_application(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->application, err);
}

static bool set_value(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->value, err);
}

static bool set_issuer(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->issuer, err);
}

static bool set_serial(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->serial, err);
}

static bool set_key(const struct setting *set, struct error *err)
{
	return take_string(set, &set->object->key, err);
}

/* Dotted, or the whole element as a string. */
static bool set_object_id(const struct setting *set, struct error *err)
{
	AUTO_FREE char *text = str_of(set->value);
	struct span whole;
	uint8_t oid[64];
	size_t n;

	if (set->value.n && set->value.at[0] == '"')
		return take_string(set, &whole, err) &&
		       (der_content(whole, DER_OID, &set->object->object_id) ||
			bad_value(err, _("the value is no object identifier")));
	if (!oid_parse(text, oid, &n))
		return bad_value(err, _("the value is no object identifier"));
	set->object->object_id = arena_copy(set->arena, span_of(oid, n));
	return true;
}

static bool set_trusted(const struct setting *set, struct error *err)
{
	return take_bool(set, &set->object->trusted, err);
}

static bool set_distrusted(const struct setting *set, struct error *err)
{
	return take_bool(set, &set->object->distrusted, err);
}

static bool two_digits(struct span text, size_t at, int low, int high, int *to)
{
	uint8_t tens = text.at[at], ones = text.at[at + 1];

	if (tens < '0' || tens > '9' || ones < '0' || ones > '9')
		return false;
	*to = (tens - '0') * 10 + (ones - '0');
	return *to >= low && *to <= high;
}

static int days_of(int year, int month)
{
	static const uint8_t days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return days[month - 1] + (month == 2 && leap);
}

/* "241130235959Z" or "20241130235959Z": the content of an ASN.1 time. */
static bool parse_time(struct span text, int64_t *to)
{
	int century = 0, year, month, day, hour, minute, second;
	size_t at = text.n == 15 ? 2 : 0;

	if ((text.n != 13 && text.n != 15) || text.at[text.n - 1] != 'Z')
		return false;
	if ((at && !two_digits(text, 0, 0, 99, &century)) ||
	    !two_digits(text, at, 0, 99, &year) ||
	    !two_digits(text, at + 2, 1, 12, &month) ||
	    !two_digits(text, at + 4, 1, 31, &day) ||
	    !two_digits(text, at + 6, 0, 23, &hour) ||
	    !two_digits(text, at + 8, 0, 59, &minute) ||
	    !two_digits(text, at + 10, 0, 59, &second))
		return false;
	year += at ? century * 100 : year < 50 ? 2000 : 1900;
	if (day > days_of(year, month))
		return false;
	*to = time_from_date(year, month, day, hour, minute, second);
	return true;
}

/* "%00" and false mean that there is no such date. */
static bool take_date(const struct setting *set, int64_t *to, struct error *err)
{
	struct span text;

	*to = TIME_NONE;
	if (span_eq(set->value, SPAN("false")))
		return true;
	if (!take_string(set, &text, err))
		return false;
	return (text.n == 1 && !text.at[0]) || parse_time(text, to) ||
	       bad_value(err, _("the value is no time such as \"241130235959Z\""));
}

static bool set_server_after(const struct setting *set, struct error *err)
{
	return take_date(set, &set->object->server_after, err);
}

static bool set_email_after(const struct setting *set, struct error *err)
{
	return take_date(set, &set->object->email_after, err);
}

/*
 * Fields that matter, by name and by the number of the PKCS#11 attribute, which p11-kit
 * takes too.
 */
static const struct field {
	const char *name, *number;
	bool (*set)(const struct setting *set, struct error *err);
} fields[] = {
	{ "class", "0", set_class },
	{ "label", "3", set_label },
	{ "application", "16", set_application },
	{ "value", "17", set_value },
	{ "object-id", "18", set_object_id },
	{ "certificate-type", "128", set_type },
	{ "issuer", "129", set_issuer },
	{ "serial-number", "130", set_serial },
	{ "trusted", "134", set_trusted },
	{ "public-key-info", "297", set_key },
	{ "x-public-key-info", "3628353382", set_key },
	{ "x-distrusted", "3628353380", set_distrusted },
	{ "nss-server-distrust-after", "3461563251", set_server_after },
	{ "nss-email-distrust-after", "3461563252", set_email_after },
};

/* A number as strtoul reads it: a sign and zeros in front count for nothing. */
static struct span plain_number(struct span name)
{
	while (name.n > 1 && (name.at[0] == '+' || name.at[0] == '0'))
		name = span_from(name, 1);
	return name;
}

static bool apply_field(struct p11_object *object, struct arena *arena,
			const struct line *line, struct error *err)
{
	struct setting set = { object, arena, line->value };

	for (size_t i = 0; i < COUNT(fields); i++) {
		const struct field *field = &fields[i];

		if (!span_eq(line->name, span_str(field->name)) &&
		    !span_eq(plain_number(line->name), span_str(field->number)))
			continue;
		return field->set(&set, err) || error_in(err, "%s", field->name);
	}
	return true;
}

/* ---- objects ---- */

/* What PEM gives; fields that say the same win, wherever they stand. */
struct from_pem {
	struct span cert, key;
};

static bool apply_block(struct from_pem *from, struct arena *arena,
			const struct pem_block *block, struct error *err)
{
	bool is_cert = span_eq(block->label, SPAN("CERTIFICATE"));
	struct span *to = is_cert ? &from->cert : &from->key;
	uint8_t *bytes;
	size_t n;

	if (!is_cert && !span_eq(block->label, SPAN("PUBLIC KEY")))
		return bad_value(err, _("a PEM block stands here that is neither "
					"certificate nor public key"));
	if (block->unfinished)
		return bad_value(err, _("the PEM block has no end"));
	if (pem_decoded_most(block->body) > VALUE_MOST)
		return bad_value(err, _("the PEM block is too long"));
	bytes = arena_alloc(arena, pem_decoded_most(block->body));
	if (!pem_decode(block->body, block->body_line, bytes, &n, err))
		return false;
	if (!to->n)
		*to = span_of(bytes, n);
	return true;
}

static bool apply_line(struct p11_object *object, struct from_pem *from,
		       struct arena *arena, const struct line *line, struct error *err)
{
	switch (line->kind) {
	case LINE_FIELD:
		return apply_field(object, arena, line, err);
	case LINE_PEM:
		return apply_block(from, arena, &line->block, err);
	default:
		return bad_value(err, _("the line has no colon"));
	}
}

static void complete(struct p11_object *object, const struct from_pem *from)
{
	if (object->class == P11_CLASS_NONE && from->cert.n)
		object->class = P11_CLASS_CERTIFICATE;
	if (!object->value.n)
		object->value = from->cert;
	if (!object->key.n)
		object->key = from->key;
}

/* Reads the lines up to the next header; the first fault speaks for the object. */
static enum p11_next read_object(struct p11_scan *scan, struct p11_object *object,
				 bool *bad, struct error *err)
{
	struct from_pem from = { { NULL, 0 }, { NULL, 0 } };

	for (;;) {
		struct p11_scan before = *scan;
		struct line line = next_line(scan);

		if (line.kind == LINE_END || line.kind == LINE_SECTION) {
			*scan = line.kind == LINE_SECTION ? before : *scan;
			break;
		}
		if (!*bad && !apply_line(object, &from, scan->arena, &line, err)) {
			*bad = true;
			object->line = line.number;
		}
	}
	complete(object, &from);
	return *bad ? P11_BAD : P11_OBJECT;
}

enum p11_next p11_next(struct p11_scan *scan, struct p11_object *object,
		       struct error *err)
{
	struct line line = next_line(scan);
	bool bad = false;

	*object = (struct p11_object){
		.line = line.number,
		.server_after = TIME_NONE,
		.email_after = TIME_NONE,
	};
	if (line.kind == LINE_END)
		return P11_END;
	if (line.kind != LINE_SECTION) {
		error_fail(err, STATUS_INPUT, _("this stands before the first header"));
		bad = true;
	} else if (!span_eq(line.name, SPAN(P11_HEADER))) {
		error_fail(err, STATUS_INPUT, _("the header is not %s"), P11_HEADER);
		bad = true;
	}
	return read_object(scan, object, &bad, err);
}
