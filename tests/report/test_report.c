/* Reports as such: formats, colours, width, writing out, messages. */
#include "fixture.h"

#include <jansson.h>

static void a_format_is_known_by_its_name_alone(void **state)
{
	static const struct {
		const char *name;
		enum report_format format;
	} cases[] = {
		{ "text", REPORT_TEXT },
		{ "json", REPORT_JSON },
		{ "jsonl", REPORT_JSONL },
		{ "csv", REPORT_CSV },
	};
	static const char *const wrong[] = { "", "JSON", "xml", "text " };
	enum report_format format = REPORT_CSV;
	(void)state;

	for (size_t i = 0; i < COUNT(wrong); i++)
		assert_false(report_format_parse(wrong[i], &format));
	assert_int_equal(format, REPORT_CSV);
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_true(report_format_parse(cases[i].name, &format));
		assert_int_equal(format, cases[i].format);
	}
}

static void colours_are_for_terminals_unless_asked_for(void **state)
{
	static const struct {
		const char *when;
		enum report_format format;
		bool colour;
	} cases[] = {
		{ NULL, REPORT_TEXT, false },     { "auto", REPORT_TEXT, false },
		{ "never", REPORT_TEXT, false },  { "always", REPORT_TEXT, true },
		{ "always", REPORT_JSON, false },
	};
	(void)state;

	capture_begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report report;

		report_init(&report, cases[i].format, cases[i].when, NOW);
		if (report.colour != cases[i].colour)
			fail_msg("row %zu", i);
		report_clear(&report);
	}
	mem_free(capture_end());
}

static void the_width_is_eighty_where_nobody_says_better(void **state)
{
	static const struct {
		const char *columns;
		size_t width;
	} cases[] = { { NULL, 80 }, { "60", 60 },  { "132", 132 },
		      { "", 80 },   { "0", 80 },   { "-5", 80 },
		      { "x", 80 },  { "60x", 80 }, { "999999", 80 } };
	(void)state;

	capture_begin();
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct report report;

		if (cases[i].columns)
			setenv("COLUMNS", cases[i].columns, 1);
		else
			unsetenv("COLUMNS");
		report_init(&report, REPORT_TEXT, NULL, NOW);
		assert_int_equal(report.columns, cases[i].width);
		report_clear(&report);
	}
	unsetenv("COLUMNS");
	mem_free(capture_end());
}

static void a_write_that_fails_fails_the_report(void **state)
{
	AUTO(error) err = ERROR_INIT;
	struct store store = STORE_INIT;
	struct report report;
	bool done;
	int full;
	(void)state;

	fake_entry(&store.set, &(struct fake){ .subject = SPAN("x") }, TRUST_ANCHOR);
	capture_begin();
	full = open("/dev/full", O_WRONLY);
	dup2(full, STDOUT_FILENO);
	close(full);
	fake_report(&report, REPORT_JSON, 80);
	report_list(&report, &store, NULL);
	done = report_finish(&report, &err);
	report_clear(&report);
	mem_free(capture_end());
	entry_set_clear(&store.set);
	assert_false(done);
	assert_int_equal(err.status, STATUS_INPUT);
	assert_string_equal(err.text,
			    "cannot write to standard output: No space left on device");
}

static void an_empty_listing_is_still_a_document(void **state)
{
	static const struct {
		enum report_format format;
		const char *text;
	} cases[] = {
		{ REPORT_TEXT, "" },
		{ REPORT_JSON, "{\"version\":1,\n\"entries\":[\n]}\n" },
		{ REPORT_JSONL, "" },
		{ REPORT_CSV,
		  "sha256,subject,issuer,serial,not_before,not_after,key_type,key_bits,"
		  "signature,ca,trust,constraints,label,origin\n" },
	};
	struct store store = STORE_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *text = NULL;
		struct report report;

		capture_begin();
		fake_report(&report, cases[i].format, 80);
		report_list(&report, &store, NULL);
		text = finish_report(&report);
		assert_string_equal(text, cases[i].text);
	}
}

static void results_of_two_kinds_are_two_arrays_of_one_document(void **state)
{
	struct store store = STORE_INIT;
	struct diff diff = DIFF_INIT;
	AUTO_FREE char *text = NULL;
	struct report report;
	json_t *document;
	(void)state;

	capture_begin();
	fake_report(&report, REPORT_JSON, 80);
	report_list(&report, &store, NULL);
	report_diff(&report, &diff, DIFF_SUMMARY);
	text = finish_report(&report);
	document = json_loadb(text, strlen(text), 0, NULL);
	assert_non_null(document);
	assert_int_equal(json_array_size(json_object_get(document, "entries")), 0);
	assert_int_equal(json_array_size(json_object_get(document, "counts")), 1);
	json_decref(document);
}

static char *message_of(void (*say)(void))
{
	int saved = dup(STDERR_FILENO);
	char path[] = "/tmp/rootcellar-report-XXXXXX", text[512];
	int fd = mkstemp(path);
	ssize_t n;

	assert_true(fd >= 0);
	unlink(path);
	dup2(fd, STDERR_FILENO);
	say();
	dup2(saved, STDERR_FILENO);
	close(saved);
	n = pread(fd, text, sizeof(text) - 1, 0);
	close(fd);
	assert_true(n >= 0);
	return str_of(span_of(text, (size_t)n));
}

static void say_error(void)
{
	AUTO(error) err = ERROR_INIT;

	error_fail(&err, STATUS_INPUT, "cannot read 'a\nb\x1b[1m'");
	error_remedy(&err, "rootcellar list %s", "'x'");
	report_error(&err);
}

static void say_note(void)
{
	const struct report loud = { .quiet = false }, quiet = { .quiet = true };

	report_note(&loud, "%d entries of '%s'", 3, "\xe2\x80\xaex");
	report_note(&quiet, "nothing");
}

static void messages_are_one_line_each_and_the_remedy_another(void **state)
{
	AUTO_FREE char *error = message_of(say_error);
	AUTO_FREE char *note = message_of(say_note);
	(void)state;

	assert_string_equal(error, "rootcellar: cannot read 'a\\x0ab\\x1b[1m'\n"
				   "rootcellar list 'x'\n");
	assert_string_equal(note, "rootcellar: 3 entries of '\\u{202e}x'\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_format_is_known_by_its_name_alone),
		cmocka_unit_test(colours_are_for_terminals_unless_asked_for),
		cmocka_unit_test(the_width_is_eighty_where_nobody_says_better),
		cmocka_unit_test(a_write_that_fails_fails_the_report),
		cmocka_unit_test(an_empty_listing_is_still_a_document),
		cmocka_unit_test(results_of_two_kinds_are_two_arrays_of_one_document),
		cmocka_unit_test(messages_are_one_line_each_and_the_remedy_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
