/* A search under way. Internal to chain/. */
#pragma once

#include "chain/revocation.h"

struct search {
	struct judge judge;
	struct path *out;
	uint32_t budget, steps;
	unsigned lightest;              /* weight of the nearest path so far */
	const struct pool_cert *anchor; /* the only one that counts; NULL: any */
	bool complete;
};

/* The first pass, validation: a path with nothing wrong, or none. */
void search_good(struct search *search);
/*
 * Before the first pass from leaf: measures the pool, and where the rules have revocation
 * lists, makes them ready to be asked in revocation, which the caller clears.
 */
void search_prepare(struct search *search, struct revocation *revocation,
		    const struct pool_cert *leaf);
