/* What a store keeps beside its entries, as its openers add it. */
#pragma once

#include "store/store.h"

/* A part was left out; text is taken over. */
void store_add_skip(struct store *store, char *text);
/* Something is odd; text is taken over. */
void store_add_remark(struct store *store, char *text);
/* part's entries and texts go over to store. */
void store_take_part(struct store *store, struct store *part);
