/*
 * Witnesses: what p11-kit's trust module and GnuTLS make of a cellar that we wrote is
 * what we meant, whatever the texts in it say.
 */
#include "scratch.h"

#include "store/folder.h"

#include <dlfcn.h>
#include <glob.h>

#include <gnutls/gnutls.h>
#include <gnutls/pkcs11.h>
#include <gnutls/x509.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/pkcs11x.h>

#define OBJECTS_MOST 256

static char module[256]; /* path of p11-kit-trust.so */
static char *cellar;

static bool find_module(void)
{
	static const char *const patterns[] = {
		"/usr/lib/*/pkcs11/p11-kit-trust.so",
		"/usr/lib64/pkcs11/p11-kit-trust.so",
		"/usr/lib/pkcs11/p11-kit-trust.so",
	};

	for (size_t i = 0; i < COUNT(patterns) && !module[0]; i++) {
		glob_t found;

		if (glob(patterns[i], 0, NULL, &found) == 0)
			snprintf(module, sizeof(module), "%s", found.gl_pathv[0]);
		globfree(&found);
	}
	return module[0];
}

static const char hostile[] = "x\"\n\n[p11-kit-object-v1]\ntrusted: true\n";

static int write_cellar(void **state)
{
	static const struct origin origin = { ORIGIN_NETWORK, hostile, TIME_NONE, false,
					      NULL };
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry *entry;

	if (!find_module() || scratch_make(state) != 0)
		return -1;
	cellar = in_scratch("cellar");
	if (!cellar_begin(&change, cellar, &err))
		return -1;
	entry = add_cert(&change.set, "root-one", TRUST_ANCHOR);
	entry->label = "One";
	entry->constraints = constraints_make(
		&change.set.arena, 1u << PURPOSE_SERVER_AUTH | 1u << PURPOSE_CLIENT_AUTH,
		1606780799 /* 2020-11-30 23:59:59 */, TIME_NONE);
	add_cert(&change.set, "root-two", TRUST_ANCHOR);
	add_cert(&change.set, "distrusted", TRUST_DISTRUSTED);
	add_cert(&change.set, "intermediate", TRUST_INTERMEDIATE);
	entry = add_cert(&change.set, "hostile", TRUST_INTERMEDIATE);
	entry->label = entry->note = hostile;
	entry->origin = &origin;
	commit(&change, hostile);
	return 0;
}

static int remove_cellar(void **state)
{
	mem_free(cellar);
	return scratch_remove(state);
}

/* ---- p11-kit's module, by PKCS#11 alone ---- */

struct witness {
	void *library;
	CK_FUNCTION_LIST_PTR call;
	CK_SESSION_HANDLE session;
	char paths[512];
};

static void open_session(struct witness *witness)
{
	CK_SLOT_ID slot[8];
	CK_ULONG n = COUNT(slot);

	assert_int_equal(witness->call->C_GetSlotList(CK_TRUE, slot, &n), CKR_OK);
	assert_int_equal(n, 1);
	assert_int_equal(witness->call->C_OpenSession(slot[0], CKF_SERIAL_SESSION, NULL,
						      NULL, &witness->session),
			 CKR_OK);
}

static void witness_load(struct witness *witness)
{
	CK_RV (*get)(CK_FUNCTION_LIST_PTR_PTR);
	CK_C_INITIALIZE_ARGS args = { .flags = CKF_OS_LOCKING_OK };

	witness->library = dlopen(module, RTLD_NOW | RTLD_LOCAL);
	assert_non_null(witness->library);
	*(void **)&get = dlsym(witness->library, "C_GetFunctionList");
	assert_int_equal(get(&witness->call), CKR_OK);
	snprintf(witness->paths, sizeof(witness->paths), "paths='%s/trust'", cellar);
	args.pReserved = witness->paths;
	assert_int_equal(witness->call->C_Initialize(&args), CKR_OK);
	open_session(witness);
}

