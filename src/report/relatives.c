/*
 * Who signed whom in a set. Names say who may have; the signature says who did. A store
 * can hold any number of certificates of one name, so both what is listed and what is
 * checked are bounded.
 */
#include "report/details.h"

#include "x509/verify.h"

#define CHECKS_MOST 256

struct search {
	struct relatives *to;
	const struct cert *child; /* NULL: the entries found are the children */
	struct issuer_key *key;   /* of the issuer, where that is the same for all */
	size_t checks;
};

static bool add_relative(struct search *search, const struct entry *entry,
			 enum signature_verdict verdict)
{
	struct relatives *to = search->to;

	if (verdict == SIGNATURE_BAD)
		return true;
	if (to->n == RELATIVES_MOST) {
		to->cut = true;
		return false;
	}
	to->at[to->n++] = (struct relative){ entry, verdict == SIGNATURE_GOOD };
	return true;
}

static bool may_check(struct search *search)
{
	if (search->checks++ < CHECKS_MOST)
		return true;
	search->to->cut = true;
	return false;
}

static bool try_issuer(void *ctx, const struct entry *issuer)
{
	struct search *search = ctx;
	struct issuer_key *key;
	enum signature_verdict verdict;

	if (!may_check(search))
		return false;
	key = issuer_key_new(&issuer->cert);
	verdict = signature_verify(key, search->child);
	issuer_key_free(key);
	return add_relative(search, issuer, verdict);
}

static bool try_child(void *ctx, const struct entry *child)
{
	struct search *search = ctx;

	return may_check(search) &&
	       add_relative(search, child, signature_verify(search->key, &child->cert));
}

void relatives_who_signed(struct relatives *to, const struct entry_set *set,
			  const struct entry *entry)
{
	struct search search = { .to = to, .child = &entry->cert };

	*to = (struct relatives){ .n = 0 };
	set_by_subject(set, cert_part(&entry->cert, entry->cert.issuer), &search,
		       try_issuer);
}

void relatives_signed_by(struct relatives *to, const struct entry_set *set,
			 const struct entry *entry)
{
	struct search search = { .to = to };

	*to = (struct relatives){ .n = 0 };
	search.key = issuer_key_new(&entry->cert);
	set_by_issuer(set, cert_part(&entry->cert, entry->cert.subject), &search,
		      try_child);
	issuer_key_free(search.key);
}
