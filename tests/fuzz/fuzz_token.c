/*
 * Fuzz target: a token whose objects are what the fuzzer says. Reading ends, what it
 * gives holds together, and writing into such a token ends as well. The input is a list
 * of objects, each: kind, number of attributes, and of each attribute its type, what is
 * odd about the answer, length, bytes.
 */
#include "base/clock.h"
#include "format/token.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

#define OBJECTS    64
#define ATTRIBUTES 24

struct fuzzed_attribute {
	CK_ATTRIBUTE_TYPE type;
	uint8_t odd;
	struct span value;
};
struct fuzzed_object {
	CK_OBJECT_CLASS class;
	struct fuzzed_attribute at[ATTRIBUTES];
	size_t n;
};

static struct {
	struct fuzzed_object at[OBJECTS];
	size_t n, next;
	CK_OBJECT_CLASS wanted;
	size_t creations;
	uint8_t takes; /* which kinds of object it creates */
} fuzzed;

/* What is odd about an answer. */
enum odd {
	ODD_LONGER = 1,      /* the length that is said is not that of the value */
	ODD_ENORMOUS = 2,    /* or no length at all */
	ODD_GROWS = 4,       /* the second answer is longer than the first */
	ODD_UNAVAILABLE = 8, /* it is there the first time only */
	ODD_REFUSED = 16,    /* the object cannot be read */
};

/* ---- the input ---- */

static uint8_t take_byte(struct span *in)
{
	uint8_t byte = in->n ? in->at[0] : 0;

	*in = span_from(*in, in->n ? 1 : 0);
	return byte;
}

static struct span take_bytes(struct span *in, size_t n)
{
	struct span taken = { in->at, n < in->n ? n : in->n };

	*in = span_from(*in, taken.n);
	return taken;
}

static void take_attribute(struct fuzzed_object *object, struct span *in)
{
	static const CK_ATTRIBUTE_TYPE types[] = {
		CKA_VALUE,
		CKA_CERTIFICATE_TYPE,
		CKA_LABEL,
		CKA_ID,
		CKA_SUBJECT,
		CKA_ISSUER,
		CKA_SERIAL_NUMBER,
		CKA_CERT_SHA1_HASH,
		CKA_TRUSTED,
		CKA_X_DISTRUSTED,
		CKA_PUBLIC_KEY_INFO,
		CKA_OBJECT_ID,
		CKA_NSS_SERVER_DISTRUST_AFTER,
		CKA_NSS_EMAIL_DISTRUST_AFTER,
		CKA_TRUST_SERVER_AUTH,
		CKA_TRUST_EMAIL_PROTECTION,
		CKA_TRUST_CODE_SIGNING,
		CKA_TRUST_CLIENT_AUTH,
	};
	struct fuzzed_attribute *at = &object->at[object->n++];
	size_t high;

	at->type = types[take_byte(in) % COUNT(types)];
	at->odd = take_byte(in);
	high = take_byte(in);
	at->value = take_bytes(in, high << 8 | take_byte(in));
}

static void take_object(struct span *in)
{
	static const CK_OBJECT_CLASS classes[] = { CKO_CERTIFICATE, CKO_NSS_TRUST,
						   CKO_X_CERTIFICATE_EXTENSION };
	struct fuzzed_object *object = &fuzzed.at[fuzzed.n++];
	size_t n;

	*object =
		(struct fuzzed_object){ .class =
						classes[take_byte(in) % COUNT(classes)] };
	n = take_byte(in) % ATTRIBUTES;
	while (object->n < n && in->n)
		take_attribute(object, in);
}

/* ---- the module ---- */

static CK_RV find_init(CK_SESSION_HANDLE session, CK_ATTRIBUTE *wanted, CK_ULONG n)
{
	(void)session;
	(void)n;
	memcpy(&fuzzed.wanted, wanted->pValue, sizeof(fuzzed.wanted));
	fuzzed.next = 0;
	return CKR_OK;
}

static CK_RV find(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE *handles, CK_ULONG most,
		  CK_ULONG *n)
{
	(void)session;
	for (*n = 0; fuzzed.next < fuzzed.n && *n < most; fuzzed.next++)
		if (fuzzed.at[fuzzed.next].class == fuzzed.wanted)
			handles[(*n)++] = fuzzed.next;
	return CKR_OK;
}

