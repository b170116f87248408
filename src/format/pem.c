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
/* Pages of a mapped file are let go of in steps of this many bytes. */
#define STEP ((size_t)1 << 20)

static enum probe probe(struct span head, bool whole)
{
	if (pem_find_armour(head))
		return PROBE_LIKELY;
	return whole && base64_is_der(head) ? PROBE_LIKELY : PROBE_NO;
}

static bool decode(struct room *room, const struct pem_block *block, struct span *der,
		   struct error *err)
{
	size_t most = pem_decoded_most(block->body), n;

	if (most > BLOCK_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("it is larger than any certificate"));
	if (!pem_decode(block->body, block->line + 1, room_for(room, most), &n, err))
		return false;
	*der = room_take(room, n);
	return true;
}

static bool read_certificate(struct room *room, const struct pem_block *block,
			     struct entry *entry, struct error *err)
{
	struct span der;

	if (!decode(room, block, &der, err))
		return false;
	if (span_eq(block->label, SPAN("TRUSTED CERTIFICATE")))
		return trusted_read(entry, room->arena, der, err);
	return cert_read(&entry->cert, der, err);
}

static bool read_message(struct entry_sink *sink, struct room *room,
			 const struct pem_block *block, struct error *err)
{
	struct span der;

	return decode(room, block, &der, err) && read_pkcs7(sink, der, block->line, err);
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
static void read_block(struct entry_sink *sink, struct room *room,
		       const struct pem_block *block)
{
	struct entry entry = { .trust = TRUST_UNSAID, .line = block->line };
	AUTO(error) bad = ERROR_INIT;

	if (pem_is_certificate(block)) {
		if (read_certificate(room, block, &entry, &bad)) {
			sink_add(sink, &entry);
			return;
		}
		error_in(&bad, _("certificate %zu"), block->index);
	} else if (is_message(block->label)) {
		if (read_message(sink, room, block, &bad))
			return;
	} else if (is_private_key(block->label)) {
		error_fail(&bad, STATUS_INPUT,
			   _("a private key stands here; it was not read"));
	} else {
		return;
	}
	sink_skip(sink, block->line, &bad);
}

/* Bytes before where the scan stands are decoded and not looked at again. */
static void let_go(struct entry_sink *sink, const struct pem_scan *scan, size_t *gone)
{
	if (!sink->file || scan->at - *gone < STEP)
		return;
	*gone = scan->at;
	file_done_with(sink->file, scan->at);
}

static bool read_bare(struct span file, struct entry_sink *sink, struct error *err)
{
	uint8_t *to = arena_alloc(&sink->set->arena, pem_decoded_most(file));
	size_t n;

	return pem_decode(file, 1, to, &n, err) && read_der(sink, span_of(to, n), 1, err);
}

static bool read_bundle(struct span file, struct entry_sink *sink, struct error *err)
{
	struct room room = { .arena = &sink->set->arena,
			     .expected = pem_decoded_most(file) };
	struct pem_scan scan = { .in = file };
	struct pem_block block;
	size_t had = sink->added, gone = 0;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	while (pem_next(&scan, &block)) {
		read_block(sink, &room, &block);
		let_go(sink, &scan, &gone);
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
	.read = read_bundle,
	.write = write_bundle,
};
