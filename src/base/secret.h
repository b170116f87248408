/* Secrets: bytes that are wiped before their memory is given back. */
#pragma once

#include "base/compiler.h"
#include "base/span.h"

struct secret {
	uint8_t *at;
	size_t n;
};
#define SECRET_INIT     \
	{               \
		NULL, 0 \
	}

/* Overwrites n bytes; no compiler leaves it out. */
void wipe(void *at, size_t n);
/* A copy of the bytes, in place of what it held. */
void secret_set(struct secret *secret, struct span bytes);
static inline struct span secret_span(const struct secret *secret)
{
	return span_of(secret->at, secret->n);
}
void secret_clear(struct secret *secret);
