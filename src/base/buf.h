/* A growing buffer of bytes; always NUL-ended one byte past n, so that text can be read
 * in place. */
#pragma once

#include "base/memory.h"

struct buf {
	uint8_t *at;
	size_t n, cap;
};
#define BUF_INIT           \
	{                  \
		NULL, 0, 0 \
	}

/* What buf_reserve does where there is not yet room. */
uint8_t *buf_grow(struct buf *buf, size_t n);

/* Room for n more bytes; returns where they go. The caller then says buf_added. */
static inline uint8_t *buf_reserve(struct buf *buf, size_t n)
{
	return n < buf->cap - buf->n ? buf->at + buf->n : buf_grow(buf, n);
}

/* n bytes were written where buf_reserve said. */
static inline void buf_added(struct buf *buf, size_t n)
{
	buf->n += n;
	buf->at[buf->n] = '\0';
}

static inline void buf_add(struct buf *buf, struct span bytes)
{
	uint8_t *to = buf_reserve(buf, bytes.n);

	if (bytes.n)
		memcpy(to, bytes.at, bytes.n);
	buf_added(buf, bytes.n);
}

static inline void buf_add_byte(struct buf *buf, uint8_t byte)
{
	*buf_reserve(buf, 1) = byte;
	buf_added(buf, 1);
}

static inline void buf_add_str(struct buf *buf, const char *text)
{
	buf_add(buf, span_str(text));
}

void buf_addf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case hex of bytes. */
void buf_add_hex(struct buf *buf, struct span bytes);
struct span buf_span(const struct buf *buf);
/* The text so far, "" where nothing was added; borrowed until the next change. */
const char *buf_text(const struct buf *buf);
/* The text, now the caller's to mem_free; buf is empty afterwards. */
char *buf_steal(struct buf *buf);
void buf_clear(struct buf *buf);
