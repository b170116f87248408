/*
 * Writing into a token. Certificates that were written here are told from those of others
 * by their CKA_ID: a word of ours and the SHA-256. A token has no transactions: what is
 * new is created first, and taken back where that fails; only then the old goes.
 */
#include "format/token.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/der.h"
#include "x509/name.h"

#define ID_WORD "rootcellar:"
#define ID_SIZE (sizeof(ID_WORD) - 1 + sizeof(((struct sha256 *)0)->at))

struct writing {
	const struct token *token;
	const struct entry_set *set;
	bool *there;                /* of each entry of the set */
	struct token_handles stale; /* of ours, and not wanted any more */
	struct token_handles made;
};

static void writing_clear(struct writing *writing)
{
	mem_free(writing->there);
	token_handles_clear(&writing->stale);
	token_handles_clear(&writing->made);
}

static void add_handle(struct token_handles *handles, CK_OBJECT_HANDLE handle)
{
	GROW(handles->at, handles->n, handles->cap);
	handles->at[handles->n++] = handle;
}

/* ---- what is there ---- */

static bool is_ours(struct span id)
{
	return id.n == ID_SIZE && span_starts(id, SPAN(ID_WORD));
}

static void look_at(struct writing *writing, CK_OBJECT_HANDLE handle,
		    const struct token_object *object)
{
	struct sha256 hash = sha256_of(object->at[TOKEN_VALUE]);
	const struct entry *wanted = set_find_sha256(writing->set, &hash);

	if (wanted)
		writing->there[wanted - writing->set->at] = true;
	else if (is_ours(object->at[TOKEN_ID]))
		add_handle(&writing->stale, handle);
}

static bool look(struct writing *writing, struct arena *arena, struct error *err)
{
	AUTO(token_handles) handles = TOKEN_HANDLES_INIT;
	size_t left = TOKEN_BYTES_MOST;

	if (!token_find(writing->token, CKO_CERTIFICATE, &handles, err))
		return false;
	for (size_t i = 0; i < handles.n; i++) {
		struct token_object object;
		AUTO(error) fault = ERROR_INIT;

		if (!token_get(writing->token, handles.at[i], arena, &left, &object,
			       &fault, err))
			return false;
		/* What cannot be read is of others, and stays. */
		if (!fault.text)
			look_at(writing, handles.at[i], &object);
	}
	return true;
}

/* ---- what is new ---- */

static CK_ATTRIBUTE attribute_of(CK_ATTRIBUTE_TYPE type, struct span value)
{
	/* The module reads it, through a type that does not say so. */
	return (CK_ATTRIBUTE){ type, (void *)(uintptr_t)value.at, value.n };
}

static void add_id(struct buf *out, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);

	buf_add_str(out, ID_WORD);
	buf_add(out, span_of(hash.at, sizeof(hash.at)));
}

static bool create(struct writing *writing, const struct entry *entry, struct error *err)
{
	static const CK_OBJECT_CLASS class = CKO_CERTIFICATE;
	static const CK_CERTIFICATE_TYPE type = CKC_X_509;
	static const CK_BBOOL yes = CK_TRUE, no = CK_FALSE;
	const struct cert *cert = &entry->cert;
	AUTO(buf) id = BUF_INIT, serial = BUF_INIT, label = BUF_INIT;
	CK_OBJECT_HANDLE made;
	CK_RV answer;

	add_id(&id, cert);
	if (entry->label)
		buf_add_str(&label, entry->label);
	else
		name_short(&label, cert_part(cert, cert->subject));
	der_add(&serial, DER_INTEGER, cert_part(cert, cert->serial));
	CK_ATTRIBUTE object[] = {
		attribute_of(CKA_CLASS, span_of(&class, sizeof(class))),
		attribute_of(CKA_CERTIFICATE_TYPE, span_of(&type, sizeof(type))),
		attribute_of(CKA_TOKEN, span_of(&yes, sizeof(yes))),
		attribute_of(CKA_PRIVATE, span_of(&no, sizeof(no))),
		attribute_of(CKA_LABEL, buf_span(&label)),
		attribute_of(CKA_ID, buf_span(&id)),
		attribute_of(CKA_SUBJECT, cert_part(cert, cert->subject)),
		attribute_of(CKA_ISSUER, cert_part(cert, cert->issuer)),
		attribute_of(CKA_SERIAL_NUMBER, buf_span(&serial)),
		attribute_of(CKA_VALUE, cert_der(cert)),
	};
	answer = writing->token->module->C_CreateObject(writing->token->session, object,
							COUNT(object), &made);
	if (answer != CKR_OK)
		return cryptoki_fail(err, STATUS_UNCHANGED, answer,
				     _("the token takes no certificate"));
	add_handle(&writing->made, made);
	return true;
}

static bool create_all(struct writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		if (!writing->there[i] && !create(writing, &writing->set->at[i], err))
			return false;
	}
	return true;
}

/* ---- what goes ---- */

/* How many of them could not be destroyed. */
static size_t destroy_all(const struct writing *writing,
			  const struct token_handles *handles)
{
	size_t stay = 0;

	for (size_t i = 0; i < handles->n; i++) {
		if (writing->token->module->C_DestroyObject(writing->token->session,
							    handles->at[i]) != CKR_OK)
			stay++;
	}
	return stay;
}

static bool take_back(const struct writing *writing, struct error *err)
{
	size_t stay = destroy_all(writing, &writing->made);

	return stay ? error_in(
			      err,
			      ngettext("%zu new certificate is in the token, which has "
				       "not all of them",
				       "%zu new certificates are in the token, which has "
				       "not all of them",
				       stay),
			      stay)
		    : false;
}

bool token_write(const struct token *token, const struct entry_set *set,
		 struct error *err)
{
	AUTO(writing)
	writing = { .token = token,
		    .set = set,
		    .there = mem_zalloc(set->n ? set->n : 1) };
	struct arena arena = ARENA_INIT;
	bool good = look(&writing, &arena, err);
	size_t stay;

	arena_clear(&arena);
	if (!good)
		return false;
	if (!create_all(&writing, err))
		return take_back(&writing, err);
	stay = destroy_all(&writing, &writing.stale);
	return !stay ||
	       error_fail(err, STATUS_UNCHANGED,
			  ngettext("%zu certificate that is not wanted any more cannot "
				   "be taken out of the token",
				   "%zu certificates that are not wanted any more cannot "
				   "be taken out of the token",
				   stay),
			  stay);
}
