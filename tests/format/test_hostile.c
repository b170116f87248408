/*
 * What is cut, changed or very long, in every file format of the table: a clear error or
 * what could be read, in bounded time and memory. Under the sanitizers this is where a
 * reader that looks past its bytes is caught.
 */
#include "written.h"

#include <malloc.h>

#define CUT_EVERY    64
#define CHANGE_EVERY 16
#define MANY         10000

static void make_set(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
	set->at[0].trust = TRUST_ANCHOR;
	set->at[0].label = "a label";
	set->at[0].constraints = constraints_make(&set->arena, 1u << PURPOSE_SERVER_AUTH,
						  1733011199, TIME_NONE);
	set->at[1].trust = TRUST_INTERMEDIATE;
	set->at[2].trust = TRUST_DISTRUSTED;
}

/* A file of the format; false where it is a folder, or nobody writes it. */
static bool make(const struct format *format, struct buf *out)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;

	if (format->folder)
		return false;
	make_set(&set);
	if (format == &format_der)
		set.n = 1;
	return make_file(format, &set, out);
}

/* A failure says why; success left something or told what it left out. */
static void read_hostile(const struct format *format, struct span bytes)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;

	if (read_bytes(format, bytes, &set, &skipped, &err))
		assert_true(set.n || skipped.n);
	else
		assert_true(err.text && *err.text && err.status == STATUS_INPUT);
	for (size_t i = 0; i < set.n; i++)
		assert_true(set.at[i].cert.n);
}

static void a_file_cut_anywhere_is_read_as_far_as_it_goes(void **state)
{
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		AUTO(buf) file = BUF_INIT;

		if (!make(formats[i], &file))
			continue;
		for (size_t n = 0; n < file.n; n += CUT_EVERY)
			read_hostile(formats[i], span_of(file.at, n));
		for (size_t n = 1; n < CUT_EVERY; n++)
			read_hostile(formats[i], span_of(file.at, file.n - n));
	}
}

static void a_byte_changed_anywhere_costs_no_more_than_what_it_is_part_of(void **state)
{
	static const uint8_t changes[] = { 0x00, 0x7f, 0x80, 0xff, '\n', '"' };
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		AUTO(buf) file = BUF_INIT;

		if (!make(formats[i], &file))
			continue;
		for (size_t n = 0; n < file.n; n += n < 64 ? 1 : CHANGE_EVERY) {
			uint8_t kept = file.at[n];

			file.at[n] = changes[(n / CHANGE_EVERY) % COUNT(changes)];
			read_hostile(formats[i], buf_span(&file));
			file.at[n] = kept;
		}
	}
}

static void a_file_of_another_format_is_an_error_and_no_crash(void **state)
{
	(void)state;

	for (size_t i = 0; formats[i]; i++) {
		AUTO(buf) file = BUF_INIT;

		if (!make(formats[i], &file))
			continue;
		for (size_t j = 0; formats[j]; j++)
			if (formats[j]->read)
				read_hostile(formats[j], buf_span(&file));
	}
}

/* One certificate with as many serial numbers, none of which its signature knows. */
static void make_many(struct entry_set *set, size_t n)
{
	AUTO(entry_set) one = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct part serial;

	data_read(&file, "x509/ca.der");
	assert_true(read_bytes(&format_der, file.bytes, &one, &skipped, &err));
	serial = one.at[0].cert.serial;
	assert_true(serial.n >= 4);
	for (size_t i = 0; i < n; i++) {
		struct span der = arena_copy(&set->arena, cert_der(&one.at[0].cert));
		uint8_t *at = (uint8_t *)der.at + serial.at + serial.n - 2;
		struct entry entry = { .trust = TRUST_ANCHOR };

		at[0] = (uint8_t)(i >> 8);
		at[1] = (uint8_t)i;
		assert_true(cert_read(&entry.cert, der, &err));
		set_add(set, &entry);
	}
}

static size_t allocated(void)
{
	struct mallinfo2 now = mallinfo2();

	return now.uordblks + now.hblkhd;
}

static void ten_thousand_entries_are_read_in_memory_that_follows_the_file(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	(void)state;

	make_many(&set, MANY);
	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) file = BUF_INIT;
		struct entry_sink sink = {
			.set = &back, .path = "test", .skip = note_skip, .ctx = &skipped
		};
		size_t before;

		if (formats[i]->folder || formats[i] == &format_der ||
		    !make_file(formats[i], &set, &file))
			continue;
		before = allocated();
		assert_true(formats[i]->read(buf_span(&file), &sink, &err));
		assert_int_equal(back.n, MANY);
		/* The view of a certificate alone is as large as a small certificate. */
		if (allocated() - before > 4 * file.n + (8u << 20))
			fail_msg("%s: %zu bytes for a file of %zu", formats[i]->name,
				 allocated() - before, file.n);
	}
}

/* Names that collide, as many as there are: nothing is done for each with each. */
static void a_folder_of_one_subject_is_written_and_read(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	struct entry_sink sink = {
		.set = &back, .path = folder, .skip = note_skip, .ctx = &skipped
	};
	AUTO(error) err = ERROR_INIT;
	(void)state;

	make_many(&set, MANY / 10);
	assert_true(format_openssl_directory.write_folder(&set, folder, &err));
	assert_true(format_openssl_directory.read_folder(folder, &sink, &err));
	assert_int_equal(back.n, set.n);
	assert_int_equal(skipped.n, 0);
	remove_folder(folder);
}

/* Trust objects of one name: past a bound the certificate is left out, and told. */
static void trust_stated_thousands_of_times_costs_no_more_than_its_bytes(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	make_many(&set, 1);
	add_certdata(&one, &set.at[0]);
	for (size_t i = 0; i < MANY; i++)
		buf_add(&text, buf_span(&one));
	assert_true(read_bytes(&format_certdata, buf_span(&text), &back, &skipped, &err));
	assert_int_equal(back.n, 0);
	assert_true(skipped.n >= MANY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_cut_anywhere_is_read_as_far_as_it_goes),
		cmocka_unit_test(
			a_byte_changed_anywhere_costs_no_more_than_what_it_is_part_of),
		cmocka_unit_test(a_file_of_another_format_is_an_error_and_no_crash),
		cmocka_unit_test(
			ten_thousand_entries_are_read_in_memory_that_follows_the_file),
		cmocka_unit_test(a_folder_of_one_subject_is_written_and_read),
		cmocka_unit_test(
			trust_stated_thousands_of_times_costs_no_more_than_its_bytes),
	};

	/* Thousands of files are written and synced: in memory, where there is such a
	 * place. */
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
