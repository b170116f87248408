/*
 * Algorithms of PKCS#12 and their parameters: RFC 7292 appendix C, RFC 8018 appendix A,
 * RFC 9579 for PBMAC1.
 */
#include "format/pbe_parts.h"

#include "base/i18n.h"
#include "x509/der.h"
#include "x509/extension.h"

#include <nettle/aes.h>
#include <nettle/arctwo.h>
#include <nettle/cbc.h>
#include <nettle/des.h>

/* Longer ones are written by nobody. */
#define SALT_MOST 1024

#define PKCS5(arc)  SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x05" arc) /* 1.2.840.113549.1.5 */
#define PKCS12(arc) SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x0c\x01" arc) /* ...1.12.1 */
#define RSADSI(arc) SPAN("\x2a\x86\x48\x86\xf7\x0d" arc)             /* 1.2.840.113549 */
#define NIST(arc)   SPAN("\x60\x86\x48\x01\x65\x03\x04" arc) /* 2.16.840.1.101.3.4 */

#define PBKDF2 PKCS5("\x0c")
#define PBES2  PKCS5("\x0d")
#define PBMAC1 PKCS5("\x0e")

static const struct pbe_hash hashes[] = {
	{ SPAN("\x2b\x0e\x03\x02\x1a"), RSADSI("\x02\x07"), &nettle_sha1 },
	{ NIST("\x02\x01"), RSADSI("\x02\x09"), &nettle_sha256 },
	{ NIST("\x02\x02"), RSADSI("\x02\x0a"), &nettle_sha384 },
	{ NIST("\x02\x03"), RSADSI("\x02\x0b"), &nettle_sha512 },
	{ NIST("\x02\x04"), RSADSI("\x02\x08"), &nettle_sha224 },
};

const struct pbe_hash *pbe_hash_of(const struct nettle_hash *hash)
{
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].hash == hash)
			return &hashes[i];
	return NULL;
}

/* ---- ciphers ---- */

static void aes128(struct span key, uint8_t *iv, size_t n, uint8_t *to,
		   const uint8_t *from)
{
	struct aes128_ctx aes;

	aes128_set_decrypt_key(&aes, key.at);
	cbc_decrypt(&aes, (nettle_cipher_func *)aes128_decrypt, AES_BLOCK_SIZE, iv, n, to,
		    from);
	wipe(&aes, sizeof(aes));
}

static void aes192(struct span key, uint8_t *iv, size_t n, uint8_t *to,
		   const uint8_t *from)
{
	struct aes192_ctx aes;

	aes192_set_decrypt_key(&aes, key.at);
	cbc_decrypt(&aes, (nettle_cipher_func *)aes192_decrypt, AES_BLOCK_SIZE, iv, n, to,
		    from);
	wipe(&aes, sizeof(aes));
}

static void aes256(struct span key, uint8_t *iv, size_t n, uint8_t *to,
		   const uint8_t *from)
{
	struct aes256_ctx aes;

	aes256_set_decrypt_key(&aes, key.at);
	cbc_decrypt(&aes, (nettle_cipher_func *)aes256_decrypt, AES_BLOCK_SIZE, iv, n, to,
		    from);
	wipe(&aes, sizeof(aes));
}

/* Of two keys the first is the third as well. */
static void des3(struct span key, uint8_t *iv, size_t n, uint8_t *to, const uint8_t *from)
{
	struct des3_ctx des;
	uint8_t three[DES3_KEY_SIZE];

	memcpy(three, key.at, key.n);
	memcpy(three + key.n, key.at, DES3_KEY_SIZE - key.n);
	/* That a key is weak is nothing that a reader could change. */
	(void)des3_set_key(&des, three);
	cbc_decrypt(&des, (nettle_cipher_func *)des3_decrypt, DES_BLOCK_SIZE, iv, n, to,
		    from);
	wipe(three, sizeof(three));
	wipe(&des, sizeof(des));
}

static void rc2(struct span key, uint8_t *iv, size_t n, uint8_t *to, const uint8_t *from)
{
	struct arctwo_ctx rc2;

	arctwo_set_key_ekb(&rc2, key.n, key.at, (unsigned)key.n * 8);
	cbc_decrypt(&rc2, (nettle_cipher_func *)arctwo_decrypt, ARCTWO_BLOCK_SIZE, iv, n,
		    to, from);
	wipe(&rc2, sizeof(rc2));
}

