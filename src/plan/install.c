/* What is to be done for a known store to hold what the cellar holds, or what it held
 * before. */
#include "plan/install.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/nss_modules.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const names[] = { [INSTALL_KEEP] = "keep",
				     [INSTALL_MAKE] = "make",
				     [INSTALL_REPLACE] = "replace",
				     [INSTALL_REMOVE] = "remove",
				     [INSTALL_RESTORE] = "restore" };

const char *install_do_name(enum install_do what)
{
	return names[what];
}

void install_clear(struct install *install)
{
	for (size_t i = 0; i < install->n; i++) {
		mem_free(install->at[i].path);
		buf_clear(&install->at[i].bytes);
		buf_clear(&install->at[i].there);
	}
	mem_free(install->at);
	mem_free(install->name);
	mem_free(install->cellar);
	mem_free(install->library);
	mem_free(install->remark);
	profile_clear(&install->profile);
	export_plan_clear(&install->export);
	*install = (struct install)INSTALL_INIT;
}

/* ---- what is there now ---- */

/* Of a part of a file, that part; what there is of the whole file goes to step->there. */
static bool look(struct install_step *step, struct exact *now, struct error *err)
{
	enum exact_kind kind;
	struct span part;

	if (!exact_look(step->path, &kind, &step->there, err))
		return false;
	*now = exact_of(kind, buf_span(&step->there));
	if (!step->part)
		return true;
	part = nss_module_find(buf_span(&step->there), INSTALL_MODULE);
	*now = exact_of(part.n ? EXACT_FILE : EXACT_NOTHING, part);
	return true;
}

/* What stops a step, told once with the way out, and counted. */
static bool stop(struct install *install, const struct install_step *step,
		 const char *what, const char *remedy, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(step->path));

	if (!install->changed_by_others++) {
		error_fail(err, STATUS_UNCHANGED, what, shown);
		error_remedy(err, remedy, install->name);
	}
	return false;
}

static bool stop_changed(struct install *install, const struct install_step *step,
			 struct error *err)
{
	return stop(install, step,
		    _("'%s' is not as rootcellar left it: something else changed it"),
		    _("'rootcellar stores --enable %s' takes what is there now for what "
		      "--disable brings back"),
		    err);
}

static bool stop_foreign(struct install *install, const struct install_step *step,
			 struct error *err)
{
	return stop(install, step, _("'%s' is there already, and is not rootcellar's"),
		    _("move it away, then 'rootcellar stores --enable %s'"), err);
}

static bool is_ours(const struct enabled *record, const struct enabled_piece *piece,
		    const struct exact *now)
{
	return exact_eq(now, &piece->written) ||
	       (record->pending &&
		(exact_eq(now, &piece->was) || exact_eq(now, &piece->before)));
}

/* ---- a step that makes something ---- */

/* What is there and is not ours: what --disable is to bring back, or an obstacle. */
static bool take_before(struct install *install, struct install_step *step,
			const struct exact *now, struct error *err)
{
	bool can_keep = now->kind == EXACT_NOTHING ||
			(now->kind == EXACT_FILE && step->keeps) ||
			(now->kind == EXACT_FOLDER && step->kind == EXACT_FOLDER);

	step->before = *now;
	step->keeps = now->kind == EXACT_FILE;
	return can_keep || stop_foreign(install, step, err);
}

static bool settle_wanted(struct install *install, struct install_step *step,
			  const struct enabled *record, struct error *err)
{
	const struct enabled_piece *piece =
		record ? enabled_piece_find(record, step->path) : NULL;
	bool same_salted = record && install->sealed && record->sealed &&
			   sha256_eq(&record->holds, &install->holds);
	struct exact now;

	if (!look(step, &now, err))
		return false;
	step->was = now;
	step->written = exact_of(step->kind, buf_span(&step->bytes));
	if (!piece) {
		if (!take_before(install, step, &now, err))
			return false;
	} else if (is_ours(record, piece, &now)) {
		step->before = piece->before;
		step->keeps = false;
		if (same_salted && exact_eq(&now, &piece->written))
			step->written = now;
	} else if (install->task == INSTALL_ENABLE) {
		step->keeps = !step->part;
		if (!take_before(install, step, &now, err))
			return false;
	} else {
		return stop_changed(install, step, err);
	}
	step->what = exact_eq(&now, &step->written) ? INSTALL_KEEP
		     : now.kind == EXACT_NOTHING    ? INSTALL_MAKE
						    : INSTALL_REPLACE;
	return true;
}

