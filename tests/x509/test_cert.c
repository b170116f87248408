/* The certificate view: what it finds, what it notes as odd, what it refuses. */
#include "x509/cert.h"

#include "base/clock.h"
#include "x509/made.h"
#include "x509/test.h"

static void a_certificate_of_another_program_is_found_in_its_parts(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert cert;
	(void)state;

	/* The values are those that openssl x509 -text prints (tests/data/x509/ORIGIN).
	 */
	data_read(&file, "x509/leaf.der");
	if (!cert_read(&cert, file.bytes, &err))
		fail_msg("%s", err.text);
	assert_int_equal(cert.version, 3);
	assert_int_equal(cert.odd, 0);
	assert_int_equal(cert.not_before, time_from_date(2024, 1, 2, 3, 4, 5));
	assert_int_equal(cert.not_after, time_from_date(2051, 6, 7, 8, 9, 10));
	assert_true(span_eq(cert_part(&cert, cert.serial), SPAN("\x12\x34\x56\x78\x9a")));
	assert_true(cert_has(&cert, EXT_BASIC_CONSTRAINTS));
	assert_true(cert_is_critical(&cert, EXT_BASIC_CONSTRAINTS));
	assert_true(cert_has(&cert, EXT_SUBJECT_ALT_NAME));
	assert_false(cert_is_critical(&cert, EXT_SUBJECT_ALT_NAME));
	assert_false(cert_has(&cert, EXT_NAME_CONSTRAINTS));
	assert_int_equal(cert.unknown_critical.n, 0);
	assert_false(cert_self_issued(&cert));
	assert_int_equal(cert_der(&cert).n, file.bytes.n);
}

