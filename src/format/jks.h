/* Java's keystores: what reading and writing share. Internal to jks*.c. */
#pragma once

#include "format/format.h"

#include <nettle/sha1.h>

#define MAGIC_JKS   0xfeedfeedu
#define MAGIC_JCEKS 0xcecececeu

enum jks_tag {
	TAG_KEY = 1,
	TAG_CERTIFICATE = 2,
	TAG_SECRET = 3
};

/* The digest of a store under a password; false where that is not in UTF-8. */
MUST_CHECK bool jks_digest(struct span password, struct span sealed,
			   uint8_t to[SHA1_DIGEST_SIZE]);
MUST_CHECK bool jks_write(const struct entry_set *set, uint32_t magic,
			  const struct sealing *sealing, struct buf *out,
			  struct error *err);
/*
 * Whether bytes begin with a serialised secret key of the only kind that Java's provider
 * writes, and how many of them it takes. Nothing of it is kept.
 */
bool jks_secret_size(struct span bytes, size_t *n);
