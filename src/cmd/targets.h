/* The targets of a run: words of the command line, and lines of a file. */
#pragma once

#include "base/error.h"
#include "net/net.h"

struct target_list {
	struct target *at;
	size_t n, cap;
};
#define TARGET_LIST_INIT   \
	{                  \
		NULL, 0, 0 \
	}

/* STATUS_INPUT where word names no target. */
MUST_CHECK bool target_list_add(struct target_list *list, const char *word,
				struct error *err);
/*
 * Adds those of a file ("-": standard input), one a line; what follows '#' is a comment.
 * A line that names no target is told on standard error with its place, counted in *bad,
 * and never costs the others. False where the file itself cannot be used: STATUS_INPUT.
 */
MUST_CHECK bool target_list_read(struct target_list *list, const char *path, size_t *bad,
				 struct error *err);
void target_list_clear(struct target_list *list);
