/* The cellar's folder: its layout, the lock, and what each generation is called. */
#include "store/folder.h"

#include "store/place.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* Programs of other users read the trust; what lies in tmp/ and lock is nobody else's
 * business. */
#define MODE_SHOWN   0755
#define MODE_PRIVATE 0700
#define MODE_LOCK    0600
/* A cellar that vanishes while we wait for its lock is looked for anew this often. */
#define LOCK_TRIES   16
#define POLL_MS_MOST 8

static const char *const members[] = { "trust",  "history", "tmp",
				       "lock",   "enabled.json", "before" };

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

void cellar_folder_clear(struct cellar_folder *folder)
{
	close_fd(&folder->root);
	close_fd(&folder->trust);
	close_fd(&folder->history);
	close_fd(&folder->tmp);
}

/* Opens a member folder of root, made with exactly this mode (whatever the umask) where
 * it lacks. */
static bool open_member(int root, const char *name, mode_t mode, int *fd,
			struct error *err)
{
	bool made = mkdirat(root, name, mode & MODE_PRIVATE) == 0;

	if (!made && errno != EEXIST)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot make its folder '%s'"), name);
	*fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*fd < 0)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot open its folder '%s'"), name);
	if (made && (fchmod(*fd, mode) != 0 || fsync(root) != 0))
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot make its folder '%s'"), name);
	return true;
}

static bool open_root(const char *path, int *fd, struct error *err)
{
	*fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd < 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot open it"));
	return true;
}

bool cellar_folder_open(struct cellar_folder *folder, const char *path, struct error *err)
{
	return open_root(path, &folder->root, err) &&
	       open_member(folder->root, "trust", MODE_SHOWN, &folder->trust, err) &&
	       open_member(folder->root, "history", MODE_SHOWN, &folder->history, err) &&
	       open_member(folder->root, "tmp", MODE_PRIVATE, &folder->tmp, err);
}

/* ---- the lock ---- */

static bool is_member(const char *name)
{
	for (size_t i = 0; i < COUNT(members); i++)
		if (strcmp(name, members[i]) == 0)
			return true;
	return false;
}

bool cellar_folder_check(const char *path, struct error *err)
{
	DIR *dir = opendir(path);
	struct dirent *item;
	bool stranger = false, cellar = false;

	if (!dir)
		return error_errno(err, STATUS_UNCHANGED, _("cannot open it"));
	while ((item = readdir(dir))) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0)
			continue;
		if (strcmp(item->d_name, "lock") == 0)
			cellar = true;
		else if (!is_member(item->d_name))
			stranger = true;
	}
	closedir(dir);
	if (stranger && !cellar)
		return error_fail(err, STATUS_UNCHANGED,
				  _("this folder holds other files and is no cellar"));
	return true;
}

/* So that the new folder outlives a crash, in every folder above it that may be opened.
 */
static void sync_above(const char *path)
{
	AUTO_FREE char *at = place_absolute(path);
	char *slash;

	while ((slash = strrchr(at, '/'))) {
		AUTO_CLOSE int fd = -1;

		*slash = '\0';
		fd = open(slash == at ? "/" : at, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
		/* Not every file system can, and none needs more than its own. */
		if (fd < 0 || fsync(fd) != 0)
			break;
	}
}

static bool make_root(const char *path, bool *made, struct error *err)
{
	enum file_kind kind = file_kind(path);

	if (kind == FILE_FOLDER)
		return cellar_folder_check(path, err);
	if (kind != FILE_ABSENT)
		return error_fail(err, STATUS_UNCHANGED,
				  _("this is a file, and a cellar is a folder"));
	if (!folder_make(path, MODE_SHOWN, err))
		return false;
	/* folder_make obeys the umask; programs of other users must be able to read the
	 * trust. */
	if (chmod(path, MODE_SHOWN) != 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot make it"));
	sync_above(path);
	*made = true;
	return true;
}

/* The lock as it is in the folder now; *fd -1 and true where the folder has just gone. */
static bool open_lock(const char *path, int *fd, bool *made, struct error *err)
{
	AUTO_CLOSE int root = -1;
	struct stat st;

	if (!make_root(path, made, err))
		return false;
	root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (root >= 0)
		*fd = openat(root, "lock",
			     O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			     MODE_LOCK);
	if (*fd < 0)
		return errno == ENOENT ||
		       error_errno(err, STATUS_UNCHANGED, _("cannot open its lock"));
	if (fstat(*fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		close_fd(fd);
		return error_fail(err, STATUS_UNCHANGED, _("its lock is no plain file"));
	}
	return true;
}

static void nap(unsigned ms)
{
	struct timespec time = { 0, (long)ms * 1000000 };

	nanosleep(&time, NULL);
}

/* Who holds the lock wrote its process number there: open file description locks do not
 * tell it. */
static bool fail_waiting(int fd, int64_t wait_ms, struct error *err)
{
	char text[24] = "";
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);
	unsigned long pid;

	text[n > 0 ? n : 0] = '\0';
	pid = strtoul(text, NULL, 10);
	if (pid == 0 || pid > INT32_MAX)
		return error_fail(
			err, STATUS_UNCHANGED,
			_("another process changes it, and has not ended within %" PRId64
			  " s"),
			wait_ms / 1000);
	error_fail(err, STATUS_UNCHANGED,
		   _("process %lu changes it, and has not ended within %" PRId64 " s"),
		   pid, wait_ms / 1000);
	return error_remedy(err, "ps -fp %lu", pid);
}

/* A lock that the kernel waits for cannot be given up without signals, so we ask again
 * and again. */
static bool wait_for(int fd, int64_t wait_ms, int64_t deadline_ms, struct error *err)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };
	unsigned ms = 1;

	while (fcntl(fd, F_OFD_SETLK, &whole) != 0) {
		if (errno != EAGAIN && errno != EACCES && errno != EINTR)
			return error_errno(err, STATUS_UNCHANGED, _("cannot lock it"));
		if (clock_monotonic_ms() >= deadline_ms)
			return fail_waiting(fd, wait_ms, err);
		nap(ms);
		ms = ms < POLL_MS_MOST ? ms * 2 : POLL_MS_MOST;
	}
	return true;
}