/* ---- a step that takes something away ---- */

static bool settle_unwanted(struct install *install, struct install_step *step,
			    const struct enabled *record,
			    const struct enabled_piece *piece, struct error *err)
{
	struct exact now;

	if (!look(step, &now, err))
		return false;
	step->was = now;
	step->before = step->written = piece->before;
	if (!is_ours(record, piece, &now) && !exact_eq(&now, &piece->before))
		return stop_changed(install, step, err);
	if (exact_eq(&now, &piece->before)) {
		step->what = INSTALL_KEEP;
		step->kind = now.kind;
	} else if (piece->before.kind == EXACT_FILE) {
		step->what = INSTALL_RESTORE;
		step->kind = EXACT_FILE;
		return enabled_kept(install->cellar, &piece->before.hash, &step->bytes,
				    err);
	} else {
		step->what = INSTALL_REMOVE;
		step->kind = now.kind;
	}
	return true;
}

static bool is_wanted(const struct install *install, const char *path)
{
	for (size_t i = 0; i < install->n; i++)
		if (strcmp(install->at[i].path, path) == 0)
			return true;
	return false;
}

/* A folder of ours stays while something of ours is in it. */
static bool leads_to_wanted(const struct install *install, const char *folder)
{
	size_t n = strlen(folder);

	for (size_t i = 0; i < install->n; i++)
		if (install->at[i].wanted &&
		    strncmp(install->at[i].path, folder, n) == 0 &&
		    install->at[i].path[n] == '/')
			return true;
	return false;
}

/* Pieces that nobody wants any more, the last one made first, so that folders go last. */
static void add_unwanted(struct install *install, const struct enabled *record)
{
	for (size_t i = record->n; i--;) {
		const struct enabled_piece *piece = &record->at[i];
		struct install_step *step;

		if (is_wanted(install, piece->path))
			continue;
		step = install_want(install, str_copy(piece->path), piece->written.kind);
		step->part = piece->part;
		step->wanted = piece->written.kind == EXACT_FOLDER &&
			       leads_to_wanted(install, piece->path);
	}
}

/* ---- all of it ---- */

/* The same place by another name would be written twice, and brought back wrongly. */
static bool is_free(const struct install *install, const struct enabled_list *others,
		    struct error *err)
{
	for (size_t i = 0; i < others->n; i++) {
		const struct enabled *other = &others->at[i];

		if (strcmp(other->name, install->name) == 0)
			continue;
		for (size_t k = 0; k < install->n; k++) {
			AUTO_FREE char *shown = quoted(span_str(install->at[k].path));

			if (install->at[k].kind == EXACT_FOLDER ||
			    !enabled_piece_find(other, install->at[k].path))
				continue;
			return error_fail(err, STATUS_INPUT,
					  _("'%s' is written for '%s' already"), shown,
					  other->name);
		}
	}
	return true;
}

static bool settle(struct install *install, const struct enabled *record,
		   struct error *err)
{
	/* A fault that is no change by others ends it; of those the first is told. */
	for (size_t i = 0; i < install->n; i++) {
		struct install_step *step = &install->at[i];
		size_t stopped = install->changed_by_others;
		bool good =
			step->wanted
				? settle_wanted(install, step, record, err)
				: settle_unwanted(install, step, record,
						  enabled_piece_find(record, step->path),
						  err);

		if (!good && install->changed_by_others == stopped)
			return false;
		install->changes |= step->what != INSTALL_KEEP;
	}
	return !install->changed_by_others;
}

