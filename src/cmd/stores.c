/* stores: the stores that have a name, whether each is here, and whether their profiles
 * are good. */
#include "cmd/command.h"

#include "store/known.h"

static struct {
	int check;
} opt;

static const struct poptOption options[] = {
	{ "check", '\0', POPT_ARG_NONE, &opt.check, 0,
	  N_("check the files of all profiles instead"), NULL },
	POPT_TABLEEND
};

static enum status check(struct context *context, struct error *err)
{
	AUTO(profile_checks) checks = PROFILE_CHECKS_INIT;
	enum status status = STATUS_GOOD;

	if (!profile_check_all(&checks, err))
		return err->status;
	report_profile_checks(context->report, &checks);
	for (size_t i = 0; i < checks.n; i++) {
		if (checks.at[i].problem.text)
			status = STATUS_FINDING;
	}
	return status;
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(known_stores) stores = KNOWN_STORES_INIT;
	enum status status = STATUS_GOOD;

	(void)words;
	if (opt.check)
		return check(context, err);
	if (!known_stores_look(&stores, err))
		return err->status;
	report_stores(context->report, &stores);
	for (size_t i = 0; i < stores.n; i++) {
		if (stores.at[i].problem)
			status = STATUS_PARTIAL;
	}
	return status;
}

static const struct command_example examples[] = {
	{ "rootcellar stores", N_("the stores of this machine") },
	{ "rootcellar stores -v", N_("the same, with what each of them is") },
	{ "rootcellar stores --check",
	  N_("whether the profiles that you wrote are good") },
	{ NULL, NULL }
};

const struct command cmd_stores = {
	.name = "stores",
	.args = "",
	.summary = N_("tell the stores that have a name, and which are here"),
	.description =
		N_("Tells every store that a profile describes: how many entries it "
		   "has on this machine, where, and which of them are really one "
		   "file. Their names are store references, wherever a store can be "
		   "named: list --store java, diff mozilla system.\n\n"
		   "Profiles are XML files, in /etc/rootcellar/stores, then "
		   "$XDG_CONFIG_HOME/rootcellar/stores, then those that came with "
		   "the program; the first of a name counts. With --check each file "
		   "is held to the schema (store.rng, beside the shipped ones), and "
		   "what is wrong is told with its line."),
	.group = COMMAND_LOOK,
	.least = 0,
	.most = 0,
	.options = options,
	.examples = examples,
	.run = run,
};
