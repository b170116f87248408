/*
 * The view of a revocation list (RFC 5280 5.1): one pass over its frame, in the order of
 * the ASN.1. The entries are only stepped over.
 */
#include "x509/crl.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "x509/field.h"
#include "x509/name.h"
#include "x509/value.h"

/*
 * Bounds. Lists have up to six extensions of a few hundred octets, and an issuer's name
 * is one that a certificate has; both are compared and walked again for each certificate.
 */
#define EXTENSIONS_MOST 64
#define EXTENSION_MOST  ((size_t)1 << 18)
#define ISSUER_MOST     ((size_t)1 << 16)
#define CRL_NUMBER_MOST 20 /* octets (RFC 5280 5.2.3) */

struct reading {
	struct crl crl;
	struct span seen[EXTENSIONS_MOST]; /* OIDs */
	size_t n_seen;
};

static void odd(struct reading *reading, enum crl_odd bit)
{
	reading->crl.odd |= (uint16_t)bit;
}

/* version INTEGER OPTIONAL: if present, it is 2, written as 1 (RFC 5280 5.1.2.1). */
static bool read_version(struct reading *reading, struct der *tbs, struct error *err)
{
	int32_t version;

	reading->crl.version = 1;
	if (!der_next_is(tbs, DER_INTEGER))
		return true;
	if (!der_read_number(tbs, DER_INTEGER, &version, err))
		return error_in(err, "version");
	if (version != 1)
		return error_fail(err, STATUS_INPUT,
				  _("version %ld is not 2 (RFC 5280 5.1.2.1)"),
				  (long)version + 1);
	reading->crl.version = 2;
	return true;
}

static bool next_is_time(const struct der *in)
{
	return der_next_is(in, DER_UTC_TIME) || der_next_is(in, DER_GENERALIZED_TIME);
}

static bool read_times(struct reading *reading, struct der *tbs, struct error *err)
{
	bool early;

	if (!field_time(tbs, &reading->crl.this_update, &early, err))
		return error_in(err, "thisUpdate");
	reading->crl.next_update = TIME_NONE;
	if (next_is_time(tbs) && !field_time(tbs, &reading->crl.next_update, &early, err))
		return error_in(err, "nextUpdate");
	return true;
}

static bool read_issuer(struct reading *reading, struct der *tbs, struct error *err)
{
	if (!field_name(tbs, &reading->crl.issuer, err))
		return error_in(err, "issuer");
	if (reading->crl.issuer.n > ISSUER_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("issuer: a name of %zu bytes, over %zu"),
				  reading->crl.issuer.n, ISSUER_MOST);
	if (name_empty(reading->crl.issuer))
		odd(reading, CRL_ODD_EMPTY_ISSUER);
	return true;
}

/* cRLNumber and BaseCRLNumber: INTEGER (0..MAX), of at most 20 octets. */
static bool read_crl_number(struct span value, struct span *number, struct error *err)
{
	struct der in = der_of(value);
	struct span content;

	if (!der_read(&in, DER_INTEGER, &content, err) || !der_end(&in, err))
		return false;
	if (!content.n || content.at[0] & 0x80 || content.n > CRL_NUMBER_MOST + 1)
		return error_fail(err, STATUS_INPUT,
				  _("it is no number from 0 of up to %d octets "
				    "(RFC 5280 5.2.3)"),
				  CRL_NUMBER_MOST);
	while (content.n && content.at[0] == 0)
		content = span_from(content, 1);
	*number = content;
	return true;
}

/* The extensions that a list may have, by the last octet of 2.5.29.N. */
enum {
	ID_NUMBER = 20,
	ID_DELTA = 27,
	ID_SCOPE = 28,
	ID_AUTHORITY = 35,
	ID_FRESHEST = 46,
};

static bool take_authority(struct crl *crl, struct span value, struct error *err)
{
	crl->authority_value = value;
	return authority_key_id_read(der_of(value), &crl->authority, err) ||
	       error_in(err, "authorityKeyIdentifier");
}

static bool take_scope(struct crl *crl, struct span value, struct error *err)
{
	crl->scope_value = value;
	return crl_scope_read(value, &crl->scope, err) ||
	       error_in(err, "issuingDistributionPoint");
}

/* An extension that the view has a place for; false in *known for any other. */
static bool take_extension(struct reading *reading, uint8_t id, bool critical,
			   struct span value, bool *known, struct error *err)
{
	struct crl *crl = &reading->crl;

	*known = true;
	switch (id) {
	case ID_NUMBER:
		if (critical)
			odd(reading, CRL_ODD_NUMBER_CRITICAL);
		reading->crl.odd &= (uint16_t)~CRL_ODD_NUMBER_ABSENT;
		return read_crl_number(value, &crl->number, err) ||
		       error_in(err, "cRLNumber");
	case ID_DELTA:
		crl->is_delta = true;
		return read_crl_number(value, &crl->base_number, err) ||
		       error_in(err, "deltaCRLIndicator");
	case ID_SCOPE:
		return take_scope(crl, value, err);
	case ID_AUTHORITY:
		if (critical)
			odd(reading, CRL_ODD_AUTHORITY_CRITICAL);
		return take_authority(crl, value, err);
	case ID_FRESHEST:
		if (critical)
			odd(reading, CRL_ODD_FRESHEST_CRITICAL);
		crl->has_freshest = true;
		return true;
	}
	*known = false;
	return true;
}

