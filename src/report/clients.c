/* What each client of --client says, side by side. */
#include "report/clients.h"

#include "report/explanation.h"
#include "report/validation.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/width.h"

#define INDENT       2
#define GAP          2
#define COLUMN_LEAST 22 /* cells: a sentence in less is a ladder of words */
#define LINES_MOST   64 /* of one column */

static const char *words_of(enum verdict verdict)
{
	static const char *const words[] = {
		[VERDICT_COMPLETE] = N_("complete"),
		[VERDICT_INCOMPLETE] = N_("does not complete"),
		[VERDICT_NO_ANSWER] = N_("no answer"),
	};

	return _(words[verdict]);
}

static enum tint tint_of(enum verdict verdict)
{
	return verdict == VERDICT_COMPLETE ? TINT_GOOD : TINT_BAD;
}

/* "java" of java-17: under whose name the table of texts has it. */
static bool client_of(const struct client_rules *rules, enum client *client)
{
	for (int i = 0; i < CLIENT_COUNT; i++) {
		const char *name = client_name((enum client)i);
		size_t n = strlen(name);

		if (strncmp(rules->name, name, n) == 0 &&
		    (!rules->name[n] || rules->name[n] == '-')) {
			*client = (enum client)i;
			return true;
		}
	}
	return false;
}

/* What it shows for the first of its reasons that it has a text for: NULL where that is
 * none. */
static char *shown_by(const struct client_verdict *verdict)
{
	enum client client;
	char *shown = NULL;

	if (!client_of(verdict->rules, &client))
		return NULL;
	for (size_t i = 0; !shown && i < verdict->findings.n; i++)
		shown = saying_of(client, code_for_clients(&verdict->findings, i));
	return shown;
}

static char *reason_text(const struct finding *finding)
{
	return str_format("%s (%s)",
			  finding->text ? finding->text : finding_meaning(finding->code),
			  finding_name(finding->code));
}

/* A piece of a column, ready to be broken into lines. */
struct piece {
	char *text;
	enum tint tint;
};

/* The pieces of one client's column; returns how many. */
static size_t pieces_of(const struct report *report, const struct client_verdict *verdict,
			struct piece pieces[LINES_MOST])
{
	size_t n = 0;
	char *shown;

	pieces[n++] = (struct piece){ str_copy(verdict->rules->name), TINT_HEAD };
	pieces[n++] = (struct piece){ str_copy(words_of(verdict->verdict)),
				      tint_of(verdict->verdict) };
	for (size_t i = 0; i < verdict->findings.n && n + 1 < LINES_MOST; i++)
		pieces[n++] = (struct piece){ reason_text(&verdict->findings.at[i]),
					      TINT_NONE };
	shown = report->verbose ? shown_by(verdict) : NULL;
	if (shown) {
		/* Translators: what the client prints; a text of its follows. */
		pieces[n++] =
			(struct piece){ str_format(_("shows: %s"), shown), TINT_QUIET };
		mem_free(shown);
	}
	return n;
}

struct column_line {
	char *text;
	enum tint tint;
};
struct column_text {
	struct column_line at[LINES_MOST];
	size_t n;
	bool too_wide; /* a word that cannot be broken, or more lines than there may be */
};

static void column_clear(struct column_text *column)
{
	for (size_t i = 0; i < column->n; i++)
		mem_free(column->at[i].text);
}

static void add_line(struct column_text *column, struct span line, size_t width,
		     enum tint tint)
{
	char *text = str_of(line);

	column->too_wide |= text_columns(text) > width;
	if (column->n == LINES_MOST) {
		column->too_wide = true;
		mem_free(text);
		return;
	}
	column->at[column->n++] = (struct column_line){ text, tint };
}

/* Breaks text at the width of a column. */
static void add_piece(struct column_text *column, const struct piece *piece, size_t width)
{
	struct report narrow = { .columns = width };
	struct span rest;

	add_wrapped(&narrow, piece->text, 0, 0);
	rest = buf_span(&narrow.out);
	while (rest.n) {
		const uint8_t *end = memchr(rest.at, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.at) : rest.n;

		add_line(column, span_of(rest.at, n), width, piece->tint);
		rest = span_from(rest, n + (end != NULL));
	}
	buf_clear(&narrow.out);
}

