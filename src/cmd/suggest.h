/* "Did you mean": the nearest of the words that would have been right. */
#pragma once

#include "base/memory.h"

/* Offer words one by one; nearest is NULL where none comes near. Words are borrowed. */
struct suggestion {
	const char *typed;
	const char *nearest;
	size_t distance; /* of nearest; the bound where there is none */
};
struct suggestion suggestion_for(const char *typed);
void suggestion_offer(struct suggestion *suggestion, const char *word);
