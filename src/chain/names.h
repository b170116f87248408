/* DNS names, mailboxes and addresses as certificates write them, for RFC 9525 and for
 * name constraints. Internal to chain/. */
#pragma once

#include "base/span.h"

/* The bytes are equal but for the case of ASCII letters. */
bool same_letters(struct span a, struct span b);
/* name is base or ends in "." and base, by whole labels; an empty base holds every name.
 */
bool dns_within(struct span name, struct span base);
/* Labels of 1 to 63 letters, digits, hyphens and underscores, 253 in all; "*" alone as
 * the first where allowed. */
enum dns_wildcard {
	DNS_NO_WILDCARD,
	DNS_WILDCARD
};
bool dns_valid(struct span name, enum dns_wildcard wildcard);
static inline bool dns_is_wildcard(struct span name)
{
	return name.n > 2 && name.at[0] == '*' && name.at[1] == '.';
}
bool is_ascii(struct span text);
/* What Go calls a domain name: octets that print, and no empty label after another. */
bool labels_printable(struct span name);
/* Four numbers with dots between: an IPv4 address, which no DNS name may look like. */
bool looks_like_ipv4(struct span name);

/* local@domain, split at the last @; false where either side is no valid one (RFC
 * 5321 4.1.2). */
bool mailbox_split(struct span mailbox, struct span *local, struct span *domain);
/* The host of scheme://[user@]host[:port]...; false where there is none, or it is no DNS
 * name. */
bool uri_host(struct span uri, struct span *host);
