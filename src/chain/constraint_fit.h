/* One name and one subtree (RFC 5280 4.2.1.10), as a client compares them. Internal to
 * chain/. */
#pragma once

#include "chain/client.h"
#include "chain/facts.h"

enum fit {
	FITS_NOT,
	FITS,
	FITS_PARTLY /* a wildcard could, or nobody can tell */
};
/* Does name lie within base, a subtree of its form? */
enum fit constraint_fit(const struct client_rules *client,
			const struct general_name *name, struct span base);
/* Not even a client that compares odd names can make anything of it. */
bool constraint_no_host(const struct client_rules *client,
			const struct general_name *name);
/* What the client cannot compare: it fits no permitted subtree. */
bool constraint_odd_name(const struct client_rules *client, const struct general_name *name);
/*
 * An alternative name of cert that is no host, mailbox or URI, though it says so: no
 * authority could be permitted to issue for it, so it is not a constraint that tells what
 * is wrong.
 */
bool constraint_no_name(const struct client_rules *client, const struct pool_cert *cert,
			const struct general_name *name);

/* Octets that begin with a dot: the hosts below. */
static inline bool constraint_has_dot(struct span base)
{
	return base.n && base.at[0] == '.';
}
