/*
 * Records of sys_certificate as entries (FORMATS: columns, types and what breaks an
 * instance). A record that is in use, of type trust_store and one good certificate, is
 * an entry; one that is not in use is an inactive entry. The instance does not tell an
 * anchor from an intermediate, so nothing is said of that; but what is no CA can stand
 * there for no other reason than to be trusted by itself. Passwords are never read.
 */
#include "format/servicenow.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/attachments.h"
#include "format/contents.h"
#include "format/unload.h"
#include "x509/extension.h"
#include "x509/name.h"
#include "x509/pem.h"

#include <ctype.h>
#include <strings.h>

#define TYPE_TRUST "trust_store"
/* Room for the bytes of entries that are not kept, one after the other. */
#define ROOM_OF_ONE ((size_t)64 << 10)
/* Different columns whose names are kept once for all records. */
#define NAMES_MOST 64
/* Java takes no line of base64 that is longer. */
#define LINE_MOST 76

static const char *const certificate_tables[] = { "sys_certificate", "sys_attachment",
						  "sys_attachment_doc", NULL };
static const char *const wanted_tables[] = { "sys_certificate", "sys_update_xml",
					     "sys_attachment", "sys_attachment_doc",
					     NULL };

struct known_name {
	const char *seen; /* libxml2 has each name once: its place is the name */
	const char *name;
};

struct reading {
	struct entry_sink *sink;
	struct room room;
	struct arena scratch; /* for entries that are not kept */
	struct unload payloads;
	struct known_name names[NAMES_MOST];
	size_t n_names;
	struct sn_attachments attachments;
	size_t certificates; /* records of the table, whatever became of them */
};

struct record {
	const struct unload_record *raw;
	struct span name, sys_id, type;
	bool active;
};

/* ---- telling ---- */

/* "record 'ISRG Root X1' (96bc...): " in front of what. */
static void name_record(const struct record *record, struct error *what)
{
	AUTO_FREE char *name = quoted(record->name);
	AUTO_FREE char *sys_id = quoted(record->sys_id);

	if (!*name && !*sys_id)
		error_in(what, _("a record without a name"));
	else if (!*sys_id)
		error_in(what, _("record '%s'"), name);
	else
		error_in(what, _("record '%s' (%s)"), name, sys_id);
}

static void skip(struct reading *reading, const struct record *record, struct error *why)
{
	name_record(record, why);
	sink_skip(reading->sink, record->raw->line, why);
}

static void remark(struct reading *reading, const struct record *record, const char *text)
{
	AUTO(error) what = ERROR_INIT;

	error_fail(&what, STATUS_PARTIAL, "%s", text);
	name_record(record, &what);
	sink_remark(reading->sink, record->raw->line, &what);
}

/* ---- what a record is ---- */

static bool same_word(struct span text, const char *word)
{
	return text.n == strlen(word) &&
	       strncasecmp((const char *)text.at, word, text.n) == 0;
}

static bool has_word(struct span text, const char *word)
{
	size_t n = strlen(word);

	for (size_t i = 0; text.n >= n && i <= text.n - n; i++) {
		if (strncasecmp((const char *)text.at + i, word, n) == 0)
			return true;
	}
	return false;
}

static bool is_deletion(struct span action)
{
	return same_word(action, "DELETE") || same_word(action, "delete_multiple");
}

/* A column that was left empty has the default of the platform, which is true. */
static bool is_active(struct span value)
{
	return !value.n || same_word(value, "true") || same_word(value, "1");
}

static bool is_trust_store(const struct record *record)
{
	return span_eq(record->type, SPAN(TYPE_TRUST));
}

static bool has_password(const struct record *record)
{
	return unload_get(record->raw, "key_store_password").n > 0;
}

static bool is_keystore(const struct record *record)
{
	return !is_trust_store(record) &&
	       (has_word(record->type, "key_store") ||
		has_word(record->type, "keystore") || has_password(record));
}

static void remark_keystore(struct reading *reading, const struct record *record)
{
	remark(reading, record,
	       has_password(record)
		       ? _("it is a keystore and is passed by; its password is not read")
		       : _("it is a keystore and is passed by"));
}

/* The platform looks for exactly this word; the Table API takes any other in silence. */
static void remark_type(struct reading *reading, const struct record *record)
{
	AUTO_FREE char *type = quoted(record->type);
	AUTO_FREE char *text = str_format(
		_("its type is '%s' and not '%s': the instance does not trust it"), type,
		TYPE_TRUST);

	remark(reading, record, text);
}

