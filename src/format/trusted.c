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
 * is said of trust itself: OpenSSL then takes what is self-signed for an anchor, and what
 * another CA issued for a link between.
 *
 * What is written has to mean the same to both who read it. OpenSSL asks for the purpose
 * or anyExtendedKeyUsage, and rejects any certificate of a path whose trust list lacks
 * both; p11-kit takes anyExtendedKeyUsage for one purpose among others, and a CertAux
 * without a trust list for distrust. So an anchor for everything names all purposes as
 * well, and an intermediate has no CertAux at all, though that costs it its label.
 */
#include "format/trusted.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/purposes.h"
#include "x509/der.h"
#include "x509/extension.h"

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

/* No list, or all that is on it is rejected again. */
static bool names_none(const struct aux *aux)
{
	return !aux->trust.any && !aux->trust.n_others &&
	       !(aux->trust.known & ~aux->reject.known);
}

bool trusted_is_material(const struct cert *cert)
{
	AUTO(error) ignored = ERROR_INIT; /* what cannot be read makes no CA */
	struct basic_constraints basic;

	return !cert_self_issued(cert) &&
	       cert_basic_constraints(cert, &basic, &ignored) && basic.ca;
}

static enum trust trust_of(const struct cert *cert, const struct aux *aux)
{
	if (aux->has_trust)
		return is_empty(&aux->trust) ? TRUST_INTERMEDIATE : TRUST_ANCHOR;
	return trusted_is_material(cert) ? TRUST_INTERMEDIATE : TRUST_UNSAID;
}

static void apply(struct entry *entry, struct arena *arena, struct aux *aux)
{
	struct purposes purposes = aux->trust;

	if (rejects_all(aux)) {
		entry->trust = TRUST_DISTRUSTED;
		return;
	}
	entry->trust = trust_of(&entry->cert, aux);
	purposes.any |= !aux->has_trust;
	if (entry->trust == TRUST_INTERMEDIATE)
		return;
	if (aux->has_reject)
		purposes_reject(&purposes, arena, &aux->reject);
	entry->constraints = purposes_constraints(arena, &purposes, TIME_NONE, TIME_NONE);
}

bool trusted_read(struct entry *entry, struct arena *arena, struct span der,
		  enum trusted_as as, struct error *err)
{
	struct aux aux = { 0 };
	struct der whole, in;
	size_t used;

	if (!cert_read_first(&entry->cert, der, &used, err))
		return false;
	entry->trust = trust_of(&entry->cert, &aux);
	if (used == der.n)
		return true;
	whole = der_of(span_from(der, used));
	if (!der_enter(&whole, DER_SEQUENCE, &in, err) ||
	    !read_aux(&aux, arena, &in, err) || !der_end(&whole, err))
		return error_in(err, _("auxiliary trust"));
	if (as == TRUSTED_AS_P11_KIT && names_none(&aux))
		entry->trust = TRUST_DISTRUSTED;
	else
		apply(entry, arena, &aux);
	if (aux.alias.n && utf8_valid(aux.alias) &&
	    !memchr(aux.alias.at, '\0', aux.alias.n))
		entry->label = arena_str_of(arena, aux.alias);
	return true;
}

/* ---- writing ---- */

#define ALL_KNOWN ((1u << PURPOSE_COUNT) - 1)

static const struct purposes everything = { .any = true, .known = ALL_KNOWN };

/* What any alternative is good for; everything where it is no alternative's to say. */
static struct purposes purposes_of(const struct entry *entry, struct arena *arena)
{
	struct purposes purposes = { 0 };

	if (!entry->constraints)
		return everything;
	for (size_t i = 0; i < entry->constraints->n; i++) {
		const struct alternative *one = &entry->constraints->at[i];
		const char *const *other = one->other_purposes;

		if (!one->purposes && !(other && other[0]))
			return everything;
		purposes.known |= one->purposes;
		for (; other && *other; other++) {
			/* What is no object identifier is asked for by nobody. */
			if (purposes.n_others < PURPOSES_MOST)
				(void)purposes_add(&purposes, arena, *other);
		}
	}
	if (is_empty(&purposes))
		(void)purposes_add(&purposes, arena, OID_NO_PURPOSE);
	return purposes;
}

static void write_reject(struct buf *out, const struct purposes *purposes)
{
	AUTO(buf) list = BUF_INIT;
	struct span content;

	purposes_write(&list, purposes);
	if (der_content(buf_span(&list), DER_SEQUENCE, &content))
		der_add(out, DER_CONTEXT_CONSTRUCTED(0), content);
}

/* Nothing is said of trust itself: purposes narrow by what they leave out. */
static void write_narrowed(struct buf *out, const struct purposes *purposes)
{
	struct purposes rejected = { .known = ALL_KNOWN & ~purposes->known };

	if (!purposes->any && rejected.known)
		write_reject(out, &rejected);
}

static void write_aux(struct buf *out, const struct entry *entry)
{
	AUTO(arena) arena = ARENA_INIT;
	struct purposes purposes = purposes_of(entry, &arena);

	switch (entry->trust) {
	case TRUST_ANCHOR:
		purposes_write(out, &purposes);
		break;
	case TRUST_INTERMEDIATE:
		der_add(out, DER_SEQUENCE, span_of(NULL, 0));
		break;
	case TRUST_DISTRUSTED:
		write_reject(out, &everything);
		break;
	default:
		write_narrowed(out, &purposes);
	}
	if (entry->label)
		der_add(out, DER_UTF8_STRING, span_str(entry->label));
}

bool trusted_is_bare(const struct entry *entry)
{
	AUTO(arena) arena = ARENA_INIT;

	switch (entry->trust) {
	case TRUST_ANCHOR:
		return cert_self_issued(&entry->cert) && purposes_of(entry, &arena).any;
	case TRUST_INTERMEDIATE:
		return trusted_is_material(&entry->cert);
	case TRUST_DISTRUSTED:
		return false;
	default:
		return purposes_of(entry, &arena).any;
	}
}

void trusted_write(struct buf *out, const struct entry *entry)
{
	AUTO(buf) aux = BUF_INIT;

	buf_add(out, cert_der(&entry->cert));
	if (entry->trust == TRUST_INTERMEDIATE && trusted_is_material(&entry->cert))
		return;
	write_aux(&aux, entry);
	if (aux.n)
		der_add(out, DER_SEQUENCE, buf_span(&aux));
}
