/* Paths of which no part may be a link. */
#include "base/exact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];

static const char *in(const char *name)
{
	static char paths[4][128];
	static int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", folder, name);
	return path;
}

static int make_folder(void **state)
{
	(void)state;
	snprintf(folder, sizeof(folder), "/tmp/exact-XXXXXX");
	return !mkdtemp(folder);
}

static int drop_folder(void **state)
{
	AUTO_FREE char *command = str_format("rm -rf '%s'", folder);

	(void)state;
	return system(command);
}

static void write_good(const char *name, const char *text, mode_t mode)
{
	AUTO(error) err = ERROR_INIT;

	if (!exact_write(in(name), span_str(text), mode, &err))
		fail_msg("%s", err.text);
}

static void assert_there(const char *name, enum exact_kind wanted, const char *text)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) bytes = BUF_INIT;
	enum exact_kind kind;

	if (!exact_look(in(name), &kind, &bytes, &err))
		fail_msg("%s", err.text);
	assert_int_equal(kind, wanted);
	assert_string_equal(buf_text(&bytes), text);
}

static mode_t mode_of(const char *name)
{
	struct stat st;

	assert_int_equal(lstat(in(name), &st), 0);
	return st.st_mode & 07777;
}

static void a_new_file_has_its_mode_and_an_old_one_keeps_its_own(void **state)
{
	mode_t umask_was = umask(077);

	(void)state;
	write_good("new", "one", 0644);
	umask(umask_was);
	assert_int_equal(mode_of("new"), 0644);
	assert_int_equal(chmod(in("new"), 0640), 0);
	write_good("new", "two", 0644);
	assert_int_equal(mode_of("new"), 0640);
	assert_there("new", EXACT_FILE, "two");
}

static void each_kind_is_told_and_nothing_is_no_fault(void **state)
{
	AUTO(error) err = ERROR_INIT;

	(void)state;
	assert_there("absent", EXACT_NOTHING, "");
	assert_there("absent/below", EXACT_NOTHING, "");
	assert_true(exact_link(in("link"), "to/nowhere", &err));
	assert_there("link", EXACT_LINK, "to/nowhere");
	assert_true(exact_link(in("link"), "to/another", &err));
	assert_there("link", EXACT_LINK, "to/another");
	assert_true(exact_make_folder(in("made"), 0755, &err));
	assert_true(exact_make_folder(in("made"), 0700, &err));
	assert_int_equal(mode_of("made"), 0755);
	assert_there("made", EXACT_FOLDER, "");
	assert_int_equal(mkfifo(in("pipe"), 0600), 0);
	assert_there("pipe", EXACT_OTHER, "");
}

static void no_link_on_the_way_is_followed(void **state)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) bytes = BUF_INIT;
	enum exact_kind kind;

	(void)state;
	assert_true(exact_make_folder(in("real"), 0755, &err));
	write_good("real/file", "old", 0644);
	assert_true(exact_link(in("way"), in("real"), &err));
	assert_true(exact_link(in("last"), in("real/file"), &err));
	assert_false(exact_look(in("way/file"), &kind, &bytes, &err));
	assert_false(exact_write(in("way/file"), SPAN("new"), 0644, &err));
	assert_false(exact_write(in("last"), SPAN("new"), 0644, &err));
	assert_false(exact_link(in("way/link"), "x", &err));
	assert_false(exact_make_folder(in("way/folder"), 0755, &err));
	assert_false(exact_make_folder(in("way"), 0755, &err));
	assert_false(exact_remove(in("way/file"), &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_there("real/file", EXACT_FILE, "old");
	/* The link itself goes, not what it leads to. */
	assert_true(exact_remove(in("last"), &err));
	assert_there("real/file", EXACT_FILE, "old");
}

static void a_folder_goes_where_it_is_empty_and_what_is_not_there_is_gone(void **state)
{
	AUTO(error) err = ERROR_INIT;

	(void)state;
	assert_true(exact_make_folder(in("full"), 0755, &err));
	write_good("full/file", "x", 0644);
	assert_true(exact_remove(in("full"), &err));
	assert_there("full/file", EXACT_FILE, "x");
	assert_true(exact_remove(in("full/file"), &err));
	assert_true(exact_remove(in("full"), &err));
	assert_there("full", EXACT_NOTHING, "");
	assert_true(exact_remove(in("full"), &err));
}

static void what_writers_that_died_left_is_swept_and_nothing_else(void **state)
{
	(void)state;
	write_good(FILE_TEMPORARY "0123456789abcdef", "half", 0600);
	write_good(".rootcellar", "a list", 0600);
	write_good("file", "x", 0644);
	exact_sweep(in("file"));
	assert_there(FILE_TEMPORARY "0123456789abcdef", EXACT_NOTHING, "");
	assert_there(".rootcellar", EXACT_FILE, "a list");
	assert_there("file", EXACT_FILE, "x");
}

static void kinds_have_names(void **state)
{
	(void)state;
	for (enum exact_kind kind = EXACT_NOTHING; kind <= EXACT_OTHER; kind++) {
		enum exact_kind again;

		assert_true(exact_kind_parse(exact_kind_name(kind), &again));
		assert_int_equal(again, kind);
	}
	assert_false(exact_kind_parse("file ", &(enum exact_kind){ 0 }));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_folder, drop_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_new_file_has_its_mode_and_an_old_one_keeps_its_own),
		TEST(each_kind_is_told_and_nothing_is_no_fault),
		TEST(no_link_on_the_way_is_followed),
		TEST(a_folder_goes_where_it_is_empty_and_what_is_not_there_is_gone),
		TEST(what_writers_that_died_left_is_swept_and_nothing_else),
		TEST(kinds_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
