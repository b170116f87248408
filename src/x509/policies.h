/*
 * Contents of the four extensions on certificate policies (RFC 5280 4.2.1.4, 4.2.1.5,
 * 4.2.1.11, 4.2.1.14), in the manner of extension.h: present = false where absent, false
 * with err where malformed. The lists are borrowed from the certificate, checked from end
 * to end, and walked without an error.
 */
#pragma once

#include "x509/cert.h"

/* 2.5.29.32.0: content octets. */
bool policy_is_any(struct span oid);

struct certificate_policies {
	bool present, any; /* any: anyPolicy is among them */
	size_t n;          /* at most POLICIES_MOST, anyPolicy included; none twice */
	struct span list;  /* for policy_next */
	struct span odd_qualifier; /* OID of the first qualifier that RFC 5280 does not
				      define; n 0: none */
};
/* No certificate in use has more than some dozens; those of hostile ones are sorted. */
#define POLICIES_MOST 4096
MUST_CHECK bool cert_policies(const struct cert *cert, struct certificate_policies *out,
			      struct error *err);
/* Walks the OIDs (content octets) of certificate_policies.list. */
bool policy_next(struct span *rest, struct span *oid);

struct policy_mappings {
	bool present,
		any; /* any: anyPolicy is mapped, or mapped to, which is forbidden */
	size_t n;
	struct span list; /* for policy_mapping_next */
};
MUST_CHECK bool cert_policy_mappings(const struct cert *cert, struct policy_mappings *out,
				     struct error *err);
/* Walks the pairs of OIDs (issuer's and subject's domain) of policy_mappings.list. */
bool policy_mapping_next(struct span *rest, struct span *from, struct span *to);

/* How many more certificates may follow before it counts; -1: absent. */
struct policy_constraints {
	int32_t require_explicit, inhibit_mapping;
};
MUST_CHECK bool cert_policy_constraints(const struct cert *cert,
					struct policy_constraints *out,
					struct error *err);
MUST_CHECK bool cert_inhibit_any_policy(const struct cert *cert, int32_t *skip,
					struct error *err);

/* Byte order, for sorted lists of OIDs. */
int policy_compare(const void *a, const void *b);
