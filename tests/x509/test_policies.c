/* Contents of the extensions on certificate policies (RFC 5280 4.2.1.4, .5, .11, .14). */
#include "x509/extension.h"
#include "x509/policies.h"

#include "x509/made.h"
#include "x509/test.h"

#define ID_POLICIES    SPAN("\x55\x1d\x20")
#define ID_MAPPINGS    SPAN("\x55\x1d\x21")
#define ID_CONSTRAINTS SPAN("\x55\x1d\x24")
#define ID_INHIBIT_ANY SPAN("\x55\x1d\x36")

/* 1.2.1, 1.2.2 and anyPolicy, each a whole TLV. */
#define ONE "\x06\x02\x2a\x01"
#define TWO "\x06\x02\x2a\x02"
#define ALL "\x06\x04\x55\x1d\x20\x00"
/* PolicyInformation of the same. */
#define JUST_ONE "\x30\x04" ONE
#define JUST_TWO "\x30\x04" TWO
#define JUST_ALL "\x30\x06" ALL
/* Qualifier id-qt-cps with an empty IA5String, and 1.2.1 with NULL. */
#define CPS "\x30\x0c\x06\x08\x2b\x06\x01\x05\x05\x07\x02\x01\x16\x00"
#define ODD "\x30\x06" ONE "\x05\x00"

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

