/*
 * Entries from p11-kit objects. Purposes are stapled to a public key, and so to every
 * anchor that has it; where several objects staple the same, each narrows. In doubt less
 * is trusted: a stapled list that does not parse allows nothing.
 */
#include "base/i18n.h"
#include "format/p11_kit.h"
#include "format/p11_object.h"
#include "trust/table.h"
#include "x509/der.h"

static const uint8_t oid_key_purposes[] = { 0x55, 0x1d, 0x25 };      /* 2.5.29.37 */
static const uint8_t oid_basic_constraints[] = { 0x55, 0x1d, 0x13 }; /* 2.5.29.19 */
static const uint8_t oid_subject_key_id[] = { 0x55, 0x1d, 0x0e };    /* 2.5.29.14 */
/* 1.3.6.1.4.1.3319.6.10.1: purposes that are rejected, as OpenSSL's files state them. */
static const uint8_t oid_reject[] = { 0x2b, 0x06, 0x01, 0x04, 0x01,
				      0x99, 0x77, 0x06, 0x0a, 0x01 };

#define BLOCKED_MOST 4096 /* certificates that are distrusted by name alone: a walk */

/* What is stapled to one key. */
struct stapled {
	struct span key;
	bool has_purposes, has_rejected;
	bool unheld; /* something narrows it that cannot be held here */
	struct purposes purposes, rejected;
	size_t line;
	bool used; /* a certificate of the file has the key */
};

/* A data object of ours, by the SHA-256 in its label. */
struct record {
	struct span application, value;
	struct sha256 of;
	size_t line;
};

struct reading {
	struct entry_sink *sink;
	struct arena *arena;
	const struct p11_kit_extra *extra;
	struct p11_object
		*objects; /* certificates: read when all that belongs to them is known */
	size_t n_objects, cap_objects;
	struct stapled *stapled;
	size_t n_stapled, cap_stapled;
	struct table stapled_by_key;
	struct record *records;
	size_t n_records, cap_records;
	struct table records_by_hash;
	size_t n_blocked;
};

static void reading_clear(struct reading *reading)
{
	mem_free(reading->objects);
	mem_free(reading->stapled);
	mem_free(reading->records);
	table_clear(&reading->stapled_by_key);
	table_clear(&reading->records_by_hash);
}

static bool is_oid(struct span oid, const uint8_t *wanted, size_t n)
{
	return span_eq(oid, span_of(wanted, n));
}

/* ---- stapled extensions ---- */

static struct stapled *find_stapled(const struct reading *reading, struct span key)
{
	const struct table *table = &reading->stapled_by_key;
	uint32_t i = table_first(table, (uint32_t)hash_keyed(key));

	for (; i != TABLE_END; i = table_next(table, i)) {
		if (span_eq(reading->stapled[i].key, key))
			return &reading->stapled[i];
	}
	return NULL;
}

static struct stapled *stapled_to(struct reading *reading, struct span key, size_t line)
{
	struct stapled *found = find_stapled(reading, key);

	if (found)
		return found;
	GROW(reading->stapled, reading->n_stapled, reading->cap_stapled);
	reading->stapled[reading->n_stapled] = (struct stapled){ .key = key,
								   .line = line };
	table_add(&reading->stapled_by_key, (uint32_t)hash_keyed(key),
		  (uint32_t)reading->n_stapled);
	return &reading->stapled[reading->n_stapled++];
}

/* The value is a whole Extension in newer files, what stands inside it in old ones. */
static bool extension_content(struct span value, struct span *content)
{
	struct span inside, oid, octets, flag;

	if (!der_content(value, DER_SEQUENCE, &inside))
		return false;
	*content = inside;
	if (!der_take_tag(&inside, DER_OID, &oid))
		return true;
	der_take_tag(&inside, DER_BOOLEAN, &flag);
	if (!der_take_tag(&inside, DER_OCTET_STRING, &octets))
		return true;
	return !inside.n && der_content(octets, DER_SEQUENCE, content);
}

static bool read_list(struct reading *reading, const struct p11_object *object,
		      struct purposes *purposes, struct error *err)
{
	struct span content;

	*purposes = (struct purposes){ 0 };
	if (!extension_content(object->value, &content))
		return error_fail(err, STATUS_INPUT,
				  _("the attached extension does not parse"));
	return purposes_read(purposes, reading->arena, content, err);
}

static void staple_purposes(struct reading *reading, struct stapled *to,
			    const struct purposes *purposes)
{
	if (to->has_purposes)
		purposes_intersect(&to->purposes, reading->arena, purposes);
	else
		to->purposes = *purposes;
	to->has_purposes = true;
}

/* BasicConstraints with cA TRUE, whatever the path length: p11-kit adds them to old roots
 * that lack them, and the path rules know such roots. */
static bool says_ca(const struct p11_object *object)
{
	struct span content, flag;

	return extension_content(object->value, &content) &&
	       der_take_tag(&content, DER_BOOLEAN, &flag) && flag.n == 1 && flag.at[0] &&
	       !content.n;
}

