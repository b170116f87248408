/*
 * ServiceNow's records: what becomes of each shape of one, and that what is written
 * carries all that the platform would derive.
 */
#include "servicenow.h"

#include <dirent.h>

#define MOZILLA "/usr/share/ca-certificates/mozilla"

static struct entry *labelled(const struct entry_set *set, const char *label)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].label && strcmp(set->at[i].label, label) == 0)
			return &set->at[i];
	fail_msg("no entry '%s'", label);
	return NULL;
}

static void expect_field(const struct entry *entry, const char *name, const char *value)
{
	const char *got = entry_field(entry, "servicenow", name);

	if (!got || !value) {
		if (got || value)
			fail_msg("%s is %s", name, got ? got : "not there");
		return;
	}
	assert_string_equal(got, value);
}

static void expect_line(const struct buf *lines, const char *line)
{
	if (!strstr(buf_text(lines), line))
		fail_msg("not told: %s\ntold:\n%s", line, buf_text(lines));
}

/* ---- reading ---- */

static void each_document_is_found_by_its_content(void **state)
{
	static const struct {
		const char *text;
		const struct format *format;
	} cases[] = {
		{ "<unload><sys_certificate/></unload>", &format_servicenow },
		{ "\xef\xbb\xbf<?xml version='1.0'?>\n<!-- x -->\n<unload "
		  "a='b'>\n<incident>",
		  &format_servicenow },
		{ "<record_update table='x'><sys_certificate>", &format_servicenow },
		{ "<unload/>", &format_servicenow },
		{ "<unload>\n<sys_remote_update_set action='INSERT'>",
		  &format_servicenow_updateset },
		{ "<unload> <sys_update_xml>", &format_servicenow_updateset },
		{ "<unloaded/>", NULL },
		{ "<store name='x'/>", NULL },
		{ "<!-- <unload>", NULL },
		{ "<?xml", NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++)
		if (format_guess(span_str(cases[i].text)) != cases[i].format)
			fail_msg("%s", cases[i].text);
}

static void a_record_keeps_its_name_and_columns(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	const struct entry *alpha;
	(void)state;

	assert_true(read_xml("instance", &set, &heard, &err));
	assert_int_equal(set.n, 4);
	assert_int_equal(heard.n, 0);
	alpha = labelled(&set, "Alpha");
	assert_int_equal(alpha->line, 6);
	expect_field(alpha, "sys_id", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	expect_field(alpha, "u_owner", "46d44a5dc0a8010e0000c8d7a3dea4b0");
	expect_field(alpha, "u_owner@display_value", "Jane \"J\" & Co");
	expect_field(alpha, "frequency", "daily");
	expect_field(alpha, "warn_in_days_to_expire", "30");
	/* What the certificate says, and what is empty, is not kept. */
	expect_field(alpha, "subject", NULL);
	expect_field(alpha, "expires", NULL);
	expect_field(alpha, "pem_certificate", NULL);
	expect_field(labelled(&set, "Beta"), "notify_on_expiration", NULL);
}

static void only_active_records_of_the_type_are_in_use(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_true(read_xml("instance", &set, &heard, &err));
	assert_int_equal(labelled(&set, "Alpha")->trust, TRUST_UNSAID);
	assert_int_equal(labelled(&set, "Alpha issuing")->trust, TRUST_UNSAID);
	assert_int_equal(labelled(&set, "Old")->trust, TRUST_INACTIVE);
	assert_true(read_xml("faults", &set, &heard, &err));
	/* Wrong type: the same certificate as Beta, which is in use. */
	assert_int_equal(labelled(&set, "Beta")->trust, TRUST_UNSAID);
}

static void what_is_no_ca_is_there_to_be_trusted_by_itself(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	(void)state;

	data_read(&file, "cmd/leaf.pem");
	assert_true(read_heard(&format_pem, file.bytes, &set, &heard, &err));
	text = written(&format_servicenow, &set);
	assert_true(read_text(text, &back, &heard, &err));
	assert_int_equal(back.at[0].trust, TRUST_ANCHOR);
}

static void each_fault_is_told_with_its_record_and_line(void **state)
{
	static const char *const left_out[] = {
		"29: record 'Two in one' (22222222222222222222222222222222): ",
		"it holds 2 certificates, and a record holds one\n",
		"138: record 'Nothing' (55555555555555555555555555555555): ",
		"161: record 'Cut' ",
		"188: record 'Text' ",
		"it holds no PEM certificate\n",
		"211: record 'Key' ",
		"'PRIVATE KEY' stands where a certificate belongs\n",
	};
	static const char *const remarks[] = {
		"3: record 'One line' (11111111111111111111111111111111): its PEM stands "
		"on one line",
		"72: record 'Wrong type' (33333333333333333333333333333333): its type is "
		"'trust_store_cert' and not 'trust_store'",
		"105: record 'Alpha again' (44444444444444444444444444444444): it holds "
		"the same certificate as record 'One line' "
		"(11111111111111111111111111111111)\n",
		"237: record 'Broken but unused' ",
		"262: record 'SAML keystore' (eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee): it is a "
		"keystore and is passed by; its password is not read\n",
		"285: record 'Deleted' (ffffffffffffffffffffffffffffffff): the file "
		"deletes it\n",
		"289: a record without a name: the file deletes it\n",
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_true(read_xml("faults", &set, &heard, &err));
	assert_int_equal(set.n, 2);
	assert_int_equal(heard.n, 5);
	for (size_t i = 0; i < COUNT(left_out); i++)
		expect_line(&heard.text, left_out[i]);
	for (size_t i = 0; i < COUNT(remarks); i++)
		expect_line(&heard.remarks, remarks[i]);
}

static void a_password_is_neither_kept_nor_told(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	(void)state;

	assert_true(read_xml("instance", &set, &heard, &err));
	assert_true(read_xml("faults", &set, &heard, &err));
	text = written(&format_servicenow, &set);
	assert_null(strstr(text, "Secret"));
	assert_null(strstr(buf_text(&heard.remarks), "Secret"));
	for (size_t i = 0; i < set.n; i++)
		expect_field(&set.at[i], "key_store_password", NULL);
}

static void payloads_in_cdata_and_in_entities_are_read(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_true(read_xml("updateset", &set, &heard, &err));
	assert_int_equal(set.n, 2);
	expect_field(labelled(&set, "Alpha"), "sys_id",
		     "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	expect_field(labelled(&set, "Beta"), "u_script", "if (a < b) go();");
	assert_int_equal(heard.n, 1);
	expect_line(&heard.text,
		    "77: record 'sys_certificate_eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee': ");
	expect_line(&heard.remarks,
		    "54: record 'sys_certificate_dddddddddddddddddddddddddddddddd': ");
}

/* ---- writing ---- */

static void a_record_is_written_with_all_that_the_platform_would_derive(void **state)
{
	static const char *const lines[] = {
		"<unload unload_date=\"2026-01-15 10:20:30\">\n",
		"<active>true</active>\n",
		"<expires>2045-01-01 00:00:00</expires>\n",
		"<expires_in_days>6925</expires_in_days>\n",
		"<issuer>CN=Alpha Root</issuer>\n",
		"<key_store_password/>\n",
		"<name>Alpha</name>\n",
		"<pem_certificate>-----BEGIN CERTIFICATE-----\n",
		"-----END CERTIFICATE-----\n</pem_certificate>\n",
		"<serial_number>1</serial_number>\n",
		"<short_description>Alpha</short_description>\n",
		"<subject>CN=Alpha Root</subject>\n",
		"<sys_created_on>2024-03-01 08:00:00</sys_created_on>\n",
		"<sys_id>aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa</sys_id>\n",
		"<sys_updated_on>2026-01-15 10:20:30</sys_updated_on>\n",
		"<type>trust_store</type>\n",
		("<u_owner display_value=\"Jane &quot;J&quot; &amp; "
		 "Co\">46d44a5dc0a8010e0000c8d7a3dea4b0</u_owner>\n"),
		"<valid_from>2020-01-01 00:00:00</valid_from>\n",
		"<warn_in_days_to_expire>30</warn_in_days_to_expire>\n",
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	const char *at;
	(void)state;

	assert_true(read_xml("instance", &set, &heard, &err));
	text = written(&format_servicenow, &set);
	at = text;
	/* In this order: that of the columns' names. */
	for (size_t i = 0; i < COUNT(lines); i++) {
		at = strstr(at, lines[i]);
		if (!at)
			fail_msg("not written, or not in its place: %s", lines[i]);
	}
	assert_null(strchr(text, '\r'));
}

static void what_is_distrusted_is_written_as_not_in_use(void **state)
{
	static const struct {
		enum trust trust;
		const char *active;
	} cases[] = {
		{ TRUST_UNSAID, "<active>true</active>" },
		{ TRUST_ANCHOR, "<active>true</active>" },
		{ TRUST_INTERMEDIATE, "<active>true</active>" },
		{ TRUST_DISTRUSTED, "<active>false</active>" },
		{ TRUST_INACTIVE, "<active>false</active>" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO_FREE char *plain = NULL, *update = NULL;

		read_some("one.der", &set);
		set.at[0].trust = cases[i].trust;
		plain = written(&format_servicenow, &set);
		update = written(&format_servicenow_updateset, &set);
		assert_non_null(strstr(plain, cases[i].active));
		assert_non_null(strstr(update, cases[i].active));
	}
}

static void a_sys_id_comes_from_the_certificate_where_none_is_known(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO_FREE char *text = NULL, *line = NULL;
	struct sha256 hash;
	char hex[SHA256_TEXT];
	(void)state;

	read_some("one.der", &set);
	hash = cert_sha256(&set.at[0].cert);
	line = str_format("<sys_id>%.32s</sys_id>", sha256_hex(&hash, hex));
	text = written(&format_servicenow, &set);
	assert_non_null(strstr(text, line));
}

/* Two records with one sys_id would become one in the instance. */
static void no_two_records_share_a_sys_id_or_a_name(void **state)
{
	static const struct field taken = { "servicenow", "sys_id",
					    "0123456789abcdef0123456789abcdef", NULL };
	static const struct field odd = { "servicenow", "sys_id", "<sys_id>", NULL };
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	(void)state;

	read_some("plain.pem", &set);
	for (size_t i = 0; i < 3; i++) {
		set.at[i].label = "Same";
		set.at[i].fields = i < 2 ? &taken : &odd;
	}
	text = written(&format_servicenow, &set);
	assert_true(read_text(text, &back, &heard, &err));
	assert_int_equal(back.n, 3);
	for (size_t i = 0; i < 3; i++)
		for (size_t j = 0; j < i; j++) {
			assert_string_not_equal(back.at[i].label, back.at[j].label);
			assert_string_not_equal(
				entry_field(&back.at[i], "servicenow", "sys_id"),
				entry_field(&back.at[j], "servicenow", "sys_id"));
		}
	expect_field(&back.at[0], "sys_id", taken.value);
}

static void hostile_text_stays_text(void **state)
{
	static const struct field fields[] = {
		{ "servicenow", "u_a", "</u_a><active>true</active>]]>&amp;\r\n\x01",
		  &fields[1] },
		{ "servicenow", "u_b><x", "no column", &fields[2] },
		{ "servicenow", "u_a@display_value", "\"><x y=\"", &fields[3] },
		{ "servicenow", "active", "true", &fields[4] },
		{ "elsewhere", "u_c", "another store's", NULL },
	};
	const struct format *const both[] = { &format_servicenow,
					      &format_servicenow_updateset };
	(void)state;

	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
		AUTO(heard) heard = { .n = 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *text = NULL;

		read_some("one.der", &set);
		set.at[0].trust = TRUST_INACTIVE;
		set.at[0].label = "a]]><b>&\r\xff";
		set.at[0].fields = fields;
		text = written(both[i], &set);
		assert_null(strstr(text, "no column"));
		assert_null(strstr(text, "another store"));
		assert_true(read_heard(both[i], span_str(text), &back, &heard, &err));
		assert_int_equal(back.n, 1);
		assert_int_equal(back.at[0].trust, TRUST_INACTIVE);
		assert_string_equal(back.at[0].label, "a]]><b>&\r\xef\xbf\xbd");
		expect_field(&back.at[0], "u_a",
			     "</u_a><active>true</active>]]>&amp;\r\n\xef\xbf\xbd");
		expect_field(&back.at[0], "u_a@display_value", "\"><x y=\"");
	}
}

static void add_roots(struct entry_set *set)
{
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	struct entry_sink sink = {
		.set = set, .path = MOZILLA, .skip = hear_skip, .ctx = &heard
	};

	assert_true(format_pem_directory.read_folder(MOZILLA, &sink, &err));
	assert_int_equal(heard.n, 0);
	set_sort(set);
}

static void real_roots_come_back_whole_and_libxml2_agrees(void **state)
{
	const struct format *const both[] = { &format_servicenow,
					      &format_servicenow_updateset };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	DIR *there = opendir(MOZILLA);
	(void)state;

	if (!there)
		skip();
	closedir(there);
	add_roots(&set);
	for (size_t i = 0; i < COUNT(both); i++) {
		AUTO(entry_set) back = ENTRY_SET_INIT;
		AUTO(heard) heard = { .n = 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO_FREE char *folder = new_folder();
		AUTO_FREE char *path = path_in(folder, "roots.xml");
		AUTO_FREE char *check = str_format("xmllint --noout '%s'", path);
		AUTO_FREE char *text = written(both[i], &set), *again = NULL;

		assert_ptr_equal(format_guess(span_str(text)), both[i]);
		assert_true(read_heard(both[i], span_str(text), &back, &heard, &err));
		assert_int_equal(heard.n, 0);
		assert_int_equal(back.n, set.n);
		for (size_t j = 0; j < set.n; j++)
			assert_non_null(set_find(&back, &set.at[j].cert));
		again = written(both[i], &back);
		assert_string_equal(again, text);
		write_bytes(path, span_str(text));
		if (have_program("xmllint"))
			assert_int_equal(system(check), 0);
		remove_folder(folder);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_document_is_found_by_its_content),
		cmocka_unit_test(a_record_keeps_its_name_and_columns),
		cmocka_unit_test(only_active_records_of_the_type_are_in_use),
		cmocka_unit_test(what_is_no_ca_is_there_to_be_trusted_by_itself),
		cmocka_unit_test(each_fault_is_told_with_its_record_and_line),
		cmocka_unit_test(a_password_is_neither_kept_nor_told),
		cmocka_unit_test(payloads_in_cdata_and_in_entities_are_read),
		cmocka_unit_test(
			a_record_is_written_with_all_that_the_platform_would_derive),
		cmocka_unit_test(what_is_distrusted_is_written_as_not_in_use),
		cmocka_unit_test(a_sys_id_comes_from_the_certificate_where_none_is_known),
		cmocka_unit_test(no_two_records_share_a_sys_id_or_a_name),
		cmocka_unit_test(hostile_text_stays_text),
		cmocka_unit_test(real_roots_come_back_whole_and_libxml2_agrees),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
