/* Certificates put together field by field, so that a test can spoil exactly one of them.
 */
#pragma once

#include "base/buf.h"
#include "x509/der.h"

/* Each field is its whole TLV as it is to stand; n 0 and at NULL: the usual one; at set,
 * n 0: left out. */
struct made {
	struct span version, serial, inner_algorithm, issuer, validity, subject, key;
	struct span unique_ids, extensions, in_tbs_after;
	struct span outer_algorithm, signature, after_signature, after;
};

#define LEFT_OUT SPAN("")

/* ecdsa-with-SHA256; secp256r1 and a point; CN=a; 2020 to 2030. */
#define MADE_ALGORITHM SPAN("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02")
#define MADE_NAME                                                   \
	SPAN("\x30\x0c\x31\x0a\x30\x08\x06\x03\x55\x04\x03\x0c\x01" \
	     "a")
#define MADE_VALIDITY           \
	SPAN("\x30\x1e\x17\x0d" \
	     "200101000000Z"    \
	     "\x17\x0d"         \
	     "300101000000Z")
#define MADE_KEY                                                                        \
	SPAN("\x30\x1a\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48" \
	     "\xce\x3d"                                                                 \
	     "\x03\x01\x07\x03\x03\x00\x04\x05")
#define MADE_SIGNATURE SPAN("\x03\x03\x00\x30\x00")

static inline void made_add(struct buf *out, struct span field, struct span usual)
{
	buf_add(out, field.at ? field : usual);
}

/* Appends the certificate. */
static inline void made_write(struct buf *out, const struct made *made)
{
	AUTO(buf) tbs = BUF_INIT;
	AUTO(buf) whole = BUF_INIT;

	made_add(&tbs, made->version, SPAN("\xa0\x03\x02\x01\x02"));
	made_add(&tbs, made->serial, SPAN("\x02\x01\x05"));
	made_add(&tbs, made->inner_algorithm, MADE_ALGORITHM);
	made_add(&tbs, made->issuer, MADE_NAME);
	made_add(&tbs, made->validity, MADE_VALIDITY);
	made_add(&tbs, made->subject, MADE_NAME);
	made_add(&tbs, made->key, MADE_KEY);
	made_add(&tbs, made->unique_ids, LEFT_OUT);
	made_add(&tbs, made->extensions, LEFT_OUT);
	made_add(&tbs, made->in_tbs_after, LEFT_OUT);

	der_add(&whole, DER_SEQUENCE, buf_span(&tbs));
	made_add(&whole, made->outer_algorithm, MADE_ALGORITHM);
	made_add(&whole, made->signature, MADE_SIGNATURE);
	made_add(&whole, made->after_signature, LEFT_OUT);
	der_add(out, DER_SEQUENCE, buf_span(&whole));
	made_add(out, made->after, LEFT_OUT);
}

/* Appends the [3] of a certificate with one extension: OID content, critical or not,
 * value. */
static inline void made_extension(struct buf *out, struct span oid, bool critical,
				  struct span value)
{
	AUTO(buf) fields = BUF_INIT;
	AUTO(buf) extension = BUF_INIT;
	AUTO(buf) list = BUF_INIT;

	der_add(&fields, DER_OID, oid);
	if (critical)
		der_add(&fields, DER_BOOLEAN, SPAN("\xff"));
	der_add(&fields, DER_OCTET_STRING, value);
	der_add(&extension, DER_SEQUENCE, buf_span(&fields));
	der_add(&list, DER_SEQUENCE, buf_span(&extension));
	der_add(out, DER_CONTEXT_CONSTRUCTED(3), buf_span(&list));
}
