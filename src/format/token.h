/* What one token of PKCS#11 shows: its objects, and the entries that they make. */
#pragma once

#include "format/cryptoki.h"
#include "format/format.h"

/* Every number that a token gives is bounded by these. */
#define TOKEN_OBJECTS_MOST 100000              /* of one class */
#define TOKEN_BYTES_MOST   ((size_t)256 << 20) /* of all their attributes */
#define TOKEN_MOST_MS      120000              /* between the first answer and the last */

/* A session with a token, and when its reader loses patience. */
struct token {
	CK_FUNCTION_LIST *module;
	CK_SESSION_HANDLE session;
	int64_t deadline_ms; /* of clock_monotonic_ms */
};

/*
 * Reads the certificates that the session shows, with what the token says of their
 * trust: by p11-kit's attributes and attached extensions, by NSS's trust objects, or not
 * at all. Faults of single objects go to the sink. STATUS_INPUT where the token fails or
 * answers beyond the bounds.
 */
MUST_CHECK bool token_read(const struct token *token, struct entry_sink *sink,
			   struct error *err);

/* In which words a token takes what is said of trust. */
enum token_says {
	TOKEN_SAYS_NOTHING,
	TOKEN_SAYS_TRUSTED, /* CKA_TRUSTED of a certificate */
	TOKEN_SAYS_NSS,     /* trust objects beside the certificates */
	TOKEN_SAYS_P11_KIT, /* attributes, and extensions attached to the key */
};
/*
 * Finds that out with objects of the session, which the token does not keep. *officer:
 * it says nothing, and would take CKA_TRUSTED from its security officer.
 */
enum token_says token_ask(const struct token *token, bool *officer);
/* Of enum carries. */
unsigned token_carries(enum token_says says);

/*
 * Brings the token to hold the certificates of the set, and what is said of their trust
 * as far as it takes that: what it lacks is created, and what was written by this before
 * and is not in the set, or says otherwise, destroyed. Objects of others stay, but one
 * that trusts what the set distrusts is distrusted. The session may write.
 * STATUS_UNCHANGED: nothing was changed, or err says how far it came.
 */
MUST_CHECK bool token_write(const struct token *token, const struct entry_set *set,
			    struct written *written, struct error *err);

/* ---- attributes: token_object.c ---- */

enum token_attribute {
	TOKEN_VALUE,
	TOKEN_TYPE,
	TOKEN_LABEL,
	TOKEN_ID,
	TOKEN_SUBJECT,
	TOKEN_ISSUER,
	TOKEN_SERIAL,
	TOKEN_SHA1,
	TOKEN_TRUSTED,
	TOKEN_DISTRUSTED,
	TOKEN_KEY,
	TOKEN_OBJECT_ID,
	TOKEN_SERVER_AFTER,
	TOKEN_EMAIL_AFTER,
	TOKEN_TRUST_SERVER,
	TOKEN_TRUST_EMAIL,
	TOKEN_TRUST_CODE,
	TOKEN_TRUST_CLIENT,
	TOKEN_ATTRIBUTES
};
struct token_object {
	/* Bytes are in the arena; at NULL where the object does not have it. */
	struct span at[TOKEN_ATTRIBUTES];
};
struct token_handles {
	CK_OBJECT_HANDLE *at;
	size_t n, cap;
};
#define TOKEN_HANDLES_INIT \
	{                  \
		NULL, 0, 0 \
	}
void token_handles_clear(struct token_handles *handles);

/* All objects of the class. */
MUST_CHECK bool token_find(const struct token *token, CK_OBJECT_CLASS class,
			   struct token_handles *found, struct error *err);
/*
 * The object's attributes, as far as it has them. *left: how many bytes may still come.
 * False only where the token is to be left alone; an object that will not be read, or
 * whose attribute is larger than any honest one, has fault filled in.
 */
MUST_CHECK bool token_get(const struct token *token, CK_OBJECT_HANDLE handle,
			  struct arena *arena, size_t *left, struct token_object *object,
			  struct error *fault, struct error *err);
/* The value of an attribute that is a number, false where it is none of that size. */
bool token_number(struct span value, CK_ULONG *number);
/* Whether it is there and CK_TRUE. */
bool token_flag(struct span value);
