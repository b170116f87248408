/* What reader and writer of the p11-kit format share. */
#pragma once

#include "format/format.h"
#include "format/purposes.h"

/*
 * Data objects of ours: the extra of an entry, and its purposes where its key cannot tell
 * them.
 */
#define P11_APPLICATION      "rootcellar"
#define P11_APPLICATION_OURS "rootcellar-purposes"

/* Appends the date as NSS and p11-kit write it: "241130235959Z". */
void p11_kit_date(struct buf *out, int64_t at);
/* Reads every object of body; faults go to the sink as skipped parts. */
void p11_kit_read(struct span body, size_t first_line, const struct p11_kit_extra *extra,
		  struct entry_sink *sink);
/*
 * The same of objects that are known already, whose bytes are in the arena of the sink's
 * set.
 */
struct p11_object;
void p11_kit_join(const struct p11_object *objects, size_t n, struct entry_sink *sink);
