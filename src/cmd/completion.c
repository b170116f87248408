/* The completion for bash: what each option takes is read from its own description. */
#include "cmd/manual.h"

#include "cmd/options.h"
#include "format/format.h"

/* Words for a value: the choices that an argument's name spells out, or a closed list
 * that it names. */
static void add_values(struct buf *out, const char *argument)
{
	if (strcmp(argument, "FORMAT") == 0) {
		for (size_t i = 0; formats[i]; i++)
			buf_addf(out, " %s", formats[i]->name);
	} else if (strcmp(argument, "PURPOSE") == 0) {
		for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
			buf_addf(out, " %s", purpose_name((enum purpose)purpose));
		buf_add_str(out, " any");
	} else {
		for (const char *c = argument; *c; c++)
			buf_add_byte(out, *c == '|' ? ' ' : (uint8_t)*c);
	}
}

/* Lower-case words are what to type; a placeholder in capitals is not. */
static bool has_values(const char *argument)
{
	return strcmp(argument, "FORMAT") == 0 || strcmp(argument, "PURPOSE") == 0 ||
	       (*argument >= 'a' && *argument <= 'z');
}

static void add_name(void *ctx, const struct poptOption *option, const char *title)
{
	(void)title;
	buf_addf(ctx, " --%s", option->longName);
	if (option->shortName)
		buf_addf(ctx, " -%c", option->shortName);
}

static void add_names(struct buf *out, const struct poptOption *options)
{
	const struct option_walk walk = { out, add_name };

	if (options)
		options_walk(options, &walk);
}

/* A case of the shell for the option's value. */
struct value_cases {
	struct buf *out;
	const char *command; /* "" for the common options */
};

static void add_case(void *ctx, const struct poptOption *option, const char *title)
{
	struct value_cases *cases = ctx;

	(void)title;
	if (!option_takes_value(option))
		return;
	buf_addf(cases->out, "\t%s:--%s", cases->command, option->longName);
	if (option->shortName)
		buf_addf(cases->out, "|%s:-%c", cases->command, option->shortName);
	buf_add_str(cases->out, ") ");
	if (has_values(option->argDescrip)) {
		buf_add_str(cases->out, "words='");
		add_values(cases->out, option->argDescrip);
		buf_add_str(cases->out, "'");
	} else {
		buf_add_str(cases->out, "files=1");
	}
	buf_add_str(cases->out, " ;;\n");
}

static void add_cases(struct buf *out, const char *command,
		      const struct poptOption *options)
{
	struct value_cases cases = { out, command };
	const struct option_walk walk = { &cases, add_case };

	if (options)
		options_walk(options, &walk);
}

/* The first words of a command's arguments, where these are spelt out
 * ("anchor|intermediate|..."). */
static void add_command_words(struct buf *out, const struct command *command)
{
	AUTO_FREE char *first =
		str_of(span_of(command->args, strcspn(command->args, " ")));

	if (has_values(first))
		add_values(out, first);
}

static void add_commands(struct buf *out)
{
	buf_add_str(out, "\tcase $command in\n");
	for (size_t i = 0; commands[i]; i++) {
		buf_addf(out, "\t%s) options='", commands[i]->name);
		add_names(out, commands[i]->options);
		buf_add_str(out, "' first='");
		add_command_words(out, commands[i]);
		buf_add_str(out, "' ;;\n");
	}
	buf_add_str(out, "\tesac\n");
}

static void add_head(struct buf *out)
{
	buf_add_str(
		out,
		"# bash completion for rootcellar, made by rootcellar --dump-completion\n"
		"_rootcellar()\n{\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]} "
		"before=${COMP_WORDS[COMP_CWORD-1]}\n"
		"\tlocal command= options= first= words= files= i\n"
		"\tlocal all='");
	for (size_t i = 0; commands[i]; i++)
		buf_addf(out, " %s", commands[i]->name);
	buf_add_str(out, "' common='");
	add_names(out, common_options);
	buf_add_str(out, "'\n"
			 "\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
			 "\t\tif [[ \" $all \" == *\" ${COMP_WORDS[i]} \"* ]]; then\n"
			 "\t\t\tcommand=${COMP_WORDS[i]}\n"
			 "\t\t\tbreak\n"
			 "\t\tfi\n"
			 "\tdone\n");
}

static void add_value_cases(struct buf *out)
{
	buf_add_str(out, "\tcase $command:$before in\n");
	for (size_t i = 0; commands[i]; i++)
		add_cases(out, commands[i]->name, commands[i]->options);
	add_cases(out, "*", common_options);
	buf_add_str(out, "\tesac\n");
}

void completion_script(struct buf *out)
{
	add_head(out);
	add_commands(out);
	buf_add_str(out, "\tif [[ $before == = ]]; then\n"
			 "\t\tbefore=${COMP_WORDS[COMP_CWORD-2]}\n"
			 "\telif [[ $word == = ]]; then\n"
			 "\t\tword=\n"
			 "\tfi\n");
	add_value_cases(out);
	buf_add_str(out, "\tif [[ -n $words ]]; then\n"
			 "\t\t:\n"
			 "\telif [[ -n $files ]]; then\n"
			 "\t\twords=\n"
			 "\telif [[ $word == -* ]]; then\n"
			 "\t\twords=\"$options $common\"\n"
			 "\telif [[ -z $command ]]; then\n"
			 "\t\twords=$all\n"
			 "\telif [[ $before == \"$command\" ]]; then\n"
			 "\t\twords=$first\n"
			 "\tfi\n"
			 "\tCOMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
			 "}\n"
			 "complete -o default -F _rootcellar rootcellar\n");
}
