/* Writing Java's keystores: certificates that are trusted, under a digest. */
#include "format/jks.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/unicode.h"
#include "format/aliases.h"
#include "format/passwords.h"

/* A secret that everybody knows stands between password and contents. */
#define WHITENER SPAN("Mighty Aphrodite")
/* What a store is sealed with where nobody said a password. */
#define PASSWORD_KNOWN SPAN("changeit")

bool jks_digest(struct span password, struct span sealed, uint8_t to[SHA1_DIGEST_SIZE])
{
	AUTO(secret) units = SECRET_INIT;
	struct sha1_ctx sha1;

	if (!password_utf16(&units, password))
		return false;
	sha1_init(&sha1);
	sha1_update(&sha1, units.n, units.at);
	sha1_update(&sha1, WHITENER.n, WHITENER.at);
	sha1_update(&sha1, sealed.n, sealed.at);
	sha1_digest(&sha1, SHA1_DIGEST_SIZE, to);
	wipe(&sha1, sizeof(sha1));
	return true;
}

static void add_number(struct buf *out, size_t octets, uint64_t number)
{
	while (octets--)
		buf_add_byte(out, (uint8_t)(number >> 8 * octets));
}

static void add_unit(struct buf *out, uint32_t unit)
{
	buf_add_byte(out, (uint8_t)(0xe0 | unit >> 12));
	buf_add_byte(out, (uint8_t)(0x80 | (unit >> 6 & 0x3f)));
	buf_add_byte(out, (uint8_t)(0x80 | (unit & 0x3f)));
}

static void add_utf(struct buf *out, const char *text)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + strlen(text);
	AUTO(buf) modified = BUF_INIT;

	while (at < end) {
		const int32_t character = utf8_next(&at, end);
		const uint32_t above = (uint32_t)character - 0x10000;

		if (character >= 0x10000) {
			add_unit(&modified, 0xd800 | above >> 10);
			add_unit(&modified, 0xdc00 | (above & 0x3ff));
		} else if (character > 0) {
			utf8_add(&modified, (uint32_t)character);
		}
	}
	add_number(out, 2, modified.n);
	buf_add(out, buf_span(&modified));
}

/* In milliseconds. Java takes no date from before 1970 amiss, but nobody else expects it.
 */
static uint64_t date_of(const struct entry *entry, const struct sealing *sealing)
{
	int64_t at = sealing->at;

	if (at == TIME_NONE && entry->origin)
		at = entry->origin->added;
	if (at == TIME_NONE)
		at = entry->cert.not_before;
	return at < 0 ? 0 : (uint64_t)at * 1000;
}

static void add_entry(struct buf *out, const struct entry *entry, const char *alias,
		      const struct sealing *sealing)
{
	struct span der = cert_der(&entry->cert);

	add_number(out, 4, TAG_CERTIFICATE);
	add_utf(out, alias);
	add_number(out, 8, date_of(entry, sealing));
	add_utf(out, "X.509");
	add_number(out, 4, der.n);
	buf_add(out, der);
}

/* What is distrusted is never written as trusted. */
static size_t count_written(const struct entry_set *set)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++)
		n += set->at[i].trust != TRUST_DISTRUSTED;
	return n;
}

bool jks_write(const struct entry_set *set, uint32_t magic, const struct sealing *sealing,
	       struct buf *out, struct error *err)
{
	struct span password =
		sealing->password ? secret_span(sealing->password) : PASSWORD_KNOWN;
	AUTO(aliases) aliases = ALIASES_INIT;
	uint8_t digest[SHA1_DIGEST_SIZE];
	const size_t begin = out->n;

	aliases_make(&aliases, set, ALIAS_LOWER);
	add_number(out, 4, magic);
	add_number(out, 4, 2);
	add_number(out, 4, count_written(set));
	for (size_t i = 0; i < set->n; i++)
		if (set->at[i].trust != TRUST_DISTRUSTED)
			add_entry(out, &set->at[i], aliases.at[i], sealing);
	if (!jks_digest(password, span_from(buf_span(out), begin), digest))
		return error_fail(err, STATUS_INPUT, _("the password is not in UTF-8"));
	buf_add(out, span_of(digest, sizeof(digest)));
	return true;
}
