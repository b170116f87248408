/* validate: does this endpoint, or this file, complete against this store; why not; what would fix it. */
#include "base/escape.h"
#include "cmd/opened.h"
#include "cmd/validating.h"
#include "plan/served.h"
#include "plan/transcript.h"
#include "store/profile.h"

#define TARGETS_MOST 100000
#define LINE_MOST    4096
#define CLIENTS_MOST 32

static struct {
	const char *anchors, *targets, *presented, *save_chain, *revocation, *explicit_words;
	const char **untrusted, **crls, **policies, **clients;
	int fetch, jobs, worknote, explicit_policy, inhibit_mapping, inhibit_any;
} opt = { .jobs = 8 };

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
	{ "jobs", '\0', POPT_ARG_INT, &opt.jobs, 0, N_("how many targets at once (8)"), N_("N") },
	{ "save-chain", '\0', POPT_ARG_STRING, &opt.save_chain, 0,
	  N_("write the chain that the server should send"), N_("FILE") },
	{ "worknote", '\0', POPT_ARG_NONE, &opt.worknote, 0,
	  N_("print what a support case needs, as text to paste"), NULL },
	{ "revocation", '\0', POPT_ARG_STRING, &opt.revocation, 0,
	  N_("off: this version judges no revocation"), N_("off") },
	{ "crl", '\0', POPT_ARG_ARGV, &opt.crls, 0,
	  N_("a revocation list; this version cannot judge it and so completes nothing"),
	  N_("FILE") },
	{ "client", '\0', POPT_ARG_ARGV, &opt.clients, 0,
	  N_("judge as these clients do, each by itself: openssl, gnutls, java, go, python ..."),
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
	struct validating *against;	/* one a store and client */
	size_t n_against;
	struct client_rules *clients;	/* --client; the default alone where none is named */
	size_t n_clients;
	struct span *policies;		/* --policy, content octets in octets */
	size_t n_policies;
	struct arena octets;
	enum status status;
	struct error error;
};

static bool check_options(const struct context *context, struct error *err)
{
	if (opt.revocation && strcmp(opt.revocation, "off") != 0) {
		error_fail(err, STATUS_INPUT,
			   _("--revocation %s: this version judges no revocation"),
			   opt.revocation);
		return error_remedy(err, _("only --revocation off can be asked for"));
	}
	if (opt.anchors && context->store)
		return error_fail(err, STATUS_INPUT,
				  _("--anchors and --store both say what is trusted"));
	if (opt.fetch && context->offline)
		return error_fail(err, STATUS_INPUT,
				  _("--fetch and --offline contradict each other"));
	if (opt.jobs < 1 || opt.jobs > 64)
		return error_fail(err, STATUS_INPUT, _("--jobs is a number from 1 to 64"));
	return true;
}

/* What was asked for and cannot be judged fails closed: "complete" would not be true. */
static void tell_unjudged(struct validation *validation)
{
	if (opt.crls) {
		finding_add(&validation->findings, FINDING_REVOCATION_UNKNOWN)->text = str_copy(
			_("revocation lists were given, and this version cannot judge them"));
		validation->verdict = VERDICT_INCOMPLETE;
	}
}

static bool save_chain(const struct validation *validation, struct error *err)
{
	AUTO(buf) chain = BUF_INIT;

	return served_chain(&chain, validation, err) &&
	       file_replace(opt.save_chain, buf_span(&chain), 0644, err);
}

static void show(struct run *run, struct validation *validation)
{
	struct context *context = run->context;

	if (validation->verdict == VERDICT_COMPLETE)
		tell_unjudged(validation);
	if (opt.worknote)
		report_worknote(&context->report->out, validation, context->command_line);
	else
		report_validation(context->report, validation);
	run->status = status_worse(run->status, verdict_status(validation->verdict));
	if (opt.save_chain && !run->error.text && !save_chain(validation, &run->error))
		error_in(&run->error, "--save-chain");
}

