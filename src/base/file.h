/* Files: mapping for reading, replacing whole, walking folders without surprises. */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <sys/types.h>

/* The bytes of a file, mapped (or read, for standard input and what cannot be mapped). */
struct file {
	struct span bytes;
	void *map;	/* NULL where the bytes were read into memory */
	size_t map_n;
	int fd;		/* of what is mapped, else nothing */
};
#define FILE_INIT { { NULL, 0 }, NULL, 0, -1 }

/* The most that is read where the size is not known beforehand, and the largest file taken. */
#define FILE_MOST ((size_t)4 << 30)
#define STREAM_MOST ((size_t)256 << 20)

/*
 * Opens path for reading: a regular file only (links to one are followed; a FIFO, device, socket or
 * folder is refused in a clear line, without blocking). "-" reads standard input to its end.
 * STATUS_INPUT on failure. A file that shrinks while it is mapped ends in a clear error, not SIGBUS:
 * files on which another process holds a write are read, not mapped, where the caller cannot know.
 */
MUST_CHECK bool file_read(struct file *file, const char *path, struct error *err);
/*
 * Copies n of its bytes from `at` on. For one who goes through a large file once, with a buffer that
 * stays in the processor's cache: to map each page of it costs several times what copying it does.
 * STATUS_INPUT where the file cannot be read any more; the error does not name it.
 */
MUST_CHECK bool file_copy(const struct file *file, size_t at, uint8_t *to, size_t n,
			  struct error *err);
void file_clear(struct file *file);
void file_close_scope(int *fd);

enum file_kind { FILE_ABSENT, FILE_REGULAR, FILE_FOLDER, FILE_OTHER };
/* What files that are on their way to their place are called first: beside it, digits added. */
#define FILE_TEMPORARY ".rootcellar-"
/* What path is, links followed; FILE_ABSENT also where it cannot be reached (errno says why). */
enum file_kind file_kind(const char *path);
/* "it is a folder" and so on: the end of a message about what is no regular file; translated. */
const char *file_what_it_is(mode_t mode);

/*
 * Replaces path by bytes, whole or not at all: a temporary file beside it, fsync, rename, fsync of
 * the folder. Links are followed; owner, mode and SELinux label of a file that is there are kept,
 * else the mode is mode less the umask. STATUS_UNCHANGED on failure, and then nothing has changed.
 */
MUST_CHECK bool file_replace(const char *path, struct span bytes, mode_t mode, struct error *err);
/*
 * The same in the open folder that path (from the root on) stands in: a link is refused, and a new
 * file has exactly that mode.
 */
MUST_CHECK bool file_replace_at(int folder, const char *path, struct span bytes, mode_t mode,
				struct error *err);
/* The same without rename, for a mount point that cannot be renamed over (--in-place). */
MUST_CHECK bool file_overwrite(const char *path, struct span bytes, struct error *err);
/* mkdir -p with mode for what is made. STATUS_UNCHANGED on failure. */
MUST_CHECK bool folder_make(const char *path, mode_t mode, struct error *err);

/*
 * Calls visit with the path of each regular file of folder, in byte order of names, not recursive.
 * A link is followed only where it leads to a regular file (Debian's /etc/ssl/certs is made of such);
 * FIFOs, devices, sockets, folders and dangling links are never opened and go to skip (may be NULL)
 * with the reason.
 */
#define FOLDER_MOST 100000
struct folder_walk {
	void *ctx;
	bool (*visit)(void *ctx, const char *path, struct error *err);
	void (*skip)(void *ctx, const char *path, const char *why);
};
MUST_CHECK bool folder_walk(const char *folder, const struct folder_walk *walk, struct error *err);
