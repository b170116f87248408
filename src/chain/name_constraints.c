/*
 * Name constraints. Each certificate's are judged by themselves against each certificate
 * below it, which comes to the same as carrying the intersection of the permitted and the
 * union of the excluded subtrees down the path (RFC 5280 6.1.4 (g)), and cannot grow.
 */
#include "chain/name_constraints.h"

#include "chain/names.h"
#include "x509/der.h"
#include "x509/name.h"

/* pkcs-9 emailAddress, and the otherName of RFC 9598. */
#define OID_EMAIL_ADDRESS SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")
#define OID_SMTP_UTF8     SPAN("\x2b\x06\x01\x05\x05\x07\x08\x09")

enum fit {
	FITS_NOT,
	FITS,
	FITS_PARTLY
};

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

/* A leading dot asks for at least one label before it: not in the RFC, common in the
 * field. */
static enum fit fit_dns(struct span name, struct span base)
{
	if (dns_within(name, base))
		return FITS;
	return wildcard_reaches(name, base) ? FITS_PARTLY : FITS_NOT;
}

/* A host alone is that host's mailboxes, ".domain" those of every host in it, with @ one
 * mailbox. */
static enum fit fit_email(struct span name, struct span base)
{
	struct span local[2], domain[2];

	if (!base.n)
		return FITS;
	if (!mailbox_split(name, &local[0], &domain[0]))
		return FITS_NOT;
	if (mailbox_split(base, &local[1], &domain[1]))
		return fit_if(span_eq(local[0], local[1]) &&
			      same_letters(domain[0], domain[1]));
	if (base.at[0] == '.')
		return fit_if(dns_within(domain[0], base));
	return fit_if(same_letters(domain[0], base));
}

static enum fit fit_uri(struct span name, struct span base)
{
	struct span host;

	if (!base.n)
		return FITS;
	if (!uri_host(name, &host))
		return FITS_NOT;
	return fit_if(base.at[0] == '.' ? dns_within(host, base)
					: same_letters(host, base));
}

static enum fit fit_ip(struct span name, struct span base)
{
	size_t n = name.n;

	if (base.n != 2 * n)
		return FITS_NOT;
	for (size_t i = 0; i < n; i++)
		if ((name.at[i] ^ base.at[i]) & base.at[n + i])
			return FITS_NOT;
	return FITS;
}

static enum fit fit_directory(struct span name, struct span base)
{
	if (name_empty(base) || name_within(name, base))
		return FITS;
	/* What a subtree beyond the bounds of comparison holds is not known. */
	return name_comparable(base) ? FITS_NOT : FITS_PARTLY;
}

static enum fit fit(const struct general_name *name, struct span base)
{
	switch (name->kind) {
	case GENERAL_DNS:
		return fit_dns(name->value, base);
	case GENERAL_EMAIL:
		return fit_email(name->value, base);
	case GENERAL_URI:
		return fit_uri(name->value, base);
	case GENERAL_IP:
		return fit_ip(name->value, base);
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

static bool known_form(enum general_name_kind kind)
{
	return kind == GENERAL_DNS || kind == GENERAL_EMAIL || kind == GENERAL_URI ||
	       kind == GENERAL_IP || kind == GENERAL_DIRECTORY;
}

/* What one look at a name costs, a comparison of DNS names being 1: directory names fold
 * every value. */
static uint32_t price(const struct general_name *name, struct span base)
{
	return name->kind == GENERAL_DIRECTORY
		       ? 4 + (uint32_t)((name->value.n + base.n) / 8)
		       : 1;
}

static bool spend(uint32_t *work, uint32_t units)
{
	if (units > *work) {
		*work = 0;
		return false;
	}
	*work -= units;
	return true;
}

/* What a list of subtrees says of one name. */
struct subtree_answer {
	bool constrained; /* the list has a subtree of the name's form */
	bool whole, partly;
	bool spent;
};

static struct subtree_answer ask_subtrees(struct span rest,
					  const struct general_name *name, uint32_t *work)
{
	struct subtree_answer answer = { .constrained = false };
	struct general_name base;
	bool malformed = false;

	while (general_subtree_next(&rest, &base, &malformed)) {
		enum fit fits;
		bool same = base.kind == name->kind;

		if (!spend(work, same ? price(name, base.value) : 1)) {
			answer.spent = true;
			break;
		}
		if (!same)
			continue;
		answer.constrained = true;
		fits = known_form(name->kind) ? fit(name, base.value) : FITS_NOT;
		answer.whole |= fits == FITS;
		answer.partly |= fits == FITS_PARTLY;
	}
	return answer;
}

/* ::ffff:a.b.c.d is the IPv4 address under another form: the excluded subtrees of both
 * hold it. */
static bool mapped_excluded(const struct general_name *name, struct span excluded,
			    uint32_t *work)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct general_name inner = { GENERAL_IP, { NULL, 0 } };

	if (name->kind != GENERAL_IP || name->value.n != 16 ||
	    !span_starts(name->value, span_of(mapped, sizeof(mapped))))
		return false;
	inner.value = span_from(name->value, sizeof(mapped));
	return ask_subtrees(excluded, &inner, work).whole;
}

static enum constraint_verdict judge_name(const struct name_constraints *constraints,
					  const struct general_name *name, uint32_t *work)
{
	struct subtree_answer excluded = ask_subtrees(constraints->excluded, name, work);
	struct subtree_answer permitted =
		ask_subtrees(constraints->permitted, name, work);

	if (!spend(work, 1) || excluded.spent || permitted.spent)
		return NAMES_TOO_MANY;
	if (!excluded.constrained && !permitted.constrained)
		return NAMES_ALLOWED;
	if (!known_form(name->kind))
		return NAMES_UNKNOWN_FORM;
	if (excluded.whole || excluded.partly ||
	    mapped_excluded(name, constraints->excluded, work) ||
	    (excluded.constrained && !comparable(name)))
		return NAMES_EXCLUDED;
	if (permitted.constrained && (!permitted.whole || !comparable(name)))
		return NAMES_NOT_PERMITTED;
	return NAMES_ALLOWED;
}

/* The mailbox of an SmtpUTF8Mailbox otherName: constrained as an rfc822Name is (RFC 9598
 * 6). */
static bool smtp_utf8_mailbox(const struct general_name *name,
			      struct general_name *mailbox)
{
	struct span rest = name->value, oid, explicit, text;

