/*
 * Revocation by lists (RFC 5280 6.3.3), with delta lists in use. A certificate is good
 * only where lists that count say so for every reason of revocation: what is not known
 * fails.
 *
 * The order for one certificate: its distribution points in turn, then lists of its own
 * issuer that no point names; of each point the lists of its issuer, the newest first; of
 * each list scope, form, time, signature with the signer's own path, and only then its
 * entries. So what a stranger wrote is hashed, but never walked.
 *
 * What bounds it: looks at lists by count, octets that are hashed and walked, signatures
 * by the budget of the search, names by the comparisons that it may make, searches for
 * signers by their depth; and what is known of a certificate is never asked again.
 */
#include "chain/revocation.h"

#include "chain/crl_scope.h"
#include "chain/edges.h"
#include "base/clock.h"
#include "x509/name.h"

/* Each list given may be hashed and walked a few times; less than this is no work. */
#define OCTETS_TIMES 4
#define OCTETS_LEAST ((uint64_t)64 << 20)
/* An authority with 4,096 lists and a certificate with 10 points just pass. */
#define LOOKS_MOST ((uint32_t)1 << 16)
/* The signer of a list is judged by another list, and so on: in use it is one. */
#define DEPTH_OF_SIGNERS 4
/* Certificates of a search of which something is known. */
#define KNOWN_MOST 4096
/* Certificates with one issuer's name that are tried as the signer of a list. */
#define SIGNERS_MOST 32

enum state {
	UNDER_WAY, /* asked for while it is being found out: it cannot vouch for itself */
	GOOD,
	NOT_GOOD, /* for the reason */
};

struct judged {
	const struct pool_cert *cert, *anchor;
	enum state state;
	struct reason reason;
};

/* One certificate on its way through 6.3.3. */
struct inquiry {
	struct judge *judge;
	struct revocation *revocation;
	const struct pool_cert *cert, *issuer, *anchor;
	uint16_t reasons; /* reasons_mask: those of which something is known */
	struct reason why;
	bool revoked;
};

void revocation_begin(struct revocation *revocation, const struct crl_set *crls)
{
	*revocation = (struct revocation){
		.crls = crls,
		.octets = OCTETS_LEAST + OCTETS_TIMES * crl_set_bytes(crls),
		.looks = LOOKS_MOST,
	};
}

void revocation_clear(struct revocation *revocation)
{
	mem_free(revocation->known);
}

static struct reason reason_why(const struct inquiry *inquiry, enum crl_refusal refusal,
				const char *rule)
{
	return (struct reason){ .code = FINDING_REVOCATION_UNKNOWN,
				.cert = inquiry->cert,
				.when = TIME_NONE,
				.number = refusal,
				.rule = rule };
}

/* Of several reasons that of the list which came nearest is kept. */
static void keep(struct inquiry *inquiry, const struct reason *why)
{
	if (!inquiry->why.rule || why->number > inquiry->why.number)
		inquiry->why = *why;
}

static bool refuse(struct inquiry *inquiry, enum crl_refusal refusal, const char *rule)
{
	struct reason why = reason_why(inquiry, refusal, rule);

	keep(inquiry, &why);
	return false;
}

static bool refuse_what(struct inquiry *inquiry, enum crl_refusal refusal,
			const char *rule, struct span what)
{
	struct reason why = reason_why(inquiry, refusal, rule);

	reason_what(&why, what);
	keep(inquiry, &why);
	return false;
}

static bool refuse_when(struct inquiry *inquiry, enum crl_refusal refusal,
			const char *rule, int64_t when)
{
	struct reason why = reason_why(inquiry, refusal, rule);

	why.when = when;
	keep(inquiry, &why);
	return false;
}

static bool refuse_by(struct inquiry *inquiry, enum crl_refusal refusal, const char *rule,
		      const struct pool_cert *by)
{
	struct reason why = reason_why(inquiry, refusal, rule);

	why.by = by;
	keep(inquiry, &why);
	return false;
}

static bool refuse_strange(struct inquiry *inquiry, const char *rule, struct span oid)
{
	AUTO(buf) text = BUF_INIT;

	oid_text(&text, oid);
	return refuse_what(inquiry, CRL_STRANGE, rule, buf_span(&text));
}

static bool met_bound(struct inquiry *inquiry)
{
	return refuse(inquiry, CRL_BOUND, "budget");
}

