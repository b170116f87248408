/* Distinguished names: walking, and comparison by RFC 5280 7.1 through a canonical form.
 */
#include "x509/name.h"

#include "base/escape.h"
#include "base/sha256.h"
#include "base/sixteen.h"
#include "base/unicode.h"
#include "x509/der.h"

#include <stdlib.h>

/* Bounds of what is compared by meaning; beyond them a name equals only its own bytes. */
#define ATTRIBUTES_MOST 1000 /* real names have up to about ten */
/*
 * Octets of one name that are in values beyond ASCII: Unicode folding is slow, and one
 * character can become eighteen. X.520 allows a common name 64 characters.
 */
#define FOLDED_MOST 4096

void name_walk_start(struct name_walk *walk, struct span name)
{
	*walk = (struct name_walk){ .rdn = 0 };
	walk->malformed = !der_content(name, DER_SEQUENCE, &walk->rest);
	if (walk->malformed)
		walk->rest = span_of(NULL, 0);
}

static bool walk_fails(struct name_walk *walk)
{
	walk->malformed = true;
	walk->rest = walk->set = span_of(NULL, 0);
	return false;
}

bool name_walk_next(struct name_walk *walk, struct name_attribute *attribute)
{
	struct span pair;

	if (!walk->set.n) {
		if (!walk->rest.n)
			return false;
		if (name_take_usual(&walk->rest, attribute)) {
			attribute->rdn = walk->rdn++;
			return true;
		}
		if (!der_take_tag(&walk->rest, DER_SET, &walk->set) || !walk->set.n)
			return walk_fails(walk);
		walk->rdn++;
	}
	if (!der_take_tag(&walk->set, DER_SEQUENCE, &pair) ||
	    !der_take_tag(&pair, DER_OID, &attribute->oid) ||
	    !der_take(&pair, &attribute->tag, &attribute->value) || pair.n)
		return walk_fails(walk);
	attribute->rdn = walk->rdn - 1;
	return true;
}

bool name_empty(struct span name)
{
	struct span content;

	return der_content(name, DER_SEQUENCE, &content) && !content.n;
}

/* Canonical form: bytes that equal names share. Most names fit in the room that it brings
 * along. */
struct canonical {
	uint8_t *at;
	size_t n, cap;
	size_t folded;   /* octets of values beyond ASCII so far */
	bool unprepared; /* a string stands for itself alone: it is malformed, or too long
			  */
	uint8_t room[1024];
};

static void canonical_init(struct canonical *out)
{
	out->at = out->room;
	out->n = out->folded = 0;
	out->unprepared = false;
	out->cap = sizeof(out->room);
}

static void canonical_clear(struct canonical *out)
{
	if (out->at != out->room)
		mem_free(out->at);
}

/* Room for n more bytes; the names that are made canonical are bounded. */
static uint8_t *canonical_reserve(struct canonical *out, size_t n)
{
	uint8_t *bigger;

	if (n > out->cap - out->n) {
		out->cap = (out->n + n) * 2;
		bigger = mem_alloc(out->cap);
		memcpy(bigger, out->at, out->n);
		canonical_clear(out);
		out->at = bigger;
	}
	return out->at + out->n;
}

static void add_bytes(struct canonical *out, struct span bytes)
{
	uint8_t *to = canonical_reserve(out, bytes.n);

	if (bytes.n)
		memcpy(to, bytes.at, bytes.n);
	out->n += bytes.n;
}

/* Every piece is preceded by its length, so that different names never share a form. */
static void put_count(struct canonical *out, size_t at, size_t count)
{
	uint32_t n = (uint32_t)count;

	memcpy(out->at + at, &n, sizeof(n));
}

static size_t add_count(struct canonical *out, size_t count)
{
	size_t at = out->n;

	canonical_reserve(out, sizeof(uint32_t));
	out->n += sizeof(uint32_t);
	put_count(out, at, count);
	return at;
}

static struct span canonical_span(const struct canonical *canonical)
{
	return span_of(canonical->at, canonical->n);
}

/* Whether a value of that type is its own UTF-8 where it is ASCII. */
static bool is_narrow_string(uint8_t tag)
{
	return tag == DER_PRINTABLE_STRING || tag == DER_UTF8_STRING ||
	       tag == DER_IA5_STRING || tag == DER_TELETEX_STRING ||
	       tag == DER_NUMERIC_STRING || tag == DER_VISIBLE_STRING;
}

/*
 * Sixteen bytes in lower case, which nearly all of a name is at once; false, and what is
 * written means nothing, where a control is among them, or a space before a space or
 * control (the byte after them counts).
 */
static inline bool fold_sixteen(const uint8_t *at, uint8_t *to)
{
	sixteen bytes = sixteen_at(at), next = sixteen_at(at + 1), dropped, capital;

	dropped = (sixteen)((bytes < ' ') | (bytes == 0x7f)) |
		  ((sixteen)(bytes == ' ') & (sixteen)((next <= ' ') | (next == 0x7f)));
	capital = (sixteen)(bytes - 'A' <= 'Z' - 'A');
	sixteen_put(to, bytes | (capital & ('a' - 'A')));
	return sixteen_lacks(dropped, 0xff);
}

