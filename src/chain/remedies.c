/*
 * What mends it, as commands that keep the question: the same target, options and store.
 * Where a command would ask something else, or would trust what the user named for
 * another purpose, a sentence stands instead.
 */
#include "chain/remedies.h"

#include "base/i18n.h"

static const char *store_of(const struct diagnose_context *context)
{
	return context->store_option ? context->store_option : "";
}

/* "rootcellar VERB TARGET --store X". */
static char *command(const struct diagnose_context *context, const char *verb)
{
	const char *store = store_of(context);

	return str_format("rootcellar %s %s%s%s", verb, context->target,
			  *store ? " " : "", store);
}

char *remedy_ask(const struct diagnose_context *context, const char *more)
{
	AUTO_FREE char *made = NULL;

	if (!context->target || context->from_stdin)
		return NULL;
	if (!context->ask)
		made = command(context, "validate");
	return str_format("%s%s%s", context->ask ? context->ask : made,
			  context->offline ? " --offline" : "", more);
}

/* fetch changes the cellar; where it may not, or does not know what was asked, validate
 * asks again. */
static bool is_for_fetch(const struct diagnose_context *context)
{
	return !context->fixed && !context->no_fetch;
}

/* The question with the network, without what must be done before. */
static char *get_command(const struct diagnose_context *context)
{
	struct diagnose_context online = *context;

	online.offline = online.from_stdin = false;
	return is_for_fetch(context) ? command(context, "fetch")
				     : remedy_ask(&online, " --fetch");
}

char *remedy_get_issuers(const struct diagnose_context *context)
{
	AUTO_FREE char *get = NULL;

	if (!context->target)
		return NULL;
	get = get_command(context);
	if (context->offline)
		/* Translators: a command follows on the next line. */
		return str_format("%s\n%s",
				  _("where the network may be used, without --offline:"),
				  get);
	if (context->from_stdin)
		return str_format(
			"%s\n%s",
			/* Translators: a command follows on the next line. */
			_("save what was read from standard input as saved.pem, then:"),
			get);
	return str_copy(get);
}

/* What a judgement by other stores than the cellar takes. */
static char *by_hand_fixed(const struct diagnose_context *context)
{
	AUTO_FREE char *again =
		context->is_file ? remedy_ask(context, " --untrusted ISSUER.pem") : NULL;

	if (!again)
		return str_format(
			_("get the certificate of that issuer from whoever runs it: a "
			  "root belongs into what %s names, once its fingerprint has "
			  "been compared with its owner's; an intermediate is the "
			  "server's to send"),
			context->fixed);
	return str_format(
		/* Translators: a command follows on the next line. */
		_("get the certificate of that issuer from whoever runs it: a root "
		  "belongs into what %s names, once its fingerprint has been compared "
		  "with its owner's; an intermediate is given by:\n%s"),
		context->fixed, again);
}

char *remedy_by_hand(const struct diagnose_context *context)
{
	const char *store = store_of(context);

	if (context->fixed)
		return by_hand_fixed(context);
	return str_format(
		"%s\nrootcellar import ISSUER.pem%s%s",
		/* Translators: a command follows on the next line. */
		_("get the certificate of that issuer from whoever runs it (if it is a "
		  "root, compare its fingerprint with what its owner publishes), then:"),
		*store ? " " : "", store);
}

char *remedy_trust_root(const struct diagnose_context *context, const char *hash)
{
	const char *store = store_of(context);

	if (context->fixed)
		return str_format(
			_("if the fingerprint is what the owner of that root publishes, "
			  "add the root to what %s names"),
			context->fixed);
	if (hash && context->target && context->presented_by_server &&
	    is_for_fetch(context) && !context->offline && !context->from_stdin) {
		AUTO_FREE char *verb = str_format("fetch --accept-root %s", hash);

		return command(context, verb);
	}
	return str_format("rootcellar import --trust anchor ROOT.pem%s%s",
			  *store ? " " : "", store);
}

char *remedy_successor(const struct diagnose_context *context)
{
	const char *store = store_of(context);

	if (context->fixed)
		return str_format(_("get the successor of that root from its owner and "
				    "add it to what %s names"),
				  context->fixed);
	return str_format("rootcellar import --trust anchor SUCCESSOR.pem%s%s",
			  *store ? " " : "", store);
}

char *remedy_on_entry(const struct diagnose_context *context, const char *verb,
		      const char *hash, const char *instead)
{
	const char *store = store_of(context);

	if (context->fixed && instead)
		return str_format(instead, context->fixed);
	return str_format("rootcellar %s %s%s%s", verb, hash, *store ? " " : "", store);
}
