/*
 * The pool: certificates by subject and by bytes, with the stores behind it. A
 * certificate of a store becomes one of the pool when a search first asks for its name.
 */
#include "chain/facts.h"

#include "base/i18n.h"
#include "x509/name.h"

#include <stdlib.h>

struct table {
	struct pool_cert **buckets;
	size_t cap; /* a power of two */
};

/* Names that the stores have been asked for, by name_hash: an open table, half empty. */
struct asked {
	uint64_t *at; /* 0: free */
	size_t n, cap; /* cap is a power of two */
};

struct pool {
	struct pool_cert **at;
	size_t n, cap;
	struct table subjects, bytes;
	const struct entry_set **stores;
	size_t n_stores, cap_stores;
	struct asked asked;
	struct edge_cache *edges, *own_edges;
	bool distrusts;      /* one of its certificates is distrusted */
	uint64_t generation; /* goes up with whatever changes candidates or their rank */
	struct arena arena;  /* constraints joined from several stores */
};

const char *cert_from_name(enum cert_from from)
{
	static const char *const names[] = {
		[FROM_LEAF] = "leaf",       [FROM_SERVER] = "server",
		[FROM_FILE] = "file",       [FROM_STORE] = "store",
		[FROM_NETWORK] = "network", [FROM_CACHE] = "cache",
	};

	return names[from];
}

struct pool *pool_new(struct edge_cache *edges)
{
	struct pool *pool = mem_zalloc(sizeof(*pool));

	if (!edges)
		edges = pool->own_edges = edge_cache_new();
	pool->edges = edges;
	return pool;
}

void pool_free(struct pool *pool)
{
	if (!pool)
		return;
	for (size_t i = 0; i < pool->n; i++) {
		issuer_key_free(pool->at[i]->priv->key);
		mem_free(pool->at[i]->priv->issuers);
		mem_free(pool->at[i]->priv);
		mem_free(pool->at[i]);
	}
	mem_free(pool->at);
	mem_free(pool->subjects.buckets);
	mem_free(pool->bytes.buckets);
	mem_free(pool->stores);
	mem_free(pool->asked.at);
	edge_cache_free(pool->own_edges);
	arena_clear(&pool->arena);
	mem_free(pool);
}

struct edge_cache *pool_edges(const struct pool *pool)
{
	return pool->edges;
}

size_t pool_count(const struct pool *pool)
{
	return pool->n;
}

const struct pool_cert *pool_at(const struct pool *pool, size_t i)
{
	return pool->at[i];
}

static void link_subject(struct pool *pool, struct pool_cert *cert)
{
	struct pool_cert **bucket =
		&pool->subjects
			 .buckets[cert->priv->subject_hash & (pool->subjects.cap - 1)];

	cert->priv->same_subject = *bucket;
	*bucket = cert;
}

static void link_bytes(struct pool *pool, struct pool_cert *cert)
{
	struct pool_cert **bucket =
		&pool->bytes.buckets[cert->priv->der_hash & (pool->bytes.cap - 1)];

	cert->priv->same_der = *bucket;
	*bucket = cert;
}

/* Both tables keep as many buckets as there is room for certificates. */
static void grow(struct pool *pool)
{
	size_t before = pool->cap;

	GROW(pool->at, pool->n, pool->cap);
	if (pool->cap == before)
		return;
	mem_free(pool->subjects.buckets);
	mem_free(pool->bytes.buckets);
	pool->subjects =
		(struct table){ mem_zalloc(pool->cap * sizeof(struct pool_cert *)),
				pool->cap };
	pool->bytes = (struct table){ mem_zalloc(pool->cap * sizeof(struct pool_cert *)),
				      pool->cap };
	for (size_t i = 0; i < pool->n; i++) {
		link_subject(pool, pool->at[i]);
		link_bytes(pool, pool->at[i]);
	}
}

static struct pool_cert *find(const struct pool *pool, const struct cert *cert,
			      uint64_t hash)
{
	struct pool_cert *found =
		pool->bytes.cap ? pool->bytes.buckets[hash & (pool->bytes.cap - 1)]
				: NULL;

	while (found && !(found->priv->der_hash == hash && cert_same(&found->cert, cert)))
		found = found->priv->same_der;
	return found;
}

