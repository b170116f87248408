/* Fuzz target: every reader of a store's file, whatever the file says it is; what was
 * read can be written by every writer, and the same certificates are read back from PEM.
 */
#include "format/format.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Writing costs more than reading: a set of more says no more. */
#define WRITTEN_MOST 64

static void ignore(void *ctx, const char *path, size_t line, const struct error *why)
{
	(void)path;
	(void)line;
	assert(why->text);
	++*(size_t *)ctx;
}

static bool read_with(const struct format *format, struct span file,
		      struct entry_set *set, size_t *skips)
{
	struct entry_sink sink = {
		.set = set, .path = "fuzz", .skip = ignore, .ctx = skips
	};
	AUTO(error) err = ERROR_INIT;
	bool good = format->read(file, &sink, &err);

	assert(good || err.text);
	assert(sink.skipped >= *skips);
	return good;
}

static void write_all(const struct entry_set *set)
{
	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) again = ENTRY_SET_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;
		size_t skips = 0;

		if (!(formats[i]->write || formats[i]->write_at) ||
		    !format_write(formats[i], set, 0, &out, &err))
			continue;
		if (formats[i] == &format_pem && set->n) {
			assert(read_with(&format_pem, buf_span(&out), &again, &skips));
			assert(again.n == set->n && !skips);
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct span file = span_of(bytes, n);

	(void)format_guess(file);
	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		size_t skips = 0;

		if (formats[i]->read && read_with(formats[i], file, &set, &skips) &&
		    set.n <= WRITTEN_MOST)
			write_all(&set);
	}
	return 0;
}
