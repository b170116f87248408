/*
 * A listing as CSV. A bundle of a hundred thousand certificates goes through here, so a
 * row is written straight into the buffer: no allocation, no printf; the hash is meant to
 * be the only real cost.
 */
#include "report/list.h"

#include "base/escape.h"
#include "x509/name.h"

static const char header[] =
	"sha256,subject,issuer,serial,not_before,not_after,key_type,key_bits,"
	"signature,ca,trust,constraints,label,origin";

/* Names repeat from row to row: a bundle has fewer issuers than certificates. */
struct name_field {
	struct span name; /* whose field it is */
	struct buf field; /* as CSV */
};

struct scratch {
	struct name_field subject, issuer;
	struct buf text;
};

static void scratch_clear(struct scratch *scratch)
{
	buf_clear(&scratch->subject.field);
	buf_clear(&scratch->issuer.field);
	buf_clear(&scratch->text);
}

static void make_name(struct name_field *to, struct span name, struct buf *text)
{
	if (to->name.n && span_eq(to->name, name))
		return;
	text->n = to->field.n = 0;
	name_text(text, name);
	escape_csv(&to->field, buf_span(text));
	to->name = name;
}

static void add_names(struct buf *out, const struct cert *cert, struct scratch *scratch)
{
	struct span subject = cert_part(cert, cert->subject);
	struct span issuer = cert_part(cert, cert->issuer);

	make_name(&scratch->subject, subject, &scratch->text);
	buf_add(out, buf_span(&scratch->subject.field));
	buf_add_byte(out, ',');
	if (span_eq(subject, issuer)) {
		buf_add(out, buf_span(&scratch->subject.field));
		return;
	}
	make_name(&scratch->issuer, issuer, &scratch->text);
	buf_add(out, buf_span(&scratch->issuer.field));
}

static void add_number(struct buf *out, uint32_t number)
{
	char digits[10];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + number % 10);
		number /= 10;
	} while (number);
	buf_add(out, span_of(digits + n, sizeof(digits) - n));
}

static void add_key_fields(struct buf *out, const struct cert *cert)
{
	struct key_info key = cert_key(cert);
	struct signature_info signature =
		signature_info(cert_part(cert, cert->outer_algorithm));

	escape_csv(out, span_str(key_type_name(&key)));
	buf_add_byte(out, ',');
	if (key.bits)
		add_number(out, key.bits);
	buf_add_byte(out, ',');
	escape_csv(out, span_str(signature.name));
}

static void add_time(struct buf *out, int64_t at)
{
	char text[TIME_TEXT];

	buf_add_str(out, time_rfc3339(at, text));
}

static void add_origins(struct buf *out, const struct origin *origin, struct buf *text)
{
	text->n = 0;
	for (; origin; origin = origin->next) {
		buf_add_str(text, origin->ref ? origin->ref : "");
		if (origin->next)
			buf_add_byte(text, ' ');
	}
	escape_csv(out, buf_span(text));
}

static void add_store_fields(struct buf *out, const struct entry *entry, struct buf *text)
{
	buf_add_str(out, trust_name(entry->trust));
	buf_add_byte(out, ',');
	text->n = 0;
	if (entry->constraints)
		constraints_text(text, entry->constraints);
	escape_csv(out, buf_span(text));
	buf_add_byte(out, ',');
	if (entry->label)
		escape_csv(out, span_str(entry->label));
	buf_add_byte(out, ',');
	add_origins(out, entry->origin, text);
}

static void add_row(struct buf *out, const struct entry *entry, struct scratch *scratch)
{
	const struct cert *cert = &entry->cert;
	struct sha256 hash = cert_sha256(cert);

	buf_add_hex(out, span_of(hash.at, sizeof(hash.at)));
	buf_add_byte(out, ',');
	add_names(out, cert, scratch);
	buf_add_byte(out, ',');
	add_serial(out, cert);
	buf_add_byte(out, ',');
	add_time(out, cert->not_before);
	buf_add_byte(out, ',');
	add_time(out, cert->not_after);
	buf_add_byte(out, ',');
	add_key_fields(out, cert);
	buf_add_str(out, cert_says_ca(cert) ? ",true," : ",false,");
	add_store_fields(out, entry, &scratch->text);
	buf_add_byte(out, '\n');
}

void list_csv(struct report *report, const struct entry_set *set, const bool *hits)
{
	AUTO(scratch) scratch = { .text = BUF_INIT };

	report_csv_header(report, header);
	for (size_t i = 0; i < set->n; i++) {
		if (hits && !hits[i])
			continue;
		add_row(&report->out, &set->at[i], &scratch);
		report_flush_piece(report);
	}
}