/* Counts octets that are hashed or walked; false where that is more than may be. */
static bool spend(struct inquiry *inquiry, size_t octets)
{
	struct revocation *revocation = inquiry->revocation;

	if (octets > revocation->octets) {
		revocation->octets = 0;
		return met_bound(inquiry);
	}
	revocation->octets -= octets;
	return true;
}

/* What a list must look like to count, as far as RFC 5280 leaves no choice. */
static const struct {
	enum crl_odd odd;
	const char *rule, *what;
} forms[] = {
	{ CRL_ODD_ALGORITHM_MISMATCH, "RFC 5280 5.1.1.2", "signatureAlgorithm" },
	{ CRL_ODD_EMPTY_ISSUER, "RFC 5280 5.1.2.3", "issuer" },
	{ CRL_ODD_VERSION_EXTENSIONS, "RFC 5280 5.1.2.7", "version" },
	{ CRL_ODD_EXTENSION_TWICE, "RFC 5280 4.2", "crlExtensions" },
	{ CRL_ODD_NUMBER_ABSENT, "RFC 5280 5.2.3", "cRLNumber" },
	{ CRL_ODD_NUMBER_CRITICAL, "RFC 5280 5.2.3", "cRLNumber" },
	{ CRL_ODD_AUTHORITY_CRITICAL, "RFC 5280 5.2.1", "authorityKeyIdentifier" },
	{ CRL_ODD_FRESHEST_CRITICAL, "RFC 5280 5.2.6", "freshestCRL" },
};

static bool has_form(struct inquiry *inquiry, const struct crl *crl)
{
	for (size_t i = 0; i < COUNT(forms); i++)
		if (crl->odd & forms[i].odd)
			return refuse_what(inquiry, CRL_BROKEN, forms[i].rule,
					   span_str(forms[i].what));
	if (crl->unknown_critical.n)
		return refuse_strange(inquiry, "RFC 5280 5.2", crl->unknown_critical);
	return true;
}

/* The same policy as for certificates. */
static bool has_strength(struct inquiry *inquiry, const struct crl *crl)
{
	struct signature_info signature = signature_info(crl->outer_algorithm);

	if (!signature_is_weak(&signature, inquiry->judge->rules))
		return true;
	return refuse_what(inquiry, CRL_WEAK, "RFC 6194", span_str(signature.name));
}

/* Everything but its end and its signature. */
static bool is_usable(struct inquiry *inquiry, const struct crl *crl)
{
	if (!has_form(inquiry, crl) || !has_strength(inquiry, crl))
		return false;
	if (crl->next_update == TIME_NONE)
		return refuse(inquiry, CRL_ENDLESS, "RFC 5280 5.1.2.5");
	if (crl->this_update > inquiry->judge->at)
		return refuse_when(inquiry, CRL_FUTURE, "RFC 5280 5.1.2.4",
				   crl->this_update);
	return true;
}

static bool is_current(const struct inquiry *inquiry, const struct crl *crl)
{
	return inquiry->judge->at <= crl->next_update;
}

static enum signature_verdict check_signature(struct inquiry *inquiry,
					      const struct listed *list,
					      const struct pool_cert *signer)
{
	struct revocation *revocation = inquiry->revocation;
	struct edge_cache *edges = crl_set_edges(revocation->crls);
	const struct sha256 *key = pool_cert_spki_hash(signer);
	enum signature_verdict verdict;

	if (edge_cache_get(edges, key, &list->place, &verdict))
		return verdict;
	if (!spend(inquiry, list->crl.tbs.n))
		return SIGNATURE_BAD;
	if (!revocation->pay(revocation->search, signature_cost(&signer->cert))) {
		met_bound(inquiry);
		return SIGNATURE_BAD;
	}
	verdict = signature_verify_bytes(pool_cert_key(signer), list->crl.outer_algorithm,
					 list->crl.tbs, list->crl.signature);
	edge_cache_put(edges, key, &list->place, verdict);
	return verdict;
}

/* 6.3.3 (g), (h). */
static bool is_signed_by(struct inquiry *inquiry, const struct listed *list,
			 const struct pool_cert *signer)
{
	switch (check_signature(inquiry, list, signer)) {
	case SIGNATURE_GOOD:
		return true;
	case SIGNATURE_UNSUPPORTED:
		return refuse(inquiry, CRL_UNSUPPORTED, "RFC 5280 6.3.3 (g)");
	default:
		return refuse(inquiry, CRL_UNSIGNED, "RFC 5280 6.3.3 (g)");
	}
}

