/*
 * The cache of what was fetched: one file a URL in a folder of the user's own. It saves
 * time, and proves nothing: who asks for a URL checks what it gets, from wherever it
 * comes.
 */
#pragma once

#include "net/message.h"

#define CACHE_FIELD_MOST 256 /* of a validator */

struct cache;

struct cached {
	enum net_outcome outcome; /* a failure is remembered for a moment */
	uint32_t status;
	char *text; /* of a failure */
	char *final_url;
	uint8_t redirects;
	enum address_class class; /* the most private address that led to it;
				     ADDRESS_UNKNOWN: a proxy */
	char *etag, *modified;    /* validators, "" none; printable ASCII */
	int64_t fresh_until;      /* seconds since 1970 UTC */
	struct span body;         /* own memory */
};
#define CACHED_INIT                   \
	{                             \
		.outcome = NET_FAILED \
	}

/* NULL: the folder cannot be had, or is not the user's alone. */
struct cache *cache_open(const char *folder);
void cache_close(struct cache *cache);
/* False: nothing is known of url. cache may be NULL. */
MUST_CHECK bool cache_read(struct cache *cache, const char *url, struct cached *cached);
/* What cannot be written is not cached: nobody is told. */
void cache_write(struct cache *cache, const char *url, const struct cached *cached);
void cached_clear(struct cached *cached);
