/* validate: does this endpoint, or this file, complete against this store; why not; what would fix it. */
#include "base/escape.h"
#include "cmd/clients.h"
#include "cmd/provers.h"
#include "cmd/lists.h"
#include "cmd/opened.h"
#include "cmd/options.h"
#include "cmd/targets.h"
#include "cmd/validating.h"
#include "plan/served.h"
#include "plan/transcript.h"

#define JOBS_USUAL 8
#define JOBS_MOST  64

static struct {
	const char *anchors, *targets, *presented, *save_chain, *revocation, *explicit_words, *jobs;
	const char **untrusted, **crls, **policies, **clients, **provers;
	int fetch, worknote, explicit_policy, inhibit_mapping, inhibit_any;
} opt;

static const struct poptOption options[] = {
	{ "fetch", '\0', POPT_ARG_NONE, &opt.fetch, 0,
	  N_("fetch missing issuers from where certificates say they are published"), NULL },
	{ "anchors", '\0', POPT_ARG_STRING, &opt.anchors, 0,
	  N_("trust the certificates of this file, and nothing else"), N_("FILE") },
	{ "untrusted", '\0', POPT_ARG_ARGV, &opt.untrusted, 0,
	  N_("certificates that a path may use"), N_("FILE") },
	{ "presented", '\0', POPT_ARG_STRING, &opt.presented, 0,
	  N_("judge a pasted transcript of openssl s_client, gnutls-cli or keytool"),
	  N_("FILE|-") },
	{ "targets", '\0', POPT_ARG_STRING, &opt.targets, 0,
	  N_("more targets, one a line"), N_("FILE|-") },
	{ "jobs", '\0', POPT_ARG_STRING, &opt.jobs, 0, N_("how many targets at once (8)"), N_("N") },
	{ "save-chain", '\0', POPT_ARG_STRING, &opt.save_chain, 0,
	  N_("write the chain that the server should send"), N_("FILE") },
	{ "worknote", '\0', POPT_ARG_NONE, &opt.worknote, 0,
	  N_("print what a support case needs, as text to paste"), NULL },
	{ "revocation", '\0', POPT_ARG_STRING, &opt.revocation, 0,
	  N_("off, the default without --crl; hard: what no --crl speaks of fails, too"),
	  N_("off|hard") },
	{ "crl", '\0', POPT_ARG_ARGV, &opt.crls, 0,
	  N_("revocation lists, DER or PEM: each certificate below the anchor must be in none, "
	     "and known to be in none"),
	  N_("FILE") },
	{ "client", '\0', POPT_ARG_ARGV, &opt.clients, 0,
	  N_("judge as these clients do, a column for each: openssl, gnutls, java, go, python ..."),
	  N_("NAME[,NAME]") },
	{ "prove", '\0', POPT_ARG_ARGV, &opt.provers, 0,
	  N_("ask these clients themselves, where they are installed, and show what they say "
	     "beside what was predicted: openssl, gnutls, java, curl, python"),
	  N_("NAME[,NAME]") },
	{ "policy", '\0', POPT_ARG_ARGV, &opt.policies, 0,
	  N_("accept this certificate policy, and no other, where one is required"), N_("OID") },
	{ "explicit-policy", '\0', POPT_ARG_NONE, &opt.explicit_policy, 0,
	  N_("require a certificate policy that holds for the whole chain"), NULL },
	{ "inhibit-mapping", '\0', POPT_ARG_NONE, &opt.inhibit_mapping, 0,
	  N_("let no certificate replace a policy by another"), NULL },
	{ "inhibit-any", '\0', POPT_ARG_NONE, &opt.inhibit_any, 0,
	  N_("do not take anyPolicy in a certificate for every policy"), NULL },
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)validating_judge_options, 0,
	  N_("Judgement"), NULL },
	{ NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)validating_fetch_options, 0,
	  N_("Fetching"), NULL },
	POPT_TABLEEND
};

