/* What validate, fetch and prune --keep-working share. */
#include "cmd/validating.h"

#include "base/escape.h"
#include "cmd/options.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

static struct {
	const char *hostname, *ip, *email, *sni, *purpose, *anchor_checks, *from, *max_depth;
	const char **accept_roots;
	int allow_weak, allow_private, no_cache;
} opt;

/* Far more than any path has; the search has bounds of its own. */
#define DEPTH_MOST 1000

const struct poptOption validating_judge_options[] = {
	{ "hostname", '\0', POPT_ARG_STRING, &opt.hostname, 0,
	  N_("the name that the certificate must have, instead of the target's own"), N_("NAME") },
	{ "ip", '\0', POPT_ARG_STRING, &opt.ip, 0,
	  N_("the IP address that the certificate must have"), N_("ADDRESS") },
	{ "email", '\0', POPT_ARG_STRING, &opt.email, 0,
	  N_("the e-mail address that the certificate must have"), N_("ADDRESS") },
	{ "purpose", '\0', POPT_ARG_STRING, &opt.purpose, 0,
	  N_("what the chain is for: server (the default), client, email, code, time, any"),
	  N_("PURPOSE") },
	{ "max-depth", '\0', POPT_ARG_STRING, &opt.max_depth, 0,
	  N_("the most intermediates of a path"), N_("N") },
	{ "allow-weak", '\0', POPT_ARG_NONE, &opt.allow_weak, 0,
	  N_("take SHA-1 signatures and short keys too"), NULL },
	{ "anchor-checks", '\0', POPT_ARG_STRING, &opt.anchor_checks, 0,
	  N_("what in an anchor counts: none, expiry, constraints or all (the default)"),
	  N_("WHAT") },
	POPT_TABLEEND
};

const struct poptOption validating_fetch_options[] = {
	{ "from", '\0', POPT_ARG_STRING, &opt.from, 0,
	  N_("look for missing issuers in this store first"), N_("REF") },
	{ "accept-root", '\0', POPT_ARG_ARGV, &opt.accept_roots, 0,
	  N_("trust the root with this fingerprint, should it be met"), N_("SHA256") },
	{ "sni", '\0', POPT_ARG_STRING, &opt.sni, 0,
	  N_("the server name to send, instead of the target's own"), N_("NAME") },
	{ "allow-private", '\0', POPT_ARG_NONE, &opt.allow_private, 0,
	  N_("let a public target's issuers be fetched from private addresses"), NULL },
	{ "no-cache", '\0', POPT_ARG_NONE, &opt.no_cache, 0,
	  N_("ask for each URL anew"), NULL },
	POPT_TABLEEND
};

static bool parse_purpose(enum purpose *purpose, struct error *err)
{
	if (!opt.purpose || purpose_parse(opt.purpose, purpose))
		return true;
	error_fail(err, STATUS_INPUT, _("there is no purpose '%s'"), opt.purpose);
	return error_remedy(err, _("it is one of %s"), "server, client, email, code, time, any");
}

static bool parse_anchor_checks(enum anchor_checks *checks, struct error *err)
{
	static const struct {
		const char *name;
		enum anchor_checks checks;
	} table[] = {
		{ "none", ANCHOR_NOTHING },
		{ "expiry", ANCHOR_EXPIRY },
		{ "constraints", ANCHOR_CONSTRAINTS },
		{ "all", ANCHOR_ALL },
	};

	for (size_t i = 0; opt.anchor_checks && i < COUNT(table); i++)
		if (strcmp(opt.anchor_checks, table[i].name) == 0) {
			*checks = table[i].checks;
			return true;
		}
	if (!opt.anchor_checks)
		return true;
	return error_fail(err, STATUS_INPUT,
			  _("--anchor-checks is none, expiry, constraints or all, not '%s'"),
			  opt.anchor_checks);
}

static bool is_ip(const char *text)
{
	uint8_t address[16];

	return inet_pton(AF_INET, text, address) == 1 || inet_pton(AF_INET6, text, address) == 1;
}

