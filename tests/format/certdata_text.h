/* Text in the form of NSS's certdata.txt, for tests: rootcellar itself only reads it. */
#pragma once

#include "formats.h"

static inline void add_octal(struct buf *out, const char *name, struct span bytes)
{
	buf_addf(out, "%s MULTILINE_OCTAL\n", name);
	for (size_t i = 0; i < bytes.n; i++)
		buf_addf(out, "\\%03o%s", bytes.at[i], i % 16 == 15 ? "\n" : "");
	buf_add_str(out, bytes.n % 16 ? "\nEND\n" : "END\n");
}

/* A date as the file states it, from its octets; none is CK_FALSE. */
static inline void add_after(struct buf *out, const char *name, struct span value)
{
	if (value.n > 1)
		add_octal(out, name, value);
	else
		buf_addf(out, "%s CK_BBOOL CK_FALSE\n", name);
}

static inline void add_date(struct buf *out, const char *name, const struct entry *entry,
			    enum purpose purpose)
{
	int64_t at = entry->constraints ? entry->constraints->at[0].issued_before[purpose]
					: TIME_NONE;
	char shown[TIME_TEXT], digits[TIME_TEXT];
	size_t n = 0;

	if (at != TIME_NONE)
		for (const char *c = time_rfc3339(at, shown); *c; c++)
			if (*c == 'Z' || (*c >= '0' && *c <= '9'))
				digits[n++] = *c;
	add_after(out, name, span_of(digits, n));
}

static inline void add_word(struct buf *out, const char *name, const struct entry *entry,
			    enum purpose purpose)
{
	const char *word = "MUST_VERIFY_TRUST";

	if (entry->trust == TRUST_DISTRUSTED)
		word = "NOT_TRUSTED";
	else if (entry->trust == TRUST_ANCHOR &&
		 constraints_good_for(entry->constraints, purpose))
		word = "TRUSTED_DELEGATOR";
	buf_addf(out, "%s CK_TRUST CKT_NSS_%s\n", name, word);
}

/* Every byte escaped, so that any label is one line. */
static inline void add_label(struct buf *out, const char *label)
{
	buf_add_str(out, "CKA_LABEL UTF8 \"");
	for (; label && *label; label++)
		buf_addf(out, "\\x%02x", (unsigned char)*label);
	buf_add_str(out, "\"\n");
}

/* The two objects of an entry; what is good for everything is good for the three. */
static inline void add_certdata(struct buf *out, const struct entry *entry)
{
	const struct cert *cert = &entry->cert;
	AUTO(buf) serial = BUF_INIT;

	buf_add_byte(&serial, 2);
	buf_add_byte(&serial, (uint8_t)cert->serial.n);
	buf_add(&serial, cert_part(cert, cert->serial));
	buf_add_str(out, "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\n");
	add_label(out, entry->label);
	add_octal(out, "CKA_VALUE", cert_der(cert));
	add_date(out, "CKA_NSS_SERVER_DISTRUST_AFTER", entry, PURPOSE_SERVER_AUTH);
	buf_add_str(out, "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n");
	add_octal(out, "CKA_ISSUER", cert_part(cert, cert->issuer));
	add_octal(out, "CKA_SERIAL_NUMBER", buf_span(&serial));
	add_date(out, "CKA_NSS_EMAIL_DISTRUST_AFTER", entry, PURPOSE_EMAIL);
	add_word(out, "CKA_TRUST_SERVER_AUTH", entry, PURPOSE_SERVER_AUTH);
	add_word(out, "CKA_TRUST_EMAIL_PROTECTION", entry, PURPOSE_EMAIL);
	add_word(out, "CKA_TRUST_CODE_SIGNING", entry, PURPOSE_CODE_SIGNING);
}
