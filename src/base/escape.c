/* Hostile text on its way out, one function a sink. */
#include "base/escape.h"

#include "base/unicode.h"
#include "base/width.h"

static const char hex_digit[] = "0123456789abcdef";

/* Printable ASCII, which no sink needs to look at twice. */
static inline bool is_plain(uint8_t byte)
{
	return byte >= 0x20 && byte < 0x7f;
}

/*
 * The same for eight bytes at once. Below 0x20 taking 0x20 away sets the upper bit of a
 * byte, and adding 1 to 0x7f does; a borrow or carry into the next byte comes only from
 * one that is not plain anyway.
 */
static inline bool are_plain(const uint8_t *at)
{
	const uint64_t each = 0x0101010101010101;
	uint64_t bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return !((bytes | (bytes - 0x20 * each) | (bytes + each)) & 0x80 * each);
}

/* The length of the beginning of text that is printable ASCII. */
static size_t plain_length(struct span text)
{
	size_t n = 0;

	while (text.n - n >= 8 && are_plain(text.at + n))
		n += 8;
	/* The last eight, some of which are known already. */
	if (n && text.n - n < 8 && are_plain(text.at + text.n - 8))
		return text.n;
	while (n < text.n && is_plain(text.at[n]))
		n++;
	return n;
}

/*
 * Characters that show nothing, or change how what follows is shown: controls, bidi
 * controls, what Unicode calls default ignorable (joiners, fillers, selectors, tags),
 * separators of lines and paragraphs, interlinear annotation, noncharacters.
 */
static bool is_hidden(uint32_t c)
{
	static const struct {
		uint32_t first, last;
	} hidden[] = {
		{ 0x0000, 0x001f },   { 0x007f, 0x009f },   { 0x00ad, 0x00ad },
		{ 0x034f, 0x034f },   { 0x061c, 0x061c },   { 0x115f, 0x1160 },
		{ 0x17b4, 0x17b5 },   { 0x180b, 0x180f },   { 0x200b, 0x200f },
		{ 0x2028, 0x202e },   { 0x2060, 0x206f },   { 0x3164, 0x3164 },
		{ 0xfdd0, 0xfdef },   { 0xfe00, 0xfe0f },   { 0xfeff, 0xfeff },
		{ 0xffa0, 0xffa0 },   { 0xfff0, 0xfffb },   { 0x1bca0, 0x1bca3 },
		{ 0x1d173, 0x1d17a }, { 0xe0000, 0xe0fff },
	};

	if (c < 0x7f)
		return c < 0x20;
	if ((c & 0xfffe) == 0xfffe)
		return true;
	for (size_t i = 0; i < COUNT(hidden) && hidden[i].first <= c; i++)
		if (c <= hidden[i].last)
			return true;
	return false;
}

void utf8_add(struct buf *out, uint32_t c)
{
	uint8_t bytes[4];
	size_t n;

	if (c < 0x80) {
		bytes[0] = (uint8_t)c;
		n = 1;
	} else if (c < 0x800) {
		bytes[0] = (uint8_t)(0xc0 | c >> 6);
		n = 2;
	} else if (c < 0x10000) {
		bytes[0] = (uint8_t)(0xe0 | c >> 12);
		n = 3;
	} else {
		bytes[0] = (uint8_t)(0xf0 | (c >> 18 & 7));
		n = 4;
	}
	for (size_t i = 1; i < n; i++)
		bytes[i] = (uint8_t)(0x80 | (c >> (6 * (n - 1 - i)) & 0x3f));
	buf_add(out, span_of(bytes, n));
}

bool utf8_valid(struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.n;

	while (at < end)
		if (utf8_next(&at, end) < 0)
			return false;
	return true;
}

/* One character, or one byte that is none, as a terminal may see it. */
struct unit {
	uint8_t text[12]; /* "\u{10ffff}" is the longest */
	size_t n, columns;
};

static void unit_escape(struct unit *unit, const char *start, uint32_t value, int digits)
{
	size_t n = strlen(start);

	memcpy(unit->text, start, n);
	for (int i = digits - 1; i >= 0; i--)
		unit->text[n++] = (uint8_t)hex_digit[value >> (4 * i) & 15];
	if (start[1] == 'u')
		unit->text[n++] = '}';
	unit->n = unit->columns = n;
}

