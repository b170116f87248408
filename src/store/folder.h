/*
 * The cellar's folder on disk: trust/, history/, tmp/ and lock. Everything that writes
 * goes through descriptors of these folders, which are opened without following links.
 */
#pragma once

#include "base/file.h"

#define CELLAR_STATE        "cellar.p11-kit"
#define CELLAR_FOREIGN_MOST 1000

struct cellar_folder {
	int root, trust, history, tmp;
};
#define CELLAR_FOLDER_INIT     \
	{                      \
		-1, -1, -1, -1 \
	}
void cellar_folder_clear(struct cellar_folder *folder);
/* Opens all, making what is missing. STATUS_UNCHANGED. */
MUST_CHECK bool cellar_folder_open(struct cellar_folder *folder, const char *path,
				   struct error *err);

/*
 * Whether the folder is a cellar or could become one: nothing else is in it. $HOME is one
 * typing error away. STATUS_UNCHANGED.
 */
MUST_CHECK bool cellar_folder_check(const char *path, struct error *err);
/*
 * Makes the folder where it is absent, and takes the lock, waiting at most wait_ms. A
 * folder that holds other things is refused. *made is set where the folder is new:
 * cellar_unlock then removes it if it stays empty.
 */
MUST_CHECK bool cellar_lock(const char *path, int64_t wait_ms, int *lock, bool *made,
			    struct error *err);
void cellar_unlock(const char *path, int *lock, bool made);

/* Former generations: their numbers, newest first. An absent folder has none. */
struct number_list {
	uint64_t *at;
	size_t n, cap;
};
#define NUMBER_LIST_INIT   \
	{                  \
		NULL, 0, 0 \
	}
void number_list_clear(struct number_list *list);
MUST_CHECK bool cellar_history(const char *path, struct number_list *list,
			       struct error *err);
/* "PATH/history/000012.p11-kit", and "PATH/trust/cellar.p11-kit" for 0; mem_free. */
char *cellar_state_path(const char *path, uint64_t generation);

/* Names in trust/ that rootcellar did not write, in byte order. */
struct name_list {
	char **at;
	size_t n, cap;
};
#define NAME_LIST_INIT     \
	{                  \
		NULL, 0, 0 \
	}
void name_list_clear(struct name_list *list);
MUST_CHECK bool cellar_foreign(const char *path, struct name_list *list,
			       struct error *err);

/*
 * Steps of a change, under the lock. cellar_write_new puts bytes into tmp/ (emptied
 * first) and on disk, with a time that is at least a second after that of the current
 * state; *fd can be read back. cellar_keep_old links the current state into history/, as
 * generation (KEEP_REFUSED: under a name that is no generation). cellar_publish renames.
 * cellar_move_foreign takes a file out of trust/.
 */
enum keep {
	KEEP_GENERATION,
	KEEP_REFUSED
};
MUST_CHECK bool cellar_write_new(const struct cellar_folder *folder, struct span bytes,
				 int *fd, struct error *err);
MUST_CHECK bool cellar_keep_old(const struct cellar_folder *folder, uint64_t generation,
				enum keep keep, struct error *err);
MUST_CHECK bool cellar_publish(const struct cellar_folder *folder, struct error *err);
MUST_CHECK bool cellar_move_foreign(const struct cellar_folder *folder, const char *name,
				    uint64_t generation, struct error *err);
/* Removes a former generation; cellar_sync_history makes that last. */
MUST_CHECK bool cellar_drop(const struct cellar_folder *folder, uint64_t generation,
			    struct error *err);
MUST_CHECK bool cellar_sync_history(const struct cellar_folder *folder,
				    struct error *err);
