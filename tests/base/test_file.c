/* Files: reading without surprises, replacing whole or not at all, walking folders. */
#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define SHRINK \
	"read-while-it-shrinks" /* the argument that makes this program do that alone */
#define BIG ((size_t)3 << 20)   /* over the size from which on files are mapped */

static char folder[64];

static int enter_folder(void **state)
{
	(void)state;
	strcpy(folder, "/tmp/rootcellar-file-XXXXXX");
	umask(022);
	/* Whatever blocks shall fail the test, not hang it. */
	alarm(60);
	return !mkdtemp(folder) || chdir(folder) != 0;
}

static int leave_folder(void **state)
{
	AUTO_FREE char *command = str_format("rm -rf '%s'", folder);

	(void)state;
	return chdir("/") != 0 || system(command) != 0;
}

static void write_file(const char *name, struct span bytes)
{
	FILE *f = fopen(name, "wb");

	assert_non_null(f);
	assert_int_equal(fwrite(bytes.at, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

static void assert_holds(const char *name, struct span expected)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!file_read(&file, name, &err))
		fail_msg("%s", err.text);
	assert_true(span_eq(file.bytes, expected));
}

static size_t count_names(void)
{
	DIR *dir = opendir(".");
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void files_of_every_size_are_read(void **state)
{
	static const size_t sizes[] = {
		0, 1, 65535, 65536, (1 << 20), (1 << 20) + 1, BIG
	};
	AUTO_FREE uint8_t *bytes = mem_alloc(BIG);
	(void)state;

	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		write_file("sized", span_of(bytes, sizes[i]));
		assert_holds("sized", span_of(bytes, sizes[i]));
	}
}

static void any_part_of_a_file_can_be_copied_mapped_or_not(void **state)
{
	static const size_t sizes[] = { 100, BIG };
	AUTO_FREE uint8_t *bytes = mem_zalloc(BIG), *copy = mem_alloc(BIG);
	(void)state;

	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (uint8_t)(i * 7 + (i >> 8));
	for (size_t i = 0; i < COUNT(sizes); i++) {
		size_t n = sizes[i];
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		write_file("copied", span_of(bytes, n));
		assert_true(file_read(&file, "copied", &err));
		assert_true(file_copy(&file, 0, copy, n, &err));
		assert_memory_equal(copy, bytes, n);
		assert_true(file_copy(&file, n - 9, copy, 9, &err));
		assert_memory_equal(copy, bytes + n - 9, 9);
		assert_true(file_copy(&file, n, copy, 0, &err));
	}
}

static void a_file_that_shrinks_before_it_is_copied_is_an_error(void **state)
{
	AUTO_FREE uint8_t *bytes = mem_zalloc(BIG);
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	(void)state;

	write_file("shrinks", span_of(bytes, BIG));
	assert_true(file_read(&file, "shrinks", &err));
	assert_int_equal(truncate("shrinks", 10), 0);
	assert_true(file_copy(&file, 0, bytes, 10, &err));
	assert_false(file_copy(&file, 0, bytes, 11, &err));
	assert_int_equal(err.status, STATUS_INPUT);
	assert_non_null(strstr(err.text, "cut short"));
}

static void standard_input_is_read_to_its_end(void **state)
{
	int saved = dup(STDIN_FILENO), pipes[2];
	(void)state;

	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "from a pipe", 11), 11);
	close(pipes[1]);
	dup2(pipes[0], STDIN_FILENO);
	close(pipes[0]);
	assert_holds("-", SPAN("from a pipe"));
	dup2(saved, STDIN_FILENO);
	close(saved);
}

static void make_socket(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	strcpy(address.sun_path, name);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	close(fd);
}

static void what_is_no_regular_file_is_refused_and_never_blocks(void **state)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{ "fifo", "cannot read 'fifo': it is a pipe" },
		{ "to-fifo", "cannot read 'to-fifo': it is a pipe" },
		{ "sub", "cannot read 'sub': it is a folder" },
		{ "/dev/zero", "cannot read '/dev/zero': it is a device" },
		{ "socket", "cannot read 'socket': it is a socket" },
		{ "loop", "cannot read 'loop': Too many levels of symbolic links" },
		{ "dangling", "cannot read 'dangling': No such file or directory" },
		{ "\x1b[1m", "cannot read '\\x1b[1m': No such file or directory" },
		{ "", "cannot read '': No such file or directory" },
	};
	(void)state;

	assert_int_equal(mkfifo("fifo", 0600) | symlink("fifo", "to-fifo") |
				 mkdir("sub", 0700) | symlink("loop", "loop") |
				 symlink("nowhere", "dangling"),
			 0);
	make_socket("socket");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		assert_false(file_read(&file, cases[i].path, &err));
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.status, STATUS_INPUT);
	}
}

