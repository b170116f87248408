/*
 * Objects of a token: found, and their attributes fetched. A token answers what it likes;
 * each length is asked for, bounded, and bounded again in the answer.
 */
#include "format/token.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"

/* How many handles are asked for at once. */
#define HANDLES_AT_ONCE 256
/* Names, labels, keys: post-quantum keys are the largest. */
#define PART_MOST ((size_t)64 << 10)

static const struct {
	CK_ATTRIBUTE_TYPE type;
	size_t most;
} attributes[TOKEN_ATTRIBUTES] = {
	[TOKEN_VALUE] = { CKA_VALUE, CERT_MOST },
	[TOKEN_TYPE] = { CKA_CERTIFICATE_TYPE, sizeof(CK_ULONG) },
	[TOKEN_LABEL] = { CKA_LABEL, PART_MOST },
	[TOKEN_ID] = { CKA_ID, PART_MOST },
	[TOKEN_SUBJECT] = { CKA_SUBJECT, PART_MOST },
	[TOKEN_ISSUER] = { CKA_ISSUER, PART_MOST },
	[TOKEN_SERIAL] = { CKA_SERIAL_NUMBER, PART_MOST },
	[TOKEN_SHA1] = { CKA_CERT_SHA1_HASH, PART_MOST },
	[TOKEN_TRUSTED] = { CKA_TRUSTED, sizeof(CK_BBOOL) },
	[TOKEN_DISTRUSTED] = { CKA_X_DISTRUSTED, sizeof(CK_BBOOL) },
	[TOKEN_KEY] = { CKA_PUBLIC_KEY_INFO, PART_MOST },
	[TOKEN_OBJECT_ID] = { CKA_OBJECT_ID, PART_MOST },
	[TOKEN_SERVER_AFTER] = { CKA_NSS_SERVER_DISTRUST_AFTER, PART_MOST },
	[TOKEN_EMAIL_AFTER] = { CKA_NSS_EMAIL_DISTRUST_AFTER, PART_MOST },
	[TOKEN_TRUST_SERVER] = { CKA_TRUST_SERVER_AUTH, sizeof(CK_ULONG) },
	[TOKEN_TRUST_EMAIL] = { CKA_TRUST_EMAIL_PROTECTION, sizeof(CK_ULONG) },
	[TOKEN_TRUST_CODE] = { CKA_TRUST_CODE_SIGNING, sizeof(CK_ULONG) },
	[TOKEN_TRUST_CLIENT] = { CKA_TRUST_CLIENT_AUTH, sizeof(CK_ULONG) },
};

void token_handles_clear(struct token_handles *handles)
{
	mem_free(handles->at);
	*handles = (struct token_handles)TOKEN_HANDLES_INIT;
}

bool token_number(struct span value, CK_ULONG *number)
{
	if (value.n != sizeof(*number))
		return false;
	memcpy(number, value.at, sizeof(*number));
	return true;
}

bool token_flag(struct span value)
{
	return value.n == sizeof(CK_BBOOL) && value.at[0] == CK_TRUE;
}

static bool in_time(const struct token *token, struct error *err)
{
	if (clock_monotonic_ms() < token->deadline_ms)
		return true;
	return error_fail(err, STATUS_INPUT,
			  _("the token answers so slowly that it is left alone"));
}

/* ---- finding ---- */

static bool take_handles(struct token_handles *found, const CK_OBJECT_HANDLE *handles,
			 CK_ULONG n, struct error *err)
{
	if (n > TOKEN_OBJECTS_MOST - found->n)
		return error_fail(err, STATUS_INPUT,
				  _("the token has more than %d objects of one kind"),
				  TOKEN_OBJECTS_MOST);
	for (CK_ULONG i = 0; i < n; i++) {
		GROW(found->at, found->n, found->cap);
		found->at[found->n++] = handles[i];
	}
	return true;
}

static bool find_all(const struct token *token, struct token_handles *found,
		     struct error *err)
{
	for (;;) {
		CK_OBJECT_HANDLE handles[HANDLES_AT_ONCE];
		CK_ULONG n = 0;
		CK_RV answer = token->module->C_FindObjects(token->session, handles,
							    HANDLES_AT_ONCE, &n);

		if (answer != CKR_OK)
			return cryptoki_fail(err, STATUS_INPUT, answer,
					     _("the token does not list its objects"));
		if (!n)
			return true;
		if (n > HANDLES_AT_ONCE)
			return error_fail(err, STATUS_INPUT,
					  _("the token lists more objects than it was "
					    "asked for"));
		if (!take_handles(found, handles, n, err) || !in_time(token, err))
			return false;
	}
}

