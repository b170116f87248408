/*
 * PKCS#7 and CMS SignedData (RFC 2315 9.1, RFC 5652 5.1), for the certificates in it
 * alone: signatures and signers are not looked at, so that nothing is trusted for
 * standing here. Old tools write BER (indefinite and long lengths), hence a reader of its
 * own; the certificates themselves must be DER.
 */
#include "x509/pkcs7.h"

#include "base/i18n.h"
#include "x509/ber.h"
#include "x509/der.h"

#include <stdlib.h>

#define SIGNED_DATA \
	SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")      /* 1.2.840.113549.1.7.2 */
#define DATA SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01") /* 1.2.840.113549.1.7.1 */

bool pkcs7_looks_like(struct span der)
{
	struct ber_head outer, oid;

	if (!ber_read_head(der, &outer) || outer.tag != DER_SEQUENCE)
		return false;
	der = span_from(der, outer.n);
	return ber_read_head(der, &oid) && oid.tag == DER_OID &&
	       oid.length == SIGNED_DATA.n &&
	       span_starts(span_from(der, oid.n), SIGNED_DATA);
}

static bool broken(const char *field, struct error *err)
{
	return error_fail(err, STATUS_INPUT,
			  _("broken PKCS#7 structure at %s (RFC 5652 5.1)"), field);
}

/* ContentInfo ::= SEQUENCE { contentType, content [0] EXPLICIT SignedData }; what follows
 * is ignored. */
static bool enter_signed_data(struct span in, struct span *fields, struct error *err)
{
	struct span info, oid, content;

	if (!ber_take_tag(&in, DER_SEQUENCE, &info) ||
	    !ber_take_tag(&info, DER_OID, &oid))
		return broken("contentInfo", err);
	if (!span_eq(oid, SIGNED_DATA))
		return error_fail(
			err, STATUS_INPUT,
			_("PKCS#7 content that is not signed data (RFC 5652 5.1)"));
	if (!ber_take_tag(&info, DER_CONTEXT_CONSTRUCTED(0), &content) ||
	    !ber_take_tag(&content, DER_SEQUENCE, fields))
		return broken("signedData", err);
	return true;
}

/* The fields of SignedData before the certificates: version, digestAlgorithms,
 * encapContentInfo. */
static bool skip_to_certificates(struct span *fields, struct error *err)
{
	struct span content;

	if (!ber_take_tag(fields, DER_INTEGER, &content))
		return broken("version", err);
	if (!ber_take_tag(fields, DER_SET, &content))
		return broken("digestAlgorithms", err);
	return ber_take_tag(fields, DER_SEQUENCE, &content) ||
	       broken("encapContentInfo", err);
}

bool pkcs7_certificates(struct span der, void *ctx,
			bool (*found)(void *ctx, struct span cert), struct error *err)
{
	struct span fields, set, content, whole;
	uint8_t tag;

	if (!enter_signed_data(der, &fields, err) || !skip_to_certificates(&fields, err))
		return false;
	if (!fields.n || fields.at[0] != DER_CONTEXT_CONSTRUCTED(0))
		return true;
	if (!ber_take_tag(&fields, DER_CONTEXT_CONSTRUCTED(0), &set))
		return broken("certificates", err);
	for (size_t n = 0; set.n;) {
		if (!ber_take(&set, &tag, &content, &whole))
			return broken("certificates", err);
		if (tag != DER_SEQUENCE)
			continue; /* attribute certificates and other choices (RFC
				     5652 10.2.2) */
		if (++n > PKCS7_MOST_CERTIFICATES)
			return error_fail(
				err, STATUS_INPUT,
				_("more than %d certificates in one PKCS#7 structure"),
				PKCS7_MOST_CERTIFICATES);
		if (!found(ctx, whole))
			return true;
	}
	return true;
}

static int compare_spans(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

/* SET OF in the order of X.690 11.6. */
static void add_certificates(struct buf *out, const struct span *certs, size_t n)
{
	struct span *sorted = mem_array(n, sizeof(*sorted));
	size_t total = 0;

	for (size_t i = 0; i < n; i++) {
		sorted[i] = certs[i];
		total += certs[i].n;
	}
	qsort(sorted, n, sizeof(*sorted), compare_spans);
	der_add_head(out, DER_CONTEXT_CONSTRUCTED(0), total);
	for (size_t i = 0; i < n; i++)
		buf_add(out, sorted[i]);
	mem_free(sorted);
}

void pkcs7_write(struct buf *out, const struct span *certs, size_t n)
{
	AUTO(buf) fields = BUF_INIT;
	size_t sequence;

	/* Version 1; no digest algorithms; content of type data that is not there. */
	der_add(&fields, DER_INTEGER, SPAN("\1"));
	der_add(&fields, DER_SET, SPAN(""));
	der_add_head(&fields, DER_SEQUENCE, der_head_size(DATA.n) + DATA.n);
	der_add(&fields, DER_OID, DATA);
	if (n)
		add_certificates(&fields, certs, n);
	der_add(&fields, DER_SET, SPAN("")); /* no signers */

	sequence = der_head_size(fields.n) + fields.n;
	der_add_head(out, DER_SEQUENCE,
		     der_head_size(SIGNED_DATA.n) + SIGNED_DATA.n +
			     der_head_size(sequence) + sequence);
	der_add(out, DER_OID, SIGNED_DATA);
	der_add_head(out, DER_CONTEXT_CONSTRUCTED(0), sequence);
	der_add(out, DER_SEQUENCE, buf_span(&fields));
}
