/* References: what each names, and what each says where it names nothing that can be
 * used. */
#include "open_scratch.h"

#include "store/place.h"
#include "store/ref.h"

/* ---- words ---- */

static void a_reference_names_what_its_form_says(void **state)
{
	static const struct {
		const char *text;
		enum ref_kind kind;
		uint64_t generation;
		const char *path;
	} cases[] = {
		{ "@1", REF_GENERATION, 1, NULL },
		{ "@000012", REF_GENERATION, 12, NULL },
		{ "system", REF_PROFILE, 0, NULL },
		{ "java-17", REF_PROFILE, 0, NULL },
		{ "./system", REF_PATH, 0, "./system" },
		{ "a.pem", REF_PATH, 0, "a.pem" },
		{ "/etc/x", REF_PATH, 0, "/etc/x" },
		{ "-", REF_PATH, 0, "-" },
		{ "pem:a", REF_PATH, 0, "a" },
		{ "pem:a:b", REF_PATH, 0, "a:b" },
		{ "der:-", REF_PATH, 0, "-" },
		{ "./a:b", REF_PATH, 0, "./a:b" },
		{ "tls://host:443", REF_ENDPOINT, 0, NULL },
		{ "SMTP://host", REF_ENDPOINT, 0, NULL },
		{ "pkcs11:token=x", REF_TOKEN, 0, NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		struct ref ref;

		if (!ref_parse(cases[i].text, &ref, &err))
			fail_msg("%s: %s", cases[i].text, err.text);
		if (ref.kind != cases[i].kind || ref.generation != cases[i].generation ||
		    (cases[i].path && strcmp(ref.path, cases[i].path) != 0))
			fail_msg("%s: taken for something else", cases[i].text);
		if (ref.path && strncmp(cases[i].text, "pem:", 4) == 0)
			assert_ptr_equal(ref.format, &format_pem);
	}
}

static void a_reference_that_names_nothing_says_why(void **state)
{
	static const struct {
		const char *text, *why;
	} cases[] = {
		{ "", "is empty" },
		{ "@", "no generation" },
		{ "@0", "no generation" },
		{ "@x", "no generation" },
		{ "@1x", "no generation" },
		{ "@1234567890123", "no generation" },
		{ "moon:a.pem", "there is no format 'moon' (there are pem, " },
		{ "pem:", "lacks its path" },
		{ "there", "here is a file" },
		{ "nowhere.pem", "nowhere.pem" },
		{ "moon", "there is no profile 'moon'" },
		{ "pkcs11:token=x", "no token is there" },
		{ "tls://localhost", "is an endpoint" },
		{ "a.pem+", "is empty" },
		{ "+", "is empty" },
		{ "fifo.pem", "pipe" },
		{ "pem:folder.d", "this is a folder, and 'pem' is one file" },
		{ "pem-directory:a.pem",
		  "this is a file, and 'pem-directory' is a folder" },
		{ "folder.d",
		  "folder.d: the folder has no files (sub-folders are not read)" },
		{ "empty.pem", "the file is empty" },
		{ "letter.txt", "no store that rootcellar knows" },
		{ "\x1b[31m.pem", "'\\x1b[31m.pem'" },
	};
	(void)state;

	copy_cert("root-one", "a.pem");
	write_text("there", "");
	write_text("empty.pem", "");
	write_text("letter.txt", "Dear all,\n");
	assert_int_equal(mkfifo("fifo.pem", 0600), 0);
	assert_int_equal(mkdir("folder.d", 0755), 0);
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_cannot_open(cases[i].text, cases[i].why);
}

static bool pretend_endpoint(const char *ref, struct entry_set *set, struct error *err)
{
	if (strcmp(ref, "tls://down") == 0)
		return error_fail(err, STATUS_NO_ANSWER, "down");
	add_cert(set, "intermediate", TRUST_UNSAID);
	return true;
}

static void an_endpoint_is_opened_by_whoever_can(void **state)
{
	AUTO(store) store = STORE_INIT, other = STORE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	store_endpoint_opener = pretend_endpoint;
	open_good(&store, "tls://up:443", &to_look);
	assert_int_equal(store.kind, STORE_ENDPOINT);
	assert_int_equal(store.set.n, 1);
	assert_false(store_open(&other, "tls://down", &to_look, &err));
	assert_int_equal(err.status, STATUS_NO_ANSWER);
	store_endpoint_opener = NULL;
}

/* ---- files ---- */

static void a_file_is_known_by_its_content(void **state)
{
	AUTO(store) store = STORE_INIT;

	(void)state;
	copy_cert("root-one", "misleading.p7b");
	open_good(&store, "misleading.p7b", &to_look);
	assert_int_equal(store.kind, STORE_PATH);
	assert_ptr_equal(store.format, &format_pem);
	assert_int_equal(store.set.n, 1);
	assert_int_equal(store.set.at[0].trust, TRUST_UNSAID);
	assert_string_equal(store.ref, "misleading.p7b");
	/* Origins outlive the folder that a command was run in. */
	assert_int_equal(store.path[0], '/');
	assert_string_equal(store.set.at[0].origin->ref, store.path);
}

static void a_part_left_out_is_told_with_its_line(void **state)
{
	AUTO_FREE char *from = data_path("root-one");
	struct file good = read_whole_file(from);
	AUTO(store) store = STORE_INIT;
	AUTO(buf) bundle = BUF_INIT;

	(void)state;
	buf_add_str(
		&bundle,
		"first\n-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	buf_add(&bundle, good.bytes);
	file_clear(&good);
	write_file("bundle.pem", buf_span(&bundle));
	open_good(&store, "bundle.pem", &to_look);
	assert_int_equal(store.set.n, 1);
	assert_int_equal(store.skipped, 1);
	assert_int_equal(strncmp(store.skips[0].text, "bundle.pem:2: ", 14), 0);
}

static void where_all_is_left_out_the_first_reason_is_the_answer(void **state)
{
	(void)state;
	write_text("bad.pem",
		   "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	assert_cannot_open("bad.pem", "bad.pem:1: ");
}

static void texts_of_parts_left_out_are_bounded_and_the_count_is_not(void **state)
{
	AUTO_FREE char *from = data_path("root-one");
	struct file good = read_whole_file(from);
	AUTO(store) store = STORE_INIT;
	AUTO(buf) bundle = BUF_INIT;

	(void)state;
	for (int i = 0; i < 1500; i++)
		buf_add_str(
			&bundle,
			"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
	buf_add(&bundle, good.bytes);
	file_clear(&good);
	write_file("bundle.pem", buf_span(&bundle));
	open_good(&store, "bundle.pem", &to_look);
	assert_int_equal(store.skipped, 1500);
	assert_int_equal(store.n_skips, 1000);
}

static void a_folder_is_read_without_opening_what_is_no_file(void **state)
{
	AUTO(store) store = STORE_INIT;

	(void)state;
	assert_int_equal(mkdir("certs.d", 0755), 0);
	copy_cert("root-one", "certs.d/one.pem");
	copy_cert("root-two", "elsewhere.pem");
	assert_int_equal(symlink("../elsewhere.pem", "certs.d/two.pem"), 0);
	assert_int_equal(symlink("loop.pem", "certs.d/loop.pem"), 0);
	assert_int_equal(symlink("/dev/zero", "certs.d/zero.pem"), 0);
	assert_int_equal(mkfifo("certs.d/fifo.pem", 0600), 0);
	open_good(&store, "certs.d", &to_look);
	assert_ptr_equal(store.format, &format_pem_directory);
	assert_int_equal(store.set.n, 2);
	assert_int_equal(store.skipped, 3);
	/* In byte order of their names, as the user named the folder. */
	assert_int_equal(strncmp(store.skips[0].text, "certs.d/fifo.pem: ", 18), 0);
}

static void twins_stay_apart_where_that_is_asked_for(void **state)
{
	static const struct store_options twins = { .purpose = STORE_TO_LOOK,
						    .keep_twins = true };
	AUTO_FREE char *from = data_path("root-one");
	struct file good = read_whole_file(from);
	AUTO(store) one = STORE_INIT, two = STORE_INIT;
	AUTO(buf) bundle = BUF_INIT;

	(void)state;
	buf_add(&bundle, good.bytes);
	buf_add(&bundle, good.bytes);
	file_clear(&good);
	write_file("bundle.pem", buf_span(&bundle));
	open_good(&one, "bundle.pem", &to_look);
	open_good(&two, "bundle.pem", &twins);
	assert_int_equal(one.set.n, 1);
	assert_int_equal(two.set.n, 2);
}

static void note_taken(void *ctx, const struct entry *entry)
{
	struct sha256 hash = cert_sha256(&entry->cert);
	struct buf *out = ctx;

	buf_addf(out, "%s %s ", trust_name(entry->trust),
		 entry->origin ? entry->origin->ref : "-");
	buf_add_hex(out, span_of(hash.at, sizeof(hash.at)));
	buf_add_byte(out, '\n');
}

/* One who takes entries gets what one who keeps them has, whatever the reference names.
 */
static void entries_can_be_taken_one_by_one(void **state)
{
	static const struct {
		const char *ref;
		size_t entries, kept;
	} cases[] = {
		{ "one.pem", 1, 0 },         { "certs.d", 2, 0 },
		{ "one.pem+two.pem", 2, 2 }, { "other/cellar", 1, 1 },
		{ "platform", 1, 1 },
	};

	(void)state;
	assert_int_equal(mkdir("certs.d", 0755), 0);
	copy_cert("root-one", "one.pem");
	copy_cert("root-two", "two.pem");
	copy_cert("root-one", "certs.d/one.pem");
	copy_cert("root-two", "certs.d/two.pem");
	change_adding("other/cellar", "root-one", TRUST_DISTRUSTED);
	write_profile_of("platform", "one.pem", "");
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(store) kept = STORE_INIT, given = STORE_INIT;
		AUTO(buf)
		expected = BUF_INIT, taken = BUF_INIT, told = BUF_INIT,
		told_kept = BUF_INIT;
		const struct entry_taker taker = { note_taken, &taken };
		const struct store_options one_by_one = { .purpose = STORE_TO_LOOK,
							  .taker = &taker };

		open_good(&kept, cases[i].ref, &to_look);
		for (size_t j = 0; j < kept.set.n; j++)
			note_taken(&expected, &kept.set.at[j]);
		open_good(&given, cases[i].ref, &one_by_one);
		assert_string_equal(buf_text(&taken), buf_text(&expected));
		assert_int_equal(given.set.n, cases[i].kept);
		assert_int_equal(store_entries(&given), cases[i].entries);
		store_told_text(&told, &given);
		store_told_text(&told_kept, &kept);
		assert_string_equal(buf_text(&told), buf_text(&told_kept));
	}
}

static void in_a_union_distrust_wins(void **state)
{
	AUTO(store) store = STORE_INIT;

	(void)state;
	change_adding("other/cellar", "root-one", TRUST_DISTRUSTED);
	copy_cert("root-one", "one.pem");
	copy_cert("root-two", "two.pem");
	write_profile_of("platform", "one.pem", "");
	open_good(&store, "platform+other/cellar+pem:two.pem", &to_look);
	assert_int_equal(store.kind, STORE_UNION);
	assert_int_equal(store.set.n, 2);
	for (size_t i = 0; i < store.set.n; i++)
		assert_int_not_equal(store.set.at[i].trust, TRUST_ANCHOR);
}

static void a_plus_in_the_name_of_a_file_is_no_union(void **state)
{
	AUTO(store) store = STORE_INIT, with_format = STORE_INIT;

	(void)state;
	copy_cert("root-one", "c++.pem");
	open_good(&store, "c++.pem", &to_look);
	assert_int_equal(store.kind, STORE_PATH);
	open_good(&with_format, "pem:c++.pem", &to_look);
	assert_int_equal(with_format.kind, STORE_PATH);
}

/* ---- cellars ---- */

static void an_empty_cellar_is_stood_in_for_where_one_only_looks(void **state)
{
	AUTO(store) look = STORE_INIT, change = STORE_INIT;

	(void)state;
	copy_cert("root-one", "roots.pem");
	write_profile_of("system", "roots.pem", "");
	open_good(&look, NULL, &to_look);
	assert_true(look.stand_in);
	assert_int_equal(look.set.n, 1);
	assert_int_equal(look.set.at[0].trust, TRUST_ANCHOR);
	assert_string_equal(look.ref, "cellar");
	open_good(&change, NULL, &to_change);
	assert_false(change.stand_in);
	assert_int_equal(change.set.n, 0);
}

static void a_cellar_is_opened_by_default_by_its_path_and_by_generation(void **state)
{
	AUTO(store) usual = STORE_INIT, path = STORE_INIT, former = STORE_INIT;

	(void)state;
	change_adding("cellar", "root-one", TRUST_ANCHOR);
	change_adding("cellar", "root-two", TRUST_ANCHOR);
	open_good(&usual, NULL, &to_look);
	assert_false(usual.stand_in);
	assert_int_equal(usual.kind, STORE_CELLAR);
	assert_int_equal(usual.generation, 2);
	open_good(&path, "./cellar", &to_look);
	assert_int_equal(path.kind, STORE_CELLAR);
	assert_int_equal(path.set.n, 2);
	open_good(&former, "@1", &to_look);
	assert_int_equal(former.kind, STORE_GENERATION);
	assert_int_equal(former.set.n, 1);
}

static void a_cellar_that_lost_its_state_is_refused_by_path_too(void **state)
{
	(void)state;
	change_adding("cellar", "root-one", TRUST_ANCHOR);
	change_adding("cellar", "root-two", TRUST_ANCHOR);
	assert_int_equal(unlink("cellar/trust/cellar.p11-kit"), 0);
	assert_cannot_open("./cellar", "its current state is gone");
	assert_cannot_open(NULL, "its current state is gone");
}

static void a_default_cellar_that_is_a_file_is_refused(void **state)
{
	(void)state;
	write_text("cellar", "");
	assert_cannot_open(NULL, "a cellar is a folder");
}

static void a_file_of_others_in_a_cellar_is_told_each_time(void **state)
{
	AUTO(store) store = STORE_INIT;

	(void)state;
	change_adding("cellar", "root-one", TRUST_ANCHOR);
	copy_cert("root-two", "cellar/trust/other.pem");
	open_good(&store, NULL, &to_look);
	assert_int_equal(store.set.n, 1);
	assert_int_equal(store.skipped, 1);
	assert_non_null(
		strstr(store.skips[0].text, "cellar/trust/other.pem: another program"));
}

static void the_environment_of_a_sudo_caller_chooses_no_store(void **state)
{
	AUTO_FREE char *path = NULL;

	(void)state;
	if (geteuid() != 0)
		skip();
	setenv("SUDO_UID", "1000", 1);
	path = cellar_default_path();
	assert_string_equal(path, "/var/lib/rootcellar/cellar");
	write_profile_of("mine", "a.pem", "");
	assert_cannot_open("mine", "there is no profile");
}

static void places_of_the_xdg_specification_are_absolute(void **state)
{
	static const struct {
		const char *variable, *place;
	} cases[] = {
		{ "/xdg", "/xdg/rootcellar" },
		{ "relative", "/home/of/test/.config/rootcellar" },
		{ "", "/home/of/test/.config/rootcellar" },
	};
	(void)state;

	setenv("HOME", "/home/of/test", 1);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *place = NULL;

		setenv("XDG_CONFIG_HOME", cases[i].variable, 1);
		place = place_xdg("XDG_CONFIG_HOME", ".config", "rootcellar");
		assert_string_equal(place, cases[i].place);
	}
}

/* ---- writing ---- */

static void what_is_written_is_read_back(void **state)
{
	static const struct {
		const char *ref;
		const struct format *format;
	} cases[] = {
		{ "out.pem", &format_pem },         { "out.p11-kit", &format_p11_kit },
		{ "p11-kit:other.x", NULL },        { "pem:in.pem", &format_pem },
		{ "out.d", &format_pem_directory },
	};
	struct entry_set set = ENTRY_SET_INIT;
	(void)state;

	add_cert(&set, "root-one", TRUST_ANCHOR);
	add_cert(&set, "intermediate", TRUST_INTERMEDIATE);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(store) store = STORE_INIT;

		if (!store_write(cases[i].ref, cases[i].format, &set, WRITE_RENAME, &err))
			fail_msg("%s: %s", cases[i].ref, err.text);
		open_good(&store, cases[i].ref, &to_look);
		assert_int_equal(store.set.n, 2);
	}
	entry_set_clear(&set);
}

static void a_place_that_cannot_be_written_says_why_and_stays_as_it_was(void **state)
{
	static const struct {
		const char *ref;
		const struct format *format;
		const char *why;
	} cases[] = {
		{ "word", &format_pem, "name of a profile" },
		{ "@3", &format_pem, "former generation" },
		{ "tls://host", &format_pem, "can only be read" },
		{ "pkcs11:token=a", &format_pem, "the URI names 0 tokens" },
		{ "der:a.pem", &format_pem, "another format" },
		{ "folder.d", &format_pem, "is a folder" },
		{ "a.pem", &format_pem_directory, "is a file" },
		{ "./cellar", &format_pem_directory, "is a cellar" },
		{ "-", &format_pem_directory, "standard output is none" },
		{ "a.pem", &format_der, "one certificate" },
		{ "no/such/folder/a.pem", &format_pem, "no/such/folder/a.pem" },
	};
	struct entry_set set = ENTRY_SET_INIT;
	struct file before, after;
	(void)state;

	copy_cert("root-one", "a.pem");
	before = read_whole_file("a.pem");
	assert_int_equal(mkdir("folder.d", 0755), 0);
	change_adding("cellar", "root-one", TRUST_ANCHOR);
	add_cert(&set, "root-two", TRUST_ANCHOR);
	add_cert(&set, "intermediate", TRUST_INTERMEDIATE);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;

		if (store_write(cases[i].ref, cases[i].format, &set, WRITE_RENAME, &err))
			fail_msg("written: %s", cases[i].ref);
		assert_holds(&err, cases[i].why);
	}
	after = read_whole_file("a.pem");
	assert_true(span_eq(before.bytes, after.bytes));
	file_clear(&before);
	file_clear(&after);
	entry_set_clear(&set);
}

