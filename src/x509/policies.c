/* Contents of the extensions on certificate policies. */
#include "x509/policies.h"

#include "base/memory.h"
#include "x509/value.h"

#include <stdlib.h>

bool policy_is_any(struct span oid)
{
	return span_eq(oid, SPAN("\x55\x1d\x20\x00"));
}

int policy_compare(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

static bool read_oid(struct der *in, struct span *oid, struct error *err)
{
	if (!der_read(in, DER_OID, oid, err))
		return false;
	if (!der_oid_well_formed(*oid))
		return error_fail(
			err, STATUS_INPUT,
			_("malformed object identifier before byte %zu (X.690 8.19)"),
			der_offset(in));
	return true;
}

/* The two that RFC 5280 4.2.1.4 defines: a URI, and a notice to users. */
static bool qualifier_is_known(struct span oid)
{
	return span_eq(oid, SPAN("\x2b\6\1\5\5\7\2\1")) ||
	       span_eq(oid, SPAN("\x2b\6\1\5\5\7\2\2"));
}

/* SEQUENCE SIZE (1..MAX) OF SEQUENCE { policyQualifierId OID, qualifier ANY } */
static bool read_qualifiers(struct der *in, struct span *odd, struct error *err)
{
	struct der list, one;
	struct span oid, content;
	uint8_t tag;

	if (!enter_filled(in, &list, err))
		return false;
	while (der_left(&list)) {
		if (!der_enter(&list, DER_SEQUENCE, &one, err) ||
		    !read_oid(&one, &oid, err) ||
		    !der_read_any(&one, &tag, &content, err) || !der_end(&one, err))
			return false;
		if (!odd->n && !qualifier_is_known(oid))
			*odd = oid;
	}
	return true;
}

/* PolicyInformation ::= SEQUENCE { policyIdentifier OID, policyQualifiers OPTIONAL } */
static bool read_policy(struct der *in, struct certificate_policies *out,
			struct error *err)
{
	struct der policy;
	struct span oid;

	if (!der_enter(in, DER_SEQUENCE, &policy, err) || !read_oid(&policy, &oid, err) ||
	    (der_left(&policy) && !read_qualifiers(&policy, &out->odd_qualifier, err)) ||
	    !der_end(&policy, err))
		return false;
	if (out->n++ == POLICIES_MOST)
		return error_fail(err, STATUS_INPUT, _("more than %d policies"),
				  POLICIES_MOST);
	out->any |= policy_is_any(oid);
	return true;
}

/* RFC 5280 4.2.1.4: a policy must not stand there twice. */
static bool check_unlike(const struct certificate_policies *policies, struct error *err)
{
	AUTO_FREE struct span *sorted = mem_array(policies->n, sizeof(*sorted));
	struct span rest = policies->list;

	for (size_t i = 0; i < policies->n; i++)
		policy_next(&rest, &sorted[i]);
	qsort(sorted, policies->n, sizeof(*sorted), policy_compare);
	for (size_t i = 1; i < policies->n; i++)
		if (span_eq(sorted[i - 1], sorted[i]))
			return error_fail(err, STATUS_INPUT,
					  _("a policy stands there twice (RFC 5280 "
					    "4.2.1.4)"));
	return true;
}

static bool read_policies(const struct cert *cert, struct certificate_policies *out,
			  struct error *err)
{
	struct der in;

	if (!enter_filled_sequence(cert, EXT_POLICIES, &in, err))
		return false;
	out->list = der_rest(&in);
	while (der_left(&in))
		if (!read_policy(&in, out, err))
			return false;
	return check_unlike(out, err);
}

bool cert_policies(const struct cert *cert, struct certificate_policies *out,
		   struct error *err)
{
	struct certificate_policies read = { .present = cert_has(cert, EXT_POLICIES) };

	if (read.present && !read_policies(cert, &read, err))
		return fail_in(EXT_POLICIES, err);
	*out = read;
	return true;
}

bool policy_next(struct span *rest, struct span *oid)
{
	struct span policy;

	return der_take_tag(rest, DER_SEQUENCE, &policy) &&
	       der_take_tag(&policy, DER_OID, oid);
}

/* SEQUENCE { issuerDomainPolicy OID, subjectDomainPolicy OID } */
static bool read_mapping(struct der *in, struct policy_mappings *out, struct error *err)
{
	struct der mapping;
	struct span from, to;

	if (!der_enter(in, DER_SEQUENCE, &mapping, err) ||
	    !read_oid(&mapping, &from, err) || !read_oid(&mapping, &to, err) ||
	    !der_end(&mapping, err))
		return false;
	out->n++;
	out->any |= policy_is_any(from) || policy_is_any(to);
	return true;
}

static bool read_mappings(const struct cert *cert, struct policy_mappings *out,
			  struct error *err)
{
	struct der in;

	if (!enter_filled_sequence(cert, EXT_POLICY_MAPPINGS, &in, err))
		return false;
	out->list = der_rest(&in);
	while (der_left(&in))
		if (!read_mapping(&in, out, err))
			return false;
	return true;
}

bool cert_policy_mappings(const struct cert *cert, struct policy_mappings *out,
			  struct error *err)
{
	struct policy_mappings read = { .present = cert_has(cert, EXT_POLICY_MAPPINGS) };

	if (read.present && !read_mappings(cert, &read, err))
		return fail_in(EXT_POLICY_MAPPINGS, err);
	*out = read;
	return true;
}

bool policy_mapping_next(struct span *rest, struct span *from, struct span *to)
{
	struct span mapping;

	return der_take_tag(rest, DER_SEQUENCE, &mapping) &&
	       der_take_tag(&mapping, DER_OID, from) &&
	       der_take_tag(&mapping, DER_OID, to);
}

/* [N] SkipCerts OPTIONAL; SkipCerts ::= INTEGER (0..MAX), of which INT32_MAX is more
 * certificates than any path has. */
static bool read_skip(struct der *in, uint8_t tag, int32_t *skip, struct error *err)
{
	return !der_next_is(in, tag) || der_read_number(in, tag, skip, err);
}

/* SEQUENCE { requireExplicitPolicy [0], inhibitPolicyMapping [1] }, at least one of them
 * (RFC 5280 4.2.1.11). */
static bool read_constraints(const struct cert *cert, struct policy_constraints *out,
			     struct error *err)
{
	struct der in;

	return enter_filled_sequence(cert, EXT_POLICY_CONSTRAINTS, &in, err) &&
	       read_skip(&in, DER_CONTEXT(0), &out->require_explicit, err) &&
	       read_skip(&in, DER_CONTEXT(1), &out->inhibit_mapping, err) &&
	       der_end(&in, err);
}

bool cert_policy_constraints(const struct cert *cert, struct policy_constraints *out,
			     struct error *err)
{
	struct policy_constraints read = { -1, -1 };

	if (cert_has(cert, EXT_POLICY_CONSTRAINTS) && !read_constraints(cert, &read, err))
		return fail_in(EXT_POLICY_CONSTRAINTS, err);
	*out = read;
	return true;
}

bool cert_inhibit_any_policy(const struct cert *cert, int32_t *skip, struct error *err)
{
	struct der value = value_of(cert, EXT_INHIBIT_ANY_POLICY);
	int32_t read = -1;

	if (cert_has(cert, EXT_INHIBIT_ANY_POLICY) &&
	    (!der_read_number(&value, DER_INTEGER, &read, err) || !der_end(&value, err)))
		return fail_in(EXT_INHIBIT_ANY_POLICY, err);
	*skip = read;
	return true;
}
