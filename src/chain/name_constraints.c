/*
 * Name constraints. Each certificate's are judged by themselves against each certificate
 * below it, which comes to the same as carrying the intersection of the permitted and the
 * union of the excluded subtrees down the path (RFC 5280 6.1.4 (g)), and cannot grow.
 */
#include "chain/name_constraints.h"

#include "chain/constraint_fit.h"
#include "chain/names.h"
#include "x509/der.h"
#include "x509/name.h"

#include <arpa/inet.h>

/* pkcs-9 emailAddress, and the otherName of RFC 9598. */
#define OID_EMAIL_ADDRESS SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x09\x01")
#define OID_SMTP_UTF8     SPAN("\x2b\x06\x01\x05\x05\x07\x08\x09")
/* id-at-commonName */
#define OID_COMMON_NAME SPAN("\x55\x04\x03")

/* The forms that can be compared here. */
#define FORMS_COMPARED                                                 \
	(1u << GENERAL_DNS | 1u << GENERAL_EMAIL | 1u << GENERAL_URI | \
	 1u << GENERAL_IP | 1u << GENERAL_DIRECTORY)

/* A client can know fewer of them than there are, none that is not compared here. */
bool constraint_known_form(const struct client_rules *client, enum general_name_kind kind)
{
	uint32_t said = client_value(client, CLIENT_NC_KNOWN_FORMS);
	uint32_t known = said ? said & FORMS_COMPARED : FORMS_COMPARED;

	return known >> kind & 1;
}

/*
 * What one look at a name costs, a comparison of DNS names being 1: directory names fold
 * every value, and mailboxes and URIs are split and checked before they are compared.
 */
static uint32_t price(const struct general_name *name, struct span base)
{
	uint32_t octets = (uint32_t)(name->value.n + base.n);

	switch (name->kind) {
	case GENERAL_DIRECTORY:
		return 4 + octets / 8;
	case GENERAL_URI:
		return 2 + octets / 16;
	case GENERAL_EMAIL:
		return 1 + octets / 32;
	default:
		return 1;
	}
}

bool constraint_spend(uint32_t *work, uint32_t units)
{
	if (units > *work) {
		*work = 0;
		return false;
	}
	*work -= units;
	return true;
}

static struct span up_to_empty_directory(struct span list)
{
	struct span rest = list, whole = list;
	struct general_name base;
	bool malformed;

	while (general_subtree_next(&rest, &base, &malformed)) {
		if (base.kind == GENERAL_DIRECTORY && name_empty(base.value))
			return span_of(list.at, list.n - whole.n);
		whole = rest;
	}
	return list;
}

struct name_constraints name_constraints_read(const struct client_rules *client,
					      const struct name_constraints *constraints)
{
	struct name_constraints read = *constraints;

	if (client_value(client, CLIENT_NC_EMPTY_DIRECTORY)) {
		read.permitted = up_to_empty_directory(read.permitted);
		read.excluded = up_to_empty_directory(read.excluded);
	}
	return read;
}

/* What a list of subtrees says of one name. */
struct subtree_answer {
	bool constrained; /* the list has a subtree of the name's form */
	bool whole, partly;
	bool spent;
};

/* The same choice of GeneralName; for some clients IPv4 and IPv6 are two. */
static bool is_same_form(const struct constraint_judge *judge,
			 const struct general_name *name, const struct general_name *base)
{
	return base->kind == name->kind &&
	       (base->kind != GENERAL_IP || base->value.n == 2 * name->value.n ||
		client_value(judge->client, CLIENT_NC_FAMILIES) != FAMILIES_APART);
}

static struct subtree_answer ask_subtrees(const struct constraint_judge *judge,
					  struct span rest,
					  const struct general_name *name)
{
	struct subtree_answer answer = { .constrained = false };
	struct general_name base;
	bool known = constraint_known_form(judge->client, name->kind), malformed = false;

	while (general_subtree_next(&rest, &base, &malformed)) {
		enum fit fits;
		bool same = is_same_form(judge, name, &base);

		if (!constraint_spend(judge->work,
				      same && known ? price(name, base.value) : 1)) {
			answer.spent = true;
			break;
		}
		if (!same)
			continue;
		answer.constrained = true;
		/* OpenSSL compares an SmtpUTF8Mailbox's host with the whole constraint.
		 */
		if (judge->hosts_only && (constraint_has_dot(base.value) ||
					  memchr(base.value.at, '@', base.value.n)))
			continue;
		fits = known ? constraint_fit(judge->client, name, base.value) : FITS_NOT;
		answer.whole |= fits == FITS;
		answer.partly |= fits == FITS_PARTLY;
	}
	return answer;
}

