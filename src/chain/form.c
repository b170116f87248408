/*
 * Form: what RFC 5280 says every certificate must look like, as far as clients refuse
 * those that do not and no chain in use suffers. Stricter and laxer readings belong to a
 * client's profile.
 */
#include "chain/form.h"

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

/* NULL, nothing, or what RSASSA-PSS needs (RFC 4055 3.1 and 5, 5758 3.2, 8410 3). */
static bool algorithm_parameters_bad(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->signature.parameters_bad;
}

/* Whether or not a policy is required: a mapping of or to anyPolicy fails. */
static bool any_policy_mapped(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->mappings.any;
}

#define ANY_LEAF   (FORM_LEAF | FORM_ALONE)
#define ANY_ROLE   (ANY_LEAF | FORM_INTERMEDIATE | FORM_ANCHOR)
#define AUTHORITY  (FORM_INTERMEDIATE | FORM_ANCHOR)
#define UNANCHORED (ANY_LEAF | FORM_INTERMEDIATE)
#define SIGNED     (FORM_LEAF | FORM_INTERMEDIATE) /* by another, which was verified */

/* Always made, unless the client drops it. */
static const struct rule {
	bool (*broken)(const struct pool_cert *cert);
	unsigned roles;
	enum client_rule client; /* by which a client drops it */
	const char *rule, *what;
} rules[] = {
	{ algorithms_differ, SIGNED, CLIENT_ALGORITHMS_DIFFER, "RFC 5280 4.1.1.2",
	  "signatureAlgorithm" },
	{ algorithm_parameters_bad, SIGNED, CLIENT_ALGORITHM_PARAMETERS,
	  "RFC 5280 4.1.1.2", "signatureAlgorithm" },
	{ extension_twice, ANY_ROLE, CLIENT_EXTENSION_TWICE, "RFC 5280 4.2",
	  "extensions" },
	{ extensions_without_v3, UNANCHORED, CLIENT_V1_EXTENSIONS, "RFC 5280 4.1.2.9",
	  "version" },
	{ serial_negative, UNANCHORED, CLIENT_SERIAL_NEGATIVE, "RFC 5280 4.1.2.2",
	  "serialNumber" },
	{ critical_but_must_not, ANY_ROLE, CLIENT_CRITICAL_IDS, "RFC 5280 4.2",
	  "criticality" },
	{ issuer_empty, ANY_ROLE, CLIENT_NAME_EMPTY, "RFC 5280 4.1.2.4", "issuer" },
	{ ca_subject_empty, AUTHORITY, CLIENT_NAME_EMPTY, "RFC 5280 4.1.2.6", "subject" },
	{ any_policy_mapped, AUTHORITY, CLIENT_ANY_POLICY_MAPPED, "RFC 5280 6.1.4 (a)",
	  "policyMappings" },
	{ constraints_but_no_ca, ANY_LEAF, CLIENT_NC_IN_LEAF, "RFC 5280 4.2.1.10",
	  "nameConstraints" },
	{ constraints_empty, ANY_ROLE, CLIENT_NC_EMPTY, "RFC 5280 4.2.1.10",
	  "nameConstraints" },
};

static const char *plain_fault(const struct client_rules *client,
			       const struct pool_cert *cert, enum form_role role,
			       const char **what)
{
	for (size_t i = 0; i < COUNT(rules); i++) {
		if (!(rules[i].roles & role) ||
		    client_value(client, rules[i].client) != RULE_KEPT ||
		    !rules[i].broken(cert))
			continue;
		*what = rules[i].what;
		return rules[i].rule;
	}
	return NULL;
}

const char *form_unreadable(const struct client_rules *client,
			    const struct pool_cert *cert, uint32_t extensions,
			    const char **what)
{
	uint32_t bad = unreadable(client, cert, extensions);

	for (unsigned i = 0; i < EXT_COUNT; i++)
		if (bad >> i & 1) {
			*what = ext_name(i);
			return "RFC 5280 4.2";
		}
	return NULL;
}

const char *form_fault(const struct client_rules *client, const struct pool_cert *cert,
		       enum form_role role, uint32_t extensions, const char **what)
{
	const char *rule = form_unreadable(client, cert, extensions, what);

	return rule ? rule : plain_fault(client, cert, role, what);
}
