/* The one way a command changes a store: plan shown as a diff, asked or refused, committed, told. */
#pragma once

#include "store/cellar.h"

struct context;

/* The cellar that context means (-s must name one or be absent): begun. */
MUST_CHECK bool change_begin(struct cellar_change *change, struct context *context, struct error *err);
enum change_ask {
	CHANGE_ASKS,		/* without --yes: asks on a terminal, refuses elsewhere */
	CHANGE_ASKS_FOR_TRUST,	/* asks only where the diff adds trust (import, fetch) */
};
/*
 * Shows the diff, asks as DESIGN section 11 says, commits unless --dry-run. Status: GOOD where it was
 * done, planned or nothing was to do; FINDING where the user said no.
 */
enum status change_finish(struct cellar_change *change, struct context *context, enum change_ask ask,
			  struct error *err);
