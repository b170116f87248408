/*
 * What the server could send better (RFC 8446 4.4.2): its own certificate first, each
 * next one the issuer of the one before, no root, nothing twice, nothing that leads
 * nowhere.
 */
#include "chain/words.h"

#include "chain/facts.h"
#include "base/i18n.h"
#include "x509/name.h"

/* More certificates than this no server sends in earnest, and telling what of them is
 * superfluous would take long. */
#define PRESENTED_MOST 256
/* Each costs a signature; no server sends more than one root in earnest. */
#define ROOTS_CHECKED 16

struct presented {
	const struct pool_cert *at[PRESENTED_MOST];
	bool leads[PRESENTED_MOST]; /* reached from the leaf by issuer names */
	size_t n;
};

static bool is_presented(const struct pool_cert *cert)
{
	return cert->position != SIZE_MAX;
}

static void gather(struct presented *all, const struct pool *pool)
{
	for (size_t i = 0; i < pool_count(pool) && all->n < PRESENTED_MOST; i++)
		if (is_presented(pool_at(pool, i)))
			all->at[all->n++] = pool_at(pool, i);
}

static bool issued(const struct pool_cert *issuer, const struct pool_cert *child)
{
	return issuer->priv->subject_hash == child->priv->issuer_hash;
}

/* Marks what child leads to, and what that leads to; each certificate is gone through
 * once. */
static void mark(struct presented *all, const struct pool_cert *leaf)
{
	const struct pool_cert *queue[PRESENTED_MOST + 1] = { leaf };
	size_t queued = 1;

	for (size_t i = 0; i < all->n; i++)
		all->leads[i] = all->at[i] == leaf;
	for (size_t next = 0; next < queued; next++) {
		for (size_t i = 0; i < all->n; i++) {
			if (all->leads[i] || !issued(all->at[i], queue[next]))
				continue;
			all->leads[i] = true;
			queue[queued++] = all->at[i];
		}
	}
}

static void find_superfluous(struct finding_list *list, const struct presented *all)
{
	char name[NAME_TEXT], hash[SHA256_TEXT];

	for (size_t i = 0; i < all->n; i++) {
		struct finding *finding;

		if (all->leads[i])
			continue;
		finding = finding_about(list, FINDING_SUPERFLUOUS, all->at[i]);
		finding->text = str_format(
			_("the server sends '%s', which issued nothing in its chain"),
			cert_words(all->at[i], name));
		sha256_hex(&finding->sha256, hash);
		finding->remedy_server = str_format(_("leave the certificate with the "
						      "SHA-256 fingerprint %.16s... out "
						      "of the chain"),
						    hash);
	}
}

static void find_duplicates(struct finding_list *list, const struct presented *all)
{
	char name[NAME_TEXT];

	for (size_t i = 0; i < all->n; i++) {
		struct finding *finding;

		if (!all->at[i]->priv->again)
			continue;
		finding = finding_about(list, FINDING_DUPLICATE, all->at[i]);
		finding->text = str_format(_("the server sends '%s' more than once"),
					   cert_words(all->at[i], name));
		finding->remedy_server = str_copy(_("send each certificate once"));
	}
}

static void find_roots(struct finding_list *list, const struct presented *all,
		       const struct pool_cert *leaf, const struct pool *pool)
{
	size_t checked = 0;
	char name[NAME_TEXT];

	for (size_t i = 0; i < all->n && checked < ROOTS_CHECKED; i++) {
		struct finding *finding;

		if (all->at[i] == leaf || !pool_cert_facts(all->at[i])->self_issued ||
		    !all->leads[i])
			continue;
		checked++;
		/* The bridge from an authority's old key to its new one is needed. */
		if (!pool_cert_self_signed(all->at[i], pool))
			continue;
		finding = finding_about(list, FINDING_ROOT_SENT, all->at[i]);
		finding->text = str_format(_("the server sends the root '%s', which a "
					     "client must have already"),
					   cert_words(all->at[i], name));
		finding->remedy_server =
			str_copy(_("leave the root out: it only costs bytes"));
	}
}

