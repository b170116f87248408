/* What is enabled, as the cellar remembers it. */
#include "store/enabled.h"

#include "scratch.h"

static char *state_path(void)
{
	return str_format("%s/enabled.json", scratch);
}

static void write_state(const char *text)
{
	AUTO_FREE char *path = state_path();
	AUTO(error) err = ERROR_INIT;

	if (!exact_write(path, span_str(text), 0644, &err))
		fail_msg("%s", err.text);
}

static void fill(struct enabled_list *list, const char *path)
{
	struct enabled *enabled = enabled_add(list, "java");
	struct enabled_piece *piece;

	enabled->profile = str_copy("java");
	enabled->way = str_copy("replace");
	enabled->pending = true;
	enabled->generation = 12;
	enabled->holds = sha256_of(SPAN("all"));
	piece = enabled_piece_add(enabled, path);
	piece->part = true;
	piece->before = exact_of(EXACT_FILE, SPAN("before"));
	piece->written = exact_of(EXACT_LINK, SPAN("written"));
}

static void assert_comes_back(const char *path)
{
	AUTO(enabled_list) list = ENABLED_LIST_INIT, again = ENABLED_LIST_INIT;
	AUTO(error) err = ERROR_INIT;
	const struct enabled_piece *piece;

	fill(&list, path);
	if (!enabled_write(&list, scratch, &err) || !enabled_read(&again, scratch, &err))
		fail_msg("%s", err.text);
	assert_int_equal(again.n, 1);
	assert_string_equal(again.at[0].way, "replace");
	assert_true(again.at[0].pending);
	assert_false(again.at[0].sealed);
	assert_int_equal(again.at[0].generation, 12);
	assert_true(sha256_eq(&again.at[0].holds, &list.at[0].holds));
	piece = enabled_piece_find(enabled_find(&again, "java"), path);
	assert_non_null(piece);
	assert_true(piece->part);
	assert_true(exact_eq(&piece->before, &list.at[0].at[0].before));
	assert_true(exact_eq(&piece->was, &list.at[0].at[0].was));
	assert_true(exact_eq(&piece->written, &list.at[0].at[0].written));
	assert_null(enabled_find(&again, "jav"));
}

static void what_is_written_is_read_again_whatever_a_path_holds(void **state)
{
	(void)state;
	assert_comes_back("/etc/ssl/certs/java/cacerts");
	assert_comes_back("/a b/\"quoted\"\\");
	assert_comes_back("/line\nfeed\x1b[31m");
	assert_comes_back("/no utf-8 \xff\xfe");
}

static void an_empty_list_leaves_no_file_and_no_file_is_an_empty_list(void **state)
{
	AUTO(enabled_list) list = ENABLED_LIST_INIT, again = ENABLED_LIST_INIT;
	AUTO_FREE char *path = state_path();
	AUTO(error) err = ERROR_INIT;

	(void)state;
	fill(&list, "/x");
	assert_true(enabled_write(&list, scratch, &err));
	assert_int_equal(file_kind(path), FILE_REGULAR);
	enabled_drop(&list, &list.at[0]);
	assert_true(enabled_write(&list, scratch, &err));
	assert_int_equal(file_kind(path), FILE_ABSENT);
	assert_true(enabled_read(&again, scratch, &err));
	assert_int_equal(again.n, 0);
}

#define HASH    "\"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855\""
#define NOTHING "{\"kind\":\"nothing\",\"sha256\":" HASH "}"
#define PIECE(path)                                                      \
	"{\"path\":\"" path "\",\"before\":" NOTHING ",\"was\":" NOTHING \
	",\"written\":" NOTHING "}"
#define STORE(name, pieces)                                                           \
	"{\"name\":\"" name "\",\"profile\":\"p\",\"way\":\"link\",\"generation\":1," \
	"\"holds\":" HASH ",\"pieces\":[" pieces "]}"
#define LIST(stores) "{\"version\":1,\"stores\":[" stores "]}"

static void what_was_not_written_by_this_is_refused_by_its_name(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"{\"version\":2,\"stores\":[]}",
		"{\"version\":1}",
		"{\"version\":1,\"version\":1,\"stores\":[]}",
		LIST("1"),
		LIST("{\"name\":\"x\"}"),
		LIST(STORE("x", "") "," STORE("x", "")),
		LIST(STORE("x", PIECE("relative"))),
		LIST(STORE("x", PIECE(""))),
		LIST(STORE("x", PIECE("2f0061"))),
		LIST(STORE("x", PIECE("2f6"))),
		LIST(STORE("x", "{\"path\":\"/x\"}")),
		LIST(STORE(
			"x",
			"{\"path\":\"/x\",\"before\":{\"kind\":\"moon\",\"sha256\":" HASH
			"},\"was\":" NOTHING ",\"written\":" NOTHING "}")),
	};
	AUTO(enabled_list) list = ENABLED_LIST_INIT;
	AUTO(error) none = ERROR_INIT;

	(void)state;
	write_state(LIST(STORE("x", PIECE("/x") "," PIECE("2f61"))));
	assert_true(enabled_read(&list, scratch, &none));
	assert_string_equal(list.at[0].at[1].path, "/a");
	for (size_t i = 0; i < COUNT(bad); i++) {
		AUTO(enabled_list) none_read = ENABLED_LIST_INIT;
		AUTO(error) err = ERROR_INIT;

		write_state(bad[i]);
		if (enabled_read(&none_read, scratch, &err))
			fail_msg("accepted: %s", bad[i]);
		assert_int_equal(err.status, STATUS_UNCHANGED);
		assert_non_null(strstr(err.text, "enabled.json"));
		assert_int_equal(none_read.n, 0);
	}
}

static void what_is_kept_comes_back_unless_it_was_damaged(void **state)
{
	AUTO(enabled_list) list = ENABLED_LIST_INIT, none = ENABLED_LIST_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) bytes = BUF_INIT, damaged = BUF_INIT;
	struct sha256 hash = sha256_of(SPAN("before"));
	char hex[SHA256_TEXT];
	AUTO_FREE char *path =
		str_format("%s/before/%s", scratch, sha256_hex(&hash, hex));
	struct stat st;

	(void)state;
	fill(&list, "/x");
	if (!enabled_keep(scratch, SPAN("before"), &err) ||
	    !enabled_keep(scratch, SPAN("other"), &err))
		fail_msg("%s", err.text);
	enabled_sweep(scratch, &list);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_true(enabled_kept(scratch, &hash, &bytes, &err));
	assert_string_equal(buf_text(&bytes), "before");
	hash = sha256_of(SPAN("other"));
	assert_false(enabled_kept(scratch, &hash, &damaged, &err));
	assert_true(exact_write(path, SPAN("changed"), 0600, &err));
	hash = sha256_of(SPAN("before"));
	assert_false(enabled_kept(scratch, &hash, &damaged, &err));
	enabled_sweep(scratch, &none);
	assert_int_equal(file_kind(path), FILE_ABSENT);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, scratch_make, scratch_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_written_is_read_again_whatever_a_path_holds),
		TEST(an_empty_list_leaves_no_file_and_no_file_is_an_empty_list),
		TEST(what_was_not_written_by_this_is_refused_by_its_name),
		TEST(what_is_kept_comes_back_unless_it_was_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
