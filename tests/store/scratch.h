/* What the tests of this floor share: a scratch folder, files in it, and sets of test
 * certificates. */
#pragma once

#include "store/cellar.h"
#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOW 1700000000

static char scratch[256];

static inline int scratch_make(void **state)
{
	const char *folder = getenv("TMPDIR");

	(void)state;
	snprintf(scratch, sizeof(scratch), "%s/rootcellar-store-XXXXXX",
		 folder ? folder : "/tmp");
	return mkdtemp(scratch) ? 0 : -1;
}

static inline int remove_one(const char *path, const struct stat *st, int kind,
			     struct FTW *walk)
{
	(void)st;
	(void)kind;
	(void)walk;
	return remove(path);
}

static inline int scratch_remove(void **state)
{
	(void)state;
	return nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* A path in the scratch folder; mem_free. */
static inline char *in_scratch(const char *name)
{
	return str_format("%s/%s", scratch, name);
}

static inline void write_file(const char *path, struct span bytes)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	if (bytes.n)
		assert_int_equal(fwrite(bytes.at, 1, bytes.n, file), bytes.n);
	assert_int_equal(fclose(file), 0);
}

static inline void write_text(const char *path, const char *text)
{
	write_file(path, span_str(text));
}

static inline struct file read_whole_file(const char *path)
{
	struct file file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!file_read(&file, path, &err))
		fail_msg("%s", err.text);
	return file;
}

static inline char *data_path(const char *name)
{
	const char *data = getenv("DATA");

	return str_format("%s/store/%s.pem", data ? data : "tests/data", name);
}

/* Adds a test certificate of that name and returns its entry, borrowed, for the test to
 * alter. */
static inline struct entry *add_cert(struct entry_set *set, const char *name,
				     enum trust trust)
{
	static const struct store_options options = { .purpose = STORE_TO_CHANGE };
	AUTO_FREE char *path = data_path(name);
	AUTO(store) store = STORE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry entry;

	if (!store_open(&store, path, &options, &err))
		fail_msg("%s", err.text);
	assert_int_equal(store.set.n, 1);
	entry = store.set.at[0];
	entry.trust = trust;
	entry.origin = NULL;
	return set_add_copy(set, &entry);
}

static inline uint64_t commit(struct cellar_change *change, const char *command)
{
	AUTO(error) err = ERROR_INIT;
	uint64_t generation = 0;

	if (!cellar_commit(change, command, NOW, &generation, &err))
		fail_msg("%s", err.text);
	return generation;
}

/* One change: adds that certificate with that trust. */
static inline uint64_t change_adding(const char *cellar, const char *name,
				     enum trust trust)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!cellar_begin(&change, cellar, &err))
		fail_msg("%s", err.text);
	add_cert(&change.set, name, trust);
	return commit(&change, name);
}

static inline void assert_holds(const struct error *err, const char *part)
{
	if (!err->text || !strstr(err->text, part))
		fail_msg("'%s' does not say '%s'", err->text ? err->text : "(no error)",
			 part);
}
