/* Addresses: their text, and how private each is (the address rule of AIA, CRL and OCSP
 * fetches). */
#pragma once

#include "net/message.h"

#include <netinet/in.h>
#include <sys/socket.h>

#define ADDRESS_TEXT   64
#define ADDRESSES_MOST 16 /* of one name: more are never tried */

struct address {
	int family;     /* AF_INET, AF_INET6 */
	uint8_t at[16]; /* in network order; the first 4 bytes for AF_INET */
};
struct addresses {
	struct address at[ADDRESSES_MOST];
	size_t n;
};

/* False where it is neither IPv4 nor IPv6. */
MUST_CHECK bool address_from(struct address *address, const struct sockaddr *from);
/* Reads the usual text of an address (dotted or RFC 4291), nothing else. */
MUST_CHECK bool address_parse(struct address *address, const char *text);
const char *address_text(const struct address *address, char to[ADDRESS_TEXT]);
bool address_eq(const struct address *a, const struct address *b);
bool addresses_have(const struct addresses *list, const struct address *address);
void addresses_add(struct addresses *list, const struct address *address);

/*
 * Never ADDRESS_UNKNOWN. An address that holds another (IPv4-mapped, NAT64, 6to4, Teredo)
 * is as private as the more private of the two. What no server can have (multicast, "this
 * network", reserved) counts as link-local, which is never fetched from.
 */
enum address_class address_class(const struct address *address);

/* What a fetch may reach. */
struct address_rule {
	bool any; /* what the user typed is not judged */
	enum address_class allowed;
	bool allow_private;
};
bool address_allowed(const struct address_rule *rule, enum address_class class);
