/* Generations, the ways out of a state that is refused, and what other programs leave in
 * a cellar. */
#include "cellar_scratch.h"

/* ---- history ---- */

static void every_generation_stays_whole_and_can_be_read(void **state)
{
	static const char *const names[] = { "root-one", "root-two", "intermediate",
					     "hostile" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		assert_int_equal(change_adding(cellar, names[i], TRUST_ANCHOR), i + 1);
	for (size_t i = 1; i <= COUNT(names); i++) {
		struct entry_set set = ENTRY_SET_INIT;

		assert_int_equal(read_cellar(&set, i), i);
		assert_int_equal(set.n, i);
		entry_set_clear(&set);
	}
	assert_int_equal(count_in("history"), COUNT(names) - 1);
	assert_int_equal(count_in("tmp"), 0);
	assert_int_equal(count_in("trust"), 1);
}

static void a_generation_that_there_is_not_is_named(void **state)
{
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	uint64_t number;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	assert_false(cellar_read(cellar, 7, &set, &number, &err));
	assert_int_equal(err.status, STATUS_INPUT);
	assert_holds(&err, "no generation 7");
}

static void a_generation_under_another_number_is_refused(void **state)
{
	AUTO_FREE char *from = NULL, *to = NULL;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	uint64_t number;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	from = cellar_state_path(cellar, 1);
	to = cellar_state_path(cellar, 9);
	assert_int_equal(rename(from, to), 0);
	assert_false(cellar_read(cellar, 9, &set, &number, &err));
	assert_holds(&err, "this is generation 1");
	assert_int_equal(set.n, 0);
	/* Its number is never given again. */
	assert_int_equal(change_adding(cellar, "intermediate", TRUST_INTERMEDIATE), 10);
}

static void the_log_tells_generations_newest_first(void **state)
{
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "intermediate", TRUST_INTERMEDIATE);
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	assert_true(cellar_log(cellar, &log, &err));
	assert_int_equal(log.n, 3);
	assert_true(log.at[0].current && !log.at[1].current);
	for (size_t i = 0; i < 3; i++) {
		assert_int_equal(log.at[i].number, 3 - i);
		assert_int_equal(log.at[i].at, NOW);
		assert_int_equal(log.at[i].anchors, 1);
		assert_int_equal(log.at[i].intermediates, i < 2);
		assert_int_equal(log.at[i].distrusted, i < 1);
		assert_false(log.at[i].damaged);
	}
	assert_string_equal(log.at[2].command, "root-one");
}

static void forgetting_keeps_the_newest_and_the_current_one(void **state)
{
	static const char *const names[] = { "root-one", "root-two", "intermediate",
					     "hostile" };
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	AUTO(error) err = ERROR_INIT;
	size_t dropped;

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		change_adding(cellar, names[i], TRUST_ANCHOR);
	assert_true(cellar_forget(cellar, 1, &dropped, &err));
	assert_int_equal(dropped, 2);
	assert_true(cellar_forget(cellar, 1, &dropped, &err));
	assert_int_equal(dropped, 0);
	assert_true(cellar_log(cellar, &log, &err));
	assert_int_equal(log.n, 2);
	assert_int_equal(log.at[1].number, 3);
}

static void a_writer_that_died_between_link_and_rename_is_no_trouble(void **state)
{
	AUTO_FREE char *current = state_path(), *kept = NULL;
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	kept = cellar_state_path(cellar, 1);
	assert_int_equal(link(current, kept), 0);
	assert_int_equal(change_adding(cellar, "root-two", TRUST_ANCHOR), 2);
	assert_true(cellar_log(cellar, &log, &err));
	assert_int_equal(log.n, 2);
}

static void undo_after_such_a_death_goes_back_to_another_generation(void **state)
{
	AUTO_FREE char *current = state_path(), *kept = NULL;
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	kept = cellar_state_path(cellar, 2);
	assert_int_equal(link(current, kept), 0);
	assert_true(cellar_begin_undo(&change, cellar, 0, &err));
	assert_int_equal(change.set.n, 1);
}

static void a_state_that_was_restored_does_not_cost_history(void **state)
{
	AUTO_FREE char *current = state_path(), *second = NULL;
	struct entry_set set = ENTRY_SET_INIT;
	struct file old;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	old = read_whole_file(current);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	change_adding(cellar, "intermediate", TRUST_ANCHOR);
	write_file(current, old.bytes);
	file_clear(&old);

	assert_int_equal(change_adding(cellar, "distrusted", TRUST_DISTRUSTED), 3);
	read_cellar(&set, 2);
	assert_int_equal(set.n, 2);
	entry_set_clear(&set);
	second = str_format("%s/history/000001.p11-kit.other", cellar);
	assert_int_equal(file_kind(second), FILE_REGULAR);
}

