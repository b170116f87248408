/*
 * p11-kit, loaded when a token is first asked for, and what its headers say of PKCS#11
 * (Cryptoki). Linked, it and the library that it needs would cost time at every start.
 */
#pragma once

#include "base/error.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/pkcs11x.h>
#include <p11-kit/uri.h>

/* What of p11-kit is used, without its prefix; the types come from its own headers. */
#define P11_KIT_CALLS(X)                \
	X(be_quiet)                     \
	X(module_get_name)              \
	X(modules_finalize_and_release) \
	X(modules_load_and_initialize)  \
	X(strerror)                     \
	X(uri_any_unrecognized)         \
	X(uri_free)                     \
	X(uri_get_attributes)           \
	X(uri_get_module_name)          \
	X(uri_get_module_path)          \
	X(uri_get_pin_source)           \
	X(uri_get_pin_value)            \
	X(uri_match_module_info)        \
	X(uri_match_slot_info)          \
	X(uri_match_token_info)         \
	X(uri_message)                  \
	X(uri_new)                      \
	X(uri_parse)

struct p11_kit_calls {
#define P11_KIT_MEMBER(name) __typeof__(p11_kit_##name) *name;
	P11_KIT_CALLS(P11_KIT_MEMBER)
#undef P11_KIT_MEMBER
};

/* Good once p11_kit_load has said so: p11_kit.uri_new(). */
extern struct p11_kit_calls p11_kit;
/* Loads them at the first time. STATUS_INPUT where p11-kit is not to be had. */
MUST_CHECK bool p11_kit_load(struct error *err);

/* Fills err with what a module answered: "cannot WHAT: the PIN is incorrect". */
bool cryptoki_fail(struct error *err, enum status status, CK_RV answer, const char *what);
