/*
 * Certificates made for a test from one line of text, so that a case reads as what it is
 *about. Our own DER writer makes them, GnuTLS signs:
 *
 *	"leaf<sub dns=www.example.com eku=server"	subject leaf, issued by sub
 *	"@root<root ca"					an anchor of the store
 *
 * The first character is what the store says of it: @ anchor, ! distrusted, +
 *intermediate. Each name has a P-256 key of its own, made at first use. What may follow,
 *all of it optional:
 *
 *	ca  ca=2  notca			basicConstraints, with a path length
 *	usage=HEX			keyUsage as the BIT STRING's octets, unused bits
 *first eku=server,client,email,any dns= email= uri= ip=HEX dir=CN	a subject
 *alternative name; may come several times p.dns= x.dns= p.email= ...	a permitted or
 *excluded subtree of that form skid=HEX akid=HEX mail=ADDRESS
 *emailAddress in the subject from=DATE until=DATE		"20250101000000Z" key=NAME
 *by=NAME		another key than the name's own, or the signature of another
 *	serial=HEX version=N sha1 twice poison critical=OID unknown=OID raw=OID:HEX
 *	point=NAME@ISSUER!HEX,...	CRL distribution points, each of these parts
 *optional: a URI, =CN for a directory name or ~CN for one relative to the issuer; reasons
 *as octets policy=OID,OID,any  map=OID:OID,OID:any	certificate policies, policy
 *mappings require=N nomap=N noany=N		policy constraints, inhibitAnyPolicy
 */
#pragma once

#include "forge_names.h"

#include "chain/path.h"
#include "base/buf.h"
#include "x509/der.h"
#include "x509/extension.h"

#include <gnutls/abstract.h>

#include <assert.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

/* 2026-06-01T00:00:00Z: what tests take for now. Certificates are valid from 2026 to
 * 2029. */
#define NOW INT64_C(1780272000)

#define KEYS_MOST  4096
#define CERTS_MOST 16384

/* Keys by name, and the memory of every certificate: a test program makes them and ends.
 */
static struct {
	struct {
		char name[64];
		gnutls_privkey_t key;
	} keys[KEYS_MOST];
	size_t n_keys;
	struct arena arena;
	struct {
		char *text;
		struct cert cert;
	} made[CERTS_MOST];
	size_t n_made;
} workshop;

/* One certificate on its way. */
struct work {
	char subject[64], issuer[64], key[64], by[64];
	char from[32], until[32];
	struct buf extensions, alt_names, permitted, excluded, subject_more, serial;
	struct buf policy_constraints;
	int version;
	bool sha1;
};

static void work_clear(struct work *work)
{
	buf_clear(&work->extensions);
	buf_clear(&work->alt_names);
	buf_clear(&work->permitted);
	buf_clear(&work->excluded);
	buf_clear(&work->subject_more);
	buf_clear(&work->serial);
	buf_clear(&work->policy_constraints);
}

/* P-256, unless the name begins with another kind. */
static void make_key(gnutls_privkey_t key, const char *name)
{
	gnutls_ecc_curve_t curve = GNUTLS_ECC_CURVE_SECP256R1;

	if (!strncmp(name, "p384", 4))
		curve = GNUTLS_ECC_CURVE_SECP384R1;
	if (!strncmp(name, "p521", 4))
		curve = GNUTLS_ECC_CURVE_SECP521R1;
	if (!strncmp(name, "rsa1024", 7))
		gnutls_privkey_generate(key, GNUTLS_PK_RSA, 1024, 0);
	else
		gnutls_privkey_generate(key, GNUTLS_PK_ECDSA, GNUTLS_CURVE_TO_BITS(curve), 0);
}

