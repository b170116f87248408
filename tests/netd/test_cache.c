/* The cache's files: what is written is read, what was tampered with is not, and there is
 * an end to it. */
#include "netd/cache.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define URL "http://ca.example/a.cer"

/* The structs of messages own their texts; those of a test are literals. */
#define TEXT(literal) ((char *)(literal))

struct place {
	char folder[64];
	struct cache *cache;
};

static int open_place(void **state)
{
	struct place *place = mem_zalloc(sizeof(*place));

	strcpy(place->folder, "/tmp/rootcellar-cache-XXXXXX");
	assert_non_null(mkdtemp(place->folder));
	place->cache = cache_open(place->folder);
	*state = place;
	return place->cache ? 0 : -1;
}

static int close_place(void **state)
{
	struct place *place = *state;
	AUTO_FREE char *command = str_format("rm -rf '%s'", place->folder);

	cache_close(place->cache);
	if (system(command) != 0)
		return -1;
	mem_free(place);
	return 0;
}

static struct cached example(void)
{
	return (struct cached){ .outcome = NET_GOOD,
				.status = 200,
				.text = TEXT(""),
				.final_url = TEXT("http://ca.example/a b\n%"),
				.redirects = 2,
				.class = ADDRESS_PRIVATE,
				.etag = TEXT("\"v 1\""),
				.modified = TEXT("Sun, 06 Nov 1994 08:49:37 GMT"),
				.fresh_until = time(NULL) + 100,
				.body = SPAN("a\0b\n\nc") };
}

/* The one file of the cache; the caller's to mem_free. */
static char *only_file(const struct place *place)
{
	DIR *dir = opendir(place->folder);
	struct dirent *entry;
	char *path = NULL;

	assert_non_null(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		assert_null(path);
		path = str_format("%s/%s", place->folder, entry->d_name);
	}
	closedir(dir);
	assert_non_null(path);
	return path;
}

static void what_is_written_is_read(void **state)
{
	const struct place *place = *state;
	struct cached written = example();
	AUTO(cached) read = CACHED_INIT;

	cache_write(place->cache, URL, &written);
	assert_true(cache_read(place->cache, URL, &read));
	assert_int_equal(read.outcome, NET_GOOD);
	assert_int_equal(read.status, 200);
	assert_string_equal(read.final_url, written.final_url);
	assert_int_equal(read.redirects, 2);
	assert_int_equal(read.class, ADDRESS_PRIVATE);
	assert_string_equal(read.etag, written.etag);
	assert_string_equal(read.modified, written.modified);
	assert_int_equal(read.fresh_until, written.fresh_until);
	assert_true(span_eq(read.body, written.body));
}

static void another_url_is_not_known(void **state)
{
	const struct place *place = *state;
	struct cached written = example();
	struct cached read = CACHED_INIT;

	cache_write(place->cache, URL, &written);
	assert_false(cache_read(place->cache, URL "?", &read));
	assert_false(cache_read(NULL, URL, &read));
}

static void the_files_are_the_user_s_alone(void **state)
{
	const struct place *place = *state;
	struct cached written = example();
	AUTO_FREE char *path = NULL;
	struct stat st;

	cache_write(place->cache, URL, &written);
	path = only_file(place);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
}

static void nothing_stays_fresh_beyond_its_bound(void **state)
{
	static const struct {
		enum net_outcome outcome;
		int64_t seconds;
		bool fresh;
	} cases[] = {
		{ NET_GOOD, 86400, true },
		{ NET_GOOD, 90000, false },
		{ NET_HTTP_STATUS, 60, true },
		{ NET_HTTP_STATUS, 600, false },
	};
	const struct place *place = *state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cached written = example();
		AUTO(cached) read = CACHED_INIT;

		written.outcome = cases[i].outcome;
		written.fresh_until = time(NULL) + cases[i].seconds;
		cache_write(place->cache, URL, &written);
		assert_true(cache_read(place->cache, URL, &read));
		assert_int_equal(read.fresh_until > time(NULL), cases[i].fresh);
	}
}

static void write_bytes(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes.at, 1, bytes.n, file), bytes.n);
	fclose(file);
}

