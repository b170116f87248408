/*
 * One connection to be made: which proxy leads there, which addresses the names have,
 * which of them the address rule allows; then a transfer that can connect to these
 * addresses and to no others.
 */
#pragma once

#include "netd/address.h"
#include "netd/loop.h"
#include "netd/proxy.h"
#include "netd/resolve.h"

struct work;

struct hop {
	/* Set before hop_begin; host is borrowed until hop_clear. */
	struct work *work;
	const char *scheme, *host;
	uint16_t port;
	int family; /* 0, 4, 6 */
	struct address_rule rule;
	/* One of the two is called, perhaps from within hop_begin. transfer.easy is set
	 * up and not started. */
	void (*ready)(struct hop *hop);
	void (*failed)(struct hop *hop, enum net_outcome outcome, const char *text);

	struct proxy proxy;
	struct addresses target, via; /* via: of the proxy */
	struct lookup lookup;
	struct curl_slist *pins;
	struct transfer transfer;
	char curl_error[CURL_ERROR_SIZE];
};

void hop_begin(struct hop *hop);
/* Stops what is under way; the struct may then be begun again with what hop_begin wants
 * set. */
void hop_clear(struct hop *hop);
bool hop_through_proxy(const struct hop *hop);
/* The address that was reached; false where a proxy hides it. */
bool hop_reached(const struct hop *hop, struct address *address);
/* What a failed transfer means. The text is ours or libcurl's; borrowed until hop_clear.
 */
enum net_outcome hop_judge(const struct hop *hop, CURLcode result, const char **text);
/*
 * That text with whom it is about in front: the proxy where it is the proxy's fault, else
 * the addresses that were tried. mem_free.
 */
char *hop_words(const struct hop *hop, enum net_outcome outcome, const char *text);
/* No connection came about in time. mem_free. */
char *hop_too_late(const struct hop *hop);
