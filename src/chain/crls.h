/*
 * The revocation lists that a search may ask: read once, found by their issuer, the
 * newest first. Threads may share a set once all are in it.
 */
#pragma once

#include "chain/pool.h"
#include "x509/crl.h"

/* An authority with its lists in parts has some hundreds; a bound for hostile input. */
#define CRLS_MOST 4096

struct crl_set;
struct crl_set *crl_set_new(void);
void crl_set_free(struct crl_set *set);
/*
 * Adds every list of bytes: DER, one after another, or PEM with blocks "X509 CRL". bytes
 * is borrowed until the set is freed. skip is called for each that cannot be read, with
 * the reason; the rest go on. How many were added.
 */
size_t crl_set_add(struct crl_set *set, struct span bytes, void *ctx,
		   void (*skip)(void *ctx, const struct error *why));
size_t crl_set_count(const struct crl_set *set);
/* Of all lists together. */
uint64_t crl_set_bytes(const struct crl_set *set);

/* A list of the set. */
struct listed {
	struct crl crl;
	uint64_t issuer_hash;
	struct sha256
		place; /* names it within the set, for the verdicts on its signature */
};
const struct listed *crl_set_at(const struct crl_set *set, size_t i);
/* Those of that issuer (Name), *n of them, the newest first; the caller compares the
 * name, for another may have the same hash. */
const struct listed *crl_set_by_issuer(const struct crl_set *set, struct span issuer,
				       size_t *n);
/* Signatures that were checked: (issuer key, listed.place). */
struct edge_cache *crl_set_edges(const struct crl_set *set);
