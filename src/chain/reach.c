/*
 * Which certificates can lead to an anchor at all, judged by names alone, and over how
 * many. Each certificate is looked at once up and once down, so it costs next to nothing,
 * and a search never enters the part of a mesh that has no way out, nor takes the long
 * way round.
 */
#include "chain/facts.h"

#include "base/memory.h"

#include <stdlib.h>

struct reach {
	struct pool_cert **at;
	size_t n, cap;
};

static void take(struct reach *reach, struct pool_cert *cert)
{
	if (cert->priv->reached)
		return;
	cert->priv->reached = true;
	cert->priv->distance = DISTANCE_NONE;
	GROW(reach->at, reach->n, reach->cap);
	reach->at[reach->n++] = cert;
}

/* Up from the leaf: every certificate whose subject is an issuer of one that is there. */
static void climb_names(struct reach *reach, struct pool *pool)
{
	for (size_t i = 0; i < reach->n; i++) {
		struct pool_cert *issuer = pool_first_issuer(pool, reach->at[i]);

		/* Those of one name come together, so the first of them speaks for all.
		 */
		if (!issuer || issuer->priv->reached)
			continue;
		for (; issuer; issuer = pool_next_issuer(issuer, reach->at[i]))
			take(reach, issuer);
	}
}

static int by_issuer(const void *va, const void *vb)
{
	const struct pool_cert *const *a = va, *const *b = vb;
	uint64_t ha = (*a)->priv->issuer_hash, hb = (*b)->priv->issuer_hash;

	return ha < hb ? -1 : ha > hb;
}

/* Index of the first certificate of the sorted list that was issued under that name. */
static size_t first_child(const struct reach *reach, uint64_t name)
{
	size_t low = 0, high = reach->n;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (reach->at[middle]->priv->issuer_hash < name)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* Down from the anchors, breadth first: the distance is the least number of certificates
 * above. */
static void descend(const struct reach *reach)
{
	struct pool_cert **queue = mem_array(reach->n, sizeof(struct pool_cert *));
	size_t queued = 0;

	for (size_t i = 0; i < reach->n; i++)
		if (reach->at[i]->trust == TRUST_ANCHOR) {
			reach->at[i]->priv->distance = 0;
			queue[queued++] = reach->at[i];
		}
	for (size_t next = 0; next < queued; next++) {
		uint64_t name = queue[next]->priv->subject_hash;

		for (size_t i = first_child(reach, name);
		     i < reach->n && reach->at[i]->priv->issuer_hash == name; i++) {
			struct pool_cert *child = reach->at[i];

			if (child->priv->distance != DISTANCE_NONE ||
			    child->trust == TRUST_DISTRUSTED)
				continue;
			child->priv->distance = queue[next]->priv->distance + 1;
			queue[queued++] = child;
		}
	}
	mem_free(queue);
}

void pool_measure(struct pool *pool, const struct pool_cert *leaf,
		  struct pool_cert *const *also, size_t n)
{
	struct reach reach = { NULL, 0, 0 };

	take(&reach, pool_cert_of(pool, leaf));
	for (size_t i = 0; i < n; i++)
		take(&reach, also[i]);
	climb_names(&reach, pool);
	qsort(reach.at, reach.n, sizeof(*reach.at), by_issuer);
	descend(&reach);
	for (size_t i = 0; i < reach.n; i++)
		reach.at[i]->priv->reached = false;
	mem_free(reach.at);
	pool_rank_anew(pool);
}
