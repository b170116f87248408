/*
 * Client rules by name: what each can say. The first word of a rule is what the engine
 * does by default, so that a profile lists only what its client does otherwise.
 */
#include "chain/client.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "chain/critical.h"

#include <stdlib.h>

#define WORDS_MOST 7

enum kind {
	KIND_WORD,
	KIND_NUMBER,
	KIND_EXTENSIONS, /* a list of extensions by name */
	KIND_FORMS,      /* a list of forms of names */
	KIND_ODDITIES,   /* a list of odd contents of extensions (chain/readable.c) */
};

struct rule_kind {
	const char *name;
	enum kind kind;
	const char *words[WORDS_MOST];
};

/* clang-format off */
static const struct rule_kind kinds[CLIENT_RULE_COUNT] = {
	/* Every path; or one, each issuer the first that fits, never taken back: from the store
	 * first, or what was presented, in its order, and the store only at its end. */
	[CLIENT_SEARCH] = { "search", KIND_WORD, { "all", "store-first", "presented-first" } },
	/* May an anchor be a certificate that another authority signed? */
	[CLIENT_PARTIAL_CHAIN] = { "partial-chain", KIND_WORD, { "accepted", "refused" } },
	/* With text: the same text in whatever string type; of the store the bytes. */
	[CLIENT_ISSUER_NAMES] = { "issuer-names", KIND_WORD, { "folded", "bytes", "text" } },
	/* A key identifier that differs; with whole: authorityCertIssuer and serial, too. */
	[CLIENT_KEY_ID_MUST_MATCH] = { "key-id", KIND_WORD, { "hint", "must-match", "must-match-whole" } },
	/* Certificates of a path, leaf and anchor included. */
	[CLIENT_DEPTH] = { "depth", KIND_NUMBER, { NULL } },
	/* What --max-depth counts: as path lengths do, or every intermediate. */
	[CLIENT_GIVEN_DEPTH] = { "given-depth", KIND_WORD, { "as-path-length", "every" } },
	/* The second of notAfter itself. */
	[CLIENT_NOT_AFTER] = { "not-after", KIND_WORD, { "included", "excluded" } },
	/* Hours before notBefore in which it counts as begun. */
	[CLIENT_NOT_BEFORE] = { "not-before-slack", KIND_NUMBER, { NULL } },
	/* Self-issued intermediates against a path length. */
	[CLIENT_SELF_ISSUED_COUNT] = { "self-issued", KIND_WORD, { "uncounted", "counted" } },
	/* What counts in an anchor's certificate, whatever is asked for. */
	[CLIENT_ANCHOR_CHECKS] = { "anchor-checks", KIND_WORD, { "asked", "none", "expiry", "constraints", "all", "asked-or-none" } },
	[CLIENT_ANCHOR_PURPOSE] = { "anchor-purpose", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_ANCHOR_CA] = { "anchor-ca", KIND_WORD, { "checked", "ignored", "or-key-usage", "checked-always", "or-self-issued" } },
	/* One of the version that has no extensions to say that it is an authority. */
	[CLIENT_ANCHOR_BARE] = { "anchor-without-extensions", KIND_WORD, { "version-1-or-2", "version-1" } },
	[CLIENT_ANCHOR_KEY] = { "anchor-key", KIND_WORD, { "checked", "ignored" } },
	/* Its key identifier, and what the one below it says of it. */
	[CLIENT_ANCHOR_KEY_ID] = { "anchor-key-id", KIND_WORD, { "hint", "must-match" } },
	/* A leaf that is an anchor, and no path above it; with unread whatever critical
	 * extensions it has. */
	[CLIENT_ANCHOR_ALONE] = { "anchor-alone", KIND_WORD, { "accepted", "self-issued", "unread" } },
	[CLIENT_ANCHOR_POLICIES] = { "anchor-policies", KIND_WORD, { "checked", "ignored" } },

	[CLIENT_LEAST_RSA] = { "least-rsa", KIND_NUMBER, { NULL } },
	[CLIENT_LEAST_EC] = { "least-ec", KIND_NUMBER, { NULL } },
	/* Whether weak keys and hashes can be asked for. */
	[CLIENT_STRENGTH_FIXED] = { "strength", KIND_WORD, { "asked", "fixed" } },
	[CLIENT_SHA1] = { "sha1", KIND_WORD, { "refused", "accepted" } },
	[CLIENT_RSA_PSS_KEYS] = { "rsa-pss-keys", KIND_WORD, { "accepted", "refused" } },
	/* Neither RSA nor a curve of NIST. */
	[CLIENT_OTHER_KEYS] = { "other-keys", KIND_WORD, { "accepted", "refused" } },

	/* RFC 5280 4.2.1.1, 4.2.1.2, 4.2.2: never critical. */
	[CLIENT_CRITICAL_IDS] = { "critical-where-it-must-not", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_SERIAL_NEGATIVE] = { "serial-negative", KIND_WORD, { "checked", "ignored" } },
	/* An empty issuer, or subject of an authority. */
	[CLIENT_NAME_EMPTY] = { "empty-names", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_EXTENSION_TWICE] = { "extension-twice", KIND_WORD, { "checked", "ignored", "checked-if-read" } },
	[CLIENT_ALGORITHMS_DIFFER] = { "algorithm-agreement", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_ANCHOR_ALGORITHMS] = { "anchor-algorithm-agreement", KIND_WORD, { "ignored", "checked" } },
	[CLIENT_ALGORITHM_PARAMETERS] = { "algorithm-parameters", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_V1_EXTENSIONS] = { "extensions-without-v3", KIND_WORD, { "checked", "ignored" } },
	/* Extensions that it refuses where their content is malformed; of an anchor, where
	 * the rule is there, whatever else counts in it. */
	[CLIENT_READ_IN_LEAF] = { "read-in-leaf", KIND_EXTENSIONS, { NULL } },
	[CLIENT_READ_IN_AUTHORITY] = { "read-in-authority", KIND_EXTENSIONS, { NULL } },
	[CLIENT_READ_IN_ANCHOR] = { "read-in-anchor", KIND_EXTENSIONS, { NULL } },
	/* Of every certificate in a list, or that goes without: a list that was sent is
	 * refused whole, an anchor is none. So with algorithms that disagree, and with
	 * extensions that are there twice. */
	[CLIENT_READ_IN_LISTS] = { "read-in-lists", KIND_EXTENSIONS, { NULL } },
	/* What cannot be read and is not critical is as if it were not there. */
	[CLIENT_MALFORMED_UNCRITICAL] = { "malformed-uncritical", KIND_WORD, { "checked", "ignored" } },
	/* Whose SEQUENCE may be one of nothing. */
	[CLIENT_MAY_BE_EMPTY] = { "may-be-empty", KIND_EXTENSIONS, { NULL } },
	[CLIENT_WELL_FORMED_TOO] = { "well-formed-too", KIND_ODDITIES, { NULL } },
	[CLIENT_MALFORMED_TOO] = { "malformed-too", KIND_ODDITIES, { NULL } },
	[CLIENT_ANY_POLICY_MAPPED] = { "any-policy-mapped", KIND_WORD, { "checked", "ignored" } },
	/* What RFC 5280 asks of conforming authorities; what X509_V_FLAG_X509_STRICT checks; what
	 * the CA/Browser Forum asks. */
	[CLIENT_RFC5280_CA] = { "conforming-authorities", KIND_WORD, { "ignored", "checked" } },
	[CLIENT_X509_STRICT] = { "x509-strict", KIND_WORD, { "ignored", "checked" } },
	[CLIENT_WEBPKI] = { "baseline-requirements", KIND_WORD, { "ignored", "checked" } },
	[CLIENT_TLS_FEATURES] = { "tls-features", KIND_WORD, { "checked", "ignored" } },
	/* A self-issued leaf without authority key identifier that is not self-signed. */
	[CLIENT_SELF_ISSUED_LEAF] = { "self-issued-leaf", KIND_WORD, { "checked", "ignored" } },
	/* A DEFAULT written out (X.690 11.5) in name constraints. */
	[CLIENT_EXPLICIT_DEFAULTS] = { "explicit-defaults", KIND_WORD, { "ignored", "refused" } },

	[CLIENT_LEAF_CERT_SIGN] = { "leaf-cert-sign", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_LEAF_USAGE] = { "leaf-key-usage", KIND_WORD, { "checked", "ignored", "by-key", "checked-always" } },
	[CLIENT_CA_USAGE] = { "authority-key-usage", KIND_WORD, { "checked", "ignored", "checked-unless-empty" } },
	[CLIENT_CA_PURPOSE] = { "authority-purpose", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_LEAF_PURPOSE] = { "leaf-purpose", KIND_WORD, { "checked", "ignored" } },
	[CLIENT_ANY_PURPOSE] = { "any-purpose", KIND_WORD, { "is-every", "is-none", "is-none-in-authority" } },
	/* Netscape's server gated crypto for serverAuth in an authority. */
	[CLIENT_SERVER_GATED] = { "server-gated-crypto", KIND_WORD, { "is-none", "is-server", "is-server-in-authority" } },
	[CLIENT_CRITICAL_KNOWN] = { "critical-known", KIND_EXTENSIONS, { NULL } },
	/* Critical alternative names, none of which is a DNS name, mailbox, URI or address. */
	[CLIENT_CRITICAL_ALT_NAMES] = { "critical-names-of-other-forms", KIND_WORD, { "known", "unknown" } },

	/* A constraint of a form that is not among the known: refused where a name has it. */
	[CLIENT_NC_UNKNOWN] = { "constraint-of-unknown-form", KIND_WORD, { "met", "ignored", "refused-if-critical", "refused" } },
	[CLIENT_NC_KNOWN_FORMS] = { "constraint-forms", KIND_FORMS, { NULL } },
	/* Of permitted subtrees of these it thinks nothing, and refuses names in excluded ones. */
	[CLIENT_NC_IGNORED_FORMS] = { "constraint-forms-ignored", KIND_FORMS, { NULL } },
	/* How many, in thousands, it is ready to make. */
	[CLIENT_NC_COMPARISONS] = { "constraint-comparisons", KIND_NUMBER, { NULL } },
	/* Alternative names times subtrees, in 1024s. */
	[CLIENT_NC_PRODUCT] = { "constraint-product", KIND_NUMBER, { NULL } },
	[CLIENT_NC_SELF_ISSUED] = { "constraints-on-self-issued", KIND_WORD, { "ignored", "checked" } },
	[CLIENT_NC_LEAF_ONLY] = { "constraints-on-authorities", KIND_WORD, { "checked", "ignored", "own" } },
	/* With read they must be well-formed, as an authority's. */
	[CLIENT_NC_IN_LEAF] = { "constraints-in-leaf", KIND_WORD, { "refused", "ignored", "read" } },
	[CLIENT_NC_EMPTY] = { "constraints-empty", KIND_WORD, { "refused", "ignored" } },
	[CLIENT_NC_EMPTY_BASE] = { "constraint-empty-base", KIND_WORD, { "refused", "every", "every-host", "none" } },
	/* A directory name without attributes: within it is every other; or it, and what
	 * follows, is not read. */
	[CLIENT_NC_EMPTY_DIRECTORY] = { "constraint-empty-directory", KIND_WORD, { "every", "ends-list" } },
	[CLIENT_NC_FORM] = { "constraint-form", KIND_WORD, { "checked", "ignored", "party-names", "party-names-and-addresses", "printable", "ascii" } },
	[CLIENT_NC_ODD_NAMES] = { "constrained-odd-names", KIND_WORD, { "refused", "compared", "refused-if-unprintable", "never-refused", "mailboxes-refused" } },
	[CLIENT_NC_WILDCARDS] = { "constrained-wildcards", KIND_WORD, { "reach", "plain" } },
	[CLIENT_NC_MAPPED] = { "constrained-mapped-addresses", KIND_WORD, { "both", "plain" } },
	/* Constraints of IPv4 addresses say nothing of IPv6 ones, and the other way; or are
	 * compared with them octet by octet, and refused where the address ends first. */
	[CLIENT_NC_FAMILIES] = { "constrained-address-families", KIND_WORD, { "one-form", "apart", "by-octets" } },
	/* Bits of the base beyond its mask: left out, or compared. */
	[CLIENT_NC_ADDRESS_BASE] = { "constraint-address-base", KIND_WORD, { "masked", "as-it-is" } },
	[CLIENT_NC_SMTP_UTF8] = { "constrained-smtp-utf8", KIND_WORD, { "mailbox", "ignored", "host" } },
	[CLIENT_NC_SUBJECT_EMAIL] = { "constrained-subject-email", KIND_WORD, { "always", "without-alternative", "ignored", "alone-without-alternative" } },
	[CLIENT_NC_COMMON_NAME] = { "constrained-common-name", KIND_WORD, { "of-hosts", "without-dns", "ignored", "as-it-is", "last-without-dns" } },
	/* example.com as a constraint of mailboxes or URIs holds hosts below it, too. */
	[CLIENT_NC_SUBDOMAINS] = { "constraint-host", KIND_WORD, { "exact", "below" } },
	[CLIENT_NC_LEADING_DOT] = { "constraint-leading-dot", KIND_WORD, { "below", "refused" } },
	[CLIENT_NC_LOCAL_CASE] = { "constrained-local-part", KIND_WORD, { "exact", "folded" } },
	/* The host of a URI: after userinfo, or all up to the first colon or slash. */
	[CLIENT_NC_URI_USER] = { "constrained-uri-user", KIND_WORD, { "skipped", "is-host" } },
	/* Of a name, and of what constrains it. */
	[CLIENT_NC_TRAILING_DOT] = { "constrained-trailing-dot", KIND_WORD, { "kept", "dropped" } },

	[CLIENT_POLICIES] = { "policies", KIND_WORD, { "checked", "ignored", "if-asked" } },

	/* RFC 9525 never reads it; a mailbox is then read in the subject, too. */
	[CLIENT_COMMON_NAME] = { "common-name", KIND_WORD, { "never", "without-dns", "without-dns-ip-or-uri" } },
	/* Whole first label; or a part of it; or of any label. */
	[CLIENT_WILDCARDS] = { "wildcards", KIND_WORD, { "label", "partial", "anywhere" } },
	[CLIENT_PUBLIC_SUFFIX] = { "wildcard-over-public-suffix", KIND_WORD, { "accepted", "refused" } },
};
/* clang-format on */

