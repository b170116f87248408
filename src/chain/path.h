/*
 * Path building and validation (RFC 5280 section 6, RFC 4158, RFC 9525). Decides whether
 * a leaf has a path to an anchor that holds under the rules, and if none has, which came
 * nearest and every reason. No I/O, no clock: the caller gives the time and, by callback,
 * more issuers.
 */
#pragma once

#include "base/finding.h"
#include "chain/client.h"
#include "chain/pool.h"

struct crl_set; /* chain/crls.h */

enum anchor_checks {
	ANCHOR_NOTHING = 0,
	ANCHOR_EXPIRY = 1,
	ANCHOR_CONSTRAINTS = 2,
	ANCHOR_ALL = 3
};

enum name_kind {
	NAME_NONE,
	NAME_DNS,
	NAME_IP,
	NAME_EMAIL
};
struct expected_name {
	enum name_kind kind;
	const char *text; /* as the user typed it; a DNS name in A-labels, an IPv4 or IPv6
			     address */
};

struct path_rules {
	const struct client_rules *client; /* how it verifies, borrowed; NULL: as by default */
	enum purpose
		purpose; /* PURPOSE_SERVER_AUTH is the default of path_rules_default */
	struct expected_name name;
	enum anchor_checks anchor_checks;
	bool anchor_checks_given; /* the user said so, and not the default */
	int max_intermediates; /* self-issued ones not counted; -1: only the engine's own
				  bound */
	bool allow_weak;       /* SHA-1, RSA under 2048 bits and the like are accepted */
	uint32_t budget; /* signature cost units for one search; see signature_cost */
	uint32_t steps;  /* certificates looked at in one search */
	size_t depth;    /* longest path, leaf and anchor included */
	/*
	 * Certificate policies (RFC 5280 6.1.1 (c), (e) to (g)): those that the user
	 * accepts, as content octets of OIDs, borrowed; none: any. They decide only where
	 * an explicit policy is required, by explicit_policy or by a certificate.
	 */
	const struct span *policies;
	size_t n_policies;
	bool explicit_policy, inhibit_mapping, inhibit_any;
	/*
	 * Revocation lists: with them each certificate below the anchor must be known not
	 * to be revoked (RFC 5280 6.3). Borrowed; NULL: revocation is not judged.
	 */
	const struct crl_set *crls;
	/*
	 * Asked when nothing completes: may add to the pool issuers of the dead ends
	 * given (at most n). Returns whether it added any; then the search goes on. NULL:
	 * nothing more to be had.
	 */
	bool (*more_issuers)(void *ctx, struct pool *pool,
			     const struct pool_cert *const *dead_ends, size_t n);
	void *ctx;
};
struct path_rules path_rules_default(void);

/* Why a candidate, or a whole path, is not good: data, made into words by diagnose.h. */
struct reason {
	enum finding_code code;
	const struct pool_cert
		*cert; /* which certificate it is about; NULL: the whole path */
	const struct pool_cert
		*by;  /* the certificate whose constraint, key ... says so; NULL: none */
	int64_t when; /* a date that matters (expiry, distrust-after); TIME_NONE: none */
	uint64_t number;  /* a bound, a key size */
	const char *rule; /* "RFC 5280 6.1.3 (b)": static */
	bool strict;      /* of a form that this client alone insists on */
	char what[128]; /* the name or OID it stumbled on, escaped for a terminal; "" none
			 */
};

struct path {
	const struct pool_cert **at; /* leaf first; borrowed from the pool */
	size_t n;
	bool complete;          /* it ends in an anchor and every check holds */
	struct reason *reasons; /* of the nearest path where none is complete */
	size_t n_reasons, cap_reasons;
	struct reason *others; /* reasons met on other branches, for -v; bounded */
	size_t n_others, cap_others;
	uint32_t cost, steps; /* what the search spent */
	bool budget_met;
};
#define PATH_INIT          \
	{                  \
		.at = NULL \
	}

/*
 * Finds the best path from leaf to an anchor of the pool.
 *
 * leaf   borrowed, of the pool (pool_add). at: seconds since 1970 UTC. path: out, the
 * caller's to clear. False only where the search could not run (STATUS_INPUT: the leaf
 * cannot be judged at all).
 */
MUST_CHECK bool path_find(struct pool *pool, const struct pool_cert *leaf,
			  const struct path_rules *rules, int64_t at, struct path *path,
			  struct error *err);
void path_clear(struct path *path);

/* Certificates at which branches ended for lack of an issuer: where fetching would help.
 * At most most. */
size_t path_dead_ends(const struct path *path, const struct pool_cert **to, size_t most);

/* RFC 9525: does the certificate name it? Subject alternative names only, never the common name,
 * unless the client reads that. */
bool name_matches_certificate(const struct client_rules *client, const struct cert *cert,
			      const struct expected_name *name);
