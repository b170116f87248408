/*
 * Entries as records of sys_certificate. An import runs no business rules, so each
 * record carries what the platform would have derived from the certificate. The sys_id
 * is that of the record that the entry came from, or comes from the certificate: a
 * second import then changes the record instead of adding a twin. Columns stand in the
 * order of their names, as in an export.
 */
#include "format/servicenow.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "trust/table.h"
#include "x509/name.h"
#include "x509/pem.h"

#include <ctype.h>
#include <stdlib.h>

#define HEAD "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
/* RFC 5280 4.1.2.2 allows 20 octets; what has many more is no number for a person. */
#define SERIAL_MOST 64

const char sn_afterwards[] =
	N_("what to do in the instance: as admin, Import XML from the menu of any list's "
	   "header (an update set: Retrieved Update Sets, Import Update Set from XML, "
	   "Preview, Commit); an import runs no business rules and does not refresh the "
	   "instance's cache, so then open /cache.do or press 'Validate "
	   "Stores/Certificates', and test one outbound connection");

/* ---- small texts ---- */

void sn_id(struct span bytes, char to[SN_ID])
{
	struct sha256 hash = sha256_of(bytes);
	char hex[SHA256_TEXT];

	memcpy(to, sha256_hex(&hash, hex), SN_ID - 1);
	to[SN_ID - 1] = '\0';
}

void sn_time(int64_t at, char to[SN_TIME])
{
	char text[TIME_TEXT];

	/* "2026-01-15T10:20:30Z" */
	memcpy(to, time_rfc3339(at, text), SN_TIME - 1);
	to[10] = ' ';
	to[SN_TIME - 1] = '\0';
}

static bool is_id(const char *text)
{
	return text && strlen(text) == SN_ID - 1 &&
	       strspn(text, "0123456789abcdef") == SN_ID - 1;
}

/* What XML and the platform take for the name of a column. */
static bool is_column(const char *name)
{
	if (!isalpha((unsigned char)name[0]) && name[0] != '_')
		return false;
	for (; *name; name++) {
		if (!isalnum((unsigned char)*name) && *name != '_')
			return false;
	}
	return true;
}

/* digits = digits * 256 + byte; the lowest digit first. */
static size_t shift_in(uint8_t *digits, size_t n, uint8_t byte)
{
	unsigned carry = byte;

	for (size_t i = 0; i < n; i++) {
		carry += digits[i] * 256u;
		digits[i] = (uint8_t)(carry % 10);
		carry /= 10;
	}
	for (; carry; carry /= 10)
		digits[n++] = (uint8_t)(carry % 10);
	return n;
}

/* The serial number in decimal, as Java prints it; nothing for one that is no number. */
static const char *serial_text(struct arena *arena, const struct cert *cert)
{
	struct span serial = cert_part(cert, cert->serial);
	uint8_t digits[SERIAL_MOST * 3];
	size_t n = 0;
	char *text;

	if (!serial.n || serial.n > SERIAL_MOST || serial.at[0] & 0x80)
		return "";
	for (size_t i = 0; i < serial.n; i++)
		n = shift_in(digits, n, serial.at[i]);
	if (!n)
		return "0";
	text = arena_alloc(arena, n + 1);
	for (size_t i = 0; i < n; i++)
		text[i] = (char)('0' + digits[n - 1 - i]);
	text[n] = '\0';
	return text;
}

/* ---- texts that no two records share ---- */

struct used {
	struct table table;
	const char **at;
	size_t n, cap;
};

static void used_clear(struct used *used)
{
	table_clear(&used->table);
	mem_free(used->at);
}

/* False where it is used already. */
static bool use(struct used *used, const char *text)
{
	uint32_t hash = (uint32_t)hash_keyed(span_str(text));

	for (uint32_t i = table_first(&used->table, hash); i != TABLE_END;
	     i = table_next(&used->table, i)) {
		if (strcmp(used->at[i], text) == 0)
			return false;
	}
	GROW(used->at, used->n, used->cap);
	used->at[used->n] = text;
	table_add(&used->table, hash, (uint32_t)used->n++);
	return true;
}

/* ---- one record ---- */

struct making {
	struct sn_records *records;
	struct used ids, names;
	const char *now; /* at, in words */
	int64_t at;
};

/*
 * A sys_id that another record of the same file has would make one of the two. What is
 * derived from a certificate can only be taken where somebody meant to take it.
 */
