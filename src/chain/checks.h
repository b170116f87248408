/* The checks of RFC 5280 section 6 and of the store, one function each. Internal to
 * chain/. */
#pragma once

#include "chain/facts.h"
#include "chain/reason.h"

#define DEPTH_MOST 128 /* no path in use is longer than 10; OpenSSL takes up to 102 */

/* How much is wanted: the first reason ends a branch, or all of them are told. */
enum judge_mode {
	JUDGE_FIRST,
	JUDGE_ALL
};

struct revocation;

/* A path while it is climbed: what the checks look at and write to. */
struct judge {
	struct pool *pool;
	const struct path_rules *rules;
	int64_t at;
	enum judge_mode mode;
	const struct pool_cert *path[DEPTH_MOST]; /* leaf first; the last is judged */
	size_t n;
	struct reason_list reasons;
	uint32_t comparisons;          /* of names with constraints, still allowed */
	uint32_t policies;             /* looked at, still allowed */
	struct revocation *revocation; /* NULL: it is not judged */
	bool alone;                    /* the leaf is the whole path, and known to be */
	bool is_signer; /* the leaf signs revocation lists, and was found by its key */
};

/* The certificate that is judged. */
static inline const struct pool_cert *judged(const struct judge *judge)
{
	return judge->path[judge->n - 1];
}
static inline const struct facts *judged_facts(const struct judge *judge)
{
	return pool_cert_facts(judged(judge));
}
/* The client leaves that check out. */
static inline bool judge_drops(const struct judge *judge, enum client_rule rule)
{
	return client_value(judge->rules->client, rule) == RULE_DROPPED;
}
static inline struct reason *judge_refuse(struct judge *judge, enum finding_code code,
					  const char *rule)
{
	return reason_add(&judge->reasons, code, judged(judge), rule);
}

/*
 * Judge the last certificate of the path in its role. Each reason is added; false where
 * there was one (by JUDGE_FIRST only the first is looked for). Nothing here looks at
 * signatures.
 */
bool judge_leaf(struct judge *judge);
/* strength.c: the key of the last certificate, and what it was signed with, are strong
 * enough. */
void judge_key(struct judge *judge);
void judge_signature_strength(struct judge *judge);
/* purposes.c: the last certificate may be used for what is asked; the leaf's key, by a
 * server. */
void judge_purpose(struct judge *judge);
void judge_leaf_usage(struct judge *judge);
/* constrained.c: the names below are as the last certificate has them; the client that
 * reads its constraints, though nobody is bound by them, can. */
void judge_names_below(struct judge *judge);
void judge_constraints_readable(struct judge *judge);
/* What of an anchor counts: bits of enum anchor_checks. */
unsigned judge_anchor_checks(const struct judge *judge);
/* What counts of a leaf only where it is no anchor itself. */
bool judge_leaf_signed(struct judge *judge);
bool judge_intermediate(struct judge *judge);
/* As the end of the path. A leaf that is itself an anchor is judged as both. */
bool judge_anchor(struct judge *judge);
/* Is that a signature algorithm which the rules do not take any more? */
bool signature_is_weak(const struct signature_info *signature,
		       const struct path_rules *rules);
