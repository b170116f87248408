/* Which addresses are how private, and what a fetch may reach. */
#include "netd/address.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static void each_range_has_its_class(void **state)
{
	static const struct {
		const char *text;
		enum address_class class;
	} cases[] = {
		{ "8.8.8.8", ADDRESS_PUBLIC },
		{ "9.255.255.255", ADDRESS_PUBLIC },
		{ "10.0.0.0", ADDRESS_PRIVATE },
		{ "10.255.255.255", ADDRESS_PRIVATE },
		{ "11.0.0.0", ADDRESS_PUBLIC },
		{ "100.63.255.255", ADDRESS_PUBLIC },
		{ "100.64.0.0", ADDRESS_PRIVATE },
		{ "100.127.255.255", ADDRESS_PRIVATE },
		{ "100.128.0.0", ADDRESS_PUBLIC },
		{ "127.0.0.1", ADDRESS_LOOPBACK },
		{ "127.255.255.255", ADDRESS_LOOPBACK },
		{ "169.253.255.255", ADDRESS_PUBLIC },
		{ "169.254.169.254", ADDRESS_LINK_LOCAL },
		{ "172.15.255.255", ADDRESS_PUBLIC },
		{ "172.16.0.0", ADDRESS_PRIVATE },
		{ "172.31.255.255", ADDRESS_PRIVATE },
		{ "172.32.0.0", ADDRESS_PUBLIC },
		{ "192.168.1.1", ADDRESS_PRIVATE },
		{ "198.19.255.255", ADDRESS_PRIVATE },
		{ "0.0.0.0", ADDRESS_LINK_LOCAL },
		{ "0.1.2.3", ADDRESS_LINK_LOCAL },
		{ "223.255.255.255", ADDRESS_PUBLIC },
		{ "224.0.0.1", ADDRESS_LINK_LOCAL },
		{ "255.255.255.255", ADDRESS_LINK_LOCAL },
		{ "::", ADDRESS_LINK_LOCAL },
		{ "::1", ADDRESS_LOOPBACK },
		{ "2606:4700::1111", ADDRESS_PUBLIC },
		{ "fc00::1", ADDRESS_PRIVATE },
		{ "fdff::1", ADDRESS_PRIVATE },
		{ "fe00::1", ADDRESS_PUBLIC },
		{ "fe80::1", ADDRESS_LINK_LOCAL },
		{ "febf::1", ADDRESS_LINK_LOCAL },
		{ "fec0::1", ADDRESS_PRIVATE },
		{ "ff02::1", ADDRESS_LINK_LOCAL },
		{ "100::1", ADDRESS_LINK_LOCAL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address address;

		assert_true(address_parse(&address, cases[i].text));
		if (address_class(&address) != cases[i].class)
			fail_msg("%s: %d", cases[i].text, address_class(&address));
	}
}

static void an_address_that_holds_another_is_no_more_public_than_that(void **state)
{
	static const struct {
		const char *text;
		enum address_class class;
	} cases[] = {
		{ "::ffff:8.8.8.8", ADDRESS_PUBLIC },
		{ "::ffff:127.0.0.1", ADDRESS_LOOPBACK },
		{ "::ffff:169.254.169.254", ADDRESS_LINK_LOCAL },
		{ "::ffff:0:10.0.0.1", ADDRESS_PRIVATE },
		{ "::127.0.0.1", ADDRESS_LOOPBACK },
		{ "::10.0.0.1", ADDRESS_PRIVATE },
		{ "64:ff9b::8.8.8.8", ADDRESS_PUBLIC },
		{ "64:ff9b::192.168.0.1", ADDRESS_PRIVATE },
		{ "64:ff9b::169.254.169.254", ADDRESS_LINK_LOCAL },
		{ "64:ff9b:1::8.8.8.8", ADDRESS_PRIVATE },
		{ "64:ff9b:1::127.0.0.1", ADDRESS_LOOPBACK },
		{ "2002:808:808::1", ADDRESS_PUBLIC },
		{ "2002:7f00:1::1", ADDRESS_LOOPBACK },
		{ "2002:a9fe:a9fe::1", ADDRESS_LINK_LOCAL },
		{ "2001::f5ff:fffe", ADDRESS_PRIVATE }, /* Teredo of 10.0.0.1 */
		{ "2001::f7f7:f7f7", ADDRESS_PUBLIC },
		{ "2606:4700::200:5efe:10.0.0.1", ADDRESS_PRIVATE },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct address address;

		assert_true(address_parse(&address, cases[i].text));
		if (address_class(&address) != cases[i].class)
			fail_msg("%s: %d", cases[i].text, address_class(&address));
	}
}

static void the_rule_lets_through_what_is_as_private_and_no_more(void **state)
{
	static const struct {
		struct address_rule rule;
		bool let[4]; /* public, private, loopback, link-local */
	} cases[] = {
		{ { false, ADDRESS_PUBLIC, false }, { true, false, false, false } },
		{ { false, ADDRESS_PRIVATE, false }, { true, true, false, false } },
		{ { false, ADDRESS_LOOPBACK, false }, { true, true, true, false } },
		{ { false, ADDRESS_LINK_LOCAL, false }, { true, true, true, false } },
		{ { false, ADDRESS_PUBLIC, true }, { true, true, true, false } },
		{ { true, ADDRESS_PUBLIC, false }, { true, true, true, true } },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		for (int class = ADDRESS_PUBLIC; class <= ADDRESS_LINK_LOCAL; class ++)
			if (address_allowed(&cases[i].rule, class) != cases[i].let[class])
				fail_msg("case %zu, class %d", i, class);
}

static void only_the_usual_text_is_an_address(void **state)
{
	static const char *const others[] = { "",           "1.2.3",    "0x7f.0.0.1",
					      "127.1",      "1.2.3.4.", "[::1]",
					      "fe80::1%lo", "localhost" };
	(void)state;

	for (size_t i = 0; i < COUNT(others); i++) {
		struct address address;

		if (address_parse(&address, others[i]))
			fail_msg("accepted: %s", others[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_range_has_its_class),
		cmocka_unit_test(
			an_address_that_holds_another_is_no_more_public_than_that),
		cmocka_unit_test(the_rule_lets_through_what_is_as_private_and_no_more),
		cmocka_unit_test(only_the_usual_text_is_an_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
