/* Profiles: what they read, what they include, and which are refused. */
#include "open_scratch.h"

#include "store/profile.h"

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
		{ "<run program=\"sh\"/>\n", ".xml:4: " },
		{ "<read path=\"/a\" uri=\"pkcs11:\"/>\n", ".xml:4: " },
		{ "<read uri=\"http://a\"/>\n", ".xml:4: " },
		{ "<read path=\"/a\" below=\"b\"/>\n", ".xml:4: " },
		{ "<read variable=\"A\" below=\"/b\"/>\n", ".xml:4: " },
		{ "<read home=\"/a\"/>\n", ".xml:4: " },
		{ "<read program=\"java\" below=\"b\"/>\n", ".xml:4: " },
		{ "<write format=\"bcfks\" path=\"/a\"/>\n",
		  ".xml:4: there is no format of that name that can be written" },
		{ "<write format=\"pem\" path=\"a\"/>\n", ".xml:4: " },
		{ "<include name=\"a\"/>\n<read path=\"/a\"/>\n", ".xml:5: " },
		{ "<read profile=\"wrong\"/>\n", "is on this machine: wrong" },
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

static const char *one_of(const struct store *store)
{
	assert_int_equal(store->set.n, 1);
	assert_non_null(store->path);
	return strrchr(store->path, '/') + 1;
}

/* What the profile `made` of that content reads. */
static void assert_reads(const char *inside, const char *wanted)
{
	AUTO(store) store = STORE_INIT;

	write_profile("made", inside);
	open_good(&store, "made", &to_look);
	assert_string_equal(one_of(&store), wanted);
	assert_int_equal(store.set.at[0].trust, TRUST_ANCHOR);
}

static void
a_variable_says_the_file_or_the_folder_above_it_and_the_home_is_known(void **state)
{
	(void)state;
	copy_cert("root-one", "one.pem");
	copy_cert("root-two", "two.pem");
	setenv("ROOTCELLAR_TEST_FILE", "two.pem", 1);
	setenv("ROOTCELLAR_TEST_FOLDER", scratch, 1);
	assert_reads("<read variable=\"ROOTCELLAR_TEST_FILE\" trust=\"anchor\"/>\n"
		     "<read home=\"one.pem\"/>\n",
		     "two.pem");
	assert_reads("<read variable=\"ROOTCELLAR_TEST_FOLDER\" below=\"none.pem\"/>\n"
		     "<read variable=\"ROOTCELLAR_TEST_FOLDER\" below=\"two.pem\" "
		     "trust=\"anchor\"/>\n",
		     "two.pem");
	unsetenv("ROOTCELLAR_TEST_FILE");
	assert_reads("<read variable=\"ROOTCELLAR_TEST_FILE\"/>\n"
		     "<read home=\"one.pem\" trust=\"anchor\"/>\n",
		     "one.pem");
	/* Its client would look nowhere else. */
	setenv("ROOTCELLAR_TEST_FILE", "/nowhere/at/all", 1);
	write_profile("made", "<read variable=\"ROOTCELLAR_TEST_FILE\"/>\n"
			      "<read home=\"one.pem\"/>\n");
	assert_cannot_open("made", "/nowhere/at/all");
	unsetenv("ROOTCELLAR_TEST_FILE");
	unsetenv("ROOTCELLAR_TEST_FOLDER");
}

static void of_several_matches_the_newest_version_counts(void **state)
{
	static const char *const folders[] = { "java-8", "java-17", "java-11" };
	(void)state;

	for (size_t i = 0; i < COUNT(folders); i++) {
		AUTO_FREE char *file = str_format("%s/of-%s.pem", folders[i], folders[i]);

		assert_int_equal(mkdir(folders[i], 0755), 0);
		copy_cert("root-one", file);
	}
	assert_reads("<read home=\"java-*/of-*.pem\" trust=\"anchor\"/>\n",
		     "of-java-17.pem");
}

static void a_program_leads_by_its_links_to_what_belongs_to_it(void **state)
{
	AUTO_FREE char *inside =
		str_format("<read program=\"%s/tool\" below=\"lib/one.pem\" "
			   "trust=\"anchor\"/>\n",
			   scratch);
	(void)state;

	assert_int_equal(
		mkdir("jvm", 0755) | mkdir("jvm/bin", 0755) | mkdir("jvm/lib", 0755), 0);
	write_text("jvm/bin/tool", "");
	copy_cert("root-one", "jvm/lib/one.pem");
	assert_int_equal(symlink("jvm/bin/tool", "alternative"), 0);
	assert_int_equal(symlink("alternative", "tool"), 0);
	assert_reads(inside, "one.pem");
}

