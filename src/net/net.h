/*
 * Our side of the network: starts rootcellar-net when first asked for something, and
 * takes its answers. The child ends with us. Nothing here opens a socket to anywhere.
 */
#pragma once

#include "net/message.h"

struct net;

/* settings are copied; the child is started at the first request. Never fails: failures
 * come as answers. */
struct net *net_new(const struct net_settings *settings);
void net_free(struct net *net);
/* Starts path instead of the installed rootcellar-net: for tests. Before the first
 * request. */
void net_set_program(struct net *net, const char *path);

/*
 * Requests return their id; many may be under way at once (the child bounds how many
 * run). One thread at a time may use a net.
 */
uint32_t net_dial(struct net *net, const struct net_dial *dial);
uint32_t net_get(struct net *net, const struct net_get *get);
/* The answer of id is no longer wanted, and will not come. */
void net_cancel(struct net *net, uint32_t id);
/*
 * Waits for the next answer of any request, at most wait_ms. True with *answer (clear
 * it). False: none in time, or (err filled, STATUS_NO_ANSWER) the child is gone or could
 * not be started.
 */
bool net_next(struct net *net, struct message *answer, int64_t wait_ms,
	      struct error *err);
/* Waits for the answer of one id; others are kept for their turn. */
bool net_wait(struct net *net, uint32_t id, struct message *answer, int64_t wait_ms,
	      struct error *err);

/* A target as the user types it: "host", "host:port", "[::1]:443",
 * "https://host:port/...", "tls://...". */
struct target {
	char *text; /* as typed */
	char *host; /* without brackets; IDN turned into A-labels */
	uint16_t port;
	bool is_address;
};
#define TARGET_INIT                  \
	{                            \
		NULL, NULL, 0, false \
	}
MUST_CHECK bool target_parse(struct target *target, const char *text, struct error *err);
void target_clear(struct target *target);

/* Whether that can be the URL of a proxy: http, https, socks5 or socks5h (none: http),
 * with a host. STATUS_INPUT; err holds nothing of a password. */
MUST_CHECK bool proxy_check(const char *url, struct error *err);