/* ::ffff:a.b.c.d is the IPv4 address under another form: the excluded subtrees of both
 * hold it. */
static bool mapped_excluded(const struct constraint_judge *judge,
			    const struct general_name *name)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	struct general_name inner = { GENERAL_IP, { NULL, 0 } };

	if (name->kind != GENERAL_IP || name->value.n != 16 ||
	    client_value(judge->client, CLIENT_NC_MAPPED) ||
	    !span_starts(name->value, span_of(mapped, sizeof(mapped))))
		return false;
	inner.value = span_from(name->value, sizeof(mapped));
	return ask_subtrees(judge, judge->constraints.excluded, &inner).whole;
}

bool constraint_ignored_form(const struct client_rules *client,
			     enum general_name_kind kind)
{
	return client_value(client, CLIENT_NC_IGNORED_FORMS) >> kind & 1;
}

/* A name of a form that is constrained and that the client cannot compare. */
static enum constraint_verdict judge_unknown(const struct constraint_judge *judge,
					     enum general_name_kind kind, bool excluded)
{
	return constraint_ignored_form(judge->client, kind) && !excluded
		       ? NAMES_ALLOWED
		       : NAMES_UNKNOWN_FORM;
}

/* Addresses that are none, and URIs without an authority outside of an excluded list:
 * Java and GnuTLS compare them with nothing. */
static bool escapes(const struct constraint_judge *judge, const struct general_name *name,
		    bool excluded)
{
	if (client_value(judge->client, CLIENT_NC_ODD_NAMES) != ODD_NEVER)
		return false;
	return name->kind == GENERAL_URI
		       ? !excluded && !memmem(name->value.at, name->value.n, "://", 3)
		       : name->kind == GENERAL_IP && name->value.n != 4 &&
				 name->value.n != 16;
}

/* The client looks at no constraint of that form, whatever it says. */
static bool passes_by(const struct client_rules *client, enum general_name_kind kind)
{
	uint32_t rule = client_value(client, CLIENT_NC_UNKNOWN);

	return !constraint_known_form(client, kind) &&
	       !constraint_ignored_form(client, kind) &&
	       (rule == UNKNOWN_IGNORED || rule == UNKNOWN_REFUSED_IF_CRITICAL);
}

