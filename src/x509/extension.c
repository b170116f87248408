/*
 * Contents of the extensions of RFC 5280 4.2. The view found them; here each is read when
 * somebody asks. Every failure names its extension; the byte is counted from the
 * beginning of the certificate.
 */
#include "x509/extension.h"

#include "base/i18n.h"
#include "x509/value.h"

/* The most URLs of one access method that are reported: real certificates have one or
 * two. */
#define ACCESS_URLS_MOST 64

/* BasicConstraints ::= SEQUENCE { cA DEFAULT FALSE, pathLenConstraint (0..MAX) OPTIONAL }
 */
static bool read_basic_constraints(const struct cert *cert, struct basic_constraints *out,
				   struct error *err)
{
	struct der in;

	if (!enter_sequence(cert, EXT_BASIC_CONSTRAINTS, &in, err))
		return false;
	if (der_next_is(&in, DER_BOOLEAN)) {
		if (!der_read_boolean(&in, &out->ca, err))
			return false;
		out->default_encoded = !out->ca;
	}
	if (der_left(&in) && !der_read_number(&in, DER_INTEGER, &out->path_length, err))
		return false;
	return der_end(&in, err);
}

bool cert_basic_constraints(const struct cert *cert, struct basic_constraints *out,
			    struct error *err)
{
	struct basic_constraints read = { .path_length = -1 };

	read.present = cert_has(cert, EXT_BASIC_CONSTRAINTS);
	if (read.present && !read_basic_constraints(cert, &read, err))
		return fail_in(EXT_BASIC_CONSTRAINTS, err);
	*out = read;
	return true;
}

/* The nine named bits; the first is the highest of the first octet (X.690 8.6.2.1). */
static uint16_t key_usage_bits(struct span octets)
{
	uint16_t bits = 0;

	for (size_t i = 0; i < 9; i++)
		if (i / 8 < octets.n && octets.at[i / 8] & 0x80 >> i % 8)
			bits |= (uint16_t)(1 << i);
	return bits;
}

bool cert_key_usage(const struct cert *cert, bool *present, uint16_t *bits,
		    struct error *err)
{
	struct der value = value_of(cert, EXT_KEY_USAGE);
	struct span octets;
	unsigned unused;

	if (!cert_has(cert, EXT_KEY_USAGE)) {
		*present = false;
		*bits = 0;
		return true;
	}
	/* Zero bits at the end, which X.690 11.2.2 forbids, are common and say nothing.
	 */
	if (!der_read_bits(&value, DER_BIT_STRING, &octets, &unused, err) ||
	    !der_end(&value, err))
		return fail_in(EXT_KEY_USAGE, err);
	*present = true;
	*bits = key_usage_bits(octets);
	return true;
}

/* One row a purpose: the last octets of its OID stand here once. */
static const struct {
	const char *name, *alias;
	struct span oid;
} purposes[PURPOSE_COUNT] = {
	[PURPOSE_SERVER_AUTH] = { "server-auth", "server", SPAN("\x2b\6\1\5\5\7\3\1") },
	[PURPOSE_CLIENT_AUTH] = { "client-auth", "client", SPAN("\x2b\6\1\5\5\7\3\2") },
	[PURPOSE_CODE_SIGNING] = { "code-signing", "code", SPAN("\x2b\6\1\5\5\7\3\3") },
	[PURPOSE_EMAIL] = { "email", "email-protection", SPAN("\x2b\6\1\5\5\7\3\4") },
	[PURPOSE_TIME_STAMPING] = { "time-stamping", "time",
				    SPAN("\x2b\6\1\5\5\7\3\x08") },
	[PURPOSE_OCSP_SIGNING] = { "ocsp-signing", "ocsp", SPAN("\x2b\6\1\5\5\7\3\x09") },
	[PURPOSE_IPSEC] = { "ipsec", "ipsec-ike", SPAN("\x2b\6\1\5\5\7\3\x11") },
	[PURPOSE_DOCUMENT_SIGNING] = { "document-signing", "document",
				       SPAN("\x2b\6\1\5\5\7\3\x24") },
};
static const struct span any_purpose_oid = SPAN("\x55\x1d\x25\x00");

