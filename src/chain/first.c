/*
 * A client that never goes back. What decides is the order in which it looks:
 *
 * store-first, as OpenSSL (crypto/x509/x509_vfy.c, build_chain and find_issuer, with
 * X509_V_FLAG_TRUSTED_FIRST): at each step an issuer from the store, and once there is
 * one, from the store alone; else the next from what was presented, each certificate used
 * once. Of several the first that is valid now, else the one that expires last.
 *
 * presented-first, as GnuTLS: first_presented.c.
 */
#include "chain/first.h"

#include "chain/readable.h"

#include "x509/der.h"
#include "x509/name.h"

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

/* The same text, whatever its string type. */
static bool same_value(const struct name_attribute *a, const struct name_attribute *b)
{
	AUTO(buf) text_a = BUF_INIT;
	AUTO(buf) text_b = BUF_INIT;

	if (!name_value_utf8(&text_a, a->tag, a->value) ||
	    !name_value_utf8(&text_b, b->tag, b->value))
		return a->tag == b->tag && span_eq(a->value, b->value);
	return span_eq(buf_span(&text_a), buf_span(&text_b));
}

static bool same_text(struct span a, struct span b)
{
	struct name_walk walk_a, walk_b;
	struct name_attribute one, other;

	if (span_eq(a, b))
		return true;
	name_walk_start(&walk_a, a);
	name_walk_start(&walk_b, b);
	while (name_walk_next(&walk_a, &one))
		if (!name_walk_next(&walk_b, &other) || one.rdn != other.rdn ||
		    !span_eq(one.oid, other.oid) || !same_value(&one, &other))
			return false;
	return !walk_a.malformed && !name_walk_next(&walk_b, &other) && !walk_b.malformed;
}

static bool same_name(const struct client_rules *client, struct span a, struct span b)
{
	switch (client_value(client, CLIENT_ISSUER_NAMES)) {
	case NAMES_BY_BYTES:
		return span_eq(a, b);
	case NAMES_BY_TEXT:
		return same_text(a, b);
	default:
		return name_equal(a, b);
	}
}

/* OpenSSL takes nobody for an issuer whose extensions, or whose child's, it cannot read.
 */
static bool readable(const struct client_rules *client, const struct pool_cert *cert)
{
	return !unreadable(client, cert, read_in(client, FORM_INTERMEDIATE));
}

bool first_fits(const struct client_rules *client, const struct pool_cert *child,
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
	return first_fits(walk->client, cert, cert);
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
	return first_is_presented(walk, cert);
}

/* The issuer of child among those of the source: the first that is valid, else the one
 * that expires last. */
static const struct pool_cert *
issuer_of(const struct walk *walk, const struct pool_cert *child, enum source source)
{
	const struct pool_cert *best = NULL;

	/* Draws what the stores have of that name into the pool. */
	(void)pool_first_issuer(walk->pool, child);
	for (size_t i = 0; i < pool_count(walk->pool); i++) {
		const struct pool_cert *cert = pool_at(walk->pool, i);

		if (!is_of(walk, cert, source) ||
		    !first_fits(walk->client, child, cert) ||
		    (on_path(walk, cert) && !(cert == child && source == FROM_ANCHORS)))
			continue;
		if (first_is_valid(walk, cert))
			return cert;
		if (!best || cert->cert.not_after > best->cert.not_after)
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

size_t first_paths_find(struct first_path paths[FIRST_PATHS_MOST], struct pool *pool,
			const struct pool_cert *leaf, const struct client_rules *client,
			size_t depth, int64_t at)
{
	struct walk walk = { pool, client, leaf, at, depth, paths };

	if (client_value(client, CLIENT_SEARCH) != SEARCH_STORE_FIRST)
		return first_presented_find(&walk);
	paths->at[0] = leaf;
	paths->n = 1;
	paths->anchored = false;
	find_store_first(&walk);
	return 1;
}