const struct client_rules client_default = { .name = NULL };

const char *client_rule_name(enum client_rule rule)
{
	return rule < CLIENT_RULE_COUNT ? kinds[rule].name : NULL;
}

void client_clear(struct client_rules *client)
{
	mem_free(client->name);
	mem_free(client->title);
	*client = client_default;
}

static bool set_word(uint32_t *to, const struct rule_kind *kind, const char *value)
{
	for (uint32_t i = 0; i < WORDS_MOST && kind->words[i]; i++)
		if (strcmp(kind->words[i], value) == 0) {
			*to = i;
			return true;
		}
	return false;
}

static bool set_number(uint32_t *to, const char *value)
{
	char *end;
	unsigned long number = strtoul(value, &end, 10);

	if (value[0] < '0' || value[0] > '9' || *end || number > 65536)
		return false;
	*to = (uint32_t)number;
	return true;
}

static bool is_word(struct span word, const char *name)
{
	return span_eq(word, span_str(name));
}

static bool extension_bit(struct span word, uint32_t *bit)
{
	for (unsigned i = 0; i < EXT_COUNT; i++)
		if (is_word(word, ext_name(i))) {
			*bit = 1u << i;
			return true;
		}
	*bit = is_word(word, "ocspNoCheck")           ? CRITICAL_NO_CHECK
	       : is_word(word, "resources")           ? CRITICAL_RESOURCES
	       : is_word(word, "applicationPolicies") ? CRITICAL_APPLICATION_POLICIES
						      : 0;
	return *bit;
}