const char *purpose_name(enum purpose purpose)
{
	return purpose < PURPOSE_COUNT ? purposes[purpose].name : "any";
}

struct span purpose_oid(enum purpose purpose)
{
	return purpose < PURPOSE_COUNT ? purposes[purpose].oid : any_purpose_oid;
}

bool purpose_of_oid(struct span oid, enum purpose *purpose)
{
	if (span_eq(oid, any_purpose_oid)) {
		*purpose = PURPOSE_ANY;
		return true;
	}
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (span_eq(oid, purposes[i].oid)) {
			*purpose = (enum purpose)i;
			return true;
		}
	}
	return false;
}

bool purpose_parse(const char *text, enum purpose *purpose)
{
	uint8_t oid[64];
	size_t n;

	if (strcmp(text, "any") == 0) {
		*purpose = PURPOSE_ANY;
		return true;
	}
	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (strcmp(text, purposes[i].name) == 0 ||
		    strcmp(text, purposes[i].alias) == 0) {
			*purpose = (enum purpose)i;
			return true;
		}
	}
	return oid_parse(text, oid, &n) && purpose_of_oid(span_of(oid, n), purpose);
}

static void add_purpose(struct extended_key_usage *usage, struct span oid)
{
	enum purpose purpose;

	if (!purpose_of_oid(oid, &purpose))
		usage->others++;
	else if (purpose == PURPOSE_ANY)
		usage->any = true;
	else
		usage->purposes |= 1u << purpose;
}

/* ExtKeyUsageSyntax ::= SEQUENCE SIZE (1..MAX) OF KeyPurposeId */
static bool read_extended_key_usage(const struct cert *cert,
				    struct extended_key_usage *out, struct error *err)
{
	struct span oid;
	struct der in;

	if (!enter_filled_sequence(cert, EXT_EXTENDED_KEY_USAGE, &in, err))
		return false;
	while (der_left(&in)) {
		if (!der_read(&in, DER_OID, &oid, err))
			return false;
		add_purpose(out, oid);
	}
	return true;
}

bool cert_extended_key_usage(const struct cert *cert, struct extended_key_usage *out,
			     struct error *err)
{
	struct extended_key_usage read = { .present = cert_has(cert,
							       EXT_EXTENDED_KEY_USAGE) };

	if (read.present && !read_extended_key_usage(cert, &read, err))
		return fail_in(EXT_EXTENDED_KEY_USAGE, err);
	*out = read;
	return true;
}

bool extended_key_usage_next(struct span *rest, struct span *oid)
{
	return der_take_tag(rest, DER_OID, oid);
}

struct span cert_extended_key_usage_oids(const struct cert *cert)
{
	struct span content;

	if (!der_content(cert_ext(cert, EXT_EXTENDED_KEY_USAGE), DER_SEQUENCE, &content))
		return span_of(NULL, 0);
	return content;
}

bool cert_subject_key_id(const struct cert *cert, struct span *id, struct error *err)
{
	struct der value = value_of(cert, EXT_SUBJECT_KEY_ID);
	struct span read = { NULL, 0 };

	if (cert_has(cert, EXT_SUBJECT_KEY_ID) &&
	    (!der_read(&value, DER_OCTET_STRING, &read, err) || !der_end(&value, err)))
		return fail_in(EXT_SUBJECT_KEY_ID, err);
	*id = read;
	return true;
}

/* A field with an IMPLICIT context tag that may be absent; *field is then left as it is.
 */
static bool read_optional(struct der *in, uint8_t tag, struct span *field,
			  struct error *err)
{
	return !der_next_is(in, tag) || der_read(in, tag, field, err);
}

/* AuthorityKeyIdentifier ::= SEQUENCE { [0] keyIdentifier, [1] issuer, [2] serial, all
 * OPTIONAL } */
bool authority_key_id_read(struct der value, struct authority_key_id *out,
			   struct error *err)
{
	struct der in;

