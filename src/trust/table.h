/*
 * Numbers by hash, for the indexes of sets and for pairing changes. Numbers of the same
 * hash form a chain, so that many of one kind (one subject, ten thousand certificates)
 * cost no more than few. The caller's hashes are keyed (hash_keyed, name_hash); equal
 * hashes are never taken for equal things.
 */
#pragma once

#include "base/memory.h"

#define TABLE_END UINT32_MAX

struct table_slot {
	uint32_t hash, first; /* first: number + 1; 0 where the slot is empty */
};
struct table {
	struct table_slot *slots;
	size_t size, used; /* size is 0 or a power of two */
	uint32_t *next;    /* by number: the next of its chain */
	size_t n_next;
};
#define TABLE_INIT                  \
	{                           \
		NULL, 0, 0, NULL, 0 \
	}

/* Makes room at once for numbers below n, where so many are to come. */
void table_expect(struct table *table, size_t n);
/* Puts number at the head of the chain of hash. A number is added at most once. */
void table_add(struct table *table, uint32_t hash, uint32_t number);
/*
 * The chain of hash: its first number and the one after number; TABLE_END where there is
 * none.
 */
uint32_t table_first(const struct table *table, uint32_t hash);
static inline uint32_t table_next(const struct table *table, uint32_t number)
{
	return table->next[number];
}
/* Takes the first number of the chain of hash away; TABLE_END where there is none. */
void table_drop_first(struct table *table, uint32_t hash);
void table_clear(struct table *table);