static void what_must_not_be_is_refused_and_the_view_is_left_alone(void **state)
{
	static const struct {
		const char *why;
		struct made made;
	} cases[] = {
		{ "version 4 (RFC 5280 4.1.2.1)",
		  { .version = SPAN("\xa0\x03\x02\x01\x03") } },
		{ "version negative", { .version = SPAN("\xa0\x03\x02\x01\xff") } },
		{ "something behind the version",
		  { .version = SPAN("\xa0\x05\x02\x01\x02\x05\x00") } },
		{ "no serial", { .serial = LEFT_OUT } },
		{ "serial without octets (X.690 8.3.1)", { .serial = SPAN("\x02\x00") } },
		{ "algorithm without OID",
		  { .inner_algorithm = SPAN("\x30\x02\x05\x00") } },
		{ "algorithm with two parameters",
		  { .inner_algorithm = SPAN("\x30\x07\x06\x01\x2a\x05\x00\x05\x00") } },
		{ "issuer no SEQUENCE", { .issuer = SPAN("\x31\x00") } },
		{ "empty relative name (RFC 5280 4.1.2.4)",
		  { .issuer = SPAN("\x30\x02\x31\x00") } },
		{ "attribute without value",
		  { .subject = SPAN("\x30\x09\x31\x07\x30\x05\x06\x03\x55\x04\x03") } },
		{ "time with a letter (RFC 5280 4.1.2.5.1)",
		  { .validity = SPAN("\x30\x1e\x17\x0d"
				     "2001010000x0Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "time without seconds",
		  { .validity = SPAN("\x30\x1c\x17\x0b"
				     "2001010000Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "time with an offset",
		  { .validity = SPAN("\x30\x22\x17\x11"
				     "200101000000+0000"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "30 February",
		  { .validity = SPAN("\x30\x1e\x17\x0d"
				     "200230000000Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "29 February of a common year",
		  { .validity = SPAN("\x30\x1e\x17\x0d"
				     "210229000000Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "hour 24",
		  { .validity = SPAN("\x30\x1e\x17\x0d"
				     "200101240000Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "second 60",
		  { .validity = SPAN("\x30\x1e\x17\x0d"
				     "200101000060Z"
				     "\x17\x0d"
				     "300101000000Z") } },
		{ "fraction of a second (RFC 5280 4.1.2.5.2)",
		  { .validity = SPAN("\x30\x22\x17\x0d"
				     "200101000000Z"
				     "\x18\x11"
				     "20510101000000.5Z") } },
		{ "one time only",
		  { .validity = SPAN("\x30\x0f\x17\x0d"
				     "200101000000Z") } },
		{ "key without bits",
		  { .key = SPAN("\x30\x09\x30\x07\x06\x05\x2b\x65\x70\x01\x01") } },
		{ "something between key and extensions",
		  { .unique_ids = SPAN("\x05\x00") } },
		{ "something behind the TBSCertificate's fields",
		  { .in_tbs_after = SPAN("\xa4\x00") } },
		{ "signature with unused bits",
		  { .signature = SPAN("\x03\x02\x01\x02") } },
		{ "something behind the signature",
		  { .after_signature = SPAN("\x05\x00") } },
		{ "something behind the certificate", { .after = SPAN("\x00") } },
		{ "extension without value",
		  { .extensions =
			    SPAN("\xa3\x09\x30\x07\x30\x05\x06\x03\x55\x1d\x0f") } },
		{ "critical neither 00 nor ff (X.690 11.1)",
		  { .extensions = SPAN(
			    "\xa3\x0e\x30\x0c\x30\x0a\x06\x03\x55\x1d\x0f\x01\x01\x01"
			    "\x04\x00") } },
		{ "something behind the extensions' SEQUENCE",
		  { .extensions = SPAN("\xa3\x04\x30\x00\x05\x00") } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cert cert = { .n = 77 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;

		made_write(&der, &cases[i].made);
		if (cert_read(&cert, buf_span(&der), &err))
			fail_msg("accepted: %s", cases[i].why);
		assert_int_equal(cert.n, 77);
		assert_int_equal(err.status, STATUS_INPUT);
	}
}

static void what_is_odd_is_read_and_noted(void **state)
{
#define BC "\x06\x03\x55\x1d\x13"
#define LONG_SERIAL    \
	"\x02\x15\x01" \
	"abcdefghijklmnopqrst"
	static const struct {
		const char *what;
		uint16_t odd;
		struct made made;
	} cases[] = {
		{ "nothing", 0, { .after = LEFT_OUT } },
		{ "serial negative (RFC 5280 4.1.2.2)",
		  ODD_SERIAL_NEGATIVE,
		  { .serial = SPAN("\x02\x01\x80") } },
		{ "serial zero", ODD_SERIAL_ZERO, { .serial = SPAN("\x02\x01\x00") } },
		{ "serial of 21 octets",
		  ODD_SERIAL_LONG,
		  { .serial = SPAN(LONG_SERIAL) } },
		{ "serial padded (X.690 8.3.2)",
		  ODD_SERIAL_PADDED,
		  { .serial = SPAN("\x02\x02\x00\x05") } },
		{ "version 1 written out (X.690 11.5)",
		  ODD_DEFAULT_ENCODED,
		  { .version = SPAN("\xa0\x03\x02\x01\x00") } },
		{ "extensions in version 1 (RFC 5280 4.1.2.9)",
		  ODD_VERSION_EXTENSIONS,
		  { .version = LEFT_OUT,
		    .extensions =
			    SPAN("\xa3\x0d\x30\x0b\x30\x09" BC "\x04\x02\x30\x00") } },
		{ "algorithms differ (RFC 5280 4.1.1.2)",
		  ODD_ALGORITHM_MISMATCH,
		  { .inner_algorithm = SPAN("\x30\x05\x06\x03\x2b\x65\x70") } },
		{ "an extension twice (RFC 5280 4.2)",
		  ODD_EXTENSION_TWICE,
		  { .extensions =
			    SPAN("\xa3\x18\x30\x16\x30\x09" BC
				 "\x04\x02\x30\x00\x30\x09" BC "\x04\x02\x30\x00") } },
		{ "an unknown extension twice",
		  ODD_EXTENSION_TWICE,
		  { .extensions = SPAN(
			    "\xa3\x12\x30\x10\x30\x06\x06\x02\x2a\x03\x04\x00\x30\x06"
			    "\x06\x02\x2a\x03\x04\x00") } },
		{ "no extensions in the list",
		  ODD_EMPTY_EXTENSIONS,
		  { .extensions = SPAN("\xa3\x02\x30\x00") } },
		{ "GeneralizedTime before 2050 (RFC 5280 4.1.2.5)",
		  ODD_TIME_FORM,
		  { .validity = SPAN("\x30\x20\x17\x0d"
				     "200101000000Z"
				     "\x18\x0f"
				     "20491231235959Z") } },
		{ "GeneralizedTime from 2050 on is right",
		  0,
		  { .validity = SPAN("\x30\x20\x17\x0d"
				     "200101000000Z"
				     "\x18\x0f"
				     "20500101000000Z") } },
		{ "unique identifiers (RFC 5280 4.1.2.8)",
		  ODD_UNIQUE_ID,
		  { .unique_ids = SPAN("\x81\x02\x00\x01\x82\x02\x00\x02") } },
		{ "issuer without a name (RFC 5280 4.1.2.4)",
		  ODD_EMPTY_ISSUER,
		  { .issuer = SPAN("\x30\x00") } },
		{ "critical FALSE written out (X.690 11.5)",
		  ODD_DEFAULT_ENCODED,
		  { .extensions =
			    SPAN("\xa3\x10\x30\x0e\x30\x0c" BC "\x01\x01\x00\x04\x02"
				 "\x30\x00") } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;

		made_write(&der, &cases[i].made);
		if (!cert_read(&cert, buf_span(&der), &err))
			fail_msg("refused: %s: %s", cases[i].what, err.text);
		if (cert.odd != cases[i].odd)
			fail_msg("odd %x, not %x: %s", cert.odd, cases[i].odd,
				 cases[i].what);
	}
}

static void two_digit_years_turn_at_fifty(void **state)
{
	static const struct {
		struct made made;
		int year;
	} cases[] = {
		{ { .validity = SPAN("\x30\x1e\x17\x0d"
				     "500101000000Z"
				     "\x17\x0d"
				     "491231235959Z") },
		  1950 },
		{ { .validity = SPAN("\x30\x1e\x17\x0d"
				     "490101000000Z"
				     "\x17\x0d"
				     "491231235959Z") },
		  2049 },
		{ { .validity = SPAN("\x30\x1e\x17\x0d"
				     "000101000000Z"
				     "\x17\x0d"
				     "491231235959Z") },
		  2000 },
	};
	(void)state;

	/* RFC 5280 4.1.2.5.1. */
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;

		made_write(&der, &cases[i].made);
		assert_true(cert_read(&cert, buf_span(&der), &err));
		assert_int_equal(cert.not_before,
				 time_from_date(cases[i].year, 1, 1, 0, 0, 0));
		assert_int_equal(cert.not_after,
				 time_from_date(2049, 12, 31, 23, 59, 59));
	}
}

static void the_farthest_time_is_read(void **state)
{
	static const struct made made = {
		.validity = SPAN("\x30\x22\x18\x0f"
				 "00000101000000Z"
				 "\x18\x0f"
				 "99991231235959Z"),
	};
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	(void)state;

	/* RFC 5280 4.1.2.5: 99991231235959Z stands for no end that is known. */
	made_write(&der, &made);
	assert_true(cert_read(&cert, buf_span(&der), &err));
	assert_int_equal(cert.not_after, 253402300799);
	assert_int_equal(cert.not_before, -62167219200);
}

static void the_first_unknown_critical_extension_is_kept(void **state)
{
	/* 1.2.3 not critical, 1.2.4 critical, 1.2.5 critical; and an unknown one
	 * of 2.5.29. */
	static const struct made made = {
		.extensions =
			SPAN("\xa3\x2d\x30\x2b"
			     "\x30\x06\x06\x02\x2a\x03\x04\x00"
			     "\x30\x09\x06\x02\x2a\x04\x01\x01\xff\x04\x00"
			     "\x30\x09\x06\x02\x2a\x05\x01\x01\xff\x04\x00"
			     "\x30\x0b\x06\x03\x55\x1d\x37\x01\x01\xff\x04\x01\x00"),
	};
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	(void)state;

	made_write(&der, &made);
	if (!cert_read(&cert, buf_span(&der), &err))
		fail_msg("%s", err.text);
	assert_true(span_eq(cert_part(&cert, cert.unknown_critical), SPAN("\x2a\x04")));
	assert_int_equal(cert.present, 0);
}

static void of_an_extension_that_stands_twice_the_first_stays(void **state)
{
	static const struct made made = {
		.extensions =
			SPAN("\xa3\x1d\x30\x1b"
			     "\x30\x0b\x06\x03\x55\x1d\x0f\x04\x04\x03\x02\x07\x80"
			     "\x30\x0c\x06\x03\x55\x1d\x0f\x01\x01\xff\x04\x02\x05\x00"),
	};
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	(void)state;

	made_write(&der, &made);
	if (!cert_read(&cert, buf_span(&der), &err))
		fail_msg("%s", err.text);
	assert_true(span_eq(cert_ext(&cert, EXT_KEY_USAGE), SPAN("\x03\x02\x07\x80")));
	assert_false(cert_is_critical(&cert, EXT_KEY_USAGE));
	assert_int_equal(cert.odd, ODD_EXTENSION_TWICE);
}

static void every_known_extension_is_found_in_its_place(void **state)
{
	static const struct {
		enum ext ext;
		struct span oid;
	} cases[] = {
		{ EXT_SUBJECT_KEY_ID, SPAN("\x55\x1d\x0e") },
		{ EXT_KEY_USAGE, SPAN("\x55\x1d\x0f") },
		{ EXT_SUBJECT_ALT_NAME, SPAN("\x55\x1d\x11") },
		{ EXT_ISSUER_ALT_NAME, SPAN("\x55\x1d\x12") },
		{ EXT_BASIC_CONSTRAINTS, SPAN("\x55\x1d\x13") },
		{ EXT_NAME_CONSTRAINTS, SPAN("\x55\x1d\x1e") },
		{ EXT_CRL_POINTS, SPAN("\x55\x1d\x1f") },
		{ EXT_POLICIES, SPAN("\x55\x1d\x20") },
		{ EXT_POLICY_MAPPINGS, SPAN("\x55\x1d\x21") },
		{ EXT_AUTHORITY_KEY_ID, SPAN("\x55\x1d\x23") },
		{ EXT_POLICY_CONSTRAINTS, SPAN("\x55\x1d\x24") },
		{ EXT_EXTENDED_KEY_USAGE, SPAN("\x55\x1d\x25") },
		{ EXT_INHIBIT_ANY_POLICY, SPAN("\x55\x1d\x36") },
		{ EXT_AUTHORITY_INFO, SPAN("\x2b\x06\x01\x05\x05\x07\x01\x01") },
		{ EXT_SUBJECT_INFO, SPAN("\x2b\x06\x01\x05\x05\x07\x01\x0b") },
		{ EXT_TLS_FEATURE, SPAN("\x2b\x06\x01\x05\x05\x07\x01\x18") },
		{ EXT_SCT_LIST, SPAN("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02") },
		{ EXT_CT_POISON, SPAN("\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x03") },
	};
	(void)state;

	assert_int_equal(COUNT(cases), EXT_COUNT);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) extensions = BUF_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;

		made_extension(&extensions, cases[i].oid, true, SPAN("value"));
		made_write(&der, &(struct made){ .extensions = buf_span(&extensions) });
		assert_true(cert_read(&cert, buf_span(&der), &err));
		assert_int_equal(cert.present, 1u << cases[i].ext);
		assert_int_equal(cert.critical, 1u << cases[i].ext);
		assert_true(span_eq(cert_ext(&cert, cases[i].ext), SPAN("value")));
		assert_int_equal(cert.unknown_critical.n, 0);
		assert_non_null(ext_name(cases[i].ext));
	}
}

static void more_extensions_than_the_bound_are_refused(void **state)
{
	AUTO(buf) sequence = BUF_INIT;
	AUTO(buf) outer = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) der = BUF_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert cert;
	(void)state;

	for (unsigned i = 0; i < 257; i++)
		buf_add(&list,
			span_of((uint8_t[]){ 0x30, 7, 6, 3, 0x2a,
					     (uint8_t)(i >> 7) | 0x80, i & 0x7f, 4, 0 },
				9));
	der_add(&sequence, DER_SEQUENCE, buf_span(&list));
	der_add(&outer, DER_CONTEXT_CONSTRUCTED(3), buf_span(&sequence));
	made_write(&der, &(struct made){ .extensions = buf_span(&outer) });
	assert_false(cert_read(&cert, buf_span(&der), &err));
	assert_string_equal(err.text, "more than 256 extensions");
}

static void every_cut_of_a_certificate_is_refused(void **state)
{
	AUTO(file) file = FILE_INIT;
	struct cert cert;
	(void)state;

	data_read(&file, "x509/leaf.der");
	for (size_t n = 0; n < file.bytes.n; n++) {
		AUTO(error) err = ERROR_INIT;
		/* A copy of its own, so that a sanitizer sees a read past its end. */
		AUTO_FREE uint8_t *copy = mem_copy(span_of(file.bytes.at, n));

		assert_false(cert_read(&cert, span_of(copy, n), &err));
	}
}

static void the_first_certificate_of_several_is_read_and_measured(void **state)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	size_t used, one;
	(void)state;

	made_write(&der, &(struct made){ .after = LEFT_OUT });
	one = der.n;
	made_write(&der, &(struct made){ .after = LEFT_OUT });
	assert_true(cert_read_first(&cert, buf_span(&der), &used, &err));
	assert_int_equal(used, one);
	assert_int_equal(cert.n, one);
	assert_false(cert_read(&cert, buf_span(&der), &err));
}

static void a_fault_is_named_with_its_field_and_byte(void **state)
{
	static const struct made made = { .issuer = SPAN("\x30\x02\x31\x00") };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	(void)state;

	made_write(&der, &made);
	assert_false(cert_read(&cert, buf_span(&der), &err));
	assert_string_equal(
		err.text,
		"issuer: malformed relative name at byte 26 (RFC 5280 4.1.2.4)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_certificate_of_another_program_is_found_in_its_parts),
		cmocka_unit_test(what_must_not_be_is_refused_and_the_view_is_left_alone),
		cmocka_unit_test(what_is_odd_is_read_and_noted),
		cmocka_unit_test(two_digit_years_turn_at_fifty),
		cmocka_unit_test(the_farthest_time_is_read),
		cmocka_unit_test(the_first_unknown_critical_extension_is_kept),
		cmocka_unit_test(of_an_extension_that_stands_twice_the_first_stays),
		cmocka_unit_test(every_known_extension_is_found_in_its_place),
		cmocka_unit_test(more_extensions_than_the_bound_are_refused),
		cmocka_unit_test(every_cut_of_a_certificate_is_refused),
		cmocka_unit_test(the_first_certificate_of_several_is_read_and_measured),
		cmocka_unit_test(a_fault_is_named_with_its_field_and_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
