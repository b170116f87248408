/*
 * The entries of a revocation list (RFC 5280 5.1.2.6, 5.3). A list has up to millions,
 * and most have no extension: what each costs is what the whole costs.
 */
#include "x509/crl.h"

#include "base/i18n.h"
#include "x509/der.h"
#include "x509/field.h"
#include "x509/name.h"

/* revokedCertificates, on the way through. */
struct walk {
	const struct crl *crl;
	struct span rest;   /* entries that are yet to come */
	struct span issuer; /* of the certificate of the entry: holds until another is
			       named (5.3.3) */
	/* The entry just read. */
	struct span serial;
	struct crl_answer says;
};

static struct walk walk_of(const struct crl *crl)
{
	return (struct walk){ .crl = crl, .rest = crl->entries, .issuer = crl->issuer };
}

/* An INTEGER's octets without those that say nothing: some lists and certificates pad. */
static struct span shortest(struct span number)
{
	while (number.n > 1 && ((number.at[0] == 0 && number.at[1] < 0x80) ||
				(number.at[0] == 0xff && number.at[1] >= 0x80)))
		number = span_from(number, 1);
	return number;
}

static bool take_time(struct span *entry, int64_t *seconds)
{
	struct span text;

	if (der_take_tag(entry, DER_UTC_TIME, &text))
		return field_utc_time(text, seconds);
	return der_take_tag(entry, DER_GENERALIZED_TIME, &text) &&
	       field_generalized_time(text, seconds);
}

/* CRLReason ::= ENUMERATED; 7 is not used. */
static bool take_reason(struct walk *walk, struct span value)
{
	struct span number;

	if (!der_content(value, DER_ENUMERATED, &number) || number.n != 1 ||
	    number.at[0] > CRL_AA_COMPROMISE || number.at[0] == 7)
		return false;
	walk->says.reason = (enum crl_reason)number.at[0];
	/* 5.3.1: in delta lists only. */
	return walk->says.reason != CRL_REMOVE_FROM_CRL || walk->crl->is_delta;
}

static bool check_invalidity_date(struct span value)
{
	struct span text;
	int64_t seconds;

	return der_content(value, DER_GENERALIZED_TIME, &text) &&
	       field_generalized_time(text, &seconds);
}

/* certificateIssuer: the first directory name of them (5.3.3); in an indirect list only.
 */
static bool take_issuer(struct walk *walk, struct span value)
{
	struct general_name name;
	struct span names;
	bool malformed;

	if (!walk->crl->scope.indirect || !der_content(value, DER_SEQUENCE, &names))
		return false;
	while (general_name_next(&names, &name, &malformed))
		if (name.kind == GENERAL_DIRECTORY) {
			walk->issuer = name.value;
			return true;
		}
	return false;
}

/* Extension ::= SEQUENCE { extnID, critical DEFAULT FALSE, extnValue OCTET STRING }. */
static bool take_extension(struct walk *walk, struct span *list)
{
	struct span fields, oid, flag = SPAN("\0"), value;

	if (!der_take_tag(list, DER_SEQUENCE, &fields) ||
	    !der_take_tag(&fields, DER_OID, &oid) || !oid.n ||
	    (fields.n && fields.at[0] == DER_BOOLEAN &&
	     (!der_take_tag(&fields, DER_BOOLEAN, &flag) || flag.n != 1 ||
	      (flag.at[0] != 0 && flag.at[0] != 0xff))) ||
	    !der_content(fields, DER_OCTET_STRING, &value))
		return false;
	if (oid.n == 3 && oid.at[0] == 0x55 && oid.at[1] == 0x1d) {
		switch (oid.at[2]) {
		case 21:
			return take_reason(walk, value);
		case 24:
			return check_invalidity_date(value);
		case 29:
			return take_issuer(walk, value);
		}
	}
	if (flag.at[0] && !walk->says.unknown_critical.n)
		walk->says.unknown_critical = oid;
	return true;
}

