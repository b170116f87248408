/* Critical extensions that nobody here knows (RFC 5280 4.2). Internal to chain/. */
#pragma once

#include "chain/client.h"
#include "chain/facts.h"

/* What must be refused: its OID in content octets or its name, as text for a message;
 * false where there is none. */
struct buf;
bool critical_unknown(struct buf *text, const struct pool_cert *cert,
		      const struct client_rules *client);
/*
 * TLS features (RFC 7633 4.2.2): each that issuer lists, its child lists too. An issuer
 * without the extension asks for nothing.
 */
bool tls_features_kept(const struct cert *issuer, const struct cert *child);
