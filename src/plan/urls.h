/*
 * The memory of a run: each URL is asked for once, whatever number of targets need it. Threads share
 * it; one that needs what another has asked for waits for that answer. What one target may reach and
 * another may not (the address rule) is asked for once for each.
 */
#pragma once

#include "net/net.h"
#include "trust/set.h"

struct url_memory;
struct url_memory *url_memory_new(void);
void url_memory_free(struct url_memory *urls);

/* What a URL gave. Owned by the memory, never changed once answered. */
struct payload {
	enum net_outcome outcome;
	char *text;		/* what went wrong, or what it held; hostile */
	struct entry_set certs;	/* empty where it gave none */
	size_t bytes;
	uint32_t milliseconds;
	bool from_cache;
};

enum url_claim { URL_ASK, URL_UNDER_WAY, URL_ANSWERED };
/* URL_ASK: the caller asks, and must call url_answer, whatever comes. */
enum url_claim url_claim(struct url_memory *urls, const char *url, enum address_class allowed);
/* Takes got (may be NULL with text: it was not even asked for) and reads certificates out of it. */
void url_answer(struct url_memory *urls, const char *url, enum address_class allowed,
		const struct net_got *got, const char *text);
/* Waits until url is answered, at most until deadline_ms of the monotonic clock; NULL: not in time. */
const struct payload *url_wait(struct url_memory *urls, const char *url,
			       enum address_class allowed, int64_t deadline_ms);

/*
 * Certificates of what a CA Issuers URL gave (RFC 5280 4.2.2.1): DER, PEM, PKCS#7 in either, base64
 * without armour; at most most of them. False with err where it is none of these.
 */
MUST_CHECK bool payload_read(struct entry_set *set, struct span body, size_t most,
			     struct error *err);
