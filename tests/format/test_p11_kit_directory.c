/*
 * p11-kit's folder of trust: where a file stands says what it is, and p11-kit's own
 * module sees in ours what was meant.
 */
#include "module.h"

#include <sys/stat.h>

static void read_folder(struct entry_set *set, const char *folder,
			struct skipped *skipped)
{
	struct entry_sink sink = {
		.set = set, .path = folder, .skip = note_skip, .ctx = skipped
	};
	AUTO(error) err = ERROR_INIT;

	if (!format_p11_kit_directory.read_folder(folder, &sink, &err))
		fail_msg("%s", err.text);
}

/* Puts a file of tests/data/format there, under its own name. */
static void put(const char *folder, const char *below, const char *name)
{
	AUTO_FREE char *place = path_in(folder, below);
	AUTO_FREE char *to = path_in(place, name);
	AUTO_FREE char *from = str_format("format/%s", name);
	AUTO(file) file = FILE_INIT;

	(void)mkdir(place, 0755);
	data_read(&file, from);
	write_bytes(to, file.bytes);
}

/* one.der is One Root; trusted-reject.pem Two Root; trusted-narrow.pem Three Root. */
static void the_place_of_a_file_decides_and_distrust_holds_everywhere(void **state)
{
	static const struct {
		const char *below, *name;
		enum trust trust;
	} cases[] = {
		{ ".", "one.der", TRUST_INTERMEDIATE },
		{ "anchors", "one.der", TRUST_ANCHOR },
		{ "blocklist", "one.der", TRUST_DISTRUSTED },
		{ "blacklist", "one.der", TRUST_DISTRUSTED },
		{ ".", "trusted.pem", TRUST_ANCHOR },
		{ "blocklist", "trusted.pem", TRUST_DISTRUSTED },
		{ ".", "trusted-reject.pem", TRUST_DISTRUSTED },
		{ "anchors", "trusted-reject.pem", TRUST_DISTRUSTED },
		{ ".", "trusted-narrow.pem", TRUST_DISTRUSTED },
		{ ".", "p11-kit-stored.p11-kit", TRUST_ANCHOR },
		{ "blocklist", "p11-kit-stored.p11-kit", TRUST_DISTRUSTED },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO_FREE char *folder = new_folder();

		put(folder, cases[i].below, cases[i].name);
		read_folder(&set, folder, &skipped);
		if (set.n != 1 || skipped.n || set.at[0].trust != cases[i].trust)
			fail_msg("%s/%s: %s %s", cases[i].below, cases[i].name,
				 set.n ? trust_name(set.at[0].trust) : "nothing",
				 buf_text(&skipped.text));
		remove_folder(folder);
	}
}

static const CK_ATTRIBUTE_TYPE flags[] = { CKA_TRUSTED, CKA_X_DISTRUSTED };

/* What the module itself makes of the same folders. */
static void the_module_agrees_on_every_place(void **state)
{
	static const char *const places[] = { ".", "anchors", "blocklist" };
	static const char *const files[] = { "one.der", "trusted.pem",
					     "trusted-reject.pem", "trusted-narrow.pem",
					     "p11-kit-stored.p11-kit" };
	(void)state;

	need_trust_module();
	for (size_t i = 0; i < COUNT(places) * COUNT(files); i++) {
		const char *name = files[i % COUNT(files)];
		const char *place = places[i / COUNT(files)];
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(module) module = { 0 };
		char *folder = new_folder();
		CK_OBJECT_HANDLE object;

		put(folder, place, name);
		read_folder(&set, folder, &skipped);
		load_trust_folder(&module, folder);
		object = find(&module, CKO_CERTIFICATE, CKA_VALUE,
			      cert_der(&set.at[0].cert));
		assert_true(object != 0);
		for (size_t j = 0; j < COUNT(flags); j++)
			if (get_bool(&module, object, flags[j]) !=
			    (set.at[0].trust == (j ? TRUST_DISTRUSTED : TRUST_ANCHOR)))
				fail_msg("%s/%s: %s", place, name,
					 trust_name(set.at[0].trust));
	}
}

