/* Two stores made comparable, whatever their formats can say. */
#include "plan/alike.h"

#include "plan/settle.h"

static bool states_trust(const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].trust != TRUST_UNSAID)
			return true;
	}
	return false;
}

static bool has_labels(const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].label)
			return true;
	}
	return false;
}

static void drop_labels(struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		set->at[i].label = NULL;
}

/* A store without any labels has no word for them: they are not compared then. */
static void label_alike(struct entry_set *a, struct entry_set *b)
{
	if (!has_labels(a))
		drop_labels(b);
	else if (!has_labels(b))
		drop_labels(a);
}

void settle_alike(struct entry_set *a, struct entry_set *b)
{
	label_alike(a, b);
	if (!states_trust(a) && !states_trust(b))
		return;
	settle_trust(a);
	settle_trust(b);
}
