/*
 * What a certificate says in its extensions. An extension that breaks its rules is
 * named, no more.
 */
#include "report/details.h"

#include "x509/der.h"
#include "x509/extension.h"
#include "x509/name.h"

#include <arpa/inet.h>

/* An empty text at the end of list; NULL where it is full. */
static struct buf *add_text(struct text_list *list)
{
	if (list->n == DETAILS_MOST) {
		list->cut = true;
		return NULL;
	}
	GROW(list->at, list->n, list->cap);
	list->at[list->n] = (struct buf)BUF_INIT;
	return &list->at[list->n++];
}

static void add_string(struct text_list *list, struct span text)
{
	struct buf *to = add_text(list);

	if (to)
		buf_add(to, text);
}

static void text_list_clear(struct text_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		buf_clear(&list->at[i]);
	mem_free(list->at);
	*list = (struct text_list){ NULL, 0, 0, false };
}

static void add_unreadable(struct details *details, enum ext ext)
{
	add_string(&details->unreadable, span_str(ext_name(ext)));
}

static void add_address(struct buf *out, struct span octets)
{
	char text[INET6_ADDRSTRLEN];
	int family = octets.n == 4 ? AF_INET : AF_INET6;

	if ((octets.n == 4 || octets.n == 16) &&
	    inet_ntop(family, octets.at, text, sizeof(text)))
		buf_add_str(out, text);
	else
		buf_add_hex(out, octets);
}

/* An address, or in name constraints an address and its mask. */
static void add_address_or_range(struct buf *out, struct span octets)
{
	if (octets.n != 8 && octets.n != 32) {
		add_address(out, octets);
		return;
	}
	add_address(out, span_of(octets.at, octets.n / 2));
	buf_add_byte(out, '/');
	add_address(out, span_from(octets, octets.n / 2));
}

static void add_general_name(struct text_list *list, const struct general_name *name)
{
	static const char *const kinds[] = {
		[GENERAL_OTHER] = "other:",       [GENERAL_EMAIL] = "email:",
		[GENERAL_DNS] = "DNS:",           [GENERAL_X400] = "X400:",
		[GENERAL_DIRECTORY] = "name:",    [GENERAL_EDI] = "EDI:",
		[GENERAL_URI] = "URI:",           [GENERAL_IP] = "IP:",
		[GENERAL_REGISTERED_ID] = "OID:",
	};
	struct buf *to = add_text(list);

	if (!to)
		return;
	buf_add_str(to, kinds[name->kind]);
	switch (name->kind) {
	case GENERAL_EMAIL:
	case GENERAL_DNS:
	case GENERAL_URI:
		buf_add(to, name->value);
		break;
	case GENERAL_DIRECTORY:
		name_text(to, name->value);
		break;
	case GENERAL_IP:
		add_address_or_range(to, name->value);
		break;
	case GENERAL_REGISTERED_ID:
		oid_text(to, name->value);
		break;
	default:
		buf_add_hex(to, name->value);
		break;
	}
}

static void read_basic(struct details *details, const struct cert *cert)
{
	struct basic_constraints basic;
	AUTO(error) err = ERROR_INIT;

	details->path_length = -1;
	if (!cert_basic_constraints(cert, &basic, &err)) {
		add_unreadable(details, EXT_BASIC_CONSTRAINTS);
		return;
	}
	details->ca_said = basic.present;
	details->ca = basic.present && basic.ca;
	if (details->ca)
		details->path_length = basic.path_length;
}

static void read_key_usage(struct details *details, const struct cert *cert)
{
	/* The names of RFC 5280 4.2.1.3, in the order of their bits. */
	static const char *const names[] = { "digitalSignature", "nonRepudiation",
					     "keyEncipherment",  "dataEncipherment",
					     "keyAgreement",     "keyCertSign",
					     "cRLSign",          "encipherOnly",
					     "decipherOnly" };
	AUTO(error) err = ERROR_INIT;
	uint16_t bits = 0;
	bool present;

	if (!cert_key_usage(cert, &present, &bits, &err))
		add_unreadable(details, EXT_KEY_USAGE);
	for (size_t i = 0; i < COUNT(names); i++)
		if (bits >> i & 1)
			add_string(&details->key_usage, span_str(names[i]));
}

static void read_purposes(struct details *details, const struct cert *cert)
{
	struct extended_key_usage usage;
	AUTO(error) err = ERROR_INIT;
	struct span rest, oid;
	enum purpose purpose;

	if (!cert_extended_key_usage(cert, &usage, &err)) {
		add_unreadable(details, EXT_EXTENDED_KEY_USAGE);
		return;
	}
	rest = cert_extended_key_usage_oids(cert);
	while (extended_key_usage_next(&rest, &oid)) {
		struct buf *to = add_text(&details->purposes);

		if (!to)
			return;
		if (purpose_of_oid(oid, &purpose))
			buf_add_str(to, purpose_name(purpose));
		else
			oid_text(to, oid);
	}
}

