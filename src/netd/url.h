/* URLs of strangers: which are taken, and what a redirect leads to. */
#pragma once

#include "net/message.h"

#define URL_MOST MESSAGE_TEXT_MOST

/* A URL that may be asked for: http or https, without credentials. */
struct url {
	char *text;   /* normalised, without fragment */
	char *scheme; /* "http" or "https" */
	char *host; /* without brackets; letters, digits, '-', '_', '.', or an address */
	uint16_t port;
};
#define URL_INIT                    \
	{                           \
		NULL, NULL, NULL, 0 \
	}

/* base NULL: text is absolute; else relative to base. On failure why is a sentence of
 * ours. */
MUST_CHECK bool url_parse(struct url *url, const char *base, const char *text,
			  const char **why);
void url_clear(struct url *url);
/* "name:port" as hosts are written in URLs; the caller's to mem_free. */
char *host_port(const char *host, uint16_t port);
/* Whether host is what resolvers take: letters, digits, hyphens, underscores, dots; or an
 * address. */
bool is_plain_host(const char *host);
