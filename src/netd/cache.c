/*
 * The cache's files. Name: SHA-256 of the URL. Content: a first line with the version,
 * lines of "key value" in a fixed order (texts percent-encoded), an empty line, the body.
 * A file that is not exactly that is as good as none.
 */
#include "netd/cache.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/file.h"
#include "base/sha256.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define FIRST_LINE       "rootcellar-net cache 1\n"
#define FILE_SIZE_MOST   (MESSAGE_MOST + ((size_t)64 << 10))
#define TOTAL_MOST       ((size_t)64 << 20) /* bytes of all files */
#define FILES_MOST       4096
#define WRITES_A_SWEEP   32
#define STRAY_SECONDS    3600 /* a temporary file of this age has no owner any more */
#define FAILURE_MOST     60
#define TEMPORARY_PREFIX "tmp-"

struct cache {
	int folder;
	unsigned writes;
};

void cached_clear(struct cached *cached)
{
	mem_free(cached->text);
	mem_free(cached->final_url);
	mem_free(cached->etag);
	mem_free(cached->modified);
	mem_free((void *)cached->body.at);
	*cached = (struct cached)CACHED_INIT;
}

/* Whoever else could write there could choose what we remember; whoever could read, what
 * we asked for. */
static bool is_private(int folder)
{
	struct stat st;

	return fstat(folder, &st) == 0 && st.st_uid == geteuid() &&
	       !(st.st_mode & (S_IRWXG | S_IRWXO));
}

struct cache *cache_open(const char *folder)
{
	AUTO(error) err = ERROR_INIT;
	struct cache *cache;
	int fd;

	/* Without a cache everything works, slower. */
	if (!folder_make(folder, S_IRWXU, &err))
		return NULL;
	fd = open(folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!is_private(fd)) {
		close(fd);
		return NULL;
	}
	cache = mem_zalloc(sizeof(*cache));
	cache->folder = fd;
	return cache;
}

void cache_close(struct cache *cache)
{
	if (cache)
		close(cache->folder);
	mem_free(cache);
}

static void file_name(const char *url, char name[SHA256_TEXT])
{
	struct sha256 hash = sha256_of(span_str(url));

	sha256_hex(&hash, name);
}

/* Reading: lines taken off the front of what is left. */

struct lines {
	struct span left;
	bool bad;
};

/* The value of the next line, which must be that of key. */
static struct span line_value(struct lines *lines, const char *key)
{
	struct span value = { NULL, 0 }, start = span_str(key);
	const uint8_t *end =
		lines->left.n ? memchr(lines->left.at, '\n', lines->left.n) : NULL;

	if (lines->bad || !end || !span_starts(lines->left, start)) {
		lines->bad = true;
		return value;
	}
	value = span_of(lines->left.at, (size_t)(end - lines->left.at));
	lines->left = span_from(lines->left, value.n + 1);
	value = span_from(value, start.n);
	if (value.n == 0 || value.at[0] != ' ') {
		lines->bad = true;
		return value;
	}
	return span_from(value, 1);
}

static char *line_text(struct lines *lines, const char *key)
{
	AUTO(buf) text = BUF_INIT;
	struct span value = line_value(lines, key);

	if (lines->bad || value.n > 3 * MESSAGE_TEXT_MOST ||
	    !unescape_percent(&text, value) || text.n > MESSAGE_TEXT_MOST ||
	    (text.n && memchr(text.at, '\0', text.n)))
		lines->bad = true;
	return str_of(lines->bad ? (struct span){ NULL, 0 } : buf_span(&text));
}

static int64_t line_number(struct lines *lines, const char *key, int64_t most)
{
	struct span value = line_value(lines, key);
	int64_t number = 0;

	if (value.n == 0 || value.n > 15)
		lines->bad = true;
	for (size_t i = 0; i < value.n && !lines->bad; i++) {
		if (value.at[i] < '0' || value.at[i] > '9')
			lines->bad = true;
		number = number * 10 + (value.at[i] - '0');
	}
	if (number > most)
		lines->bad = true;
	return lines->bad ? 0 : number;
}

