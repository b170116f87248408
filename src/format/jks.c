/*
 * Java's own keystores, JKS and JCEKS, as OpenJDK reads and writes them
 * (sun.security.provider.JavaKeyStore, com.sun.crypto.provider.JceKeyStore):
 *
 *   u4 magic, u4 version (1 or 2), u4 number of entries, the entries, 20 octets of SHA-1
 *   entry  u4 tag (1 key, 2 certificate, 3 secret key of JCEKS), utf alias, u8 date in ms
 *     1    u4 n, the encrypted key, u4 number of certificates, the certificates
 *     2    a certificate
 *     3    a serialised Java object, which does not say how long it is
 *   certificate  in version 2: utf type; u4 n, DER
 *
 * All numbers have their high byte first; utf is u2 n and modified UTF-8. A certificate
 * entry is trusted; the chain of a key is material for paths, and the key is never looked
 * at.
 */
#include "base/escape.h"
#include "base/i18n.h"
#include "format/aliases.h"
#include "format/contents.h"
#include "format/passwords.h"

#include <nettle/sha1.h>

#define MAGIC_JKS   0xfeedfeedu
#define MAGIC_JCEKS 0xcecececeu
#define HEAD_SIZE   12
/* A secret that everybody knows stands between password and contents. */
#define WHITENER SPAN("Mighty Aphrodite")
/* Room is made at once for the entries that a file of usual certificates would have. */
#define CERT_USUAL  1200
#define EXPECT_MOST ((size_t)1 << 17)
/* What a store is sealed with where nobody said a password. */
#define PASSWORD_KNOWN SPAN("changeit")

enum tag {
	TAG_KEY = 1,
	TAG_CERTIFICATE = 2,
	TAG_SECRET = 3
};

/* ---- numbers and strings; what: named where it is cut off, translated then ---- */

struct reader {
	const uint8_t *at, *end, *whole;
	bool typed;   /* version 2: each certificate says its type */
	bool secrets; /* JCEKS */
};

static size_t left(const struct reader *in)
{
	return (size_t)(in->end - in->at);
}

static bool cut_off(const struct reader *in, const char *what, struct error *err)
{
	return error_fail(err, STATUS_INPUT, _("the file ends within the %s at byte %zu"),
			  _(what), (size_t)(in->at - in->whole));
}

static bool read_number(struct reader *in, size_t octets, const char *what, uint64_t *to,
			struct error *err)
{
	uint64_t number = 0;

	if (left(in) < octets)
		return cut_off(in, what, err);
	for (size_t i = 0; i < octets; i++)
		number = number << 8 | *in->at++;
	*to = number;
	return true;
}

/* Bytes behind their number, which takes that many octets. */
static bool read_counted(struct reader *in, size_t octets, const char *what,
			 struct span *to, struct error *err)
{
	const size_t begin = (size_t)(in->at - in->whole);
	uint64_t n;

	if (!read_number(in, octets, what, &n, err))
		return false;
	if (n > left(in))
		return error_fail(err, STATUS_INPUT,
				  _("the %s at byte %zu says that it has %llu bytes, and "
				    "%zu are left"),
				  _(what), begin, (unsigned long long)n, left(in));
	*to = span_of(in->at, (size_t)n);
	in->at += n;
	return true;
}

/* ---- entries ---- */

struct jks_entry {
	enum tag tag;
	struct span alias;
	uint64_t date_ms;
	struct reader certificates; /* where they stand */
	size_t n;
};

static bool read_certificate(struct reader *in, struct span *type, struct span *der,
			     struct error *err)
{
	*type = SPAN("X.509");
	return (!in->typed || read_counted(in, 2, N_("certificate type"), type, err)) &&
	       read_counted(in, 4, N_("certificate"), der, err);
}

/* The certificates of a key are counted by what is there, never by what is said. */
static bool pass_chain(struct reader *in, struct jks_entry *entry, struct error *err)
{
	struct span key, type, der;
	uint64_t n;

	if (!read_counted(in, 4, N_("private key"), &key, err) ||
	    !read_number(in, 4, N_("length of a chain"), &n, err))
		return false;
	entry->certificates = *in;
	for (entry->n = 0; entry->n < n; entry->n++)
		if (!read_certificate(in, &type, &der, err))
			return error_in(err, _("certificate %zu of the chain"),
					entry->n + 1);
	return true;
}