static void policies_are_read_and_none_stands_twice(void **state)
{
	static const struct {
		const char *why;
		struct span value;
		bool read, any, odd;
		const char *text; /* of all in order */
	} cases[] = {
		{ "one", SPAN("\x30\x06" JUST_ONE), true, false, false, "1.2.1 " },
		{ "three", SPAN("\x30\x14" JUST_TWO JUST_ALL JUST_ONE), true, true, false,
		  "1.2.2 2.5.29.32.0 1.2.1 " },
		{ "with a qualifier", SPAN("\x30\x16\x30\x14" ONE "\x30\x0e" CPS), true,
		  false, false, "1.2.1 " },
		{ "with an odd one", SPAN("\x30\x10\x30\x0e" ONE "\x30\x08" ODD), true,
		  false, true, "1.2.1 " },
		{ "twice", SPAN("\x30\x12" JUST_ONE JUST_TWO JUST_ONE), false, 0, 0,
		  NULL },
		{ "none", SPAN("\x30\x00"), false, 0, 0, NULL },
		{ "no sequence", SPAN("\x05\x00"), false, 0, 0, NULL },
		{ "something behind", SPAN("\x30\x06" JUST_ONE "\x05\x00"), false, 0, 0,
		  NULL },
		{ "an OID alone", SPAN("\x30\x04" ONE), false, 0, 0, NULL },
		{ "an OID that does not end", SPAN("\x30\x06\x30\x04\x06\x02\x2a\x81"),
		  false, 0, 0, NULL },
		{ "an empty OID", SPAN("\x30\x04\x30\x02\x06\x00"), false, 0, 0, NULL },
		{ "no qualifier in the list", SPAN("\x30\x08\x30\x06" ONE "\x30\x00"),
		  false, 0, 0, NULL },
		{ "a qualifier without value",
		  SPAN("\x30\x0e\x30\x0c" ONE "\x30\x06\x30\x04" ONE), false, 0, 0,
		  NULL },
		{ "two values",
		  SPAN("\x30\x12\x30\x10" ONE "\x30\x0a\x30\x08" ONE "\x05\x00\x05\x00"),
		  false, 0, 0, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct certificate_policies policies = { .n = 77 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		AUTO(buf) text = BUF_INIT;
		struct span oid;
		struct cert cert;

		make(&cert, &der, ID_POLICIES, cases[i].value);
		if (cert_policies(&cert, &policies, &err) != cases[i].read)
			fail_msg("%s: %s", cases[i].why, err.text ? err.text : "read");
		if (!cases[i].read) {
			assert_int_equal(policies.n, 77);
			assert_memory_equal(err.text, "certificatePolicies: ", 21);
			continue;
		}
		while (policy_next(&policies.list, &oid)) {
			oid_text(&text, oid);
			buf_add_byte(&text, ' ');
			policies.n--;
		}
		assert_string_equal(buf_text(&text), cases[i].text);
		assert_int_equal(policies.n, 0);
		assert_true(policies.present);
		assert_int_equal(policies.any, cases[i].any);
		assert_int_equal(policies.odd_qualifier.n > 0, cases[i].odd);
	}
}

static bool reads_policies(size_t n)
{
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	AUTO(buf) der = BUF_INIT;
	AUTO(error) err = ERROR_INIT;
	struct certificate_policies policies;
	struct cert cert;

	for (size_t i = 0; i < n; i++) {
		uint8_t oid[] = { 0x06, 3, 0x2a, (uint8_t)(0x81 + i / 128),
				  (uint8_t)(i % 128) };

		der_add(&list, DER_SEQUENCE, span_of(oid, sizeof(oid)));
	}
	der_add(&value, DER_SEQUENCE, buf_span(&list));
	make(&cert, &der, ID_POLICIES, buf_span(&value));
	return cert_policies(&cert, &policies, &err);
}

static void more_policies_than_any_certificate_has_are_refused(void **state)
{
	(void)state;

	assert_true(reads_policies(POLICIES_MOST));
	assert_false(reads_policies(POLICIES_MOST + 1));
}

static void mappings_are_read_and_any_policy_in_them_is_told(void **state)
{
	static const struct {
		const char *why;
		struct span value;
		bool read, any;
		size_t n;
	} cases[] = {
		{ "one pair", SPAN("\x30\x0a\x30\x08" ONE TWO), true, false, 1 },
		{ "two pairs", SPAN("\x30\x14\x30\x08" ONE TWO "\x30\x08" TWO ONE), true,
		  false, 2 },
		{ "from anyPolicy", SPAN("\x30\x0c\x30\x0a" ALL TWO), true, true, 1 },
		{ "to anyPolicy", SPAN("\x30\x16\x30\x0a" TWO ALL "\x30\x08" TWO ONE),
		  true, true, 2 },
		{ "none", SPAN("\x30\x00"), false, 0, 0 },
		{ "half a pair", SPAN("\x30\x06\x30\x04" ONE), false, 0, 0 },
		{ "three", SPAN("\x30\x0e\x30\x0c" ONE TWO ONE), false, 0, 0 },
		{ "something behind", SPAN("\x30\x0a\x30\x08" ONE TWO "\x05\x00"), false,
		  0, 0 },
		{ "no OIDs", SPAN("\x30\x08\x30\x06\x05\x00" TWO), false, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy_mappings mappings = { .n = 77 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct span from, to;
		struct cert cert;
		size_t n = 0;

		make(&cert, &der, ID_MAPPINGS, cases[i].value);
		if (cert_policy_mappings(&cert, &mappings, &err) != cases[i].read)
			fail_msg("%s: %s", cases[i].why, err.text ? err.text : "read");
		if (!cases[i].read) {
			assert_int_equal(mappings.n, 77);
			assert_memory_equal(err.text, "policyMappings: ", 16);
			continue;
		}
		while (policy_mapping_next(&mappings.list, &from, &to))
			n++;
		assert_int_equal(n, cases[i].n);
		assert_int_equal(mappings.n, cases[i].n);
		assert_int_equal(mappings.any, cases[i].any);
	}
}

static void constraints_are_read_in_their_order(void **state)
{
	static const struct {
		const char *why;
		struct span value;
		bool read;
		int32_t require, mapping;
	} cases[] = {
		{ "explicit", SPAN("\x30\x03\x80\x01\x05"), true, 5, -1 },
		{ "mapping", SPAN("\x30\x03\x81\x01\x00"), true, -1, 0 },
		{ "both", SPAN("\x30\x07\x80\x02\x01\x00\x81\x01\x02"), true, 256, 2 },
		{ "neither", SPAN("\x30\x00"), false, 0, 0 },
		{ "the other order", SPAN("\x30\x06\x81\x01\x02\x80\x01\x01"), false, 0,
		  0 },
		{ "twice", SPAN("\x30\x06\x80\x01\x02\x80\x01\x01"), false, 0, 0 },
		{ "constructed", SPAN("\x30\x05\xa0\x03\x02\x01\x01"), false, 0, 0 },
		{ "below 0", SPAN("\x30\x03\x80\x01\xff"), false, 0, 0 },
		{ "padded", SPAN("\x30\x04\x80\x02\x00\x01"), false, 0, 0 },
		{ "empty", SPAN("\x30\x02\x80\x00"), false, 0, 0 },
		{ "something behind", SPAN("\x30\x03\x80\x01\x05\x05\x00"), false, 0, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct policy_constraints constraints = { 77, 77 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct cert cert;

		make(&cert, &der, ID_CONSTRAINTS, cases[i].value);
		if (cert_policy_constraints(&cert, &constraints, &err) != cases[i].read)
			fail_msg("%s: %s", cases[i].why, err.text ? err.text : "read");
		if (!cases[i].read)
			assert_memory_equal(err.text, "policyConstraints: ", 19);
		assert_int_equal(constraints.require_explicit,
				 cases[i].read ? cases[i].require : 77);
		assert_int_equal(constraints.inhibit_mapping,
				 cases[i].read ? cases[i].mapping : 77);
	}
}

static void inhibit_any_policy_is_a_number(void **state)
{
	static const struct {
		const char *why;
		struct span value;
		bool read;
		int32_t skip;
	} cases[] = {
		{ "at once", SPAN("\x02\x01\x00"), true, 0 },
		{ "the greatest", SPAN("\x02\x04\x7f\xff\xff\xff"), true, INT32_MAX },
		{ "greater", SPAN("\x02\x05\x00\x80\x00\x00\x00"), false, 0 },
		{ "below 0", SPAN("\x02\x01\x80"), false, 0 },
		{ "none", SPAN(""), false, 0 },
		{ "something behind", SPAN("\x02\x01\x00\x00"), false, 0 },
		{ "in a sequence", SPAN("\x30\x03\x02\x01\x00"), false, 0 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		int32_t skip = 77;
		struct cert cert;

		make(&cert, &der, ID_INHIBIT_ANY, cases[i].value);
		if (cert_inhibit_any_policy(&cert, &skip, &err) != cases[i].read)
			fail_msg("%s: %s", cases[i].why, err.text ? err.text : "read");
		assert_int_equal(skip, cases[i].read ? cases[i].skip : 77);
	}
}

static void what_is_absent_constrains_nothing(void **state)
{
	struct certificate_policies policies;
	struct policy_mappings mappings;
	struct policy_constraints constraints;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	int32_t skip;
	(void)state;

	made_write(&der, &(struct made){ .version = { NULL, 0 } });
	assert_true(cert_read(&cert, buf_span(&der), &err));
	assert_true(cert_policies(&cert, &policies, &err));
	assert_true(cert_policy_mappings(&cert, &mappings, &err));
	assert_true(cert_policy_constraints(&cert, &constraints, &err));
	assert_true(cert_inhibit_any_policy(&cert, &skip, &err));
	assert_false(policies.present || mappings.present);
	assert_int_equal(policies.n + mappings.n, 0);
	assert_int_equal(constraints.require_explicit, -1);
	assert_int_equal(constraints.inhibit_mapping, -1);
	assert_int_equal(skip, -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(policies_are_read_and_none_stands_twice),
		cmocka_unit_test(more_policies_than_any_certificate_has_are_refused),
		cmocka_unit_test(mappings_are_read_and_any_policy_in_them_is_told),
		cmocka_unit_test(constraints_are_read_in_their_order),
		cmocka_unit_test(inhibit_any_policy_is_a_number),
		cmocka_unit_test(what_is_absent_constrains_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
