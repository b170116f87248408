/* How an extension's value is read: what its readers share. Internal to x509/. */
#pragma once

#include "base/i18n.h"
#include "x509/cert.h"
#include "x509/der.h"

struct authority_key_id;
/* Reads value, which is exactly an AuthorityKeyIdentifier, into out, which is zero. */
MUST_CHECK bool authority_key_id_read(struct der value, struct authority_key_id *out,
				      struct error *err);
/* Whether all that in has yet to read are general names of the right form. */
MUST_CHECK bool general_names_check(const struct der *in, struct error *err);

/* A reader over the extension's value. */
static inline struct der value_of(const struct cert *cert, enum ext ext)
{
	struct span value = cert_ext(cert, ext);

	return (struct der){ value.at, value.at + value.n, cert->der };
}

static inline bool fail_in(enum ext ext, struct error *err)
{
	return error_in(err, "%s", ext_name(ext));
}

/* SEQUENCE SIZE (1..MAX), the next in in: a reader over its content. */
static inline bool enter_filled(struct der *in, struct der *inside, struct error *err)
{
	if (!der_enter(in, DER_SEQUENCE, inside, err))
		return false;
	if (!der_left(inside))
		return error_fail(err, STATUS_INPUT,
				  _("empty where at least one element must stand"));
	return true;
}

/* The content of the SEQUENCE that the whole value is. */
static inline bool enter_sequence(const struct cert *cert, enum ext ext,
				  struct der *inside, struct error *err)
{
	struct der value = value_of(cert, ext);

	return der_enter(&value, DER_SEQUENCE, inside, err) && der_end(&value, err);
}

/* The same for SEQUENCE SIZE (1..MAX). */
static inline bool enter_filled_sequence(const struct cert *cert, enum ext ext,
					 struct der *inside, struct error *err)
{
	struct der value = value_of(cert, ext);

	return enter_filled(&value, inside, err) && der_end(&value, err);
}