static void a_count_says_each_trust_that_there_is(void **state)
{
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(buf) none = BUF_INIT, some = BUF_INIT;

	(void)state;
	store_count_text(&none, &set);
	assert_string_equal(buf_text(&none), "0 certificates");
	add_cert(&set, "root-one", TRUST_ANCHOR);
	add_cert(&set, "root-two", TRUST_ANCHOR);
	add_cert(&set, "intermediate", TRUST_INTERMEDIATE);
	add_cert(&set, "distrusted", TRUST_DISTRUSTED);
	store_count_text(&some, &set);
	assert_string_equal(buf_text(&some), "2 anchors, 1 intermediate, 1 distrusted");
	entry_set_clear(&set);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(a_reference_names_what_its_form_says),
		CASE(a_reference_that_names_nothing_says_why),
		CASE(an_endpoint_is_opened_by_whoever_can),
		CASE(a_file_is_known_by_its_content),
		CASE(a_part_left_out_is_told_with_its_line),
		CASE(where_all_is_left_out_the_first_reason_is_the_answer),
		CASE(texts_of_parts_left_out_are_bounded_and_the_count_is_not),
		CASE(a_folder_is_read_without_opening_what_is_no_file),
		CASE(twins_stay_apart_where_that_is_asked_for),
		CASE(entries_can_be_taken_one_by_one),
		CASE(in_a_union_distrust_wins),
		CASE(a_plus_in_the_name_of_a_file_is_no_union),
		CASE(an_empty_cellar_is_stood_in_for_where_one_only_looks),
		CASE(a_cellar_is_opened_by_default_by_its_path_and_by_generation),
		CASE(a_cellar_that_lost_its_state_is_refused_by_path_too),
		CASE(a_default_cellar_that_is_a_file_is_refused),
		CASE(a_file_of_others_in_a_cellar_is_told_each_time),
		CASE(the_environment_of_a_sudo_caller_chooses_no_store),
		CASE(places_of_the_xdg_specification_are_absolute),
		CASE(what_is_written_is_read_back),
		CASE(a_place_that_cannot_be_written_says_why_and_stays_as_it_was),
		CASE(a_count_says_each_trust_that_there_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
