/*
 * OpenSSL's hashes of a name. The form that is hashed since version 1.0: RDN by RDN a SET
 * of the attributes, without the SEQUENCE around them; strings as UTF8String, ASCII
 * letters in lower case, white space at both ends left out and any run of it one space.
 */
#include "format/openssl_hash.h"

#include "base/escape.h"
#include "x509/der.h"
#include "x509/name.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>
#include <stdlib.h>

/* ---- strings ---- */

/* Octets of one character in a string of that type, 0 where it is none that is folded. */
static size_t character_octets(uint8_t tag)
{
	switch (tag) {
	case DER_UTF8_STRING:
	case DER_PRINTABLE_STRING:
	case DER_TELETEX_STRING:
	case DER_IA5_STRING:
	case DER_VISIBLE_STRING:
		return 1;
	case DER_BMP_STRING:
		return 2;
	case DER_UNIVERSAL_STRING:
		return 4;
	default:
		return 0;
	}
}

/* What is no UTF-8 yet: octets are characters of Latin-1, as OpenSSL takes them. */
static void add_utf8(struct buf *out, uint8_t tag, struct span value)
{
	size_t octets = character_octets(tag);

	if (tag == DER_UTF8_STRING || (octets == 1 && span_is_ascii(value))) {
		buf_add(out, value);
		return;
	}
	for (; value.n >= octets; value = span_from(value, octets)) {
		uint32_t character = 0;

		for (size_t i = 0; i < octets; i++)
			character = character << 8 | value.at[i];
		/* OpenSSL cannot read a name with such a character at all. */
		utf8_add(out, character <= 0x10ffff ? character : 0xfffd);
	}
}

static bool is_space(uint8_t c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

static void fold(struct buf *text)
{
	size_t n = 0;
	bool space = false;

	for (size_t i = 0; i < text->n; i++) {
		uint8_t c = text->at[i];

		if (is_space(c)) {
			space = n > 0;
			continue;
		}
		if (space)
			text->at[n++] = ' ';
		space = false;
		text->at[n++] = c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c;
	}
	text->n = n;
}

/* ---- the form of a name ---- */

static void add_attribute(struct buf *out, const struct name_attribute *attribute)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) pair = BUF_INIT;

	der_add(&pair, DER_OID, attribute->oid);
	if (character_octets(attribute->tag)) {
		add_utf8(&text, attribute->tag, attribute->value);
		fold(&text);
		der_add(&pair, DER_UTF8_STRING, buf_span(&text));
	} else {
		der_add(&pair, attribute->tag, attribute->value);
	}
	der_add(out, DER_SEQUENCE, buf_span(&pair));
}

struct rdn {
	struct buf *at; /* the attributes of one RDN */
	size_t n, cap;
};

static void rdn_clear(struct rdn *rdn)
{
	for (size_t i = 0; i < rdn->n; i++)
		buf_clear(&rdn->at[i]);
	mem_free(rdn->at);
	*rdn = (struct rdn){ NULL, 0, 0 };
}

static int compare(const void *a, const void *b)
{
	return span_cmp(buf_span(a), buf_span(b));
}

/* A SET OF is sorted (X.690 11.6), and folding may have changed the order. */
static void add_rdn(struct buf *out, struct rdn *rdn)
{
	AUTO(buf) set = BUF_INIT;

	if (!rdn->n)
		return;
	qsort(rdn->at, rdn->n, sizeof(*rdn->at), compare);
	for (size_t i = 0; i < rdn->n; i++)
		buf_add(&set, buf_span(&rdn->at[i]));
	der_add(out, DER_SET, buf_span(&set));
	rdn_clear(rdn);
}

static void add_form(struct buf *out, struct span name)
{
	AUTO(rdn) rdn = { NULL, 0, 0 };
	struct name_attribute attribute;
	struct name_walk walk;
	size_t at = 0;

	name_walk_start(&walk, name);
	while (name_walk_next(&walk, &attribute)) {
		if (attribute.rdn != at)
			add_rdn(out, &rdn);
		at = attribute.rdn;
		GROW(rdn.at, rdn.n, rdn.cap);
		rdn.at[rdn.n] = (struct buf)BUF_INIT;
		add_attribute(&rdn.at[rdn.n++], &attribute);
	}
	add_rdn(out, &rdn);
}

/* ---- hashes ---- */

static uint32_t first_of(const uint8_t *digest)
{
	return (uint32_t)digest[0] | (uint32_t)digest[1] << 8 |
	       (uint32_t)digest[2] << 16 | (uint32_t)digest[3] << 24;
}

uint32_t openssl_hash(struct span name)
{
	uint8_t digest[SHA1_DIGEST_SIZE];
	AUTO(buf) form = BUF_INIT;
	struct sha1_ctx ctx;

	add_form(&form, name);
	sha1_init(&ctx);
	sha1_update(&ctx, form.n, form.at);
	sha1_digest(&ctx, sizeof(digest), digest);
	return first_of(digest);
}

uint32_t openssl_hash_old(struct span name)
{
	uint8_t digest[MD5_DIGEST_SIZE];
	struct md5_ctx ctx;

	md5_init(&ctx);
	md5_update(&ctx, name.n, name.at);
	md5_digest(&ctx, sizeof(digest), digest);
	return first_of(digest);
}
