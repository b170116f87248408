/*
 * What passwords do in PKCS#12: derivation of keys, and what is done with them. The
 * cryptography is nettle's.
 */
#include "format/pbe_parts.h"

#include "base/i18n.h"
#include "base/sha256.h"

#include <nettle/aes.h>
#include <nettle/cbc.h>
#include <nettle/hmac.h>
#include <nettle/memops.h>
#include <nettle/pbkdf2.h>

/* ---- HMAC with any hash ---- */

struct hmac {
	const struct nettle_hash *hash;
	/* A context of any hash of the table. */
	union {
		struct sha1_ctx sha1;
		struct sha256_ctx sha256;
		struct sha512_ctx sha512;
	} outer, inner, state;
};

static void hmac_start(struct hmac *hmac, const struct nettle_hash *hash, struct span key)
{
	hmac->hash = hash;
	hmac_set_key(&hmac->outer, &hmac->inner, &hmac->state, hash, key.n, key.at);
}

static void hmac_add(void *ctx, size_t n, const uint8_t *bytes)
{
	struct hmac *hmac = ctx;

	hmac_update(&hmac->state, hmac->hash, n, bytes);
}

static void hmac_end(void *ctx, size_t n, uint8_t *to)
{
	struct hmac *hmac = ctx;

	hmac_digest(&hmac->outer, &hmac->inner, &hmac->state, hmac->hash, n, to);
}

/* ---- derivation ---- */

static void fill(uint8_t *to, size_t n, struct span with)
{
	for (size_t i = 0; i < n && with.n; i++)
		to[i] = with.at[i % with.n];
}

static size_t up_to_blocks(size_t n, size_t block)
{
	return (n + block - 1) / block * block;
}

/* I = (I + B + 1) mod 2^v, each of its blocks (RFC 7292 B.2, step 6C). */
static void add_to_blocks(uint8_t *blocks, size_t n, const uint8_t *b, size_t v)
{
	for (size_t at = 0; at < n; at += v) {
		unsigned carry = 1;

		for (size_t i = v; i-- > 0;) {
			carry += blocks[at + i] + b[i];
			blocks[at + i] = (uint8_t)carry;
			carry >>= 8;
		}
	}
}

/* The hash of the hash of ... of D || I (step 6A). */
static void hash_rounds(const struct nettle_hash *hash, uint8_t id, struct span blocks,
			int32_t rounds, uint8_t *to)
{
	uint8_t d[HASH_BLOCK_MOST];
	struct hmac plain; /* for the context alone */
	void *context = &plain.state;

	memset(d, id, hash->block_size);
	hash->init(context);
	hash->update(context, hash->block_size, d);
	hash->update(context, blocks.n, blocks.at);
	hash->digest(context, hash->digest_size, to);
	for (int32_t i = 1; i < rounds; i++) {
		hash->update(context, hash->digest_size, to);
		hash->digest(context, hash->digest_size, to);
	}
	wipe(&plain, sizeof(plain));
}

/* RFC 7292 appendix B.2; id says what the octets are for (B.3). */
static void derive_pkcs12(const struct nettle_hash *hash, uint8_t id,
			  struct span password, struct span salt, int32_t rounds,
			  uint8_t *to, size_t n)
{
	const size_t v = hash->block_size;
	const size_t of_salt = up_to_blocks(salt.n, v);
	AUTO(secret) blocks = { NULL, of_salt + up_to_blocks(password.n, v) };
	uint8_t a[HASH_DIGEST_MOST], b[HASH_BLOCK_MOST];

	blocks.at = mem_alloc(blocks.n + 1);
	fill(blocks.at, of_salt, salt);
	fill(blocks.at + of_salt, blocks.n - of_salt, password);
	while (n) {
		size_t part = n < hash->digest_size ? n : hash->digest_size;

		hash_rounds(hash, id, secret_span(&blocks), rounds, a);
		memcpy(to, a, part);
		to += part;
		n -= part;
		fill(b, v, span_of(a, hash->digest_size));
		add_to_blocks(blocks.at, blocks.n, b, v);
	}
	wipe(a, sizeof(a));
	wipe(b, sizeof(b));
}

/* RFC 8018 section 5.2. */
static void derive_pbkdf2(const struct nettle_hash *hash, struct span password,
			  struct span salt, int32_t rounds, uint8_t *to, size_t n)
{
	struct hmac hmac;

	hmac_start(&hmac, hash, password);
	pbkdf2(&hmac, hmac_add, hmac_end, hash->digest_size, (unsigned)rounds, salt.n,
	       salt.at, n, to);
	wipe(&hmac, sizeof(hmac));
}

/* What the octets are for, in appendix B.3. */
enum purpose_id {
	ID_KEY = 1,
	ID_IV = 2,
	ID_MAC = 3
};