static bool form_bit(struct span word, uint32_t *bit)
{
	static const struct {
		const char *name;
		enum general_name_kind form;
	} forms[] = {
		{ "dns", GENERAL_DNS },
		{ "email", GENERAL_EMAIL },
		{ "ip", GENERAL_IP },
		{ "uri", GENERAL_URI },
		{ "directory", GENERAL_DIRECTORY },
		{ "other", GENERAL_OTHER },
		{ "x400", GENERAL_X400 },
		{ "edi", GENERAL_EDI },
		{ "registered", GENERAL_REGISTERED_ID },
	};

	for (size_t i = 0; i < COUNT(forms); i++)
		if (is_word(word, forms[i].name)) {
			*bit = 1u << forms[i].form;
			return true;
		}
	return false;
}

static bool oddity_bit(struct span word, uint32_t *bit)
{
	static const char *const oddities[] = {
		[ODDITY_NEGATIVE_LENGTH] = "negative-path-length",
		[ODDITY_POLICIES_BY_NAME] = "policies-by-identifier",
		[ODDITY_POINT_WITHOUT_NAME] = "crl-point-without-name",
		[ODDITY_NO_USAGE] = "key-usage-of-none",
		[ODDITY_HALF_AUTHORITY] = "half-authority",
		[ODDITY_EMPTY_NAME] = "empty-name",
		[ODDITY_NOT_ASCII] = "name-not-ascii",
		[ODDITY_ADDRESS] = "odd-address",
		[ODDITY_URI] = "odd-uri-host",
		[ODDITY_NAMES_UNCRITICAL] = "uncritical-names-without-subject",
		[ODDITY_NO_PURPOSE] = "purposes-of-none",
	};

	for (size_t i = 0; i < COUNT(oddities); i++)
		if (is_word(word, oddities[i])) {
			*bit = 1u << i;
			return true;
		}
	return false;
}

/* Words with one space between. */
static bool set_list(uint32_t *to, const char *value,
		     bool (*bit_of)(struct span word, uint32_t *bit))
{
	uint32_t bits = 0, bit;

	for (const char *at = value; *at; at += *at == ' ') {
		size_t n = strcspn(at, " ");

		if (!bit_of(span_of(at, n), &bit))
			return false;
		bits |= bit;
		at += n;
	}
	*to = bits;
	return bits;
}

static bool set_value(uint32_t *to, const struct rule_kind *kind, const char *value)
{
	switch (kind->kind) {
	case KIND_WORD:
		return set_word(to, kind, value);
	case KIND_NUMBER:
		return set_number(to, value);
	case KIND_EXTENSIONS:
		return set_list(to, value, extension_bit);
	case KIND_FORMS:
		return set_list(to, value, form_bit);
	case KIND_ODDITIES:
		return set_list(to, value, oddity_bit);
	}
	return false;
}

bool client_set(struct client_rules *client, const char *rule, const char *value,
		const char **why)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i].name, rule) != 0)
			continue;
		*why = _("the rule has no such value");
		return set_value(&client->value[i], &kinds[i], value);
	}
	*why = _("there is no client rule of that name");
	return false;
}
