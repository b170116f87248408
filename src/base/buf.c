/* A growing buffer of bytes. */
#include "base/buf.h"

#include "base/sixteen.h"

#include <assert.h>

uint8_t *buf_grow(struct buf *buf, size_t n)
{
	size_t cap = buf->cap ? buf->cap : 64;

	assert(n < SIZE_MAX / 4 && buf->n < SIZE_MAX / 4);
	/* Room for the NUL as well. */
	while (cap < buf->n + n + 1)
		cap *= 2;
	buf->at = mem_resize(buf->at, cap, 1);
	buf->cap = cap;
	return buf->at + buf->n;
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

/* The hex digit of each, all of them under 16. */
static sixteen hex_digits(sixteen values)
{
	return values + '0' + ((sixteen)(values > 9) & ('a' - '0' - 10));
}

/* The 32 hex digits of sixteen bytes. */
static void put_hex(uint8_t *to, const uint8_t *from)
{
	sixteen bytes = sixteen_at(from), first, second;
	sixteen upper = hex_digits(bytes >> 4), lower = hex_digits(bytes & 15);

	first = __builtin_shufflevector(upper, lower, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20,
					5, 21, 6, 22, 7, 23);
	second = __builtin_shufflevector(upper, lower, 8, 24, 9, 25, 10, 26, 11, 27, 12,
					 28, 13, 29, 14, 30, 15, 31);
	sixteen_put(to, first);
	sixteen_put(to + sizeof(first), second);
}

void buf_add_hex(struct buf *buf, struct span bytes)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t *to = buf_reserve(buf, bytes.n * 2);
	size_t i = 0;

	for (; bytes.n - i >= sizeof(sixteen); i += sizeof(sixteen))
		put_hex(to + 2 * i, bytes.at + i);
	for (; i < bytes.n; i++) {
		to[2 * i] = (uint8_t)digit[bytes.at[i] >> 4];
		to[2 * i + 1] = (uint8_t)digit[bytes.at[i] & 15];
	}
	buf_added(buf, bytes.n * 2);
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
