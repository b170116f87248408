/*
 * PKCS#12 (RFC 7292) as Java reads it for a trust store. Anchors have the attribute by
 * which Java knows them, with the purposes that they are good for; intermediates have it
 * not, and are material for paths. With a password, contents are encrypted and the whole
 * authenticated as keytool does it; without one they stand in the open, and Java reads
 * them with any password or none.
 */
#include "format/pkcs12.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/aliases.h"
#include "format/passwords.h"
#include "format/purposes.h"
#include "x509/ber.h"

#include <stdlib.h>

/*
 * Certificates of one content: GnuTLS reads no more of it than 32, and says nothing of
 * the rest. But each that is encrypted costs its reader a derivation, so that of a large
 * store not many are made.
 */
#define PIECE_LEAST    32
#define PIECES_SEALED  32
#define PIECES_IN_OPEN 1000

/* ---- a certificate ---- */

static void add_utf16(struct buf *out, const char *text)
{
	AUTO(secret) units = SECRET_INIT;

	/* An alias is UTF-8 always. */
	if (password_utf16(&units, span_str(text)))
		buf_add(out, secret_span(&units));
}

/* What any of the alternatives is good for. */
static void unite_purposes(struct purposes *purposes, struct arena *arena,
			   const struct constraints *constraints)
{
	purposes->any = !constraints;
	for (size_t i = 0; constraints && i < constraints->n; i++) {
		const struct alternative *one = &constraints->at[i];

		purposes->any |= !one->purposes && !one->other_purposes;
		purposes->known |= one->purposes;
		for (size_t j = 0; one->other_purposes && one->other_purposes[j]; j++)
			/* What is no identifier is no purpose of anybody. */
			purposes_add(purposes, arena, one->other_purposes[j]);
	}
}