/* cRLSign, where there is a key usage; in an anchor only if what it says counts. */
static bool may_sign(const struct inquiry *inquiry, const struct pool_cert *signer)
{
	const struct facts *facts = pool_cert_facts(signer);

	if (signer == inquiry->anchor &&
	    !(inquiry->judge->rules->anchor_checks & ANCHOR_CONSTRAINTS))
		return true;
	return !facts->has_usage || facts->usage & KEY_USAGE_CRL_SIGN;
}

static bool has_path(struct inquiry *inquiry, const struct pool_cert *signer)
{
	struct revocation *revocation = inquiry->revocation;
	bool good;

	if (revocation->depth == DEPTH_OF_SIGNERS)
		return met_bound(inquiry);
	revocation->depth++;
	good = revocation->reaches(revocation->search, signer, inquiry->anchor);
	revocation->depth--;
	return good;
}

/* 6.3.3 (f): the issuer and the anchor on the certificate's own path are judged with it.
 */
static bool is_signer(struct inquiry *inquiry, const struct listed *list,
		      const struct pool_cert *signer)
{
	if (!is_signed_by(inquiry, list, signer))
		return false;
	if (!may_sign(inquiry, signer))
		return refuse_by(inquiry, CRL_NOT_ALLOWED, "RFC 5280 6.3.3 (f)", signer);
	if (signer != inquiry->issuer && signer != inquiry->anchor &&
	    !has_path(inquiry, signer))
		return refuse_by(inquiry, CRL_NO_PATH, "RFC 5280 6.3.3 (f)", signer);
	return true;
}

static bool key_id_speaks_against(const struct crl *crl, const struct pool_cert *signer)
{
	struct span has = pool_cert_facts(signer)->key_id;

	return crl->authority.key_id.n && has.n && !span_eq(crl->authority.key_id, has);
}

/* Certificates that bear the name of the list's issuer, those whose key identifier it
 * names first. */
static size_t candidates(struct inquiry *inquiry, const struct crl *crl,
			 const struct pool_cert **to)
{
	uint64_t hash = name_hash(crl->issuer);
	size_t n = 0;

	if (name_equal(cert_part(&inquiry->issuer->cert, inquiry->issuer->cert.subject),
		       crl->issuer))
		to[n++] = inquiry->issuer;
	for (int against = 0; against <= 1; against++) {
		struct pool_cert *named =
			pool_first_named(inquiry->judge->pool, crl->issuer, hash);

		for (; named && n < SIGNERS_MOST;
		     named = pool_next_named(named, hash))
			if (named != inquiry->issuer &&
			    key_id_speaks_against(crl, named) == against)
				to[n++] = named;
	}
	return n;
}

static const struct pool_cert *find_signer(struct inquiry *inquiry,
					   const struct listed *list)
{
	const struct pool_cert *signers[SIGNERS_MOST];
	size_t n = candidates(inquiry, &list->crl, signers);

	if (!n)
		refuse(inquiry, CRL_UNSIGNED, "RFC 5280 6.3.3 (f)");
	for (size_t i = 0; i < n; i++)
		if (is_signer(inquiry, list, signers[i]))
			return signers[i];
	return NULL;
}

/* 5.2.4 and 6.3.3 (c): may delta be combined with that complete list? */
static bool completes(const struct crl *delta, const struct crl *complete)
{
	return delta->is_delta && complete->version == 2 &&
	       name_equal(delta->issuer, complete->issuer) &&
	       span_eq(delta->scope_value, complete->scope_value) &&
	       span_eq(delta->authority_value, complete->authority_value) &&
	       crl_number_cmp(complete->number, delta->base_number) >= 0 &&
	       crl_number_cmp(complete->number, delta->number) < 0;
}

/* Asks one list. False where it says nothing. */
static bool look_up(struct inquiry *inquiry, const struct crl *crl,
		    struct crl_answer *answer)
{
	const struct cert *cert = &inquiry->cert->cert;
	AUTO(error) err = ERROR_INIT;

