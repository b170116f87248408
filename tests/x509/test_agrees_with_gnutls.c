/*
 * The view against GnuTLS, field by field, over every certificate of the ca-certificates
 * package and of the suites of other projects ($SUITES), where these are there. Where one
 * takes what the other refuses, the table of `known` below says which kind and why;
 * anything else fails.
 */
#include "x509/extension.h"
#include "x509/key.h"
#include "x509/pem.h"

#include "x509/der.h"
#include "x509/suites.h"
#include "x509/test.h"

#include <glob.h>
#include <gnutls/abstract.h>
#include <gnutls/x509-ext.h>

#define MOZILLA "/usr/share/ca-certificates/mozilla"
/* The largest field that is asked for: no certificate of these has more. */
#define FIELD_MOST 65536

struct pair {
	struct cert ours;
	gnutls_x509_crt_t theirs;
};

/* Why one of the two may refuse alone: part of what our error or theirs says, and the
 * reason. */
static const struct {
	const char *ours; /* part of our message; NULL: we take it */
	int theirs;       /* GnuTLS's error; 0: it takes it */
	const char *reason;
} known[] = {
	{ "malformed relative name", 0,
	  "GnuTLS takes a relative name without attributes, which RFC 5280 4.1.2.4 "
	  "forbids" },
};

struct tally {
	size_t compared, both_refused, known[COUNT(known)], faults;
};

static bool same_datum(struct span ours, gnutls_datum_t *theirs)
{
	bool same = span_eq(ours, span_of(theirs->data, theirs->size));

	gnutls_free(theirs->data);
	return same;
}

static bool same_names(const struct pair *pair)
{
	gnutls_datum_t issuer, subject;

	return gnutls_x509_crt_get_raw_issuer_dn(pair->theirs, &issuer) == 0 &&
	       same_datum(cert_part(&pair->ours, pair->ours.issuer), &issuer) &&
	       gnutls_x509_crt_get_raw_dn(pair->theirs, &subject) == 0 &&
	       same_datum(cert_part(&pair->ours, pair->ours.subject), &subject);
}

static bool same_version_and_serial(const struct pair *pair)
{
	uint8_t serial[FIELD_MOST];
	size_t n = sizeof(serial);

	return gnutls_x509_crt_get_version(pair->theirs) == pair->ours.version &&
	       gnutls_x509_crt_get_serial(pair->theirs, serial, &n) == 0 &&
	       span_eq(cert_part(&pair->ours, pair->ours.serial), span_of(serial, n));
}

static bool same_times(const struct pair *pair)
{
	time_t from = gnutls_x509_crt_get_activation_time(pair->theirs);
	time_t until = gnutls_x509_crt_get_expiration_time(pair->theirs);

	/* GnuTLS has no times before 1970, and a number of its own for 99991231235959Z.
	 */
	return (pair->ours.not_before == from ||
		(from <= 0 && pair->ours.not_before < 0)) &&
	       (pair->ours.not_after == until ||
		(until == GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION &&
		 pair->ours.not_after == 253402300799));
}

static bool same_signature(const struct pair *pair)
{
	uint8_t signature[FIELD_MOST];
	size_t n = sizeof(signature);

	return gnutls_x509_crt_get_signature(pair->theirs, (char *)signature, &n) == 0 &&
	       span_eq(cert_part(&pair->ours, pair->ours.signature),
		       span_of(signature, n));
}

static gnutls_digest_algorithm_t digest_of(enum hash_kind hash)
{
	static const gnutls_digest_algorithm_t digests[] = {
		[HASH_MD2] = GNUTLS_DIG_MD2,
		[HASH_MD5] = GNUTLS_DIG_MD5,
		[HASH_SHA1] = GNUTLS_DIG_SHA1,
		[HASH_SHA224] = GNUTLS_DIG_SHA224,
		[HASH_SHA256] = GNUTLS_DIG_SHA256,
		[HASH_SHA384] = GNUTLS_DIG_SHA384,
		[HASH_SHA512] = GNUTLS_DIG_SHA512,
		[HASH_SHA3_256] = GNUTLS_DIG_SHA3_256,
		[HASH_SHA3_384] = GNUTLS_DIG_SHA3_384,
		[HASH_SHA3_512] = GNUTLS_DIG_SHA3_512,
	};

	return digests[hash];
}

