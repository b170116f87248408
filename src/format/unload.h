/*
 * ServiceNow's unload XML: records of tables, one after another, each with its fields.
 * Nothing here knows what a record means. FORMATS: the root is <unload> (or, in the
 * payload of an update set, <record_update>), its children are records and their element
 * names tables, a record's children are its fields.
 */
#pragma once

#include "base/file.h"

/* A field under way; its value is a stretch of the reader's text. */
struct unload_field {
	const char *name;
	const char
		*display; /* its display_value; NULL where it has none, or an empty one */
	size_t line;      /* where its element begins */
	size_t at, n;
};

struct unload_record {
	const char *table, *action; /* action "" where it has none */
	size_t line;
	const struct unload_field *fields;
	size_t n;
	const struct buf *text;
	bool cut; /* it is larger than any record of interest, and not whole here */
};

/* NULL where the record has no such field. */
const struct unload_field *unload_field(const struct unload_record *record,
					const char *name);
/* The value of a field; empty for NULL. */
struct span unload_value(const struct unload_record *record,
			 const struct unload_field *field);
/* unload_value of unload_field. */
struct span unload_get(const struct unload_record *record, const char *name);

/* Reads document after document; begin it with zeroes and clear it in the end. */
struct unload_parser;
struct unload {
	const char *const *tables; /* whose records are wanted; NULL-ended */
	/* Given each of them; all of it dies when this returns, but for the names of
	 * table and fields, which live as long as the unload. */
	void (*found)(void *ctx, const struct unload_record *record);
	void *ctx;
	size_t records; /* of whatever table, in all documents */
	struct unload_parser *parser;
};
/*
 * Reads one document, whose first line is counted as first_line. file: NULL, or what the
 * bytes are of; a mapped one is copied piece by piece, which costs less. No DTD, so no
 * entities but the five of XML, nothing from outside, and bounds on size, depth and
 * names. False (STATUS_INPUT) where it breaks off, with the line in *line; the records
 * before that have been given.
 */
MUST_CHECK bool unload_read(struct unload *unload, struct span document,
			    const struct file *file, size_t first_line, size_t *line,
			    struct error *err);
void unload_clear(struct unload *unload);

/* Whether head begins such a document; *table is then its first record's, or empty. */
bool unload_probe(struct span head, struct span *table);
