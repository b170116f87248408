/* Entries: a certificate with what a store says of it. */
#pragma once

#include "trust/constraints.h"
#include "x509/cert.h"

enum trust {
	TRUST_UNSAID,       /* the source says nothing: import decides */
	TRUST_ANCHOR,       /* paths may end here */
	TRUST_INTERMEDIATE, /* material for paths, trusted only through an anchor */
	TRUST_DISTRUSTED,   /* no path may use it */
	TRUST_INACTIVE,     /* the store holds it and does not use it: no path does */
	TRUST_COUNT
};
/*
 * "anchor" ...; "unsaid". Stable, untranslated: output for machines and the command line.
 */
const char *trust_name(enum trust trust);
bool trust_parse(const char *text, enum trust *trust);
/* Whether somebody may say it of an entry: anchor, intermediate or distrusted. */
bool trust_can_be_given(enum trust trust);

/* Where an entry came from; the newest first. Text is hostile. */
enum origin_kind {
	ORIGIN_FILE,
	ORIGIN_NETWORK,
	ORIGIN_SERVER,
	ORIGIN_USER
};
const char *origin_kind_name(enum origin_kind kind);
struct origin {
	enum origin_kind kind;
	const char *ref; /* absolute path, URL or store reference */
	int64_t added;   /* when it came into the cellar or keystore; TIME_NONE elsewhere */
	bool mirrored;   /* import --mirror: retired when the source drops it */
	const struct origin *next;
};

/*
 * What a store says of an entry in words of its own (the sys_id of a ServiceNow record):
 * nothing here judges by them; they are kept for a later export to such a store. Text is
 * hostile.
 */
struct field {
	const char *store; /* whose word it is: "servicenow" */
	const char *name, *value;
	const struct field *next;
};

/* Memory of constraints, label, origin, note, fields and DER belongs to the set's arena. */
struct entry {
	struct cert cert;
	enum trust trust;
	const struct constraints *constraints; /* NULL: none */
	const char *label;                     /* NULL: none. UTF-8, hostile */
	const struct origin *origin;           /* NULL: none recorded */
	const char *note;                      /* NULL: none */
	const struct field *fields;            /* NULL: none */
	size_t line;                           /* where in its source file; 0: unknown */
};

/* Same trust, constraints and label, whatever the origin. */
bool entry_same_meaning(const struct entry *a, const struct entry *b);
/* The value of its field of that name, NULL where it has none. */
const char *entry_field(const struct entry *entry, const char *store, const char *name);
/* The same words in the same order. */
bool fields_equal(const struct field *a, const struct field *b);
/* A deep copy in arena; NULL gives NULL. */
const struct field *fields_copy(struct arena *arena, const struct field *from);
