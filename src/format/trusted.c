/*
 * OpenSSL's TRUSTED CERTIFICATE: the DER of a certificate and, right behind it,
 *
 *   CertAux ::= SEQUENCE {
 *       trust   SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
 *       reject  [0] IMPLICIT SEQUENCE OF OBJECT IDENTIFIER OPTIONAL,
 *       alias   UTF8String OPTIONAL,
 *       keyid   OCTET STRING OPTIONAL,
 *       other   [1] IMPLICIT SEQUENCE OF AlgorithmIdentifier OPTIONAL }
 *
 * A trust list makes an anchor for what it names; an empty one trusts nothing. A reject
 * list narrows, and one that rejects everything is distrust. Without a trust list nothing
 * is said of trust itself.
 */
#include "format/trusted.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/purposes.h"
#include "x509/der.h"

/*
 * What `openssl x509 -addreject` can name for chains: rejecting all of these leaves
 * nothing to trust.
 */
#define EVERY_CHAIN                                                                    \
	(1u << PURPOSE_SERVER_AUTH | 1u << PURPOSE_CLIENT_AUTH | 1u << PURPOSE_EMAIL | \
	 1u << PURPOSE_CODE_SIGNING)

struct aux {
	bool has_trust, has_reject;
	struct purposes trust, reject;
	struct span alias;
};

static bool read_aux(struct aux *aux, struct arena *arena, struct der *in,
		     struct error *err)
{
	struct span content;

	if (der_next_is(in, DER_SEQUENCE)) {
		aux->has_trust = true;
		if (!der_read(in, DER_SEQUENCE, &content, err) ||
		    !purposes_read(&aux->trust, arena, content, err))
			return error_in(err, _("list of trusted purposes"));
	}
	if (der_next_is(in, DER_CONTEXT_CONSTRUCTED(0))) {
		aux->has_reject = true;
		if (!der_read(in, DER_CONTEXT_CONSTRUCTED(0), &content, err) ||
		    !purposes_read(&aux->reject, arena, content, err))
			return error_in(err, _("list of rejected purposes"));
	}
	if (der_next_is(in, DER_UTF8_STRING) &&
	    !der_read(in, DER_UTF8_STRING, &aux->alias, err))
		return false;
	/* The key identifier and other algorithms say nothing about trust. */
	if (der_next_is(in, DER_OCTET_STRING) &&
	    !der_read(in, DER_OCTET_STRING, &content, err))
		return false;
	if (der_next_is(in, DER_CONTEXT_CONSTRUCTED(1)) &&
	    !der_read(in, DER_CONTEXT_CONSTRUCTED(1), &content, err))
		return false;
	return der_end(in, err);
}

static bool rejects_all(const struct aux *aux)
{
	return aux->has_reject &&
	       (aux->reject.any || (aux->reject.known & EVERY_CHAIN) == EVERY_CHAIN);
}

static bool is_empty(const struct purposes *purposes)
{
	return !purposes->any && !purposes->known && !purposes->n_others;
}

static void apply(struct entry *entry, struct arena *arena, struct aux *aux)
{
	struct purposes purposes = aux->trust;

	if (rejects_all(aux)) {
		entry->trust = TRUST_DISTRUSTED;
		return;
	}
	if (aux->has_trust)
		entry->trust = is_empty(&aux->trust) ? TRUST_INTERMEDIATE : TRUST_ANCHOR;
	else
		purposes.any = true;
	if (entry->trust == TRUST_INTERMEDIATE)
		return;
	if (aux->has_reject)
		purposes_reject(&purposes, arena, &aux->reject);
	entry->constraints = purposes_constraints(arena, &purposes, TIME_NONE, TIME_NONE);
}

bool trusted_read(struct entry *entry, struct arena *arena, struct span der,
		  struct error *err)
{
	struct aux aux = { 0 };
	struct der whole, in;
	size_t used;

	if (!cert_read_first(&entry->cert, der, &used, err))
		return false;
	if (used == der.n)
		return true;
	whole = der_of(span_from(der, used));
	if (!der_enter(&whole, DER_SEQUENCE, &in, err) ||
	    !read_aux(&aux, arena, &in, err) || !der_end(&whole, err))
		return error_in(err, _("auxiliary trust"));
	apply(entry, arena, &aux);
	if (aux.alias.n && utf8_valid(aux.alias) &&
	    !memchr(aux.alias.at, '\0', aux.alias.n))
		entry->label = arena_str_of(arena, aux.alias);
	return true;
}
