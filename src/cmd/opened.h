/* Opening the store that a command works on, and saying which it was. */
#pragma once

#include "cmd/command.h"

/* The one store that -s names (NULL: the default cellar); more than one is refused. */
MUST_CHECK bool one_store(const char **ref, const struct context *context,
			  struct error *err);
/* Opens the store of -s to look at it. twins: duplicates stay apart. */
enum twins {
	TWINS_JOINED,
	TWINS_KEPT
};
MUST_CHECK bool open_to_look(struct store *store, const struct context *context,
			     enum twins twins, struct error *err);
/* The same; each entry is given to taker, and twins stay apart (store_options.taker). */
MUST_CHECK bool open_to_give(struct store *store, const struct context *context,
			     const struct entry_taker *taker, struct error *err);
/* "java: 140 anchors", escaped: which store it is, and what it has. mem_free. */
char *store_told(const struct store *store);
/*
 * Says on standard error which store was read and how many entries it has (not with -q),
 * and each part that was left out (always). STATUS_PARTIAL where any was, else
 * STATUS_GOOD.
 */
enum status tell_store(const struct context *context, const struct store *store);
