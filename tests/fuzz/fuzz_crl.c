/*
 * Fuzz target: what a revocation list is said to hold lies within it, an answer about a
 * certificate agrees with the walk over all entries, and points of a certificate are
 * found again.
 */
#include "chain/crls.h"
#include "x509/name.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Each entry that is asked for is a walk over all. */
#define ASKED_MOST 8

static void check_within(struct span whole, struct span part)
{
	size_t at = (size_t)(part.at - whole.at);

	assert(!part.n || (at <= whole.n && part.n <= whole.n - at));
}

struct walk {
	const struct crl *crl;
	size_t n;
	struct {
		struct span issuer, serial;
	} at[ASKED_MOST];
};

static void keep(void *ctx, struct span issuer, struct span serial,
		 const struct crl_answer *answer)
{
	struct walk *walk = ctx;

	check_within(walk->crl->der, issuer);
	check_within(walk->crl->der, serial);
	assert(strcmp(crl_reason_name(answer->reason), "unknown") != 0);
	if (walk->n < ASKED_MOST) {
		walk->at[walk->n].issuer = issuer;
		walk->at[walk->n++].serial = serial;
	}
}

static void check_list(const struct crl *crl)
{
	const struct span parts[] = { crl->tbs,
				      crl->issuer,
				      crl->entries,
				      crl->number,
				      crl->base_number,
				      crl->scope_value,
				      crl->signature,
				      crl->scope.name.full,
				      crl->authority_value,
				      crl->unknown_critical };
	struct walk walk = { .crl = crl };
	AUTO(error) err = ERROR_INIT;
	struct crl_answer answer;
	bool walked = crl_entries(crl, &walk, keep, &err);

	for (size_t i = 0; i < COUNT(parts); i++)
		check_within(crl->der, parts[i]);
	for (size_t i = 0; i < walk.n; i++) {
		assert(crl_look_up(crl, walk.at[i].issuer, walk.at[i].serial, &answer,
				   &err) == walked);
		assert(!walked || answer.listed);
	}
}

static void ignore(void *ctx, const struct error *why)
{
	assert(why->text);
	++*(size_t *)ctx;
}

static void check_points(struct span bytes)
{
	AUTO(error) err = ERROR_INIT;
	struct crl_scope scope;

	if (crl_scope_read(bytes, &scope, &err)) {
		check_within(bytes, scope.name.full);
		check_within(bytes, scope.name.relative);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct crl_set *crls = crl_set_new();
	size_t skips = 0, of_issuer;

	check_points(span_of(bytes, n));
	crl_set_add(crls, span_of(bytes, n), &skips, ignore);
	for (size_t i = 0; i < crl_set_count(crls); i++) {
		const struct crl *crl = &crl_set_at(crls, i)->crl;

		check_list(crl);
		assert(crl_set_by_issuer(crls, crl->issuer, &of_issuer) && of_issuer);
	}
	crl_set_free(crls);
	return 0;
}
