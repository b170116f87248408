/* explain: what an error text or code that was pasted from a log means, and what to do
 * next. */
#include "base/file.h"
#include "chain/explain.h"
#include "cmd/command.h"

static struct {
	int list;
} opt;

static const struct poptOption options[] = {
	{ "list", '\0', POPT_ARG_NONE, &opt.list, 0,
	  N_("tell every code of a finding; with -v also what clients show for it"),
	  NULL },
	POPT_TABLEEND
};

/* One of our own codes, alone: FINDING_COUNT where it is none. */
static enum finding_code code_of(const char *const *words)
{
	for (int code = 0; words[0] && !words[1] && code < FINDING_COUNT; code++)
		if (strcmp(words[0], finding_name((enum finding_code)code)) == 0)
			return (enum finding_code)code;
	return FINDING_COUNT;
}

static enum status explain(struct context *context, struct span text)
{
	struct explanation explanation;
	bool known;

	explain_text(&explanation, text);
	if (explanation.ignored)
		report_note(context->report,
			    _("only the last %zu MiB of the text were looked at"),
			    EXPLAIN_MOST >> 20);
	report_explanation(context->report, &explanation);
	known = explanation.n > 0;
	explanation_clear(&explanation);
	return known ? STATUS_GOOD : STATUS_FINDING;
}

static enum status explain_file(struct context *context, const char *path,
				struct error *err)
{
	AUTO(file) file = FILE_INIT;

	if (!file_read(&file, path, err))
		return err->status;
	return explain(context, file.bytes);
}

/* What was typed without quotes is one text. */
static enum status explain_words(struct context *context, const char *const *words)
{
	AUTO(buf) text = BUF_INIT;

	for (; *words; words++) {
		buf_add_str(&text, text.n ? " " : "");
		buf_add_str(&text, *words);
	}
	return explain(context, buf_span(&text));
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	enum finding_code code = code_of(words);

	if (opt.list) {
		report_codes(context->report);
		return STATUS_GOOD;
	}
	if (!words[0]) {
		error_fail(err, STATUS_INPUT, _("nothing to explain was given"));
		error_remedy(
			err,
			"rootcellar explain 'unable to get local issuer certificate'");
		return err->status;
	}
	if (code != FINDING_COUNT) {
		report_code(context->report, code);
		return STATUS_GOOD;
	}
	if (strcmp(words[0], "-") == 0 && !words[1])
		return explain_file(context, "-", err);
	return explain_words(context, words);
}

static const struct command_example examples[] = {
	{ "rootcellar explain 'PKIX path building failed'",
	  N_("what a line of a log means") },
	{ "rootcellar explain - <app.log", N_("whatever of it stands in a log") },
	{ "rootcellar explain 0x800B0109",
	  N_("a number, of Windows or of OpenSSL or curl") },
	{ "rootcellar explain missing-intermediate",
	  N_("one of rootcellar's own codes") },
	{ "rootcellar explain --list", N_("all of these") },
	{ NULL, NULL }
};

const struct command cmd_explain = {
	.name = "explain",
	.args = N_("TEXT|CODE|-"),
	.summary = N_("say what an error of a client means, and what to do next"),
	.description = N_(
		"Finds in a pasted text, or in standard input (-), what Java, OpenSSL, "
		"GnuTLS, Go, "
		"curl, Python, Chromium, Firefox, Node, Windows and ServiceNow say when "
		"a chain or a "
		"handshake fails, and tells what it means on either side, which finding "
		"of a "
		"validation it is, and the command that goes on from there. Prefixes, "
		"time stamps, "
		"line breaks, quotes and case do not matter, and a text that is cut off "
		"is "
		"recognised where enough of it is left. The most telling comes first.\n\n"
		"A host that the text names is put into the commands: see that it is the "
		"right "
		"one.\n\n"
		"Ends with 0 where something was recognised and 1 where nothing was."),
	.group = COMMAND_CHECK,
	.least = 0,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
