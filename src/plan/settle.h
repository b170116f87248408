/* What an entry is when its source does not say: one rule for import, validate and reports. */
#pragma once

#include "trust/set.h"

enum settled { SETTLED_ANCHOR, SETTLED_INTERMEDIATE, SETTLED_NOT_A_CA };
/*
 * A self-issued CA certificate (version 1 ones too: they cannot say that they are CAs) is an anchor,
 * another CA certificate an intermediate, all else no business of a store.
 */
enum settled settle_certificate(const struct cert *cert);
/*
 * Gives every entry that says nothing its trust, for judging with a store such as a PEM bundle. What is
 * no CA becomes an intermediate: the path rules will say so where a path meets it.
 */
void settle_trust(struct entry_set *set);
/* --anchors: every certificate is an anchor, self-issued or not, but those that the source distrusts. */
void settle_as_anchors(struct entry_set *set);
