/*
 * Doing what was planned for a known store: remembered first, then each path, then the
 * programs that take it in, then remembered as done.
 */
#include "plan/install.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/run.h"
#include "format/nss_modules.h"

#include <stdlib.h>
#include <unistd.h>

/* Programs of other users read what is installed, as they do the cellar's trust. */
#define MODE_FILE   0644
#define MODE_FOLDER 0755
/* Of the folder tmp of a cellar, and of what is there for a program that we run. */
#define MODE_PRIVATE 0700
#define MODE_LIST    0600
/* Debian's hook for Java takes minutes over all of Mozilla's roots on a busy machine. */
#define RUN_MS ((uint32_t)30 * 60 * 1000)

/* ---- remembering ---- */

static bool keep_all(const struct install *install, struct error *err)
{
	for (size_t i = 0; i < install->n; i++) {
		const struct install_step *step = &install->at[i];

		if (step->keeps &&
		    !enabled_keep(install->cellar, buf_span(&step->there), err))
			return false;
	}
	return true;
}

/* A folder comes before what is in it. */
static int by_path(const void *a, const void *b)
{
	const struct enabled_piece *left = a, *right = b;

	return strcmp(left->path, right->path);
}

enum phase {
	PHASE_BEGUN, /* every path that may differ is remembered */
	PHASE_DONE   /* those that are ours */
};

static void take_pieces(struct enabled *record, const struct install *install,
			enum phase phase)
{
	for (size_t i = 0; i < record->n; i++)
		mem_free(record->at[i].path);
	record->n = 0;
	for (size_t i = 0; i < install->n; i++) {
		const struct install_step *step = &install->at[i];
		struct enabled_piece *piece;

		if (phase == PHASE_DONE && !step->wanted)
			continue;
		piece = enabled_piece_add(record, step->path);
		piece->part = step->part;
		piece->before = step->before;
		piece->was = phase == PHASE_DONE ? step->written : step->was;
		piece->written = step->written;
	}
	if (record->n)
		qsort(record->at, record->n, sizeof(*record->at), by_path);
	record->pending = phase == PHASE_BEGUN;
}

static struct enabled *record_of(const struct install *install, struct enabled_list *list)
{
	struct enabled *record = enabled_find(list, install->name);

	return record ? record : enabled_add(list, install->name);
}

static bool remember(const struct install *install, struct enabled_list *list,
		     enum phase phase, struct error *err)
{
	struct enabled *record = record_of(install, list);

	mem_free(record->profile);
	record->profile = str_copy(install->profile.name);
	if (install->write) {
		mem_free(record->way);
		record->way = str_copy(write_way_name(install->write->way));
	}
	record->sealed = install->sealed;
	record->holds = install->holds;
	record->generation = install->generation;
	take_pieces(record, install, phase);
	if (phase == PHASE_DONE && install->task == INSTALL_DISABLE)
		enabled_drop(list, record);
	return enabled_write(list, install->cellar, err);
}

/* ---- the steps ---- */

/* Between the plan and now somebody was asked, and something else may have written. */
static bool is_as_planned(const struct install_step *step, struct buf *there,
			  struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(step->path));
	struct exact now;
	enum exact_kind kind;

	if (!exact_look(step->path, &kind, there, err))
		return false;
	now = exact_of(kind, buf_span(there));
	if (step->part) {
		struct span part = nss_module_find(buf_span(there), INSTALL_MODULE);

		now = exact_of(part.n ? EXACT_FILE : EXACT_NOTHING, part);
	}
	return exact_eq(&now, &step->was) ||
	       error_fail(err, STATUS_UNCHANGED,
			  _("something else changed '%s' since this was planned"), shown);
}

static bool put_part(const struct install_step *step, const struct buf *there,
		     struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(step->path));
	AUTO(buf) list = BUF_INIT;
	struct span lines =
		step->what == INSTALL_REMOVE ? span_of(NULL, 0) : buf_span(&step->bytes);

	if (!nss_module_put(&list, buf_span(there), INSTALL_MODULE, lines))
		return error_fail(
			err, STATUS_UNCHANGED,
			_("'%s' does not end as NSS ends it, and was left as it is"),
			shown);
	return exact_write(step->path, buf_span(&list), MODE_FILE, err);
}

static bool take_step(const struct install_step *step, struct error *err)
{
	AUTO(buf) there = BUF_INIT;

	if (step->what == INSTALL_KEEP)
		return true;
	if (!is_as_planned(step, &there, err))
		return false;
	if (step->part)
		return put_part(step, &there, err);
	if (step->what == INSTALL_REMOVE)
		return exact_remove(step->path, err);
	if (step->kind == EXACT_FOLDER)
		return exact_make_folder(step->path, MODE_FOLDER, err);
	if (step->kind == EXACT_LINK)
		return exact_link(step->path, buf_text(&step->bytes), err);
	return exact_write(step->path, buf_span(&step->bytes), MODE_FILE, err);
}

