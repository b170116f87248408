/*
 * Does a certificate name the one that was asked for (RFC 9525)? Subject alternative
 * names only: the common name is never read. A wildcard is the whole first label, stands
 * for exactly one label, and has at least two labels after it.
 */
#include "chain/names.h"

#include "chain/path.h"
#include "chain/suffix.h"
#include "x509/name.h"

#include <arpa/inet.h>

/* id-at-commonName; pkcs-9 emailAddress */
#define OID_COMMON_NAME   SPAN("\x55\x04\x03")
#define OID_EMAIL_ADDRESS SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")

static uint8_t lower(uint8_t c)
{
	return c >= 'A' && c <= 'Z' ? (uint8_t)(c + ('a' - 'A')) : c;
}

bool same_letters(struct span a, struct span b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (lower(a.at[i]) != lower(b.at[i]))
			return false;
	return true;
}

bool dns_within(struct span name, struct span base)
{
	if (!base.n)
		return true;
	if (name.n < base.n || !same_letters(span_from(name, name.n - base.n), base))
		return false;
	return name.n == base.n || base.at[0] == '.' ||
	       name.at[name.n - base.n - 1] == '.';
}

static bool is_label_byte(uint8_t c)
{
	c = lower(c);
	return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
}

bool is_ascii(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.at[i] >= 0x80)
			return false;
	return true;
}

bool labels_printable(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.at[i] <= ' ' || name.at[i] > '~' ||
		    (name.at[i] == '.' && (i + 1 == name.n || name.at[i + 1] == '.')))
			return false;
	return true;
}

bool looks_like_ipv4(struct span name)
{
	size_t dots = 0;

	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] == '.')
			dots++;
		else if (name.at[i] < '0' || name.at[i] > '9')
			return false;
	}
	return dots == 3;
}

bool dns_valid(struct span name, enum dns_wildcard wildcard)
{
	size_t label = 0;

	if (wildcard == DNS_WILDCARD && dns_is_wildcard(name))
		name = span_from(name, 2);
	if (!name.n || name.n > 253 || looks_like_ipv4(name))
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] == '.') {
			if (!label)
				return false;
			label = 0;
		} else if (!is_label_byte(name.at[i]) || ++label > 63) {
			return false;
		}
	}
	return label;
}

/* Octets of a local part that need no quotes (RFC 5321 4.1.2), and UTF-8 (RFC 6531 3.3).
 */
static bool is_atom_byte(uint8_t c)
{
	return c > 0x7f || (c > ' ' && c < 0x7f && !strchr("()<>[]:;@\\,\"", c));
}

static bool is_local_part(struct span local)
{
	if (!local.n || local.n > 64)
		return false;
	if (local.n >= 2 && local.at[0] == '"' && local.at[local.n - 1] == '"') {
		/* A quoted pair is another spelling that would have to be undone. */
		for (size_t i = 1; i < local.n - 1; i++)
			if (local.at[i] < ' ' || local.at[i] == '"' ||
			    local.at[i] == '\\' || local.at[i] == 0x7f)
				return false;
		return true;
	}
	for (size_t i = 0; i < local.n; i++)
		if (!is_atom_byte(local.at[i]) ||
		    (local.at[i] == '.' &&
		     (i == 0 || i + 1 == local.n || local.at[i - 1] == '.')))
			return false;
	return true;
}

bool mailbox_split(struct span mailbox, struct span *local, struct span *domain)
{
	size_t at = mailbox.n;

	while (at && mailbox.at[at - 1] != '@')
		at--;
	if (!at)
		return false;
	*local = span_of(mailbox.at, at - 1);
	*domain = span_from(mailbox, at);
	if (!is_local_part(*local))
		return false;
	/* "joe"@example.com is joe@example.com (RFC 5321 4.1.2). */
	if (local->at[0] == '"')
		*local = span_of(local->at + 1, local->n - 2);
	return dns_valid(*domain, DNS_NO_WILDCARD);
}

/* Where byte stands in text, or its end. */
static size_t index_of(struct span text, const char *bytes)
{
	size_t i = 0;

	while (i < text.n && !(text.at[i] && strchr(bytes, text.at[i])))
		i++;
	return i;
}

/* What an authority is made of (RFC 3986 3.2): a backslash, say, is read as a slash by
 * some. */
static bool is_authority(struct span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.at[i] <= ' ' || text.at[i] > '~' ||
		    strchr("\"<>\\^`{|}", text.at[i]))
			return false;
	return true;
}

