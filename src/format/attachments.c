/*
 * Attachments: base64 of each piece by itself, put together by position, gzip of all. The
 * keystores among them may hold private keys, of which nothing is kept or shown.
 */
#include "format/attachments.h"

#include "base/escape.h"
#include "base/gunzip.h"
#include "base/i18n.h"
#include "format/passwords.h"
#include "format/servicenow.h"
#include "x509/pem.h"

#include <stdlib.h>

/* A keystore of a thousand certificates has two megabytes; ten such are a whole lot. */
#define ATTACHED_MOST   256
#define PIECES_MOST     8192
#define BYTES_MOST      ((size_t)32 << 20)
#define ATTACHMENT_MOST ((size_t)16 << 20)
#define TAIL            32
#define OWNERS_MOST     100000
/* Each costs a derivation of keys a password. */
#define KEYSTORES_MOST 32
#define ROUNDS_MOST    1000000 /* of each; tools that are careful ask for 600,000 */

struct sn_attachment {
	struct span sys_id, file, owner;
	size_t line;
	int64_t size; /* as it is stated; -1: it is not */
};
struct sn_piece {
	struct span of, bytes;
	int64_t position;
	size_t line;
	const char *fault; /* NULL, or why its bytes are none */
};

/*
 * A record and the end of its certificate, which is its signature, by their hashes: there
 * may be a hundred thousand. Two that agree by chance cost an entry that is not in use.
 */
struct sn_held {
	uint64_t record, cert;
};

void sn_attachments_clear(struct sn_attachments *attachments)
{
	mem_free(attachments->at);
	mem_free(attachments->pieces);
	mem_free(attachments->owners);
	mem_free(attachments->held);
	*attachments = (struct sn_attachments){ 0 };
}

bool sn_is_attachment(const char *table)
{
	return strcmp(table, "sys_attachment") == 0 ||
	       strcmp(table, "sys_attachment_doc") == 0;
}

/* ---- what comes ---- */

/* Decimal, as the platform writes it; -1: it is none. */
static int64_t number_of(struct span text)
{
	int64_t number = 0;

	if (!text.n || text.n > 12)
		return -1;
	for (size_t i = 0; i < text.n; i++) {
		if (text.at[i] < '0' || text.at[i] > '9')
			return -1;
		number = number * 10 + (text.at[i] - '0');
	}
	return number;
}

static struct span keep(struct arena *arena, const struct unload_record *raw,
			const char *name)
{
	return arena_copy(arena, unload_get(raw, name));
}

static void take_attachment(struct sn_attachments *attachments, struct arena *arena,
			    const struct unload_record *raw)
{
	/* Of other tables it is nothing to us. */
	if (!span_eq(unload_get(raw, "table_name"), SPAN("sys_certificate")))
		return;
	if (attachments->n == ATTACHED_MOST) {
		attachments->full = true;
		return;
	}
	GROW(attachments->at, attachments->n, attachments->cap);
	attachments->at[attachments->n++] = (struct sn_attachment){
		.sys_id = keep(arena, raw, "sys_id"),
		.file = keep(arena, raw, "file_name"),
		.owner = keep(arena, raw, "table_sys_id"),
		.line = raw->line,
		.size = number_of(unload_get(raw, "size_bytes")),
	};
}

static void decode_piece(struct sn_piece *piece, struct arena *arena, struct span base64)
{
	uint8_t *to = arena_alloc(arena, pem_decoded_most(base64) + 1);
	AUTO(error) bad = ERROR_INIT;
	size_t n = 0;

	if (pem_decode(base64, piece->line, to, &n, &bad))
		piece->bytes = span_of(to, n);
	else
		piece->fault = arena_str(arena, bad.text);
}

/* Whose it is, is known at the end only: so those of other tables are kept till then. */
static void take_piece(struct sn_attachments *attachments, struct arena *arena,
		       const struct unload_record *raw)
{
	struct span base64 = unload_get(raw, "data");
	struct sn_piece piece = { .position = number_of(unload_get(raw, "position")),
				  .line = raw->line };

	if (attachments->n_pieces == PIECES_MOST ||
	    base64.n > BYTES_MOST - attachments->bytes) {
		attachments->full = true;
		return;
	}
	attachments->bytes += base64.n;
	piece.of = keep(arena, raw, "sys_attachment");
	if (raw->cut)
		piece.fault = _("it is larger than any record");
	else
		decode_piece(&piece, arena, base64);
	GROW(attachments->pieces, attachments->n_pieces, attachments->cap_pieces);
	attachments->pieces[attachments->n_pieces++] = piece;
}

