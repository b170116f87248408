/*
 * Strict form: three tables. What RFC 5280 says that conforming authorities MUST do; what
 * X509_V_FLAG_X509_STRICT of OpenSSL checks (crypto/x509/x509_vfy.c, check_extensions),
 * which is what Python 3.13 asks for; what the baseline requirements of the CA/Browser
 * Forum add (BR 2.0, section 7.1).
 */
#include "chain/strict.h"

#include "chain/names.h"
#include "chain/suffix.h"
#include "x509/der.h"
#include "x509/name.h"

#include <arpa/inet.h>

#define OID_COMMON_NAME SPAN("\x55\x04\x03")

static bool is_ca(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->basic.ca;
}

static bool noncritical(const struct pool_cert *cert, enum ext ext)
{
	return cert_has(&cert->cert, ext) && !cert_is_critical(&cert->cert, ext);
}

/* RFC 5280 4.2.1.1: all but self-signed ones; by the name alone, as no key is at hand. */
static bool authority_id_missing(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return !facts->self_issued && !facts->authority.key_id.n;
}

static bool subject_id_missing(const struct pool_cert *cert)
{
	return is_ca(cert) && !pool_cert_facts(cert)->key_id.n;
}

static bool basic_not_critical(const struct pool_cert *cert)
{
	return is_ca(cert) && noncritical(cert, EXT_BASIC_CONSTRAINTS);
}

static bool policy_constraints_not_critical(const struct pool_cert *cert)
{
	return noncritical(cert, EXT_POLICY_CONSTRAINTS);
}

static bool inhibit_any_not_critical(const struct pool_cert *cert)
{
	return noncritical(cert, EXT_INHIBIT_ANY_POLICY);
}

static bool constraints_not_critical(const struct pool_cert *cert)
{
	return noncritical(cert, EXT_NAME_CONSTRAINTS);
}

static bool policy_constraints_empty(const struct pool_cert *cert)
{
	const struct policy_constraints *said =
		&pool_cert_facts(cert)->policy_constraints;

	return cert_has(&cert->cert, EXT_POLICY_CONSTRAINTS) &&
	       said->require_explicit < 0 && said->inhibit_mapping < 0;
}

static bool ca_usage_missing(const struct pool_cert *cert)
{
	return is_ca(cert) && !pool_cert_facts(cert)->has_usage;
}

/* 4.2.1.9, 4.2.1.3: of keyUsage and cA, one says what the other must. */
static bool ca_usage_without_sign(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return facts->basic.path_length >= 0 &&
	       (!facts->basic.ca || !(facts->usage & KEY_USAGE_CERT_SIGN));
}

static bool sign_without_ca(const struct pool_cert *cert)
{
	return !is_ca(cert) && pool_cert_facts(cert)->usage & KEY_USAGE_CERT_SIGN;
}

static bool serial_not_positive(const struct pool_cert *cert)
{
	return cert->cert.odd & (ODD_SERIAL_NEGATIVE | ODD_SERIAL_ZERO);
}

static bool serial_long(const struct pool_cert *cert)
{
	return cert->cert.odd & ODD_SERIAL_LONG;
}

static bool unique_ids(const struct pool_cert *cert)
{
	return cert->cert.odd & ODD_UNIQUE_ID;
}

static bool time_form(const struct pool_cert *cert)
{
	return cert->cert.odd & ODD_TIME_FORM;
}

static bool subject_empty(const struct pool_cert *cert)
{
	return name_empty(cert_part(&cert->cert, cert->cert.subject));
}

static bool issuer_empty(const struct pool_cert *cert)
{
	return name_empty(cert_part(&cert->cert, cert->cert.issuer));
}

static bool alt_name_not_critical(const struct pool_cert *cert)
{
	return subject_empty(cert) &&
	       !cert_is_critical(&cert->cert, EXT_SUBJECT_ALT_NAME);
}

/* What OpenSSL asks for: a subject for authorities, and for who has no other name. */
static bool nameless(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return subject_empty(cert) &&
	       (facts->basic.ca || facts->usage & KEY_USAGE_CRL_SIGN ||
		!cert_has(&cert->cert, EXT_SUBJECT_ALT_NAME));
}

static bool algorithms_differ(const struct pool_cert *cert)
{
	return cert->cert.odd & ODD_ALGORITHM_MISMATCH;
}

static bool authority_id_critical(const struct pool_cert *cert)
{
	return cert_is_critical(&cert->cert, EXT_AUTHORITY_KEY_ID);
}

static bool subject_id_critical(const struct pool_cert *cert)
{
	return cert_is_critical(&cert->cert, EXT_SUBJECT_KEY_ID);
}

static bool authority_key_id_absent(const struct pool_cert *cert)
{
	return cert->cert.version == 3 && !pool_cert_facts(cert)->authority.key_id.n;
}

static bool version3_subject_id_missing(const struct pool_cert *cert)
{
	return cert->cert.version == 3 && subject_id_missing(cert);
}

