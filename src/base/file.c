/* Files: reading them without surprises, replacing them whole or not at all. */
#include "base/file.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

/*
 * Smaller files are read: that costs less than a map, and nothing can shrink under the
 * reader.
 */
#define MAP_LEAST  ((size_t)1 << 20)
#define READ_PIECE ((size_t)1 << 16)
#define LINKS_MOST 40   /* what Linux follows in one path */
#define TRIES_MOST 100  /* for a temporary name that nobody has */
#define LABEL_MOST 4096 /* of an extended attribute that is kept */

void file_close_scope(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* Closes now and says whether that went well: a full disk may only show here. */
static bool close_now(int *fd)
{
	int open = *fd;

	*fd = -1;
	return close(open) == 0;
}

const char *file_what_it_is(mode_t mode)
{
	if (S_ISDIR(mode))
		return _("it is a folder");
	if (S_ISFIFO(mode))
		return _("it is a pipe");
	if (S_ISSOCK(mode))
		return _("it is a socket");
	if (S_ISCHR(mode) || S_ISBLK(mode))
		return _("it is a device");
	return _("it is no regular file");
}

enum file_kind file_kind(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return FILE_ABSENT;
	return S_ISREG(st.st_mode)   ? FILE_REGULAR
	       : S_ISDIR(st.st_mode) ? FILE_FOLDER
				     : FILE_OTHER;
}

/*
 * A map of a file that another program cuts short ends in SIGBUS at the first byte that
 * is gone. What was read so far cannot be trusted then, and nothing is half done that
 * could not be left: say so, end.
 */
static const char *cut_short_text;

static void on_bus_error(int number, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code == BUS_ADRERR) {
		/* Nothing can be done about a message that does not get out. */
		if (write(STDERR_FILENO, cut_short_text, strlen(cut_short_text)) < 0)
			_exit(STATUS_INPUT);
		_exit(STATUS_INPUT);
	}
	/*
	 * Any other bus error is a bug: it happens again, and then ends the program as
	 * it should.
	 */
	signal(number, SIG_DFL);
}

static void catch_bus_errors(void)
{
	struct sigaction action = { .sa_sigaction = on_bus_error,
				    .sa_flags = SA_SIGINFO };

	cut_short_text = _("rootcellar: a file was cut short by another program while it "
			   "was read\n");
	sigemptyset(&action.sa_mask);
	sigaction(SIGBUS, &action, NULL);
}

/* fd goes over to file. */
static bool map_file(struct file *file, int *fd, size_t n, const char *shown,
		     struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	void *map;

	pthread_once(&once, catch_bus_errors);
	map = mmap(NULL, n, PROT_READ, MAP_PRIVATE, *fd, 0);
	if (map == MAP_FAILED)
		return error_errno(err, STATUS_INPUT, _("cannot read '%s'"), shown);
	*file = (struct file){
		.bytes = span_of(map, n), .map = map, .map_n = n, .fd = *fd
	};
	*fd = -1;
	return true;
}

/* All that fd gives until its end, at most STREAM_MOST; expected only saves growing. */
static bool read_to_end(struct file *file, int fd, size_t expected, const char *shown,
			struct error *err)
{
	AUTO(buf) bytes = BUF_INIT;

	buf_reserve(&bytes, expected + 1);
	for (;;) {
		size_t room = bytes.cap - bytes.n - 1;
		uint8_t *to = bytes.at + bytes.n;
		ssize_t n;

		if (room == 0) {
			to = buf_reserve(&bytes, READ_PIECE);
			room = READ_PIECE;
		}
		n = read(fd, to, room);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, STATUS_INPUT, _("cannot read '%s'"),
					   shown);
		if (n == 0)
			break;
		if ((size_t)n > STREAM_MOST - bytes.n)
			return error_fail(
				err, STATUS_INPUT,
				_("cannot read '%s': it holds more than %zu MiB"), shown,
				STREAM_MOST >> 20);
		bytes.n += (size_t)n;
	}
	*file = (struct file){ .bytes = span_of(bytes.at, bytes.n) };
	bytes = (struct buf)BUF_INIT;
	return true;
}

