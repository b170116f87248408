/* Tables and trees, drawn by libsmartcols from text that is escaped already. */
#pragma once

#include "report/facts.h"

#include <libsmartcols.h>

struct column {
	const char *title; /* translated when the table is made */
	size_t width;      /* cells; 0: as wide as its text */
	bool right, tree;
};

enum table_heads {
	TABLE_HEADS,
	TABLE_BARE
};
struct libscols_table *table_new(const struct report *report,
				 const struct column *columns, size_t n,
				 enum table_heads heads);
/* A line below parent (NULL: at the top). */
struct libscols_line *table_line(struct libscols_table *table,
				 struct libscols_line *parent);
/* Text of a cell, which takes what text holds. */
void table_cell(struct libscols_line *line, size_t column, struct buf *text,
		enum tint tint);
/* Adds the table to the report, each line behind indent spaces, and frees it. */
void table_print(struct report *report, struct libscols_table *table, size_t indent);
