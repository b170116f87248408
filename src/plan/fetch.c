/* What fetching adds to a store. */
#include "plan/fetch.h"


static enum origin_kind origin_of(const struct pool_cert *cert)
{
	switch (cert->from) {
	case FROM_NETWORK:
	case FROM_CACHE:
		return ORIGIN_NETWORK;
	case FROM_SERVER:
		return ORIGIN_SERVER;
	default:
		return ORIGIN_FILE;
	}
}

size_t fetch_add(struct entry_set *set, const struct validation *validation, int64_t now)
{
	size_t before = set->n;

	for (size_t i = 0; i < validation->n_to_add; i++) {
		const struct pool_cert *cert = validation->to_add[i];
		const struct origin origin = {
			.kind = origin_of(cert),
			.ref = cert->source ? cert->source : validation->target,
			.added = now,
		};
		const struct entry entry = {
			.cert = cert->cert,
			/* complete_chain makes an anchor only of a root that the user named. */
			.trust = cert->trust == TRUST_ANCHOR ? TRUST_ANCHOR : TRUST_INTERMEDIATE,
			.origin = &origin,
		};

		set_add_copy(set, &entry);
	}
	return set->n - before;
}

void fetch_for_entry(struct validation *validation, const struct entry *entry,
		     const struct validate_options *options)
{
	struct validate_options mine = *options;
	struct entry_set alone = ENTRY_SET_INIT;
	char hash[SHA256_TEXT];
	struct sha256 id = cert_sha256(&entry->cert);

	mine.rules.purpose = PURPOSE_ANY;
	mine.rules.name.kind = NAME_NONE;
	mine.hostname = NULL;
	mine.asked = ASKED_ENTRY;
	set_append(&alone, entry);
	sha256_hex(&id, hash);
	validate_chain(validation, hash, &alone, NULL, FROM_STORE, &mine);
	entry_set_clear(&alone);
}

void fetch_incomplete(const struct entry_set *set, const struct validate_options *options,
		      bool *hits)
{
	struct validate_options offline = *options;

	offline.fetch = false;
	offline.others = NULL;
	for (size_t i = 0; i < set->n; i++) {
		struct validation validation = VALIDATION_INIT;

		hits[i] = false;
		if (set->at[i].trust != TRUST_INTERMEDIATE)
			continue;
		fetch_for_entry(&validation, &set->at[i], &offline);
		hits[i] = validation.verdict != VERDICT_COMPLETE;
		validation_clear(&validation);
	}
}
