/* Store references taken apart: what the words of DESIGN section 4 name. */
#pragma once

#include "store/store.h"

enum ref_kind {
	REF_GENERATION, /* "@12" */
	REF_PROFILE,    /* a bare word */
	REF_PATH,       /* PATH, FORMAT:PATH, "-" */
	REF_ENDPOINT,   /* "tls://..." */
	REF_TOKEN,      /* "pkcs11:..." */
};
struct ref {
	enum ref_kind kind;
	const char *text;            /* as the user gave it; borrowed, like path */
	const char *path;            /* REF_PATH */
	const struct format *format; /* NULL: to be found from the content */
	uint64_t generation;
};
/* Says what one reference (without '+') names. No file is read; that one exists is looked
 * at. */
MUST_CHECK bool ref_parse(const char *text, struct ref *ref, struct error *err);
/* Whether text is a union: it holds '+', and no file of that whole name exists. */
bool ref_is_union(const char *text);
/* Letters, digits, '-' and '_': the name of a profile. */
bool ref_is_bare_word(const char *text);
/* A PKCS#11 URI. */
bool ref_is_token(const char *text);
/* "pem, der, ..." of the formats' table. */
void ref_format_names(struct buf *out);
