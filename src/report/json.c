/*
 * JSON and JSON lines. A document is an object with its version and one array, written as
 * its results come. Everything outside printable ASCII is written as \uNNNN: the same
 * text, and no byte that a terminal could take for a command.
 */
#include "report/out.h"

#include "base/escape.h"

#include <assert.h>

#define JSON_VERSION 1 /* of the documents; fields are only ever added within one */
#define JSON_FLAGS   (JSON_COMPACT | JSON_ENSURE_ASCII)

/*
 * DEL is the one control character that the library lets through; it can only stand in
 * a string.
 */
static void add_dumped(struct buf *out, const char *at, size_t n)
{
	while (n) {
		const char *del = memchr(at, 0x7f, n);
		size_t plain = del ? (size_t)(del - at) : n;

		buf_add(out, span_of(at, plain));
		if (!del)
			return;
		buf_add_str(out, "\\u007f");
		at += plain + 1;
		n -= plain + 1;
	}
}

static int add_piece(const char *piece, size_t n, void *out)
{
	add_dumped(out, piece, n);
	return 0;
}

static void dump(struct report *report, const json_t *value)
{
	int failed = json_dump_callback(value, add_piece, &report->out, JSON_FLAGS);

	assert(!failed);
	(void)failed;
}

void json_begin(struct report *report, const char *document)
{
	struct report_state *state = report->state;

	if (report->format != REPORT_JSON)
		return;
	if (state->document && strcmp(state->document, document) == 0)
		return;
	if (state->document)
		buf_addf(&report->out, "\n],\n\"%s\":[", document);
	else
		buf_addf(&report->out, "{\"version\":%d,\n\"%s\":[", JSON_VERSION,
			 document);
	state->document = document;
	state->in_document = 0;
}

void json_result(struct report *report, const char *document, json_t *result)
{
	struct report_state *state = report->state;

	if (report->format == REPORT_JSON) {
		json_begin(report, document);
		buf_add_str(&report->out, state->in_document++ ? ",\n" : "\n");
		dump(report, result);
	} else {
		dump(report, result);
		buf_add_byte(&report->out, '\n');
	}
	json_decref(result);
	report_flush_piece(report);
}

void json_end(struct report *report)
{
	struct report_state *state = report->state;

	if (!state->document)
		return;
	buf_add_str(&report->out, "\n]}\n");
	state->document = NULL;
}

json_t *json_of_text(struct span text)
{
	AUTO(buf) utf8 = BUF_INIT;

	escape_utf8(&utf8, text);
	return json_stringn_nocheck(buf_text(&utf8), utf8.n);
}

json_t *json_of_string(const char *text)
{
	return text ? json_of_text(span_str(text)) : json_null();
}

json_t *json_of_time(int64_t at)
{
	char text[TIME_TEXT];

	return at == TIME_NONE ? json_null()
			       : json_string_nocheck(time_rfc3339(at, text));
}

json_t *json_of_sha256(const struct sha256 *hash)
{
	char text[SHA256_TEXT];

	return json_string_nocheck(sha256_hex(hash, text));
}

json_t *json_of_hex(struct span bytes)
{
	AUTO(buf) hex = BUF_INIT;

	buf_add_hex(&hex, bytes);
	return json_stringn_nocheck(buf_text(&hex), hex.n);
}

void json_put(json_t *object, const char *key, json_t *value)
{
	int failed = json_object_set_new_nocheck(object, key, value);

	/*
	 * It fails for want of memory alone; a document without the field would be a
	 * lie.
	 */
	if (failed)
		mem_alloc(SIZE_MAX);
}

void json_put_last(json_t *array, json_t *value)
{
	int failed = json_array_append_new(array, value);

	if (failed)
		mem_alloc(SIZE_MAX);
}
