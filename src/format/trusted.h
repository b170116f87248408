/* OpenSSL's TRUSTED CERTIFICATE: a certificate, and what it says of trust. */
#pragma once

#include "format/format.h"

/* Fills entry from der, which is in arena: certificate, trust, constraints and label. */
MUST_CHECK bool trusted_read(struct entry *entry, struct arena *arena, struct span der,
			     struct error *err);
