/* How two sets differ: behind `diff`, dry runs, the shrink guard and `undo` alike. */
#pragma once

#include "trust/set.h"

enum change_kind {
	CHANGE_ADDED,
	CHANGE_REMOVED,
	CHANGE_TRUST,        /* same certificate, other trust */
	CHANGE_CONSTRAINTS,  /* same certificate and trust, other constraints */
	CHANGE_LABEL,        /* label only */
	CHANGE_REISSUED,     /* gone and come: same subject, issuer and key */
	CHANGE_CROSS_SIGNED, /* come (or gone) and the other side has a twin of
				another issuer */
	CHANGE_RENEWED,      /* gone and come: same subject, new key */
	CHANGE_KIND_COUNT
};
const char *change_name(enum change_kind kind); /* "added" ...: stable, for machines */

struct change {
	enum change_kind kind;
	const struct entry *before, *after; /* NULL: there is none; borrowed */
	const struct entry *twin; /* CHANGE_CROSS_SIGNED: same subject and key */
};
struct diff {
	struct change *at;
	size_t n, cap;
	size_t count[CHANGE_KIND_COUNT];
	/* How many stopped or began to be anchors; a pair counts as one. */
	size_t anchors_lost, anchors_gained;
};
#define DIFF_INIT                       \
	{                               \
		NULL, 0, 0, { 0 }, 0, 0 \
	}

/* In order of kind, then subject, then SHA-256: stable. The sets must outlive diff. */
void diff_sets(struct diff *diff, const struct entry_set *before,
	       const struct entry_set *after);
/*
 * True where the change gives trust to anything that had none: a new anchor, wider
 * constraints, distrust lifted.
 */
bool diff_adds_trust(const struct diff *diff);
void diff_clear(struct diff *diff);