/*
 * White space folded and controls left out (RFC 4518 2.2 and 2.6.1), ASCII letters in
 * lower case; bytes over 127 stay.
 */
static void add_folded(struct canonical *out, struct span text)
{
	uint8_t *begin = canonical_reserve(out, text.n), *to = begin;
	size_t i = 0, next_try = 0; /* of sixteen at once */
	bool space = false;

	while (i < text.n) {
		uint8_t c = text.at[i];
		bool capital = (uint8_t)(c - 'A') <= 'Z' - 'A';

		if (c <= ' ' || c == 0x7f) {
			if (c == ' ' || (c >= '\t' && c <= '\r'))
				space = to != begin;
			i++;
			continue;
		}
		if (space)
			*to++ = ' ';
		space = false;
		if (i >= next_try && text.n - i > sizeof(sixteen)) {
			if (fold_sixteen(text.at + i, to)) {
				to += sizeof(sixteen);
				i += sizeof(sixteen);
				continue;
			}
			next_try = i + sizeof(sixteen) / 2;
		}
		*to++ = (uint8_t)(c | capital << 5);
		i++;
	}
	out->n += (size_t)(to - begin);
}

/* RFC 4518 2.2: what is mapped to nothing, and (drop false) what is mapped to a space. */
static const struct {
	int32_t first, last;
	bool drop;
} mapped[] = {
	{ 0x80, 0x84, true },       { 0x85, 0x85, false },
	{ 0x86, 0x9f, true },       { 0xa0, 0xa0, false },
	{ 0xad, 0xad, true },       { 0x34f, 0x34f, true },
	{ 0x6dd, 0x6dd, true },     { 0x70f, 0x70f, true },
	{ 0x1680, 0x1680, false },  { 0x1806, 0x1806, true },
	{ 0x180b, 0x180e, true },   { 0x2000, 0x200a, false },
	{ 0x200b, 0x200f, true },   { 0x2028, 0x2029, false },
	{ 0x202a, 0x202e, true },   { 0x202f, 0x202f, false },
	{ 0x205f, 0x205f, false },  { 0x2060, 0x2063, true },
	{ 0x206a, 0x206f, true },   { 0x3000, 0x3000, false },
	{ 0xfe00, 0xfe0f, true },   { 0xfeff, 0xfeff, true },
	{ 0xfff9, 0xfffc, true },   { 0x1d173, 0x1d17a, true },
	{ 0xe0001, 0xe0001, true }, { 0xe0020, 0xe007f, true },
};

static void add_mapped(struct buf *out, int32_t character)
{
	for (size_t i = 0; i < COUNT(mapped) && character >= mapped[i].first; i++) {
		if (character > mapped[i].last)
			continue;
		if (!mapped[i].drop)
			buf_add_byte(out, ' ');
		return;
	}
	utf8_add(out, (uint32_t)character);
}

/* RFC 4518 section 2 for text that is not ASCII: map, fold case and normalise, then white
 * space. */
static bool add_prepared(struct canonical *out, struct span utf8)
{
	const uint8_t *at = utf8.at, *end;
	AUTO(buf) text = BUF_INIT;
	uint8_t *folded;
	size_t n = 0;

	if (!utf8.n)
		return true;
	end = at + utf8.n;
	while (at < end)
		add_mapped(&text, utf8_next(&at, end));
	if (!text.n)
		return true;
	folded = unicode_fold(span_of(text.at, text.n), &n);
	if (!folded)
		return false;
	add_folded(out, span_of(folded, n));
	free(folded);
	return true;
}

/* Of a string, its prepared text; false where it cannot be had. */
static bool add_text(struct canonical *out, uint8_t tag, struct span value)
{
	AUTO(buf) utf8 = BUF_INIT;

	if (is_narrow_string(tag) && span_is_ascii(value)) {
		add_folded(out, value);
		return true;
	}
	if (value.n > FOLDED_MOST - out->folded)
		return false;
	out->folded += value.n;
	return name_value_utf8(&utf8, tag, value) && add_prepared(out, buf_span(&utf8));
}

/* DirectoryString and the other strings of X.520. */
static bool is_string(uint8_t tag)
{
	return is_narrow_string(tag) || tag == DER_BMP_STRING ||
	       tag == DER_UNIVERSAL_STRING;
}

/* Type, kind of value (0: text, whatever its string type; else the tag), value. */
static void add_attribute(struct canonical *out, const struct name_attribute *attribute)
{
	static const uint8_t is_text;
	size_t length, begin, kind;

	add_count(out, attribute->oid.n);
	add_bytes(out, attribute->oid);
	kind = out->n;
	add_bytes(out, span_of(&is_text, 1));
	length = add_count(out, 0);
	begin = out->n;
	if (!add_text(out, attribute->tag, attribute->value)) {
		out->n = begin;
		out->unprepared |= is_string(attribute->tag);
		out->at[kind] = attribute->tag;
		add_bytes(out, attribute->value);
	}
	put_count(out, length, out->n - begin);
}

