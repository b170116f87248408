/* Which entries chain to which others: a walk from issuers to what they signed. */
#include "plan/reach.h"

#include "x509/name.h"
#include "x509/verify.h"

/* Signature checks for one certificate: a hostile store may give thousands of issuers one
 * name. */
#define CHECKS_MOST 16

struct walk {
	const struct entry_set *set;
	const bool *may;
	enum reach *reach;
	uint8_t *checks; /* spent on each entry */
	size_t *todo; /* entries that were reached and whose subjects are to be looked at
		       */
	size_t n_todo;
	size_t issuer;          /* the one at hand */
	struct issuer_key *key; /* its key, made when first needed */
};

static enum reach check(struct walk *walk, size_t subject)
{
	const struct entry *entry = walk->set->at;

	if (walk->checks[subject] >= CHECKS_MOST)
		return REACH_DOUBT;
	walk->checks[subject]++;
	if (!walk->key)
		walk->key = issuer_key_new(&entry[walk->issuer].cert);
	switch (signature_verify(walk->key, &entry[subject].cert)) {
	case SIGNATURE_GOOD:
		return REACH_YES;
	case SIGNATURE_UNSUPPORTED:
		return REACH_DOUBT;
	default:
		return REACH_NONE;
	}
}

static bool found_subject(void *ctx, const struct entry *entry)
{
	struct walk *walk = ctx;
	size_t subject = (size_t)(entry - walk->set->at);
	enum reach before = walk->reach[subject], now;
	const struct cert *issuer = &walk->set->at[walk->issuer].cert;

	if (before == REACH_YES || !walk->may[subject] || subject == walk->issuer ||
	    !name_equal(cert_part(&entry->cert, entry->cert.issuer),
			cert_part(issuer, issuer->subject)))
		return true;
	now = check(walk, subject);
	/* What hangs on a doubt is itself in doubt. */
	if (now == REACH_YES && walk->reach[walk->issuer] == REACH_DOUBT)
		now = REACH_DOUBT;
	if (now <= before)
		return true;
	walk->reach[subject] = now;
	walk->todo[walk->n_todo++] = subject;
	return true;
}

void reach_from(const struct entry_set *set, const bool *may, enum reach *reach)
{
	struct walk walk = { .set = set, .may = may, .reach = reach };

	walk.checks = mem_zalloc(set->n + 1);
	/* An entry is put down at most when it begins, comes into doubt, and is reached.
	 */
	walk.todo = mem_array(2 * set->n + 1, sizeof(*walk.todo));
	for (size_t i = 0; i < set->n; i++) {
		if (reach[i] == REACH_YES)
			walk.todo[walk.n_todo++] = i;
	}
	while (walk.n_todo) {
		const struct cert *cert;

		walk.issuer = walk.todo[--walk.n_todo];
		cert = &set->at[walk.issuer].cert;
		set_by_issuer(set, cert_part(cert, cert->subject), &walk, found_subject);
		issuer_key_free(walk.key);
		walk.key = NULL;
	}
	mem_free(walk.todo);
	mem_free(walk.checks);
}
