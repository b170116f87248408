/*
 * The certificate view (RFC 5280 4.1): one pass over the DER, in the order of the ASN.1,
 * each field a function that is called once. What goes wrong is said with the field and
 * its byte.
 */
#include "x509/cert.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "x509/der.h"
#include "x509/field.h"
#include "x509/name.h"

/*
 * The most extensions of one certificate: real ones have up to about fifteen, and each
 * one that has no place in the view is compared with those before it.
 */
#define EXTENSIONS_MOST 256

struct reading {
	struct cert cert;
	size_t strangers; /* extensions that the view has no place for */
	struct span stranger[EXTENSIONS_MOST];
};

static struct part part_of(const struct reading *reading, struct span bytes)
{
	return (struct part){ (uint32_t)(bytes.at - reading->cert.der),
			      (uint32_t)bytes.n };
}

static void odd(struct reading *reading, enum cert_odd bit)
{
	reading->cert.odd |= (uint16_t)bit;
}

/* Version ::= [0] EXPLICIT INTEGER DEFAULT v1. */
static bool read_version(struct reading *reading, struct der *tbs, struct error *err)
{
	struct der outer;
	int32_t version;

	reading->cert.version = 1;
	if (!der_next_is(tbs, DER_CONTEXT_CONSTRUCTED(0)))
		return true;
	if (!der_enter(tbs, DER_CONTEXT_CONSTRUCTED(0), &outer, err) ||
	    !der_read_number(&outer, DER_INTEGER, &version, err) || !der_end(&outer, err))
		return error_in(err, "version");
	if (version > 2)
		return error_fail(err, STATUS_INPUT,
				  _("version %ld is not 1, 2 or 3 (RFC 5280 4.1.2.1)"),
				  (long)version + 1);
	if (version == 0)
		odd(reading, ODD_DEFAULT_ENCODED);
	reading->cert.version = (uint8_t)(version + 1);
	return true;
}

/* CertificateSerialNumber: any integer that is one; what RFC 5280 4.1.2.2 forbids is only
 * noted. */
static bool read_serial(struct reading *reading, struct der *tbs, struct error *err)
{
	struct span serial;

	if (!der_read(tbs, DER_INTEGER, &serial, err))
		return error_in(err, "serialNumber");
	if (!serial.n)
		return error_fail(
			err, STATUS_INPUT,
			_("serialNumber: integer without octets (X.690 8.3.1)"));
	if (serial.at[0] & 0x80)
		odd(reading, ODD_SERIAL_NEGATIVE);
	if (serial.n > 1 && ((serial.at[0] == 0 && serial.at[1] < 0x80) ||
			     (serial.at[0] == 0xff && serial.at[1] >= 0x80)))
		odd(reading, ODD_SERIAL_PADDED);
	if (serial.n == 1 && serial.at[0] == 0)
		odd(reading, ODD_SERIAL_ZERO);
	if (serial.n > 20)
		odd(reading, ODD_SERIAL_LONG);
	reading->cert.serial = part_of(reading, serial);
	return true;
}

static bool read_time(struct reading *reading, struct der *validity, int64_t *seconds,
		      struct error *err)
{
	bool early;

	if (!field_time(validity, seconds, &early, err))
		return false;
	if (early)
		odd(reading, ODD_TIME_FORM);
	return true;
}

/* Validity ::= SEQUENCE { notBefore, notAfter }. */
static bool read_validity(struct reading *reading, struct der *tbs, struct error *err)
{
	struct der validity;

	return (der_enter(tbs, DER_SEQUENCE, &validity, err) &&
		read_time(reading, &validity, &reading->cert.not_before, err) &&
		read_time(reading, &validity, &reading->cert.not_after, err) &&
		der_end(&validity, err)) ||
	       error_in(err, "validity");
}

/* SubjectPublicKeyInfo ::= SEQUENCE { AlgorithmIdentifier, BIT STRING }. */
static bool read_key(struct reading *reading, struct der *tbs, struct error *err)
{
	struct der inside = *tbs;
	struct span whole, bytes;
	unsigned unused;

	if (!der_read_whole(tbs, DER_SEQUENCE, &whole, err) ||
	    !der_enter(&inside, DER_SEQUENCE, &inside, err) ||
	    !field_algorithm(&inside, &bytes, err) ||
	    !der_read_bits(&inside, DER_BIT_STRING, &bytes, &unused, err) ||
	    !der_end(&inside, err))
		return error_in(err, "subjectPublicKeyInfo");
	reading->cert.spki = part_of(reading, whole);
	return true;
}

