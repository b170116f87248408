/*
 * Tokens: what a module answers makes entries, and one that lies about lengths, counts
 * and time costs nothing but its own entries. The module here is made up.
 */
#include "formats.h"

#include "base/clock.h"
#include "format/token.h"

#include <limits.h>

/* ---- a made-up module: objects are lists of attributes ---- */

struct made_attribute {
	CK_ATTRIBUTE_TYPE type;
	struct span value;
};
#define MADE_MOST 10
struct made_object {
	CK_OBJECT_CLASS class;
	struct made_attribute at[MADE_MOST];
	size_t n;
};

static struct {
	struct made_object objects[4];
	size_t n, next;
	CK_OBJECT_CLASS class;
	bool endless;      /* objects never end */
	CK_ULONG too_many; /* more handles than were asked for */
	CK_ULONG length;   /* what it says of each value's length; 0: the truth */
	bool grows;        /* the second answer is longer than the first */
	CK_RV answer;      /* to every question for attributes */
} made;

static void add(CK_OBJECT_CLASS class)
{
	made.objects[made.n++] = (struct made_object){ .class = class };
}

static void say(CK_ATTRIBUTE_TYPE type, struct span value)
{
	struct made_object *object = &made.objects[made.n - 1];

	assert_true(object->n < MADE_MOST);
	object->at[object->n++] = (struct made_attribute){ type, value };
}

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
	(void)session;
	assert_int_equal(n, 1);
	memcpy(&made.class, wanted->pValue, sizeof(made.class));
	made.next = 0;
	return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles, CK_ULONG most,
		  CK_ULONG *n)
{
	(void)session;
	*n = 0;
	if (made.too_many) {
		*n = most + made.too_many;
		return CKR_OK;
	}
	for (; made.endless && *n < most; ++*n)
		handles[*n] = 0;
	for (; made.next < made.n && *n < most; made.next++) {
		if (made.objects[made.next].class == made.class)
			handles[(*n)++] = made.next;
	}
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static void answer(const struct made_object *object, CK_ATTRIBUTE *asked)
{
	for (size_t i = 0; i < object->n; i++) {
		struct span value = object->at[i].value;
		CK_ULONG room = asked->ulValueLen;

		if (object->at[i].type != asked->type)
			continue;
		asked->ulValueLen = made.length ? made.length : value.n;
		if (!asked->pValue)
			return;
		if (value.n <= room)
			memcpy(asked->pValue, value.at, value.n);
		asked->ulValueLen += made.grows;
		return;
	}
	asked->ulValueLen = CK_UNAVAILABLE_INFORMATION;
}

static CK_RV get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *asked,
		 CK_ULONG n)
{
	(void)session;
	if (made.answer)
		return made.answer;
	for (CK_ULONG i = 0; i < n; i++)
		answer(&made.objects[handle], &asked[i]);
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* Certificates that are created, up to so many, and taken away again. */
static size_t may_create, created, destroyed;

static CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *object, CK_ULONG n,
		    CK_OBJECT_HANDLE *handle)
{
	(void)session;
	(void)object;
	assert_true(n > 0);
	if (created == may_create)
		return CKR_DEVICE_MEMORY;
	*handle = 100 + created++;
	return CKR_OK;
}

static CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle)
{
	(void)session;
	if (handle < 100)
		return CKR_ACTION_PROHIBITED;
	destroyed++;
	return CKR_OK;
}

static CK_FUNCTION_LIST module = {
	.C_CreateObject = create,
	.C_DestroyObject = destroy,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetAttributeValue = get,
};

/* ---- certificates ---- */

static struct file files[2];
static struct cert certs[2];

static int setup_group(void **state)
{
	static const char *const names[] = { "cmd/alpha-root.der", "format/one.der" };
	(void)state;

	for (size_t i = 0; i < COUNT(names); i++) {
		AUTO(error) err = ERROR_INIT;

		files[i] = (struct file)FILE_INIT;
		data_read(&files[i], names[i]);
		if (!cert_read(&certs[i], files[i].bytes, &err))
			fail_msg("%s: %s", names[i], err.text);
	}
	return 0;
}

static int teardown_group(void **state)
{
	(void)state;
	file_clear(&files[0]);
	file_clear(&files[1]);
	return 0;
}

static int setup(void **state)
{
	(void)state;
	memset(&made, 0, sizeof(made));
	return 0;
}

