/* SHA-256 (FIPS 180-4) by nettle, and its text form. */
#pragma once

#include "base/span.h"

struct sha256 {
	uint8_t at[32];
};
#define SHA256_TEXT 65

struct sha256 sha256_of(struct span bytes);
/* 64 lower-case hex digits and a NUL; returns to. */
const char *sha256_hex(const struct sha256 *hash, char to[SHA256_TEXT]);
/* Reads 64 hex digits of either case, colons between bytes allowed; false where it is not that. */
bool sha256_parse(const char *text, struct sha256 *hash);
static inline bool sha256_eq(const struct sha256 *a, const struct sha256 *b)
{
	return memcmp(a->at, b->at, sizeof(a->at)) == 0;
}

/*
 * A 64-bit hash of bytes for tables, keyed at random once a process, so that no input can be made to
 * collide. Never for identity: equal hashes are compared byte by byte.
 */
uint64_t hash_keyed(struct span bytes);
