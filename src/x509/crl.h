/*
 * The view of a certificate revocation list (RFC 5280 section 5): where everything stands
 * in its DER. No copy and no allocation, however long the list is; the view borrows the
 * bytes.
 *
 * Strict for what decisions rest on, as the certificate view is; what a list must not be
 * and can still be read is noted in `odd`, and the rules of the judgement decide. Entries
 * are looked at when somebody asks about a certificate, all of them, in one pass.
 */
#pragma once

#include "x509/crl_points.h"
#include "x509/extension.h"

/* What is odd about a list that could still be read (bits of crl.odd). */
enum crl_odd {
	CRL_ODD_ALGORITHM_MISMATCH = 1 << 0, /* inside and outside the TBS differ */
	CRL_ODD_VERSION_EXTENSIONS = 1 << 1, /* extensions though the version is 1 */
	CRL_ODD_EXTENSION_TWICE = 1 << 2,    /* one OID twice */
	CRL_ODD_EMPTY_ISSUER = 1 << 3,
	CRL_ODD_NUMBER_ABSENT = 1 << 4, /* version 2 without a CRL number */
	/* Critical though RFC 5280 says that it must not be. */
	CRL_ODD_NUMBER_CRITICAL = 1 << 5,
	CRL_ODD_AUTHORITY_CRITICAL = 1 << 6,
	CRL_ODD_FRESHEST_CRITICAL = 1 << 7,
};

struct crl {
	struct span der;
	uint8_t version; /* 1 or 2 */
	uint16_t odd;    /* bits of enum crl_odd */
	int64_t this_update,
		next_update; /* seconds since 1970 UTC; TIME_NONE: no nextUpdate */
	struct span tbs;     /* whole TLV: what is signed */
	struct span issuer;  /* whole TLV of the Name */
	struct span inner_algorithm,
		outer_algorithm; /* whole TLV of the AlgorithmIdentifier */
	struct span signature;   /* octets of the bit string */
	struct span entries;     /* content of revokedCertificates, n 0: none */
	bool is_delta;
	struct span number;      /* CRL number, octets without leading zeros; n 0: absent
				    or 0 */
	struct span base_number; /* BaseCRLNumber of a delta list, the same */
	struct authority_key_id authority;
	struct crl_scope scope;
	struct span authority_value,
		scope_value; /* of the extensions, for comparing; n 0: absent */
	bool has_freshest;
	struct span unknown_critical; /* OID content of the first unknown critical
					 extension, n 0: none */
};

/* Compares CRL numbers: <0, 0, >0. */
static inline int crl_number_cmp(struct span a, struct span b)
{
	/* Without leading zeros the longer is the greater. */
	return a.n != b.n ? (a.n < b.n ? -1 : 1) : span_cmp(a, b);
}

#define CRL_MOST   \
	((size_t)1 \
	 << 28) /* the largest list in use is some 80 MiB; a bound for hostile input */

/*
 * Reads the list at the beginning of der; *used says how long it is. Entries are not
 * looked at. STATUS_INPUT, and the text says what is wrong at which byte.
 */
MUST_CHECK bool crl_read_first(struct crl *crl, struct span der, size_t *used,
			       struct error *err);

enum crl_reason { /* CRLReason (RFC 5280 5.3.1) */
	CRL_UNSPECIFIED = 0,
	CRL_KEY_COMPROMISE = 1,
	CRL_CA_COMPROMISE = 2,
	CRL_AFFILIATION_CHANGED = 3,
	CRL_SUPERSEDED = 4,
	CRL_CESSATION_OF_OPERATION = 5,
	CRL_CERTIFICATE_HOLD = 6,
	CRL_REMOVE_FROM_CRL = 8, /* in delta lists only */
	CRL_PRIVILEGE_WITHDRAWN = 9,
	CRL_AA_COMPROMISE = 10,
};
/* "keyCompromise" and so on, as the ASN.1 names them. */
const char *crl_reason_name(enum crl_reason reason);

/* What a list says of one certificate. */
struct crl_answer {
	bool listed;
	enum crl_reason reason;
	int64_t revoked;              /* the date of the entry */
	struct span unknown_critical; /* of any entry: such a list says nothing (5.3) */
};

/*
 * Looks a certificate up by its issuer (Name) and serial number (content octets). One
 * pass over every entry, each strictly read, so that a fault or an unknown critical
 * extension anywhere shows. False (STATUS_INPUT) where an entry is malformed: answer is
 * then unchanged, and the list is good for nothing.
 */
MUST_CHECK bool crl_look_up(const struct crl *crl, struct span issuer, struct span serial,
			    struct crl_answer *answer, struct error *err);
/* Calls found for each entry in order: its serial and the Name of its certificate's
 * issuer. */
MUST_CHECK bool crl_entries(const struct crl *crl, void *ctx,
			    void (*found)(void *ctx, struct span issuer,
					  struct span serial,
					  const struct crl_answer *answer),
			    struct error *err);
