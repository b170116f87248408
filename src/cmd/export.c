/* export: hands a store out to TLS clients. */
#include "plan/export.h"

#include "base/escape.h"
#include "cmd/enabling.h"
#include "cmd/exported.h"
#include "cmd/opened.h"
#include "cmd/options.h"
#include "cmd/passwords.h"
#include "cmd/selection.h"
#include "store/ref.h"

#include <unistd.h>

static struct {
	const char *as, *only, *lossy, *onto;
	int in_place, retire, refresh, officer;
} opt;

static const struct poptOption options[] = {
	{ "as", '\0', POPT_ARG_STRING, &opt.as, 0,
	  N_("the format (default: that of what -o names, else pem)"), N_("FORMAT") },
	{ "only", '\0', POPT_ARG_STRING, &opt.only, 0, N_("leave the intermediates out"),
	  "anchors" },
	{ "lossy", '\0', POPT_ARG_STRING, &opt.lossy, 0,
	  N_("what becomes of anchors with bounds that the format cannot hold (default: "
	     "grace)"),
	  LOSSY_CHOICES },
	{ "onto", '\0', POPT_ARG_STRING, &opt.onto, 0,
	  N_("an export of where the records go: one that holds a certificate already keeps "
	     "its identity (sys_id)"),
	  N_("STORE") },
	{ "retire", '\0', POPT_ARG_NONE, &opt.retire, 0,
	  N_("write what --onto has in use, and is not handed out, as not in use"), NULL },
	{ "in-place", '\0', POPT_ARG_NONE, &opt.in_place, 0,
	  N_("write into the file itself, for a mount point that cannot be renamed over"),
	  NULL },
	{ "refresh", '\0', POPT_ARG_NONE, &opt.refresh, 0,
	  N_("bring what 'stores --enable' installed up to date: all, or those of these "
	     "names"),
	  NULL },
	{ "security-officer", '\0', POPT_ARG_NONE, &opt.officer, 0,
	  N_("write into a token as its security officer, with that PIN: in most nobody "
	     "else may mark anchors as trusted"),
	  NULL },
	SELECTION_OPTIONS,
	POPT_TABLEEND
};

static bool to_standard_output(const struct context *context)
{
	return !context->output || strcmp(context->output, "-") == 0;
}

/* A PIN of theirs is tried on nothing but the token. */
static bool check_officer(const struct context *context, struct error *err)
{
	if (!opt.officer)
		return true;
	if (!context->output || !ref_is_token(context->output)) {
		error_fail(err, STATUS_INPUT,
			   _("--security-officer writes into a token, and none is named"));
		return error_remedy(err, "-o 'pkcs11:token=NAME'");
	}
	passwords_of_officer();
	return true;
}

static bool parse_options(struct export_options *export, const struct context *context,
			  struct error *err)
{
	export->at = context->at;
	if (context->format != REPORT_TEXT) {
		error_fail(err, STATUS_INPUT,
			   _("export writes a store and no report that --format could "
			     "shape"));
		return error_remedy(err, _("--as says the format of the store"));
	}
	if (opt.in_place && to_standard_output(context)) {
		error_fail(err, STATUS_INPUT, _("--in-place writes into a file, and none is named"));
		return error_remedy(err, _("-o says where"));
	}
	if (opt.lossy && !lossy_parse(opt.lossy, &export->lossy))
		return bad_choice("lossy", opt.lossy, "keep, drop, fail, grace", err);
	if (opt.only && strcmp(opt.only, "anchors") != 0)
		return bad_choice("only", opt.only, "anchors", err);
	export->only = opt.only ? EXPORT_ANCHORS : EXPORT_BOTH;
	return check_officer(context, err) &&
	       export_format(&export->format, opt.as, context->output, err);
}

/* ---- onto what is there ---- */

static bool refuse_onto(const struct export_options *export, struct error *err)
{
	AUTO(buf) names = BUF_INIT;

	for (size_t i = 0; formats[i]; i++) {
		if (formats[i]->carries & CARRIES_FIELDS)
			buf_addf(&names, "%s%s", names.n ? ", " : "", formats[i]->name);
	}
	error_fail(err, STATUS_INPUT,
		   _("'%s' has no records whose identity could be kept"),
		   export->format->name);
	return error_remedy(err, _("--onto goes with --as %s"), buf_text(&names));
}

/* What was not selected would be retired: hardly what a selection of a few means. */
static bool check_retire(const char *const *words, struct error *err)
{
	if (!opt.onto) {
		error_fail(err, STATUS_INPUT,
			   _("--retire needs to know what is in use: --onto names it"));
		return error_remedy(err, "--onto EXPORT.xml --retire");
	}
	return (!words[0] && !selection_filtered()) ||
	       error_fail(err, STATUS_INPUT,
			  _("--retire goes with the whole store: it would retire all "
			    "that was not selected"));
}

