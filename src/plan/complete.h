/* Completing a chain: AIA CA Issuers as a graph, bridges, caps, and the proof each fetched certificate owes. */
#pragma once

#include "plan/settle.h"
#include "plan/urls.h"
#include "plan/validate.h"

#define FETCH_BYTES_MOST   ((uint32_t)1 << 20)
#define FETCH_MS	   10000
#define FETCH_TARGET_MS	   30000
#define FETCH_DEPTH	   8
#define FETCH_TARGET_MOST  32
#define FETCH_URLS_A_CERT  8
#define FETCH_PKCS7_MOST   32

/*
 * Searches, fetching issuers where nothing completes, until it completes, nothing more can be had, or a
 * cap is met. validation->pool and leaf are set; fills path, fetches, fetch_caps, to_add and
 * fetched_root. Each URL is asked once a run (options->urls remembers).
 */
void complete_chain(struct validation *validation, const struct validate_options *options);
/* The same in the eyes of one client, into path: adds to fetches, to_add and the rest. */
void complete_for(struct validation *validation, const struct validate_options *options,
		  const struct client_rules *client, struct path *path);

/*
 * A certificate that was presented or fetched is in the pool now: makes it an anchor where the user named
 * it (--accept-root) and the store does not distrust it.
 */
enum added { ADDED_LEAF, ADDED_ISSUER };
void settle_added(struct pool_cert *added, enum added as, const struct validate_options *options);

/*
 * Proves itself by its own key, and the user named its fingerprint (--accept-root): a root, or a server's
 * certificate that is its own.
 */
bool accepted_root(const struct cert *cert, enum added as, const struct validate_options *options);
