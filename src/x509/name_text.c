/* The text of names (RFC 4514), and what a person calls them. */
#include "x509/name.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/sixteen.h"
#include "x509/der.h"
#include "x509/extension.h"

/* More RDNs than this are shown as octets; real names have up to about ten. */
#define RDNS_MOST 100

/* The short name of an attribute type, of a fixed size: copied whole, and needing no
 * pointer. */
struct type_name {
	uint8_t n; /* 0: the type has none */
	char text[23];
};
#define TYPE(name)                     \
	{                              \
		sizeof(name) - 1, name \
	}

/* 2.5.4.N (X.520; RFC 4519). */
static const struct type_name name_of_id_at[] = {
	[3] = TYPE("CN"),
	[4] = TYPE("SN"),
	[5] = TYPE("serialNumber"),
	[6] = TYPE("C"),
	[7] = TYPE("L"),
	[8] = TYPE("ST"),
	[9] = TYPE("STREET"),
	[10] = TYPE("O"),
	[11] = TYPE("OU"),
	[12] = TYPE("title"),
	[13] = TYPE("description"),
	[15] = TYPE("businessCategory"),
	[16] = TYPE("postalAddress"),
	[17] = TYPE("postalCode"),
	[18] = TYPE("postOfficeBox"),
	[20] = TYPE("telephoneNumber"),
	[41] = TYPE("name"),
	[42] = TYPE("givenName"),
	[43] = TYPE("initials"),
	[44] = TYPE("generationQualifier"),
	[45] = TYPE("x500UniqueIdentifier"),
	[46] = TYPE("dnQualifier"),
	[54] = TYPE("dmdName"),
	[65] = TYPE("pseudonym"),
	[97] = TYPE("organizationIdentifier"),
};

static const struct {
	struct span oid;
	struct type_name name;
} other_names[] = {
	{ SPAN("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), TYPE("DC") },
	{ SPAN("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), TYPE("UID") },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), TYPE("emailAddress") },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02"), TYPE("unstructuredName") },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01"), TYPE("jurisdictionL") },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02"), TYPE("jurisdictionST") },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"), TYPE("jurisdictionC") },
};

/* NULL where the type has none. */
static const struct type_name *find_type(struct span oid)
{
	if (oid.n == 3 && oid.at[0] == 0x55 && oid.at[1] == 4)
		return oid.at[2] < COUNT(name_of_id_at) && name_of_id_at[oid.at[2]].n
			       ? &name_of_id_at[oid.at[2]]
			       : NULL;
	for (size_t i = 0; i < COUNT(other_names); i++)
		if (span_eq(oid, other_names[i].oid))
			return &other_names[i].name;
	return NULL;
}

/* RFC 4514 2.4: what is escaped wherever it stands; NUL is written in hex. */
static const bool is_special[256] = {
	['"'] = true, ['+'] = true, [','] = true,  [';'] = true,
	['<'] = true, ['>'] = true, ['\\'] = true, ['\0'] = true,
};

/* Whether the sixteen bytes are ASCII, and none of them special. */
static bool are_plain(const uint8_t *at)
{
	sixteen bytes = sixteen_at(at), special;

	special = (sixteen)((bytes == '"') | (bytes == '+') | (bytes == ',') |
			    (bytes == ';') | (bytes == '<') | (bytes == '>') |
			    (bytes == '\\') | (bytes == 0));
	return sixteen_lacks(special | bytes, 0x80);
}

/* The same for all of text, which is longer than that. */
static bool all_plain(struct span text)
{
	const uint8_t *last = text.at + text.n - sizeof(sixteen);

	for (; text.at < last; text.at += sizeof(sixteen))
		if (!are_plain(text.at))
			return false;
	/* Some of the last sixteen are known already. */
	return are_plain(last);
}

/* Whether text is written as it stands, as nearly every value is. */
static bool needs_no_escape(struct span text)
{
	uint8_t copy[sizeof(sixteen)];

	if (!text.n || text.at[0] == ' ' || text.at[0] == '#' ||
	    text.at[text.n - 1] == ' ')
		return false;
	if (text.n > sizeof(copy))
		return all_plain(text);
	memset(copy, 'x', sizeof(copy));
	memcpy(copy, text.at, text.n);
	return are_plain(copy);
}

static void add_escape(struct buf *out, uint8_t c)
{
	buf_add_byte(out, '\\');
	if (c)
		buf_add_byte(out, c);
	else
		buf_add_str(out, "00");
}

/* Takes the first byte where only the beginning of a value must be escaped. */
static struct span add_first(struct buf *out, struct span text)
{
	if (!text.n || (text.at[0] != ' ' && text.at[0] != '#'))
		return text;
	add_escape(out, text.at[0]);
	return span_from(text, 1);
}

