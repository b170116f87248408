/* The manual page, in the macros of man(7), from the structs of commands, options,
 * findings, formats. */
#include "cmd/manual.h"

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "chain/saying.h"
#include "cmd/help.h"
#include "cmd/manual_text.h"
#include "cmd/options.h"
#include "format/format.h"

/* Text as roff takes it: no backslash, no control line, dashes that can be pasted. */
static void add_text(struct buf *out, const char *text)
{
	bool line_start = true;

	for (; *text; text++) {
		if (line_start && (*text == '.' || *text == '\''))
			buf_add_str(out, "\\&");
		if (*text == '\\')
			buf_add_str(out, "\\e");
		else if (*text == '-')
			buf_add_str(out, "\\-");
		else
			buf_add_byte(out, (uint8_t)*text);
		line_start = *text == '\n';
	}
}

static void add_line(struct buf *out, const char *text)
{
	add_text(out, text);
	buf_add_byte(out, '\n');
}

/* The argument of a macro, in quotes. */
static void add_heading(struct buf *out, const char *macro, const char *text)
{
	buf_addf(out, ".%s \"", macro);
	add_text(out, text);
	buf_add_str(out, "\"\n");
}

static void add_paragraphs(struct buf *out, const char *text)
{
	for (const char *end; *text; text = end) {
		AUTO_FREE char *paragraph = NULL;

		end = strstr(text, "\n\n");
		end = end ? end : text + strlen(text);
		paragraph = str_of(span_of(text, (size_t)(end - text)));
		buf_add_str(out, ".PP\n");
		add_line(out, paragraph);
		end += strspn(end, "\n");
	}
}

static void add_term(struct buf *out, const char *term, const char *text)
{
	buf_add_str(out, ".TP\n.B \"");
	add_text(out, term);
	buf_add_str(out, "\"\n");
	add_line(out, text);
}

static void add_option(void *ctx, const struct poptOption *option, const char *title)
{
	AUTO(buf) name = BUF_INIT;

	(void)title;
	help_option_name(&name, option);
	add_term(ctx, buf_text(&name), _(option->descrip));
}

static void add_options(struct buf *out, const struct poptOption *options)
{
	const struct option_walk walk = { out, add_option };

	if (options)
		options_walk(options, &walk);
}

static void add_examples(struct buf *out, const struct command *command)
{
	buf_add_str(out, ".PP\n");
	add_line(out, _("Examples:"));
	for (const struct command_example *e = command->examples; e->command; e++)
		add_term(out, e->command, _(e->what));
}

static void add_command(struct buf *out, const struct command *command)
{
	AUTO_FREE char *usage = str_format("rootcellar %s%s%s%s", command->name,
					   _(" [OPTION]..."), *command->args ? " " : "",
					   *command->args ? _(command->args) : "");

	add_heading(out, "SS", usage);
	add_paragraphs(out, _(command->description));
	add_options(out, command->options);
	add_examples(out, command);
}

static void add_section(struct buf *out, const struct manual_section *section)
{
	add_heading(out, "SH", _(section->title));
	if (section->text)
		add_line(out, _(section->text));
	for (const struct manual_term *t = section->terms; t && t->term; t++)
		add_term(out, _(t->term), _(t->text));
}

static void add_sections(struct buf *out, const struct manual_section *section)
{
	for (; section->title; section++)
		add_section(out, section);
}

static void add_formats(struct buf *out)
{
	add_heading(out, "SH", _("FORMATS"));
	for (size_t i = 0; formats[i]; i++)
		add_term(out, formats[i]->name, _(formats[i]->summary));
}

static void add_finding(struct buf *out, enum finding_code code)
{
	const struct cause_facts *facts = cause_facts(code);
	AUTO(buf) text = BUF_INIT;
	AUTO_FREE char *term = str_format("%s (%s)", finding_name(code),
					  severity_name(finding_severity(code)));

	buf_add_str(&text, finding_meaning(code));
	if (facts->client)
		buf_addf(&text, _("; on the client's side: %s"), _(facts->client));
	if (facts->server)
		buf_addf(&text, _("; on the server's side: %s"), _(facts->server));
	add_term(out, term, buf_text(&text));
}

static void add_findings(struct buf *out)
{
	add_heading(out, "SH", _("FINDINGS"));
	add_line(out,
		 _("What a validation can find. The codes never change their meaning; explain "
		   "CODE tells more of each."));
	for (int code = 0; code < FINDING_COUNT; code++)
		add_finding(out, (enum finding_code)code);
}

void manual_page(struct buf *out)
{
	buf_addf(out, ".TH ROOTCELLAR 1 \"\" \"rootcellar %s\"\n", PACKAGE_VERSION);
	add_heading(out, "SH", _("NAME"));
	buf_addf(out, "rootcellar \\- %s\n",
		 _("say which certificate is missing, get it, prove it, hand it "
		   "out"));
	add_heading(out, "SH", _("SYNOPSIS"));
	buf_add_str(out, ".B rootcellar\n");
	add_line(out, _("COMMAND [OPTION]... [WORD]..."));
	add_heading(out, "SH", _("DESCRIPTION"));
	add_paragraphs(
		out,
		_("rootcellar keeps trust stores: sets of certificates with what each is "
		  "trusted "
		  "for. It says why an endpoint's chain does not complete against a "
		  "store, gets "
		  "the certificates that are missing from where their issuers publish "
		  "them, "
		  "proves them, and hands stores out in the formats that clients "
		  "read.\n\n"
		  "Its own store is the cellar, which keeps every generation. Each "
		  "change is "
		  "shown first; without --yes it is asked for on a terminal and refused "
		  "elsewhere, except where it adds no trust."));
	add_heading(out, "SH", _("COMMANDS"));
	for (size_t i = 0; commands[i]; i++)
		add_command(out, commands[i]);
	add_heading(out, "SH", _("COMMON OPTIONS"));
	add_options(out, common_options);
	add_sections(out, manual_before_findings);
	add_formats(out);
	add_findings(out);
	add_sections(out, manual_after_findings);
}
