/*
 * The edge cache: an open table under one lock, keyed by the hashes of the issuer's SPKI
 * and of the certificate. A verdict never goes stale, for both ends are named by their
 * bytes.
 */
#include "chain/edges.h"

#include "base/memory.h"

#include <pthread.h>

/* At 72 bytes each this bounds the cache at 36 MiB; past it the table starts afresh. */
#define EDGES_MOST ((size_t)1 << 18)

struct edge {
	struct sha256 spki, cert;
	uint8_t verdict;
	bool used;
};

struct edge_cache {
	pthread_mutex_t lock;
	struct edge *at;
	size_t n, cap; /* cap is a power of two */
};

struct edge_cache *edge_cache_new(void)
{
	struct edge_cache *edges = mem_zalloc(sizeof(*edges));

	pthread_mutex_init(&edges->lock, NULL);
	return edges;
}

void edge_cache_free(struct edge_cache *edges)
{
	if (!edges)
		return;
	pthread_mutex_destroy(&edges->lock);
	mem_free(edges->at);
	mem_free(edges);
}

/* The slot of the pair, or the free one where it belongs. */
static struct edge *find(struct edge *at, size_t cap, const struct sha256 *spki,
			 const struct sha256 *cert)
{
	struct sha256 both[2] = { *spki, *cert };
	size_t i = hash_keyed(span_of(both, sizeof(both))) & (cap - 1);

	while (at[i].used &&
	       !(sha256_eq(&at[i].cert, cert) && sha256_eq(&at[i].spki, spki)))
		i = (i + 1) & (cap - 1);
	return &at[i];
}

static void make_room(struct edge_cache *edges)
{
	size_t cap = edges->cap ? edges->cap * 2 : 64;
	struct edge *at;

	if (edges->n < edges->cap / 2)
		return;
	if (edges->n >= EDGES_MOST) {
		memset(edges->at, 0, edges->cap * sizeof(*edges->at));
		edges->n = 0;
		return;
	}
	at = mem_zalloc(cap * sizeof(*at));
	for (size_t i = 0; i < edges->cap; i++)
		if (edges->at[i].used)
			*find(at, cap, &edges->at[i].spki, &edges->at[i].cert) =
				edges->at[i];
	mem_free(edges->at);
	edges->at = at;
	edges->cap = cap;
}

bool edge_cache_get(struct edge_cache *edges, const struct sha256 *spki,
		    const struct sha256 *cert, enum signature_verdict *verdict)
{
	const struct edge *edge;
	bool known;

	pthread_mutex_lock(&edges->lock);
	edge = edges->cap ? find(edges->at, edges->cap, spki, cert) : NULL;
	known = edge && edge->used;
	if (known)
		*verdict = edge->verdict;
	pthread_mutex_unlock(&edges->lock);
	return known;
}

void edge_cache_put(struct edge_cache *edges, const struct sha256 *spki,
		    const struct sha256 *cert, enum signature_verdict verdict)
{
	struct edge *edge;

	pthread_mutex_lock(&edges->lock);
	make_room(edges);
	edge = find(edges->at, edges->cap, spki, cert);
	if (!edge->used)
		edges->n++;
	*edge = (struct edge){ *spki, *cert, (uint8_t)verdict, true };
	pthread_mutex_unlock(&edges->lock);
}
