/* Memory, buffers and errors. */
#include "base/buf.h"
#include "base/error.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include <errno.h>

static void a_buffer_is_text_at_every_length(void **state)
{
	AUTO(buf) buf = BUF_INIT;
	(void)state;

	assert_string_equal(buf_text(&buf), "");
	for (size_t i = 0; i < 1000; i++) {
		buf_add_byte(&buf, 'x');
		assert_int_equal(strlen(buf_text(&buf)), i + 1);
	}
	buf_addf(&buf, "%s%d", "end", 7);
	assert_string_equal(buf_text(&buf) + 1000, "end7");
}

static void hex_is_right_at_every_length_and_for_every_byte(void **state)
{
	uint8_t bytes[256];
	(void)state;

	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)i;
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		AUTO(buf) buf = BUF_INIT;

		buf_add_hex(&buf, span_of(bytes + sizeof(bytes) - n, n));
		assert_int_equal(buf.n, 2 * n);
		for (size_t i = 0; i < n; i++) {
			char pair[3];

			snprintf(pair, sizeof(pair), "%02x", bytes[256 - n + i]);
			assert_memory_equal(buf.at + 2 * i, pair, 2);
		}
	}
}

static void memory_that_is_written_soon_is_still_zero(void **state)
{
	size_t n = 5 * 4096 + 17;
	AUTO_FREE uint8_t *at = mem_zalloc(n);
	(void)state;

	mem_will_write(at, n);
	mem_will_write(at + 1, 0);
	mem_will_write(at + n, 0);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(at[i], 0);
}

static void a_stolen_buffer_leaves_an_empty_one(void **state)
{
	struct buf buf = BUF_INIT;
	AUTO_FREE char *none = buf_steal(&buf);
	AUTO_FREE char *hex = NULL;
	(void)state;

	assert_string_equal(none, "");
	buf_add_hex(&buf, SPAN("\x00\xff\x1a"));
	hex = buf_steal(&buf);
	assert_string_equal(hex, "00ff1a");
	assert_int_equal(buf.n, 0);
	assert_null(buf.at);
}

static void an_arena_gives_aligned_memory_that_outlives_a_move(void **state)
{
	AUTO(arena) arena = ARENA_INIT, from = ARENA_INIT;
	const char *small[200];
	(void)state;

	for (size_t i = 0; i < COUNT(small); i++) {
		uint8_t *big = arena_alloc(&from, i * 1000);

		assert_int_equal((uintptr_t)big % 16, 0);
		if (i)
			memset(big, (int)i, i * 1000);
		small[i] = arena_str(&from, "small");
	}
	arena_str(&arena, "before");
	arena_take(&arena, &from);
	assert_null(from.first);
	for (size_t i = 0; i < COUNT(small); i++)
		assert_string_equal(small[i], "small");
}

static void a_failure_gains_its_place_on_the_way_up(void **state)
{
	AUTO(error) err = ERROR_INIT;
	(void)state;

	errno = ENOENT;
	assert_false(error_errno(&err, STATUS_INPUT, "cannot read '%s'", "x"));
	assert_string_equal(err.text, "cannot read 'x': No such file or directory");
	assert_false(error_in(&err, "%s:%d", "bundle.pem", 3));
	assert_string_equal(err.text,
			    "bundle.pem:3: cannot read 'x': No such file or directory");
	assert_false(error_remedy(&err, "%s", "first"));
	assert_false(error_remedy(&err, "%s", "second"));
	assert_string_equal(err.remedy, "second");
	/* What the text is made from may be the text itself. */
	assert_false(error_fail(&err, STATUS_PARTIAL, "again: %s", err.text));
	assert_int_equal(err.status, STATUS_PARTIAL);
	assert_string_equal(
		err.text,
		"again: bundle.pem:3: cannot read 'x': No such file or directory");
	assert_null(err.remedy);
}

static void a_moved_error_leaves_nothing_behind(void **state)
{
	AUTO(error) to = ERROR_INIT, from = ERROR_INIT;
	(void)state;

	error_fail(&to, STATUS_INPUT, "old");
	error_fail(&from, STATUS_UNCHANGED, "new");
	assert_false(error_move(&to, &from));
	assert_string_equal(to.text, "new");
	assert_int_equal(to.status, STATUS_UNCHANGED);
	assert_null(from.text);
}

static void of_several_statuses_the_gravest_wins(void **state)
{
	static const enum status order[] = { STATUS_UNCHANGED, STATUS_INPUT,
					     STATUS_PARTIAL,   STATUS_FINDING,
					     STATUS_NO_ANSWER, STATUS_GOOD };
	(void)state;

	for (size_t i = 0; i < COUNT(order); i++)
		for (size_t j = i; j < COUNT(order); j++) {
			assert_int_equal(status_worse(order[i], order[j]), order[i]);
			assert_int_equal(status_worse(order[j], order[i]), order[i]);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_buffer_is_text_at_every_length),
		cmocka_unit_test(hex_is_right_at_every_length_and_for_every_byte),
		cmocka_unit_test(memory_that_is_written_soon_is_still_zero),
		cmocka_unit_test(a_stolen_buffer_leaves_an_empty_one),
		cmocka_unit_test(an_arena_gives_aligned_memory_that_outlives_a_move),
		cmocka_unit_test(a_failure_gains_its_place_on_the_way_up),
		cmocka_unit_test(a_moved_error_leaves_nothing_behind),
		cmocka_unit_test(of_several_statuses_the_gravest_wins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
