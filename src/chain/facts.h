/* What the contents of a certificate's extensions say, read once; and what the pool keeps
 * beside it. Internal to chain/. */
#pragma once

#include "chain/pool.h"
#include "x509/key.h"
#include "x509/policies.h"

struct facts {
	struct basic_constraints basic;
	bool negative_length; /* the one fault of basicConstraints, of an authority */
	bool has_usage;
	uint16_t usage;
	struct extended_key_usage purposes;
	struct span key_id;
	struct authority_key_id authority;
	struct span alt_names; /* content of the SEQUENCE; n 0 where absent */
	struct name_constraints names;
	struct certificate_policies policies;
	struct policy_mappings mappings;
	struct policy_constraints policy_constraints;
	int32_t inhibit_any_policy; /* SkipCerts; -1: absent */
	struct key_info key;
	struct signature_info signature;
	bool self_issued;
	bool issuer_urls;   /* it says by http or https where its issuer is published */
	uint32_t malformed; /* bits 1 << enum ext: those whose content does not parse */
};

#define DISTANCE_NONE UINT32_MAX /* leads to no anchor */

struct pool_private {
	/*
	 * Of names (name_hash): in a pool they stand for the names. They are keyed, so
	 * that nobody can aim at one; names that share one by chance cost a signature
	 * check, which fails. Comparing canonical forms pair by pair costs far more than
	 * hostile names may.
	 */
	uint64_t subject_hash, issuer_hash;
	uint64_t der_hash;
	uint64_t key_hash;                         /* cert_key_hash, where key_known */
	struct pool_cert *same_subject, *same_der; /* next in the bucket */
	size_t again;                              /* how often more it was presented */
	uint32_t distance; /* certificates above it up to an anchor, by names alone */
	bool reached;      /* while distances are measured */
	bool facts_read, hashed, subject_asked, key_known;
	struct facts facts;
	struct sha256 spki_hash, hash;
	struct issuer_key *key; /* imported at the first signature */
	struct pool_cert *
		*issuers; /* candidates, best first, as of the pool's size then */
	size_t n_issuers, cap_issuers;
	uint64_t issuers_of; /* the pool's generation when they were ranked; 0: never */
};

/* Reads them at the first call. A pool serves one thread at a time. */
const struct facts *pool_cert_facts(const struct pool_cert *cert);
/* Both hashes of an edge's ends. */
const struct sha256 *pool_cert_hash(const struct pool_cert *cert);
const struct sha256 *pool_cert_spki_hash(const struct pool_cert *cert);
const struct issuer_key *pool_cert_key(const struct pool_cert *cert);
/* Subject and key are the same: for a path, the same authority. */
bool pool_cert_same_authority(const struct pool_cert *a, const struct pool_cert *b);
/* Its own key made its signature: the name of its issuer alone can be another's. */
bool pool_cert_self_signed(const struct pool_cert *cert, const struct pool *pool);
/* Does a name its own key as issuer by key identifier? Against, for, or silent. */
enum key_id_match {
	KEY_ID_DIFFERS,
	KEY_ID_SILENT,
	KEY_ID_MATCHES
};
enum key_id_match pool_key_id_match(const struct pool_cert *child,
				    const struct pool_cert *issuer);
/*
 * Is the issuer of child, which is not at hand, known to be a root? Where child names the
 * issuer's own issuer (RFC 5280 4.2.1.1, authorityCertIssuer) that tells; else nothing
 * does.
 */
bool pool_issuer_is_root(const struct pool_cert *child);

/*
 * Certificates whose subject is the issuer of child, from the pool and the stores behind
 * it, the most promising first (RFC 4158 3.5). Borrowed until the pool grows.
 */
struct pool_cert *const *pool_issuers(struct pool *pool, const struct pool_cert *child,
				      int64_t at, size_t *n);
/*
 * Measures every distance for a search from leaf, and from n others of the pool, and
 * draws what the stores have for it into the pool: the candidates of each certificate are
 * then ranked by it.
 */
void pool_measure(struct pool *pool, const struct pool_cert *leaf,
		  struct pool_cert *const *also, size_t n);
/* Certificates of the pool and its stores with that subject (a Name with its hash) one by
 * one, unranked. */
struct pool_cert *pool_first_named(struct pool *pool, struct span name, uint64_t hash);
struct pool_cert *pool_next_named(const struct pool_cert *cert, uint64_t hash);
/* Those of the stores alone, in their order, until found returns false. */
typedef bool pool_found(void *ctx, const struct pool_cert *cert);
void pool_in_stores(struct pool *pool, struct span name, void *ctx, pool_found *found);

/* For pool_measure: the candidates of child one by one, unranked; and what else it needs.
 */
struct pool_cert *pool_first_issuer(struct pool *pool, const struct pool_cert *child);
struct pool_cert *pool_next_issuer(const struct pool_cert *issuer,
				   const struct pool_cert *child);
struct pool_cert *pool_cert_of(struct pool *pool, const struct pool_cert *cert);
void pool_rank_anew(struct pool *pool);

struct edge_cache *pool_edges(const struct pool *pool);
/* A certificate of the pool with the same subject and key is distrusted, and the store
 * says nothing of this one. */
const struct pool_cert *pool_distrusted_twin(struct pool *pool,
					     const struct pool_cert *cert);
