/*
 * What passwords do in PKCS#12 (RFC 7292): keys derived from them by its appendix B or by
 * PBKDF2 (RFC 8018), contents encrypted, and an authentication code over the whole.
 */
#pragma once

#include "base/secret.h"
#include "x509/der.h"

/*
 * Rounds of one derivation, and of all of one file, that are worth waiting for. Programs
 * write 2,000 to 600,000; each round costs up to a microsecond.
 */
#define PBE_ROUNDS_MOST 2000000
#define PBE_WORK_MOST   10000000

#define PBE_KEY_MOST 64

/* A password in the two forms that derivations take. */
struct pbe_password {
	struct span utf8;
	struct span utf16; /* with two octets of zero behind it, or nothing at all */
};

enum pbe_kdf {
	KDF_PKCS12,
	KDF_PBKDF2
};
struct pbe_hash;
struct pbe_cipher;
/* An algorithm with its parameters, borrowed from the DER. */
struct pbe {
	enum pbe_kdf kdf;
	const struct pbe_hash *hash;     /* of the derivation */
	const struct pbe_hash *mac;      /* of an authentication code, else NULL */
	const struct pbe_cipher *cipher; /* of an encryption, else NULL */
	struct span salt, iv;            /* iv: n 0 where it is derived as well */
	int32_t rounds;
	size_t key_size;
};

/* Keys of contents that share salt, rounds and password are derived once. */
struct pbe_work {
	uint64_t left;   /* rounds that may still be spent: PBE_WORK_MOST at first */
	struct pbe last; /* what key was derived for, from password */
	struct secret password, key;
};
void pbe_work_clear(struct pbe_work *work);

/*
 * Reads the AlgorithmIdentifier of an encryption that comes next; and what a MacData
 * holds, with the code of which it tells. STATUS_INPUT; an algorithm that is not known is
 * named.
 */
MUST_CHECK bool pbe_read(struct pbe *pbe, struct der *in, struct error *err);
MUST_CHECK bool pbe_read_mac(struct pbe *pbe, struct der *in, struct span *code,
			     struct error *err);

/*
 * Decrypts to `to`, which has room for cipher.n octets. *n: without the padding; 0 where
 * the padding is wrong, as with a wrong password. False: the work is not worth it, or the
 * input impossible.
 */
MUST_CHECK bool pbe_decrypt(const struct pbe *pbe, struct pbe_work *work,
			    const struct pbe_password *password, struct span cipher,
			    uint8_t *to, size_t *n, struct error *err);
/* Whether code is that of the bytes. False: as above. */
MUST_CHECK bool pbe_check_mac(const struct pbe *pbe, struct pbe_work *work,
			      const struct pbe_password *password, struct span bytes,
			      struct span code, bool *good, struct error *err);

/*
 * As Java writes: AES-256 and HMAC, each with a key by SHA-256 and this many rounds.
 * Appends the AlgorithmIdentifier and the encrypted bytes in an [0], as they stand in an
 * EncryptedContentInfo; and a MacData over bytes. Nothing in it is random: what is
 * written is public, and the same store shall give the same bytes. Contents with the same
 * salt share a key.
 */
#define PBE_ROUNDS_WRITTEN 10000
#define PBE_SALT_WRITTEN   20
void pbe_encrypt(struct buf *out, struct pbe_work *work,
		 const struct pbe_password *password, struct span salt,
		 struct span bytes);
void pbe_add_mac(struct buf *out, const struct pbe_password *password, struct span salt,
		 struct span bytes);
