/* What the tests of cellars share: each has a cellar of its own, which is not yet there.
 */
#pragma once

#include "scratch.h"

#include "store/folder.h"

static char *cellar; /* PATH of the test's own, not yet there */

static inline int begin_test(void **state)
{
	int bad = scratch_make(state);

	cellar = in_scratch("cellar");
	return bad;
}

static inline int end_test(void **state)
{
	mem_free(cellar);
	return scratch_remove(state);
}

static inline char *state_path(void)
{
	return cellar_state_path(cellar, 0);
}

static inline void begin(struct cellar_change *change)
{
	AUTO(error) err = ERROR_INIT;

	if (!cellar_begin(change, cellar, &err))
		fail_msg("%s", err.text);
}

static inline uint64_t read_cellar(struct entry_set *set, uint64_t generation)
{
	AUTO(error) err = ERROR_INIT;
	uint64_t number = 99;

	if (!cellar_read(cellar, generation, set, &number, &err))
		fail_msg("%s", err.text);
	return number;
}

static inline void assert_refused(const char *why)
{
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	uint64_t number = 99;

	assert_false(cellar_read(cellar, 0, &set, &number, &err));
	assert_int_equal(err.status, STATUS_INPUT);
	assert_holds(&err, why);
	assert_int_equal(set.n, 0);
	assert_int_equal(number, 99);
}

static inline size_t count_in(const char *folder)
{
	AUTO_FREE char *path = str_format("%s/%s", cellar, folder);
	struct dirent *item;
	DIR *dir = opendir(path);
	size_t n = 0;

	while (dir && (item = readdir(dir)))
		n += item->d_name[0] != '.';
	if (dir)
		closedir(dir);
	return n;
}