/* One run: the stores in turn, and what came of all. */
struct run {
	struct context *context;
	struct store *stores;
	struct validating *against;	/* one a store */
	size_t n_against;
	struct span *policies;		/* --policy, content octets in octets */
	size_t n_policies;
	struct arena octets;
	struct lists lists;		/* --crl */
	struct client_list clients;	/* --client, and those that predict what provers say */
	struct prover_list provers;	/* --prove */
	int jobs;
	bool unnamed_told;
	char *own_options;
	enum status status;
	struct error error;
};

/* Lists that are given are asked; nothing but them can be. */
static bool check_revocation(struct error *err)
{
	bool off = !opt.revocation || strcmp(opt.revocation, "off") == 0;

	if (off && opt.revocation && opt.crls)
		return error_fail(err, STATUS_INPUT,
				  _("--revocation off and --crl contradict each other"));
	if (off || (opt.crls && strcmp(opt.revocation, "hard") == 0))
		return true;
	error_fail(err, STATUS_INPUT,
		   _("--revocation %s: this version judges revocation by --crl alone"),
		   opt.revocation);
	return error_remedy(err, _("give --crl, which means --revocation hard, or --revocation off"));
}

/* One file holds one chain: that of one target, as one store completes it. */
static bool check_save_chain(const struct context *context, const char *const *args,
			     struct error *err)
{
	size_t n = !!opt.presented + !!opt.targets;

	if (!opt.save_chain)
		return true;
	while (*args++)
		n++;
	if (n > 1 || (context->stores && context->stores[0] && context->stores[1]))
		return error_fail(err, STATUS_INPUT,
				  _("--save-chain takes one target and one store"));
	return served_guard(opt.save_chain, context->yes ? SHRINK_ALLOWED : SHRINK_REFUSED, err) ||
	       error_in(err, "--save-chain '%s'", opt.save_chain);
}

/* Their clocks are the machine's, and what was pasted cannot be dialled. */
static bool check_prove(const struct context *context, struct error *err)
{
	if (!opt.provers)
		return true;
	if (context->at_given)
		return error_fail(err, STATUS_INPUT,
				  _("--prove asks clients, which know no --at"));
	if (opt.presented)
		return error_fail(err, STATUS_INPUT,
				  _("--prove asks an endpoint or files, and no transcript"));
	return true;
}

static bool check_options(const struct context *context, const char *const *args,
			  struct error *err)
{
	if (!check_revocation(err) || !check_save_chain(context, args, err) ||
	    !check_prove(context, err))
		return false;
	if (opt.anchors && context->store)
		return error_fail(err, STATUS_INPUT,
				  _("--anchors and --store both say what is trusted"));
	if (opt.fetch && context->offline)
		return error_fail(err, STATUS_INPUT,
				  _("--fetch and --offline contradict each other"));
	return true;
}

static bool save_chain(const struct context *context, const struct validation *validation,
		       struct error *err)
{
	AUTO(buf) chain = BUF_INIT;
	AUTO_FREE char *shown = quoted(span_str(opt.save_chain));
	size_t n;

	if (!served_chain(&chain, &n, validation, err))
		return false;
	if (context->dry_run) {
		report_note(context->report, _("dry run: nothing was written"));
		return true;
	}
	if (!file_replace(opt.save_chain, buf_span(&chain), 0644, err))
		return false;
	report_note(context->report,
		    ngettext("wrote %zu certificate to '%s'", "wrote %zu certificates to '%s'", n), n,
		    shown);
	return true;
}

/* A chain of files completes for every host unless it is said which one is meant. */
static void tell_unnamed(struct run *run, const struct validation *validation)
{
	if (run->unnamed_told || validation->name.kind != NAME_NONE ||
	    validation->verdict != VERDICT_COMPLETE ||
	    run->against[0].options.rules.purpose != PURPOSE_SERVER_AUTH)
		return;
	run->unnamed_told = true;
	report_note(run->context->report, _("no host name was judged: add --hostname"));
}

