/*
 * Signatures. GnuTLS's public-key route; libgcrypt for the curves and paddings that
 * GnuTLS lacks; each loaded on first use. No policy here: weak algorithms verify; path
 * rules refuse them.
 */
#pragma once

#include "x509/key.h"

enum signature_verdict {
	SIGNATURE_GOOD,
	SIGNATURE_BAD,
	SIGNATURE_UNSUPPORTED, /* nobody here can check it: never taken for good, never
				  called bad */
};

/* An issuer's key, imported once and kept. Threads may share it. */
struct issuer_key;
/* NULL never: a key that does not import answers SIGNATURE_UNSUPPORTED or SIGNATURE_BAD
 * later. */
struct issuer_key *issuer_key_new(const struct cert *issuer);
void issuer_key_free(struct issuer_key *key);

/* Did key make the signature of cert (over tbs, with outer_algorithm)? RFC 5280 6.1.3
 * (a)(1). */
enum signature_verdict signature_verify(const struct issuer_key *key,
					const struct cert *cert);
/* The same for other signed bytes (CRLs, OCSP answers): algorithm is the
 * AlgorithmIdentifier TLV. */
enum signature_verdict signature_verify_bytes(const struct issuer_key *key,
					      struct span algorithm,
					      struct span signed_bytes,
					      struct span signature);
/* What one check with this key costs, RSA-2048 being 1 (P-256 6, P-521 17; RSA grows with
 * the square). */
uint32_t signature_cost(const struct cert *issuer);
/* The version of GnuTLS that checks, "3.7.9", for reports; NULL where there is none. */
const char *signature_library(void);
