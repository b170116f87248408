/* The commands and sentences of a "To fix:". Internal to chain/ and plan/. */
#pragma once

#include "chain/diagnose.h"

/*
 * Each is the caller's to free, and may have several lines: a command, or what must be
 * said before it. NULL: there is nothing to advise.
 */

/* The same question, asked with --fetch or by fetch: gets issuers that are published. */
char *remedy_get_issuers(const struct diagnose_context *context);
/* An issuer that nobody publishes. */
char *remedy_by_hand(const struct diagnose_context *context);
/* A root that the store lacks; hash: of the one that was met. */
char *remedy_trust_root(const struct diagnose_context *context, const char *hash);
/* An anchor that has expired. */
char *remedy_successor(const struct diagnose_context *context);
/* "rootcellar VERB HASH" on an entry of the store; where no command may change that:
 * what to do instead. */
char *remedy_on_entry(const struct diagnose_context *context, const char *verb,
		      const char *hash, const char *instead);
/* The question itself, as it was asked. NULL where it cannot be asked again. */
char *remedy_ask(const struct diagnose_context *context, const char *more);
