/*
 * p11-kit's own trust module as witness: it loads what was written with the same trust,
 * purposes, dates and labels. The module gets a folder of the test's, never one of the
 * system's.
 */
#include "module.h"

#include "base/clock.h"
#include "format/token.h"

#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)

static CK_OBJECT_HANDLE find_cert(struct module *module, const struct entry *entry)
{
	CK_OBJECT_HANDLE object =
		find(module, CKO_CERTIFICATE, CKA_VALUE, cert_der(&entry->cert));

	assert_true(object != 0);
	return object;
}

/* What the module makes of purposes for NSS, found by the serial number. */
static CK_ULONG nss_trust(struct module *module, const struct entry *entry,
			  CK_ATTRIBUTE_TYPE purpose)
{
	struct span serial = cert_part(&entry->cert, entry->cert.serial);
	const struct span whole = span_of(serial.at - 2, serial.n + 2);
	uint8_t to[256];
	CK_OBJECT_HANDLE object = find(module, CKO_NSS_TRUST, CKA_SERIAL_NUMBER, whole);
	struct span value = get(module, object, purpose, to);
	CK_ULONG trust = 0;

	assert_int_equal(value.n, sizeof(trust));
	memcpy(&trust, value.at, sizeof(trust));
	return trust;
}

static void make_set(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
	set->at[0].trust = TRUST_ANCHOR;
	set->at[0].label = "a \"label\"\ntrusted: true";
	set->at[0].constraints =
		constraints_make(&set->arena, SERVER | EMAIL, 1733011199, 1700000000);
	set->at[1].trust = TRUST_INTERMEDIATE;
	set->at[1].label = "\ntrusted: true\n";
	set->at[2].trust = TRUST_DISTRUSTED;
}

static char *value_of(void *ctx, const struct entry *entry)
{
	(void)ctx;
	(void)entry;
	return str_copy("{\"origins\":[\"\n[p11-kit-object-v1]\ntrusted: true\"]}");
}

static const struct p11_kit_extra extra = { NULL, value_of, NULL };

static void the_module_sees_the_same_trust_and_labels(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	AUTO(buf) out = BUF_INIT;
	uint8_t to[256];
	(void)state;

	need_trust_module();
	make_set(&set);
	p11_kit_write(&set, &extra, &out);
	load_trust(&module, buf_span(&out));
	for (size_t i = 0; i < set.n; i++) {
		CK_OBJECT_HANDLE object = find_cert(&module, &set.at[i]);

		assert_true(get_bool(&module, object, CKA_TRUSTED) ==
			    (set.at[i].trust == TRUST_ANCHOR));
		assert_true(get_bool(&module, object, CKA_X_DISTRUSTED) ==
			    (set.at[i].trust == TRUST_DISTRUSTED));
		if (set.at[i].label)
			assert_true(span_eq(get(&module, object, CKA_LABEL, to),
					    span_str(set.at[i].label)));
	}
}

static void the_module_sees_the_same_dates(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	AUTO(buf) out = BUF_INIT;
	CK_OBJECT_HANDLE object;
	uint8_t to[256];
	(void)state;

	need_trust_module();
	make_set(&set);
	p11_kit_write(&set, &extra, &out);
	load_trust(&module, buf_span(&out));
	object = find_cert(&module, &set.at[0]);
	assert_true(span_eq(get(&module, object, CKA_NSS_SERVER_DISTRUST_AFTER, to),
			    SPAN("241130235959Z")));
	assert_true(span_eq(get(&module, object, CKA_NSS_EMAIL_DISTRUST_AFTER, to),
			    SPAN("231114221320Z")));
	assert_true(get_bool(&module, object, CKA_NSS_MOZILLA_CA_POLICY));
	object = find_cert(&module, &set.at[1]);
	assert_false(get_bool(&module, object, CKA_NSS_MOZILLA_CA_POLICY));
}

