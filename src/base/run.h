/* Running another program: by its absolute path, never through a shell, for a bounded
 * time. */
#pragma once

#include "base/buf.h"
#include "base/error.h"

#define RUN_SAID_MOST \
	((size_t)64 << 10) /* of what it says is kept; the rest is read and dropped */

struct run_result {
	struct buf said; /* on standard output and standard error, as it came; hostile */
	int status;      /* what it ended with; -1: by a signal */
	bool in_time;    /* false: it was ended when its time was over */
};
#define RUN_RESULT_INIT             \
	{                           \
		BUF_INIT, -1, false \
	}
void run_result_clear(struct run_result *result);

/*
 * Runs argv (NULL-ended, argv[0] the absolute path) with environment (NULL-ended) and an
 * empty standard input, for at most that many milliseconds; then it and what it started
 * are killed. False only where it could not be started (STATUS_INPUT).
 */
MUST_CHECK bool run_program(struct run_result *result, const char *const *argv,
			    const char *const *environment, uint32_t milliseconds,
			    struct error *err);
/* The first of the absolute paths (NULL-ended) that is a program; NULL: none. */
const char *run_find(const char *const *paths);
