/* Reading and writing ServiceNow's XML in tests, with what is told of it. */
#pragma once

#include "formats.h"
#include "base/escape.h"

#define THEN INT64_C(1768472430) /* 2026-01-15 10:20:30 */

/* What a reader left out, and what it remarked, one line each: "LINE: why". */
struct heard {
	struct buf text, remarks;
	size_t n; /* left out */
};

static inline void hear_skip(void *ctx, const char *path, size_t line,
			     const struct error *why)
{
	struct heard *heard = ctx;

	(void)path;
	heard->n++;
	buf_addf(&heard->text, "%zu: %s\n", line, why->text);
}

static inline void hear_remark(void *ctx, const char *path, size_t line,
			       const struct error *what)
{
	struct heard *heard = ctx;

	(void)path;
	buf_addf(&heard->remarks, "%zu: %s\n", line, what->text);
}

static inline void heard_clear(struct heard *heard)
{
	buf_clear(&heard->text);
	buf_clear(&heard->remarks);
}

/* From a copy of just these bytes, as read_bytes does. */
static inline bool read_heard(const struct format *format, struct span bytes,
			      struct entry_set *set, struct heard *heard,
			      struct error *err)
{
	AUTO_FREE uint8_t *copy = mem_copy(bytes);
	struct entry_sink sink = { .set = set,
				   .path = "test",
				   .skip = hear_skip,
				   .remark = hear_remark,
				   .ctx = heard };

	return format->read(span_of(copy, bytes.n), &sink, err);
}

/* A file of the other formats' data. */
static inline void read_some(const char *name, struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data(name, set, &skipped);
}

static inline bool read_xml(const char *name, struct entry_set *set, struct heard *heard,
			    struct error *err)
{
	AUTO_FREE char *path = str_format("servicenow/%s.xml", name);
	AUTO(file) file = FILE_INIT;
	const struct format *format;

	data_read(&file, path);
	format = format_guess(file.bytes);
	if (!format)
		fail_msg("%s is not found by its content", name);
	return read_heard(format, file.bytes, set, heard, err);
}

static inline char *written(const struct format *format, const struct entry_set *set)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	assert_true(format_write(format, set, THEN, &out, &err));
	assert_true(utf8_valid(buf_span(&out)));
	return buf_steal(&out);
}

static inline bool read_text(const char *text, struct entry_set *set, struct heard *heard,
			     struct error *err)
{
	return read_heard(&format_servicenow, span_str(text), set, heard, err);
}
