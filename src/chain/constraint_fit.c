/* Whether a name lies within a subtree, form by form. */
#include "chain/constraint_fit.h"

#include "chain/names.h"
#include "x509/name.h"

static enum fit fit_if(bool within)
{
	return within ? FITS : FITS_NOT;
}

/* A wildcard reaches into base where one label in its place could make a name within
 * base. */
static bool wildcard_reaches(struct span name, struct span base)
{
	size_t label = 0;

	if (!dns_is_wildcard(name) || !base.n || base.at[0] == '.')
		return false;
	while (label < base.n && base.at[label] != '.')
		label++;
	return label < base.n && same_letters(span_from(base, label), span_from(name, 1));
}

static struct span without_trailing_dot(struct span name)
{
	return name.n && name.at[name.n - 1] == '.' ? span_of(name.at, name.n - 1) : name;
}

/* A leading dot asks for at least one label before it: not in the RFC, common in the
 * field. */
static enum fit fit_dns(const struct client_rules *client, struct span name,
			struct span base)
{
	if (client_value(client, CLIENT_NC_TRAILING_DOT)) {
		name = without_trailing_dot(name);
		base = without_trailing_dot(base);
	}
	if (dns_within(name, base))
		return FITS;
	return !client_value(client, CLIENT_NC_WILDCARDS) && wildcard_reaches(name, base)
		       ? FITS_PARTLY
		       : FITS_NOT;
}

/* ".domain" is every host below it; a host alone that host, for some clients those below,
 * too. */
static enum fit fit_host(const struct client_rules *client, struct span host,
			 struct span base)
{
	if (constraint_has_dot(base) || client_value(client, CLIENT_NC_SUBDOMAINS))
		return fit_if(dns_within(host, base));
	return fit_if(same_letters(host, base));
}

/* At the last @, and by a client that compares odd names whatever stands before it. */
static bool split(const struct client_rules *client, struct span mailbox,
		  struct span *local, struct span *domain)
{
	uint32_t rule = client_value(client, CLIENT_NC_ODD_NAMES);
	const uint8_t *at;

	if (rule != ODD_COMPARED && rule != ODD_NEVER)
		return mailbox_split(mailbox, local, domain);
	at = memrchr(mailbox.at, '@', mailbox.n);
	if (!at)
		return false;
	*local = span_of(mailbox.at, (size_t)(at - mailbox.at));
	*domain = span_from(mailbox, local->n + 1);
	return true;
}

/* With @ one mailbox; else the mailboxes of a host. */
static enum fit fit_email(const struct client_rules *client, struct span name,
			  struct span base)
{
	struct span local[2], domain[2];
	bool folded = client_value(client, CLIENT_NC_LOCAL_CASE);

	if (!base.n)
		return fit_if(client_value(client, CLIENT_NC_EMPTY_BASE) <
			      BASE_IS_OF_HOSTS);
	/* What has no @ is a string to who refuses nothing for being odd. */
	if (!split(client, name, &local[0], &domain[0]))
		return fit_if(client_value(client, CLIENT_NC_ODD_NAMES) == ODD_NEVER &&
			      (folded ? same_letters(name, base) : span_eq(name, base)));
	if (split(client, base, &local[1], &domain[1]))
		return fit_if((folded ? same_letters(local[0], local[1])
				      : span_eq(local[0], local[1])) &&
			      same_letters(domain[0], domain[1]));
	return fit_host(client, domain[0], base);
}

/* The host of a URI, or what OpenSSL takes for it: all from "://" to the next colon or
 * slash. */
static bool host_of(const struct client_rules *client, struct span uri, struct span *host)
{
	const uint8_t *from = memmem(uri.at, uri.n, "://", 3);
	size_t n = 0;

	if (!client_value(client, CLIENT_NC_URI_USER))
		return uri_host(uri, host);
	if (!from)
		return false;
	*host = span_from(uri, (size_t)(from - uri.at) + 3);
	while (n < host->n && host->at[n] != ':')
		n++;
	for (size_t i = 0; n == host->n && i < host->n; i++)
		if (host->at[i] == '/')
			n = i;
	host->n = n;
	return n;
}

static enum fit fit_uri(const struct client_rules *client, struct span name,
			struct span base)
{
	struct span host;

	if (!base.n)
		return fit_if(client_value(client, CLIENT_NC_EMPTY_BASE) <
			      BASE_IS_OF_HOSTS);
	return host_of(client, name, &host) ? fit_host(client, host, base) : FITS_NOT;
}

