/* What every unit test of this floor needs: cmocka and its C headers, and the folder of
 * test data. */
#pragma once

#include "base/file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

/* The path of a file of the test data, to be freed. */
static inline char *data_path(const char *name)
{
	const char *data = getenv("DATA");

	return str_format("%s/%s", data ? data : "tests/data", name);
}

/* Reads a file of the test data, or fails the test. */
static inline void data_read(struct file *file, const char *name)
{
	AUTO_FREE char *path = data_path(name);
	AUTO(error) err = ERROR_INIT;

	if (!file_read(file, path, &err))
		fail_msg("%s", err.text);
}
