/* DER elements: what X.690 allows, what it forbids, and what is written. */
#include "x509/der.h"

#include "x509/test.h"

static void a_length_that_der_forbids_is_refused_and_nothing_is_consumed(void **state)
{
	static const struct {
		const char *why;
		struct span der;
	} cases[] = {
		{ "nothing", SPAN("") },
		{ "indefinite (X.690 10.1)", SPAN("\x80") },
		{ "long form below 128 (X.690 10.1)", SPAN("\x81\x7f") },
		{ "leading zero octet (X.690 10.1)", SPAN("\x82\x00\x80") },
		{ "cut off", SPAN("\x82\x01") },
		{ "five octets", SPAN("\x85\x01\x00\x00\x00\x00") },
		{ "the reserved ff (X.690 8.1.3.5)", SPAN("\xff") },
		{ "past the end", SPAN("\x05"
				       "abcd") },
		{ "far past the end", SPAN("\x84\xff\xff\xff\xff"
					   "abcd") },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct der in = der_of(cases[i].der);
		AUTO(error) err = ERROR_INIT;
		size_t length = 77;

		if (der_read_length(&in, &length, &err))
			fail_msg("accepted: %s", cases[i].why);
		assert_int_equal(der_left(&in), cases[i].der.n);
		assert_int_equal(length, 77);
		assert_int_equal(err.status, STATUS_INPUT);
	}
}

static void a_length_that_der_allows_is_read(void **state)
{
	AUTO(buf) long_one = BUF_INIT;
	static const size_t lengths[] = { 0, 1, 127, 128, 255, 256, 65535, 65536 };
	(void)state;

	for (size_t i = 0; i < COUNT(lengths); i++) {
		AUTO(error) err = ERROR_INIT;
		struct der in;
		size_t length;

		long_one.n = 0;
		der_add_head(&long_one, DER_OCTET_STRING, lengths[i]);
		assert_int_equal(long_one.n, der_head_size(lengths[i]));
		memset(buf_reserve(&long_one, lengths[i]), 'x', lengths[i]);
		long_one.n += lengths[i];
		in = der_of(span_from(buf_span(&long_one), 1));
		assert_true(der_read_length(&in, &length, &err));
		assert_int_equal(length, lengths[i]);
		assert_int_equal(der_left(&in), length);
	}
}