/* Nothing is lost where it is not read. */
static bool narrows_nothing(const struct p11_object *object)
{
	if (is_oid(object->object_id, oid_subject_key_id, sizeof(oid_subject_key_id)))
		return true;
	return is_oid(object->object_id, oid_basic_constraints,
		      sizeof(oid_basic_constraints)) &&
	       says_ca(object);
}

static void take_extension(struct reading *reading, const struct p11_object *object)
{
	bool rejects = is_oid(object->object_id, oid_reject, sizeof(oid_reject));
	AUTO(error) bad = ERROR_INIT;
	struct stapled *to;
	struct purposes purposes;

	if (!object->key.n) {
		error_fail(&bad, STATUS_INPUT,
			   _("the attached extension names no public key"));
		sink_skip(reading->sink, object->line, &bad);
		return;
	}
	if (narrows_nothing(object))
		return;
	if (!rejects &&
	    !is_oid(object->object_id, oid_key_purposes, sizeof(oid_key_purposes))) {
		error_fail(&bad, STATUS_INPUT,
			   _("the attached extension is of a kind that is not read: what "
			     "has that key is no anchor here"));
		sink_skip(reading->sink, object->line, &bad);
		stapled_to(reading, object->key, object->line)->unheld = true;
		return;
	}
	to = stapled_to(reading, object->key, object->line);
	if (!read_list(reading, object, &purposes, &bad)) {
		/* Nobody knows what it meant to forbid. */
		purposes = (struct purposes){ 0 };
		staple_purposes(reading, to, &purposes);
		sink_skip(reading->sink, object->line, &bad);
	} else if (!rejects) {
		staple_purposes(reading, to, &purposes);
	} else if (!to->has_rejected) {
		to->has_rejected = true;
		to->rejected = purposes;
	} else {
		purposes_unite(&to->rejected, reading->arena, &purposes);
	}
}

static void mark_used(const struct reading *reading, const struct cert *cert)
{
	struct stapled *stapled = find_stapled(reading, cert_part(cert, cert->spki));

	if (stapled)
		stapled->used = true;
}

/* p11-kit would narrow a certificate of another file by it; here that stays as wide as its
 * own file makes it, and this is told. */
static void tell_unused(const struct reading *reading)
{
	for (size_t i = 0; i < reading->n_stapled; i++) {
		AUTO(error) bad = ERROR_INIT;

		if (reading->stapled[i].used)
			continue;
		error_fail(&bad, STATUS_INPUT,
			   reading->stapled[i].line
				   ? _("the attached extension belongs to no certificate "
				       "of this file")
				   : _("an attached extension belongs to no certificate "
				       "of this token"));
		sink_skip(reading->sink, reading->stapled[i].line, &bad);
	}
}

/* ---- data objects of ours ---- */

static void take_data(struct reading *reading, const struct p11_object *object)
{
	AUTO_FREE char *label = str_of(object->label);
	struct record record = {
		object->application, object->value, { { 0 } }, object->line
	};
	AUTO(error) bad = ERROR_INIT;

	if (!span_eq(object->application, SPAN(P11_APPLICATION)) &&
	    !span_eq(object->application, SPAN(P11_APPLICATION_OURS))) {
		error_fail(&bad, STATUS_INPUT, _("the object holds no certificate"));
		sink_skip(reading->sink, object->line, &bad);
		return;
	}
	if (!sha256_parse(label, &record.of))
		return; /* the header of a cellar */
	GROW(reading->records, reading->n_records, reading->cap_records);
	table_add(&reading->records_by_hash,
		  (uint32_t)hash_keyed(span_of(record.of.at, sizeof(record.of.at))),
		  (uint32_t)reading->n_records);
	reading->records[reading->n_records++] = record;
}

static const struct record *find_record(const struct reading *reading,
					const struct sha256 *of, struct span application)
{
	const struct table *table = &reading->records_by_hash;
	uint32_t i =
		table_first(table, (uint32_t)hash_keyed(span_of(of->at, sizeof(of->at))));

	for (; i != TABLE_END; i = table_next(table, i)) {
		if (sha256_eq(&reading->records[i].of, of) &&
		    span_eq(reading->records[i].application, application))
			return &reading->records[i];
	}
	return NULL;
}

/* ---- certificates ---- */

static enum trust trust_of(const struct p11_object *object)
{
	if (object->distrusted)
		return TRUST_DISTRUSTED;
	if (object->trusted)
		return TRUST_ANCHOR;
	return object->unsaid ? TRUST_UNSAID : TRUST_INTERMEDIATE;
}

static const char *label_of(struct arena *arena, struct span label)
{
	if (!label.at || memchr(label.at, '\0', label.n))
		return NULL;
	return arena_str_of(arena, label);
}

static struct purposes purposes_of(struct reading *reading, const struct cert *cert)
{
	const struct stapled *stapled =
		find_stapled(reading, cert_part(cert, cert->spki));
	struct purposes purposes = { .any = true };

	if (!stapled)
		return purposes;
	if (stapled->has_purposes)
		purposes = stapled->purposes;
	if (stapled->has_rejected)
		purposes_reject(&purposes, reading->arena, &stapled->rejected);
	return purposes;
}

