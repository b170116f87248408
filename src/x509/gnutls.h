/*
 * GnuTLS, loaded when the first signature is checked. Linked, it and the eight libraries
 * that it needs take longer to start than everything else together, and most commands
 * check no signature.
 */
#pragma once

#include "base/span.h"

#include <gnutls/abstract.h>

/* What of GnuTLS is used, without its prefix; the types come from its own headers. */
#define GNUTLS_CALLS(X)        \
	X(check_version)       \
	X(pubkey_deinit)       \
	X(pubkey_import)       \
	X(pubkey_init)         \
	X(pubkey_set_spki)     \
	X(pubkey_verify_data2) \
	X(x509_spki_deinit)    \
	X(x509_spki_init)      \
	X(x509_spki_set_rsa_pss_params)

struct gnutls_calls {
#define GNUTLS_MEMBER(name) __typeof__(gnutls_##name) *name;
	GNUTLS_CALLS(GNUTLS_MEMBER)
#undef GNUTLS_MEMBER
};

/*
 * Loaded at the first call, by whichever thread; NULL where GnuTLS is not to be had.
 */
const struct gnutls_calls *gnutls_loaded(void);