bool uri_host(struct span uri, struct span *host)
{
	size_t scheme = index_of(uri, ":"), user;

	if (!scheme || uri.n - scheme < 3 || memcmp(uri.at + scheme, "://", 3) != 0)
		return false;
	*host = span_from(uri, scheme + 3);
	host->n = index_of(*host, "/?#");
	if (!is_authority(*host))
		return false;
	user = index_of(*host, "@");
	if (user < host->n)
		*host = span_from(*host, user + 1);
	host->n = index_of(*host, ":");
	return dns_valid(*host, DNS_NO_WILDCARD);
}

/* One label against one with wildcards, each standing for any octets, or none. */
static bool label_fits(struct span pattern, struct span label)
{
	size_t star = index_of(pattern, "*");
	struct span head = span_of(pattern.at, star), rest;

	if (star == pattern.n)
		return same_letters(pattern, label);
	if (label.n < star || !same_letters(head, span_of(label.at, star)))
		return false;
	rest = span_from(pattern, star + 1);
	for (size_t i = star; i <= label.n; i++) {
		/* No second wildcard: what is left must be the label's end. */
		if (index_of(rest, "*") == rest.n)
			return label.n - star >= rest.n &&
			       same_letters(rest, span_from(label, label.n - rest.n));
		if (label_fits(rest, span_from(label, i)))
			return true;
	}
	return false;
}

/* Whether the pattern, with a letter for each wildcard, could be a host. */
static bool pattern_valid(struct span pattern)
{
	char copy[254];

	if (pattern.n >= sizeof(copy))
		return false;
	for (size_t i = 0; i < pattern.n; i++)
		copy[i] = pattern.at[i] == '*' ? 'a' : (char)pattern.at[i];
	return dns_valid(span_of(copy, pattern.n), DNS_NO_WILDCARD);
}

static struct span take_label(struct span *name)
{
	size_t n = index_of(*name, ".");
	struct span label = span_of(name->at, n);

	*name = span_from(*name, n < name->n ? n + 1 : n);
	return label;
}

#define PATTERN_STARS_MOST 4

static bool starts_with_letters(struct span text, const char *letters)
{
	size_t n = strlen(letters);

	return text.n >= n && same_letters(span_of(text.at, n), span_str(letters));
}

/* The last wildcard is not in the last label. */
static bool dot_after_stars(struct span pattern)
{
	size_t i = pattern.n;

	while (i && pattern.at[i - 1] != '*' && pattern.at[i - 1] != '.')
		i--;
	return !i || pattern.at[i - 1] == '.';
}

/* What OpenSSL takes: one, at the beginning or the end of the first label. */
static bool is_partial_wildcard(struct span pattern, size_t stars)
{
	size_t star = index_of(pattern, "*"), dot = index_of(pattern, ".");

	return stars == 1 && star < dot && (!star || star + 1 == dot);
}

/* Label by label, for the clients that take more than a whole first label for a wildcard.
 */
static bool pattern_matches(const struct client_rules *client, struct span pattern,
			    struct span reference)
{
	bool anywhere = client_value(client, CLIENT_WILDCARDS) == WILDCARDS_ANYWHERE;
	size_t stars = 0;

	for (size_t i = 0; i < pattern.n; i++)
		stars += pattern.at[i] == '*';
	if (!stars || stars > PATTERN_STARS_MOST || !pattern_valid(pattern) ||
	    !dot_after_stars(pattern) || starts_with_letters(pattern, "xn--"))
		return false;
	if (!anywhere && !is_partial_wildcard(pattern, stars))
		return false;
	while (pattern.n && reference.n)
		if (!label_fits(take_label(&pattern), take_label(&reference)))
			return false;
	return !pattern.n && !reference.n;
}

/* presented, a dNSName, names reference (RFC 9525 6.3). */
static bool dns_matches(const struct client_rules *client, struct span presented,
			struct span reference)
{
	size_t label;

	if (client_value(client, CLIENT_WILDCARDS) &&
	    pattern_matches(client, presented, reference))
		return true;
	if (!dns_valid(presented, DNS_WILDCARD))
		return false;
	if (!dns_is_wildcard(presented))
		return same_letters(presented, reference);
	if (client_value(client, CLIENT_PUBLIC_SUFFIX) &&
	    wildcard_over_public_suffix(presented))
		return false;
	presented = span_from(presented, 1);
	label = index_of(reference, ".");
	return index_of(span_from(presented, 1), ".") < presented.n - 1 &&
	       same_letters(presented, span_from(reference, label));
}

