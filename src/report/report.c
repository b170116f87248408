/* Reports: their beginning and end, writing out, and messages on standard error. */
#include "report/out.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <assert.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define COLUMNS_DEFAULT 80
#define COLUMNS_LEAST   20
#define COLUMNS_MOST    2000

bool report_format_parse(const char *text, enum report_format *format)
{
	static const char *const names[] = {
		[REPORT_TEXT] = "text",
		[REPORT_JSON] = "json",
		[REPORT_JSONL] = "jsonl",
		[REPORT_CSV] = "csv",
	};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcmp(text, names[i]) == 0) {
			*format = (enum report_format)i;
			return true;
		}
	return false;
}

static size_t columns_of_environment(void)
{
	const char *text = getenv("COLUMNS");
	char *end;
	long columns;

	if (!text || *text < '0' || *text > '9')
		return 0;
	columns = strtol(text, &end, 10);
	return *end || columns < COLUMNS_LEAST || columns > COLUMNS_MOST
		       ? 0
		       : (size_t)columns;
}

size_t report_width(void)
{
	struct winsize size;

	if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= COLUMNS_LEAST)
		return size.ws_col;
	return columns_of_environment();
}

static bool wants_colour(const char *when)
{
	const char *no_colour = getenv("NO_COLOR"), *terminal = getenv("TERM");

	if (when && strcmp(when, "always") == 0)
		return true;
	if (when && strcmp(when, "never") == 0)
		return false;
	if (no_colour && *no_colour)
		return false;
	return isatty(STDOUT_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

/*
 * What is shown is UTF-8 in every locale; libsmartcols counts and draws by that of the
 * process, so where it is another one, characters alone are taken from C.UTF-8.
 */
static void speak_utf8(void)
{
	if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
		setlocale(LC_CTYPE, "C.UTF-8");
}

void report_init(struct report *report, enum report_format format,
		 const char *colour_when, int64_t now)
{
	size_t width = report_width();

	speak_utf8();
	*report = (struct report){
		.format = format,
		.colour = format == REPORT_TEXT && wants_colour(colour_when),
		.columns = width ? width : COLUMNS_DEFAULT,
		.unbounded = !width,
		.now = now,
		.out = BUF_INIT,
		.state = mem_zalloc(sizeof(struct report_state)),
	};
	/* Room for a piece and a row: growing step by step would move it. */
	buf_reserve(&report->out, REPORT_PIECE + REPORT_PIECE / 2);
}

void report_flush(struct report *report)
{
	struct report_state *state = report->state;
	struct span rest = buf_span(&report->out);

	while (rest.n && !state->write_errno) {
		ssize_t n = write(STDOUT_FILENO, rest.at, rest.n);

		if (n >= 0)
			rest = span_from(rest, (size_t)n);
		else if (errno != EINTR)
			state->write_errno = errno;
	}
	report->out.n = 0;
}

bool report_finish(struct report *report, struct error *err)
{
	struct report_state *state = report->state;

	json_end(report);
	report_flush(report);
	if (!state->write_errno)
		return true;
	errno = state->write_errno;
	return error_errno(err, STATUS_INPUT, _("cannot write to standard output"));
}

void report_clear(struct report *report)
{
	buf_clear(&report->out);
	mem_free(report->state);
	report->state = NULL;
}

bool report_is_json(const struct report *report)
{
	return report->format == REPORT_JSON || report->format == REPORT_JSONL;
}

void report_csv_header(struct report *report, const char *line)
{
	struct report_state *state = report->state;

	if (state->csv_begun)
		return;
	state->csv_begun = true;
	buf_add_str(&report->out, line);
	buf_add_byte(&report->out, '\n');
}

/* The last line of defence: names in messages are escaped where the message is made. */
static void add_line(struct buf *out, const char *text)
{
	escape_terminal(out, span_str(text));
	buf_add_byte(out, '\n');
}

static void write_message(const struct buf *message)
{
	/* Nothing can be told about a message that does not get out. */
	(void)fwrite(message->at, 1, message->n, stderr);
	(void)fflush(stderr);
}

void report_error(const struct error *err)
{
	AUTO(buf) message = BUF_INIT;

	assert(err->text);
	buf_add_str(&message, "rootcellar: ");
	add_line(&message, err->text);
	if (err->remedy)
		add_line(&message, err->remedy);
	write_message(&message);
}

void report_note(const struct report *report, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	AUTO(buf) message = BUF_INIT;
	va_list args;

	if (report->quiet)
		return;
	va_start(args, format);
	text = str_vformat(format, args);
	va_end(args);
	buf_add_str(&message, "rootcellar: ");
	add_line(&message, text);
	write_message(&message);
}
