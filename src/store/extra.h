/*
 * What p11-kit has no word for: origins, notes and richer constraints of an entry, as
 * JSON in the data object that goes with it. Decoded strictly, and every count and length
 * has its bound.
 */
#pragma once

#include "format/format.h"

#define EXTRA_ORIGINS_MOST 64
#define EXTRA_TEXT_MOST    4096 /* of one reference, note, OID or name, in bytes */
/* Fields of an entry, and bytes of a name or value: no column of a record has more. */
#define EXTRA_FIELDS_MOST 64
#define EXTRA_FIELD_MOST  1024

extern const struct p11_kit_extra extra_objects;

/*
 * Brings an entry into the shape that can be written and read back to the same: valid
 * UTF-8, bounded texts, at most EXTRA_ORIGINS_MOST origins (the newest stay), none twice,
 * each with the time it was added; fields in their order, without those that are too
 * long; what no source said of trust becomes intermediate,
 * which trusts nothing by itself.
 */
void extra_settle(struct entry_set *set, struct entry *entry, int64_t now);
/* Whether both say the same of where they come from, whenever it was added. */
bool extra_same_origins(const struct origin *a, const struct origin *b);
