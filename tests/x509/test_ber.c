/* BER brought into DER: what old tools write, and what is broken or too deep. */
#include "test.h"

#include "x509/ber.h"
#include "x509/der.h"

static void what_der_forbids_is_mended_and_all_else_stays(void **state)
{
	static const struct {
		const char *why;
		struct span ber, der;
		bool mended;
	} cases[] = {
		{ "nothing", SPAN(""), SPAN(""), false },
		{ "DER", SPAN("\x30\x03\x02\x01\x05"), SPAN("\x30\x03\x02\x01\x05"),
		  false },
		{ "indefinite", SPAN("\x30\x80\x02\x01\x05\x00\x00"),
		  SPAN("\x30\x03\x02\x01\x05"), true },
		{ "indefinite in indefinite",
		  SPAN("\x30\x80\xa0\x80\x02\x01\x05\x00\x00\x05\x00\x00\x00"),
		  SPAN("\x30\x07\xa0\x03\x02\x01\x05\x05\x00"), true },
		{ "long form", SPAN("\x30\x81\x03\x02\x01\x05"),
		  SPAN("\x30\x03\x02\x01\x05"), true },
		{ "long form within", SPAN("\x30\x05\x02\x82\x00\x01\x05"),
		  SPAN("\x30\x03\x02\x01\x05"), true },
		{ "a string of parts",
		  SPAN("\x24\x07\x04\x02"
		       "ab"
		       "\x04\x01"
		       "c"),
		  SPAN("\x04\x03"
		       "abc"),
		  true },
		{ "parts of parts",
		  SPAN("\x24\x80\x24\x80\x04\x01"
		       "a"
		       "\x00\x00\x04\x01"
		       "b"
		       "\x00\x00"),
		  SPAN("\x04\x02"
		       "ab"),
		  true },
		{ "no parts", SPAN("\x24\x80\x00\x00"), SPAN("\x04\x00"), true },
		{ "what a string holds", SPAN("\x04\x04\x30\x80\x00\x00"),
		  SPAN("\x04\x04\x30\x80\x00\x00"), false },
		{ "two elements", SPAN("\x05\x00\x30\x80\x00\x00"),
		  SPAN("\x05\x00\x30\x00"), true },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;

		if (ber_is_not_der(cases[i].ber) != cases[i].mended)
			fail_msg("%s: taken for the other", cases[i].why);
		if (!ber_to_der(&out, cases[i].ber, &err))
			fail_msg("%s: %s", cases[i].why, err.text);
		if (!span_eq(buf_span(&out), cases[i].der))
			fail_msg("%s: came out otherwise", cases[i].why);
	}
}

static void what_is_broken_is_told_with_its_byte(void **state)
{
	static const struct {
		struct span ber;
		const char *text;
	} cases[] = {
		{ SPAN("\x30\x80\x02\x01\x05"), "byte 5" },
		{ SPAN("\x30\x80\x02\x01\x05\x00"), "byte 5" },
		{ SPAN("\x30\x80\x02\x09\x05\x00\x00"), "byte 2" },
		{ SPAN("\x04\x80\x00\x00"), "byte 0" },
		{ SPAN("\x30\x80\x24\x80\x02\x01\x05\x00\x00\x00\x00"), "byte 4" },
		{ SPAN("\x30\x80\x1f\x81\x01\x00\x00\x00"), "byte 2" },
		{ SPAN("\x30\x88\xff\xff\xff\xff\xff\xff\xff\xff\x00"), "byte 0" },
		{ SPAN("\x00\x00"), "byte 0" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;

		if (ber_to_der(&out, cases[i].ber, &err) ||
		    !strstr(err.text, cases[i].text))
			fail_msg("case %zu: %s", i, err.text ? err.text : "accepted");
	}
}

static void elements_are_nested_no_deeper_than_the_bound(void **state)
{
	(void)state;

	for (size_t depth = BER_NESTED_MOST - 1; depth <= 100000; depth *= 2) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) ber = BUF_INIT;
		AUTO(buf) out = BUF_INIT;

		for (size_t i = 0; i < depth; i++)
			buf_add(&ber, SPAN("\x30\x80"));
		for (size_t i = 0; i < depth; i++)
			buf_add(&ber, SPAN("\x00\x00"));
		assert_true(ber_is_not_der(buf_span(&ber)));
		assert_int_equal(ber_to_der(&out, buf_span(&ber), &err),
				 depth <= BER_NESTED_MOST);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_der_forbids_is_mended_and_all_else_stays),
		cmocka_unit_test(what_is_broken_is_told_with_its_byte),
		cmocka_unit_test(elements_are_nested_no_deeper_than_the_bound),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
