/*
 * A client that goes by what was presented, as GnuTLS does. Its list is put in order
 * (lib/x509/common.c, _gnutls_sort_clist): from the leaf the first issuer in the list for
 * each, up to a gap; what is left comes behind it, and is put in order in its turn, until
 * a certificate has its issuer among the anchors (lib/x509/verify-high.c,
 * gnutls_x509_trust_list_verify_crt2). A list that ends nowhere keeps its strangers, and
 * fails by them. A certificate that is an anchor, or has name and key of one, takes the
 * rest off (shorten_clist; lib/x509/verify.c, _gnutls_verify_crt_status), but among two
 * kinds of anchors alone: those that are called as the issuer of the list's last, and
 * where these give nothing, or something expired or weak, those that are called as the
 * last itself. The issuer of what is left is then one of these.
 */
#include "chain/first.h"

#include "chain/readable.h"

/* lib/gnutls_int.h DEFAULT_MAX_VERIFY_DEPTH: longer lists are taken in the order given.
 */
#define SORTED_MOST 16
/* What is presented beyond these is left out: no server in use sends as many. */
#define LISTED_MOST 128

struct listing {
	const struct pool_cert *at[LISTED_MOST]; /* leaf first */
	size_t n;
};

static struct span subject_of(const struct pool_cert *cert)
{
	return cert_part(&cert->cert, cert->cert.subject);
}

static struct span issuer_of(const struct pool_cert *cert)
{
	return cert_part(&cert->cert, cert->cert.issuer);
}

static bool is_own_issuer(const struct walk *walk, const struct pool_cert *cert)
{
	return first_fits(walk->client, cert, cert);
}

static void list_presented(struct listing *list, const struct walk *walk)
{
	list->at[0] = walk->leaf;
	list->n = 1;
	for (size_t i = 0; i < pool_count(walk->pool) && list->n < LISTED_MOST; i++)
		if (first_is_presented(walk, pool_at(walk->pool, i)))
			list->at[list->n++] = pool_at(walk->pool, i);
}

/* The place of the first issuer of child behind the beginning of the list; 0: none. */
static size_t place_of_issuer(const struct walk *walk, const struct pool_cert *child,
			      const struct pool_cert *const *list, size_t n)
{
	if (is_own_issuer(walk, child))
		return 0;
	for (size_t i = 1; i < n; i++)
		if (list[i] != child && first_fits(walk->client, child, list[i]))
			return i;
	return 0;
}

/* Puts the list in order from its first on; returns how many follow each other. */
static size_t sort_segment(const struct walk *walk, const struct pool_cert **list,
			   size_t n)
{
	const struct pool_cert *sorted[SORTED_MOST];
	bool taken[SORTED_MOST] = { true };
	size_t length = 1, all, place = 0;

	if (n > SORTED_MOST)
		return 1;
	sorted[0] = list[0];
	while ((place = place_of_issuer(walk, list[place], list, n)) && !taken[place]) {
		taken[place] = true;
		sorted[length++] = list[place];
	}
	all = length;
	for (size_t i = 1; i < n; i++)
		if (!taken[i])
			sorted[all++] = list[i];
	memcpy(list, sorted, n * sizeof(*sorted));
	return length;
}

/* What can be in a list of this client. */
static bool is_listed(const struct walk *walk, const struct pool_cert *cert)
{
	uint32_t read = client_value(walk->client, CLIENT_READ_IN_LISTS);

	return !read ||
	       (!(cert->cert.odd & (ODD_ALGORITHM_MISMATCH | ODD_EXTENSION_TWICE)) &&
		!unreadable(walk->client, cert, read));
}

const struct pool_cert *first_unlisted(struct pool *pool, const struct pool_cert *leaf,
				       const struct client_rules *client)
{
	const struct walk walk = { .pool = pool, .client = client, .leaf = leaf };

	for (size_t i = 0; i < pool_count(pool); i++)
		if (first_is_presented(&walk, pool_at(pool, i)) &&
		    !is_listed(&walk, pool_at(pool, i)))
			return pool_at(pool, i);
	return NULL;
}

/* An anchor that is looked for, among those that are called by the very bytes of name. */
struct wanted {
	const struct walk *walk;
	struct span name;
	const struct pool_cert *cert;  /* whose issuer, or like which, it is to be */
	const struct pool_cert *found; /* NULL: none so far */
};

