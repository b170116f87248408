/*
 * The certificate view: where everything stands in the DER of one certificate (RFC 5280
 * section 4, X.690). One bounds-checked pass, no allocation, no copy. The view borrows
 * the bytes.
 *
 * Strict for what decisions rest on: definite and minimal lengths, tags, booleans, times
 * as RFC 5280 4.1.2.5, no trailing bytes, matching structure. Lenient where real roots
 * are odd and nothing rests on it: a negative, zero or long serial, version 1 with
 * extensions and the like are noted in `odd`, and the path rules decide. Contents of
 * extensions are read by extension.h, when asked for.
 */
#pragma once

#include "base/error.h"
#include "base/sha256.h"

/* A stretch of the certificate: offset and length. */
struct part {
	uint32_t at, n;
};

enum ext {
	EXT_BASIC_CONSTRAINTS,  /* 2.5.29.19 */
	EXT_KEY_USAGE,          /* 2.5.29.15 */
	EXT_EXTENDED_KEY_USAGE, /* 2.5.29.37 */
	EXT_SUBJECT_ALT_NAME,   /* 2.5.29.17 */
	EXT_ISSUER_ALT_NAME,    /* 2.5.29.18 */
	EXT_NAME_CONSTRAINTS,   /* 2.5.29.30 */
	EXT_SUBJECT_KEY_ID,     /* 2.5.29.14 */
	EXT_AUTHORITY_KEY_ID,   /* 2.5.29.35 */
	EXT_AUTHORITY_INFO,     /* 1.3.6.1.5.5.7.1.1 */
	EXT_SUBJECT_INFO,       /* 1.3.6.1.5.5.7.1.11 */
	EXT_CRL_POINTS,         /* 2.5.29.31 */
	EXT_POLICIES,           /* 2.5.29.32 */
	EXT_POLICY_MAPPINGS,    /* 2.5.29.33 */
	EXT_POLICY_CONSTRAINTS, /* 2.5.29.36 */
	EXT_INHIBIT_ANY_POLICY, /* 2.5.29.54 */
	EXT_SCT_LIST,           /* 1.3.6.1.4.1.11129.2.4.2 */
	EXT_CT_POISON,          /* 1.3.6.1.4.1.11129.2.4.3 */
	EXT_TLS_FEATURE,        /* 1.3.6.1.5.5.7.1.24 */
	EXT_COUNT
};

/* What is odd about a certificate that could still be read (bits of cert.odd). */
enum cert_odd {
	ODD_SERIAL_NEGATIVE = 1 << 0,
	ODD_SERIAL_ZERO = 1 << 1,
	ODD_SERIAL_LONG = 1 << 2,        /* over 20 octets */
	ODD_SERIAL_PADDED = 1 << 3,      /* not the shortest form */
	ODD_VERSION_EXTENSIONS = 1 << 4, /* extensions though the version is not 3 */
	ODD_ALGORITHM_MISMATCH =
		1 << 5, /* signature algorithm inside and outside the TBS differ */
	ODD_EXTENSION_TWICE = 1 << 6, /* one OID twice (RFC 5280 4.2) */
	ODD_EMPTY_EXTENSIONS = 1 << 7,
	ODD_TIME_FORM = 1 << 8, /* GeneralizedTime before 2050, and the like */
	ODD_UNIQUE_ID = 1 << 9, /* issuer or subject unique identifier present */
	ODD_EMPTY_ISSUER = 1 << 10,
	ODD_DEFAULT_ENCODED = 1 << 11, /* version 1 or critical FALSE written out */
};

struct cert {
	const uint8_t *der;
	uint32_t n;
	uint8_t version;               /* 1, 2 or 3 */
	uint16_t odd;                  /* bits of enum cert_odd */
	int64_t not_before, not_after; /* seconds since 1970 UTC; both inclusive */
	struct part tbs;               /* whole TLV: what is signed */
	struct part serial;            /* content octets */
	struct part issuer, subject;   /* whole TLV of the Name */
	struct part spki;              /* whole TLV */
	struct part inner_algorithm,
		outer_algorithm; /* whole TLV of the AlgorithmIdentifier */
	struct part signature;   /* octets of the bit string, without the count of unused
				    bits */
	struct part extensions; /* content of the SEQUENCE OF; n 0 where there are none */
	struct part ext[EXT_COUNT]; /* content of extnValue's OCTET STRING; n 0: absent */
	uint32_t present,
		critical; /* bit 1 << enum ext; present also tells an empty value */
	struct part unknown_critical; /* OID content of the first unknown critical
					 extension, n 0: none */
};

static inline struct span cert_part(const struct cert *cert, struct part part)
{
	return span_of(cert->der + part.at, part.n);
}

static inline struct span cert_der(const struct cert *cert)
{
	return span_of(cert->der, cert->n);
}

static inline bool cert_has(const struct cert *cert, enum ext ext)
{
	return cert->present >> ext & 1;
}

static inline bool cert_is_critical(const struct cert *cert, enum ext ext)
{
	return cert->critical >> ext & 1;
}

static inline struct span cert_ext(const struct cert *cert, enum ext ext)
{
	return cert_part(cert, cert->ext[ext]);
}

#define CERT_MOST  \
	((size_t)1 \
	 << 20) /* no certificate in use comes near; a bound for hostile input */

/*
 * Reads der as exactly one certificate. cert borrows der; unchanged on failure.
 * STATUS_INPUT, and the text says what is wrong at which byte, with its section of X.690
 * or RFC 5280.
 */
MUST_CHECK bool cert_read(struct cert *cert, struct span der, struct error *err);
/* The same for a certificate at the beginning of der; *used says how long it is. */
MUST_CHECK bool cert_read_first(struct cert *cert, struct span der, size_t *used,
				struct error *err);

/* Same bytes. */
static inline bool cert_same(const struct cert *a, const struct cert *b)
{
	return span_eq(cert_der(a), cert_der(b));
}
/* Subject and issuer are the same name (RFC 5280 7.1); it says nothing about who signed.
 */
bool cert_self_issued(const struct cert *cert);
static inline struct sha256 cert_sha256(const struct cert *cert)
{
	return sha256_of(cert_der(cert));
}
/* Name of the extension for messages ("basicConstraints"). */
const char *ext_name(enum ext ext);
/* By the content octets of its OID; EXT_COUNT where the view has no place for it. */
enum ext cert_ext_of(struct span oid);