static enum constraint_verdict judge_name(const struct constraint_judge *judge,
					  const struct general_name *name)
{
	struct subtree_answer excluded, permitted;

	if (passes_by(judge->client, name->kind))
		return NAMES_ALLOWED;
	excluded = ask_subtrees(judge, judge->constraints.excluded, name);
	permitted = ask_subtrees(judge, judge->constraints.permitted, name);
	if (!constraint_spend(judge->work, 1) || excluded.spent || permitted.spent)
		return NAMES_TOO_MANY;
	if (!excluded.constrained && !permitted.constrained)
		return NAMES_ALLOWED;
	if (!constraint_known_form(judge->client, name->kind))
		return judge_unknown(judge, name->kind, excluded.constrained);
	if (escapes(judge, name, excluded.constrained))
		return NAMES_ALLOWED;
	if (excluded.whole || excluded.partly || mapped_excluded(judge, name) ||
	    (excluded.constrained && constraint_odd_name(judge->client, name)))
		return NAMES_EXCLUDED;
	if (permitted.constrained &&
	    (!permitted.whole || constraint_odd_name(judge->client, name)))
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

/* What alternative names there are. */
struct forms_met {
	bool email, dns, ip, any;
};

static void note_form(struct forms_met *met, enum general_name_kind kind)
{
	met->any = true;
	met->email |= kind == GENERAL_EMAIL;
	met->dns |= kind == GENERAL_DNS;
	met->ip |= kind == GENERAL_IP;
}

/*
 * A host or mailbox that is none cannot be compared with anything: under constraints of
 * whatever form it is refused, for nobody can say what a client below takes it for.
 */
static bool is_no_name(const struct constraint_judge *judge,
		       const struct general_name *name)
{
	uint32_t rule = client_value(judge->client, CLIENT_NC_ODD_NAMES);

	return (name->kind == GENERAL_DNS || name->kind == GENERAL_EMAIL) &&
	       rule != ODD_COMPARED && rule != ODD_MAILBOXES &&
	       constraint_odd_name(judge->client, name);
}

static enum constraint_verdict judge_alternative(const struct constraint_judge *judge,
						 const struct general_name *name)
{
	enum constraint_verdict verdict = judge_name(judge, name);
	struct general_name mailbox;

	if (verdict == NAMES_ALLOWED && is_no_name(judge, name))
		return NAMES_NOT_PERMITTED;
	if (verdict == NAMES_ALLOWED &&
	    client_value(judge->client, CLIENT_NC_SMTP_UTF8) != SMTP_UTF8_IGNORED &&
	    smtp_utf8_mailbox(name, &mailbox)) {
		struct constraint_judge by_host = *judge;

		by_host.hosts_only = client_value(judge->client, CLIENT_NC_SMTP_UTF8) ==
				     SMTP_UTF8_HOST;
		return judge_name(&by_host, &mailbox);
	}
	return verdict;
}

static enum constraint_verdict judge_alt_names(const struct constraint_judge *judge,
					       struct span names, struct forms_met *met,
					       struct general_name *what)
{
	enum constraint_verdict verdict = NAMES_ALLOWED;
	bool malformed = false;

	while (verdict == NAMES_ALLOWED && general_name_next(&names, what, &malformed)) {
		note_form(met, what->kind);
		verdict = judge_alternative(judge, what);
	}
	return verdict;
}

static bool has_form(const struct constraint_judge *judge, struct span rest,
		     enum general_name_kind kind)
{
	struct general_name base;
	bool malformed = false;

	while (general_subtree_next(&rest, &base, &malformed) &&
	       constraint_spend(judge->work, 1))
		if (base.kind == kind)
			return true;
	return false;
}

static bool constrains(const struct constraint_judge *judge, enum general_name_kind kind)
{
	return has_form(judge, judge->constraints.permitted, kind) ||
	       has_form(judge, judge->constraints.excluded, kind);
}

/*
 * emailAddress in a subject. RFC 5280 4.2.1.10 asks for it where no alternative name is a
 * mailbox; a client that reads the subject reads it in any case.
 */
static enum constraint_verdict judge_subject_emails(const struct constraint_judge *judge,
						    struct span subject,
						    const struct forms_met *met,
						    struct general_name *what)
{
	uint32_t rule = client_value(judge->client, CLIENT_NC_SUBJECT_EMAIL);
	bool alone = rule == EMAIL_ALONE_WITHOUT_ALTERNATIVE, second = false;
	enum constraint_verdict verdict = NAMES_ALLOWED;
	struct name_attribute attribute;
	struct name_walk walk;

	if (rule == EMAIL_IGNORED || (rule != EMAIL_ALWAYS && met->email))
		return NAMES_ALLOWED;
	name_walk_start(&walk, subject);
	while (verdict == NAMES_ALLOWED && name_walk_next(&walk, &attribute)) {
		if (!span_eq(attribute.oid, OID_EMAIL_ADDRESS))
			continue;
		*what = (struct general_name){ GENERAL_EMAIL, attribute.value };
		verdict = alone && second && constrains(judge, GENERAL_EMAIL)
				  ? NAMES_NOT_PERMITTED
				  : judge_name(judge, what);
		second = true;
	}
	return verdict;
}

/* A label that begins or ends with a hyphen is none of a host's (RFC 1123 2.1). */
static bool has_hyphen_at_edge(struct span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.at[i] == '-' && (!i || i + 1 == name.n ||
					  name.at[i - 1] == '.' || name.at[i + 1] == '.'))
			return true;
	return false;
}

static bool looks_like_host(struct span text)
{
	return memchr(text.at, '.', text.n) && dns_valid(text, DNS_WILDCARD) &&
	       !has_hyphen_at_edge(text);
}

/* A common name that a client could take for a host: judged as one, of the bytes given.
 */
static enum constraint_verdict judge_as_host(const struct constraint_judge *judge,
					     struct span text)
{
	struct general_name host = { GENERAL_DNS, text };
	char copy[64];
	uint8_t address[16];

	if (looks_like_ipv4(text) && text.n < sizeof(copy)) {
		memcpy(copy, text.at, text.n);
		copy[text.n] = '\0';
		if (inet_pton(AF_INET, copy, address) == 1)
			host = (struct general_name){ GENERAL_IP, span_of(address, 4) };
	}
	if (client_value(judge->client, CLIENT_NC_COMMON_NAME) == COMMON_NAME_AS_IT_IS)
		return judge_name(judge, &(struct general_name){ GENERAL_DNS, text });
	/* OpenSSL takes every common name for a DNS name, but for one with a wildcard. */
	if (client_value(judge->client, CLIENT_NC_COMMON_NAME) ==
		    COMMON_NAME_WITHOUT_DNS ||
	    (client_value(judge->client, CLIENT_NC_COMMON_NAME) == COMMON_NAME_LAST &&
	     host.kind == GENERAL_DNS)) {
		if (memchr(text.at, '*', text.n) || !memchr(text.at, '.', text.n))
			return NAMES_ALLOWED;
		host = (struct general_name){ GENERAL_DNS, text };
	}
	if (host.kind == GENERAL_DNS && !looks_like_ipv4(text) && !looks_like_host(text))
		return NAMES_ALLOWED;
	return judge_name(judge, &host);
}

