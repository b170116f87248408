/* gzip, unpacked by zlib: never more than was allowed, however much is promised. */
#include "base/gunzip.h"

#include "base/i18n.h"
#include "base/library.h"

#include <limits.h>
#include <pthread.h>
#include <zlib.h>

#define PIECE       ((size_t)64 << 10)
#define WINDOW_GZIP (15 + 16) /* inflateInit2: the largest window, and a header of gzip \
			       */

static struct {
	__typeof__(inflateInit2_) *init;
	__typeof__(inflate) *inflate;
	__typeof__(inflateEnd) *end;
} zlib;
static char *problem; /* why it is not there; NULL: it is */

static void load(void)
{
	const struct library_call calls[] = {
		{ "inflateInit2_", &zlib.init },
		{ "inflate", &zlib.inflate },
		{ "inflateEnd", &zlib.end },
	};

	problem = library_load(LIBZ, calls, COUNT(calls));
}

bool gunzip_probe(struct span packed)
{
	return span_starts(packed, SPAN("\x1f\x8b"));
}

static bool unpack(struct buf *out, z_stream *stream, size_t most, struct error *err)
{
	uint8_t piece[PIECE];
	size_t had = out->n;
	int answer;

	do {
		stream->next_out = piece;
		stream->avail_out = sizeof(piece);
		answer = zlib.inflate(stream, Z_NO_FLUSH);
		if (answer != Z_OK && answer != Z_STREAM_END)
			return error_fail(err, STATUS_INPUT,
					  _("its gzip data break off or are damaged"));
		if (sizeof(piece) - stream->avail_out > most - (out->n - had))
			return error_fail(err, STATUS_INPUT,
					  _("unpacked it is larger than %zu bytes"),
					  most);
		buf_add(out, span_of(piece, sizeof(piece) - stream->avail_out));
	} while (answer != Z_STREAM_END);
	return !stream->avail_in ||
	       error_fail(err, STATUS_INPUT, _("something stands behind its gzip data"));
}

bool gunzip(struct buf *out, struct span packed, size_t most, struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	/* zlib reads them, through a type that does not say so. */
	z_stream stream = { .next_in = (uint8_t *)(uintptr_t)packed.at,
			    .avail_in = (uInt)packed.n };
	bool good;

	pthread_once(&once, load);
	if (problem)
		return error_fail(err, STATUS_INPUT, _("cannot load %s: %s"), LIBZ,
				  problem);
	if (packed.n > INT_MAX ||
	    zlib.init(&stream, WINDOW_GZIP, ZLIB_VERSION, sizeof(stream)) != Z_OK)
		return error_fail(err, STATUS_INPUT, _("its gzip data cannot be read"));
	good = unpack(out, &stream, most, err);
	(void)zlib.end(&stream); /* all was taken from it */
	return good;
}
