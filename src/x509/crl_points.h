/*
 * Distribution points: where a certificate says that its revocation is published (RFC
 * 5280 4.2.1.13), and which part of it a revocation list says that it holds (5.2.5).
 * Everything borrows.
 */
#pragma once

#include "x509/cert.h"

/* ReasonFlags without bit 0, which is unused: bit n is 1 << n, as the reason codes count.
 */
#define CRL_REASONS_ALL 0x1fe

/* DistributionPointName: a list of names, one relative to an issuer, or nothing. */
struct crl_point_name {
	struct span full;     /* content of GeneralNames; n 0: none */
	struct span relative; /* content of a RelativeDistinguishedName; n 0: none */
};

struct crl_point {
	struct crl_point_name name;
	uint16_t reasons;   /* CRL_REASONS_ALL where none are named */
	struct span issuer; /* cRLIssuer: content of GeneralNames; n 0: absent */
};

/* Content of cRLDistributionPoints, each point well formed; n 0 where absent. */
MUST_CHECK bool cert_crl_points(const struct cert *cert, struct span *points,
				struct error *err);
/* Walks what cert_crl_points gave. */
bool crl_point_next(struct span *points, struct crl_point *point);

/* IssuingDistributionPoint. */
struct crl_scope {
	bool present;
	struct crl_point_name name;
	bool only_users, only_authorities, only_attributes;
	bool indirect;
	uint16_t reasons; /* CRL_REASONS_ALL where onlySomeReasons is absent */
};
/* Reads value, the content of the extension; out is left as it is on failure. */
MUST_CHECK bool crl_scope_read(struct span value, struct crl_scope *out,
			       struct error *err);
