/* How strong keys and signatures must be. */
#include "chain/checks.h"

/* Weak keys and hashes are taken where the user asks for it and the client can be asked.
 */
static bool allows_weak(const struct path_rules *rules)
{
	return rules->allow_weak && !client_value(rules->client, CLIENT_STRENGTH_FIXED);
}

static uint32_t least(const struct judge *judge, enum client_rule rule,
		      uint32_t otherwise)
{
	uint32_t said = client_value(judge->rules->client, rule);

	return said ? said : otherwise;
}

/* Least sizes that clients take today (NIST SP 800-57 part 1: 112 bits of strength). */
static bool key_is_weak(const struct judge *judge, const struct key_info *key)
{
	uint32_t rsa = least(judge, CLIENT_LEAST_RSA, 2048);

	switch (key->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return key->bits < rsa;
	case KEY_EC:
		return key->curve && key->bits < least(judge, CLIENT_LEAST_EC, 224);
	case KEY_DSA:
		return rsa >= 2048 || key->bits < rsa;
	default:
		return false;
	}
}

static bool is_rsa(const struct key_info *key)
{
	return key->type == KEY_RSA || key->type == KEY_RSA_PSS;
}

/* What --allow-weak still refuses: sizes that anyone can break in an afternoon. */
static bool key_is_broken(const struct judge *judge, const struct key_info *key)
{
	return is_rsa(key) && key->bits < least(judge, CLIENT_LEAST_RSA, 512) &&
	       key->bits < 512;
}

static bool key_is_unknown(const struct judge *judge, const struct key_info *key)
{
	return (key->type == KEY_RSA_PSS && judge_drops(judge, CLIENT_RSA_PSS_KEYS)) ||
	       (key->type != KEY_RSA && key->type != KEY_RSA_PSS && key->type != KEY_EC &&
		judge_drops(judge, CLIENT_OTHER_KEYS));
}

void judge_key(struct judge *judge)
{
	const struct key_info *key = &judged_facts(judge)->key;
	struct reason *reason;

	if (key->open) {
		judge_refuse(judge, FINDING_WEAK_KEY, KEY_OPEN);
		return;
	}
	if (is_rsa(key) && !key->bits) {
		reason_what(judge_refuse(judge, FINDING_MALFORMED, "RFC 5280 4.1.2.7"),
			    span_str("subjectPublicKey"));
	} else if (key_is_broken(judge, key) ||
		   (!allows_weak(judge->rules) && key_is_weak(judge, key))) {
		reason = judge_refuse(judge, FINDING_WEAK_KEY, "NIST SP 800-57");
		reason->number = key->bits;
		reason_what(reason, span_str(key_type_name(key)));
	} else if (key_is_unknown(judge, key)) {
		reason_what(judge_refuse(judge, FINDING_UNSUPPORTED_ALGORITHM, "client"),
			    span_str(key_type_name(key)));
	}
}

static bool hash_is_weak(enum hash_kind hash)
{
	return hash == HASH_SHA1 || hash == HASH_MD5 || hash == HASH_MD4 ||
	       hash == HASH_MD2;
}

bool signature_is_weak(const struct signature_info *signature,
		       const struct path_rules *rules)
{
	if (!hash_is_weak(signature->hash))
		return false;
	if (signature->hash != HASH_SHA1)
		return true;
	return client_value(rules->client, CLIENT_SHA1) != RULE_DROPPED &&
	       !allows_weak(rules);
}

/* Only below the anchor: what signed an anchor does not matter (RFC 5280 6.1.1 (d)). */
void judge_signature_strength(struct judge *judge)
{
	const struct signature_info *signature = &judged_facts(judge)->signature;

	if (signature_is_weak(signature, judge->rules))
		reason_what(judge_refuse(judge, FINDING_WEAK_SIGNATURE, "RFC 6194"),
			    span_str(signature->name));
}