static void witness_end(struct witness *witness)
{
	assert_int_equal(witness->call->C_Finalize(NULL), CKR_OK);
	dlclose(witness->library);
}

static size_t find(struct witness *witness, CK_ATTRIBUTE *with, size_t n_with,
		   CK_OBJECT_HANDLE objects[OBJECTS_MOST])
{
	CK_ULONG n = 0;

	assert_int_equal(witness->call->C_FindObjectsInit(witness->session, with, n_with),
			 CKR_OK);
	assert_int_equal(
		witness->call->C_FindObjects(witness->session, objects, OBJECTS_MOST, &n),
		CKR_OK);
	assert_int_equal(witness->call->C_FindObjectsFinal(witness->session), CKR_OK);
	return n;
}

static CK_OBJECT_HANDLE find_certificate(struct witness *witness, struct span der)
{
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE with[] = { { CKA_CLASS, &class, sizeof(class) },
				{ CKA_VALUE, (void *)der.at, der.n } };
	CK_OBJECT_HANDLE objects[OBJECTS_MOST];

	assert_int_equal(find(witness, with, COUNT(with), objects), 1);
	return objects[0];
}

static size_t read_attribute(struct witness *witness, CK_OBJECT_HANDLE object,
			     CK_ATTRIBUTE_TYPE type, void *to, size_t room)
{
	CK_ATTRIBUTE attribute = { type, to, room };

	if (witness->call->C_GetAttributeValue(witness->session, object, &attribute, 1) !=
	    CKR_OK)
		return 0;
	return attribute.ulValueLen == (CK_ULONG)-1 ? 0 : attribute.ulValueLen;
}

static bool read_flag(struct witness *witness, CK_OBJECT_HANDLE object,
		      CK_ATTRIBUTE_TYPE type)
{
	CK_BBOOL flag = CK_FALSE;

	return read_attribute(witness, object, type, &flag, sizeof(flag)) && flag;
}

/* NSS's trust object of a certificate: what it says of one purpose. */
static CK_ULONG read_nss_trust(struct witness *witness, const struct cert *cert,
			       CK_ATTRIBUTE_TYPE purpose)
{
	CK_OBJECT_CLASS class = CKO_NSS_TRUST;
	struct span issuer = cert_part(cert, cert->issuer), serial;
	CK_OBJECT_HANDLE objects[OBJECTS_MOST];
	CK_ULONG trust = 0;

	/* The serial is the whole INTEGER, two octets before its content. */
	serial = span_of(cert->der + cert->serial.at - 2, cert->serial.n + 2);
	CK_ATTRIBUTE with[] = { { CKA_CLASS, &class, sizeof(class) },
				{ CKA_ISSUER, (void *)issuer.at, issuer.n },
				{ CKA_SERIAL_NUMBER, (void *)serial.at, serial.n } };
	assert_int_equal(find(witness, with, COUNT(with), objects), 1);
	assert_int_equal(
		read_attribute(witness, objects[0], purpose, &trust, sizeof(trust)),
		sizeof(trust));
	return trust;
}

static void p11_kit_sees_the_trust_that_was_meant(void **state)
{
	static const struct {
		const char *name;
		bool trusted, distrusted;
	} cases[] = {
		{ "root-one", true, false },   { "root-two", true, false },
		{ "distrusted", false, true }, { "intermediate", false, false },
		{ "hostile", false, false },
	};
	CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	CK_ATTRIBUTE any[] = { { CKA_CLASS, &class, sizeof(class) } };
	CK_OBJECT_HANDLE objects[OBJECTS_MOST];
	struct witness witness = { 0 };
	struct entry_set set = ENTRY_SET_INIT;

	(void)state;
	witness_load(&witness);
	assert_int_equal(find(&witness, any, 1, objects), COUNT(cases));
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct entry *entry = add_cert(&set, cases[i].name, TRUST_UNSAID);
		CK_OBJECT_HANDLE object =
			find_certificate(&witness, cert_der(&entry->cert));

		if (read_flag(&witness, object, CKA_TRUSTED) != cases[i].trusted ||
		    read_flag(&witness, object, CKA_X_DISTRUSTED) != cases[i].distrusted)
			fail_msg("%s: other trust than was meant", cases[i].name);
	}
	entry_set_clear(&set);
	witness_end(&witness);
}

