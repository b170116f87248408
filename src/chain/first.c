/*
 * A client that never goes back. What decides is the order in which it looks:
 *
 * store-first, as OpenSSL (crypto/x509/x509_vfy.c, build_chain and find_issuer, with
 * X509_V_FLAG_TRUSTED_FIRST): at each step an issuer from the store, and once there is
 * one, from the store alone; else the next from what was presented, each certificate used
 * once. Of several the first that is valid now, else the one that expires last.
 *
 * presented-first, as GnuTLS (lib/x509/verify-high.c, _gnutls_sort_clist and
 * shorten_clist; lib/x509/verify.c, _gnutls_verify_crt_status): what was presented is put
 * in order, the first issuer in the list for each; it is cut at the first certificate
 * that is an anchor, or has name and key of one; else the issuer of what is left is the
 * first of the store that fits. The anchors that count are those called as the issuer of
 * its end; where these give nothing, or something that has expired, those called as its
 * end (gnutls_x509_trust_list_verify_crt2 asks twice).
 */
#include "chain/first.h"

#include "x509/der.h"
#include "x509/name.h"

struct walk {
	struct pool *pool;
	const struct client_rules *client;
	const struct pool_cert *leaf;
	int64_t at;
	size_t depth;
	struct first_path *path;
};

static const struct pool_cert *last(const struct walk *walk)
{
	return walk->path->at[walk->path->n - 1];
}

static void take(struct walk *walk, const struct pool_cert *cert)
{
	walk->path->at[walk->path->n++] = cert;
}

static bool on_path(const struct walk *walk, const struct pool_cert *cert)
{
	for (size_t i = 0; i < walk->path->n; i++)
		if (walk->path->at[i] == cert)
			return true;
	return false;
}

static bool key_ids_agree(const struct pool_cert *child, const struct pool_cert *issuer)
{
	struct span wanted = pool_cert_facts(child)->authority.key_id;
	struct span has = pool_cert_facts(issuer)->key_id;

	return !wanted.n || !has.n || span_eq(wanted, has);
}

/* authorityCertIssuer, its first directoryName, and the serial number. */
static bool authority_agrees(const struct pool_cert *child,
			     const struct pool_cert *issuer)
{
	const struct authority_key_id *wanted = &pool_cert_facts(child)->authority;
	struct span names = wanted->issuer;
	struct general_name name;
	bool malformed = false;

	if (wanted->serial.n &&
	    !span_eq(wanted->serial, cert_part(&issuer->cert, issuer->cert.serial)))
		return false;
	while (general_name_next(&names, &name, &malformed))
		if (name.kind == GENERAL_DIRECTORY)
			return name_equal(name.value,
					  cert_part(&issuer->cert, issuer->cert.issuer));
	return true;
}

/* The kind of key that made child's signature is the issuer's. */
static bool algorithms_agree(const struct pool_cert *child,
			     const struct pool_cert *issuer)
{
	enum key_type made = pool_cert_facts(child)->signature.type;
	enum key_type has = pool_cert_facts(issuer)->key.type;

	return made == has || made == KEY_UNKNOWN ||
	       ((made == KEY_RSA || made == KEY_RSA_PSS) &&
		(has == KEY_RSA || has == KEY_RSA_PSS));
}

static bool same_name(const struct client_rules *client, struct span a, struct span b)
{
	return client_value(client, CLIENT_NAMES_BY_BYTES) ? span_eq(a, b)
							   : name_equal(a, b);
}

/* OpenSSL takes nobody for an issuer whose extensions, or whose child's, it cannot read.
 */