static bool extensions_without_v3(const struct pool_cert *cert)
{
	return cert->cert.odd & ODD_VERSION_EXTENSIONS;
}

/* BR 7.1.2.11.1: keyIdentifier and nothing else. */
static bool authority_id_form(const struct pool_cert *cert)
{
	const struct authority_key_id *id = &pool_cert_facts(cert)->authority;

	return id->present && (!id->key_id.n || id->issuer.n || id->serial.n);
}

static bool version_not_3(const struct pool_cert *cert)
{
	return cert->cert.version != 3;
}

static bool purpose_critical(const struct pool_cert *cert)
{
	return cert_is_critical(&cert->cert, EXT_EXTENDED_KEY_USAGE);
}

/* BR 7.1.2.7.10: serverAuth, and never anyExtendedKeyUsage. */
static bool purpose_not_server(const struct pool_cert *cert)
{
	const struct extended_key_usage *purposes = &pool_cert_facts(cert)->purposes;

	return !purposes->present || purposes->any ||
	       !(purposes->purposes >> PURPOSE_SERVER_AUTH & 1);
}

/* BR 7.1.2.7.12: DNS names and addresses alone. */
static bool alt_names_not_hosts(const struct pool_cert *cert)
{
	struct span names = pool_cert_facts(cert)->alt_names;
	struct general_name name;
	bool malformed = false, any = false;

	while (general_name_next(&names, &name, &malformed)) {
		any = true;
		if (name.kind != GENERAL_DNS && name.kind != GENERAL_IP)
			return true;
		if (name.kind == GENERAL_DNS && !dns_valid(name.value, DNS_WILDCARD))
			return true;
	}
	return !any;
}

static bool wildcard_over_suffix(const struct pool_cert *cert)
{
	struct span names = pool_cert_facts(cert)->alt_names;
	struct general_name name;
	bool malformed = false;

	while (general_name_next(&names, &name, &malformed))
		if (name.kind == GENERAL_DNS && wildcard_over_public_suffix(name.value))
			return true;
	return false;
}

/* An address as BR 7.1.4.3 has it written: RFC 3986's dotted form, or RFC 5952's. */
static bool is_text_of(struct span text, struct span address)
{
	char shown[INET6_ADDRSTRLEN];
	int family = address.n == 4 ? AF_INET : AF_INET6;

	return (address.n == 4 || address.n == 16) &&
	       inet_ntop(family, address.at, shown, sizeof(shown)) &&
	       span_eq(text, span_str(shown));
}

/* That name, or the domain right below which it is a wildcard: who holds the one holds
 * both. */
static bool is_name_or_parent(struct span alternative, struct span text)
{
	return span_eq(alternative, text) ||
	       (dns_is_wildcard(alternative) && span_eq(span_from(alternative, 2), text));
}

static bool is_alternative(const struct pool_cert *cert, struct span text)
{
	struct span names = pool_cert_facts(cert)->alt_names;
	struct general_name name;
	bool malformed = false;

	while (general_name_next(&names, &name, &malformed))
		if ((name.kind == GENERAL_DNS && is_name_or_parent(name.value, text)) ||
		    (name.kind == GENERAL_IP && is_text_of(text, name.value)))
			return true;
	return false;
}

/* BR 7.1.4.3: a common name is one of the alternative names, character by character. */
static bool common_name_elsewhere(const struct pool_cert *cert)
{
	struct name_attribute attribute;
	struct name_walk walk;

	name_walk_start(&walk, cert_part(&cert->cert, cert->cert.subject));
	while (name_walk_next(&walk, &attribute)) {
		AUTO(buf) text = BUF_INIT;

		if (span_eq(attribute.oid, OID_COMMON_NAME) &&
		    (!name_value_utf8(&text, attribute.tag, attribute.value) ||
		     !is_alternative(cert, buf_span(&text))))
			return true;
	}
	return false;
}

/* BR 6.1.5: RSA of at least 2048 bits in whole octets; P-256, P-384, P-521. */
static bool key_not_allowed(const struct pool_cert *cert)
{
	const struct key_info *key = &pool_cert_facts(cert)->key;

	switch (key->type) {
	case KEY_RSA:
		return key->bits < 2048 || key->bits % 8;
	case KEY_EC:
		return key->bits != 256 && key->bits != 384 && key->bits != 521;
	default:
		return true;
	}
}

#define ANY_ROLE   (FORM_LEAF | FORM_INTERMEDIATE | FORM_ANCHOR)
#define AUTHORITY  (FORM_INTERMEDIATE | FORM_ANCHOR)
#define UNANCHORED (FORM_LEAF | FORM_INTERMEDIATE)