static bool is_email(const char *text)
{
	const char *at = strrchr(text, '@');

	return at && at != text && at[1];
}

/* What is no name at all would be asked for of no certificate, or of every one. */
static bool check_names(struct error *err)
{
	AUTO_FREE char *shown = NULL;

	if (opt.hostname && !*opt.hostname)
		return error_fail(err, STATUS_INPUT, _("--hostname is empty"));
	if (opt.ip && !is_ip(opt.ip)) {
		shown = quoted(span_str(opt.ip));
		return error_fail(err, STATUS_INPUT,
				  _("--ip takes an address such as 192.0.2.7 or 2001:db8::7, "
				    "not '%s'"),
				  shown);
	}
	if (opt.email && !is_email(opt.email)) {
		shown = quoted(span_str(opt.email));
		return error_fail(err, STATUS_INPUT,
				  _("--email takes an address such as ops@example.com, not '%s'"),
				  shown);
	}
	return true;
}

static bool parse_name(struct validate_options *options, struct error *err)
{
	if (!!opt.hostname + !!opt.ip + !!opt.email > 1)
		return error_fail(err, STATUS_INPUT,
				  _("only one of --hostname, --ip and --email can be asked for"));
	if (!check_names(err))
		return false;
	options->hostname = opt.hostname;
	if (opt.ip)
		options->rules.name = (struct expected_name){ NAME_IP, opt.ip };
	if (opt.email)
		options->rules.name = (struct expected_name){ NAME_EMAIL, opt.email };
	return true;
}

static bool parse_roots(struct validating *validating, struct error *err)
{
	size_t n = 0;

	while (opt.accept_roots && opt.accept_roots[n])
		n++;
	validating->roots = mem_array(n, sizeof(*validating->roots));
	for (size_t i = 0; i < n; i++)
		if (!sha256_parse(opt.accept_roots[i], &validating->roots[i])) {
			AUTO_FREE char *shown = quoted(span_str(opt.accept_roots[i]));

			return error_fail(err, STATUS_INPUT,
					  _("--accept-root takes a whole SHA-256 fingerprint, not '%s'"),
					  shown);
		}
	validating->options.accept_roots = validating->roots;
	validating->options.n_accept_roots = n;
	return true;
}

/* Where answers are kept: private to the user; under sudo not the user's folder (DESIGN 12). */
static char *cache_folder(void)
{
	const char *xdg = getenv("XDG_CACHE_HOME");
	const struct passwd *user;

	if (geteuid() == 0 && getenv("SUDO_UID"))
		return str_copy("/var/cache/rootcellar");
	if (xdg && xdg[0] == '/')
		return str_format("%s/rootcellar", xdg);
	if (geteuid() == 0)
		return str_copy("/var/cache/rootcellar");
	user = getpwuid(geteuid());
	return user ? str_format("%s/.cache/rootcellar", user->pw_dir) : str_copy("");
}

static struct net *make_net(const struct context *context)
{
	AUTO_FREE char *cache = cache_folder();
	struct net_settings settings = {
		.proxy = (char *)(context->proxy ? context->proxy : "env"),	/* copied there */
		.connect_ms = 10000,
		.handshake_ms = 10000,
		.cache = opt.no_cache ? (char *)"" : cache,
	};

	return net_new(&settings);
}

char *validating_store_option(const char *ref)
{
	AUTO(buf) option = BUF_INIT;

	if (ref) {
		buf_add_str(&option, "--store ");
		escape_shell(&option, span_str(ref));
	}
	return str_copy(buf_text(&option));
}

/* A password is no part of what gets printed: it is the user's to put in again. */
static void add_proxy(struct buf *words, const char *proxy)
{
	const char *host = proxy ? strrchr(proxy, '@') : NULL;
	const char *scheme = proxy ? strstr(proxy, "://") : NULL;

	if (!proxy)
		return;
	buf_add_str(words, " --proxy ");
	if (!host) {
		escape_shell(words, span_str(proxy));
		return;
	}
	if (scheme && scheme < host)
		escape_shell(words, span_of(proxy, (size_t)(scheme - proxy) + 3));
	buf_add_str(words, "USER:PASSWORD@");
	escape_shell(words, span_str(host + 1));
}

