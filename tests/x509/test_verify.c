/* Signatures: what verifies, what does not, and what nobody here can say. */
#include "test.h"

#include "x509/pem.h"
#include "x509/verify.h"

/* One certificate of tests/data/verify, in memory that a test may spoil. */
struct sample {
	uint8_t *der;
	struct cert cert;
};

static void sample_clear(struct sample *sample)
{
	mem_free(sample->der);
}

static void sample_read(struct sample *sample, const char *name)
{
	AUTO_FREE char *path = str_format("verify/%s.pem", name);
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct pem_scan scan = { .at = 0 };
	struct pem_block block;
	size_t n;

	data_read(&file, path);
	scan.in = file.bytes;
	assert_true(pem_next(&scan, &block));
	sample->der = mem_alloc(pem_decoded_most(block.body));
	assert_true(pem_decode(block.body, block.line, sample->der, &n, &err));
	assert_true(cert_read(&sample->cert, span_of(sample->der, n), &err));
}

static enum signature_verdict verdict(const struct cert *issuer, const struct cert *cert)
{
	struct issuer_key *key = issuer_key_new(issuer);
	enum signature_verdict verdict = signature_verify(key, cert);

	issuer_key_free(key);
	return verdict;
}

static const char *const algorithms[] = {
	"rsa2048-sha256",
	"rsa2048-sha384",
	"rsa2048-sha512",
	"rsa2048-sha1",
	"rsa2048-md5",
	"rsa1024-sha256",
	"rsa4096-sha256",
	"pss-sha256-salt32",
	"pss-sha384-salt20",
	"pss-sha512-salt64",
	"pss-sha1-salt20",
	"psskey-sha256",
	"psskey-free",
	"p224-sha256",
	"p256-sha256",
	"p256-sha1",
	"p384-sha384",
	"p521-sha512",
	"secp256k1-sha256",
	"brainpool256-sha256",
	"brainpool384-sha384",
	"brainpool512-sha512",
	"ed25519",
	"ed448",
	"dsa2048-sha256",
};

static void every_algorithm_in_use_verifies_and_a_spoiled_byte_does_not(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(algorithms); i++) {
		AUTO(sample) sample = { NULL, { .der = NULL } };

		sample_read(&sample, algorithms[i]);
		if (verdict(&sample.cert, &sample.cert) != SIGNATURE_GOOD)
			fail_msg("%s: a good signature is refused", algorithms[i]);
		/* The last byte of the signature, then one of what is signed. */
		sample.der[sample.cert.signature.at + sample.cert.signature.n - 1] ^= 1;
		if (verdict(&sample.cert, &sample.cert) != SIGNATURE_BAD)
			fail_msg("%s: a spoiled signature is not bad", algorithms[i]);
		sample.der[sample.cert.signature.at + sample.cert.signature.n - 1] ^= 1;
		sample.der[sample.cert.serial.at + sample.cert.serial.n - 1] ^= 1;
		if (verdict(&sample.cert, &sample.cert) != SIGNATURE_BAD)
			fail_msg("%s: a spoiled certificate is not bad", algorithms[i]);
	}
}

static void another_key_never_verifies(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(algorithms); i++) {
		for (size_t j = 0; j < COUNT(algorithms); j++) {
			AUTO(sample) issuer = { NULL, { .der = NULL } };
			AUTO(sample) child = { NULL, { .der = NULL } };

			sample_read(&issuer, algorithms[i]);
			sample_read(&child, algorithms[j]);
			if (i != j &&
			    verdict(&issuer.cert, &child.cert) == SIGNATURE_GOOD)
				fail_msg("%s verifies %s", algorithms[i], algorithms[j]);
		}
	}
}

static void an_algorithm_that_nobody_knows_is_unsupported_and_not_bad(void **state)
{
	AUTO(sample) sample = { NULL, { .der = NULL } };
	struct part *algorithm = &sample.cert.outer_algorithm;
	(void)state;

	sample_read(&sample, "ed25519");
	/* SEQUENCE, OID head, 1.3.101.112: the last octet makes it 1.3.101.99, which is
	 * nothing. */
	assert_int_equal(algorithm->n, 7);
	sample.der[algorithm->at + 6] = 99;
	assert_int_equal(verdict(&sample.cert, &sample.cert), SIGNATURE_UNSUPPORTED);
}