static bool is_readable_kind(mode_t mode, const char *shown, struct error *err)
{
	if (S_ISREG(mode))
		return true;
	error_fail(err, STATUS_INPUT, _("cannot read '%s': %s"), shown,
		   file_what_it_is(mode));
	if (S_ISFIFO(mode))
		error_remedy(err, "%s", _("give '-' to read a pipe, on standard input"));
	return false;
}

/*
 * Looks before it opens: to open a device can already do something, to open a pipe can
 * block.
 */
static bool open_regular(const char *path, const char *shown, int *fd, struct stat *st,
			 struct error *err)
{
	AUTO_CLOSE int open_fd = -1;

	if (stat(path, st) != 0)
		return error_errno(err, STATUS_INPUT, _("cannot read '%s'"), shown);
	if (!is_readable_kind(st->st_mode, shown, err))
		return false;
	open_fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (open_fd < 0 || fstat(open_fd, st) != 0)
		return error_errno(err, STATUS_INPUT, _("cannot read '%s'"), shown);
	if (!is_readable_kind(st->st_mode, shown, err))
		return false;
	*fd = open_fd;
	open_fd = -1;
	return true;
}

bool file_read(struct file *file, const char *path, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO_CLOSE int fd = -1;
	struct stat st;

	if (strcmp(path, "-") == 0)
		return read_to_end(file, STDIN_FILENO, READ_PIECE, _("standard input"),
				   err);
	if (!open_regular(path, shown, &fd, &st, err))
		return false;
	if ((uint64_t)st.st_size > FILE_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("cannot read '%s': it is larger than %zu GiB"), shown,
				  FILE_MOST >> 30);
	if ((size_t)st.st_size > MAP_LEAST)
		return map_file(file, &fd, (size_t)st.st_size, shown, err);
	return read_to_end(file, fd, (size_t)st.st_size, shown, err);
}

bool file_copy(const struct file *file, size_t at, uint8_t *to, size_t n,
	       struct error *err)
{
	assert(at <= file->bytes.n && n <= file->bytes.n - at);
	if (!file->map) {
		memcpy(to, file->bytes.at + at, n);
		return true;
	}
	while (n) {
		ssize_t got = pread(file->fd, to, n, (off_t)at);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return error_errno(err, STATUS_INPUT, _("it cannot be read"));
		if (got == 0)
			return error_fail(err, STATUS_INPUT,
					  _("it was cut short by another program while "
					    "it was read"));
		to += got;
		at += (size_t)got;
		n -= (size_t)got;
	}
	return true;
}

void file_clear(struct file *file)
{
	if (file->map) {
		munmap(file->map, file->map_n);
		close(file->fd);
	} else {
		mem_free((void *)file->bytes.at);
	}
	*file = (struct file)FILE_INIT;
}

/*
 * Where path leads when its last link is followed, there or not. mem_free; NULL with
 * errno.
 */
static char *follow_links(const char *path)
{
	char *at = str_copy(path);

	for (int i = 0; i < LINKS_MOST; i++) {
		char link[PATH_MAX];
		ssize_t n = readlink(at, link, sizeof(link));
		char *slash, *next;

		if (n < 0)
			return at; /* no link, or nothing there: opening it will say */
		if ((size_t)n == sizeof(link))
			break;
		slash = link[0] == '/' ? NULL : strrchr(at, '/');
		next = str_format("%.*s%.*s", slash ? (int)(slash + 1 - at) : 0, at,
				  (int)n, link);
		mem_free(at);
		at = next;
	}
	mem_free(at);
	errno = ELOOP;
	return NULL;
}

/* A file on its way to its place. */
struct replacement {
	char *folder, *name; /* where it goes, links followed */
	const char *shown;   /* the path as the user named it, escaped */
	int folder_fd, fd;
	char temporary[64]; /* "" while there is none */
	bool existed;
	struct stat was;
};

static void replacement_clear(struct replacement *r)
{
	if (r->temporary[0])
		unlinkat(r->folder_fd, r->temporary, 0);
	file_close_scope(&r->fd);
	file_close_scope(&r->folder_fd);
	mem_free(r->folder);
	mem_free(r->name);
}