/* ---- the programs ---- */

/* The last line that says something. */
static char *last_words(const struct buf *said)
{
	const char *text = buf_text(said);
	size_t end = strlen(text), begin;

	while (end && strchr(" \t\r\n", text[end - 1]))
		end--;
	for (begin = end; begin && text[begin - 1] != '\n';)
		begin--;
	return quoted(span_of(text + begin, end - begin));
}

static bool run_argv(const char *const *argv, struct error *err)
{
	static const char *const environment[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"LC_ALL=C", "HOME=/", NULL
	};
	AUTO_FREE char *shown = quoted(span_str(argv[0]));
	AUTO_FREE char *words = NULL;
	AUTO(run_result) result = RUN_RESULT_INIT;

	if (!run_program(&result, argv, environment, RUN_MS, err)) {
		err->status = STATUS_UNCHANGED;
		return false;
	}
	if (!result.in_time)
		return error_fail(err, STATUS_UNCHANGED, _("'%s' did not end in time"),
				  shown);
	if (result.status == 0)
		return true;
	words = last_words(&result.said);
	return error_fail(err, STATUS_UNCHANGED, _("'%s' failed with status %d: %s"),
			  shown, result.status, words);
}

static bool goes(const struct install_step *step)
{
	return !step->wanted && step->kind != EXACT_FOLDER && !step->part;
}

const char **install_run_words(const struct install *install,
			       const struct profile_run *run, char **list)
{
	const char **words = mem_array(run->n + 3, sizeof(*words));
	size_t n = 0;
	bool any = false;

	for (; run->argv[n]; n++)
		words[n] = run->argv[n];
	for (size_t i = 0; run->removed && i < install->n; i++)
		any |= goes(&install->at[i]);
	*list = any ? str_format("%s/tmp/list", install->cellar) : NULL;
	if (any) {
		words[n++] = run->removed;
		words[n++] = *list;
	}
	words[n] = NULL;
	return words;
}

/* A copy of the run's list, to which a line is added for each file that went. */
static bool write_list(const struct install *install, const struct profile_run *run,
		       const char *path, struct error *err)
{
	AUTO_FREE char *folder = str_format("%s/tmp", install->cellar);
	AUTO_FREE char *real = install_real_place(run->list);
	AUTO(buf) list = BUF_INIT;
	enum exact_kind kind;

	if (!exact_look(real, &kind, &list, err))
		return false;
	if (list.n && list.at[list.n - 1] != '\n')
		buf_add_byte(&list, '\n');
	for (size_t i = 0; i < install->n; i++)
		if (goes(&install->at[i]))
			buf_addf(&list, "%s%s\n", run->mark,
				 strrchr(install->at[i].path, '/') + 1);
	return exact_make_folder(folder, MODE_PRIVATE, err) &&
	       exact_write(path, buf_span(&list), MODE_LIST, err);
}

static bool run_one(const struct install *install, const struct profile_run *run,
		    struct error *err)
{
	AUTO_FREE char *list = NULL;
	AUTO(error) unread = ERROR_INIT;
	const char **words = install_run_words(install, run, &list);
	bool good =
		(!list || write_list(install, run, list, err)) && run_argv(words, err);

	/* The next change of the cellar empties that folder. */
	(void)(list && exact_remove(list, &unread));
	mem_free(words);
	return good;
}

static bool run_all(const struct install *install, struct error *err)
{
	for (size_t i = 0; install->runs && i < install->profile.n_runs; i++) {
		const struct profile_run *run = &install->profile.runs[i];

		/* With its owner's programs gone there is nothing that they could take
		 * back. */
		if (install->task == INSTALL_DISABLE && access(run->argv[0], F_OK) != 0)
			continue;
		if (!install_check_program(run->argv[0], err) ||
		    !run_one(install, run, err))
			return error_remedy(
				err,
				install->task == INSTALL_DISABLE
					? _("once that is mended: rootcellar stores "
					    "--disable %s")
					: _("once that is mended: rootcellar stores "
					    "--enable %s"),
				install->name);
	}
	return true;
}

bool install_do(const struct install *install, struct enabled_list *list,
		struct error *err)
{
	const struct enabled *record = enabled_find(list, install->name);
	bool died = record && record->pending;

	if (!keep_all(install, err) || !remember(install, list, PHASE_BEGUN, err))
		return false;
	for (size_t i = 0; died && i < install->n; i++)
		exact_sweep(install->at[i].path);
	for (size_t i = 0; i < install->n; i++)
		if (!take_step(&install->at[i], err))
			return false;
	if (!run_all(install, err) || !remember(install, list, PHASE_DONE, err))
		return false;
	enabled_sweep(install->cellar, list);
	return true;
}