bool token_find(const struct token *token, CK_OBJECT_CLASS class,
		struct token_handles *found, struct error *err)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };
	CK_RV answer = token->module->C_FindObjectsInit(token->session, &wanted, 1);
	bool good;

	/* No object can have a class that the module does not know. */
	if (answer == CKR_ATTRIBUTE_VALUE_INVALID)
		return true;
	if (answer != CKR_OK)
		return cryptoki_fail(err, STATUS_INPUT, answer,
				     _("the token does not list its objects"));
	good = find_all(token, found, err);
	/* What a search cannot end leaves the next one to fail. */
	(void)token->module->C_FindObjectsFinal(token->session);
	return good;
}

/* ---- attributes ---- */

/* The answers that give those attributes that there are. */
static bool is_answered(CK_RV answer)
{
	return answer == CKR_OK || answer == CKR_ATTRIBUTE_TYPE_INVALID ||
	       answer == CKR_ATTRIBUTE_SENSITIVE;
}

static bool ask(const struct token *token, CK_OBJECT_HANDLE handle,
		CK_ATTRIBUTE asked[TOKEN_ATTRIBUTES], struct error *fault)
{
	CK_RV answer = token->module->C_GetAttributeValue(token->session, handle, asked,
							  TOKEN_ATTRIBUTES);

	return is_answered(answer) ||
	       cryptoki_fail(fault, STATUS_INPUT, answer,
			     _("an object of the token cannot be read"));
}

static bool check_lengths(const CK_ATTRIBUTE asked[TOKEN_ATTRIBUTES], size_t *total,
			  struct error *fault)
{
	*total = 0;
	for (size_t i = 0; i < TOKEN_ATTRIBUTES; i++) {
		if (asked[i].ulValueLen == CK_UNAVAILABLE_INFORMATION)
			continue;
		if (asked[i].ulValueLen > attributes[i].most)
			return error_fail(fault, STATUS_INPUT,
					  _("an object of the token has an attribute of "
					    "%lu bytes"),
					  (unsigned long)asked[i].ulValueLen);
		*total += asked[i].ulValueLen;
	}
	return true;
}

/* Room for what was said to be there, one behind the other. */
static void make_room(CK_ATTRIBUTE asked[TOKEN_ATTRIBUTES], uint8_t *room)
{
	for (size_t i = 0; i < TOKEN_ATTRIBUTES; i++) {
		asked[i].pValue = room;
		if (asked[i].ulValueLen == CK_UNAVAILABLE_INFORMATION)
			asked[i].ulValueLen = 0;
		room += asked[i].ulValueLen;
	}
}

static bool take(const CK_ATTRIBUTE room[TOKEN_ATTRIBUTES],
		 const CK_ATTRIBUTE got[TOKEN_ATTRIBUTES], struct token_object *object,
		 struct error *fault)
{
	for (size_t i = 0; i < TOKEN_ATTRIBUTES; i++) {
		CK_ULONG n = got[i].ulValueLen;

		if (n == CK_UNAVAILABLE_INFORMATION || !room[i].ulValueLen)
			continue;
		if (n > room[i].ulValueLen)
			return error_fail(fault, STATUS_INPUT,
					  _("an object of the token grows while it is "
					    "read"));
		object->at[i] = span_of(room[i].pValue, n);
	}
	return true;
}

bool token_get(const struct token *token, CK_OBJECT_HANDLE handle, struct arena *arena,
	       size_t *left, struct token_object *object, struct error *fault,
	       struct error *err)
{
	CK_ATTRIBUTE asked[TOKEN_ATTRIBUTES], room[TOKEN_ATTRIBUTES];
	size_t total;

	*object = (struct token_object){ 0 };
	for (size_t i = 0; i < TOKEN_ATTRIBUTES; i++)
		asked[i] = (CK_ATTRIBUTE){ attributes[i].type, NULL, 0 };
	if (!in_time(token, err))
		return false;
	if (!ask(token, handle, asked, fault) || !check_lengths(asked, &total, fault))
		return true;
	if (total > *left)
		return error_fail(err, STATUS_INPUT,
				  _("the token holds more than %zu MiB"),
				  TOKEN_BYTES_MOST >> 20);
	*left -= total;
	make_room(asked, arena_alloc(arena, total + 1));
	memcpy(room, asked, sizeof(room));
	if (ask(token, handle, asked, fault))
		(void)take(room, asked, object, fault); /* fault says it */
	return true;
}
