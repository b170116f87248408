/*
 * PKCS#12 files taken apart (RFC 7292 section 4), and opened with a password:
 *
 *   PFX ::= SEQUENCE {
 *       version   INTEGER (3),
 *       authSafe  ContentInfo,  -- data: SEQUENCE OF ContentInfo, each of them data or
 *                               -- encryptedData, which hold a SEQUENCE OF SafeBag
 *       macData   MacData OPTIONAL }
 */
#include "format/pkcs12.h"

#include "base/i18n.h"
#include "format/passwords.h"
#include "x509/extension.h"

void pfx_clear(struct pfx *pfx)
{
	for (size_t i = 0; i < pfx->n; i++)
		mem_free(pfx->at[i].closed);
	mem_free(pfx->at);
	*pfx = (struct pfx)PFX_INIT;
}

/* ---- structure ---- */

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT OPTIONAL }. */
static bool read_info(struct der *in, struct span *type, struct der *content,
		      struct error *err)
{
	struct der info;

	return der_enter(in, DER_SEQUENCE, &info, err) &&
	       der_read(&info, DER_OID, type, err) &&
	       der_enter(&info, DER_CONTEXT_CONSTRUCTED(0), content, err);
}

/* What a string holds is DER in a file of DER; where it is BER, it is converted apart. */
static bool enter_string(struct der *in, struct arena *arena, struct der *inside,
			 struct error *err)
{
	struct span content, as_der;

	if (!der_read(in, DER_OCTET_STRING, &content, err))
		return false;
	as_der = content;
	if (!pkcs12_as_der(&as_der, arena, err))
		return false;
	*inside = as_der.at == content.at ? der_inside(in, content) : der_of(as_der);
	return true;
}

static char *unsupported(struct span type)
{
	AUTO(buf) text = BUF_INIT;

	oid_text(&text, type);
	return str_format(_("what it holds is of the type %s, which no password opens"),
			  buf_text(&text));
}

/* EncryptedData ::= SEQUENCE { version, EncryptedContentInfo, ... } (RFC 5652 8). */
static bool enter_encrypted(struct der *in, struct der *cipher, struct error *err)
{
	struct der data;
	struct span version, type;

	return der_enter(in, DER_SEQUENCE, &data, err) &&
	       der_read(&data, DER_INTEGER, &version, err) &&
	       der_enter(&data, DER_SEQUENCE, cipher, err) &&
	       der_read(cipher, DER_OID, &type, err);
}

static bool read_content(struct der *in, struct content *content, struct arena *arena,
			 struct error *err)
{
	struct span type;
	struct der inside;

	*content = (struct content){ .is_open = false };
	if (!read_info(in, &type, &inside, err))
		return false;
	if (span_eq(type, OID_DATA)) {
		content->is_open = true;
		return enter_string(&inside, arena, &content->bags, err);
	}
	if (span_eq(type, OID_ENCRYPTED_DATA))
		return enter_encrypted(&inside, &content->cipher, err);
	content->closed = unsupported(type);
	return true;
}

static bool read_contents(struct pfx *pfx, struct der *safe, struct arena *arena,
			  struct error *err)
{
	struct der infos;

	if (!der_enter(safe, DER_SEQUENCE, &infos, err))
		return false;
	while (der_left(&infos)) {
		if (pfx->n == CONTENTS_MOST)
			return error_fail(err, STATUS_INPUT,
					  _("it has more than %d contents"),
					  CONTENTS_MOST);
		GROW(pfx->at, pfx->n, pfx->cap);
		if (!read_content(&infos, &pfx->at[pfx->n], arena, err))
			return error_in(err, _("content %zu"), pfx->n + 1);
		pfx->n++;
	}
	return der_end(safe, err);
}

static bool read_safe(struct pfx *pfx, struct der *in, struct arena *arena,
		      struct error *err)
{
	struct der content, safe, peek;
	struct span type;