/* [1] and [2] IMPLICIT BIT STRING: nobody uses them; their place is all that is checked.
 */
static bool skip_unique_id(struct reading *reading, struct der *tbs, uint8_t tag,
			   struct error *err)
{
	struct span octets;
	unsigned unused;

	if (!der_next_is(tbs, tag))
		return true;
	odd(reading, ODD_UNIQUE_ID);
	return der_read_bits(tbs, tag, &octets, &unused, err) ||
	       error_in(err, "uniqueIdentifier");
}

/* 2.5.29.N: which extension N is, less one, so that 0 says that the view has no place for
 * it. */
static const uint8_t ext_of_id_ce[] = {
	[14] = EXT_SUBJECT_KEY_ID + 1,     [15] = EXT_KEY_USAGE + 1,
	[17] = EXT_SUBJECT_ALT_NAME + 1,   [18] = EXT_ISSUER_ALT_NAME + 1,
	[19] = EXT_BASIC_CONSTRAINTS + 1,  [30] = EXT_NAME_CONSTRAINTS + 1,
	[31] = EXT_CRL_POINTS + 1,         [32] = EXT_POLICIES + 1,
	[33] = EXT_POLICY_MAPPINGS + 1,    [35] = EXT_AUTHORITY_KEY_ID + 1,
	[36] = EXT_POLICY_CONSTRAINTS + 1, [37] = EXT_EXTENDED_KEY_USAGE + 1,
	[54] = EXT_INHIBIT_ANY_POLICY + 1,
};

/* 1.3.6.1.5.5.7.1.N. */
static enum ext ext_of_id_pe(uint8_t n)
{
	switch (n) {
	case 1:
		return EXT_AUTHORITY_INFO;
	case 11:
		return EXT_SUBJECT_INFO;
	case 24:
		return EXT_TLS_FEATURE;
	default:
		return EXT_COUNT;
	}
}

enum ext cert_ext_of(struct span oid)
{
	static const uint8_t id_pe[] = { 0x2b, 6, 1, 5, 5, 7, 1 };
	static const uint8_t ct[] = { 0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4 };

	switch (oid.n) {
	case 3:
		if (oid.at[0] == 0x55 && oid.at[1] == 0x1d &&
		    oid.at[2] < COUNT(ext_of_id_ce) && ext_of_id_ce[oid.at[2]])
			return ext_of_id_ce[oid.at[2]] - 1;
		break;
	case 8:
		if (memcmp(oid.at, id_pe, sizeof(id_pe)) == 0)
			return ext_of_id_pe(oid.at[7]);
		break;
	case 10:
		if (memcmp(oid.at, ct, sizeof(ct)) == 0 && oid.at[9] == 2)
			return EXT_SCT_LIST;
		if (memcmp(oid.at, ct, sizeof(ct)) == 0 && oid.at[9] == 3)
			return EXT_CT_POISON;
		break;
	}
	return EXT_COUNT;
}

/* An extension that the view has no place for: only whether it is critical, and new, is
 * kept. */
static void add_stranger(struct reading *reading, struct span oid, bool critical)
{
	for (size_t i = 0; i < reading->strangers; i++)
		if (span_eq(reading->stranger[i], oid))
			odd(reading, ODD_EXTENSION_TWICE);
	reading->stranger[reading->strangers++] = oid;
	if (critical && !reading->cert.unknown_critical.n)
		reading->cert.unknown_critical = part_of(reading, oid);
}

static void add_extension(struct reading *reading, struct span oid, bool critical,
			  struct span value)
{
	struct cert *cert = &reading->cert;
	enum ext ext = cert_ext_of(oid);

