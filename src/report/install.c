/* What is to be done for a known store: stores --enable, --disable, export --refresh. */
#include "report/facts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "plan/install.h"

#define INDENT 2
/* Of more steps than this a beginning is enough for a person; -v shows all. */
#define STEPS_SHOWN 12

static const char *const tasks[] = { [INSTALL_ENABLE] = "enable",
				     [INSTALL_REFRESH] = "refresh",
				     [INSTALL_DISABLE] = "disable" };

/* ---- for people ---- */

/* A row of the list: a verb, and what it is done to. */
static void add_row(struct report *report, enum tint tint, const char *verb,
		    const char *what)
{
	size_t verbs = 0, used = strlen(verb);

	for (enum install_do i = INSTALL_KEEP; i <= INSTALL_RESTORE; i++) {
		size_t n = strlen(install_do_name(i));

		verbs = n > verbs ? n : verbs;
	}
	buf_addf(&report->out, "%*s", INDENT, "");
	add_tinted(report, tint, verb);
	buf_addf(&report->out, "%*s", (int)(verbs - used + 2), "");
	add_wrapped(report, what, INDENT + verbs + 2, INDENT + verbs + 4);
	buf_add_byte(&report->out, '\n');
}

/* from: where in its path what is shown of it begins. */
static void add_step(struct report *report, const struct install_step *step, size_t from)
{
	AUTO(buf) what = BUF_INIT;

	escape_terminal(&what, span_str(step->path + from));
	if (step->kind == EXACT_LINK && step->what != INSTALL_REMOVE) {
		buf_add_str(&what, " -> ");
		escape_terminal(&what, buf_span(&step->bytes));
	}
	if (step->part)
		buf_addf(&what, " %s", _("(our part of it)"));
	add_row(report, step->what == INSTALL_REMOVE ? TINT_BAD : TINT_GOOD,
		install_do_name(step->what), buf_text(&what));
}

/* How long the folder is in which all that changes stands; 0 where it is one file, or
 * several folders. */
static size_t common_folder(const struct install *install)
{
	const char *first = NULL;
	size_t n = 0, files = 0;

	for (size_t i = 0; i < install->n; i++) {
		const char *path = install->at[i].path;
		size_t folder = (size_t)(strrchr(path, '/') - path);

		if (install->at[i].what == INSTALL_KEEP)
			continue;
		if (files++ && (folder != n || strncmp(first, path, n) != 0))
			return 0;
		first = path;
		n = folder;
	}
	return files > 1 ? n : 0;
}

/* The folder once, so that a name of each file is left to read. */
static size_t add_folder(struct report *report, const struct install *install)
{
	size_t n = common_folder(install);
	AUTO(buf) shown = BUF_INIT;

	for (size_t i = 0; n && !shown.n; i++)
		if (install->at[i].what != INSTALL_KEEP)
			escape_terminal(&shown, span_of(install->at[i].path, n));
	if (!n)
		return 0;
	add_row(report, TINT_HEAD, "in", buf_text(&shown));
	return n + 1;
}

static void add_steps(struct report *report, const struct install *install)
{
	size_t from = add_folder(report, install);
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < install->n; i++) {
		if (install->at[i].what == INSTALL_KEEP)
			continue;
		if (shown == STEPS_SHOWN && !report->verbose) {
			left++;
			continue;
		}
		add_step(report, &install->at[i], from);
		shown++;
	}
	if (left) {
		AUTO_FREE char *more =
			str_format(ngettext("and %zu more path (-v shows it)",
					    "and %zu more paths (-v shows them)", left),
				   left);

		add_row(report, TINT_QUIET, "", more);
	}
}

static void add_runs(struct report *report, const struct install *install)
{
	for (size_t i = 0; install->runs && i < install->profile.n_runs; i++) {
		AUTO(buf) line = BUF_INIT, shown = BUF_INIT;
		AUTO_FREE char *list = NULL;
		const char **words =
			install_run_words(install, &install->profile.runs[i], &list);

		for (size_t k = 0; words[k]; k++) {
			buf_add_str(&line, k ? " " : "");
			escape_shell(&line, span_str(words[k]));
		}
		escape_terminal(&shown, buf_span(&line));
		add_row(report, TINT_HEAD, "run", buf_text(&shown));
		mem_free(words);
	}
}

