/* Tables and trees, drawn by libsmartcols, loaded for the first of them, from text that
 * is escaped already. */
#include "report/table.h"

#include "base/i18n.h"
#include "base/library.h"

#include <pthread.h>

#define COLUMN_GAP "  "
/* Cells of a table that nothing bounds: wider than rows are, and the library fills so
 * many for each. */
#define UNBOUNDED 8192

/* What of the library is used, without its prefix. */
#define SCOLS_CALLS(X)                \
	X(cell_refer_data)            \
	X(cell_set_color)             \
	X(line_get_cell)              \
	X(new_table)                  \
	X(print_table_to_string)      \
	X(table_enable_colors)        \
	X(table_enable_noencoding)    \
	X(table_enable_noheadings)    \
	X(table_get_nlines)           \
	X(table_new_column)           \
	X(table_new_line)             \
	X(table_set_column_separator) \
	X(table_set_termforce)        \
	X(table_set_termwidth)        \
	X(unref_table)

static struct {
#define SCOLS_MEMBER(name) __typeof__(scols_##name) *name;
	SCOLS_CALLS(SCOLS_MEMBER)
#undef SCOLS_MEMBER
} scols;

static void scols_load(void)
{
#define SCOLS_FIND(name) { "scols_" #name, &scols.name },
	const struct library_call calls[] = { SCOLS_CALLS(SCOLS_FIND) };
#undef SCOLS_FIND

	library_require(LIBSMARTCOLS, calls, COUNT(calls));
}

/* The library fails for want of memory alone, and base/memory.h says how that ends. */
static void need(bool good)
{
	if (!good)
		mem_alloc(SIZE_MAX);
}

static int flags_of(const struct column *column)
{
	return (column->right ? SCOLS_FL_RIGHT : 0) | (column->tree ? SCOLS_FL_TREE : 0) |
	       (column->width ? SCOLS_FL_STRICTWIDTH : 0);
}

struct libscols_table *table_new(const struct report *report,
				 const struct column *columns, size_t n,
				 enum table_heads heads)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct libscols_table *table;

	pthread_once(&once, scols_load);
	table = scols.new_table();
	need(table != NULL);
	scols.table_enable_noheadings(table, heads == TABLE_BARE);
	scols.table_enable_colors(table, report->colour);
	/* Text is safe already; a second encoding would make an escape of an escape. */
	scols.table_enable_noencoding(table, 1);
	scols.table_set_termforce(table, SCOLS_TERMFORCE_ALWAYS);
	scols.table_set_termwidth(table, report->unbounded ? UNBOUNDED : report->columns);
	scols.table_set_column_separator(table, COLUMN_GAP);
	for (size_t i = 0; i < n; i++)
		need(scols.table_new_column(
			table, columns[i].title ? _(columns[i].title) : "",
			(double)columns[i].width, flags_of(&columns[i])));
	return table;
}

struct libscols_line *table_line(struct libscols_table *table,
				 struct libscols_line *parent)
{
	struct libscols_line *line = scols.table_new_line(table, parent);

	need(line != NULL);
	return line;
}

void table_cell(struct libscols_line *line, size_t column, struct buf *text,
		enum tint tint)
{
	struct libscols_cell *cell = scols.line_get_cell(line, column);

	need(cell && scols.cell_refer_data(cell, buf_steal(text)) == 0);
	if (tint != TINT_NONE)
		need(scols.cell_set_color(cell, tint_sequence(tint)) == 0);
}

void table_print(struct report *report, struct libscols_table *table, size_t indent)
{
	char *drawn = NULL;

	if (scols.table_get_nlines(table) > 0) {
		need(scols.print_table_to_string(table, &drawn) == 0);
		for (char *at = drawn; at && *at;) {
			size_t n = strcspn(at, "\n"), text = n;

			/* The library fills lines up to the width of their column. */
			while (text && at[text - 1] == ' ')
				text--;
			buf_addf(&report->out, "%*s", text ? (int)indent : 0, "");
			buf_add(&report->out, span_of(at, text));
			buf_add_byte(&report->out, '\n');
			at += n + (at[n] == '\n');
		}
	}
	mem_free(drawn);
	scols.unref_table(table);
}