	out->present = true;
	return der_enter(&value, DER_SEQUENCE, &in, err) && der_end(&value, err) &&
	       read_optional(&in, DER_CONTEXT(0), &out->key_id, err) &&
	       read_optional(&in, DER_CONTEXT_CONSTRUCTED(1), &out->issuer, err) &&
	       read_optional(&in, DER_CONTEXT(2), &out->serial, err) && der_end(&in, err);
}

bool cert_authority_key_id(const struct cert *cert, struct authority_key_id *out,
			   struct error *err)
{
	struct authority_key_id read = { .present = false };

	if (cert_has(cert, EXT_AUTHORITY_KEY_ID) &&
	    !authority_key_id_read(value_of(cert, EXT_AUTHORITY_KEY_ID), &read, err))
		return fail_in(EXT_AUTHORITY_KEY_ID, err);
	*out = read;
	return true;
}

/* Which choices of GeneralName are constructed: otherName, x400Address, directoryName,
 * ediPartyName. */
static bool general_name_is_constructed(unsigned number)
{
	return number == GENERAL_OTHER || number == GENERAL_X400 ||
	       number == GENERAL_DIRECTORY || number == GENERAL_EDI;
}

/* What the tag says and what RFC 5280 4.2.1.6 gives must be the same. */
static bool read_general_name(uint8_t tag, struct span content, struct general_name *name)
{
	unsigned number = tag & 0x1f;
	struct span inside;

	if ((tag & 0xc0) != 0x80 || number > GENERAL_REGISTERED_ID ||
	    !(tag & 0x20) != !general_name_is_constructed(number))
		return false;
	/* A Name is a CHOICE, so that its tag [4] is explicit (X.680 31.2.7). */
	if (number == GENERAL_DIRECTORY && !der_content(content, DER_SEQUENCE, &inside))
		return false;
	if (number == GENERAL_REGISTERED_ID && !der_oid_well_formed(content))
		return false;
	name->kind = (enum general_name_kind)number;
	name->value = content;
	return true;
}

bool general_name_next(struct span *rest, struct general_name *name, bool *malformed)
{
	struct span content;
	uint8_t tag;

	*malformed = false;
	if (!rest->n)
		return false;
	if (der_take(rest, &tag, &content) && read_general_name(tag, content, name))
		return true;
	*malformed = true;
	return false;
}

bool general_names_check(const struct der *in, struct error *err)
{
	struct span names = der_rest(in);
	struct general_name name;
	bool malformed;

	while (general_name_next(&names, &name, &malformed))
		;
	if (malformed)
		return error_fail(
			err, STATUS_INPUT,
			_("malformed general name before byte %zu (RFC 5280 4.2.1.6)"),
			der_offset(in) + der_left(in) - names.n);
	return true;
}

static bool read_alt_names(const struct cert *cert, enum ext ext, struct span *names,
			   struct error *err)
{
	struct der in;

	if (!cert_has(cert, ext)) {
		*names = span_of(NULL, 0);
		return true;
	}
	if (!enter_filled_sequence(cert, ext, &in, err) || !general_names_check(&in, err))
		return fail_in(ext, err);
	*names = der_rest(&in);
	return true;
}

bool cert_subject_alt_names(const struct cert *cert, struct span *names,
			    struct error *err)
{
	return read_alt_names(cert, EXT_SUBJECT_ALT_NAME, names, err);
}

bool cert_issuer_alt_names(const struct cert *cert, struct span *names, struct error *err)
{
	return read_alt_names(cert, EXT_ISSUER_ALT_NAME, names, err);
}

/* GeneralSubtree ::= SEQUENCE { base, minimum [0] DEFAULT 0, maximum [1] OPTIONAL } */
static bool read_subtree(struct span subtree, struct general_name *base)
{
	struct span content, minimum;
	uint8_t tag;

	if (!der_take(&subtree, &tag, &content) || !read_general_name(tag, content, base))
		return false;
	if (!subtree.n)
		return true;
	/* A minimum of 0 written out is not DER, but says what is meant without it. */
	return der_content(subtree, DER_CONTEXT(0), &minimum) && minimum.n == 1 &&
	       minimum.at[0] == 0;
}

