/* OpenSSL's TRUSTED CERTIFICATE: a certificate, and what it says of trust. */
#pragma once

#include "format/format.h"

/* Fills entry from der, which is in arena: certificate, trust, constraints and label. */
MUST_CHECK bool trusted_read(struct entry *entry, struct arena *arena, struct span der,
			     enum trusted_as as, struct error *err);
#define TRUSTED_LABEL "TRUSTED CERTIFICATE"

/*
 * Appends what trusted_read reads: the certificate, and trust, purposes and label behind
 * it. Dates and names that bound an anchor are lost.
 */
void trusted_write(struct buf *out, const struct entry *entry);
/*
 * Whether what OpenSSL makes of the bare certificate, without a word on trust, is
 * material for paths only: it is not self-issued, and a CA.
 */
bool trusted_is_material(const struct cert *cert);
/* Whether it takes the bare certificate for what the entry says, its label left aside. */
bool trusted_is_bare(const struct entry *entry);
