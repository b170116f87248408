/* diff: how two stores differ, entry by entry and trust by trust. */
#include "cmd/opened.h"
#include "plan/alike.h"

static struct {
	int summary;
} opt;

static const struct poptOption options[] = { { "summary", '\0', POPT_ARG_NONE,
					       &opt.summary, 0,
					       N_("print the counts only"), NULL },
					     POPT_TABLEEND };

static enum status run(struct context *context, const char *const *ref, struct error *err)
{
	struct store_options look = { .purpose = STORE_TO_CHANGE };
	AUTO_FREE char *cellar = NULL;
	AUTO(store) before = STORE_INIT;
	AUTO(store) after = STORE_INIT;
	AUTO(diff) diff = DIFF_INIT;
	enum status status;

	if (context->store && !change_path(&cellar, context, err))
		return err->status;
	look.cellar = cellar;
	if (!store_open(&before, ref[0], &look, err) ||
	    !store_open(&after, ref[1], &look, err))
		return err->status;
	settle_alike(&before.set, &after.set);
	diff_sets(&diff, &before.set, &after.set);
	report_diff(context->report, &diff, opt.summary ? DIFF_SUMMARY : DIFF_ENTRIES);
	status = diff.n ? STATUS_FINDING : STATUS_GOOD;
	status = status_worse(status, tell_store(context, &before));
	return status_worse(status, tell_store(context, &after));
}

static const struct command_example examples[] = {
	{ "rootcellar diff @3 @5",
	  N_("what changed in the cellar from generation 3 to 5") },
	{ "rootcellar diff old.pem new.pem", N_("two releases of a bundle") },
	{ "rootcellar diff system ca.pem --summary", N_("how many entries differ") },
	{ NULL, NULL }
};

const struct command cmd_diff = {
	.name = "diff",
	.args = N_("STORE STORE"),
	.summary = N_("show how two stores differ"),
	.description = N_(
		"Compares two stores of any kind, whatever their formats: entries added "
		"and removed, trust or constraints changed, a certificate issued again "
		"for "
		"the same key, a cross-signed twin, a renewal with a new key, a new "
		"label. "
		"The order of a file and the text between its certificates do not "
		"count.\n\n"
		"The exit status is 1 where they differ."),
	.group = COMMAND_LOOK,
	.least = 2,
	.most = 2,
	.options = options,
	.examples = examples,
	.run = run,
};