	if (ext == EXT_COUNT) {
		add_stranger(reading, oid, critical);
		return;
	}
	if (cert_has(cert, ext)) {
		odd(reading, ODD_EXTENSION_TWICE);
		return;
	}
	cert->present |= 1u << ext;
	cert->critical |= (uint32_t)critical << ext;
	cert->ext[ext] = part_of(reading, value);
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
static bool read_extension(struct reading *reading, struct der *list, struct error *err)
{
	struct span oid, value;
	bool critical = false;
	struct der in;

	if (!der_enter(list, DER_SEQUENCE, &in, err) ||
	    !der_read(&in, DER_OID, &oid, err))
		return false;
	if (!oid.n)
		return error_fail(err, STATUS_INPUT,
				  _("empty object identifier at byte %zu"),
				  der_offset(&in));
	if (der_next_is(&in, DER_BOOLEAN)) {
		if (!der_read_boolean(&in, &critical, err))
			return false;
		if (!critical)
			odd(reading, ODD_DEFAULT_ENCODED);
	}
	if (!der_read(&in, DER_OCTET_STRING, &value, err) || !der_end(&in, err))
		return false;
	add_extension(reading, oid, critical, value);
	return true;
}

/* [3] EXPLICIT SEQUENCE SIZE (1..MAX) OF Extension. */
static bool read_extensions(struct reading *reading, struct der *tbs, struct error *err)
{
	struct der outer, list;

	if (!der_next_is(tbs, DER_CONTEXT_CONSTRUCTED(3)))
		return true;
	if (!der_enter(tbs, DER_CONTEXT_CONSTRUCTED(3), &outer, err) ||
	    !der_enter(&outer, DER_SEQUENCE, &list, err) || !der_end(&outer, err))
		return error_in(err, "extensions");
	if (reading->cert.version != 3)
		odd(reading, ODD_VERSION_EXTENSIONS);
	if (!der_left(&list))
		odd(reading, ODD_EMPTY_EXTENSIONS);
	reading->cert.extensions = part_of(reading, der_rest(&list));
	for (size_t n = 1; der_left(&list); n++) {
		if (n > EXTENSIONS_MOST)
			return error_fail(err, STATUS_INPUT, _("more than %d extensions"),
					  EXTENSIONS_MOST);
		if (!read_extension(reading, &list, err))
			return error_in(err, _("extension %zu"), n);
	}
	return true;
}

/*
 * A root has one name twice, and a certificate its algorithm: what holds of the bytes of
 * an element was seen the first time.
 */
static bool take_again(struct der *in, struct span first, struct span *second)
{
	if (!span_starts(der_rest(in), first))
		return false;
	*second = span_of(in->at, first.n);
	in->at += first.n;
	return true;
}

static bool read_names_and_times(struct reading *reading, struct der *tbs,
				 struct error *err)
{
	struct span issuer, subject;

	if (!field_name(tbs, &issuer, err))
		return error_in(err, "issuer");
	if (!read_validity(reading, tbs, err))
		return false;
	if (!take_again(tbs, issuer, &subject) && !field_name(tbs, &subject, err))
		return error_in(err, "subject");
	if (name_empty(issuer))
		odd(reading, ODD_EMPTY_ISSUER);
	reading->cert.issuer = part_of(reading, issuer);
	reading->cert.subject = part_of(reading, subject);
	return true;
}

/* TBSCertificate (RFC 5280 4.1.2). */
static bool read_tbs(struct reading *reading, struct der *tbs, struct error *err)
{
	struct span algorithm;

	if (!read_version(reading, tbs, err) || !read_serial(reading, tbs, err))
		return false;
	if (!field_algorithm(tbs, &algorithm, err))
		return error_in(err, "signature");
	reading->cert.inner_algorithm = part_of(reading, algorithm);
	return read_names_and_times(reading, tbs, err) && read_key(reading, tbs, err) &&
	       skip_unique_id(reading, tbs, DER_CONTEXT(1), err) &&
	       skip_unique_id(reading, tbs, DER_CONTEXT(2), err) &&
	       read_extensions(reading, tbs, err) &&
	       (der_end(tbs, err) || error_in(err, "tbsCertificate"));
}

/* What follows the TBSCertificate: signatureAlgorithm and signatureValue (RFC
 * 5280 4.1.1). */
static bool read_signature(struct reading *reading, struct der *in, struct error *err)
{
	struct span inner = cert_part(&reading->cert, reading->cert.inner_algorithm);
	struct span algorithm, signature;
	unsigned unused;

	if (!take_again(in, inner, &algorithm)) {
		odd(reading, ODD_ALGORITHM_MISMATCH);
		if (!field_algorithm(in, &algorithm, err))
			return error_in(err, "signatureAlgorithm");
	}
	if (!der_read_bits(in, DER_BIT_STRING, &signature, &unused, err))
		return error_in(err, "signatureValue");
	if (unused)
		return error_fail(err, STATUS_INPUT,
				  _("signatureValue: not a whole number of octets"));
	reading->cert.outer_algorithm = part_of(reading, algorithm);
	reading->cert.signature = part_of(reading, signature);
	return der_end(in, err);
}

static bool read_whole(struct reading *reading, struct der *in, struct error *err)
{
	struct der before = *in, tbs;
	struct span whole;

	if (!der_read_whole(in, DER_SEQUENCE, &whole, err) ||
	    !der_enter(&before, DER_SEQUENCE, &tbs, err))
		return error_in(err, "tbsCertificate");
	reading->cert.tbs = part_of(reading, whole);
	return read_tbs(reading, &tbs, err) && read_signature(reading, in, err);
}

/* Reads the certificate at the beginning of der. */
static bool read_first(struct reading *reading, struct span der, size_t *used,
		       struct error *err)
{
	struct der in = der_of(der), inside;

