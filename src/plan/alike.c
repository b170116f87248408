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

void settle_alike(struct entry_set *a, struct entry_set *b)
{
	if (!states_trust(a) && !states_trust(b))
		return;
	settle_trust(a);
	settle_trust(b);
}
