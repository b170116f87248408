/* rootcellar: the table of commands, and the only place that prints an error. */
#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#include "cmd/command.h"
#include "cmd/command_line.h"
#include "cmd/endpoint.h"
#include "cmd/help.h"
#include "cmd/manual.h"
#include "cmd/options.h"
#include "cmd/output.h"
#include "cmd/passwords.h"

#include <locale.h>
#include <stdio.h>
#include <unistd.h>

const struct command *const commands[] = {
	&cmd_list,     &cmd_show,   &cmd_diff,  &cmd_stores, &cmd_import, &cmd_trust,
	&cmd_remove,   &cmd_prune,  &cmd_fetch, &cmd_log,    &cmd_undo,
	&cmd_validate, &cmd_explain, &cmd_export, NULL,
};

/* Only what texts need: numbers and dates in output do not follow the locale. */
static void set_language(void)
{
	setlocale(LC_CTYPE, "");
	setlocale(LC_MESSAGES, "");
#ifdef LOCALEDIR
	bindtextdomain(PACKAGE, LOCALEDIR);
#endif
	textdomain(PACKAGE);
}

/* Help, manual and the like; nothing was opened for these. */
static enum status print_about(const struct arguments *arguments, struct error *err)
{
	AUTO(buf) text = BUF_INIT;

	if (arguments->wanted == WANT_VERSION)
		buf_addf(&text, "rootcellar %s\n", PACKAGE_VERSION);
	else if (arguments->wanted == WANT_MANUAL)
		manual_page(&text);
	else if (arguments->wanted == WANT_COMPLETION)
		completion_script(&text);
	else if (arguments->command)
		help_command(&text, arguments->command, help_columns());
	else
		help_program(&text, help_columns());
	if (fwrite(text.at, 1, text.n, stdout) == text.n && fflush(stdout) == 0)
		return STATUS_GOOD;
	error_errno(err, STATUS_INPUT, _("cannot write to standard output"));
	return err->status;
}

/* Of several statuses the gravest is the program's. */
static enum status failed(enum status status, const struct error *err)
{
	report_error(err);
	return status_worse(status, err->status);
}

/* Runs the command; its report goes where -o says once it is whole. */
static enum status run(const struct arguments *arguments, struct context *context)
{
	const struct command *command = arguments->command;
	AUTO(output) output = OUTPUT_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(error) unwritten = ERROR_INIT;
	enum status status;

	if (!passwords_read(context, &err))
		return failed(STATUS_GOOD, &err);
	if (!command->writes_output &&
	    !output_begin(&output, context->output,
			  context->yes ? SHRINK_ALLOWED : SHRINK_REFUSED, &err))
		return failed(STATUS_GOOD, &err);
	status = command->run(context, arguments->words, &err);
	if (!context->reported && !report_finish(context->report, &unwritten))
		status = failed(status, &unwritten);
	if (err.text)
		return failed(status, &err);
	if (!unwritten.text && !output_end(&output, &unwritten))
		status = failed(status, &unwritten);
	return status;
}

static enum status run_command(const struct arguments *arguments, struct context *context,
			       int argc, const char *const *argv)
{
	AUTO(report) report = { .format = context->format };
	AUTO_FREE char *command_line = command_line_text(argc, argv);
	enum status status;

	report_init(&report, context->format, arguments->colour, context->at);
	report.verbose = context->verbose;
	report.quiet = context->quiet;
	context->report = &report;
	context->command_line = command_line;
	context->interactive = isatty(STDIN_FILENO) && isatty(STDERR_FILENO);
	endpoint_openable(context);
	status = run(arguments, context);
	passwords_forget();
	return status;
}

int main(int argc, char **argv)
{
	struct context context = { .format = REPORT_TEXT };
	AUTO(arguments) arguments = ARGUMENTS_INIT;
	AUTO(error) err = ERROR_INIT;

	set_language();
	if (!arguments_read(&arguments, argc, (const char *const *)argv, &context, &err))
		return (int)failed(STATUS_GOOD, &err);
	if (arguments.wanted == WANT_RUN)
		return (int)run_command(&arguments, &context, argc,
					(const char *const *)argv);
	print_about(&arguments, &err);
	return err.text ? (int)failed(STATUS_GOOD, &err) : STATUS_GOOD;
}
