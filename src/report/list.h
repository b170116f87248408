/*
 * The CSV of a listing, by itself because every entry of a large bundle passes through
 * it.
 */
#pragma once

#include "report/facts.h"

/* What is kept from row to row. */
struct csv_scratch;
struct csv_scratch *csv_scratch_new(void);
void csv_scratch_free(struct csv_scratch *scratch);
/* The header line, once; a row. */
void list_csv_begin(struct report *report);
void list_csv_row(struct report *report, const struct entry *entry,
		  struct csv_scratch *scratch);
