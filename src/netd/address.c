/* Addresses: the special ranges of RFC 6890 and what they mean for a fetch. */
#include "netd/address.h"

#include <arpa/inet.h>

bool address_from(struct address *address, const struct sockaddr *from)
{
	*address = (struct address){ .family = from->sa_family };
	if (from->sa_family == AF_INET) {
		struct sockaddr_in v4;

		memcpy(&v4, from, sizeof(v4));
		memcpy(address->at, &v4.sin_addr, 4);
		return true;
	}
	if (from->sa_family == AF_INET6) {
		struct sockaddr_in6 v6;

		memcpy(&v6, from, sizeof(v6));
		memcpy(address->at, &v6.sin6_addr, 16);
		return true;
	}
	return false;
}

bool address_parse(struct address *address, const char *text)
{
	struct address read = { .family = AF_INET };

	if (inet_pton(AF_INET, text, read.at) != 1) {
		read.family = AF_INET6;
		if (inet_pton(AF_INET6, text, read.at) != 1)
			return false;
	}
	*address = read;
	return true;
}

const char *address_text(const struct address *address, char to[ADDRESS_TEXT])
{
	if (!inet_ntop(address->family, address->at, to, ADDRESS_TEXT))
		to[0] = '\0';
	return to;
}

bool address_eq(const struct address *a, const struct address *b)
{
	return a->family == b->family &&
	       memcmp(a->at, b->at, a->family == AF_INET ? 4 : 16) == 0;
}

bool addresses_have(const struct addresses *list, const struct address *address)
{
	for (size_t i = 0; i < list->n; i++)
		if (address_eq(&list->at[i], address))
			return true;
	return false;
}

void addresses_add(struct addresses *list, const struct address *address)
{
	if (list->n < ADDRESSES_MOST && !addresses_have(list, address))
		list->at[list->n++] = *address;
}

/* The first bits of an address, and what that range is. */
struct range {
	uint8_t prefix[16];
	unsigned bits;
	enum address_class class;
};

static const struct range v4_ranges[] = {
	{ { 0 }, 8, ADDRESS_LINK_LOCAL }, /* "this network": reaches the host itself */
	{ { 10 }, 8, ADDRESS_PRIVATE },   /* RFC 1918 */
	{ { 100, 64 }, 10, ADDRESS_PRIVATE }, /* shared by carriers (RFC 6598) */
	{ { 127 }, 8, ADDRESS_LOOPBACK },
	{ { 169, 254 }, 16, ADDRESS_LINK_LOCAL }, /* clouds hand out secrets here */
	{ { 172, 16 }, 12, ADDRESS_PRIVATE },
	{ { 192, 0, 0 }, 24, ADDRESS_PRIVATE }, /* protocol assignments (RFC 6890) */
	{ { 192, 0, 2 }, 24, ADDRESS_PRIVATE }, /* documentation (RFC 5737) */
	{ { 192, 168 }, 16, ADDRESS_PRIVATE },
	{ { 198, 18 }, 15, ADDRESS_PRIVATE }, /* benchmarks (RFC 2544) */
	{ { 198, 51, 100 }, 24, ADDRESS_PRIVATE },
	{ { 203, 0, 113 }, 24, ADDRESS_PRIVATE },
	{ { 224 }, 3, ADDRESS_LINK_LOCAL }, /* multicast, reserved, broadcast */
};

static const struct range v6_ranges[] = {
	{ { [15] = 1 }, 128, ADDRESS_LOOPBACK },
	{ { 0 }, 128, ADDRESS_LINK_LOCAL }, /* unspecified: the host itself */
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 },
	  48,
	  ADDRESS_PRIVATE },                  /* local NAT64 (RFC 8215) */
	{ { 0x01 }, 64, ADDRESS_LINK_LOCAL }, /* discarded (RFC 6666) */
	{ { 0x20, 0x01, 0x0d, 0xb8 },
	  32,
	  ADDRESS_PRIVATE },                     /* documentation (RFC 3849) */
	{ { 0x3f, 0xff }, 20, ADDRESS_PRIVATE }, /* documentation (RFC 9637) */
	{ { 0x5f }, 16, ADDRESS_PRIVATE },       /* segment routing (RFC 9602) */
	{ { 0xfc }, 7, ADDRESS_PRIVATE },        /* unique local (RFC 4193) */
	{ { 0xfe, 0x80 }, 10, ADDRESS_LINK_LOCAL },
	{ { 0xfe, 0xc0 }, 10, ADDRESS_PRIVATE }, /* site-local, of old (RFC 3879) */
	{ { 0xff }, 8, ADDRESS_LINK_LOCAL },     /* multicast */
};