static void a_file_that_is_cut_or_longer_is_as_good_as_none(void **state)
{
	const struct place *place = *state;
	struct cached written = example();
	struct cached read = CACHED_INIT;
	AUTO_FREE char *path = NULL;
	char bytes[4096];
	size_t n;
	FILE *file;

	cache_write(place->cache, URL, &written);
	path = only_file(place);
	file = fopen(path, "r");
	assert_non_null(file);
	n = fread(bytes, 1, sizeof(bytes) - 1, file);
	fclose(file);
	for (size_t cut = 0; cut < n; cut++) {
		write_bytes(path, span_of(bytes, cut));
		assert_false(cache_read(place->cache, URL, &read));
	}
	bytes[n] = 'x';
	write_bytes(path, span_of(bytes, n + 1));
	assert_false(cache_read(place->cache, URL, &read));
}

static void a_link_or_a_fifo_in_the_place_of_a_file_is_not_followed(void **state)
{
	const struct place *place = *state;
	struct cached written = example();
	struct cached read = CACHED_INIT;
	AUTO_FREE char *path = NULL;
	AUTO_FREE char *elsewhere = str_format("%s.elsewhere", place->folder);

	cache_write(place->cache, URL, &written);
	path = only_file(place);
	assert_int_equal(rename(path, elsewhere), 0);
	assert_int_equal(symlink(elsewhere, path), 0);
	assert_false(cache_read(place->cache, URL, &read));
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_false(cache_read(place->cache, URL, &read));
	assert_int_equal(unlink(elsewhere), 0);
}

static void a_folder_that_is_not_private_is_no_cache(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *open = str_format("%s/open", place->folder);
	AUTO_FREE char *link = str_format("%s/link", place->folder);
	AUTO_FREE char *made = str_format("%s/made/below", place->folder);
	struct cache *cache;

	assert_int_equal(mkdir(open, 0700), 0);
	assert_int_equal(symlink("open", link), 0);
	assert_null(cache_open(link));
	assert_int_equal(chmod(open, 0770), 0);
	assert_null(cache_open(open));
	cache = cache_open(made);
	assert_non_null(cache);
	cache_close(cache);
}

static size_t count_files(const struct place *place)
{
	DIR *dir = opendir(place->folder);
	size_t n = 0;

	assert_non_null(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n - 2;
}

static void the_oldest_go_when_there_is_too_much_and_what_is_not_ours_stays(void **state)
{
	const struct place *place = *state;
	AUTO_FREE char *foreign = str_format("%s/README", place->folder);
	AUTO_FREE char *stray = str_format("%s/tmp-1-1", place->folder);
	const struct timespec long_ago[2] = { { 1000, 0 }, { 1000, 0 } };
	struct cached written = example();
	struct cached read = CACHED_INIT;

	write_bytes(foreign, SPAN("mine"));
	write_bytes(stray, SPAN("left by a crash"));
	assert_int_equal(utimensat(AT_FDCWD, stray, long_ago, 0), 0);
	cache_write(place->cache, "http://ca.example/first", &written);
	assert_int_equal(access(stray, F_OK), -1);
	for (int i = 0; i < 4200; i++) {
		AUTO_FREE char *url = str_format("http://ca.example/%d", i);

		cache_write(place->cache, url, &written);
	}
	assert_in_range(count_files(place), 3000, 4096 + 32 + 1);
	assert_int_equal(access(foreign, F_OK), 0);
	assert_true(cache_read(place->cache, "http://ca.example/4199", &read));
	cached_clear(&read);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_place, close_place)
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read),
		TEST(another_url_is_not_known),
		TEST(the_files_are_the_user_s_alone),
		TEST(nothing_stays_fresh_beyond_its_bound),
		TEST(a_file_that_is_cut_or_longer_is_as_good_as_none),
		TEST(a_link_or_a_fifo_in_the_place_of_a_file_is_not_followed),
		TEST(a_folder_that_is_not_private_is_no_cache),
		TEST(the_oldest_go_when_there_is_too_much_and_what_is_not_ours_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