	if (!der_enter(&in, DER_SEQUENCE, &inside, err))
		return false;
	*used = der_offset(&in);
	if (*used > CERT_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("certificate of %zu bytes, over %zu"), *used,
				  CERT_MOST);
	reading->cert = (struct cert){ .der = der.at, .n = (uint32_t)*used };
	reading->strangers = 0;
	return read_whole(reading, &inside, err);
}

bool cert_read_first(struct cert *cert, struct span der, size_t *used, struct error *err)
{
	struct reading reading;
	size_t n;

	if (!read_first(&reading, der, &n, err))
		return false;
	*cert = reading.cert;
	*used = n;
	return true;
}

bool cert_read(struct cert *cert, struct span der, struct error *err)
{
	struct reading reading;
	size_t used;

	if (!read_first(&reading, der, &used, err))
		return false;
	if (used != der.n)
		return error_fail(err, STATUS_INPUT,
				  _("%zu bytes follow the certificate at byte %zu"),
				  der.n - used, used);
	*cert = reading.cert;
	return true;
}

bool cert_self_issued(const struct cert *cert)
{
	return name_equal(cert_part(cert, cert->subject), cert_part(cert, cert->issuer));
}

const char *ext_name(enum ext ext)
{
	static const char *const names[EXT_COUNT] = {
		[EXT_BASIC_CONSTRAINTS] = "basicConstraints",
		[EXT_KEY_USAGE] = "keyUsage",
		[EXT_EXTENDED_KEY_USAGE] = "extKeyUsage",
		[EXT_SUBJECT_ALT_NAME] = "subjectAltName",
		[EXT_ISSUER_ALT_NAME] = "issuerAltName",
		[EXT_NAME_CONSTRAINTS] = "nameConstraints",
		[EXT_SUBJECT_KEY_ID] = "subjectKeyIdentifier",
		[EXT_AUTHORITY_KEY_ID] = "authorityKeyIdentifier",
		[EXT_AUTHORITY_INFO] = "authorityInfoAccess",
		[EXT_SUBJECT_INFO] = "subjectInfoAccess",
		[EXT_CRL_POINTS] = "cRLDistributionPoints",
		[EXT_POLICIES] = "certificatePolicies",
		[EXT_POLICY_MAPPINGS] = "policyMappings",
		[EXT_POLICY_CONSTRAINTS] = "policyConstraints",
		[EXT_INHIBIT_ANY_POLICY] = "inhibitAnyPolicy",
		[EXT_SCT_LIST] = "signedCertificateTimestampList",
		[EXT_CT_POISON] = "precertificatePoison",
		[EXT_TLS_FEATURE] = "tlsFeature",
	};

	return ext < EXT_COUNT ? names[ext] : "unknown";
}