static void a_post_quantum_signature_is_unsupported_and_not_bad(void **state)
{
	/* AlgorithmIdentifier of ML-DSA-65, 2.16.840.1.101.3.4.3.18 (RFC 9881). */
	struct span ml_dsa = SPAN("\x30\x0b\x06\x09\x60\x86\x48\x01\x65\x03\x04\x03\x12");
	AUTO(sample) sample = { NULL, { .der = NULL } };
	struct issuer_key *key;
	(void)state;

	sample_read(&sample, "p256-sha256");
	key = issuer_key_new(&sample.cert);
	assert_int_equal(
		signature_verify_bytes(key, ml_dsa, SPAN("signed"), SPAN("signature")),
		SIGNATURE_UNSUPPORTED);
	issuer_key_free(key);
}

/* RFC 4055 3.3: the parameters of an id-RSASSA-PSS key bound what it may sign. */
static void a_pss_key_made_for_one_hash_verifies_no_other(void **state)
{
	AUTO(sample) bound = { NULL, { .der = NULL } };
	AUTO(sample) other = { NULL, { .der = NULL } };
	struct issuer_key *key;
	(void)state;

	sample_read(&bound, "psskey-sha256");
	sample_read(&other, "psskey-free");
	key = issuer_key_new(&bound.cert);
	/* The algorithm of the other (SHA-384) over the bound one's bytes: refused before
	 * any arithmetic. */
	assert_int_equal(signature_verify_bytes(
				 key, cert_part(&other.cert, other.cert.outer_algorithm),
				 cert_part(&bound.cert, bound.cert.tbs),
				 cert_part(&bound.cert, bound.cert.signature)),
			 SIGNATURE_BAD);
	issuer_key_free(key);
}

static void a_key_whose_check_costs_as_much_as_a_signature_is_not_used(void **state)
{
	AUTO(sample) sample = { NULL, { .der = NULL } };
	(void)state;

	sample_read(&sample, "rsa-exponent-of-100-bits");
	assert_int_equal(verdict(&sample.cert, &sample.cert), SIGNATURE_UNSUPPORTED);
}

static void an_empty_signature_is_bad(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(algorithms); i++) {
		AUTO(sample) sample = { NULL, { .der = NULL } };

		sample_read(&sample, algorithms[i]);
		sample.cert.signature.n = 0;
		assert_int_equal(verdict(&sample.cert, &sample.cert), SIGNATURE_BAD);
	}
}

static void a_check_is_paid_for_by_the_kind_and_size_of_the_key(void **state)
{
	static const struct {
		const char *name;
		uint32_t cost;
	} cases[] = {
		{ "rsa1024-sha256", 1 },
		{ "rsa2048-sha256", 1 },
		{ "rsa4096-sha256", 4 },
		{ "p256-sha256", 6 },
		{ "p384-sha384", 10 },
		{ "p521-sha512", 17 },
		{ "brainpool256-sha256", 45 },
		{ "secp256k1-sha256", 45 },
		{ "ed25519", 5 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(sample) sample = { NULL, { .der = NULL } };

		sample_read(&sample, cases[i].name);
		if (signature_cost(&sample.cert) != cases[i].cost)
			fail_msg("%s costs %u", cases[i].name,
				 signature_cost(&sample.cert));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			every_algorithm_in_use_verifies_and_a_spoiled_byte_does_not),
		cmocka_unit_test(another_key_never_verifies),
		cmocka_unit_test(
			an_algorithm_that_nobody_knows_is_unsupported_and_not_bad),
		cmocka_unit_test(a_post_quantum_signature_is_unsupported_and_not_bad),
		cmocka_unit_test(a_pss_key_made_for_one_hash_verifies_no_other),
		cmocka_unit_test(
			a_key_whose_check_costs_as_much_as_a_signature_is_not_used),
		cmocka_unit_test(an_empty_signature_is_bad),
		cmocka_unit_test(a_check_is_paid_for_by_the_kind_and_size_of_the_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
