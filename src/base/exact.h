/*
 * A path taken exactly: no part of it may be a link, so that nobody who owns a folder on
 * the way leads a write elsewhere. Paths are absolute, as realpath gives them.
 */
#pragma once

#include "base/file.h"
#include "base/sha256.h"

enum exact_kind {
	EXACT_NOTHING,
	EXACT_FILE,
	EXACT_LINK,
	EXACT_FOLDER,
	EXACT_OTHER /* a device, a pipe: nothing to change or to keep */
};
/* What stands at a path, and the SHA-256 of a file's bytes or of where a link leads. */
struct exact {
	enum exact_kind kind;
	struct sha256 hash; /* of the others that of no bytes */
};
struct exact exact_of(enum exact_kind kind, struct span bytes);
static inline bool exact_eq(const struct exact *a, const struct exact *b)
{
	return a->kind == b->kind && sha256_eq(&a->hash, &b->hash);
}
/* "file", "link" ...: what a list of such says of the kind, and back. */
const char *exact_kind_name(enum exact_kind kind);
MUST_CHECK bool exact_kind_parse(const char *text, enum exact_kind *kind);

/* The kind and, appended to bytes, a file's bytes or where a link leads.
 * STATUS_UNCHANGED. */
MUST_CHECK bool exact_look(const char *path, enum exact_kind *kind, struct buf *bytes,
			   struct error *err);
/*
 * Each of these is whole or not at all, and on disk when it returns. STATUS_UNCHANGED.
 * exact_write keeps owner, mode and label of a file that is there, else gives it mode;
 * exact_make_folder is content with a folder that is there; exact_remove takes away a
 * file or link, or a folder where it is empty, and is content where nothing is.
 */
MUST_CHECK bool exact_write(const char *path, struct span bytes, mode_t mode,
			    struct error *err);
MUST_CHECK bool exact_link(const char *path, const char *to, struct error *err);
MUST_CHECK bool exact_make_folder(const char *path, mode_t mode, struct error *err);
MUST_CHECK bool exact_remove(const char *path, struct error *err);
/* Takes away what writers that died left beside path. */
void exact_sweep(const char *path);
