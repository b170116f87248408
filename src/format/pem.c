/*
 * PEM bundle: certificates in base64 armour (RFC 7468) with text between them, or base64
 * alone. Each block stands for itself: a bad one is told with its line and left out.
 */
#include "base/i18n.h"
#include "format/contents.h"
#include "format/trusted.h"
#include "x509/pem.h"

/*
 * A block that decodes to more holds no certificate; CERT_MOST bounds what may follow it
 * too.
 */
#define BLOCK_MOST (2 * CERT_MOST)
/* Room is made at once for the entries that a file of usual certificates would have. */
#define CERT_USUAL  1200
#define EXPECT_MOST ((size_t)1 << 17)
/* Room for the bytes of entries that are not kept, one after the other. */
#define ROOM_OF_ONE ((size_t)48 << 10)
/*
 * How much of a mapped file is looked at together: it stays in the processor's cache, and
 * grows only where one block does not fit; one that does not fit then is too large.
 */
#define PIECE_LEAST ((size_t)64 << 10)
#define PIECE_MOST  (2 * BLOCK_MOST)

static enum probe probe(struct span head, bool whole)
{
	if (pem_find_armour(head))
		return PROBE_LIKELY;
	return whole && base64_is_der(head) ? PROBE_LIKELY : PROBE_NO;
}

/* A bundle on its way into a sink. */
struct reading {
	struct entry_sink *sink;
	struct room room;
	struct pem_scan scan;
	struct span der; /* of the block under way */
};

static bool decode(struct reading *reading, const struct pem_block *block,
		   struct error *err)
{
	size_t most = pem_decoded_most(block->body), n;

	if (most > BLOCK_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("it is larger than any certificate"));
	if (!pem_decode_block(&reading->scan, block, room_for(&reading->room, most), &n,
			      err))
		return false;
	reading->der = room_take(&reading->room, n);
	return true;
}

static bool read_certificate(struct reading *reading, const struct pem_block *block,
			     struct entry *entry, struct error *err)
{
	if (!decode(reading, block, err))
		return false;
	if (span_eq(block->label, SPAN(TRUSTED_LABEL)))
		return trusted_read(entry, reading->room.arena, reading->der,
				    reading->sink->trusted_as, err);
	return cert_read(&entry->cert, reading->der, err);
}

static bool read_message(struct reading *reading, const struct pem_block *block,
			 struct error *err)
{
	return decode(reading, block, err) &&
	       read_pkcs7(reading->sink, reading->der, block->line, err);
}

static bool is_private_key(struct span label)
{
	struct span wanted = SPAN("PRIVATE KEY");

	return label.n >= wanted.n &&
	       span_eq(span_from(label, label.n - wanted.n), wanted);
}

static bool is_message(struct span label)
{
	return span_eq(label, SPAN("PKCS7")) || span_eq(label, SPAN("CMS"));
}

/*
 * Everything but certificates, messages of them and private keys is passed by in silence.
 */
static void read_block(struct reading *reading, const struct pem_block *block)
{
	struct entry entry = { .trust = TRUST_UNSAID, .line = block->line };
	AUTO(error) bad = ERROR_INIT;

	if (pem_is_certificate(block)) {
		if (read_certificate(reading, block, &entry, &bad)) {
			sink_add(reading->sink, &entry);
			if (reading->sink->taker)
				room_give_back(&reading->room, reading->der);
			return;
		}
		error_in(&bad, _("certificate %zu"), block->index);
	} else if (is_message(block->label)) {
		if (read_message(reading, block, &bad))
			return;
	} else if (is_private_key(block->label)) {
		error_fail(&bad, STATUS_INPUT,
			   _("a private key stands here; it was not read"));
	} else {
		return;
	}
	sink_skip(reading->sink, block->line, &bad);
}

static void read_blocks(struct reading *reading)
{
	struct pem_block block;

	while (pem_next(&reading->scan, &block))
		read_block(reading, &block);
}

/* A piece of a file: n bytes, those before next. */
struct piece {
	uint8_t *at;
	size_t n, size, next;
};

static void piece_clear(struct piece *piece)
{
	mem_free(piece->at);
}

static bool piece_fill(struct piece *piece, const struct file *file, struct error *err)
{
	size_t room = piece->size - piece->n, left = file->bytes.n - piece->next;
	size_t n = room < left ? room : left;

	if (!file_copy(file, piece->next, piece->at + piece->n, n, err))
		return false;
	piece->n += n;
	piece->next += n;
	return true;
}

/* Leaves room behind the bytes that are not done with yet. */
static void piece_drop(struct piece *piece, size_t n)
{
	if (n == 0 && piece->n == piece->size) {
		piece->size *= 2;
		piece->at = mem_resize(piece->at, piece->size, 1);
	}
	piece->n -= n;
	memmove(piece->at, piece->at + n, piece->n);
}

static bool read_pieces(struct reading *reading, struct error *err)
{
	AUTO(piece) piece = { .at = mem_alloc(PIECE_LEAST), .size = PIECE_LEAST };
	const struct file *file = reading->sink->file;
	struct pem_scan *scan = &reading->scan;

	mem_will_write(piece.at, file->bytes.n < piece.size ? file->bytes.n : piece.size);
	while (piece.n || piece.next < file->bytes.n) {
		if (!piece_fill(&piece, file, err))
			return false;
		scan->in = span_of(piece.at, piece.n);
		scan->more = piece.next < file->bytes.n;
		read_blocks(reading);
		if (!scan->at && piece.size >= PIECE_MOST) {
			scan->more = false;
			read_blocks(reading);
		}
		piece_drop(&piece, pem_leave(scan));
	}
	return true;
}

static bool read_bare(struct span file, struct entry_sink *sink, struct error *err)
{
	uint8_t *to = arena_alloc(&sink->set->arena, pem_decoded_most(file));
	size_t n;

	return pem_decode(file, 1, to, &n, err) && read_der(sink, span_of(to, n), 1, err);
}

bool read_pem(struct span file, struct entry_sink *sink, struct error *err)
{
	struct reading reading = {
		.sink = sink,
		.room = { .arena = &sink->set->arena,
			  .expected = sink->taker ? ROOM_OF_ONE : pem_decoded_most(file) }
	};
	size_t had = sink->added, expected = file.n / CERT_USUAL;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!sink->taker)
		set_expect(sink->set, expected < EXPECT_MOST ? expected : EXPECT_MOST);
	if (sink->file && sink->file->map) {
		if (!read_pieces(&reading, err))
			return false;
	} else {
		reading.scan.in = file;
		read_blocks(&reading);
	}
	if (sink->added == had && !sink->skipped && base64_is_der(file))
		return read_bare(file, sink, err);
	return read_something(sink, had, err);
}

static bool write_bundle(const struct entry_set *set, struct buf *out, struct error *err)
{
	(void)err; /* nothing that PEM could not hold is left by now */
	for (size_t i = 0; i < set->n; i++)
		pem_write(out, "CERTIFICATE", cert_der(&set->at[i].cert));
	return true;
}

const struct format format_pem = {
	.name = "pem",
	.summary = N_("PEM certificates, one after another"),
	.extension = "pem",
	.carries = CARRIES_CERTIFICATES, /* no trust, purposes or dates: export warns */
	.probe = probe,
	.read = read_pem,
	.write = write_bundle,
};