static void unit_next(struct unit *unit, const uint8_t **at, const uint8_t *end)
{
	const uint8_t *from = *at;
	int32_t c = utf8_next(at, end);

	if (c < 0) {
		unit_escape(unit, "\\x", *from, 2);
	} else if (!is_hidden((uint32_t)c)) {
		unit->n = (size_t)(*at - from);
		memcpy(unit->text, from, unit->n);
		unit->columns = character_columns((uint32_t)c);
	} else if (c < 0x80) {
		unit_escape(unit, "\\x", (uint32_t)c, 2);
	} else {
		unit_escape(unit, "\\u{", (uint32_t)c,
			    c > 0xfffff  ? 6
			    : c > 0xffff ? 5
					 : 4);
	}
}

void escape_terminal(struct buf *out, struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.n;

	while (at < end) {
		size_t plain = plain_length(span_of(at, (size_t)(end - at)));
		struct unit unit;

		if (plain) {
			buf_add(out, span_of(at, plain));
			at += plain;
			continue;
		}
		unit_next(&unit, &at, end);
		buf_add(out, span_of(unit.text, unit.n));
	}
}

#define MARKS_MOST 8 /* on one character, before each counts as a cell */

void escape_terminal_cut(struct buf *out, struct span text, size_t columns)
{
	const uint8_t *at = text.at, *end = text.n ? text.at + text.n : text.at;
	size_t used = 0,
	       fits = out->n; /* fits: where the text must end if an ellipsis follows */
	size_t marks = 0;

	while (at < end) {
		struct unit unit;

		unit_next(&unit, &at, end);
		/* Marks take no cell, but a flood of them is not text. */
		marks = unit.columns ? 0 : marks + 1;
		used += marks > MARKS_MOST ? 1 : unit.columns;
		if (used > columns) {
			out->n = fits;
			buf_add_str(out, columns ? "\xe2\x80\xa6" : "");
			return;
		}
		buf_add(out, span_of(unit.text, unit.n));
		if (used < columns)
			fits = out->n;
	}
}

static bool is_bare_in_shell(struct span word)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789_@%+=:,./-";

	/* Some shells take "=ls" for the path of ls. */
	if (!word.n || word.at[0] == '=')
		return false;
	for (size_t i = 0; i < word.n; i++)
		if (!word.at[i] || !strchr(safe, word.at[i]))
			return false;
	return true;
}

static bool is_printable(struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.n;

	while (at < end) {
		int32_t c = utf8_next(&at, end);

		if (c < 0 || is_hidden((uint32_t)c))
			return false;
	}
	return true;
}

/*
 * $'...' of POSIX.1-2024: every byte that is not printable ASCII as three octal digits.
 */
static void shell_escaped(struct buf *out, struct span word)
{
	buf_add_str(out, "$'");
	for (size_t i = 0; i < word.n; i++) {
		uint8_t byte = word.at[i];

		if (byte == '\'' || byte == '\\')
			buf_add_byte(out, '\\');
		if (is_plain(byte))
			buf_add_byte(out, byte);
		else
			buf_addf(out, "\\%03o", byte);
	}
	buf_add_byte(out, '\'');
}

void escape_shell(struct buf *out, struct span word)
{
	if (is_bare_in_shell(word)) {
		buf_add(out, word);
		return;
	}
	if (!is_printable(word)) {
		shell_escaped(out, word);
		return;
	}
	buf_add_byte(out, '\'');
	for (size_t i = 0; i < word.n; i++) {
		if (word.at[i] == '\'')
			buf_add_str(out, "'\\''");
		else
			buf_add_byte(out, word.at[i]);
	}
	buf_add_byte(out, '\'');
}

/* What a spreadsheet takes for a formula, also behind spaces and in full width. */
static bool starts_formula(struct span text)
{
	static const char *const starts[] = { "=",
					      "+",
					      "-",
					      "@",
					      "\t",
					      "\r",
					      "\n",
					      "\xef\xbc\x9d",
					      "\xef\xbc\x8b",
					      "\xef\xbc\x8d",
					      "\xef\xbc\xa0" };

	while (text.n && text.at[0] == ' ')
		text = span_from(text, 1);
	for (size_t i = 0; i < COUNT(starts); i++)
		if (span_starts(text, span_str(starts[i])))
			return true;
	return false;
}

