/* The stores that profiles describe, and what of them is on this machine. */
#pragma once

#include "store/profile.h"

struct known_store {
	struct profile profile; /* what of it could be read */
	bool here;              /* something of it is on this machine */
	char *problem;          /* NULL, or why it is here and cannot be read */
	char *path;             /* NULL, or the file, folder or URI that is read */
	size_t entries, left_out;
	bool enabled;        /* the cellar was installed there, or is live there */
	const char *same_as; /* NULL, or the earlier store whose file it really is */
};
struct known_stores {
	struct known_store *at;
	size_t n, cap;
};
#define KNOWN_STORES_INIT  \
	{                  \
		NULL, 0, 0 \
	}
/*
 * Looks at all of them, in the order of their names. Nobody is asked for a password; one
 * that cannot be read is told in its place.
 */
MUST_CHECK bool known_stores_look(struct known_stores *stores, struct error *err);
/* Marks those that stand in the list of what is enabled. */
struct enabled_list;
void known_stores_mark(struct known_stores *stores, const struct enabled_list *list);
void known_stores_clear(struct known_stores *stores);
