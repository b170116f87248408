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

/* Reasons of branches that were left, and so certificates whose issuer may be asked for. */
#define OTHERS_MOST 64

/* keep.c: what all reasons found so far weigh together. */
unsigned search_weight(const struct search *search);
/* Takes back the reasons found since there were n: those of branches that were left are kept. */
void search_forget(struct search *search, size_t n);
/* The path as it stands goes no further: is it the nearest? Of two that weigh the same,
 * the longer is. */
void search_end_here(struct search *search);
void search_complete_here(struct search *search);

/* The first pass, validation: a path with nothing wrong, or none. */
void search_good(struct search *search);
/*
 * Before the first pass from leaf: measures the pool, and where the rules have revocation
 * lists, makes them ready to be asked in revocation, which the caller clears.
 */
void search_prepare(struct search *search, struct revocation *revocation,
		    const struct pool_cert *leaf);