/* Any alternative of either will do: the union (trust/set.h says the same of twins in one
 * set). */
static const struct constraints *join_constraints(struct pool *pool,
						  const struct constraints *a,
						  const struct constraints *b)
{
	struct alternative *at;
	struct constraints *both;

	if (!a || !b)
		return NULL;
	at = arena_alloc(&pool->arena, (a->n + b->n) * sizeof(*at));
	memcpy(at, a->at, a->n * sizeof(*at));
	memcpy(at + a->n, b->at, b->n * sizeof(*at));
	both = arena_alloc(&pool->arena, sizeof(*both));
	*both = (struct constraints){ a->n + b->n, at };
	return both;
}

static int trust_rank(enum trust trust)
{
	static const int ranks[] = {
		[TRUST_UNSAID] = 0,
		[TRUST_INTERMEDIATE] = 1,
		[TRUST_ANCHOR] = 2,
		[TRUST_DISTRUSTED] = 3,
		[TRUST_INACTIVE] = 0, /* never heard: as if the store had it not */
	};

	return ranks[trust];
}

/* What one more store says: distrust wins, then anchor over intermediate over unsaid. */
static void hear(struct pool *pool, struct pool_cert *cert, const struct entry *entry)
{
	int said = trust_rank(entry->trust), before = trust_rank(cert->trust);

	if (said > before) {
		cert->trust = entry->trust;
		cert->constraints = entry->constraints;
	} else if (said == before && cert->trust == TRUST_ANCHOR) {
		cert->constraints =
			join_constraints(pool, cert->constraints, entry->constraints);
	}
}

struct hearing {
	struct pool *pool;
	struct pool_cert *cert;
};

static bool hear_same(void *ctx, const struct entry *entry)
{
	struct hearing *hearing = ctx;

	if (entry->trust != TRUST_INACTIVE &&
	    cert_same(&entry->cert, &hearing->cert->cert))
		hear(hearing->pool, hearing->cert, entry);
	return true;
}

static void ask_store(struct pool *pool, const struct entry_set *store,
		      struct pool_cert *cert)
{
	struct hearing hearing = { pool, cert };

	set_by_subject(store, cert_part(&cert->cert, cert->cert.subject), &hearing,
		       hear_same);
	if (set_blocks(store, &cert->cert))
		cert->trust = TRUST_DISTRUSTED;
	pool->distrusts |= cert->trust == TRUST_DISTRUSTED;
}

void pool_add_store(struct pool *pool, const struct entry_set *store)
{
	if (!store->index)
		set_index_make(store);
	GROW(pool->stores, pool->n_stores, pool->cap_stores);
	pool->stores[pool->n_stores++] = store;
	mem_free(pool->asked.at);
	pool->asked = (struct asked){ .at = NULL };
	for (size_t i = 0; i < pool->n; i++) {
		ask_store(pool, store, pool->at[i]);
		pool->at[i]->priv->subject_asked = false;
	}
	pool->generation++;
}

static struct pool_cert *add_new(struct pool *pool, const struct cert *cert,
				 uint64_t der_hash)
{
	struct pool_cert *added = mem_zalloc(sizeof(*added));

	grow(pool);
	added->cert = *cert;
	added->priv = mem_zalloc(sizeof(*added->priv));
	added->priv->der_hash = der_hash;
	added->priv->subject_hash = name_hash(cert_part(cert, cert->subject));
	added->priv->issuer_hash = name_hash(cert_part(cert, cert->issuer));
	added->priv->distance = DISTANCE_NONE;
	pool->generation++;
	pool->at[pool->n++] = added;
	link_subject(pool, added);
	link_bytes(pool, added);
	for (size_t i = 0; i < pool->n_stores; i++)
		ask_store(pool, pool->stores[i], added);
	return added;
}

