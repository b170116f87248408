/* Which certificates a revocation list is for (RFC 5280 6.3.3 (b)). Internal to chain/.
 */
#pragma once

#include "chain/checks.h"
#include "x509/crl.h"

/*
 * Does crl speak of cert, as point of cert says? Draws on judge->comparisons; false where
 * they run out.
 */
bool crl_in_scope(struct judge *judge, const struct pool_cert *cert,
		  const struct crl_point *point, const struct crl *crl);
/*
 * The point to assume for lists of the certificate's own issuer that no point names: its
 * names, those of the issuer, are written to names.
 */
struct crl_point crl_point_assumed(const struct cert *cert, struct buf *names);
/* The next directory name (a Name) of general names; false where there is none more. */
bool crl_next_issuer(struct span *names, struct span *issuer);
