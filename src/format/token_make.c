/*
 * Objects that are put into a token. What was written here is told from what others wrote
 * by its CKA_ID: a word of ours and the SHA-256 of the certificate.
 */
#include "format/token_parts.h"

#include "base/i18n.h"
#include "x509/der.h"

#include <assert.h>
#include <nettle/md5.h>
#include <nettle/sha1.h>

#define ID_WORD "rootcellar:"
#define ID_SIZE (sizeof(ID_WORD) - 1 + sizeof(((struct sha256 *)0)->at))
/* Of one object here. */
#define ATTRIBUTES_MOST 20

struct template
{
	CK_ATTRIBUTE at[ATTRIBUTES_MOST];
	CK_ULONG n;
};

CK_ATTRIBUTE token_attribute_of(CK_ATTRIBUTE_TYPE type, struct span value)
{
	/* The module reads it, through a type that does not say so. */
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value.at, value.n };
}

void token_handles_add(struct token_handles *handles, CK_OBJECT_HANDLE handle)
{
	GROW(handles->at, handles->n, handles->cap);
	handles->at[handles->n++] = handle;
}

bool token_is_ours(struct span id)
{
	return id.n == ID_SIZE && span_starts(id, SPAN(ID_WORD));
}

struct sha256 token_id_hash(struct span id)
{
	struct sha256 hash;

	assert(token_is_ours(id));
	memcpy(hash.at, id.at + sizeof(ID_WORD) - 1, sizeof(hash.at));
	return hash;
}

static void add_id(struct buf *out, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);

	buf_add_str(out, ID_WORD);
	buf_add(out, span_of(hash.at, sizeof(hash.at)));
}

static void add(struct template *object, CK_ATTRIBUTE_TYPE type, struct span value)
{
	assert(object->n < ATTRIBUTES_MOST);
	object->at[object->n++] = token_attribute_of(type, value);
}

static void add_flag(struct template *object, CK_ATTRIBUTE_TYPE type, bool flag)
{
	add(object, type, flag ? TOKEN_YES : TOKEN_NO);
}

static bool make(struct token_writing *writing, struct template *object, const char *what,
		 struct error *err)
{
	const struct token *token = writing->token;
	CK_OBJECT_HANDLE made;
	CK_RV answer = token->module->C_CreateObject(token->session, object->at,
						     object->n, &made);

	if (answer != CKR_OK)
		return cryptoki_fail(err, STATUS_UNCHANGED, answer, what);
	token_handles_add(&writing->made, made);
	return true;
}

/* ---- certificates ---- */

/* NSS looks at the dates of roots of that policy only. */
static void add_dates(struct template *object, const struct token_wish *wish)
{
	if (wish->server_after.n)
		add(object, CKA_NSS_SERVER_DISTRUST_AFTER, wish->server_after);
	if (wish->email_after.n)
		add(object, CKA_NSS_EMAIL_DISTRUST_AFTER, wish->email_after);
	if (wish->server_after.n || wish->email_after.n)
		add_flag(object, CKA_NSS_MOZILLA_CA_POLICY, true);
}

/* A token that has no such attribute takes no certificate that says it. */
static void add_trust(struct template *object, enum token_says says,
		      const struct token_wish *wish)
{
	if (says == TOKEN_SAYS_TRUSTED && wish->trusted)
		add_flag(object, CKA_TRUSTED, true);
	if (says != TOKEN_SAYS_P11_KIT)
		return;
	/* Without it the object could not be taken out again. */
	add_flag(object, CKA_MODIFIABLE, true);
	add_flag(object, CKA_TRUSTED, wish->trusted);
	add_flag(object, CKA_X_DISTRUSTED, wish->distrusted);
	add_dates(object, wish);
}

bool token_make_certificate(struct token_writing *writing, const struct token_wish *wish,
			    struct error *err)
{
	static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	static const CK_CERTIFICATE_TYPE type = CKC_X_509;
	const struct cert *cert = &wish->entry->cert;
	struct template object = { .n = 0 };
	AUTO(buf) id = BUF_INIT;
	AUTO(buf) serial = BUF_INIT;