static void add_escaped(struct buf *out, struct span text)
{
	bool space;

	text = add_first(out, text);
	space = text.n && text.at[text.n - 1] == ' ';
	text.n -= space;
	for (size_t i = 0; i < text.n; i++) {
		if (is_special[text.at[i]])
			add_escape(out, text.at[i]);
		else
			buf_add_byte(out, text.at[i]);
	}
	if (space)
		add_escape(out, ' ');
}

/* RFC 4514 2.4: "#" and the octets of the whole value, where it has no string form. */
static void add_octets(struct buf *out, const struct name_attribute *attribute)
{
	AUTO(buf) value = BUF_INIT;

	der_add(&value, attribute->tag, attribute->value);
	buf_add_byte(out, '#');
	buf_add_hex(out, buf_span(&value));
}

static bool is_plain_string(const struct name_attribute *attribute)
{
	return attribute->tag == DER_PRINTABLE_STRING ||
	       attribute->tag == DER_UTF8_STRING || attribute->tag == DER_IA5_STRING;
}

/* The short name and "=", and room for more behind it. */
static void add_type(struct buf *out, const struct type_name *type, size_t more)
{
	uint8_t *to = buf_reserve(out, sizeof(type->text) + 1 + more);

	memcpy(to, type->text, sizeof(type->text));
	to[type->n] = '=';
	buf_added(out, type->n + 1u);
}

static void add_value(struct buf *out, const struct name_attribute *attribute)
{
	AUTO(buf) utf8 = BUF_INIT;

	if (name_value_utf8(&utf8, attribute->tag, attribute->value))
		add_escaped(out, buf_span(&utf8));
	else
		add_octets(out, attribute);
}

static void add_attribute(struct buf *out, const struct name_attribute *attribute)
{
	const struct type_name *type = find_type(attribute->oid);

	if (!type) {
		oid_text(out, attribute->oid);
		buf_add_byte(out, '=');
		add_octets(out, attribute);
		return;
	}
	add_type(out, type, attribute->value.n);
	if (is_plain_string(attribute) && needs_no_escape(attribute->value))
		buf_add(out, attribute->value);
	else
		add_value(out, attribute);
}

/* The attributes of one RDN; false where one is malformed. */
static bool add_rdn(struct buf *out, struct span rdn)
{
	struct name_walk walk = { .rest = rdn };
	struct name_attribute attribute;
	bool first = true;

	if (name_take_usual(&rdn, &attribute)) {
		add_attribute(out, &attribute);
		return true;
	}
	for (; name_walk_next(&walk, &attribute); first = false) {
		if (!first)
			buf_add_byte(out, '+');
		add_attribute(out, &attribute);
	}
	return !first && !walk.malformed;
}

/* Where the RDNs of the name stand; false where it is malformed or has too many. */
static bool find_rdns(struct span name, struct span rdns[RDNS_MOST], size_t *n)
{
	struct span rest, set;

	*n = 0;
	if (!der_content(name, DER_SEQUENCE, &rest))
		return false;
	while (rest.n) {
		const uint8_t *begin = rest.at;

		if (*n == RDNS_MOST || !der_take_tag(&rest, DER_SET, &set))
			return false;
		rdns[(*n)++] = span_of(begin, (size_t)(rest.at - begin));
	}
	return true;
}

/* RFC 4514 2.1: from the last RDN to the first. */
static bool add_rdns(struct buf *out, const struct span *rdns, size_t n)
{
	while (n--) {
		if (!add_rdn(out, rdns[n]))
			return false;
		if (n)
			buf_add_byte(out, ',');
	}
	return true;
}

void name_text(struct buf *out, struct span name)
{
	struct span rdns[RDNS_MOST];
	size_t n, before = out->n;

	if (find_rdns(name, rdns, &n) && add_rdns(out, rdns, n))
		return;
	out->n = before;
	buf_add_byte(out, '#');
	buf_add_hex(out, name);
}

/* Appends the last value of 2.5.4.N; false where there is none with a text. */
static bool add_last(struct buf *out, struct span name, uint8_t n)
{
	struct name_attribute attribute, last = { .tag = 0 };
	struct name_walk walk;

	name_walk_start(&walk, name);
	while (name_walk_next(&walk, &attribute))
		if (span_eq(attribute.oid, span_of((uint8_t[]){ 0x55, 4, n }, 3)) &&
		    attribute.value.n)
			last = attribute;
	return last.tag && name_value_utf8(out, last.tag, last.value);
}

void name_short(struct buf *out, struct span name)
{
	static const uint8_t preferred[] = { 3, 11, 10 }; /* CN, OU, O */

	for (size_t i = 0; i < COUNT(preferred); i++)
		if (add_last(out, name, preferred[i]))
			return;
	if (name_empty(name))
		buf_add_str(out, _("(no name)"));
	else
		name_text(out, name);
}
