/*
 * Form: what RFC 5280 says every certificate must look like, as far as clients refuse
 * those that do not and no chain in use suffers. Stricter readings belong to a profile.
 */
#include "chain/form.h"

#include "x509/der.h"
#include "x509/name.h"

static bool odd(const struct pool_cert *cert, enum cert_odd bits)
{
	return cert->cert.odd & bits;
}

static bool algorithms_differ(const struct pool_cert *cert)
{
	return odd(cert, ODD_ALGORITHM_MISMATCH);
}

static bool extension_twice(const struct pool_cert *cert)
{
	return odd(cert, ODD_EXTENSION_TWICE);
}

static bool extensions_without_v3(const struct pool_cert *cert)
{
	return odd(cert, ODD_VERSION_EXTENSIONS);
}

static bool serial_negative(const struct pool_cert *cert)
{
	return odd(cert, ODD_SERIAL_NEGATIVE);
}

static bool critical_but_must_not(const struct pool_cert *cert)
{
	return cert_is_critical(&cert->cert, EXT_AUTHORITY_KEY_ID) ||
	       cert_is_critical(&cert->cert, EXT_SUBJECT_KEY_ID) ||
	       cert_is_critical(&cert->cert, EXT_AUTHORITY_INFO) ||
	       cert_is_critical(&cert->cert, EXT_SUBJECT_INFO);
}

static bool issuer_empty(const struct pool_cert *cert)
{
	return name_empty(cert_part(&cert->cert, cert->cert.issuer));
}

static bool ca_subject_empty(const struct pool_cert *cert)
{
	return name_empty(cert_part(&cert->cert, cert->cert.subject));
}

static bool signs_but_no_ca(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return facts->usage & KEY_USAGE_CERT_SIGN && !facts->basic.ca;
}

static bool constraints_but_no_ca(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return facts->names.present && !facts->basic.ca;
}

/* Constraints without any subtree say nothing (RFC 5280 4.2.1.10: MUST NOT be an empty
 * sequence). */
static bool constraints_empty(const struct pool_cert *cert)
{
	const struct facts *facts = pool_cert_facts(cert);

	return facts->names.present && !facts->names.permitted.n &&
	       !facts->names.excluded.n;
}

/* An element of a list: whether it is one, and nothing else follows it. */
typedef bool element(uint8_t tag, struct span content);

/* The value is a SEQUENCE of at least one element, each good. Absent is good. */
static bool list_good(const struct pool_cert *cert, enum ext ext, element *good)
{
	struct span list, content;
	uint8_t tag;

	if (!cert_has(&cert->cert, ext))
		return true;
	if (!der_content(cert_ext(&cert->cert, ext), DER_SEQUENCE, &list) || !list.n)
		return false;
	while (list.n)
		if (!der_take(&list, &tag, &content) || !good(tag, content))
			return false;
	return true;
}

/* PolicyInformation ::= SEQUENCE { policyIdentifier, policyQualifiers OPTIONAL } */
static bool policy_good(uint8_t tag, struct span content)
{
	struct span oid, qualifiers;

	if (tag != DER_SEQUENCE || !der_take_tag(&content, DER_OID, &oid) ||
	    !der_oid_well_formed(oid))
		return false;
	return !content.n || der_content(content, DER_SEQUENCE, &qualifiers);
}

static bool mapping_good(uint8_t tag, struct span content)
{
	struct span from, to;

	return tag == DER_SEQUENCE && der_take_tag(&content, DER_OID, &from) &&
	       der_take_tag(&content, DER_OID, &to) && !content.n;
}

/* SkipCerts ::= INTEGER (0..MAX); more than four octets are more certificates than there
 * are. */
static bool skip_good(struct span number)
{
	return number.n && number.n <= 4 && !(number.at[0] & 0x80);
}

static bool policy_constraint_good(uint8_t tag, struct span content)
{
	return (tag == DER_CONTEXT(0) || tag == DER_CONTEXT(1)) && skip_good(content);
}

/* Policies decide nothing yet where they are absent; where they stand they have to be
 * readable. */
static bool policies_malformed(const struct pool_cert *cert)
{
	struct span skip;

	if (cert_has(&cert->cert, EXT_INHIBIT_ANY_POLICY) &&
	    !(der_content(cert_ext(&cert->cert, EXT_INHIBIT_ANY_POLICY), DER_INTEGER,
			  &skip) &&
	      skip_good(skip)))
		return true;
	return !list_good(cert, EXT_POLICIES, policy_good) ||
	       !list_good(cert, EXT_POLICY_MAPPINGS, mapping_good) ||
	       !list_good(cert, EXT_POLICY_CONSTRAINTS, policy_constraint_good);
}

#define ANY_ROLE (FORM_LEAF | FORM_INTERMEDIATE | FORM_ANCHOR)

static const struct rule {
	bool (*broken)(const struct pool_cert *cert);
	unsigned roles;
	const char *rule, *what;
} rules[] = {
	{ algorithms_differ, FORM_LEAF | FORM_INTERMEDIATE, "RFC 5280 4.1.1.2",
	  "signatureAlgorithm" },
	{ extension_twice, ANY_ROLE, "RFC 5280 4.2", "extensions" },
	{ extensions_without_v3, FORM_LEAF | FORM_INTERMEDIATE, "RFC 5280 4.1.2.9",
	  "version" },
	{ serial_negative, FORM_LEAF | FORM_INTERMEDIATE, "RFC 5280 4.1.2.2",
	  "serialNumber" },
	{ critical_but_must_not, ANY_ROLE, "RFC 5280 4.2", "criticality" },
	{ issuer_empty, ANY_ROLE, "RFC 5280 4.1.2.4", "issuer" },
	{ ca_subject_empty, FORM_INTERMEDIATE | FORM_ANCHOR, "RFC 5280 4.1.2.6",
	  "subject" },
	{ signs_but_no_ca, FORM_LEAF, "RFC 5280 4.2.1.9", "keyUsage" },
	{ constraints_but_no_ca, FORM_LEAF, "RFC 5280 4.2.1.10", "nameConstraints" },
	{ policies_malformed, ANY_ROLE, "RFC 5280 4.2.1.4", "policies" },
	{ constraints_empty, ANY_ROLE, "RFC 5280 4.2.1.10", "nameConstraints" },
};

const char *form_fault(const struct pool_cert *cert, enum form_role role,
		       const char **what)
{
	const struct facts *facts = pool_cert_facts(cert);

	if (facts->is_malformed) {
		*what = ext_name(facts->malformed);
		return "RFC 5280 4.2";
	}
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (!(rules[i].roles & role) || !rules[i].broken(cert))
			continue;
		*what = rules[i].what;
		return rules[i].rule;
	}
	return NULL;
}
