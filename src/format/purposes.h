/*
 * Lists of purposes as formats state them: object identifiers that a certificate is or is
 * not good for.
 */
#pragma once

#include "format/format.h"

/* More identifiers than this in one list are an attack, not a policy. */
#define PURPOSES_MOST 256

struct purposes {
	bool any;            /* anyExtendedKeyUsage is among them */
	uint32_t known;      /* bits 1 << enum purpose */
	const char **others; /* dotted; arena */
	size_t n_others;
};

/* Reads the content of a SEQUENCE OF OBJECT IDENTIFIER. */
MUST_CHECK bool purposes_read(struct purposes *purposes, struct arena *arena,
			      struct span content, struct error *err);
/*
 * Takes away what rejected names; where nothing is left, or all was rejected,
 * OID_NO_PURPOSE is.
 */
void purposes_reject(struct purposes *purposes, struct arena *arena,
		     const struct purposes *rejected);
/* Keeps only what both name. */
void purposes_intersect(struct purposes *purposes, struct arena *arena,
			const struct purposes *with);
/* Adds what with names. */
void purposes_unite(struct purposes *purposes, struct arena *arena,
		    const struct purposes *with);
/*
 * Adds the dotted identifier, as one of the table's purposes where it is one; false where
 * it is none.
 */
bool purposes_add(struct purposes *purposes, struct arena *arena, const char *oid);
bool purposes_equal(const struct purposes *a, const struct purposes *b);
/*
 * "server-auth email 1.2.3", "any": sorted, so that equal purposes have equal texts. And
 * back.
 */
void purposes_text(struct buf *out, const struct purposes *purposes);
MUST_CHECK bool purposes_parse(struct purposes *purposes, struct arena *arena,
			       struct span text, struct error *err);
/*
 * Appends the SEQUENCE OF OBJECT IDENTIFIER: the table's purposes in its order, the
 * others sorted.
 */
void purposes_write(struct buf *out, const struct purposes *purposes);
/*
 * One alternative with these purposes and the two dates; NULL where that allows
 * everything.
 */
const struct constraints *purposes_constraints(struct arena *arena,
					       const struct purposes *purposes,
					       int64_t server_after, int64_t email_after);
