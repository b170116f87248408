/* prune: takes away what a store does not need, with a reason for each, and proof where
 * asked. */
#include "plan/prune.h"

#include "cmd/opened.h"
#include "cmd/selection.h"
#include "cmd/validating.h"
#include "plan/proof.h"

static struct {
	int expired, duplicates, orphans;
	const char **keep_working;
} opt;

static const struct poptOption options[] = {
	{ "expired", '\0', POPT_ARG_NONE, &opt.expired, 0,
	  N_("what has expired, but for distrusted entries"), NULL },
	{ "duplicates", '\0', POPT_ARG_NONE, &opt.duplicates, 0,
	  N_("what a later certificate of the same names, key and trust makes needless"),
	  NULL },
	{ "orphans", '\0', POPT_ARG_NONE, &opt.orphans, 0,
	  N_("intermediates that chain to no anchor of the store"), NULL },
	{ "keep-working", '\0', POPT_ARG_ARGV, &opt.keep_working, 0,
	  N_("prove first that this endpoint still completes, and refuse to break it"),
	  N_("TARGET") },
	INCLUDE_OPTIONS(selection_filters, N_("Filters")),
	INCLUDE_OPTIONS(selection_trust, N_("Filters")),
	INCLUDE_OPTIONS(selection_purpose, N_("Filters")),
	POPT_TABLEEND
};

static unsigned what_goes(void)
{
	return (opt.expired ? PRUNE_EXPIRED : 0u) |
	       (opt.duplicates ? PRUNE_DUPLICATES : 0u) |
	       (opt.orphans ? PRUNE_ORPHANS : 0u);
}

struct plan {
	enum prune_reason *reasons;
	const struct entry **twins;
	bool *remove;
	size_t n; /* how many go */
};

static void plan_clear(struct plan *plan)
{
	mem_free(plan->reasons);
	mem_free(plan->twins);
	mem_free(plan->remove);
}

static bool make_plan(struct plan *plan, const struct entry_set *set,
		      const char *const *words, const struct context *context,
		      struct error *err)
{
	AUTO_FREE bool *hits = NULL;
	unsigned what = what_goes();

	if (!what && !words[0] && !selection_filtered()) {
		error_fail(err, STATUS_INPUT, _("nothing says what shall go"));
		return error_remedy(err,
				    "rootcellar prune --expired --duplicates --orphans");
	}
	if (!selection_of(&hits, words, set, context->at, err))
		return false;
	plan->reasons = mem_array(set->n + 1, sizeof(*plan->reasons));
	plan->twins = mem_array(set->n + 1, sizeof(*plan->twins));
	plan->remove = mem_array(set->n + 1, sizeof(*plan->remove));
	prune_plan(set, what, context->at, plan->reasons, plan->twins);
	plan->n = prune_select(set, what, hits, plan->reasons, plan->remove);
	return true;
}

static size_t count_targets(void)
{
	size_t n = 0;

	while (opt.keep_working && opt.keep_working[n])
		n++;
	return n;
}

/* Whatever was not proved holds the change back: no answer is no proof. */
static enum status tell_proof(const struct proof *proof, const struct context *context,
			      struct error *err)
{
	for (size_t i = 0; i < proof->findings.n; i++)
		report_note(context->report, "%s", proof->findings.at[i].text);
	if (!proof->findings.n)
		return STATUS_GOOD;
	if (proof->broken) {
		error_fail(err, STATUS_FINDING,
			   ngettext("nothing was changed: it would break %zu target",
				    "nothing was changed: it would break %zu targets",
				    proof->broken),
			   proof->broken);
		return err->status;
	}
	if (proof->already_broken)
		error_fail(err, STATUS_FINDING,
			   ngettext("nothing was changed: %zu target does not complete even "
				    "before",
				    "nothing was changed: %zu targets do not complete even "
				    "before",
				    proof->already_broken),
			   proof->already_broken);
	else
		error_fail(err, STATUS_NO_ANSWER,
			   ngettext("nothing was changed: %zu target gives no answer",
				    "nothing was changed: %zu targets give no answer",
				    proof->unanswered),
			   proof->unanswered);
	error_remedy(err, _("leave --keep-working out for what need not work"));
	return err->status;
}

static enum status prove(const struct cellar_change *change,
			 const struct context *context, struct error *err)
{
	size_t n = count_targets();
	AUTO(validating) validating = VALIDATING_INIT;
	AUTO(proof) proof = PROOF_INIT;
	struct target *targets = NULL;

	if (!n)
		return STATUS_GOOD;
	if (!validating_may_dial(context, err) || !targets_parse(&targets, opt.keep_working, n, err))
		return err->status;
	if (validating_begin(&validating, context, &change->before, context->store,
			     err)) {
		/* A dry run changes nothing, but it proves. */
		validating.options.dry_run = false;
		set_index_make(&change->set);
		proof_of_change(&proof, targets, n, &change->before, &change->set,
				&validating.options);
	}
	targets_free(targets, n);
	return err->text ? err->status : tell_proof(&proof, context, err);
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(plan) plan = { NULL, NULL, NULL, 0 };
	enum status status;

	if (!change_begin(&change, context, err) ||
	    !make_plan(&plan, &change.before, words, context, err))
		return err->status;
	report_prune(context->report, &change.before, plan.reasons, plan.twins);
	set_remove(&change.set, plan.remove);
	status = plan.n ? prove(&change, context, err) : STATUS_GOOD;
	if (status != STATUS_GOOD)
		return status;
	return change_publish(&change, context, CHANGE_ASKS, err);
}

static const struct command_example examples[] = {
	{ "rootcellar prune --expired --duplicates --orphans --dry-run",
	  N_("what could go, and why") },
	{ "rootcellar prune --expired --keep-working api.partner.com --keep-working "
	  "ldap.corp:636",
	  N_("only if both endpoints still complete without it") },
	{ "rootcellar prune '*Old Partner*' --keep-working api.partner.com",
	  N_("what is named, under the same proof") },
	{ NULL, NULL }
};

const struct command cmd_prune = {
	.name = "prune",
	.args = N_("[SELECTOR]..."),
	.summary = N_("take away what the cellar does not need"),
	.description = N_("Shows what would go and why, and takes it away. Selectors and "
			  "filters beside "
			  "--expired, --duplicates and --orphans bound these: only what "
			  "is named may go. Without "
			  "these three, what is named goes.\n\n"
			  "--keep-working validates each target against the cellar as it "
			  "is and as it would be, "
			  "by the paths that they need and not by names. Where one would "
			  "break, or does not complete even before, nothing is "
			  "changed and the exit status is 1; where one gives no answer, "
			  "nothing is changed and it is 4."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