static void add_cert(size_t i)
{
	add(CKO_CERTIFICATE);
	say(CKA_VALUE, files[i].bytes);
	say(CKA_LABEL, SPAN("My\0"));
}

/* A trust object of that certificate: how far it is trusted for servers. */
static CK_ULONG words[2];
static uint8_t serial[64];

static void add_trust(size_t i, CK_ULONG word)
{
	struct span content = cert_part(&certs[i], certs[i].serial);

	serial[0] = 2;
	serial[1] = (uint8_t)content.n;
	assert_true(content.n < sizeof(serial) - 2);
	memcpy(serial + 2, content.at, content.n);
	words[i] = word;
	add(CKO_NSS_TRUST);
	say(CKA_ISSUER, cert_part(&certs[i], certs[i].issuer));
	say(CKA_SERIAL_NUMBER, span_of(serial, content.n + 2));
	say(CKA_TRUST_SERVER_AUTH, span_of(&words[i], sizeof(words[i])));
}

static bool read_made(struct entry_set *set, struct skipped *skipped, struct error *err)
{
	struct token token = { .module = &module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	struct entry_sink sink = {
		.set = set, .path = "pkcs11:token=made", .skip = note_skip, .ctx = skipped
	};

	return token_read(&token, &sink, err);
}

static void must_read(struct entry_set *set, struct skipped *skipped)
{
	AUTO(error) err = ERROR_INIT;

	if (!read_made(set, skipped, &err))
		fail_msg("%s", err.text);
}

/* It fails, and says so. */
static void must_fail(const char *says)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;

	if (read_made(&set, &skipped, &err))
		fail_msg("read, though '%s'", says);
	if (!strstr(err.text, says))
		fail_msg("'%s' instead of '%s'", err.text, says);
}

/* One certificate is left out, with that reason. */
static void must_skip(const char *says)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	must_read(&set, &skipped);
	assert_int_equal(set.n, 0);
	if (skipped.n != 1 || !strstr(buf_text(&skipped.text), says))
		fail_msg("'%s' instead of '%s'", buf_text(&skipped.text), says);
}

/* ---- the rules ---- */

static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;

static void
what_says_nothing_of_trust_is_unsaid_and_what_is_trusted_an_anchor(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_cert(1);
	say(CKA_TRUSTED, span_of(&yes, sizeof(yes)));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 2);
	assert_int_equal(set.at[0].trust, TRUST_UNSAID);
	assert_int_equal(set.at[1].trust, TRUST_ANCHOR);
	assert_string_equal(set.at[0].label, "My");
	assert_string_equal(set.at[0].origin->ref, "pkcs11:token=made");
}

static void attributes_of_p11_kit_say_anchor_intermediate_and_distrusted(void **state)
{
	static const struct {
		const CK_BBOOL *trusted, *distrusted;
		enum trust is;
	} cases[] = {
		{ &yes, &no, TRUST_ANCHOR },
		{ &no, &no, TRUST_INTERMEDIATE },
		{ &no, &yes, TRUST_DISTRUSTED },
		{ &yes, &yes, TRUST_DISTRUSTED },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		setup(state);
		add_cert(0);
		say(CKA_TRUSTED, span_of(cases[i].trusted, sizeof(CK_BBOOL)));
		say(CKA_X_DISTRUSTED, span_of(cases[i].distrusted, sizeof(CK_BBOOL)));
		must_read(&set, &skipped);
		assert_int_equal(set.n, 1);
		assert_int_equal(set.at[0].trust, cases[i].is);
	}
}

static void
trust_objects_of_nss_say_purposes_and_the_date_in_either_object_counts(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_trust(0, CKT_NSS_TRUSTED_DELEGATOR);
	say(CKA_NSS_SERVER_DISTRUST_AFTER, SPAN("241130235959Z"));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].trust, TRUST_ANCHOR);
	assert_int_equal(set.at[0].constraints->at[0].purposes,
			 1u << PURPOSE_SERVER_AUTH);
	assert_true(set.at[0].constraints->at[0].issued_before[PURPOSE_SERVER_AUTH] ==
		    time_from_date(2024, 11, 30, 23, 59, 59));
	assert_int_equal(skipped.n, 0);
}