static bool same_signature_algorithm(const struct pair *pair)
{
	struct span algorithm = cert_part(&pair->ours, pair->ours.outer_algorithm), oid;
	struct signature_info info = signature_info(algorithm);
	int theirs = gnutls_x509_crt_get_signature_algorithm(pair->theirs);
	AUTO(buf) text = BUF_INIT;
	char their_oid[256];
	size_t n = sizeof(their_oid);

	if (!der_content(algorithm, DER_SEQUENCE, &algorithm) ||
	    !der_take_tag(&algorithm, DER_OID, &oid))
		return false;
	oid_text(&text, oid);
	if (gnutls_x509_crt_get_signature_oid(pair->theirs, their_oid, &n) != 0 ||
	    strcmp(buf_text(&text), their_oid) != 0)
		return false;
	/* What GnuTLS does not know, or whose hash is its own, says nothing about ours.
	 */
	return theirs <= GNUTLS_SIGN_UNKNOWN || info.hash == HASH_INTRINSIC ||
	       gnutls_sign_get_hash_algorithm((gnutls_sign_algorithm_t)theirs) ==
		       digest_of(info.hash);
}

static gnutls_pk_algorithm_t pk_of(enum key_type type)
{
	static const gnutls_pk_algorithm_t pks[KEY_UNKNOWN + 1] = {
		[KEY_RSA] = GNUTLS_PK_RSA,
		[KEY_RSA_PSS] = GNUTLS_PK_RSA_PSS,
		[KEY_EC] = GNUTLS_PK_ECDSA,
		[KEY_ED25519] = GNUTLS_PK_EDDSA_ED25519,
		[KEY_ED448] = GNUTLS_PK_EDDSA_ED448,
		[KEY_DSA] = GNUTLS_PK_DSA,
		[KEY_DH] = GNUTLS_PK_DH,
	};

	return pks[type];
}

/* What agrees on keys is of one type here, whatever the curve. */
static bool same_kind(enum key_type type, gnutls_pk_algorithm_t pk)
{
	return pk == pk_of(type) || (type == KEY_DH && (pk == GNUTLS_PK_ECDH_X25519 ||
							pk == GNUTLS_PK_ECDH_X448));
}

static bool same_key(const struct pair *pair)
{
	struct sha256 ours = sha256_of(cert_part(&pair->ours, pair->ours.spki));
	struct key_info key = cert_key(&pair->ours);
	uint8_t theirs[32];
	size_t n = sizeof(theirs);
	unsigned bits;
	int pk = gnutls_x509_crt_get_pk_algorithm(pair->theirs, &bits);

	/* A curve that GnuTLS lacks, a key that it cannot read. */
	if (pk < 0)
		return true;
	if (!same_kind(key.type, (gnutls_pk_algorithm_t)pk) || bits != key.bits)
		return false;
	/* The hash is over what GnuTLS writes of the key, where it can. */
	return gnutls_x509_crt_get_key_id(pair->theirs, GNUTLS_KEYID_USE_SHA256, theirs,
					  &n) != 0 ||
	       memcmp(ours.at, theirs, sizeof(theirs)) == 0;
}

/* One extension as it stands: OID, critical, value. */
static bool take_extension(struct span *rest, struct span *oid, bool *critical,
			   struct span *value)
{
	struct span extension, flag;

	if (!der_take_tag(rest, DER_SEQUENCE, &extension) ||
	    !der_take_tag(&extension, DER_OID, oid))
		return false;
	*critical = der_take_tag(&extension, DER_BOOLEAN, &flag) && flag.at[0];
	return der_take_tag(&extension, DER_OCTET_STRING, value);
}

static bool same_extension(const struct pair *pair, unsigned i, struct span oid,
			   bool critical, struct span value)
{
	static uint8_t data[FIELD_MOST];
	char their_oid[256];
	size_t oid_n = sizeof(their_oid), n = sizeof(data);
	AUTO(buf) text = BUF_INIT;
	unsigned their_critical;

	oid_text(&text, oid);
	return gnutls_x509_crt_get_extension_info(pair->theirs, i, their_oid, &oid_n,
						  &their_critical) == 0 &&
	       strcmp(buf_text(&text), their_oid) == 0 && critical == their_critical &&
	       gnutls_x509_crt_get_extension_data(pair->theirs, i, data, &n) == 0 &&
	       span_eq(value, span_of(data, n));
}

