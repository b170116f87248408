/* What another store knows of entries that a store holds: purposes and dates, nothing
 * else. */
#include "store/informed.h"

/* Both, the store's own first; lists are shared, and so never changed in place. */
static const struct origin *joined(struct arena *arena, const struct origin *own,
				   const struct origin *other)
{
	const struct origin *first = other, **end = &first;

	for (; own; own = own->next) {
		struct origin *copy = arena_alloc(arena, sizeof(*copy));

		*copy = *own;
		*end = copy;
		end = &copy->next;
	}
	*end = other;
	return first;
}

/* The newest of its origins, in the store's memory: most entries share one. */
static const struct origin *source_of(struct arena *arena, const struct entry *known,
				      const struct origin **last)
{
	struct origin *origin;

	if (!known->origin)
		return NULL;
	if (*last && strcmp((*last)->ref, known->origin->ref) == 0)
		return *last;
	origin = arena_alloc(arena, sizeof(*origin));
	*origin = (struct origin){ .kind = known->origin->kind,
				   .ref = arena_str(arena, known->origin->ref),
				   .added = TIME_NONE };
	return *last = origin;
}

size_t store_inform(struct entry_set *set, const struct entry_set *known)
{
	const struct origin *last = NULL;
	size_t informed = 0;

	for (size_t i = 0; i < set->n; i++) {
		struct entry *entry = &set->at[i];
		const struct entry *other = set_find(known, &entry->cert);

		/* What the store itself says of it is nearer to who reads the store. */
		if (!other || entry->trust != TRUST_ANCHOR || entry->constraints ||
		    other->trust != TRUST_ANCHOR || !other->constraints)
			continue;
		entry->constraints = constraints_copy(&set->arena, other->constraints);
		entry->origin = joined(&set->arena, entry->origin,
				       source_of(&set->arena, other, &last));
		informed++;
	}
	return informed;
}