/* The certificates of the path that were presented stand in the order of the path. */
static void find_disorder(struct finding_list *list, const struct path *path)
{
	size_t before = 0;
	char name[NAME_TEXT];

	for (size_t i = 0; i < path->n; i++) {
		struct finding *finding;

		if (!is_presented(path->at[i]))
			continue;
		if (path->at[i]->position >= before) {
			before = path->at[i]->position;
			continue;
		}
		finding = finding_about(list, FINDING_WRONG_ORDER, path->at[i]);
		finding->text = str_format(
			_("the server sends '%s' before the certificate that it issued"),
			cert_words(path->at[i], name));
		finding->remedy_server = str_copy(_("send the server's own certificate "
						    "first, then each issuer in turn"));
		return;
	}
}

/* One that is an anchor is as it was meant to be. */
static void find_self_signed(struct finding_list *list, const struct path *path,
			     const struct pool *pool)
{
	const struct pool_cert *leaf = path->at[0];
	struct finding *finding;
	char name[NAME_TEXT];

	if (leaf->trust == TRUST_ANCHOR || !pool_cert_self_signed(leaf, pool))
		return;
	finding = finding_about(list, FINDING_SELF_SIGNED_LEAF, leaf);
	finding->text = str_format(_("the server's certificate '%s' is self-signed"),
				   cert_words(leaf, name));
	finding->remedy_server =
		str_copy(_("use a certificate that an authority has issued"));
}

static bool holds_at(const struct pool_cert *cert, int64_t at)
{
	return cert->cert.not_before <= at && at <= cert->cert.not_after;
}

/* Whether a path could go on above cert: something with the name of its issuer holds, and
 * leads to an anchor or is one. */
static bool leads_on(const struct pool_cert *cert, const struct pool *pool, int64_t at)
{
	for (size_t i = 0; i < pool_count(pool); i++) {
		const struct pool_cert *issuer = pool_at(pool, i);

		if (holds_at(issuer, at) && issuer->priv->distance != DISTANCE_NONE &&
		    issued(issuer, cert))
			return true;
	}
	return false;
}

/* The certificate of the path in whose place a client that takes the first would take
 * cross: the same authority, said later or by the store alone. */
static const struct pool_cert *shadowed_by(const struct pool_cert *cross,
					   const struct path *path)
{
	for (size_t i = 1; i < path->n; i++)
		if (cross == path->at[i])
			return NULL;
	for (size_t i = 1; i < path->n; i++)
		if (cross->position < path->at[i]->position &&
		    pool_cert_same_authority(cross, path->at[i]))
			return path->at[i];
	return NULL;
}

/* A cross-certificate that leads nowhere, before the certificate that does (RFC
 * 4158 2.4.2). */
static void find_shadow(struct finding_list *list, const struct presented *all,
			const struct path *path, const struct pool *pool, int64_t at)
{
	char name[NAME_TEXT], issuer[NAME_TEXT];

	for (size_t i = 0; path->complete && i < all->n; i++) {
		const struct pool_cert *cross = all->at[i];
		struct finding *finding;

		if (cross == path->at[0] || pool_cert_facts(cross)->self_issued ||
		    !shadowed_by(cross, path) ||
		    (holds_at(cross, at) && leads_on(cross, pool, at)))
			continue;
		finding = finding_about(list, FINDING_CROSS_SIGN_SHADOWED, cross);
		finding->text = str_format(_("the server sends '%s' as issued by '%s', "
					     "and no path holds through "
					     "that: clients that try one path only "
					     "follow it, instead of the one "
					     "that completes"),
					   cert_words(cross, name),
					   cert_issuer_words(cross, issuer));
		finding->remedy_server =
			str_copy(_("leave that cross-certificate out, unless "
				   "old clients need it"));
		return;
	}
}

void findings_of_presentation(struct finding_list *list, const struct path *path,
			      const struct pool *pool, int64_t at)
{
	struct presented all = { .n = 0 };

	if (!path->n)
		return;
	gather(&all, pool);
	mark(&all, path->at[0]);
	find_self_signed(list, path, pool);
	find_disorder(list, path);
	find_duplicates(list, &all);
	find_superfluous(list, &all);
	find_roots(list, &all, path->at[0], pool);
	find_shadow(list, &all, path, pool, at);
}