static int compare_spans(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* The attributes of one RDN are a set: they are put in an order of their own. */
static void sort_attributes(struct canonical *out, const size_t *starts, size_t n)
{
	size_t begin = starts[0], size = out->n - begin, used = 0;
	struct span *attributes;
	uint8_t *copy;

	if (n < 2)
		return;
	attributes = mem_array(n, sizeof(*attributes));
	copy = mem_copy(span_of(out->at + begin, size));
	for (size_t i = 0; i < n; i++)
		attributes[i] = span_of(copy + (starts[i] - begin),
					(i + 1 < n ? starts[i + 1] : out->n) - starts[i]);
	qsort(attributes, n, sizeof(*attributes), compare_spans);
	for (size_t i = 0; i < n; used += attributes[i++].n)
		memcpy(out->at + begin + used, attributes[i].at, attributes[i].n);
	mem_free(attributes);
	mem_free(copy);
}

/* Each RDN: how many attributes, then these. False where the name is malformed or out of
 * bounds. */
static bool make_canonical(struct canonical *out, struct span name)
{
	size_t starts[ATTRIBUTES_MOST], n = 0, first = 0, count_at = 0, rdns = 0;
	struct name_attribute attribute;
	struct name_walk walk;

	name_walk_start(&walk, name);
	while (n < ATTRIBUTES_MOST && name_walk_next(&walk, &attribute)) {
		if (attribute.rdn == rdns) {
			if (rdns++)
				sort_attributes(out, starts + first, n - first);
			first = n;
			count_at = add_count(out, 0);
		}
		starts[n++] = out->n;
		put_count(out, count_at, n - first);
		add_attribute(out, &attribute);
	}
	if (n)
		sort_attributes(out, starts + first, n - first);
	return !walk.malformed && !walk.rest.n && !walk.set.n;
}

/* Whether the canonical form of base is that of name (or its beginning): all is
 * self-delimiting. */
static bool matches(struct span name, struct span base,
		    bool (*same)(struct span, struct span))
{
	AUTO(canonical) a, b;

	canonical_init(&a);
	canonical_init(&b);
	return make_canonical(&a, name) && make_canonical(&b, base) &&
	       same(canonical_span(&a), canonical_span(&b));
}

bool name_equal(struct span a, struct span b)
{
	return span_eq(a, b) || matches(a, b, span_eq);
}

bool name_within(struct span name, struct span base)
{
	return span_eq(name, base) || matches(name, base, span_starts);
}

bool name_comparable(struct span name)
{
	AUTO(canonical) canonical;

	canonical_init(&canonical);
	return make_canonical(&canonical, name) && !canonical.unprepared;
}

uint64_t name_hash(struct span name)
{
	AUTO(canonical) canonical;

	canonical_init(&canonical);
	return hash_keyed(make_canonical(&canonical, name) ? canonical_span(&canonical)
							   : name);
}

/* TeletexString is read as Latin-1, as everybody writes it. */
static void add_latin1(struct buf *out, struct span value)
{
	for (size_t i = 0; i < value.n; i++)
		utf8_add(out, value.at[i]);
}

/* One character of a BMPString: UCS-2, where some programs write UTF-16. */
static bool add_bmp(struct buf *out, struct span value)
{
	for (size_t i = 0; i + 2 <= value.n; i += 2) {
		uint32_t c = (uint32_t)value.at[i] << 8 | value.at[i + 1], low;

		if (c >= 0xd800 && c < 0xe000) {
			if (c >= 0xdc00 || value.n - i < 4)
				return false;
			low = (uint32_t)value.at[i + 2] << 8 | value.at[i + 3];
			if (low < 0xdc00 || low >= 0xe000)
				return false;
			c = 0x10000 + ((c - 0xd800) << 10) + (low - 0xdc00);
			i += 2;
		}
		utf8_add(out, c);
	}
	return value.n % 2 == 0;
}

static bool add_universal(struct buf *out, struct span value)
{
	for (size_t i = 0; i + 4 <= value.n; i += 4) {
		uint32_t c = (uint32_t)value.at[i] << 24 |
			     (uint32_t)value.at[i + 1] << 16 |
			     (uint32_t)value.at[i + 2] << 8 | value.at[i + 3];

		if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
		utf8_add(out, c);
	}
	return value.n % 4 == 0;
}

static bool add_utf8(struct buf *out, uint8_t tag, struct span value)
{
	switch (tag) {
	case DER_UTF8_STRING:
		if (!utf8_valid(value))
			return false;
		buf_add(out, value);
		return true;
	case DER_TELETEX_STRING:
		add_latin1(out, value);
		return true;
	case DER_BMP_STRING:
		return add_bmp(out, value);
	case DER_UNIVERSAL_STRING:
		return add_universal(out, value);
	default:
		return false;
	}
}

bool name_value_utf8(struct buf *out, uint8_t tag, struct span value)
{
	size_t before = out->n;

	if (is_narrow_string(tag) && span_is_ascii(value)) {
		buf_add(out, value);
		return true;
	}
	if (add_utf8(out, tag, value))
		return true;
	out->n = before;
	return false;
}
