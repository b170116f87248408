/* stores: the stores that have a name, whether each is here, and whether their profiles
 * are good; and making one hold what the cellar holds. */
#include "cmd/enabling.h"

#include "store/known.h"

static struct {
	int check;
	const char *enable, *disable;
} opt;

static const struct poptOption options[] = {
	{ "check", '\0', POPT_ARG_NONE, &opt.check, 0,
	  N_("check the files of all profiles instead"), NULL },
	{ "enable", '\0', POPT_ARG_STRING, &opt.enable, 0,
	  N_("make this store hold what the cellar holds: live where that works, else as "
	     "an export"),
	  N_("NAME") },
	{ "disable", '\0', POPT_ARG_STRING, &opt.disable, 0,
	  N_("bring back what was there before --enable"), N_("NAME") },
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

static bool check_one_wish(struct error *err)
{
	return (opt.check != 0) + (opt.enable != NULL) + (opt.disable != NULL) <= 1 ||
	       error_fail(err, STATUS_INPUT,
			  _("only one of --check, --enable and --disable can be used at "
			    "once"));
}

static enum status enable(struct context *context, enum install_task task,
			  const char *name, struct error *err)
{
	const char *const names[] = { name, NULL };

	return enabling_run(context, task, names, err);
}

/* What is enabled is remembered in the cellar; where none is meant, nothing is. */
static bool mark_enabled(struct known_stores *stores, const struct context *context,
			 struct error *err)
{
	AUTO(enabled_list) list = ENABLED_LIST_INIT;
	AUTO(error) no_cellar = ERROR_INIT;
	AUTO_FREE char *path = NULL;

	if (!change_path(&path, context, &no_cellar))
		return true;
	if (!enabled_read(&list, path, err))
		return false;
	known_stores_mark(stores, &list);
	return true;
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(known_stores) stores = KNOWN_STORES_INIT;
	enum status status = STATUS_GOOD;

	(void)words;
	if (!check_one_wish(err))
		return err->status;
	if (opt.check)
		return check(context, err);
	if (opt.enable)
		return enable(context, INSTALL_ENABLE, opt.enable, err);
	if (opt.disable)
		return enable(context, INSTALL_DISABLE, opt.disable, err);
	if (!known_stores_look(&stores, err) || !mark_enabled(&stores, context, err))
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
	{ "rootcellar stores --enable system --dry-run",
	  N_("what it would write and run, so that this machine trusts the cellar") },
	{ "rootcellar stores --enable nss", N_("the same done, for NSS's database") },
	{ "rootcellar stores --disable nss", N_("and undone, without a trace") },
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
		   "what is wrong is told with its line.\n\n"
		   "--enable makes a store hold what the cellar holds, as its profile "
		   "says. Live, where programs read what p11-kit reads: NSS's databases, "
		   "p11-kit's own programs, the source folders of Fedora and Arch. They "
		   "then see every change of the cellar. Elsewhere an export is "
		   "installed: one file a certificate where Debian and Alpine take such "
		   "in, Java's cacerts, a file that a variable names. 'rootcellar export "
		   "--refresh' brings it up to date, and refuses where something else "
		   "changed it. What will be written and which programs will be run is "
		   "shown, and asked for; programs are run by their absolute path, never "
		   "by a shell. What a store held is kept in the cellar's folder, and "
		   "--disable brings it back. After a crash either can be given again, "
		   "and ends what was begun."),
	.group = COMMAND_LOOK,
	.least = 0,
	.most = 0,
	.options = options,
	.examples = examples,
	.run = run,
};
