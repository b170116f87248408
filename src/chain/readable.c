/*
 * What a client can read of a certificate's extensions. The facts say what our own
 * readers (x509/extension.h) make of them, which is RFC 5280 by the letter; a client
 * reads fewer extensions, takes some for well-formed that are not, and refuses some that
 * are.
 */
#include "chain/readable.h"

#include "chain/names.h"
#include "x509/crl_points.h"
#include "x509/der.h"
#include "x509/name.h"

#define BIT(ext) ((uint32_t)1 << (ext))
/* CRL distribution points are fetched by nobody here, and issuerAltName says nothing. */
#define READ_BY_DEFAULT                                                                  \
	(BIT(EXT_BASIC_CONSTRAINTS) | BIT(EXT_KEY_USAGE) | BIT(EXT_EXTENDED_KEY_USAGE) | \
	 BIT(EXT_SUBJECT_ALT_NAME) | BIT(EXT_NAME_CONSTRAINTS) |                         \
	 BIT(EXT_SUBJECT_KEY_ID) | BIT(EXT_AUTHORITY_KEY_ID) | BIT(EXT_AUTHORITY_INFO) | \
	 BIT(EXT_POLICIES) | BIT(EXT_POLICY_MAPPINGS) | BIT(EXT_POLICY_CONSTRAINTS) |    \
	 BIT(EXT_INHIBIT_ANY_POLICY))

uint32_t read_in(const struct client_rules *client, enum form_role role)
{
	enum client_rule rule = role == FORM_ANCHOR         ? CLIENT_READ_IN_ANCHOR
				: role == FORM_INTERMEDIATE ? CLIENT_READ_IN_AUTHORITY
							    : CLIENT_READ_IN_LEAF;
	uint32_t said = client_value(client, rule);

	return said ? said : READ_BY_DEFAULT;
}

/* NameConstraints in which no subtree stands, whatever their wrapping. */
static bool constraints_hold_nothing(struct span content)
{
	struct span list, subtree;

	for (uint8_t n = 0; n < 2; n++)
		if (der_take_tag(&content, DER_CONTEXT_CONSTRUCTED(n), &list) &&
		    der_take_tag(&list, DER_SEQUENCE, &subtree))
			return false;
	return !content.n;
}

/* A SEQUENCE of nothing. */
static bool holds_nothing(const struct cert *cert, enum ext ext)
{
	struct span content;

	return der_content(cert_ext(cert, ext), DER_SEQUENCE, &content) &&
	       (!content.n ||
		(ext == EXT_NAME_CONSTRAINTS && constraints_hold_nothing(content)));
}

static bool length_is_negative(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->negative_length;
}

static bool has_no_purpose(const struct pool_cert *cert)
{
	return holds_nothing(&cert->cert, EXT_EXTENDED_KEY_USAGE);
}

/* Read for their identifiers alone: what follows these does not count. */
static bool policies_have_identifiers(const struct pool_cert *cert)
{
	struct span content, oid;

	if (!der_content(cert_ext(&cert->cert, EXT_POLICIES), DER_SEQUENCE, &content))
		return false;
	while (content.n)
		if (!policy_next(&content, &oid))
			return false;
	return true;
}

/* Whether one distribution point says neither where nor whose. */
static bool has_point_without_name(const struct pool_cert *cert)
{
	AUTO(error) ignored = ERROR_INIT;
	struct crl_point point;
	struct span points;

	if (!cert_crl_points(&cert->cert, &points, &ignored))
		return false;
	while (crl_point_next(&points, &point))
		if (!point.name.full.n && !point.name.relative.n && !point.issuer.n)
			return true;
	return false;
}

static bool has_no_usage(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->has_usage && !pool_cert_facts(cert)->usage;
}

/* RFC 5280 4.2.1.1: authorityCertIssuer and authorityCertSerialNumber come together. */
static bool authority_is_half(const struct pool_cert *cert)
{
	const struct authority_key_id *id = &pool_cert_facts(cert)->authority;

	return !id->issuer.n != !id->serial.n;
}

