/* The one path of a client that takes the first issuer that fits. Internal to chain/. */
#pragma once

#include "chain/checks.h"

struct first_path {
	const struct pool_cert *at[DEPTH_MOST]; /* leaf first */
	size_t n;
	bool anchored; /* it ends in what the client takes for an anchor */
};

/* A search for it. */
struct walk {
	struct pool *pool;
	const struct client_rules *client;
	const struct pool_cert *leaf;
	int64_t at;
	size_t depth;
	struct first_path *path;
};

#define FIRST_PATHS_MOST 2

/*
 * Follows issuers from the leaf in the order in which the client looks for them
 * (CLIENT_SEARCH), at most depth certificates. Looks at names, key identifiers and dates,
 * at no signature. Returns how many paths it tries, the next where the one before it ends
 * in nothing, or has expired or is weak.
 */
size_t first_paths_find(struct first_path paths[FIRST_PATHS_MOST], struct pool *pool,
			const struct pool_cert *leaf, const struct client_rules *client,
			size_t depth, int64_t at);

/* One that was presented and that the client can have in no list; NULL: none. */
const struct pool_cert *first_unlisted(struct pool *pool, const struct pool_cert *leaf,
				       const struct client_rules *client);

/* first_presented.c: the same of a client that goes by what was presented. */
size_t first_presented_find(struct walk *walk);
/* issuer is called as child says and, as far as the client looks at key identifiers, has
 * the right key. */
bool first_fits(const struct client_rules *client, const struct pool_cert *child,
		const struct pool_cert *issuer);
static inline bool first_is_valid(const struct walk *walk, const struct pool_cert *cert)
{
	return walk->at >= cert->cert.not_before && walk->at <= cert->cert.not_after;
}
/* Presented, and not the leaf. */
static inline bool first_is_presented(const struct walk *walk,
				      const struct pool_cert *cert)
{
	return cert != walk->leaf && cert->from != FROM_STORE;
}
