/*
 * Client rules: how a client verifies, as far as it differs from what this engine does by
 * default (RFC 5280 section 6, every path, RFC 9525 names). Data, read from profiles
 * (stores/NAME.xml), where each rule names its source. A client without rules is the
 * default.
 */
#pragma once

#include "base/error.h"

/* One rule each. What it says stands beside its name in client.c. */
enum client_rule {
	/* The search. */
	CLIENT_SEARCH,
	CLIENT_PARTIAL_CHAIN,
	CLIENT_ISSUER_NAMES,
	CLIENT_KEY_ID_MUST_MATCH,
	CLIENT_DEPTH,
	CLIENT_GIVEN_DEPTH,
	CLIENT_NOT_AFTER,
	CLIENT_NOT_BEFORE,
	CLIENT_SELF_ISSUED_COUNT,
	CLIENT_ANCHOR_CHECKS,
	CLIENT_ANCHOR_PURPOSE,
	CLIENT_ANCHOR_CA,
	CLIENT_ANCHOR_BARE,
	CLIENT_ANCHOR_KEY,
	CLIENT_ANCHOR_KEY_ID,
	CLIENT_ANCHOR_ALONE,
	CLIENT_ANCHOR_POLICIES,
	/* Keys and signatures. */
	CLIENT_LEAST_RSA,
	CLIENT_LEAST_EC,
	CLIENT_STRENGTH_FIXED,
	CLIENT_SHA1,
	CLIENT_RSA_PSS_KEYS,
	CLIENT_OTHER_KEYS,
	/* Form. */
	CLIENT_CRITICAL_IDS,
	CLIENT_SERIAL_NEGATIVE,
	CLIENT_NAME_EMPTY,
	CLIENT_EXTENSION_TWICE,
	CLIENT_ALGORITHMS_DIFFER,
	CLIENT_ANCHOR_ALGORITHMS,
	CLIENT_ALGORITHM_PARAMETERS,
	CLIENT_V1_EXTENSIONS,
	CLIENT_READ_IN_LEAF,
	CLIENT_READ_IN_AUTHORITY,
	CLIENT_READ_IN_ANCHOR,
	CLIENT_READ_IN_LISTS,
	CLIENT_MALFORMED_UNCRITICAL,
	CLIENT_MAY_BE_EMPTY,
	CLIENT_WELL_FORMED_TOO,
	CLIENT_MALFORMED_TOO,
	CLIENT_ANY_POLICY_MAPPED,
	CLIENT_RFC5280_CA,
	CLIENT_X509_STRICT,
	CLIENT_WEBPKI,
	CLIENT_TLS_FEATURES,
	CLIENT_SELF_ISSUED_LEAF,
	CLIENT_EXPLICIT_DEFAULTS,
	/* Usage and purpose. */
	CLIENT_LEAF_CERT_SIGN,
	CLIENT_LEAF_USAGE,
	CLIENT_CA_USAGE,
	CLIENT_CA_PURPOSE,
	CLIENT_LEAF_PURPOSE,
	CLIENT_ANY_PURPOSE,
	CLIENT_SERVER_GATED,
	CLIENT_CRITICAL_KNOWN,
	CLIENT_CRITICAL_ALT_NAMES,
	/* Name constraints. */
	CLIENT_NC_UNKNOWN,
	CLIENT_NC_KNOWN_FORMS,
	CLIENT_NC_IGNORED_FORMS,
	CLIENT_NC_COMPARISONS,
	CLIENT_NC_PRODUCT,
	CLIENT_NC_SELF_ISSUED,
	CLIENT_NC_LEAF_ONLY,
	CLIENT_NC_IN_LEAF,
	CLIENT_NC_EMPTY,
	CLIENT_NC_EMPTY_BASE,
	CLIENT_NC_EMPTY_DIRECTORY,
	CLIENT_NC_FORM,
	CLIENT_NC_ODD_NAMES,
	CLIENT_NC_WILDCARDS,
	CLIENT_NC_MAPPED,
	CLIENT_NC_FAMILIES,
	CLIENT_NC_ADDRESS_BASE,
	CLIENT_NC_SMTP_UTF8,
	CLIENT_NC_SUBJECT_EMAIL,
	CLIENT_NC_COMMON_NAME,
	CLIENT_NC_SUBDOMAINS,
	CLIENT_NC_LEADING_DOT,
	CLIENT_NC_LOCAL_CASE,
	CLIENT_NC_URI_USER,
	CLIENT_NC_TRAILING_DOT,
	/* Policies. */
	CLIENT_POLICIES,
	/* The name that was asked for. */
	CLIENT_COMMON_NAME,
	CLIENT_WILDCARDS,
	CLIENT_PUBLIC_SUFFIX,
	CLIENT_RULE_COUNT
};

