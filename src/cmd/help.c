/* Help, made from the structs of the commands: one table for all options. */
#include "cmd/help.h"

#include "base/escape.h"
#include "base/width.h"
#include "cmd/options.h"

#define COLUMNS_MOST 80 /* longer lines are harder to read */
#define NAME_COLUMNS 30 /* of an option and its value; a longer one has its own line */
#define STORY_WIDTH  38 /* of a command of the story */
#define GROUP_WIDTH  13 /* of a command's name, with the space around it */

size_t help_columns(void)
{
	size_t width = report_width();

	return width && width < COLUMNS_MOST ? width : COLUMNS_MOST;
}

static void spaces(struct buf *out, size_t n)
{
	while (n-- > 0)
		buf_add_byte(out, ' ');
}

/* One paragraph. The first line goes on where the caller's text ends: at, in cells. */
static void wrap_from(struct buf *out, struct span text, size_t at, size_t indent,
		      size_t columns)
{
	bool first = true;

	while (text.n) {
		const uint8_t *end = memchr(text.at, ' ', text.n);
		size_t n = end ? (size_t)(end - text.at) : text.n;
		AUTO_FREE char *word = str_of(span_of(text.at, n));
		size_t cells = text_columns(word);

		if (!first && at + 1 + cells > columns) {
			buf_add_byte(out, '\n');
			spaces(out, indent);
			at = indent;
			first = true;
		}
		buf_addf(out, "%s%s", first ? "" : " ", word);
		at += cells + (first ? 0 : 1);
		first = false;
		text = span_from(text, end ? n + 1 : n);
	}
	buf_add_byte(out, '\n');
}

void help_wrap(struct buf *out, const char *text, size_t indent, size_t columns)
{
	for (const char *end; *text; text = end) {
		end = strstr(text, "\n\n");
		end = end ? end : text + strlen(text);
		spaces(out, indent);
		wrap_from(out, span_of(text, (size_t)(end - text)), indent, indent,
			  columns);
		if (*end)
			buf_add_byte(out, '\n');
		end += strspn(end, "\n");
	}
}

void help_option_name(struct buf *out, const struct poptOption *option)
{
	if (option->shortName)
		buf_addf(out, "-%c, ", option->shortName);
	buf_addf(out, "--%s", option->longName);
	if (option_takes_value(option))
		buf_addf(out, "=%s", _(option->argDescrip));
}

struct option_help {
	struct buf *out;
	size_t columns;
	const char *title; /* under which options were put last */
	bool begun;
};

static void add_option(void *ctx, const struct poptOption *option, const char *title)
{
	struct option_help *help = ctx;
	AUTO(buf) name = BUF_INIT;
	/* What is told keeps half of a narrow terminal. */
	size_t at = help->columns / 2 < NAME_COLUMNS ? help->columns / 2 : NAME_COLUMNS;
	size_t cells;

	if (!help->begun || (title && (!help->title || strcmp(title, help->title) != 0)))
		buf_addf(help->out, "\n%s:\n", title ? _(title) : _("Options"));
	help->begun = true;
	help->title = title;
	help_option_name(&name, option);
	spaces(help->out, option->shortName ? 2 : 6);
	buf_add(help->out, buf_span(&name));
	cells = text_columns(buf_text(&name)) + (option->shortName ? 2 : 6);
	if (cells + 2 > at) {
		buf_add_byte(help->out, '\n');
		cells = 0;
	}
	spaces(help->out, at - cells);
	wrap_from(help->out, span_str(_(option->descrip)), at, at, help->columns);
}

static void add_options(struct buf *out, const struct poptOption *options, size_t columns)
{
	struct option_help help = { out, columns, NULL, false };
	const struct option_walk walk = { &help, add_option };

	options_walk(options, &walk);
}

static void add_group(struct buf *out, enum command_group group, size_t columns)
{
	buf_addf(out, "\n%s:\n", command_group_title(group));
	for (size_t i = 0; commands[i]; i++) {
		if (commands[i]->group != group)
			continue;
		buf_addf(out, "  %-*s", GROUP_WIDTH - 2, commands[i]->name);
		wrap_from(out, span_str(_(commands[i]->summary)), GROUP_WIDTH, GROUP_WIDTH,
			  columns);
	}
}

/* What it does beside the command where both fit, else under it. */
static void add_chapter(struct buf *out, const struct command_example *chapter,
			size_t columns)
{
	const char *what = _(chapter->what);

	if (2 + STORY_WIDTH + 1 + text_columns(what) <= columns) {
		buf_addf(out, "  %-*s %s\n", STORY_WIDTH, chapter->command, what);
		return;
	}
	buf_addf(out, "  %s\n", chapter->command);
	help_wrap(out, what, 6, columns);
}

static void add_usage(struct buf *out, const char *usage, size_t columns)
{
	AUTO_FREE char *text = str_format("%s rootcellar %s", _("Usage:"), usage);

	wrap_from(out, span_str(text), 0, 4, columns);
}

void help_program(struct buf *out, size_t columns)
{
	static const struct command_example story[] = {
		{ "rootcellar validate api.partner.com",
		  N_("says what is missing and how to mend it") },
		{ "rootcellar fetch api.partner.com",
		  N_("gets it, proves it, keeps it") },
		{ "rootcellar export -o ca.pem",
		  N_("hands it to the client that failed") },
	};

	help_wrap(out,
		  _("A call fails: \"verify error 20\", \"PKIX path building "
		    "failed\". What now:"),
		  0, columns);
	buf_add_byte(out, '\n');
	for (size_t i = 0; i < COUNT(story); i++)
		add_chapter(out, &story[i], columns);
	buf_add_byte(out, '\n');
	add_usage(out, _("COMMAND [OPTION]... [WORD]..."), columns);
	for (int group = 0; group < COMMAND_GROUPS; group++)
		add_group(out, (enum command_group)group, columns);
	add_options(out, common_options, columns);
	buf_add_byte(out, '\n');
	help_wrap(out,
		  _("'rootcellar COMMAND --help' tells what a command does, with "
		    "examples. 'man "
		    "rootcellar' tells how stores and entries are named, the exit "
		    "statuses and the "
		    "fields of JSON."),
		  0, columns);
}

static void add_examples(struct buf *out, const struct command *command, size_t columns)
{
	buf_addf(out, "\n%s:\n", _("Examples"));
	for (const struct command_example *e = command->examples; e->command; e++) {
		buf_addf(out, "  %s\n", e->command);
		help_wrap(out, _(e->what), 6, columns);
	}
}

void help_command(struct buf *out, const struct command *command, size_t columns)
{
	AUTO_FREE char *usage = str_format("%s%s%s%s", command->name, _(" [OPTION]..."),
					   *command->args ? " " : "",
					   *command->args ? _(command->args) : "");

	add_usage(out, usage, columns);
	buf_add_byte(out, '\n');
	help_wrap(out, _(command->description), 0, columns);
	add_examples(out, command, columns);
	if (command->options)
		add_options(out, command->options, columns);
	buf_add_byte(out, '\n');
	help_wrap(out,
		  _("The options that every command takes (--store, --format, --dry-run, "
		    "--yes ...) "
		    "are in 'rootcellar --help'."),
		  0, columns);
}

const char *command_group_title(enum command_group group)
{
	static const char *const titles[COMMAND_GROUPS] = {
		[COMMAND_LOOK] = N_("Look"),
		[COMMAND_CHANGE] = N_("Change"),
		[COMMAND_CHECK] = N_("Check"),
		[COMMAND_HAND_OUT] = N_("Hand out"),
	};

	return _(titles[group]);
}
