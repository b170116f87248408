/* A growing buffer of bytes; always NUL-ended one byte past n, so that text can be read in place. */
#pragma once

#include "base/memory.h"

struct buf {
	uint8_t *at;
	size_t n, cap;
};
#define BUF_INIT { NULL, 0, 0 }

/* Room for n more bytes; returns where they go. The caller then adds to buf->n. */
uint8_t *buf_reserve(struct buf *buf, size_t n);
void buf_add(struct buf *buf, struct span bytes);
void buf_add_byte(struct buf *buf, uint8_t byte);
void buf_add_str(struct buf *buf, const char *text);
void buf_addf(struct buf *buf, const char *format, ...) PRINTF_LIKE(2, 3);
/* Lower-case hex of bytes. */
void buf_add_hex(struct buf *buf, struct span bytes);
struct span buf_span(const struct buf *buf);
/* The text so far, "" where nothing was added; borrowed until the next change. */
const char *buf_text(const struct buf *buf);
/* The text, now the caller's to mem_free; buf is empty afterwards. */
char *buf_steal(struct buf *buf);
void buf_clear(struct buf *buf);
