/* The cellar: what is written is read back, and nothing that is not what was written
 * gives trust. */
#include "cellar_scratch.h"

#include "store/extra.h"
#include "store/state.h"

#include <fcntl.h>

/* ---- reading and writing ---- */

static void an_absent_cellar_is_empty_and_of_generation_0(void **state)
{
	struct entry_set set = ENTRY_SET_INIT;

	(void)state;
	assert_int_equal(read_cellar(&set, 0), 0);
	assert_int_equal(set.n, 0);
	assert_int_equal(file_kind(cellar), FILE_ABSENT);
}

static const struct constraints *rich_constraints(struct arena *arena)
{
	static const char *const oids[] = { "1.3.6.1.4.1.99999.1", NULL };
	static const char *const names[] = { "example.org",
					     "b\xc3\xbc"
					     "cher.example",
					     NULL };
	struct alternative *at = arena_alloc(arena, 2 * sizeof(*at));
	struct constraints *constraints = arena_alloc(arena, sizeof(*constraints));

	at[0] = at[1] = alternative_any();
	at[0].purposes = 1u << PURPOSE_SERVER_AUTH | 1u << PURPOSE_CODE_SIGNING;
	at[0].other_purposes = oids;
	at[0].issued_before[PURPOSE_CODE_SIGNING] = 1600000000;
	at[1].sct_before = 1650000000;
	at[1].dns_subtrees = names;
	*constraints = (struct constraints){ 2, at };
	return constraints;
}

static void what_is_committed_is_read_back_whole(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	static const struct origin older = { ORIGIN_NETWORK, "http://ca.example/a.cer",
					     1500000000, false, NULL };
	static const struct origin newer = { ORIGIN_FILE, "/srv/a.pem", TIME_NONE, true,
					     &older };
	static const struct field id = { "servicenow", "sys_id",
					 "0123456789abcdef0123456789abcdef", NULL };
	static const struct field name = { "servicenow", "notify@display_value",
					   "\"\n[p11-kit-object-v1]\n", &id };
	struct entry_set set = ENTRY_SET_INIT;
	struct entry *entry;

	(void)state;
	begin(&change);
	entry = add_cert(&change.set, "root-one", TRUST_ANCHOR);
	entry->fields = &name;
	entry->label = "One";
	entry->note = "asked for in case 7";
	entry->origin = &newer;
	entry->constraints = rich_constraints(&change.set.arena);
	entry = add_cert(&change.set, "root-two", TRUST_ANCHOR);
	entry->constraints = constraints_make(
		&change.set.arena, 1u << PURPOSE_SERVER_AUTH, 1700000000, 1650000000);
	add_cert(&change.set, "intermediate", TRUST_INTERMEDIATE);
	add_cert(&change.set, "distrusted", TRUST_DISTRUSTED);
	assert_int_equal(commit(&change, "import a.pem"), 1);

	assert_int_equal(read_cellar(&set, 0), 1);
	assert_int_equal(set.n, 4);
	for (size_t i = 0; i < change.set.n; i++) {
		const struct entry *meant = &change.set.at[i];
		const struct entry *found = set_find(&set, &meant->cert);

		assert_non_null(found);
		assert_true(entry_same_meaning(meant, found));
		assert_true(extra_same_origins(meant->origin, found->origin));
		assert_true(fields_equal(meant->fields, found->fields));
		if (!meant->note)
			continue;
		assert_string_equal(found->note, "asked for in case 7");
		/* What came without a time came with this change; the other keeps its
		 * own. */
		assert_int_equal(found->origin->added, NOW);
		assert_int_equal(found->origin->next->added, 1500000000);
	}
	entry_set_clear(&set);
}

