/*
 * A PKCS#11 module that is made up: its objects are lists of attributes, and it lies
 * where a test says so. It stands for the kinds of token that there are.
 */
#pragma once

#include "formats.h"

#include "base/clock.h"
#include "format/token.h"

#include <limits.h>

/* ---- a made-up module: objects are lists of attributes ---- */

struct made_attribute {
	CK_ATTRIBUTE_TYPE type;
	struct span value;
};
#define MADE_MOST 20
struct made_object {
	CK_OBJECT_CLASS class;
	struct made_attribute at[MADE_MOST];
	size_t n;
	bool fixed; /* it cannot be destroyed */
};

static struct {
	struct made_object objects[20];
	struct arena arena; /* of what is created */
	size_t n, next;
	CK_OBJECT_CLASS class;
	bool endless;      /* objects never end */
	CK_ULONG too_many; /* more handles than were asked for */
	CK_ULONG length;   /* what it says of each value's length; 0: the truth */
	bool grows;        /* the second answer is longer than the first */
	CK_RV answer;      /* to every question for attributes */
	enum token_says says;
	bool officer;     /* who has logged in */
	bool seals;       /* it takes no trust object, as one without its password */
	CK_RV set_answer; /* to a change of attributes */
} made;

/* The class of what was destroyed. */
#define GONE ((CK_OBJECT_CLASS)-1)

static inline void add(CK_OBJECT_CLASS class)
{
	made.objects[made.n++] = (struct made_object){ .class = class };
}

static inline void say(CK_ATTRIBUTE_TYPE type, struct span value)
{
	struct made_object *object = &made.objects[made.n - 1];

	assert_true(object->n < MADE_MOST);
	object->at[object->n++] = (struct made_attribute){ type, value };
}

static inline CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
	(void)session;
	assert_int_equal(n, 1);
	memcpy(&made.class, wanted->pValue, sizeof(made.class));
	made.next = 0;
	return CKR_OK;
}

static inline CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles,
			 CK_ULONG most, CK_ULONG *n)
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

static inline CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static inline void answer(const struct made_object *object, CK_ATTRIBUTE *asked)
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

static inline CK_RV get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle,
			CK_ATTRIBUTE *asked, CK_ULONG n)
{
	(void)session;
	if (made.answer)
		return made.answer;
	for (CK_ULONG i = 0; i < n; i++)
		answer(&made.objects[handle], &asked[i]);
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* Objects that are created, up to so many, and taken away again. */
static size_t may_create, created, destroyed, changed;

static inline const CK_ATTRIBUTE *attribute_in(const CK_ATTRIBUTE *object, CK_ULONG n,
					       CK_ATTRIBUTE_TYPE type)
{
	for (CK_ULONG i = 0; i < n; i++)
		if (object[i].type == type)
			return &object[i];
	return NULL;
}

static inline CK_OBJECT_CLASS class_in(const CK_ATTRIBUTE *object, CK_ULONG n)
{
	const CK_ATTRIBUTE *class = attribute_in(object, n, CKA_CLASS);

	assert_non_null(class);
	return *(const CK_OBJECT_CLASS *)class->pValue;
}

/* As the module of that kind does: SoftHSM, NSS's, p11-kit's. */
static inline CK_RV judge(const CK_ATTRIBUTE *object, CK_ULONG n)
{
	CK_OBJECT_CLASS class = class_in(object, n);

	if (class == CKO_X_CERTIFICATE_EXTENSION)
		return made.says == TOKEN_SAYS_P11_KIT ? CKR_OK
						       : CKR_ATTRIBUTE_VALUE_INVALID;
	if (class == CKO_NSS_TRUST)
		return made.says >= TOKEN_SAYS_NSS ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	if (attribute_in(object, n, CKA_TRUSTED) && made.says == TOKEN_SAYS_NOTHING)
		return made.officer ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
	return CKR_OK;
}

static inline void keep(const CK_ATTRIBUTE *object, CK_ULONG n)
{
	assert_true(made.n < COUNT(made.objects));
	add(class_in(object, n));
	for (CK_ULONG i = 0; i < n; i++)
		say(object[i].type,
		    arena_copy(&made.arena,
			       span_of(object[i].pValue, object[i].ulValueLen)));
}

static inline CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *object, CK_ULONG n,
			   CK_OBJECT_HANDLE *handle)
{
	const CK_ATTRIBUTE *token = attribute_in(object, n, CKA_TOKEN);
	CK_RV verdict = judge(object, n);
	(void)session;

	*handle = made.n;
	if (verdict != CKR_OK || !*(const CK_BBOOL *)token->pValue)
		return verdict;
	if (made.seals && class_in(object, n) == CKO_NSS_TRUST)
		return CKR_USER_NOT_LOGGED_IN;
	if (created == may_create)
		return CKR_DEVICE_MEMORY;
	keep(object, n);
	created++;
	return CKR_OK;
}