static void
another_profile_is_an_alternative_where_it_is_here_and_that_is_told(void **state)
{
	AUTO(store) store = STORE_INIT;
	(void)state;

	copy_cert("root-one", "one.pem");
	write_profile("absent", "<read path=\"/nowhere/at/all\"/>\n");
	write_profile_of("present", "one.pem", "");
	write_profile("made", "<read profile=\"absent\" remark=\"no\"/>\n"
			      "<read profile=\"present\" remark=\"a stand-in\"/>\n");
	open_good(&store, "made", &to_look);
	assert_int_equal(store.set.n, 1);
	assert_int_equal(store.n_remarks, 1);
	assert_string_equal(store.remarks[0].text, "made: a stand-in");
}

static void what_is_read_as_well_is_every_match_and_may_be_absent(void **state)
{
	AUTO(store) store = STORE_INIT, less = STORE_INIT;
	(void)state;

	copy_cert("root-one", "one.pem");
	copy_cert("root-two", "a.crt");
	copy_cert("intermediate", "b.crt");
	write_profile_of("inner", "one.pem", "");
	write_profile("made",
		      "<also home=\"*.crt\"/>\n<also variable=\"ROOTCELLAR_NONE\"/>\n"
		      "<include name=\"inner\"/>\n");
	open_good(&store, "made", &to_look);
	assert_int_equal(store.set.n, 3);
	write_profile("made", "<also home=\"*.none\"/>\n<include name=\"inner\"/>\n");
	open_good(&less, "made", &to_look);
	assert_int_equal(less.set.n, 1);
}

static void what_is_run_afterwards_is_a_program_and_its_arguments(void **state)
{
	AUTO(profile) profile = PROFILE_INIT;
	AUTO(error) err = ERROR_INIT;
	(void)state;

	write_profile("made", "<write format=\"pem\" path=\"/etc/x.crt\"/>\n"
			      "<run program=\"/bin/echo\"><argument>a b; $c</argument>"
			      "<argument/></run>\n<run program=\"/bin/true\"/>\n");
	if (!profile_load(&profile, "made", &err))
		fail_msg("%s", err.text);
	assert_false(profile.shipped);
	assert_int_equal(profile.n_writes, 1);
	assert_int_equal(profile.writes[0].way, WRITE_EXPORT);
	assert_string_equal(profile.writes[0].place.text, "/etc/x.crt");
	assert_ptr_equal(profile.writes[0].place.format, &format_pem);
	assert_int_equal(profile.n_runs, 2);
	assert_string_equal(profile.runs[0].argv[0], "/bin/echo");
	assert_string_equal(profile.runs[0].argv[1], "a b; $c");
	assert_string_equal(profile.runs[0].argv[2], "");
	assert_null(profile.runs[0].argv[3]);
	assert_null(profile.runs[1].argv[1]);
}

static void the_names_are_those_of_all_folders_each_once(void **state)
{
	struct profile_names names = PROFILE_NAMES_INIT;
	AUTO(error) err = ERROR_INIT;
	size_t system = 0, made = 0;
	(void)state;

	write_profile("made", "");
	write_profile("system", "");
	write_text("rootcellar/stores/README", "");
	write_text("rootcellar/stores/two words.xml", "");
	if (!profile_list(&names, &err))
		fail_msg("%s", err.text);
	for (size_t i = 0; i < names.n; i++) {
		system += strcmp(names.at[i], "system") == 0;
		made += strcmp(names.at[i], "made") == 0;
		assert_true(i == 0 || strcmp(names.at[i - 1], names.at[i]) < 0);
		assert_null(strchr(names.at[i], ' '));
	}
	assert_int_equal(system, 1);
	assert_int_equal(made, 1);
	profile_names_clear(&names);
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
		CASE(a_variable_says_the_file_or_the_folder_above_it_and_the_home_is_known),
		CASE(of_several_matches_the_newest_version_counts),
		CASE(a_program_leads_by_its_links_to_what_belongs_to_it),
		CASE(another_profile_is_an_alternative_where_it_is_here_and_that_is_told),
		CASE(what_is_read_as_well_is_every_match_and_may_be_absent),
		CASE(what_is_run_afterwards_is_a_program_and_its_arguments),
		CASE(the_names_are_those_of_all_folders_each_once),
		CASE(root_uses_no_profile_that_others_can_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
