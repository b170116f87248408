/* Two stores made comparable, whatever their formats can say. */
#pragma once

#include "trust/set.h"

/*
 * Where one of the sets states trust and the other does not (a cellar against a PEM
 * bundle), each unsaid entry gets the trust that import would give it, so that a diff
 * shows what truly differs.
 */
void settle_alike(struct entry_set *a, struct entry_set *b);
