/*
 * The grammar of certdata.txt: lines of name, type and value. A value of MULTILINE_OCTAL
 * stands on the lines below it, as \ooo for each byte, up to END. What stands before the
 * first object is for people.
 */
#include "format/certdata.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/cert.h"
#include "x509/field.h"

#define CLASS_LINE "CKA_CLASS CK_OBJECT_CLASS "
/* The longest value is a certificate. */
#define VALUE_MOST CERT_MOST

/* ---- lines ---- */

/* The next line without its end; false at the end of the text. */
static bool next_line(struct certdata_scan *scan, struct span *line)
{
	const uint8_t *end;

	if (!scan->rest.n)
		return false;
	end = memchr(scan->rest.at, '\n', scan->rest.n);
	*line = span_of(scan->rest.at,
			end ? (size_t)(end - scan->rest.at) : scan->rest.n);
	scan->rest = span_from(scan->rest, line->n + !!end);
	scan->line++;
	if (line->n && line->at[line->n - 1] == '\r')
		line->n--;
	return true;
}

static bool is_class_line(struct span line)
{
	return span_starts(line, SPAN(CLASS_LINE));
}

bool certdata_find_class(struct span head)
{
	struct certdata_scan scan = { .rest = head };
	struct span line;

	while (next_line(&scan, &line)) {
		if (is_class_line(line))
			return true;
	}
	return false;
}

/* Up to the next space, which is taken as well. */
static struct span take_word(struct span *rest)
{
	const uint8_t *space = rest->n ? memchr(rest->at, ' ', rest->n) : NULL;
	struct span word = { rest->at, space ? (size_t)(space - rest->at) : rest->n };

	*rest = span_from(*rest, word.n + !!space);
	return word;
}

/* The first fault is the one that is told; returns false. */
static bool fault(struct certdata_scan *scan, struct certdata_object *object,
		  const char *why)
{
	if (!object->fault) {
		object->fault = arena_str(scan->arena, why);
		object->fault_line = scan->line - 1;
	}
	return false;
}

/* ---- values ---- */

static bool is_octal(uint8_t c)
{
	return c >= '0' && c <= '7';
}

static bool add_octal(struct buf *out, struct span line)
{
	for (; line.n; line = span_from(line, 4)) {
		if (line.n < 4 || line.at[0] != '\\' || line.at[1] > '3' ||
		    !is_octal(line.at[1]) || !is_octal(line.at[2]) ||
		    !is_octal(line.at[3]))
			return false;
		buf_add_byte(out,
			     (uint8_t)((line.at[1] - '0') << 6 | (line.at[2] - '0') << 3 |
				       (line.at[3] - '0')));
	}
	return true;
}

/* The lines up to END; an object that begins instead is left where it is. */
static bool read_octal(struct certdata_scan *scan, struct certdata_object *object,
		       struct span *bytes)
{
	AUTO(buf) value = BUF_INIT;
	bool good = true;
	struct span line;

	for (;;) {
		struct certdata_scan before = *scan;

		if (!next_line(scan, &line))
			return fault(scan, object,
				     _("the file ends before the END of a value"));
		if (is_class_line(line)) {
			*scan = before;
			return fault(scan, object, _("a value has no END"));
		}
		if (span_eq(line, SPAN("END")))
			break;
		if (good && value.n > VALUE_MOST)
			good = fault(scan, object,
				     _("a value is longer than any certificate"));
		if (good && !add_octal(&value, line))
			good = fault(scan, object,
				     _("a value is not made of \\ooo octal bytes"));
	}
	if (good)
		*bytes = arena_copy(scan->arena, buf_span(&value));
	return good;
}