/* The options that make the same question of another command, as they were given. */
static char *same_question(const struct context *context)
{
	const struct {
		const char *name, *value;
	} table[] = {
		{ "--hostname", opt.hostname }, { "--ip", opt.ip },	    { "--email", opt.email },
		{ "--sni", opt.sni },		{ "--purpose", opt.purpose }, { "--from", opt.from },
		{ "--anchor-checks", opt.anchor_checks }, { "--max-depth", opt.max_depth },
	};
	AUTO(buf) words = BUF_INIT;

	for (size_t i = 0; i < COUNT(table); i++)
		if (table[i].value) {
			buf_addf(&words, " %s ", table[i].name);
			escape_shell(&words, span_str(table[i].value));
		}
	for (size_t i = 0; opt.accept_roots && opt.accept_roots[i]; i++) {
		buf_add_str(&words, " --accept-root ");
		escape_shell(&words, span_str(opt.accept_roots[i]));
	}
	if (context->at_given) {
		char at[TIME_TEXT];

		buf_addf(&words, " --at %s", time_rfc3339(context->at, at));
	}
	add_proxy(&words, context->proxy);
	if (opt.allow_weak)
		buf_add_str(&words, " --allow-weak");
	if (opt.allow_private)
		buf_add_str(&words, " --allow-private");
	return str_copy(buf_text(&words));
}

/*
 * The variables that rootcellar-net reads. HTTP_PROXY in capitals is not among them: a CGI's
 * client could set it by a header.
 */
bool validating_may_dial(const struct context *context, struct error *err)
{
	static const char *const names[] = { "https_proxy", "HTTPS_PROXY", "http_proxy", "all_proxy",
					     "ALL_PROXY" };

	for (size_t i = 0; !context->proxy && i < COUNT(names); i++) {
		const char *url = getenv(names[i]);

		if (url && *url && !proxy_check(url, err)) {
			error_in(err, _("%s in the environment"), names[i]);
			return error_remedy(err, _("correct it, or give --proxy '' to go without"));
		}
	}
	return true;
}

void validating_judge_by(struct validating *validating, const struct store *store,
			 const char *anchors)
{
	AUTO(buf) named = BUF_INIT;
	struct validate_options *options = &validating->options;

	if (store->stand_in) {
		options->first_command = "rootcellar import system";
	} else if (anchors) {
		buf_add_str(&named, "--anchors ");
		escape_shell(&named, span_str(anchors));
		options->fixed_store = validating->fixed_store = str_copy(buf_text(&named));
	} else if (store->kind != STORE_CELLAR) {
		options->fixed_store = validating->fixed_store = str_copy(options->command_store);
	}
}

static bool open_others(struct validating *validating, struct error *err)
{
	static const struct store_options look = { .purpose = STORE_TO_LOOK };

	if (!opt.from)
		return true;
	if (!store_open(&validating->others, opt.from, &look, err))
		return error_in(err, "--from");
	set_index_make(&validating->others.set);
	validating->options.others = &validating->others.set;
	return true;
}

bool validating_begin(struct validating *validating, const struct context *context,
		      const struct entry_set *store, const char *ref, struct error *err)
{
	struct validate_options *options = &validating->options;

	*options = validate_options_default();
	options->store = store;
	options->store_ref = ref;
	options->at = context->at;
	validating->command_store = validating_store_option(ref);
	options->command_store = validating->command_store;
	validating->command_options = same_question(context);
	options->command_options = validating->command_options;
	options->sni = opt.sni;
	options->rules.allow_weak = opt.allow_weak;
	options->rules.anchor_checks_given = opt.anchor_checks;
	options->allow_private = opt.allow_private;
	options->use_cache = !opt.no_cache;
	options->dry_run = context->dry_run;
	if (context->proxy && *context->proxy && !proxy_check(context->proxy, err))
		return error_in(err, "--proxy");
	if (!option_number("max-depth", opt.max_depth, 0, DEPTH_MOST,
			   &options->rules.max_intermediates, err) ||
	    !parse_purpose(&options->rules.purpose, err) ||
	    !parse_anchor_checks(&options->rules.anchor_checks, err) ||
	    !parse_name(options, err) || !parse_roots(validating, err) ||
	    !open_others(validating, err))
		return false;
	set_index_make(store);
	options->edges = edge_cache_new();
	options->urls = url_memory_new();
	options->net = context->offline ? NULL : make_net(context);
	return true;
}

