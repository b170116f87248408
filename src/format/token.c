/*
 * Entries of a token. Three kinds of token say what they trust: p11-kit's trust modules
 * by attributes of the certificate and extensions attached to its key, NSS's databases
 * and built-in roots by trust objects, and tokens of hardware hardly ever, by
 * CKA_TRUSTED. Objects of the first and the second are what their files hold, and are
 * read by the readers of those.
 */
#include "format/token.h"

#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "format/certdata.h"
#include "format/p11_kit.h"
#include "format/p11_object.h"
#include "x509/der.h"
#include "x509/field.h"

/* A certificate's label in a message. */
#define SHOWN_MOST 100

struct gathered {
	const struct token *token;
	struct entry_sink *sink;
	struct arena *arena; /* of the sink's set */
	size_t left;         /* bytes that may still come */
	/* The same certificates twice, as either reader takes them. */
	struct p11_object *p11;
	size_t n_p11, cap_p11;
	struct certdata_object *nss;
	size_t n_nss, cap_nss;
	bool p11_kit; /* it has attributes of p11-kit's trust modules */
};

static void gathered_clear(struct gathered *gathered)
{
	mem_free(gathered->p11);
	mem_free(gathered->nss);
}

/* NSS's built-in roots count the NUL that ends them. */
static struct span label_of(const struct token_object *object)
{
	struct span label = object->at[TOKEN_LABEL];

	while (label.n && !label.at[label.n - 1])
		label.n--;
	return label;
}

/* "'My Root': what is wrong", left out. */
static void skip(struct gathered *gathered, const struct token_object *object,
		 struct error *why)
{
	AUTO(buf) shown = BUF_INIT;

	escape_terminal_cut(&shown, label_of(object), SHOWN_MOST);
	if (shown.n)
		error_in(why, "'%s'", buf_text(&shown));
	sink_skip(gathered->sink, 0, why);
}

/* ---- what attributes say ---- */

/* No date is no bytes, or one that is zero. */
static bool read_after(struct span value, int64_t *after, struct error *err)
{
	if (!value.n || (value.n == 1 && !value.at[0]) || field_utc_time(value, after) ||
	    field_generalized_time(value, after))
		return true;
	return error_fail(err, STATUS_INPUT,
			  _("a distrust-after date is no time (RFC 5280 4.1.2.5)"));
}

static bool read_dates(const struct token_object *object, int64_t *server, int64_t *email,
		       struct error *err)
{
	return read_after(object->at[TOKEN_SERVER_AFTER], server, err) &&
	       read_after(object->at[TOKEN_EMAIL_AFTER], email, err);
}

/* Trust in a peer is not trust in what it issues. */
static bool read_word(struct span value, enum certdata_word *word)
{
	CK_ULONG number;

	*word = CERTDATA_DISTRUST;
	if (!value.n) {
		*word = CERTDATA_UNSAID;
		return true;
	}
	if (!token_number(value, &number))
		return false;
	switch (number) {
	case CKT_NSS_TRUSTED_DELEGATOR:
		*word = CERTDATA_ANCHOR;
		return true;
	case CKT_NSS_TRUSTED:
	case CKT_NSS_MUST_VERIFY_TRUST:
	case CKT_NSS_VALID_DELEGATOR:
	case CKT_NSS_TRUST_UNKNOWN:
		*word = CERTDATA_VERIFY;
		return true;
	case CKT_NSS_NOT_TRUSTED:
		return true;
	default:
		return false;
	}
}

static const char *read_words(const struct token_object *object,
			      enum certdata_word words[CERTDATA_PURPOSES])
{
	static const enum token_attribute from[CERTDATA_PURPOSES] = {
		[CERTDATA_SERVER] = TOKEN_TRUST_SERVER,
		[CERTDATA_EMAIL] = TOKEN_TRUST_EMAIL,
		[CERTDATA_CODE] = TOKEN_TRUST_CODE,
		[CERTDATA_CLIENT] = TOKEN_TRUST_CLIENT,
	};
	const char *fault = NULL;

	for (size_t i = 0; i < CERTDATA_PURPOSES; i++) {
		if (!read_word(object->at[from[i]], &words[i]))
			fault = _("a trust value is none that is known");
	}
	return fault;
}

/* ---- objects ---- */

static void add_p11(struct gathered *gathered, const struct p11_object *object)
{
	GROW(gathered->p11, gathered->n_p11, gathered->cap_p11);
	gathered->p11[gathered->n_p11++] = *object;
}

static void add_nss(struct gathered *gathered, const struct certdata_object *object)
{
	GROW(gathered->nss, gathered->n_nss, gathered->cap_nss);
	gathered->nss[gathered->n_nss++] = *object;
}

static bool check_certificate(const struct token_object *object, struct error *err)
{
	struct cert cert;
	CK_ULONG type;

	if (object->at[TOKEN_TYPE].n &&
	    (!token_number(object->at[TOKEN_TYPE], &type) || type != CKC_X_509))
		return error_fail(err, STATUS_INPUT,
				  _("the certificate is not of type X.509"));
	/* p11-kit distrusts some by issuer and serial number alone. */
	if (!object->at[TOKEN_VALUE].n && token_flag(object->at[TOKEN_DISTRUSTED]))
		return true;
	return cert_read(&cert, object->at[TOKEN_VALUE], err);
}