static void add_lost(struct report *report, const struct export_plan *export)
{
	AUTO_FREE char *what = NULL;

	if (!export->lost)
		return;
	what = str_format(ngettext("%zu of %zu certificate that is there",
				   "%zu of %zu certificates that are there",
				   export->destination),
			  export->lost, export->destination);
	add_row(report, TINT_BAD, "lose", what);
}

static void add_head(struct buf *out, const struct install *install)
{
	if (install->task == INSTALL_DISABLE) {
		buf_addf(out, _("%s: what was there before"), install->name);
		return;
	}
	buf_addf(out, "%s: ", install->name);
	export_sentence(out, &install->export,
			install->format ? install->format : &format_p11_kit);
	if (!install->format)
		buf_addf(out, ", %s", _("live"));
}

static void install_text(struct report *report, const struct install *install)
{
	AUTO(buf) head = BUF_INIT;

	add_head(&head, install);
	add_wrapped(report, buf_text(&head), 0, INDENT + 2);
	buf_add_byte(&report->out, '\n');
	if (!report->quiet)
		add_steps(report, install);
	add_lost(report, &install->export);
	add_runs(report, install);
}

/* ---- for machines ---- */

static json_t *json_of_step(const struct install_step *step)
{
	json_t *object = json_object();
	bool link = step->kind == EXACT_LINK && step->bytes.n;

	json_put(object, "do", json_of_string(install_do_name(step->what)));
	json_put(object, "kind", json_of_string(exact_kind_name(step->kind)));
	json_put(object, "path", json_of_string(step->path));
	json_put(object, "part", json_boolean(step->part));
	json_put(object, "to", json_of_string(link ? buf_text(&step->bytes) : NULL));
	return object;
}

static json_t *json_of_programs(const struct install *install)
{
	json_t *runs = json_array();

	for (size_t i = 0; install->runs && i < install->profile.n_runs; i++) {
		AUTO_FREE char *list = NULL;
		const char **words =
			install_run_words(install, &install->profile.runs[i], &list);
		json_t *all = json_array();

		for (size_t k = 0; words[k]; k++)
			json_put_last(all, json_of_string(words[k]));
		json_put_last(runs, all);
		mem_free(words);
	}
	return runs;
}

static json_t *json_of_install(const struct install *install)
{
	const struct export_plan *export = &install->export;
	const struct profile_write *write = install->write;
	json_t *object = json_object(), *steps = json_array();

	for (size_t i = 0; i < install->n; i++)
		json_put_last(steps, json_of_step(&install->at[i]));
	json_put(object, "name", json_of_string(install->name));
	json_put(object, "task", json_of_string(tasks[install->task]));
	json_put(object, "profile", json_of_string(install->profile.name));
	json_put(object, "way",
		 json_of_string(write ? write_way_name(write->way) : NULL));
	json_put(object, "live", json_boolean(write && write_way_is_live(write->way)));
	json_put(object, "format",
		 json_of_string(install->format ? install->format->name : NULL));
	json_put(object, "anchors", json_integer((json_int_t) export->anchors));
	json_put(object, "intermediates",
		 json_integer((json_int_t) export->intermediates));
	json_put(object, "lost", json_integer((json_int_t) export->lost));
	json_put(object, "changes", json_boolean(install->changes));
	json_put(object, "steps", steps);
	json_put(object, "run", json_of_programs(install));
	json_put(object, "remark", json_of_string(install->remark));
	return object;
}

static void add_field(struct buf *out, const char *text, char end)
{
	escape_csv(out, span_str(text));
	buf_add_byte(out, (uint8_t)end);
}

static void add_csv(struct buf *out, const struct install *install)
{
	for (size_t i = 0; i < install->n; i++) {
		const struct install_step *step = &install->at[i];

		add_field(out, install->name, ',');
		add_field(out, tasks[install->task], ',');
		add_field(out, install_do_name(step->what), ',');
		add_field(out, exact_kind_name(step->kind), ',');
		add_field(out, step->path, '\n');
	}
}

void report_installs(struct report *report, const struct install *installs, size_t n)
{
	json_begin(report, "installations");
	if (report->format == REPORT_CSV)
		report_csv_header(report, "name,task,do,kind,path");
	for (size_t i = 0; i < n; i++) {
		if (report_is_json(report))
			json_result(report, "installations",
				    json_of_install(&installs[i]));
		else if (report->format == REPORT_CSV)
			add_csv(&report->out, &installs[i]);
		else
			install_text(report, &installs[i]);
	}
	report_flush(report);
}