static void read_body(struct lines *lines, struct cached *cached)
{
	int64_t n = line_number(lines, "body", (int64_t)MESSAGE_MOST);

	if (lines->bad || !span_starts(lines->left, SPAN("\n")) ||
	    lines->left.n - 1 != (size_t)n) {
		lines->bad = true;
		return;
	}
	if (n)
		cached->body = span_of(mem_copy(span_from(lines->left, 1)), (size_t)n);
}

static bool parse(struct span file, const char *url, struct cached *cached)
{
	struct lines lines = { .left = file };
	struct span first = SPAN(FIRST_LINE);
	AUTO_FREE char *of = NULL;

	if (!span_starts(file, first))
		return false;
	lines.left = span_from(file, first.n);
	of = line_text(&lines, "url");
	cached->outcome = (enum net_outcome)line_number(&lines, "outcome", NET_FAILED);
	cached->status = (uint32_t)line_number(&lines, "status", 999);
	cached->text = line_text(&lines, "text");
	cached->final_url = line_text(&lines, "final");
	cached->redirects = (uint8_t)line_number(&lines, "redirects", UINT8_MAX);
	cached->class = (enum address_class)line_number(&lines, "class", ADDRESS_UNKNOWN);
	cached->etag = line_text(&lines, "etag");
	cached->modified = line_text(&lines, "modified");
	cached->fresh_until = line_number(&lines, "fresh-until", INT64_MAX);
	read_body(&lines, cached);
	return !lines.bad && strcmp(of, url) == 0;
}

/* A validator is sent back to the server in a header line: no byte of it may end that
 * line. */
static bool is_validator(const char *text)
{
	size_t n = strlen(text);

	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return n <= CACHE_FIELD_MOST;
}

/* A clock that went back, or a file that somebody changed, keeps nothing fresh for
 * longer. */
static void bound_freshness(struct cached *cached)
{
	int64_t most = cached->outcome == NET_GOOD ? DAY_SECONDS : FAILURE_MOST;

	if (cached->fresh_until > time(NULL) + most)
		cached->fresh_until = 0;
}

static bool read_file(int folder, const char *name, struct buf *to)
{
	AUTO_CLOSE int fd =
		openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat st;
	size_t size;

	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) ||
	    st.st_size > (off_t)FILE_SIZE_MOST)
		return false;
	size = (size_t)st.st_size;
	buf_reserve(to, size);
	while (to->n < size) {
		ssize_t n = read(fd, to->at + to->n, size - to->n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		to->n += (size_t)n;
	}
	return true;
}

bool cache_read(struct cache *cache, const char *url, struct cached *cached)
{
	AUTO(buf) file = BUF_INIT;
	struct cached read = CACHED_INIT;
	char name[SHA256_TEXT];

	if (!cache)
		return false;
	file_name(url, name);
	if (!read_file(cache->folder, name, &file))
		return false;
	if (!parse(buf_span(&file), url, &read) || !is_validator(read.etag) ||
	    !is_validator(read.modified)) {
		cached_clear(&read);
		return false;
	}
	bound_freshness(&read);
	*cached = read;
	return true;
}

/* Writing */

static void put_text(struct buf *out, const char *key, const char *text)
{
	buf_addf(out, "%s ", key);
	escape_percent(out, span_str(text ? text : ""), PERCENT_ENCODE_SPACE);
	buf_add_byte(out, '\n');
}

static void put_number(struct buf *out, const char *key, int64_t number)
{
	buf_addf(out, "%s %lld\n", key, (long long)number);
}