static bool cannot_write(const struct replacement *r, struct error *err)
{
	return error_errno(err, STATUS_UNCHANGED, _("cannot write '%s'"), r->shown);
}

static bool look_at_place(struct replacement *r, struct error *err)
{
	r->existed = fstatat(r->folder_fd, r->name, &r->was, AT_SYMLINK_NOFOLLOW) == 0;
	if (!r->existed && errno != ENOENT)
		return cannot_write(r, err);
	if (r->existed && !S_ISREG(r->was.st_mode))
		return error_fail(err, STATUS_UNCHANGED, _("cannot write '%s': %s"),
				  r->shown, file_what_it_is(r->was.st_mode));
	return true;
}

static bool find_place(struct replacement *r, const char *path, struct error *err)
{
	AUTO_FREE char *place = follow_links(path);
	char *slash;

	if (!place)
		return cannot_write(r, err);
	slash = strrchr(place, '/');
	r->name = str_copy(slash ? slash + 1 : place);
	r->folder = slash ? str_of(span_of(place, (size_t)(slash + 1 - place)))
			  : str_copy(".");
	if (!r->name[0]) {
		errno = EISDIR;
		return cannot_write(r, err);
	}
	r->folder_fd = open(r->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return r->folder_fd >= 0 ? look_at_place(r, err) : cannot_write(r, err);
}

static bool open_temporary(struct replacement *r, mode_t mode, struct error *err)
{
	for (int i = 0; i < TRIES_MOST; i++) {
		uint64_t number;

		if (getrandom(&number, sizeof(number), 0) != (ssize_t)sizeof(number))
			return cannot_write(r, err);
		snprintf(r->temporary, sizeof(r->temporary), FILE_TEMPORARY "%016llx",
			 (unsigned long long)number);
		/*
		 * While a file that is there is being replaced, nobody else reads the
		 * new one.
		 */
		r->fd = openat(r->folder_fd, r->temporary,
			       O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
			       r->existed ? 0600 : mode);
		if (r->fd >= 0)
			return true;
		if (errno != EEXIST)
			break;
	}
	r->temporary[0] = '\0';
	return cannot_write(r, err);
}

/* An attribute of the file that is there, given to the new one where it differs. */
static bool keep_attribute(const struct replacement *r, const char *attribute)
{
	AUTO_FREE char *path = str_format("%s/%s", r->folder, r->name);
	char old[LABEL_MOST], new[LABEL_MOST];
	ssize_t old_n = lgetxattr(path, attribute, old, sizeof(old));
	ssize_t new_n;

	if (old_n < 0)
		return errno == ENODATA || errno == ENOTSUP;
	new_n = fgetxattr(r->fd, attribute, new, sizeof(new));
	if (new_n == old_n && memcmp(old, new, (size_t)old_n) == 0)
		return true;
	return fsetxattr(r->fd, attribute, old, (size_t)old_n, 0) == 0;
}

static bool keep_owner(const struct replacement *r)
{
	struct stat now;

	if (fstat(r->fd, &now) != 0)
		return false;
	if (now.st_uid == r->was.st_uid && now.st_gid == r->was.st_gid)
		return true;
	return fchown(r->fd, r->was.st_uid, r->was.st_gid) == 0;
}

/* Owner, mode, SELinux label and access list of the file that is there. */
static bool keep_what_it_was(const struct replacement *r, struct error *err)
{
	if (!r->existed)
		return true;
	/* The mode comes after the owner: a change of owner takes bits away. */
	if (keep_owner(r) && fchmod(r->fd, r->was.st_mode & 07777) == 0 &&
	    keep_attribute(r, "security.selinux") &&
	    keep_attribute(r, "system.posix_acl_access"))
		return true;
	error_errno(err, STATUS_UNCHANGED, _("cannot keep owner, mode and label of '%s'"),
		    r->shown);
	return error_remedy(err, "%s",
			    _("run this as the owner of the file, or add --in-place to "
			      "write into it"));
}

/* All of bytes at the place where fd stands. False with errno. */
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

static bool sync_now(int fd)
{
	while (fsync(fd) != 0)
		if (errno != EINTR)
			return false;
	return true;
}

static bool put_in_place(struct replacement *r, struct error *err)
{
	if (renameat(r->folder_fd, r->temporary, r->folder_fd, r->name) != 0) {
		bool pinned = errno == EBUSY || errno == EXDEV;

		cannot_write(r, err);
		if (pinned)
			error_remedy(err, "%s",
				     _("it is a mount point: add --in-place to write "
				       "into it"));
		return false;
	}
	r->temporary[0] = '\0';
	/* EINVAL: a file system that has nothing to sync in a folder. */
	if (!sync_now(r->folder_fd) && errno != EINVAL)
		return error_errno(
			err, STATUS_UNCHANGED,
			_("'%s' was replaced, but may not outlive a power failure"),
			r->shown);
	return true;
}

static bool replace(struct replacement *r, struct span bytes, struct error *err)
{
	if (!keep_what_it_was(r, err))
		return false;
	if (!write_all(r->fd, bytes) || !sync_now(r->fd) || !close_now(&r->fd))
		return cannot_write(r, err);
	return put_in_place(r, err);
}

bool file_replace(const char *path, struct span bytes, mode_t mode, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(replacement) r = { .shown = shown, .folder_fd = -1, .fd = -1 };

	return find_place(&r, path, err) && open_temporary(&r, mode, err) &&
	       replace(&r, bytes, err);
}

bool file_replace_at(int folder, const char *path, struct span bytes, mode_t mode,
		     struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	const char *name = strrchr(path, '/') + 1;
	AUTO(replacement) r = { .folder = str_of(span_of(path, (size_t)(name - path))),
				.name = str_copy(name),
				.shown = shown,
				.folder_fd = fcntl(folder, F_DUPFD_CLOEXEC, 0),
				.fd = -1 };

	if (r.folder_fd < 0)
		return cannot_write(&r, err);
	if (!look_at_place(&r, err) || !open_temporary(&r, mode, err))
		return false;
	if (!r.existed && fchmod(r.fd, mode) != 0)
		return cannot_write(&r, err);
	if (replace(&r, bytes, err))
		return true;
	/* There is no --in-place here. */
	if (err->remedy)
		error_remedy(err, "%s",
			     _("it must be a file that who runs this can replace and give to "
			       "its owner, and no mount point"));
	return false;
}

/* Room first, so that a full disk shows before the first old byte is lost. */
static bool overwrite_fd(int fd, struct span bytes)
{
	if (bytes.n) {
		int number = posix_fallocate(fd, 0, (off_t)bytes.n);

		/* Some file systems cannot reserve; then the write itself will say. */
		if (number && number != EOPNOTSUPP && number != EINVAL &&
		    number != ENOSYS) {
			errno = number;
			return false;
		}
	}
	return lseek(fd, 0, SEEK_SET) == 0 && write_all(fd, bytes) &&
	       ftruncate(fd, (off_t)bytes.n) == 0 && sync_now(fd);
}

static bool open_to_overwrite(const char *path, const char *shown, int *fd,
			      struct error *err)
{
	enum file_kind kind = file_kind(path);

	if (kind == FILE_FOLDER || kind == FILE_OTHER)
		return error_fail(err, STATUS_UNCHANGED, _("cannot write '%s': %s"),
				  shown,
				  kind == FILE_FOLDER ? _("it is a folder")
						      : _("it is no regular file"));
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0666);
	if (*fd < 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot write '%s'"), shown);
	return true;
}

bool file_overwrite(const char *path, struct span bytes, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(file) old = FILE_INIT;
	AUTO_CLOSE int fd = -1;

	if (!open_to_overwrite(path, shown, &fd, err))
		return false;
	/*
	 * The old bytes are kept in memory, never mapped: the map would show the new
	 * ones.
	 */
	if (!read_to_end(&old, fd, 0, shown, err)) {
		err->status = STATUS_UNCHANGED;
		return false;
	}
	if (overwrite_fd(fd, bytes) && close_now(&fd))
		return true;
	error_errno(err, STATUS_UNCHANGED, _("cannot write '%s'"), shown);
	if (fd < 0 || !overwrite_fd(fd, old.bytes))
		error_remedy(
			err, "%s",
			_("the old content could not be put back: restore the file"));
	return false;
}