static void a_stream_is_bounded(void **state)
{
	int status;
	pid_t child = fork();
	(void)state;

	assert_true(child >= 0);
	if (child == 0) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!freopen("/dev/zero", "r", stdin) || file_read(&file, "-", &err))
			_exit(1);
		_exit(strstr(err.text, "more than 256 MiB") ? 0 : 2);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

/* In a program of its own: cmocka sets its own handler of bus errors before each test. */
static int read_while_it_shrinks(void)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	volatile uint8_t last;

	if (!freopen("messages", "w", stderr) || !file_read(&file, "shrinks", &err) ||
	    truncate("shrinks", 10) != 0)
		return 99;
	last = file.bytes.at[file.bytes.n - 1];
	return 98 + (last & 1);
}

static void a_file_that_shrinks_under_the_reader_ends_in_one_clear_line(void **state)
{
	AUTO_FREE uint8_t *bytes = mem_zalloc(BIG);
	pid_t child;
	int status;
	(void)state;

	write_file("shrinks", span_of(bytes, BIG));
	child = fork();
	assert_true(child >= 0);
	if (child == 0) {
		execl("/proc/self/exe", "test_file", SHRINK, NULL);
		_exit(127);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), STATUS_INPUT);
	assert_holds("messages",
		     SPAN("rootcellar: a file was cut short by another program while it "
			  "was read\n"));
}

static mode_t mode_of(const char *path)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	return st.st_mode;
}

static void a_new_file_has_the_mode_less_the_umask(void **state)
{
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_true(file_replace("new", SPAN("one"), 0666, &err));
	assert_holds("new", SPAN("one"));
	assert_int_equal(mode_of("new") & 07777, 0644);
	assert_int_equal(count_names(), 1);
}

static void a_replaced_file_keeps_its_mode_and_its_owner(void **state)
{
	AUTO(error) err = ERROR_INIT;
	struct stat before, after;
	(void)state;

	write_file("old", SPAN("one"));
	chmod("old", 0604);
	/* Only root can give files away; elsewhere the owner is ours before and after. */
	if (geteuid() == 0)
		assert_int_equal(chown("old", 12345, 54321), 0);
	assert_int_equal(stat("old", &before), 0);
	assert_true(file_replace("old", SPAN("two"), 0666, &err));
	assert_int_equal(stat("old", &after), 0);
	assert_holds("old", SPAN("two"));
	assert_int_equal(after.st_mode, before.st_mode);
	assert_int_equal(after.st_uid, before.st_uid);
	assert_int_equal(after.st_gid, before.st_gid);
	assert_true(after.st_ino != before.st_ino);
	assert_int_equal(count_names(), 1);
}

static void links_are_followed_to_where_they_lead(void **state)
{
	static const struct {
		const char *link, *to, *file;
	} cases[] = {
		{ "a", "target", "target" },
		{ "b", "sub/target", "sub/target" },
		{ "sub/c", "inner", "sub/inner" },
		{ "sub/d", "../target", "target" },
		{ "e", "a", "target" },
	};
	(void)state;

	assert_int_equal(mkdir("sub", 0700), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(symlink(cases[i].to, cases[i].link), 0);
	/* The first time round all of them dangle, the second none. */
	for (size_t i = 0; i < 2 * COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *text = str_format("content %zu", i);
		const char *link = cases[i % COUNT(cases)].link;

		if (!file_replace(link, span_str(text), 0644, &err))
			fail_msg("%s", err.text);
		assert_true(S_ISLNK(mode_of(link)));
		assert_true(S_ISREG(mode_of(cases[i % COUNT(cases)].file)));
		assert_holds(cases[i % COUNT(cases)].file, span_str(text));
	}
}

static void what_cannot_be_replaced_is_named_and_left(void **state)
{
	static const struct {
		const char *path, *text;
	} cases[] = {
		{ "sub", "cannot write 'sub': it is a folder" },
		{ "sub/", "cannot write 'sub/': Is a directory" },
		{ "fifo", "cannot write 'fifo': it is a pipe" },
		{ "none/x", "cannot write 'none/x': No such file or directory" },
		{ "file/x", "cannot write 'file/x': Not a directory" },
		{ "loop", "cannot write 'loop': Too many levels of symbolic links" },
		{ "", "cannot write '': Is a directory" },
	};
	size_t names;
	(void)state;

	write_file("file", SPAN("kept"));
	assert_int_equal(
		mkdir("sub", 0700) | mkfifo("fifo", 0600) | symlink("loop", "loop"), 0);
	names = count_names();
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;

		assert_false(file_replace(cases[i].path, SPAN("new"), 0644, &err));
		assert_string_equal(err.text, cases[i].text);
		assert_int_equal(err.status, STATUS_UNCHANGED);
	}
	assert_int_equal(count_names(), names);
	assert_holds("file", SPAN("kept"));
}

