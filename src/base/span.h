/* Spans: borrowed bytes with their length, passed by value. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const uint8_t *at;
	size_t n;
};

/* A span over a string literal, without its NUL. */
#define SPAN(literal) ((struct span){ (const uint8_t *)(literal), sizeof(literal) - 1 })
#define COUNT(array)  (sizeof(array) / sizeof((array)[0]))

static inline struct span span_of(const void *at, size_t n)
{
	return (struct span){ at, n };
}

static inline struct span span_str(const char *text)
{
	return (struct span){ (const uint8_t *)text, strlen(text) };
}

static inline bool span_eq(struct span a, struct span b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.at, b.at, a.n) == 0);
}

/* Byte order, the shorter of two equal beginnings first: <0, 0, >0. */
static inline int span_cmp(struct span a, struct span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int c = n ? memcmp(a.at, b.at, n) : 0;

	return c ? c : (a.n > b.n) - (a.n < b.n);
}

/* The rest of s from byte n on (n at most s.n). */
static inline struct span span_from(struct span s, size_t n)
{
	return (struct span){ s.at + n, s.n - n };
}

static inline bool span_starts(struct span s, struct span with)
{
	return s.n >= with.n && memcmp(s.at, with.at, with.n) == 0;
}

/* Whether no byte is over 127: eight at a step, for names go through here. */
static inline bool span_is_ascii(struct span s)
{
	uint64_t all = 0, eight;

	for (; s.n >= sizeof(eight); s = span_from(s, sizeof(eight))) {
		memcpy(&eight, s.at, sizeof(eight));
		all |= eight;
	}
	for (size_t i = 0; i < s.n; i++)
		all |= s.at[i];
	return !(all & UINT64_C(0x8080808080808080));
}
