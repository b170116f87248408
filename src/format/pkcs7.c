/*
 * PKCS#7 (RFC 5652): the certificates of a SignedData, whoever signed it; DER or PEM is
 * read, DER written, with certificates only. CRLs and signatures in it say nothing about
 * trust and are passed by.
 */
#include "base/i18n.h"
#include "format/contents.h"
#include "x509/pem.h"
#include "x509/pkcs7.h"

/* "PKCS7" of RFC 7468 section 8, "CMS" of section 9, and what old tools wrote. */
static bool is_message(const struct pem_block *block)
{
	return span_eq(block->label, SPAN("PKCS7")) ||
	       span_eq(block->label, SPAN("CMS")) ||
	       span_eq(block->label, SPAN("PKCS #7 SIGNED DATA"));
}

static enum probe probe(struct span head, bool whole)
{
	struct pem_scan scan = { .in = head };
	struct pem_block block;

	(void)whole;
	if (pkcs7_looks_like(head))
		return PROBE_SURE;
	/* Among certificates in PEM the bundle's reader takes the message too. */
	return pem_find_armour(head) && pem_next(&scan, &block) && is_message(&block)
		       ? PROBE_SURE
		       : PROBE_NO;
}

static bool read_block(struct entry_sink *sink, const struct pem_block *block,
		       struct error *err)
{
	struct arena *arena = &sink->set->arena;
	uint8_t *to = arena_alloc(arena, pem_decoded_most(block->body));
	size_t n;

	return pem_decode(block->body, block->body_line, to, &n, err) &&
	       read_pkcs7(sink, span_of(to, n), block->line, err);
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	struct pem_scan scan = { .in = file };
	size_t had = sink->added;
	struct pem_block block;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!pem_find_armour(file))
		return read_pkcs7(sink, arena_copy(&sink->set->arena, file), 0, err);
	while (pem_next(&scan, &block)) {
		AUTO(error) bad = ERROR_INIT;

		if (is_message(&block) && !read_block(sink, &block, &bad))
			sink_skip(sink, block.line, &bad);
	}
	return read_something(sink, had, err);
}

static bool write_file(const struct entry_set *set, struct buf *out, struct error *err)
{
	struct span *certs = mem_array(set->n, sizeof(*certs));

	(void)err; /* the certificates are read already: nothing of them can fail to be
		      written */
	for (size_t i = 0; i < set->n; i++)
		certs[i] = cert_der(&set->at[i].cert);
	pkcs7_write(out, certs, set->n);
	mem_free(certs);
	return true;
}

const struct format format_pkcs7 = {
	.name = "pkcs7",
	.summary = N_("certificates in a PKCS#7 message"),
	.extension = "p7c",
	.binary = true,
	.carries = CARRIES_CERTIFICATES,
	.probe = probe,
	.read = read_file,
	.write = write_file,
};