static void add_csv_quoted(struct buf *out, struct span text)
{
	buf_add_byte(out, '"');
	while (text.n) {
		const uint8_t *quote = memchr(text.at, '"', text.n);
		size_t n = quote ? (size_t)(quote - text.at) + 1 : text.n;

		buf_add(out, span_of(text.at, n));
		if (quote)
			buf_add_byte(out, '"');
		text = span_from(text, n);
	}
	buf_add_byte(out, '"');
}

static bool starts_plainly(struct span text)
{
	static const bool starts_badly[256] = {
		[' '] = true, ['='] = true, ['+'] = true, ['-'] = true, ['@'] = true
	};

	return !text.n || !starts_badly[text.at[0]];
}

/* Most fields are printable ASCII and no formula: they go straight through. */
void escape_csv(struct buf *out, struct span text)
{
	AUTO(buf) shown = BUF_INIT;

	if (starts_plainly(text) && plain_length(text) == text.n) {
		if (!text.n ||
		    (!memchr(text.at, ',', text.n) && !memchr(text.at, '"', text.n)))
			buf_add(out, text);
		else
			add_csv_quoted(out, text);
		return;
	}
	if (starts_formula(text))
		buf_add_byte(&shown, '\'');
	escape_terminal(&shown, text);
	add_csv_quoted(out, buf_span(&shown));
}

void escape_utf8(struct buf *out, struct span text)
{
	const uint8_t *at = text.at, *end = text.at + text.n;

	while (at < end) {
		const uint8_t *from = at;

		if (utf8_next(&at, end) < 0)
			buf_add_str(out, "\xef\xbf\xbd");
		else
			buf_add(out, span_of(from, (size_t)(at - from)));
	}
}

/* XML 1.0, section 2.2. */
static bool is_xml_character(int32_t c)
{
	return c >= 0x20 ? c != 0xfffe && c != 0xffff : c == '\t' || c == '\n' || c == '\r';
}

/* What must not stand there as it is, or NULL. */
static const char *xml_entity(int32_t c, enum xml_place place)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '\r':
		return "&#13;";
	case '\n':
		return place == XML_ATTRIBUTE ? "&#10;" : NULL;
	case '\t':
		return place == XML_ATTRIBUTE ? "&#9;" : NULL;
	case '"':
		return place == XML_ATTRIBUTE ? "&quot;" : NULL;
	default:
		return is_xml_character(c) ? NULL : "\xef\xbf\xbd";
	}
}

void escape_xml(struct buf *out, struct span text, enum xml_place place)
{
	const uint8_t *at = text.at, *end = text.at + text.n, *plain = at;

	while (at < end) {
		const uint8_t *from = at;
		const char *entity = xml_entity(utf8_next(&at, end), place);

		if (!entity)
			continue;
		buf_add(out, span_of(plain, (size_t)(from - plain)));
		buf_add_str(out, entity);
		plain = at;
	}
	buf_add(out, span_of(plain, (size_t)(end - plain)));
}

static bool is_unreserved(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

void escape_percent(struct buf *out, struct span text, enum percent_space space)
{
	static const char digit[] = "0123456789ABCDEF";

	for (size_t i = 0; i < text.n; i++) {
		uint8_t c = text.at[i];
		const uint8_t coded[] = { '%', (uint8_t)digit[c >> 4],
					  (uint8_t)digit[c & 15] };

		if (is_unreserved(c) || (c == ' ' && space == PERCENT_KEEP_SPACE))
			buf_add_byte(out, c);
		else
			buf_add(out, span_of(coded, sizeof(coded)));
	}
}

static int hex_value(uint8_t c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool unescape_percent(struct buf *out, struct span text)
{
	AUTO(buf) plain = BUF_INIT;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t byte = text.at[i];

		if (byte == '%') {
			int high = text.n - i > 2 ? hex_value(text.at[i + 1]) : -1;
			int low = high < 0 ? -1 : hex_value(text.at[i + 2]);

			if (low < 0)
				return false;
			byte = (uint8_t)(high << 4 | low);
			i += 2;
		}
		buf_add_byte(&plain, byte);
	}
	buf_add(out, buf_span(&plain));
	return true;
}

char *quoted(struct span text)
{
	struct buf out = BUF_INIT;

	escape_terminal_cut(&out, text, QUOTED_MOST);
	return buf_steal(&out);
}