static bool check_onto(const struct export_options *export, const char *const *words,
		       struct error *err)
{
	if (opt.retire && !check_retire(words, err))
		return false;
	return !opt.onto || export->format->carries & CARRIES_FIELDS ||
	       refuse_onto(export, err);
}

static enum status write_onto(const struct context *context, struct export_plan *plan,
			      struct error *err)
{
	static const struct store_options whole = { .purpose = STORE_TO_CHANGE };
	AUTO(store) there = STORE_INIT;
	enum status status;

	if (!opt.onto)
		return STATUS_GOOD;
	if (!store_open(&there, opt.onto, &whole, err))
		return err->status;
	if (!there.format || !(there.format->carries & CARRIES_FIELDS)) {
		AUTO_FREE char *shown = quoted(span_str(opt.onto));

		error_fail(err, STATUS_INPUT,
			   _("'%s' has no records whose identity could be kept"), shown);
		return err->status;
	}
	status = tell_store(context, &there);
	export_onto(plan, &there.set, opt.retire ? RETIRE_OTHERS : RETIRE_NOTHING);
	if (plan->stays)
		report_note(context->report,
			    ngettext("%zu entry there is in use and is not handed out; "
				     "--retire writes it as not in use",
				     "%zu entries there are in use and are not handed "
				     "out; --retire writes them as not in use",
				     plan->stays),
			    plan->stays);
	return status;
}

/* ---- telling ---- */

static void tell(const struct context *context, const struct export_plan *plan,
		 const struct format *format)
{
	AUTO(buf) sentence = BUF_INIT;
	AUTO_FREE char *where = quoted(
		span_str(to_standard_output(context) ? _("standard output") : context->output));

	export_sentence(&sentence, plan, format);
	report_note(context->report, "%s: %s", where, buf_text(&sentence));
	if (format->unsealed && !store_sealing.password)
		report_note(context->report, "%s: %s", where, _(format->unsealed));
}

/* Bytes that are no text would upset the terminal, and be lost. */
static bool fit_for_output(const struct context *context, const struct format *format,
			   struct error *err)
{
	if (!format->binary || context->output || context->dry_run || !isatty(STDOUT_FILENO))
		return true;
	error_fail(err, STATUS_INPUT, _("'%s' is no text, and the output is a terminal"),
		   format->name);
	return error_remedy(err, "%s -o FILE", context->command_line);
}

/* What became of a place whose entries come and go one by one. */
static void tell_written(const struct context *context, const struct written *written)
{
	struct report *report = context->report;

	if (written->added || written->changed || written->removed)
		report_note(report, _("%zu added, %zu changed, %zu removed"), written->added,
			    written->changed, written->removed);
	else
		report_note(report, _("it held all of that already: nothing was changed"));
	if (written->left)
		report_note(report,
			    ngettext("%zu certificate that is there by others has another "
				     "trust, and stays as it is",
				     "%zu certificates that are there by others have "
				     "another trust, and stay as they are",
				     written->left),
			    written->left);
}

static bool goes_one_by_one(const char *ref, const struct format *format)
{
	return ref_is_token(ref) || format->write_database;
}

static enum status write_out(const struct context *context, struct export_plan *plan,
			     const struct format *format, struct error *err)
{
	const char *ref = context->output ? context->output : "-";
	struct written written;

	if (!fit_for_output(context, format, err) ||
	    !export_guard(plan, context->output,
			  context->yes || context->dry_run ? SHRINK_ALLOWED
							   : SHRINK_REFUSED,
			  err))
		return err->status;
	if (context->dry_run) {
		tell(context, plan, format);
		report_note(context->report, _("dry run: nothing was written"));
		return STATUS_GOOD;
	}
	if (!store_write_counted(ref, format, &plan->set,
				 opt.in_place ? WRITE_IN_PLACE : WRITE_RENAME, &written,
				 err))
		return err->status;
	tell(context, plan, format);
	if (goes_one_by_one(ref, format))
		tell_written(context, &written);
	if (format->afterwards)
		report_note(context->report, "%s", _(format->afterwards));
	return STATUS_GOOD;
}

/* It writes to the places that were chosen when they were enabled, as was said then. */
static bool check_refresh(const struct context *context, struct error *err)
{
	return (!opt.as && !opt.only && !opt.lossy && !opt.onto && !opt.retire &&
		!opt.in_place && !context->output && !selection_filtered()) ||
	       error_fail(err, STATUS_INPUT,
			  _("--refresh goes with names of stores alone"));
}

