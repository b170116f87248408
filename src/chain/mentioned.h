/* Endpoints that a pasted text names. The text is hostile: only what can be a host name
 * passes. */
#pragma once

#include "base/span.h"

#define MENTIONED_MOST 4
#define HOST_MOST      253 /* RFC 1035 2.3.4, as text */

struct mentioned {
	char host[HOST_MOST + 1]; /* letters, digits, - and . alone, or an IP address */
	uint16_t port;            /* 0: not said */
	unsigned rank;            /* how surely it is the endpoint that was dialled */
};

/* At most most of them, the likeliest first; returns how many. */
size_t mentioned_find(struct mentioned *to, size_t most, struct span text);
/* "host:port" or "host" (443 is not said) into to; returns to. Every byte is safe in a
 * shell. */
#define TARGET_TEXT (HOST_MOST + sizeof("[]:65535"))
const char *mentioned_text(const struct mentioned *mentioned, char to[TARGET_TEXT]);
