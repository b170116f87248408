/* Certificates of a PKCS#7 / CMS SignedData (RFC 5652 5.1), DER or the common BER of old
 * tools; and writing a certs-only one. */
#pragma once

#include "base/buf.h"
#include "x509/cert.h"

#define PKCS7_MOST_CERTIFICATES 100000

/* Whether der begins as ContentInfo with signedData. */
bool pkcs7_looks_like(struct span der);
/*
 * Calls found for each certificate's bytes in order (each is one TLV, not yet read as a
 * certificate); found returns false to stop. Other choices than a plain certificate are
 * skipped. STATUS_INPUT where the structure is broken; what was found before stays found.
 */
MUST_CHECK bool pkcs7_certificates(struct span der, void *ctx,
				   bool (*found)(void *ctx, struct span cert),
				   struct error *err);
/* Appends a certs-only SignedData in DER; certificates in SET OF order (X.690 11.6). */
void pkcs7_write(struct buf *out, const struct span *certs, size_t n);