struct pool_cert *pool_add(struct pool *pool, const struct cert *cert,
			   enum cert_from from, const char *source, size_t position)
{
	uint64_t hash = hash_keyed(cert_der(cert));
	struct pool_cert *added = find(pool, cert, hash);

	if (added) {
		if (added->position == SIZE_MAX)
			added->position = position;
		else if (position != SIZE_MAX && position != added->position)
			added->priv->again++;
		return added;
	}
	added = add_new(pool, cert, hash);
	added->from = from;
	added->source = source;
	added->position = position;
	return added;
}

static bool add_entry(void *ctx, const struct entry *entry)
{
	/* add_new has asked every store, this one too: the trust is known. */
	if (entry->trust != TRUST_INACTIVE)
		pool_add(ctx, &entry->cert, FROM_STORE, NULL, SIZE_MAX);
	return true;
}

/* The slot of that hash, or the free one where it belongs. */
static uint64_t *asked_slot(const struct asked *asked, uint64_t hash)
{
	size_t i = hash & (asked->cap - 1);

	while (asked->at[i] && asked->at[i] != hash)
		i = (i + 1) & (asked->cap - 1);
	return &asked->at[i];
}

/* Notes that name; true where it was noted before. */
static bool asked_before(struct asked *asked, uint64_t hash)
{
	struct asked more = { NULL, asked->n, asked->cap ? 2 * asked->cap : 16 };
	uint64_t *slot;

	hash |= !hash;
	if (2 * asked->n >= asked->cap) {
		more.at = mem_zalloc(more.cap * sizeof(*more.at));
		for (size_t i = 0; i < asked->cap; i++)
			if (asked->at[i])
				*asked_slot(&more, asked->at[i]) = asked->at[i];
		mem_free(asked->at);
		*asked = more;
	}
	slot = asked_slot(asked, hash);
	if (*slot)
		return true;
	*slot = hash;
	asked->n++;
	return false;
}

/*
 * Draws what the stores hold under that name (with its hash) into the pool, once: each of a
 * thousand children of one name would ask for it anew.
 */
static void ask_stores(struct pool *pool, struct span name, uint64_t hash)
{
	if (!pool->n_stores || asked_before(&pool->asked, hash))
		return;
	for (size_t i = 0; i < pool->n_stores; i++)
		set_by_subject(pool->stores[i], name, pool, add_entry);
}

/* A candidate and how promising it is; equal ones stand in order of their bytes, so that
 * runs agree. */
struct candidate {
	struct pool_cert *cert;
	unsigned score;
};

static unsigned score(const struct pool_cert *child, const struct pool_cert *issuer,
		      int64_t at)
{
	const struct facts *facts = pool_cert_facts(issuer);
	bool valid = at >= issuer->cert.not_before && at <= issuer->cert.not_after;
	bool ca = facts->basic.ca || issuer->cert.version == 1;
	bool signs = !facts->has_usage || facts->usage & KEY_USAGE_CERT_SIGN;

	return (pool_key_id_match(child, issuer) != KEY_ID_DIFFERS) << 5 |
	       (issuer->trust == TRUST_ANCHOR) << 4 |
	       (pool_key_id_match(child, issuer) == KEY_ID_MATCHES) << 3 | valid << 2 |
	       (ca && signs) << 1 | (issuer->trust != TRUST_DISTRUSTED);
}

static int by_promise(const void *va, const void *vb)
{
	const struct candidate *a = va, *b = vb;

	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	if (a->cert->priv->distance != b->cert->priv->distance)
		return a->cert->priv->distance < b->cert->priv->distance ? -1 : 1;
	if (a->cert->cert.not_before != b->cert->cert.not_before)
		return a->cert->cert.not_before < b->cert->cert.not_before ? 1 : -1;
	return span_cmp(cert_der(&a->cert->cert), cert_der(&b->cert->cert));
}