/* which: of the stores. */
static void show(struct run *run, struct validation *validation, size_t which)
{
	struct context *context = run->context;
	AUTO_FREE char *told = store_told(&run->stores[which]);

	validation->saved_as = opt.save_chain;
	if (opt.worknote)
		report_worknote(&context->report->out, validation, told, context->command_line);
	else
		report_validation(context->report, validation);
	run->status = status_worse(run->status, verdict_status(validation->verdict));
	tell_unnamed(run, validation);
	if (opt.save_chain && !run->error.text && !save_chain(context, validation, &run->error))
		error_in(&run->error, "--save-chain");
}

static void count_proofs(struct run *run, const struct validation *validation)
{
	for (size_t i = 0; i < validation->n_proofs; i++)
		if (validation->proofs[i].outcome == PROOF_REFUSES)
			run->status = status_worse(run->status, STATUS_FINDING);
}

/* Who gave no answer is not asked by others. */
static void prove_endpoint(struct run *run, struct validation *validation, size_t which)
{
	AUTO(target) target = TARGET_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!run->provers.n || validation->verdict == VERDICT_NO_ANSWER ||
	    !target_parse(&target, validation->target, &err))
		return;
	prove_target(validation, &target, run->provers.at, run->provers.n,
		     &run->against[which].options);
	count_proofs(run, validation);
}

/* Judged against the first store by the caller; the other stores get what was presented then. */
static void show_for_each_store(void *ctx, struct validation *validation)
{
	struct run *run = ctx;

	prove_endpoint(run, validation, 0);
	show(run, validation, 0);
	for (size_t i = 1; i < run->n_against; i++) {
		struct validation again = VALIDATION_INIT;

		validate_again(&again, validation, &run->against[i].options);
		prove_endpoint(run, &again, i);
		show(run, &again, i);
		validation_clear(&again);
	}
}

static bool read_untrusted(struct store *untrusted, const struct context *context,
			   struct error *err)
{
	for (size_t i = 0; opt.untrusted && opt.untrusted[i]; i++) {
		AUTO(store) one = STORE_INIT;
		AUTO(error) junk = ERROR_INIT;

		if (file_kind(opt.untrusted[i]) == FILE_ABSENT &&
		    strcmp(opt.untrusted[i], "-") != 0) {
			error_errno(err, STATUS_INPUT, "%s", opt.untrusted[i]);
			return error_in(err, "--untrusted");
		}
		/* Whatever it holds: what cannot be read is left out, and the verdict tells. */
		if (read_certificates(&one, opt.untrusted[i], context, &junk))
			for (size_t j = 0; j < one.set.n; j++)
				set_add_copy(&untrusted->set, &one.set.at[j]);
		else
			report_note(context->report, "%s", junk.text);
	}
	return true;
}

static bool judge_file(struct run *run, const char *path, struct error *err)
{
	AUTO(store) leaf = STORE_INIT;
	AUTO(store) untrusted = STORE_INIT;

	if (!read_leaf(&leaf, path, run->context, err) ||
	    !read_untrusted(&untrusted, run->context, err))
		return false;
	for (size_t i = 0; i < run->n_against; i++) {
		struct validation validation = VALIDATION_INIT;

		validate_chain(&validation, path, &leaf.set, &untrusted.set, FROM_FILE,
			       &run->against[i].options);
		if (run->provers.n) {
			prove_chain(&validation, &leaf.set, &untrusted.set, run->provers.at,
				    run->provers.n, &run->against[i].options);
			count_proofs(run, &validation);
		}
		show(run, &validation, i);
		validation_clear(&validation);
	}
	return true;
}

/* A client has no more than its store and what the endpoint sends. */
static bool refuse_untrusted(const char *target, struct error *err)
{
	if (!opt.untrusted)
		return true;
	error_fail(err, STATUS_INPUT, _("--untrusted goes with certificate files, not with '%s'"),
		   target);
	return error_remedy(err, _("leave it out, or add the file to the store: rootcellar import"));
}