static bool same_extensions(const struct pair *pair)
{
	struct span rest = cert_part(&pair->ours, pair->ours.extensions);
	struct span oid = { NULL, 0 }, value = oid;
	char their_oid[256];
	size_t n = sizeof(their_oid);
	unsigned i = 0, critical;
	bool ours_critical = false;

	for (; take_extension(&rest, &oid, &ours_critical, &value); i++)
		if (!same_extension(pair, i, oid, ours_critical, value))
			return false;
	return gnutls_x509_crt_get_extension_info(pair->theirs, i, their_oid, &n,
						  &critical) ==
	       GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
}

/* GnuTLS's answer about an extension: there, absent, or malformed, as we say; *there to
 * go on. */
static bool same_presence(bool read, bool present, int theirs, bool *there)
{
	*there = read && present && theirs >= 0;
	if (!read)
		return theirs < 0 && theirs != GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
	return present ? theirs >= 0 : theirs == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE;
}

static bool same_basic_constraints(const struct pair *pair)
{
	struct basic_constraints ours;
	AUTO(error) err = ERROR_INIT;
	unsigned critical = 0, ca = 0;
	int path_length = -1;
	bool read = cert_basic_constraints(&pair->ours, &ours, &err), there;
	int theirs = gnutls_x509_crt_get_basic_constraints(pair->theirs, &critical, &ca,
							   &path_length);

	if (!same_presence(read, read && ours.present, theirs, &there))
		return false;
	return !there ||
	       (ours.ca == ca && ours.path_length == path_length &&
		cert_is_critical(&pair->ours, EXT_BASIC_CONSTRAINTS) == critical);
}

static bool same_key_usage(const struct pair *pair)
{
	bool present = false, read, there;
	unsigned critical = 0, usage = 0;
	AUTO(error) err = ERROR_INIT;
	uint16_t bits = 0;
	int theirs = gnutls_x509_crt_get_key_usage(pair->theirs, &usage, &critical);
	unsigned ours = 0;

	read = cert_key_usage(&pair->ours, &present, &bits, &err);
	if (!same_presence(read, present, theirs, &there))
		return false;
	/* GnuTLS's bits are the octets as they stand: the first octet, and the second
	 * above it. */
	for (unsigned i = 0; i < 9; i++)
		if (bits >> i & 1)
			ours |= i < 8 ? 0x80u >> i : 0x8000u;
	return !there || (ours == usage &&
			  cert_is_critical(&pair->ours, EXT_KEY_USAGE) == critical);
}

static bool same_purposes(const struct pair *pair)
{
	struct extended_key_usage usage;
	AUTO(error) err = ERROR_INIT;
	struct span rest, oid;
	unsigned i = 0, critical;
	char theirs[256];
	size_t n = sizeof(theirs);

	if (!cert_extended_key_usage(&pair->ours, &usage, &err))
		return gnutls_x509_crt_get_key_purpose_oid(pair->theirs, 0, theirs, &n,
							   &critical) < 0;
	rest = cert_extended_key_usage_oids(&pair->ours);
	for (; extended_key_usage_next(&rest, &oid); i++) {
		AUTO(buf) text = BUF_INIT;

		n = sizeof(theirs);
		oid_text(&text, oid);
		if (gnutls_x509_crt_get_key_purpose_oid(pair->theirs, i, theirs, &n,
							&critical) < 0 ||
		    strcmp(buf_text(&text), theirs) != 0)
			return false;
	}
	n = sizeof(theirs);
	return gnutls_x509_crt_get_key_purpose_oid(pair->theirs, i, theirs, &n,
						   &critical) < 0;
}

static bool same_alt_name(const struct general_name *ours, gnutls_datum_t theirs,
			  unsigned type)
{
	static const unsigned types[] = {
		[GENERAL_OTHER] = GNUTLS_SAN_OTHERNAME,
		[GENERAL_EMAIL] = GNUTLS_SAN_RFC822NAME,
		[GENERAL_DNS] = GNUTLS_SAN_DNSNAME,
		[GENERAL_DIRECTORY] = GNUTLS_SAN_DN,
		[GENERAL_URI] = GNUTLS_SAN_URI,
		[GENERAL_IP] = GNUTLS_SAN_IPADDRESS,
		[GENERAL_REGISTERED_ID] = GNUTLS_SAN_REGISTERED_ID,
	};

	if (types[ours->kind] != type)
		return false;
	/* Of the others GnuTLS gives a text of its own making. */
	if (ours->kind != GENERAL_DNS && ours->kind != GENERAL_EMAIL &&
	    ours->kind != GENERAL_URI && ours->kind != GENERAL_IP)
		return true;
	return span_eq(ours->value, span_of(theirs.data, theirs.size));
}

