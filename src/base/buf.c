/* A growing buffer of bytes. */
#include "base/buf.h"

#include <assert.h>

uint8_t *buf_reserve(struct buf *buf, size_t n)
{
	size_t cap = buf->cap ? buf->cap : 64;

	/* Room for the NUL as well. */
	if (n < buf->cap - buf->n)
		return buf->at + buf->n;
	assert(n < SIZE_MAX / 4 && buf->n < SIZE_MAX / 4);
	while (cap < buf->n + n + 1)
		cap *= 2;
	buf->at = mem_resize(buf->at, cap, 1);
	buf->cap = cap;
	return buf->at + buf->n;
}

void buf_add(struct buf *buf, struct span bytes)
{
	uint8_t *to = buf_reserve(buf, bytes.n);

	if (bytes.n)
		memcpy(to, bytes.at, bytes.n);
	buf->n += bytes.n;
	buf->at[buf->n] = '\0';
}

void buf_add_byte(struct buf *buf, uint8_t byte)
{
	uint8_t *to = buf_reserve(buf, 1);

	to[0] = byte;
	to[1] = '\0';
	buf->n++;
}

void buf_add_str(struct buf *buf, const char *text)
{
	buf_add(buf, span_str(text));
}

void buf_addf(struct buf *buf, const char *format, ...)
{
	AUTO_FREE char *text = NULL;
	va_list args;

	va_start(args, format);
	text = str_vformat(format, args);
	va_end(args);
	buf_add_str(buf, text);
}

void buf_add_hex(struct buf *buf, struct span bytes)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t *to = buf_reserve(buf, bytes.n * 2);

	for (size_t i = 0; i < bytes.n; i++) {
		*to++ = (uint8_t)digit[bytes.at[i] >> 4];
		*to++ = (uint8_t)digit[bytes.at[i] & 15];
	}
	*to = '\0';
	buf->n += bytes.n * 2;
}

struct span buf_span(const struct buf *buf)
{
	return span_of(buf->at, buf->n);
}

const char *buf_text(const struct buf *buf)
{
	return buf->n ? (const char *)buf->at : "";
}

char *buf_steal(struct buf *buf)
{
	char *text = buf->at ? (char *)buf->at : str_copy("");

	if (buf->at)
		buf->at[buf->n] = '\0';
	*buf = (struct buf)BUF_INIT;
	return text;
}

void buf_clear(struct buf *buf)
{
	mem_free(buf->at);
	*buf = (struct buf)BUF_INIT;
}
