/* The set of revocation lists: sorted by issuer, and of one issuer by age. */
#include "chain/crls.h"

#include "base/i18n.h"
#include "x509/der.h"
#include "x509/name.h"
#include "x509/pem.h"

#include <stdlib.h>

struct crl_set {
	struct listed *at;
	size_t n, cap;
	uint64_t bytes;
	void **decoded; /* what PEM blocks hold */
	size_t n_decoded, cap_decoded;
	struct edge_cache *edges;
};

struct adding {
	struct crl_set *set;
	void *ctx;
	void (*skip)(void *ctx, const struct error *why);
	size_t added;
};

struct crl_set *crl_set_new(void)
{
	struct crl_set *set = mem_zalloc(sizeof(*set));

	set->edges = edge_cache_new();
	return set;
}

void crl_set_free(struct crl_set *set)
{
	if (!set)
		return;
	for (size_t i = 0; i < set->n_decoded; i++)
		mem_free(set->decoded[i]);
	mem_free(set->decoded);
	mem_free(set->at);
	edge_cache_free(set->edges);
	mem_free(set);
}

size_t crl_set_count(const struct crl_set *set)
{
	return set->n;
}

uint64_t crl_set_bytes(const struct crl_set *set)
{
	return set->bytes;
}

const struct listed *crl_set_at(const struct crl_set *set, size_t i)
{
	return &set->at[i];
}

struct edge_cache *crl_set_edges(const struct crl_set *set)
{
	return set->edges;
}

static int by_issuer_and_age(const void *va, const void *vb)
{
	const struct listed *a = va, *b = vb;
	int numbers;

	if (a->issuer_hash != b->issuer_hash)
		return a->issuer_hash < b->issuer_hash ? -1 : 1;
	if (a->crl.this_update != b->crl.this_update)
		return a->crl.this_update > b->crl.this_update ? -1 : 1;
	numbers = crl_number_cmp(b->crl.number, a->crl.number);
	return numbers ? numbers : memcmp(&a->place, &b->place, sizeof(a->place));
}

const struct listed *crl_set_by_issuer(const struct crl_set *set, struct span issuer,
				       size_t *n)
{
	uint64_t hash = name_hash(issuer);
	size_t low = 0, high = set->n, end;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (set->at[middle].issuer_hash < hash)
			low = middle + 1;
		else
			high = middle;
	}
	for (end = low; end < set->n && set->at[end].issuer_hash == hash;)
		end++;
	*n = end - low;
	return set->at + low;
}

static void skip(struct adding *adding, struct error *why, size_t place)
{
	error_in(why, _("revocation list %zu"), place);
	adding->skip(adding->ctx, why);
}

static bool add(struct adding *adding, const struct crl *crl, struct error *err)
{
	struct crl_set *set = adding->set;
	size_t place = set->n;

	if (set->n == CRLS_MOST)
		return error_fail(err, STATUS_INPUT, _("more than %d lists"), CRLS_MOST);
	GROW(set->at, set->n, set->cap);
	set->at[set->n++] = (struct listed){ *crl, name_hash(crl->issuer),
					     sha256_of(span_of(&place, sizeof(place))) };
	set->bytes += crl->der.n;
	adding->added++;
	return true;
}

/* Lists in DER, one after another; what follows one that cannot be read is not looked at.
 */
static void add_der(struct adding *adding, struct span bytes)
{
	for (size_t place = 1, used; bytes.n; place++, bytes = span_from(bytes, used)) {
		AUTO(error) err = ERROR_INIT;
		struct crl crl;

		if (!crl_read_first(&crl, bytes, &used, &err) ||
		    !add(adding, &crl, &err)) {
			skip(adding, &err, place);
			return;
		}
	}
}

/* The list that a block holds, and nothing else. */
static bool read_block(struct pem_scan *scan, const struct pem_block *block, uint8_t *der,
		       struct crl *crl, struct error *err)
{
	size_t n, used;

	if (!pem_decode_block(scan, block, der, &n, err) ||
	    !crl_read_first(crl, span_of(der, n), &used, err))
		return false;
	if (used == n)
		return true;
	return error_fail(err, STATUS_INPUT, _("%zu bytes follow the list at byte %zu"),
			  n - used, used);
}

static bool add_block(struct adding *adding, struct pem_scan *scan,
		      const struct pem_block *block, struct error *err)
{
	struct crl_set *set = adding->set;
	size_t most = pem_decoded_most(block->body);
	struct crl crl;
	uint8_t *der;

	if (block->unfinished)
		return error_fail(err, STATUS_INPUT, _("the END line is missing"));
	if (most > CRL_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("revocation list of %zu bytes, over %zu"), most,
				  CRL_MOST);
	der = mem_large(most);
	if (!read_block(scan, block, der, &crl, err) || !add(adding, &crl, err)) {
		mem_free(der);
		return false;
	}
	GROW(set->decoded, set->n_decoded, set->cap_decoded);
	set->decoded[set->n_decoded++] = der;
	return true;
}

static bool is_list(const struct pem_block *block)
{
	return span_eq(block->label, SPAN("X509 CRL"));
}

static void add_pem(struct adding *adding, struct span bytes)
{
	struct pem_scan scan = { .in = bytes };
	struct pem_block block;
	size_t place = 0;

	while (pem_next(&scan, &block)) {
		AUTO(error) err = ERROR_INIT;

		if (!is_list(&block))
			continue;
		place++;
		if (!add_block(adding, &scan, &block, &err))
			skip(adding, &err, place);
	}
}

size_t crl_set_add(struct crl_set *set, struct span bytes, void *ctx,
		   void (*skip)(void *ctx, const struct error *why))
{
	struct adding adding = { set, ctx, skip, 0 };

	if (bytes.n && bytes.at[0] == DER_SEQUENCE)
		add_der(&adding, bytes);
	else
		add_pem(&adding, bytes);
	if (set->n)
		qsort(set->at, set->n, sizeof(*set->at), by_issuer_and_age);
	return adding.added;
}