	if (!spend(inquiry, crl->entries.n))
		return false;
	if (!crl_look_up(crl, cert_part(cert, cert->issuer),
			 cert_part(cert, cert->serial), answer, &err))
		return refuse_what(inquiry, CRL_BROKEN, "RFC 5280 5.3",
				   span_str("revokedCertificates"));
	if (answer->unknown_critical.n)
		return refuse_strange(inquiry, "RFC 5280 5.3", answer->unknown_critical);
	return true;
}

/* 6.3.3 (h), (i): the newest delta list that counts and can be combined with list. */
static bool ask_delta(struct inquiry *inquiry, const struct listed *list,
		      const struct pool_cert *signer, struct crl_answer *answer)
{
	size_t n;
	const struct listed *delta =
		crl_set_by_issuer(inquiry->revocation->crls, list->crl.issuer, &n);

	for (size_t i = 0; i < n; i++) {
		if (!inquiry->revocation->looks)
			return met_bound(inquiry);
		inquiry->revocation->looks--;
		if (completes(&delta[i].crl, &list->crl) &&
		    is_usable(inquiry, &delta[i].crl) &&
		    is_current(inquiry, &delta[i].crl) &&
		    is_signed_by(inquiry, &delta[i], signer) &&
		    look_up(inquiry, &delta[i].crl, answer))
			return true;
	}
	return false;
}

static void revoke(struct inquiry *inquiry, const struct crl_answer *answer,
		   const struct pool_cert *signer)
{
	inquiry->revoked = true;
	inquiry->why = (struct reason){ .code = FINDING_REVOKED,
					.cert = inquiry->cert,
					.by = signer,
					.when = answer->revoked,
					.number = answer->reason,
					.rule = "RFC 5280 6.3.3 (j)" };
	reason_what(&inquiry->why, span_str(crl_reason_name(answer->reason)));
}

/* 6.3.3 (a), (f) to (k): a list in scope, its delta list, and what they say. False where
 * they say nothing. */
static bool ask_list(struct inquiry *inquiry, const struct listed *list)
{
	struct crl_answer answer = { .listed = false };
	const struct pool_cert *signer;

	if (!is_usable(inquiry, &list->crl))
		return false;
	signer = find_signer(inquiry, list);
	if (!signer)
		return false;
	/* (a)(1)(i): one that is out of date is good together with a delta list of today.
	 */
	if (!ask_delta(inquiry, list, signer, &answer) &&
	    !is_current(inquiry, &list->crl))
		return refuse_when(inquiry, CRL_EXPIRED, "RFC 5280 5.1.2.5",
				   list->crl.next_update);
	if (!answer.listed && !look_up(inquiry, &list->crl, &answer))
		return false;
	if (answer.listed && answer.reason != CRL_REMOVE_FROM_CRL)
		revoke(inquiry, &answer, signer);
	return true;
}

/* 6.3.3 (b), (d), (e), (l). */
static void consider(struct inquiry *inquiry, const struct crl_point *point,
		     const struct listed *list)
{
	uint16_t reasons = point->reasons & list->crl.scope.reasons;

	if (list->crl.is_delta || !(reasons & ~inquiry->reasons))
		return;
	if (!inquiry->revocation->looks) {
		met_bound(inquiry);
		return;
	}
	inquiry->revocation->looks--;
	if (!crl_in_scope(inquiry->judge, inquiry->cert, point, &list->crl))
		refuse(inquiry, CRL_OTHER_SCOPE, "RFC 5280 6.3.3 (b)");
	else if (ask_list(inquiry, list))
		inquiry->reasons |= reasons;
}

static bool is_determined(const struct inquiry *inquiry)
{
	return inquiry->revoked || inquiry->reasons == CRL_REASONS_ALL;
}

static void ask_issuer(struct inquiry *inquiry, const struct crl_point *point,
		       struct span issuer)
{
	size_t n;
	const struct listed *lists =
		crl_set_by_issuer(inquiry->revocation->crls, issuer, &n);

	for (size_t i = 0; i < n && !is_determined(inquiry); i++)
		consider(inquiry, point, &lists[i]);
}

static void ask_point(struct inquiry *inquiry, const struct crl_point *point)
{
	const struct cert *cert = &inquiry->cert->cert;
	struct span names = point->issuer, issuer;

	if (!point->issuer.n)
		ask_issuer(inquiry, point, cert_part(cert, cert->issuer));
	while (!is_determined(inquiry) && crl_next_issuer(&names, &issuer))
		ask_issuer(inquiry, point, issuer);
}

