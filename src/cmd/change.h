/* The one way a command changes a store: plan shown as a diff, asked or refused,
 * committed, told. */
#pragma once

#include "store/cellar.h"

struct context;

/* The path of the cellar that context means, to change it or to read its generations: -s must name one (or a place for one), or be
 * absent. mem_free. */
MUST_CHECK bool change_path(char **path, const struct context *context,
			    struct error *err);
/* That cellar, begun. */
MUST_CHECK bool change_begin(struct cellar_change *change, struct context *context,
			     struct error *err);
enum change_ask {
	CHANGE_ASKS,           /* without --yes: asks on a terminal, refuses elsewhere */
	CHANGE_ASKS_FOR_TRUST, /* asks only where the diff adds trust (import, fetch) */
	CHANGE_ASKS_ALWAYS, /* though no entry differs: what was there is lost (--adopt) */
};
/*
 * Shows the diff, asks as DESIGN section 11 says, commits unless --dry-run. Status: GOOD
 * where it was done, planned or nothing was to do; FINDING where the user said no.
 */
enum status change_finish(struct cellar_change *change, struct context *context,
			  enum change_ask ask, struct error *err);
/* The same for a command that has put its own account of the plan into the report
 * already. */
enum status change_publish(struct cellar_change *change, struct context *context,
			   enum change_ask ask, struct error *err);

/*
 * Writes the report, then asks whether to go on: --yes and a yes are CONSENT_GIVEN; where
 * nobody can be asked CONSENT_REFUSED, err filled (STATUS_INPUT); CONSENT_DENIED where
 * the user said no, or the report could not be written (then err is filled).
 */
enum consent {
	CONSENT_GIVEN,
	CONSENT_DENIED,
	CONSENT_REFUSED
};
enum consent change_consent(struct context *context, const char *question,
			    struct error *err);