static enum fit fit_ip(const struct client_rules *client, struct span name,
		       struct span base)
{
	bool by_octets = client_value(client, CLIENT_NC_FAMILIES) == FAMILIES_BY_OCTETS;
	bool as_it_is = client_value(client, CLIENT_NC_ADDRESS_BASE);
	size_t half = base.n / 2;

	if (base.n != 2 * name.n && !by_octets)
		return FITS_NOT;
	for (size_t i = 0; i < half; i++) {
		if (i == name.n)
			return FITS_PARTLY;
		if (((name.at[i] ^ base.at[i]) & base.at[half + i]) ||
		    (as_it_is && base.at[i] & ~base.at[half + i]))
			return FITS_NOT;
	}
	return FITS;
}

static enum fit fit_directory(struct span name, struct span base)
{
	if (name_empty(base) || name_within(name, base))
		return FITS;
	/* What a subtree beyond the bounds of comparison holds is not known. */
	return name_comparable(base) ? FITS_NOT : FITS_PARTLY;
}

enum fit constraint_fit(const struct client_rules *client,
			const struct general_name *name, struct span base)
{
	switch (name->kind) {
	case GENERAL_DNS:
		return fit_dns(client, name->value, base);
	case GENERAL_EMAIL:
		return fit_email(client, name->value, base);
	case GENERAL_URI:
		return fit_uri(client, name->value, base);
	case GENERAL_IP:
		return fit_ip(client, name->value, base);
	default:
		return fit_directory(name->value, base);
	}
}

/* Whether a name of that form can be compared at all; what cannot fits no permitted
 * subtree. */
static bool comparable(const struct general_name *name)
{
	struct span part[2];

	switch (name->kind) {
	case GENERAL_DNS:
		return dns_valid(name->value, DNS_WILDCARD);
	case GENERAL_EMAIL:
		return mailbox_split(name->value, &part[0], &part[1]);
	case GENERAL_URI:
		/* Without a host by name it is refused where URIs are constrained (RFC
		 * 5280 4.2.1.10). */
		return uri_host(name->value, &part[0]);
	case GENERAL_IP:
		return name->value.n == 4 || name->value.n == 16;
	case GENERAL_DIRECTORY:
		return name_comparable(name->value);
	default:
		return true;
	}
}

/* What even a client that compares odd names can make nothing of. */
bool constraint_no_host(const struct client_rules *client,
			const struct general_name *name)
{
	struct span part[2];

	switch (name->kind) {
	case GENERAL_EMAIL:
		return !split(client, name->value, &part[0], &part[1]);
	case GENERAL_URI:
		return !host_of(client, name->value, &part[0]);
	case GENERAL_IP:
		return name->value.n != 4 && name->value.n != 16;
	default:
		return false;
	}
}

bool constraint_odd_name(const struct client_rules *client,
			 const struct general_name *name)
{
	switch (client_value(client, CLIENT_NC_ODD_NAMES)) {
	case ODD_COMPARED:
		return constraint_no_host(client, name);
	case ODD_MAILBOXES:
		return name->kind == GENERAL_EMAIL ? !comparable(name)
						   : constraint_no_host(client, name);
	case ODD_IF_UNPRINTABLE:
		return name->kind == GENERAL_DNS ? !labels_printable(name->value)
						 : !comparable(name);
	case ODD_NEVER:
		/* But for a URI in an excluded list. */
		return name->kind == GENERAL_URI && constraint_no_host(client, name);
	default:
		return !comparable(name);
	}
}

/* Quoted local parts and addresses in brackets are good mailboxes (RFC 2821 4.1.2),
 * though nothing here compares them. */
static bool is_plain(struct span mailbox)
{
	return !memchr(mailbox.at, '"', mailbox.n) && !memchr(mailbox.at, '[', mailbox.n);
}

bool constraint_no_name(const struct client_rules *client, const struct pool_cert *cert,
			const struct general_name *name)
{
	struct span alternatives = pool_cert_facts(cert)->alt_names, text = name->value;

	if (!text.n || text.at < alternatives.at ||
	    text.at >= alternatives.at + alternatives.n)
		return false;
	switch (name->kind) {
	case GENERAL_DNS:
		return constraint_odd_name(client, name);
	case GENERAL_EMAIL:
		return constraint_odd_name(client, name) && is_plain(text);
	case GENERAL_URI:
		/* A relative one. */
		return !memchr(text.at, ':', text.n);
	default:
		return false;
	}
}