/* Whether the rounds that n octets cost are still to be had; they are spent then. */
static bool spend(struct pbe_work *work, const struct pbe *pbe, size_t n,
		  struct error *err)
{
	const size_t size = pbe->hash->hash->digest_size;
	const uint64_t cost = (uint64_t)pbe->rounds * ((n + size - 1) / size);

	if (cost > work->left)
		return error_fail(err, STATUS_INPUT,
				  _("its keys cost more work than any password is "
				    "worth"));
	work->left -= cost;
	return true;
}

static bool same_as_last(const struct pbe_work *work, const struct pbe *pbe,
			 const struct pbe_password *password)
{
	return work->key.at && work->last.hash == pbe->hash &&
	       work->last.rounds == pbe->rounds && work->key.n == pbe->key_size &&
	       span_eq(work->last.salt, pbe->salt) &&
	       span_eq(secret_span(&work->password), password->utf8);
}

static bool derive_shared(const struct pbe *pbe, struct pbe_work *work,
			  const struct pbe_password *password, uint8_t *key,
			  struct error *err)
{
	if (!same_as_last(work, pbe, password)) {
		if (!spend(work, pbe, pbe->key_size, err))
			return false;
		derive_pbkdf2(pbe->hash->hash, password->utf8, pbe->salt, pbe->rounds,
			      key, pbe->key_size);
		work->last = *pbe;
		secret_set(&work->password, password->utf8);
		secret_set(&work->key, span_of(key, pbe->key_size));
	}
	memcpy(key, work->key.at, pbe->key_size);
	return true;
}

static bool derive(const struct pbe *pbe, struct pbe_work *work,
		   const struct pbe_password *password, enum purpose_id id, uint8_t *to,
		   size_t n, struct error *err)
{
	if (pbe->kdf == KDF_PBKDF2)
		return derive_shared(pbe, work, password, to, err);
	if (!spend(work, pbe, n, err))
		return false;
	derive_pkcs12(pbe->hash->hash, id, password->utf16, pbe->salt, pbe->rounds, to,
		      n);
	return true;
}

void pbe_work_clear(struct pbe_work *work)
{
	secret_clear(&work->password);
	secret_clear(&work->key);
	*work = (struct pbe_work){ .left = 0 };
}

/* ---- reading ---- */

/* How many octets come before the padding (RFC 8018 6.1.1); 0 where there is none. */
static size_t without_padding(const uint8_t *bytes, size_t n, size_t block)
{
	const uint8_t pad = bytes[n - 1];

	if (pad < 1 || pad > block)
		return 0;
	for (size_t i = n - pad; i < n; i++)
		if (bytes[i] != pad)
			return 0;
	return n - pad;
}

bool pbe_decrypt(const struct pbe *pbe, struct pbe_work *work,
		 const struct pbe_password *password, struct span cipher, uint8_t *to,
		 size_t *n, struct error *err)
{
	const size_t block = pbe->cipher->block_size;
	uint8_t key[PBE_KEY_MOST], iv[CIPHER_BLOCK_MOST];
	bool good;

	if (!cipher.n || cipher.n % block)
		return error_fail(err, STATUS_INPUT,
				  _("%zu encrypted bytes are no whole number of blocks"),
				  cipher.n);
	good = derive(pbe, work, password, ID_KEY, key, pbe->key_size, err);
	if (good && pbe->iv.n)
		memcpy(iv, pbe->iv.at, block);
	else
		good = good && derive(pbe, work, password, ID_IV, iv, block, err);
	if (good) {
		pbe->cipher->decipher(span_of(key, pbe->key_size), iv, cipher.n, to,
				      cipher.at);
		*n = without_padding(to, cipher.n, block);
	}
	wipe(key, sizeof(key));
	return good;
}

bool pbe_check_mac(const struct pbe *pbe, struct pbe_work *work,
		   const struct pbe_password *password, struct span bytes,
		   struct span code, bool *good, struct error *err)
{
	const struct nettle_hash *hash = pbe->mac->hash;
	uint8_t key[PBE_KEY_MOST], found[HASH_DIGEST_MOST];
	struct hmac hmac;

	if (!derive(pbe, work, password, ID_MAC, key, pbe->key_size, err))
		return false;
	hmac_start(&hmac, hash, span_of(key, pbe->key_size));
	hmac_add(&hmac, bytes.n, bytes.at);
	hmac_end(&hmac, hash->digest_size, found);
	wipe(key, sizeof(key));
	wipe(&hmac, sizeof(hmac));
	*good = code.n == hash->digest_size && memeql_sec(found, code.at, code.n);
	return true;
}

/* ---- writing ---- */

#define OID_PBES2       SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0d")
#define OID_PBKDF2      SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x05\x0c")
#define OID_HMAC_SHA256 SPAN("\x2a\x86\x48\x86\xf7\x0d\x02\x09")
#define OID_AES256_CBC  SPAN("\x60\x86\x48\x01\x65\x03\x04\x01\x2a")
#define OID_SHA256      SPAN("\x60\x86\x48\x01\x65\x03\x04\x02\x01")
/* PBE_ROUNDS_WRITTEN, and the size of the key, as INTEGERs have them. */
#define ROUNDS   SPAN("\x27\x10")
#define KEY_SIZE SPAN("\x20")