bool general_subtree_next(struct span *rest, struct general_name *base, bool *malformed)
{
	struct span content;

	*malformed = false;
	if (!rest->n)
		return false;
	if (der_take_tag(rest, DER_SEQUENCE, &content) && read_subtree(content, base))
		return true;
	*malformed = true;
	return false;
}

/* [N] GeneralSubtrees ::= SEQUENCE SIZE (1..MAX) OF GeneralSubtree, each of the right
 * form. */
static bool read_subtrees(struct der *in, uint8_t tag, struct span *subtrees,
			  struct error *err)
{
	struct span content, rest;
	struct general_name base;
	bool malformed;

	if (!der_next_is(in, tag))
		return true;
	if (!der_read(in, tag, &content, err))
		return false;
	rest = content;
	while (general_subtree_next(&rest, &base, &malformed))
		;
	if (!content.n || malformed)
		return error_fail(
			err, STATUS_INPUT,
			_("malformed subtree before byte %zu (RFC 5280 4.2.1.10)"),
			der_offset(in) - rest.n);
	*subtrees = content;
	return true;
}

/* NameConstraints ::= SEQUENCE { permittedSubtrees [0], excludedSubtrees [1] }, at least
 * one of them. */
static bool read_name_constraints(const struct cert *cert, struct name_constraints *out,
				  struct error *err)
{
	struct der in;

	return enter_filled_sequence(cert, EXT_NAME_CONSTRAINTS, &in, err) &&
	       read_subtrees(&in, DER_CONTEXT_CONSTRUCTED(0), &out->permitted, err) &&
	       read_subtrees(&in, DER_CONTEXT_CONSTRUCTED(1), &out->excluded, err) &&
	       der_end(&in, err);
}

bool cert_name_constraints(const struct cert *cert, struct name_constraints *out,
			   struct error *err)
{
	struct name_constraints read = { .present =
						 cert_has(cert, EXT_NAME_CONSTRAINTS) };

	if (read.present && !read_name_constraints(cert, &read, err))
		return fail_in(EXT_NAME_CONSTRAINTS, err);
	*out = read;
	return true;
}

/* AccessDescription ::= SEQUENCE { accessMethod OID, accessLocation GeneralName } */
static bool read_access(struct der *in, struct span *method,
			struct general_name *location, struct error *err)
{
	struct der description;
	struct span content;
	uint8_t tag;

	if (!der_enter(in, DER_SEQUENCE, &description, err) ||
	    !der_read(&description, DER_OID, method, err) ||
	    !der_read_any(&description, &tag, &content, err) ||
	    !der_end(&description, err))
		return false;
	if (!read_general_name(tag, content, location))
		return error_fail(
			err, STATUS_INPUT,
			_("malformed general name before byte %zu (RFC 5280 4.2.1.6)"),
			der_offset(in));
	return true;
}

bool cert_access_urls(const struct cert *cert, enum access_method method, void *ctx,
		      void (*found)(void *ctx, struct span url), struct error *err)
{
	static const struct span oids[] = {
		[ACCESS_CA_ISSUERS] = SPAN("\x2b\6\1\5\5\7\x30\2"),
		[ACCESS_OCSP] = SPAN("\x2b\6\1\5\5\7\x30\1"),
	};
	struct general_name location;
	struct span oid;
	struct der in;
	size_t n = 0;

	if (!cert_has(cert, EXT_AUTHORITY_INFO))
		return true;
	if (!enter_filled_sequence(cert, EXT_AUTHORITY_INFO, &in, err))
		return fail_in(EXT_AUTHORITY_INFO, err);
	while (der_left(&in)) {
		if (!read_access(&in, &oid, &location, err))
			return fail_in(EXT_AUTHORITY_INFO, err);
		if (location.kind == GENERAL_URI && span_eq(oid, oids[method]) &&
		    n++ < ACCESS_URLS_MOST)
			found(ctx, location.value);
	}
	return true;
}