static bool judge_transcript(struct run *run, struct error *err)
{
	AUTO(file) file = FILE_INIT;
	AUTO(transcript) transcript = TRANSCRIPT_INIT;

	if (!refuse_untrusted(opt.presented, err) || !file_read(&file, opt.presented, err))
		return false;
	if (!transcript_read(&transcript, file.bytes, err))
		return error_in(err, "%s", opt.presented);
	for (size_t i = 0; i < run->n_against; i++) {
		struct validation validation = VALIDATION_INIT;

		validate_transcript(&validation, opt.presented, &transcript,
				    &run->against[i].options);
		show(run, &validation, i);
		validation_clear(&validation);
	}
	return true;
}

static bool judge_targets(struct run *run, const struct target_list *targets, struct error *err)
{
	if (!targets->n)
		return true;
	if (!refuse_untrusted(targets->at[0].text, err))
		return false;
	if (run->context->offline) {
		error_fail(err, STATUS_INPUT, _("--offline forbids to connect to '%s'"),
			   targets->at[0].text);
		return error_remedy(err, _("give a certificate file, or leave --offline out"));
	}
	if (!validating_may_dial(run->context, err))
		return false;
	if (opt.save_chain && targets->n > 1)
		return error_fail(err, STATUS_INPUT,
				  _("--save-chain takes one target and one store"));
	validate_targets(targets->at, targets->n, (size_t)run->jobs, &run->against[0].options, run,
			 show_for_each_store);
	return true;
}

/* What could be judged is; a line that names no target is a fault of the input all the same. */
static bool read_targets(struct run *run, struct target_list *targets, struct error *err)
{
	size_t bad = 0;

	if (!opt.targets)
		return true;
	if (!target_list_read(targets, opt.targets, &bad, err))
		return error_in(err, "--targets");
	if (bad)
		run->status = status_worse(run->status, STATUS_INPUT);
	return true;
}

/* Beside --anchors or --untrusted a bare word that is not there is a missing file and no host. */
static bool means_file(const struct context *context, const char *word)
{
	return word_is_file(context, word) ||
	       ((opt.anchors || opt.untrusted) && !strchr(word, ':'));
}

/* Files are judged in turn, targets together. */
static bool judge_all(struct run *run, const char *const *args, struct error *err)
{
	AUTO(target_list) targets = TARGET_LIST_INIT;

	for (size_t i = 0; args[i]; i++) {
		if (!(means_file(run->context, args[i]) ? judge_file(run, args[i], err)
							: target_list_add(&targets, args[i], err)))
			return false;
	}
	return (!opt.presented || judge_transcript(run, err)) && read_targets(run, &targets, err) &&
	       judge_targets(run, &targets, err);
}

static bool parse_policies(struct run *run, struct error *err)
{
	size_t n = 0;

	while (opt.policies && opt.policies[n])
		n++;
	run->policies = mem_array(n, sizeof(*run->policies));
	for (; run->n_policies < n; run->n_policies++) {
		const char *text = opt.policies[run->n_policies];
		uint8_t oid[64];
		size_t octets;

		if (!oid_parse(text, oid, &octets)) {
			AUTO_FREE char *shown = quoted(span_str(text));

			return error_fail(err, STATUS_INPUT,
					  _("--policy takes an object identifier like 2.23.140.1.2.1, not '%s'"),
					  shown);
		}
		run->policies[run->n_policies] = arena_copy(&run->octets, span_of(oid, octets));
	}
	return true;
}

static void ask_for_policies(const struct run *run, struct path_rules *rules)
{
	rules->policies = run->policies;
	rules->n_policies = run->n_policies;
	rules->explicit_policy = opt.explicit_policy;
	rules->inhibit_mapping = opt.inhibit_mapping;
	rules->inhibit_any = opt.inhibit_any;
}

