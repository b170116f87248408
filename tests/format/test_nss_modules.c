/* NSS's list of modules: ours put in and taken out, and every other byte as it was. */
#include "format/nss_modules.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

/* As certutil of NSS 3.87 writes it, and modutil with one module more. */
#define INTERNAL                                                                      \
	"library=\nname=NSS Internal PKCS #11 Module\nparameters=configdir='sql:db' " \
	"certPrefix='' flags= \nNSS=Flags=internal,critical trustOrder=75\n\n"
#define OTHER "library=/usr/lib/libnssckbi.so\nname=other\nNSS=trustOrder=100    \n\n"
#define OURS                                                                          \
	"library=/l/p11-kit-trust.so\nname=rootcellar\nparameters=paths='/c/trust'\n" \
	"NSS=trustOrder=100    \n\n"

static void assert_put(const char *list, const char *lines, const char *wanted)
{
	AUTO(buf) out = BUF_INIT;

	assert_true(nss_module_put(&out, span_str(list), "rootcellar", span_str(lines)));
	assert_string_equal(buf_text(&out), wanted);
}

static void ours_is_written_as_modutil_writes_it(void **state)
{
	AUTO(buf) lines = BUF_INIT;

	(void)state;
	nss_module_lines(&lines, "rootcellar", "/l/p11-kit-trust.so", "/c/trust");
	assert_string_equal(buf_text(&lines), OURS);
}

static void what_is_put_in_and_taken_out_leaves_every_other_byte(void **state)
{
	(void)state;
	assert_put(INTERNAL OTHER, OURS, INTERNAL OTHER OURS);
	assert_put(INTERNAL OTHER OURS, "", INTERNAL OTHER);
	assert_put(INTERNAL OURS OTHER, "", INTERNAL OTHER);
	assert_put(OURS INTERNAL, OURS, INTERNAL OURS);
	assert_put(INTERNAL, "", INTERNAL);
	assert_put("", OURS, OURS);
}

static void a_module_is_found_by_its_whole_name(void **state)
{
	static const struct {
		const char *list;
		size_t n;
	} cases[] = {
		{ INTERNAL OTHER, 0 },
		{ INTERNAL OURS, sizeof(OURS) - 1 },
		{ "name=rootcellar", 15 },
		{ "library=x\nname=\"rootcellar\"\n\n" OTHER, 29 },
		{ "name=rootcellars\n\n", 0 },
		{ "xname=rootcellar\n\n", 0 },
		{ "parameters=name=rootcellar\n\n", 0 },
		{ "", 0 },
		{ "\n\n\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct span found =
			nss_module_find(span_str(cases[i].list), "rootcellar");

		if (found.n != cases[i].n)
			fail_msg("%zu bytes of: %s", found.n, cases[i].list);
	}
}

/* The line would be read as one more of the module before. */
static void a_list_that_is_cut_short_is_not_added_to(void **state)
{
	AUTO(buf) out = BUF_INIT;

	(void)state;
	assert_false(nss_module_put(&out, SPAN("library=\nname=x\n"), "rootcellar",
				    SPAN(OURS)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ours_is_written_as_modutil_writes_it),
		cmocka_unit_test(what_is_put_in_and_taken_out_leaves_every_other_byte),
		cmocka_unit_test(a_module_is_found_by_its_whole_name),
		cmocka_unit_test(a_list_that_is_cut_short_is_not_added_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
