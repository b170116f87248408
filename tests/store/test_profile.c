/* Profiles: what they read, what they include, and which are refused. */
#include "open_scratch.h"

static void the_first_alternative_that_exists_is_read_and_others_included(void **state)
{
	AUTO(store) store = STORE_INIT;

	(void)state;
	copy_cert("root-one", "one.pem");
	copy_cert("root-two", "two.pem");
	write_profile_of("inner", "two.pem", "");
	write_profile_of("outer", "one.pem", "<include name=\"inner\"/>\n");
	open_good(&store, "outer", &to_look);
	assert_int_equal(store.kind, STORE_PROFILE);
	assert_int_equal(store.set.n, 2);
}

static void a_profile_that_is_wrong_is_told_with_file_and_line(void **state)
{
	static const struct {
		const char *inside, *why;
	} cases[] = {
		{ "<read paht=\"/a\"/>\n", ".xml:4: " },
		{ "<read path=\"a\"/>\n", ".xml:4: " },
		{ "<read path=\"/a\" trust=\"ancor\"/>\n", ".xml:4: " },
		{ "<read path=\"/a\" format=\"moon\"/>\n", ".xml:4: there is no format" },
		{ "<include name=\"a/b\"/>\n", ".xml:4: " },
		{ "<run command=\"/bin/sh\"/>\n", ".xml:4: " },
		{ "<read path=\"/a\">\n", ".xml:6: " },
		{ "<read path=\"&a;\"/>\n", ".xml:4: " },
		{ "<!-- <!DOCTYPE a> -->", "no DOCTYPE" },
		{ "<include name=\"wrong\"/>\n", "include each other" },
		{ "<read path=\"/nowhere/at/all\"/>\n",
		  "is on this machine: /nowhere/at/all" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		write_profile("wrong", cases[i].inside);
		assert_cannot_open("wrong", cases[i].why);
	}
	write_text("rootcellar/stores/wrong.xml",
		   "<store name=\"right\"><title>t</title></store>");
	assert_cannot_open("wrong", "is that of its file");
	write_text("rootcellar/stores/wrong.xml", "no XML");
	assert_cannot_open("wrong", ".xml:1: ");
	write_text("rootcellar/stores/wrong.xml", "");
	assert_cannot_open("wrong", ".xml:1: ");
}

static void root_uses_no_profile_that_others_can_write(void **state)
{
	(void)state;
	if (geteuid() != 0)
		skip();
	copy_cert("root-one", "one.pem");
	write_profile_of("shared", "one.pem", "");
	assert_int_equal(chmod("rootcellar/stores", 0777), 0);
	assert_cannot_open("shared", "is not used by root");
	assert_int_equal(chmod("rootcellar/stores", 0755), 0);
	assert_int_equal(chown("rootcellar", 12345, 0), 0);
	assert_cannot_open("shared", "is not used by root");
	assert_int_equal(chown("rootcellar", 0, 0), 0);
	assert_int_equal(chmod("rootcellar/stores/shared.xml", 0664), 0);
	assert_cannot_open("shared", "is not used by root");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(the_first_alternative_that_exists_is_read_and_others_included),
		CASE(a_profile_that_is_wrong_is_told_with_file_and_line),
		CASE(root_uses_no_profile_that_others_can_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
