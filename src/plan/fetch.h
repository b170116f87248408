/* What fetching adds to a store: the proven certificates of chains that complete, and nothing else. */
#pragma once

#include "plan/validate.h"

/*
 * Adds to set what validation found and the store lacks (validation->to_add): intermediates, and roots that
 * the user named. Each gets where it came from as its origin. Returns how many were added.
 */
size_t fetch_add(struct entry_set *set, const struct validation *validation, int64_t now);

/*
 * The intermediates of set that chain to no anchor of it: hits[set->n] is filled. What fetch completes when
 * nothing is named.
 */
void fetch_incomplete(const struct entry_set *set, const struct validate_options *options,
		      bool *hits);

/* Validates one entry of the store itself, fetching what lacks above it, for any purpose. */
void fetch_for_entry(struct validation *validation, const struct entry *entry,
		     const struct validate_options *options);