static bool is_empty_name(const struct general_name *name)
{
	return !name->value.n;
}

/* A URI with an authority whose host, up to a port, is none by the labels' octets. */
static bool has_odd_authority(struct span uri)
{
	const uint8_t *from = memmem(uri.at, uri.n, "://", 3), *user;
	struct span host;
	size_t n = 0;

	if (!from)
		return false;
	host = span_from(uri, (size_t)(from - uri.at) + 3);
	while (n < host.n && !memchr("/?#", host.at[n], 3))
		n++;
	host.n = n;
	user = memrchr(host.at, '@', host.n);
	if (user)
		host = span_from(host, (size_t)(user - host.at) + 1);
	return host.n && !labels_printable(host);
}

static bool is_not_ascii(const struct general_name *name)
{
	return (name->kind == GENERAL_DNS || name->kind == GENERAL_EMAIL ||
		name->kind == GENERAL_URI) &&
	       !is_ascii(name->value);
}

static bool is_odd_address(const struct general_name *name)
{
	return name->kind == GENERAL_IP && name->value.n != 4 && name->value.n != 16;
}

static bool is_odd_uri(const struct general_name *name)
{
	return name->kind == GENERAL_URI && has_odd_authority(name->value);
}

/* Any of the names of an extension, a SEQUENCE of them, is such. */
static bool has_name(const struct cert *cert, enum ext ext,
		     bool (*is_such)(const struct general_name *name))
{
	struct general_name name;
	struct span names;
	bool malformed;

	if (!der_content(cert_ext(cert, ext), DER_SEQUENCE, &names))
		return false;
	while (general_name_next(&names, &name, &malformed))
		if (is_such(&name))
			return true;
	return false;
}

static bool has_empty_name(const struct pool_cert *cert)
{
	return has_name(&cert->cert, EXT_SUBJECT_ALT_NAME, is_empty_name);
}

static bool has_empty_issuer_name(const struct pool_cert *cert)
{
	return has_name(&cert->cert, EXT_ISSUER_ALT_NAME, is_empty_name);
}

static bool has_name_not_ascii(const struct pool_cert *cert)
{
	return has_name(&cert->cert, EXT_SUBJECT_ALT_NAME, is_not_ascii);
}

static bool has_odd_address(const struct pool_cert *cert)
{
	return has_name(&cert->cert, EXT_SUBJECT_ALT_NAME, is_odd_address);
}

static bool has_odd_uri(const struct pool_cert *cert)
{
	return has_name(&cert->cert, EXT_SUBJECT_ALT_NAME, is_odd_uri);
}

/* RFC 5280 4.2.1.6: critical where no subject is. */
static bool names_alone_uncritical(const struct pool_cert *cert)
{
	return name_empty(cert_part(&cert->cert, cert->cert.subject)) &&
	       !cert_is_critical(&cert->cert, EXT_SUBJECT_ALT_NAME);
}

/* Oddities of what an extension holds, by which clients read otherwise than we do. */
static const struct oddity {
	enum client_oddity oddity;
	enum ext ext;
	bool (*is_there)(const struct pool_cert *cert);
} oddities[] = {
	{ ODDITY_NEGATIVE_LENGTH, EXT_BASIC_CONSTRAINTS, length_is_negative },
	{ ODDITY_POLICIES_BY_NAME, EXT_POLICIES, policies_have_identifiers },
	{ ODDITY_POINT_WITHOUT_NAME, EXT_CRL_POINTS, has_point_without_name },
	{ ODDITY_NO_USAGE, EXT_KEY_USAGE, has_no_usage },
	{ ODDITY_HALF_AUTHORITY, EXT_AUTHORITY_KEY_ID, authority_is_half },
	{ ODDITY_EMPTY_NAME, EXT_SUBJECT_ALT_NAME, has_empty_name },
	{ ODDITY_EMPTY_NAME, EXT_ISSUER_ALT_NAME, has_empty_issuer_name },
	{ ODDITY_NOT_ASCII, EXT_SUBJECT_ALT_NAME, has_name_not_ascii },
	{ ODDITY_ADDRESS, EXT_SUBJECT_ALT_NAME, has_odd_address },
	{ ODDITY_URI, EXT_SUBJECT_ALT_NAME, has_odd_uri },
	{ ODDITY_NAMES_UNCRITICAL, EXT_SUBJECT_ALT_NAME, names_alone_uncritical },
	{ ODDITY_NO_PURPOSE, EXT_EXTENDED_KEY_USAGE, has_no_purpose },
};