static bool open_store(struct store *store, const struct context *context, const char *ref,
		       struct error *err)
{
	static const struct store_options look = { .purpose = STORE_TO_LOOK };

	if (opt.anchors) {
		if (!read_certificates(store, opt.anchors, context, err))
			return error_in(err, "--anchors");
		settle_as_anchors(&store->set);
		return true;
	}
	if (!store_open(store, ref, &look, err))
		return false;
	settle_trust(&store->set);
	/* The verdict wins over junk in the store: what was left out is only told. */
	tell_store(context, store);
	return true;
}

static void add_option(struct buf *words, const char *name, const char *value)
{
	buf_addf(words, " %s ", name);
	escape_shell(words, span_str(value));
}

/* Those that no other command has, as they were given: they belong to the question. */
static char *own_options(void)
{
	const struct {
		const char *name, *value;
		const char **values;
		int flag;
	} table[] = {
		{ "--anchors", opt.anchors, NULL, 0 },
		{ "--untrusted", NULL, opt.untrusted, 0 },
		{ "--crl", NULL, opt.crls, 0 },
		{ "--client", NULL, opt.clients, 0 },
		{ "--policy", NULL, opt.policies, 0 },
		{ "--explicit-policy", NULL, NULL, opt.explicit_policy },
		{ "--inhibit-mapping", NULL, NULL, opt.inhibit_mapping },
		{ "--inhibit-any", NULL, NULL, opt.inhibit_any },
	};
	AUTO(buf) words = BUF_INIT;

	for (size_t i = 0; i < COUNT(table); i++) {
		if (table[i].value)
			add_option(&words, table[i].name, table[i].value);
		for (size_t j = 0; table[i].values && table[i].values[j]; j++)
			add_option(&words, table[i].name, table[i].values[j]);
		if (table[i].flag)
			buf_addf(&words, " %s", table[i].name);
	}
	return str_copy(buf_text(&words));
}

static bool open_stores(struct run *run, struct store *stores, size_t n, struct error *err)
{
	for (size_t i = 0; i < n; i++) {
		const char *ref = run->context->stores ? run->context->stores[i] : NULL;

		if (!open_store(&stores[i], run->context, ref, err) ||
		    !validating_begin(&run->against[i], run->context, &stores[i].set,
				      opt.anchors ? opt.anchors : ref, err))
			return false;
		validating_judge_by(&run->against[i], &stores[i], opt.anchors);
		run->against[i].options.own_options = run->own_options;
		run->against[i].options.fetch = opt.fetch;
		ask_for_policies(run, &run->against[i].options.rules);
		run->against[i].options.rules.crls = run->lists.crls;
		run->against[i].options.clients = run->clients.at;
		run->against[i].options.n_clients = run->clients.n;
	}
	return true;
}

static bool load_clients(struct run *run, struct error *err)
{
	AUTO_FREE const char **words = NULL;
	size_t n = 0;

	if (!prover_list_read(&run->provers, opt.provers, err))
		return false;
	while (opt.clients && opt.clients[n])
		n++;
	words = mem_array(n + COUNT(run->provers.clients), sizeof(*words));
	if (n)
		memcpy(words, opt.clients, n * sizeof(*words));
	memcpy(words + n, run->provers.clients, sizeof(run->provers.clients));
	return client_list_load(&run->clients, words, err);
}

static enum status run(struct context *context, const char *const *args, struct error *err)
{
	struct run run = {
		.context = context, .n_against = 1, .jobs = JOBS_USUAL, .error = ERROR_INIT
	};
	struct store *stores;
	bool good;

