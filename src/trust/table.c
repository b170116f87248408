/* Numbers by hash: open addressing over chains. */
#include "trust/table.h"

#include <assert.h>

#define TABLE_LEAST 16
/*
 * A chain that was taken empty keeps its slot, so that the slots behind it stay in reach.
 */
#define EMPTIED UINT32_MAX

static struct table_slot *slot_of(const struct table *table, uint32_t hash)
{
	size_t mask = table->size - 1, i = hash & mask;

	while (table->slots[i].first && table->slots[i].hash != hash)
		i = (i + 1) & mask;
	return &table->slots[i];
}

static void make_slots(struct table *table, size_t size)
{
	struct table old = *table;

	table->size = size;
	table->slots = mem_array(table->size, sizeof(*table->slots));
	for (size_t i = 0; i < old.size; i++) {
		if (old.slots[i].first)
			*slot_of(table, old.slots[i].hash) = old.slots[i];
	}
	mem_free(old.slots);
}

static void make_next(struct table *table, size_t n)
{
	table->next = mem_resize(table->next, n, sizeof(*table->next));
	table->n_next = n;
}

void table_expect(struct table *table, size_t n)
{
	size_t size = TABLE_LEAST;

	assert(n < EMPTIED - 1);
	/* At most half of the slots are used. */
	while (size / 2 < n)
		size *= 2;
	if (size > table->size)
		make_slots(table, size);
	if (n > table->n_next)
		make_next(table, n);
}

static size_t next_size(const struct table *table, uint32_t number)
{
	size_t n = table->n_next ? table->n_next : TABLE_LEAST;

	while (n <= number)
		n *= 2;
	return n;
}

static uint32_t head(const struct table_slot *slot)
{
	return slot->first == 0 || slot->first == EMPTIED ? TABLE_END : slot->first - 1;
}

void table_add(struct table *table, uint32_t hash, uint32_t number)
{
	struct table_slot *slot;

	assert(number < EMPTIED - 1);
	if (table->used >= table->size / 2)
		make_slots(table, table->size ? table->size * 2 : TABLE_LEAST);
	if (number >= table->n_next)
		make_next(table, next_size(table, number));
	slot = slot_of(table, hash);
	if (!slot->first)
		table->used++;
	table->next[number] = head(slot);
	*slot = (struct table_slot){ hash, number + 1 };
}

uint32_t table_first(const struct table *table, uint32_t hash)
{
	return table->size ? head(slot_of(table, hash)) : TABLE_END;
}

void table_drop_first(struct table *table, uint32_t hash)
{
	uint32_t first = table_first(table, hash), next;

	if (first == TABLE_END)
		return;
	next = table->next[first];
	slot_of(table, hash)->first = next == TABLE_END ? EMPTIED : next + 1;
}

void table_clear(struct table *table)
{
	mem_free(table->slots);
	mem_free(table->next);
	*table = (struct table)TABLE_INIT;
}