static void nothing_is_written_where_the_set_means_the_same(void **state)
{
	static const struct origin origin = { ORIGIN_FILE, "/srv/a.pem", TIME_NONE, false,
					      NULL };
	struct stat before, after;
	AUTO_FREE char *path = state_path();

	(void)state;
	for (int64_t i = 0; i < 3; i++) {
		AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
		AUTO(error) err = ERROR_INIT;
		uint64_t generation;
		struct entry *entry;

		begin(&change);
		entry = add_cert(&change.set, "root-one", TRUST_ANCHOR);
		entry->origin = &origin;
		assert_true(cellar_commit(&change, "again", NOW + i, &generation, &err));
		assert_int_equal(generation, 1);
		assert_int_equal(stat(path, i ? &after : &before), 0);
	}
	assert_int_equal(before.st_ino, after.st_ino);
	assert_int_equal(count_in("history"), 0);
}

static void what_no_source_said_of_trust_becomes_no_anchor(void **state)
{
	struct entry_set set = ENTRY_SET_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_UNSAID);
	read_cellar(&set, 0);
	assert_int_equal(set.at[0].trust, TRUST_INTERMEDIATE);
	entry_set_clear(&set);
}

static void hostile_texts_change_nothing_but_themselves(void **state)
{
	static const char text[] = "x\"\n\n[p11-kit-object-v1]\ntrusted: "
				   "true\n-----BEGIN CERTIFICATE-----\n\x1b[31m\r%0a\\";
	static const struct origin origin = { ORIGIN_SERVER, text, TIME_NONE, false,
					      NULL };
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry *entry;

	(void)state;
	begin(&change);
	entry = add_cert(&change.set, "hostile", TRUST_INTERMEDIATE);
	entry->label = entry->note = text;
	entry->origin = &origin;
	commit(&change, text);
	cellar_change_clear(&change);

	read_cellar(&set, 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].trust, TRUST_INTERMEDIATE);
	assert_string_equal(set.at[0].label, text);
	assert_string_equal(set.at[0].note, text);
	assert_string_equal(set.at[0].origin->ref, text);
	assert_true(cellar_log(cellar, &log, &err));
	assert_string_equal(log.at[0].command, text);
	entry_set_clear(&set);
}

static void texts_without_bound_or_encoding_are_brought_to_one(void **state)
{
	AUTO_FREE char *huge = mem_zalloc(100001);
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry *entry;

	(void)state;
	memset(huge, 1,
	       100000); /* six bytes each in JSON, eighteen when percent-encoded */
	begin(&change);
	entry = add_cert(&change.set, "root-one", TRUST_ANCHOR);
	entry->note = huge;
	entry->label = "L\xff";
	commit(&change, huge);
	cellar_change_clear(&change);

	read_cellar(&set, 0);
	assert_int_equal(strlen(set.at[0].note), EXTRA_TEXT_MOST);
	assert_string_equal(set.at[0].label, "L\xef\xbf\xbd");
	assert_true(cellar_log(cellar, &log, &err));
	assert_int_equal(strlen(log.at[0].command), STATE_COMMAND_MOST);
	entry_set_clear(&set);
}

/* ---- what is refused ---- */

static void a_state_cut_anywhere_is_refused(void **state)
{
	AUTO_FREE char *path = state_path();
	struct file whole;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	whole = read_whole_file(path);
	for (size_t n = 0; n < whole.bytes.n; n += n + 64 < whole.bytes.n - 64 ? 64 : 1) {
		write_file(path, span_of(whole.bytes.at, n));
		assert_refused("cellar.p11-kit");
	}
	write_file(path, whole.bytes);
	file_clear(&whole);
}

static size_t body_at(struct span state)
{
	const uint8_t *end = memmem(state.at, state.n, "\"\n\n", 3);

	assert_non_null(end);
	return (size_t)(end - state.at) + 3;
}

