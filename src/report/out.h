/*
 * What the files of this floor share: writing out piece by piece, and the document
 * under way.
 */
#pragma once

#include "report/report.h"

#include <jansson.h>

struct report_state {
	const char *document; /* key of the JSON array that is open; NULL: none */
	size_t in_document;   /* results in it so far */
	size_t shown;    /* validations shown as text, for the blank line between two */
	bool csv_begun;  /* the header line stands */
	int write_errno; /* of the first write that failed; the rest is then dropped */
};

/* Written out from this size on, so that a long listing is never in memory as a whole. */
#define REPORT_PIECE ((size_t)32 << 10)

void report_flush(struct report *report);
static inline void report_flush_piece(struct report *report)
{
	if (report->out.n >= REPORT_PIECE)
		report_flush(report);
}

/* Whether the report is JSON of either kind; CSV's header line, once. */
bool report_is_json(const struct report *report);
void report_csv_header(struct report *report, const char *line);

/* Opens the array of that key (JSON), so that no result is an empty array. */
void json_begin(struct report *report, const char *document);
/* Adds one result to it, or a line of JSON lines; result is dropped afterwards. */
void json_result(struct report *report, const char *document, json_t *result);
/* Closes the document. */
void json_end(struct report *report);

/*
 * Values: hostile text, a time (null where there is none), a fingerprint, a number,
 * text or null.
 */
json_t *json_of_text(struct span text);
json_t *json_of_string(const char *text);
json_t *json_of_time(int64_t at);
json_t *json_of_sha256(const struct sha256 *hash);
json_t *json_of_hex(struct span bytes);
/* object[key] = value, which is given away. */
void json_put(json_t *object, const char *key, json_t *value);
void json_put_last(json_t *array, json_t *value);
