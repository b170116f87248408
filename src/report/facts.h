/* Facts of a certificate in words: the same in every table, tree and list. */
#pragma once

#include "report/out.h"
#include "x509/key.h"

/* Days until at; negative once it is past. Whole days, towards the past. */
int64_t days_until(int64_t at, int64_t now);

enum fact_state {
	FACT_GOOD,
	FACT_SOON,
	FACT_OVER
};
/* How its validity stands at now; soon: less than thirty days left. */
enum fact_state validity_state(const struct cert *cert, int64_t now);
/* "in 30 days", "expired 12 days ago", "valid in 3 days". */
void add_days_left(struct buf *out, const struct cert *cert, int64_t now);
/* "rsa 2048", "ec secp256r1", "ed25519"; short: "ec 256". */
void add_key(struct buf *out, const struct cert *cert);
void add_short_key(struct buf *out, const struct cert *cert);
/*
 * What a person calls the subject or the issuer, escaped; cut where columns is not
 * SIZE_MAX.
 */
void add_subject(struct buf *out, const struct cert *cert, size_t columns);
void add_issuer(struct buf *out, const struct cert *cert, size_t columns);
/* The whole name (RFC 4514), escaped for a terminal. */
void add_whole_name(struct buf *out, struct span name);
/* The first digits of the fingerprint: enough for a selector. */
#define SHORT_SHA256 8
void add_short_sha256(struct buf *out, const struct cert *cert);
/* Lower-case hex of the serial's octets, without a needless leading zero octet. */
void add_serial(struct buf *out, const struct cert *cert);
/* True where basicConstraints says CA; a malformed one says nothing. */
bool cert_says_ca(const struct cert *cert);

/* The escape sequence that begins a colour, "" where the report has none. */
enum tint {
	TINT_NONE,
	TINT_GOOD,
	TINT_WARN,
	TINT_BAD,
	TINT_QUIET,
	TINT_HEAD
};
const char *tint_sequence(enum tint tint);
enum tint tint_of_state(enum fact_state state);
enum tint tint_of_trust(enum trust trust);
/* Adds text in that colour where the report has colours. */
void add_tinted(struct report *report, enum tint tint, const char *text);

/*
 * Adds text broken at spaces so that no line is wider than the report (a word that is, is
 * broken after a comma, or stands alone). indent: spaces before every line but the first, which stands where out
 * is: at column used.
 */
void add_wrapped(struct report *report, const char *text, size_t used, size_t indent);

/* An entry as JSON: DESIGN section 9. */
json_t *json_of_entry(const struct report *report, const struct entry *entry);
json_t *json_of_constraints(const struct constraints *constraints);
/*
 * The fields of an entry that every list of certificates has: sha256, subject, issuer
 * ...
 */
void json_put_cert(json_t *object, const struct cert *cert);