	if (!check_options(context, args, err) ||
	    !option_number("jobs", opt.jobs, 1, JOBS_MOST, &run.jobs, err))
		return err->status;
	if (!args[0] && !opt.presented && !opt.targets)
		return error_fail(err, STATUS_INPUT, _("nothing to validate was named")),
		       error_remedy(err, "rootcellar validate HOST"), err->status;
	while (context->stores && context->stores[0] && context->stores[run.n_against])
		run.n_against++;
	run.stores = stores = mem_array(run.n_against, sizeof(*stores));
	run.against = mem_array(run.n_against, sizeof(*run.against));
	for (size_t i = 0; i < run.n_against; i++)
		stores[i] = (struct store)STORE_INIT;
	run.own_options = own_options();
	good = parse_policies(&run, err) && load_clients(&run, err) &&
	       lists_read(&run.lists, opt.crls, context, err) &&
	       open_stores(&run, stores, run.n_against, err) && judge_all(&run, args, err);
	if (good && run.error.text)
		good = error_move(err, &run.error);
	for (size_t i = 0; i < run.n_against; i++) {
		validating_clear(&run.against[i]);
		store_clear(&stores[i]);
	}
	mem_free(run.against);
	mem_free(run.policies);
	mem_free(run.own_options);
	arena_clear(&run.octets);
	lists_clear(&run.lists);
	client_list_clear(&run.clients);
	mem_free(stores);
	return good ? run.status : status_worse(run.status, err->status);
}

static const struct command_example examples[] = {
	{ "rootcellar validate api.partner.com", N_("does it complete, and if not, why") },
	{ "rootcellar validate api.partner.com --fetch",
	  N_("would it, with what its issuers publish") },
	{ "rootcellar validate api.partner.com:8443 --store ca.pem --store mozilla",
	  N_("against two stores side by side") },
	{ "rootcellar validate api.partner.com --client java,openssl,python",
	  N_("what each of these will say") },
	{ "rootcellar validate --presented paste.txt --hostname api.partner.com",
	  N_("what somebody pasted into a case") },
	{ "rootcellar validate --prove openssl,java api.example.com",
	  N_("and what those clients themselves say, with this store") },
	{ "rootcellar validate --offline --anchors roots.pem --untrusted chain.pem leaf.pem",
	  N_("files alone") },
	{ "rootcellar validate --anchors roots.pem --crl root.crl --crl issuing.crl chain.pem",
	  N_("with revocation, by lists at hand") },
	{ NULL, NULL }
};

const struct command cmd_validate = {
	.name = "validate",
	.args = N_("[TARGET|FILE]..."),
	.summary = N_("check that a chain completes with a store, and say what is missing"),
	.description = N_(
		"Connects to each target, takes the certificates that it presents, and looks for a "
		"path from its certificate to an anchor of the store. Says whether there is one; "
		"where there is none, why not, and what would fix it on the client's side and on the "
		"server's.\n\n"
		"A target is a host, HOST:PORT or a URL; the port is 443 where none is said. A "
		"certificate or chain file is judged without an endpoint. With --fetch, issuers that "
		"are missing are fetched from where the certificates say that they are published, to "
		"see whether that would complete the chain; nothing is added to the store.\n\n"
		"With --crl, revocation is judged by the lists of these files (RFC 5280 6.3): complete, "
		"delta, partitioned and indirect ones. It fails hard: a path completes only where they "
		"say of every certificate below the anchor that it is not revoked. Nothing is fetched "
		"for that, and without --crl revocation is not judged.\n\n"
		"With --client, the chain is judged as these clients judge it: each gets a column with "
		"its verdict and with the reasons of a no. The chain completes where it does for all of "
		"them; the path that is shown is that of the first that says no. A client is a profile "
		"that says how it verifies; a name without version is its newest. These are at hand: "
		"openssl-3.0 (as its commands are without options), openssl-strict-3.0, gnutls-3.7, "
		"java-17, go-1.19, boringssl, chromium, python-3.13, nss-3.87, servicenow-17 and "
		"mid-server-17; and as yardsticks rfc5280 and webpki, the CA/Browser Forum's. Each judges "
		"by the store that is named, not by its own."),
	.group = COMMAND_CHECK,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
