/*
 * Keys and signature algorithms by their identifiers. Two tables say all that is known;
 * what they do not have is unknown, never refused here. Sources: RFC 3279, 4055, 5480,
 * 5639, 5758, 8410, 8692, 9814, 9881.
 */
#include "x509/key.h"

#include "base/buf.h"
#include "base/sha256.h"
#include "x509/der.h"

/* Beginnings that many identifiers share. */
#define PKCS1     "\x2a\x86\x48\x86\xf7\x0d\x01\x01" /* 1.2.840.113549.1.1 */
#define NIST      "\x60\x86\x48\x01\x65\x03\x04"     /* 2.16.840.1.101.3.4 */
#define CERTICOM  "\x2b\x81\x04\x00"                 /* 1.3.132.0 */
#define BRAINPOOL "\x2b\x24\x03\x03\x02\x08\x01\x01" /* 1.3.36.3.3.2.8.1.1 */
#define OIW       "\x2b\x0e\x03\x02"                 /* 1.3.14.3.2 */
#define X9_ECDSA  "\x2a\x86\x48\xce\x3d\x04"         /* 1.2.840.10045.4 */

struct key_row {
	struct span oid;
	enum key_type type;
	uint32_t bits; /* where the type alone says it */
	const char *name;
};

static const struct key_row keys[] = {
	{ SPAN(PKCS1 "\x01"), KEY_RSA, 0, "rsa" },
	{ SPAN("\x2a\x86\x48\xce\x3d\x02\x01"), KEY_EC, 0, "ec" },
	{ SPAN(PKCS1 "\x0a"), KEY_RSA_PSS, 0, "rsa-pss" },
	{ SPAN("\x2b\x65\x70"), KEY_ED25519, 256, "ed25519" },
	{ SPAN("\x2b\x65\x71"), KEY_ED448, 456, "ed448" },
	{ SPAN("\x2a\x86\x48\xce\x38\x04\x01"), KEY_DSA, 0, "dsa" },
	{ SPAN("\x2a\x86\x48\xce\x3e\x02\x01"), KEY_DH, 0, "dh" },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x03\x01"), KEY_DH, 0, "dh" },
	{ SPAN("\x2b\x65\x6e"), KEY_DH, 256, "x25519" },
	{ SPAN("\x2b\x65\x6f"), KEY_DH, 448, "x448" },
	{ SPAN(NIST "\x03\x11"), KEY_POST_QUANTUM, 0, "ml-dsa-44" },
	{ SPAN(NIST "\x03\x12"), KEY_POST_QUANTUM, 0, "ml-dsa-65" },
	{ SPAN(NIST "\x03\x13"), KEY_POST_QUANTUM, 0, "ml-dsa-87" },
	{ SPAN(NIST "\x03\x14"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-128s" },
	{ SPAN(NIST "\x03\x15"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-128f" },
	{ SPAN(NIST "\x03\x16"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-192s" },
	{ SPAN(NIST "\x03\x17"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-192f" },
	{ SPAN(NIST "\x03\x18"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-256s" },
	{ SPAN(NIST "\x03\x19"), KEY_POST_QUANTUM, 0, "slh-dsa-sha2-256f" },
	{ SPAN(NIST "\x03\x1a"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-128s" },
	{ SPAN(NIST "\x03\x1b"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-128f" },
	{ SPAN(NIST "\x03\x1c"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-192s" },
	{ SPAN(NIST "\x03\x1d"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-192f" },
	{ SPAN(NIST "\x03\x1e"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-256s" },
	{ SPAN(NIST "\x03\x1f"), KEY_POST_QUANTUM, 0, "slh-dsa-shake-256f" },
	{ SPAN(NIST "\x04\x01"), KEY_POST_QUANTUM, 0, "ml-kem-512" },
	{ SPAN(NIST "\x04\x02"), KEY_POST_QUANTUM, 0, "ml-kem-768" },
	{ SPAN(NIST "\x04\x03"), KEY_POST_QUANTUM, 0, "ml-kem-1024" },
};

static const struct {
	struct span oid;
	uint32_t bits;
	const char *name;
} curves[] = {
	{ SPAN("\x2a\x86\x48\xce\x3d\x03\x01\x07"), 256, "secp256r1" },
	{ SPAN(CERTICOM "\x22"), 384, "secp384r1" },
	{ SPAN(CERTICOM "\x23"), 521, "secp521r1" },
	{ SPAN(CERTICOM "\x21"), 224, "secp224r1" },
	{ SPAN("\x2a\x86\x48\xce\x3d\x03\x01\x01"), 192, "secp192r1" },
	{ SPAN(CERTICOM "\x0a"), 256, "secp256k1" },
	{ SPAN(CERTICOM "\x1f"), 192, "secp192k1" },
	{ SPAN(CERTICOM "\x20"), 225, "secp224k1" },
	{ SPAN(CERTICOM "\x08"), 161, "secp160r1" },
	{ SPAN(BRAINPOOL "\x01"), 160, "brainpoolP160r1" },
	{ SPAN(BRAINPOOL "\x03"), 192, "brainpoolP192r1" },
	{ SPAN(BRAINPOOL "\x05"), 224, "brainpoolP224r1" },
	{ SPAN(BRAINPOOL "\x07"), 256, "brainpoolP256r1" },
	{ SPAN(BRAINPOOL "\x08"), 256, "brainpoolP256t1" },
	{ SPAN(BRAINPOOL "\x09"), 320, "brainpoolP320r1" },
	{ SPAN(BRAINPOOL "\x0b"), 384, "brainpoolP384r1" },
	{ SPAN(BRAINPOOL "\x0c"), 384, "brainpoolP384t1" },
	{ SPAN(BRAINPOOL "\x0d"), 512, "brainpoolP512r1" },
	{ SPAN(BRAINPOOL "\x0e"), 512, "brainpoolP512t1" },
	{ SPAN("\x2a\x81\x1c\xcf\x55\x01\x82\x2d"), 256, "sm2p256v1" },
};

static const struct key_row *find_key(struct span oid)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (span_eq(oid, keys[i].oid))
			return &keys[i];
	return NULL;
}

/* What an AlgorithmIdentifier is made of: the OID, and the parameters' TLV (n 0: none).
 */
struct algorithm {
	struct span oid, parameters;
};

static bool split_algorithm(struct span whole, struct algorithm *out)
{
	return der_content(whole, DER_SEQUENCE, &out->parameters) &&
	       der_take_tag(&out->parameters, DER_OID, &out->oid);
}

/* How many bits the positive number at the front of rest has; 0 where there is none. */
static uint32_t take_bits(struct span *rest)
{
	struct span number;

	if (!der_take_tag(rest, DER_INTEGER, &number) || !number.n || number.at[0] & 0x80)
		return 0;
	number = der_unsigned(number);
	if (!number.at[0])
		return 0;
	return (uint32_t)(number.n - 1) * 8 +
	       (32 - (uint32_t)__builtin_clz(number.at[0]));
}

/* RSAPublicKey ::= SEQUENCE { modulus, publicExponent } (RFC 3279 2.3.1) */
static void measure_rsa(struct key_info *info, struct span key)
{
	struct span numbers, last = key;
	uint32_t bits, exponent;

	if (!der_content(key, DER_SEQUENCE, &numbers))
		return;
	bits = take_bits(&numbers);
	exponent = take_bits(&numbers);
	if (!exponent || numbers.n)
		return;
	info->bits = bits;
	info->open = exponent < 2 || !(last.at[last.n - 1] & 1);
}

/*
 * The y coordinates of the points of order 1, 2, 4 and 8, also as p and p + 1, little end
 * first and without the bit of x.
 */
static bool is_small_order(struct span point)
{
	static const uint8_t small[][32] = {
		{ 0 },
		{ 1 },
		{ 0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4,
		  0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6,
		  0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05 },
		{ 0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b,
		  0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39,
		  0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a },
		{ 0xec, [1 ... 30] = 0xff, [31] = 0x7f },
		{ 0xed, [1 ... 30] = 0xff, [31] = 0x7f },
		{ 0xee, [1 ... 30] = 0xff, [31] = 0x7f },
	};
	uint8_t y[32];

	if (point.n != sizeof(y))
		return false;
	memcpy(y, point.at, sizeof(y));
	y[31] &= 0x7f;
	for (size_t i = 0; i < COUNT(small); i++)
		if (memcmp(y, small[i], sizeof(y)) == 0)
			return true;
	return false;
}

/* DSA and DH: the prime is the first number of the parameters (RFC 3279 2.3.2, 2.3.3). */
static uint32_t prime_bits(struct span parameters)
{
	struct span numbers;

	return der_content(parameters, DER_SEQUENCE, &numbers) ? take_bits(&numbers) : 0;
}

/* RFC 5480 2.1.1: a named curve, and nothing else. */
static void find_curve(struct span parameters, struct key_info *info)
{
	struct span oid;

	if (!der_content(parameters, DER_OID, &oid))
		return;
	for (size_t i = 0; i < COUNT(curves); i++) {
		if (span_eq(oid, curves[i].oid)) {
			info->curve = curves[i].name;
			info->bits = curves[i].bits;
			return;
		}
	}
}

static void find_size(struct key_info *info, struct span parameters, struct span key)
{
	switch (info->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		measure_rsa(info, key);
		break;
	case KEY_ED25519:
		info->open = is_small_order(key);
		break;
	case KEY_DSA:
	case KEY_DH:
		if (!info->bits)
			info->bits = prime_bits(parameters);
		break;
	case KEY_EC:
		find_curve(parameters, info);
		break;
	default:
		break;
	}
}

/* SubjectPublicKeyInfo (RFC 5280 4.1): the algorithm, and the key behind the count of
 * unused bits. */
static bool split_key(const struct cert *cert, struct algorithm *algorithm,
		      struct span *bits)
{
	struct span content;

	return der_content(cert_part(cert, cert->spki), DER_SEQUENCE, &content) &&
	       der_take_tag(&content, DER_SEQUENCE, &algorithm->parameters) &&
	       der_take_tag(&content, DER_BIT_STRING, bits) && !content.n && bits->n &&
	       der_take_tag(&algorithm->parameters, DER_OID, &algorithm->oid);
}

struct key_info cert_key(const struct cert *cert)
{
	struct key_info info = { .type = KEY_UNKNOWN };
	struct algorithm algorithm;
	const struct key_row *row;
	struct span bits;

	if (!split_key(cert, &algorithm, &bits))
		return info;
	info.oid = algorithm.oid;
	row = find_key(algorithm.oid);
	if (!row || bits.at[0])
		return info;
	info.type = row->type;
	info.bits = row->bits;
	find_size(&info, algorithm.parameters, span_from(bits, 1));
	return info;
}

/* What makes a key that key, however it is written. */
struct key_core {
	enum key_type type; /* RSA-PSS counts as RSA */
	struct span part[2];
};

static bool take_unsigned(struct span *numbers, struct span *number)
{
	if (!der_take_tag(numbers, DER_INTEGER, number) || !number->n)
		return false;
	*number = der_unsigned(*number);
	return true;
}

/* The x of a point in any of its forms (SEC 1 2.3.3): the two points that share it have
 * keys that follow from each other. */
static bool point_x(struct span point, struct span *x)
{
	bool compressed = point.n && (point.at[0] == 2 || point.at[0] == 3);
	bool whole =
		point.n && (point.at[0] == 4 || point.at[0] == 6 || point.at[0] == 7);

	if (!compressed && !(whole && point.n % 2))
		return false;
	*x = span_of(point.at + 1, compressed ? point.n - 1 : point.n / 2);
	return true;
}

static bool find_core(const struct cert *cert, struct key_core *core)
{
	struct algorithm algorithm;
	const struct key_row *row;
	struct span bits, key, numbers;

	if (!split_key(cert, &algorithm, &bits) || !(row = find_key(algorithm.oid)))
		return false;
	key = span_from(bits, 1);
	core->type = row->type == KEY_RSA_PSS ? KEY_RSA : row->type;
	switch (core->type) {
	case KEY_RSA:
		return der_content(key, DER_SEQUENCE, &numbers) &&
		       take_unsigned(&numbers, &core->part[0]) &&
		       take_unsigned(&numbers, &core->part[1]);
	case KEY_EC:
		core->part[0] = algorithm.parameters;
		return point_x(key, &core->part[1]);
	case KEY_ED25519:
	case KEY_ED448:
		core->part[0] = key;
		core->part[1] = span_of(NULL, 0);
		return true;
	default:
		return false;
	}
}

uint64_t cert_key_hash(const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;
	struct key_core core;

	if (!find_core(cert, &core))
		return hash_keyed(cert_part(cert, cert->spki));
	/* What follows a length cannot be taken for another part. */
	buf_addf(&text, "%d %zu ", (int)core.type, core.part[0].n);
	buf_add(&text, core.part[0]);
	buf_add(&text, core.part[1]);
	return hash_keyed(buf_span(&text));
}

static const char unknown_key[] = "unknown";

const char *key_type_name(const struct key_info *key)
{
	const struct key_row *row = key->type == KEY_UNKNOWN ? NULL : find_key(key->oid);

	return row ? row->name : unknown_key;
}

bool key_type_known(const char *name)
{
	for (size_t i = 0; i < COUNT(keys); i++)
		if (strcasecmp(name, keys[i].name) == 0)
			return true;
	for (size_t i = 0; i < COUNT(curves); i++)
		if (strcasecmp(name, curves[i].name) == 0)
			return true;
	return strcasecmp(name, unknown_key) == 0;
}

/* What may stand as parameters of a signature algorithm. */
enum parameters_rule {
	PARAMETERS_NULL,   /* NULL (RFC 4055 5); lacking is tolerated, as everywhere */
	PARAMETERS_ABSENT, /* RFC 3279 2.2.2, 5758 3.2, 8410 3 */
	PARAMETERS_PSS,    /* RFC 4055 3.1 */
};

static const struct signature_row {
	struct span oid;
	enum key_type type;
	enum hash_kind hash;
	enum parameters_rule parameters;
	const char *name;
} signatures[] = {
	{ SPAN(PKCS1 "\x0b"), KEY_RSA, HASH_SHA256, PARAMETERS_NULL,
	  "sha256WithRSAEncryption" },
	{ SPAN(PKCS1 "\x0c"), KEY_RSA, HASH_SHA384, PARAMETERS_NULL,
	  "sha384WithRSAEncryption" },
	{ SPAN(PKCS1 "\x0d"), KEY_RSA, HASH_SHA512, PARAMETERS_NULL,
	  "sha512WithRSAEncryption" },
	{ SPAN(PKCS1 "\x05"), KEY_RSA, HASH_SHA1, PARAMETERS_NULL,
	  "sha1WithRSAEncryption" },
	{ SPAN(X9_ECDSA "\x03\x02"), KEY_EC, HASH_SHA256, PARAMETERS_ABSENT,
	  "ecdsa-with-SHA256" },
	{ SPAN(X9_ECDSA "\x03\x03"), KEY_EC, HASH_SHA384, PARAMETERS_ABSENT,
	  "ecdsa-with-SHA384" },
	{ SPAN(X9_ECDSA "\x03\x04"), KEY_EC, HASH_SHA512, PARAMETERS_ABSENT,
	  "ecdsa-with-SHA512" },
	{ SPAN(X9_ECDSA "\x03\x01"), KEY_EC, HASH_SHA224, PARAMETERS_ABSENT,
	  "ecdsa-with-SHA224" },
	{ SPAN(X9_ECDSA "\x01"), KEY_EC, HASH_SHA1, PARAMETERS_ABSENT,
	  "ecdsa-with-SHA1" },
	{ SPAN(PKCS1 "\x0a"), KEY_RSA_PSS, HASH_UNKNOWN, PARAMETERS_PSS, "RSASSA-PSS" },
	{ SPAN("\x2b\x65\x70"), KEY_ED25519, HASH_INTRINSIC, PARAMETERS_ABSENT,
	  "Ed25519" },
	{ SPAN("\x2b\x65\x71"), KEY_ED448, HASH_INTRINSIC, PARAMETERS_ABSENT, "Ed448" },
	{ SPAN(PKCS1 "\x0e"), KEY_RSA, HASH_SHA224, PARAMETERS_NULL,
	  "sha224WithRSAEncryption" },
	{ SPAN(PKCS1 "\x04"), KEY_RSA, HASH_MD5, PARAMETERS_NULL,
	  "md5WithRSAEncryption" },
	{ SPAN(PKCS1 "\x03"), KEY_RSA, HASH_MD4, PARAMETERS_NULL,
	  "md4WithRSAEncryption" },
	{ SPAN(PKCS1 "\x02"), KEY_RSA, HASH_MD2, PARAMETERS_NULL,
	  "md2WithRSAEncryption" },
	{ SPAN(OIW "\x1d"), KEY_RSA, HASH_SHA1, PARAMETERS_NULL, "sha1WithRSA" },
	{ SPAN(OIW "\x03"), KEY_RSA, HASH_MD5, PARAMETERS_NULL, "md5WithRSA" },
	{ SPAN(NIST "\x03\x0e"), KEY_RSA, HASH_SHA3_256, PARAMETERS_NULL,
	  "rsassa-pkcs1-v1_5-with-sha3-256" },
	{ SPAN(NIST "\x03\x0f"), KEY_RSA, HASH_SHA3_384, PARAMETERS_NULL,
	  "rsassa-pkcs1-v1_5-with-sha3-384" },
	{ SPAN(NIST "\x03\x10"), KEY_RSA, HASH_SHA3_512, PARAMETERS_NULL,
	  "rsassa-pkcs1-v1_5-with-sha3-512" },
	{ SPAN(NIST "\x03\x0a"), KEY_EC, HASH_SHA3_256, PARAMETERS_ABSENT,
	  "ecdsa-with-sha3-256" },
	{ SPAN(NIST "\x03\x0b"), KEY_EC, HASH_SHA3_384, PARAMETERS_ABSENT,
	  "ecdsa-with-sha3-384" },
	{ SPAN(NIST "\x03\x0c"), KEY_EC, HASH_SHA3_512, PARAMETERS_ABSENT,
	  "ecdsa-with-sha3-512" },
	{ SPAN("\x2a\x86\x48\xce\x38\x04\x03"), KEY_DSA, HASH_SHA1, PARAMETERS_ABSENT,
	  "dsa-with-sha1" },
	{ SPAN(OIW "\x1b"), KEY_DSA, HASH_SHA1, PARAMETERS_ABSENT, "dsaWithSHA1" },
	{ SPAN(NIST "\x03\x01"), KEY_DSA, HASH_SHA224, PARAMETERS_ABSENT,
	  "dsa-with-sha224" },
	{ SPAN(NIST "\x03\x02"), KEY_DSA, HASH_SHA256, PARAMETERS_ABSENT,
	  "dsa-with-sha256" },
	{ SPAN(NIST "\x03\x03"), KEY_DSA, HASH_SHA384, PARAMETERS_ABSENT,
	  "dsa-with-sha384" },
	{ SPAN(NIST "\x03\x04"), KEY_DSA, HASH_SHA512, PARAMETERS_ABSENT,
	  "dsa-with-sha512" },
};

static const struct {
	struct span oid;
	enum hash_kind hash;
} hashes[] = {
	{ SPAN(NIST "\x02\x01"), HASH_SHA256 },
	{ SPAN(NIST "\x02\x02"), HASH_SHA384 },
	{ SPAN(NIST "\x02\x03"), HASH_SHA512 },
	{ SPAN(NIST "\x02\x04"), HASH_SHA224 },
	{ SPAN(NIST "\x02\x08"), HASH_SHA3_256 },
	{ SPAN(NIST "\x02\x09"), HASH_SHA3_384 },
	{ SPAN(NIST "\x02\x0a"), HASH_SHA3_512 },
	{ SPAN(OIW "\x1a"), HASH_SHA1 },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x02\x05"), HASH_MD5 },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x02\x04"), HASH_MD4 },
	{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x02\x02"), HASH_MD2 },
};

static bool is_null(struct span parameters)
{
	return span_eq(parameters, SPAN("\x05\x00"));
}

/* HashAlgorithm: parameters NULL or absent (RFC 4055 2.1). */
static bool read_hash(struct span identifier, enum hash_kind *hash)
{
	struct algorithm algorithm;

	if (!split_algorithm(identifier, &algorithm) ||
	    (algorithm.parameters.n && !is_null(algorithm.parameters)))
		return false;
	*hash = HASH_UNKNOWN;
	for (size_t i = 0; i < COUNT(hashes); i++)
		if (span_eq(algorithm.oid, hashes[i].oid))
			*hash = hashes[i].hash;
	return true;
}

/* MaskGenAlgorithm: MGF1 over a hash (RFC 4055 2.2). */
static bool read_mask(struct span identifier, enum hash_kind *hash)
{
	struct algorithm algorithm;

	return split_algorithm(identifier, &algorithm) &&
	       span_eq(algorithm.oid, SPAN(PKCS1 "\x08")) &&
	       read_hash(algorithm.parameters, hash);
}

/* [N] EXPLICIT INTEGER DEFAULT: *value stays where it is absent. */
static bool take_number(struct span *rest, uint8_t tag, uint32_t *value)
{
	struct span content;
	AUTO(error) ignored = ERROR_INIT; /* the caller only asks whether it was well */
	struct der in;
	int32_t number;

	if (!rest->n || rest->at[0] != tag)
		return true;
	if (!der_take_tag(rest, tag, &content))
		return false;
	in = der_of(content);
	if (!der_read_number(&in, DER_INTEGER, &number, &ignored) || der_left(&in))
		return false;
	*value = (uint32_t)number;
	return true;
}

/* RSASSA-PSS-params: hash, mask generation, salt length, trailer; all have defaults (RFC
 * 4055 3.1). */
static bool read_pss(struct span parameters, struct signature_info *info)
{
	struct span rest, field;
	uint32_t trailer = 1;

	info->hash = info->mgf_hash = HASH_SHA1;
	info->salt = 20;
	if (!der_content(parameters, DER_SEQUENCE, &rest))
		return false;
	if (der_take_tag(&rest, DER_CONTEXT_CONSTRUCTED(0), &field) &&
	    !read_hash(field, &info->hash))
		return false;
	if (der_take_tag(&rest, DER_CONTEXT_CONSTRUCTED(1), &field) &&
	    !read_mask(field, &info->mgf_hash))
		return false;
	return take_number(&rest, DER_CONTEXT_CONSTRUCTED(2), &info->salt) &&
	       take_number(&rest, DER_CONTEXT_CONSTRUCTED(3), &trailer) && trailer == 1 &&
	       !rest.n;
}

static bool parameters_good(const struct signature_row *row, struct span parameters,
			    struct signature_info *info)
{
	switch (row->parameters) {
	case PARAMETERS_NULL:
		return !parameters.n || is_null(parameters);
	case PARAMETERS_ABSENT:
		return !parameters.n;
	case PARAMETERS_PSS:
		return read_pss(parameters, info);
	}
	return false;
}

/* A post-quantum key signs under its own identifier, without parameters (RFC 9814 3, 9881
 * 2). */
static void find_post_quantum(const struct algorithm *algorithm,
			      struct signature_info *info)
{
	const struct key_row *row = find_key(algorithm->oid);

	if (!row || row->type != KEY_POST_QUANTUM)
		return;
	info->type = KEY_POST_QUANTUM;
	info->hash = HASH_INTRINSIC;
	info->name = row->name;
	info->parameters_bad = algorithm->parameters.n;
}

struct signature_info signature_info(struct span algorithm)
{
	struct signature_info info = { .type = KEY_UNKNOWN, .name = "unknown" };
	struct algorithm parts;

	if (!split_algorithm(algorithm, &parts))
		return info;
	for (size_t i = 0; i < COUNT(signatures); i++) {
		const struct signature_row *row = &signatures[i];

		if (!span_eq(parts.oid, row->oid))
			continue;
		info.type = row->type;
		info.hash = row->hash;
		info.name = row->name;
		info.parameters_bad = !parameters_good(row, parts.parameters, &info);
		return info;
	}
	find_post_quantum(&parts, &info);
	return info;
}