static bool readable(const struct client_rules *client, const struct pool_cert *cert)
{
	uint32_t minded = 1u << EXT_BASIC_CONSTRAINTS | 1u << EXT_KEY_USAGE |
			  1u << EXT_EXTENDED_KEY_USAGE | 1u << EXT_SUBJECT_KEY_ID |
			  1u << EXT_AUTHORITY_KEY_ID | 1u << EXT_SUBJECT_ALT_NAME |
			  1u << EXT_NAME_CONSTRAINTS;

	if (client_value(client, CLIENT_ALT_NAME_EMPTY) == RULE_DROPPED)
		minded &= ~(1u << EXT_SUBJECT_ALT_NAME);
	if (client_value(client, CLIENT_MALFORMED_NAMES))
		minded &= ~(1u << EXT_NAME_CONSTRAINTS);
	return !(pool_cert_facts(cert)->malformed & minded);
}

static bool fits(const struct client_rules *client, const struct pool_cert *child,
		 const struct pool_cert *issuer)
{
	uint32_t rule = client_value(client, CLIENT_KEY_ID_MUST_MATCH);

	if (!same_name(client, cert_part(&child->cert, child->cert.issuer),
		       cert_part(&issuer->cert, issuer->cert.subject)))
		return false;
	if (rule != KEY_ID_IS_HINT && !key_ids_agree(child, issuer))
		return false;
	return rule != KEY_ID_WHOLE ||
	       (authority_agrees(child, issuer) && algorithms_agree(child, issuer) &&
		readable(client, child) && readable(client, issuer));
}

/* As an issuer of itself it fits: what both libraries go by. */
static bool looks_self_signed(const struct walk *walk, const struct pool_cert *cert)
{
	return fits(walk->client, cert, cert);
}

static bool is_valid(const struct walk *walk, const struct pool_cert *cert)
{
	return walk->at >= cert->cert.not_before && walk->at <= cert->cert.not_after;
}

enum source {
	FROM_ANCHORS,
	FROM_PRESENTED
};

static bool is_of(const struct walk *walk, const struct pool_cert *cert,
		  enum source source)
{
	if (source == FROM_ANCHORS)
		return cert->trust == TRUST_ANCHOR;
	return cert != walk->leaf && cert->from != FROM_STORE;
}

/* The issuer of child among those of the source: the first that is valid, or with OpenSSL
 * else the one that expires last. */
static const struct pool_cert *
issuer_of(const struct walk *walk, const struct pool_cert *child, enum source source)
{
	bool by_date = client_value(walk->client, CLIENT_SEARCH) == SEARCH_STORE_FIRST;
	const struct pool_cert *best = NULL;

	/* Draws what the stores have of that name into the pool. */
	(void)pool_first_issuer(walk->pool, child);
	for (size_t i = 0; i < pool_count(walk->pool); i++) {
		const struct pool_cert *cert = pool_at(walk->pool, i);

		if (!is_of(walk, cert, source) || !fits(walk->client, child, cert) ||
		    (on_path(walk, cert) && !(cert == child && source == FROM_ANCHORS)))
			continue;
		if (by_date ? is_valid(walk, cert) : source == FROM_PRESENTED)
			return cert;
		/* In GnuTLS's trust list a later one of the name takes the place of an
		 * earlier. */
		if (!by_date || !best || cert->cert.not_after > best->cert.not_after)
			best = cert;
	}
	return best;
}

static bool is_anchor(const struct walk *walk, const struct pool_cert *cert)
{
	return cert->trust == TRUST_ANCHOR &&
	       (looks_self_signed(walk, cert) ||
		!client_value(walk->client, CLIENT_PARTIAL_CHAIN));
}

/* One step of store-first; false where the path ends here. */
static bool climb_store_first(struct walk *walk, bool *presented)
{
	const struct pool_cert *issuer, *child = last(walk);

	issuer = issuer_of(walk, child, FROM_ANCHORS);
	if (issuer && looks_self_signed(walk, child)) {
		/* The store's own copy of it, or a mimic. */
		walk->path->anchored = issuer == child;
		return false;
	}
	if (issuer) {
		take(walk, issuer);
		*presented = false;
		walk->path->anchored = is_anchor(walk, issuer);
		return !walk->path->anchored;
	}
	if (!*presented || looks_self_signed(walk, child))
		return false;
	issuer = issuer_of(walk, child, FROM_PRESENTED);
	if (issuer)
		take(walk, issuer);
	return issuer;
}