static int compare_spans(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* Makes what out gained since `begin` a SET OF: its elements in order (X.690 11.6). */
static void make_set(struct buf *out, size_t begin)
{
	AUTO_FREE uint8_t *copy = mem_copy(span_from(buf_span(out), begin));
	struct span rest = span_of(copy, out->n - begin), content;
	AUTO_FREE struct span *elements = mem_array(PURPOSES_MOST + 1, sizeof(*elements));
	size_t n = 0;
	uint8_t tag;

	while (n < PURPOSES_MOST + 1 && rest.n) {
		const uint8_t *at = rest.at;

		if (!der_take(&rest, &tag, &content))
			break;
		elements[n++] = span_of(at, (size_t)(rest.at - at));
	}
	qsort(elements, n, sizeof(*elements), compare_spans);
	out->n = begin;
	for (size_t i = 0; i < n; i++)
		buf_add(out, elements[i]);
	der_wrap(out, begin, DER_SET);
}

static void add_trusted_usage(struct buf *out, const struct constraints *constraints)
{
	struct arena arena = ARENA_INIT;
	struct purposes purposes = { 0 };
	const size_t attribute = out->n;
	AUTO(buf) list = BUF_INIT;
	struct span oids;
	size_t values;

	unite_purposes(&purposes, &arena, constraints);
	if (purposes.any)
		purposes = (struct purposes){ .any = true };
	purposes_write(&list, &purposes);
	der_add(out, DER_OID, OID_TRUSTED_USAGE);
	values = out->n;
	if (der_content(buf_span(&list), DER_SEQUENCE, &oids))
		buf_add(out, oids);
	make_set(out, values);
	der_wrap(out, attribute, DER_SEQUENCE);
	arena_clear(&arena);
}

static void add_friendly_name(struct buf *out, const char *alias)
{
	const size_t attribute = out->n;
	size_t values, name;

	der_add(out, DER_OID, OID_FRIENDLY_NAME);
	values = out->n;
	name = out->n;
	add_utf16(out, alias);
	der_wrap(out, name, DER_BMP_STRING);
	der_wrap(out, values, DER_SET);
	der_wrap(out, attribute, DER_SEQUENCE);
}

static void add_value(struct buf *out, struct span der)
{
	const size_t value = out->n;
	size_t string;

	der_add(out, DER_OID, OID_X509);
	string = out->n;
	der_add(out, DER_OCTET_STRING, der);
	der_wrap(out, string, DER_CONTEXT_CONSTRUCTED(0));
	der_wrap(out, value, DER_SEQUENCE);
	der_wrap(out, value, DER_CONTEXT_CONSTRUCTED(0));
}

static void add_bag(struct buf *out, const struct entry *entry, const char *alias)
{
	const size_t bag = out->n;
	size_t attributes;

	der_add(out, DER_OID, OID_BAG("\x03"));
	add_value(out, cert_der(&entry->cert));
	attributes = out->n;
	add_friendly_name(out, alias);
	if (entry->trust != TRUST_INTERMEDIATE)
		add_trusted_usage(out, entry->constraints);
	make_set(out, attributes);
	der_wrap(out, bag, DER_SEQUENCE);
}

/* ---- contents ---- */

/* A store on its way into a file. */
struct writing {
	struct buf safe; /* the contents so far */
	struct pbe_password password;
	struct pbe_work work;
	struct secret utf16;
	bool sealed;
	uint8_t salt[PBE_SALT_WRITTEN], mac_salt[PBE_SALT_WRITTEN];
};

static void writing_clear(struct writing *writing)
{
	buf_clear(&writing->safe);
	pbe_work_clear(&writing->work);
	secret_clear(&writing->utf16);
}

/*
 * Salts are hashes of what is written: they keep a table of passwords from fitting two
 * stores, and the same store gives the same bytes.
 */
static void make_salts(struct writing *writing, const struct entry_set *set)
{
	AUTO(buf) hashes = BUF_INIT;
	struct sha256 hash;

	for (size_t i = 0; i < set->n; i++) {
		hash = cert_sha256(&set->at[i].cert);
		buf_add(&hashes, span_of(hash.at, sizeof(hash.at)));
	}
	hash = sha256_of(buf_span(&hashes));
	memcpy(writing->salt, hash.at, sizeof(writing->salt));
	hash = sha256_of(span_of(hash.at, sizeof(hash.at)));
	memcpy(writing->mac_salt, hash.at, sizeof(writing->mac_salt));
}

static void add_open(struct buf *out, struct span bags)
{
	const size_t info = out->n;
	size_t content;

	der_add(out, DER_OID, OID_DATA);
	content = out->n;
	der_add(out, DER_OCTET_STRING, bags);
	der_wrap(out, content, DER_CONTEXT_CONSTRUCTED(0));
	der_wrap(out, info, DER_SEQUENCE);
}

static void add_encrypted(struct writing *writing, struct span bags)
{
	struct buf *out = &writing->safe;
	const size_t info = out->n;
	size_t content, encrypted;

	der_add(out, DER_OID, OID_ENCRYPTED_DATA);
	content = out->n;
	der_add(out, DER_INTEGER, SPAN("\0")); /* version */
	encrypted = out->n;
	der_add(out, DER_OID, OID_DATA);
	pbe_encrypt(out, &writing->work, &writing->password,
		    span_of(writing->salt, sizeof(writing->salt)), bags);
	der_wrap(out, encrypted, DER_SEQUENCE);
	der_wrap(out, content, DER_SEQUENCE);
	der_wrap(out, content, DER_CONTEXT_CONSTRUCTED(0));
	der_wrap(out, info, DER_SEQUENCE);
}

static void add_content(struct writing *writing, struct buf *bags)
{
	der_wrap(bags, 0, DER_SEQUENCE);
	if (writing->sealed)
		add_encrypted(writing, buf_span(bags));
	else
		add_open(&writing->safe, buf_span(bags));
	bags->n = 0;
}

static size_t piece_size(const struct writing *writing, size_t n)
{
	size_t size = n / (writing->sealed ? PIECES_SEALED : PIECES_IN_OPEN) + 1;

	return size < PIECE_LEAST ? PIECE_LEAST : size;
}

/* What is distrusted is never written as trusted. */
static void add_contents(struct writing *writing, const struct entry_set *set)
{
	const size_t most = piece_size(writing, set->n);
	AUTO(aliases) aliases = ALIASES_INIT;
	AUTO(buf) bags = BUF_INIT;
	size_t n = 0;

	aliases_make(&aliases, set, ALIAS_KEPT);
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].trust == TRUST_DISTRUSTED)
			continue;
		add_bag(&bags, &set->at[i], aliases.at[i]);
		if (++n % most == 0)
			add_content(writing, &bags);
	}
	if (bags.n)
		add_content(writing, &bags);
	der_wrap(&writing->safe, 0, DER_SEQUENCE);
}