static void each_word_of_nss_has_its_trust(void **state)
{
	static const struct {
		CK_ULONG word;
		enum trust is;
	} cases[] = {
		{ CKT_NSS_TRUSTED_DELEGATOR, TRUST_ANCHOR },
		{ CKT_NSS_TRUSTED, TRUST_INTERMEDIATE },
		{ CKT_NSS_MUST_VERIFY_TRUST, TRUST_INTERMEDIATE },
		{ CKT_NSS_VALID_DELEGATOR, TRUST_INTERMEDIATE },
		{ CKT_NSS_TRUST_UNKNOWN, TRUST_INTERMEDIATE },
		{ CKT_NSS_NOT_TRUSTED, TRUST_DISTRUSTED },
	};

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };

		setup(state);
		add_cert(1);
		add_trust(1, cases[i].word);
		must_read(&set, &skipped);
		assert_int_equal(set.n, 1);
		assert_int_equal(set.at[0].trust, cases[i].is);
	}
}

static void trust_that_cannot_be_read_costs_the_certificate_its_place(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	add_trust(0, 12345);
	must_read(&set, &skipped);
	assert_int_equal(set.n, 0);
	assert_non_null(
		strstr(buf_text(&skipped.text), "a trust value is none that is known"));
}

static void extensions_attached_to_the_key_narrow_an_anchor(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	add_cert(0);
	say(CKA_TRUSTED, span_of(&yes, sizeof(yes)));
	say(CKA_X_DISTRUSTED, span_of(&no, sizeof(no)));
	add(CKO_X_CERTIFICATE_EXTENSION);
	say(CKA_OBJECT_ID, SPAN("\x06\x03\x55\x1d\x25"));
	say(CKA_PUBLIC_KEY_INFO, cert_part(&certs[0], certs[0].spki));
	say(CKA_VALUE, SPAN("\x30\x0a\x06\x08\x2b\x06\x01\x05\x05\x07\x03\x04"));
	must_read(&set, &skipped);
	assert_int_equal(set.n, 1);
	assert_non_null(set.at[0].constraints);
	assert_int_equal(set.at[0].constraints->at[0].purposes, 1u << PURPOSE_EMAIL);
}

static void a_token_that_breaks_its_bounds_is_left_alone(void **state)
{
	(void)state;
	add_cert(0);
	made.endless = true;
	must_fail("more than 100000 objects");
	made.endless = false;
	made.too_many = 1;
	must_fail("lists more objects than it was asked for");
	made.too_many = ULONG_MAX - 300;
	must_fail("lists more objects than it was asked for");
}

static void a_certificate_of_impossible_length_is_left_out(void **state)
{
	static const CK_ULONG lengths[] = { CERT_MOST + 1, ULONG_MAX - 1,
					    (CK_ULONG)1 << 40 };
	(void)state;

	add_cert(0);
	for (size_t i = 0; i < COUNT(lengths); i++) {
		made.length = lengths[i];
		must_skip("has an attribute of");
	}
	made.length = 0;
	made.grows = true;
	must_skip("grows while it is read");
}

static void what_says_what_others_are_good_for_must_be_readable(void **state)
{
	(void)state;
	made.answer = CKR_DEVICE_ERROR;
	add_cert(0);
	must_skip("cannot be read");
	setup(state);
	made.answer = CKR_DEVICE_ERROR;
	add(CKO_X_CERTIFICATE_EXTENSION);
	must_fail("cannot be read");
}

static void no_certificate_and_a_key_of_another_kind_are_told(void **state)
{
	static const CK_ULONG pgp = CKC_X_509 + 1;

	add(CKO_CERTIFICATE);
	say(CKA_VALUE, SPAN("\x30\x03\x02\x01\x01"));
	say(CKA_LABEL, SPAN("Bad\x1b[31m"));
	must_skip("'Bad\\x1b[31m': ");
	setup(state);
	add_cert(0);
	say(CKA_CERTIFICATE_TYPE, span_of(&pgp, sizeof(pgp)));
	must_skip("not of type X.509");
}