void sn_attachments_take(struct sn_attachments *attachments, struct arena *arena,
			 const struct unload_record *raw)
{
	if (strcmp(raw->table, "sys_attachment") == 0)
		take_attachment(attachments, arena, raw);
	else
		take_piece(attachments, arena, raw);
}

void sn_attachments_own(struct sn_attachments *attachments, struct arena *arena,
			const struct sn_owner *owner)
{
	struct sn_owner *kept;

	if (attachments->n_owners == OWNERS_MOST)
		return; /* what is attached to it is that of no record that is known */
	GROW(attachments->owners, attachments->n_owners, attachments->cap_owners);
	kept = &attachments->owners[attachments->n_owners++];
	*kept = *owner;
	kept->sys_id = arena_copy(arena, owner->sys_id);
	kept->name = arena_copy(arena, owner->name);
}

static struct sn_held held_of(struct span sys_id, const struct cert *cert)
{
	struct span der = cert_der(cert);

	return (struct sn_held){ hash_keyed(sys_id),
				 hash_keyed(span_from(der,
						      der.n > TAIL ? der.n - TAIL : 0)) };
}

void sn_attachments_hold(struct sn_attachments *attachments, struct span sys_id,
			 const struct cert *cert)
{
	if (attachments->n_held == OWNERS_MOST)
		return;
	GROW(attachments->held, attachments->n_held, attachments->cap_held);
	attachments->held[attachments->n_held++] = held_of(sys_id, cert);
}

static bool is_held(const struct sn_attachments *attachments, struct span sys_id,
		    const struct cert *cert)
{
	const struct sn_held wanted = held_of(sys_id, cert);

	for (size_t i = 0; i < attachments->n_held; i++) {
		if (attachments->held[i].record == wanted.record &&
		    attachments->held[i].cert == wanted.cert)
			return true;
	}
	return false;
}

/* ---- one of them ---- */

struct attached {
	const struct sn_attachments *attachments;
	struct entry_sink *sink;
	const struct sn_attachment *attachment;
	const struct sn_owner *owner; /* NULL: its record is not in the file */
};

/* "record 'Name' (id): attachment 'store.p12': " in front of what. */
static void name_attached(const struct attached *attached, struct error *what)
{
	AUTO_FREE char *file = quoted(attached->attachment->file);
	AUTO_FREE char *sys_id = quoted(attached->attachment->owner);
	AUTO_FREE char *name = NULL;

	if (!attached->owner) {
		error_in(what, _("attachment '%s' of record %s"), file, sys_id);
		return;
	}
	name = quoted(attached->owner->name);
	error_in(what, _("record '%s' (%s): attachment '%s'"), name, sys_id, file);
}

/* Where the instance would trust it, something that it trusts is left out. */
static void tell(const struct attached *attached, struct error *what)
{
	const struct sn_owner *owner = attached->owner;

	name_attached(attached, what);
	if (owner && owner->active && owner->trusts)
		sink_skip(attached->sink, attached->attachment->line, what);
	else
		sink_remark(attached->sink, attached->attachment->line, what);
}

static int by_position(const void *a, const void *b)
{
	const struct sn_piece *const *one = a, *const *other = b;

	return ((*one)->position > (*other)->position) -
	       ((*one)->position < (*other)->position);
}

/* Its pieces, in their order; *n 0: there are none. */
static const struct sn_piece **pieces_of(const struct sn_attachments *attachments,
					 const struct sn_attachment *attachment,
					 size_t *n)
{
	const struct sn_piece **pieces =
		mem_array(attachments->n_pieces + 1, sizeof(struct sn_piece *));

	*n = 0;
	for (size_t i = 0; i < attachments->n_pieces; i++) {
		if (span_eq(attachments->pieces[i].of, attachment->sys_id))
			pieces[(*n)++] = &attachments->pieces[i];
	}
	qsort(pieces, *n, sizeof(struct sn_piece *), by_position);
	return pieces;
}

