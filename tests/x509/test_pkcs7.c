/* PKCS#7: certificates in what other programs wrote, DER and BER; and what we write. */
#include "x509/pkcs7.h"

#include "x509/der.h"
#include "x509/pem.h"
#include "x509/test.h"

struct found {
	struct span certs[8];
	size_t n, most; /* most: say stop at that one; 0: never */
};

static bool add_found(void *ctx, struct span cert)
{
	struct found *found = ctx;

	assert_true(found->n < COUNT(found->certs));
	found->certs[found->n++] = cert;
	return found->n != found->most;
}

static void certificates_of_other_programs_are_found(void **state)
{
	static const struct {
		const char *file;
		size_t n;
	} cases[] = {
		{ "pkcs7/openssl-certs-only.p7b", 2 },
		{ "pkcs7/openssl-signed.p7m", 2 },
		{ "pkcs7/openssl-signed-ber.p7m", 2 }, /* indefinite lengths */
		{ "pkcs7/certtool.p7b", 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;
		struct found found = { .n = 0 };
		struct cert cert;

		data_read(&file, cases[i].file);
		assert_true(pkcs7_looks_like(file.bytes));
		if (!pkcs7_certificates(file.bytes, &found, add_found, &err))
			fail_msg("%s: %s", cases[i].file, err.text);
		assert_int_equal(found.n, cases[i].n);
		for (size_t j = 0; j < found.n; j++)
			if (!cert_read(&cert, found.certs[j], &err))
				fail_msg("%s: %s", cases[i].file, err.text);
	}
}

static void certificates_are_found_in_pem_armour(void **state)
{
	struct found found = { .n = 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE uint8_t *der = NULL;
	struct pem_scan scan;
	struct pem_block block;
	size_t n;
	(void)state;

	data_read(&file, "pkcs7/openssl-certs-only.pem");
	scan = (struct pem_scan){ .in = file.bytes };
	assert_true(pem_next(&scan, &block));
	assert_true(span_eq(block.label, SPAN("PKCS7")));
	assert_false(pem_is_certificate(&block));
	der = mem_alloc(pem_decoded_most(block.body));
	assert_true(pem_decode(block.body, block.body_line, der, &n, &err));
	assert_true(pkcs7_certificates(span_of(der, n), &found, add_found, &err));
	assert_int_equal(found.n, 2);
}

static void the_walk_ends_where_the_caller_says_so(void **state)
{
	struct found found = { .most = 1 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	(void)state;

	data_read(&file, "pkcs7/openssl-certs-only.p7b");
	assert_true(pkcs7_certificates(file.bytes, &found, add_found, &err));
	assert_int_equal(found.n, 1);
}

static void other_content_is_refused(void **state)
{
	struct found found = { .n = 0 };
	AUTO(file) data = FILE_INIT;
	AUTO(file) cert = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	(void)state;

	data_read(&data, "pkcs7/openssl-data.p7m");
	assert_false(pkcs7_looks_like(data.bytes));
	assert_false(pkcs7_certificates(data.bytes, &found, add_found, &err));
	assert_string_equal(err.text,
			    "PKCS#7 content that is not signed data (RFC 5652 5.1)");
	data_read(&cert, "x509/leaf.der");
	assert_false(pkcs7_looks_like(cert.bytes));
	assert_false(pkcs7_certificates(cert.bytes, &found, add_found, &err));
	assert_int_equal(found.n, 0);
}

#define SIGNED_DATA_OID "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02"
#define DATA_OID        "\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01"
#define FIELDS          "\x02\x01\x01\x31\x00\x30\x0b" DATA_OID

static void ber_of_old_tools_is_read(void **state)
{
	static const struct {
		const char *what;
		struct span der;
		size_t n; /* of certificates; 99: refused */
	} cases[] = {
		{ "all lengths indefinite",
		  SPAN("\x30\x80" SIGNED_DATA_OID
		       "\xa0\x80\x30\x80\x02\x01\x01\x31\x80\0\0\x30\x80" DATA_OID
		       "\0\0\xa0\x80\x30\x01x\x30\x01y\0\0\x31\x80\0\0\0\0\0\0\0\0"),
		  2 },
		{ "lengths longer than they need be",
		  SPAN("\x30\x84\0\0\0\x29" SIGNED_DATA_OID
		       "\xa0\x82\0\x1a\x30\x81\x17" FIELDS "\xa0\x03\x30\x01x"),
		  1 },
		{ "no certificates (RFC 5652 5.1)",
		  SPAN("\x30\x23" SIGNED_DATA_OID "\xa0\x16\x30\x14" FIELDS "\x31\x00"),
		  0 },
		{ "other choices are skipped (RFC 5652 10.2.2)",
		  SPAN("\x30\x2b" SIGNED_DATA_OID "\xa0\x1e\x30\x1c" FIELDS
		       "\xa0\x08\xa2\x01z\x30\x01x\xa1\x00"),
		  1 },
		{ "what follows the structure is ignored",
		  SPAN("\x30\x26" SIGNED_DATA_OID "\xa0\x19\x30\x17" FIELDS
		       "\xa0\x03\x30\x01x\n"),
		  1 },
		{ "no end of contents",
		  SPAN("\x30\x80" SIGNED_DATA_OID "\xa0\x80\x30\x80" FIELDS
		       "\xa0\x03\x30\x01x"),
		  99 },
		{ "indefinite length of a primitive (X.690 8.1.3.2)",
		  SPAN("\x30\x22" SIGNED_DATA_OID
		       "\xa0\x15\x30\x13\x02\x80\0\0\x31\x00\x30\x0b" DATA_OID),
		  99 },
		{ "a length past the end", SPAN("\x30\x7f" SIGNED_DATA_OID), 99 },
		{ "a length past all memory",
		  SPAN("\x30\x89\1\0\0\0\0\0\0\0\0" SIGNED_DATA_OID), 99 },
		{ "a certificate past the end",
		  SPAN("\x30\x26" SIGNED_DATA_OID "\xa0\x19\x30\x17" FIELDS
		       "\xa0\x03\x30\x02x"),
		  99 },
		{ "nothing", SPAN(""), 99 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct found found = { .n = 0 };
		AUTO(error) err = ERROR_INIT;
		bool read = pkcs7_certificates(cases[i].der, &found, add_found, &err);

		if (read != (cases[i].n != 99))
			fail_msg("%s: %s", cases[i].what, read ? "accepted" : err.text);
		if (read)
			assert_int_equal(found.n, cases[i].n);
		for (size_t j = 0; j < found.n; j++)
			assert_int_equal(found.certs[j].n, 3);
	}
}

static void nesting_is_bounded(void **state)
{
	AUTO(buf) der = BUF_INIT;
	struct found found = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	for (size_t i = 0; i < 1000000; i++)
		buf_add(&der, SPAN("\x30\x80"));
	assert_false(pkcs7_certificates(buf_span(&der), &found, add_found, &err));
	assert_false(pkcs7_looks_like(buf_span(&der)));
}

static void every_cut_is_refused_or_gives_the_certificates_before_it(void **state)
{
	AUTO(file) file = FILE_INIT;
	(void)state;

	data_read(&file, "pkcs7/openssl-signed-ber.p7m");
	for (size_t n = 0; n < file.bytes.n; n++) {
		AUTO_FREE uint8_t *copy = mem_copy(span_of(file.bytes.at, n));
		struct found found = { .n = 0 };
		AUTO(error) err = ERROR_INIT;

		assert_false(
			pkcs7_certificates(span_of(copy, n), &found, add_found, &err));
		assert_true(found.n <= 2);
	}
}

static void what_is_written_is_der_in_set_order(void **state)
{
	struct found found = { .n = 0 };
	AUTO(file) leaf = FILE_INIT;
	AUTO(file) ca = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) two = BUF_INIT;
	struct span content;
	(void)state;

	data_read(&leaf, "x509/leaf.der");
	data_read(&ca, "x509/ca.der");
	pkcs7_write(&one, (struct span[]){ leaf.bytes, ca.bytes }, 2);
	pkcs7_write(&two, (struct span[]){ ca.bytes, leaf.bytes }, 2);
	/* X.690 11.6: the order given does not count. */
	assert_true(span_eq(buf_span(&one), buf_span(&two)));
	assert_true(der_content(buf_span(&one), DER_SEQUENCE, &content));
	assert_true(pkcs7_certificates(buf_span(&one), &found, add_found, &err));
	assert_int_equal(found.n, 2);
	assert_true(span_cmp(found.certs[0], found.certs[1]) < 0);

	found.n = 0;
	one.n = 0;
	pkcs7_write(&one, NULL, 0);
	assert_true(pkcs7_certificates(buf_span(&one), &found, add_found, &err));
	assert_int_equal(found.n, 0);
}

static void what_openssl_wrote_is_what_we_write(void **state)
{
	struct found found = { .n = 0 };
	AUTO(file) theirs = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) ours = BUF_INIT;
	(void)state;

	/* openssl crl2pkcs7 -nocrl keeps the order of its arguments, which here is that
	 * of the SET. */
	data_read(&theirs, "pkcs7/openssl-certs-only.p7b");
	assert_true(pkcs7_certificates(theirs.bytes, &found, add_found, &err));
	pkcs7_write(&ours, found.certs, found.n);
	assert_true(span_eq(buf_span(&ours), theirs.bytes));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(certificates_of_other_programs_are_found),
		cmocka_unit_test(certificates_are_found_in_pem_armour),
		cmocka_unit_test(the_walk_ends_where_the_caller_says_so),
		cmocka_unit_test(other_content_is_refused),
		cmocka_unit_test(ber_of_old_tools_is_read),
		cmocka_unit_test(nesting_is_bounded),
		cmocka_unit_test(
			every_cut_is_refused_or_gives_the_certificates_before_it),
		cmocka_unit_test(what_is_written_is_der_in_set_order),
		cmocka_unit_test(what_openssl_wrote_is_what_we_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