static gnutls_privkey_t key_of(const char *name)
{
	for (size_t i = 0; i < workshop.n_keys; i++)
		if (!strcmp(workshop.keys[i].name, name))
			return workshop.keys[i].key;
	assert(workshop.n_keys < KEYS_MOST);
	snprintf(workshop.keys[workshop.n_keys].name, sizeof(workshop.keys[0].name), "%s",
		 name);
	gnutls_privkey_init(&workshop.keys[workshop.n_keys].key);
	make_key(workshop.keys[workshop.n_keys].key, name);
	return workshop.keys[workshop.n_keys++].key;
}

static void add_extension(struct work *work, const char *oid, bool critical,
			  struct span value)
{
	AUTO(buf) inside = BUF_INIT;

	add_oid(&inside, oid);
	if (critical)
		der_add(&inside, DER_BOOLEAN, SPAN("\xff"));
	der_add(&inside, DER_OCTET_STRING, value);
	der_add(&work->extensions, DER_SEQUENCE, buf_span(&inside));
}

static bool add_subtree(struct work *work, const char *word, const char *value)
{
	struct buf *list = *word == 'p' ? &work->permitted : &work->excluded;
	AUTO(buf) base = BUF_INIT;

	if (word[0] == '\0' || word[1] != '.' ||
	    !add_general_name(&base, word + 2, value))
		return false;
	der_add(list, DER_SEQUENCE, buf_span(&base));
	return true;
}

static void add_basic_constraints(struct work *work, bool ca, const char *length)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	uint8_t number = length ? (uint8_t)atoi(length) : 0;

	if (ca)
		der_add(&inside, DER_BOOLEAN, SPAN("\xff"));
	if (length)
		der_add(&inside, DER_INTEGER, span_of(&number, 1));
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_extension(work, "2.5.29.19", true, buf_span(&value));
}

static void add_purposes(struct work *work, char *list)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	char *save = NULL;

	for (char *word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		enum purpose purpose;

		if (!strcmp(word, "any"))
			add_oid(&inside, "2.5.29.37.0");
		else if (purpose_parse(word, &purpose))
			der_add(&inside, DER_OID, purpose_oid(purpose));
		else
			abort();
	}
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_extension(work, "2.5.29.37", false, buf_span(&value));
}

/* An extension whose value is one element with that tag over hex. */
static void add_octets(struct work *work, const char *oid, bool critical, uint8_t tag,
		       const char *hex, bool in_sequence)
{
	AUTO(buf) bytes = BUF_INIT;
	AUTO(buf) element = BUF_INIT;
	AUTO(buf) value = BUF_INIT;

	add_hex(&bytes, hex);
	der_add(&element, tag, buf_span(&bytes));
	if (in_sequence)
		der_add(&value, DER_SEQUENCE, buf_span(&element));
	add_extension(work, oid, critical,
		      in_sequence ? buf_span(&value) : buf_span(&element));
}

static void add_policy(struct buf *out, const char *word)
{
	add_oid(out, strcmp(word, "any") ? word : "2.5.29.32.0");
}

/* A list of policies, or of pairs: a SEQUENCE each. */
static void add_policies(struct work *work, const char *oid, char *list)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	char *save = NULL;

	for (char *word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save)) {
		AUTO(buf) element = BUF_INIT;
		char *to = strchr(word, ':');

		if (to)
			*to++ = '\0';
		add_policy(&element, word);
		if (to)
			add_policy(&element, to);
		der_add(&inside, DER_SEQUENCE, buf_span(&element));
	}
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_extension(work, oid, true, buf_span(&value));
}

static void add_inhibit_any(struct work *work, uint8_t skip)
{
	AUTO(buf) value = BUF_INIT;

	der_add(&value, DER_INTEGER, span_of(&skip, 1));
	add_extension(work, "2.5.29.54", true, buf_span(&value));
}

