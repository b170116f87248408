/* Facts of a certificate: every extension that path rules rest on, read once, its
 * faults kept. */
#include "chain/facts.h"

#include "chain/edges.h"

#include "x509/der.h"
#include "x509/name.h"

#include <strings.h>

/* Notes ext as malformed where its reader failed. */
static void note(struct facts *facts, bool good, enum ext ext)
{
	if (!good)
		facts->malformed |= 1u << ext;
}

static bool has_scheme(struct span url, const char *scheme)
{
	size_t n = strlen(scheme);

	return url.n > n && strncasecmp((const char *)url.at, scheme, n) == 0;
}

/* Schemes that issuers are fetched by. */
static void note_url(void *ctx, struct span url)
{
	struct facts *facts = ctx;

	facts->issuer_urls |= has_scheme(url, "http://") || has_scheme(url, "https://");
}

static void read_policy_extensions(struct facts *facts, const struct cert *cert)
{
	AUTO(error) why = ERROR_INIT;

	/* Absent, should a reader fail. */
	facts->policy_constraints = (struct policy_constraints){ -1, -1 };
	facts->inhibit_any_policy = -1;
	note(facts, cert_policies(cert, &facts->policies, &why), EXT_POLICIES);
	note(facts, cert_policy_mappings(cert, &facts->mappings, &why),
	     EXT_POLICY_MAPPINGS);
	note(facts, cert_policy_constraints(cert, &facts->policy_constraints, &why),
	     EXT_POLICY_CONSTRAINTS);
	note(facts, cert_inhibit_any_policy(cert, &facts->inhibit_any_policy, &why),
	     EXT_INHIBIT_ANY_POLICY);
}

/* SEQUENCE { TRUE, an INTEGER below 0 } */
static bool is_authority_of_negative_length(const struct cert *cert)
{
	struct span content, ca, length;

	return der_content(cert_ext(cert, EXT_BASIC_CONSTRAINTS), DER_SEQUENCE,
			   &content) &&
	       der_take_tag(&content, DER_BOOLEAN, &ca) && ca.n == 1 && ca.at[0] &&
	       der_take_tag(&content, DER_INTEGER, &length) && length.n &&
	       length.at[0] & 0x80 && !content.n;
}

static void read_basic_constraints(struct facts *facts, const struct cert *cert)
{
	AUTO(error) why = ERROR_INIT;

	if (cert_basic_constraints(cert, &facts->basic, &why))
		return;
	note(facts, false, EXT_BASIC_CONSTRAINTS);
	facts->negative_length = is_authority_of_negative_length(cert);
}

static void read_extensions(struct facts *facts, const struct cert *cert)
{
	AUTO(error) why = ERROR_INIT;

	read_basic_constraints(facts, cert);
	note(facts, cert_key_usage(cert, &facts->has_usage, &facts->usage, &why),
	     EXT_KEY_USAGE);
	note(facts, cert_extended_key_usage(cert, &facts->purposes, &why),
	     EXT_EXTENDED_KEY_USAGE);
	note(facts, cert_subject_key_id(cert, &facts->key_id, &why), EXT_SUBJECT_KEY_ID);
	note(facts, cert_authority_key_id(cert, &facts->authority, &why),
	     EXT_AUTHORITY_KEY_ID);
	note(facts, cert_subject_alt_names(cert, &facts->alt_names, &why),
	     EXT_SUBJECT_ALT_NAME);
	note(facts, cert_name_constraints(cert, &facts->names, &why),
	     EXT_NAME_CONSTRAINTS);
	note(facts, cert_access_urls(cert, ACCESS_CA_ISSUERS, facts, note_url, &why),
	     EXT_AUTHORITY_INFO);
}

const struct facts *pool_cert_facts(const struct pool_cert *cert)
{
	struct pool_private *priv = cert->priv;

	if (priv->facts_read)
		return &priv->facts;
	priv->facts_read = true;
	read_extensions(&priv->facts, &cert->cert);
	read_policy_extensions(&priv->facts, &cert->cert);
	priv->facts.key = cert_key(&cert->cert);
	priv->facts.signature =
		signature_info(cert_part(&cert->cert, cert->cert.outer_algorithm));
	priv->facts.self_issued = cert_self_issued(&cert->cert);
	return &priv->facts;
}

static void hash_both(const struct pool_cert *cert)
{
	struct pool_private *priv = cert->priv;

	if (priv->hashed)
		return;
	priv->hashed = true;
	priv->hash = cert_sha256(&cert->cert);
	priv->spki_hash = sha256_of(cert_part(&cert->cert, cert->cert.spki));
}

const struct sha256 *pool_cert_hash(const struct pool_cert *cert)
{
	hash_both(cert);
	return &cert->priv->hash;
}

const struct sha256 *pool_cert_spki_hash(const struct pool_cert *cert)
{
	hash_both(cert);
	return &cert->priv->spki_hash;
}

const struct issuer_key *pool_cert_key(const struct pool_cert *cert)
{
	if (!cert->priv->key)
		cert->priv->key = issuer_key_new(&cert->cert);
	return cert->priv->key;
}

static uint64_t key_hash(const struct pool_cert *cert)
{
	if (!cert->priv->key_known)
		cert->priv->key_hash = cert_key_hash(&cert->cert);
	cert->priv->key_known = true;
	return cert->priv->key_hash;
}

bool pool_cert_same_authority(const struct pool_cert *a, const struct pool_cert *b)
{
	return a->priv->subject_hash == b->priv->subject_hash &&
	       key_hash(a) == key_hash(b);
}

bool pool_cert_self_signed(const struct pool_cert *cert, const struct pool *pool)
{
	const struct sha256 *spki = pool_cert_spki_hash(cert),
			    *hash = pool_cert_hash(cert);
	enum signature_verdict verdict;

	if (!pool_cert_facts(cert)->self_issued)
		return false;
	if (!edge_cache_get(pool_edges(pool), spki, hash, &verdict)) {
		verdict = signature_verify(pool_cert_key(cert), &cert->cert);
		edge_cache_put(pool_edges(pool), spki, hash, verdict);
	}
	return verdict == SIGNATURE_GOOD;
}

static enum key_id_match match_if(bool equal)
{
	return equal ? KEY_ID_MATCHES : KEY_ID_DIFFERS;
}

enum key_id_match pool_key_id_match(const struct pool_cert *child,
				    const struct pool_cert *issuer)
{
	const struct authority_key_id *wanted = &pool_cert_facts(child)->authority;
	struct span has = pool_cert_facts(issuer)->key_id;

	if (wanted->key_id.n && has.n)
		return match_if(span_eq(wanted->key_id, has));
	if (!wanted->key_id.n && wanted->serial.n)
		return match_if(span_eq(wanted->serial,
					cert_part(&issuer->cert, issuer->cert.serial)));
	return KEY_ID_SILENT;
}

/* The first directoryName among names is that one. */
static bool has_directory_name(struct span names, struct span name)
{
	struct general_name one;
	bool malformed = false;

	while (general_name_next(&names, &one, &malformed))
		if (one.kind == GENERAL_DIRECTORY)
			return name_equal(one.value, name);
	return false;
}

bool pool_issuer_is_root(const struct pool_cert *child)
{
	const struct facts *facts = pool_cert_facts(child);

	return has_directory_name(facts->authority.issuer,
				  cert_part(&child->cert, child->cert.issuer));
}
