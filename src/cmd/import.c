/* import: takes certificates into the cellar. */
#include "plan/import.h"

#include "base/escape.h"
#include "cmd/opened.h"
#include "cmd/options.h"
#include "plan/restate.h"

#include <limits.h>
#include <stdlib.h>

#define REFUSALS_SHOWN \
	20 /* without -v: a folder of leaves shall not flood the terminal */

static struct {
	const char **accept, **purposes;
	const char *trust, *mirror;
	int adopt;
} opt;

static const struct poptOption options[] = {
	{ "trust", '\0', POPT_ARG_STRING, &opt.trust, 0,
	  N_("what the certificates are to be, whatever the source says"),
	  "anchor|intermediate|distrusted" },
	{ "purpose", '\0', POPT_ARG_ARGV, &opt.purposes, 0,
	  N_("what anchors are good for, such as server-auth; 'any' for anything"),
	  N_("PURPOSE") },
	{ "accept-root", '\0', POPT_ARG_ARGV, &opt.accept, 0,
	  N_("make an anchor of the certificate with that fingerprint, even from the "
	     "network"),
	  "SHA256" },
	{ "mirror", '\0', POPT_ARG_STRING, &opt.mirror, 0,
	  N_("follow that store: also take away what came from it and is gone there"),
	  N_("STORE") },
	{ "adopt", '\0', POPT_ARG_NONE, &opt.adopt, 0,
	  N_("take over a cellar that was edited by hand, and files that others left in "
	     "it"),
	  NULL },
	POPT_TABLEEND
};

/* ---- options ---- */

static bool parse_trust(struct import_options *import, struct error *err)
{
	if (!opt.trust ||
	    (trust_parse(opt.trust, &import->trust) && trust_can_be_given(import->trust)))
		return true;
	return bad_choice("trust", opt.trust, "anchor, intermediate, distrusted", err);
}

static bool parse_accepted(struct sha256 **accepted, struct import_options *import,
			   struct error *err)
{
	size_t n = 0;

	while (opt.accept && opt.accept[n])
		n++;
	*accepted = mem_array(n + 1, sizeof(**accepted));
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *shown = quoted(span_str(opt.accept[i]));

		if (!sha256_parse(opt.accept[i], &(*accepted)[i]))
			return error_fail(err, STATUS_INPUT,
					  _("--accept-root needs the 64 hex digits of a "
					    "SHA-256, not '%s'"),
					  shown);
	}
	import->accepted = *accepted;
	import->n_accepted = n;
	return true;
}

static bool parse_options(struct import_options *import, struct sha256 **accepted,
			  struct error *err)
{
	if (!parse_trust(import, err) || !parse_accepted(accepted, import, err))
		return false;
	import->now = clock_now();
	import->purposes_said = opt.purposes;
	if (opt.purposes && !purpose_names_parse(opt.purposes, &import->purposes, err))
		return error_in(err, "--purpose");
	return true;
}

static bool check_words(const char *const *words, struct error *err)
{
	if (opt.mirror && words[0]) {
		error_fail(err, STATUS_INPUT,
			   _("--mirror follows one store and takes no others"));
		return error_remedy(err, _("a union can be followed: --mirror A+B"));
	}
	if (words[0] || opt.mirror || opt.adopt)
		return true;
	error_fail(err, STATUS_INPUT, _("no store to import was named"));
	return error_remedy(err, "rootcellar import ca.pem");
}

/* ---- sources ---- */

struct sources {
	struct store *at;
	size_t n;
};

static void sources_clear(struct sources *sources)
{
	for (size_t i = 0; i < sources->n; i++)
		store_clear(&sources->at[i]);
	mem_free(sources->at);
}

/* Read before the cellar is locked: a slow source keeps nobody else waiting. */
static bool open_sources(struct sources *sources, const char *const *refs,
			 struct error *err)
{
	static const struct store_options whole = { .purpose = STORE_TO_CHANGE };
	size_t n = 0;

	while (refs[n])
		n++;
	sources->at = mem_array(n + 1, sizeof(*sources->at));
	for (size_t i = 0; i < n; i++) {
		sources->at[i] = (struct store)STORE_INIT;
		sources->n = i + 1;
		if (!store_open(&sources->at[i], refs[i], &whole, err))
			return false;
	}
	return true;
}

/* A mirror that has become empty is a fault of the mirror, not a wish to trust nobody. */
static bool check_mirror(const struct sources *sources, struct error *err)
{
	AUTO_FREE char *shown = NULL;

	if (!opt.mirror || sources->at[0].set.n)
		return true;
	shown = quoted(span_str(opt.mirror));
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s' has no entries: it is not followed"), shown);
}

/* The reference as it will be recognised next time, from whatever folder. */
static char *mirror_ref(const struct store *source)
{
	char path[PATH_MAX];

	if (source->kind == STORE_PATH && source->path && realpath(source->path, path))
		return str_copy(path);
	return str_copy(opt.mirror);
}

/* ---- telling ---- */