static bool pass_contents(struct reader *in, struct jks_entry *entry, struct error *err)
{
	struct span type, der;

	switch (entry->tag) {
	case TAG_KEY:
		return pass_chain(in, entry, err);
	case TAG_CERTIFICATE:
		entry->certificates = *in;
		entry->n = 1;
		return read_certificate(in, &type, &der, err);
	case TAG_SECRET:
		entry->n = 0;
		return true;
	}
	return false;
}

/* Reads an entry up to its end; of a secret key, up to where its object begins. */
static bool read_entry(struct reader *in, struct jks_entry *entry, struct error *err)
{
	uint64_t tag;

	if (!read_number(in, 4, N_("tag of an entry"), &tag, err))
		return false;
	if (tag < TAG_KEY || tag > (in->secrets ? TAG_SECRET : TAG_CERTIFICATE))
		return error_fail(err, STATUS_INPUT,
				  _("no entry has a tag like that at byte %zu: %llu"),
				  (size_t)(in->at - in->whole) - 4,
				  (unsigned long long)tag);
	entry->tag = (enum tag)tag;
	return read_counted(in, 2, N_("alias"), &entry->alias, err) &&
	       read_number(in, 8, N_("date"), &entry->date_ms, err) &&
	       pass_contents(in, entry, err);
}

/* ---- the whole ---- */

static uint32_t magic_of(struct span head)
{
	return head.n < 4 ? 0
			  : (uint32_t)head.at[0] << 24 | (uint32_t)head.at[1] << 16 |
				    (uint32_t)head.at[2] << 8 | head.at[3];
}

struct store_head {
	struct reader entries;
	uint64_t count;
	struct span sealed; /* all that the digest is of */
	struct span digest;
};

static bool read_head(struct span file, uint32_t magic, struct store_head *head,
		      struct error *err)
{
	struct reader in = { file.at, file.at + file.n, file.at, false, false };
	uint64_t found, version;

	if (file.n < HEAD_SIZE + SHA1_DIGEST_SIZE)
		return error_fail(err, STATUS_INPUT,
				  _("%zu bytes are less than any Java keystore has"),
				  file.n);
	head->sealed = span_of(file.at, file.n - SHA1_DIGEST_SIZE);
	head->digest = span_from(file, head->sealed.n);
	in.end -= SHA1_DIGEST_SIZE;
	if (!read_number(&in, 4, "", &found, err) ||
	    !read_number(&in, 4, "", &version, err) ||
	    !read_number(&in, 4, "", &head->count, err))
		return false;
	if (found != magic)
		return error_fail(err, STATUS_INPUT,
				  _("it does not begin with the four bytes of this "
				    "format"));
	if (version != 1 && version != 2)
		return error_fail(err, STATUS_INPUT,
				  _("no Java keystore is of version %llu (byte 4)"),
				  (unsigned long long)version);
	in.typed = version == 2;
	in.secrets = magic == MAGIC_JCEKS;
	head->entries = in;
	return true;
}

/*
 * Goes through all entries before any is believed: where the file is broken, the byte is
 * the answer, whatever the password. What follows a secret key cannot be found.
 */
static bool check_shape(const struct store_head *head, struct error *err)
{
	struct reader in = head->entries;
	struct jks_entry entry = { .tag = TAG_KEY };
	uint64_t i;

	for (i = 0; i < head->count && entry.tag != TAG_SECRET; i++)
		if (!read_entry(&in, &entry, err))
			return error_in(err, _("entry %llu of %llu"),
					(unsigned long long)i + 1,
					(unsigned long long)head->count);
	if (entry.tag != TAG_SECRET && left(&in))
		return error_fail(err, STATUS_INPUT,
				  _("%zu bytes follow the last of %llu entries at byte "
				    "%zu"),
				  left(&in), (unsigned long long)head->count,
				  (size_t)(in.at - in.whole));
	return true;
}

/* ---- the digest ---- */

static bool digest_of(struct span password, struct span sealed,
		      uint8_t to[SHA1_DIGEST_SIZE])
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

static enum fit digest_fits(void *ctx, struct span password, struct error *err)
{
	const struct store_head *head = ctx;
	uint8_t digest[SHA1_DIGEST_SIZE];

	(void)err;
	return digest_of(password, head->sealed, digest) &&
			       span_eq(span_of(digest, sizeof(digest)), head->digest)
		       ? FIT_YES
		       : FIT_NO;
}

static bool check_digest(struct store_head *head, const struct entry_sink *sink,
			 struct error *err)
{
	const struct passwords *passwords = sink->passwords;
	const struct lock lock = { head, digest_fits };

	if (passwords && passwords->unchecked) {
		passwords_note(passwords, sink->path,
			       _("its digest was not checked: nothing tells whether it "
				 "was changed"));
		return true;
	}
	return passwords_open(passwords, sink->path, &lock, err);
}