static void find_store_first(struct walk *walk)
{
	bool presented = true;

	while (walk->path->n < walk->depth && climb_store_first(walk, &presented))
		;
	/* The last resort: the leaf itself is trusted. */
	if (walk->path->n == 1 && is_anchor(walk, walk->leaf))
		walk->path->anchored = true;
}

/* An anchor that is cert; or, of those that are called name, one with its name and key.
 */
static const struct pool_cert *anchor_like(const struct walk *walk,
					   const struct pool_cert *cert, struct span name)
{
	if (cert->trust == TRUST_ANCHOR)
		return cert;
	if (!same_name(walk->client, name, cert_part(&cert->cert, cert->cert.subject)))
		return NULL;
	(void)pool_distrusted_twin(walk->pool, cert);
	(void)pool_first_issuer(walk->pool, cert);
	for (size_t i = 0; i < pool_count(walk->pool); i++) {
		const struct pool_cert *anchor = pool_at(walk->pool, i);

		if (anchor->trust == TRUST_ANCHOR &&
		    pool_cert_same_authority(anchor, cert))
			return anchor;
	}
	return NULL;
}

/* Cuts the path at the first certificate that an anchor called name stands for. */
static bool cut_at_anchor(struct walk *walk, struct span name)
{
	struct first_path *path = walk->path;

	for (size_t i = 0; i < path->n; i++) {
		const struct pool_cert *anchor = anchor_like(walk, path->at[i], name);

		if (!anchor)
			continue;
		path->at[i] = i ? anchor : path->at[i];
		path->n = i + 1;
		path->anchored = true;
		return true;
	}
	return false;
}

/* Ends the path at an anchor called as its end's issuer; false where there is none. */
static bool end_at_issuer(struct walk *walk, const struct pool_cert *end)
{
	const struct pool_cert *issuer;

	if (cut_at_anchor(walk, cert_part(&end->cert, end->cert.issuer)) ||
	    walk->path->n == walk->depth)
		return true;
	issuer = issuer_of(walk, last(walk), FROM_ANCHORS);
	if (!issuer || issuer == last(walk))
		return false;
	take(walk, issuer);
	walk->path->anchored = true;
	return true;
}

static bool has_expired(const struct walk *walk)
{
	for (size_t i = 0; i < walk->path->n; i++)
		if (walk->at > walk->path->at[i]->cert.not_after)
			return true;
	return false;
}

static void find_presented_first(struct walk *walk)
{
	const struct pool_cert *issuer, *end;
	struct first_path presented, first;

	while (walk->path->n < walk->depth &&
	       (issuer = issuer_of(walk, last(walk), FROM_PRESENTED)))
		take(walk, issuer);
	end = last(walk);
	/* A root that was sent along proves nothing. */
	if (walk->path->n > 1 && looks_self_signed(walk, end) &&
	    end->trust != TRUST_ANCHOR)
		walk->path->n--;
	presented = *walk->path;
	if (end_at_issuer(walk, end) && !has_expired(walk))
		return;
	first = *walk->path;
	*walk->path = presented;
	if (!cut_at_anchor(walk, cert_part(&end->cert, end->cert.subject)))
		*walk->path = first;
}

void first_path_find(struct first_path *path, struct pool *pool,
		     const struct pool_cert *leaf, const struct client_rules *client,
		     size_t depth, int64_t at)
{
	struct walk walk = { pool, client, leaf, at, depth, path };

	path->at[0] = leaf;
	path->n = 1;
	path->anchored = false;
	if (client_value(client, CLIENT_SEARCH) == SEARCH_STORE_FIRST)
		find_store_first(&walk);
	else
		find_presented_first(&walk);
}
