/*
 * Making a known store hold what the cellar holds, live or as an export, and undoing
 * that: what is to be done, step by step, before anything is done (stores --enable,
 * --disable, export --refresh).
 */
#pragma once

#include "plan/export.h"
#include "store/enabled.h"
#include "store/profile.h"

enum install_task {
	INSTALL_ENABLE,
	INSTALL_REFRESH, /* the same, but what something else changed stops it */
	INSTALL_DISABLE
};
enum install_do {
	INSTALL_KEEP, /* it is as it should be */
	INSTALL_MAKE,
	INSTALL_REPLACE,
	INSTALL_REMOVE,
	INSTALL_RESTORE /* what stood there before comes back */
};
struct install_step {
	enum install_do what;
	char *path;
	enum exact_kind kind; /* of what is there afterwards; of REMOVE: of what goes */
	bool part;            /* of a file that others write too */
	bool wanted;          /* it is there because of us afterwards, and remembered */
	bool keeps;           /* what is there now is kept, for --disable */
	struct buf bytes;     /* of a file to be written; where a link leads */
	struct buf there;     /* bytes of what is there now */
	struct exact before, was, written; /* as in struct enabled_piece */
};
struct install {
	enum install_task task;
	char *name;                        /* as the user said it */
	char *cellar;                      /* from the root on, links followed */
	struct profile profile;            /* whose way it is */
	const struct profile_write *write; /* of profile; NULL: nothing is written */
	char *library;               /* p11-kit's trust module, where the way needs it */
	char *remark;                /* NULL, or what its owner has to do or to know */
	const struct format *format; /* of an export */
	struct install_step *at;
	size_t n, cap;
	struct export_plan export; /* of an export; else its counts are those of the
				      cellar */
	uint64_t generation;
	struct sha256 holds;
	bool sealed;
	bool changes;             /* a step does something */
	bool runs;                /* the profile's programs are to be run */
	bool idle;                /* there is nothing to do at all */
	size_t changed_by_others; /* steps that stop it; err tells the first */
};
#define INSTALL_INIT                                                 \
	{                                                            \
		.profile = PROFILE_INIT, .export = EXPORT_PLAN_INIT, \
	}
void install_clear(struct install *install);
/* "make", "replace" ... */
const char *install_do_name(enum install_do what);

/* What the cellar holds now. */
struct install_source {
	const char *cellar; /* its path; the lock is held */
	const struct entry_set *set;
	uint64_t generation;
	int64_t at;
};
/*
 * What task has to do for the store of that name. record: what is remembered of it; NULL:
 * it is not enabled. others: all that is enabled. STATUS_INPUT: there is no such store,
 * or nothing of ours can be written to it; STATUS_UNCHANGED: something else changed what
 * we wrote, or stands in the way.
 */
MUST_CHECK bool install_plan(struct install *install, enum install_task task,
			     const char *name, const struct enabled_list *others,
			     const struct install_source *source, struct error *err);
/*
 * Does it: first what stood there is kept and list (which enabled_write then writes) says
 * what is about to be; then each step; then the programs. said: what a program that
 * failed printed last. A crash at any moment leaves each path as it was or as it should
 * be, and list says which those are. STATUS_UNCHANGED.
 */
MUST_CHECK bool install_do(const struct install *install, struct enabled_list *list,
			   struct error *err);

/*
 * The words of a run, NULL-ended: mem_free it, not the words. *list: the one that names a
 * copy of the run's list with what goes, mem_free; NULL where nothing goes or the run has
 * no list.
 */
const char **install_run_words(const struct install *install,
			       const struct profile_run *run, char **list);

/* ---- what the files of it share ---- */

/*
 * Finds the way of the store of that name: install->profile, ->write, ->library and
 * ->remark. STATUS_INPUT.
 */
MUST_CHECK bool install_find_way(struct install *install, const char *name,
				 struct error *err);
/* Where a write's place is, there or not; NULL: a variable that is not set. mem_free. */
char *install_place(const struct profile_read *place);
/* What the profile's reading finds, links followed; NULL: nothing. mem_free. */
char *install_read_place(const struct profile *profile);
/* path with the links of its folders followed, as far as they are there. mem_free. */
char *install_real_place(const char *path);
/* The steps that the way makes, with kind, path, part, bytes and keeps as "may be kept".
 */
MUST_CHECK bool install_want_all(struct install *install,
				 const struct install_source *source, struct error *err);
/* One more of them; borrowed until the next. path is taken over. */
struct install_step *install_want(struct install *install, char *path,
				  enum exact_kind kind);
/* Name of our module in lists of such. */
#define INSTALL_MODULE "rootcellar"
/* Whether it can be run and, as root, may be. STATUS_UNCHANGED. */
MUST_CHECK bool install_check_program(const char *program, struct error *err);