static bool join_pieces(struct buf *whole, const struct sn_attachments *attachments,
			const struct sn_attachment *attachment, struct error *err)
{
	size_t n;
	AUTO_FREE const struct sn_piece **pieces = pieces_of(attachments, attachment, &n);

	for (size_t i = 0; i < n; i++) {
		if (pieces[i]->fault)
			return error_fail(err, STATUS_INPUT, "%s", pieces[i]->fault);
		if (pieces[i]->position != (int64_t)i)
			return error_fail(err, STATUS_INPUT,
					  _("its piece %zu is missing or there twice"),
					  i);
		buf_add(whole, pieces[i]->bytes);
	}
	return n || error_fail(err, STATUS_INPUT,
			       attachments->full
				       ? _("the file has more attachments than are read")
				       : _("its bytes are not in the file"));
}

static bool unpack(struct buf *plain, const struct sn_attachments *attachments,
		   const struct sn_attachment *attachment, struct error *err)
{
	AUTO(buf) whole = BUF_INIT;

	if (!join_pieces(&whole, attachments, attachment, err))
		return false;
	if (!gunzip_probe(buf_span(&whole)))
		buf_add(plain, buf_span(&whole));
	else if (!gunzip(plain, buf_span(&whole), ATTACHMENT_MOST, err))
		return false;
	return attachment->size < 0 || attachment->size == (int64_t)plain->n ||
	       error_fail(err, STATUS_INPUT,
			  _("it has %zu bytes, and its record says %lld"), plain->n,
			  (long long)attachment->size);
}

/* ---- its entries ---- */

/* An instance trusts what is attached only where nothing stands in the record itself. */
static enum trust trust_of(const struct sn_owner *owner, enum trust own)
{
	return owner && owner->active && owner->trusts && owner->waiting ? own
									 : TRUST_INACTIVE;
}

/* The entry's record is the attachment's: an export onto the instance finds it again. */
static void take_entry(void *ctx, const struct entry *from)
{
	const struct attached *attached = ctx;
	struct arena *arena = &attached->sink->set->arena;
	const struct sn_owner *owner = attached->owner;
	struct entry entry = *from;

	/* The file of which the platform took the record's own column. */
	if (is_held(attached->attachments, attached->attachment->owner, &from->cert))
		return;
	entry.trust = trust_of(owner, entry.trust);
	entry.line = attached->attachment->line;
	entry.origin = NULL;
	if (owner && owner->waiting) {
		struct field *field = arena_alloc(arena, sizeof(*field));

		*field = (struct field){ SERVICENOW, "sys_id",
					 arena_str_of(arena, owner->sys_id), NULL };
		entry.fields = field;
		if (owner->name.n)
			entry.label = arena_str_of(arena, owner->name);
	}
	sink_add(attached->sink, &entry);
}

static void skip_part_of(void *ctx, const char *path, size_t line,
			 const struct error *why)
{
	const struct attached *attached = ctx;
	AUTO(error) what = ERROR_INIT;

	(void)path;
	(void)line; /* of the attachment's own */
	error_fail(&what, STATUS_INPUT, "%s", why->text);
	tell(attached, &what);
}

/* One file of certificates; never XML again, which would nest. */
static const struct format *format_of(struct span bytes, struct error *err)
{
	static const struct format *const read[] = {
		&format_der,   &format_pem,    &format_pkcs7, &format_jks,
		&format_jceks, &format_pkcs12, &format_bcfks,
	};
	const struct format *format = format_guess(bytes);

	for (size_t i = 0; i < COUNT(read); i++) {
		if (format == read[i])
			return format;
	}
	error_fail(err, STATUS_INPUT, _("it holds neither certificate nor keystore"));
	return NULL;
}

static bool read_attached(struct attached *attached, struct span bytes, size_t *keystores,
			  struct error *err)
{
	struct passwords unasked = { 0 };
	struct entry_taker taker = { take_entry, attached };
	struct entry_sink sink = sink_for(attached->sink, attached->sink->path);
	const struct format *format = format_of(bytes, err);

