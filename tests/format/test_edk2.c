/* EFI signature lists: p11-kit's are read and written byte for byte, wrong sizes are
 * told. */
#include "formats.h"

#define HEAD           28 /* of a list: its type, and three sizes */
#define LIST_SIZE      16
#define HEADER_SIZE    20
#define SIGNATURE_SIZE 24

static void lists_of_p11_kit_are_read_and_written_byte_for_byte(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, plain = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	data_read(&file, "format/p11-kit-edk2.bin");
	assert_ptr_equal(format_guess(file.bytes), &format_edk2);
	read_data("p11-kit-edk2.bin", &set, &skipped);
	read_data("plain.pem", &plain, &skipped);
	assert_int_equal(skipped.n, 0);
	assert_int_equal(set.n, plain.n);
	for (size_t i = 0; i < set.n; i++) {
		assert_non_null(set_find(&plain, &set.at[i].cert));
		assert_int_equal(set.at[i].trust, TRUST_UNSAID);
	}
	assert_true(format_edk2.write(&set, &out, &err));
	assert_true(span_eq(buf_span(&out), file.bytes));
}

static void put_number(uint8_t *at, size_t value)
{
	for (size_t i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* One change of a number in the first list, whose true size is size. */
static void sizes_that_contradict_each_other_are_refused(void **state)
{
	static const struct {
		size_t at, value;
		const char *why;
	} cases[] = {
		{ LIST_SIZE, 0, "contradict" },
		{ LIST_SIZE, HEAD - 1, "contradict" },
		{ LIST_SIZE, HEAD, "holds no certificate" },
		{ LIST_SIZE, 0xffffffff, "contradict" },
		{ HEADER_SIZE, 1, "contradict" },
		{ HEADER_SIZE, 0xffffffff, "contradict" },
		{ SIGNATURE_SIZE, 0, "contradict" },
		{ SIGNATURE_SIZE, 16, "contradict" },
		{ SIGNATURE_SIZE, 17, "contradict" },
		{ SIGNATURE_SIZE, 0xffffffff, "contradict" },
	};
	AUTO(file) file = FILE_INIT;
	(void)state;

	data_read(&file, "format/p11-kit-edk2.bin");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE uint8_t *copy = mem_copy(file.bytes);
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;
		/* The first list alone. */
		size_t n = copy[LIST_SIZE] | (size_t)copy[LIST_SIZE + 1] << 8;
		bool good;

		if (cases[i].at == LIST_SIZE && cases[i].value == HEAD)
			n = HEAD;
		put_number(copy + cases[i].at, cases[i].value);
		good = read_bytes(&format_edk2, span_of(copy, n), &set, &skipped, &err);
		assert_int_equal(set.n, 0);
		if (!strstr(good ? buf_text(&skipped.text) : err.text, cases[i].why))
			fail_msg("case %zu: %s", i,
				 good ? buf_text(&skipped.text) : err.text);
	}
}

static void a_list_that_is_cut_costs_what_follows_and_is_told_with_its_byte(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	data_read(&file, "format/p11-kit-edk2.bin");
	assert_true(read_bytes(&format_edk2, span_of(file.bytes.at, file.bytes.n - 1),
			       &set, &skipped, &err));
	assert_int_equal(set.n, 2);
	assert_int_equal(skipped.n, 1);
	assert_non_null(strstr(buf_text(&skipped.text), "signature list 3, at byte "));
}

static void
lists_of_other_things_are_told_and_several_certificates_share_one(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) made = BUF_INIT;
	size_t first;
	(void)state;

	data_read(&file, "format/p11-kit-edk2.bin");
	first = file.bytes.at[LIST_SIZE] | (size_t)file.bytes.at[LIST_SIZE + 1] << 8;
	/* A list of two signatures, the first list's twice; then one of another type. */
	buf_add(&made, span_of(file.bytes.at, first));
	buf_add(&made, span_of(file.bytes.at + HEAD, first - HEAD));
	put_number(made.at + LIST_SIZE, made.n);
	buf_add(&made, span_of(file.bytes.at, first));
	made.at[made.n - first] ^= 1;
	assert_true(read_bytes(&format_edk2, buf_span(&made), &set, &skipped, &err));
	assert_int_equal(set.n, 1);
	assert_int_equal(skipped.n, 1);
	assert_non_null(
		strstr(buf_text(&skipped.text), "signature list 2 holds no X.509"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_p11_kit_are_read_and_written_byte_for_byte),
		cmocka_unit_test(sizes_that_contradict_each_other_are_refused),
		cmocka_unit_test(
			a_list_that_is_cut_costs_what_follows_and_is_told_with_its_byte),
		cmocka_unit_test(
			lists_of_other_things_are_told_and_several_certificates_share_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