/* Is the file behind fd still the one that others would lock? */
static bool still_there(const char *path, int fd)
{
	AUTO_FREE char *name = str_format("%s/lock", path);
	struct stat ours, theirs;

	return fstat(fd, &ours) == 0 && lstat(name, &theirs) == 0 &&
	       ours.st_ino == theirs.st_ino && ours.st_dev == theirs.st_dev;
}

static void sign(int fd)
{
	AUTO_FREE char *text = str_format("%d\n", (int)getpid());
	struct stat st;

	/* Only for people: it must not damage what somebody else linked there, and may
	 * fail. */
	if (fstat(fd, &st) != 0 || st.st_nlink != 1 || st.st_uid != geteuid())
		return;
	if (pwrite(fd, text, strlen(text), 0) == (ssize_t)strlen(text) &&
	    ftruncate(fd, (off_t)strlen(text)) != 0)
		return;
}

bool cellar_lock(const char *path, int64_t wait_ms, int *lock, bool *made,
		 struct error *err)
{
	int64_t deadline_ms = clock_monotonic_ms() + wait_ms;

	for (int i = 0; i < LOCK_TRIES; i++) {
		int fd = -1;

		if (!open_lock(path, &fd, made, err))
			return false;
		if (fd < 0)
			continue;
		if (!wait_for(fd, wait_ms, deadline_ms, err)) {
			close_fd(&fd);
			return false;
		}
		if (still_there(path, fd)) {
			sign(fd);
			*lock = fd;
			return true;
		}
		close_fd(&fd);
	}
	return error_fail(err, STATUS_UNCHANGED,
			  _("it comes and goes: another process removes it"));
}

void cellar_unlock(const char *path, int *lock, bool made)
{
	AUTO_FREE char *trust = str_format("%s/trust", path);
	AUTO_FREE char *name = str_format("%s/lock", path);

	if (*lock < 0)
		return;
	/* A plan that came to nothing leaves no empty cellar behind: rmdir fails on any
	 * other. */
	if (made && file_kind(trust) == FILE_ABSENT && errno == ENOENT &&
	    unlink(name) == 0)
		(void)!rmdir(path);
	close_fd(lock);
}

/* ---- names ---- */

char *cellar_state_path(const char *path, uint64_t generation)
{
	if (generation)
		return str_format("%s/history/%06" PRIu64 ".p11-kit", path, generation);
	return str_format("%s/trust/" CELLAR_STATE, path);
}

/* The number in a name that cellar_state_path gives; 0 for any other name. */
static uint64_t generation_of(const char *name)
{
	AUTO_FREE char *again = NULL;
	uint64_t number;

	if (strspn(name, "0123456789") < 6 || strspn(name, "0123456789") > 12)
		return 0;
	number = strtoull(name, NULL, 10);
	again = str_format("%06" PRIu64 ".p11-kit", number);
	return strcmp(again, name) == 0 ? number : 0;
}

void number_list_clear(struct number_list *list)
{
	mem_free(list->at);
	*list = (struct number_list)NUMBER_LIST_INIT;
}

static int newer_first(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x < y) - (x > y);
}

/* Opens a folder to list it: NULL and true where it is not there. */
static bool open_listing(const char *path, const char *member, DIR **dir,
			 struct error *err)
{
	AUTO_FREE char *name = str_format("%s/%s", path, member);

	*dir = opendir(name);
	if (*dir || errno == ENOENT)
		return true;
	return error_errno(err, STATUS_INPUT, _("cannot list its folder '%s'"), member);
}

bool cellar_history(const char *path, struct number_list *list, struct error *err)
{
	struct dirent *item;
	DIR *dir;

	if (!open_listing(path, "history", &dir, err))
		return false;
	while (dir && (item = readdir(dir))) {
		uint64_t number = generation_of(item->d_name);

		if (!number)
			continue;
		GROW(list->at, list->n, list->cap);
		list->at[list->n++] = number;
	}
	if (dir)
		closedir(dir);
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), newer_first);
	return true;
}

void name_list_clear(struct name_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		mem_free(list->at[i]);
	mem_free(list->at);
	*list = (struct name_list)NAME_LIST_INIT;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

bool cellar_foreign(const char *path, struct name_list *list, struct error *err)
{
	struct dirent *item;
	DIR *dir;

	if (!open_listing(path, "trust", &dir, err))
		return false;
	while (dir && list->n < CELLAR_FOREIGN_MOST && (item = readdir(dir))) {
		if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0 ||
		    strcmp(item->d_name, CELLAR_STATE) == 0)
			continue;
		GROW(list->at, list->n, list->cap);
		list->at[list->n++] = str_copy(item->d_name);
	}
	if (dir)
		closedir(dir);
	if (list->n)
		qsort(list->at, list->n, sizeof(*list->at), by_name);
	return true;
}
