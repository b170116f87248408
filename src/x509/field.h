/* Fields that certificates and revocation lists have in common. Internal to x509/. */
#pragma once

#include "x509/der.h"

/* AlgorithmIdentifier (RFC 5280 4.1.1.2): the whole TLV. */
MUST_CHECK bool field_algorithm(struct der *in, struct span *whole, struct error *err);
/* Name (RFC 5280 4.1.2.4), well formed: the whole TLV. */
MUST_CHECK bool field_name(struct der *in, struct span *whole, struct error *err);
/* Time (RFC 5280 4.1.2.5). early: a GeneralizedTime before 2050, where a UTCTime belongs.
 */
MUST_CHECK bool field_time(struct der *in, int64_t *seconds, bool *early,
			   struct error *err);
/* Contents of the two forms of a time, in silence. */
bool field_utc_time(struct span text, int64_t *seconds);
bool field_generalized_time(struct span text, int64_t *seconds);
