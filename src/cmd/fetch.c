/* fetch: completes chains with what their issuers publish, and adds what was proven to the cellar. */
#include "base/escape.h"
#include "cmd/opened.h"
#include "cmd/selection.h"
#include "cmd/validating.h"
#include "plan/fetch.h"

static const struct poptOption options[] = {
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)validating_fetch_options, 0,
	  N_("Fetching"), NULL },
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)validating_judge_options, 0,
	  N_("Judgement"), NULL },
	POPT_TABLEEND
};

struct run {
	struct context *context;
	struct cellar_change *change;
	const struct validate_options *options;
	enum status status;
};

/* Complete: what was needed joins the plan. Else nothing of it does: nothing was proved. */
static void take(void *ctx, struct validation *validation)
{
	struct run *run = ctx;

	report_validation(run->context->report, validation);
	run->status = status_worse(run->status, verdict_status(validation->verdict));
	if (validation->verdict == VERDICT_COMPLETE)
		fetch_add(&run->change->set, validation, clock_now());
}

static bool fetch_for_file(struct run *run, const char *path, struct error *err)
{
	AUTO(store) file = STORE_INIT;
	struct validation validation = VALIDATION_INIT;

	if (!read_leaf(&file, path, run->context, err))
		return false;
	validate_chain(&validation, path, &file.set, NULL, FROM_FILE, run->options);
	take(run, &validation);
	validation_clear(&validation);
	return true;
}

static void fetch_for_hits(struct run *run, const bool *hits)
{
	const struct entry_set *set = &run->change->before;

	for (size_t i = 0; i < set->n; i++) {
		struct validation validation = VALIDATION_INIT;

		if (!hits[i])
			continue;
		fetch_for_entry(&validation, &set->at[i], run->options);
		take(run, &validation);
		validation_clear(&validation);
	}
}

/* Nothing was named: every intermediate of the store that leads nowhere. */
static void fetch_for_store(struct run *run)
{
	AUTO_FREE bool *hits = mem_array(run->change->before.n, sizeof(*hits));

	fetch_incomplete(&run->change->before, run->options, hits);
	fetch_for_hits(run, hits);
}

static bool fetch_for_selector(struct run *run, const char *word, struct error *err)
{
	const char *const words[] = { word, NULL };
	AUTO_FREE bool *hits = NULL;

	if (!selection_of(&hits, words, &run->change->before, run->options->at, err))
		return false;
	fetch_for_hits(run, hits);
	return true;
}

/* 8 or more hex digits, or a pattern: no host is written so. */
static bool is_selector(const char *word)
{
	return strpbrk(word, "*?[ ") ? word[0] != '['
				     : strlen(word) >= 8 &&
					       strspn(word, "0123456789abcdefABCDEF") ==
						       strlen(word);
}

static bool fetch_for_targets(struct run *run, const char *const *words, size_t n,
			      struct error *err)
{
	struct target *targets;

	if (!validating_may_dial(run->context, err) || !targets_parse(&targets, words, n, err))
		return false;
	validate_targets(targets, n, 8, run->options, run, take);
	targets_free(targets, n);
	return true;
}

static bool fetch_all(struct run *run, const char *const *args, struct error *err)
{
	AUTO_FREE const char **words = NULL;
	size_t n = 0, cap = 0;

	if (!args[0])
		fetch_for_store(run);
	for (size_t i = 0; args[i]; i++) {
		if (is_selector(args[i])) {
			if (!fetch_for_selector(run, args[i], err))
				return false;
		} else if (word_is_file(run->context, args[i])) {
			if (!fetch_for_file(run, args[i], err))
				return false;
		} else {
			GROW(words, n, cap);
			words[n++] = args[i];
		}
	}
	return !n || fetch_for_targets(run, words, n, err);
}

static enum status run(struct context *context, const char *const *args, struct error *err)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(validating) validating = VALIDATING_INIT;
	struct run run = { .context = context, .change = &change };
	enum status published;

	if (context->offline)
		return error_fail(err, STATUS_INPUT, _("--offline forbids to fetch anything")),
		       err->status;
	if (!change_begin(&change, context, err) ||
	    !validating_begin(&validating, context, &change.before, context->store, err))
		return err->status;
	validating.options.fetch = true;
	run.options = &validating.options;
	if (!fetch_all(&run, args, err))
		return err->status;
	published = change_finish(&change, context, CHANGE_ASKS_FOR_TRUST, err);
	return status_worse(run.status, published);
}

static const struct command_example examples[] = {
	{ "rootcellar fetch api.partner.com", N_("add the intermediates that its server omits") },
	{ "rootcellar fetch leaf.pem --dry-run", N_("name the URLs that would be asked, ask none") },
	{ "rootcellar fetch", N_("complete every intermediate of the cellar") },
	{ "rootcellar fetch api.partner.com --accept-root "
	  "96bcec06264976f37460779acf28c5a7cfe8a3c0aae11a8ffcee05c0bddf08c6",
	  N_("and trust this root, whose fingerprint you have checked") },
	{ NULL, NULL }
};

const struct command cmd_fetch = {
	.name = "fetch",
	.args = N_("[TARGET|SELECTOR|FILE]..."),
	.summary = N_("get missing intermediates from where their issuers publish them"),
	.description = N_(
		"Completes chains: of endpoints, of certificate files, of entries of the cellar, or, "
		"where nothing is named, of every intermediate in the cellar that leads to no anchor. "
		"Missing issuers are taken from the CA Issuers URLs of the certificates (DER, PEM and "
		"PKCS#7, over http and https), or first from another store with --from.\n\n"
		"What is fetched must prove itself: it must be a CA, and its key must have signed what "
		"it is said to have issued. It is added as an intermediate, and only where the chain "
		"then completes to an anchor that the cellar already has. A root that is met is named "
		"with its fingerprint and never trusted, unless --accept-root gives that fingerprint.\n\n"
		"Addresses may be as private as the target's own, no more; --allow-private lifts it. "
		"Behind a proxy, which resolves names itself, that check is the proxy's; an address that "
		"stands in the URL must be public there."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
