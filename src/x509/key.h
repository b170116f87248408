/* Public keys and signature algorithms as a certificate names them (RFC 3279, 4055, 5480,
 * 8410, 9881). */
#pragma once

#include "x509/cert.h"

enum key_type {
	KEY_RSA,
	KEY_RSA_PSS,
	KEY_EC,
	KEY_ED25519,
	KEY_ED448,
	KEY_DSA,
	KEY_DH,
	KEY_POST_QUANTUM,
	KEY_UNKNOWN,
};
struct key_info {
	enum key_type type;
	uint32_t bits; /* RSA modulus, curve order, DSA p; 0 where unknown */
	const char
		*curve; /* "secp256r1" ...; NULL where it is no curve or an unknown one */
	struct span oid; /* of the algorithm, content octets */
	/*
	 * Anybody can make signatures that it takes: an RSA exponent under 3 or even (RFC
	 * 8017 3.1), an Ed25519 point of small order (RFC 8032 5.1).
	 */
	bool open;
};
/* Never fails: what does not parse is KEY_UNKNOWN with bits 0. */
struct key_info cert_key(const struct cert *cert);
/*
 * Certificates of one key have one hash (hash_keyed), whatever its encoding: RSA under
 * either identifier and with whatever parameters, a curve point with or without its other
 * coordinate. What does not parse is known by its bytes.
 */
uint64_t cert_key_hash(const struct cert *cert);
/* "rsa", "rsa-pss", "ec", "ed25519", "ed448", "dsa", "dh", "ml-dsa-65" ...; "unknown"
 * with the OID elsewhere. */
const char *key_type_name(const struct key_info *key);
/* Whether name is one of these, or that of a curve; case does not matter. */
bool key_type_known(const char *name);

enum hash_kind {
	HASH_UNKNOWN,
	HASH_MD2,
	HASH_MD4,
	HASH_MD5,
	HASH_SHA1,
	HASH_SHA224,
	HASH_SHA256,
	HASH_SHA384,
	HASH_SHA512,
	HASH_SHA3_256,
	HASH_SHA3_384,
	HASH_SHA3_512,
	HASH_INTRINSIC
};
struct signature_info {
	enum key_type type;  /* KEY_RSA, KEY_RSA_PSS, KEY_EC ... of the key that must have
				made it */
	enum hash_kind hash; /* HASH_INTRINSIC: the algorithm has its own (Ed25519) */
	enum hash_kind mgf_hash; /* RSA-PSS */
	uint32_t salt;           /* RSA-PSS */
	const char *name;        /* "sha256WithRSAEncryption" ...; "unknown" */
	bool parameters_bad;     /* present where they must be absent, and the like */
};
/* Of the AlgorithmIdentifier TLV given (outer_algorithm is what the signature is checked
 * by). */
struct signature_info signature_info(struct span algorithm);
