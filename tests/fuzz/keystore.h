/*
 * Fuzz targets of keystores: read with and without a look at passwords, and what was read
 * is written and read again.
 */
#pragma once

#include "format/format.h"
#include "format/passwords.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static inline bool fuzz_read(const struct format *format, struct span bytes,
			     bool unchecked, struct entry_set *set)
{
	/* Work that thousands of inputs are worth: some of the test data ask for no more.
	 */
	const struct passwords passwords = { .unchecked = unchecked, .rounds = 5000 };
	struct entry_sink sink = { .set = set, .passwords = &passwords };
	AUTO(error) err = ERROR_INIT;
	const bool good = format->read(bytes, &sink, &err);

	assert(good || err.text);
	return good;
}

/* What is distrusted is left out, and nothing of these is. */
static inline void fuzz_write(const struct format *format, const struct entry_set *set)
{
	AUTO(entry_set) again = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	assert(format->write(set, &out, &err));
	assert(format_guess(buf_span(&out)) == format);
	assert(fuzz_read(format, buf_span(&out), false, &again));
	assert(again.n == set->n);
}

static inline void fuzz_keystore(const struct format *format, struct span bytes)
{
	AUTO(entry_set) checked = ENTRY_SET_INIT, unchecked = ENTRY_SET_INIT;

	fuzz_read(format, bytes, false, &checked);
	fuzz_read(format, bytes, true, &unchecked);
	if (unchecked.n)
		fuzz_write(format, &unchecked);
}