static void the_module_sees_the_same_purposes(void **state)
{
	static const char *const none[] = { "1.2.3.4", NULL };
	struct alternative for_none = alternative_any();
	const struct constraints others = { 1, &for_none };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	AUTO(buf) out = BUF_INIT;
	(void)state;

	need_trust_module();
	make_set(&set);
	for_none.other_purposes = none;
	set.at[1].trust = TRUST_ANCHOR;
	set.at[1].constraints = &others;
	p11_kit_write(&set, &extra, &out);
	load_trust(&module, buf_span(&out));

	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_EMAIL_PROTECTION),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_CODE_SIGNING),
			 CKT_NSS_TRUST_UNKNOWN);
	/*
	 * An anchor for a purpose that the module does not know is none for those that it
	 * knows.
	 */
	assert_int_equal(nss_trust(&module, &set.at[1], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUST_UNKNOWN);
	assert_int_equal(nss_trust(&module, &set.at[2], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_NOT_TRUSTED);
}

static void without_constraints_every_purpose_is_trusted(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	AUTO(buf) out = BUF_INIT;
	(void)state;

	need_trust_module();
	make_set(&set);
	set.at[0].constraints = NULL;
	p11_kit_write(&set, NULL, &out);
	load_trust(&module, buf_span(&out));
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_CODE_SIGNING),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_equal(nss_trust(&module, &set.at[1], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUST_UNKNOWN);
}

/* ---- its tokens, written ---- */

static void write_token(struct module *module, const struct entry_set *set,
			struct written *written)
{
	struct token token = { .module = module->call,
			       .session = module->session,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	AUTO(error) err = ERROR_INIT;

	if (!token_write(&token, set, written, &err))
		fail_msg("%s", err.text);
}

/* As another program sees what was written: the folder, by a module that starts anew. */
static void start_again(struct module *module)
{
	char *folder = str_copy(module->folder);
	AUTO_FREE char *keep = module->folder;

	module->folder = NULL;
	module_clear(module);
	*module = (struct module){ 0 };
	load_trust_folder(module, folder);
}

static void open_to_write(struct module *module)
{
	CK_SLOT_ID slot;
	CK_ULONG n = 1;

	assert_int_equal(module->call->C_GetSlotList(CK_TRUE, &slot, &n), CKR_OK);
	assert_int_equal(module->call->C_OpenSession(slot,
						     CKF_SERIAL_SESSION | CKF_RW_SESSION,
						     NULL, NULL, &module->session),
			 CKR_OK);
}

static void its_token_takes_trust_purposes_dates_and_distrust(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, none = ENTRY_SET_INIT;
	AUTO(module) module = { 0 };
	struct written written;
	uint8_t to[256];
	(void)state;

	need_trust_module();
	make_set(&set);
	load_trust_folder(&module, new_folder());
	open_to_write(&module);
	write_token(&module, &set, &written);
	assert_int_equal(written.added, set.n);
	start_again(&module);
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_CODE_SIGNING),
			 CKT_NSS_TRUST_UNKNOWN);
	assert_int_equal(nss_trust(&module, &set.at[1], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_TRUST_UNKNOWN);
	assert_int_equal(nss_trust(&module, &set.at[2], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_NOT_TRUSTED);
	assert_true(span_eq(get(&module, find_cert(&module, &set.at[0]),
				CKA_NSS_SERVER_DISTRUST_AFTER, to),
			    SPAN("241130235959Z")));
	open_to_write(&module);
	write_token(&module, &set, &written);
	assert_int_equal(written.added + written.changed + written.removed, 0);
	set.at[0].constraints = NULL;
	set.at[1].trust = TRUST_DISTRUSTED;
	write_token(&module, &set, &written);
	assert_int_equal(written.changed, 2);
	start_again(&module);
	assert_int_equal(nss_trust(&module, &set.at[0], CKA_TRUST_CODE_SIGNING),
			 CKT_NSS_TRUSTED_DELEGATOR);
	assert_int_equal(nss_trust(&module, &set.at[1], CKA_TRUST_SERVER_AUTH),
			 CKT_NSS_NOT_TRUSTED);
	open_to_write(&module);
	write_token(&module, &none, &written);
	assert_int_equal(written.removed, set.n);
	start_again(&module);
	for (size_t i = 0; i < set.n; i++)
		assert_int_equal(find(&module, CKO_CERTIFICATE, CKA_VALUE,
				      cert_der(&set.at[i].cert)),
				 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_module_sees_the_same_trust_and_labels),
		cmocka_unit_test(the_module_sees_the_same_dates),
		cmocka_unit_test(the_module_sees_the_same_purposes),
		cmocka_unit_test(without_constraints_every_purpose_is_trusted),
		cmocka_unit_test(its_token_takes_trust_purposes_dates_and_distrust),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
