/*
 * A state: the file that holds one generation of the cellar. A first p11-kit object of
 * class data carries the header; the entries follow as p11_kit_write writes them. Nothing
 * of it stands in comments.
 */
#pragma once

#include "trust/set.h"

#define STATE_VERSION 1
/* A command line is cut to this many bytes before it is recorded. */
#define STATE_COMMAND_MOST 4096
/* Each of its bytes may become six in JSON and three times that when percent-encoded. */
#define STATE_HEAD_MOST       ((size_t)STATE_COMMAND_MOST * 18 + 4096)
#define STATE_GENERATION_MOST 999999999999

struct state_head {
	uint64_t generation;
	int64_t time;
	char *command; /* mem_free'd by state_head_clear; UTF-8, hostile */
	size_t anchors, intermediates, distrusted;
	struct sha256 body;
};
#define STATE_HEAD_INIT         \
	{                       \
		.generation = 0 \
	}
void state_head_clear(struct state_head *head);

/* Counts the set into head. */
void state_head_count(struct state_head *head, const struct entry_set *set);

/* Appends the whole state to out; fills head's counts and body. */
void state_write(struct state_head *head, const struct entry_set *set, struct buf *out);
/* The version that the header names, however new; 0 where it cannot be found. */
int state_version(struct span file);
/*
 * Reads the header at the beginning of file (the rest may be missing) without a look at
 * the body; *used says how long it is. Anything that state_write would not have written
 * is an error with its line.
 */
MUST_CHECK bool state_read_head(struct span file, struct state_head *head, size_t *used,
				struct error *err);
/* Reads a whole state; the set must be empty. STATUS_INPUT. Nothing is kept on failure.
 */
MUST_CHECK bool state_read(struct span file, struct state_head *head,
			   struct entry_set *set, struct error *err);
