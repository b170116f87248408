/*
 * NSS's trust objects: what a database says of a certificate, beside it. They name it by
 * issuer and serial number, and nothing in them says who wrote them: one is ours where
 * its certificate is.
 */
#include "format/token_parts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/der.h"
#include "x509/name.h"

#include <nettle/sha1.h>

const CK_ATTRIBUTE_TYPE token_word_types[CERTDATA_PURPOSES] = {
	[CERTDATA_SERVER] = CKA_TRUST_SERVER_AUTH,
	[CERTDATA_EMAIL] = CKA_TRUST_EMAIL_PROTECTION,
	[CERTDATA_CODE] = CKA_TRUST_CODE_SIGNING,
	[CERTDATA_CLIENT] = CKA_TRUST_CLIENT_AUTH,
};

/* ---- words ---- */

/* There is no word for a bound: whether an anchor goes without it, was decided before. */
void token_words(const struct entry *entry, CK_ULONG words[CERTDATA_PURPOSES])
{
	static const enum purpose purposes[CERTDATA_PURPOSES] = {
		[CERTDATA_SERVER] = PURPOSE_SERVER_AUTH,
		[CERTDATA_EMAIL] = PURPOSE_EMAIL,
		[CERTDATA_CODE] = PURPOSE_CODE_SIGNING,
		[CERTDATA_CLIENT] = PURPOSE_CLIENT_AUTH,
	};

	for (size_t i = 0; i < CERTDATA_PURPOSES; i++) {
		if (entry->trust == TRUST_DISTRUSTED)
			words[i] = CKT_NSS_NOT_TRUSTED;
		else if (entry->trust == TRUST_ANCHOR &&
			 constraints_good_for(entry->constraints, purposes[i]))
			words[i] = CKT_NSS_TRUSTED_DELEGATOR;
		else
			words[i] = CKT_NSS_MUST_VERIFY_TRUST;
	}
}

/* What is there; a word that is none, or is not there, is no word. */
static void read_words(const struct token_object *object,
		       CK_ULONG words[CERTDATA_PURPOSES])
{
	static const enum token_attribute from[CERTDATA_PURPOSES] = {
		[CERTDATA_SERVER] = TOKEN_TRUST_SERVER,
		[CERTDATA_EMAIL] = TOKEN_TRUST_EMAIL,
		[CERTDATA_CODE] = TOKEN_TRUST_CODE,
		[CERTDATA_CLIENT] = TOKEN_TRUST_CLIENT,
	};

	for (size_t i = 0; i < CERTDATA_PURPOSES; i++) {
		if (!token_number(object->at[from[i]], &words[i]))
			words[i] = CKT_NSS_TRUST_UNKNOWN;
	}
}

/* ---- names ---- */

static uint32_t hash_of(struct span issuer, struct span serial)
{
	return (uint32_t)(hash_keyed(issuer) * 31 + hash_keyed(serial));
}

/* The serial number is stated as a whole INTEGER. */
static struct span serial_of(const struct token_object *object)
{
	struct span content = { NULL, 0 };

	return der_content(object->at[TOKEN_SERIAL], DER_INTEGER, &content)
		       ? content
		       : object->at[TOKEN_SERIAL];
}

static struct span sha1_of(struct arena *arena, struct span der)
{
	uint8_t digest[SHA1_DIGEST_SIZE];
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, der.n, der.at);
	sha1_digest(&ctx, sizeof(digest), digest);
	return arena_copy(arena, span_of(digest, sizeof(digest)));
}

static struct token_wish *find_wish(const struct token_writing *writing,
				    struct span issuer, struct span serial)
{
	const struct table *table = &writing->wishes_by_name;
	uint32_t i = table_first(table, hash_of(issuer, serial));

	for (; i != TABLE_END; i = table_next(table, i)) {
		const struct cert *cert = &writing->wishes[i].entry->cert;

		if (span_eq(cert_part(cert, cert->issuer), issuer) &&
		    span_eq(cert_part(cert, cert->serial), serial))
			return &writing->wishes[i];
	}
	return NULL;
}

static bool fail_twice(const struct cert *cert, struct error *err)
{
	AUTO(buf) name = BUF_INIT;
	AUTO_FREE char *shown = NULL;

	name_short(&name, cert_part(cert, cert->subject));
	shown = quoted(buf_span(&name));
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s': another certificate has the same issuer and serial "
			    "number, and NSS holds one of them"),
			  shown);
}

/* NSS would put the second of one name in the place of the first. */
bool token_name_wishes(struct token_writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		const struct cert *cert = &writing->set->at[i].cert;
		struct span issuer = cert_part(cert, cert->issuer);
		struct span serial = cert_part(cert, cert->serial);

		if (find_wish(writing, issuer, serial))
			return fail_twice(cert, err);
		table_add(&writing->wishes_by_name, hash_of(issuer, serial), (uint32_t)i);
	}
	return true;
}