static void remark_twin(struct reading *reading, const struct record *record,
			const struct entry *twin)
{
	const char *sys_id = entry_field(twin, SERVICENOW, "sys_id");
	AUTO_FREE char *name = quoted(span_str(twin->label ? twin->label : ""));
	AUTO_FREE char *shown = quoted(span_str(sys_id ? sys_id : ""));
	AUTO_FREE char *text = NULL;

	if (!sys_id)
		return; /* of another store in the same set */
	text = str_format(_("it holds the same certificate as record '%s' (%s)"), name,
			  shown);
	remark(reading, record, text);
}

/* ---- its certificate ---- */

/* What Java's reader of PEM takes for a certificate. */
static bool is_plain(const struct pem_block *block)
{
	return span_eq(block->label, SPAN("CERTIFICATE")) ||
	       span_eq(block->label, SPAN("X509 CERTIFICATE"));
}

static bool is_one_line(struct span body)
{
	while (body.n && isspace(body.at[body.n - 1]))
		body.n--;
	while (body.n && isspace(body.at[0]))
		body = span_from(body, 1);
	return body.n > LINE_MOST && !memchr(body.at, '\n', body.n) &&
	       !memchr(body.at, '\r', body.n);
}

static bool fail_other_block(const struct pem_block *block, struct error *err)
{
	AUTO_FREE char *label = quoted(block->label);

	return error_fail(err, STATUS_INPUT, _("'%s' stands where a certificate belongs"),
			  label);
}

/* The one block of text; *n counts all there are. */
static bool find_block(struct span text, struct pem_block *block, struct error *err)
{
	struct pem_scan scan = { .in = text };
	struct pem_block next;
	size_t n = 0;

	while (pem_next(&scan, &next)) {
		if (!is_plain(&next))
			return fail_other_block(&next, err);
		if (next.unfinished)
			return error_fail(err, STATUS_INPUT,
					  _("its PEM has no line that ends it"));
		if (n++ == 0)
			*block = next;
	}
	if (n > 1)
		return error_fail(err, STATUS_INPUT,
				  _("it holds %zu certificates, and a record holds one"),
				  n);
	return n || error_fail(err, STATUS_INPUT,
			       text.n ? _("it holds no PEM certificate")
				      : _("its certificate is missing"));
}

static bool decode(struct reading *reading, const struct pem_block *block,
		   size_t first_line, struct span *der, struct error *err)
{
	size_t most = pem_decoded_most(block->body), n;

	if (most > 2 * CERT_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("it is larger than any certificate"));
	if (!pem_decode(block->body, first_line + block->body_line - 1,
			room_for(&reading->room, most), &n, err))
		return false;
	*der = room_take(&reading->room, n);
	return true;
}

/* *der: what is to be given back where the entry is not kept. */
static bool read_certificate(struct reading *reading, const struct record *record,
			     struct cert *cert, struct span *der, struct error *err)
{
	const struct unload_field *field = unload_field(record->raw, "pem_certificate");
	struct pem_block block = { .line = 0 };

	if (record->raw->cut)
		return error_fail(err, STATUS_INPUT, _("it is larger than any record"));
	if (!find_block(unload_value(record->raw, field), &block, err) ||
	    !decode(reading, &block, field->line, der, err) ||
	    !cert_read(cert, *der, err))
		return false;
	if (is_one_line(block.body))
		remark(reading, record,
		       _("its PEM stands on one line, which Java does not read: wrap it "
			 "at 64 columns"));
	return true;
}

/* ---- its other columns ---- */

/* Those that the certificate says, that the entry has a word for, or that are secret. */
static bool is_kept(const struct unload_field *field)
{
	static const char *const others[] = {
		"active",
		"expires",
		"expires_in_days",
		"issuer",
		"key_store_password",
		"name",
		"pem_certificate",
		"serial_number",
		"subject",
		"valid_from",
	};

	if (!field->n && !field->display)
		return false;
	for (size_t i = 0; i < COUNT(others); i++) {
		if (strcmp(field->name, others[i]) == 0)
			return false;
	}
	return true;
}

static const char *keep_name(struct reading *reading, const char *name)
{
	struct arena *arena = &reading->sink->set->arena;
	struct known_name *known = reading->names;

	for (size_t i = 0; i < reading->n_names; i++) {
		if (known[i].seen == name)
			return known[i].name;
	}
	if (reading->n_names == NAMES_MOST)
		return arena_str(arena, name);
	known += reading->n_names++;
	*known = (struct known_name){ name, arena_str(arena, name) };
	return known->name;
}

/* Fields in the order in which they come. */
struct field_chain {
	struct arena *arena;
	const struct field *first, **end;
};

