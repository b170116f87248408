/*
 * The table of formats: every format finds its own files, and gives back what it says it
 * can carry.
 */
#include "written.h"

static void every_format_is_found_by_its_name_and_says_what_it_is(void **state)
{
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		assert_ptr_equal(format_find(formats[i]->name), formats[i]);
		assert_true(formats[i]->summary[0]);
		assert_true(formats[i]->folder == !!formats[i]->read_folder);
		assert_true(formats[i]->folder == !formats[i]->read);
	}
	assert_null(format_find("gold"));
	assert_null(format_find(""));
}

/* An anchor with purposes and a date, an intermediate, and one that is distrusted. */
static void make_set(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
	set->at[0].trust = TRUST_ANCHOR;
	set->at[0].label = "first \"label\" % with\nline";
	set->at[0].constraints = constraints_make(&set->arena, 1 << PURPOSE_SERVER_AUTH,
						  1733011199, TIME_NONE);
	set->at[1].trust = TRUST_INTERMEDIATE;
	set->at[2].trust = TRUST_DISTRUSTED;
}

static void round_trip(const struct format *format, const struct entry_set *set,
		       struct entry_set *back)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	struct entry_sink sink = {
		.set = back, .path = folder, .skip = note_skip, .ctx = &skipped
	};
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	if (format->folder) {
		assert_true(write_to_folder(format, set, folder, &err));
		assert_ptr_equal(format_guess_folder(folder), format);
		assert_true(format->read_folder(folder, &sink, &err));
	} else {
		assert_true(make_file(format, set, &out));
		if (format_guess(buf_span(&out)) != format)
			fail_msg("%s does not find its own file", format->name);
		assert_true(read_bytes(format, buf_span(&out), back, &skipped, &err));
	}
	if (skipped.n)
		fail_msg("%s: %s", format->name, buf_text(&skipped.text));
	remove_folder(folder);
}

static void every_format_gives_back_what_it_carries(void **state)
{
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;

		make_set(&set);
		if (!format_is_writable(formats[i]) || !has_library(formats[i]))
			continue;
		if (formats[i] == &format_der)
			set.n = 1; /* a DER file holds one */
		round_trip(formats[i], &set, &back);
		assert_true(back.n == set.n ||
			    (formats[i]->write_sealed && back.n == set.n - 1));
		for (size_t j = 0; j < set.n; j++) {
			const struct entry *got = set_find(&back, &set.at[j].cert);

			struct entry back_then;

			if (formats[i]->write_sealed && !got &&
			    set.at[j].trust == TRUST_DISTRUSTED)
				continue; /* never written as trusted */
			assert_non_null(got);
			back_then = *got;
			bring_down(&back_then, &back.arena, formats[i]->carries);
			bring_down(&set.at[j], &set.arena, formats[i]->carries);
			/* Where each entry has to have a name, it is the subject's. */
			if (!set.at[j].label && (formats[i]->carries & CARRIES_FIELDS ||
						 formats[i]->write_database))
				set.at[j].label = back_then.label;
			if (!entry_same_meaning(&set.at[j], &back_then))
				fail_msg("%s, entry %zu", formats[i]->name, j);
		}
	}
}

static void the_same_set_gives_the_same_bytes(void **state)
{
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, other = ENTRY_SET_INIT;
		AUTO(buf) one = BUF_INIT;
		AUTO(buf) two = BUF_INIT;

		if (!formats[i]->write || formats[i] == &format_der)
			continue;
		make_set(&set);
		for (size_t j = set.n; j-- > 0;)
			set_add_copy(&other, &set.at[j]);
		set_sort(&set);
		set_sort(&other);
		assert_true(make_file(formats[i], &set, &one));
		assert_true(make_file(formats[i], &other, &two));
		assert_true(span_eq(buf_span(&one), buf_span(&two)));
	}
}

static void no_format_claims_what_is_none(void **state)
{
	static const struct span files[] = {
		{ (const uint8_t *)"", 0 },
		{ (const uint8_t *)"hello", 5 },
		{ (const uint8_t *)"\0\0\0\0", 4 },
		{ (const uint8_t *)"<?xml version=\"1.0\"?>", 21 },
		{ (const uint8_t *)"PK\x03\x04", 4 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(files); i++)
		if (format_guess(files[i]))
			fail_msg("case %zu is taken for %s", i,
				 format_guess(files[i])->name);
	assert_null(format_guess_folder("/nonexistent"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format_is_found_by_its_name_and_says_what_it_is),
		cmocka_unit_test(every_format_gives_back_what_it_carries),
		cmocka_unit_test(the_same_set_gives_the_same_bytes),
		cmocka_unit_test(no_format_claims_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
