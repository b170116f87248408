/* Known stores that hold what the cellar holds: planned, shown, asked, done, told. */
#include "cmd/enabling.h"

#include "base/escape.h"
#include "cmd/exported.h"
#include "store/folder.h"

struct enabling {
	struct context *context;
	enum install_task task;
	struct cellar_change change; /* begun and never committed: it holds the lock */
	struct enabled_list list;
	struct install *at; /* those with something to do */
	size_t n, cap;
	enum status status;
};

static void enabling_clear(struct enabling *enabling)
{
	for (size_t i = 0; i < enabling->n; i++)
		install_clear(&enabling->at[i]);
	mem_free(enabling->at);
	enabled_list_clear(&enabling->list);
	cellar_change_clear(&enabling->change);
}

/* What was installed can be taken away from whatever the cellar has become. */
static bool begin(struct enabling *enabling, struct error *err)
{
	struct cellar_change *change = &enabling->change;
	AUTO_FREE char *path = NULL;

	if (enabling->task != INSTALL_DISABLE)
		return change_begin(change, enabling->context, err) &&
		       enabled_read(&enabling->list, change->path, err);
	if (!change_path(&path, enabling->context, err))
		return false;
	if (!cellar_lock(path, CELLAR_WAIT_MS, &change->lock, &change->made, err)) {
		AUTO_FREE char *shown = quoted(span_str(path));

		return error_in(err, _("cellar '%s'"), shown);
	}
	change->path = str_copy(path);
	return enabled_read(&enabling->list, path, err);
}

/* ---- planning ---- */

static void tell_idle(const struct enabling *enabling, const char *name)
{
	report_note(enabling->context->report, _("%s: up to date"), name);
}

/* Of several stores one that cannot be done does not keep the others. */
static void plan_one(struct enabling *enabling, const char *name)
{
	const struct install_source source = { enabling->change.path,
					       &enabling->change.set,
					       enabling->change.generation,
					       enabling->context->at };
	AUTO(error) err = ERROR_INIT;
	struct install *install;

	GROW(enabling->at, enabling->n, enabling->cap);
	install = &enabling->at[enabling->n];
	*install = (struct install)INSTALL_INIT;
	if (!install_plan(install, enabling->task, name, &enabling->list, &source,
			  &err)) {
		if (install->changed_by_others > 1)
			report_note(
				enabling->context->report,
				ngettext("%zu path of '%s' is not as it was left",
					 "%zu paths of '%s' are not as they were left",
					 install->changed_by_others),
				install->changed_by_others, name);
		report_error(&err);
		enabling->status = status_worse(enabling->status, err.status);
	} else if (!install->idle) {
		enabling->n++;
		return;
	} else {
		tell_idle(enabling, name);
	}
	install_clear(install);
}

static void plan_all(struct enabling *enabling, const char *const *names)
{
	if (!names[0] && !enabling->list.n)
		report_note(enabling->context->report, _("nothing is enabled"));
	for (size_t i = 0; names[i]; i++)
		plan_one(enabling, names[i]);
	for (size_t i = 0; !names[0] && i < enabling->list.n; i++)
		plan_one(enabling, enabling->list.at[i].name);
}

/* ---- telling ---- */

static void tell_plans(const struct enabling *enabling)
{
	for (size_t i = 0; i < enabling->n; i++) {
		const struct install *install = &enabling->at[i];

		if (install->format) {
			tell_left_out(enabling->context, &install->export);
			tell_losses(&install->export, false);
		}
		if (install->format && install->format->unsealed && !install->sealed)
			report_note(enabling->context->report, "%s: %s", install->name,
				    _(install->format->unsealed));
	}
	report_installs(enabling->context->report, enabling->at, enabling->n);
}

static void tell_done(const struct enabling *enabling, const struct install *install)
{
	struct report *report = enabling->context->report;

	if (enabling->task == INSTALL_DISABLE) {
		report_note(report, _("%s: as it was before"), install->name);
		return;
	}
	if (write_way_is_live(install->write->way))
		report_note(report, _("%s: the cellar is live there"), install->name);
	else
		report_note(report,
			    _("%s: installed; after a change of the cellar 'rootcellar "
			      "export --refresh' brings it up to date"),
			    install->name);
	if (write_way_is_live(install->write->way) &&
	    enabling->change.set.n > CELLAR_LARGE)
		report_note(report, "%s (%s)", finding_meaning(FINDING_STORE_LARGE),
			    finding_name(FINDING_STORE_LARGE));
	if (install->remark) {
		AUTO_FREE char *shown = quoted(span_str(install->remark));

		report_note(report, "%s: %s", install->name, shown);
	}
}

/* ---- doing ---- */

static const char *question_of(enum install_task task)
{
	return task == INSTALL_DISABLE   ? _("take this away?")
	       : task == INSTALL_REFRESH ? _("bring this up to date?")
					 : _("install this?");
}

/* What was remembered before the first step says how to go on from the one that failed.
 */
static void tell_begun(const struct enabling *enabling, const char *name)
{
	const struct enabled *record = enabled_find(&enabling->list, name);

	if (record && record->pending)
		report_note(
			enabling->context->report,
			_("%s: what was begun is ended by 'rootcellar stores --enable "
			  "%s', and taken back by --disable"),
			name, name);
}

static void do_all(struct enabling *enabling)
{
	for (size_t i = 0; i < enabling->n; i++) {
		AUTO(error) err = ERROR_INIT;

		if (install_do(&enabling->at[i], &enabling->list, &err)) {
			tell_done(enabling, &enabling->at[i]);
		} else {
			report_error(&err);
			tell_begun(enabling, enabling->at[i].name);
			enabling->status = status_worse(enabling->status, err.status);
		}
	}
}

static enum status carry_out(struct enabling *enabling, struct error *err)
{
	struct context *context = enabling->context;

	tell_plans(enabling);
	if (!enabling->n)
		return enabling->status;
	if (context->dry_run) {
		report_note(context->report, _("dry run: nothing was written"));
		return enabling->status;
	}
	switch (change_consent(context, question_of(enabling->task), err)) {
	case CONSENT_GIVEN:
		do_all(enabling);
		return enabling->status;
	case CONSENT_DENIED:
		report_note(context->report, _("nothing was changed"));
		return status_worse(enabling->status, STATUS_FINDING);
	default:
		return status_worse(enabling->status, err->status);
	}
}

enum status enabling_run(struct context *context, enum install_task task,
			 const char *const *names, struct error *err)
{
	AUTO(enabling)
	enabling = { .context = context, .task = task, .change = CELLAR_CHANGE_INIT };

	if (!begin(&enabling, err))
		return err->status;
	plan_all(&enabling, names);
	return carry_out(&enabling, err);
}
