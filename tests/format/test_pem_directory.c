/* Folders: one bad file costs only itself, and only our own files are ever touched. */
#include "formats.h"

#include <sys/stat.h>

static void fill(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
}

static void write_set(const struct entry_set *set, const char *folder)
{
	AUTO(error) err = ERROR_INIT;

	if (!format_pem_directory.write_folder(set, folder, &err))
		fail_msg("%s", err.text);
}

static size_t count_files(const char *folder)
{
	AUTO_FREE char *command = str_format("ls '%s' | wc -l", folder);
	AUTO_FREE char *n = last_line(command);

	return strtoul(n, NULL, 10);
}

static void files_of_every_format_are_read_and_the_rest_is_told(void **state)
{
	static const char *const files[] = { "plain.pem", "trusted.pem", "keytool.der",
					     "p11-kit-stored.p11-kit", "bad-middle.pem" };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	struct entry_sink sink = {
		.set = &set, .path = folder, .skip = note_skip, .ctx = &skipped
	};
	AUTO_FREE char *strange = path_in(folder, "strange");
	AUTO_FREE char *inner = path_in(folder, "inner");
	AUTO_FREE char *fifo = path_in(folder, "fifo");
	AUTO_FREE char *link = path_in(folder, "loop");
	AUTO_FREE char *hidden = path_in(folder, ".hidden");
	AUTO(error) err = ERROR_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO_FREE char *name = str_format("format/%s", files[i]);
		AUTO_FREE char *to = path_in(folder, files[i]);
		AUTO(file) file = FILE_INIT;

		data_read(&file, name);
		write_bytes(to, file.bytes);
	}
	write_bytes(strange, SPAN("not a certificate"));
	write_bytes(hidden, SPAN("nor this"));
	assert_int_equal(mkdir(inner, 0755), 0);
	assert_int_equal(mkfifo(fifo, 0644), 0);
	assert_int_equal(symlink("loop", link), 0);

	assert_true(format_pem_directory.read_folder(folder, &sink, &err));
	assert_int_equal(set.n, 3);
	/* A block of bad-middle.pem, strange, fifo and loop; a sub-folder is no part. */
	assert_int_equal(skipped.n, 4);
	assert_int_equal(sink.skipped, 4);
	remove_folder(folder);
}

static void an_empty_folder_and_no_folder_are_failures(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *folder = new_folder();
	struct entry_sink sink = { .set = &set, .path = folder };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_false(format_pem_directory.read_folder(folder, &sink, &err));
	assert_string_equal(err.text, "the folder has no files (sub-folders are not read)");
	remove_folder(folder);
	assert_false(format_pem_directory.read_folder(folder, &sink, &err));
	assert_int_equal(err.status, STATUS_INPUT);
}

static void a_second_write_replaces_what_the_first_wrote_and_nothing_else(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *stranger = path_in(folder, "stranger.pem");
	(void)state;

	fill(&set);
	write_bytes(stranger, SPAN("mine"));
	write_set(&set, folder);
	assert_int_equal(count_files(folder), 4);
	set.n = 1;
	write_set(&set, folder);
	assert_int_equal(count_files(folder), 2);
	assert_int_equal(file_kind(stranger), FILE_REGULAR);
	remove_folder(folder);
}

static void names_are_plain_and_carry_the_hash(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *name = NULL, *path = NULL;
	struct sha256 hash;
	char hex[SHA256_TEXT];
	(void)state;

	fill(&set);
	hash = cert_sha256(&set.at[0].cert);
	write_set(&set, folder);
	name = str_format("One_Root.%.8s.pem", sha256_hex(&hash, hex));
	path = path_in(folder, name);
	assert_int_equal(file_kind(path), FILE_REGULAR);
	remove_folder(folder);
}

/*
 * A file or link at one of our names that is in no list of ours; the list itself may be
 * hostile.
 */
static void what_others_put_in_the_way_is_left_and_the_write_refused(void **state)
{
	static const char *const in_the_way[] = { "file", "link", "folder" };
	(void)state;

	for (size_t i = 0; i < COUNT(in_the_way); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO_FREE char *folder = new_folder();
		AUTO_FREE char *victim = path_in(folder, "victim");
		AUTO_FREE char *path = NULL, *name = NULL;
		AUTO(error) err = ERROR_INIT;
		struct sha256 hash;
		char hex[SHA256_TEXT];

		fill(&set);
		hash = cert_sha256(&set.at[1].cert);
		name = str_format("Two_Root.%.8s.pem", sha256_hex(&hash, hex));
		path = path_in(folder, name);
		write_bytes(victim, SPAN("victim"));
		if (i == 0)
			write_bytes(path, SPAN("not ours"));
		else if (i == 1)
			assert_int_equal(symlink(victim, path), 0);
		else
			assert_int_equal(mkdir(path, 0755), 0);
		if (format_pem_directory.write_folder(&set, folder, &err))
			fail_msg("a %s was written over", in_the_way[i]);
		assert_int_equal(err.status, STATUS_UNCHANGED);
		assert_int_equal(count_files(folder), 2);
		remove_folder(folder);
	}
}

static void a_hostile_list_names_no_file_elsewhere(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *parent = new_folder();
	AUTO_FREE char *folder = path_in(parent, "store");
	AUTO_FREE char *list = path_in(folder, ".rootcellar");
	AUTO_FREE char *outside = path_in(parent, "outside.12345678.pem");
	AUTO_FREE char *other = path_in(folder, "other.txt");
	(void)state;

	fill(&set);
	assert_int_equal(mkdir(folder, 0755), 0);
	write_bytes(outside, SPAN("outside"));
	write_bytes(other, SPAN("other"));
	write_bytes(list, SPAN("../outside.12345678.pem\nother.txt\n.rootcellar\n\n/etc/"
			       "passwd.pem"));
	write_set(&set, folder);
	assert_int_equal(file_kind(outside), FILE_REGULAR);
	assert_int_equal(file_kind(other), FILE_REGULAR);
	remove_folder(parent);
}

static void a_folder_that_cannot_be_made_is_a_clear_failure(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *file = path_in(folder, "file");
	AUTO_FREE char *below = path_in(file, "below");
	AUTO(error) err = ERROR_INIT;
	(void)state;

	fill(&set);
	write_bytes(file, SPAN("x"));
	assert_false(format_pem_directory.write_folder(&set, below, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_every_format_are_read_and_the_rest_is_told),
		cmocka_unit_test(an_empty_folder_and_no_folder_are_failures),
		cmocka_unit_test(
			a_second_write_replaces_what_the_first_wrote_and_nothing_else),
		cmocka_unit_test(names_are_plain_and_carry_the_hash),
		cmocka_unit_test(
			what_others_put_in_the_way_is_left_and_the_write_refused),
		cmocka_unit_test(a_hostile_list_names_no_file_elsewhere),
		cmocka_unit_test(a_folder_that_cannot_be_made_is_a_clear_failure),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