void validating_clear(struct validating *validating)
{
	net_free(validating->options.net);
	url_memory_free(validating->options.urls);
	edge_cache_free(validating->options.edges);
	store_clear(&validating->others);
	mem_free(validating->command_store);
	mem_free(validating->command_options);
	mem_free(validating->fixed_store);
	mem_free(validating->roots);
	*validating = (struct validating)VALIDATING_INIT;
}

/* HOST:PORT, where no format has the name of the host. */
static bool has_port(const char *word)
{
	const char *colon = strchr(word, ':');
	AUTO_FREE char *before =
		colon ? str_of(span_of(word, (size_t)(colon - word))) : str_copy("");

	return colon && !format_find(before);
}

/* No host is called leaf.pem: nobody meant one. */
static bool is_certificate_name(const char *word)
{
	static const char *const endings[] = { ".pem", ".crt", ".cer", ".der", ".p7b",
					       ".p7c", ".txt", ".chain" };
	const char *dot = strrchr(word, '.');

	for (size_t i = 0; dot && i < COUNT(endings); i++)
		if (strcasecmp(dot, endings[i]) == 0)
			return true;
	return false;
}

bool word_is_file(const struct context *context, const char *word)
{
	AUTO_FREE char *shown = NULL;
	bool there = file_kind(word) != FILE_ABSENT;

	if (strcmp(word, "-") == 0)
		return true;
	if (strstr(word, "://"))
		return false;
	if (strchr(word, '/'))
		return true;
	if (context->offline)
		return there || !has_port(word);
	if (!there)
		return false;
	if (is_certificate_name(word))
		return true;
	shown = quoted(span_str(word));
	report_note(context->report, _("'%s' is a file here; the host of that name is https://%s"),
		    shown, shown);
	return true;
}

bool targets_parse(struct target **targets, const char *const *words, size_t n, struct error *err)
{
	struct target *parsed = mem_array(n, sizeof(*parsed));

	for (size_t i = 0; i < n; i++)
		if (!target_parse(&parsed[i], words[i], err)) {
			targets_free(parsed, i);
			return false;
		}
	*targets = parsed;
	return true;
}

void targets_free(struct target *targets, size_t n)
{
	for (size_t i = 0; i < n; i++)
		target_clear(&targets[i]);
	mem_free(targets);
}

bool read_certificates(struct store *store, const char *path, const struct context *context,
		       struct error *err)
{
	static const struct store_options apart = { .purpose = STORE_TO_CHANGE,
						    .keep_twins = true };
	/* A bare word would be a profile; here it is a file. */
	AUTO_FREE char *ref = strpbrk(path, "/.:") || strcmp(path, "-") == 0
				      ? str_copy(path)
				      : str_format("./%s", path);

	if (!store_open(store, ref, &apart, err))
		return false;
	for (size_t i = 0; i < store->n_skips; i++)
		report_note(context->report, "%s", store->skips[i].text);
	return true;
}

bool read_leaf(struct store *store, const char *path, const struct context *context,
	       struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));

	if (file_kind(path) == FILE_FOLDER)
		return error_fail(err, STATUS_INPUT,
				  _("'%s' is a folder: a certificate or chain file is judged"),
				  shown);
	return read_certificates(store, path, context, err);
}

enum status verdict_status(enum verdict verdict)
{
	switch (verdict) {
	case VERDICT_COMPLETE:
		return STATUS_GOOD;
	case VERDICT_NO_ANSWER:
		return STATUS_NO_ANSWER;
	default:
		return STATUS_FINDING;
	}
}
