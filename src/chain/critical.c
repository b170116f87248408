/*
 * Critical extensions. The view names the first that it has no place for; two of those
 * are known here all the same, because what they say is either judged elsewhere or asks
 * for nothing.
 */
#include "chain/critical.h"

#include "chain/readable.h"
#include "x509/der.h"

/* id-pkix-ocsp-nocheck (RFC 6960 4.2.2.2.1): says only that no revocation answer is to be
 * had. */
#define OID_OCSP_NO_CHECK SPAN("\x2b\x06\x01\x05\x05\x07\x30\x01\x05")
/* id-pe-ipAddrBlocks, id-pe-autonomousSysIds (RFC 3779) */
#define OID_IP_RESOURCES SPAN("\x2b\x06\x01\x05\x05\x07\x01\x07")
#define OID_AS_RESOURCES SPAN("\x2b\x06\x01\x05\x05\x07\x01\x08")
/* Microsoft's application policies: extKeyUsage in another dress. */
#define OID_APPLICATION_POLICIES SPAN("\x2b\x06\x01\x04\x01\x82\x37\x15\x0a")

#define BIT(ext) ((uint32_t)1 << (ext))
/* Those that have a name here, but that nothing acts on. A precertificate's poison (RFC
 * 6962 3.1) is there to be refused. */
#define NOT_ACTED_ON                                                         \
	(BIT(EXT_CT_POISON) | BIT(EXT_ISSUER_ALT_NAME) | BIT(EXT_SCT_LIST) | \
	 BIT(EXT_SUBJECT_INFO) | BIT(EXT_TLS_FEATURE))
#define KNOWN_BY_DEFAULT                                              \
	(((BIT(EXT_COUNT) - 1) & ~NOT_ACTED_ON) | CRITICAL_NO_CHECK | \
	 CRITICAL_APPLICATION_POLICIES)

static uint32_t known_to(const struct client_rules *client)
{
	uint32_t said = client_value(client, CLIENT_CRITICAL_KNOWN);

	return said ? said : KNOWN_BY_DEFAULT;
}

/* The client reads it in a leaf. By default that is distribution points, too, though only
 * where they are critical. */
static bool reads(const struct client_rules *client, enum ext ext)
{
	return read_in(client, FORM_LEAF) & BIT(ext) ||
	       !client_value(client, CLIENT_READ_IN_LEAF);
}

/* Alternative names of forms alone of which the client takes no notice. */
static bool names_nobody(const struct pool_cert *cert)
{
	struct span names = pool_cert_facts(cert)->alt_names;
	struct general_name name;
	bool malformed;

	while (general_name_next(&names, &name, &malformed))
		if (name.kind == GENERAL_DNS || name.kind == GENERAL_EMAIL ||
		    name.kind == GENERAL_URI || name.kind == GENERAL_IP)
			return false;
	return true;
}

/* Known by name, but what it says cannot be read. */
static bool is_unreadable(enum ext ext, const struct pool_cert *cert,
			  const struct client_rules *client)
{
	if (ext == EXT_CRL_POINTS)
		return reads(client, ext) && unreadable(client, cert, BIT(ext));
	return ext == EXT_SUBJECT_ALT_NAME &&
	       client_value(client, CLIENT_CRITICAL_ALT_NAMES) && names_nobody(cert);
}

static bool is_known(struct span oid, const struct pool_cert *cert,
		     const struct client_rules *client)
{
	enum ext ext = cert_ext_of(oid);
	uint32_t known = known_to(client);

	if (ext != EXT_COUNT)
		return known >> ext & 1 && !is_unreadable(ext, cert, client);
	if (span_eq(oid, OID_OCSP_NO_CHECK))
		return known & CRITICAL_NO_CHECK;
	if (span_eq(oid, OID_IP_RESOURCES) || span_eq(oid, OID_AS_RESOURCES))
		return known & CRITICAL_RESOURCES;
	/* Where both are there, the extended key usage is judged and says the same. */
	return span_eq(oid, OID_APPLICATION_POLICIES) &&
	       known & CRITICAL_APPLICATION_POLICIES &&
	       pool_cert_facts(cert)->purposes.present;
}

/* The OID of the next critical extension. */
static bool next_critical(struct span *list, struct span *oid)
{
	struct span extension, flag;

	while (der_take_tag(list, DER_SEQUENCE, &extension)) {
		if (!der_take_tag(&extension, DER_OID, oid))
			return false;
		if (der_take_tag(&extension, DER_BOOLEAN, &flag) && flag.n && flag.at[0])
			return true;
	}
	return false;
}

static void tell_oid(struct buf *text, struct span oid)
{
	enum ext ext = cert_ext_of(oid);

	if (ext == EXT_COUNT)
		oid_text(text, oid);
	else
		buf_add_str(text, ext_name(ext));
}

bool critical_unknown(struct buf *text, const struct pool_cert *cert,
		      const struct client_rules *client)
{
	struct span list = cert_part(&cert->cert, cert->cert.extensions), oid;
	struct span qualifier = pool_cert_facts(cert)->policies.odd_qualifier;

	while ((cert->cert.critical || cert->cert.unknown_critical.n) &&
	       next_critical(&list, &oid))
		if (!is_known(oid, cert, client)) {
			tell_oid(text, oid);
			return true;
		}
	/* Of the qualifiers of critical policies (RFC 5280 4.2.1.4). */
	if (qualifier.n && cert_is_critical(&cert->cert, EXT_POLICIES) &&
	    reads(client, EXT_POLICIES)) {
		oid_text(text, qualifier);
		return true;
	}
	return false;
}

/* Two are in use. Each that is asked for is looked for in the list: both are bounded. */
#define FEATURES_MOST 64

static bool lists_feature(struct span features, struct span wanted)
{
	struct span feature;

	for (size_t i = 0;
	     i < FEATURES_MOST && der_take_tag(&features, DER_INTEGER, &feature); i++)
		if (span_eq(feature, wanted))
			return true;
	return false;
}

bool tls_features_kept(const struct cert *issuer, const struct cert *child)
{
	struct span asked, has = { NULL, 0 }, feature;
	size_t n = 0;

	if (!der_content(cert_ext(issuer, EXT_TLS_FEATURE), DER_SEQUENCE, &asked))
		return true;
	if (!der_content(cert_ext(child, EXT_TLS_FEATURE), DER_SEQUENCE, &has))
		has.n = 0;
	while (der_take_tag(&asked, DER_INTEGER, &feature))
		if (++n > FEATURES_MOST || !lists_feature(has, feature))
			return false;
	return true;
}