/* Every point of the certificate, then the one that 6.3.3 assumes. */
static void ask_points(struct inquiry *inquiry)
{
	struct crl_point point;
	AUTO(buf) names = BUF_INIT;
	AUTO(error) err = ERROR_INIT;
	struct span points;

	if (!cert_crl_points(&inquiry->cert->cert, &points, &err)) {
		refuse(inquiry, CRL_POINTS_BROKEN, "RFC 5280 4.2.1.13");
		return;
	}
	while (!is_determined(inquiry) && crl_point_next(&points, &point))
		ask_point(inquiry, &point);
	if (is_determined(inquiry))
		return;
	point = crl_point_assumed(&inquiry->cert->cert, &names);
	ask_point(inquiry, &point);
}

/* Finds out about the certificate at that place of the path, into known[index]. */
static void inquire(struct judge *judge, size_t place, size_t index)
{
	struct inquiry inquiry = {
		.judge = judge,
		.revocation = judge->revocation,
		.cert = judge->path[place],
		.issuer = judge->path[place + 1],
		.anchor = judge->path[judge->n - 1],
	};
	struct judged *judged;

	ask_points(&inquiry);
	if (!is_determined(&inquiry)) {
		if (inquiry.reasons)
			refuse(&inquiry, CRL_SOME_REASONS, "RFC 5280 6.3.3 (l)");
		refuse(&inquiry, CRL_ABSENT, "RFC 5280 6.3.3");
	}
	/* Searches for signers may have moved the table meanwhile. */
	judged = &judge->revocation->known[index];
	judged->state = is_determined(&inquiry) && !inquiry.revoked ? GOOD : NOT_GOOD;
	judged->reason = inquiry.why;
}

/* What is known of a certificate under that anchor; found out now if nothing is. NULL
 * where a bound forbids to. */
static const struct judged *judged_at(struct judge *judge, size_t place)
{
	struct revocation *revocation = judge->revocation;
	const struct pool_cert *cert = judge->path[place],
			       *anchor = judge->path[judge->n - 1];
	size_t index = 0;

	while (index < revocation->n_known &&
	       !(revocation->known[index].cert == cert &&
		 revocation->known[index].anchor == anchor))
		index++;
	if (index == KNOWN_MOST)
		return NULL;
	if (index == revocation->n_known) {
		GROW(revocation->known, revocation->n_known, revocation->cap_known);
		revocation->known[revocation->n_known++] =
			(struct judged){ .cert = cert, .anchor = anchor };
		inquire(judge, place, index);
	}
	return &revocation->known[index];
}

static void tell(struct judge *judge, size_t place, const struct judged *judged)
{
	struct reason *reason = reason_add(&judge->reasons, FINDING_REVOCATION_UNKNOWN,
					   judge->path[place], "budget");

	if (judged && judged->state == NOT_GOOD)
		*reason = judged->reason;
	else
		reason->number = judged ? CRL_NO_PATH : CRL_BOUND;
}

bool judge_revocation(struct judge *judge)
{
	size_t before = judge->reasons.n;

	if (!judge->revocation)
		return true;
	/* From the anchor down: what is revoked up there says nothing of those below. */
	for (size_t place = judge->n - 1; place-- > 0;) {
		const struct judged *judged = judged_at(judge, place);

		if (judged && judged->state == GOOD)
			continue;
		tell(judge, place, judged);
		if (judge->mode == JUDGE_FIRST)
			return false;
	}
	return judge->reasons.n == before;
}

struct pool_cert **revocation_signers(struct pool *pool, const struct crl_set *crls,
				      size_t *n)
{
	struct pool_cert **signers = NULL;
	size_t cap = 0;

	*n = 0;
	for (size_t i = 0; i < crl_set_count(crls); i++) {
		const struct listed *list = crl_set_at(crls, i);
		struct pool_cert *named;

		/* They stand in order of their issuers. */
		if (i && name_equal(list->crl.issuer, list[-1].crl.issuer))
			continue;
		named = pool_first_named(pool, list->crl.issuer, list->issuer_hash);
		for (; named; named = pool_next_named(named, list->issuer_hash)) {
			GROW(signers, *n, cap);
			signers[(*n)++] = named;
		}
	}
	return signers;
}