static void a_byte_changed_anywhere_is_refused_with_a_line_and_the_ways_out(void **state)
{
	AUTO_FREE char *path = state_path();
	struct file whole;
	uint8_t *bytes;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	whole = read_whole_file(path);
	bytes = mem_copy(whole.bytes);
	/* From the end of the header on: what that says has its own test. */
	for (size_t i = body_at(whole.bytes); i < whole.bytes.n; i += 7) {
		struct entry_set set = ENTRY_SET_INIT;
		AUTO(error) err = ERROR_INIT;
		uint64_t number;

		bytes[i] ^= 1;
		write_file(path, span_of(bytes, whole.bytes.n));
		bytes[i] ^= 1;
		assert_false(cellar_read(cellar, 0, &set, &number, &err));
		assert_int_equal(set.n, 0);
		assert_holds(&err, "line ");
		assert_non_null(strstr(err.remedy, "rootcellar undo --store"));
		assert_non_null(strstr(err.remedy, "--adopt"));
	}
	mem_free(bytes);
	file_clear(&whole);
}

/* The state with one text of its header put in place of another. */
static void change_header(const char *from, const char *to)
{
	AUTO_FREE char *path = state_path();
	struct file whole = read_whole_file(path);
	const char *text = (const char *)whole.bytes.at;
	const char *at = memmem(text, whole.bytes.n, from, strlen(from));
	AUTO(buf) out = BUF_INIT;

	assert_non_null(at);
	buf_add(&out, span_of(text, (size_t)(at - text)));
	buf_add_str(&out, to);
	buf_add(&out, span_from(whole.bytes, (size_t)(at - text) + strlen(from)));
	write_file(path, buf_span(&out));
	file_clear(&whole);
}

static void a_header_that_is_not_as_written_is_refused(void **state)
{
	static const struct {
		const char *from, *to;
	} cases[] = {
		{ "label: \"state\"", "label: \"State\"" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A2" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A%2D1" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A1.0" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A%221%22" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A1%2C%22anchors%22%3A1" },
		{ "%22anchors%22%3A1", "%22anchors%22%3A1%2C%22more%22%3A1" },
		{ "%22anchors%22%3A1", "%20%22anchors%22%3A1" },
		{ "%22generation%22%3A1", "%22generation%22%3A0" },
		{ "%22generation%22%3A1", "%22generation%22%3A1000000000000" },
		{ "%22version%22%3A1", "%22version%22%3A0" },
		{ "%22version%22%3A1", "%22version%22%3A9999999999999999999" },
		{ "value: \"%7B", "value: \"%7b" },
		{ "value: \"%7B", "value: \"%7B%" },
		{ "value: \"%7B", "value: \"%5B" },
		{ "\"\n\n", "\"\n" },
		{ "\"\n\n", "\"\n\n\n" },
	};
	AUTO_FREE char *path = state_path();
	struct file whole;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	whole = read_whole_file(path);
	for (size_t i = 0; i < COUNT(cases); i++) {
		change_header(cases[i].from, cases[i].to);
		assert_refused("cellar.p11-kit");
		write_file(path, whole.bytes);
	}
	file_clear(&whole);
}

static void a_state_of_a_newer_version_is_called_by_its_name_and_left_alone(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	change_header("%22version%22%3A1", "%22version%22%3A2%2C%22new%22%3A1");
	assert_refused("newer rootcellar (version 2 of the state");
	assert_false(cellar_begin(&change, cellar, &err));
	assert_false(cellar_begin_undo(&change, cellar, 0, &err));
	assert_holds(&err, "newer rootcellar");
	assert_false(cellar_adopt(&change, cellar, &err));
}

static void data_of_ours_that_we_would_not_have_written_are_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"null",
		"[]",
		"{}",
		"{\"note\":\"x\"",
		"{\"note\":1}",
		"{\"note\":\"x\",\"note\":\"x\"}",
		"{\"note\": \"x\"}",
		"{\"note\":\"\\u0041\"}",
		"{\"note\":\"\\u0000\"}",
		"{\"other\":1}",
		"{\"note\":\"x\",\"other\":1}",
		"{\"fields\":{}}",
		"{\"fields\":[]}",
		"{\"fields\":{\"servicenow\":{}}}",
		"{\"fields\":{\"servicenow\":1}}",
		"{\"fields\":{\"servicenow\":{\"sys_id\":1}}}",
		"{\"fields\":{\"servicenow\":{\"b\":\"1\",\"a\":\"2\"}}}",
		"{\"fields\":{\"servicenow\":{\"a\":\"\\u0000\"}}}",
		"{\"origins\":{}}",
		"{\"origins\":[]}",
		"{\"origins\":[1]}",
		"{\"origins\":[{\"kind\":\"moon\",\"ref\":\"x\"}]}",
		"{\"origins\":[{\"kind\":\"file\"}]}",
		"{\"origins\":[{\"added\":1.5,\"kind\":\"file\",\"ref\":\"x\"}]}",
		"{\"origins\":[{\"kind\":\"file\",\"mirrored\":false,\"ref\":\"x\"}]}",
		"{\"constraints\":[]}",
		"{\"constraints\":[{}]}",
		/* p11-kit has words for this one: it may not stand here as well. */
		"{\"constraints\":[{\"issued_before\":{},\"purposes\":[\"server-auth\"]}]"
		"}",
		"{\"constraints\":[{\"issued_before\":{},\"purposes\":[\"moon\"],\"sct_"
		"before\":1}]}",
		"{\"constraints\":[{\"issued_before\":{\"moon\":1},\"purposes\":[],\"sct_"
		"before\":1}]}",
		"{\"constraints\":[{\"issued_before\":{},\"purposes\":[\"server\"],\"sct_"
		"before\":1}]}",
	};
	struct arena arena = ARENA_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry entry = { .trust = TRUST_ANCHOR };
		AUTO(error) err = ERROR_INIT;

		if (extra_objects.read(NULL, &arena, &entry, span_str(cases[i]), &err))
			fail_msg("accepted: %s", cases[i]);
		assert_int_equal(err.status, STATUS_INPUT);
	}
	arena_clear(&arena);
}

