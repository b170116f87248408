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
	struct buf name;  /* whose field it is: a copy, the entry may be gone */
	struct buf field; /* as CSV */
};

/* And what the store says is the same of all entries of a plain file: the last fields of
 * the row of one that has no constraints and no label. */
struct store_fields {
	const struct origin *origin;
	enum trust trust;
	struct buf fields;
};

struct csv_scratch {
	struct name_field subject, issuer;
	struct store_fields store;
	struct buf text;
};

struct csv_scratch *csv_scratch_new(void)
{
	return mem_zalloc(sizeof(struct csv_scratch));
}

static void name_field_clear(struct name_field *field)
{
	buf_clear(&field->name);
	buf_clear(&field->field);
}

void csv_scratch_free(struct csv_scratch *scratch)
{
	if (!scratch)
		return;
	name_field_clear(&scratch->subject);
	name_field_clear(&scratch->issuer);
	buf_clear(&scratch->store.fields);
	buf_clear(&scratch->text);
	mem_free(scratch);
}

static void make_name(struct name_field *to, struct span name, struct buf *text)
{
	if (to->name.n && span_eq(buf_span(&to->name), name))
		return;
	text->n = to->field.n = to->name.n = 0;
	name_text(text, name);
	escape_csv(&to->field, buf_span(text));
	buf_add(&to->name, name);
}

static void add_names(struct buf *out, const struct cert *cert,
		      struct csv_scratch *scratch)
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

	/* Both names come from our own tables, where none needs an escape. */
	buf_add_str(out, key_type_name(&key));
	buf_add_byte(out, ',');
	if (key.bits)
		add_number(out, key.bits);
	buf_add_byte(out, ',');
	buf_add_str(out, signature.name);
}

/* Written where it stays, with the comma behind it. */
static void add_time(struct buf *out, int64_t at)
{
	char *to = (char *)buf_reserve(out, TIME_TEXT);

	time_rfc3339(at, to);
	to[TIME_RFC3339_LENGTH] = ',';
	buf_added(out, TIME_RFC3339_LENGTH + 1);
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

static void add_all_store_fields(struct buf *out, const struct entry *entry,
				 struct buf *text)
{
	buf_add_str(out, trust_name(entry->trust));
	buf_add_byte(out, ',');
	if (entry->constraints) {
		text->n = 0;
		constraints_text(text, entry->constraints);
		escape_csv(out, buf_span(text));
	}
	buf_add_byte(out, ',');
	if (entry->label)
		escape_csv(out, span_str(entry->label));
	buf_add_byte(out, ',');
	add_origins(out, entry->origin, text);
	buf_add_byte(out, '\n');
}

static void add_store_fields(struct buf *out, const struct entry *entry,
			     struct csv_scratch *scratch)
{
	struct store_fields *known = &scratch->store;

	if (entry->constraints || entry->label) {
		add_all_store_fields(out, entry, &scratch->text);
		return;
	}
	if (!known->fields.n || known->origin != entry->origin ||
	    known->trust != entry->trust) {
		known->origin = entry->origin;
		known->trust = entry->trust;
		known->fields.n = 0;
		add_all_store_fields(&known->fields, entry, &scratch->text);
	}
	buf_add(out, buf_span(&known->fields));
}

static void add_row(struct buf *out, const struct entry *entry,
		    struct csv_scratch *scratch)
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
	add_time(out, cert->not_after);
	add_key_fields(out, cert);
	buf_add_str(out, cert_says_ca(cert) ? ",true," : ",false,");
	add_store_fields(out, entry, scratch);
}

void list_csv_begin(struct report *report)
{
	report_csv_header(report, header);
}

void list_csv_row(struct report *report, const struct entry *entry,
		  struct csv_scratch *scratch)
{
	add_row(&report->out, entry, scratch);
	report_flush_piece(report);
}
