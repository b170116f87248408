/*
 * The command line taken apart. Options may stand before or after the command, so its
 * name is looked for first; then one popt context reads the whole line with the tables of
 * both.
 */
#include "cmd/options.h"

#include "base/escape.h"
#include "cmd/passwords.h"
#include "cmd/suggest.h"

#include <stdlib.h>

enum {
	OPTION_VERBOSE = 1,
	OPTION_HELP,
	OPTION_VERSION,
	OPTION_MANUAL,
	OPTION_COMPLETION,
	/* What follows is a way to say a password. */
	OPTION_PASSWORD,
};

static struct {
	const char **stores;
	const char *format, *output, *at, *proxy, *colour;
	int offline, dry_run, yes, quiet, without_password;
} common;

const struct poptOption common_options[] = {
	{ "store", 's', POPT_ARG_ARGV, &common.stores, 0,
	  N_("the store to work on (default: the cellar)"), N_("STORE") },
	{ "format", '\0', POPT_ARG_STRING, &common.format, 0, N_("how to print a report"),
	  "text|json|jsonl|csv" },
	{ "output", 'o', POPT_ARG_STRING, &common.output, 0,
	  N_("write there, whole or not at all, instead of to standard output"),
	  N_("FILE") },
	{ "at", '\0', POPT_ARG_STRING, &common.at, 0,
	  N_("judge for that time, such as 2026-11-24, instead of now"), N_("TIME") },
	{ "offline", '\0', POPT_ARG_NONE, &common.offline, 0, N_("use no network"),
	  NULL },
	{ "proxy", '\0', POPT_ARG_STRING, &common.proxy, 0,
	  N_("reach the network through this proxy (http, https, socks5)"), N_("URL") },
	{ "password-file", '\0', POPT_ARG_STRING, NULL, OPTION_PASSWORD + PASSWORD_FILE,
	  N_("read the password of a store from the first line of this file"),
	  N_("FILE") },
	{ "password-fd", '\0', POPT_ARG_STRING, NULL, OPTION_PASSWORD + PASSWORD_FD,
	  N_("read it from this open descriptor"), N_("N") },
	{ "password-env", '\0', POPT_ARG_STRING, NULL, OPTION_PASSWORD + PASSWORD_ENV,
	  N_("take it from this variable of the environment"), N_("NAME") },
	{ "without-password", '\0', POPT_ARG_NONE, &common.without_password, 0,
	  N_("read what a store shows without its password; nothing then tells whether "
	     "it was changed"),
	  NULL },
	{ "color", '\0', POPT_ARG_STRING, &common.colour, 0, N_("colour the text"),
	  "auto|always|never" },
	{ "dry-run", 'n', POPT_ARG_NONE, &common.dry_run, 0,
	  N_("show what would be done and change nothing"), NULL },
	{ "yes", 'y', POPT_ARG_NONE, &common.yes, 0, N_("do it without asking"), NULL },
	{ "quiet", 'q', POPT_ARG_NONE, &common.quiet, 0,
	  N_("print no notes, only errors"), NULL },
	{ "verbose", 'v', POPT_ARG_NONE, NULL, OPTION_VERBOSE,
	  N_("tell more; twice: tell everything"), NULL },
	{ "help", 'h', POPT_ARG_NONE, NULL, OPTION_HELP, N_("show help and end"), NULL },
	{ "version", '\0', POPT_ARG_NONE, NULL, OPTION_VERSION,
	  N_("show the version and end"), NULL },
	{ "dump-manual", '\0', POPT_ARG_NONE | POPT_ARGFLAG_DOC_HIDDEN, NULL,
	  OPTION_MANUAL, NULL, NULL },
	{ "dump-completion", '\0', POPT_ARG_NONE | POPT_ARGFLAG_DOC_HIDDEN, NULL,
	  OPTION_COMPLETION, NULL, NULL },
	POPT_TABLEEND
};

static bool is_table(const struct poptOption *option)
{
	return (option->argInfo & POPT_ARG_MASK) == POPT_ARG_INCLUDE_TABLE;
}

static bool is_end(const struct poptOption *option)
{
	return !option->longName && !option->shortName && !option->arg;
}

static void walk_table(const struct poptOption *options, const char *title, bool hidden,
		       const struct option_walk *walk)
{
	for (const struct poptOption *o = options; o && !is_end(o); o++) {
		if (is_table(o))
			walk_table(o->arg, o->descrip, hidden, walk);
		else if (hidden || !(o->argInfo & POPT_ARGFLAG_DOC_HIDDEN))
			walk->option(walk->ctx, o, title);
	}
}

void options_walk(const struct poptOption *options, const struct option_walk *walk)
{
	walk_table(options, NULL, false, walk);
}

bool option_takes_value(const struct poptOption *option)
{
	unsigned kind = option->argInfo & POPT_ARG_MASK;

	return kind != POPT_ARG_NONE && kind != POPT_ARG_VAL;
}

