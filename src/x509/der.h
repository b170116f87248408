/*
 * DER (X.690) as a stream of elements: definite and shortest lengths, tags of one octet,
 * nothing past the end. Every reader borrows; none allocates. A read that fails consumes
 * nothing.
 *
 * Two manners: `struct der` says what is wrong at which byte, for whole structures;
 * der_take walks a span in silence, for walkers whose caller only asks whether something
 * is there.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

enum der_tag {
	DER_BOOLEAN = 0x01,
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OID = 0x06,
	DER_ENUMERATED = 0x0a,
	DER_UTF8_STRING = 0x0c,
	DER_NUMERIC_STRING = 0x12,
	DER_PRINTABLE_STRING = 0x13,
	DER_TELETEX_STRING = 0x14,
	DER_IA5_STRING = 0x16,
	DER_UTC_TIME = 0x17,
	DER_GENERALIZED_TIME = 0x18,
	DER_VISIBLE_STRING = 0x1a,
	DER_UNIVERSAL_STRING = 0x1c,
	DER_BMP_STRING = 0x1e,
	DER_SEQUENCE = 0x30,
	DER_SET = 0x31,
};
/* A context tag: primitive (IMPLICIT over a string or number), or constructed. */
#define DER_CONTEXT(n)             (0x80 | (n))
#define DER_CONTEXT_CONSTRUCTED(n) (0xa0 | (n))

/*
 * A reader: from at to end is what it has yet to read; whole is where the outermost
 * begins, so that a message names the byte that a person will look for.
 */
struct der {
	const uint8_t *at, *end, *whole;
};

enum der_fault {
	DER_GOOD,
	DER_CUT,      /* ends within a tag or length */
	DER_HIGH_TAG, /* a tag number of 31 or more */
	DER_INDEFINITE,
	DER_LONG_FORM, /* not the shortest length */
	DER_HUGE,      /* a length of more than four octets */
	DER_PAST_END,
};

/* The same as der_measure for a length that is neither short nor of two octets more. */
enum der_fault der_measure_long(struct span in, size_t *head, size_t *length);

/* Octets of tag and length, and of the content, of the element at the front of in. */
static inline enum der_fault der_measure(struct span in, size_t *head, size_t *length)
{
	if (in.n < 2)
		return DER_CUT;
	if ((in.at[0] & 0x1f) == 0x1f)
		return DER_HIGH_TAG;
	if (in.at[1] < 0x80) {
		*head = 2;
		*length = in.at[1];
	} else if (in.at[1] == 0x82 && in.n >= 4 && in.at[2]) {
		/* What most elements of a certificate that are not short have. */
		*head = 4;
		*length = (size_t)in.at[2] << 8 | in.at[3];
	} else {
		return der_measure_long(in, head, length);
	}
	return *length > in.n - *head ? DER_PAST_END : DER_GOOD;
}

/* Takes the element at the front of rest, in silence; false at the end and at a fault. */
static inline bool der_take(struct span *rest, uint8_t *tag, struct span *content)
{
	size_t head, length;

	if (der_measure(*rest, &head, &length) != DER_GOOD)
		return false;
	*tag = rest->at[0];
	*content = span_of(rest->at + head, length);
	*rest = span_from(*rest, head + length);
	return true;
}

/* The same where only one tag will do; false, and nothing consumed, at any other. */
static inline bool der_take_tag(struct span *rest, uint8_t tag, struct span *content)
{
	uint8_t found;

	return rest->n && rest->at[0] == tag && der_take(rest, &found, content);
}

/* The content of whole, which is exactly one element of that tag; false where it is not.
 */
static inline bool der_content(struct span whole, uint8_t tag, struct span *content)
{
	return der_take_tag(&whole, tag, content) && !whole.n;
}

/* A reader over bytes that are the whole. */
static inline struct der der_of(struct span bytes)
{
	return (struct der){ bytes.at, bytes.n ? bytes.at + bytes.n : bytes.at,
			     bytes.at };
}

/* A reader over a part of what in reads or has read. */
static inline struct der der_inside(const struct der *in, struct span content)
{
	return (struct der){ content.at, content.at + content.n, in->whole };
}

static inline struct span der_rest(const struct der *in)
{
	return span_of(in->at, (size_t)(in->end - in->at));
}

