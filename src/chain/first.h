/* The one path of a client that takes the first issuer that fits. Internal to chain/. */
#pragma once

#include "chain/checks.h"

struct first_path {
	const struct pool_cert *at[DEPTH_MOST]; /* leaf first */
	size_t n;
	bool anchored; /* it ends in what the client takes for an anchor */
};

/*
 * Follows issuers from the leaf in the order in which the client looks for them
 * (CLIENT_SEARCH), at most depth certificates. Looks at names, key identifiers and dates,
 * at no signature.
 */
void first_path_find(struct first_path *path, struct pool *pool,
		     const struct pool_cert *leaf, const struct client_rules *client,
		     size_t depth, int64_t at);