/*
 * A limit on the size of files is the nearest thing to a full disk that a test can
 * make.
 */
static struct rlimit limit_size(size_t n)
{
	struct rlimit old, less;

	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	less = (struct rlimit){ n, old.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &less), 0);
	return old;
}

typedef bool write_way(const char *path, struct span bytes, struct error *err);

static bool replace(const char *path, struct span bytes, struct error *err)
{
	return file_replace(path, bytes, 0644, err);
}

static void a_write_that_runs_out_of_room_leaves_the_old_file(void **state)
{
	static write_way *const ways[] = { replace, file_overwrite };
	uint8_t bytes[20000] = { 0 };
	(void)state;

	for (size_t i = 0; i < COUNT(ways); i++) {
		AUTO(error) err = ERROR_INIT;
		struct rlimit old;
		bool done;

		write_file("old", SPAN("the old content"));
		old = limit_size(10000);
		done = ways[i]("old", span_of(bytes, sizeof(bytes)), &err);
		assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
		assert_false(done);
		assert_string_equal(err.text, "cannot write 'old': File too large");
		assert_int_equal(err.status, STATUS_UNCHANGED);
		assert_null(err.remedy);
		assert_holds("old", SPAN("the old content"));
		assert_int_equal(count_names(), 1);
	}
}

static void overwriting_keeps_the_inode(void **state)
{
	static const struct span contents[] = { SPAN("longer than before"), SPAN("short"),
						SPAN("") };
	struct stat before, after;
	(void)state;

	write_file("place", SPAN("first"));
	assert_int_equal(stat("place", &before), 0);
	assert_int_equal(symlink("place", "link"), 0);
	for (size_t i = 0; i < COUNT(contents); i++) {
		AUTO(error) err = ERROR_INIT;

		assert_true(file_overwrite("link", contents[i], &err));
		assert_holds("place", contents[i]);
	}
	assert_int_equal(stat("place", &after), 0);
	assert_int_equal(after.st_ino, before.st_ino);
}

static void only_files_are_overwritten(void **state)
{
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_int_equal(mkdir("sub", 0700) | mkfifo("fifo", 0600), 0);
	assert_false(file_overwrite("sub", SPAN("x"), &err));
	assert_string_equal(err.text, "cannot write 'sub': it is a folder");
	assert_false(file_overwrite("fifo", SPAN("x"), &err));
	assert_string_equal(err.text, "cannot write 'fifo': it is no regular file");
	assert_int_equal(err.status, STATUS_UNCHANGED);
}

static void folders_are_made_with_all_above_them(void **state)
{
	static const char *const paths[] = { "a/b/c", "a/b/c/",   "a//d",
					     "e",     "./f/../g", "/" };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(paths); i++) {
		if (!folder_make(paths[i], 0700, &err))
			fail_msg("%s", err.text);
		assert_int_equal(file_kind(paths[i]), FILE_FOLDER);
	}
	assert_int_equal(mode_of("a/b") & 07777, 0700);
	write_file("file", SPAN(""));
	assert_false(folder_make("file/x", 0700, &err));
	assert_string_equal(err.text, "cannot make the folder 'file': Not a directory");
	assert_int_equal(err.status, STATUS_UNCHANGED);
}

struct seen {
	struct buf visited, skipped;
	const char *stop_at;
};

static bool see(void *ctx, const char *path, struct error *err)
{
	struct seen *seen = ctx;

	buf_addf(&seen->visited, "%s ", path);
	if (seen->stop_at && strcmp(path, seen->stop_at) == 0)
		return error_fail(err, STATUS_INPUT, "stopped");
	return true;
}

static void see_skipped(void *ctx, const char *path, const char *why)
{
	buf_addf(&((struct seen *)ctx)->skipped, "%s: %s\n", path, why);
}