/* Values of those rules that are words. */
enum client_search {
	SEARCH_ALL,
	SEARCH_STORE_FIRST,
	SEARCH_PRESENTED_FIRST
};
enum client_anchor_checks {
	ANCHOR_AS_ASKED,
	ANCHOR_NONE_SAID,
	ANCHOR_EXPIRY_SAID,
	ANCHOR_CONSTRAINTS_SAID,
	ANCHOR_ALL_SAID,
	ANCHOR_AS_ASKED_OR_NONE
};
enum client_leaf_usage {
	USAGE_OF_A_SERVER,
	USAGE_IGNORED,
	USAGE_BY_KEY,
	USAGE_STRICT
};
enum client_constraints_on {
	CONSTRAINTS_ON_ALL,
	CONSTRAINTS_ON_LEAF,
	CONSTRAINTS_ON_OWN
};
enum client_wildcards {
	WILDCARDS_LABEL,
	WILDCARDS_PARTIAL,
	WILDCARDS_ANYWHERE
};
enum client_key_id {
	KEY_ID_IS_HINT,
	KEY_ID_MUST_MATCH,
	KEY_ID_WHOLE
};
enum client_anchor_ca {
	ANCHOR_CA_CHECKED,
	ANCHOR_CA_IGNORED,
	ANCHOR_CA_OR_USAGE,
	ANCHOR_CA_ALWAYS,
	ANCHOR_CA_OR_SELF_ISSUED
};
enum client_ca_usage {
	CA_USAGE_CHECKED,
	CA_USAGE_IGNORED,
	CA_USAGE_UNLESS_EMPTY
};
enum client_gated {
	GATED_IS_NONE,
	GATED_IS_SERVER,
	GATED_IS_SERVER_IN_AUTHORITY
};
enum client_twice {
	TWICE_REFUSED,
	TWICE_IGNORED,
	TWICE_IF_READ
};
/* CLIENT_WELL_FORMED_TOO, CLIENT_MALFORMED_TOO: bits 1 << these. */
enum client_oddity {
	ODDITY_NEGATIVE_LENGTH,
	ODDITY_POLICIES_BY_NAME,
	ODDITY_POINT_WITHOUT_NAME,
	ODDITY_NO_USAGE,
	ODDITY_HALF_AUTHORITY,
	ODDITY_EMPTY_NAME,
	ODDITY_NOT_ASCII,
	ODDITY_ADDRESS,
	ODDITY_URI,
	ODDITY_NAMES_UNCRITICAL,
	ODDITY_NO_PURPOSE
};
enum client_names {
	NAMES_FOLDED,
	NAMES_BY_BYTES,
	NAMES_BY_TEXT
};
enum client_anchor_alone {
	ALONE_ACCEPTED,
	ALONE_IF_SELF_ISSUED,
	ALONE_UNREAD
};
enum client_reads_common_name {
	COMMON_NAME_NEVER,
	COMMON_NAME_IF_NO_DNS,
	COMMON_NAME_IF_NO_SERVER /* no DNS name, address or URI */
};
enum client_policies {
	POLICIES_CHECKED,
	POLICIES_IGNORED,
	POLICIES_IF_ASKED
};
enum client_families {
	FAMILIES_ONE,
	FAMILIES_APART,
	FAMILIES_BY_OCTETS
};
enum client_constraints_in_leaf {
	IN_LEAF_REFUSED,
	IN_LEAF_IGNORED,
	IN_LEAF_READ
};
enum client_smtp_utf8 {
	SMTP_UTF8_MAILBOX,
	SMTP_UTF8_IGNORED,
	SMTP_UTF8_HOST
};
enum client_kept {
	RULE_KEPT,
	RULE_DROPPED
}; /* a check of the default */
enum client_unknown_form {
	UNKNOWN_MET,
	UNKNOWN_IGNORED,
	UNKNOWN_REFUSED_IF_CRITICAL,
	UNKNOWN_REFUSED
};
enum client_empty_base {
	BASE_REFUSED,
	BASE_IS_EVERY,
	BASE_IS_OF_HOSTS,
	BASE_IS_NONE
};
enum client_form {
	FORM_CHECKED,
	FORM_IGNORED,
	FORM_OF_PARTIES,
	FORM_OF_PARTIES_AND_ADDRESSES,
	FORM_PRINTABLE,
	FORM_ASCII
};
enum client_odd_names {
	ODD_REFUSED,
	ODD_COMPARED,
	ODD_IF_UNPRINTABLE,
	ODD_NEVER,
	ODD_MAILBOXES /* alone; hosts are compared */
};
enum client_subject_email {
	EMAIL_ALWAYS,
	EMAIL_WITHOUT_ALTERNATIVE,
	EMAIL_IGNORED,
	EMAIL_ALONE_WITHOUT_ALTERNATIVE, /* more than one: refused */
};
enum client_any_purpose {
	ANY_IS_EVERY,
	ANY_IS_NONE,
	ANY_IS_NONE_IN_AUTHORITY
};
enum client_common_name {
	COMMON_NAME_OF_HOSTS,
	COMMON_NAME_WITHOUT_DNS,
	COMMON_NAME_IGNORED,
	COMMON_NAME_AS_IT_IS,
	COMMON_NAME_LAST
};

/*
 * CLIENT_CRITICAL_KNOWN: bits 1 << enum ext of the critical extensions that it knows, and
 * of two that have no place there. CLIENT_NC_KNOWN_FORMS: bits 1 << enum
 * general_name_kind.
 */
#define CRITICAL_RESOURCES            (1u << 29) /* addresses and AS numbers, RFC 3779 */
#define CRITICAL_NO_CHECK             (1u << 30) /* id-pkix-ocsp-nocheck */
#define CRITICAL_APPLICATION_POLICIES (1u << 31) /* beside an extended key usage */

struct client_rules {
	char *name, *title;
	uint32_t value[CLIENT_RULE_COUNT]; /* 0: as by default */
};
/* The default: no rule of its own. */
extern const struct client_rules client_default;

static inline uint32_t client_value(const struct client_rules *client,
				    enum client_rule rule)
{
	return client->value[rule];
}

/*
 * Sets the rule of that name to a value in words or digits as a profile writes it. False
 * where there is no such rule, or it has no such value: *why is a static sentence then.
 */
MUST_CHECK bool client_set(struct client_rules *client, const char *rule,
			   const char *value, const char **why);
/* What the rule says, for manuals; NULL past the last. */
const char *client_rule_name(enum client_rule rule);
void client_clear(struct client_rules *client);
