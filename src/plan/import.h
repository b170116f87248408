/* What import takes out of a source, what it refuses, and how it joins what the cellar
 * has. */
#pragma once

#include "store/store.h"

struct import_options {
	enum trust
		trust; /* --trust; TRUST_UNSAID: what the source states, else settle.h */
	bool purposes_said;
	uint32_t purposes;             /* --purpose, for anchors; bits, 0: any */
	const struct sha256 *accepted; /* --accept-root */
	size_t n_accepted;
	const char *mirror; /* the reference that is followed (--mirror); NULL: none */
	int64_t now;
};

/* An entry that was not taken. why is one line, escaped; remedy may be NULL. */
struct refusal {
	char *why, *remedy;
};
struct import_result {
	struct refusal *refusals;
	size_t n, cap;
	size_t accepted_met;  /* of --accept-root: how many the sources held */
	size_t distrust_kept; /* anchors of the source that stay distrusted here */
	size_t word_kept;     /* entries that stay as the user has said, against the source */
	size_t retired;       /* --mirror: entries that the source no longer has */
	size_t inactive;      /* entries that the source itself does not use */
	bool nothing_retired; /* --mirror: the source was read only in part */
};
#define IMPORT_RESULT_INIT                    \
	{                                     \
		NULL, 0, 0, 0, 0, 0, 0, 0, false \
	}

/*
 * Adds the entries of source to cellar. Trust that the source states is kept, and its
 * distrust is never lifted by options->trust; what states nothing is settled by settle.h,
 * and then changes nothing of an entry that the cellar has already. From the network (an
 * endpoint, a URL) nothing becomes an anchor unless options->accepted names it. An entry
 * that only this source gave follows it; one that the user has spoken of (trust) stays as
 * the user said, but for distrust, unless options speak again. What is inactive there is
 * not taken, whatever the options say. With a mirror, entries whose only origin it is
 * and which it has no longer are taken away, but for those of a source that was read only
 * in part. result adds up over several sources.
 */
void import_store(struct entry_set *cellar, const struct store *source,
		  const struct import_options *options, struct import_result *result);
void import_result_clear(struct import_result *result);