/* Words about certificate policies. */
static bool policy(struct work *work, const char *word, char *value)
{
	uint8_t skip = (uint8_t)atoi(value);

	if (!strcmp(word, "policy"))
		add_policies(work, "2.5.29.32", value);
	else if (!strcmp(word, "map"))
		add_policies(work, "2.5.29.33", value);
	else if (!strcmp(word, "require"))
		der_add(&work->policy_constraints, DER_CONTEXT(0), span_of(&skip, 1));
	else if (!strcmp(word, "nomap"))
		der_add(&work->policy_constraints, DER_CONTEXT(1), span_of(&skip, 1));
	else if (!strcmp(word, "noany"))
		add_inhibit_any(work, skip);
	else
		return false;
	return true;
}

static void add_points(struct work *work, char *list)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;
	char *save = NULL;

	for (char *word = strtok_r(list, ",", &save); word;
	     word = strtok_r(NULL, ",", &save))
		add_point(&inside, word);
	der_add(&value, DER_SEQUENCE, buf_span(&inside));
	add_extension(work, "2.5.29.31", false, buf_span(&value));
}

/* raw=OID:HEX, critical where it begins with "!". */
static void add_raw(struct work *work, char *text)
{
	AUTO(buf) value = BUF_INIT;
	bool critical = *text == '!';
	char *colon = strchr(text, ':');

	*colon = '\0';
	add_hex(&value, colon + 1);
	add_extension(work, text + critical, critical, buf_span(&value));
}

/* Words that stand alone. */
static bool flag(struct work *work, const char *word)
{
	if (!strcmp(word, "ca"))
		add_basic_constraints(work, true, NULL);
	else if (!strcmp(word, "notca"))
		add_basic_constraints(work, false, NULL);
	else if (!strcmp(word, "sha1"))
		work->sha1 = true;
	else if (!strcmp(word, "twice")) {
		add_extension(work, "1.2.3", false, SPAN("\x05\x00"));
		add_extension(work, "1.2.3", false, SPAN("\x05\x00"));
	} else if (!strcmp(word, "poison"))
		add_extension(work, "1.3.6.1.4.1.11129.2.4.3", true, SPAN("\x05\x00"));
	else
		return false;
	return true;
}

/* Words with a value that set a field of the certificate itself. */
static bool field(struct work *work, const char *word, const char *value)
{
	if (!strcmp(word, "from"))
		snprintf(work->from, sizeof(work->from), "%s", value);
	else if (!strcmp(word, "until"))
		snprintf(work->until, sizeof(work->until), "%s", value);
	else if (!strcmp(word, "key"))
		snprintf(work->key, sizeof(work->key), "%s", value);
	else if (!strcmp(word, "by"))
		snprintf(work->by, sizeof(work->by), "%s", value);
	else if (!strcmp(word, "version"))
		work->version = atoi(value);
	else if (!strcmp(word, "serial"))
		add_hex(&work->serial, value);
	else if (!strcmp(word, "mail"))
		add_attribute(&work->subject_more, "1.2.840.113549.1.9.1", DER_IA5_STRING,
			      value);
	else
		return false;
	return true;
}

/* Words with a value that become an extension. */
static bool extension(struct work *work, const char *word, char *value)
{
	if (!strcmp(word, "ca"))
		add_basic_constraints(work, true, value);
	else if (!strcmp(word, "usage"))
		add_octets(work, "2.5.29.15", true, DER_BIT_STRING, value, false);
	else if (!strcmp(word, "eku"))
		add_purposes(work, value);
	else if (!strcmp(word, "skid"))
		add_octets(work, "2.5.29.14", false, DER_OCTET_STRING, value, false);
	else if (!strcmp(word, "akid"))
		add_octets(work, "2.5.29.35", false, DER_CONTEXT(0), value, true);
	else if (!strcmp(word, "critical"))
		add_extension(work, value, true, SPAN("\x05\x00"));
	else if (!strcmp(word, "unknown"))
		add_extension(work, value, false, SPAN("\x05\x00"));
	else if (!strcmp(word, "point"))
		add_points(work, value);
	else if (!strcmp(word, "raw"))
		add_raw(work, value);
	else
		return false;
	return true;
}

