/* Names and distribution points as forge.h and forge_crl.h write them. */
#pragma once

#include "base/buf.h"
#include "x509/der.h"
#include "x509/extension.h"

#include <ctype.h>
#include <stdlib.h>

static void add_hex(struct buf *out, const char *hex)
{
	for (; isxdigit((unsigned char)hex[0]) && isxdigit((unsigned char)hex[1]);
	     hex += 2) {
		char two[3] = { hex[0], hex[1], '\0' };

		buf_add_byte(out, (uint8_t)strtoul(two, NULL, 16));
	}
}

static void add_oid(struct buf *out, const char *dotted)
{
	uint8_t oid[64];
	size_t n;

	if (!oid_parse(dotted, oid, &n))
		abort();
	der_add(out, DER_OID, span_of(oid, n));
}

/* One RDN with one UTF8String. */
static void add_attribute(struct buf *out, const char *oid, uint8_t tag, const char *text)
{
	AUTO(buf) attribute = BUF_INIT;
	AUTO(buf) set = BUF_INIT;

	add_oid(&attribute, oid);
	der_add(&attribute, tag, span_str(text));
	der_add(&set, DER_SEQUENCE, buf_span(&attribute));
	der_add(out, DER_SET, buf_span(&set));
}

/* CN=text, nothing for an empty text; then more RDNs. */
static void add_name(struct buf *out, const char *text, struct span more)
{
	AUTO(buf) rdns = BUF_INIT;

	if (*text)
		add_attribute(&rdns, "2.5.4.3", DER_UTF8_STRING, text);
	buf_add(&rdns, more);
	der_add(out, DER_SEQUENCE, buf_span(&rdns));
}

/* A general name by the word before the "="; false where it is none. */
static bool add_general_name(struct buf *out, const char *kind, const char *value)
{
	AUTO(buf) bytes = BUF_INIT;

	if (!strcmp(kind, "dns"))
		der_add(out, DER_CONTEXT(2), span_str(value));
	else if (!strcmp(kind, "email"))
		der_add(out, DER_CONTEXT(1), span_str(value));
	else if (!strcmp(kind, "uri"))
		der_add(out, DER_CONTEXT(6), span_str(value));
	else if (!strcmp(kind, "ip")) {
		add_hex(&bytes, value);
		der_add(out, DER_CONTEXT(7), buf_span(&bytes));
	} else if (!strcmp(kind, "dir")) {
		add_name(&bytes, value, span_of(NULL, 0));
		der_add(out, DER_CONTEXT_CONSTRUCTED(4), buf_span(&bytes));
	} else if (!strcmp(kind, "rid")) {
		add_hex(&bytes, value);
		der_add(out, DER_CONTEXT(8), buf_span(&bytes));
	} else {
		return false;
	}
	return true;
}

/* distributionPoint [0] of a point, as the word "point" writes it; nothing for "". */
static void add_point_name(struct buf *out, const char *text)
{
	AUTO(buf) names = BUF_INIT;
	AUTO(buf) rdn = BUF_INIT;
	AUTO(buf) choice = BUF_INIT;
	struct span set;

	if (*text == '~') {
		add_attribute(&rdn, "2.5.4.3", DER_UTF8_STRING, text + 1);
		if (!der_content(buf_span(&rdn), DER_SET, &set))
			abort();
		der_add(&choice, DER_CONTEXT_CONSTRUCTED(1), set);
	} else if (*text) {
		add_general_name(&names, *text == '=' ? "dir" : "uri",
				 text + (*text == '='));
		der_add(&choice, DER_CONTEXT_CONSTRUCTED(0), buf_span(&names));
	}
	if (choice.n)
		der_add(out, DER_CONTEXT_CONSTRUCTED(0), buf_span(&choice));
}

/* One distribution point; text is cut up. */
static void add_point(struct buf *out, char *text)
{
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) octets = BUF_INIT;
	AUTO(buf) issuer = BUF_INIT;
	char *reasons = strchr(text, '!'), *by = strchr(text, '@');

	if (reasons)
		*reasons++ = '\0';
	if (by)
		*by++ = '\0';
	add_point_name(&inside, text);
	if (reasons) {
		add_hex(&octets, reasons);
		der_add(&inside, DER_CONTEXT(1), buf_span(&octets));
	}
	if (by) {
		add_general_name(&issuer, "dir", by);
		der_add(&inside, DER_CONTEXT_CONSTRUCTED(2), buf_span(&issuer));
	}
	der_add(out, DER_SEQUENCE, buf_span(&inside));
}
