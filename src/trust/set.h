/* Sets of entries, one for each certificate, with the indexes that searches use. */
#pragma once

#include "trust/entry.h"

struct set_index;
/* A certificate that is distrusted by name alone: who has it, may distrust it unseen. */
struct blocked {
	struct span issuer; /* whole TLV of the Name */
	struct span serial; /* content of the INTEGER */
	const struct blocked *next;
};
struct entry_set {
	struct entry
		*at; /* in the order added; borrowed pointers die with the next add */
	size_t n, cap;
	struct arena arena;      /* DER, labels, constraints, origins */
	struct set_index *index; /* made when first asked for; NULL: not made */
	const struct blocked *blocked; /* in the arena */
};
#define ENTRY_SET_INIT                       \
	{                                    \
		NULL, 0, 0, ARENA_INIT, NULL, NULL \
	}

/* Distrusts the certificate of that issuer and serial number, which need not be there. */
void set_block(struct entry_set *set, struct span issuer, struct span serial);
bool set_blocks(const struct entry_set *set, const struct cert *cert);
/* Makes room for n more entries at once; more than come cost little. */
void set_expect(struct entry_set *set, size_t n);
/*
 * Adds a copy of entry, whose memory is already in set->arena (or static). Where the
 * certificate is there already: distrust wins, then anchor over intermediate over unsaid
 * over inactive;
 * constraints of two anchors become the union of alternatives; labels and origins are
 * joined. Returns the entry, borrowed.
 */
struct entry *set_add(struct entry_set *set, const struct entry *entry);
/*
 * As set_add for an entry whose memory is elsewhere: everything is copied into the arena.
 */
struct entry *set_add_copy(struct entry_set *set, const struct entry *entry);
/*
 * Without a look for twins: for readers whose caller wants duplicates kept apart (audit,
 * prune).
 */
struct entry *set_append(struct entry_set *set, const struct entry *entry);
/* Union (REF+REF): from is empty afterwards; entries as by set_add. */
void set_take(struct entry_set *set, struct entry_set *from);
void set_copy(struct entry_set *to, const struct entry_set *from);
/* Removes the entries for which remove[i] is true; order kept. */
void set_remove(struct entry_set *set, const bool *remove);
/* By subject text, then SHA-256: the stable order of every output. */
void set_sort(struct entry_set *set);
/*
 * The same order as n numbers of entries, for writers that must not change the set;
 * mem_free.
 */
size_t *set_order(const struct entry_set *set);
void entry_set_clear(struct entry_set *set);

/* NULL where it is not there. Borrowed. */
struct entry *set_find(const struct entry_set *set, const struct cert *cert);
struct entry *set_find_sha256(const struct entry_set *set, const struct sha256 *hash);

/*
 * Look-ups, each by an index that is made at its first use (one pass, about 0.2 us an
 * entry). set_index_make makes that of subjects beforehand: threads may then share the
 * set for set_by_subject, and for nothing else. Each calls found for every match until it
 * returns false.
 */
void set_index_make(const struct entry_set *set);
typedef bool set_found(void *ctx, const struct entry *entry);
void set_by_subject(const struct entry_set *set, struct span name, void *ctx,
		    set_found *found);
void set_by_key(const struct entry_set *set, struct span spki, void *ctx,
		set_found *found);
void set_by_issuer(const struct entry_set *set, struct span name, void *ctx,
		   set_found *found);