/* ---- ways out ---- */

static void undo_publishes_the_generation_before(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	assert_true(cellar_begin_undo(&change, cellar, 0, &err));
	assert_int_equal(change.before.n, 2);
	assert_int_equal(change.set.n, 1);
	assert_int_equal(commit(&change, "undo"), 3);
	assert_int_equal(read_cellar(&set, 0), 3);
	assert_int_equal(set.n, 1);
	entry_set_clear(&set);
}

static void undo_needs_a_former_generation(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	assert_false(cellar_begin_undo(&change, cellar, 0, &err));
	assert_holds(&err, "no former generation");
	assert_int_equal(change.lock, -1);
}

static void a_refused_state_is_logged_undone_and_kept_aside(void **state)
{
	AUTO_FREE char *path = state_path(), *aside = NULL;
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	size_t dropped;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	write_text(path, "damaged");
	assert_false(cellar_begin(&change, cellar, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_false(cellar_forget(cellar, 0, &dropped, &err));
	assert_true(cellar_log(cellar, &log, &err));
	assert_int_equal(log.n, 2);
	assert_true(log.at[0].damaged && log.at[0].current);
	assert_int_equal(log.at[1].anchors, 1);

	assert_true(cellar_begin_undo(&change, cellar, 0, &err));
	assert_true(change.refused);
	assert_int_equal(commit(&change, "undo"), 3);
	assert_int_equal(read_cellar(&set, 0), 3);
	assert_int_equal(set.n, 1);
	entry_set_clear(&set);
	aside = str_format("%s/history/000002.refused", cellar);
	assert_int_equal(file_kind(aside), FILE_REGULAR);
}

static void a_state_that_is_gone_is_a_loss_and_not_an_empty_cellar(void **state)
{
	AUTO_FREE char *path = state_path();
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)state;
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	change_adding(cellar, "root-two", TRUST_ANCHOR);
	assert_int_equal(unlink(path), 0);
	assert_refused("its current state is gone");
	assert_true(cellar_begin_undo(&change, cellar, 0, &err));
	commit(&change, "undo");
	assert_int_equal(change.set.at[0].trust, TRUST_DISTRUSTED);
}

/* What a person types at the end of the state with an editor. */
static void edit_by_hand(const char *name, const char *attributes)
{
	AUTO_FREE char *path = state_path(), *pem_path = data_path(name);
	struct file state = read_whole_file(path), pem = read_whole_file(pem_path);
	AUTO(buf) out = BUF_INIT;

	buf_add(&out, state.bytes);
	buf_addf(&out, "\n[p11-kit-object-v1]\n%s", attributes);
	buf_add(&out, pem.bytes);
	write_file(path, buf_span(&out));
	file_clear(&state);
	file_clear(&pem);
}

/* Constraints for which p11-kit has no word. */
static const struct constraints *by_sct_date(struct arena *arena)
{
	struct alternative *at = arena_alloc(arena, sizeof(*at));
	struct constraints *constraints = arena_alloc(arena, sizeof(*constraints));

	*at = alternative_any();
	at->sct_before = 1650000000;
	*constraints = (struct constraints){ 1, at };
	return constraints;
}

static void a_hand_edit_is_refused_until_it_is_adopted(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry *entry;

	(void)state;
	begin(&change);
	entry = add_cert(&change.set, "root-one", TRUST_ANCHOR);
	entry->note = "stays";
	entry->constraints = by_sct_date(&change.set.arena);
	commit(&change, "import");
	cellar_change_clear(&change);
	edit_by_hand("root-two", "label: \"By hand\"\ntrusted: true\n");
	assert_refused("cellar.p11-kit");

	if (!cellar_adopt(&change, cellar, &err))
		fail_msg("%s", err.text);
	assert_int_equal(commit(&change, "import --adopt"), 2);
	read_cellar(&set, 0);
	assert_int_equal(set.n, 2);
	for (size_t i = 0; i < set.n; i++) {
		const char *label = set.at[i].label;
		bool by_hand = label && strcmp(label, "By hand") == 0;

		assert_int_equal(set.at[i].trust, TRUST_ANCHOR);
		if (by_hand)
			continue;
		/* What the edit left alone keeps what only we can say of it. */
		assert_string_equal(set.at[i].note, "stays");
		assert_int_equal(set.at[i].constraints->at[0].sct_before, 1650000000);
	}
	entry_set_clear(&set);
}

static void an_edit_that_cannot_be_read_whole_is_not_adopted(void **state)
{
	AUTO_FREE char *path = state_path();
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct file whole;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	whole = read_whole_file(path);
	write_file(path, span_of(whole.bytes.at, whole.bytes.n - 300));
	file_clear(&whole);
	assert_false(cellar_adopt(&change, cellar, &err));
	assert_int_equal(change.lock, -1);
}

/* ---- what others leave ---- */

static void leave_foreign(const char *name, const char *cert)
{
	AUTO_FREE char *to = str_format("%s/trust/%s", cellar, name),
		       *from = data_path(cert);
	struct file pem = read_whole_file(from);

	write_file(to, pem.bytes);
	file_clear(&pem);
}

static void a_file_of_others_gives_no_trust_and_stops_changes_until_adopted(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *anchors = NULL, *aside = NULL;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	anchors = str_format("%s/trust/anchors", cellar);
	assert_int_equal(mkdir(anchors, 0755), 0);
	leave_foreign("anchors/two.pem", "root-two");
	leave_foreign("loose\n.pem", "intermediate");

	read_cellar(&set, 0);
	assert_int_equal(set.n, 1);
	entry_set_clear(&set);
	assert_false(cellar_begin(&change, cellar, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_holds(&err, "'anchors'");
	assert_non_null(strstr(err.remedy, "--adopt"));

	if (!cellar_adopt(&change, cellar, &err))
		fail_msg("%s", err.text);
	assert_int_equal(commit(&change, "import --adopt"), 2);
	cellar_change_clear(&change);
	read_cellar(&set, 0);
	assert_int_equal(set.n, 3);
	assert_int_equal(count_in("trust"), 1);
	aside = str_format("%s/history/000002.adopted.anchors/two.pem", cellar);
	assert_int_equal(file_kind(aside), FILE_REGULAR);
	/* As p11-kit takes them: what lies in anchors/ is one, what lies loose is not. */
	for (size_t i = 0; i < set.n; i++) {
		bool is_root = cert_self_issued(&set.at[i].cert);

		assert_int_equal(set.at[i].trust,
				 is_root ? TRUST_ANCHOR : TRUST_INTERMEDIATE);
	}
	entry_set_clear(&set);
	begin(&change);
}

static void what_is_no_store_is_not_adopted(void **state)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *junk = NULL;

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	junk = str_format("%s/trust/junk", cellar);
	write_text(junk, "\x7f"
			 "ELF");
	assert_false(cellar_adopt(&change, cellar, &err));
	assert_holds(&err, "move it away");
	assert_int_equal(file_kind(junk), FILE_REGULAR);
}

static void stale_files_of_tmp_are_ignored_and_removed(void **state)
{
	AUTO_FREE char *stale = NULL, *from = data_path("root-two");
	struct entry_set set = ENTRY_SET_INIT;
	struct file pem = read_whole_file(from);

	(void)state;
	change_adding(cellar, "root-one", TRUST_ANCHOR);
	stale = str_format("%s/tmp/new.p11-kit", cellar);
	write_file(stale, pem.bytes);
	file_clear(&pem);
	read_cellar(&set, 0);
	assert_int_equal(set.n, 1);
	entry_set_clear(&set);
	change_adding(cellar, "distrusted", TRUST_DISTRUSTED);
	assert_int_equal(count_in("tmp"), 0);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, begin_test, end_test)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(every_generation_stays_whole_and_can_be_read),
		CASE(a_generation_that_there_is_not_is_named),
		CASE(a_generation_under_another_number_is_refused),
		CASE(the_log_tells_generations_newest_first),
		CASE(forgetting_keeps_the_newest_and_the_current_one),
		CASE(a_writer_that_died_between_link_and_rename_is_no_trouble),
		CASE(undo_after_such_a_death_goes_back_to_another_generation),
		CASE(a_state_that_was_restored_does_not_cost_history),
		CASE(undo_publishes_the_generation_before),
		CASE(undo_needs_a_former_generation),
		CASE(a_refused_state_is_logged_undone_and_kept_aside),
		CASE(a_state_that_is_gone_is_a_loss_and_not_an_empty_cellar),
		CASE(a_hand_edit_is_refused_until_it_is_adopted),
		CASE(an_edit_that_cannot_be_read_whole_is_not_adopted),
		CASE(a_file_of_others_gives_no_trust_and_stops_changes_until_adopted),
		CASE(what_is_no_store_is_not_adopted),
		CASE(stale_files_of_tmp_are_ignored_and_removed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