static bool is_called(const struct wanted *wanted, const struct pool_cert *anchor)
{
	return anchor->trust == TRUST_ANCHOR &&
	       span_eq(subject_of(anchor), wanted->name) &&
	       is_listed(wanted->walk, anchor);
}

/* The first that fits, or a later one that is valid now. */
static bool take_issuer(void *ctx, const struct pool_cert *anchor)
{
	struct wanted *wanted = ctx;

	if (is_called(wanted, anchor) &&
	    first_fits(wanted->walk->client, wanted->cert, anchor) &&
	    (!wanted->found || first_is_valid(wanted->walk, anchor)))
		wanted->found = anchor;
	return true;
}

static const struct pool_cert *anchor_of(const struct walk *walk,
					 const struct pool_cert *child, struct span name)
{
	struct wanted wanted = { walk, name, child, NULL };

	pool_in_stores(walk->pool, name, &wanted, take_issuer);
	return wanted.found;
}

/* The same certificate or, past the leaf, one with its name and key. */
static bool take_like(void *ctx, const struct pool_cert *anchor)
{
	struct wanted *wanted = ctx;

	if (is_called(wanted, anchor) &&
	    (anchor == wanted->cert || (wanted->cert != wanted->walk->leaf &&
					pool_cert_same_authority(anchor, wanted->cert))))
		wanted->found = anchor;
	return !wanted->found;
}

static const struct pool_cert *anchor_like(const struct walk *walk,
					   const struct pool_cert *cert, struct span name)
{
	struct wanted wanted = { walk, name, cert, NULL };

	pool_in_stores(walk->pool, name, &wanted, take_like);
	return wanted.found;
}

/* Orders the list and cuts it where an anchor is the next. */
static void order(const struct walk *walk, struct listing *list)
{
	size_t i = 0;

	while (i < list->n) {
		const struct pool_cert *end;

		i += sort_segment(walk, list->at + i, list->n - i);
		end = list->at[i - 1];
		if (anchor_of(walk, end, issuer_of(end)))
			list->n = i;
	}
}

/* A root that was sent along proves nothing, unless it is an anchor. */
static void drop_root(const struct walk *walk, struct listing *list)
{
	if (list->n > 1 && is_own_issuer(walk, list->at[list->n - 1]))
		list->n--;
}

/* Cuts the list at the first that is an anchor and bears its issuer's name. */
static void shorten(const struct walk *walk, struct listing *list)
{
	drop_root(walk, list);
	for (size_t i = 1; i < list->n; i++)
		if (list->at[i]->trust == TRUST_ANCHOR &&
		    span_eq(subject_of(list->at[i]), issuer_of(list->at[i])))
			list->n = i + 1;
}

/* As many as follow each other. */
static size_t unbroken(const struct walk *walk, const struct listing *list, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (!first_fits(walk->client, list->at[i - 1], list->at[i]))
			return i;
	return n;
}

static void end_at(struct first_path *path, const struct pool_cert *anchor)
{
	path->at[path->n++] = anchor;
	path->anchored = true;
}

/* The path that the list makes with the anchors called name. */
static void make_path(const struct walk *walk, struct listing list, struct span name,
		      struct first_path *path)
{
	const struct pool_cert *anchor = NULL;
	size_t n = 0, follow;

	drop_root(walk, &list);
	while (n < list.n && !(anchor = anchor_like(walk, list.at[n], name)))
		n++;
	path->anchored = !n;
	path->n = n ? n : 1;
	follow = unbroken(walk, &list, path->n);
	path->n = follow < walk->depth ? follow : walk->depth;
	memcpy(path->at, list.at, path->n * sizeof(*path->at));
	if (!n || path->n < n || path->n == walk->depth)
		return;
	/* The one that is like it counts, too, where it is out of date. */
	if (!anchor || first_is_valid(walk, anchor))
		anchor = anchor_of(walk, path->at[n - 1], name);
	if (anchor)
		end_at(path, anchor);
}

size_t first_presented_find(struct walk *walk)
{
	const struct pool_cert *end;
	struct listing list;

	list_presented(&list, walk);
	order(walk, &list);
	shorten(walk, &list);
	end = list.at[list.n - 1];
	make_path(walk, list, issuer_of(end), &walk->path[0]);
	if (span_eq(subject_of(end), issuer_of(end)))
		return 1;
	make_path(walk, list, subject_of(end), &walk->path[1]);
	return 2;
}
