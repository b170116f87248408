/* list: a row for each entry; as a table for people, JSON, or CSV. */
#include "report/list.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/width.h"
#include "report/table.h"

#define NAME_LEAST 12 /* cells for the name before other columns give way */
#define NAME_GOOD  24 /* and before constraints are no more than marked */
/* Where they have no column of their own. */
#define MARK "*"
/* Rows that are drawn at once, so that a long listing is never in memory as a whole. */
#define TABLE_ROWS 1000

enum list_column {
	LIST_TRUST,
	LIST_NAME,
	LIST_LEFT,
	LIST_EXPIRES,
	LIST_KEY,
	LIST_SHA256,
	LIST_CONSTRAINTS,
	LIST_COLUMNS
};

static const char *const titles[LIST_COLUMNS] = {
	[LIST_TRUST] = N_("TRUST"),
	[LIST_NAME] = N_("NAME"),
	[LIST_LEFT] = N_("LEFT"),
	[LIST_EXPIRES] = N_("EXPIRES"),
	[LIST_KEY] = N_("KEY"),
	[LIST_SHA256] = N_("SHA256"),
	[LIST_CONSTRAINTS] = N_("CONSTRAINTS"),
};

struct layout {
	size_t width[LIST_COLUMNS];
	bool shown[LIST_COLUMNS];
	size_t place[LIST_COLUMNS]; /* among those that are shown */
	bool bounded;               /* an entry has constraints */
};

static void add_field(struct buf *out, enum list_column column, const struct entry *entry,
		      const struct report *report, size_t width)
{
	char date[TIME_TEXT];

	switch (column) {
	case LIST_TRUST:
		buf_add_str(out, trust_name(entry->trust));
		break;
	case LIST_NAME:
		add_subject(out, &entry->cert, width);
		break;
	case LIST_LEFT:
		add_days_left(out, &entry->cert, report->now);
		break;
	case LIST_EXPIRES:
		buf_add_str(out, time_date(entry->cert.not_after, date));
		break;
	case LIST_KEY:
		add_short_key(out, &entry->cert);
		break;
	case LIST_CONSTRAINTS:
		if (entry->constraints)
			constraints_text(out, entry->constraints);
		break;
	default:
		add_short_sha256(out, &entry->cert);
		break;
	}
}

static size_t room(const struct report *report)
{
	return report->unbounded ? SIZE_MAX : report->columns;
}

/* The column that carries the mark: one that is there at every width. */
static enum list_column marked(const struct layout *layout)
{
	return layout->shown[LIST_TRUST] ? LIST_TRUST : LIST_SHA256;
}

/*
 * The short fingerprint is as wide as it is; hashing everything twice only to see that
 * is not needed.
 */
static void measure(struct layout *layout, const struct entry *entry,
		    const struct report *report, struct buf *scratch)
{
	layout->bounded |= entry->constraints != NULL;
	for (size_t i = 0; i < LIST_COLUMNS; i++) {
		size_t width;

		if (i == LIST_SHA256)
			continue;
		scratch->n = 0;
		add_field(scratch, (enum list_column)i, entry, report, room(report));
		if (i == LIST_TRUST && entry->constraints)
			buf_add_str(scratch, MARK);
		width = text_columns(buf_text(scratch));
		if (width > layout->width[i])
			layout->width[i] = width;
	}
}

/* What all shown columns but the name take, with the gaps between. */
static size_t width_of_others(const struct layout *layout)
{
	size_t width = 0;

	for (size_t i = 0; i < LIST_COLUMNS; i++)
		if (layout->shown[i] && i != LIST_NAME)
			width += layout->width[i] + 2;
	return width;
}

/*
 * Columns give way one after the other until the name has room; then the name takes
 * what is left.
 */
static void fit(struct layout *layout, size_t columns)
{
	static const enum list_column first_to_go[] = { LIST_EXPIRES, LIST_KEY,
							LIST_TRUST };
	size_t place = 0, others;

	layout->shown[LIST_CONSTRAINTS] = layout->bounded;
	if (columns < NAME_GOOD || width_of_others(layout) > columns - NAME_GOOD)
		layout->shown[LIST_CONSTRAINTS] = false;
	for (size_t i = 0; i < COUNT(first_to_go); i++)
		if (columns < NAME_LEAST ||
		    width_of_others(layout) > columns - NAME_LEAST)
			layout->shown[first_to_go[i]] = false;
	if (layout->bounded && marked(layout) == LIST_SHA256)
		layout->width[LIST_SHA256]++;
	others = width_of_others(layout);
	if (others >= columns)
		layout->width[LIST_NAME] = 1;
	else if (layout->width[LIST_NAME] > columns - others)
		layout->width[LIST_NAME] = columns - others;
	for (size_t i = 0; i < LIST_COLUMNS; i++)
		if (layout->shown[i])
			layout->place[i] = place++;
}