static void read_names(struct details *details, const struct cert *cert)
{
	AUTO(error) err = ERROR_INIT;
	struct general_name name;
	struct span rest;
	bool malformed = false;

	if (!cert_subject_alt_names(cert, &rest, &err)) {
		add_unreadable(details, EXT_SUBJECT_ALT_NAME);
		return;
	}
	while (general_name_next(&rest, &name, &malformed))
		add_general_name(&details->names, &name);
	if (malformed)
		add_unreadable(details, EXT_SUBJECT_ALT_NAME);
}

/* False where a subtree is malformed. */
static bool read_subtrees(struct text_list *list, struct span rest)
{
	struct general_name base;
	bool malformed = false;

	while (general_subtree_next(&rest, &base, &malformed))
		add_general_name(list, &base);
	return !malformed;
}

static void read_name_constraints(struct details *details, const struct cert *cert)
{
	struct name_constraints limits;
	AUTO(error) err = ERROR_INIT;

	if (!cert_name_constraints(cert, &limits, &err) ||
	    (limits.present && (!read_subtrees(&details->permitted, limits.permitted) ||
				!read_subtrees(&details->excluded, limits.excluded))))
		add_unreadable(details, EXT_NAME_CONSTRAINTS);
}

static void add_url(void *list, struct span url)
{
	add_string(list, url);
}

static void read_urls(struct details *details, const struct cert *cert)
{
	AUTO(error) err = ERROR_INIT;

	if (!cert_access_urls(cert, ACCESS_CA_ISSUERS, &details->ca_issuers, add_url,
			      &err) ||
	    !cert_access_urls(cert, ACCESS_OCSP, &details->ocsp, add_url, &err))
		add_unreadable(details, EXT_AUTHORITY_INFO);
}

/* The URIs of one DistributionPoint's fullName (RFC 5280 4.2.1.13). */
static bool read_crl_point(struct text_list *list, struct span point)
{
	struct span name, full;
	struct general_name general;
	bool malformed = false;

	if (!der_take_tag(&point, DER_CONTEXT_CONSTRUCTED(0), &name) ||
	    !der_take_tag(&name, DER_CONTEXT_CONSTRUCTED(0), &full))
		return true;
	while (general_name_next(&full, &general, &malformed))
		if (general.kind == GENERAL_URI)
			add_string(list, general.value);
	return !malformed;
}

static void read_crl_points(struct details *details, const struct cert *cert)
{
	struct span points, point;
	bool good;

	if (!cert_has(cert, EXT_CRL_POINTS))
		return;
	good = der_content(cert_ext(cert, EXT_CRL_POINTS), DER_SEQUENCE, &points);
	while (good && points.n)
		good = der_take_tag(&points, DER_SEQUENCE, &point) &&
		       read_crl_point(&details->crls, point);
	if (!good)
		add_unreadable(details, EXT_CRL_POINTS);
}

static void read_key_ids(struct details *details, const struct cert *cert)
{
	struct authority_key_id authority = { .present = false };
	AUTO(error) err = ERROR_INIT;

	if (!cert_subject_key_id(cert, &details->subject_key_id, &err))
		add_unreadable(details, EXT_SUBJECT_KEY_ID);
	if (cert_authority_key_id(cert, &authority, &err))
		details->authority_key_id = authority.key_id;
	else
		add_unreadable(details, EXT_AUTHORITY_KEY_ID);
}

static void read_critical(struct details *details, const struct cert *cert)
{
	for (size_t i = 0; i < EXT_COUNT; i++)
		if (cert_is_critical(cert, (enum ext)i))
			add_string(&details->critical, span_str(ext_name((enum ext)i)));
	if (cert->unknown_critical.n) {
		struct buf *to = add_text(&details->critical);

		if (to)
			oid_text(to, cert_part(cert, cert->unknown_critical));
	}
}

void details_read(struct details *details, const struct cert *cert)
{
	*details = (struct details){ .path_length = -1 };
	read_basic(details, cert);
	read_key_usage(details, cert);
	read_purposes(details, cert);
	read_names(details, cert);
	read_name_constraints(details, cert);
	read_urls(details, cert);
	read_crl_points(details, cert);
	read_key_ids(details, cert);
	read_critical(details, cert);
}

void details_clear(struct details *details)
{
	text_list_clear(&details->key_usage);
	text_list_clear(&details->purposes);
	text_list_clear(&details->names);
	text_list_clear(&details->permitted);
	text_list_clear(&details->excluded);
	text_list_clear(&details->ca_issuers);
	text_list_clear(&details->ocsp);
	text_list_clear(&details->crls);
	text_list_clear(&details->unreadable);
	text_list_clear(&details->critical);
}
