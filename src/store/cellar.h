/*
 * The cellar: the native store (DESIGN section 5). A folder with trust/cellar.p11-kit,
 * history/, tmp/ and lock. Readers need no lock; a change is one transaction; a crash
 * leaves the old state or the new.
 */
#pragma once

#include "store/store.h"

/*
 * More entries than this and a note is due: p11-kit's trust module takes a time to load them that
 * grows with the square (150 entries 25 ms, 1,000 0.6 s).
 */
#define CELLAR_LARGE 500

struct generation {
	uint64_t number; /* from 1 */
	int64_t at;
	char *command; /* secrets redacted; hostile as any text */
	size_t anchors, intermediates, distrusted;
	bool current;
	bool damaged; /* its state is refused: @N fails, and command says why */
};
struct generation_list {
	struct generation *at;
	size_t n, cap;
};
#define GENERATION_LIST_INIT \
	{                    \
		NULL, 0, 0   \
	}
void generation_list_clear(struct generation_list *list);

/* $ROOTCELLAR_STORE, else $XDG_DATA_HOME/rootcellar/cellar (root:
 * /var/lib/rootcellar/cellar). mem_free. */
char *cellar_default_path(void);

/* Reads the current state (0) or a former one. An absent cellar: true, empty set,
 * generation 0. */
MUST_CHECK bool cellar_read(const char *path, uint64_t generation, struct entry_set *set,
			    uint64_t *number, struct error *err);

/* A change: begin (locks, reads), alter change->set, commit or clear. */
struct cellar_change {
	char *path;
	int lock;
	uint64_t generation;          /* that was read; 0: none yet */
	struct entry_set before, set; /* before is what was there */
	int64_t wait_ms;              /* for the lock; 0: CELLAR_WAIT_MS */
	bool refused; /* the current state is unreadable: commit keeps it aside and always
			 writes */
	bool made;    /* the folder is new: it goes again where nothing is committed */
	bool adopts;  /* commit moves what others left in trust/ into history/ */
};
#define CELLAR_CHANGE_INIT                                                  \
	{                                                                   \
		.lock = -1, .before = ENTRY_SET_INIT, .set = ENTRY_SET_INIT \
	}
#define CELLAR_WAIT_MS 30000
/*
 * STATUS_UNCHANGED where the current state is refused, or where the lock, the folder or a
 * file that another program left in trust/ stands in the way.
 */
MUST_CHECK bool cellar_begin(struct cellar_change *change, const char *path,
			     struct error *err);
/*
 * Begins an undo: change->set is generation `generation` (0: the newest former one). This
 * is the way out of a state that is refused: change->before is then empty and
 * change->refused set.
 */
MUST_CHECK bool cellar_begin_undo(struct cellar_change *change, const char *path,
				  uint64_t generation, struct error *err);
/*
 * Publishes change->set as the next generation. command: what the user ran, redacted.
 * Nothing is written where the set means the same as before (*generation is then the old
 * one). STATUS_UNCHANGED.
 */
MUST_CHECK bool cellar_commit(struct cellar_change *change, const char *command,
			      int64_t now, uint64_t *generation, struct error *err);
void cellar_change_clear(struct cellar_change *change);

/* Newest first. */
MUST_CHECK bool cellar_log(const char *path, struct generation_list *list,
			   struct error *err);
/* Drops all former generations but the newest keep; the current one always stays. */
MUST_CHECK bool cellar_forget(const char *path, size_t keep, size_t *dropped,
			      struct error *err);
/*
 * import --adopt: begins a change that takes over a state that was edited by hand, and
 * files that other tools left in trust/ (with the trust that p11-kit gives them there).
 * Where the state is as it was written, change->before is what it says; else the newest
 * former generation that can be read.
 */
MUST_CHECK bool cellar_adopt(struct cellar_change *change, const char *path,
			     struct error *err);