/* Looking one option up by what was typed. */
struct search {
	struct span name; /* of a long option, without dashes and value */
	char letter;      /* of a short one, else NUL */
	const struct poptOption *found;
};

static void match(void *ctx, const struct poptOption *option, const char *title)
{
	struct search *search = ctx;
	bool same = search->letter
			    ? option->shortName == search->letter
			    : option->longName &&
				      span_eq(span_str(option->longName), search->name);

	(void)title;
	if (same && !search->found)
		search->found = option;
}

/* In the common options, else in those of any command. */
static const struct poptOption *look_up(struct span name, char letter)
{
	struct search search = { name, letter, NULL };
	const struct option_walk walk = { &search, match };

	walk_table(common_options, NULL, true, &walk);
	for (size_t i = 0; commands[i] && !search.found; i++)
		walk_table(commands[i]->options, NULL, true, &walk);
	return search.found;
}

/* Whether the value of this option is the next word. */
static bool wants_next(const char *word)
{
	const struct poptOption *option;

	if (word[1] == '-') {
		if (strchr(word, '='))
			return false;
		option = look_up(span_str(word + 2), '\0');
		return option && option_takes_value(option);
	}
	for (const char *letter = word + 1; *letter; letter++) {
		option = look_up(SPAN(""), *letter);
		if (option && option_takes_value(option))
			return !letter[1];
	}
	return false;
}

/* The first word that is neither an option nor the value of one; NULL where there is
 * none. */
static const char *first_word(int argc, const char *const *argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--") == 0)
			return i + 1 < argc ? argv[i + 1] : NULL;
		if (argv[i][0] != '-' || !argv[i][1])
			return argv[i];
		if (wants_next(argv[i]))
			i++;
	}
	return NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; commands[i]; i++) {
		if (strcmp(commands[i]->name, name) == 0)
			return commands[i];
	}
	return NULL;
}

static bool unknown_command(const char *name, struct error *err)
{
	struct suggestion suggestion = suggestion_for(name);
	AUTO_FREE char *typed = quoted(span_str(name));

	for (size_t i = 0; commands[i]; i++)
		suggestion_offer(&suggestion, commands[i]->name);
	error_fail(err, STATUS_INPUT, _("unknown command '%s'"), typed);
	if (suggestion.nearest)
		return error_remedy(err, _("did you mean: rootcellar %s"),
				    suggestion.nearest);
	return error_remedy(err, _("rootcellar --help lists the commands"));
}

static void offer(void *ctx, const struct poptOption *option, const char *title)
{
	(void)title;
	if (option->longName)
		suggestion_offer(ctx, option->longName);
}

static bool unknown_option(const char *typed, const struct command *command,
			   struct error *err)
{
	AUTO_FREE char *name = str_of(span_of(typed, strcspn(typed, "=")));
	AUTO_FREE char *shown = quoted(span_str(name));
	struct suggestion suggestion = suggestion_for(name + strspn(name, "-"));
	const struct option_walk walk = { &suggestion, offer };

	options_walk(common_options, &walk);
	if (command)
		options_walk(command->options, &walk);
	error_fail(err, STATUS_INPUT, _("unknown option '%s'"), shown);
	if (suggestion.nearest)
		return error_remedy(err, _("did you mean: --%s"), suggestion.nearest);
	return command ? error_remedy(err, _("rootcellar %s --help lists its options"),
				      command->name)
		       : error_remedy(err, _("rootcellar --help lists the options"));
}

static bool bad_option(int code, const char *typed, const struct command *command,
		       struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(typed));

	switch (code) {
	case POPT_ERROR_BADOPT:
		return unknown_option(typed, command, err);
	case POPT_ERROR_NOARG:
		return error_fail(err, STATUS_INPUT, _("option '%s' needs a value"),
				  shown);
	case POPT_ERROR_UNWANTEDARG:
		return error_fail(err, STATUS_INPUT, _("option '%s' takes no value"),
				  shown);
	default:
		return error_fail(err, STATUS_INPUT, "%s: %s", shown, poptStrerror(code));
	}
}

/* Something is wanted instead of running the command: the first one named wins. */
static void want(struct arguments *arguments, enum wanted wanted)
{
	if (arguments->wanted == WANT_RUN)
		arguments->wanted = wanted;
}

static bool read_options(struct arguments *arguments, struct context *context,
			 struct error *err)
{
	int code;

	while ((code = poptGetNextOpt(arguments->popt)) > 0) {
		if (code == OPTION_VERBOSE)
			context->verbose++;
		else if (code == OPTION_HELP)
			want(arguments, WANT_HELP);
		else if (code == OPTION_VERSION)
			want(arguments, WANT_VERSION);
		else if (code == OPTION_MANUAL)
			want(arguments, WANT_MANUAL);
		else if (code == OPTION_COMPLETION)
			want(arguments, WANT_COMPLETION);
		else
			passwords_say((enum password_source)(code - OPTION_PASSWORD),
				      poptGetOptArg(arguments->popt));
	}
	if (code < -1)
		return bad_option(code,
				  poptBadOption(arguments->popt, POPT_BADOPTION_NOALIAS),
				  arguments->command, err);
	return true;
}

