/* DER files and PKCS#7 messages of other programs. */
#include "formats.h"
#include "x509/pem.h"

static void files_of_other_programs_are_read(void **state)
{
	static const struct {
		const char *file;
		const struct format *format;
		size_t n;
	} cases[] = {
		{ "format/one.der", &format_der, 1 },
		{ "format/two-in-one.der", &format_der, 2 },
		{ "format/keytool.der", &format_der, 1 },
		{ "format/openssl.p7b", &format_pkcs7, 3 },
		{ "format/openssl-p7b.pem", &format_pkcs7, 3 },
		{ "format/certtool-signed.p7s", &format_pkcs7, 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		data_read(&file, cases[i].file);
		if (format_guess(file.bytes) != cases[i].format)
			fail_msg("%s is taken for another format", cases[i].file);
		if (!read_bytes(cases[i].format, file.bytes, &set, &skipped, &err) ||
		    set.n != cases[i].n || skipped.n)
			fail_msg("%s: %zu entries, %s %s", cases[i].file, set.n, err.text,
				 buf_text(&skipped.text));
	}
}

static void a_der_file_holds_one_certificate_when_written(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) one = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	read_data("one.der", &set, &skipped);
	data_read(&one, "format/one.der");
	assert_true(format_der.write(&set, &out, &err));
	assert_true(span_eq(buf_span(&out), one.bytes));

	read_data("two-in-one.der", &set, &skipped);
	assert_false(format_der.write(&set, &out, &err));
	assert_int_equal(err.status, STATUS_INPUT);
	assert_string_equal(err.text, "a DER file holds one certificate, not 2");
}

static void bytes_behind_a_certificate_are_told(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) one = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) bytes = BUF_INIT;
	(void)state;

	data_read(&one, "format/one.der");
	buf_add(&bytes, one.bytes);
	buf_add_str(&bytes, "\n");
	assert_true(read_bytes(&format_der, buf_span(&bytes), &set, &skipped, &err));
	assert_int_equal(set.n, 1);
	assert_int_equal(skipped.n, 1);
	assert_non_null(strstr(buf_text(&skipped.text), "what follows certificate 1"));
}

static void cut_or_foreign_bytes_are_refused(void **state)
{
	AUTO(file) one = FILE_INIT;
	AUTO(file) message = FILE_INIT;
	(void)state;

	data_read(&one, "format/one.der");
	data_read(&message, "format/openssl.p7b");
	for (size_t n = 0; n < one.bytes.n; n++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;

		if (read_bytes(&format_der, span_of(one.bytes.at, n), &set, &skipped,
			       &err))
			fail_msg("%zu bytes were accepted", n);
		assert_int_equal(err.status, STATUS_INPUT);
	}
	for (size_t n = 0; n < message.bytes.n; n += 5) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;

		if (read_bytes(&format_pkcs7, span_of(message.bytes.at, n), &set,
			       &skipped, &err) &&
		    !skipped.n)
			fail_msg("%zu bytes of a message were accepted", n);
	}
}

/* What some publishers of issuers serve: base64 of the message, without armour. */
static void a_message_in_bare_base64_is_read_too(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) message = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	data_read(&message, "format/openssl.p7b");
	base64_write(&text, message.bytes);
	assert_ptr_equal(format_guess(buf_span(&text)), &format_pem);
	assert_true(read_bytes(&format_pem, buf_span(&text), &set, &skipped, &err));
	assert_int_equal(set.n, 3);
	assert_int_equal(skipped.n, 0);
}

static void other_programs_read_the_message_that_was_written(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *path = path_in(folder, "out.p7c");
	AUTO_FREE char *certtool = str_format(
		"certtool --inder --p7-info --infile '%s' 2>&1 | grep -c 'BEGIN CERT'",
		path);
	AUTO_FREE char *openssl =
		str_format("openssl pkcs7 -inform DER -in '%s' -print_certs |"
			   " grep -c 'BEGIN CERT'",
			   path);
	AUTO_FREE char *by_certtool = NULL, *by_openssl = NULL;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	read_data("plain.pem", &set, &skipped);
	assert_true(format_pkcs7.write(&set, &out, &err));
	write_bytes(path, buf_span(&out));
	by_certtool = last_line(certtool);
	by_openssl = last_line(openssl);
	if (have_program("certtool"))
		assert_string_equal(by_certtool, "3");
	assert_string_equal(by_openssl, "3");
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(files_of_other_programs_are_read),
		cmocka_unit_test(a_der_file_holds_one_certificate_when_written),
		cmocka_unit_test(bytes_behind_a_certificate_are_told),
		cmocka_unit_test(cut_or_foreign_bytes_are_refused),
		cmocka_unit_test(a_message_in_bare_base64_is_read_too),
		cmocka_unit_test(other_programs_read_the_message_that_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
