/* What the files of the cellar share among themselves. */
#pragma once

#include "store/cellar.h"
#include "store/folder.h"
#include "store/state.h"

/* What is at the place of a state. */
enum finds {
	FINDS_STATE,
	FINDS_NOTHING,
	FINDS_REFUSED, /* err says why */
	FINDS_NEWER,   /* a state of a version that this program does not know */
	FINDS_TROUBLE, /* it cannot be read at all: rights, a folder, the disk */
};

/* Puts the cellar's name in front of what err says; returns false. */
bool cellar_error_in(struct error *err, const char *path);
/* The current state; nothing at all is an empty cellar, history without a current state a
 * loss. */
enum finds cellar_find_current(const char *path, struct state_head *head,
			       struct entry_set *set, struct error *err);
/*
 * The newest former generation that can be read, of those before `before` (0: of all);
 * *found 0 where there is none.
 */
MUST_CHECK bool cellar_newest_former(const char *path, uint64_t before,
				     struct entry_set *set, uint64_t *found,
				     struct error *err);
/* Locks, and reads what stands there, however bad: change->refused says so. */
MUST_CHECK bool cellar_begin_whatever(struct cellar_change *change, const char *path,
				      struct error *err);
