/* Entries: names of what a store says, and when two say the same. */
#include "trust/entry.h"

static const char *const trust_names[] = {
	[TRUST_UNSAID] = "unsaid",
	[TRUST_ANCHOR] = "anchor",
	[TRUST_INTERMEDIATE] = "intermediate",
	[TRUST_DISTRUSTED] = "distrusted",
	[TRUST_INACTIVE] = "inactive",
};

static const char *const origin_names[] = {
	[ORIGIN_FILE] = "file",
	[ORIGIN_NETWORK] = "network",
	[ORIGIN_SERVER] = "server",
	[ORIGIN_USER] = "user",
};

const char *trust_name(enum trust trust)
{
	return trust_names[trust];
}

bool trust_parse(const char *text, enum trust *trust)
{
	for (size_t i = 0; i < COUNT(trust_names); i++) {
		if (strcmp(text, trust_names[i]) == 0) {
			*trust = (enum trust)i;
			return true;
		}
	}
	return false;
}

bool trust_can_be_given(enum trust trust)
{
	return trust == TRUST_ANCHOR || trust == TRUST_INTERMEDIATE ||
	       trust == TRUST_DISTRUSTED;
}

const char *origin_kind_name(enum origin_kind kind)
{
	return origin_names[kind];
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool entry_same_meaning(const struct entry *a, const struct entry *b)
{
	return a->trust == b->trust && same_text(a->label, b->label) &&
	       constraints_equal(a->constraints, b->constraints);
}

const char *entry_field(const struct entry *entry, const char *store, const char *name)
{
	for (const struct field *f = entry->fields; f; f = f->next) {
		if (strcmp(f->store, store) == 0 && strcmp(f->name, name) == 0)
			return f->value;
	}
	return NULL;
}

bool fields_equal(const struct field *a, const struct field *b)
{
	for (; a && b; a = a->next, b = b->next) {
		if (strcmp(a->store, b->store) != 0 || strcmp(a->name, b->name) != 0 ||
		    strcmp(a->value, b->value) != 0)
			return false;
	}
	return !a && !b;
}

const struct field *fields_copy(struct arena *arena, const struct field *from)
{
	const struct field *first = NULL, **end = &first;

	for (; from; from = from->next) {
		struct field *copy = arena_alloc(arena, sizeof(*copy));

		*copy = (struct field){ arena_str(arena, from->store),
					arena_str(arena, from->name),
					arena_str(arena, from->value), NULL };
		*end = copy;
		end = &copy->next;
	}
	return first;
}