/* The list is read from the extension's value, which same_extensions has compared. */
static bool same_alt_names(const struct pair *pair)
{
	struct span value = cert_ext(&pair->ours, EXT_SUBJECT_ALT_NAME), rest;
	gnutls_datum_t der = { (unsigned char *)value.at, (unsigned)value.n }, theirs;
	gnutls_subject_alt_names_t names;
	AUTO(error) err = ERROR_INIT;
	struct general_name name;
	bool read, malformed, same = true;
	unsigned i = 0, type;

	if (!cert_has(&pair->ours, EXT_SUBJECT_ALT_NAME))
		return true;
	assert_int_equal(gnutls_subject_alt_names_init(&names), 0);
	read = cert_subject_alt_names(&pair->ours, &rest, &err);
	if (gnutls_x509_ext_import_subject_alt_names(&der, names, 0) < 0)
		same = !read;
	else if (read) {
		for (; same && general_name_next(&rest, &name, &malformed); i++)
			same = gnutls_subject_alt_names_get(names, i, &type, &theirs,
							    NULL) == 0 &&
			       same_alt_name(&name, theirs, type);
		same = same &&
		       gnutls_subject_alt_names_get(names, i, &type, &theirs, NULL) < 0;
	}
	gnutls_subject_alt_names_deinit(names);
	return same;
}

static bool same_key_ids(const struct pair *pair)
{
	uint8_t theirs[FIELD_MOST];
	struct authority_key_id authority;
	AUTO(error) err = ERROR_INIT;
	size_t n = sizeof(theirs);
	struct span id;
	int code = gnutls_x509_crt_get_subject_key_id(pair->theirs, theirs, &n, NULL);

	if (cert_subject_key_id(&pair->ours, &id, &err)
		    ? (code < 0 ? id.n != 0 : !span_eq(id, span_of(theirs, n)))
		    : code == 0)
		return false;
	n = sizeof(theirs);
	code = gnutls_x509_crt_get_authority_key_id(pair->theirs, theirs, &n, NULL);
	if (!cert_authority_key_id(&pair->ours, &authority, &err))
		return code < 0;
	return code < 0 ? authority.key_id.n == 0
			: span_eq(authority.key_id, span_of(theirs, n));
}

static void add_url(void *ctx, struct span url)
{
	buf_add(ctx, url);
	buf_add_byte(ctx, '\n');
}

/* GnuTLS counts all descriptions; those of another kind have no answer but an error of
 * its own. */
static void add_their_urls(const struct pair *pair, int what, struct buf *out)
{
	gnutls_datum_t url;
	int code;

	for (unsigned i = 0;; i++) {
		code = gnutls_x509_crt_get_authority_info_access(pair->theirs, i, what,
								 &url, NULL);
		if (code == GNUTLS_E_UNKNOWN_ALGORITHM)
			continue;
		if (code < 0)
			return;
		add_url(out, span_of(url.data, url.size));
		gnutls_free(url.data);
	}
}

static bool same_access(const struct pair *pair)
{
	static const int theirs[] = {
		[ACCESS_CA_ISSUERS] = GNUTLS_IA_CAISSUERS_URI,
		[ACCESS_OCSP] = GNUTLS_IA_OCSP_URI,
	};

	for (enum access_method method = ACCESS_CA_ISSUERS; method <= ACCESS_OCSP;
	     method++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) one = BUF_INIT;
		AUTO(buf) two = BUF_INIT;

		/* A list that is malformed further on gives GnuTLS what stands before. */
		if (!cert_access_urls(&pair->ours, method, &one, add_url, &err))
			continue;
		add_their_urls(pair, theirs[method], &two);
		if (!span_eq(buf_span(&one), buf_span(&two)))
			return false;
	}
	return true;
}

static const struct {
	const char *name;
	bool (*same)(const struct pair *pair);
} fields[] = {
	{ "version or serialNumber", same_version_and_serial },
	{ "issuer or subject", same_names },
	{ "validity", same_times },
	{ "subjectPublicKeyInfo", same_key },
	{ "signatureAlgorithm", same_signature_algorithm },
	{ "signatureValue", same_signature },
	{ "extensions", same_extensions },
	{ "basicConstraints", same_basic_constraints },
	{ "keyUsage", same_key_usage },
	{ "extKeyUsage", same_purposes },
	{ "subjectAltName", same_alt_names },
	{ "key identifiers", same_key_ids },
	{ "authorityInfoAccess", same_access },
};

