/* show: everything about some entries. */
#include "cmd/opened.h"
#include "cmd/selection.h"

static const struct poptOption options[] = { SELECTION_OPTIONS, POPT_TABLEEND };

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(store) store = STORE_INIT;
	AUTO_FREE bool *hits = NULL;
	enum status status;

	if (!open_to_look(&store, context, TWINS_KEPT, err) ||
	    !selection_of(&hits, words, &store.set, context->at, err))
		return err->status;
	report_show(context->report, &store, hits);
	status = tell_store(context, &store);
	tell_none_selected(context, hits, &store.set);
	return status;
}

static const struct command_example examples[] = {
	{ "rootcellar show 96bcec06",
	  N_("one entry, by the beginning of its fingerprint") },
	{ "rootcellar show '*Partner*'", N_("every entry with that word in its name") },
	{ "rootcellar show --store ca.pem", N_("every certificate of a file") },
	{ NULL, NULL }
};

const struct command cmd_show = {
	.name = "show",
	.args = N_("[SELECTOR]..."),
	.summary = N_("show everything about entries"),
	.description =
		N_("Shows what an entry says and what the store says of it: names, dates "
		   "and "
		   "days left, key, extensions, who signed it and whom it signed in this "
		   "store, trust and constraints, and where it came from and when."),
	.group = COMMAND_LOOK,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
