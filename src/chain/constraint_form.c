/* Whether constraints are of a form that names can be compared with. */
#include "chain/name_constraints.h"

#include "chain/constraint_fit.h"
#include "chain/names.h"
#include "x509/der.h"
#include "x509/name.h"

enum subtree_list {
	SUBTREES_PERMITTED,
	SUBTREES_EXCLUDED
};

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

static bool mask_valid(struct span base)
{
	return (base.n == 8 || base.n == 32) &&
	       is_prefix_mask(span_from(base, base.n / 2));
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

/* A dNSName of no octets excludes every name; as a permitted subtree it is no form
 * of 4.2.1.10. */
static bool empty_base_valid(const struct client_rules *client, enum subtree_list list)
{
	return list == SUBTREES_EXCLUDED || client_value(client, CLIENT_NC_EMPTY_BASE);
}

static bool dot_valid(const struct client_rules *client, struct span base)
{
	return !constraint_has_dot(base) || !client_value(client, CLIENT_NC_LEADING_DOT);
}

/* As Go reads them: of hosts, whose labels must print, and of addresses. */
static bool base_printable(const struct general_name *base)
{
	struct span text = base->value, part[2];

	switch (base->kind) {
	case GENERAL_EMAIL:
		if (memchr(text.at, '@', text.n))
			return mailbox_split(text, &part[0], &part[1]);
		return labels_printable(text);
	case GENERAL_URI:
		return labels_printable(text) && !looks_like_ipv4(text);
	case GENERAL_DNS:
		return labels_printable(text);
	case GENERAL_IP:
		return mask_valid(text);
	default:
		return true;
	}
}

/* As BoringSSL reads them: text, and addresses. */
static bool base_ascii(const struct general_name *base)
{
	switch (base->kind) {
	case GENERAL_DNS:
	case GENERAL_EMAIL:
	case GENERAL_URI:
		return is_ascii(base->value);
	case GENERAL_IP:
		return mask_valid(base->value);
	default:
		return true;
	}
}

static bool base_valid(const struct client_rules *client, const struct general_name *base,
		       enum subtree_list list)
{
	struct span part[2];

	if (client_value(client, CLIENT_NC_FORM) == FORM_PRINTABLE)
		return base_printable(base);
	if (client_value(client, CLIENT_NC_FORM) == FORM_ASCII)
		return base_ascii(base);
	if (!base->value.n && base->kind == GENERAL_DNS)
		return empty_base_valid(client, list);
	switch (base->kind) {
	case GENERAL_DNS:
		return host_base_valid(base->value) && dot_valid(client, base->value);
	case GENERAL_URI:
		return !base->value.n || host_base_valid(base->value);
	case GENERAL_EMAIL:
		return !base->value.n || host_base_valid(base->value) ||
		       mailbox_split(base->value, &part[0], &part[1]);
	case GENERAL_EDI:
		return edi_party_valid(base->value);
	case GENERAL_IP:
		return mask_valid(base->value);
	case GENERAL_DIRECTORY:
		return directory_valid(base->value);
	default:
		return true;
	}
}

/* A constraint of a form that the client does not know, where that alone closes the path.
 */
static bool form_refused(const struct constraint_judge *judge,
			 enum general_name_kind kind)
{
	uint32_t rule = client_value(judge->client, CLIENT_NC_UNKNOWN);

	return !constraint_known_form(judge->client, kind) &&
	       !constraint_ignored_form(judge->client, kind) &&
	       (rule == UNKNOWN_REFUSED ||
		(rule == UNKNOWN_REFUSED_IF_CRITICAL && judge->critical));
}

/* GeneralSubtree with its minimum written out, though it is the default. */
static bool writes_minimum(struct span rest)
{
	struct span subtree, content;
	uint8_t tag;

	while (der_take_tag(&rest, DER_SEQUENCE, &subtree))
		if (der_take(&subtree, &tag, &content) && subtree.n)
			return true;
	return false;
}

static bool minds_form(const struct client_rules *client, enum general_name_kind kind)
{
	switch (client_value(client, CLIENT_NC_FORM)) {
	case FORM_CHECKED:
	case FORM_PRINTABLE:
	case FORM_ASCII:
		return true;
	case FORM_OF_PARTIES:
		return kind == GENERAL_EDI;
	case FORM_OF_PARTIES_AND_ADDRESSES:
		return kind == GENERAL_EDI || kind == GENERAL_IP;
	default:
		return false;
	}
}

static bool subtrees_well_formed(const struct constraint_judge *judge, struct span rest,
				 enum subtree_list list)
{
	struct general_name base;
	bool malformed = false;

	if (client_value(judge->client, CLIENT_EXPLICIT_DEFAULTS) && writes_minimum(rest))
		return false;
	while (general_subtree_next(&rest, &base, &malformed)) {
		if (!constraint_spend(judge->work, 1) || form_refused(judge, base.kind))
			return false;
		/* Java cannot read a DNS name of no octets. */
		if (base.kind == GENERAL_DNS && !base.value.n &&
		    client_value(judge->client, CLIENT_NC_EMPTY_BASE) == BASE_IS_NONE)
			return false;
		if (minds_form(judge->client, base.kind) &&
		    !base_valid(judge->client, &base, list))
			return false;
	}
	return !malformed;
}

bool name_constraints_well_formed(const struct constraint_judge *judge)
{
	return subtrees_well_formed(judge, judge->constraints.permitted,
				    SUBTREES_PERMITTED) &&
	       subtrees_well_formed(judge, judge->constraints.excluded,
				    SUBTREES_EXCLUDED);
}