static void add_pbkdf2(struct buf *out, struct span salt)
{
	size_t algorithm = out->n, parameters, prf;

	der_add(out, DER_OID, OID_PBKDF2);
	parameters = out->n;
	der_add(out, DER_OCTET_STRING, salt);
	der_add(out, DER_INTEGER, ROUNDS);
	der_add(out, DER_INTEGER, KEY_SIZE);
	prf = out->n;
	der_add(out, DER_OID, OID_HMAC_SHA256);
	der_add(out, DER_NULL, SPAN(""));
	der_wrap(out, prf, DER_SEQUENCE);
	der_wrap(out, parameters, DER_SEQUENCE);
	der_wrap(out, algorithm, DER_SEQUENCE);
}

static void add_pbes2(struct buf *out, struct span salt, struct span iv)
{
	size_t algorithm = out->n, parameters, cipher;

	der_add(out, DER_OID, OID_PBES2);
	parameters = out->n;
	add_pbkdf2(out, salt);
	cipher = out->n;
	der_add(out, DER_OID, OID_AES256_CBC);
	der_add(out, DER_OCTET_STRING, iv);
	der_wrap(out, cipher, DER_SEQUENCE);
	der_wrap(out, parameters, DER_SEQUENCE);
	der_wrap(out, algorithm, DER_SEQUENCE);
}

/* With the padding, in place. */
static void encipher(struct buf *bytes, struct span key, uint8_t iv[AES_BLOCK_SIZE])
{
	const size_t pad = AES_BLOCK_SIZE - bytes->n % AES_BLOCK_SIZE;
	struct aes256_ctx aes;

	for (size_t i = 0; i < pad; i++)
		buf_add_byte(bytes, (uint8_t)pad);
	aes256_set_encrypt_key(&aes, key.at);
	cbc_encrypt(&aes, (nettle_cipher_func *)aes256_encrypt, AES_BLOCK_SIZE, iv,
		    bytes->n, bytes->at, bytes->at);
	wipe(&aes, sizeof(aes));
}

void pbe_encrypt(struct buf *out, struct pbe_work *work,
		 const struct pbe_password *password, struct span salt, struct span bytes)
{
	const struct pbe pbe = { .kdf = KDF_PBKDF2,
				 .hash = pbe_hash_of(&nettle_sha256),
				 .salt = salt,
				 .rounds = PBE_ROUNDS_WRITTEN,
				 .key_size = AES256_KEY_SIZE };
	/* No two contents of a key begin with the same vector, unless they are the same.
	 */
	const struct sha256 hash = sha256_of(bytes);
	uint8_t iv[AES_BLOCK_SIZE], key[AES256_KEY_SIZE];
	AUTO(error) never = ERROR_INIT;
	AUTO(buf) cipher = BUF_INIT;

	work->left = PBE_WORK_MOST;
	if (!derive_shared(&pbe, work, password, key, &never))
		return;
	memcpy(iv, hash.at, sizeof(iv));
	add_pbes2(out, salt, span_of(iv, sizeof(iv)));
	buf_add(&cipher, bytes);
	encipher(&cipher, span_of(key, sizeof(key)), iv);
	der_add(out, DER_CONTEXT(0), buf_span(&cipher));
	wipe(key, sizeof(key));
}

static void add_code(struct buf *out, struct span code)
{
	size_t info = out->n, algorithm;

	algorithm = out->n;
	der_add(out, DER_OID, OID_SHA256);
	der_add(out, DER_NULL, SPAN(""));
	der_wrap(out, algorithm, DER_SEQUENCE);
	der_add(out, DER_OCTET_STRING, code);
	der_wrap(out, info, DER_SEQUENCE);
}

void pbe_add_mac(struct buf *out, const struct pbe_password *password, struct span salt,
		 struct span bytes)
{
	const size_t begin = out->n;
	uint8_t key[SHA256_DIGEST_SIZE], code[SHA256_DIGEST_SIZE];
	struct hmac hmac;

	derive_pkcs12(&nettle_sha256, ID_MAC, password->utf16, salt, PBE_ROUNDS_WRITTEN,
		      key, sizeof(key));
	hmac_start(&hmac, &nettle_sha256, span_of(key, sizeof(key)));
	hmac_add(&hmac, bytes.n, bytes.at);
	hmac_end(&hmac, sizeof(code), code);
	wipe(key, sizeof(key));
	wipe(&hmac, sizeof(hmac));
	add_code(out, span_of(code, sizeof(code)));
	der_add(out, DER_OCTET_STRING, salt);
	der_add(out, DER_INTEGER, ROUNDS);
	der_wrap(out, begin, DER_SEQUENCE);
}