static struct p11_object p11_of(const struct token_object *object)
{
	return (struct p11_object){
		.class = P11_CLASS_CERTIFICATE,
		.value = object->at[TOKEN_VALUE],
		.issuer = object->at[TOKEN_ISSUER],
		.serial = object->at[TOKEN_SERIAL],
		.label = label_of(object),
		.trusted = token_flag(object->at[TOKEN_TRUSTED]),
		.distrusted = token_flag(object->at[TOKEN_DISTRUSTED]),
		.unsaid = !object->at[TOKEN_DISTRUSTED].n,
		.server_after = TIME_NONE,
		.email_after = TIME_NONE,
	};
}

static void take_certificate(struct gathered *gathered, const struct token_object *object)
{
	struct certdata_object nss = { .class = CERTDATA_CERTIFICATE,
				       .label = label_of(object),
				       .value = object->at[TOKEN_VALUE],
				       .after = CERTDATA_NO_DATES };
	struct p11_object p11 = p11_of(object);
	AUTO(error) bad = ERROR_INIT;

	if (!check_certificate(object, &bad) ||
	    !read_dates(object, &p11.server_after, &p11.email_after, &bad)) {
		skip(gathered, object, &bad);
		return;
	}
	nss.after[CERTDATA_SERVER] = p11.server_after;
	nss.after[CERTDATA_EMAIL] = p11.email_after;
	gathered->p11_kit |= !p11.unsaid || p11.trusted;
	add_p11(gathered, &p11);
	add_nss(gathered, &nss);
}

/* One that cannot be read costs its certificate the place: the fault goes along. */
static void take_trust(struct gathered *gathered, const struct token_object *object)
{
	struct certdata_object trust = { .class = CERTDATA_TRUST,
					 .label = label_of(object),
					 .issuer = object->at[TOKEN_ISSUER],
					 .serial = object->at[TOKEN_SERIAL],
					 .sha1 = object->at[TOKEN_SHA1],
					 .after = CERTDATA_NO_DATES };
	AUTO(error) bad = ERROR_INIT;

	trust.fault = read_words(object, trust.words);
	if (!read_dates(object, &trust.after[CERTDATA_SERVER],
			&trust.after[CERTDATA_EMAIL], &bad))
		trust.fault = arena_str(gathered->arena, bad.text);
	add_nss(gathered, &trust);
}

static void take_extension(struct gathered *gathered, const struct token_object *object)
{
	struct p11_object p11 = { .class = P11_CLASS_EXTENSION,
				  .value = object->at[TOKEN_VALUE],
				  .key = object->at[TOKEN_KEY] };

	/* What is no identifier is that of no extension that is read, and is told so. */
	if (!der_content(object->at[TOKEN_OBJECT_ID], DER_OID, &p11.object_id))
		p11.object_id = object->at[TOKEN_OBJECT_ID];
	gathered->p11_kit = true;
	add_p11(gathered, &p11);
}

static const struct kind {
	CK_OBJECT_CLASS class;
	void (*take)(struct gathered *gathered, const struct token_object *object);
	/* It says what others are good for: without it they could be good for more. */
	bool needed;
} certificates = { CKO_CERTIFICATE, take_certificate, false },
  trusts = { CKO_NSS_TRUST, take_trust, true },
  extensions = { CKO_X_CERTIFICATE_EXTENSION, take_extension, true };

static bool gather(struct gathered *gathered, const struct kind *kind, struct error *err)
{
	AUTO(token_handles) handles = TOKEN_HANDLES_INIT;

	if (!token_find(gathered->token, kind->class, &handles, err))
		return false;
	for (size_t i = 0; i < handles.n; i++) {
		struct token_object object;
		AUTO(error) fault = ERROR_INIT;

		if (!token_get(gathered->token, handles.at[i], gathered->arena,
			       &gathered->left, &object, &fault, err))
			return false;
		if (fault.text && kind->needed)
			return error_move(err, &fault);
		if (fault.text)
			skip(gathered, &object, &fault);
		else
			kind->take(gathered, &object);
	}
	return true;
}

bool token_read(const struct token *token, struct entry_sink *sink, struct error *err)
{
	AUTO(gathered)
	gathered = { .token = token,
		     .sink = sink,
		     .arena = &sink->set->arena,
		     .left = TOKEN_BYTES_MOST };
	size_t n;

	if (!gather(&gathered, &certificates, err))
		return false;
	n = gathered.n_nss;
	if (!gather(&gathered, &trusts, err) || !gather(&gathered, &extensions, err))
		return false;
	/* p11-kit derives trust objects of NSS's from what it knows, which is more. */
	if (gathered.p11_kit || gathered.n_nss == n)
		p11_kit_join(gathered.p11, gathered.n_p11, sink);
	else
		certdata_join(gathered.nss, gathered.n_nss, sink);
	return true;
}