	add_id(&id, cert);
	der_add(&serial, DER_INTEGER, cert_part(cert, cert->serial));
	add(&object, CKA_CLASS, span_of(&class, sizeof(class)));
	add(&object, CKA_CERTIFICATE_TYPE, span_of(&type, sizeof(type)));
	add_flag(&object, CKA_TOKEN, true);
	add_flag(&object, CKA_PRIVATE, false);
	add(&object, CKA_LABEL,
	    token_label_for(&writing->labels, &writing->arena, wish->entry));
	add(&object, CKA_ID, buf_span(&id));
	add(&object, CKA_SUBJECT, cert_part(cert, cert->subject));
	add(&object, CKA_ISSUER, cert_part(cert, cert->issuer));
	add(&object, CKA_SERIAL_NUMBER, buf_span(&serial));
	add(&object, CKA_VALUE, cert_der(cert));
	add_trust(&object, writing->says, wish);
	return make(writing, &object, _("the token takes no certificate"), err);
}

/* ---- what is said of them ---- */

bool token_make_extension(struct token_writing *writing,
			  const struct token_extension *extension, struct error *err)
{
	static const CK_OBJECT_CLASS class = CKO_X_CERTIFICATE_EXTENSION;
	struct template object = { .n = 0 };
	AUTO(buf) id = BUF_INIT;

	add_id(&id, &writing->wishes[extension->wish].entry->cert);
	add(&object, CKA_CLASS, span_of(&class, sizeof(class)));
	add_flag(&object, CKA_TOKEN, true);
	add_flag(&object, CKA_MODIFIABLE, true);
	add(&object, CKA_ID, buf_span(&id));
	add(&object, CKA_LABEL, SPAN("rootcellar"));
	add(&object, CKA_OBJECT_ID, SPAN("\x06\x03\x55\x1d\x25")); /* 2.5.29.37 */
	add(&object, CKA_PUBLIC_KEY_INFO, extension->key);
	add(&object, CKA_VALUE, extension->value);
	return make(writing, &object, _("the token takes no purposes"), err);
}

/* NSS finds a trust object by issuer and serial number, and proves it by the hashes. */
bool token_make_trust(struct token_writing *writing, const struct token_wish *wish,
		      struct error *err)
{
	static const CK_OBJECT_CLASS class = CKO_NSS_TRUST;
	const struct cert *cert = &wish->entry->cert;
	struct template object = { .n = 0 };
	CK_ULONG words[CERTDATA_PURPOSES];
	uint8_t sha1[SHA1_DIGEST_SIZE], md5[MD5_DIGEST_SIZE];
	struct sha1_ctx sha1_ctx;
	struct md5_ctx md5_ctx;
	AUTO(buf) serial = BUF_INIT;

	sha1_init(&sha1_ctx);
	sha1_update(&sha1_ctx, cert->n, cert->der);
	sha1_digest(&sha1_ctx, sizeof(sha1), sha1);
	md5_init(&md5_ctx);
	md5_update(&md5_ctx, cert->n, cert->der);
	md5_digest(&md5_ctx, sizeof(md5), md5);
	token_words(wish->entry, words);
	der_add(&serial, DER_INTEGER, cert_part(cert, cert->serial));
	add(&object, CKA_CLASS, span_of(&class, sizeof(class)));
	add_flag(&object, CKA_TOKEN, true);
	add(&object, CKA_ISSUER, cert_part(cert, cert->issuer));
	add(&object, CKA_SERIAL_NUMBER, buf_span(&serial));
	add(&object, CKA_CERT_SHA1_HASH, span_of(sha1, sizeof(sha1)));
	add(&object, CKA_CERT_MD5_HASH, span_of(md5, sizeof(md5)));
	for (size_t i = 0; i < CERTDATA_PURPOSES; i++)
		add(&object, token_word_types[i], span_of(&words[i], sizeof(words[i])));
	add_flag(&object, CKA_TRUST_STEP_UP_APPROVED, false);
	return make(writing, &object, _("the token takes no trust"), err);
}
