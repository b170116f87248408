/* Running another program: what it says and ends with, for a bounded time, and nothing of
 * it left. */
#include "base/run.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static const char *const environment[] = { "PATH=/usr/bin:/bin", "WORD=set", NULL };

static void run_shell(struct run_result *result, const char *script,
		      uint32_t milliseconds)
{
	const char *const argv[] = { "/bin/sh", "-c", script, NULL };
	AUTO(error) err = ERROR_INIT;

	assert_true(run_program(result, argv, environment, milliseconds, &err));
}

static void it_gives_what_was_said_on_both_outputs_and_the_status(void **state)
{
	AUTO(run_result) result = RUN_RESULT_INIT;

	(void)state;
	run_shell(&result, "cat; echo out $WORD; echo err >&2; exit 7", 10000);
	assert_true(result.in_time);
	assert_int_equal(result.status, 7);
	assert_string_equal(buf_text(&result.said), "out set\nerr\n");
}

static void nothing_of_our_own_environment_reaches_it(void **state)
{
	AUTO(run_result) result = RUN_RESULT_INIT;

	(void)state;
	setenv("ROOTCELLAR_SECRET", "told", 1);
	run_shell(&result, "echo \"$ROOTCELLAR_SECRET\"", 10000);
	assert_string_equal(buf_text(&result.said), "\n");
}

/* One that was killed may wait for whoever inherits it. */
static bool is_running(int pid)
{
	AUTO_FREE char *path = str_format("/proc/%d/stat", pid);
	FILE *file = fopen(path, "r");
	char state = 'Z';

	if (!file)
		return false;
	if (fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
		state = 'Z';
	fclose(file);
	return state != 'Z';
}

static void one_that_does_not_end_is_ended_with_all_that_it_started(void **state)
{
	AUTO(run_result) result = RUN_RESULT_INIT;
	int64_t began = clock_monotonic_ms();
	int pid;

	(void)state;
	run_shell(&result, "sleep 60 & echo $!; wait", 300);
	assert_false(result.in_time);
	assert_int_equal(result.status, -1);
	assert_true(clock_monotonic_ms() - began < 10000);
	pid = atoi(buf_text(&result.said));
	assert_true(pid > 1);
	for (int i = 0; i < 200 && is_running(pid); i++)
		usleep(10000);
	assert_false(is_running(pid));
}

static void what_it_says_is_bounded(void **state)
{
	AUTO(run_result) result = RUN_RESULT_INIT;

	(void)state;
	run_shell(&result, "yes | head -c 1000000", 20000);
	assert_true(result.in_time);
	assert_int_equal(result.said.n, RUN_SAID_MOST);
}

static void one_that_is_not_there_cannot_be_started(void **state)
{
	const char *const argv[] = { "/nonexistent/program", NULL };
	const char *const paths[] = { "/nonexistent/program", "/bin/sh", NULL };
	AUTO(run_result) result = RUN_RESULT_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	assert_false(run_program(&result, argv, environment, 1000, &err));
	assert_non_null(strstr(err.text, "/nonexistent/program"));
	assert_string_equal(run_find(paths), "/bin/sh");
	assert_null(run_find((const char *const[]){ "/nonexistent", NULL }));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_gives_what_was_said_on_both_outputs_and_the_status),
		cmocka_unit_test(nothing_of_our_own_environment_reaches_it),
		cmocka_unit_test(one_that_does_not_end_is_ended_with_all_that_it_started),
		cmocka_unit_test(what_it_says_is_bounded),
		cmocka_unit_test(one_that_is_not_there_cannot_be_started),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