static const struct pbe_cipher ciphers[] = {
	{ NIST("\x01\x02"), KDF_PBKDF2, 16, AES_BLOCK_SIZE, aes128 },
	{ NIST("\x01\x16"), KDF_PBKDF2, 24, AES_BLOCK_SIZE, aes192 },
	{ NIST("\x01\x2a"), KDF_PBKDF2, 32, AES_BLOCK_SIZE, aes256 },
	{ RSADSI("\x03\x07"), KDF_PBKDF2, 24, DES_BLOCK_SIZE, des3 },
	{ PKCS12("\x03"), KDF_PKCS12, 24, DES_BLOCK_SIZE, des3 },
	{ PKCS12("\x04"), KDF_PKCS12, 16, DES_BLOCK_SIZE, des3 },
	{ PKCS12("\x05"), KDF_PKCS12, 16, ARCTWO_BLOCK_SIZE, rc2 },
	{ PKCS12("\x06"), KDF_PKCS12, 5, ARCTWO_BLOCK_SIZE, rc2 },
};

/* ---- reading ---- */

static bool unknown(struct span oid, const char *what, struct error *err)
{
	AUTO(buf) text = BUF_INIT;

	oid_text(&text, oid);
	return error_fail(err, STATUS_INPUT, _("%s '%s' is not supported"), what,
			  buf_text(&text));
}

/* An AlgorithmIdentifier: its identifier, and a reader over what parameters it has. */
static bool read_algorithm(struct der *in, struct span *oid, struct der *parameters,
			   struct error *err)
{
	return der_enter(in, DER_SEQUENCE, parameters, err) &&
	       der_read(parameters, DER_OID, oid, err);
}

static bool read_hash(struct der *in, bool hmac, const struct pbe_hash **hash,
		      struct error *err)
{
	struct der parameters;
	struct span oid;

	if (!read_algorithm(in, &oid, &parameters, err))
		return false;
	for (size_t i = 0; i < COUNT(hashes); i++) {
		*hash = &hashes[i];
		if (span_eq(oid, hmac ? hashes[i].hmac_oid : hashes[i].oid))
			return true;
	}
	return unknown(oid, hmac ? _("the code") : _("the hash"), err);
}

static bool check_cost(const struct pbe *pbe, struct error *err)
{
	if (pbe->salt.n > SALT_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("a salt of %zu bytes, when %d are the most that "
				    "anybody writes"),
				  pbe->salt.n, SALT_MOST);
	return (pbe->rounds >= 1 && pbe->rounds <= PBE_ROUNDS_MOST) ||
	       error_fail(err, STATUS_INPUT,
			  _("%d rounds of its password, when 1 to %d are worth waiting "
			    "for"),
			  (int)pbe->rounds, PBE_ROUNDS_MOST);
}

static bool read_salt_and_rounds(struct pbe *pbe, struct der *in, struct error *err)
{
	return der_read(in, DER_OCTET_STRING, &pbe->salt, err) &&
	       der_read_number(in, DER_INTEGER, &pbe->rounds, err) &&
	       check_cost(pbe, err);
}

/* PBKDF2-params; a key length that is said replaces the cipher's. */
static bool read_pbkdf2(struct pbe *pbe, struct der *in, struct error *err)
{
	struct der function, parameters;
	struct span oid;
	int32_t size = 0;

	if (!read_algorithm(in, &oid, &function, err))
		return false;
	if (!span_eq(oid, PBKDF2))
		return unknown(oid, _("the derivation of keys"), err);
	pbe->kdf = KDF_PBKDF2;
	pbe->hash = pbe_hash_of(&nettle_sha1);
	if (!der_enter(&function, DER_SEQUENCE, &parameters, err) ||
	    !read_salt_and_rounds(pbe, &parameters, err))
		return false;
	if (der_next_is(&parameters, DER_INTEGER) &&
	    !der_read_number(&parameters, DER_INTEGER, &size, err))
		return false;
	pbe->key_size = (size_t)size;
	return !der_left(&parameters) || read_hash(&parameters, true, &pbe->hash, err);
}

static bool read_cipher(struct pbe *pbe, struct span oid, enum pbe_kdf kdf,
			struct error *err)
{
	for (size_t i = 0; i < COUNT(ciphers); i++) {
		pbe->cipher = &ciphers[i];
		if (span_eq(oid, ciphers[i].oid) && ciphers[i].kdf == kdf)
			return true;
	}
	return unknown(oid, _("the encryption"), err);
}

