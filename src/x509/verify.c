/*
 * Signatures (RFC 5280 6.1.3 (a)(1)). GnuTLS's public-key route does the work; what it
 * lacks (brainpool and secp256k1 curves, hashes that its configuration forbids) goes to
 * libgcrypt. Both are loaded when the first signature for them comes. No policy: weak
 * algorithms verify, and the path rules refuse them.
 *
 * The order: the algorithm fits the key; the key is of a size that can be checked in
 * bounded time; GnuTLS; libgcrypt. Good and bad are said by a library that did the
 * arithmetic, everything else is unsupported.
 */
#include "x509/verify.h"

#include "base/library.h"
#include "base/memory.h"
#include "x509/der.h"
#include "x509/gnutls.h"

#include <pthread.h>

/*
 * What a verification may cost. Nobody uses RSA over 16,384 bits, and a public exponent
 * of more than 64 bits makes a check as dear as a signature: both are ways to make a
 * verifier work, so neither is done.
 */
#define RSA_BITS_MOST     16384
#define RSA_EXPONENT_MOST 8
#define DSA_BITS_MOST     8192

struct issuer_key {
	struct key_info info;
	struct span
		spki; /* own memory: whoever made the certificate may go before the key */
	const struct gnutls_calls *gnutls; /* NULL: it is not to be had */
	gnutls_pubkey_t pub;
	bool imported;
};

static bool import_key(const struct gnutls_calls *gnutls, gnutls_pubkey_t *pub,
		       struct span spki)
{
	gnutls_datum_t der = { (unsigned char *)spki.at, (unsigned)spki.n };

	if (gnutls->pubkey_init(pub) < 0) {
		*pub = NULL;
		return false;
	}
	return gnutls->pubkey_import(*pub, &der, GNUTLS_X509_FMT_DER) >= 0;
}

struct issuer_key *issuer_key_new(const struct cert *issuer)
{
	struct issuer_key *key = mem_zalloc(sizeof(*key));
	struct span spki = cert_part(issuer, issuer->spki);

	key->info = cert_key(issuer);
	key->spki = span_of(mem_copy(spki), spki.n);
	/* The OID is borrowed from the certificate, and nothing here asks for it. */
	key->info.oid = span_of(NULL, 0);
	key->gnutls = gnutls_loaded();
	key->imported = key->gnutls && import_key(key->gnutls, &key->pub, key->spki);
	return key;
}

void issuer_key_free(struct issuer_key *key)
{
	if (!key)
		return;
	if (key->pub)
		key->gnutls->pubkey_deinit(key->pub);
	mem_free((void *)key->spki.at);
	mem_free(key);
}

/* Content of the BIT STRING of a subjectPublicKeyInfo, without its count of unused bits.
 */
static bool spki_bits(struct span spki, struct span *bits)
{
	struct span inside, algorithm;

	if (!der_content(spki, DER_SEQUENCE, &inside) ||
	    !der_take_tag(&inside, DER_SEQUENCE, &algorithm) ||
	    !der_take_tag(&inside, DER_BIT_STRING, bits) || bits->n < 2 ||
	    bits->at[0] != 0)
		return false;
	*bits = span_from(*bits, 1);
	return true;
}

/* Modulus and exponent of an RSA key as they stand (two's complement, leading zero kept).
 */
static bool rsa_numbers(struct span spki, struct span *modulus, struct span *exponent)
{
	struct span bits, inside;

	return spki_bits(spki, &bits) && der_content(bits, DER_SEQUENCE, &inside) &&
	       der_take_tag(&inside, DER_INTEGER, modulus) &&
	       der_take_tag(&inside, DER_INTEGER, exponent);
}

static bool is_rsa(enum key_type type)
{
	return type == KEY_RSA || type == KEY_RSA_PSS;
}

/* Whether one check with this key ends in bounded time. */
static bool size_is_bounded(const struct issuer_key *key)
{
	struct span modulus, exponent;

	if (key->info.type == KEY_DSA)
		return key->info.bits <= DSA_BITS_MOST;
	if (!is_rsa(key->info.type))
		return true;
	return rsa_numbers(key->spki, &modulus, &exponent) &&
	       key->info.bits <= RSA_BITS_MOST &&
	       der_unsigned(exponent).n <= RSA_EXPONENT_MOST;
}