static void take_word(struct work *work, char *word)
{
	char *value = strchr(word, '=');

	if (value)
		*value++ = '\0';
	if (value ? !(field(work, word, value) || extension(work, word, value) ||
		      policy(work, word, value) ||
		      add_general_name(&work->alt_names, word, value) ||
		      add_subtree(work, word, value))
		  : !flag(work, word))
		abort();
}

static void add_lists(struct work *work)
{
	AUTO(buf) names = BUF_INIT;
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) value = BUF_INIT;

	if (work->alt_names.n) {
		der_add(&names, DER_SEQUENCE, buf_span(&work->alt_names));
		add_extension(work, "2.5.29.17", false, buf_span(&names));
	}
	if (work->permitted.n)
		der_add(&inside, DER_CONTEXT_CONSTRUCTED(0), buf_span(&work->permitted));
	if (work->excluded.n)
		der_add(&inside, DER_CONTEXT_CONSTRUCTED(1), buf_span(&work->excluded));
	if (inside.n) {
		der_add(&value, DER_SEQUENCE, buf_span(&inside));
		add_extension(work, "2.5.29.30", true, buf_span(&value));
	}
	if (work->policy_constraints.n) {
		value.n = 0;
		der_add(&value, DER_SEQUENCE, buf_span(&work->policy_constraints));
		add_extension(work, "2.5.29.36", true, buf_span(&value));
	}
}

/* key=broken: says RSA, and holds nothing. */
static void add_broken_key(struct buf *out)
{
	AUTO(buf) algorithm = BUF_INIT;
	AUTO(buf) inside = BUF_INIT;

	add_oid(&algorithm, "1.2.840.113549.1.1.1");
	der_add(&algorithm, DER_NULL, span_of(NULL, 0));
	der_add(&inside, DER_SEQUENCE, buf_span(&algorithm));
	der_add(&inside, DER_BIT_STRING, SPAN("\x00\x30"));
	der_add(out, DER_SEQUENCE, buf_span(&inside));
}

static void add_key(struct buf *out, const char *name)
{
	gnutls_datum_t der;
	gnutls_pubkey_t key;

	if (!strcmp(name, "broken")) {
		add_broken_key(out);
		return;
	}
	gnutls_pubkey_init(&key);
	gnutls_pubkey_import_privkey(key, key_of(name), 0, 0);
	gnutls_pubkey_export2(key, GNUTLS_X509_FMT_DER, &der);
	buf_add(out, span_of(der.data, der.size));
	gnutls_free(der.data);
	gnutls_pubkey_deinit(key);
}

static void add_algorithm(struct buf *out, const struct work *work)
{
	AUTO(buf) inside = BUF_INIT;
	bool rsa =
		gnutls_privkey_get_pk_algorithm(key_of(work->by), NULL) == GNUTLS_PK_RSA;

	add_oid(&inside,
		rsa ? (work->sha1 ? "1.2.840.113549.1.1.5" : "1.2.840.113549.1.1.11")
		    : (work->sha1 ? "1.2.840.10045.4.1" : "1.2.840.10045.4.3.2"));
	if (rsa)
		der_add(&inside, DER_NULL, span_of(NULL, 0));
	der_add(out, DER_SEQUENCE, buf_span(&inside));
}

static void add_tbs(struct buf *out, const struct work *work)
{
	AUTO(buf) tbs = BUF_INIT;
	AUTO(buf) part = BUF_INIT;
	AUTO(buf) list = BUF_INIT;
	uint8_t version = (uint8_t)(work->version - 1);

	if (work->version > 1) {
		der_add(&part, DER_INTEGER, span_of(&version, 1));
		der_add(&tbs, DER_CONTEXT_CONSTRUCTED(0), buf_span(&part));
	}
	der_add(&tbs, DER_INTEGER,
		work->serial.n ? buf_span(&work->serial) : SPAN("\x01"));
	add_algorithm(&tbs, work);
	add_name(&tbs, work->issuer, span_of(NULL, 0));
	part.n = 0;
	der_add(&part, DER_UTC_TIME, span_str(work->from + 2));
	der_add(&part, DER_UTC_TIME, span_str(work->until + 2));
	der_add(&tbs, DER_SEQUENCE, buf_span(&part));
	add_name(&tbs, work->subject, buf_span(&work->subject_more));
	add_key(&tbs, work->key);
	if (work->extensions.n) {
		der_add(&list, DER_SEQUENCE, buf_span(&work->extensions));
		der_add(&tbs, DER_CONTEXT_CONSTRUCTED(3), buf_span(&list));
	}
	der_add(out, DER_SEQUENCE, buf_span(&tbs));
}

