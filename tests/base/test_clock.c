/* Times and durations. */
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static void every_form_of_a_time_is_read(void **state)
{
	static const struct {
		const char *text;
		int64_t at;
	} cases[] = {
		{ "1970-01-01T00:00:00Z", 0 },
		{ "2026-11-24T08:00:00Z", 1795507200 },
		{ "2026-11-24t08:00:00z", 1795507200 },
		{ "2026-11-24T10:00:00+02:00", 1795507200 },
		{ "2026-11-24T02:30:00-05:30", 1795507200 },
		{ "2026-11-24 08:00:00", 1795507200 },
		{ "2026-11-24T08:00:00.25Z", 1795507200 },
		{ "2026-11-24", 1795478400 },
		{ "@1795507200", 1795507200 },
		{ "@-1", -1 },
		{ "1969-12-31T23:59:59Z", -1 },
		{ "2000-02-29", 951782400 },
		{ "2016-12-31T23:59:60Z", 1483228800 },
		{ "2017-01-01T01:59:60+02:00", 1483228800 },
		{ "0000-01-01T00:00:00Z", -62167219200 },
		{ "9999-12-31T23:59:59Z", 253402300799 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		int64_t at = 42;

		if (!time_parse(cases[i].text, &at, &err))
			fail_msg("refused: %s", cases[i].text);
		if (at != cases[i].at)
			fail_msg("%s is %lld", cases[i].text, (long long)at);
	}
}

static void what_is_no_time_is_refused_and_changes_nothing(void **state)
{
	static const char *const cases[] = {
		"",
		"tomorrow",
		"2026-11-24T08:00",
		"2026-13-01",
		"2026-00-01",
		"2026-04-31",
		"2026-02-29",
		"1900-02-29",
		"2026-11-24T24:00:00Z",
		"2026-11-24T08:60:00Z",
		"2026-11-24T08:00:61Z",
		"2026-11-24T08:00:60Z",
		"2026-11-24T08:00:00+24:00",
		"2026-11-24T08:00:00+2:00",
		"2026-11-24T08:00:00Zx",
		"2026-11-24T08:00:00.Z",
		"2026-11-24 ",
		"2026-11-2",
		"26-11-24",
		"+2026-11-24",
		"@",
		"@-",
		"@1x",
		"@99999999999999999999",
		"@253402300800",
		"0000-01-01T00:00:00+00:01",
		"9999-12-31T23:59:59-00:01",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		int64_t at = 42;

		if (time_parse(cases[i], &at, &err))
			fail_msg("taken: %s", cases[i]);
		assert_int_equal(at, 42);
		assert_int_equal(err.status, STATUS_INPUT);
		assert_non_null(err.remedy);
	}
}

static void a_hostile_time_is_escaped_in_the_message(void **state)
{
	AUTO(error) err = ERROR_INIT;
	int64_t at;
	(void)state;

	assert_false(time_parse("\x1b[2J", &at, &err));
	assert_string_equal(err.text, "'\\x1b[2J' is no date or time");
}

static void what_is_written_is_what_the_calendar_of_c_writes(void **state)
{
	(void)state;

	/* Years 0 to 9999 in odd steps of 58 days. */
	for (int64_t at = -62167219200; at <= 253402300799; at += 5000011) {
		char ours[TIME_TEXT], theirs[64];
		time_t t = (time_t)at;
		struct tm tm;
		AUTO(error) err = ERROR_INIT;
		int64_t back;

		gmtime_r(&t, &tm);
		/* %Y of strftime does not fill up. */
		snprintf(theirs, sizeof(theirs), "%04d", tm.tm_year + 1900);
		strftime(theirs + 4, sizeof(theirs) - 4, "-%m-%dT%H:%M:%SZ", &tm);
		assert_string_equal(time_rfc3339(at, ours), theirs);
		assert_true(time_parse(ours, &back, &err));
		assert_int_equal(back, at);
		theirs[10] = '\0';
		assert_string_equal(time_date(at, ours), theirs);
	}
}

static void times_outside_the_calendar_show_as_its_ends(void **state)
{
	char text[TIME_TEXT];
	(void)state;

	assert_string_equal(time_rfc3339(INT64_MAX, text), "9999-12-31T23:59:59Z");
	assert_string_equal(time_rfc3339(TIME_NONE, text), "0000-01-01T00:00:00Z");
}

static void durations_have_a_unit_and_days_are_the_default(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds; /* -1: refused */
	} cases[] = {
		{ "30d", 2592000 },
		{ "30", 2592000 },
		{ "12h", 43200 },
		{ "8w", 4838400 },
		{ "1y", 31536000 },
		{ "90s", 90 },
		{ "15m", 900 },
		{ "0", 0 },
		{ "", -1 },
		{ "d", -1 },
		{ "-1d", -1 },
		{ "1.5d", -1 },
		{ "1dd", -1 },
		{ " 1d", -1 },
		{ "99999999999999999999d", -1 },
		{ "253402300799d", -1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		int64_t seconds = -1;

		if (duration_parse(cases[i].text, &seconds, &err) !=
			    (cases[i].seconds >= 0) ||
		    seconds != cases[i].seconds)
			fail_msg("'%s' is %lld", cases[i].text, (long long)seconds);
	}
}

static void source_date_epoch_is_the_time_where_it_is_one(void **state)
{
	int64_t real;
	(void)state;

	setenv("SOURCE_DATE_EPOCH", "1700000000", 1);
	assert_int_equal(clock_now(), 1700000000);
	unsetenv("SOURCE_DATE_EPOCH");
	real = clock_now();
	assert_true(real > 1700000000);
	setenv("SOURCE_DATE_EPOCH", "17x", 1);
	assert_true(clock_now() >= real);
	unsetenv("SOURCE_DATE_EPOCH");
	assert_true(clock_monotonic_ms() <= clock_monotonic_ms());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_a_time_is_read),
		cmocka_unit_test(what_is_no_time_is_refused_and_changes_nothing),
		cmocka_unit_test(a_hostile_time_is_escaped_in_the_message),
		cmocka_unit_test(what_is_written_is_what_the_calendar_of_c_writes),
		cmocka_unit_test(times_outside_the_calendar_show_as_its_ends),
		cmocka_unit_test(durations_have_a_unit_and_days_are_the_default),
		cmocka_unit_test(source_date_epoch_is_the_time_where_it_is_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
