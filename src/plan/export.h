/* What export hands out: the meaning of a store for TLS clients, and what the destination
 * cannot hold. */
#pragma once

#include "store/store.h"

/* What becomes of an anchor whose constraints the destination cannot hold. */
enum lossy {
	LOSSY_GRACE, /* bounded by a date: it stays until that date plus the longest leaf
			lifetime */
	LOSSY_KEEP,  /* it is written without its constraints */
	LOSSY_DROP,  /* it is left out */
	LOSSY_FAIL,  /* nothing is written */
};
/* "grace|keep|drop|fail": false where text is none of them. */
bool lossy_parse(const char *text, enum lossy *lossy);
#define LOSSY_CHOICES "keep|drop|fail|grace"

enum export_only {
	EXPORT_BOTH,
	EXPORT_ANCHORS
};

struct export_options {
	const struct format *format; /* where it goes to a token: what that can be told */
	bool unmarked; /* a token to which an anchor is a certificate like any other */
	bool officer;  /* and which would take a word on that from its security officer */
	enum export_only only;
	enum lossy lossy;
	const bool *hits; /* the entries that were selected; NULL: all */
	int64_t at;
};
struct export_plan {
	struct entry_set set; /* what is to be written, in its stable order */
	size_t anchors, intermediates;
	size_t distrusts; /* written as distrusted: the format can say it */
	size_t expired, distrusted, inactive, not_for_servers,
		unchained; /* left out, each counted once */
	size_t retired;    /* written as not in use (export_onto) */
	size_t stays;      /* in use there, and not handed out (export_onto) */
	size_t unbound;    /* anchors written without a constraint that the format cannot
			      hold */
	size_t dropped;    /* anchors left out for such a constraint */
	size_t unmarked;   /* anchors that the token does not tell from others */
	size_t destination,
		lost; /* certificates that the destination held, and would lose */
};
#define EXPORT_PLAN_INIT              \
	{                             \
		.set = ENTRY_SET_INIT \
	}

/*
 * Anchors good for TLS servers, and the intermediates that chain to one of them; what is
 * distrusted where the format can say that, and else never; never what has expired.
 * Entries that state no trust are settled by settle.h. False: --lossy fail met an anchor
 * that it would lose something of (STATUS_FINDING), or nothing is left
 * (STATUS_UNCHANGED).
 */
MUST_CHECK bool export_make(struct export_plan *plan, const struct entry_set *set,
			    const struct export_options *options, struct error *err);
/*
 * The format for a destination: the one asked for (as, may be NULL), else that of
 * FORMAT:PATH, else that of what is there, else PEM.
 */
MUST_CHECK bool export_format(const struct format **format, const char *as,
			      const char *ref, struct error *err);
/*
 * Fills token with what the token that ref names can be told, and has options write that;
 * of any other ref nothing. STATUS_INPUT or STATUS_UNCHANGED where it cannot be asked.
 */
MUST_CHECK bool export_ask_token(struct export_options *options, struct format *token,
				 const char *ref, struct error *err);
enum shrink {
	SHRINK_REFUSED,
	SHRINK_ALLOWED
};
/*
 * Looks at what ref holds. False (STATUS_UNCHANGED) where it is a cellar, or where
 * without consent it would lose more than half of its certificates, or is a file that is
 * no store at all or holds a private key.
 */
MUST_CHECK bool export_guard(struct export_plan *plan, const char *ref,
			     enum shrink shrink, struct error *err);
/* Fills destination and lost: what is there, and what of it the plan has not. */
void export_count_lost(struct export_plan *plan, const struct entry_set *there);
/*
 * Writing onto what a store holds already (there, of a format that carries fields): an
 * entry whose certificate it has takes over the fields and label of that record, which is
 * then brought up to date instead of doubled. What it has in use and the plan does not
 * hand out is written as inactive, or stays as it is and is counted.
 */
enum retire {
	RETIRE_NOTHING,
	RETIRE_OTHERS
};
void export_onto(struct export_plan *plan, const struct entry_set *there,
		 enum retire retire);
/*
 * What guards share. destination_path: a path that can be taken for nothing else
 * (mem_free). destination_has_nothing: nothing is there, or a file that something made
 * ready for us. destination_keyless: false (STATUS_UNCHANGED) where the file holds a
 * private key, whatever else it holds.
 */
char *destination_path(const char *path);
bool destination_has_nothing(const char *path);
MUST_CHECK bool destination_keyless(const char *path, struct error *err);
/* Fills err with what a token cannot be told of n anchors, and what helps; false. */
bool export_unmarked(struct error *err, enum status status, size_t n, bool officer);
/* "147 anchors, 2 intermediates (Java and GnuTLS take these for anchors)", translated. */
void export_sentence(struct buf *out, const struct export_plan *plan,
		     const struct format *format);
void export_plan_clear(struct export_plan *plan);
