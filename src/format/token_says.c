/*
 * In which words a token takes what is said of trust, found out by what it lets a session
 * create for itself: names and models of tokens tell less than they seem to.
 */
#include "format/token.h"

#include "format/token_parts.h"

/* An empty name, an empty key, and no purposes: nothing here is ever used. */
#define NOTHING      SPAN("0\0")
#define KEY_PURPOSES SPAN("\x06\x03\x55\x1d\x25") /* 2.5.29.37 */

static CK_RV try_object(const struct token *token, CK_ATTRIBUTE *object, CK_ULONG n)
{
	CK_OBJECT_HANDLE made;
	CK_RV answer = token->module->C_CreateObject(token->session, object, n, &made);

	/* What stays goes with the session. */
	if (answer == CKR_OK)
		(void)token->module->C_DestroyObject(token->session, made);
	return answer;
}

static bool takes_extensions(const struct token *token)
{
	static const CK_OBJECT_CLASS class = CKO_X_CERTIFICATE_EXTENSION;
	CK_ATTRIBUTE object[] = {
		token_attribute_of(CKA_CLASS, span_of(&class, sizeof(class))),
		token_attribute_of(CKA_TOKEN, TOKEN_NO),
		token_attribute_of(CKA_OBJECT_ID, KEY_PURPOSES),
		token_attribute_of(CKA_PUBLIC_KEY_INFO, NOTHING),
		token_attribute_of(CKA_VALUE, NOTHING),
	};

	return try_object(token, object, COUNT(object)) == CKR_OK;
}

static bool takes_trust(const struct token *token)
{
	static const CK_OBJECT_CLASS class = CKO_NSS_TRUST;
	static const CK_ULONG word = CKT_NSS_MUST_VERIFY_TRUST;
	static const uint8_t hash[20];
	CK_ATTRIBUTE object[] = {
		token_attribute_of(CKA_CLASS, span_of(&class, sizeof(class))),
		token_attribute_of(CKA_TOKEN, TOKEN_NO),
		token_attribute_of(CKA_ISSUER, NOTHING),
		token_attribute_of(CKA_SERIAL_NUMBER, SPAN("\x02\x01\x01")),
		token_attribute_of(CKA_CERT_SHA1_HASH, span_of(hash, sizeof(hash))),
		token_attribute_of(CKA_CERT_MD5_HASH, span_of(hash, 16)),
		token_attribute_of(CKA_TRUST_SERVER_AUTH, span_of(&word, sizeof(word))),
	};

	return try_object(token, object, COUNT(object)) == CKR_OK;
}

/* What the token answers to a certificate that says that it is trusted. */
static CK_RV try_trusted(const struct token *token)
{
	static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	static const CK_CERTIFICATE_TYPE type = CKC_X_509;
	CK_ATTRIBUTE object[] = {
		token_attribute_of(CKA_CLASS, span_of(&class, sizeof(class))),
		token_attribute_of(CKA_CERTIFICATE_TYPE, span_of(&type, sizeof(type))),
		token_attribute_of(CKA_TOKEN, TOKEN_NO),
		token_attribute_of(CKA_PRIVATE, TOKEN_NO),
		token_attribute_of(CKA_ID, SPAN("?")),
		token_attribute_of(CKA_SUBJECT, NOTHING),
		token_attribute_of(CKA_ISSUER, NOTHING),
		token_attribute_of(CKA_SERIAL_NUMBER, SPAN("\x02\x01\x01")),
		token_attribute_of(CKA_VALUE, NOTHING),
		token_attribute_of(CKA_TRUSTED, TOKEN_YES),
	};

	return try_object(token, object, COUNT(object));
}

enum token_says token_ask(const struct token *token, bool *officer)
{
	CK_RV answer;

	*officer = false;
	/* First: p11-kit's takes trust objects too, and makes its own of what it knows.
	 */
	if (takes_extensions(token))
		return TOKEN_SAYS_P11_KIT;
	if (takes_trust(token))
		return TOKEN_SAYS_NSS;
	answer = try_trusted(token);
	if (answer == CKR_OK)
		return TOKEN_SAYS_TRUSTED;
	/* PKCS#11 2.40, 4.6.3: "can only be set to CK_TRUE by the SO user". */
	*officer = answer == CKR_ATTRIBUTE_READ_ONLY || answer == CKR_USER_NOT_LOGGED_IN;
	return TOKEN_SAYS_NOTHING;
}

unsigned token_carries(enum token_says says)
{
	static const unsigned carries[] = {
		[TOKEN_SAYS_NOTHING] = CARRIES_LABEL,
		[TOKEN_SAYS_TRUSTED] = CARRIES_LABEL | CARRIES_TRUST,
		[TOKEN_SAYS_NSS] = CARRIES_LABEL | CARRIES_TRUST | CARRIES_DISTRUST |
				   CARRIES_PURPOSES,
		[TOKEN_SAYS_P11_KIT] = CARRIES_LABEL | CARRIES_TRUST | CARRIES_DISTRUST |
				       CARRIES_PURPOSES | CARRIES_DISTRUST_AFTER,
	};

	return carries[says];
}