static void format(struct buf *out, const char *url, const struct cached *cached)
{
	buf_add_str(out, FIRST_LINE);
	put_text(out, "url", url);
	put_number(out, "outcome", cached->outcome);
	put_number(out, "status", cached->status);
	put_text(out, "text", cached->text);
	put_text(out, "final", cached->final_url);
	put_number(out, "redirects", cached->redirects);
	put_number(out, "class", cached->class);
	put_text(out, "etag", cached->etag);
	put_text(out, "modified", cached->modified);
	put_number(out, "fresh-until", cached->fresh_until < 0 ? 0 : cached->fresh_until);
	put_number(out, "body", (int64_t)cached->body.n);
	buf_add_byte(out, '\n');
	buf_add(out, cached->body);
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.at, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

/* Whole or not at all for readers; nothing is synced, since a lost entry costs one fetch.
 */
static void write_file(struct cache *cache, const char *name, struct span bytes)
{
	char temporary[64];
	int fd;
	bool good;

	snprintf(temporary, sizeof(temporary), TEMPORARY_PREFIX "%ld-%u", (long)getpid(),
		 cache->writes);
	fd = openat(cache->folder, temporary,
		    O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    S_IRUSR | S_IWUSR);
	if (fd < 0)
		return;
	good = write_all(fd, bytes);
	good = close(fd) == 0 && good;
	if (!good || renameat(cache->folder, temporary, cache->folder, name) != 0)
		unlinkat(cache->folder, temporary, 0);
}

/* Sweeping: the oldest go once there is too much. Files that are not ours are left alone.
 */

struct old_file {
	char name[SHA256_TEXT];
	size_t size;
	int64_t changed;
};

struct sweep {
	struct old_file *at;
	size_t n, cap, total;
};

static bool is_entry(const char *name)
{
	return strlen(name) == SHA256_TEXT - 1 &&
	       strspn(name, "0123456789abcdef") == SHA256_TEXT - 1;
}

static void note_file(struct cache *cache, struct sweep *sweep, const char *name)
{
	bool temporary = strncmp(name, TEMPORARY_PREFIX, strlen(TEMPORARY_PREFIX)) == 0;
	struct old_file file = { .size = 0 };
	struct stat st;

	if ((!temporary && !is_entry(name)) ||
	    fstatat(cache->folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return;
	if (temporary) {
		if (st.st_mtime < time(NULL) - STRAY_SECONDS)
			unlinkat(cache->folder, name, 0);
		return;
	}
	memcpy(file.name, name, SHA256_TEXT);
	file.size = (size_t)st.st_size;
	file.changed = st.st_mtime;
	GROW(sweep->at, sweep->n, sweep->cap);
	sweep->at[sweep->n++] = file;
	sweep->total += file.size;
}

static int older_first(const void *a, const void *b)
{
	const struct old_file *x = a, *y = b;

	return (x->changed > y->changed) - (x->changed < y->changed);
}

static void list_files(struct cache *cache, struct sweep *sweep)
{
	int fd = openat(cache->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *entry;

	if (!dir) {
		if (fd >= 0)
			close(fd);
		return;
	}
	while ((entry = readdir(dir)))
		note_file(cache, sweep, entry->d_name);
	closedir(dir);
}

/* Down to three quarters, so that not every write finds too much again. */
static void sweep_folder(struct cache *cache)
{
	struct sweep sweep = { .n = 0 };

	list_files(cache, &sweep);
	if (sweep.total > TOTAL_MOST || sweep.n > FILES_MOST) {
		qsort(sweep.at, sweep.n, sizeof(*sweep.at), older_first);
		for (size_t i = 0; i < sweep.n; i++) {
			if (sweep.total <= TOTAL_MOST / 4 * 3 &&
			    sweep.n - i <= FILES_MOST / 4 * 3)
				break;
			unlinkat(cache->folder, sweep.at[i].name, 0);
			sweep.total -= sweep.at[i].size;
		}
	}
	mem_free(sweep.at);
}

void cache_write(struct cache *cache, const char *url, const struct cached *cached)
{
	AUTO(buf) file = BUF_INIT;
	char name[SHA256_TEXT];

	if (!cache)
		return;
	if (cache->writes++ % WRITES_A_SWEEP == 0)
		sweep_folder(cache);
	file_name(url, name);
	format(&file, url, cached);
	write_file(cache, name, buf_span(&file));
}
