/* PEM bundles of other programs, and what editors and mailers do to them. */
#include "formats.h"
#include "x509/pem.h"

static void bundles_of_other_programs_are_read_whole(void **state)
{
	static const struct {
		const char *file;
		size_t n;
	} cases[] = {
		{ "plain.pem", 3 },         { "openssl-text.pem", 3 },
		{ "certtool-info.pem", 3 }, { "keytool.pem", 1 },
		{ "crlf.pem", 3 },          { "bom.pem", 3 },
		{ "joined.pem", 3 },        { "no-newline.pem", 3 },
		{ "indented.pem", 3 },      { "p11-kit-pem-bundle.pem", 2 },
		{ "bare.pem", 1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		read_data(cases[i].file, &set, &skipped);
		if (set.n != cases[i].n || skipped.n)
			fail_msg("%s: %zu entries; %s", cases[i].file, set.n,
				 buf_text(&skipped.text));
		for (size_t j = 0; j < set.n; j++)
			assert_int_equal(set.at[j].trust, TRUST_UNSAID);
	}
}

static void what_cannot_be_read_costs_only_itself_and_is_told_with_its_line(void **state)
{
	static const struct {
		const char *file, *skipped;
		size_t n;
	} cases[] = {
		{ "bad-middle.pem", "12: certificate 2: line 15: ", 2 },
		{ "cut-middle.pem", "11: certificate 2: length ", 2 },
		{ "private-key.pem", "11: a private key stands here", 2 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		read_data(cases[i].file, &set, &skipped);
		assert_int_equal(set.n, cases[i].n);
		if (skipped.n != 1 ||
		    !span_starts(buf_span(&skipped.text), span_str(cases[i].skipped)))
			fail_msg("%s: %s", cases[i].file, buf_text(&skipped.text));
	}
}

static void entries_remember_their_line_and_file(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	read_data("bad-middle.pem", &set, &skipped);
	assert_int_equal(set.at[0].line, 1);
	assert_int_equal(set.at[1].line, 22);
	assert_string_equal(set.at[1].origin->ref, "test");
	assert_int_equal(set.at[1].origin->kind, ORIGIN_FILE);
	assert_ptr_equal(set.at[0].origin, set.at[1].origin);
}

static void trusted_certificates_keep_what_openssl_says_of_them(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	read_data("trusted.pem", &set, &skipped);
	read_data("trusted-reject.pem", &set, &skipped);
	read_data("trusted-narrow.pem", &set, &skipped);
	assert_int_equal(set.n, 3);
	assert_int_equal(skipped.n, 0);

	assert_int_equal(set.at[0].trust, TRUST_ANCHOR);
	assert_string_equal(set.at[0].label, "One Alias");
	assert_true(constraints_good_for(set.at[0].constraints, PURPOSE_SERVER_AUTH));
	assert_true(constraints_good_for(set.at[0].constraints, PURPOSE_EMAIL));
	assert_false(constraints_good_for(set.at[0].constraints, PURPOSE_CLIENT_AUTH));
	assert_false(constraints_good_for(set.at[0].constraints, PURPOSE_CODE_SIGNING));

	assert_int_equal(set.at[1].trust, TRUST_DISTRUSTED);

	assert_int_equal(set.at[2].trust, TRUST_UNSAID);
	assert_true(constraints_good_for(set.at[2].constraints, PURPOSE_SERVER_AUTH));
	assert_false(constraints_good_for(set.at[2].constraints, PURPOSE_CLIENT_AUTH));
}

/*
 * p11-kit writes an anchor with its purposes, one that was put on a block list with all
 * rejected.
 */
static void openssl_bundles_of_p11_kit_keep_trust_and_distrust(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(entry_set) two = ENTRY_SET_INIT;
	(void)state;

	read_data("p11-kit-openssl-bundle.pem", &set, &skipped);
	read_data("trusted-reject.pem", &two, &skipped);
	assert_int_equal(set.n, 3);
	assert_int_equal(set_find(&set, &two.at[0].cert)->trust, TRUST_DISTRUSTED);
	for (size_t i = 0; i < set.n; i++) {
		if (set.at[i].label && strcmp(set.at[i].label, "One Alias") == 0) {
			assert_int_equal(set.at[i].trust, TRUST_ANCHOR);
			assert_false(constraints_good_for(set.at[i].constraints,
							  PURPOSE_CLIENT_AUTH));
		}
	}
}

static void what_follows_a_trusted_certificate_must_parse(void **state)
{
	static const struct {
		const char *why;
		struct span aux;
	} cases[] = {
		{ "an empty trust list trusts nothing", SPAN("\x30\x02\x30\x00") },
		{ "cut", SPAN("\x30\x05\x30\x00") },
		{ "an unknown element", SPAN("\x30\x02\x05\x00") },
		{ "no identifier", SPAN("\x30\x04\x30\x02\x05\x00") },
		{ "bytes behind it", SPAN("\x30\x00\x00") },
	};
	AUTO(file) one = FILE_INIT;
	(void)state;

	data_read(&one, "format/one.der");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		AUTO(buf) pem = BUF_INIT;

		buf_add(&der, one.bytes);
		buf_add(&der, cases[i].aux);
		pem_write(&pem, "TRUSTED CERTIFICATE", buf_span(&der));
		assert_true(
			read_bytes(&format_pem, buf_span(&pem), &set, &skipped, &err));
		if (i == 0)
			assert_int_equal(set.at[0].trust, TRUST_INTERMEDIATE);
		else if (set.n || skipped.n != 1 ||
			 !strstr(buf_text(&skipped.text), "auxiliary trust"))
			fail_msg("%s: %s", cases[i].why, buf_text(&skipped.text));
	}
}

static void a_file_without_a_certificate_is_refused(void **state)
{
	static const char *const files[] = {
		"",
		"no certificate here\n",
		"-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n",
		"-----BEGIN CERTIFICATE",
		"AAAA\n",
	};
	(void)state;

	for (size_t i = 0; i < COUNT(files); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;

		if (read_bytes(&format_pem, span_str(files[i]), &set, &skipped, &err) &&
		    !skipped.n)
			fail_msg("accepted: %s", files[i]);
		assert_int_equal(set.n, 0);
	}
}

static void every_prefix_of_a_bundle_gives_only_whole_certificates(void **state)
{
	AUTO(entry_set) whole = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(file) file = FILE_INIT;
	(void)state;

	read_data("plain.pem", &whole, &skipped);
	data_read(&file, "format/plain.pem");
	for (size_t n = 0; n < file.bytes.n; n += 7) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!read_bytes(&format_pem, span_of(file.bytes.at, n), &set, &skipped,
				&err))
			assert_int_equal(err.status, STATUS_INPUT);
		for (size_t i = 0; i < set.n; i++)
			assert_non_null(set_find(&whole, &set.at[i].cert));
	}
}

