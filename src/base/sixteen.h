/* Sixteen bytes a step: the vectors that gcc and clang have for every processor. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

typedef uint8_t sixteen __attribute__((vector_size(16)));

static inline sixteen sixteen_at(const uint8_t *at)
{
	sixteen bytes;

	memcpy(&bytes, at, sizeof(bytes));
	return bytes;
}

static inline void sixteen_put(uint8_t *to, sixteen bytes)
{
	memcpy(to, &bytes, sizeof(bytes));
}

/* Whether no bit that mask has in each byte is set in any. */
static inline bool sixteen_lacks(sixteen bytes, uint8_t mask)
{
	uint64_t half[2], each = UINT64_C(0x0101010101010101) * mask;

	memcpy(half, &bytes, sizeof(half));
	return !((half[0] | half[1]) & each);
}
