/* Which proxy leads to a host, by the settings or the environment, as curl's manual has
 * it. */
#pragma once

#include "net/message.h"

enum proxy_kind {
	PROXY_NONE,
	PROXY_HTTP,
	PROXY_HTTPS,
	PROXY_SOCKS5,
	PROXY_SOCKS5H
};

struct proxy {
	enum proxy_kind kind;
	char *host; /* without brackets */
	uint16_t port;
	char *user, *password; /* NULL: none; they go to the proxy and nowhere else */
};
#define PROXY_INIT                              \
	{                                       \
		PROXY_NONE, NULL, 0, NULL, NULL \
	}

/*
 * setting is that of struct net_settings: "" none, "env" (the variables https_proxy,
 * HTTPS_PROXY, http_proxy, all_proxy, ALL_PROXY, no_proxy, NO_PROXY), or a URL, which
 * no_proxy does not overrule. scheme is that of what is asked for: "https" for a target.
 * False: there is one that cannot be used.
 */
MUST_CHECK bool proxy_choose(struct proxy *proxy, const char *setting, const char *scheme,
			     const char *host);
/* Reads a proxy's URL; a bare "host:port" is HTTP. */
MUST_CHECK bool proxy_parse(struct proxy *proxy, const char *text);
/* Whether a list like that of no_proxy names host. */
bool no_proxy_names(const char *list, const char *host);
/* "socks5://host:port", without credentials; "" for none. The caller's to mem_free. */
char *proxy_url(const struct proxy *proxy);
void proxy_clear(struct proxy *proxy);