static const char *choose_id(struct making *making, const struct entry *entry)
{
	const char *kept = entry_field(entry, SERVICENOW, "sys_id");
	struct sha256 hash = cert_sha256(&entry->cert);
	struct arena *arena = &making->records->arena;
	char hex[SHA256_TEXT];
	const char *first, *second;

	sha256_hex(&hash, hex);
	first = arena_str_of(arena, span_of(hex, SN_ID - 1));
	second = arena_str_of(arena, span_of(hex + SN_ID - 1, SN_ID - 1));
	if (is_id(kept) && use(&making->ids, kept))
		return kept;
	return use(&making->ids, first) || !use(&making->ids, second) ? first : second;
}

static const char *choose_name(struct making *making, const struct entry *entry,
			       const char *sys_id)
{
	struct arena *arena = &making->records->arena;
	AUTO(buf) name = BUF_INIT;
	const char *plain, *longer;
	size_t n;

	if (entry->label && *entry->label)
		buf_add_str(&name, entry->label);
	else
		name_short(&name, cert_part(&entry->cert, entry->cert.subject));
	plain = arena_str_of(arena, buf_span(&name));
	if (use(&making->names, plain))
		return plain;
	n = name.n;
	buf_addf(&name, " (%.8s)", sys_id);
	longer = arena_str_of(arena, buf_span(&name));
	if (use(&making->names, longer))
		return longer;
	name.n = n;
	buf_addf(&name, " (%s)", sys_id);
	return arena_str_of(arena, buf_span(&name));
}

struct columns {
	struct making *making;
	const struct entry *entry;
	struct sn_column *at;
	size_t n;
};

static struct arena *arena_of(const struct columns *columns)
{
	return &columns->making->records->arena;
}

static void set(struct columns *columns, const char *name, const char *value)
{
	columns->at[columns->n++] = (struct sn_column){ name, value, NULL };
}

static void set_buf(struct columns *columns, const char *name, struct buf *value)
{
	set(columns, name, arena_str_of(arena_of(columns), buf_span(value)));
	value->n = 0;
}

static void set_time(struct columns *columns, const char *name, int64_t at)
{
	char text[SN_TIME];

	sn_time(at, text);
	set(columns, name, arena_str(arena_of(columns), text));
}

/* As the record had it; usual where it had none. */
static void set_kept(struct columns *columns, const char *name, const char *usual)
{
	const char *kept = entry_field(columns->entry, SERVICENOW, name);

	set(columns, name, kept ? kept : usual);
}

static int64_t days_left(const struct cert *cert, int64_t now)
{
	int64_t left = cert->not_after - now;

	return left >= 0 ? left / DAY_SECONDS
			 : -((-left + DAY_SECONDS - 1) / DAY_SECONDS);
}

/* What the certificate says. */
static void derive(struct columns *columns)
{
	const struct cert *cert = &columns->entry->cert;
	AUTO(buf) text = BUF_INIT;

	set_time(columns, "valid_from", cert->not_before);
	set_time(columns, "expires", cert->not_after);
	buf_addf(&text, "%lld", (long long)days_left(cert, columns->making->at));
	set_buf(columns, "expires_in_days", &text);
	name_text(&text, cert_part(cert, cert->issuer));
	set_buf(columns, "issuer", &text);
	name_text(&text, cert_part(cert, cert->subject));
	set_buf(columns, "subject", &text);
	pem_write(&text, "CERTIFICATE", cert_der(cert));
	set_buf(columns, "pem_certificate", &text);
	set(columns, "serial_number", serial_text(arena_of(columns), cert));
	name_short(&text, cert_part(cert, cert->subject));
	set_kept(columns, "short_description",
		 arena_str_of(arena_of(columns), buf_span(&text)));
}

/* One that is not in use keeps the type that it had; what is in use has the right one. */
static void state(struct columns *columns)
{
	const char *now = columns->making->now;
	enum trust trust = columns->entry->trust;
	bool active = trust != TRUST_INACTIVE && trust != TRUST_DISTRUSTED;

	set(columns, "active", active ? "true" : "false");
	if (active)
		set(columns, "type", "trust_store");
	else
		set_kept(columns, "type", "trust_store");
	set(columns, "format", "pem");
	set(columns, "key_store_password", "");
	set_kept(columns, "expiration_notification", "true");
	set_kept(columns, "notify_on_expiration", "");
	set_kept(columns, "warn_in_days_to_expire", "20");
	set_kept(columns, "sys_created_by", "admin");
	set_kept(columns, "sys_created_on", now);
	set_kept(columns, "sys_mod_count", "0");
	set_kept(columns, "sys_updated_by", "admin");
	set(columns, "sys_updated_on", now);
}
#define COLUMNS_OF_OURS 24