static const struct strict_rule {
	bool (*broken)(const struct pool_cert *cert);
	unsigned roles;
	enum client_rule client; /* who asks for it */
	const char *rule, *what;
} rules[] = {
	{ authority_id_missing, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.1",
	  "authorityKeyIdentifier" },
	{ subject_id_missing, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.2",
	  "subjectKeyIdentifier" },
	{ basic_not_critical, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.9",
	  "basicConstraints" },
	{ policy_constraints_not_critical, ANY_ROLE, CLIENT_RFC5280_CA,
	  "RFC 5280 4.2.1.11", "policyConstraints" },
	{ policy_constraints_empty, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.11",
	  "policyConstraints" },
	{ inhibit_any_not_critical, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.14",
	  "inhibitAnyPolicy" },
	{ constraints_not_critical, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.10",
	  "nameConstraints" },
	{ ca_usage_missing, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.3", "keyUsage" },
	{ ca_usage_without_sign, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.9",
	  "basicConstraints" },
	{ sign_without_ca, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.9", "keyUsage" },
	{ serial_not_positive, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.1.2.2",
	  "serialNumber" },
	{ serial_long, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.1.2.2", "serialNumber" },
	{ unique_ids, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.1.2.8",
	  "uniqueIdentifier" },
	{ time_form, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.1.2.5", "validity" },
	{ alt_name_not_critical, ANY_ROLE, CLIENT_RFC5280_CA, "RFC 5280 4.2.1.6",
	  "subjectAltName" },

	{ ca_usage_without_sign, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.9",
	  "basicConstraints" },
	{ basic_not_critical, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.9",
	  "basicConstraints" },
	{ ca_usage_missing, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.3",
	  "keyUsage" },
	{ sign_without_ca, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.9", "keyUsage" },
	{ issuer_empty, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.1.2.4", "issuer" },
	{ nameless, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.1.2.6", "subject" },
	{ alt_name_not_critical, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.6",
	  "subjectAltName" },
	{ algorithms_differ, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.1.1.2",
	  "signatureAlgorithm" },
	{ authority_id_critical, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.1",
	  "authorityKeyIdentifier" },
	{ subject_id_critical, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.2",
	  "subjectKeyIdentifier" },
	{ authority_key_id_absent, UNANCHORED, CLIENT_X509_STRICT, "RFC 5280 4.2.1.1",
	  "authorityKeyIdentifier" },
	{ version3_subject_id_missing, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.2.1.2",
	  "subjectKeyIdentifier" },
	{ extensions_without_v3, ANY_ROLE, CLIENT_X509_STRICT, "RFC 5280 4.1.2.9",
	  "version" },

	{ algorithms_differ, FORM_ANCHOR, CLIENT_ANCHOR_ALGORITHMS, "RFC 5280 4.1.1.2",
	  "signatureAlgorithm" },

	{ version_not_3, ANY_ROLE, CLIENT_WEBPKI, "BR 7.1.1", "version" },
	{ serial_not_positive, ANY_ROLE, CLIENT_WEBPKI, "BR 7.1.2", "serialNumber" },
	{ serial_long, ANY_ROLE, CLIENT_WEBPKI, "BR 7.1.2", "serialNumber" },
	{ key_not_allowed, ANY_ROLE, CLIENT_WEBPKI, "BR 6.1.5", "subjectPublicKey" },
	{ authority_id_form, ANY_ROLE, CLIENT_WEBPKI, "BR 7.1.2.11.1",
	  "authorityKeyIdentifier" },
	{ authority_id_missing, ANY_ROLE, CLIENT_WEBPKI, "BR 7.1.2.11.1",
	  "authorityKeyIdentifier" },
	{ subject_id_missing, AUTHORITY, CLIENT_WEBPKI, "BR 7.1.2.11.4",
	  "subjectKeyIdentifier" },
	{ basic_not_critical, AUTHORITY, CLIENT_WEBPKI, "BR 7.1.2.10.4",
	  "basicConstraints" },
	{ is_ca, FORM_LEAF, CLIENT_WEBPKI, "BR 7.1.2.7.8", "basicConstraints" },
	{ purpose_critical, FORM_LEAF, CLIENT_WEBPKI, "BR 7.1.2.7.6", "extKeyUsage" },
	{ purpose_not_server, FORM_LEAF, CLIENT_WEBPKI, "BR 7.1.2.7.10", "extKeyUsage" },
	{ alt_names_not_hosts, FORM_LEAF, CLIENT_WEBPKI, "BR 7.1.2.7.12",
	  "subjectAltName" },
	{ wildcard_over_suffix, FORM_LEAF, CLIENT_WEBPKI, "BR 3.2.2.6",
	  "subjectAltName" },
	{ common_name_elsewhere, FORM_LEAF, CLIENT_WEBPKI, "BR 7.1.4.3", "commonName" },
};

const char *strict_fault(const struct client_rules *client, const struct pool_cert *cert,
			 enum form_role role, const char **what)
{
	/* What OpenSSL asks for it asks of chains; all others of a leaf in any case. */
	for (size_t i = 0; i < COUNT(rules); i++) {
		enum form_role asked =
			role == FORM_ALONE && rules[i].client != CLIENT_X509_STRICT
				? FORM_LEAF
				: role;

		if (!(rules[i].roles & asked) || !client_value(client, rules[i].client) ||
		    !rules[i].broken(cert))
			continue;
		*what = rules[i].what;
		return rules[i].rule;
	}
	return NULL;
}