static bool is_narrowed_unheld(const struct reading *reading, const struct cert *cert)
{
	const struct stapled *stapled =
		find_stapled(reading, cert_part(cert, cert->spki));

	return stapled && stapled->unheld;
}

/* Constraints are what an anchor is good for; nothing asks them of anything else. */
static bool read_constraints(struct reading *reading, const struct p11_object *object,
			     const struct record *ours, struct entry *entry,
			     struct error *err)
{
	struct purposes purposes;

	if (entry->trust != TRUST_ANCHOR)
		return true;
	if (!ours)
		purposes = purposes_of(reading, &entry->cert);
	else if (!purposes_parse(&purposes, reading->arena, ours->value, err))
		return false;
	entry->constraints = purposes_constraints(
		reading->arena, &purposes, object->server_after, object->email_after);
	return true;
}

/* Distrust of a certificate that is not there, by issuer and serial number. */
static bool block(struct reading *reading, const struct p11_object *object,
		  struct error *err)
{
	struct span serial;

	if (!object->distrusted || !object->issuer.n ||
	    !der_content(object->serial, DER_INTEGER, &serial))
		return error_fail(err, STATUS_INPUT,
				  _("the object holds no certificate"));
	if (reading->n_blocked++ >= BLOCKED_MOST)
		return error_fail(
			err, STATUS_INPUT,
			_("more than %d certificates are distrusted by name alone"),
			BLOCKED_MOST);
	set_block(reading->sink->set, object->issuer, serial);
	return error_fail(
		err, STATUS_INPUT,
		_("the certificate is distrusted by issuer and serial number "
		  "alone: 'validate' heeds that, and nothing else can hold it"));
}

static bool read_certificate(struct reading *reading, const struct p11_object *object,
			     struct entry *entry, struct error *err)
{
	const struct record *ours = NULL, *extra = NULL;

	if (!object->value.n)
		return block(reading, object, err);
	if (object->not_x509)
		return error_fail(err, STATUS_INPUT,
				  _("the certificate is not of type x-509"));
	if (!cert_read(&entry->cert, object->value, err))
		return false;
	mark_used(reading, &entry->cert);
	if (reading->n_records) {
		struct sha256 hash = cert_sha256(&entry->cert);

		ours = find_record(reading, &hash, SPAN(P11_APPLICATION_OURS));
		extra = find_record(reading, &hash, SPAN(P11_APPLICATION));
	}
	entry->trust = trust_of(object);
	if (entry->trust == TRUST_ANCHOR && is_narrowed_unheld(reading, &entry->cert))
		entry->trust = TRUST_INTERMEDIATE;
	entry->label = label_of(reading->arena, object->label);
	if (!read_constraints(reading, object, ours, entry, err))
		return false;
	return !extra || !reading->extra ||
	       reading->extra->read(reading->extra->ctx, reading->arena, entry,
				    extra->value, err);
}

static void take_object(struct reading *reading, const struct p11_object *object)
{
	AUTO(error) bad = ERROR_INIT;

	switch (object->class) {
	case P11_CLASS_CERTIFICATE:
		GROW(reading->objects, reading->n_objects, reading->cap_objects);
		reading->objects[reading->n_objects++] = *object;
		return;
	case P11_CLASS_EXTENSION:
		take_extension(reading, object);
		return;
	case P11_CLASS_DATA:
		take_data(reading, object);
		return;
	default:
		error_fail(&bad, STATUS_INPUT, _("the object holds no certificate"));
		sink_skip(reading->sink, object->line, &bad);
	}
}

/* When all that belongs to them is known. */
static void take_certificates(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_objects; i++) {
		struct entry entry = { .line = reading->objects[i].line };
		AUTO(error) bad = ERROR_INIT;

		if (read_certificate(reading, &reading->objects[i], &entry, &bad))
			sink_add(reading->sink, &entry);
		else
			sink_skip(reading->sink, entry.line, &bad);
	}
	tell_unused(reading);
}

void p11_kit_read(struct span body, size_t first_line, const struct p11_kit_extra *extra,
		  struct entry_sink *sink)
{
	AUTO(reading)
	reading = { .sink = sink, .arena = &sink->set->arena, .extra = extra };
	struct p11_scan scan = { .in = body, .line = first_line, .arena = reading.arena };
	struct p11_object object;
	enum p11_next next;

	for (;;) {
		AUTO(error) bad = ERROR_INIT;

		next = p11_next(&scan, &object, &bad);
		if (next == P11_END)
			break;
		if (next == P11_BAD)
			sink_skip(sink, object.line, &bad);
		else
			take_object(&reading, &object);
	}
	take_certificates(&reading);
}

void p11_kit_join(const struct p11_object *objects, size_t n, struct entry_sink *sink)
{
	AUTO(reading) reading = { .sink = sink, .arena = &sink->set->arena };

	for (size_t i = 0; i < n; i++)
		take_object(&reading, &objects[i]);
	take_certificates(&reading);
}
