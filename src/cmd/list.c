/* list: the entries of a store, one a row. */
#include "cmd/opened.h"
#include "cmd/selection.h"

static const struct poptOption options[] = { SELECTION_OPTIONS, POPT_TABLEEND };

/* Without selectors a row needs its own entry only, whatever else the store has. */
static enum status list_one_by_one(struct context *context, struct error *err)
{
	AUTO(report_rows) rows = { .report = context->report };
	const struct entry_taker taker = { report_row, &rows };
	AUTO(store) store = STORE_INIT;

	if (!open_to_give(&store, context, &taker, err))
		return err->status;
	report_rows_end(&rows);
	return tell_store(context, &store);
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(store) store = STORE_INIT;
	AUTO_FREE bool *hits = NULL;
	enum status status;

	if (!*words && !selection_filtered() && context->format != REPORT_TEXT)
		return list_one_by_one(context, err);
	if (!open_to_look(&store, context, TWINS_KEPT, err) ||
	    !selection_of(&hits, words, &store.set, context->at, err))
		return err->status;
	report_list(context->report, &store, hits);
	status = tell_store(context, &store);
	tell_none_selected(context, hits, &store.set);
	return status;
}

static const struct command_example examples[] = {
	{ "rootcellar list", N_("everything in the cellar") },
	{ "rootcellar list --expiring 90d", N_("what expires within ninety days") },
	{ "rootcellar list --store /etc/ssl/certs/ca-certificates.crt --format csv",
	  N_("a bundle as a table for a spreadsheet") },
	{ "rootcellar list '*Let*Encrypt*' --trust anchor", N_("anchors by name") },
	{ NULL, NULL }
};

const struct command cmd_list = {
	.name = "list",
	.args = N_("[SELECTOR]..."),
	.summary = N_("list the entries of a store"),
	.description = N_(
		"Lists the entries of a store: trust, subject, days left, key and "
		"fingerprint. Without --store it is the cellar; while that is empty, the "
		"platform's own roots are shown.\n\n"
		"A file is listed as it is: a certificate that it holds twice is shown "
		"twice. A part that cannot be read is named with its line and left out, "
		"and the exit status is 3."),
	.group = COMMAND_LOOK,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
