/* A growing buffer of bytes. */
#include "base/buf.h"

#include <assert.h>
#include <endian.h>

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

/* The eight hex digits of four bytes. */
static void put_hex(uint8_t *to, const uint8_t *four)
{
	const uint64_t each = 0x0101010101010101;
	uint32_t bytes;
	uint64_t digits;

	memcpy(&bytes, four, sizeof(bytes));
	/* The four bits of each digit to a byte of its own. */
	digits = be32toh(bytes);
	digits = (digits | digits << 16) & 0x0000ffff0000ffff;
	digits = (digits | digits << 8) & 0x00ff00ff00ff00ff;
	digits = (digits | digits << 4) & 0x0f0f0f0f0f0f0f0f;
	/* Adding 6 carries where the digit is a letter. */
	digits += '0' * each + ((digits + 6 * each) >> 4 & each) * ('a' - '0' - 10);
	digits = htobe64(digits);
	memcpy(to, &digits, sizeof(digits));
}

void buf_add_hex(struct buf *buf, struct span bytes)
{
	static const char digit[] = "0123456789abcdef";
	uint8_t *to = buf_reserve(buf, bytes.n * 2);
	size_t i = 0;

	for (; bytes.n - i >= 4; i += 4)
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