static void make_set(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
	set->at[0].trust = TRUST_ANCHOR;
	set->at[0].label = "One \"label\"\ntrusted: true";
	set->at[0].constraints = constraints_make(&set->arena, 1u << PURPOSE_SERVER_AUTH,
						  1733011199, TIME_NONE);
	set->at[1].trust = TRUST_INTERMEDIATE;
	set->at[2].trust = TRUST_DISTRUSTED;
}

static void write_folder(const struct entry_set *set, const char *folder)
{
	AUTO(error) err = ERROR_INIT;

	if (!format_p11_kit_directory.write_folder(set, folder, &err))
		fail_msg("%s", err.text);
}

static void the_module_sees_what_was_written(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	uint8_t to[256];
	char *folder;
	(void)state;

	need_trust_module();
	folder = new_folder();
	make_set(&set);
	write_folder(&set, folder);
	load_trust_folder(&module, folder);
	for (size_t i = 0; i < set.n; i++) {
		CK_OBJECT_HANDLE object = find(&module, CKO_CERTIFICATE, CKA_VALUE,
					       cert_der(&set.at[i].cert));

		assert_true(object != 0);
		assert_true(get_bool(&module, object, CKA_TRUSTED) ==
			    (set.at[i].trust == TRUST_ANCHOR));
		assert_true(get_bool(&module, object, CKA_X_DISTRUSTED) ==
			    (set.at[i].trust == TRUST_DISTRUSTED));
		if (set.at[i].trust != TRUST_ANCHOR)
			continue;
		assert_true(span_eq(get(&module, object, CKA_LABEL, to),
				    span_str(set.at[i].label)));
		assert_true(
			span_eq(get(&module, object, CKA_NSS_SERVER_DISTRUST_AFTER, to),
				SPAN("241130235959Z")));
	}
}

/* p11-kit looks for a key in all files of the folder, and this reader in one. */
static void purposes_that_belong_to_a_certificate_of_another_file_are_told(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *path = path_in(folder, "narrow.p11-kit");
	AUTO(buf) text = BUF_INIT;
	const char *extension;
	(void)state;

	make_set(&set);
	set.n = 1;
	p11_kit_write(&set, NULL, &text);
	extension = strstr(buf_text(&text) + 1, "[p11-kit-object-v1]");
	write_bytes(path, span_str(extension));
	put(folder, "anchors", "one.der");
	read_folder(&back, folder, &skipped);
	assert_int_equal(back.n, 1);
	assert_int_equal(skipped.n, 1);
	assert_non_null(strstr(buf_text(&skipped.text),
			       "1: the attached extension belongs to no certificate"));
	remove_folder(folder);
}

static void writing_again_replaces_ours_and_leaves_what_others_put_there(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *ours = path_in(folder, "blocklist/rootcellar.p11-kit");
	AUTO(error) err = ERROR_INIT;
	(void)state;

	make_set(&set);
	write_folder(&set, folder);
	put(folder, "anchors", "one.der");
	set.at[0].trust = TRUST_INTERMEDIATE;
	set.at[2].trust = TRUST_ANCHOR;
	write_folder(&set, folder);
	assert_int_equal(file_kind(ours), FILE_ABSENT);
	read_folder(&back, folder, &skipped);
	assert_int_equal(skipped.n, 0);
	assert_int_equal(back.n, 3);
	/* one.der in anchors/ is somebody else's, and still there. */
	assert_int_equal(set_find(&back, &set.at[0].cert)->trust, TRUST_ANCHOR);
	assert_int_equal(set_find(&back, &set.at[1].cert)->trust, TRUST_INTERMEDIATE);
	assert_int_equal(set_find(&back, &set.at[2].cert)->trust, TRUST_ANCHOR);

	write_bytes(ours, SPAN("[p11-kit-object-v1]\n"));
	assert_false(format_p11_kit_directory.write_folder(&set, folder, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_non_null(strstr(err.text, "is in the way"));
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_place_of_a_file_decides_and_distrust_holds_everywhere),
		cmocka_unit_test(the_module_agrees_on_every_place),
		cmocka_unit_test(the_module_sees_what_was_written),
		cmocka_unit_test(
			purposes_that_belong_to_a_certificate_of_another_file_are_told),
		cmocka_unit_test(
			writing_again_replaces_ours_and_leaves_what_others_put_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