static bool fail_key_size(const struct pbe *pbe, struct error *err)
{
	return error_fail(err, STATUS_INPUT, _("a key of %zu bytes does not fit"),
			  pbe->key_size);
}

/* PBES2-params; the parameter of each cipher here is its initial vector. */
static bool read_pbes2(struct pbe *pbe, struct der *in, struct error *err)
{
	struct der parameters, scheme;
	struct span oid;

	if (!der_enter(in, DER_SEQUENCE, &parameters, err) ||
	    !read_pbkdf2(pbe, &parameters, err) ||
	    !read_algorithm(&parameters, &oid, &scheme, err) ||
	    !read_cipher(pbe, oid, KDF_PBKDF2, err) ||
	    !der_read(&scheme, DER_OCTET_STRING, &pbe->iv, err))
		return false;
	if (pbe->key_size && pbe->key_size != pbe->cipher->key_size)
		return fail_key_size(pbe, err);
	pbe->key_size = pbe->cipher->key_size;
	return pbe->iv.n == pbe->cipher->block_size ||
	       error_fail(err, STATUS_INPUT,
			  _("an initial vector of %zu bytes does not fit"), pbe->iv.n);
}

/* pkcs-12PbeParams: the hash is SHA-1 (RFC 7292 appendix C). */
static bool read_pkcs12_pbe(struct pbe *pbe, struct span oid, struct der *in,
			    struct error *err)
{
	struct der parameters;

	if (!read_cipher(pbe, oid, KDF_PKCS12, err) ||
	    !der_enter(in, DER_SEQUENCE, &parameters, err))
		return false;
	pbe->kdf = KDF_PKCS12;
	pbe->hash = pbe_hash_of(&nettle_sha1);
	pbe->key_size = pbe->cipher->key_size;
	return read_salt_and_rounds(pbe, &parameters, err);
}

bool pbe_read(struct pbe *pbe, struct der *in, struct error *err)
{
	struct pbe found = { .kdf = KDF_PBKDF2 };
	struct der parameters;
	struct span oid;
	bool good;

	if (!read_algorithm(in, &oid, &parameters, err))
		return false;
	good = span_eq(oid, PBES2) ? read_pbes2(&found, &parameters, err)
				   : read_pkcs12_pbe(&found, oid, &parameters, err);
	if (good)
		*pbe = found;
	return good;
}

/* RFC 9579: the code has its own salt and rounds, and a key length that must be said. */
static bool read_pbmac1(struct pbe *pbe, struct der *in, struct error *err)
{
	struct der parameters;

	if (!der_enter(in, DER_SEQUENCE, &parameters, err) ||
	    !read_pbkdf2(pbe, &parameters, err) ||
	    !read_hash(&parameters, true, &pbe->mac, err))
		return false;
	return (pbe->key_size >= 1 && pbe->key_size <= PBE_KEY_MOST) ||
	       fail_key_size(pbe, err);
}

/*
 * The older code: HMAC with the hash of the derivation, and a key of its size. Salt and
 * rounds stand behind it.
 */
static bool read_hmac(struct pbe *pbe, struct der *info, struct der *behind,
		      struct error *err)
{
	if (!read_hash(info, false, &pbe->hash, err) ||
	    !der_read(behind, DER_OCTET_STRING, &pbe->salt, err))
		return false;
	pbe->kdf = KDF_PKCS12;
	pbe->mac = pbe->hash;
	pbe->key_size = pbe->hash->hash->digest_size;
	pbe->rounds = 1; /* DEFAULT 1 */
	return (!der_left(behind) ||
		der_read_number(behind, DER_INTEGER, &pbe->rounds, err)) &&
	       check_cost(pbe, err);
}

bool pbe_read_mac(struct pbe *pbe, struct der *in, struct span *code, struct error *err)
{
	struct pbe found = { .kdf = KDF_PKCS12 };
	struct der info, again, parameters;
	struct span oid, digest;

	if (!der_enter(in, DER_SEQUENCE, &info, err))
		return false;
	again = info;
	if (!read_algorithm(&info, &oid, &parameters, err) ||
	    !der_read(&info, DER_OCTET_STRING, &digest, err))
		return false;
	if (!(span_eq(oid, PBMAC1) ? read_pbmac1(&found, &parameters, err)
				   : read_hmac(&found, &again, in, err)))
		return false;
	*pbe = found;
	*code = digest;
	return true;
}
