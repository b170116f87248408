/* Contents of extensions (RFC 5280 4.2), and object identifiers. */
#include "x509/extension.h"

#include "x509/made.h"
#include "x509/test.h"

/* A certificate with one extension; der must outlive cert. */
static void make(struct cert *cert, struct buf *der, struct span oid, struct span value)
{
	AUTO(buf) extensions = BUF_INIT;
	AUTO(error) err = ERROR_INIT;

	made_extension(&extensions, oid, false, value);
	made_write(der, &(struct made){ .extensions = buf_span(&extensions) });
	if (!cert_read(cert, buf_span(der), &err))
		fail_msg("%s", err.text);
}

static void read_file(struct cert *cert, struct file *file, const char *name)
{
	AUTO(error) err = ERROR_INIT;

	data_read(file, name);
	if (!cert_read(cert, file->bytes, &err))
		fail_msg("%s: %s", name, err.text);
}

#define ID_CE(n) SPAN("\x55\x1d" n)

static void basic_constraints_are_read(void **state)
{
	static const struct {
		struct span value;
		bool read, ca, default_encoded;
		int32_t path_length;
	} cases[] = {
		{ SPAN("\x30\x00"), true, false, false, -1 },
		{ SPAN("\x30\x03\x01\x01\xff"), true, true, false, -1 },
		{ SPAN("\x30\x06\x01\x01\xff\x02\x01\x00"), true, true, false, 0 },
		{ SPAN("\x30\x07\x01\x01\xff\x02\x02\x00\xff"), true, true, false, 255 },
		{ SPAN("\x30\x03\x01\x01\x00"), true, false, true, -1 },
		{ SPAN("\x30\x03\x02\x01\x01"), true, false, false,
		  1 }, /* the path rules decide */
		{ SPAN("\x30\x06\x01\x01\xff\x02\x01\xff"), false, 0, 0,
		  0 }, /* below 0 */
		{ SPAN("\x30\x07\x01\x01\xff\x02\x02\x00\x01"), false, 0, 0,
		  0 },                                                        /* padded */
		{ SPAN("\x30\x06\x02\x01\x01\x01\x01\xff"), false, 0, 0, 0 }, /* order */
		{ SPAN("\x30\x03\x01\x01\x01"), false, 0, 0, 0 },
		{ SPAN("\x30\x00\x00"), false, 0, 0, 0 },
		{ SPAN("\x01\x01\xff"), false, 0, 0, 0 },
		{ SPAN(""), false, 0, 0, 0 },
	};
	(void)state;

	/* RFC 5280 4.2.1.9. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct basic_constraints basic = { .path_length = 77 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;

		make(&cert, &der, ID_CE("\x13"), cases[i].value);
		if (cert_basic_constraints(&cert, &basic, &err) != cases[i].read)
			fail_msg("case %zu", i);
		if (!cases[i].read) {
			assert_int_equal(basic.path_length, 77);
			assert_memory_equal(err.text, "basicConstraints: ", 18);
			continue;
		}
		assert_true(basic.present);
		assert_int_equal(basic.ca, cases[i].ca);
		assert_int_equal(basic.path_length, cases[i].path_length);
		assert_int_equal(basic.default_encoded, cases[i].default_encoded);
	}
}

static void key_usage_is_read(void **state)
{
	static const struct {
		struct span value;
		int bits; /* -1: refused */
	} cases[] = {
		{ SPAN("\x03\x02\x01\x06"), KEY_USAGE_CERT_SIGN | KEY_USAGE_CRL_SIGN },
		{ SPAN("\x03\x02\x07\x80"), KEY_USAGE_DIGITAL_SIGNATURE },
		{ SPAN("\x03\x03\x07\x00\x80"), KEY_USAGE_DECIPHER_ONLY },
		{ SPAN("\x03\x02\x00\x80"),
		  KEY_USAGE_DIGITAL_SIGNATURE }, /* zeros at the end */
		{ SPAN("\x03\x01\x00"), 0 },
		{ SPAN("\x03\x02\x00\xff"), 0xff },
		{ SPAN("\x03\x04\x00\x00\x00\xff"), 0 }, /* bits that have no name */
		{ SPAN("\x03\x02\x07\x81"), -1 },
		{ SPAN("\x03\x00"), -1 },
		{ SPAN("\x03\x02\x01\x06\x00"), -1 },
		{ SPAN("\x04\x02\x01\x06"), -1 },
	};
	(void)state;

	/* RFC 5280 4.2.1.3; X.690 11.2.2. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;
		uint16_t bits = 0;
		bool present = false, read;

		make(&cert, &der, ID_CE("\x0f"), cases[i].value);
		read = cert_key_usage(&cert, &present, &bits, &err);
		if ((read ? bits : -1) != cases[i].bits)
			fail_msg("case %zu: %x", i, bits);
		assert_int_equal(present, read);
	}
}

static void extended_key_usage_is_read(void **state)
{
	struct extended_key_usage usage;
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct span rest, oid;
	struct cert cert;
	size_t n = 0;
	(void)state;

	read_file(&cert, &file, "x509/leaf.der");
	assert_true(cert_extended_key_usage(&cert, &usage, &err));
	assert_true(usage.present);
	assert_false(usage.any);
	assert_int_equal(usage.purposes,
			 1u << PURPOSE_SERVER_AUTH | 1u << PURPOSE_CLIENT_AUTH);
	assert_int_equal(usage.others, 1);
	rest = cert_extended_key_usage_oids(&cert);
	while (extended_key_usage_next(&rest, &oid))
		n++;
	assert_int_equal(n, 3);
	assert_true(span_eq(oid, SPAN("\x2a\x03\x04\x05")));
}

static void an_extension_that_is_absent_is_no_fault(void **state)
{
	struct basic_constraints basic;
	struct extended_key_usage usage;
	struct name_constraints constraints;
	struct authority_key_id authority;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct span bytes;
	struct cert cert;
	uint16_t bits;
	bool present;
	(void)state;

	made_write(&der, &(struct made){ .after = LEFT_OUT });
	assert_true(cert_read(&cert, buf_span(&der), &err));
	assert_true(cert_basic_constraints(&cert, &basic, &err));
	assert_false(basic.present);
	assert_int_equal(basic.path_length, -1);
	assert_true(cert_key_usage(&cert, &present, &bits, &err));
	assert_false(present);
	assert_true(cert_extended_key_usage(&cert, &usage, &err));
	assert_false(usage.present);
	assert_true(cert_name_constraints(&cert, &constraints, &err));
	assert_false(constraints.present);
	assert_true(cert_authority_key_id(&cert, &authority, &err));
	assert_false(authority.present);
	assert_true(cert_subject_key_id(&cert, &bytes, &err));
	assert_int_equal(bytes.n, 0);
	assert_true(cert_subject_alt_names(&cert, &bytes, &err));
	assert_int_equal(bytes.n, 0);
	assert_true(cert_access_urls(&cert, ACCESS_CA_ISSUERS, NULL, NULL, &err));
}

static void malformed_values_are_refused(void **state)
{
	enum reader {
		EKU,
		SKI,
		AKI,
		SAN,
		CONSTRAINTS,
		ACCESS
	};
	static const struct {
		const char *why;
		enum reader reader;
		struct span value;
	} cases[] = {
		{ "no purposes (RFC 5280 4.2.1.12)", EKU, SPAN("\x30\x00") },
		{ "purpose that is no OID", EKU, SPAN("\x30\x03\x02\x01\x05") },
		{ "something behind the purposes", EKU,
		  SPAN("\x30\x04\x06\x02\x2a\x03\x05") },
		{ "key identifier no OCTET STRING (4.2.1.2)", SKI, SPAN("\x30\x00") },
		{ "something behind the key identifier", SKI, SPAN("\x04\x01\x01\x00") },
		{ "authority key identifier with [3] (4.2.1.1)", AKI,
		  SPAN("\x30\x02\x83\x00") },
		{ "fields in the wrong order", AKI,
		  SPAN("\x30\x06\x82\x01\x01\x80\x01\x01") },
		{ "no names (4.2.1.6)", SAN, SPAN("\x30\x00") },
		{ "unknown choice [9]", SAN,
		  SPAN("\x30\x03\x89\x01"
		       "a") },
		{ "dNSName constructed", SAN,
		  SPAN("\x30\x03\xa2\x01"
		       "a") },
		{ "directoryName primitive", SAN, SPAN("\x30\x04\x84\x02\x30\x00") },
		{ "directoryName not explicit (X.680 31.2.7)", SAN,
		  SPAN("\x30\x02\xa4\x00") },
		{ "universal tag", SAN,
		  SPAN("\x30\x03\x0c\x01"
		       "a") },
		{ "name past the end", SAN,
		  SPAN("\x30\x03\x82\x02"
		       "a") },
		{ "registeredID cut", SAN, SPAN("\x30\x03\x88\x01\x80") },
		{ "no subtrees at all (4.2.1.10)", CONSTRAINTS, SPAN("\x30\x00") },
		{ "empty list of subtrees", CONSTRAINTS, SPAN("\x30\x02\xa0\x00") },
		{ "minimum 1", CONSTRAINTS,
		  SPAN("\x30\x0a\xa0\x08\x30\x06\x82\x01"
		       "a"
		       "\x80\x01\x01") },
		{ "maximum", CONSTRAINTS,
		  SPAN("\x30\x0a\xa0\x08\x30\x06\x82\x01"
		       "a"
		       "\x81\x01\x01") },
		{ "excluded before permitted", CONSTRAINTS,
		  SPAN("\x30\x0e\xa1\x05\x30\x03\x82\x01"
		       "a"
		       "\xa0\x05\x30\x03\x82\x01"
		       "a") },
		{ "no access description (4.2.2.1)", ACCESS, SPAN("\x30\x00") },
		{ "access without location", ACCESS,
		  SPAN("\x30\x06\x30\x04\x06\x02\x2a\x03") },
		{ "location no general name", ACCESS,
		  SPAN("\x30\x09\x30\x07\x06\x02\x2a\x03\x0c\x01"
		       "a") },
	};
	static const struct span oids[] = {
		[EKU] = ID_CE("\x25"),
		[SKI] = ID_CE("\x0e"),
		[AKI] = ID_CE("\x23"),
		[SAN] = ID_CE("\x11"),
		[CONSTRAINTS] = ID_CE("\x1e"),
		[ACCESS] = SPAN("\x2b\x06\x01\x05\x05\x07\x01\x01"),
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct extended_key_usage usage;
		struct authority_key_id authority;
		struct name_constraints constraints;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct span bytes;
		struct cert cert;
		bool read = true;

		make(&cert, &der, oids[cases[i].reader], cases[i].value);
		switch (cases[i].reader) {
		case EKU:
			read = cert_extended_key_usage(&cert, &usage, &err);
			break;
		case SKI:
			read = cert_subject_key_id(&cert, &bytes, &err);
			break;
		case AKI:
			read = cert_authority_key_id(&cert, &authority, &err);
			break;
		case SAN:
			read = cert_subject_alt_names(&cert, &bytes, &err);
			break;
		case CONSTRAINTS:
			read = cert_name_constraints(&cert, &constraints, &err);
			break;
		case ACCESS:
			read = cert_access_urls(&cert, ACCESS_OCSP, NULL, NULL, &err);
			break;
		}
		if (read)
			fail_msg("accepted: %s", cases[i].why);
		assert_int_equal(err.status, STATUS_INPUT);
	}
}

static void alternative_names_of_every_kind_are_walked(void **state)
{
	static const struct general_name expected[] = {
		{ GENERAL_DNS, SPAN("a.example.com") },
		{ GENERAL_DNS, SPAN("*.example.com") },
		{ GENERAL_IP, SPAN("\x0a\x01\x02\x03") },
		{ GENERAL_IP, SPAN("\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\1") },
		{ GENERAL_EMAIL, SPAN("me@example.com") },
		{ GENERAL_URI, SPAN("https://example.com/x") },
		{ GENERAL_DIRECTORY,
		  SPAN("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02ZZ") },
		{ GENERAL_REGISTERED_ID, SPAN("\x2a\x03\x04") },
	};
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct general_name name;
	struct cert cert;
	struct span rest;
	bool malformed;
	size_t n = 0;
	(void)state;

	read_file(&cert, &file, "x509/leaf.der");
	assert_true(cert_subject_alt_names(&cert, &rest, &err));
	while (general_name_next(&rest, &name, &malformed)) {
		assert_true(n < COUNT(expected));
		assert_int_equal(name.kind, expected[n].kind);
		assert_true(span_eq(name.value, expected[n].value));
		n++;
	}
	assert_false(malformed);
	assert_int_equal(n, COUNT(expected));
}

static void subtrees_of_name_constraints_are_walked(void **state)
{
	static const struct general_name permitted[] = {
		{ GENERAL_DNS, SPAN("example.com") },
		{ GENERAL_IP, SPAN("\x0a\0\0\0\xff\0\0\0") },
	};
	static const struct general_name excluded[] = {
		{ GENERAL_EMAIL, SPAN(".bad.example") },
		{ GENERAL_DIRECTORY,
		  SPAN("\x30\x0d\x31\x0b\x30\x09\x06\x03\x55\x04\x06\x13\x02ZZ") },
	};
	struct name_constraints constraints;
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct general_name base;
	struct cert cert;
	bool malformed;
	size_t n = 0;
	(void)state;

	read_file(&cert, &file, "x509/ca.der");
	assert_true(cert_name_constraints(&cert, &constraints, &err));
	assert_true(constraints.present);
	for (; general_subtree_next(&constraints.permitted, &base, &malformed); n++) {
		assert_int_equal(base.kind, permitted[n].kind);
		assert_true(span_eq(base.value, permitted[n].value));
	}
	assert_false(malformed);
	assert_int_equal(n, COUNT(permitted));
	for (n = 0; general_subtree_next(&constraints.excluded, &base, &malformed); n++) {
		assert_int_equal(base.kind, excluded[n].kind);
		assert_true(span_eq(base.value, excluded[n].value));
	}
	assert_int_equal(n, COUNT(excluded));
}

static void add_url(void *ctx, struct span url)
{
	buf_add(ctx, url);
	buf_add_byte(ctx, ' ');
}

static void access_urls_come_in_order_and_by_method(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) urls = BUF_INIT;
	struct cert cert;
	(void)state;

	read_file(&cert, &file, "x509/leaf.der");
	assert_true(cert_access_urls(&cert, ACCESS_CA_ISSUERS, &urls, add_url, &err));
	assert_string_equal(buf_text(&urls),
			    "http://ca.example.com/ca.cer ldap://ca.example.com/ ");
	urls.n = 0;
	assert_true(cert_access_urls(&cert, ACCESS_OCSP, &urls, add_url, &err));
	assert_string_equal(buf_text(&urls), "http://ocsp.example.com/ ");
}

static void at_most_64_access_urls_are_reported(void **state)
{
	AUTO(buf) value = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) urls = BUF_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	(void)state;

	for (int i = 0; i < 100; i++)
		buf_add(&list, SPAN("\x30\x0d\x06\x08\x2b\x06\x01\x05\x05\x07\x30\x02\x86"
				    "\x01u"));
	der_add(&value, DER_SEQUENCE, buf_span(&list));
	make(&cert, &der, SPAN("\x2b\x06\x01\x05\x05\x07\x01\x01"), buf_span(&value));
	assert_true(cert_access_urls(&cert, ACCESS_CA_ISSUERS, &urls, add_url, &err));
	assert_int_equal(urls.n, 64 * 2);
}

static void key_identifiers_are_read(void **state)
{
	struct authority_key_id authority;
	AUTO(file) leaf_file = FILE_INIT;
	AUTO(file) ca_file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert leaf, ca;
	struct span id;
	(void)state;

	read_file(&leaf, &leaf_file, "x509/leaf.der");
	read_file(&ca, &ca_file, "x509/ca.der");
	assert_true(cert_subject_key_id(&ca, &id, &err));
	assert_int_equal(id.n, 20);
	assert_true(cert_authority_key_id(&leaf, &authority, &err));
	assert_true(authority.present);
	assert_true(span_eq(authority.key_id, id));
	assert_true(span_eq(authority.serial, cert_part(&ca, ca.serial)));
	assert_true(authority.issuer.n > 0);
}

static void purposes_have_names_and_identifiers(void **state)
{
	enum purpose purpose;
	(void)state;

	for (enum purpose i = 0; i < PURPOSE_COUNT; i++) {
		assert_true(purpose_parse(purpose_name(i), &purpose));
		assert_int_equal(purpose, i);
		assert_true(purpose_of_oid(purpose_oid(i), &purpose));
		assert_int_equal(purpose, i);
	}
	assert_true(purpose_parse("server", &purpose));
	assert_int_equal(purpose, PURPOSE_SERVER_AUTH);
	assert_true(purpose_parse("1.3.6.1.5.5.7.3.36", &purpose));
	assert_int_equal(purpose, PURPOSE_DOCUMENT_SIGNING);
	assert_true(purpose_parse("any", &purpose));
	assert_int_equal(purpose, PURPOSE_ANY);
	assert_true(purpose_of_oid(SPAN("\x55\x1d\x25\x00"), &purpose));
	assert_int_equal(purpose, PURPOSE_ANY);
	assert_string_equal(purpose_name(PURPOSE_ANY), "any");
	assert_false(purpose_parse("1.2.3", &purpose));
	assert_false(purpose_parse("sewer", &purpose));
	assert_false(purpose_parse("", &purpose));
}

static void object_identifiers_and_their_text_are_the_same(void **state)
{
	static const struct {
		struct span oid;
		const char *text;
	} cases[] = {
		{ SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b"), "1.2.840.113549.1.1.11" },
		{ SPAN("\x00"), "0.0" },
		{ SPAN("\x27"), "0.39" },
		{ SPAN("\x28"), "1.0" },
		{ SPAN("\x4f"), "1.39" },
		{ SPAN("\x50"), "2.0" },
		{ SPAN("\x88\x37"), "2.999" },
		/* The UUID of X.667 8. */
		{ SPAN("\x69\x83\xf0\x9d\xa7\xeb\xcf\xde\xe0\xc7\xa1"
		       "\xa7\xb2\xc0\x94\x8c\xc8\xf9\xd7\x76"),
		  "2.25.329800735698586629295641978511506172918" },
	};
	static const char *const not_oids[] = {
		"",
		"1",
		"1.",
		".1",
		"3.1",
		"1.40",
		"1.2.",
		"1..2",
		"1.2.03",
		"1.2.x",
		"-1.2",
		"1.2 ",
		"2.340282366920938463463374607431768211456",
	};
	static const struct span broken[] = { SPAN(""), SPAN("\x2a\x80\x01"),
					      SPAN("\x2a\x86") };
	uint8_t octets[64];
	size_t n;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) text = BUF_INIT;

		oid_text(&text, cases[i].oid);
		assert_string_equal(buf_text(&text), cases[i].text);
		assert_true(oid_parse(cases[i].text, octets, &n));
		assert_true(span_eq(span_of(octets, n), cases[i].oid));
	}
	for (size_t i = 0; i < COUNT(not_oids); i++)
		if (oid_parse(not_oids[i], octets, &n))
			fail_msg("accepted: %s", not_oids[i]);
	for (size_t i = 0; i < COUNT(broken); i++) {
		AUTO(buf) text = BUF_INIT;

		oid_text(&text, broken[i]);
		assert_int_equal(buf_text(&text)[0], '#');
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(basic_constraints_are_read),
		cmocka_unit_test(key_usage_is_read),
		cmocka_unit_test(extended_key_usage_is_read),
		cmocka_unit_test(an_extension_that_is_absent_is_no_fault),
		cmocka_unit_test(malformed_values_are_refused),
		cmocka_unit_test(alternative_names_of_every_kind_are_walked),
		cmocka_unit_test(subtrees_of_name_constraints_are_walked),
		cmocka_unit_test(access_urls_come_in_order_and_by_method),
		cmocka_unit_test(at_most_64_access_urls_are_reported),
		cmocka_unit_test(key_identifiers_are_read),
		cmocka_unit_test(purposes_have_names_and_identifiers),
		cmocka_unit_test(object_identifiers_and_their_text_are_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
