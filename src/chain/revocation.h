/* Revocation of a whole path by lists (RFC 5280 6.3). Internal to chain/. */
#pragma once

#include "chain/checks.h"
#include "chain/crls.h"

/*
 * Why no list says whether a certificate is revoked: the number of the reason
 * FINDING_REVOCATION_UNKNOWN. In the order of the judgement, so that the greatest of
 * several is of the list that came nearest.
 */
enum crl_refusal {
	CRL_ABSENT,        /* there is none of that issuer */
	CRL_OTHER_SCOPE,   /* it is for other certificates */
	CRL_SOME_REASONS,  /* lists that count hold some reasons of revocation only */
	CRL_POINTS_BROKEN, /* the certificate's own distribution points do not parse */
	CRL_BROKEN,        /* a rule of its form is broken, named in what */
	CRL_STRANGE,       /* it has an unknown critical extension, named in what */
	CRL_WEAK,          /* its signature algorithm is broken, named in what */
	CRL_ENDLESS,       /* it does not say until when it holds */
	CRL_FUTURE,        /* it is of later than now: when */
	CRL_EXPIRED,       /* it held until when */
	CRL_UNSIGNED, /* no certificate that bears the issuer's name made the signature */
	CRL_UNSUPPORTED, /* the signature cannot be checked here */
	CRL_NOT_ALLOWED, /* by may sign no lists */
	CRL_NO_PATH,     /* by has no good path to the same anchor */
	CRL_BOUND,       /* a bound of the search was met before it was judged */
};

/* The refusal of such a reason as the end of a sentence; mem_free. */
char *crl_refusal_words(const struct reason *reason);

struct judged;

/* What one search knows of revocation, nested searches too. */
struct revocation {
	const struct crl_set *crls;
	/*
	 * The search under way, whose budget is spent. reaches: has a certificate that
	 * signs lists a good path to that very anchor? pay: false where so many units of
	 * signature cost are not left.
	 */
	void *search;
	bool (*reaches)(void *search, const struct pool_cert *signer,
			const struct pool_cert *anchor);
	bool (*pay)(void *search, uint32_t units);
	uint64_t octets; /* of lists that may yet be hashed or walked */
	uint32_t looks;  /* at a list for a certificate, still allowed */
	unsigned depth;  /* of searches for a signer within each other */
	struct judged *known;
	size_t n_known, cap_known;
};
void revocation_begin(struct revocation *revocation, const struct crl_set *crls);
void revocation_clear(struct revocation *revocation);

/*
 * Judges every certificate of judge's path below its anchor, which is the last. A reason
 * is added for each that is revoked or of which no list says whether it is; false then.
 * True where judge->revocation is NULL.
 */
bool judge_revocation(struct judge *judge);

/* Draws every certificate that may have signed a list into the pool: signers, to be
 * freed; n of them. */
struct pool_cert **revocation_signers(struct pool *pool, const struct crl_set *crls,
				      size_t *n);