bool token_check_names(const struct token_writing *writing,
		       const struct token_object *object, struct error *err)
{
	const struct token_wish *wish;

	if (writing->says != TOKEN_SAYS_NSS)
		return true;
	wish = find_wish(writing, object->at[TOKEN_ISSUER], serial_of(object));
	return !wish || fail_twice(&wish->entry->cert, err);
}

void token_trust_goes(struct token_writing *writing, const struct token_object *object)
{
	struct token_name name = { object->at[TOKEN_ISSUER], serial_of(object),
				   sha1_of(&writing->arena, object->at[TOKEN_VALUE]) };

	if (writing->says != TOKEN_SAYS_NSS)
		return;
	GROW(writing->going, writing->n_going, writing->cap_going);
	table_add(&writing->going_by_name, hash_of(name.issuer, name.serial),
		  (uint32_t)writing->n_going);
	writing->going[writing->n_going++] = name;
}

/* ---- what is there ---- */

static bool goes(const struct token_writing *writing, const struct token_object *object)
{
	const struct table *table = &writing->going_by_name;
	struct span issuer = object->at[TOKEN_ISSUER], serial = serial_of(object);
	uint32_t i = table_first(table, hash_of(issuer, serial));

	for (; i != TABLE_END; i = table_next(table, i)) {
		if (span_eq(writing->going[i].issuer, issuer) &&
		    span_eq(writing->going[i].serial, serial) &&
		    span_eq(writing->going[i].sha1, object->at[TOKEN_SHA1]))
			return true;
	}
	return false;
}

static bool is_of(struct token_writing *writing, const struct token_object *trust,
		  const struct token_wish *wish)
{
	return !trust->at[TOKEN_SHA1].n ||
	       span_eq(trust->at[TOKEN_SHA1],
		       sha1_of(&writing->arena, cert_der(&wish->entry->cert)));
}

static bool look_at(struct token_writing *writing, CK_OBJECT_HANDLE handle,
		    const struct token_object *object, struct error *err)
{
	struct token_wish *wish =
		find_wish(writing, object->at[TOKEN_ISSUER], serial_of(object));
	CK_ULONG wanted[CERTDATA_PURPOSES];
	(void)err;

	if (!wish) {
		if (goes(writing, object))
			token_handles_add(&writing->stale_trusts, handle);
		return true;
	}
	if (!is_of(writing, object, wish))
		return true;
	token_words(wish->entry, wanted);
	read_words(object, wish->words);
	wish->trust = handle;
	wish->trust_there = memcmp(wanted, wish->words, sizeof(wanted)) == 0;
	return true;
}

/*
 * What others say stays, and their certificates get no trust from here; but what is
 * distrusted becomes so.
 */
static void leave_others(struct token_writing *writing)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		struct token_wish *wish = &writing->wishes[i];

		if (wish->ours || wish->trust_there || wish->distrusted ||
		    !(wish->others || wish->trust))
			continue;
		wish->trust_there = true;
		writing->written->left += wish->trust || wish->trusted;
	}
}

bool token_look_at_trusts(struct token_writing *writing, struct error *err)
{
	if (!token_look(writing, CKO_NSS_TRUST, look_at, err))
		return false;
	leave_others(writing);
	return true;
}

/* ---- what changes ---- */

static CK_RV set_words(const struct token_writing *writing, CK_OBJECT_HANDLE trust,
		       const CK_ULONG words[CERTDATA_PURPOSES])
{
	const struct token *token = writing->token;
	CK_ATTRIBUTE at[CERTDATA_PURPOSES];

	for (size_t i = 0; i < CERTDATA_PURPOSES; i++)
		at[i] = token_attribute_of(token_word_types[i],
					   span_of(&words[i], sizeof(words[i])));
	return token->module->C_SetAttributeValue(token->session, trust, at, COUNT(at));
}

static bool write_trust(struct token_writing *writing, struct token_wish *wish,
			struct error *err)
{
	CK_ULONG words[CERTDATA_PURPOSES];
	CK_RV answer;

	if (!wish->trust)
		return token_make_trust(writing, wish, err);
	token_words(wish->entry, words);
	answer = set_words(writing, wish->trust, words);
	return answer == CKR_OK ||
	       cryptoki_fail(err, STATUS_UNCHANGED, answer,
			     _("the token does not change what it says of trust"));
}

bool token_write_trusts(struct token_writing *writing, struct error *err)
{
	for (size_t i = 0; i < writing->set->n; i++) {
		struct token_wish *wish = &writing->wishes[i];

		if (wish->trust_there)
			continue;
		/* Before it is tried: half of it may have been done where it fails. */
		wish->changed = true;
		if (!write_trust(writing, wish, err))
			return false;
	}
	return true;
}

size_t token_restore_trusts(struct token_writing *writing)
{
	size_t stay = 0;

	for (size_t i = 0; i < writing->set->n; i++) {
		const struct token_wish *wish = &writing->wishes[i];

		if (wish->changed && wish->trust &&
		    set_words(writing, wish->trust, wish->words) != CKR_OK)
			stay++;
	}
	return stay;
}
