/*
 * Objects of NSS: what stands between one CKA_CLASS line of certdata.txt and the next, or
 * what a token of NSS's shows.
 */
#pragma once

#include "base/clock.h"
#include "format/format.h"

enum certdata_class {
	CERTDATA_OTHER,
	CERTDATA_CERTIFICATE,
	CERTDATA_TRUST
};
/* What a trust object says for one purpose; of two objects the greater counts. */
enum certdata_word {
	CERTDATA_UNSAID,
	CERTDATA_ANCHOR,  /* trusted, and to issue others */
	CERTDATA_VERIFY,  /* neither: a path through it needs an anchor */
	CERTDATA_DISTRUST /* not trusted, whatever is above it */
};
/* The purposes that have words. */
enum certdata_purpose {
	CERTDATA_SERVER,
	CERTDATA_EMAIL,
	CERTDATA_CODE,
	CERTDATA_CLIENT,
	CERTDATA_PURPOSES
};
#define CERTDATA_NO_DATES                                \
	{                                                \
		TIME_NONE, TIME_NONE, TIME_NONE, TIME_NONE \
	}

/* Bytes are in the arena of the scan; n 0 where the object has none. */
struct certdata_object {
	enum certdata_class class;
	size_t line; /* of its CKA_CLASS; 0: of no file */
	struct span label, issuer, serial, value, sha1;
	int64_t after[CERTDATA_PURPOSES]; /* distrust after; TIME_NONE: none */
	enum certdata_word words[CERTDATA_PURPOSES];
	/* NULL, or what is wrong with it, in the arena, and the line where. */
	const char *fault;
	size_t fault_line;
};

struct certdata_scan {
	struct span rest;
	size_t line; /* of rest; set it to 1 */
	struct arena *arena;
};
/*
 * The next object; false at the end. One with a fault is whole but for what the fault
 * spoilt: the reader goes on behind it.
 */
bool certdata_next(struct certdata_scan *scan, struct certdata_object *object);
/* Whether head has a line that begins an object. */
bool certdata_find_class(struct span head);

/*
 * Entries of these objects, whose bytes are in the arena of the sink's set: each
 * certificate with all that the trust objects say of it.
 */
void certdata_join(const struct certdata_object *objects, size_t n,
		   struct entry_sink *sink);
