/* Keys and signature algorithms: what certificates of other programs say they are. */
#include "x509/key.h"

#include "x509/made.h"
#include "x509/test.h"

static void keys_of_every_kind_are_recognised(void **state)
{
	static const struct {
		const char *file, *type, *curve, *signature;
		uint32_t bits;
		enum key_type kind;
		enum hash_kind hash;
	} cases[] = {
		{ "key-rsa-2048", "rsa", NULL, "sha256WithRSAEncryption", 2048, KEY_RSA,
		  HASH_SHA256 },
		{ "key-rsa-1023", "rsa", NULL, "sha256WithRSAEncryption", 1023, KEY_RSA,
		  HASH_SHA256 },
		{ "leaf", "ec", "secp256r1", "ecdsa-with-SHA256", 256, KEY_EC,
		  HASH_SHA256 },
		{ "key-secp384r1", "ec", "secp384r1", "ecdsa-with-SHA256", 384, KEY_EC,
		  HASH_SHA256 },
		{ "key-secp521r1", "ec", "secp521r1", "ecdsa-with-SHA256", 521, KEY_EC,
		  HASH_SHA256 },
		{ "key-secp256k1", "ec", "secp256k1", "ecdsa-with-SHA256", 256, KEY_EC,
		  HASH_SHA256 },
		{ "key-brainpoolP256r1", "ec", "brainpoolP256r1", "ecdsa-with-SHA256",
		  256, KEY_EC, HASH_SHA256 },
		/* RFC 5480 2.1.1: specifiedCurve must not be used; its size is not
		   guessed. */
		{ "key-explicit-curve", "ec", NULL, "ecdsa-with-SHA256", 0, KEY_EC,
		  HASH_SHA256 },
		{ "key-ed25519", "ed25519", NULL, "Ed25519", 256, KEY_ED25519,
		  HASH_INTRINSIC },
		{ "key-ed448", "ed448", NULL, "Ed448", 456, KEY_ED448, HASH_INTRINSIC },
		{ "key-dsa", "dsa", NULL, "dsa-with-sha256", 2048, KEY_DSA, HASH_SHA256 },
		{ "key-rsa-pss", "rsa-pss", NULL, "RSASSA-PSS", 2048, KEY_RSA_PSS,
		  HASH_SHA384 },
		{ "keytool", "rsa", NULL, "sha512WithRSAEncryption", 2048, KEY_RSA,
		  HASH_SHA512 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *name = str_format("x509/%s.der", cases[i].file);
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;
		struct signature_info signature;
		struct key_info key;
		struct cert cert;

		data_read(&file, name);
		if (!cert_read(&cert, file.bytes, &err))
			fail_msg("%s: %s", name, err.text);
		key = cert_key(&cert);
		signature = signature_info(cert_part(&cert, cert.outer_algorithm));
		assert_string_equal(key_type_name(&key), cases[i].type);
		assert_int_equal(key.type, cases[i].kind);
		assert_int_equal(key.bits, cases[i].bits);
		assert_string_equal(key.curve ? key.curve : "",
				    cases[i].curve ? cases[i].curve : "");
		assert_string_equal(signature.name, cases[i].signature);
		assert_int_equal(signature.type, cases[i].kind);
		assert_int_equal(signature.hash, cases[i].hash);
		assert_false(signature.parameters_bad);
	}
}

static void pss_parameters_are_read(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct signature_info info;
	struct cert cert;
	(void)state;

	data_read(&file, "x509/key-rsa-pss.der");
	assert_true(cert_read(&cert, file.bytes, &err));
	info = signature_info(cert_part(&cert, cert.outer_algorithm));
	assert_int_equal(info.hash, HASH_SHA384);
	assert_int_equal(info.mgf_hash, HASH_SHA384);
	assert_int_equal(info.salt, 48);
}

#define PSS          "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0a"
#define RSA_SHA256   "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"
#define ECDSA_SHA256 "\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x02"
#define SHA256       "\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01"

static void parameters_that_must_not_be_are_noted(void **state)
{
	static const struct {
		const char *why;
		struct span algorithm;
		bool bad;
	} cases[] = {
		{ "RSA with NULL (RFC 4055 5)", SPAN("\x30\x0d" RSA_SHA256 "\x05\x00"),
		  false },
		{ "RSA without, as some write it", SPAN("\x30\x0b" RSA_SHA256), false },
		{ "RSA with a number", SPAN("\x30\x0e" RSA_SHA256 "\x02\x01\x00"), true },
		{ "ECDSA without (RFC 5758 3.2)", SPAN("\x30\x0a" ECDSA_SHA256), false },
		{ "ECDSA with NULL", SPAN("\x30\x0c" ECDSA_SHA256 "\x05\x00"), true },
		{ "Ed25519 with NULL (RFC 8410 3)",
		  SPAN("\x30\x07\x06\x03\x2b\x65\x70\x05\x00"), true },
		{ "ML-DSA-65 with NULL (RFC 9881 2)",
		  SPAN("\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12\x05\x00"),
		  true },
		{ "PSS of all defaults (RFC 4055 3.1)", SPAN("\x30\x0d" PSS "\x30\x00"),
		  false },
		{ "PSS without parameters", SPAN("\x30\x0b" PSS), true },
		{ "PSS with NULL", SPAN("\x30\x0d" PSS "\x05\x00"), true },
		{ "PSS with trailer 2",
		  SPAN("\x30\x12" PSS "\x30\x05\xa3\x03\x02\x01\x02"), true },
		{ "PSS with negative salt",
		  SPAN("\x30\x12" PSS "\x30\x05\xa2\x03\x02\x01\xff"), true },
		{ "PSS with something behind", SPAN("\x30\x0f" PSS "\x30\x02\x05\x00"),
		  true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct signature_info info = signature_info(cases[i].algorithm);

		assert_string_not_equal(info.name, "unknown");
		if (info.parameters_bad != cases[i].bad)
			fail_msg("%s", cases[i].why);
	}
}

static void pss_fields_that_are_absent_have_their_defaults(void **state)
{
	struct signature_info info;
	(void)state;

	/* RFC 4055 3.1: SHA-1, MGF1 with SHA-1, 20. */
	info = signature_info(SPAN("\x30\x0d" PSS "\x30\x00"));
	assert_int_equal(info.hash, HASH_SHA1);
	assert_int_equal(info.mgf_hash, HASH_SHA1);
	assert_int_equal(info.salt, 20);
	/* The hash alone does not change that of the mask. */
	info = signature_info(SPAN("\x30\x1c" PSS "\x30\x0f\xa0\x0d\x30\x0b" SHA256));
	assert_int_equal(info.hash, HASH_SHA256);
	assert_int_equal(info.mgf_hash, HASH_SHA1);
	assert_false(info.parameters_bad);
}

static void what_is_unknown_is_said_to_be_and_nothing_is_refused(void **state)
{
	static const struct span keys[] = {
		SPAN("\x30\x0c\x30\x04\x06\x02\x2a\x03\x03\x04\x00\x01\x02\x03"),
		/* RSA whose key is no RSAPublicKey, and one that is negative. */
		SPAN("\x30\x10\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x03"
		     "\x01\x00"),
		SPAN("\x30\x18\x30\x0b\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x01\x03"
		     "\x09\x00\x30\x06"
		     "\x02\x01\x80\x02\x01\x03"),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(keys); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct key_info key;
		struct cert cert;

		made_write(&der, &(struct made){ .key = keys[i] });
		if (!cert_read(&cert, buf_span(&der), &err))
			fail_msg("%s", err.text);
		key = cert_key(&cert);
		assert_int_equal(key.bits, 0);
		assert_int_equal(key.type, i ? KEY_RSA : KEY_UNKNOWN);
		assert_string_equal(key_type_name(&key), i ? "rsa" : "unknown");
	}
	assert_string_equal(signature_info(SPAN("\x30\x04\x06\x02\x2a\x03")).name,
			    "unknown");
	assert_string_equal(signature_info(SPAN("")).name, "unknown");
	assert_int_equal(signature_info(SPAN("\x31\x00")).type, KEY_UNKNOWN);
}

static void post_quantum_keys_are_named(void **state)
{
	static const struct {
		uint8_t last;
		const char *name;
	} cases[] = {
		{ 0x11, "ml-dsa-44" },          { 0x12, "ml-dsa-65" },
		{ 0x13, "ml-dsa-87" },          { 0x14, "slh-dsa-sha2-128s" },
		{ 0x1f, "slh-dsa-shake-256f" },
	};
	(void)state;

	/* RFC 9881 2, RFC 9814 3: the key and the signature have the same identifier. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t spki[] = "\x30\x11\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04"
				 "\x03?\x03\x02\x00k";
		struct signature_info signature;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct key_info key;
		struct cert cert;

		spki[14] = cases[i].last;
		made_write(&der,
			   &(struct made){ .key = span_of(spki, sizeof(spki) - 1),
					   .outer_algorithm = span_of(spki + 2, 13) });
		if (!cert_read(&cert, buf_span(&der), &err))
			fail_msg("%s", err.text);
		key = cert_key(&cert);
		signature = signature_info(cert_part(&cert, cert.outer_algorithm));
		assert_int_equal(key.type, KEY_POST_QUANTUM);
		assert_string_equal(key_type_name(&key), cases[i].name);
		assert_int_equal(signature.type, KEY_POST_QUANTUM);
		assert_int_equal(signature.hash, HASH_INTRINSIC);
		assert_string_equal(signature.name, cases[i].name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(keys_of_every_kind_are_recognised),
		cmocka_unit_test(pss_parameters_are_read),
		cmocka_unit_test(parameters_that_must_not_be_are_noted),
		cmocka_unit_test(pss_fields_that_are_absent_have_their_defaults),
		cmocka_unit_test(what_is_unknown_is_said_to_be_and_nothing_is_refused),
		cmocka_unit_test(post_quantum_keys_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