static void a_folder_is_walked_in_byte_order_and_nothing_odd_is_opened(void **state)
{
	AUTO(error) err = ERROR_INIT;
	struct seen seen = { BUF_INIT, BUF_INIT, NULL };
	struct folder_walk walk = { &seen, see, see_skipped };
	(void)state;

	assert_int_equal(
		mkdir("in", 0700) | mkdir("in/sub", 0700) | mkfifo("in/fifo", 0600), 0);
	write_file("in/b", SPAN(""));
	write_file("in/B", SPAN(""));
	write_file("in/\xc3\xa4", SPAN(""));
	write_file("in/a", SPAN(""));
	write_file("in/sub/hidden", SPAN(""));
	assert_int_equal(symlink("../in/a", "in/link") |
				 symlink("nowhere", "in/dangling") |
				 symlink("loop", "in/loop") |
				 symlink("/dev/zero", "in/zero") | symlink("..", "in/up"),
			 0);
	assert_true(folder_walk("in/", &walk, &err));
	assert_string_equal(buf_text(&seen.visited),
			    "in/B in/a in/b in/link in/\xc3\xa4 ");
	assert_string_equal(buf_text(&seen.skipped),
			    "in/dangling: it is a link that leads nowhere\n"
			    "in/fifo: it is a pipe\n"
			    "in/loop: it is a link that leads to itself\n"
			    "in/sub: it is a folder\n"
			    "in/up: it is a folder\n"
			    "in/zero: it is a device\n");
	buf_clear(&seen.visited);
	buf_clear(&seen.skipped);
}

static void a_visitor_can_end_the_walk(void **state)
{
	AUTO(error) err = ERROR_INIT;
	struct seen seen = { BUF_INIT, BUF_INIT, "./b" };
	struct folder_walk walk = { &seen, see, NULL };
	(void)state;

	write_file("a", SPAN(""));
	write_file("b", SPAN(""));
	write_file("c", SPAN(""));
	assert_false(folder_walk(".", &walk, &err));
	assert_string_equal(err.text, "stopped");
	assert_string_equal(buf_text(&seen.visited), "./a ./b ");
	assert_false(folder_walk("a", &walk, &err));
	assert_string_equal(err.text, "cannot read 'a': Not a directory");
	buf_clear(&seen.visited);
}

static void a_path_is_told_by_where_it_leads(void **state)
{
	static const struct {
		const char *path;
		enum file_kind kind;
	} cases[] = {
		{ "file", FILE_REGULAR },  { "link", FILE_REGULAR },
		{ ".", FILE_FOLDER },      { "/dev/null", FILE_OTHER },
		{ "absent", FILE_ABSENT }, { "file/x", FILE_ABSENT },
	};
	(void)state;

	write_file("file", SPAN(""));
	assert_int_equal(symlink("file", "link"), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(file_kind(cases[i].path), cases[i].kind);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, enter_folder, leave_folder)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		IN_FOLDER(files_of_every_size_are_read),
		IN_FOLDER(any_part_of_a_file_can_be_copied_mapped_or_not),
		IN_FOLDER(a_file_that_shrinks_before_it_is_copied_is_an_error),
		IN_FOLDER(standard_input_is_read_to_its_end),
		IN_FOLDER(what_is_no_regular_file_is_refused_and_never_blocks),
		IN_FOLDER(a_stream_is_bounded),
		IN_FOLDER(a_file_that_shrinks_under_the_reader_ends_in_one_clear_line),
		IN_FOLDER(a_new_file_has_the_mode_less_the_umask),
		IN_FOLDER(a_replaced_file_keeps_its_mode_and_its_owner),
		IN_FOLDER(links_are_followed_to_where_they_lead),
		IN_FOLDER(what_cannot_be_replaced_is_named_and_left),
		IN_FOLDER(a_write_that_runs_out_of_room_leaves_the_old_file),
		IN_FOLDER(overwriting_keeps_the_inode),
		IN_FOLDER(only_files_are_overwritten),
		IN_FOLDER(folders_are_made_with_all_above_them),
		IN_FOLDER(a_folder_is_walked_in_byte_order_and_nothing_odd_is_opened),
		IN_FOLDER(a_visitor_can_end_the_walk),
		IN_FOLDER(a_path_is_told_by_where_it_leads),
	};

	if (argc > 1 && strcmp(argv[1], SHRINK) == 0)
		return read_while_it_shrinks();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