	if (!read_info(in, &type, &content, err))
		return false;
	if (span_eq(type, OID_SIGNED_DATA))
		return error_fail(err, STATUS_INPUT,
				  _("it is sealed with a signature instead of a "
				    "password, which is not supported"));
	if (!span_eq(type, OID_DATA))
		return error_fail(err, STATUS_INPUT,
				  _("no PKCS#12 holds what this one says that it holds "
				    "(RFC 7292 section 4)"));
	peek = content;
	return der_read(&peek, DER_OCTET_STRING, &pfx->safe, err) &&
	       enter_string(&content, arena, &safe, err) &&
	       read_contents(pfx, &safe, arena, err);
}

static bool read_mac_data(struct pfx *pfx, struct der *in, struct error *err)
{
	struct der mac_data;

	if (!der_left(in))
		return true;
	pfx->has_mac = true;
	return (der_enter(in, DER_SEQUENCE, &mac_data, err) &&
		pbe_read_mac(&pfx->mac, &mac_data, &pfx->code, err)) ||
	       error_in(err, _("authentication code"));
}

bool pfx_read(struct pfx *pfx, struct span file, struct arena *arena, struct error *err)
{
	struct der in = der_of(file), fields;
	int32_t version;

	if (!der_enter(&in, DER_SEQUENCE, &fields, err) ||
	    !der_read_number(&fields, DER_INTEGER, &version, err))
		return false;
	if (version != 3)
		return error_fail(err, STATUS_INPUT,
				  _("it is of version %d, and PKCS#12 is of version 3"),
				  (int)version);
	return read_safe(pfx, &fields, arena, err) && read_mac_data(pfx, &fields, err) &&
	       der_end(&fields, err) && der_end(&in, err);
}

/* ---- opening ---- */

struct opening {
	struct pfx *pfx;
	struct arena *arena;
	struct pbe_work work;
	/* The password that fits, or is tried. */
	struct secret utf8, utf16;
	size_t utf16_n; /* 0: without the zeros that end it, where it is empty */
	size_t first;   /* the content that proves it where there is no code */
};

static void opening_clear(struct opening *opening)
{
	pbe_work_clear(&opening->work);
	secret_clear(&opening->utf8);
	secret_clear(&opening->utf16);
}

static struct pbe_password password_of(const struct opening *opening)
{
	return (struct pbe_password){ secret_span(&opening->utf8),
				      span_of(opening->utf16.at, opening->utf16_n) };
}

/* The encrypted octets: [0] IMPLICIT OCTET STRING, in BER perhaps of parts. */
static bool read_octets(struct der *in, struct arena *arena, struct span *octets,
			struct error *err)
{
	AUTO(buf) joined = BUF_INIT;
	struct der parts;

	if (!der_next_is(in, DER_CONTEXT_CONSTRUCTED(0)))
		return der_read(in, DER_CONTEXT(0), octets, err);
	if (!der_enter(in, DER_CONTEXT_CONSTRUCTED(0), &parts, err))
		return false;
	while (der_left(&parts)) {
		struct span part;

		if (!der_read(&parts, DER_OCTET_STRING, &part, err))
			return false;
		buf_add(&joined, part);
	}
	*octets = arena_copy(arena, buf_span(&joined));
	return true;
}

/* With a wrong password what comes out is no element, but for one case in millions. */
static bool is_element(struct span bytes)
{
	size_t head, length;
	enum der_fault fault = der_measure(bytes, &head, &length);

	if (!bytes.n || bytes.at[0] != DER_SEQUENCE)
		return false;
	return fault == DER_INDEFINITE || fault == DER_LONG_FORM ||
	       (fault == DER_GOOD && head + length == bytes.n);
}

/* *fits stays false where the password is another. */
static bool decrypt(struct opening *opening, struct content *content, bool *fits,
		    struct error *err)
{
	const struct pbe_password password = password_of(opening);
	struct der in = content->cipher;
	struct span cipher, plain;
	struct pbe pbe;
	uint8_t *to;
	size_t n;