/* The AlgorithmIdentifier of a subjectPublicKeyInfo, whole, and whether it has
 * parameters. */
static bool spki_algorithm(struct span spki, struct span *whole, bool *parameters)
{
	struct span inside, content, oid;

	if (!der_content(spki, DER_SEQUENCE, &inside))
		return false;
	*whole = inside;
	if (!der_take_tag(&inside, DER_SEQUENCE, &content))
		return false;
	whole->n -= inside.n;
	if (!der_take_tag(&content, DER_OID, &oid))
		return false;
	*parameters = content.n;
	return true;
}

/* A key may say which hash and least salt it is for (RFC 4055 3.3); one that says nothing
 * is for any. */
static bool pss_key_allows(const struct issuer_key *key,
			   const struct signature_info *algorithm)
{
	struct signature_info bound;
	struct span whole;
	bool parameters;

	if (!spki_algorithm(key->spki, &whole, &parameters))
		return false;
	if (!parameters)
		return true;
	bound = signature_info(whole);
	return !bound.parameters_bad && bound.hash == algorithm->hash &&
	       bound.mgf_hash == algorithm->mgf_hash && bound.salt <= algorithm->salt;
}

/* RSASSA-PSS is made by keys of either RSA kind (RFC 4055 1.2), all else by its own kind
 * alone. */
static bool fits(const struct issuer_key *key, const struct signature_info *algorithm)
{
	if (algorithm->type == KEY_RSA_PSS && key->info.type == KEY_RSA_PSS)
		return pss_key_allows(key, algorithm);
	if (algorithm->type == KEY_RSA_PSS)
		return key->info.type == KEY_RSA;
	return algorithm->type == key->info.type;
}

