/* What a certificate may be used for: its extended key usage, and a leaf's key usage. */
#include "chain/checks.h"

/* 2.16.840.1.113730.4.1, 1.3.6.1.4.1.311.10.3.3 */
#define OID_SERVER_GATED_CRYPTO SPAN("\x60\x86\x48\x01\x86\xf8\x42\x04\x01")
#define OID_MS_GATED_CRYPTO     SPAN("\x2b\x06\x01\x04\x01\x82\x37\x0a\x03\x03")

static bool takes_any_purpose(const struct judge *judge)
{
	uint32_t rule = client_value(judge->rules->client, CLIENT_ANY_PURPOSE);

	return rule == ANY_IS_EVERY ||
	       (rule == ANY_IS_NONE_IN_AUTHORITY && judge->n == 1);
}

static bool allows_purpose(const struct judge *judge)
{
	const struct extended_key_usage *said = &judged_facts(judge)->purposes;
	enum purpose purpose = judge->rules->purpose;

	return !said->present || purpose == PURPOSE_ANY ||
	       said->purposes >> purpose & 1 || (said->any && takes_any_purpose(judge));
}

/* Netscape's or Microsoft's server gated crypto, which old authorities have for
 * serverAuth. */
static bool allows_gated(const struct judge *judge)
{
	struct span rest = cert_extended_key_usage_oids(&judged(judge)->cert), oid;
	uint32_t rule = client_value(judge->rules->client, CLIENT_SERVER_GATED);

	if (judge->rules->purpose != PURPOSE_SERVER_AUTH || rule == GATED_IS_NONE ||
	    (rule == GATED_IS_SERVER_IN_AUTHORITY && judge->n == 1))
		return false;
	while (extended_key_usage_next(&rest, &oid))
		if (span_eq(oid, OID_SERVER_GATED_CRYPTO) ||
		    span_eq(oid, OID_MS_GATED_CRYPTO))
			return true;
	return false;
}

void judge_purpose(struct judge *judge)
{
	if (!allows_purpose(judge) && !allows_gated(judge))
		reason_what(
			judge_refuse(judge, FINDING_WRONG_PURPOSE, "RFC 5280 4.2.1.12"),
			span_str(purpose_name(judge->rules->purpose)));
}

#define USAGE_OF_SERVERS                                            \
	(KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT | \
	 KEY_USAGE_KEY_AGREEMENT)

/*
 * TLS signs, or decrypts or agrees on a key, with the leaf's key (RFC 5280 4.2.1.12,
 * server-auth). An authority in the leaf's place has the usage of an authority; its key
 * is asked for no handshake by the rules of RFC 5280 6.1.
 */
void judge_leaf_usage(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);
	uint32_t rule = client_value(judge->rules->client, CLIENT_LEAF_USAGE);
	uint16_t wanted = USAGE_OF_SERVERS;

	if (rule == USAGE_IGNORED || judge->rules->purpose != PURPOSE_SERVER_AUTH ||
	    !facts->has_usage)
		return;
	if (facts->basic.ca && facts->usage & KEY_USAGE_CERT_SIGN &&
	    rule == USAGE_OF_A_SERVER)
		return;
	/* Without digitalSignature only RSA has a key exchange left that Java takes. */
	if (rule == USAGE_BY_KEY)
		wanted = facts->key.type == KEY_RSA ? KEY_USAGE_DIGITAL_SIGNATURE |
							      KEY_USAGE_KEY_ENCIPHERMENT
						    : KEY_USAGE_DIGITAL_SIGNATURE;
	if (!(facts->usage & wanted))
		reason_what(
			judge_refuse(judge, FINDING_WRONG_PURPOSE, "RFC 5280 4.2.1.3"),
			span_str("keyUsage"));
}