static inline size_t der_left(const struct der *in)
{
	return (size_t)(in->end - in->at);
}

/* Where the reader stands, from the beginning of the whole. */
static inline size_t der_offset(const struct der *in)
{
	return (size_t)(in->at - in->whole);
}

/* Whether an element with that tag comes next. */
static inline bool der_next_is(const struct der *in, uint8_t tag)
{
	return in->at < in->end && *in->at == tag;
}

/* Says why the element that comes next cannot be read, tag being the only one that will
 * do (0: any). */
void der_explain(struct der in, uint8_t tag, struct error *err) __attribute__((cold));
/* Says that something follows where nothing may. */
void der_explain_rest(struct der in, struct error *err) __attribute__((cold));

/* Reads an element with that tag: its content. */
MUST_CHECK static inline bool der_read(struct der *in, uint8_t tag, struct span *content,
				       struct error *err)
{
	struct span rest = der_rest(in);

	if (!der_take_tag(&rest, tag, content)) {
		der_explain(*in, tag, err);
		return false;
	}
	in->at = rest.at;
	return true;
}

/* The same: the whole of it, tag and length too. */
MUST_CHECK static inline bool der_read_whole(struct der *in, uint8_t tag,
					     struct span *whole, struct error *err)
{
	const uint8_t *begin = in->at;

	if (!der_read(in, tag, whole, err))
		return false;
	*whole = span_of(begin, (size_t)(in->at - begin));
	return true;
}

/* Reads an element with that tag: a reader over its content. */
MUST_CHECK static inline bool der_enter(struct der *in, uint8_t tag, struct der *inside,
					struct error *err)
{
	struct span content;

	if (!der_read(in, tag, &content, err))
		return false;
	*inside = der_inside(in, content);
	return true;
}

/* Fails where something follows. */
MUST_CHECK static inline bool der_end(const struct der *in, struct error *err)
{
	if (in->at == in->end)
		return true;
	der_explain_rest(*in, err);
	return false;
}

/* Reads an element of any tag. */
MUST_CHECK bool der_read_any(struct der *in, uint8_t *tag, struct span *content,
			     struct error *err);
/* Reads a length alone, as it stands behind a tag. */
MUST_CHECK bool der_read_length(struct der *in, size_t *length, struct error *err);
/* The same as der_read_boolean for what is not TRUE. */
MUST_CHECK bool der_read_other_boolean(struct der *in, bool *value, struct error *err);
/*
 * Reads a BOOLEAN: 00 or ff (X.690 11.1). Nearly all are TRUE: where FALSE is the default
 * it is left out.
 */
MUST_CHECK static inline bool der_read_boolean(struct der *in, bool *value,
					       struct error *err)
{
	if (der_left(in) < 3 || in->at[0] != DER_BOOLEAN || in->at[1] != 1 ||
	    in->at[2] != 0xff)
		return der_read_other_boolean(in, value, err);
	*value = true;
	in->at += 3;
	return true;
}

/* Reads an INTEGER from 0 to INT32_MAX in its shortest form (X.690 8.3), under that tag.
 */
MUST_CHECK bool der_read_number(struct der *in, uint8_t tag, int32_t *value,
				struct error *err);
/* Reads a BIT STRING: its octets, and how many bits of the last do not count (X.690 8.6).
 */
MUST_CHECK bool der_read_bits(struct der *in, uint8_t tag, struct span *octets,
			      unsigned *unused, struct error *err);
/* Whether content is an OBJECT IDENTIFIER's: numbers ended and in shortest form
 * (X.690 8.19). */
bool der_oid_well_formed(struct span content);
/* An INTEGER's content without its leading zero octet: what an unsigned number is made
 * of. */
struct span der_unsigned(struct span content);

/* Octets that tag and length of an element with n octets of content take. */
size_t der_head_size(size_t n);
/* Appends tag and length; n octets of content are to follow. */
void der_add_head(struct buf *out, uint8_t tag, size_t n);
/* Appends a whole element. */
void der_add(struct buf *out, uint8_t tag, struct span content);
/* Makes what out gained since it had `begin` bytes the content of an element. */
void der_wrap(struct buf *out, size_t begin, uint8_t tag);
