/*
 * Names to addresses, in threads of our own: getaddrinfo knows no deadline, so that a
 * lookup whose answer does not come is abandoned with its thread, and delays nobody else.
 */
#pragma once

#include "netd/address.h"
#include "netd/loop.h"

struct resolver;
struct query;

struct lookup {
	struct query *query; /* NULL: none under way */
	/* outcome NET_GOOD with 1 address or more, else text says why. */
	void (*done)(struct lookup *lookup, enum net_outcome outcome, const char *text,
		     const struct addresses *found);
};

struct resolver *resolver_new(struct loop *loop);
/* family 0, 4 or 6. done is called from the loop, never from here. */
void resolver_ask(struct resolver *resolver, struct lookup *lookup, const char *host,
		  int family);
/* done will not be called. */
void resolver_abandon(struct resolver *resolver, struct lookup *lookup);
