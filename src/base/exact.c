/* Paths of which no part may be a link: looked at, written, linked, removed. */
#include "base/exact.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

/* Of what may be written to a known store and kept for later: a keystore has kilobytes.
 */
#define BYTES_MOST ((size_t)64 << 20)

static const char *const kinds[] = { [EXACT_NOTHING] = "nothing",
				     [EXACT_FILE] = "file",
				     [EXACT_LINK] = "link",
				     [EXACT_FOLDER] = "folder",
				     [EXACT_OTHER] = "other" };

const char *exact_kind_name(enum exact_kind kind)
{
	return kinds[kind];
}

bool exact_kind_parse(const char *text, enum exact_kind *kind)
{
	for (size_t i = 0; i < COUNT(kinds); i++) {
		if (strcmp(kinds[i], text) == 0) {
			*kind = (enum exact_kind)i;
			return true;
		}
	}
	return false;
}

struct exact exact_of(enum exact_kind kind, struct span bytes)
{
	return (struct exact){ kind, sha256_of(bytes) };
}

static bool cannot(const char *path, const char *what, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));

	return error_errno(err, STATUS_UNCHANGED, what, shown);
}

/* The folder that path stands in, part by part; -1 with errno (ELOOP: a part is a link).
 */
static int open_folder(const char *path)
{
	int at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *part = path + 1, *slash;

	assert(path[0] == '/');
	for (; at >= 0 && (slash = strchr(part, '/')); part = slash + 1) {
		AUTO_FREE char *name = str_of(span_of(part, (size_t)(slash - part)));
		int next = *name ? openat(at, name,
					  O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
				 : fcntl(at, F_DUPFD_CLOEXEC, 0);

		close(at);
		at = next;
	}
	return at;
}

/* Such a descriptor can be asked of, not listed or synced. */
static int reopen(int folder)
{
	int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	close(folder);
	return fd;
}

static int open_parent(const char *path)
{
	int folder = open_folder(path);

	return folder < 0 ? -1 : reopen(folder);
}

static const char *last_part(const char *path)
{
	return strrchr(path, '/') + 1;
}

static bool sync_folder(int folder)
{
	return fsync(folder) == 0 || errno == EINVAL;
}

/* ---- looking ---- */

static bool read_file(int folder, const char *path, struct buf *bytes, struct error *err)
{
	AUTO_CLOSE int fd =
		openat(folder, last_part(path),
		       O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return cannot(path, _("cannot read '%s'"), err);
	do {
		n = read(fd, buf_reserve(bytes, 65536), 65536);
		if (n > 0)
			buf_added(bytes, (size_t)n);
		errno = bytes->n > BYTES_MOST ? EFBIG : errno;
	} while ((n > 0 && bytes->n <= BYTES_MOST) || (n < 0 && errno == EINTR));
	return n == 0 || cannot(path, _("cannot read '%s'"), err);
}

static bool read_link(int folder, const char *path, struct buf *bytes, struct error *err)
{
	char to[PATH_MAX];
	ssize_t n = readlinkat(folder, last_part(path), to, sizeof(to));

	if (n < 0)
		return cannot(path, _("cannot read '%s'"), err);
	buf_add(bytes, span_of(to, (size_t)n));
	return true;
}

bool exact_look(const char *path, enum exact_kind *kind, struct buf *bytes,
		struct error *err)
{
	AUTO_CLOSE int folder = open_folder(path);
	struct stat st;

	*kind = EXACT_NOTHING;
	if (folder < 0 || fstatat(folder, last_part(path), &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || cannot(path, _("cannot look at '%s'"), err);
	*kind = S_ISREG(st.st_mode)   ? EXACT_FILE
		: S_ISLNK(st.st_mode) ? EXACT_LINK
		: S_ISDIR(st.st_mode) ? EXACT_FOLDER
				      : EXACT_OTHER;
	if (*kind == EXACT_FILE)
		return read_file(folder, path, bytes, err);
	return *kind != EXACT_LINK || read_link(folder, path, bytes, err);
}

/* ---- changing ---- */

bool exact_write(const char *path, struct span bytes, mode_t mode, struct error *err)
{
	AUTO_CLOSE int folder = open_parent(path);

	if (folder < 0)
		return cannot(path, _("cannot write '%s'"), err);
	return file_replace_at(folder, path, bytes, mode, err);
}

bool exact_link(const char *path, const char *to, struct error *err)
{
	AUTO_CLOSE int folder = open_parent(path);
	AUTO_FREE char *temporary = str_format(FILE_TEMPORARY "link-%d", (int)getpid());

	/* A process of that number that died here left one; it is no link that anybody
	 * uses. */
	if (folder >= 0)
		(void)!unlinkat(folder, temporary, 0);
	if (folder >= 0 && symlinkat(to, folder, temporary) == 0 &&
	    renameat(folder, temporary, folder, last_part(path)) == 0 &&
	    sync_folder(folder))
		return true;
	cannot(path, _("cannot make the link '%s'"), err);
	if (folder >= 0)
		(void)!unlinkat(folder, temporary, 0);
	return false;
}

bool exact_make_folder(const char *path, mode_t mode, struct error *err)
{
	AUTO_CLOSE int folder = open_parent(path);
	struct stat st;

	if (folder >= 0 && mkdirat(folder, last_part(path), mode) == 0 &&
	    fchmodat(folder, last_part(path), mode, 0) == 0 && sync_folder(folder))
		return true;
	if (folder >= 0 && errno == EEXIST &&
	    fstatat(folder, last_part(path), &st, AT_SYMLINK_NOFOLLOW) == 0 &&
	    S_ISDIR(st.st_mode))
		return true;
	return cannot(path, _("cannot make the folder '%s'"), err);
}

bool exact_remove(const char *path, struct error *err)
{
	AUTO_CLOSE int folder = open_parent(path);
	struct stat st;

	if (folder < 0 || fstatat(folder, last_part(path), &st, AT_SYMLINK_NOFOLLOW) != 0)
		return errno == ENOENT || cannot(path, _("cannot remove '%s'"), err);
	if (unlinkat(folder, last_part(path), S_ISDIR(st.st_mode) ? AT_REMOVEDIR : 0) !=
		    0 &&
	    !(S_ISDIR(st.st_mode) && (errno == ENOTEMPTY || errno == EEXIST)))
		return cannot(path, _("cannot remove '%s'"), err);
	return sync_folder(folder) || cannot(path, _("cannot remove '%s'"), err);
}

void exact_sweep(const char *path)
{
	int folder = open_parent(path);
	DIR *dir = folder >= 0 ? fdopendir(folder) : NULL;
	const struct dirent *item;

	while (dir && (item = readdir(dir)))
		if (strncmp(item->d_name, FILE_TEMPORARY, sizeof(FILE_TEMPORARY) - 1) ==
		    0)
			/* It is litter; one that stays does no harm. */
			(void)!unlinkat(folder, item->d_name, 0);
	if (dir)
		closedir(dir);
	else if (folder >= 0)
		close(folder);
}