static bool has(const struct columns *columns, const char *name)
{
	for (size_t i = 0; i < columns->n; i++) {
		if (strcmp(columns->at[i].name, name) == 0)
			return true;
	}
	return false;
}

static void keep_unknown(struct columns *columns)
{
	for (const struct field *f = columns->entry->fields; f; f = f->next) {
		if (strcmp(f->store, SERVICENOW) == 0 && is_column(f->name) &&
		    !has(columns, f->name))
			set(columns, f->name, f->value);
	}
}

/* The column whose display_value the field is; added where only that was there. */
static void show(struct columns *columns, const struct field *field)
{
	size_t n = strlen(field->name), end = sizeof(SN_DISPLAY) - 1;
	const char *name;

	if (strcmp(field->store, SERVICENOW) != 0 || n <= end ||
	    strcmp(field->name + n - end, SN_DISPLAY) != 0)
		return;
	name = arena_str_of(arena_of(columns), span_of(field->name, n - end));
	if (!is_column(name))
		return;
	if (!has(columns, name))
		set(columns, name, "");
	for (size_t i = 0; i < columns->n; i++) {
		if (strcmp(columns->at[i].name, name) == 0)
			columns->at[i].display = field->value;
	}
}

static int compare_columns(const void *a, const void *b)
{
	const struct sn_column *left = a, *right = b;

	return strcmp(left->name, right->name);
}

static size_t count_fields(const struct entry *entry)
{
	size_t n = 0;

	for (const struct field *f = entry->fields; f; f = f->next)
		n++;
	return n;
}

static void make_record(struct making *making, const struct entry *entry)
{
	struct sn_record *record = &making->records->at[making->records->n++];
	struct columns columns = { making, entry, NULL, 0 };
	size_t most = COLUMNS_OF_OURS + count_fields(entry);

	record->sys_id = choose_id(making, entry);
	record->name = choose_name(making, entry, record->sys_id);
	columns.at = arena_alloc(arena_of(&columns), most * sizeof(*columns.at));
	set(&columns, "sys_id", record->sys_id);
	set(&columns, "name", record->name);
	derive(&columns);
	state(&columns);
	keep_unknown(&columns);
	for (const struct field *f = entry->fields; f; f = f->next)
		show(&columns, f);
	qsort(columns.at, columns.n, sizeof(*columns.at), compare_columns);
	record->columns = columns.at;
	record->n = columns.n;
}

static void making_clear(struct making *making)
{
	used_clear(&making->ids);
	used_clear(&making->names);
}

void sn_records_make(struct sn_records *records, const struct entry_set *set, int64_t now)
{
	AUTO(making)
	making = { .records = records,
		   .ids = { .table = TABLE_INIT },
		   .names = { .table = TABLE_INIT },
		   .at = now };
	char date[SN_TIME];

	*records = (struct sn_records)SN_RECORDS_INIT;
	records->at = mem_array(set->n ? set->n : 1, sizeof(*records->at));
	sn_time(now, date);
	making.now = arena_str(&records->arena, date);
	for (size_t i = 0; i < set->n; i++) {
		/* Of twins the first speaks. */
		if (set_find(set, &set->at[i].cert) == &set->at[i])
			make_record(&making, &set->at[i]);
	}
}

void sn_records_clear(struct sn_records *records)
{
	mem_free(records->at);
	arena_clear(&records->arena);
	*records = (struct sn_records)SN_RECORDS_INIT;
}

/* ---- XML ---- */

void sn_write_column(struct buf *out, const struct sn_column *column)
{
	buf_addf(out, "<%s", column->name);
	if (column->display) {
		buf_add_str(out, " display_value=\"");
		escape_xml(out, span_str(column->display), XML_ATTRIBUTE);
		buf_add_byte(out, '"');
	}
	if (!*column->value) {
		buf_add_str(out, "/>");
		return;
	}
	buf_add_byte(out, '>');
	escape_xml(out, span_str(column->value), XML_TEXT);
	buf_addf(out, "</%s>", column->name);
}

void sn_write_record(struct buf *out, const struct sn_record *record, const char *between)
{
	buf_addf(out, "<sys_certificate action=\"INSERT_OR_UPDATE\">%s", between);
	for (size_t i = 0; i < record->n; i++) {
		sn_write_column(out, &record->columns[i]);
		buf_add_str(out, between);
	}
	buf_add_str(out, "</sys_certificate>");
}

void sn_begin(struct buf *out, int64_t now)
{
	char date[SN_TIME];

	sn_time(now, date);
	buf_addf(out, HEAD "<unload unload_date=\"%s\">\n", date);
}

void sn_end(struct buf *out)
{
	buf_add_str(out, "</unload>\n");
}