static int hex_digit(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* \xHH, as older files write what is not ASCII; a backslash before anything else goes. */
static void add_unescaped(struct buf *out, struct span text)
{
	for (size_t i = 0; i < text.n; i++) {
		const uint8_t *at = text.at + i;

		if (*at != '\\' || i + 1 == text.n) {
			buf_add_byte(out, *at);
		} else if (at[1] == 'x' && text.n - i >= 4 && hex_digit(at[2]) >= 0 &&
			   hex_digit(at[3]) >= 0) {
			buf_add_byte(out,
				     (uint8_t)(hex_digit(at[2]) << 4 | hex_digit(at[3])));
			i += 3;
		} else {
			buf_add_byte(out, at[1]);
			i++;
		}
	}
}

/* UTF8 "text". */
static bool read_text(struct certdata_scan *scan, struct certdata_object *object,
		      struct span value, struct span *text)
{
	AUTO(buf) plain = BUF_INIT;

	if (value.n < 2 || value.at[0] != '"' || value.at[value.n - 1] != '"')
		return fault(scan, object, _("a text is not in quotes"));
	add_unescaped(&plain, span_of(value.at + 1, value.n - 2));
	*text = arena_copy(scan->arena, buf_span(&plain));
	return true;
}

/* CK_BBOOL CK_FALSE for no date, or the bytes of a UTCTime or GeneralizedTime. */
static bool read_after(struct certdata_scan *scan, struct certdata_object *object,
		       struct span type, struct span value, int64_t *after)
{
	struct span text;

	if (span_eq(type, SPAN("CK_BBOOL")) && span_eq(value, SPAN("CK_FALSE")))
		return true;
	if (!span_eq(type, SPAN("MULTILINE_OCTAL")))
		return fault(scan, object,
			     _("a distrust-after date is neither CK_FALSE nor octal"));
	if (!read_octal(scan, object, &text))
		return false;
	if (field_utc_time(text, after) || field_generalized_time(text, after))
		return true;
	return fault(scan, object,
		     _("a distrust-after date is no time (RFC 5280 4.1.2.5)"));
}

/* CKT_NSS_TRUSTED is trust in a peer and not in what it issues. */
static const struct {
	const char *name;
	enum certdata_word word;
} words[] = {
	{ "TRUSTED_DELEGATOR", CERTDATA_ANCHOR },
	{ "TRUST_ANCHOR", CERTDATA_ANCHOR },
	{ "MUST_VERIFY_TRUST", CERTDATA_VERIFY },
	{ "TRUST_MUST_VERIFY_TRUST", CERTDATA_VERIFY },
	{ "MUST_VERIFY", CERTDATA_VERIFY },
	{ "VALID_DELEGATOR", CERTDATA_VERIFY },
	{ "VALID", CERTDATA_VERIFY },
	{ "TRUSTED", CERTDATA_VERIFY },
	{ "TRUST_UNKNOWN", CERTDATA_VERIFY },
	{ "NOT_TRUSTED", CERTDATA_DISTRUST },
	{ "UNTRUSTED", CERTDATA_DISTRUST },
};

/* The same words have had three beginnings. */
static struct span without_vendor(struct span value)
{
	static const char *const begins[] = { "CKT_NSS_", "CKT_NETSCAPE_", "CKT_" };

	for (size_t i = 0; i < COUNT(begins); i++) {
		if (span_starts(value, span_str(begins[i])))
			return span_from(value, strlen(begins[i]));
	}
	return value;
}

static bool read_word(struct certdata_scan *scan, struct certdata_object *object,
		      struct span value, enum certdata_word *word)
{
	struct span name = without_vendor(value);

	for (size_t i = 0; i < COUNT(words); i++) {
		if (span_eq(name, span_str(words[i].name))) {
			*word = words[i].word;
			return true;
		}
	}
	*word = CERTDATA_DISTRUST;
	return fault(scan, object, _("a trust value is none that is known"));
}

/* ---- attributes ---- */

enum kind {
	KIND_OCTAL,
	KIND_TEXT,
	KIND_AFTER,
	KIND_WORD
};
static const struct attribute {
	const char *name;
	enum kind kind;
	size_t at; /* offset in struct certdata_object */
} attributes[] = {
	{ "CKA_LABEL", KIND_TEXT, offsetof(struct certdata_object, label) },
	{ "CKA_ISSUER", KIND_OCTAL, offsetof(struct certdata_object, issuer) },
	{ "CKA_SERIAL_NUMBER", KIND_OCTAL, offsetof(struct certdata_object, serial) },
	{ "CKA_VALUE", KIND_OCTAL, offsetof(struct certdata_object, value) },
	{ "CKA_CERT_SHA1_HASH", KIND_OCTAL, offsetof(struct certdata_object, sha1) },
	{ "CKA_NSS_SERVER_DISTRUST_AFTER", KIND_AFTER,
	  offsetof(struct certdata_object, after[CERTDATA_SERVER]) },
	{ "CKA_NSS_EMAIL_DISTRUST_AFTER", KIND_AFTER,
	  offsetof(struct certdata_object, after[CERTDATA_EMAIL]) },
	{ "CKA_TRUST_SERVER_AUTH", KIND_WORD,
	  offsetof(struct certdata_object, words[CERTDATA_SERVER]) },
	{ "CKA_TRUST_EMAIL_PROTECTION", KIND_WORD,
	  offsetof(struct certdata_object, words[CERTDATA_EMAIL]) },
	{ "CKA_TRUST_CODE_SIGNING", KIND_WORD,
	  offsetof(struct certdata_object, words[CERTDATA_CODE]) },
	{ "CKA_TRUST_CLIENT_AUTH", KIND_WORD,
	  offsetof(struct certdata_object, words[CERTDATA_CLIENT]) },
};

static const struct attribute *find_attribute(struct span name)
{
	for (size_t i = 0; i < COUNT(attributes); i++) {
		if (span_eq(name, span_str(attributes[i].name)))
			return &attributes[i];
	}
	return NULL;
}

static bool read_known(struct certdata_scan *scan, struct certdata_object *object,
		       const struct attribute *attribute, struct span type,
		       struct span value)
{
	void *to = (char *)object + attribute->at;

	switch (attribute->kind) {
	case KIND_AFTER:
		return read_after(scan, object, type, value, to);
	case KIND_WORD:
		return read_word(scan, object, value, to);
	case KIND_TEXT:
		return read_text(scan, object, value, to);
	default:
		break;
	}
	if (span_eq(type, SPAN("MULTILINE_OCTAL")))
		return read_octal(scan, object, to);
	return fault(scan, object, _("a value is not MULTILINE_OCTAL"));
}

static void read_attribute(struct certdata_scan *scan, struct certdata_object *object,
			   struct span line)
{
	struct span name = take_word(&line), type = take_word(&line);
	const struct attribute *attribute = find_attribute(name);
	struct span passed_by;

	/* After a fault the object goes on, for what belongs to it says whose it is. */
	if (!span_starts(name, SPAN("CKA_")))
		fault(scan, object, _("a line is no attribute"));
	if (attribute)
		(void)read_known(scan, object, attribute, type, line);
	else if (span_eq(type, SPAN("MULTILINE_OCTAL")))
		(void)read_octal(scan, object, &passed_by);
}

/* ---- objects ---- */

static enum certdata_class class_of(struct span name)
{
	if (span_eq(name, SPAN("CKO_CERTIFICATE")))
		return CERTDATA_CERTIFICATE;
	if (span_eq(name, SPAN("CKO_NSS_TRUST")) || span_eq(name, SPAN("CKO_TRUST")) ||
	    span_eq(name, SPAN("CKO_NETSCAPE_TRUST")))
		return CERTDATA_TRUST;
	return CERTDATA_OTHER;
}

static bool is_comment(struct span line)
{
	while (line.n && (line.at[0] == ' ' || line.at[0] == '\t'))
		line = span_from(line, 1);
	return !line.n || line.at[0] == '#';
}

static bool find_object(struct certdata_scan *scan, struct certdata_object *object)
{
	struct span line;

	while (next_line(scan, &line)) {
		if (!is_class_line(line))
			continue;
		*object = (struct certdata_object){
			.class = class_of(span_from(line, strlen(CLASS_LINE))),
			.line = scan->line - 1,
			.after = CERTDATA_NO_DATES,
		};
		return true;
	}
	return false;
}

bool certdata_next(struct certdata_scan *scan, struct certdata_object *object)
{
	struct certdata_scan before;
	struct span line;

	if (!find_object(scan, object))
		return false;
	while (before = *scan, next_line(scan, &line)) {
		if (is_class_line(line)) {
			*scan = before;
			break;
		}
		if (!is_comment(line))
			read_attribute(scan, object, line);
	}
	return true;
}