/* ---- into the sink ---- */

/* Modified UTF-8 (JVM specification, 4.4.7): NUL in two bytes, and surrogates. */
static void add_modified(struct buf *out, struct span text)
{
	AUTO(buf) plain = BUF_INIT;

	for (size_t i = 0; i < text.n; i++) {
		const uint8_t *at = text.at + i;

		/* ed a0..af xx, ed b0..bf xx: the halves of one character. */
		if (text.n - i >= 6 && at[0] == 0xed && (at[1] & 0xf0) == 0xa0 &&
		    at[3] == 0xed && (at[4] & 0xf0) == 0xb0) {
			utf8_add(&plain, 0x10000 + ((uint32_t)(at[1] & 0x0f) << 16) +
						 ((uint32_t)(at[2] & 0x3f) << 10) +
						 ((uint32_t)(at[4] & 0x0f) << 6) +
						 (at[5] & 0x3f));
			i += 5;
		} else if (text.n - i >= 2 && at[0] == 0xc0 && at[1] == 0x80) {
			i++; /* a label is a C string */
		} else if (*at) {
			buf_add_byte(&plain, *at);
		}
	}
	escape_utf8(out, buf_span(&plain));
}

/* The alias as a label; NULL where it says no more than the certificate. */
static const char *label_of(struct arena *arena, struct span alias,
			    const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;

	if (!span_is_ascii(alias) || (alias.n && memchr(alias.at, '\0', alias.n))) {
		add_modified(&text, alias);
		alias = buf_span(&text);
	}
	return !alias.n || alias_is_name(alias, cert) ? NULL
						      : arena_str_of(arena, alias);
}

/* A store on its way into a sink. */
struct reading {
	struct entry_sink *sink;
	const char *ref; /* the path, for origins; NULL where there is none */
	size_t keys;
};

/* No calendar here goes further than the year 9999. */
#define DATE_MOST_MS UINT64_C(253402300799999)

/* The date of an entry is what this store knows of when it was added. */
static const struct origin *origin_of(const struct reading *reading, uint64_t date_ms)
{
	struct origin *origin;

	if (!reading->ref)
		return NULL;
	origin = arena_alloc(&reading->sink->set->arena, sizeof(*origin));
	*origin = (struct origin){ .kind = ORIGIN_FILE,
				   .ref = reading->ref,
				   .added = date_ms > DATE_MOST_MS
						    ? TIME_NONE
						    : (int64_t)(date_ms / 1000) };
	return origin;
}

static void skip_certificate(struct entry_sink *sink, const struct jks_entry *entry,
			     size_t number, struct error *bad)
{
	AUTO_FREE char *shown = quoted(entry->alias);

	error_in(bad, _("entry %zu '%s'"), number, shown);
	sink_skip(sink, 0, bad);
}

static bool read_x509(struct span type, struct span der, struct cert *cert,
		      struct error *err)
{
	AUTO_FREE char *shown = NULL;

	if (span_eq(type, SPAN("X.509")) || span_eq(type, SPAN("X509")))
		return cert_read(cert, der, err);
	shown = quoted(type);
	return error_fail(err, STATUS_INPUT, _("a certificate of the type '%s'"), shown);
}

/* One bad certificate never costs the rest. */
static void add_certificates(struct reading *reading, const struct jks_entry *entry,
			     size_t number)
{
	struct entry_sink *sink = reading->sink;
	const struct origin *origin = origin_of(reading, entry->date_ms);
	struct reader in = entry->certificates;

	for (size_t i = 0; i < entry->n; i++) {
		struct entry one = { .trust = entry->tag == TAG_CERTIFICATE
						      ? TRUST_ANCHOR
						      : TRUST_INTERMEDIATE,
				     .origin = origin };
		AUTO(error) bad = ERROR_INIT;
		struct span type, der;

		if (!read_certificate(&in, &type, &der, &bad) ||
		    !read_x509(type, der, &one.cert, &bad)) {
			skip_certificate(sink, entry, number, &bad);
			continue;
		}
		if (i == 0)
			one.label = label_of(&sink->set->arena, entry->alias, &one.cert);
		sink_add(sink, &one);
	}
}

static void skip_after_secret(struct entry_sink *sink, const struct jks_entry *entry,
			      size_t number, uint64_t count)
{
	AUTO(error) bad = ERROR_INIT;

	if (number == count)
		return;
	error_fail(&bad, STATUS_INPUT,
		   _("it is a secret key, whose length the format does not say: the "
		     "entries after it cannot be found"));
	skip_certificate(sink, entry, number, &bad);
}