/* Bits of those extensions among the wanted in which an oddity of the list is. */
static uint32_t with_oddities(const struct pool_cert *cert, uint32_t listed,
			      uint32_t wanted)
{
	uint32_t found = 0;

	for (size_t i = 0; listed && i < COUNT(oddities); i++)
		if (listed >> oddities[i].oddity & 1 && wanted & BIT(oddities[i].ext) &&
		    cert_has(&cert->cert, oddities[i].ext) && oddities[i].is_there(cert))
			found |= BIT(oddities[i].ext);
	return found;
}

/* The two of which the facts keep nothing. */
static uint32_t unread_malformed(const struct cert *cert, uint32_t wanted)
{
	AUTO(error) ignored = ERROR_INIT;
	uint32_t found = 0;
	struct span names;

	if (wanted & BIT(EXT_CRL_POINTS) && !cert_crl_points(cert, &names, &ignored))
		found |= BIT(EXT_CRL_POINTS);
	if (wanted & BIT(EXT_ISSUER_ALT_NAME) &&
	    !cert_issuer_alt_names(cert, &names, &ignored))
		found |= BIT(EXT_ISSUER_ALT_NAME);
	return found;
}

static uint32_t empty_ones(const struct cert *cert, uint32_t wanted)
{
	uint32_t found = 0;

	for (unsigned ext = 0; wanted >> ext && ext < EXT_COUNT; ext++)
		if (wanted >> ext & 1 && holds_nothing(cert, (enum ext)ext))
			found |= BIT(ext);
	return found;
}

/* Those that are there twice, for a client that minds it where it reads them. */
static uint32_t repeated(const struct client_rules *client, const struct cert *cert,
			 uint32_t wanted)
{
	struct span list = cert_part(cert, cert->extensions), extension, oid;
	uint32_t seen = 0, again = 0;

	if (!(cert->odd & ODD_EXTENSION_TWICE) ||
	    client_value(client, CLIENT_EXTENSION_TWICE) != TWICE_IF_READ)
		return 0;
	while (der_take_tag(&list, DER_SEQUENCE, &extension) &&
	       der_take_tag(&extension, DER_OID, &oid)) {
		enum ext ext = cert_ext_of(oid);

		if (ext == EXT_COUNT)
			continue;
		again |= seen & BIT(ext);
		seen |= BIT(ext);
	}
	return again & wanted;
}

uint32_t unreadable(const struct client_rules *client, const struct pool_cert *cert,
		    uint32_t extensions)
{
	uint32_t bad = (pool_cert_facts(cert)->malformed |
			unread_malformed(&cert->cert, extensions)) &
		       extensions;
	uint32_t too_bad = client_value(client, CLIENT_MALFORMED_TOO);

	if (client_value(client, CLIENT_MALFORMED_UNCRITICAL))
		bad &= cert->cert.critical;
	bad &= ~empty_ones(&cert->cert, bad & client_value(client, CLIENT_MAY_BE_EMPTY));
	bad &= ~with_oddities(cert, client_value(client, CLIENT_WELL_FORMED_TOO), bad);
	return bad | with_oddities(cert, too_bad, extensions) |
	       repeated(client, &cert->cert, extensions);
}

bool takes_negative_length(const struct client_rules *client)
{
	return client_value(client, CLIENT_WELL_FORMED_TOO) >> ODDITY_NEGATIVE_LENGTH & 1;
}
