/*
 * Java's own keystores, JKS and JCEKS, as OpenJDK reads and writes them
 * (sun.security.provider.JavaKeyStore, com.sun.crypto.provider.JceKeyStore):
 *
 *   u4 magic, u4 version (1 or 2), u4 number of entries, the entries, 20 octets of SHA-1
 *   entry  u4 tag (1 key, 2 certificate, 3 secret key of JCEKS), utf alias, u8 date in ms
 *     1    u4 n, the encrypted key, u4 number of certificates, the certificates
 *     2    a certificate
 *     3    a serialised Java object (jks_secret.c)
 *   certificate  in version 2: utf type; u4 n, DER
 *
 * All numbers have their high byte first; utf is u2 n and modified UTF-8. A certificate
 * entry is trusted; the chain of a key is material for paths, and the key is never looked
 * at.
 */
#include "format/jks.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/aliases.h"
#include "format/contents.h"
#include "format/passwords.h"

#define HEAD_SIZE 12
/* Room is made at once for the entries that a file of usual certificates would have. */
#define CERT_USUAL  1200
#define EXPECT_MOST ((size_t)1 << 17)

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
	enum jks_tag tag;
	struct span alias;
	uint64_t date_ms;
	struct reader certificates; /* where they stand */
	size_t n;
	bool endless; /* a secret key of which nobody knows how long it is */
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
	size_t secret;

	switch (entry->tag) {
	case TAG_KEY:
		return pass_chain(in, entry, err);
	case TAG_CERTIFICATE:
		entry->certificates = *in;
		entry->n = 1;
		return read_certificate(in, &type, &der, err);
	case TAG_SECRET:
		entry->n = 0;
		entry->endless = !jks_secret_size(span_of(in->at, left(in)), &secret);
		in->at += entry->endless ? 0 : secret;
		return true;
	}
	return false;
}

/* Reads an entry up to its end; one that is endless up to where its object begins. */
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
	entry->tag = (enum jks_tag)tag;
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
 * the answer, whatever the password. What follows an endless key cannot be found.
 */
static bool check_shape(const struct store_head *head, struct error *err)
{
	struct reader in = head->entries;
	struct jks_entry entry = { .endless = false };
	uint64_t i;

	for (i = 0; i < head->count && !entry.endless; i++)
		if (!read_entry(&in, &entry, err))
			return error_in(err, _("entry %llu of %llu"),
					(unsigned long long)i + 1,
					(unsigned long long)head->count);
	if (!entry.endless && left(&in))
		return error_fail(err, STATUS_INPUT,
				  _("%zu bytes follow the last of %llu entries at byte "
				    "%zu"),
				  left(&in), (unsigned long long)head->count,
				  (size_t)(in.at - in.whole));
	return true;
}

/* ---- the digest ---- */

static enum fit digest_fits(void *ctx, struct span password, struct error *err)
{
	const struct store_head *head = ctx;
	uint8_t digest[SHA1_DIGEST_SIZE];

	(void)err;
	return jks_digest(password, head->sealed, digest) &&
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
	return !alias.n || alias_is_name(alias, cert) ? NULL : arena_str_of(arena, alias);
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
		   _("it is a secret key of an unknown kind, and the format does not say "
		     "where one ends: the entries after it cannot be found"));
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
	struct jks_entry entry = { .endless = false };
	struct reading reading = {
		.sink = sink,
		.ref = sink->path ? arena_str(&sink->set->arena, sink->path) : NULL
	};

	for (size_t i = 1; i <= head->count && !entry.endless; i++) {
		if (!read_entry(&in, &entry, err))
			return false;
		reading.keys += entry.tag != TAG_CERTIFICATE;
		add_certificates(&reading, &entry, i);
		if (entry.endless)
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
	return jks_write(set, MAGIC_JKS, sealing, out, err);
}

static bool write_jks(const struct entry_set *set, struct buf *out, struct error *err)
{
	return jks_write(set, MAGIC_JKS, &as_usual, out, err);
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
	return jks_write(set, MAGIC_JCEKS, sealing, out, err);
}

static bool write_jceks(const struct entry_set *set, struct buf *out, struct error *err)
{
	return jks_write(set, MAGIC_JCEKS, &as_usual, out, err);
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
