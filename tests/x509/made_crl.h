/* Revocation lists put together field by field, so that a test can spoil exactly one of
 * them. */
#pragma once

#include "made.h"

/* As in struct made: n 0 and at NULL: the usual field; at set, n 0: left out. */
struct made_crl {
	struct span version, inner_algorithm, issuer, this_update, next_update, entries;
	struct span extensions, in_tbs_after, outer_algorithm, signature, after_signature;
};

/* 2026 to 2056; serial 5, revoked in 2026; CRL number 1. */
#define MADE_TIME       \
	SPAN("\x17\x0d" \
	     "260101000000Z")
#define MADE_UNTIL      \
	SPAN("\x18\x0f" \
	     "20560101000000Z")
#define MADE_ENTRY                          \
	SPAN("\x30\x12\x02\x01\x05\x17\x0d" \
	     "260101000000Z")
#define MADE_NUMBER SPAN("\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x01")

/* Appends the list; entries and extensions are what their SEQUENCEs hold. */
static inline void made_crl_write(struct buf *out, const struct made_crl *made)
{
	AUTO(buf) tbs = BUF_INIT;
	AUTO(buf) part = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) whole = BUF_INIT;

	made_add(&tbs, made->version, SPAN("\x02\x01\x01"));
	made_add(&tbs, made->inner_algorithm, MADE_ALGORITHM);
	made_add(&tbs, made->issuer, MADE_NAME);
	made_add(&tbs, made->this_update, MADE_TIME);
	made_add(&tbs, made->next_update, MADE_UNTIL);
	made_add(&part, made->entries, MADE_ENTRY);
	if (part.n)
		der_add(&tbs, DER_SEQUENCE, buf_span(&part));
	part.n = 0;
	made_add(&part, made->extensions, MADE_NUMBER);
	if (part.n) {
		der_add(&list, DER_SEQUENCE, buf_span(&part));
		der_add(&tbs, DER_CONTEXT_CONSTRUCTED(0), buf_span(&list));
	}
	made_add(&tbs, made->in_tbs_after, LEFT_OUT);

	der_add(&whole, DER_SEQUENCE, buf_span(&tbs));
	made_add(&whole, made->outer_algorithm, MADE_ALGORITHM);
	made_add(&whole, made->signature, MADE_SIGNATURE);
	made_add(&whole, made->after_signature, LEFT_OUT);
	der_add(out, DER_SEQUENCE, buf_span(&whole));
}