/* The field and its value in one piece. */
static void add_field(struct field_chain *chain, const char *name, struct span value)
{
	struct field *field = arena_alloc(chain->arena, sizeof(*field) + value.n + 1);
	char *text = (char *)(field + 1);

	memcpy(text, value.at, value.n);
	text[value.n] = '\0';
	*field = (struct field){ SERVICENOW, name, text, NULL };
	*chain->end = field;
	chain->end = &field->next;
}

/* What a reference shows instead of its sys_id, as a field of its own. */
static void add_display(struct field_chain *chain, const struct unload_field *field)
{
	AUTO_FREE char *name = str_format("%s" SN_DISPLAY, field->name);

	add_field(chain, arena_str(chain->arena, name), span_str(field->display));
}

/* What the platform would write anew for itself is not worth keeping. */
static bool is_usual(const struct unload_field *field, struct span value,
		     const struct cert *cert)
{
	AUTO(buf) short_name = BUF_INIT;

	if (strcmp(field->name, "type") == 0)
		return span_eq(value, SPAN(TYPE_TRUST));
	if (strcmp(field->name, "short_description") != 0)
		return false;
	name_short(&short_name, cert_part(cert, cert->subject));
	return span_eq(value, buf_span(&short_name));
}

static const struct field *keep_columns(struct reading *reading, struct arena *arena,
					const struct unload_record *raw,
					const struct cert *cert)
{
	struct field_chain chain = { .arena = arena, .end = &chain.first };

	for (size_t i = 0; i < raw->n; i++) {
		const struct unload_field *field = &raw->fields[i];
		struct span value = unload_value(raw, field);

		if (!is_kept(field) || is_usual(field, value, cert))
			continue;
		if (field->n)
			add_field(&chain, keep_name(reading, field->name), value);
		if (field->display)
			add_display(&chain, field);
	}
	return chain.first;
}

/* ---- the entry ---- */

static bool is_ca(const struct cert *cert)
{
	AUTO(error) odd = ERROR_INIT;
	struct basic_constraints basic;

	if (!cert_basic_constraints(cert, &basic, &odd))
		return true; /* whoever uses it will see what is odd about it */
	/* Before version 3 there was no way to say it. */
	return basic.present ? basic.ca : cert->version < 3;
}

static enum trust trust_of(const struct record *record, const struct cert *cert)
{
	if (!record->active || !is_trust_store(record))
		return TRUST_INACTIVE;
	return is_ca(cert) ? TRUST_UNSAID : TRUST_ANCHOR;
}

static void add_entry(struct reading *reading, const struct record *record,
		      const struct cert *cert)
{
	struct entry_sink *sink = reading->sink;
	const struct entry *twin = sink->taker ? NULL : set_find(sink->set, cert);
	struct arena *arena = sink->taker ? &reading->scratch : &sink->set->arena;
	struct entry entry = { .cert = *cert,
			       .trust = trust_of(record, cert),
			       .line = record->raw->line };

	if (twin)
		remark_twin(reading, record, twin);
	if (record->name.n)
		entry.label = arena_str_of(arena, record->name);
	entry.fields = keep_columns(reading, arena, record->raw, cert);
	sink_add(sink, &entry);
}

static void take_certificate(struct reading *reading, const struct record *record)
{
	AUTO(error) bad = ERROR_INIT;
	struct span der = { NULL, 0 };
	struct cert cert;
	bool good;

	if (!is_trust_store(record))
		remark_type(reading, record);
	if (!record->raw->cut && !unload_get(record->raw, "pem_certificate").n &&
	    record->sys_id.n)
		return; /* it is attached, or missing: known in the end */
	good = read_certificate(reading, record, &cert, &der, &bad);
	if (good) {
		if (record->sys_id.n)
			sn_attachments_hold(&reading->attachments, record->sys_id, &cert);
		add_entry(reading, record, &cert);
	}
	if (der.n && (!good || reading->sink->taker))
		room_give_back(&reading->room, der);
	arena_clear(&reading->scratch);
	if (good)
		return;
	if (record->active && is_trust_store(record)) {
		/* KB1217702: the instance checks every active record at each of these. */
		error_in(&bad, _("it breaks the instance's LDAP, POP3 and IMAP tests"));
		skip(reading, record, &bad);
	} else {
		remark(reading, record, bad.text);
	}
}