static void compare_fields(const struct pair *pair, const char *where,
			   struct tally *tally)
{
	tally->compared++;
	for (size_t i = 0; i < COUNT(fields); i++) {
		if (fields[i].same(pair))
			continue;
		print_error("%s: %s differs\n", where, fields[i].name);
		tally->faults++;
	}
}

/* One of the two refuses: is it known why? */
static void look_up(const char *ours, int theirs, const char *where, struct tally *tally)
{
	for (size_t i = 0; i < COUNT(known); i++) {
		if (known[i].theirs != theirs || !known[i].ours != !ours ||
		    (ours && !strstr(ours, known[i].ours)))
			continue;
		tally->known[i]++;
		return;
	}
	print_error("%s: ours: %s; GnuTLS: %s\n", where, ours ? ours : "taken",
		    theirs ? gnutls_strerror_name(theirs) : "taken");
	tally->faults++;
}

static void compare(struct span der, const char *where, struct tally *tally)
{
	gnutls_datum_t datum = { (unsigned char *)der.at, (unsigned)der.n };
	AUTO(error) err = ERROR_INIT;
	struct pair pair;
	bool read;
	int theirs;

	assert_int_equal(gnutls_x509_crt_init(&pair.theirs), 0);
	theirs = gnutls_x509_crt_import(pair.theirs, &datum, GNUTLS_X509_FMT_DER);
	read = cert_read(&pair.ours, der, &err);
	if (read && theirs == 0)
		compare_fields(&pair, where, tally);
	else if (!read && theirs < 0)
		tally->both_refused++;
	else
		look_up(read ? NULL : err.text, theirs, where, tally);
	gnutls_x509_crt_deinit(pair.theirs);
}

/* Every certificate of the PEM in text. */
static void compare_all(struct span text, const char *where, struct tally *tally)
{
	struct pem_scan scan = { .in = text };
	struct pem_block block;

	while (pem_next(&scan, &block)) {
		AUTO_FREE uint8_t *der = mem_alloc(pem_decoded_most(block.body));
		AUTO_FREE char *place =
			str_format("%s: certificate %zu", where, block.index);
		AUTO(error) err = ERROR_INIT;
		size_t n;

		if (pem_is_certificate(&block) &&
		    pem_decode(block.body, block.body_line, der, &n, &err))
			compare(span_of(der, n), place, tally);
	}
}

static void report(const struct tally *tally)
{
	print_message("%zu compared, %zu refused by both\n", tally->compared,
		      tally->both_refused);
	for (size_t i = 0; i < COUNT(known); i++)
		if (tally->known[i])
			print_message("%zu: %s\n", tally->known[i], known[i].reason);
}

static void every_root_of_the_ca_certificates_package_is_read_alike(void **state)
{
	struct tally tally = { .compared = 0 };
	glob_t found;
	(void)state;

	if (glob(MOZILLA "/*.crt", 0, NULL, &found) != 0) {
		print_message("skipped: no certificates in " MOZILLA "\n");
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!file_read(&file, found.gl_pathv[i], &err))
			fail_msg("%s", err.text);
		compare_all(file.bytes, found.gl_pathv[i], &tally);
	}
	report(&tally);
	assert_int_equal(tally.faults, 0);
	assert_int_equal(tally.both_refused, 0);
	assert_int_equal(tally.compared, found.gl_pathc);
	globfree(&found);
}

static void every_certificate_of_the_suites_is_read_alike(void **state)
{
	const char *suites = getenv("SUITES"), *top = getenv("top_srcdir");
	AUTO_FREE char *pattern =
		suites ? str_format("%s/*.json.xz", suites)
		       : str_format("%s/../shared/suites/*.json.xz", top ? top : ".");
	struct tally tally = { .compared = 0 };
	glob_t found;
	(void)state;

	if (glob(pattern, 0, NULL, &found) != 0) {
		print_message("skipped: no suites at %s (set SUITES)\n", pattern);
		mem_free(pattern); /* skip does not come back, so no scope ends */
		skip();
	}
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(buf) text = BUF_INIT;

		if (!suite_unpack(found.gl_pathv[i], &text))
			fail_msg("cannot unpack '%s'", found.gl_pathv[i]);
		compare_all(buf_span(&text), found.gl_pathv[i], &tally);
	}
	globfree(&found);
	report(&tally);
	assert_int_equal(tally.faults, 0);
	assert_true(tally.compared > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_root_of_the_ca_certificates_package_is_read_alike),
		cmocka_unit_test(every_certificate_of_the_suites_is_read_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
