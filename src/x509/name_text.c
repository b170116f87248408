/* The text of names (RFC 4514), and what a person calls them. */
#include "x509/name.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/der.h"
#include "x509/extension.h"

/* More RDNs than this are shown as octets; real names have up to about ten. */
#define RDNS_MOST 100

/* 2.5.4.N (X.520; RFC 4519). */
static const char *const name_of_id_at[] = {
	[3] = "CN",
	[4] = "SN",
	[5] = "serialNumber",
	[6] = "C",
	[7] = "L",
	[8] = "ST",
	[9] = "STREET",
	[10] = "O",
	[11] = "OU",
	[12] = "title",
	[13] = "description",
	[15] = "businessCategory",
	[16] = "postalAddress",
	[17] = "postalCode",
	[18] = "postOfficeBox",
	[20] = "telephoneNumber",
	[41] = "name",
	[42] = "givenName",
	[43] = "initials",
	[44] = "generationQualifier",
	[45] = "x500UniqueIdentifier",
	[46] = "dnQualifier",
	[54] = "dmdName",
	[65] = "pseudonym",
	[97] = "organizationIdentifier",
};

static const struct {
	struct span oid;
	const char *name;
} other_names[] = {
	{ SPAN("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x19"), "DC" },
	{ SPAN("\x09\x92\x26\x89\x93\xf2\x2c\x64\x01\x01"), "UID" },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01"), "emailAddress" },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x02"), "unstructuredName" },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x01"), "jurisdictionL" },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x02"), "jurisdictionST" },
	{ SPAN("\x2b\x06\x01\x04\x01\x82\x37\x3c\x02\x01\x03"), "jurisdictionC" },
};

/* The short name of an attribute type, NULL where it has none. */
static const char *type_name(struct span oid)
{
	if (oid.n == 3 && oid.at[0] == 0x55 && oid.at[1] == 4)
		return oid.at[2] < COUNT(name_of_id_at) ? name_of_id_at[oid.at[2]] : NULL;
	for (size_t i = 0; i < COUNT(other_names); i++)
		if (span_eq(oid, other_names[i].oid))
			return other_names[i].name;
	return NULL;
}

/* RFC 4514 2.4: what is escaped wherever it stands; NUL is written in hex. */
static const bool is_special[256] = {
	['"'] = true, ['+'] = true, [','] = true,  [';'] = true,
	['<'] = true, ['>'] = true, ['\\'] = true, ['\0'] = true,
};

typedef uint8_t sixteen __attribute__((vector_size(16)));

/* Whether none of the sixteen bytes is special. */
static bool are_plain(const uint8_t *at)
{
	uint64_t found[2];
	sixteen bytes, special;

	memcpy(&bytes, at, sizeof(bytes));
	special = (sixteen)((bytes == '"') | (bytes == '+') | (bytes == ',') |
			    (bytes == ';') | (bytes == '<') | (bytes == '>') |
			    (bytes == '\\') | (bytes == 0));
	memcpy(found, &special, sizeof(found));
	return !(found[0] | found[1]);
}

/* How many bytes from the front need no escape. */
static size_t plain_length(struct span text)
{
	size_t n = 0;

	while (text.n - n >= sizeof(sixteen) && are_plain(text.at + n))
		n += sizeof(sixteen);
	/* The last sixteen, some of which are known already. */
	if (n && text.n - n < sizeof(sixteen) &&
	    are_plain(text.at + text.n - sizeof(sixteen)))
		return text.n;
	while (n < text.n && !is_special[text.at[n]])
		n++;
	return n;
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
	while (text.n) {
		size_t n = plain_length(text);

		buf_add(out, span_of(text.at, n));
		text = span_from(text, n);
		if (text.n) {
			add_escape(out, text.at[0]);
			text = span_from(text, 1);
		}
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

static void add_value(struct buf *out, const struct name_attribute *attribute)
{
	AUTO(buf) utf8 = BUF_INIT;

	if (is_plain_string(attribute) && span_is_ascii(attribute->value))
		add_escaped(out, attribute->value);
	else if (name_value_utf8(&utf8, attribute->tag, attribute->value))
		add_escaped(out, buf_span(&utf8));
	else
		add_octets(out, attribute);
}

static void add_attribute(struct buf *out, const struct name_attribute *attribute)
{
	const char *type = type_name(attribute->oid);

	if (type) {
		buf_add_str(out, type);
		buf_add_byte(out, '=');
		add_value(out, attribute);
		return;
	}
	oid_text(out, attribute->oid);
	buf_add_byte(out, '=');
	add_octets(out, attribute);
}

/* The attributes of one RDN, given as what a walk has before it; false where one is
 * malformed. */
static bool add_rdn(struct buf *out, struct span set)
{
	struct name_walk walk = { .set = set };
	struct name_attribute attribute;
	bool first = true;

	for (; name_walk_next(&walk, &attribute); first = false) {
		if (!first)
			buf_add_byte(out, '+');
		add_attribute(out, &attribute);
	}
	return !first && !walk.malformed;
}

/* Where the SETs of the name stand; false where it is malformed or has too many. */
static bool find_rdns(struct span name, struct span sets[RDNS_MOST], size_t *n)
{
	struct span rest;

	*n = 0;
	if (!der_content(name, DER_SEQUENCE, &rest))
		return false;
	while (rest.n) {
		if (*n == RDNS_MOST || !der_take_tag(&rest, DER_SET, &sets[*n]))
			return false;
		++*n;
	}
	return true;
}

/* RFC 4514 2.1: from the last RDN to the first. */
static bool add_rdns(struct buf *out, const struct span *sets, size_t n)
{
	while (n--) {
		if (!add_rdn(out, sets[n]))
			return false;
		if (n)
			buf_add_byte(out, ',');
	}
	return true;
}

void name_text(struct buf *out, struct span name)
{
	struct span sets[RDNS_MOST];
	size_t n, before = out->n;

	if (find_rdns(name, sets, &n) && add_rdns(out, sets, n))
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