static inline CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle)
{
	(void)session;
	if (handle == made.n)
		return CKR_OK; /* of the session */
	if (made.objects[handle].fixed)
		return CKR_ACTION_PROHIBITED;
	made.objects[handle].class = GONE;
	destroyed++;
	return CKR_OK;
}

static inline CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle,
			CK_ATTRIBUTE *to, CK_ULONG n)
{
	struct made_object *object = &made.objects[handle];
	(void)session;

	if (made.set_answer)
		return made.set_answer;
	for (size_t i = 0; i < object->n; i++) {
		const CK_ATTRIBUTE *new = attribute_in(to, n, object->at[i].type);

		if (new)
			object->at[i].value = arena_copy(
				&made.arena, span_of(new->pValue, new->ulValueLen));
	}
	changed++;
	return CKR_OK;
}

static CK_FUNCTION_LIST module = {
	.C_CreateObject = create,
	.C_DestroyObject = destroy,
	.C_FindObjectsInit = find_init,
	.C_FindObjects = find,
	.C_FindObjectsFinal = find_final,
	.C_GetAttributeValue = get,
	.C_SetAttributeValue = set,
};

/* ---- certificates ---- */

static struct file files[2];
static struct cert certs[2];

static inline int setup_group(void **state)
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

static inline int teardown_group(void **state)
{
	(void)state;
	file_clear(&files[0]);
	file_clear(&files[1]);
	arena_clear(&made.arena);
	return 0;
}

static inline int setup(void **state)
{
	(void)state;
	arena_clear(&made.arena);
	memset(&made, 0, sizeof(made));
	return 0;
}

static inline void add_cert(size_t i)
{
	add(CKO_CERTIFICATE);
	say(CKA_VALUE, files[i].bytes);
	say(CKA_LABEL, SPAN("My\0"));
}

/* A trust object of that certificate: how far it is trusted for servers. */
static CK_ULONG words[2];
static uint8_t serial[64];

static inline void add_trust(size_t i, CK_ULONG word)
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

static inline bool read_made(struct entry_set *set, struct skipped *skipped,
			     struct error *err)
{
	struct token token = { .module = &module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	struct entry_sink sink = {
		.set = set, .path = "pkcs11:token=made", .skip = note_skip, .ctx = skipped
	};

	return token_read(&token, &sink, err);
}

static inline void must_read(struct entry_set *set, struct skipped *skipped)
{
	AUTO(error) err = ERROR_INIT;

	if (!read_made(set, skipped, &err))
		fail_msg("%s", err.text);
}

/* It fails, and says so. */
static inline void must_fail(const char *says)
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
static inline void must_skip(const char *says)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	must_read(&set, &skipped);
	assert_int_equal(set.n, 0);
	if (skipped.n != 1 || !strstr(buf_text(&skipped.text), says))
		fail_msg("'%s' instead of '%s'", buf_text(&skipped.text), says);
}
