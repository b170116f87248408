/*
 * What `stores --enable` put outside the cellar, and what stood there before. It stands
 * in the cellar's folder: enabled.json, and in before/ the bytes of files that were
 * replaced, each called by its SHA-256. Who changes it holds the cellar's lock.
 */
#pragma once

#include "base/exact.h"

struct enabled_piece {
	char *path;          /* from the root on, links followed */
	bool part;           /* of a file that others write too (NSS's list of modules) */
	struct exact before; /* what --disable brings back */
	struct exact was;    /* while a change is under way: what it began with */
	struct exact
		written; /* what we wrote or, while a change is under way, are writing */
};
struct enabled {
	char *name;          /* as the user said it */
	char *profile;       /* whose way it is */
	char *way;           /* that way, as profiles call it */
	bool pending;        /* a change began and did not end */
	bool sealed;         /* with a password that the user said */
	uint64_t generation; /* of the cellar that was written */
	struct sha256
		holds; /* of the certificates, where the same ones give other bytes */
	struct enabled_piece *at;
	size_t n, cap;
};
struct enabled_list {
	struct enabled *at;
	size_t n, cap;
};
#define ENABLED_LIST_INIT  \
	{                  \
		NULL, 0, 0 \
	}
void enabled_clear(struct enabled *enabled);
void enabled_list_clear(struct enabled_list *list);
/* NULL where that name is not enabled. */
struct enabled *enabled_find(const struct enabled_list *list, const char *name);
struct enabled_piece *enabled_piece_find(const struct enabled *enabled, const char *path);
/* A new one at the end; borrowed until the next. path is copied. */
struct enabled *enabled_add(struct enabled_list *list, const char *name);
struct enabled_piece *enabled_piece_add(struct enabled *enabled, const char *path);
void enabled_drop(struct enabled_list *list, struct enabled *enabled);

/* An absent file is an empty list. STATUS_UNCHANGED: it is damaged, or of a newer
 * version. */
MUST_CHECK bool enabled_read(struct enabled_list *list, const char *cellar,
			     struct error *err);
/* Whole or not at all; an empty list leaves no file. STATUS_UNCHANGED. */
MUST_CHECK bool enabled_write(const struct enabled_list *list, const char *cellar,
			      struct error *err);
/* Bytes that --disable brings back, under their SHA-256; and those again.
 * STATUS_UNCHANGED. */
MUST_CHECK bool enabled_keep(const char *cellar, struct span bytes, struct error *err);
MUST_CHECK bool enabled_kept(const char *cellar, const struct sha256 *hash,
			     struct buf *bytes, struct error *err);
/* Drops what is kept and no piece of the list needs, and what a writer that died left. */
void enabled_sweep(const char *cellar, const struct enabled_list *list);
