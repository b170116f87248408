/* ServiceNow's XML when it is hostile: cut, deep, large, or made of entities. */
#include "servicenow.h"

static const char head[] = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<unload>\n";

static void a_document_type_is_refused_before_it_is_read(void **state)
{
	static const char *const names[] = { "entity-bomb", "external-entity" };
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(heard) heard = { .n = 0 };
		AUTO(error) err = ERROR_INIT;

		assert_false(read_xml(names[i], &set, &heard, &err));
		assert_int_equal(err.status, STATUS_INPUT);
		assert_string_equal(err.text,
				    "line 2: it has a DOCTYPE, which no export has");
	}
}

static void a_cut_file_gives_what_came_before_the_cut(void **state)
{
	static const char *const names[] = { "instance", "faults", "updateset" };
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO_FREE char *path = str_format("servicenow/%s.xml", names[i]);
		AUTO(file) file = FILE_INIT;

		data_read(&file, path);
		for (size_t n = 0; n + 12 < file.bytes.n; n += 64) {
			AUTO(entry_set) set = ENTRY_SET_INIT;
			AUTO(heard) heard = { .n = 0 };
			AUTO(error) err = ERROR_INIT;
			bool read =
				read_heard(&format_servicenow, span_of(file.bytes.at, n),
					   &set, &heard, &err);

			if (read ? !heard.n : !err.text || set.n)
				fail_msg("%s cut at %zu: %zu entries, %zu left out",
					 names[i], n, set.n, heard.n);
		}
	}
}

static void repeat(struct buf *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		buf_add_str(out, text);
}

static void what_no_export_holds_is_a_clear_error(void **state)
{
	static const struct {
		const char *before, *repeated, *after, *told;
		size_t times;
	} cases[] = {
		{ "<unload><sys_certificate>", "<name>", "", "XML breaks off", 100000 },
		{ "<unload>", "<x/>", "</unload>", "no record of the table", 1000 },
		{ "<unload a=\"", "aaaaaaaaaaaaaaaa", "\"/>", "XML breaks off", 1000000 },
		{ "<", "aaaaaaaaaaaaaaaa", "/>", "XML breaks off", 100000 },
		{ "<unload>&", "x", ";</unload>", "XML breaks off", 1 },
		{ "<unload><sys_certificate><name>\xff\xfe", "x", "</name>",
		  "XML breaks off", 1 },
		{ "<unload><sys_certificate><name>", "&#0;", "</name>", "XML breaks off",
		  1 },
		{ "<feed>", " ", "</feed>", "its root is 'feed'", 1 },
		{ "", " ", "", "XML breaks off", 10 },
		{ "<unload>", " ", "</unload>", "no record of the table", 1000000 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(heard) heard = { .n = 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) text = BUF_INIT;

		buf_add_str(&text, cases[i].before);
		repeat(&text, cases[i].repeated, cases[i].times);
		buf_add_str(&text, cases[i].after);
		assert_false(read_text(buf_text(&text), &set, &heard, &err));
		if (!strstr(err.text, cases[i].told))
			fail_msg("case %zu: %s", i, err.text);
	}
}

/* A record of which there is too much is left out alone. */
static void a_record_too_large_costs_no_other(void **state)
{
	static const struct {
		const char *before, *repeated, *after;
		size_t times;
	} cases[] = {
		{ "<pem_certificate>", "0123456789abcdef0123456789abcdef",
		  "</pem_certificate>", 200000 },
		{ "", "<x>y</x>", "", 5000 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT, one = ENTRY_SET_INIT;
		AUTO(heard) heard = { .n = 0 };
		AUTO_FREE char *good = NULL;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) text = BUF_INIT;

		read_some("one.der", &one);
		good = written(&format_servicenow, &one);
		buf_addf(&text, "%s<sys_certificate>%s<type>trust_store</type>", head,
			 cases[i].before);
		repeat(&text, cases[i].repeated, cases[i].times);
		buf_addf(&text, "%s</sys_certificate>\n%s", cases[i].after,
			 strstr(good, "<sys_certificate"));
		assert_true(read_text(buf_text(&text), &set, &heard, &err));
		assert_int_equal(set.n, 1);
		assert_int_equal(heard.n + !!heard.remarks.n, 1);
	}
}

static void a_payload_in_a_payload_is_not_looked_for(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(heard) heard = { .n = 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	buf_addf(&text, "%s<sys_update_xml><payload>", head);
	buf_add_str(&text, "&lt;unload>&lt;sys_update_xml>&lt;payload>sys_certificate"
			   "&lt;/payload>&lt;/sys_update_xml>&lt;/unload>");
	buf_add_str(&text, "</payload></sys_update_xml></unload>");
	assert_false(read_text(buf_text(&text), &set, &heard, &err));
	assert_string_equal(err.text, "it holds no record of the table sys_certificate");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_document_type_is_refused_before_it_is_read),
		cmocka_unit_test(a_cut_file_gives_what_came_before_the_cut),
		cmocka_unit_test(what_no_export_holds_is_a_clear_error),
		cmocka_unit_test(a_record_too_large_costs_no_other),
		cmocka_unit_test(a_payload_in_a_payload_is_not_looked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