static bool is_seen(struct reading *reading, struct span oid)
{
	for (size_t i = 0; i < reading->n_seen; i++)
		if (span_eq(reading->seen[i], oid))
			return true;
	reading->seen[reading->n_seen++] = oid;
	return false;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
static bool read_extension(struct reading *reading, struct der *list, struct error *err)
{
	bool critical = false, known = false;
	struct span oid, value;
	struct der in;

	if (!der_enter(list, DER_SEQUENCE, &in, err) ||
	    !der_read(&in, DER_OID, &oid, err) ||
	    (der_next_is(&in, DER_BOOLEAN) && !der_read_boolean(&in, &critical, err)) ||
	    !der_read(&in, DER_OCTET_STRING, &value, err) || !der_end(&in, err))
		return false;
	if (is_seen(reading, oid)) {
		odd(reading, CRL_ODD_EXTENSION_TWICE);
		return true;
	}
	if (oid.n == 3 && oid.at[0] == 0x55 && oid.at[1] == 0x1d &&
	    !take_extension(reading, oid.at[2], critical, value, &known, err))
		return false;
	if (!known && critical && !reading->crl.unknown_critical.n)
		reading->crl.unknown_critical = oid;
	return true;
}

/* crlExtensions [0] EXPLICIT Extensions OPTIONAL. */
static bool read_extensions(struct reading *reading, struct der *tbs, struct error *err)
{
	struct der outer, list;

	if (!der_next_is(tbs, DER_CONTEXT_CONSTRUCTED(0)))
		return true;
	if (!der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0), &outer, err) ||
	    !der_enter(&outer, DER_SEQUENCE, &list, err) || !der_end(&outer, err))
		return error_in(err, "crlExtensions");
	if (reading->crl.version == 1)
		odd(reading, CRL_ODD_VERSION_EXTENSIONS);
	if (der_left(&list) > EXTENSION_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("crlExtensions: %zu bytes, over %zu"),
				  der_left(&list), EXTENSION_MOST);
	for (size_t n = 1; der_left(&list); n++) {
		if (n > EXTENSIONS_MOST)
			return error_fail(err, STATUS_INPUT, _("more than %d extensions"),
					  EXTENSIONS_MOST);
		if (!read_extension(reading, &list, err))
			return error_in(err, _("extension %zu"), n);
	}
	return true;
}

/* revokedCertificates SEQUENCE OF SEQUENCE OPTIONAL: one that is empty, which must be
 * absent (RFC 5280 5.1.2.6), is common and says nothing. */
static bool skip_entries(struct reading *reading, struct der *tbs, struct error *err)
{
	return !der_next_is(tbs, DER_SEQUENCE) ||
	       der_read(tbs, DER_SEQUENCE, &reading->crl.entries, err) ||
	       error_in(err, "revokedCertificates");
}

/* TBSCertList (RFC 5280 5.1.2). */
static bool read_tbs(struct reading *reading, struct der *tbs, struct error *err)
{
	if (!read_version(reading, tbs, err))
		return false;
	if (reading->crl.version == 2)
		odd(reading, CRL_ODD_NUMBER_ABSENT);
	if (!field_algorithm(tbs, &reading->crl.inner_algorithm, err))
		return error_in(err, "signature");
	return read_issuer(reading, tbs, err) && read_times(reading, tbs, err) &&
	       skip_entries(reading, tbs, err) && read_extensions(reading, tbs, err) &&
	       (der_end(tbs, err) || error_in(err, "tbsCertList"));
}

/* What follows the TBSCertList (RFC 5280 5.1.1). */
static bool read_signature(struct reading *reading, struct der *in, struct error *err)
{
	struct crl *crl = &reading->crl;
	unsigned unused;

	if (!field_algorithm(in, &crl->outer_algorithm, err))
		return error_in(err, "signatureAlgorithm");
	if (!der_read_bits(in, DER_BIT_STRING, &crl->signature, &unused, err))
		return error_in(err, "signatureValue");
	if (unused)
		return error_fail(err, STATUS_INPUT,
				  _("signatureValue: not a whole number of octets"));
	if (!span_eq(crl->inner_algorithm, crl->outer_algorithm))
		odd(reading, CRL_ODD_ALGORITHM_MISMATCH);
	return der_end(in, err);
}

bool crl_read_first(struct crl *crl, struct span der, size_t *used, struct error *err)
{
	struct reading reading = { .crl.scope.reasons = CRL_REASONS_ALL };
	struct der in = der_of(der), inside, before, tbs;

	if (!der_enter(&in, DER_SEQUENCE, &inside, err))
		return false;
	if (der_offset(&in) > CRL_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("revocation list of %zu bytes, over %zu"),
				  der_offset(&in), CRL_MOST);
	reading.crl.der = span_of(der.at, der_offset(&in));
	before = inside;
	if (!der_read_whole(&inside, DER_SEQUENCE, &reading.crl.tbs, err) ||
	    !der_enter(&before, DER_SEQUENCE, &tbs, err))
		return error_in(err, "tbsCertList");
	if (!read_tbs(&reading, &tbs, err) || !read_signature(&reading, &inside, err))
		return false;
	*used = reading.crl.der.n;
	*crl = reading.crl;
	return true;
}