bool bad_choice(const char *option, const char *typed, const char *choices,
		struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(typed));

	error_fail(err, STATUS_INPUT, _("--%s cannot be '%s'"), option, shown);
	return error_remedy(err, _("it is one of %s"), choices);
}

bool option_number(const char *option, const char *typed, int least, int most,
		   int *number, struct error *err)
{
	AUTO_FREE char *shown = NULL;
	char *end;
	long value;

	if (!typed)
		return true;
	value = strtol(typed, &end, 10);
	/* A number too large is LONG_MAX, which is more than most. */
	if (*typed >= '0' && *typed <= '9' && !*end && value >= least && value <= most) {
		*number = (int)value;
		return true;
	}
	shown = quoted(span_str(typed));
	return error_fail(err, STATUS_INPUT,
			  _("--%s takes a number from %d to %d, not '%s'"), option, least,
			  most, shown);
}

static bool colour_known(const char *when)
{
	return !when || strcmp(when, "auto") == 0 || strcmp(when, "always") == 0 ||
	       strcmp(when, "never") == 0;
}

/* What the common options said, in the words of the context. */
static bool fill_context(struct context *context, struct error *err)
{
	context->stores = common.stores;
	context->store = common.stores ? common.stores[0] : NULL;
	context->output = common.output;
	context->offline = common.offline;
	context->dry_run = common.dry_run;
	context->yes = common.yes;
	context->quiet = common.quiet;
	context->proxy = common.proxy;
	context->without_password = common.without_password;
	context->at = clock_now();
	if (common.format && !report_format_parse(common.format, &context->format))
		return bad_choice("format", common.format, "text, json, jsonl, csv", err);
	if (!colour_known(common.colour))
		return bad_choice("color", common.colour, "auto, always, never", err);
	if (!common.at)
		return true;
	context->at_given = true;
	return time_parse(common.at, &context->at, err) || error_in(err, "--at");
}

static bool count_words(const struct arguments *arguments, struct error *err)
{
	const struct command *command = arguments->command;
	int n = 0;

	while (arguments->words[n])
		n++;
	if (n < command->least)
		error_fail(err, STATUS_INPUT, _("'%s' needs %s"), command->name,
			   _(command->args));
	else if (command->most >= 0 && n > command->most)
		error_fail(err, STATUS_INPUT,
			   _("'%s' takes no more than %d of its words"), command->name,
			   command->most);
	else
		return true;
	return error_remedy(err, "rootcellar %s --help", command->name);
}

/* popt wants one table; the static one below lives as long as its context. */
static const struct poptOption *joined_table(const struct command *command)
{
	static struct poptOption joined[3];

	joined[0] = (struct poptOption){ .argInfo = POPT_ARG_INCLUDE_TABLE,
					 .arg = (void *)common_options };
	joined[1] = (struct poptOption)POPT_TABLEEND;
	joined[2] = joined[1];
	if (command && command->options)
		joined[1] = (struct poptOption){ .argInfo = POPT_ARG_INCLUDE_TABLE,
						 .arg = (void *)command->options };
	return joined;
}

/* `help COMMAND` asks what `COMMAND --help` does; the command, NULL where none is named. */
static const char *helped(int argc, const char *const *argv)
{
	bool after = false;

	for (int i = 1; i < argc; i++) {
		if (after && argv[i][0] != '-')
			return argv[i];
		after = after || strcmp(argv[i], "help") == 0;
	}
	return NULL;
}

bool arguments_read(struct arguments *arguments, int argc, const char *const *argv,
		    struct context *context, struct error *err)
{
	static const char *const none[] = { NULL };
	const char *name = first_word(argc, argv);
	const char *const *words;

	if (name && strcmp(name, "help") == 0) {
		name = helped(argc, argv);
		want(arguments, WANT_HELP);
	}
	arguments->command = name ? command_find(name) : NULL;
	arguments->popt = poptGetContext("rootcellar", argc, (const char **)argv,
					 joined_table(arguments->command), 0);
	if (name && !arguments->command)
		return unknown_command(name, err);
	if (!read_options(arguments, context, err) || !fill_context(context, err))
		return false;
	words = poptGetArgs(arguments->popt);
	arguments->words = words ? words + 1 : none;
	arguments->colour = common.colour;
	if (!name && arguments->wanted == WANT_RUN)
		want(arguments, WANT_HELP);
	if (arguments->wanted != WANT_RUN)
		return true;
	return count_words(arguments, err);
}

void arguments_clear(struct arguments *arguments)
{
	if (arguments->popt)
		poptFreeContext(arguments->popt);
	*arguments = (struct arguments)ARGUMENTS_INIT;
}
