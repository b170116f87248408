/* The few header fields of an HTTP answer that matter here. */
#pragma once

#include "base/buf.h"

struct header {
	uint32_t status;
	char *location;        /* NULL: none */
	char *etag, *modified; /* NULL: none that could be sent back */
	bool no_store, no_cache;
	int64_t max_age, age;  /* seconds; max_age -1: none */
	int64_t date, expires; /* seconds since 1970 UTC, -1 none */
	size_t bytes;
};

/* One line, with its end. A status line begins anew. False: more than a header may be. */
MUST_CHECK bool header_add(struct header *header, struct span line);
/* How long the answer stays fresh: what the server says, at most a day; an hour where it
 * says nothing. */
int64_t header_fresh_seconds(const struct header *header);
void header_clear(struct header *header);