/* The algorithm in GnuTLS's words; UNKNOWN where it has none. */
static gnutls_sign_algorithm_t gnutls_name(const struct signature_info *algorithm)
{
	static const struct {
		enum key_type type;
		enum hash_kind hash;
		gnutls_sign_algorithm_t name;
	} names[] = {
		{ KEY_RSA, HASH_MD2, GNUTLS_SIGN_RSA_MD2 },
		{ KEY_RSA, HASH_MD5, GNUTLS_SIGN_RSA_MD5 },
		{ KEY_RSA, HASH_SHA1, GNUTLS_SIGN_RSA_SHA1 },
		{ KEY_RSA, HASH_SHA224, GNUTLS_SIGN_RSA_SHA224 },
		{ KEY_RSA, HASH_SHA256, GNUTLS_SIGN_RSA_SHA256 },
		{ KEY_RSA, HASH_SHA384, GNUTLS_SIGN_RSA_SHA384 },
		{ KEY_RSA, HASH_SHA512, GNUTLS_SIGN_RSA_SHA512 },
		{ KEY_RSA, HASH_SHA3_256, GNUTLS_SIGN_RSA_SHA3_256 },
		{ KEY_RSA, HASH_SHA3_384, GNUTLS_SIGN_RSA_SHA3_384 },
		{ KEY_RSA, HASH_SHA3_512, GNUTLS_SIGN_RSA_SHA3_512 },
		{ KEY_RSA_PSS, HASH_SHA256, GNUTLS_SIGN_RSA_PSS_SHA256 },
		{ KEY_RSA_PSS, HASH_SHA384, GNUTLS_SIGN_RSA_PSS_SHA384 },
		{ KEY_RSA_PSS, HASH_SHA512, GNUTLS_SIGN_RSA_PSS_SHA512 },
		{ KEY_EC, HASH_SHA1, GNUTLS_SIGN_ECDSA_SHA1 },
		{ KEY_EC, HASH_SHA224, GNUTLS_SIGN_ECDSA_SHA224 },
		{ KEY_EC, HASH_SHA256, GNUTLS_SIGN_ECDSA_SHA256 },
		{ KEY_EC, HASH_SHA384, GNUTLS_SIGN_ECDSA_SHA384 },
		{ KEY_EC, HASH_SHA512, GNUTLS_SIGN_ECDSA_SHA512 },
		{ KEY_EC, HASH_SHA3_256, GNUTLS_SIGN_ECDSA_SHA3_256 },
		{ KEY_EC, HASH_SHA3_384, GNUTLS_SIGN_ECDSA_SHA3_384 },
		{ KEY_EC, HASH_SHA3_512, GNUTLS_SIGN_ECDSA_SHA3_512 },
		{ KEY_DSA, HASH_SHA1, GNUTLS_SIGN_DSA_SHA1 },
		{ KEY_DSA, HASH_SHA224, GNUTLS_SIGN_DSA_SHA224 },
		{ KEY_DSA, HASH_SHA256, GNUTLS_SIGN_DSA_SHA256 },
		{ KEY_DSA, HASH_SHA384, GNUTLS_SIGN_DSA_SHA384 },
		{ KEY_DSA, HASH_SHA512, GNUTLS_SIGN_DSA_SHA512 },
		{ KEY_ED25519, HASH_INTRINSIC, GNUTLS_SIGN_EDDSA_ED25519 },
		{ KEY_ED448, HASH_INTRINSIC, GNUTLS_SIGN_EDDSA_ED448 },
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (names[i].type == algorithm->type && names[i].hash == algorithm->hash)
			return names[i].name;
	return GNUTLS_SIGN_UNKNOWN;
}

static gnutls_digest_algorithm_t gnutls_hash(enum hash_kind hash)
{
	switch (hash) {
	case HASH_SHA256:
		return GNUTLS_DIG_SHA256;
	case HASH_SHA384:
		return GNUTLS_DIG_SHA384;
	case HASH_SHA512:
		return GNUTLS_DIG_SHA512;
	default:
		return GNUTLS_DIG_UNKNOWN;
	}
}

/* What GnuTLS says: it did the arithmetic, or it cannot. */
static enum signature_verdict gnutls_verdict(int ret)
{
	if (ret >= 0)
		return SIGNATURE_GOOD;
	switch (ret) {
	case GNUTLS_E_UNSUPPORTED_SIGNATURE_ALGORITHM:
	case GNUTLS_E_UNIMPLEMENTED_FEATURE:
	case GNUTLS_E_UNKNOWN_PK_ALGORITHM:
	case GNUTLS_E_UNKNOWN_HASH_ALGORITHM:
	case GNUTLS_E_UNKNOWN_ALGORITHM:
	case GNUTLS_E_ECC_UNSUPPORTED_CURVE:
	case GNUTLS_E_INSUFFICIENT_SECURITY:
	case GNUTLS_E_INVALID_REQUEST:
	case GNUTLS_E_INTERNAL_ERROR:
		return SIGNATURE_UNSUPPORTED;
	default:
		return SIGNATURE_BAD;
	}
}

static enum signature_verdict gnutls_check(const struct gnutls_calls *gnutls,
					   gnutls_pubkey_t pub,
					   gnutls_sign_algorithm_t name,
					   struct span signed_bytes,
					   struct span signature)
{
	gnutls_datum_t data = { (unsigned char *)signed_bytes.at,
				(unsigned)signed_bytes.n };
	gnutls_datum_t made = { (unsigned char *)signature.at, (unsigned)signature.n };

	return gnutls_verdict(gnutls->pubkey_verify_data2(
		pub, name,
		GNUTLS_VERIFY_ALLOW_BROKEN | GNUTLS_VERIFY_ALLOW_SIGN_WITH_SHA1, &data,
		&made));
}

/* The salt's length is a property of the key object, so each check has one of its own:
 * threads share ours. */
static enum signature_verdict gnutls_check_pss(const struct issuer_key *key,
					       const struct signature_info *algorithm,
					       gnutls_sign_algorithm_t name,
					       struct span signed_bytes,
					       struct span signature)
{
	enum signature_verdict verdict = SIGNATURE_UNSUPPORTED;
	const struct gnutls_calls *gnutls = key->gnutls;
	gnutls_x509_spki_t spki = NULL;
	gnutls_pubkey_t pub = NULL;

	if (algorithm->mgf_hash != algorithm->hash || gnutls->x509_spki_init(&spki) < 0)
		return SIGNATURE_UNSUPPORTED;
	gnutls->x509_spki_set_rsa_pss_params(spki, gnutls_hash(algorithm->hash),
					     algorithm->salt);
	if (import_key(gnutls, &pub, key->spki) &&
	    gnutls->pubkey_set_spki(pub, spki, 0) >= 0)
		verdict = gnutls_check(gnutls, pub, name, signed_bytes, signature);
	if (pub)
		gnutls->pubkey_deinit(pub);
	gnutls->x509_spki_deinit(spki);
	return verdict;
}

static enum signature_verdict by_gnutls(const struct issuer_key *key,
					const struct signature_info *algorithm,
					struct span signed_bytes, struct span signature)
{
	gnutls_sign_algorithm_t name = gnutls_name(algorithm);

	if (!key->imported || name == GNUTLS_SIGN_UNKNOWN)
		return SIGNATURE_UNSUPPORTED;
	if (algorithm->type == KEY_RSA_PSS)
		return gnutls_check_pss(key, algorithm, name, signed_bytes, signature);
	return gnutls_check(key->gnutls, key->pub, name, signed_bytes, signature);
}

/* What is used of libgcrypt (its ABI 20), by name: the program does not link it. */
struct gcrypt {
	const char *(*check_version)(const char *least);
	unsigned (*control)(int command, ...);
	unsigned (*sexp_build)(void **out, size_t *erroff, const char *format, ...);
	void (*sexp_release)(void *sexp);
	unsigned (*pk_verify)(void *signature, void *data, void *key);
	void (*md_hash_buffer)(int algorithm, void *digest, const void *bytes, size_t n);
	bool ready;
};
#define GCRYPT_DISABLE_SECMEM          37
#define GCRYPT_INITIALIZATION_FINISHED 38
#define GCRYPT_CODE(error)             ((error)&0xffff)
#define GCRYPT_BAD_SIGNATURE           8

/* One library a process: loaded once and kept, like any library that the program links.
 */
static struct gcrypt gcrypt;
static pthread_once_t gcrypt_once = PTHREAD_ONCE_INIT;

static void gcrypt_load(void)
{
	const struct library_call calls[] = {
		{ "gcry_check_version", &gcrypt.check_version },
		{ "gcry_control", &gcrypt.control },
		{ "gcry_sexp_build", &gcrypt.sexp_build },
		{ "gcry_sexp_release", &gcrypt.sexp_release },
		{ "gcry_pk_verify", &gcrypt.pk_verify },
		{ "gcry_md_hash_buffer", &gcrypt.md_hash_buffer },
	};
	AUTO_FREE char *problem = library_load("libgcrypt.so.20", calls, COUNT(calls));

	if (problem)
		return;
	if (!gcrypt.check_version("1.8.0"))
		return;
	/* Only public keys pass here: locked memory would be set up for nothing. */
	gcrypt.control(GCRYPT_DISABLE_SECMEM, 0);
	gcrypt.control(GCRYPT_INITIALIZATION_FINISHED, 0);
	gcrypt.ready = true;
}

/* A hash in libgcrypt's words, and how long its digest is. */
struct gcrypt_hash {
	enum hash_kind hash;
	int id;
	const char *name;
	size_t n;
};

static const struct gcrypt_hash *gcrypt_hash(enum hash_kind hash)
{
	static const struct gcrypt_hash hashes[] = {
		{ HASH_MD5, 1, "md5", 16 },        { HASH_SHA1, 2, "sha1", 20 },
		{ HASH_SHA224, 11, "sha224", 28 }, { HASH_SHA256, 8, "sha256", 32 },
		{ HASH_SHA384, 9, "sha384", 48 },  { HASH_SHA512, 10, "sha512", 64 },
	};

	for (size_t i = 0; i < COUNT(hashes); i++)
		if (hashes[i].hash == hash)
			return &hashes[i];
	return NULL;
}

/* Key, data and signature as S-expressions; whichever cannot be made is NULL. */
struct gcrypt_job {
	void *key, *data, *signature;
};

static enum signature_verdict gcrypt_run(struct gcrypt_job *job)
{
	enum signature_verdict verdict = SIGNATURE_UNSUPPORTED;

	if (job->key && job->data && job->signature) {
		unsigned code = GCRYPT_CODE(
			gcrypt.pk_verify(job->signature, job->data, job->key));

		if (!code)
			verdict = SIGNATURE_GOOD;
		else if (code == GCRYPT_BAD_SIGNATURE)
			verdict = SIGNATURE_BAD;
	}
	gcrypt.sexp_release(job->key);
	gcrypt.sexp_release(job->data);
	gcrypt.sexp_release(job->signature);
	return verdict;
}

/* Ecdsa-Sig-Value (RFC 3279 2.2.3): two positive integers, nothing after them. */
static bool ecdsa_numbers(struct span signature, struct span *r, struct span *s)
{
	struct span inside;

	return der_content(signature, DER_SEQUENCE, &inside) &&
	       der_take_tag(&inside, DER_INTEGER, r) &&
	       der_take_tag(&inside, DER_INTEGER, s) && !inside.n && r->n && s->n &&
	       !(r->at[0] & 0x80) && !(s->at[0] & 0x80) && r->n <= 128 && s->n <= 128;
}

static const char *gcrypt_curve(const char *curve)
{
	static const char *const names[][2] = {
		{ "secp192r1", "NIST P-192" },
		{ "secp224r1", "NIST P-224" },
		{ "secp256r1", "NIST P-256" },
		{ "secp384r1", "NIST P-384" },
		{ "secp521r1", "NIST P-521" },
		{ "secp256k1", "secp256k1" },
		{ "brainpoolP160r1", "brainpoolP160r1" },
		{ "brainpoolP192r1", "brainpoolP192r1" },
		{ "brainpoolP224r1", "brainpoolP224r1" },
		{ "brainpoolP256r1", "brainpoolP256r1" },
		{ "brainpoolP320r1", "brainpoolP320r1" },
		{ "brainpoolP384r1", "brainpoolP384r1" },
		{ "brainpoolP512r1", "brainpoolP512r1" },
	};

	for (size_t i = 0; curve && i < COUNT(names); i++)
		if (!strcmp(names[i][0], curve))
			return names[i][1];
	return NULL;
}

static enum signature_verdict gcrypt_ecdsa(const struct issuer_key *key,
					   struct span digest, struct span signature)
{
	const char *curve = gcrypt_curve(key->info.curve);
	struct gcrypt_job job = { NULL, NULL, NULL };
	struct span point, r, s;

	if (!curve)
		return SIGNATURE_UNSUPPORTED;
	if (!spki_bits(key->spki, &point) || !ecdsa_numbers(signature, &r, &s))
		return SIGNATURE_BAD;
	/* The leftmost bits count (FIPS 186-4 6.4); all of these orders but P-521's are
	 * whole octets. */
	if (digest.n > key->info.bits / 8)
		digest.n = key->info.bits / 8;
	gcrypt.sexp_build(&job.key, NULL, "(public-key (ecdsa (curve %s) (q %b)))", curve,
			  (int)point.n, point.at);
	gcrypt.sexp_build(&job.data, NULL, "(data (flags raw) (value %b))", (int)digest.n,
			  digest.at);
	gcrypt.sexp_build(&job.signature, NULL, "(sig-val (ecdsa (r %b) (s %b)))",
			  (int)r.n, r.at, (int)s.n, s.at);
	return gcrypt_run(&job);
}

static enum signature_verdict gcrypt_rsa(const struct issuer_key *key,
					 const struct signature_info *algorithm,
					 const struct gcrypt_hash *hash,
					 struct span digest, struct span signature)
{
	struct gcrypt_job job = { NULL, NULL, NULL };
	struct span n, e;

	if (!rsa_numbers(key->spki, &n, &e))
		return SIGNATURE_BAD;
	gcrypt.sexp_build(&job.key, NULL, "(public-key (rsa (n %b) (e %b)))", (int)n.n,
			  n.at, (int)e.n, e.at);
	if (algorithm->type == KEY_RSA_PSS)
		gcrypt.sexp_build(&job.data, NULL,
				  "(data (flags pss) (salt-length %d) (hash %s %b))",
				  (int)algorithm->salt, hash->name, (int)digest.n,
				  digest.at);
	else
		gcrypt.sexp_build(&job.data, NULL, "(data (flags pkcs1) (hash %s %b))",
				  hash->name, (int)digest.n, digest.at);
	gcrypt.sexp_build(&job.signature, NULL, "(sig-val (rsa (s %b)))",
			  (int)signature.n, signature.at);
	return gcrypt_run(&job);
}

static enum signature_verdict by_gcrypt(const struct issuer_key *key,
					const struct signature_info *algorithm,
					struct span signed_bytes, struct span signature)
{
	const struct gcrypt_hash *hash = gcrypt_hash(algorithm->hash);
	uint8_t digest[64];

	/* libgcrypt masks with the hash of the message; a salt longer than any digest is
	 * nobody's. */
	if (!hash || (algorithm->type == KEY_RSA_PSS &&
		      (algorithm->mgf_hash != algorithm->hash || algorithm->salt > 1024)))
		return SIGNATURE_UNSUPPORTED;
	pthread_once(&gcrypt_once, gcrypt_load);
	if (!gcrypt.ready)
		return SIGNATURE_UNSUPPORTED;
	gcrypt.md_hash_buffer(hash->id, digest, signed_bytes.at, signed_bytes.n);
	if (algorithm->type == KEY_EC)
		return gcrypt_ecdsa(key, span_of(digest, hash->n), signature);
	if (is_rsa(algorithm->type))
		return gcrypt_rsa(key, algorithm, hash, span_of(digest, hash->n),
				  signature);
	return SIGNATURE_UNSUPPORTED;
}

/* S of Ed448 is below the group's order, so its last octet is 0 (RFC 8032 5.2.7): nettle
 * does not look. */
static bool form_is_good(const struct signature_info *algorithm, struct span signature)
{
	if (algorithm->type == KEY_ED448)
		return signature.n == 114 && signature.at[113] == 0;
	return signature.n;
}

enum signature_verdict signature_verify_bytes(const struct issuer_key *key,
					      struct span algorithm,
					      struct span signed_bytes,
					      struct span signature)
{
	struct signature_info info = signature_info(algorithm);
	enum signature_verdict verdict;

	if (info.type == KEY_UNKNOWN || info.type == KEY_POST_QUANTUM ||
	    info.hash == HASH_UNKNOWN || key->info.type == KEY_UNKNOWN ||
	    key->info.type == KEY_POST_QUANTUM)
		return SIGNATURE_UNSUPPORTED;
	if (!fits(key, &info) || !form_is_good(&info, signature))
		return SIGNATURE_BAD;
	if (!size_is_bounded(key))
		return SIGNATURE_UNSUPPORTED;
	verdict = by_gnutls(key, &info, signed_bytes, signature);
	if (verdict == SIGNATURE_UNSUPPORTED)
		verdict = by_gcrypt(key, &info, signed_bytes, signature);
	return verdict;
}

enum signature_verdict signature_verify(const struct issuer_key *key,
					const struct cert *cert)
{
	return signature_verify_bytes(key, cert_part(cert, cert->outer_algorithm),
				      cert_part(cert, cert->tbs),
				      cert_part(cert, cert->signature));
}

const char *signature_library(void)
{
	const struct gnutls_calls *gnutls = gnutls_loaded();

	return gnutls ? gnutls->check_version(NULL) : NULL;
}

/* (bits / 2048) squared, rounded up, at least 1. */
static uint32_t square_cost(uint32_t bits)
{
	uint64_t square = (uint64_t)bits * bits, unit = (uint64_t)2048 * 2048;

	return square <= unit ? 1 : (uint32_t)((square + unit - 1) / unit);
}

static uint32_t curve_cost(const struct key_info *key)
{
	bool nist = key->curve && !strncmp(key->curve, "secp", 4) &&
		    strcmp(key->curve, "secp256k1");

	/* libgcrypt takes about eight times what nettle does. */
	if (!nist)
		return key->bits > 384 ? 140 : key->bits > 256 ? 80 : 45;
	return key->bits > 384 ? 17 : key->bits > 256 ? 10 : 6;
}

uint32_t signature_cost(const struct cert *issuer)
{
	struct key_info key = cert_key(issuer);

	switch (key.type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return key.bits > RSA_BITS_MOST ? 1 : square_cost(key.bits);
	case KEY_EC:
		return curve_cost(&key);
	case KEY_ED25519:
		return 5;
	case KEY_ED448:
		return 13;
	case KEY_DSA:
		return key.bits > DSA_BITS_MOST ? 1 : 20 * square_cost(key.bits);
	default:
		return 1;
	}
}
