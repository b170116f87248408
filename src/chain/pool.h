/*
 * The pool of a search: every certificate that a path may use, where it came from and
 * what the store says of it. Certificates are borrowed. A big store is not copied in: it
 * stands behind the pool as a set with its own index, and only what a path touches
 * becomes a pool certificate.
 */
#pragma once

#include "trust/set.h"
#include "x509/verify.h"

enum cert_from {
	FROM_LEAF,
	FROM_SERVER,
	FROM_FILE,
	FROM_STORE,
	FROM_NETWORK,
	FROM_CACHE
};
const char *
cert_from_name(enum cert_from from); /* "server", "store", "network" ... (DESIGN 9) */

struct pool_cert {
	struct cert cert;
	enum cert_from from;
	enum trust trust; /* of the store; TRUST_UNSAID for what is only presented or
			     fetched */
	const struct constraints *constraints;
	const char *source; /* URL or file it came from, or NULL; hostile */
	size_t position; /* among what the server presented, from 0; SIZE_MAX elsewhere */
	struct pool_private *priv; /* keys, hashes and verified edges; the pool's own */
};

struct pool;
/* edges: verified (issuer key, certificate) pairs, shared by many searches; NULL makes a
 * private one. */
struct edge_cache;
struct edge_cache *edge_cache_new(void);
void edge_cache_free(struct edge_cache *edges);

struct pool *pool_new(struct edge_cache *edges);
void pool_free(struct pool *pool);
/* The store that stands behind; its index is used; it must outlive the pool. Several may
 * be added. */
void pool_add_store(struct pool *pool, const struct entry_set *store);
/* Adds one; a certificate that is there already keeps its first place (and its trust).
 * Borrowed. */
struct pool_cert *pool_add(struct pool *pool, const struct cert *cert,
			   enum cert_from from, const char *source, size_t position);
/* All so far, for reports. */
size_t pool_count(const struct pool *pool);
const struct pool_cert *pool_at(const struct pool *pool, size_t i);
