/*
 * Tokens of PKCS#11: which of them a URI (RFC 7512) names, through p11-kit or the one
 * module that it says; opened, and logged in to with the passwords that were said.
 */
#pragma once

#include "format/cryptoki.h"
#include "format/format.h"

/*
 * Reads the certificates of every token that the URI matches. Nobody's PIN stands in a
 * URI: those that the sink's passwords say are tried where the token wants one, and never
 * those that everybody knows, for a token counts what does not fit. STATUS_INPUT where no
 * token matches, or none can be read.
 */
MUST_CHECK bool pkcs11_read(const char *uri, struct entry_sink *sink, struct error *err);

/*
 * Writes the certificates of the set into the one token that the URI matches: see
 * token_write. STATUS_INPUT where none or several match, STATUS_UNCHANGED where it cannot
 * be written.
 */
MUST_CHECK bool pkcs11_write(const char *uri, const struct entry_set *set,
			     const struct passwords *passwords, struct written *written,
			     struct error *err);
/*
 * What the one token that the URI matches can be told, as a format is: carries and a name
 * are filled in. *officer: it takes a word on trust from its security officer alone.
 */
MUST_CHECK bool pkcs11_format(const char *uri, const struct passwords *passwords,
			      struct format *format, bool *officer, struct error *err);

/* The tokens of one library, which is told `reserved` at its start (NSS's parameters). */
MUST_CHECK bool pkcs11_read_library(const char *library, const char *reserved,
				    struct entry_sink *sink, struct error *err);

/*
 * The files and folders that p11-kit's trust module at path reads where nothing is configured,
 * with ':' between them. STATUS_INPUT.
 */
MUST_CHECK bool pkcs11_trust_places(const char *path, struct buf *places,
				    struct error *err);
/*
 * Writes into the one token of such a library that can be written. One that nobody has set
 * up yet gets the password that was said last, or the empty one.
 */
MUST_CHECK bool pkcs11_write_library(const char *library, const char *reserved,
				     const struct entry_set *set,
				     const struct passwords *passwords,
				     struct written *written, struct error *err);

/* Whether a token is there that the URI names; nothing of it is read. */
bool pkcs11_is_there(const char *uri);
