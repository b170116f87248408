/*
 * The scope of a revocation list: a distribution point of the certificate against the
 * list's issuer and its issuing distribution point (RFC 5280 6.3.3 (b), 5.2.5).
 */
#include "chain/crl_scope.h"

#include "x509/der.h"
#include "x509/name.h"

bool crl_next_issuer(struct span *names, struct span *issuer)
{
	struct general_name name;
	bool malformed;

	while (general_name_next(names, &name, &malformed))
		if (name.kind == GENERAL_DIRECTORY) {
			*issuer = name.value;
			return true;
		}
	return false;
}

struct crl_point crl_point_assumed(const struct cert *cert, struct buf *names)
{
	struct span more;

	der_add(names, DER_CONTEXT_CONSTRUCTED(GENERAL_DIRECTORY),
		cert_part(cert, cert->issuer));
	if (der_content(cert_ext(cert, EXT_ISSUER_ALT_NAME), DER_SEQUENCE, &more))
		buf_add(names, more);
	return (struct crl_point){ .name.full = buf_span(names),
				   .reasons = CRL_REASONS_ALL };
}

static bool is_named(const struct crl_point_name *name)
{
	return name->full.n || name->relative.n;
}

/* The general names that name stands for; one that is relative is written to out, below
 * base. */
static struct span expand(const struct crl_point_name *name, struct span base,
			  struct buf *out)
{
	AUTO(buf) relative = BUF_INIT;
	AUTO(buf) whole = BUF_INIT;
	struct span content;

	if (name->full.n)
		return name->full;
	if (!der_content(base, DER_SEQUENCE, &content))
		return span_of(NULL, 0);
	buf_add(&relative, content);
	der_add(&relative, DER_SET, name->relative);
	der_add(&whole, DER_SEQUENCE, buf_span(&relative));
	der_add(out, DER_CONTEXT_CONSTRUCTED(GENERAL_DIRECTORY), buf_span(&whole));
	return buf_span(out);
}

/* Directory names by RFC 5280 7.1, all others by their octets: a difference in writing
 * makes a list not found, and never one found that is another. */
static bool same_name(const struct general_name *a, const struct general_name *b)
{
	if (a->kind != b->kind)
		return false;
	return a->kind == GENERAL_DIRECTORY ? name_equal(a->value, b->value)
					    : span_eq(a->value, b->value);
}

/* One of these is one of those. */
static bool have_one_in_common(struct judge *judge, struct span these, struct span those)
{
	struct general_name a, b;
	bool malformed;

	while (general_name_next(&these, &a, &malformed)) {
		struct span rest = those;

		while (general_name_next(&rest, &b, &malformed)) {
			if (!judge->comparisons)
				return false;
			judge->comparisons--;
			if (same_name(&a, &b))
				return true;
		}
	}
	return false;
}

/* 6.3.3 (b)(1): the issuer that the point names, whose list must then be indirect; else
 * the certificate's own. */
static bool is_of_issuer(const struct pool_cert *cert, const struct crl_point *point,
			 const struct crl *crl)
{
	struct span names = point->issuer, issuer;

	if (!point->issuer.n)
		return name_equal(crl->issuer, cert_part(&cert->cert, cert->cert.issuer));
	while (crl_next_issuer(&names, &issuer))
		if (name_equal(crl->issuer, issuer))
			return crl->scope.indirect;
	return false;
}

/* 6.3.3 (b)(2)(i). A point without a name is known by its issuer. */
static bool is_at_point(struct judge *judge, const struct pool_cert *cert,
			const struct crl_point *point, const struct crl *crl)
{
	struct span names = point->issuer,
		    base = cert_part(&cert->cert, cert->cert.issuer);
	AUTO(buf) said = BUF_INIT;
	AUTO(buf) wanted = BUF_INIT;

	if (!is_named(&crl->scope.name))
		return true;
	if (!is_named(&point->name))
		return have_one_in_common(judge,
					  expand(&crl->scope.name, crl->issuer, &said),
					  point->issuer);
	/* 4.2.1.13: relative to cRLIssuer where that is there. */
	if (names.n && !crl_next_issuer(&names, &base))
		return false;
	return have_one_in_common(judge, expand(&crl->scope.name, crl->issuer, &said),
				  expand(&point->name, base, &wanted));
}

bool crl_in_scope(struct judge *judge, const struct pool_cert *cert,
		  const struct crl_point *point, const struct crl *crl)
{
	const struct crl_scope *scope = &crl->scope;
	bool ca = pool_cert_facts(cert)->basic.ca;

	/* 6.3.3 (b)(2)(ii) to (iv). */
	if (scope->only_attributes || (scope->only_users && ca) ||
	    (scope->only_authorities && !ca))
		return false;
	return is_of_issuer(cert, point, crl) && is_at_point(judge, cert, point, crl);
}
