/* Entries: a certificate with what a store says of it. */
#pragma once

#include "trust/constraints.h"
#include "x509/cert.h"

enum trust {
	TRUST_UNSAID,       /* the source says nothing: import decides */
	TRUST_ANCHOR,       /* paths may end here */
	TRUST_INTERMEDIATE, /* material for paths, trusted only through an anchor */
	TRUST_DISTRUSTED,   /* no path may use it */
	TRUST_COUNT
};
/*
 * "anchor" ...; "unsaid". Stable, untranslated: output for machines and the command line.
 */
const char *trust_name(enum trust trust);
bool trust_parse(const char *text, enum trust *trust);

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

/* Memory of constraints, label, origin, note and DER belongs to the set's arena. */
struct entry {
	struct cert cert;
	enum trust trust;
	const struct constraints *constraints; /* NULL: none */
	const char *label;                     /* NULL: none. UTF-8, hostile */
	const struct origin *origin;           /* NULL: none recorded */
	const char *note;                      /* NULL: none */
	size_t line;                           /* where in its source file; 0: unknown */
};

/* Same trust, constraints and label, whatever the origin. */
bool entry_same_meaning(const struct entry *a, const struct entry *b);