static void a_list_of_ours_without_end_is_refused(void **state)
{
	struct arena arena = ARENA_INIT;
	struct entry entry = { .trust = TRUST_ANCHOR };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) text = BUF_INIT;

	(void)state;
	buf_add_str(&text, "{\"origins\":[");
	for (int i = 0; i < EXTRA_ORIGINS_MOST + 1; i++)
		buf_addf(&text, "%s{\"kind\":\"file\",\"ref\":\"%d\"}", i ? "," : "", i);
	buf_add_str(&text, "]}");
	assert_false(extra_objects.read(NULL, &arena, &entry, buf_span(&text), &err));
	assert_holds(&err, "too long");
	arena_clear(&arena);
}

/* ---- places, lock, time ---- */

static void a_new_state_is_a_second_younger_than_the_old(void **state)
{
	static const char *const names[] = { "root-one", "root-two", "intermediate",
					     "hostile" };
	AUTO_FREE char *path = state_path();
	int64_t before = 0;

	(void)state;
	for (int i = 0; i < 4; i++) {
		struct stat st;

		change_adding(cellar, names[i], TRUST_ANCHOR);
		if (i == 2) { /* a clock that was once wrong */
			const struct timespec times[2] = { { 4000000000, 0 },
							   { 4000000000, 0 } };

			assert_int_equal(utimensat(AT_FDCWD, path, times, 0), 0);
		}
		assert_int_equal(stat(path, &st), 0);
		assert_true(st.st_mtim.tv_sec >= before + 1);
		before = st.st_mtim.tv_sec;
	}
}

