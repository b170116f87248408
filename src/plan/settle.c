/* What an entry is when its source does not say. */
#include "plan/settle.h"

static bool is_ca(const struct cert *cert)
{
	AUTO(error) err = ERROR_INIT;
	struct basic_constraints basic;

	if (!cert_basic_constraints(cert, &basic, &err))
		return false;
	if (basic.present)
		return basic.ca;
	/* Before version 3 there was no way to say it; a self-issued one is a root of that age. */
	return cert->version < 3 && cert_self_issued(cert);
}

enum settled settle_certificate(const struct cert *cert)
{
	if (!is_ca(cert))
		return SETTLED_NOT_A_CA;
	return cert_self_issued(cert) ? SETTLED_ANCHOR : SETTLED_INTERMEDIATE;
}

void settle_trust(struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		struct entry *entry = &set->at[i];

		if (entry->trust == TRUST_UNSAID)
			entry->trust = settle_certificate(&entry->cert) == SETTLED_ANCHOR
					       ? TRUST_ANCHOR
					       : TRUST_INTERMEDIATE;
	}
}

void settle_as_anchors(struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].trust == TRUST_UNSAID)
			set->at[i].trust = TRUST_ANCHOR;
}
