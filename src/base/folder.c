/* Folders: making them, and walking them without opening anything odd. */
#include "base/file.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool make_one(const char *path, mode_t mode)
{
	if (mkdir(path, mode) == 0)
		return true;
	if (file_kind(path) == FILE_FOLDER)
		return true;
	if (errno == EEXIST)
		errno = ENOTDIR;
	return false;
}

/*
 * Makes path with all above it; False with errno, and path is cut after what could not
 * be made.
 */
static bool make_each(char *path, mode_t mode)
{
	for (char *end = path + 1; path[0]; end++) {
		char kept = *end;

		if (kept != '/' && kept != '\0')
			continue;
		*end = '\0';
		if (!make_one(path, mode))
			return false;
		if (!kept)
			break;
		*end = kept;
	}
	return true;
}

bool folder_make(const char *path, mode_t mode, struct error *err)
{
	AUTO_FREE char *part = str_copy(path);

	if (!make_each(part, mode)) {
		AUTO_FREE char *shown = quoted(span_str(part));

		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot make the folder '%s'"), shown);
	}
	return true;
}

struct names {
	char **at;
	size_t n, cap;
};

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i]);
	mem_free(names->at);
}

static int by_bytes(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static bool read_names(DIR *dir, const char *shown, struct names *names,
		       struct error *err)
{
	struct dirent *item;

	while (errno = 0, (item = readdir(dir)) != NULL) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (names->n == FOLDER_MOST)
			return error_fail(
				err, STATUS_INPUT,
				_("cannot read '%s': it holds more than %d names"), shown,
				FOLDER_MOST);
		GROW(names->at, names->n, names->cap);
		names->at[names->n++] = str_copy(item->d_name);
	}
	if (errno)
		return error_errno(err, STATUS_INPUT, _("cannot read '%s'"), shown);
	if (names->n) /* no array yet where the folder is empty */
		qsort(names->at, names->n, sizeof(*names->at), by_bytes);
	return true;
}

/* Why the name is not to be opened; NULL for a regular file or a link to one. */
static const char *why_skipped(int folder, const char *name)
{
	struct stat st;

	if (fstatat(folder, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return strerror(errno);
	if (!S_ISLNK(st.st_mode))
		return S_ISREG(st.st_mode) ? NULL : file_what_it_is(st.st_mode);
	if (fstatat(folder, name, &st, 0) != 0)
		return errno == ELOOP ? _("it is a link that leads to itself")
				      : _("it is a link that leads nowhere");
	return S_ISREG(st.st_mode) ? NULL : file_what_it_is(st.st_mode);
}

static bool visit_names(const char *folder, int fd, const struct names *names,
			const struct folder_walk *walk, struct error *err)
{
	size_t n = strlen(folder);
	const char *between = n && folder[n - 1] == '/' ? "" : "/";

	for (size_t i = 0; i < names->n; i++) {
		AUTO_FREE char *path =
			str_format("%s%s%s", folder, between, names->at[i]);
		const char *why = why_skipped(fd, names->at[i]);

		if (!why && !walk->visit(walk->ctx, path, err))
			return false;
		if (why && walk->skip)
			walk->skip(walk->ctx, path, why);
	}
	return true;
}

static void close_folder(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

bool folder_walk(const char *folder, const struct folder_walk *walk, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(folder));
	AUTO(names) names = { NULL, 0, 0 };
	__attribute__((cleanup(close_folder))) DIR *dir = NULL;
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK);

	if (fd >= 0)
		dir = fdopendir(fd);
	if (!dir) {
		error_errno(err, STATUS_INPUT, _("cannot read '%s'"), shown);
		if (fd >= 0)
			close(fd);
		return false;
	}
	return read_names(dir, shown, &names, err) &&
	       visit_names(folder, dirfd(dir), &names, walk, err);
}
