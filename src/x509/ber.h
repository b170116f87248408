/*
 * BER (X.690 section 8) as old tools write it: lengths that are indefinite or longer than
 * need be, strings in parts. What is to be trusted is read as DER (der.h); these are for
 * the wrappings around it.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

/* How deep elements of indefinite length may be nested; real files have up to six. */
#define BER_NESTED_MOST 32

/* Tag and length of an element. */
struct ber_head {
	uint8_t tag;   /* the first octet of the tag */
	size_t n;      /* octets of tag and length */
	size_t length; /* of the content, where it is said */
	bool indefinite;
};

/* The head of the element at the front of in; whether its content is all there is not
 * asked. */
bool ber_read_head(struct span in, struct ber_head *head);
/* Takes the element at the front of rest: its tag, content, and the whole of it. */
bool ber_take(struct span *rest, uint8_t *tag, struct span *content, struct span *whole);
/* The same where only one tag will do; false, and nothing consumed, at any other. */
bool ber_take_tag(struct span *rest, uint8_t tag, struct span *content);

/* Whether the elements of in, those in them too, have a form that DER forbids and
 * ber_to_der mends. */
bool ber_is_not_der(struct span in);
/*
 * Appends the elements of in with definite and shortest lengths, OCTET STRINGs of parts
 * in one. What strings hold stays as it is. STATUS_INPUT with the byte where in is broken
 * or nested deeper than BER_NESTED_MOST; out may then have gained a part.
 */
MUST_CHECK bool ber_to_der(struct buf *out, struct span in, struct error *err);