	if (name->kind != GENERAL_OTHER || !der_take_tag(&rest, DER_OID, &oid) ||
	    !span_eq(oid, OID_SMTP_UTF8) ||
	    !der_take_tag(&rest, DER_CONTEXT_CONSTRUCTED(0), &explicit) ||
	    !der_content(explicit, DER_UTF8_STRING, &text))
		return false;
	*mailbox = (struct general_name){ GENERAL_EMAIL, text };
	return true;
}

static enum constraint_verdict judge_alt_names(const struct facts *ca, struct span names,
					       uint32_t *work, bool *has_email,
					       struct general_name *what)
{
	enum constraint_verdict verdict = NAMES_ALLOWED;
	struct general_name mailbox;
	bool malformed = false;

	while (verdict == NAMES_ALLOWED && general_name_next(&names, what, &malformed)) {
		*has_email |= what->kind == GENERAL_EMAIL;
		verdict = judge_name(&ca->names, what, work);
		if (verdict == NAMES_ALLOWED && smtp_utf8_mailbox(what, &mailbox))
			verdict = judge_name(&ca->names, &mailbox, work);
	}
	return verdict;
}

/* emailAddress in a subject, for certificates that name no mailbox elsewhere (RFC
 * 5280 4.2.1.10). */
static enum constraint_verdict judge_subject_emails(const struct facts *ca,
						    struct span subject, uint32_t *work,
						    struct general_name *what)
{
	enum constraint_verdict verdict = NAMES_ALLOWED;
	struct name_attribute attribute;
	struct name_walk walk;

	name_walk_start(&walk, subject);
	while (verdict == NAMES_ALLOWED && name_walk_next(&walk, &attribute)) {
		if (!span_eq(attribute.oid, OID_EMAIL_ADDRESS))
			continue;
		*what = (struct general_name){ GENERAL_EMAIL, attribute.value };
		verdict = judge_name(&ca->names, what, work);
	}
	return verdict;
}

enum constraint_verdict name_constraints_judge(const struct facts *ca,
					       const struct pool_cert *cert,
					       uint32_t *work, struct general_name *what)
{
	struct span subject = cert_part(&cert->cert, cert->cert.subject);
	enum constraint_verdict verdict = NAMES_ALLOWED;
	bool has_email = false;

	*what = (struct general_name){ GENERAL_DIRECTORY, subject };
	if (!name_empty(subject))
		verdict = judge_name(&ca->names, what, work);
	if (verdict == NAMES_ALLOWED)
		verdict = judge_alt_names(ca, pool_cert_facts(cert)->alt_names, work,
					  &has_email, what);
	if (verdict == NAMES_ALLOWED && !has_email)
		verdict = judge_subject_emails(ca, subject, work, what);
	return verdict;
}

/* Ones, then zeros (RFC 4632 3.1). */
static bool is_prefix_mask(struct span mask)
{
	bool ended = false;

	for (size_t i = 0; i < mask.n * 8; i++) {
		bool bit = mask.at[i / 8] >> (7 - i % 8) & 1;

		if (bit && ended)
			return false;
		ended |= !bit;
	}
	return true;
}

static bool host_base_valid(struct span base)
{
	if (base.n && base.at[0] == '.')
		base = span_from(base, 1);
	return dns_valid(base, DNS_NO_WILDCARD);
}

static bool directory_valid(struct span name)
{
	struct name_attribute attribute;
	struct name_walk walk;

	name_walk_start(&walk, name);
	while (name_walk_next(&walk, &attribute))
		;
	return !walk.malformed;
}

/* EDIPartyName ::= SEQUENCE { nameAssigner [0] OPTIONAL, partyName [1] } */
static bool edi_party_valid(struct span content)
{
	struct span part;

	der_take_tag(&content, DER_CONTEXT_CONSTRUCTED(0), &part);
	return der_take_tag(&content, DER_CONTEXT_CONSTRUCTED(1), &part) && !content.n;
}

static bool base_valid(const struct general_name *base)
{
	struct span part[2];

	switch (base->kind) {
	case GENERAL_DNS:
	case GENERAL_URI:
		return !base->value.n || host_base_valid(base->value);
	case GENERAL_EMAIL:
		return !base->value.n || host_base_valid(base->value) ||
		       mailbox_split(base->value, &part[0], &part[1]);
	case GENERAL_EDI:
		return edi_party_valid(base->value);
	case GENERAL_IP:
		return (base->value.n == 8 || base->value.n == 32) &&
		       is_prefix_mask(span_from(base->value, base->value.n / 2));
	case GENERAL_DIRECTORY:
		return directory_valid(base->value);
	default:
		return true;
	}
}

static bool subtrees_well_formed(struct span rest, uint32_t *work)
{
	struct general_name base;
	bool malformed = false;

	while (general_subtree_next(&rest, &base, &malformed))
		if (!spend(work, 1) || !base_valid(&base))
			return false;
	return !malformed;
}

bool name_constraints_well_formed(const struct name_constraints *constraints,
				  uint32_t *work)
{
	return subtrees_well_formed(constraints->permitted, work) &&
	       subtrees_well_formed(constraints->excluded, work);
}
