/* Public suffixes (publicsuffix.org), through libpsl at the first use. Internal to chain/. */
#pragma once

#include "base/span.h"

/* name, a dNSName, is a wildcard right over a public suffix, the private ones of the list
 * included: "*.co.uk". */
bool wildcard_over_public_suffix(struct span name);