/* Judged against the first store by the caller; the other stores get what was presented then. */
static void show_for_each_store(void *ctx, struct validation *validation)
{
	struct run *run = ctx;

	show(run, validation);
	for (size_t i = 1; i < run->n_against; i++) {
		struct validation again = VALIDATION_INIT;

		validate_again(&again, validation, &run->against[i].options);
		show(run, &again);
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
		show(run, &validation);
		validation_clear(&validation);
	}
	return true;
}

static bool judge_transcript(struct run *run, struct error *err)
{
	AUTO(file) file = FILE_INIT;
	AUTO(transcript) transcript = TRANSCRIPT_INIT;

	if (!file_read(&file, opt.presented, err))
		return false;
	if (!transcript_read(&transcript, file.bytes, err))
		return error_in(err, "%s", opt.presented);
	for (size_t i = 0; i < run->n_against; i++) {
		struct validation validation = VALIDATION_INIT;

		validate_transcript(&validation, opt.presented, &transcript,
				    &run->against[i].options);
		show(run, &validation);
		validation_clear(&validation);
	}
	return true;
}

/* The words of --targets: one a line, what follows '#' is a comment. */
static bool read_target_lines(struct buf *lines, const char ***words, size_t *n, size_t *cap,
			      struct error *err)
{
	AUTO(file) file = FILE_INIT;
	char *line, *rest;

	if (!file_read(&file, opt.targets, err))
		return false;
	if (memchr(file.bytes.at, '\0', file.bytes.n))
		return error_fail(err, STATUS_INPUT, _("%s: it is no text"), opt.targets);
	buf_add(lines, file.bytes);
	buf_add_byte(lines, '\0');
	for (line = strtok_r((char *)lines->at, "\n", &rest); line;
	     line = strtok_r(NULL, "\n", &rest)) {
		line += strspn(line, " \t\r");
		line[strcspn(line, " \t\r#")] = '\0';
		if (!*line)
			continue;
		if (*n == TARGETS_MOST)
			return error_fail(err, STATUS_INPUT, _("%s: more than %d targets"),
					  opt.targets, TARGETS_MOST);
		GROW(*words, *n, *cap);
		(*words)[(*n)++] = line;
	}
	return true;
}

