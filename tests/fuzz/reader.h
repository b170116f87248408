/* A reader of the table under a fuzzer: what it says has to hold together. */
#pragma once

#include "format/format.h"

#include <assert.h>

static inline void count_skip(void *ctx, const char *path, size_t line,
			      const struct error *why)
{
	(void)path;
	(void)line;
	assert(why->text && why->text[0]);
	++*(size_t *)ctx;
}

/* False where the reader failed; then it said why. */
static inline bool read_fuzzed(const struct format *format, struct span bytes,
			       struct entry_set *set)
{
	AUTO(error) err = ERROR_INIT;
	size_t skipped = 0;
	struct entry_sink sink = { .set = set,
				   .path = "fuzzed",
				   .keep_twins = true,
				   .skip = count_skip,
				   .ctx = &skipped };

	(void)format->probe(bytes, true);
	if (!format->read(bytes, &sink, &err)) {
		assert(err.text && err.status == STATUS_INPUT);
		return false;
	}
	assert(set->n == sink.added && skipped == sink.skipped && (set->n || skipped));
	return true;
}
