/* The algorithms of PKCS#12 in one table each. Internal to pbe.c and pbe_read.c. */
#pragma once

#include "format/pbe.h"

#include <nettle/nettle-meta.h>
#include <nettle/sha2.h>

/* Of any hash and cipher of the tables. */
#define HASH_BLOCK_MOST   SHA512_BLOCK_SIZE
#define HASH_DIGEST_MOST  SHA512_DIGEST_SIZE
#define CIPHER_BLOCK_MOST 16

struct pbe_hash {
	struct span oid, hmac_oid; /* content octets */
	const struct nettle_hash *hash;
};
/* CBC decryption; iv is used up. */
typedef void pbe_decipher(struct span key, uint8_t *iv, size_t n, uint8_t *to,
			  const uint8_t *from);
struct pbe_cipher {
	struct span oid;
	enum pbe_kdf kdf;
	size_t key_size, block_size;
	pbe_decipher *decipher;
};

const struct pbe_hash *pbe_hash_of(const struct nettle_hash *hash);