static void a_slow_token_and_a_large_one_are_left_alone(void **state)
{
	struct token token = { .module = &module, .deadline_ms = clock_monotonic_ms() };
	AUTO(error) err = ERROR_INIT, fault = ERROR_INIT;
	struct arena arena = ARENA_INIT;
	struct token_object object;
	size_t left = files[0].bytes.n - 1;
	(void)state;

	add_cert(0);
	assert_false(token_get(&token, 0, &arena, &left, &object, &fault, &err));
	assert_non_null(strstr(err.text, "slowly"));
	token.deadline_ms += TOKEN_MOST_MS;
	assert_false(token_get(&token, 0, &arena, &left, &object, &fault, &err));
	assert_non_null(strstr(err.text, "holds more than 256 MiB"));
	arena_clear(&arena);
}

static bool write_made(size_t room, struct error *err)
{
	struct token token = { .module = &module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	AUTO(entry_set) set = ENTRY_SET_INIT;

	for (size_t i = 0; i < COUNT(certs); i++) {
		struct entry entry = { .cert = certs[i] };

		set_add_copy(&set, &entry);
	}
	may_create = room;
	created = destroyed = 0;
	return token_write(&token, &set, err);
}

static void a_token_that_is_full_is_left_as_it_was(void **state)
{
	AUTO(error) err = ERROR_INIT;
	(void)state;

	assert_true(write_made(2, &err));
	assert_int_equal(created, 2);
	assert_false(write_made(1, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_int_equal(created, 1);
	assert_int_equal(destroyed, 1);
	/* What is there is not created twice. */
	add_cert(0);
	assert_true(write_made(1, &err));
	assert_int_equal(created, 1);
	assert_int_equal(destroyed, 0);
}

static void
a_certificate_of_ours_that_will_not_go_is_told_and_one_of_others_stays(void **state)
{
	uint8_t id[43] = "rootcellar:";
	AUTO(error) err = ERROR_INIT;
	(void)state;

	add(CKO_CERTIFICATE);
	say(CKA_VALUE, SPAN("another"));
	say(CKA_ID, SPAN("rootcellar:"));
	assert_true(write_made(2, &err));
	say(CKA_LABEL, SPAN("x"));
	made.objects[0].at[1].value = span_of(id, sizeof(id));
	assert_false(write_made(2, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_non_null(strstr(err.text, "1 certificate that is not wanted any more"));
}

static void a_folder_is_one_of_nss_s_where_it_has_a_database_of_sqlite(void **state)
{
	AUTO_FREE char *folder = new_folder();
	AUTO_FREE char *database = path_in(folder, "cert9.db");
	(void)state;

	assert_int_equal(format_nss.probe_folder(folder), PROBE_NO);
	write_bytes(database, SPAN("no database"));
	assert_int_equal(format_nss.probe_folder(folder), PROBE_NO);
	write_bytes(database, SPAN("SQLite format 3\0"));
	assert_ptr_equal(format_guess_folder(folder), &format_nss);
	remove_folder(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(
			what_says_nothing_of_trust_is_unsaid_and_what_is_trusted_an_anchor,
			setup),
		cmocka_unit_test_setup(
			attributes_of_p11_kit_say_anchor_intermediate_and_distrusted,
			setup),
		cmocka_unit_test_setup(
			trust_objects_of_nss_say_purposes_and_the_date_in_either_object_counts,
			setup),
		cmocka_unit_test_setup(each_word_of_nss_has_its_trust, setup),
		cmocka_unit_test_setup(
			trust_that_cannot_be_read_costs_the_certificate_its_place, setup),
		cmocka_unit_test_setup(extensions_attached_to_the_key_narrow_an_anchor,
				       setup),
		cmocka_unit_test_setup(a_token_that_breaks_its_bounds_is_left_alone,
				       setup),
		cmocka_unit_test_setup(a_certificate_of_impossible_length_is_left_out,
				       setup),
		cmocka_unit_test_setup(
			what_says_what_others_are_good_for_must_be_readable, setup),
		cmocka_unit_test_setup(no_certificate_and_a_key_of_another_kind_are_told,
				       setup),
		cmocka_unit_test_setup(a_slow_token_and_a_large_one_are_left_alone,
				       setup),
		cmocka_unit_test_setup(a_token_that_is_full_is_left_as_it_was, setup),
		cmocka_unit_test_setup(
			a_certificate_of_ours_that_will_not_go_is_told_and_one_of_others_stays,
			setup),
		cmocka_unit_test(
			a_folder_is_one_of_nss_s_where_it_has_a_database_of_sqlite),
	};

	return cmocka_run_group_tests(tests, setup_group, teardown_group);
}