	if (!format)
		return false;
	if (format->write_sealed && ++*keystores > KEYSTORES_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("the file has more keystores than are opened"));
	/* A person could be asked a hundred times over, and cannot know them all. */
	if (sink.passwords)
		unasked = *sink.passwords;
	unasked.ask = NULL;
	unasked.rounds = unasked.rounds && unasked.rounds < ROUNDS_MOST ? unasked.rounds
									: ROUNDS_MOST;
	sink.passwords = &unasked;
	sink.taker = &taker;
	sink.skip = skip_part_of;
	sink.remark = NULL;
	sink.ctx = attached;
	return format->read(bytes, &sink, err);
}

/* ---- all of them ---- */

static struct sn_owner *find_owner(const struct sn_attachments *attachments,
				   struct span sys_id)
{
	for (size_t i = 0; sys_id.n && i < attachments->n_owners; i++) {
		if (span_eq(attachments->owners[i].sys_id, sys_id))
			return &attachments->owners[i];
	}
	return NULL;
}

static void tell_keystore(const struct attached *attached, size_t n)
{
	AUTO(error) what = ERROR_INIT;

	if (!n || (attached->owner && attached->owner->trusts))
		return; /* it is the record's, in the form in which it came */
	error_fail(&what, STATUS_PARTIAL,
		   ngettext("%zu certificate is in it, which the instance does not trust "
			    "for that",
			    "%zu certificates are in it, which the instance does not "
			    "trust for that",
			    n),
		   n);
	tell(attached, &what);
}

/* One whose own column holds its certificate is an entry already; false: it is not known.
 */
static bool find_entry(struct sn_owner *owner, const struct entry_set *set,
		       struct span sys_id)
{
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];
		const char *its = entry_field(entry, SERVICENOW, "sys_id");

		if (!its || !span_eq(span_str(its), sys_id))
			continue;
		*owner = (struct sn_owner){
			.name = span_str(entry->label ? entry->label : ""), .trusts = true
		};
		return true;
	}
	return false;
}

static void read_one(struct sn_attachments *attachments, struct entry_sink *sink,
		     const struct sn_attachment *attachment, size_t *keystores)
{
	struct sn_owner of_entry, *owner = find_owner(attachments, attachment->owner);
	struct attached attached = { attachments, sink, attachment, owner };
	bool found = !owner && find_entry(&of_entry, sink->set, attachment->owner);
	size_t had = sink->added, skipped = sink->skipped;
	AUTO(error) bad = ERROR_INIT;
	AUTO(buf) plain = BUF_INIT;

	if (found)
		attached.owner = &of_entry;
	if (unpack(&plain, attachments, attachment, &bad) &&
	    read_attached(&attached, buf_span(&plain), keystores, &bad))
		tell_keystore(&attached, sink->added - had);
	else
		tell(&attached, &bad);
	/* Its keys, if it has any. */
	wipe(plain.at, plain.n);
	/* What became of its record has been told. */
	if (owner && (sink->added > had || sink->skipped > skipped))
		owner->waiting = false;
}

/* KB1217702: the instance checks every active record at each of these. */
static void tell_waiting(const struct sn_owner *owner, struct entry_sink *sink)
{
	AUTO(error) bad = ERROR_INIT;
	AUTO_FREE char *name = quoted(owner->name);
	AUTO_FREE char *sys_id = quoted(owner->sys_id);

	error_fail(&bad, STATUS_INPUT, _("its certificate is missing"));
	if (owner->active && owner->trusts)
		error_in(&bad, _("it breaks the instance's LDAP, POP3 and IMAP tests"));
	error_in(&bad, _("record '%s' (%s)"), name, sys_id);
	if (owner->active && owner->trusts)
		sink_skip(sink, owner->line, &bad);
	else
		sink_remark(sink, owner->line, &bad);
}

void sn_attachments_read(struct sn_attachments *attachments, struct entry_sink *sink)
{
	size_t keystores = 0;

	for (size_t i = 0; i < attachments->n; i++)
		read_one(attachments, sink, &attachments->at[i], &keystores);
	for (size_t i = 0; i < attachments->n_owners; i++) {
		if (attachments->owners[i].waiting)
			tell_waiting(&attachments->owners[i], sink);
	}
}