static void lay_out(struct layout *layout, const struct report *report,
		    const struct entry_set *set, const bool *hits)
{
	AUTO(buf) scratch = BUF_INIT;

	for (size_t i = 0; i < LIST_COLUMNS; i++) {
		layout->width[i] = text_columns(_(titles[i]));
		layout->shown[i] = true;
	}
	if (layout->width[LIST_SHA256] < SHORT_SHA256)
		layout->width[LIST_SHA256] = SHORT_SHA256;
	for (size_t i = 0; i < set->n; i++)
		if (!hits || hits[i])
			measure(layout, &set->at[i], report, &scratch);
	fit(layout, room(report));
}

static struct libscols_table *start_table(const struct report *report,
					  const struct layout *layout,
					  enum table_heads heads)
{
	struct column columns[LIST_COLUMNS];
	size_t n = 0;

	for (size_t i = 0; i < LIST_COLUMNS; i++)
		if (layout->shown[i])
			columns[n++] = (struct column){ .title = titles[i],
							.width = layout->width[i] };
	return table_new(report, columns, n, heads);
}

static enum tint tint_of(enum list_column column, const struct entry *entry,
			 const struct report *report)
{
	if (column == LIST_TRUST)
		return tint_of_trust(entry->trust);
	if (column == LIST_LEFT)
		return tint_of_state(validity_state(&entry->cert, report->now));
	return TINT_NONE;
}

static void add_row(struct libscols_table *table, const struct layout *layout,
		    const struct entry *entry, const struct report *report)
{
	struct libscols_line *line = table_line(table, NULL);

	for (size_t i = 0; i < LIST_COLUMNS; i++) {
		struct buf text = BUF_INIT;

		if (!layout->shown[i])
			continue;
		add_field(&text, (enum list_column)i, entry, report, layout->width[i]);
		if (entry->constraints && !layout->shown[LIST_CONSTRAINTS] &&
		    i == marked(layout))
			buf_add_str(&text, MARK);
		table_cell(line, layout->place[i], &text,
			   tint_of((enum list_column)i, entry, report));
	}
}

static void list_text(struct report *report, const struct entry_set *set,
		      const bool *hits)
{
	struct layout layout = { .width = { 0 } };
	struct libscols_table *table;
	size_t rows = 0;

	lay_out(&layout, report, set, hits);
	table = start_table(report, &layout, TABLE_HEADS);
	for (size_t i = 0; i < set->n; i++) {
		if (hits && !hits[i])
			continue;
		if (rows == TABLE_ROWS) {
			table_print(report, table, 0);
			report_flush_piece(report);
			table = start_table(report, &layout, TABLE_BARE);
			rows = 0;
		}
		add_row(table, &layout, &set->at[i], report);
		rows++;
	}
	table_print(report, table, 0);
	if (layout.bounded && !layout.shown[LIST_CONSTRAINTS])
		report_note(report,
			    _("%s has constraints, which 'rootcellar show' tells"), MARK);
}

static void begin_rows(struct report_rows *rows)
{
	if (rows->report->format == REPORT_CSV)
		list_csv_begin(rows->report);
	else
		json_begin(rows->report, "entries");
}

void report_row(void *ctx, const struct entry *entry)
{
	struct report_rows *rows = ctx;
	struct report *report = rows->report;

	begin_rows(rows);
	if (report->format != REPORT_CSV) {
		json_result(report, "entries", json_of_entry(report, entry));
		return;
	}
	if (!rows->csv) {
		rows->csv = csv_scratch_new();
		mem_will_write(report->out.at, REPORT_PIECE);
	}
	list_csv_row(report, entry, rows->csv);
}

void report_rows_end(struct report_rows *rows)
{
	begin_rows(rows);
	report_flush(rows->report);
}

void report_rows_clear(struct report_rows *rows)
{
	csv_scratch_free(rows->csv);
	rows->csv = NULL;
}

void report_list(struct report *report, const struct store *store, const bool *hits)
{
	const struct entry_set *set = &store->set;
	AUTO(report_rows) rows = { .report = report };

	if (report->format == REPORT_TEXT) {
		list_text(report, set, hits);
		report_flush(report);
		return;
	}
	for (size_t i = 0; i < set->n; i++)
		if (!hits || hits[i])
			report_row(&rows, &set->at[i]);
	report_rows_end(&rows);
}
