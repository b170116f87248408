/*
 * OpenSSL's TRUSTED CERTIFICATE in PEM (openssl-x509(1), "Trust settings"): a certificate
 * with the purposes that it is trusted or rejected for, and an alias. trusted.c knows
 * what stands in a block; a bundle of them is read as any PEM bundle is.
 */
#include "base/i18n.h"
#include "format/contents.h"
#include "format/trusted.h"
#include "x509/pem.h"

/* A bundle is of the kind of its first certificate; plain ones are read all the same. */
static enum probe probe(struct span head, bool whole)
{
	struct pem_scan scan = { .in = head };
	struct pem_block block;

	(void)whole;
	if (!pem_find_armour(head))
		return PROBE_NO;
	while (pem_next(&scan, &block)) {
		if (pem_is_certificate(&block))
			return span_eq(block.label, SPAN(TRUSTED_LABEL)) ? PROBE_SURE
									 : PROBE_NO;
	}
	return PROBE_NO;
}

static bool write_bundle(const struct entry_set *set, struct buf *out, struct error *err)
{
	(void)err; /* what the blocks cannot hold was dealt with before */
	for (size_t i = 0; i < set->n; i++) {
		AUTO(buf) block = BUF_INIT;

		trusted_write(&block, &set->at[i]);
		pem_write(out, TRUSTED_LABEL, buf_span(&block));
	}
	return true;
}

const struct format format_openssl_trusted = {
	.name = "openssl-trusted",
	.summary = N_("OpenSSL trusted certificates, with trust and purposes"),
	.extension = "pem",
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES | CARRIES_LABEL,
	.probe = probe,
	.read = read_pem,
	.write = write_bundle,
};