static void an_element_that_cannot_be_read_says_why_and_at_which_byte(void **state)
{
	static const struct {
		struct span der;
		const char *text;
	} cases[] = {
		{ SPAN("\x31\x00"), "tag 31 at byte 0 where 30 was expected" },
		{ SPAN("\x30"), "the data ends too early at byte 1 (X.690 8.1)" },
		{ SPAN(""), "the data ends too early at byte 0 (X.690 8.1)" },
		{ SPAN("\x30\x80\x00\x00"), "indefinite length at byte 0 (X.690 10.1)" },
		{ SPAN("\x30\x81\x01\x00"),
		  "length not in its shortest form at byte 0 (X.690 10.1)" },
		{ SPAN("\x30\x05\x00"),
		  "length 5 runs past the end at byte 0 (X.690 8.1.3)" },
		{ SPAN("\x3f\x81\x00\x00"), "tag 3f at byte 0 where 30 was expected" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct der in = der_of(cases[i].der);
		AUTO(error) err = ERROR_INIT;
		struct span content;

		assert_false(der_read(&in, DER_SEQUENCE, &content, &err));
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(der_left(&in), cases[i].der.n);
	}
}

static void
the_byte_of_an_inner_fault_is_counted_from_the_outermost_beginning(void **state)
{
	struct der in = der_of(SPAN("\x30\x06\x30\x04\x02\x01\x05\x05")), one, two;
	AUTO(error) err = ERROR_INIT;
	int32_t number;
	(void)state;

	assert_true(der_enter(&in, DER_SEQUENCE, &one, &err));
	assert_true(der_enter(&one, DER_SEQUENCE, &two, &err));
	assert_true(der_read_number(&two, DER_INTEGER, &number, &err));
	assert_int_equal(number, 5);
	assert_false(der_end(&two, &err));
	assert_string_equal(err.text, "1 bytes too many at byte 7");
}

static void a_tag_of_the_long_form_is_refused(void **state)
{
	struct span rest = SPAN("\x1f\x1f\x00"), content;
	uint8_t tag;
	(void)state;

	/* X.690 8.1.2.4: nothing that is read here has one. */
	assert_false(der_take(&rest, &tag, &content));
	assert_int_equal(rest.n, 3);
}

static void booleans_are_00_or_ff(void **state)
{
	static const struct {
		struct span der;
		int value; /* -1: refused (X.690 8.2, 11.1) */
	} cases[] = {
		{ SPAN("\x01\x01\x00"), 0 },      { SPAN("\x01\x01\xff"), 1 },
		{ SPAN("\x01\x01\x01"), -1 },     { SPAN("\x01\x00"), -1 },
		{ SPAN("\x01\x02\xff\xff"), -1 }, { SPAN("\x02\x01\xff"), -1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct der in = der_of(cases[i].der);
		AUTO(error) err = ERROR_INIT;
		bool value = false, read = der_read_boolean(&in, &value, &err);

		assert_int_equal(read ? value : -1, cases[i].value);
		assert_int_equal(der_left(&in), read ? 0 : cases[i].der.n);
	}
}

static void numbers_are_in_shortest_form_and_not_negative(void **state)
{
	static const struct {
		struct span der;
		int64_t value; /* -1: refused */
	} cases[] = {
		{ SPAN("\x02\x01\x00"), 0 },
		{ SPAN("\x02\x01\x7f"), 127 },
		{ SPAN("\x02\x02\x00\x80"), 128 },
		{ SPAN("\x02\x04\x7f\xff\xff\xff"), INT32_MAX },
		{ SPAN("\x02\x05\x00\x80\x00\x00\x00"), -1 }, /* too large */
		{ SPAN("\x02\x02\x00\x7f"), -1 },             /* X.690 8.3.2 */
		{ SPAN("\x02\x01\x80"), -1 },                 /* negative */
		{ SPAN("\x02\x00"), -1 },                     /* X.690 8.3.1 */
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct der in = der_of(cases[i].der);
		AUTO(error) err = ERROR_INIT;
		int32_t value = 0;
		bool read = der_read_number(&in, DER_INTEGER, &value, &err);

		assert_int_equal(read ? value : -1, cases[i].value);
	}
}

static void bit_strings_have_a_sane_count_of_unused_bits_which_are_zero(void **state)
{
	static const struct {
		struct span der;
		int unused; /* -1: refused (X.690 8.6.2, 11.2.1) */
	} cases[] = {
		{ SPAN("\x03\x01\x00"), 0 },      { SPAN("\x03\x02\x07\x80"), 7 },
		{ SPAN("\x03\x02\x00\xff"), 0 },  { SPAN("\x03\x00"), -1 },
		{ SPAN("\x03\x01\x01"), -1 },     { SPAN("\x03\x02\x08\x00"), -1 },
		{ SPAN("\x03\x02\x07\x81"), -1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct der in = der_of(cases[i].der);
		AUTO(error) err = ERROR_INIT;
		struct span octets;
		unsigned unused;
		bool read = der_read_bits(&in, DER_BIT_STRING, &octets, &unused, &err);

		assert_int_equal(read ? (int)unused : -1, cases[i].unused);
	}
}

static void object_identifiers_end_and_have_no_padding(void **state)
{
	(void)state;

	/* X.690 8.19.2. */
	assert_true(der_oid_well_formed(SPAN("\x55\x1d\x13")));
	assert_true(der_oid_well_formed(SPAN("\x88\x37")));
	assert_false(der_oid_well_formed(SPAN("")));
	assert_false(der_oid_well_formed(SPAN("\x55\x9d")));
	assert_false(der_oid_well_formed(SPAN("\x55\x80\x01")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_length_that_der_forbids_is_refused_and_nothing_is_consumed),
		cmocka_unit_test(a_length_that_der_allows_is_read),
		cmocka_unit_test(
			an_element_that_cannot_be_read_says_why_and_at_which_byte),
		cmocka_unit_test(
			the_byte_of_an_inner_fault_is_counted_from_the_outermost_beginning),
		cmocka_unit_test(a_tag_of_the_long_form_is_refused),
		cmocka_unit_test(booleans_are_00_or_ff),
		cmocka_unit_test(numbers_are_in_shortest_form_and_not_negative),
		cmocka_unit_test(
			bit_strings_have_a_sane_count_of_unused_bits_which_are_zero),
		cmocka_unit_test(object_identifiers_end_and_have_no_padding),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
