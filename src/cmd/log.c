/* log: the generations of the cellar, and dropping old ones. */
#include "cmd/opened.h"
#include "cmd/options.h"

#define KEEP_MOST 1000000000

static struct {
	const char *keep;
} opt;

static const struct poptOption options[] = {
	{ "keep", '\0', POPT_ARG_STRING, &opt.keep, 0,
	  N_("drop all former generations but the newest N"), N_("N") },
	POPT_TABLEEND
};

/* Those that go, the newest first: log begins with the current generation, which stays. */
static struct generation_list former_but(size_t keep, const struct generation_list *log)
{
	struct generation_list gone = GENERATION_LIST_INIT;

	if (log->n && keep < log->n - 1) {
		gone.at = log->at + 1 + keep;
		gone.n = log->n - 1 - keep;
	}
	return gone;
}

static enum status forget(const char *path, size_t keep,
			  const struct generation_list *log, struct context *context,
			  struct error *err)
{
	const struct generation_list gone = former_but(keep, log);
	size_t dropped = gone.n;
	AUTO_FREE char *what = str_format(
		ngettext("%zu former generation", "%zu former generations", dropped),
		dropped);
	AUTO_FREE char *question = str_format(_("drop %s for good?"), what);

	if (!context->quiet || context->format != REPORT_TEXT)
		report_log(context->report, &gone);
	if (context->dry_run || !dropped) {
		/* Translators: what is "3 former generations". */
		report_note(context->report, _("to be dropped: %s"), what);
		return STATUS_GOOD;
	}
	switch (change_consent(context, question, err)) {
	case CONSENT_GIVEN:
		break;
	case CONSENT_DENIED:
		return STATUS_FINDING;
	default:
		return err->status;
	}
	if (!cellar_forget(path, keep, &dropped, err))
		return err->status;
	report_note(context->report, _("dropped: %s"), what);
	return STATUS_GOOD;
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(generation_list) log = GENERATION_LIST_INIT;
	AUTO_FREE char *path = NULL;
	int keep = 0;

	(void)words;
	if (!option_number("keep", opt.keep, 0, KEEP_MOST, &keep, err) ||
	    !change_path(&path, context, err) || !cellar_log(path, &log, err))
		return err->status;
	if (opt.keep)
		return forget(path, (size_t)keep, &log, context, err);
	report_log(context->report, &log);
	return STATUS_GOOD;
}

static const struct command_example examples[] = {
	{ "rootcellar log", N_("every change, the newest first") },
	{ "rootcellar log --keep 20",
	  N_("drop all but the newest twenty former generations") },
	{ NULL, NULL }
};

const struct command cmd_log = {
	.name = "log",
	.args = "",
	.summary = N_("tell the generations of the cellar"),
	.description = N_("Tells every generation of the cellar: when it was made, by "
			  "which command, "
			  "and how many entries it has. @N names a generation wherever a "
			  "store can be "
			  "named: list --store @3, diff @3 @5, undo 3."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = 0,
	.options = options,
	.examples = examples,
	.run = run,
};
