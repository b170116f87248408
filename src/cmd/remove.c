/* remove: takes entries out of the cellar. */
#include "cmd/command.h"
#include "cmd/selection.h"

static struct {
	int all;
} opt;

static const struct poptOption options[] = { { "all", '\0', POPT_ARG_NONE, &opt.all, 0,
					       N_("a pattern may name several entries"),
					       NULL },
					     SELECTION_OPTIONS,
					     POPT_TABLEEND };

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO_FREE bool *hits = NULL;

	if (!change_begin(&change, context, err) ||
	    !selection_to_change(&hits, words, &change.set, context->at,
				 opt.all ? SELECTOR_ALL : SELECTOR_ONE_EACH, err))
		return err->status;
	set_remove(&change.set, hits);
	return change_finish(&change, context, CHANGE_ASKS, err);
}

static const struct command_example examples[] = {
	{ "rootcellar remove 96bcec06",
	  N_("one entry, by the beginning of its fingerprint") },
	{ "rootcellar remove --all '*Old Partner*' --dry-run",
	  N_("what would go, if all with that name went") },
	{ NULL, NULL }
};

const struct command cmd_remove = {
	.name = "remove",
	.args = N_("SELECTOR..."),
	.summary = N_("take entries out of the cellar"),
	.description = N_(
		"Takes entries out of the cellar. A removed certificate can come back "
		"with the "
		"next import, and a path may still use it where a server presents it: to "
		"forbid a "
		"certificate, use 'trust distrusted'.\n\n"
		"A pattern that names several entries is refused unless --all is given."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
