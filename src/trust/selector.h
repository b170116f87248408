/*
 * Selectors name entries. A word is, in this order: 8 to 64 hex digits, colons allowed:
 * the SHA-256 or its beginning; an existing file, or a path with a slash: the
 * certificates in it; else a pattern over label, short name (CN) and subject (RFC 4514).
 * A pattern without * ? [ is the whole of one of these, whatever its case: "Foo CA" never
 * hits "Foo CA 2". All commands share this parser.
 */
#pragma once

#include "trust/set.h"

/*
 * Reads a certificate file for a selector that names one; store/ gives it, so that trust/
 * does no I/O.
 */
struct selector_files {
	void *ctx;
	/*
	 * Adds the certificates of the file to set; false with err where it is no
	 * certificate file.
	 */
	bool (*read)(void *ctx, const char *path, struct entry_set *set,
		     struct error *err);
	bool (*is_file)(void *ctx, const char *path);
};

struct selector; /* one parsed condition */
struct selector_list {
	struct selector *at;
	size_t n, cap;
	struct entry_set files; /* certificates that file selectors named */
};
#define SELECTOR_LIST_INIT                 \
	{                                  \
		NULL, 0, 0, ENTRY_SET_INIT \
	}

/*
 * Parses one word of the command line (not an option); STATUS_INPUT where it can be
 * nothing.
 */
MUST_CHECK bool selector_add_word(struct selector_list *list, const char *word,
				  const struct selector_files *files, struct error *err);
/*
 * Parses one filter: its name without dashes and its value (NULL for a flag). expired:
 * its time is over. expiring DURATION: valid still, and ends within it. trust KIND.
 * purpose NAME: good for it, and not distrusted. issued-by WORD: names as issuer an entry
 * that the word hits, a certificate of its file, or a name that it matches; never itself.
 * key 'TYPE[<|<=|=|>=|>BITS]': type or curve. signature, label, origin: patterns as
 * above. self-signed: issuer is subject, and key identifiers do not deny it. ca: says so,
 * or is a self-issued version 1.
 */
MUST_CHECK bool selector_add_filter(struct selector_list *list, const char *name,
				    const char *value, const struct selector_files *files,
				    struct error *err);

/*
 * Words are alternatives; filters must all hold. hits[set->n] is filled. Where a word
 * hits nothing: STATUS_INPUT naming it. at: the time for expired and expiring. An empty
 * list hits everything.
 */
MUST_CHECK bool selector_match(const struct selector_list *list,
			       const struct entry_set *set, int64_t at, bool *hits,
			       struct error *err);
/*
 * The rule for remove and trust: a word that is a pattern (not a fingerprint or file) and
 * hits several entries is refused with their count unless all is set. So are filters
 * alone that hit several, and an empty list always.
 */
enum selector_many {
	SELECTOR_ONE_EACH,
	SELECTOR_ALL
};
MUST_CHECK bool selector_match_to_change(const struct selector_list *list,
					 const struct entry_set *set, int64_t at,
					 enum selector_many many, bool *hits,
					 struct error *err);
void selector_list_clear(struct selector_list *list);
