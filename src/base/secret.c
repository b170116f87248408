/* Secrets: bytes that are wiped before their memory is given back. */
#include "base/secret.h"

#include "base/memory.h"

void wipe(void *at, size_t n)
{
	if (n)
		explicit_bzero(at, n);
}

void secret_set(struct secret *secret, struct span bytes)
{
	uint8_t *copy = mem_alloc(bytes.n ? bytes.n : 1);

	if (bytes.n)
		memcpy(copy, bytes.at, bytes.n);
	secret_clear(secret);
	*secret = (struct secret){ copy, bytes.n };
}

void secret_clear(struct secret *secret)
{
	wipe(secret->at, secret->n);
	mem_free(secret->at);
	*secret = (struct secret)SECRET_INIT;
}