static void programs_can_read_the_trust_and_nothing_else(void **state)
{
	static const struct {
		const char *name;
		mode_t mode;
	} cases[] = {
		{ "", 0755 },        { "trust", 0755 }, { "trust/cellar.p11-kit", 0644 },
		{ "history", 0755 }, { "tmp", 0700 },   { "lock", 0600 },
	};
	mode_t mask = umask(077);

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	umask(mask);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *path = str_format("%s/%s", cellar, cases[i].name);
		struct stat st;

		assert_int_equal(stat(path, &st), 0);
		assert_int_equal(st.st_mode & 07777, cases[i].mode);
	}
}

static void a_second_writer_waits_and_says_for_whom(void **state)
{
	AUTO(cellar_change) first = CELLAR_CHANGE_INIT;
	AUTO(cellar_change) second = CELLAR_CHANGE_INIT;
	AUTO_FREE char *pid = str_format("process %d changes it", (int)getpid());
	AUTO(error) err = ERROR_INIT;

	(void)state;
	begin(&first);
	second.wait_ms = 30;
	assert_false(cellar_begin(&second, cellar, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_holds(&err, pid);
	cellar_change_clear(&first);
	begin(&second);
}

static void a_change_that_comes_to_nothing_leaves_no_cellar(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;

	(void)state;
	begin(&change);
	assert_int_equal(file_kind(cellar), FILE_FOLDER);
	cellar_change_clear(&change);
	assert_int_equal(file_kind(cellar), FILE_ABSENT);
	/* A folder that somebody made ready stays. */
	assert_int_equal(mkdir(cellar, 0750), 0);
	begin(&change);
	cellar_change_clear(&change);
	assert_int_equal(file_kind(cellar), FILE_FOLDER);
}

static void a_folder_of_other_things_or_a_file_becomes_no_cellar(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO_FREE char *letter = in_scratch("letter");
	AUTO(error) err = ERROR_INIT;

	(void)state;
	write_text(letter, "dear");
	assert_false(cellar_begin(&change, scratch, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_holds(&err, "holds other files");
	assert_false(cellar_begin(&change, letter, &err));
	assert_holds(&err, "a cellar is a folder");
	assert_int_equal(file_kind(letter), FILE_REGULAR);
}

static void a_link_in_place_of_a_folder_is_not_followed(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO_FREE char *elsewhere = in_scratch("elsewhere"), *tmp = NULL;
	AUTO(error) err = ERROR_INIT;
	uint64_t generation;

	(void)state;
	assert_int_equal(mkdir(elsewhere, 0755), 0);
	assert_int_equal(mkdir(cellar, 0755), 0);
	tmp = str_format("%s/tmp", cellar);
	assert_int_equal(symlink(elsewhere, tmp), 0);
	begin(&change);
	add_cert(&change.set, "root-one", TRUST_ANCHOR);
	assert_false(cellar_commit(&change, "import", NOW, &generation, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_holds(&err, "'tmp'");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(an_absent_cellar_is_empty_and_of_generation_0),
		CASE(what_is_committed_is_read_back_whole),
		CASE(nothing_is_written_where_the_set_means_the_same),
		CASE(what_no_source_said_of_trust_becomes_no_anchor),
		CASE(hostile_texts_change_nothing_but_themselves),
		CASE(texts_without_bound_or_encoding_are_brought_to_one),
		CASE(a_state_cut_anywhere_is_refused),
		CASE(a_byte_changed_anywhere_is_refused_with_a_line_and_the_ways_out),
		CASE(a_header_that_is_not_as_written_is_refused),
		CASE(a_state_of_a_newer_version_is_called_by_its_name_and_left_alone),
		CASE(data_of_ours_that_we_would_not_have_written_are_refused),
		CASE(a_list_of_ours_without_end_is_refused),
		CASE(a_new_state_is_a_second_younger_than_the_old),
		CASE(programs_can_read_the_trust_and_nothing_else),
		CASE(a_second_writer_waits_and_says_for_whom),
		CASE(a_change_that_comes_to_nothing_leaves_no_cellar),
		CASE(a_folder_of_other_things_or_a_file_becomes_no_cellar),
		CASE(a_link_in_place_of_a_folder_is_not_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
