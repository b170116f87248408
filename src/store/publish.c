/*
 * The steps of a change, each of which leaves the old state or the new one whole: what is
 * written to tmp/ is on disk before it is renamed, and the old state is in history/
 * before it is replaced.
 */
#include "store/folder.h"

#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define NEW_STATE  "new.p11-kit"
#define NEW_COPY   "copy.p11-kit"
#define MODE_STATE 0644

/* Under the lock nobody else writes here: whatever lies in tmp/ was left by a writer that
 * died. */
static bool empty_tmp(int tmp, struct error *err)
{
	int fd = openat(tmp, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	struct dirent *item;

	if (!dir)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot list its folder '%s'"), "tmp");
	while ((item = readdir(dir)))
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0 &&
		    unlinkat(tmp, item->d_name, 0) != 0 && errno != EISDIR &&
		    errno != EPERM) {
			error_errno(err, STATUS_UNCHANGED,
				    _("cannot remove a stale file of its "
				      "folder '%s'"),
				    "tmp");
			closedir(dir);
			return false;
		}
	closedir(dir);
	return true;
}

static bool write_all(int fd, struct span bytes)
{
	while (bytes.n) {
		ssize_t n = write(fd, bytes.at, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return false;
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

/* p11-kit reads a file again only when size or time, in seconds, differ. */
static bool set_time(const struct cellar_folder *folder, int fd)
{
	struct stat old, new;
	struct timespec times[2] = { { .tv_nsec = UTIME_NOW }, { .tv_nsec = 0 } };

	if (fstatat(folder->trust, CELLAR_STATE, &old, 0) != 0)
		return errno == ENOENT;
	if (fstat(fd, &new) != 0)
		return false;
	if (new.st_mtim.tv_sec > old.st_mtim.tv_sec)
		return true;
	times[1].tv_sec = old.st_mtim.tv_sec + 1;
	return futimens(fd, times) == 0;
}

bool cellar_write_new(const struct cellar_folder *folder, struct span bytes, int *fd,
		      struct error *err)
{
	if (!empty_tmp(folder->tmp, err))
		return false;
	*fd = openat(folder->tmp, NEW_STATE,
		     O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE_STATE);
	if (*fd >= 0 && write_all(*fd, bytes) && fchmod(*fd, MODE_STATE) == 0 &&
	    set_time(folder, *fd) && fsync(*fd) == 0)
		return true;
	error_errno(err, STATUS_UNCHANGED, _("cannot write the new state"));
	/* What stays is removed by the next change. */
	(void)!unlinkat(folder->tmp, NEW_STATE, 0);
	return false;
}

static bool copy_bytes(int from, int to)
{
	uint8_t block[65536];
	ssize_t n;

	while ((n = read(from, block, sizeof(block))) > 0)
		if (!write_all(to, span_of(block, (size_t)n)))
			return false;
	return n == 0;
}

/* For file systems without hard links. */
static bool copy_old(const struct cellar_folder *folder, const char *name)
{
	AUTO_CLOSE int from =
		openat(folder->trust, CELLAR_STATE, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_CLOSE int to =
		openat(folder->tmp, NEW_COPY,
		       O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, MODE_STATE);

	return from >= 0 && to >= 0 && copy_bytes(from, to) &&
	       fchmod(to, MODE_STATE) == 0 && fsync(to) == 0 &&
	       renameat(folder->tmp, NEW_COPY, folder->history, name) == 0;
}

static bool is_same_file(const struct cellar_folder *folder, const char *name)
{
	struct stat old, kept;

	return fstatat(folder->trust, CELLAR_STATE, &old, AT_SYMLINK_NOFOLLOW) == 0 &&
	       fstatat(folder->history, name, &kept, AT_SYMLINK_NOFOLLOW) == 0 &&
	       old.st_dev == kept.st_dev && old.st_ino == kept.st_ino;
}

/*
 * A writer that died between link and rename left the very file there. Any other of that
 * name (a folder that was restored in part) steps aside.
 */
static bool make_room(const struct cellar_folder *folder, const char *name)
{
	AUTO_FREE char *aside = str_format("%s.other", name);

	if (is_same_file(folder, name))
		return true;
	return renameat(folder->history, name, folder->history, aside) == 0 &&
	       linkat(folder->trust, CELLAR_STATE, folder->history, name, 0) == 0;
}

static bool link_old(const struct cellar_folder *folder, const char *name)
{
	if (linkat(folder->trust, CELLAR_STATE, folder->history, name, 0) == 0)
		return true;
	if (errno == EEXIST)
		return make_room(folder, name);
	if (errno == EPERM || errno == EMLINK || errno == EOPNOTSUPP || errno == ENOSYS)
		return copy_old(folder, name);
	return false;
}

bool cellar_keep_old(const struct cellar_folder *folder, uint64_t generation,
		     enum keep keep, struct error *err)
{
	AUTO_FREE char *name = str_format("%06" PRIu64 ".%s", generation,
					  keep == KEEP_REFUSED ? "refused" : "p11-kit");

	if (!link_old(folder, name) && !(errno == ENOENT && keep == KEEP_REFUSED))
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot keep the old state as 'history/%s'"), name);
	return cellar_sync_history(folder, err);
}

/* Some file systems cannot sync a folder and say EINVAL; there is nothing else to do
 * there. */
static bool sync_folder(int fd)
{
	return fsync(fd) == 0 || errno == EINVAL;
}

bool cellar_sync_history(const struct cellar_folder *folder, struct error *err)
{
	if (!sync_folder(folder->history))
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot write its folder '%s' to disk"), "history");
	return true;
}

bool cellar_publish(const struct cellar_folder *folder, struct error *err)
{
	if (renameat(folder->tmp, NEW_STATE, folder->trust, CELLAR_STATE) != 0)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot put the new state in place"));
	if (!sync_folder(folder->trust))
		return error_errno(
			err, STATUS_UNCHANGED,
			_("the new state is in place, but the disk did not confirm it"));
	return true;
}

bool cellar_move_foreign(const struct cellar_folder *folder, const char *name,
			 uint64_t generation, struct error *err)
{
	AUTO_FREE char *to = str_format("%06" PRIu64 ".adopted.%s", generation, name);

	/* A name that is too long with its prefix is told as it is: the admin can shorten
	 * it. */
	if (renameat(folder->trust, name, folder->history, to) != 0)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot move an adopted file to history/"));
	return true;
}

bool cellar_drop(const struct cellar_folder *folder, uint64_t generation,
		 struct error *err)
{
	AUTO_FREE char *name = str_format("%06" PRIu64 ".p11-kit", generation);

	if (unlinkat(folder->history, name, 0) != 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot remove 'history/%s'"),
				   name);
	return true;
}