/* What else than its owner can change would be trusted by everybody, live or refreshed.
 */
static bool check_cellar(const struct install *install, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(install->cellar));

	return geteuid() != 0 || profile_path_is_safe(install->cellar, 0) ||
	       error_fail(err, STATUS_INPUT,
			  _("the cellar '%s' is not installed by root: it, or a folder "
			    "above it, belongs to or can be written by somebody else"),
			  shown);
}

static bool check_programs(const struct install *install, struct error *err)
{
	for (size_t i = 0; install->runs && install->task != INSTALL_DISABLE &&
			   i < install->profile.n_runs;
	     i++)
		if (!install_check_program(install->profile.runs[i].argv[0], err))
			return false;
	return true;
}

/*
 * What decides where a store is, such as JAVA_HOME, may be another today: a refresh,
 * which often nobody watches, stays with what was enabled.
 */
static bool is_as_it_was(const struct install *install, const struct enabled *record)
{
	if (strcmp(record->profile, install->profile.name) != 0 ||
	    strcmp(record->way, write_way_name(install->write->way)) != 0)
		return false;
	for (size_t i = 0; install->write->way != WRITE_FILES && i < install->n; i++)
		if (install->at[i].kind != EXACT_FOLDER &&
		    !enabled_piece_find(record, install->at[i].path))
			return false;
	return true;
}

static bool check_place(const struct install *install, const struct enabled *record,
			struct error *err)
{
	AUTO_FREE char *shown = NULL;

	if (install->task != INSTALL_REFRESH || is_as_it_was(install, record))
		return true;
	shown = quoted(span_str(install->at[install->n - 1].path));
	error_fail(err, STATUS_UNCHANGED,
		   _("'%s' is at '%s' now, and was enabled elsewhere"), install->name,
		   shown);
	return error_remedy(err, _("'rootcellar stores --enable %s' moves it"),
			    install->name);
}

static bool find_steps(struct install *install, const struct enabled *record,
		       const struct install_source *source, struct error *err)
{
	if (install->task == INSTALL_DISABLE)
		return profile_load(&install->profile, record->profile, err);
	if (!install_find_way(install, install->name, err))
		return false;
	if (record && record->sealed && !store_sealing.password) {
		error_fail(
			err, STATUS_INPUT,
			_("what '%s' holds was sealed with a password, and none is said"),
			install->name);
		return error_remedy(err, _("--password-file FILE says it"));
	}
	return install_want_all(install, source, err) &&
	       check_place(install, record, err);
}

static bool plan(struct install *install, const struct enabled *record,
		 const struct enabled_list *others, const struct install_source *source,
		 struct error *err)
{
	if (!find_steps(install, record, source, err) || !check_cellar(install, err))
		return false;
	if (record)
		add_unwanted(install, record);
	if (!is_free(install, others, err) || !settle(install, record, err))
		return false;
	install->generation = source->generation;
	install->runs = install->changes || install->task == INSTALL_DISABLE || !record ||
			record->pending ||
			(write_way_is_live(install->write->way) &&
			 record->generation != source->generation);
	install->idle = install->task != INSTALL_DISABLE && record && !record->pending &&
			!install->changes && !(install->runs && install->profile.n_runs);
	return check_programs(install, err);
}

bool install_plan(struct install *install, enum install_task task, const char *name,
		  const struct enabled_list *others, const struct install_source *source,
		  struct error *err)
{
	const struct enabled *record = enabled_find(others, name);
	char *real = realpath(source->cellar, NULL);

	install->task = task;
	install->name = str_copy(name);
	install->cellar = str_copy(real ? real : source->cellar);
	free(real);
	if (!record && task != INSTALL_ENABLE) {
		AUTO_FREE char *shown = quoted(span_str(name));

		return error_fail(err, STATUS_INPUT, _("'%s' is not enabled"), shown);
	}
	return plan(install, record, others, source, err);
}