static void sign(struct buf *out, const struct work *work)
{
	gnutls_datum_t data = { out->at, (unsigned)out->n }, made;
	AUTO(buf) bits = BUF_INIT;
	int ret = gnutls_privkey_sign_data(
		key_of(work->by), work->sha1 ? GNUTLS_DIG_SHA1 : GNUTLS_DIG_SHA256, 0,
		&data, &made);

	if (ret < 0)
		abort();
	add_algorithm(out, work);
	buf_add_byte(&bits, 0);
	buf_add(&bits, span_of(made.data, made.size));
	der_add(out, DER_BIT_STRING, buf_span(&bits));
	gnutls_free(made.data);
}

/* What the store says of it; TRUST_UNSAID where it is only presented. */
static enum trust forge_trust(const char *text)
{
	switch (*text) {
	case '@':
		return TRUST_ANCHOR;
	case '!':
		return TRUST_DISTRUSTED;
	case '+':
		return TRUST_INTERMEDIATE;
	default:
		return TRUST_UNSAID;
	}
}

/* "subject<issuer", with the names' own keys. */
static void take_names(struct work *work, char *word)
{
	char *issuer = strchr(word, '<');

	if (forge_trust(word) != TRUST_UNSAID)
		word++;
	*issuer++ = '\0';
	snprintf(work->subject, sizeof(work->subject), "%s", word);
	snprintf(work->issuer, sizeof(work->issuer), "%s", issuer);
	snprintf(work->key, sizeof(work->key), "%s", word);
	snprintf(work->by, sizeof(work->by), "%s", issuer);
}

static struct cert forge_anew(const char *text)
{
	AUTO(work)
	work = { .version = 3, .from = "20260101000000Z", .until = "20290101000000Z" };
	AUTO_FREE char *words = str_copy(text);
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) body = BUF_INIT;
	AUTO(buf) der = BUF_INIT;
	struct cert cert;
	char *save = NULL;

	take_names(&work, strtok_r(words, " ", &save));
	for (char *word = strtok_r(NULL, " ", &save); word;
	     word = strtok_r(NULL, " ", &save))
		take_word(&work, word);
	add_lists(&work);
	add_tbs(&body, &work);
	sign(&body, &work);
	der_add(&der, DER_SEQUENCE, buf_span(&body));
	if (!cert_read(&cert, arena_copy(&workshop.arena, buf_span(&der)), &err)) {
		fprintf(stderr, "%s: %s\n", text, err.text);
		abort();
	}
	return cert;
}

/* The certificate; the same text gives the same bytes, which stay until forge_end. */
static struct cert forge(const char *text)
{
	for (size_t i = 0; i < workshop.n_made; i++)
		if (!strcmp(workshop.made[i].text, text))
			return workshop.made[i].cert;
	assert(workshop.n_made < CERTS_MOST);
	workshop.made[workshop.n_made].text = arena_str(&workshop.arena, text);
	workshop.made[workshop.n_made].cert = forge_anew(text);
	return workshop.made[workshop.n_made++].cert;
}

static void forge_end(void)
{
	for (size_t i = 0; i < workshop.n_keys; i++)
		gnutls_privkey_deinit(workshop.keys[i].key);
	workshop.n_keys = workshop.n_made = 0;
	arena_clear(&workshop.arena);
}