static enum status refresh(struct context *context, const char *const *words,
			   struct error *err)
{
	if (!check_refresh(context, err))
		return err->status;
	return enabling_run(context, INSTALL_REFRESH, words, err);
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	struct export_options export = { .lossy = LOSSY_GRACE };
	struct format token = { .name = NULL };
	AUTO(export_plan) plan = EXPORT_PLAN_INIT;
	AUTO(store) store = STORE_INIT;
	AUTO_FREE bool *hits = NULL;
	enum status status;
	bool made;

	if (opt.refresh)
		return refresh(context, words, err);
	context->reported = true; /* there is no report but what is exported */
	if (!parse_options(&export, context, err) || !check_onto(&export, words, err) ||
	    !open_to_look(&store, context, TWINS_JOINED, err) ||
	    !selection_of(&hits, words, &store.set, context->at, err))
		return err->status;
	status = tell_store(context, &store);
	if (!export_ask_token(&export, &token, context->output, err))
		return err->status;
	export.hits = hits;
	made = export_make(&plan, &store.set, &export, err);
	tell_left_out(context, &plan);
	if (!made)
		return err->status;
	tell_losses(&plan, export.officer);
	status = status_worse(status, write_onto(context, &plan, err));
	if (err->text)
		return err->status;
	return status_worse(status, write_out(context, &plan, export.format, err));
}

static const struct command_example examples[] = {
	{ "rootcellar export -o ca.pem",
	  N_("a bundle for curl, OpenSSL, Python, nginx") },
	{ "rootcellar export --only anchors | openssl storeutl -noout -certs /dev/stdin",
	  N_("to a pipe") },
	{ "rootcellar export --as pem-directory -o ./certs",
	  N_("a folder, a file for each") },
	{ "rootcellar export --as p11-kit -o roots.p11-kit",
	  N_("with trust, purposes and dates, for p11-kit, NSS and GnuTLS") },
	{ "rootcellar export --only anchors --as pkcs12 -o trust.p12",
	  N_("a trust store for Java, which opens it with any password") },
	{ "rootcellar export --as jks -o trust.jks --password-file pw",
	  N_("the older kind, sealed with the first line of pw") },
	{ "rootcellar export -o nss:$HOME/.pki/nssdb",
	  N_("into the database of Chromium and of NSS's own programs") },
	{ "rootcellar export '*Partner*' -o partner.pem", N_("some entries only") },
	{ "rootcellar export --as servicenow --onto exported.xml -o import.xml",
	  N_("for a ServiceNow instance, whose own records are brought up to date") },
	{ "rootcellar export --refresh --yes",
	  N_("after a change: what 'stores --enable' installed, brought up to date") },
	{ NULL, NULL }
};

const struct command cmd_export = {
	.name = "export",
	.args = N_("[SELECTOR]..."),
	.summary = N_("hand a store out as a file or folder"),
	.description = N_("Writes the anchors that are good for TLS servers, and the "
			  "intermediates that chain "
			  "to one of them. Distrusted entries are written where the "
			  "format can say that they are, and never otherwise; expired "
			  "ones are left out; "
			  "what was left out is counted on standard error. The same "
			  "store gives the same "
			  "bytes.\n\n"
			  "What a format cannot hold is never dropped in silence. An "
			  "anchor that is not for "
			  "certificates issued after some date stays, with --lossy "
			  "grace, until that date plus "
			  "the longest time for which such certificates are valid; keep "
			  "writes it as if it were "
			  "unbounded, drop leaves it out, fail writes nothing.\n\n"
			  "--onto names what a store of records holds now, such as the "
			  "XML that a ServiceNow "
			  "instance exports of its certificates: a record that holds a "
			  "certificate already is "
			  "then changed and not doubled. With --retire, what is in use "
			  "there and is not handed "
			  "out is written as not in use; otherwise it is counted. What "
			  "must be done after the "
			  "file was taken there is said on standard error.\n\n"
			  "A token or a database of NSS's is brought to hold what is "
			  "handed out: what it lacks is added with what it can be told of "
			  "trust, what was written there before and is not wanted any "
			  "more is taken out, and what others put there stays. The same "
			  "again changes nothing.\n\n"
			  "Nothing is written where nothing would be left. Without --yes "
			  "a file is not replaced by "
			  "one that lacks more than half of its certificates.\n\n"
			  "With --refresh, what stores --enable installed is brought up to "
			  "date, at all places or at those of the names given. A file that "
			  "something else changed since is left as it is, and told; "
			  "programs that make something of it are run after it changed."),
	.group = COMMAND_HAND_OUT,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.writes_output = true,
	.run = run,
};