static CK_RV find_final(CK_SESSION_HANDLE session)
{
	(void)session;
	return CKR_OK;
}

static void answer(const struct fuzzed_attribute *at, CK_ATTRIBUTE *asked)
{
	CK_ULONG room = asked->ulValueLen;
	bool second = asked->pValue;

	asked->ulValueLen = at->value.n + (at->odd & ODD_LONGER ? 7 : 0);
	if (at->odd & ODD_ENORMOUS)
		asked->ulValueLen = (CK_ULONG)-2;
	if (!second)
		return;
	if (at->value.n && at->value.n <= room)
		memcpy(asked->pValue, at->value.at, at->value.n);
	if (at->odd & ODD_GROWS)
		asked->ulValueLen += 9;
	if (at->odd & ODD_UNAVAILABLE)
		asked->ulValueLen = CK_UNAVAILABLE_INFORMATION;
}

static CK_RV get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *asked,
		 CK_ULONG n)
{
	const struct fuzzed_object *object = &fuzzed.at[handle];
	(void)session;

	assert(handle < fuzzed.n);
	for (CK_ULONG i = 0; i < n; i++) {
		const struct fuzzed_attribute *at = NULL;

		for (size_t j = 0; j < object->n && !at; j++)
			at = object->at[j].type == asked[i].type ? &object->at[j] : NULL;
		if (at && at->odd & ODD_REFUSED)
			return CKR_DEVICE_ERROR;
		if (at)
			answer(at, &asked[i]);
		else
			asked[i].ulValueLen = CK_UNAVAILABLE_INFORMATION;
	}
	return CKR_ATTRIBUTE_TYPE_INVALID;
}

/* What it takes is forgotten: the next look finds what was there before. */
static CK_RV create(CK_SESSION_HANDLE session, CK_ATTRIBUTE *object, CK_ULONG n,
		    CK_OBJECT_HANDLE *handle)
{
	CK_OBJECT_CLASS class;
	(void)session;

	assert(n > 0 && object->type == CKA_CLASS);
	memcpy(&class, object->pValue, sizeof(class));
	*handle = OBJECTS + fuzzed.creations++;
	if (class == CKO_X_CERTIFICATE_EXTENSION)
		return fuzzed.takes & 1 ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	if (class == CKO_NSS_TRUST)
		return fuzzed.takes & 2 ? CKR_OK : CKR_ATTRIBUTE_VALUE_INVALID;
	return fuzzed.takes & 4 ? CKR_OK : CKR_DEVICE_MEMORY;
}

static CK_RV destroy(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle)
{
	(void)session;
	assert(handle < fuzzed.n || handle >= OBJECTS);
	return fuzzed.takes & 8 ? CKR_OK : CKR_ACTION_PROHIBITED;
}

static CK_RV set(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE handle, CK_ATTRIBUTE *to,
		 CK_ULONG n)
{
	(void)session;
	assert(handle < fuzzed.n && to && n);
	return fuzzed.takes & 16 ? CKR_OK : CKR_ATTRIBUTE_READ_ONLY;
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

/* ---- what has to hold ---- */

static void check_reading(const struct token *token, struct entry_set *set)
{
	AUTO(error) err = ERROR_INIT;
	struct entry_sink sink = { .set = set,
				   .path = "pkcs11:token=fuzzed",
				   .keep_twins = true };

	if (!token_read(token, &sink, &err))
		assert(err.text && err.status == STATUS_INPUT);
	else
		assert(set->n == sink.added);
	for (size_t i = 0; i < set->n; i++)
		assert(set->at[i].trust < TRUST_COUNT && set->at[i].cert.n);
}

static void check_writing(const struct token *token, const struct entry_set *set)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(entry_set) once = ENTRY_SET_INIT;
	struct written written;

	for (size_t i = 0; i < set->n; i++)
		set_add_copy(&once, &set->at[i]);
	if (!token_write(token, &once, &written, &err))
		assert(err.text && err.status != STATUS_GOOD);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct token token = { .module = &module,
			       .deadline_ms = clock_monotonic_ms() + TOKEN_MOST_MS };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	struct span in = { bytes, n };

	fuzzed.n = fuzzed.creations = 0;
	fuzzed.takes = take_byte(&in);
	while (in.n && fuzzed.n < OBJECTS)
		take_object(&in);
	check_reading(&token, &set);
	check_writing(&token, &set);
	return 0;
}