/* Where an IPv6 address holds an IPv4 one; inverted: every bit (Teredo). */
static const struct holder {
	uint8_t prefix[16];
	unsigned bits, at;
	bool inverted;
} holders[] = {
	{ { [10] = 0xff, [11] = 0xff }, 96, 12, false }, /* IPv4-mapped */
	{ { [8] = 0xff, [9] = 0xff }, 96, 12, false },   /* IPv4-translated (RFC 2765) */
	{ { 0x00, 0x64, 0xff, 0x9b }, 96, 12, false },   /* NAT64 (RFC 6052) */
	{ { 0x00, 0x64, 0xff, 0x9b, 0, 1 }, 48, 12, false },
	{ { 0x20, 0x02 }, 16, 2, false }, /* 6to4 (RFC 3056) */
	{ { 0x20, 0x01 }, 32, 12, true }, /* Teredo (RFC 4380) */
};

static bool has_prefix(const uint8_t *at, const uint8_t *prefix, unsigned bits)
{
	unsigned bytes = bits / 8, rest = bits % 8;
	uint8_t mask = (uint8_t)(0xff00 >> rest);

	if (memcmp(at, prefix, bytes) != 0)
		return false;
	return rest == 0 || (at[bytes] & mask) == (prefix[bytes] & mask);
}

static enum address_class in_ranges(const struct range *ranges, size_t n,
				    const uint8_t *at)
{
	for (size_t i = 0; i < n; i++)
		if (has_prefix(at, ranges[i].prefix, ranges[i].bits))
			return ranges[i].class;
	return ADDRESS_PUBLIC;
}

static enum address_class worse(enum address_class a, enum address_class b)
{
	return a > b ? a : b;
}

static enum address_class v4_class(const uint8_t *at)
{
	return in_ranges(v4_ranges, COUNT(v4_ranges), at);
}

static enum address_class held_class(const uint8_t *at, bool inverted)
{
	uint8_t v4[4];

	for (size_t i = 0; i < sizeof(v4); i++)
		v4[i] = inverted ? (uint8_t)~at[i] : at[i];
	return v4_class(v4);
}

/* IPv4-compatible (::a.b.c.d, RFC 4291 2.5.5.1), but not :: and ::1, which are ranges of
 * their own. */
static bool is_compatible(const uint8_t *at)
{
	static const uint8_t zeros[12];

	return memcmp(at, zeros, 12) == 0 && (at[12] || at[13] || at[14]);
}

/* An interface identifier that holds an IPv4 address (ISATAP, RFC 5214 6.1). */
static bool is_isatap(const uint8_t *at)
{
	return (at[8] & 0xfc) == 0 && at[9] == 0 && at[10] == 0x5e && at[11] == 0xfe;
}

static enum address_class v6_class(const uint8_t *at)
{
	enum address_class class = in_ranges(v6_ranges, COUNT(v6_ranges), at);

	for (size_t i = 0; i < COUNT(holders); i++)
		if (has_prefix(at, holders[i].prefix, holders[i].bits))
			class = worse(class, held_class(at + holders[i].at,
							holders[i].inverted));
	if (is_compatible(at) || is_isatap(at))
		class = worse(class, held_class(at + 12, false));
	return class;
}

enum address_class address_class(const struct address *address)
{
	return address->family == AF_INET ? v4_class(address->at) : v6_class(address->at);
}

bool address_allowed(const struct address_rule *rule, enum address_class class)
{
	if (rule->any)
		return true;
	if (class >= ADDRESS_LINK_LOCAL)
		return false;
	return rule->allow_private || class <= rule->allowed;
}
