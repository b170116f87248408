/*
 * Secret keys in a JCEKS are Java objects of one class, serialised (Java Object
 * Serialization Specification, 6.4). The description of the class never changes; behind
 * it stand its four fields: two arrays of bytes and two strings, each perhaps null or,
 * for what was written before, a reference.
 */
#include "format/jks.h"

#define HEAD                                                       \
	SPAN("\xac\xed\0\5sr\0\x33"                                \
	     "com.sun.crypto.provider.SealedObjectForKeyProtector" \
	     "\xcd\x57\xca\x59\xe7\x30\xbb\x53\2\0\0xr\0\x19"      \
	     "javax.crypto.SealedObject"                           \
	     "\x3e\x36\x3d\xa6\xc3\xb7\x54\x70\2\0\4[\0\x0d"       \
	     "encodedParamst\0\2[B[\0\x10"                         \
	     "encryptedContentq\0~\0\2L\0\x09"                     \
	     "paramsAlgt\0\x12Ljava/lang/String;L\0\7sealAlgq\0~\0\3xp")
#define FIELDS 4
/* The class of an array of bytes, where it is described in full. */
#define BYTE_ARRAY SPAN("r\0\2[B\xac\xf3\x17\xf8\6\x08\x54\xe0\2\0\0xp")
#define REFERENCE  5 /* octets of a reference, its code too */

enum code {
	CODE_NULL = 0x70,
	CODE_REFERENCE = 0x71,
	CODE_STRING = 0x74,
	CODE_ARRAY = 0x75
};

static bool pass(struct span *rest, size_t n)
{
	if (n > rest->n)
		return false;
	*rest = span_from(*rest, n);
	return true;
}

/* Bytes behind their number, which takes that many octets. */
static bool pass_counted(struct span *rest, size_t octets)
{
	size_t n = 0;

	if (octets > rest->n)
		return false;
	for (size_t i = 0; i < octets; i++)
		n = n << 8 | rest->at[i];
	return pass(rest, octets) && pass(rest, n);
}

static bool pass_class(struct span *rest)
{
	if (span_starts(*rest, BYTE_ARRAY))
		return pass(rest, BYTE_ARRAY.n);
	return rest->n && rest->at[0] == CODE_REFERENCE && pass(rest, REFERENCE);
}

static bool pass_field(struct span *rest)
{
	if (!rest->n)
		return false;
	switch (rest->at[0]) {
	case CODE_NULL:
		return pass(rest, 1);
	case CODE_REFERENCE:
		return pass(rest, REFERENCE);
	case CODE_STRING:
		return pass(rest, 1) && pass_counted(rest, 2);
	case CODE_ARRAY:
		return pass(rest, 1) && pass_class(rest) && pass_counted(rest, 4);
	default:
		return false;
	}
}

bool jks_secret_size(struct span bytes, size_t *n)
{
	struct span rest = bytes;

	if (!span_starts(bytes, HEAD) || !pass(&rest, HEAD.n))
		return false;
	for (size_t i = 0; i < FIELDS; i++)
		if (!pass_field(&rest))
			return false;
	*n = bytes.n - rest.n;
	return true;
}
