/* trust: says whether entries of the cellar are anchors, intermediates or distrusted. */
#include "base/escape.h"
#include "cmd/command.h"
#include "cmd/selection.h"
#include "plan/restate.h"

static struct {
	const char **purposes;
	const char *distrust_after;
	int all;
} opt;

static const struct poptOption options[] = {
	{ "purpose", '\0', POPT_ARG_ARGV, &opt.purposes, 0,
	  N_("what the anchor is good for, such as server-auth; 'any' lifts the bound"),
	  N_("PURPOSE") },
	{ "distrust-after", '\0', POPT_ARG_STRING, &opt.distrust_after, 0,
	  N_("not for certificates of servers and e-mail issued after that date; 'never' "
	     "lifts it"),
	  N_("DATE") },
	{ "all", '\0', POPT_ARG_NONE, &opt.all, 0,
	  N_("a pattern may name several entries"), NULL },
	INCLUDE_OPTIONS(selection_expired, N_("Filters")),
	INCLUDE_OPTIONS(selection_filters, N_("Filters")),
	INCLUDE_OPTIONS(selection_trust, N_("Filters")),
	POPT_TABLEEND
};

static bool parse_trust(const char *word, enum trust *trust, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(word));

	if (trust_parse(word, trust) && trust_can_be_given(*trust))
		return true;
	error_fail(err, STATUS_INPUT, _("there is no trust '%s'"), shown);
	return error_remedy(err, _("it is one of %s"),
			    "anchor, intermediate, distrusted");
}

static bool parse(struct restatement *say, const char *trust, struct error *err)
{
	if (!parse_trust(trust, &say->trust, err))
		return false;
	say->purposes_said = opt.purposes;
	say->distrust_after_said = opt.distrust_after;
	say->distrust_after = TIME_NONE;
	if (say->trust != TRUST_ANCHOR && (opt.purposes || opt.distrust_after))
		return error_fail(
			err, STATUS_INPUT,
			_("--purpose and --distrust-after are for anchors only"));
	if (opt.purposes && !purpose_names_parse(opt.purposes, &say->purposes, err))
		return error_in(err, "--purpose");
	if (!opt.distrust_after || strcmp(opt.distrust_after, "never") == 0)
		return true;
	return time_parse(opt.distrust_after, &say->distrust_after, err) ||
	       error_in(err, "--distrust-after");
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO_FREE bool *hits = NULL;
	struct restatement say = { .now = clock_now() };

	if (!parse(&say, words[0], err) || !change_begin(&change, context, err) ||
	    !selection_to_change(&hits, words + 1, &change.set, context->at,
				 opt.all ? SELECTOR_ALL : SELECTOR_ONE_EACH, err))
		return err->status;
	restate(&change.set, hits, &say);
	return change_finish(&change, context, CHANGE_ASKS, err);
}

static const struct command_example examples[] = {
	{ "rootcellar trust anchor 96bcec06 --purpose server-auth",
	  N_("paths of TLS servers may end here") },
	{ "rootcellar trust anchor 96bcec06 --distrust-after 2026-06-30",
	  N_("but not for certificates issued after June") },
	{ "rootcellar trust distrusted '*Stolen CA*'",
	  N_("no path may use it, wherever it comes from") },
	{ NULL, NULL }
};

const struct command cmd_trust = {
	.name = "trust",
	.args = N_("anchor|intermediate|distrusted SELECTOR..."),
	.summary = N_("say what entries are trusted for"),
	.description = N_(
		"Says of entries of the cellar that they are anchors (paths may end "
		"here), "
		"intermediates (material for paths, trusted only through an anchor) or "
		"distrusted "
		"(no path may use them).\n\n"
		"An anchor that already was one keeps the purposes and the date that it "
		"had, unless "
		"others are given. What is said here stays when a mirrored source says "
		"otherwise.\n\n"
		"A pattern that names several entries is refused unless --all is given."),
	.group = COMMAND_CHANGE,
	.least = 1,
	.most = -1,
	.options = options,
	.examples = examples,
	.run = run,
};
