/* Distribution points of certificates and of revocation lists (RFC 5280 4.2.1.13, 5.2.5).
 */
#include "x509/crl_points.h"

#include "base/i18n.h"
#include "x509/value.h"

/* [N] IMPLICIT GeneralNames ::= SEQUENCE SIZE (1..MAX) OF GeneralName. */
static bool read_names(struct der *in, uint8_t tag, struct span *names, struct error *err)
{
	struct der inside;

	if (!der_enter(in, tag, &inside, err) || !general_names_check(&inside, err))
		return false;
	if (!der_left(&inside))
		return error_fail(err, STATUS_INPUT,
				  _("no general name before byte %zu (RFC 5280 4.2.1.6)"),
				  der_offset(in));
	*names = der_rest(&inside);
	return true;
}

/* DistributionPointName ::= CHOICE { fullName [0], nameRelativeToCRLIssuer [1] }, below a
 * tag of its own. */
static bool read_point_name(struct der *in, struct crl_point_name *name,
			    struct error *err)
{
	struct der outer;

	if (!der_next_is(in, DER_CONTEXT_CONSTRUCTED(0)))
		return true;
	if (!der_enter(in, DER_CONTEXT_CONSTRUCTED(0), &outer, err))
		return false;
	if (der_next_is(&outer, DER_CONTEXT_CONSTRUCTED(1))) {
		if (!der_read(&outer, DER_CONTEXT_CONSTRUCTED(1), &name->relative, err))
			return false;
		if (!name->relative.n)
			return error_fail(err, STATUS_INPUT,
					  _("empty relative name before byte %zu"),
					  der_offset(&outer));
	} else if (!read_names(&outer, DER_CONTEXT_CONSTRUCTED(0), &name->full, err)) {
		return false;
	}
	return der_end(&outer, err);
}

/* [N] IMPLICIT ReasonFlags; the first bit is the highest of the first octet (X.690
 * 8.6.2.1). */
static bool read_reasons(struct der *in, uint8_t tag, uint16_t *reasons,
			 struct error *err)
{
	struct span octets;
	unsigned unused;

	if (!der_next_is(in, tag))
		return true;
	if (!der_read_bits(in, tag, &octets, &unused, err))
		return false;
	*reasons = 0;
	for (size_t i = 1; i <= 8; i++)
		if (i / 8 < octets.n && octets.at[i / 8] & 0x80 >> i % 8)
			*reasons |= (uint16_t)(1 << i);
	return true;
}

/* DistributionPoint ::= SEQUENCE { [0] distributionPoint, [1] reasons, [2] cRLIssuer, all
 * OPTIONAL }. */
static bool read_point(struct der *list, struct crl_point *point, struct error *err)
{
	struct der in;

	*point = (struct crl_point){ .reasons = CRL_REASONS_ALL };
	return der_enter(list, DER_SEQUENCE, &in, err) &&
	       read_point_name(&in, &point->name, err) &&
	       read_reasons(&in, DER_CONTEXT(1), &point->reasons, err) &&
	       (!der_next_is(&in, DER_CONTEXT_CONSTRUCTED(2)) ||
		read_names(&in, DER_CONTEXT_CONSTRUCTED(2), &point->issuer, err)) &&
	       der_end(&in, err);
}

bool cert_crl_points(const struct cert *cert, struct span *points, struct error *err)
{
	struct crl_point point;
	struct span whole;
	struct der in;

	if (!cert_has(cert, EXT_CRL_POINTS)) {
		*points = span_of(NULL, 0);
		return true;
	}
	if (!enter_filled_sequence(cert, EXT_CRL_POINTS, &in, err))
		return fail_in(EXT_CRL_POINTS, err);
	whole = der_rest(&in);
	while (der_left(&in))
		if (!read_point(&in, &point, err))
			return fail_in(EXT_CRL_POINTS, err);
	*points = whole;
	return true;
}

bool crl_point_next(struct span *points, struct crl_point *point)
{
	struct der in = der_of(*points);
	AUTO(error) none = ERROR_INIT;

	if (!points->n || !read_point(&in, point, &none))
		return false;
	*points = der_rest(&in);
	return true;
}

/* [N] IMPLICIT BOOLEAN DEFAULT FALSE. */
static bool read_flag(struct der *in, uint8_t tag, bool *flag, struct error *err)
{
	struct span octet;
	size_t at = der_offset(in);

	if (!der_next_is(in, tag))
		return true;
	if (!der_read(in, tag, &octet, err))
		return false;
	if (octet.n != 1 || (octet.at[0] != 0 && octet.at[0] != 0xff))
		return error_fail(err, STATUS_INPUT,
				  _("boolean at byte %zu is not 00 or ff (X.690 11.1)"),
				  at);
	*flag = octet.at[0];
	return true;
}

bool crl_scope_read(struct span value, struct crl_scope *out, struct error *err)
{
	struct crl_scope read = { .present = true, .reasons = CRL_REASONS_ALL };
	struct der whole = der_of(value), in;

	if (!der_enter(&whole, DER_SEQUENCE, &in, err) || !der_end(&whole, err) ||
	    !read_point_name(&in, &read.name, err) ||
	    !read_flag(&in, DER_CONTEXT(1), &read.only_users, err) ||
	    !read_flag(&in, DER_CONTEXT(2), &read.only_authorities, err) ||
	    !read_reasons(&in, DER_CONTEXT(3), &read.reasons, err) ||
	    !read_flag(&in, DER_CONTEXT(4), &read.indirect, err) ||
	    !read_flag(&in, DER_CONTEXT(5), &read.only_attributes, err) ||
	    !der_end(&in, err))
		return false;
	*out = read;
	return true;
}
