/* Edges: (issuer key, certificate) pairs whose signature was checked, shared by many
 * searches. Internal to chain/. */
#pragma once

#include "chain/pool.h"

/* False where the pair was not checked yet. Threads may share the cache. */
bool edge_cache_get(struct edge_cache *edges, const struct sha256 *spki,
		    const struct sha256 *cert, enum signature_verdict *verdict);
void edge_cache_put(struct edge_cache *edges, const struct sha256 *spki,
		    const struct sha256 *cert, enum signature_verdict verdict);