/* Hosts are compared without case, local parts by their bytes (RFC 5280 7.5). */
static bool mailbox_matches(struct span presented, struct span reference)
{
	struct span local[2], domain[2];

	return mailbox_split(presented, &local[0], &domain[0]) &&
	       mailbox_split(reference, &local[1], &domain[1]) &&
	       span_eq(local[0], local[1]) && same_letters(domain[0], domain[1]);
}

/* What was asked for, ready to compare: the kind of general name and its bytes. */
struct reference {
	enum general_name_kind kind;
	struct span value;
	uint8_t address[16];
};

static bool read_address(struct reference *reference, const char *text)
{
	reference->kind = GENERAL_IP;
	if (inet_pton(AF_INET, text, reference->address) == 1)
		reference->value = span_of(reference->address, 4);
	else if (inet_pton(AF_INET6, text, reference->address) == 1)
		reference->value = span_of(reference->address, 16);
	else
		return false;
	return true;
}

static bool read_reference(struct reference *reference, const struct expected_name *name)
{
	struct span text = span_str(name->text);

	if (name->kind == NAME_IP)
		return read_address(reference, name->text);
	reference->value = text;
	if (name->kind == NAME_EMAIL) {
		reference->kind = GENERAL_EMAIL;
		return true;
	}
	/* An address given as a name is still an address, and no dNSName answers for it.
	 */
	if (read_address(reference, name->text))
		return true;
	reference->kind = GENERAL_DNS;
	/* The final dot of an absolute name is not part of it. */
	if (text.n && text.at[text.n - 1] == '.')
		text.n--;
	reference->value = text;
	return dns_valid(text, DNS_NO_WILDCARD);
}

static bool matches(const struct client_rules *client,
		    const struct general_name *presented,
		    const struct reference *reference)
{
	if (presented->kind != reference->kind)
		return false;
	switch (reference->kind) {
	case GENERAL_DNS:
		return dns_matches(client, presented->value, reference->value);
	case GENERAL_EMAIL:
		return mailbox_matches(presented->value, reference->value);
	default:
		return span_eq(presented->value, reference->value);
	}
}

/* A common name, or e-mail address, of the subject, for clients that read it where no
 * alternative name is of that kind. */
static bool subject_matches(const struct client_rules *client, const struct cert *cert,
			    const struct reference *reference)
{
	struct span wanted =
		reference->kind == GENERAL_DNS ? OID_COMMON_NAME : OID_EMAIL_ADDRESS;
	struct name_attribute attribute;
	struct name_walk walk;

	name_walk_start(&walk, cert_part(cert, cert->subject));
	while (name_walk_next(&walk, &attribute)) {
		AUTO(buf) text = BUF_INIT;
		struct general_name presented = { .kind = reference->kind };

		if (!span_eq(attribute.oid, wanted) ||
		    !name_value_utf8(&text, attribute.tag, attribute.value))
			continue;
		presented.value = buf_span(&text);
		if (matches(client, &presented, reference))
			return true;
	}
	return false;
}

/* A name of that kind keeps the client from reading the subject. */
static bool hides_subject(const struct client_rules *client, enum general_name_kind kind,
			  enum general_name_kind wanted)
{
	return kind == wanted ||
	       (wanted == GENERAL_DNS && (kind == GENERAL_IP || kind == GENERAL_URI) &&
		client_value(client, CLIENT_COMMON_NAME) == COMMON_NAME_IF_NO_SERVER);
}

bool name_matches_certificate(const struct client_rules *client, const struct cert *cert,
			      const struct expected_name *name)
{
	AUTO(error) why = ERROR_INIT;
	struct reference reference;
	struct general_name presented;
	struct span names;
	bool malformed = false, hidden = false;

	if (name->kind == NAME_NONE)
		return true;
	if (!read_reference(&reference, name))
		return false;
	if (!cert_subject_alt_names(cert, &names, &why))
		names = span_of(NULL, 0);
	while (general_name_next(&names, &presented, &malformed)) {
		hidden |= hides_subject(client, presented.kind, reference.kind);
		if (matches(client, &presented, &reference))
			return true;
	}
	return client_value(client, CLIENT_COMMON_NAME) && !hidden &&
	       reference.kind != GENERAL_IP && subject_matches(client, cert, &reference);
}