/* Whether there are clients that read the common names of a leaf with such alternative
 * names. */
static bool reads_common_name(const struct constraint_judge *judge,
			      const struct forms_met *met)
{
	switch (client_value(judge->client, CLIENT_NC_COMMON_NAME)) {
	case COMMON_NAME_IGNORED:
		return false;
	case COMMON_NAME_WITHOUT_DNS:
	case COMMON_NAME_AS_IT_IS:
	case COMMON_NAME_LAST:
		return !met->dns;
	default:
		/* With mailboxes alone it is nobody's host. */
		return !met->dns && (met->ip || !met->any);
	}
}

/*
 * Nothing here takes a common name for a host, but clients that are fed by this verdict
 * do: an authority that may not issue for a host may not by way of the common name
 * either.
 */
static enum constraint_verdict judge_common_names(const struct constraint_judge *judge,
						  struct span subject,
						  const struct forms_met *met,
						  struct general_name *what)
{
	/* Java reads the most specific one. */
	bool last_alone =
		client_value(judge->client, CLIENT_NC_COMMON_NAME) == COMMON_NAME_LAST;
	enum constraint_verdict verdict = NAMES_ALLOWED, last = NAMES_ALLOWED;
	struct name_attribute attribute;
	struct name_walk walk;

	if (!reads_common_name(judge, met))
		return NAMES_ALLOWED;
	name_walk_start(&walk, subject);
	while (verdict == NAMES_ALLOWED && name_walk_next(&walk, &attribute)) {
		AUTO(buf) text = BUF_INIT;

		if (!span_eq(attribute.oid, OID_COMMON_NAME) ||
		    !name_value_utf8(&text, attribute.tag, attribute.value))
			continue;
		*what = (struct general_name){ GENERAL_DNS, attribute.value };
		last = judge_as_host(judge, buf_span(&text));
		if (!last_alone)
			verdict = last;
	}
	return last_alone ? last : verdict;
}

static uint64_t count_subtrees(struct span rest)
{
	struct general_name base;
	bool malformed = false;
	uint64_t n = 0;

	while (general_subtree_next(&rest, &base, &malformed))
		n++;
	return n;
}

/* More than the client is ready to compare, before it begins to. */
static bool is_beyond_product(const struct constraint_judge *judge, struct span names)
{
	uint64_t most = (uint64_t)client_value(judge->client, CLIENT_NC_PRODUCT) << 10;
	const struct name_constraints *constraints = &judge->constraints;
	struct general_name name;
	bool malformed = false;
	uint64_t n = 0;

	if (!most)
		return false;
	while (general_name_next(&names, &name, &malformed))
		n++;
	return n * (count_subtrees(constraints->permitted) +
		    count_subtrees(constraints->excluded)) >
	       most;
}

enum constraint_verdict name_constraints_judge(const struct constraint_judge *judge,
					       const struct pool_cert *cert, bool is_leaf,
					       struct general_name *what)
{
	struct span subject = cert_part(&cert->cert, cert->cert.subject);
	enum constraint_verdict verdict = NAMES_ALLOWED;
	struct forms_met met = { .any = false };

	*what = (struct general_name){ GENERAL_DIRECTORY, subject };
	if (is_beyond_product(judge, pool_cert_facts(cert)->alt_names))
		return NAMES_TOO_MANY;
	/* Where one directory name is as good as another, so is none. */
	if (!name_empty(subject) ||
	    constraint_ignored_form(judge->client, GENERAL_DIRECTORY))
		verdict = judge_name(judge, what);
	if (verdict == NAMES_ALLOWED)
		verdict = judge_alt_names(judge, pool_cert_facts(cert)->alt_names, &met,
					  what);
	if (verdict == NAMES_ALLOWED)
		verdict = judge_subject_emails(judge, subject, &met, what);
	if (verdict == NAMES_ALLOWED && is_leaf)
		verdict = judge_common_names(judge, subject, &met, what);
	return verdict;
}
