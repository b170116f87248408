/*
 * How results are shown: text for people (tables and trees by libsmartcols), JSON, JSON
 * lines, CSV. Everything hostile passes through base/escape.h here and nowhere later.
 */
#pragma once

#include "plan/prune.h"
#include "plan/validation.h"
#include "store/cellar.h"
#include "trust/diff.h"

enum report_format {
	REPORT_TEXT,
	REPORT_JSON,
	REPORT_JSONL,
	REPORT_CSV
};
bool report_format_parse(const char *text, enum report_format *format);

struct report {
	enum report_format format;
	bool colour;    /* text on a terminal that wants it */
	size_t columns; /* width of the terminal; 80 where it is none */
	bool unbounded; /* no terminal and no COLUMNS: rows of tables are as wide as they
			   need */
	int verbose;
	bool quiet;
	int64_t now;    /* for days left */
	struct buf out; /* what was made and not written yet; report_flush writes it */
	void *state;    /* of a document under way (JSON) */
};
/* The width of the terminal, else COLUMNS, else 0: nothing bounds it. */
size_t report_width(void);
/* format, columns and colour from the terminal and the option (NULL: auto). */
void report_init(struct report *report, enum report_format format,
		 const char *colour_when, int64_t now);
/*
 * Closes the document and writes to standard output; false (STATUS_INPUT) where that
 * fails.
 */
MUST_CHECK bool report_finish(struct report *report, struct error *err);
void report_clear(struct report *report);

/* Rows of `list`: only those with hits[i] (NULL: all). */
void report_list(struct report *report, const struct store *store, const bool *hits);
/*
 * The same for CSV and JSON, row by row: nothing of an entry is kept. report_rows_end
 * ends the listing, also one without rows.
 */
struct report_rows {
	struct report *report; /* set this; zero the rest */
	struct csv_scratch *csv;
};
void report_row(void *rows, const struct entry *entry);
void report_rows_end(struct report_rows *rows);
void report_rows_clear(struct report_rows *rows);
/*
 * Everything about the entries that hit: what it says, who signed it, whom it signed,
 * where it came from.
 */
void report_show(struct report *report, const struct store *store, const bool *hits);
enum diff_detail {
	DIFF_ENTRIES,
	DIFF_SUMMARY
};
void report_diff(struct report *report, const struct diff *diff, enum diff_detail detail);
void report_log(struct report *report, const struct generation_list *log);
/* The stores that have a name; and the files of their profiles, good or not. */
struct known_stores;
struct profile_checks;
void report_stores(struct report *report, const struct known_stores *stores);
void report_profile_checks(struct report *report, const struct profile_checks *checks);
/* What is to be done for known stores: n of them; steps that keep a path are not shown as text. */
struct install;
void report_installs(struct report *report, const struct install *installs, size_t n);
/* The plan of a prune: what goes, why; as text and with -q the counts alone. */
void report_prune(struct report *report, const struct entry_set *set,
		  const enum prune_reason *reasons, const struct entry *const *twins);
/*
 * One validation; several follow one another (an array in JSON, a line each in JSON
 * lines and CSV).
 */
void report_validation(struct report *report, const struct validation *validation);
/*
 * What a support case needs, as plain text that can be pasted (--worknote). store: that
 * was judged by, in words, escaped.
 */
void report_worknote(struct buf *out, const struct validation *validation,
		     const char *store, const char *command);

/* What a pasted text means (explain); one of the codes of findings, and all of them. */
struct explanation;
void report_explanation(struct report *report, const struct explanation *explanation);
void report_code(struct report *report, enum finding_code code);
void report_codes(struct report *report);

/*
 * Messages on standard error: "rootcellar: ..." and the remedy as a second line,
 * escaped.
 */
void report_error(const struct error *err);
void report_note(const struct report *report, const char *format, ...) PRINTF_LIKE(2, 3);