static enum status tell_refusals(const struct context *context,
				 const struct import_result *result)
{
	size_t shown = result->n;

	if (!context->verbose && shown > REFUSALS_SHOWN)
		shown = REFUSALS_SHOWN;
	for (size_t i = 0; i < shown; i++) {
		AUTO(error) line = ERROR_INIT;

		error_fail(&line, STATUS_FINDING, _("not taken: %s"),
			   result->refusals[i].why);
		if (result->refusals[i].remedy)
			error_remedy(&line, "%s", result->refusals[i].remedy);
		report_error(&line);
	}
	if (shown < result->n)
		report_note(context->report,
			    ngettext("%zu more was not taken; -v names it",
				     "%zu more were not taken; -v names them",
				     result->n - shown),
			    result->n - shown);
	return result->n ? STATUS_FINDING : STATUS_GOOD;
}

static enum status tell_result(const struct context *context,
			       const struct import_result *result,
			       const struct import_options *import)
{
	enum status status = tell_refusals(context, result);

	if (result->distrust_kept)
		report_note(context->report,
			    ngettext("%zu certificate stays distrusted, though the "
				     "source trusts it",
				     "%zu certificates stay distrusted, though the "
				     "source trusts them",
				     result->distrust_kept),
			    result->distrust_kept);
	if (result->word_kept)
		report_note(context->report,
			    ngettext("%zu certificate stays as 'trust' has said, though the "
				     "source says otherwise",
				     "%zu certificates stay as 'trust' has said, though the "
				     "source says otherwise",
				     result->word_kept),
			    result->word_kept);
	if (result->inactive)
		report_note(context->report,
			    ngettext("%zu inactive entry was not taken",
				     "%zu inactive entries were not taken",
				     result->inactive),
			    result->inactive);
	if (result->distrust_kept && import->trust != TRUST_UNSAID) {
		/* It was asked for by name, and refused. */
		report_note(context->report,
			    _("'rootcellar trust %s SELECTOR' lifts a distrust"),
			    trust_name(import->trust));
		status = status_worse(status, STATUS_FINDING);
	}
	if (result->nothing_retired)
		report_note(
			context->report,
			_("the source was read only in part, so nothing is taken away"));
	if (result->accepted_met >= import->n_accepted)
		return status;
	report_note(context->report,
		    _("no certificate has the fingerprint that --accept-root names"));
	return status_worse(status, STATUS_FINDING);
}

/* ---- the whole ---- */

static enum status import_all(struct cellar_change *change, struct context *context,
			      const struct sources *sources,
			      struct import_options *import, struct error *err)
{
	AUTO(import_result) result = IMPORT_RESULT_INIT;
	AUTO_FREE char *mirror = opt.mirror ? mirror_ref(&sources->at[0]) : NULL;
	enum status status = STATUS_GOOD;

	import->mirror = mirror;
	for (size_t i = 0; i < sources->n; i++) {
		status = status_worse(status, tell_store(context, &sources->at[i]));
		import_store(&change->set, &sources->at[i], import, &result);
	}
	status = status_worse(status, tell_result(context, &result, import));
	return status_worse(status, change_finish(change, context,
						  change->adopts || change->refused ?
							  CHANGE_ASKS_ALWAYS
						  : result.retired
							  ? CHANGE_ASKS
							  : CHANGE_ASKS_FOR_TRUST,
						  err));
}

static bool begin(struct cellar_change *change, struct context *context,
		  struct error *err)
{
	AUTO_FREE char *path = NULL;

	if (!opt.adopt)
		return change_begin(change, context, err);
	return change_path(&path, context, err) && cellar_adopt(change, path, err);
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	const char *const mirrored[] = { opt.mirror, NULL };
	struct import_options import = { .trust = TRUST_UNSAID };
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(sources) sources = { NULL, 0 };
	AUTO_FREE struct sha256 *accepted = NULL;

	if (!check_words(words, err) || !parse_options(&import, &accepted, err) ||
	    !open_sources(&sources, opt.mirror ? mirrored : words, err) ||
	    !check_mirror(&sources, err) || !begin(&change, context, err))
		return err->status;
	return import_all(&change, context, &sources, &import, err);
}

static const struct command_example examples[] = {
	{ "rootcellar import ca.pem", N_("the certificates of a file") },
	{ "rootcellar import /usr/share/ca-certificates/mozilla",
	  N_("a folder of them: the roots that Debian ships") },
	{ "rootcellar import root.pem --trust anchor --purpose server-auth",
	  N_("an anchor for TLS servers only") },
	{ "rootcellar import --mirror system",
	  N_("follow the platform's own roots from now on") },
	{ "rootcellar import tls://api.partner.com",
	  N_("the intermediates that a server presents") },
	{ NULL, NULL }
};

const struct command cmd_import = {
	.name = "import",
	.args = N_("[STORE]..."),
	.summary = N_("take certificates into the cellar"),
	.description = N_("Takes the certificates of any store into the cellar. What the "
			  "source states of "
			  "trust is kept. Where it states nothing, a self-signed CA "
			  "certificate becomes an "
			  "anchor and another CA certificate an intermediate; a "
			  "certificate that is no CA is "
			  "refused, unless --trust says what it is to be.\n\n"
			  "A source that states nothing changes nothing of an entry that "
			  "is there already, and "
			  "distrust is never lifted by an import. What comes from the "
			  "network becomes no "
			  "anchor unless --accept-root names its fingerprint.\n\n"
			  "--mirror makes the cellar follow a store: what it adds and "
			  "changes is taken over, and "
			  "entries that came from it alone are taken away when it drops "
			  "them. Entries from "
			  "elsewhere, and what 'rootcellar trust' said, stay."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
