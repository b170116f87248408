/*
 * ServiceNow's table sys_certificate: its records as entries and entries as its records,
 * in whichever of the two envelopes. See servicenow_record.c for what is read and
 * written.
 */
#pragma once

#include "format/format.h"

#define SERVICENOW "servicenow" /* whose words the fields of an entry are */
/* Behind the name of a column: the field is the display_value of its reference. */
#define SN_DISPLAY "@display_value"

/*
 * Reads every record of sys_certificate of a document, also those in the payloads of an
 * update set. Shared by both formats: a file that mixes them loses nothing.
 */
MUST_CHECK bool servicenow_read(struct span file, struct entry_sink *sink,
				struct error *err);

/* A record on its way out; memory in the arena of the records. */
struct sn_column {
	const char *name, *value;
	const char *display; /* NULL: no attribute display_value */
};
struct sn_record {
	const char *sys_id, *name;
	struct sn_column *columns; /* in order of their names */
	size_t n;
};
struct sn_records {
	struct arena arena;
	struct sn_record *at;
	size_t n;
};
#define SN_RECORDS_INIT             \
	{                           \
		ARENA_INIT, NULL, 0 \
	}
/* Those of the set, in its order; no two share a sys_id or a name. now: the date that
 * they get. */
void sn_records_make(struct sn_records *records, const struct entry_set *set,
		     int64_t now);
void sn_records_clear(struct sn_records *records);

#define SN_ID   33 /* a sys_id with its NUL */
#define SN_TIME 20 /* "2026-01-15 10:20:30" with its NUL; UTC */
/* The first half of the SHA-256 of bytes: the same for the same, as an import wants it.
 */
void sn_id(struct span bytes, char to[SN_ID]);
void sn_time(int64_t at, char to[SN_TIME]);

/* <sys_certificate>...</sys_certificate>; between: what follows each tag of a column. */
void sn_write_record(struct buf *out, const struct sn_record *record,
		     const char *between);
/* <name display_value="">value</name>, or <name/> where both are empty. */
void sn_write_column(struct buf *out, const struct sn_column *column);
/* The XML declaration and <unload unload_date="...">; and its end. */
void sn_begin(struct buf *out, int64_t now);
void sn_end(struct buf *out);
/* What an administrator must do after an import of either kind. */
extern const char sn_afterwards[];
