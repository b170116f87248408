/*
 * Files of a folder that rootcellar writes and may replace: a list in it, `.rootcellar`,
 * tells ours from those of others, which are never touched.
 */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#include <sys/stat.h>

struct owned_file {
	char *name;
	struct buf bytes;
	size_t link_to; /* 0, or 1 + the number of the file whose link it is; no bytes
			   then */
};
struct owned_names {
	char **at; /* sorted once they are asked */
	size_t n, cap;
};
struct owned {
	struct owned_file *at;
	size_t n, cap;
	struct owned_names before, now;
};
#define OWNED_INIT                          \
	{                                   \
		NULL, 0, 0, { NULL, 0, 0 }, \
		{                           \
			NULL, 0, 0          \
		}                           \
	}

/*
 * A file to be written; name is taken over, bytes are then to be filled in. Borrowed
 * until the next one.
 */
struct owned_file *owned_add(struct owned *owned, char *name);
/*
 * Makes the folder and brings it to hold the files, each name at most once: what was
 * written before and is not wanted any more goes, files of others stay. A name that
 * something else has is a failure before anything is written. Where the file system has
 * no links, a link is a copy. STATUS_UNCHANGED.
 */
MUST_CHECK bool owned_write(struct owned *owned, const char *folder, struct error *err);
void owned_clear(struct owned *owned);

/* The last part of a path. */
const char *path_base(const char *path);
/* Whether name is of the form of OpenSSL's hashed folders: eight hex digits, '.', digits.
 */
bool is_hash_name(struct span name);