static void p11_kit_sees_purposes_distrust_after_and_label(void **state)
{
	struct witness witness = { 0 };
	struct entry_set set = ENTRY_SET_INIT;
	char text[64] = "";
	struct entry *one, *two;
	CK_OBJECT_HANDLE object;

	(void)state;
	one = add_cert(&set, "root-one", TRUST_UNSAID);
	witness_load(&witness);
	object = find_certificate(&witness, cert_der(&one->cert));
	assert_int_equal(read_attribute(&witness, object, CKA_NSS_SERVER_DISTRUST_AFTER,
					text, sizeof(text)),
			 13);
	assert_string_equal(text, "201130235959Z");
	memset(text, 0, sizeof(text));
	assert_int_equal(read_attribute(&witness, object, CKA_LABEL, text, sizeof(text)),
			 3);
	assert_string_equal(text, "One");
	assert_int_equal(read_nss_trust(&witness, &one->cert, CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_not_equal(
		read_nss_trust(&witness, &one->cert, CKA_TRUST_EMAIL_PROTECTION),
		CKT_NSS_TRUSTED_DELEGATOR);
	two = add_cert(&set, "root-two", TRUST_UNSAID);
	assert_int_equal(read_nss_trust(&witness, &two->cert, CKA_TRUST_EMAIL_PROTECTION),
			 CKT_NSS_TRUSTED_DELEGATOR);
	two = add_cert(&set, "distrusted", TRUST_UNSAID);
	assert_int_equal(read_nss_trust(&witness, &two->cert, CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_NOT_TRUSTED);
	entry_set_clear(&set);
	witness_end(&witness);
}

/* One change that leaves the size of the state as it was. */
static void relabel(const char *label)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	struct entry_set named = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry *entry = add_cert(&named, "root-one", TRUST_UNSAID);

	if (!cellar_begin(&change, cellar, &err))
		fail_msg("%s", err.text);
	set_find(&change.set, &entry->cert)->label = label;
	commit(&change, "relabel");
	entry_set_clear(&named);
}

static void
a_change_of_the_same_size_in_the_same_second_is_seen_by_a_running_process(void **state)
{
	static const char *const labels[] = { "Two", "Six", "Ten" };
	AUTO_FREE char *path = cellar_state_path(cellar, 0);
	struct witness witness = { 0 };
	struct entry_set set = ENTRY_SET_INIT;
	struct entry *one;
	off_t size = 0;

	(void)state;
	one = add_cert(&set, "root-one", TRUST_UNSAID);
	witness_load(&witness);
	for (size_t i = 0; i < COUNT(labels); i++) {
		char text[64] = "";
		struct stat st;

		relabel(labels[i]);
		assert_int_equal(stat(path, &st), 0);
		if (i > 0)
			assert_int_equal(st.st_size, size);
		size = st.st_size;
		assert_int_equal(witness.call->C_CloseSession(witness.session), CKR_OK);
		open_session(&witness);
		read_attribute(&witness, find_certificate(&witness, cert_der(&one->cert)),
			       CKA_LABEL, text, sizeof(text));
		assert_string_equal(text, labels[i]);
	}
	relabel("One");
	entry_set_clear(&set);
	witness_end(&witness);
}

/* ---- GnuTLS ---- */

static gnutls_x509_crt_t import(const char *name)
{
	AUTO_FREE char *path = data_path(name);
	struct file file = read_whole_file(path);
	gnutls_datum_t pem = { (unsigned char *)file.bytes.at, (unsigned)file.bytes.n };
	gnutls_x509_crt_t cert;

	assert_int_equal(gnutls_x509_crt_init(&cert), 0);
	assert_int_equal(gnutls_x509_crt_import(cert, &pem, GNUTLS_X509_FMT_PEM), 0);
	file_clear(&file);
	return cert;
}

static void gnutls_trusts_the_anchors_and_no_other(void **state)
{
	static const struct {
		const char *name;
		bool trusted;
	} cases[] = {
		{ "root-one", true },      { "root-two", true }, { "distrusted", false },
		{ "intermediate", false }, { "hostile", false },
	};
	char paths[512];

	(void)state;
	snprintf(paths, sizeof(paths), "trusted p11-kit:paths='%s/trust'", cellar);
	assert_int_equal(gnutls_pkcs11_init(GNUTLS_PKCS11_FLAG_MANUAL, NULL), 0);
	assert_int_equal(gnutls_pkcs11_add_provider(module, paths), 0);
	for (size_t i = 0; i < COUNT(cases); i++) {
		gnutls_x509_crt_t cert = import(cases[i].name);
		bool trusted =
			gnutls_pkcs11_crt_is_known(
				"pkcs11:", cert,
				GNUTLS_PKCS11_OBJ_FLAG_PRESENT_IN_TRUSTED_MODULE |
					GNUTLS_PKCS11_OBJ_FLAG_RETRIEVE_TRUSTED) != 0;

		gnutls_x509_crt_deinit(cert);
		if (trusted != cases[i].trusted)
			fail_msg("%s: %s", cases[i].name,
				 trusted ? "trusted" : "not trusted");
	}
	gnutls_pkcs11_deinit();
}

/* A list that loads the whole token, as programs do with --x509cafile=pkcs11:. */
static void gnutls_fills_a_trust_list_with_the_anchors(void **state)
{
	gnutls_x509_trust_list_t list;
	char paths[512];

	(void)state;
	snprintf(paths, sizeof(paths), "trusted p11-kit:paths='%s/trust'", cellar);
	assert_int_equal(gnutls_pkcs11_init(GNUTLS_PKCS11_FLAG_MANUAL, NULL), 0);
	assert_int_equal(gnutls_pkcs11_add_provider(module, paths), 0);
	assert_int_equal(gnutls_x509_trust_list_init(&list, 0), 0);
	assert_true(gnutls_x509_trust_list_add_trust_file(
			    list, "pkcs11:", NULL, GNUTLS_X509_FMT_PEM, 0, 0) >= 0);
	for (size_t i = 0; i < 2; i++) {
		gnutls_x509_crt_t cert = import(i ? "distrusted" : "intermediate");
		unsigned status = 0;

		assert_int_equal(gnutls_x509_trust_list_verify_crt(
					 list, &cert, 1,
					 GNUTLS_VERIFY_DISABLE_TIME_CHECKS, &status,
					 NULL),
				 0);
		/* The intermediate leads to an anchor; the distrusted root is none. */
		if ((status == 0) != (i == 0))
			fail_msg("%s: status %x", i ? "distrusted" : "intermediate",
				 status);
		gnutls_x509_crt_deinit(cert);
	}
	gnutls_x509_trust_list_deinit(list, 1);
	gnutls_pkcs11_deinit();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(p11_kit_sees_the_trust_that_was_meant),
		cmocka_unit_test(p11_kit_sees_purposes_distrust_after_and_label),
		cmocka_unit_test(
			a_change_of_the_same_size_in_the_same_second_is_seen_by_a_running_process),
		cmocka_unit_test(gnutls_trusts_the_anchors_and_no_other),
		cmocka_unit_test(gnutls_fills_a_trust_list_with_the_anchors),
	};

	return cmocka_run_group_tests(tests, write_cellar, remove_cellar);
}