/* What may be attached to it comes before or after it. */
static void own_attachments(struct reading *reading, const struct record *record,
			    bool keystore)
{
	const struct sn_owner owner = {
		.sys_id = record->sys_id,
		.name = record->name,
		.line = record->raw->line,
		.active = record->active,
		.trusts = is_trust_store(record),
		.waiting = !keystore && !record->raw->cut &&
			   !unload_get(record->raw, "pem_certificate").n,
	};

	if (record->sys_id.n && (keystore || owner.waiting))
		sn_attachments_own(&reading->attachments, &reading->sink->set->arena,
				   &owner);
}

static void take_record(struct reading *reading, const struct unload_record *raw)
{
	struct record record = {
		.raw = raw,
		.name = unload_get(raw, "name"),
		.sys_id = unload_get(raw, "sys_id"),
		.type = unload_get(raw, "type"),
		.active = is_active(unload_get(raw, "active")),
	};

	reading->certificates++;
	if (is_deletion(span_str(raw->action)))
		remark(reading, &record, _("the file deletes it"));
	else if (is_keystore(&record))
		remark_keystore(reading, &record);
	else
		take_certificate(reading, &record);
	if (!is_deletion(span_str(raw->action)))
		own_attachments(reading, &record, is_keystore(&record));
}

static void take_row(struct reading *reading, const struct unload_record *raw)
{
	if (!sn_is_attachment(raw->table))
		take_record(reading, raw);
	else if (!is_deletion(span_str(raw->action)))
		sn_attachments_take(&reading->attachments, &reading->sink->set->arena,
				    raw);
}

/* ---- update sets ---- */

static void found_in_payload(void *ctx, const struct unload_record *raw)
{
	take_row(ctx, raw);
}

static void take_payload(struct reading *reading, const struct record *record)
{
	const struct unload_field *field = unload_field(record->raw, "payload");
	AUTO(error) bad = ERROR_INIT;
	size_t line;

	if (record->raw->cut) {
		error_fail(&bad, STATUS_INPUT, _("it is larger than any record"));
		skip(reading, record, &bad);
	} else if (!unload_read(&reading->payloads, unload_value(record->raw, field),
				NULL, field->line, &line, &bad)) {
		name_record(record, &bad);
		sink_skip(reading->sink, line, &bad);
	}
}

/* An update of whatever table; its payload is a document of its own. */
static void take_update(struct reading *reading, const struct unload_record *raw)
{
	struct span payload = unload_get(raw, "payload"), table = SPAN("sys_certificate");
	struct record record = { .raw = raw,
				 .name = unload_get(raw, "name"),
				 .sys_id = span_of("", 0) };

	if (!memmem(payload.at, payload.n, table.at, table.n))
		return;
	if (is_deletion(unload_get(raw, "action"))) {
		reading->certificates++;
		remark(reading, &record, _("the file deletes it"));
	} else {
		take_payload(reading, &record);
	}
}

static void found(void *ctx, const struct unload_record *raw)
{
	if (strcmp(raw->table, "sys_update_xml") == 0)
		take_update(ctx, raw);
	else
		take_row(ctx, raw);
}

/* ---- the whole ---- */

static void reading_clear(struct reading *reading)
{
	arena_clear(&reading->scratch);
	unload_clear(&reading->payloads);
	sn_attachments_clear(&reading->attachments);
}

/* A file that breaks off is read in part, unless nothing came before. */
static bool end_broken(struct reading *reading, size_t had, size_t line,
		       struct error *err)
{
	struct entry_sink *sink = reading->sink;
	AUTO(error) why = ERROR_INIT;

	if (sink->added == had && !sink->skipped)
		return error_in(err, _("line %zu"), line);
	error_move(&why, err);
	sink_skip(sink, line, &why);
	return true;
}

static bool end_whole(const struct reading *reading, size_t had, struct error *err)
{
	if (!reading->certificates)
		return error_fail(err, STATUS_INPUT,
				  _("it holds no record of the table sys_certificate"));
	return read_something(reading->sink, had, err);
}

bool servicenow_read(struct span file, struct entry_sink *sink, struct error *err)
{
	AUTO(reading)
	reading = { .sink = sink,
		    .room = { .arena = &sink->set->arena,
			      .expected = sink->taker ? ROOM_OF_ONE : file.n / 2 },
		    .payloads = { .tables = certificate_tables,
				  .found = found_in_payload } };
	AUTO(unload)
	unload = { .tables = wanted_tables, .found = found, .ctx = &reading };
	size_t had = sink->added, line;
	bool whole;

	reading.payloads.ctx = &reading;
	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	whole = unload_read(&unload, file, sink->file, 1, &line, err);
	sn_attachments_read(&reading.attachments, sink);
	if (!whole)
		return end_broken(&reading, had, line, err);
	return end_whole(&reading, had, err);
}
