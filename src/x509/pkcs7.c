/*
 * PKCS#7 and CMS SignedData (RFC 2315 9.1, RFC 5652 5.1), for the certificates in it
 * alone: signatures and signers are not looked at, so that nothing is trusted for
 * standing here. Old tools write BER (indefinite and long lengths), hence a reader of its
 * own; the certificates themselves must be DER.
 */
#include "x509/pkcs7.h"

#include "base/i18n.h"
#include "x509/der.h"

#include <stdlib.h>

/* How deep elements of indefinite length may be nested; real files have up to six. */
#define NESTED_MOST 32

#define SIGNED_DATA \
	SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02")      /* 1.2.840.113549.1.7.2 */
#define DATA SPAN("\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01") /* 1.2.840.113549.1.7.1 */

/* Tag and length of an element, BER. */
struct head {
	uint8_t tag;   /* the first octet of the tag */
	size_t n;      /* octets of tag and length */
	size_t length; /* of the content, where it is said */
	bool indefinite;
};

/* How many octets the tag takes; 0 where it is cut off. */
static size_t tag_octets(struct span in)
{
	size_t n = 1;

	if (!in.n || (in.at[0] & 0x1f) != 0x1f)
		return in.n ? 1 : 0;
	while (n < in.n && in.at[n] & 0x80)
		n++;
	return n < in.n ? n + 1 : 0;
}

/* The long form of a length: any number of octets, as long as the number is sane
 * (X.690 8.1.3.5). */
static bool long_length(struct span octets, size_t *length)
{
	size_t n = 0;

	for (size_t i = 0; i < octets.n; i++) {
		if (n > SIZE_MAX >> 8)
			return false;
		n = n << 8 | octets.at[i];
	}
	*length = n;
	return true;
}

/* The head of the element at the front of in; whether its content is all there is not
 * asked. */
static bool read_head(struct span in, struct head *head)
{
	size_t at = tag_octets(in), octets;

	if (!at || at == in.n)
		return false;
	*head = (struct head){ .tag = in.at[0], .n = at + 1, .length = in.at[at] };
	if (head->length < 0x80)
		return true;
	octets = head->length & 0x7f;
	head->indefinite = !octets;
	if (octets == 0x7f || octets > in.n - head->n)
		return false;
	head->n += octets;
	/* Only what is made of elements can end with an end of contents (X.690 8.1.3.2).
	 */
	if (head->indefinite)
		return head->tag & 0x20;
	return long_length(span_of(in.at + at + 1, octets), &head->length);
}

/* Where the content of an element of indefinite length ends, counted in levels that are
 * open. */
static bool find_end_of_contents(struct span in, size_t *end)
{
	size_t at = 0, open = 1;
	struct head head;

	while (at < in.n) {
		struct span rest = span_from(in, at);

		if (rest.n >= 2 && rest.at[0] == 0 && rest.at[1] == 0) {
			*end = at;
			at += 2;
			if (!--open)
				return true;
			continue;
		}
		if (!read_head(rest, &head))
			return false;
		at += head.n;
		if (head.indefinite ? ++open > NESTED_MOST : head.length > in.n - at)
			return false;
		at += head.indefinite ? 0 : head.length;
	}
	return false;
}

/* Takes the element at the front of rest: its tag, content, and the whole of it. */
static bool ber_take(struct span *rest, uint8_t *tag, struct span *content,
		     struct span *whole)
{
	struct head head;
	struct span in;
	size_t total;

	if (!read_head(*rest, &head))
		return false;
	in = span_from(*rest, head.n);
	if (head.indefinite ? !find_end_of_contents(in, &head.length)
			    : head.length > in.n)
		return false;
	total = head.n + head.length + (head.indefinite ? 2 : 0);
	*tag = head.tag;
	*content = span_of(in.at, head.length);
	*whole = span_of(rest->at, total);
	*rest = span_from(*rest, total);
	return true;
}

static bool ber_take_tag(struct span *rest, uint8_t tag, struct span *content)
{
	struct span whole;
	uint8_t found;

	return rest->n && rest->at[0] == tag && ber_take(rest, &found, content, &whole);
}

bool pkcs7_looks_like(struct span der)
{
	struct head outer, oid;

	if (!read_head(der, &outer) || outer.tag != DER_SEQUENCE)
		return false;
	der = span_from(der, outer.n);
	return read_head(der, &oid) && oid.tag == DER_OID &&
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