static void tell_keys(const struct entry_sink *sink, size_t keys)
{
	AUTO_FREE char *text =
		str_format(ngettext("%zu key in it was not looked at",
				    "%zu keys in it were not looked at", keys),
			   keys);

	if (keys)
		passwords_note(sink->passwords, sink->path, text);
}

static bool add_entries(const struct store_head *head, struct entry_sink *sink,
			struct error *err)
{
	struct reader in = head->entries;
	struct jks_entry entry = { .tag = TAG_KEY };
	struct reading reading = {
		.sink = sink,
		.ref = sink->path ? arena_str(&sink->set->arena, sink->path) : NULL
	};

	for (size_t i = 1; i <= head->count && entry.tag != TAG_SECRET; i++) {
		if (!read_entry(&in, &entry, err))
			return false;
		reading.keys += entry.tag != TAG_CERTIFICATE;
		add_certificates(&reading, &entry, i);
		if (entry.tag == TAG_SECRET)
			skip_after_secret(sink, &entry, i, head->count);
	}
	tell_keys(sink, reading.keys);
	return true;
}

static bool read_store(struct span file, uint32_t magic, struct entry_sink *sink,
		       struct error *err)
{
	size_t had = sink->added, expected = file.n / CERT_USUAL;
	struct store_head head;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!keep_bytes(&file, sink, err) || !read_head(file, magic, &head, err) ||
	    !check_shape(&head, err) || !check_digest(&head, sink, err))
		return false;
	if (!sink->taker)
		set_expect(sink->set, expected < EXPECT_MOST ? expected : EXPECT_MOST);
	return add_entries(&head, sink, err) && read_something(sink, had, err);
}

/* ---- writing ---- */

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

static bool write_store(const struct entry_set *set, uint32_t magic,
			const struct sealing *sealing, struct buf *out, struct error *err)
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
	if (!digest_of(password, span_from(buf_span(out), begin), digest))
		return error_fail(err, STATUS_INPUT, _("the password is not in UTF-8"));
	buf_add(out, span_of(digest, sizeof(digest)));
	return true;
}

/* ---- the two of them ---- */

static const struct sealing as_usual = { .password = NULL, .at = TIME_NONE };

static enum probe probe_jks(struct span head, bool whole)
{
	(void)whole;
	return magic_of(head) == MAGIC_JKS ? PROBE_SURE : PROBE_NO;
}

static bool read_jks(struct span file, struct entry_sink *sink, struct error *err)
{
	return read_store(file, MAGIC_JKS, sink, err);
}

static bool write_jks_sealed(const struct entry_set *set, const struct sealing *sealing,
			     struct buf *out, struct error *err)
{
	return write_store(set, MAGIC_JKS, sealing, out, err);
}

static bool write_jks(const struct entry_set *set, struct buf *out, struct error *err)
{
	return write_store(set, MAGIC_JKS, &as_usual, out, err);
}

static enum probe probe_jceks(struct span head, bool whole)
{
	(void)whole;
	return magic_of(head) == MAGIC_JCEKS ? PROBE_SURE : PROBE_NO;
}

static bool read_jceks(struct span file, struct entry_sink *sink, struct error *err)
{
	return read_store(file, MAGIC_JCEKS, sink, err);
}

static bool write_jceks_sealed(const struct entry_set *set, const struct sealing *sealing,
			       struct buf *out, struct error *err)
{
	return write_store(set, MAGIC_JCEKS, sealing, out, err);
}

static bool write_jceks(const struct entry_set *set, struct buf *out, struct error *err)
{
	return write_store(set, MAGIC_JCEKS, &as_usual, out, err);
}

#define UNSEALED \
	N_("no password was said: it is sealed with 'changeit', which everybody knows")

/*
 * To Java every certificate entry is an anchor, whatever its key is for. An alias is a
 * label made unique and lower-case.
 */
const struct format format_jks = {
	.name = "jks",
	.summary = N_("Java keystore (JKS)"),
	.extension = "jks",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe_jks,
	.read = read_jks,
	.write = write_jks,
	.write_sealed = write_jks_sealed,
	.unsealed = UNSEALED,
};

const struct format format_jceks = {
	.name = "jceks",
	.summary = N_("Java keystore of the JCE (JCEKS)"),
	.extension = "jceks",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe_jceks,
	.read = read_jceks,
	.write = write_jceks,
	.write_sealed = write_jceks_sealed,
	.unsealed = UNSEALED,
};
