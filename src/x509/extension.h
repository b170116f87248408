/*
 * Contents of the extensions of RFC 5280 4.2. Each reader is strict and says so when a
 * value is malformed: true with present = false (or an empty walk) where the extension is
 * absent, false with err (STATUS_INPUT) where it does not parse.
 */
#pragma once

#include "x509/cert.h"

struct basic_constraints {
	bool present, ca;
	int32_t path_length;  /* -1: none */
	bool default_encoded; /* cA FALSE written out: not DER, seen in the field */
};
MUST_CHECK bool cert_basic_constraints(const struct cert *cert,
				       struct basic_constraints *out, struct error *err);

enum key_usage { /* RFC 5280 4.2.1.3, bit n is 1 << n */
	KEY_USAGE_DIGITAL_SIGNATURE = 1 << 0,
	KEY_USAGE_NON_REPUDIATION = 1 << 1,
	KEY_USAGE_KEY_ENCIPHERMENT = 1 << 2,
	KEY_USAGE_DATA_ENCIPHERMENT = 1 << 3,
	KEY_USAGE_KEY_AGREEMENT = 1 << 4,
	KEY_USAGE_CERT_SIGN = 1 << 5,
	KEY_USAGE_CRL_SIGN = 1 << 6,
	KEY_USAGE_ENCIPHER_ONLY = 1 << 7,
	KEY_USAGE_DECIPHER_ONLY = 1 << 8,
};
/* bits: of enum key_usage; 0 and *present false where absent. */
MUST_CHECK bool cert_key_usage(const struct cert *cert, bool *present, uint16_t *bits,
			       struct error *err);

/* Purposes: what an extended key usage, an anchor or the user names. */
enum purpose {
	PURPOSE_SERVER_AUTH,      /* 1.3.6.1.5.5.7.3.1 */
	PURPOSE_CLIENT_AUTH,      /* .2 */
	PURPOSE_CODE_SIGNING,     /* .3 */
	PURPOSE_EMAIL,            /* .4 */
	PURPOSE_TIME_STAMPING,    /* .8 */
	PURPOSE_OCSP_SIGNING,     /* .9 */
	PURPOSE_IPSEC,            /* .17 */
	PURPOSE_DOCUMENT_SIGNING, /* .36 */
	PURPOSE_COUNT,
	PURPOSE_ANY = 31 /* 2.5.29.37.0, or no restriction asked for */
};
/* "server-auth" and so on, NULL for PURPOSE_ANY: "any". */
const char *purpose_name(enum purpose purpose);
/* Content octets of its OID. */
struct span purpose_oid(enum purpose purpose);
/* By name ("server-auth", also "server", "client", "code", "email", "time") or dotted OID
 * of one in the table. */
bool purpose_parse(const char *text, enum purpose *purpose);
/* The purpose of OID content octets; false where the table does not know it. */
bool purpose_of_oid(struct span oid, enum purpose *purpose);

struct extended_key_usage {
	bool present, any; /* any: anyExtendedKeyUsage is among them */
	uint32_t purposes; /* bit 1 << enum purpose for the known ones */
	uint32_t others;   /* how many OIDs the table does not know */
};
MUST_CHECK bool cert_extended_key_usage(const struct cert *cert,
					struct extended_key_usage *out,
					struct error *err);
/* What extended_key_usage_next walks: the content of the SEQUENCE; n 0 where absent or
 * malformed. */
struct span cert_extended_key_usage_oids(const struct cert *cert);
/* Walks the OIDs (content octets) of cert_extended_key_usage_oids. */
bool extended_key_usage_next(struct span *rest, struct span *oid);

/* subjectKeyIdentifier; empty span where absent. */
MUST_CHECK bool cert_subject_key_id(const struct cert *cert, struct span *id,
				    struct error *err);
struct authority_key_id {
	bool present;
	struct span key_id; /* n 0: absent */
	struct span issuer; /* content of [1] GeneralNames, n 0: absent */
	struct span serial; /* content octets of [2], n 0: absent */
};
MUST_CHECK bool cert_authority_key_id(const struct cert *cert,
				      struct authority_key_id *out, struct error *err);

/* GeneralName (RFC 5280 4.2.1.6): the context tag number and its content. */
enum general_name_kind {
	GENERAL_OTHER = 0,
	GENERAL_EMAIL = 1,
	GENERAL_DNS = 2,
	GENERAL_X400 = 3,
	GENERAL_DIRECTORY = 4, /* value is the whole TLV of the Name */
	GENERAL_EDI = 5,
	GENERAL_URI = 6,
	GENERAL_IP = 7,
	GENERAL_REGISTERED_ID = 8,
};
struct general_name {
	enum general_name_kind kind;
	struct span value;
};
/* Walks GeneralNames; rest is the content of the SEQUENCE. False at the end or, with
 * *malformed, at a fault. */
bool general_name_next(struct span *rest, struct general_name *name, bool *malformed);
/* Content of the SEQUENCE of subjectAltName; n 0 where absent. */
MUST_CHECK bool cert_subject_alt_names(const struct cert *cert, struct span *names,
				       struct error *err);
MUST_CHECK bool cert_issuer_alt_names(const struct cert *cert, struct span *names,
				      struct error *err);

/* Name constraints: the content of permittedSubtrees and excludedSubtrees, n 0 where
 * absent. */
struct name_constraints {
	bool present;
	struct span permitted, excluded;
};
MUST_CHECK bool cert_name_constraints(const struct cert *cert,
				      struct name_constraints *out, struct error *err);
/* Walks GeneralSubtrees. minimum other than 0, or a maximum, is malformed (RFC
 * 5280 4.2.1.10). */
bool general_subtree_next(struct span *rest, struct general_name *base, bool *malformed);

/* Authority information access: each URL of a method. */
enum access_method {
	ACCESS_CA_ISSUERS,
	ACCESS_OCSP
};
/* Calls found for each URI of that method, in order; at most 64. False where malformed.
 */
MUST_CHECK bool cert_access_urls(const struct cert *cert, enum access_method method,
				 void *ctx, void (*found)(void *ctx, struct span url),
				 struct error *err);

/* The number of a well-formed OID's text "1.2.840..." appended to out (content octets
 * in). */
struct buf;
void oid_text(struct buf *out, struct span oid);
/* Content octets of dotted text into to (at most 64 bytes); false where it is no OID. */
bool oid_parse(const char *text, uint8_t to[64], size_t *n);