/* Two megabytes of bundle, text, a block that is too large and one that is cut. */
static void make_large_bundle(struct buf *out)
{
	AUTO(file) crlf = FILE_INIT, plain = FILE_INIT;

	data_read(&plain, "format/plain.pem");
	data_read(&crlf, "format/crlf.pem");
	for (size_t i = 0; i < 150; i++) {
		buf_add(out, plain.bytes);
		buf_addf(out, "%*s- a long line\n", (int)(i * i), "");
		buf_add(out, crlf.bytes);
	}
	for (size_t line = 0; line < 6; line++) {
		if (line == 2)
			buf_add_str(out, "-----BEGIN CERTIFICATE-----\n");
		for (size_t i = 0; i < (1 << 16); i++)
			buf_add_str(out, "MIIBAAAAAAAAAAAA");
		buf_add_byte(out, '\n');
	}
	buf_add_str(out, "-----END CERTIFICATE-----\n");
	buf_add(out, plain.bytes);
	buf_add_str(out, "-----BEGIN CERTIFICATE-----\nMIIB");
}

static void a_large_file_is_read_in_pieces_to_the_same_entries(void **state)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 }, skipped_in_pieces = { BUF_INIT, 0 };
	AUTO(entry_set) whole = ENTRY_SET_INIT, pieces = ENTRY_SET_INIT;
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *path = path_in(folder, "large.pem");
	struct entry_sink sink = { .set = &pieces,
				   .path = "test",
				   .keep_twins = true,
				   .skip = note_skip,
				   .ctx = &skipped_in_pieces };
	struct entry_sink sink_of_whole = { .set = &whole,
					    .path = "test",
					    .keep_twins = true,
					    .skip = note_skip,
					    .ctx = &skipped };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) bundle = BUF_INIT;
	(void)state;

	make_large_bundle(&bundle);
	write_bytes(path, buf_span(&bundle));
	assert_true(file_read(&file, path, &err));
	assert_non_null(file.map);
	sink.file = &file;
	assert_true(format_pem.read(file.bytes, &sink, &err));
	assert_true(format_pem.read(buf_span(&bundle), &sink_of_whole, &err));
	assert_string_equal(buf_text(&skipped_in_pieces.text), buf_text(&skipped.text));
	assert_int_equal(skipped.n, 2);
	assert_int_equal(pieces.n, whole.n);
	assert_true(whole.n > 151 * 3);
	for (size_t i = 0; i < whole.n; i++) {
		assert_true(cert_same(&pieces.at[i].cert, &whole.at[i].cert));
		assert_int_equal(pieces.at[i].line, whole.at[i].line);
	}
	remove_folder(folder);
}

static void other_programs_count_what_was_written(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *path = path_in(folder, "out.pem");
	AUTO_FREE char *openssl = str_format("openssl storeutl -noout -certs '%s'", path);
	AUTO_FREE char *counted = NULL;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	read_data("crlf.pem", &set, &skipped);
	assert_true(format_pem.write(&set, &out, &err));
	write_bytes(path, buf_span(&out));
	counted = last_line(openssl);
	assert_string_equal(counted, "Total found: 3");
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bundles_of_other_programs_are_read_whole),
		cmocka_unit_test(
			what_cannot_be_read_costs_only_itself_and_is_told_with_its_line),
		cmocka_unit_test(entries_remember_their_line_and_file),
		cmocka_unit_test(trusted_certificates_keep_what_openssl_says_of_them),
		cmocka_unit_test(openssl_bundles_of_p11_kit_keep_trust_and_distrust),
		cmocka_unit_test(what_follows_a_trusted_certificate_must_parse),
		cmocka_unit_test(a_file_without_a_certificate_is_refused),
		cmocka_unit_test(every_prefix_of_a_bundle_gives_only_whole_certificates),
		cmocka_unit_test(a_large_file_is_read_in_pieces_to_the_same_entries),
		cmocka_unit_test(other_programs_count_what_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