static bool judge_targets(struct run *run, const char *const *words, size_t n, struct error *err)
{
	struct target *targets;

	if (!n)
		return true;
	if (run->context->offline) {
		error_fail(err, STATUS_INPUT, _("--offline forbids to dial '%s'"), words[0]);
		return error_remedy(err, _("give a certificate file, or leave --offline out"));
	}
	if (!targets_parse(&targets, words, n, err))
		return false;
	validate_targets(targets, n, (size_t)opt.jobs, &run->against[0].options, run,
			 show_for_each_store);
	targets_free(targets, n);
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
	AUTO(buf) lines = BUF_INIT;
	AUTO_FREE const char **words = NULL;
	size_t n = 0, cap = 0;

	for (size_t i = 0; args[i]; i++) {
		if (!means_file(run->context, args[i])) {
			GROW(words, n, cap);
			words[n++] = args[i];
		} else if (!judge_file(run, args[i], err)) {
			return false;
		}
	}
	if (opt.presented && !judge_transcript(run, err))
		return false;
	if (opt.targets && !read_target_lines(&lines, &words, &n, &cap, err))
		return false;
	return judge_targets(run, words, n, err);
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

/* One more judge: of that store, in the eyes of that client. */
static bool add_judge(struct run *run, struct store *store, const char *ref,
		      const struct client_rules *client, struct error *err)
{
	struct validating *judge = &run->against[run->n_against++];

	if (!validating_begin(judge, run->context, &store->set, opt.anchors ? opt.anchors : ref,
			      err))
		return false;
	validating_begin_with_import(judge, store, opt.anchors != NULL);
	judge->options.fetch = opt.fetch;
	judge->options.rules.client = client;
	ask_for_policies(run, &judge->options.rules);
	return true;
}

static bool open_stores(struct run *run, struct store *stores, size_t n, struct error *err)
{
	run->against = mem_array(n * run->n_clients, sizeof(*run->against));
	for (size_t i = 0; i < n; i++) {
		const char *ref = run->context->stores ? run->context->stores[i] : NULL;

		if (!open_store(&stores[i], run->context, ref, err))
			return false;
		for (size_t j = 0; j < run->n_clients; j++)
			if (!add_judge(run, &stores[i], ref, &run->clients[j], err))
				return false;
	}
	return true;
}

/* A word of --client holds one name, or several with commas between. */
static bool load_clients(struct run *run, struct error *err)
{
	size_t cap = 0;

	for (size_t i = 0; opt.clients && opt.clients[i]; i++) {
		AUTO_FREE char *words = str_copy(opt.clients[i]);
		char *rest, *name;

		for (name = strtok_r(words, ",", &rest); name; name = strtok_r(NULL, ",", &rest)) {
			GROW(run->clients, run->n_clients, cap);
			run->clients[run->n_clients] = client_default;
			if (!client_load(&run->clients[run->n_clients], name, err))
				return error_in(err, "--client");
			if (++run->n_clients > CLIENTS_MOST)
				return error_fail(err, STATUS_INPUT,
						  _("--client: more than %d clients"),
						  CLIENTS_MOST);
		}
	}
	if (!run->n_clients) {
		GROW(run->clients, run->n_clients, cap);
		run->clients[run->n_clients++] = client_default;
	}
	return true;
}

static void run_clear(struct run *run)
{
	for (size_t i = 0; i < run->n_against; i++)
		validating_clear(&run->against[i]);
	for (size_t i = 0; i < run->n_clients; i++)
		client_clear(&run->clients[i]);
	mem_free(run->against);
	mem_free(run->clients);
	mem_free(run->policies);
	arena_clear(&run->octets);
}

static enum status run(struct context *context, const char *const *args, struct error *err)
{
	struct run run = { .context = context, .error = ERROR_INIT };
	struct store *stores;
	size_t n = 1;
	bool good;

	if (!check_options(context, err))
		return err->status;
	if (!args[0] && !opt.presented && !opt.targets)
		return error_fail(err, STATUS_INPUT, _("nothing to validate was named")),
		       error_remedy(err, "rootcellar validate HOST"), err->status;
	while (context->stores && context->stores[0] && context->stores[n])
		n++;
	stores = mem_array(n, sizeof(*stores));
	for (size_t i = 0; i < n; i++)
		stores[i] = (struct store)STORE_INIT;
	good = parse_policies(&run, err) && load_clients(&run, err) &&
	       open_stores(&run, stores, n, err) && judge_all(&run, args, err);
	if (good && run.error.text)
		good = error_move(err, &run.error);
	run_clear(&run);
	for (size_t i = 0; i < n; i++)
		store_clear(&stores[i]);
	mem_free(stores);
	return good ? run.status : status_worse(run.status, err->status);
}

static const struct command_example examples[] = {
	{ "rootcellar validate api.partner.com", N_("does it complete, and if not, why") },
	{ "rootcellar validate api.partner.com --fetch",
	  N_("would it, with what its issuers publish") },
	{ "rootcellar validate api.partner.com:8443 --store ca.pem --store java",
	  N_("against two stores side by side") },
	{ "rootcellar validate --presented paste.txt --hostname api.partner.com",
	  N_("what somebody pasted into a case") },
	{ "rootcellar validate --offline --anchors roots.pem --untrusted chain.pem leaf.pem",
	  N_("files alone") },
	{ NULL, NULL }
};

const struct command cmd_validate = {
	.name = "validate",
	.args = N_("[TARGET|FILE]..."),
	.summary = N_("check that a chain completes against a store, and say what is missing"),
	.description = N_(
		"Connects to each target, takes the certificates that it presents, and looks for a "
		"path from its certificate to an anchor of the store. Says whether there is one; "
		"where there is none, why not, and what would fix it on the client's side and on the "
		"server's.\n\n"
		"A target is a host, HOST:PORT or a URL; the port is 443 where none is said. A "
		"certificate or chain file is judged without an endpoint. With --fetch, issuers that "
		"are missing are fetched from where the certificates say that they are published, to "
		"see whether that would complete the chain; nothing is added to the store.\n\n"
		"Revocation is not judged by this version."),
	.group = COMMAND_CHECK,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
