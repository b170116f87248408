/* One parsed condition: what selector.c reads and selector_match.c asks. */
#pragma once

#include "trust/selector.h"

enum selector_kind {
	SELECT_FINGERPRINT, /* words */
	SELECT_FILE,
	SELECT_PATTERN,
	SELECT_EXPIRED, /* filters */
	SELECT_EXPIRING,
	SELECT_TRUST,
	SELECT_PURPOSE,
	SELECT_ISSUED_BY,
	SELECT_KEY,
	SELECT_SIGNATURE,
	SELECT_LABEL,
	SELECT_ORIGIN,
	SELECT_SELF_SIGNED,
	SELECT_CA,
};

enum comparison {
	COMPARE_NONE,
	COMPARE_LESS,
	COMPARE_AT_MOST,
	COMPARE_EQUAL,
	COMPARE_AT_LEAST,
	COMPARE_MORE
};

struct selector {
	enum selector_kind kind;
	char *text; /* the word or value as typed; of a fingerprint its bare hex digits */
	size_t first_file, n_files; /* SELECT_FILE: which of list->files it named */
	enum trust trust;
	enum purpose purpose; /* PURPOSE_COUNT: text is a dotted OID */
	int64_t seconds;
	char *key_type;
	enum comparison comparison;
	uint32_t bits;
	struct selector *issuer; /* SELECT_ISSUED_BY: the word that names the issuer */
};

/* A word names entries; everything else is a filter. */
static inline bool selector_is_word(const struct selector *selector)
{
	return selector->kind <= SELECT_PATTERN;
}