	*fits = false;
	if (!pbe_read(&pbe, &in, err) || !read_octets(&in, opening->arena, &cipher, err))
		return false;
	to = arena_alloc(opening->arena, cipher.n + 1);
	if (!pbe_decrypt(&pbe, &opening->work, &password, cipher, to, &n, err))
		return false;
	plain = span_of(to, n);
	if (!n || !is_element(plain))
		return true;
	if (!pkcs12_as_der(&plain, opening->arena, err))
		return false;
	content->bags = der_of(plain);
	content->is_open = *fits = true;
	return true;
}

static enum fit try_form(struct opening *opening, struct error *err)
{
	struct pfx *pfx = opening->pfx;
	const struct pbe_password password = password_of(opening);
	bool good;

	if (pfx->has_mac ? !pbe_check_mac(&pfx->mac, &opening->work, &password, pfx->safe,
					  pfx->code, &good, err)
			 : !decrypt(opening, &pfx->at[opening->first], &good, err))
		return FIT_FAILED;
	return good ? FIT_YES : FIT_NO;
}

/* The empty password is nothing to some programs, and the zeros that end it to others. */
static enum fit try_password(void *ctx, struct span password, struct error *err)
{
	struct opening *opening = ctx;
	AUTO(secret) units = SECRET_INIT;
	enum fit fit;

	if (!password_utf16(&units, password))
		return FIT_NO;
	secret_clear(&opening->utf16);
	opening->utf16 = (struct secret){ mem_zalloc(units.n + 2), units.n + 2 };
	memcpy(opening->utf16.at, units.at, units.n);
	secret_set(&opening->utf8, password);
	opening->utf16_n = units.n + 2;
	fit = try_form(opening, err);
	if (fit != FIT_NO || password.n)
		return fit;
	opening->utf16_n = 0;
	return try_form(opening, err);
}

/* A content that does not open costs no other. */
static void open_contents(struct opening *opening)
{
	for (size_t i = 0; i < opening->pfx->n; i++) {
		struct content *content = &opening->pfx->at[i];
		AUTO(error) bad = ERROR_INIT;
		bool fits;

		if (content->is_open || content->closed)
			continue;
		if (!decrypt(opening, content, &fits, &bad))
			content->closed = str_copy(bad.text);
		else if (!fits)
			content->closed = str_copy(_("the password does not open it"));
	}
}

static bool find_encrypted(const struct pfx *pfx, size_t *first)
{
	for (size_t i = 0; i < pfx->n; i++) {
		if (pfx->at[i].is_open || pfx->at[i].closed)
			continue;
		*first = i;
		return true;
	}
	return false;
}

/* What is in the open is read, and nothing else. */
static void leave_closed(struct pfx *pfx, const struct passwords *passwords,
			 const char *path)
{
	for (size_t i = 0; i < pfx->n; i++)
		if (!pfx->at[i].is_open && !pfx->at[i].closed)
			pfx->at[i].closed = str_copy(_("it is encrypted, and was to be "
						       "read without its password"));
	if (pfx->has_mac)
		passwords_note(passwords, path,
			       _("its authentication code was not checked: nothing tells "
				 "whether it was changed"));
}

bool pfx_open(struct pfx *pfx, struct arena *arena, const struct passwords *passwords,
	      const char *path, struct error *err)
{
	AUTO(opening) opening = { .pfx = pfx, .arena = arena };
	const struct lock lock = { &opening, try_password };
	const bool encrypted = find_encrypted(pfx, &opening.first);

	opening.work.left =
		passwords && passwords->rounds ? passwords->rounds : PBE_WORK_MOST;
	if (passwords && passwords->unchecked) {
		leave_closed(pfx, passwords, path);
		return true;
	}
	if (!pfx->has_mac && !encrypted) {
		passwords_note(passwords, path,
			       _("it has no password: nothing tells whether it was "
				 "changed"));
		return true;
	}
	if (!passwords_open(passwords, path, &lock, err))
		return false;
	open_contents(&opening);
	return true;
}