/* crlEntryExtensions: in version 2 only (5.1.2.6), and not empty. */
static bool take_extensions(struct walk *walk, struct span entry)
{
	struct span list;

	if (walk->crl->version == 1 || !der_content(entry, DER_SEQUENCE, &list) ||
	    !list.n)
		return false;
	while (list.n)
		if (!take_extension(walk, &list))
			return false;
	return true;
}

/* SEQUENCE { userCertificate, revocationDate, crlEntryExtensions OPTIONAL }. False at the
 * end, and with rest.n at a fault. */
static inline bool walk_next(struct walk *walk)
{
	struct span next = walk->rest, entry;

	if (!next.n || !der_take_tag(&next, DER_SEQUENCE, &entry) ||
	    !der_take_tag(&entry, DER_INTEGER, &walk->serial) || !walk->serial.n)
		return false;
	walk->says.reason = CRL_UNSPECIFIED;
	if (!take_time(&entry, &walk->says.revoked) ||
	    (entry.n && !take_extensions(walk, entry)))
		return false;
	walk->rest = next;
	return true;
}

static bool walk_end(const struct walk *walk, struct error *err)
{
	if (!walk->rest.n)
		return true;
	return error_fail(err, STATUS_INPUT,
			  _("malformed entry at byte %zu (RFC 5280 5.1.2.6, 5.3)"),
			  (size_t)(walk->rest.at - walk->crl->der.at));
}

/* Whether the entry is of that issuer. Most lists name one, and it is compared once. */
static bool is_of(const struct walk *walk, struct span issuer, struct span *compared,
		  bool *same)
{
	if (walk->issuer.at != compared->at)
		*same = name_equal(walk->issuer, issuer);
	*compared = walk->issuer;
	return *same;
}

bool crl_look_up(const struct crl *crl, struct span issuer, struct span serial,
		 struct crl_answer *answer, struct error *err)
{
	struct walk walk = walk_of(crl);
	struct crl_answer found = { .listed = false };
	struct span compared = { NULL, 0 };
	bool same = false;

	serial = shortest(serial);
	while (walk_next(&walk)) {
		if (!span_eq(shortest(walk.serial), serial) ||
		    !is_of(&walk, issuer, &compared, &same))
			continue;
		/* Of two entries for one certificate the one that revokes counts. */
		if (found.listed && found.reason != CRL_REMOVE_FROM_CRL)
			continue;
		found = walk.says;
		found.listed = true;
	}
	if (!walk_end(&walk, err))
		return false;
	found.unknown_critical = walk.says.unknown_critical;
	*answer = found;
	return true;
}

bool crl_entries(const struct crl *crl, void *ctx,
		 void (*found)(void *ctx, struct span issuer, struct span serial,
			       const struct crl_answer *answer),
		 struct error *err)
{
	struct walk walk = walk_of(crl);

	while (walk_next(&walk))
		found(ctx, walk.issuer, walk.serial, &walk.says);
	return walk_end(&walk, err);
}

const char *crl_reason_name(enum crl_reason reason)
{
	static const char *const names[] = {
		[CRL_UNSPECIFIED] = "unspecified",
		[CRL_KEY_COMPROMISE] = "keyCompromise",
		[CRL_CA_COMPROMISE] = "cACompromise",
		[CRL_AFFILIATION_CHANGED] = "affiliationChanged",
		[CRL_SUPERSEDED] = "superseded",
		[CRL_CESSATION_OF_OPERATION] = "cessationOfOperation",
		[CRL_CERTIFICATE_HOLD] = "certificateHold",
		[CRL_REMOVE_FROM_CRL] = "removeFromCRL",
		[CRL_PRIVILEGE_WITHDRAWN] = "privilegeWithdrawn",
		[CRL_AA_COMPROMISE] = "aACompromise",
	};

	return reason < COUNT(names) && names[reason] ? names[reason] : "unknown";
}
