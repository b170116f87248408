/* Distinguished names (RFC 5280 4.1.2.4): comparison by section 7.1, text by RFC 4514.
 * All take the whole TLV of a Name. */
#pragma once

#include "base/buf.h"

/*
 * Section 7.1 comparison: same bytes, or RDN by RDN the same attributes in any order
 * within the RDN, string values compared across string types with case and white space
 * folded (RFC 4518 preparation; bounded). A malformed name equals only its own bytes.
 */
bool name_equal(struct span a, struct span b);
/* Equal names have equal hashes (canonical form, keyed). */
uint64_t name_hash(struct span name);
/* base is name or a beginning of it, RDN by RDN (RFC 5280 4.2.1.10, directoryName). */
bool name_within(struct span name, struct span base);
/*
 * Whether name can be compared by meaning: it is well formed, and neither it nor a string
 * of it is beyond the bounds. One that cannot equals its own bytes alone, which must not
 * let it pass where names are forbidden.
 */
bool name_comparable(struct span name);
/* A SEQUENCE without RDNs. */
bool name_empty(struct span name);

/* RFC 4514 text, most specific RDN first as written there ("CN=x,O=y,C=z"), UTF-8,
 * unescaped for no sink: still hostile. */
void name_text(struct buf *out, struct span name);
/* What a person calls it: the last CN, else OU, else O, else the whole text, else "(no
 * name)". Hostile. */
void name_short(struct buf *out, struct span name);

/* Walks the attributes in the order of the encoding. */
struct name_attribute {
	struct span oid;   /* content octets */
	uint8_t tag;       /* of the value */
	struct span value; /* content octets */
	size_t rdn;        /* index of its RDN */
};
struct name_walk {
	struct span rest, set;
	size_t rdn;
	bool malformed;
};

/*
 * Takes what nearly every RDN is from the front of rest: one attribute of 2.5.4 (X.520)
 * with short lengths. False, and nothing taken, where another kind stands there or
 * something is wrong with it.
 */
static inline bool name_take_usual(struct span *rest, struct name_attribute *attribute)
{
	/* SET, SEQUENCE, OID 2.5.4.N; the lengths of the first two are left out. */
	static const uint8_t mask[8] = { 255, 0, 255, 0, 255, 255, 255, 255 };
	static const uint8_t usual[8] = { 0x31, 0, 0x30, 0, 6, 3, 0x55, 4 };
	const uint8_t *at = rest->at;
	uint64_t head, masked, wanted;
	size_t length;

	if (rest->n < 11)
		return false;
	memcpy(&head, at, sizeof(head));
	memcpy(&masked, mask, sizeof(masked));
	memcpy(&wanted, usual, sizeof(wanted));
	length = at[10];
	if ((head & masked) != wanted || at[1] != length + 9 || at[3] != length + 7 ||
	    at[1] >= 0x80 || (at[9] & 0x1f) == 0x1f || rest->n - 11 < length)
		return false;
	attribute->oid = span_of(at + 6, 3);
	attribute->tag = at[9];
	attribute->value = span_of(at + 11, length);
	*rest = span_from(*rest, 11 + length);
	return true;
}

void name_walk_start(struct name_walk *walk, struct span name);
bool name_walk_next(struct name_walk *walk, struct name_attribute *attribute);
/* The value as UTF-8 appended to out; false for a type that is no string or bytes that
 * its type forbids. */
MUST_CHECK bool name_value_utf8(struct buf *out, uint8_t tag, struct span value);