static void make_column(struct column_text *column, const struct report *report,
			const struct client_verdict *verdict, size_t width)
{
	struct piece pieces[LINES_MOST];
	size_t n = pieces_of(report, verdict, pieces);

	for (size_t i = 0; i < n; i++) {
		add_piece(column, &pieces[i], width);
		mem_free(pieces[i].text);
	}
}

static void add_row(struct report *report, const struct column_text *columns, size_t n,
		    size_t row, size_t width)
{
	size_t missing = INDENT;

	for (size_t i = 0; i < n; i++) {
		if (row < columns[i].n) {
			const struct column_line *line = &columns[i].at[row];

			buf_addf(&report->out, "%*s", (int)missing, "");
			add_tinted(report, line->tint, line->text);
			missing = width - text_columns(line->text) + GAP;
		} else {
			missing += width + GAP;
		}
	}
	buf_add_byte(&report->out, '\n');
}

/* Side by side; false, and nothing added, where they do not fit. */
static bool add_columns(struct report *report, const struct validation *validation)
{
	size_t n = validation->n_clients, rows = 0, room = report->columns;
	struct column_text *columns;
	bool fits = true;
	size_t width;

	if (n < 2 || room < INDENT + n * (COLUMN_LEAST + GAP) - GAP)
		return false;
	width = (room - INDENT + GAP) / n - GAP;
	columns = mem_array(n, sizeof(*columns));
	for (size_t i = 0; i < n; i++) {
		make_column(&columns[i], report, &validation->clients[i], width);
		rows = columns[i].n > rows ? columns[i].n : rows;
		fits &= !columns[i].too_wide;
	}
	for (size_t row = 0; fits && row < rows; row++)
		add_row(report, columns, n, row, width);
	for (size_t i = 0; i < n; i++)
		column_clear(&columns[i]);
	mem_free(columns);
	return fits;
}

/* "java-17: does not complete", and the reasons below it. */
static void add_paragraph(struct report *report, const struct client_verdict *verdict)
{
	struct piece pieces[LINES_MOST];
	size_t n = pieces_of(report, verdict, pieces);

	for (size_t i = 0; i < n; i++) {
		if (i > 1)
			buf_addf(&report->out, "%*s", 2 * INDENT, "");
		else if (!i)
			buf_addf(&report->out, "%*s", INDENT, "");
		if (i > 1)
			add_wrapped(report, pieces[i].text, 2 * INDENT, 2 * INDENT + 2);
		else
			add_tinted(report, pieces[i].tint, pieces[i].text);
		buf_add_str(&report->out, i ? "\n" : ": ");
		mem_free(pieces[i].text);
	}
}

void add_client_verdicts(struct report *report, const struct validation *validation)
{
	if (!validation->n_clients)
		return;
	buf_add_byte(&report->out, '\n');
	if (add_columns(report, validation))
		return;
	for (size_t i = 0; i < validation->n_clients; i++)
		add_paragraph(report, &validation->clients[i]);
}

void add_client_words(struct buf *out, const struct client_verdict *verdict)
{
	if (verdict->verdict != VERDICT_INCOMPLETE) {
		buf_add_str(out, verdict_name(verdict->verdict));
		return;
	}
	for (size_t i = 0; i < verdict->findings.n; i++)
		buf_addf(out, "%s%s", i ? " " : "",
			 finding_name(verdict->findings.at[i].code));
	if (!verdict->findings.n)
		buf_add_str(out, verdict_name(verdict->verdict));
}

static json_t *json_of_verdict(const struct client_verdict *verdict)
{
	AUTO_FREE char *shown = shown_by(verdict);
	json_t *object = json_object();

	json_put(object, "client", json_of_string(verdict->rules->name));
	json_put(object, "title", json_of_string(verdict->rules->title));
	json_put(object, "verdict", json_of_string(verdict_name(verdict->verdict)));
	json_put(object, "findings", json_of_findings(&verdict->findings));
	json_put(object, "shows", json_of_string(shown));
	return object;
}

json_t *json_of_client_verdicts(const struct validation *validation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < validation->n_clients; i++)
		json_put_last(array, json_of_verdict(&validation->clients[i]));
	return array;
}