/* ---- the file ---- */

/* The empty password seals nothing: to Java it is the same as none. */
static bool take_password(struct writing *writing, const struct secret *password,
			  struct error *err)
{
	AUTO(secret) units = SECRET_INIT;

	if (!password || !password->n)
		return true;
	if (!password_utf16(&units, secret_span(password)))
		return error_fail(err, STATUS_INPUT, _("the password is not in UTF-8"));
	writing->utf16 = (struct secret){ mem_zalloc(units.n + 2), units.n + 2 };
	memcpy(writing->utf16.at, units.at, units.n);
	writing->password = (struct pbe_password){ secret_span(password),
						   secret_span(&writing->utf16) };
	writing->sealed = true;
	return true;
}

static bool write_sealed(const struct entry_set *set, const struct sealing *sealing,
			 struct buf *out, struct error *err)
{
	AUTO(writing) writing = { .safe = BUF_INIT };
	const size_t pfx = out->n;

	if (!take_password(&writing, sealing->password, err))
		return false;
	make_salts(&writing, set);
	add_contents(&writing, set);
	der_add(out, DER_INTEGER, SPAN("\3"));
	add_open(out, buf_span(&writing.safe));
	if (writing.sealed)
		pbe_add_mac(out, &writing.password,
			    span_of(writing.mac_salt, sizeof(writing.mac_salt)),
			    buf_span(&writing.safe));
	der_wrap(out, pfx, DER_SEQUENCE);
	return true;
}

static bool write_open(const struct entry_set *set, struct buf *out, struct error *err)
{
	static const struct sealing none = { .password = NULL, .at = TIME_NONE };

	return write_sealed(set, &none, out, err);
}

/* PFX ::= SEQUENCE { version INTEGER (3), authSafe SEQUENCE { OID data or signedData. */
static enum probe probe(struct span head, bool whole)
{
	struct ber_head pfx, version, info, type;

	(void)whole;
	if (!ber_read_head(head, &pfx) || pfx.tag != DER_SEQUENCE)
		return PROBE_NO;
	head = span_from(head, pfx.n);
	if (!ber_read_head(head, &version) || version.tag != DER_INTEGER ||
	    version.length != 1 || head.n < version.n + 1 || head.at[version.n] != 3)
		return PROBE_NO;
	head = span_from(head, version.n + 1);
	if (!ber_read_head(head, &info) || info.tag != DER_SEQUENCE)
		return PROBE_NO;
	head = span_from(head, info.n);
	if (!ber_read_head(head, &type) || type.tag != DER_OID)
		return PROBE_NO;
	head = span_from(head, type.n);
	return span_starts(head, OID_DATA) || span_starts(head, OID_SIGNED_DATA)
		       ? PROBE_SURE
		       : PROBE_NO;
}

const struct format format_pkcs12 = {
	.name = "pkcs12",
	.summary = N_("PKCS#12, as Java reads it for a trust store"),
	.extension = "p12",
	.binary = true,
	.carries = CARRIES_TRUST | CARRIES_PURPOSES,
	.probe = probe,
	.read = pkcs12_read,
	.write = write_open,
	.write_sealed = write_sealed,
	.unsealed =
		N_("no password was said: it is written without one, and Java opens it "
		   "with any"),
};