static void rank(struct pool_private *priv, const struct pool_cert *child, int64_t at)
{
	struct candidate *ranked = mem_array(priv->n_issuers, sizeof(*ranked));

	for (size_t i = 0; i < priv->n_issuers; i++)
		ranked[i] = (struct candidate){ priv->issuers[i],
						score(child, priv->issuers[i], at) };
	qsort(ranked, priv->n_issuers, sizeof(*ranked), by_promise);
	for (size_t i = 0; i < priv->n_issuers; i++)
		priv->issuers[i] = ranked[i].cert;
	mem_free(ranked);
}

/* cert, or the next one of its bucket, whose subject has that hash. */
static struct pool_cert *skip_to(struct pool_cert *cert, uint64_t hash)
{
	while (cert && cert->priv->subject_hash != hash)
		cert = cert->priv->same_subject;
	return cert;
}

struct pool_cert *pool_first_named(struct pool *pool, struct span name, uint64_t hash)
{
	ask_stores(pool, name, hash);
	return skip_to(pool->subjects.buckets[hash & (pool->subjects.cap - 1)], hash);
}

struct pool_cert *pool_next_named(const struct pool_cert *cert, uint64_t hash)
{
	return skip_to(cert->priv->same_subject, hash);
}

struct in_stores {
	struct pool *pool;
	pool_found *found;
	void *ctx;
};

static bool find_entry(void *ctx, const struct entry *entry)
{
	const struct in_stores *in = ctx;
	const struct pool_cert *cert =
		find(in->pool, &entry->cert, hash_keyed(cert_der(&entry->cert)));

	return !cert || in->found(in->ctx, cert);
}

void pool_in_stores(struct pool *pool, struct span name, void *ctx, pool_found *found)
{
	struct in_stores in = { pool, found, ctx };

	ask_stores(pool, name, name_hash(name));
	for (size_t i = 0; i < pool->n_stores; i++)
		set_by_subject(pool->stores[i], name, &in, find_entry);
}

struct pool_cert *pool_first_issuer(struct pool *pool, const struct pool_cert *child)
{
	return pool_first_named(pool, cert_part(&child->cert, child->cert.issuer),
				child->priv->issuer_hash);
}

struct pool_cert *pool_next_issuer(const struct pool_cert *issuer,
				   const struct pool_cert *child)
{
	return pool_next_named(issuer, child->priv->issuer_hash);
}

struct pool_cert *pool_cert_of(struct pool *pool, const struct pool_cert *cert)
{
	return find(pool, &cert->cert, cert->priv->der_hash);
}

void pool_rank_anew(struct pool *pool)
{
	pool->generation++;
}

struct pool_cert *const *pool_issuers(struct pool *pool, const struct pool_cert *child,
				      int64_t at, size_t *n)
{
	struct pool_private *priv = child->priv;
	struct pool_cert *found;

	if (priv->issuers_of != pool->generation) {
		priv->n_issuers = 0;
		for (found = pool_first_issuer(pool, child); found;
		     found = pool_next_issuer(found, child)) {
			GROW(priv->issuers, priv->n_issuers, priv->cap_issuers);
			priv->issuers[priv->n_issuers++] = found;
		}
		if (priv->n_issuers > 1)
			rank(priv, child, at);
		priv->issuers_of = pool->generation;
	}
	*n = priv->n_issuers;
	return priv->issuers;
}

const struct pool_cert *pool_distrusted_twin(struct pool *pool,
					     const struct pool_cert *cert)
{
	struct pool_private *priv = cert->priv;
	const struct pool_cert *twin;

	/* "Intermediate" says nothing for a key that the user distrusts; "anchor" does.
	 */
	if (cert->trust == TRUST_ANCHOR || cert->trust == TRUST_DISTRUSTED)
		return NULL;
	if (!priv->subject_asked)
		ask_stores(pool, cert_part(&cert->cert, cert->cert.subject),
			   priv->subject_hash);
	priv->subject_asked = true;
	if (!pool->distrusts)
		return NULL;
	twin = pool->subjects.buckets[priv->subject_hash & (pool->subjects.cap - 1)];
	while (twin &&
	       !(twin->trust == TRUST_DISTRUSTED && pool_cert_same_authority(twin, cert)))
		twin = twin->priv->same_subject;
	return twin;
}
