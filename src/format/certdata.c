/*
 * NSS's certdata.txt, from which Mozilla's roots are built (lib/ckfw/builtins): for each
 * certificate an object with its bytes, and one that says what it is trusted for, which
 * names it by issuer, serial number and SHA-1. The dates after which an anchor's new
 * certificates are not trusted may stand in either. Read only.
 *
 * In doubt less is trusted: of two objects that speak of one certificate the stricter
 * word counts, and one that cannot be read costs the certificate its place.
 */
#include "format/certdata.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/contents.h"
#include "trust/table.h"
#include "x509/der.h"

#include <nettle/sha1.h>

/* Mozilla's file has some 400 objects; so many are an attack on memory. */
#define OBJECTS_MOST 200000
/* Trust objects that may speak of one certificate: usual is one. */
#define TRUSTS_MOST 16

static enum probe probe(struct span head, bool whole)
{
	(void)whole;
	return certdata_find_class(head) ? PROBE_SURE : PROBE_NO;
}

/* ---- objects ---- */

/* One of the trust objects, and whether a certificate was found for it. */
struct stated {
	struct certdata_object object;
	bool used;
};
struct reading {
	struct entry_sink *sink;
	struct certdata_object *certificates;
	size_t n_certificates, cap_certificates;
	struct stated *trusts;
	size_t n_trusts, cap_trusts;
	struct table trusts_by_name; /* issuer and serial number */
};

static void reading_clear(struct reading *reading)
{
	mem_free(reading->certificates);
	mem_free(reading->trusts);
	table_clear(&reading->trusts_by_name);
}

static uint32_t hash_of(struct span issuer, struct span serial)
{
	return (uint32_t)(hash_keyed(issuer) * 31 + hash_keyed(serial));
}

/* The serial number is stated as a whole INTEGER. */
static struct span serial_of(const struct certdata_object *object)
{
	struct span content;

	return der_content(object->serial, DER_INTEGER, &content) ? content
								  : object->serial;
}

static void keep(struct reading *reading, const struct certdata_object *object)
{
	switch (object->class) {
	case CERTDATA_CERTIFICATE:
		GROW(reading->certificates, reading->n_certificates,
		     reading->cap_certificates);
		reading->certificates[reading->n_certificates++] = *object;
		break;
	case CERTDATA_TRUST:
		GROW(reading->trusts, reading->n_trusts, reading->cap_trusts);
		table_add(&reading->trusts_by_name,
			  hash_of(object->issuer, serial_of(object)),
			  (uint32_t)reading->n_trusts);
		reading->trusts[reading->n_trusts++] = (struct stated){ *object, false };
		break;
	case CERTDATA_OTHER:
		break; /* the list's own name, and what is no certificate */
	}
}

/* ---- one certificate ---- */

struct verdict {
	enum certdata_word words[CERTDATA_PURPOSES];
	int64_t after[CERTDATA_PURPOSES];
};

static void add_after(int64_t *after, int64_t other)
{
	if (other != TIME_NONE && (*after == TIME_NONE || other < *after))
		*after = other;
}

static void add_verdict(struct verdict *verdict, const struct certdata_object *object)
{
	for (size_t i = 0; i < CERTDATA_PURPOSES; i++) {
		if (object->words[i] > verdict->words[i])
			verdict->words[i] = object->words[i];
		add_after(&verdict->after[i], object->after[i]);
	}
}

static void sha1_of(const struct cert *cert, uint8_t digest[SHA1_DIGEST_SIZE])
{
	struct sha1_ctx ctx;

	sha1_init(&ctx);
	sha1_update(&ctx, cert->n, cert->der);
	sha1_digest(&ctx, SHA1_DIGEST_SIZE, digest);
}

static bool is_of(const struct certdata_object *trust, const struct cert *cert,
		  struct span sha1)
{
	if (!span_eq(trust->issuer, cert_part(cert, cert->issuer)) ||
	    !span_eq(serial_of(trust), cert_part(cert, cert->serial)))
		return false;
	return !trust->sha1.n || span_eq(trust->sha1, sha1);
}

/*
 * What all trust objects of the certificate say; false where one of them has a fault, or
 * so many have its name that most must be false.
 */
static bool find_verdict(struct reading *reading, const struct cert *cert,
			 struct verdict *verdict)
{
	const struct table *table = &reading->trusts_by_name;
	uint32_t i = table_first(table, hash_of(cert_part(cert, cert->issuer),
						cert_part(cert, cert->serial)));
	uint8_t digest[SHA1_DIGEST_SIZE];
	bool good = true;

	sha1_of(cert, digest);
	for (size_t n = 0; i != TABLE_END; i = table_next(table, i)) {
		struct stated *stated = &reading->trusts[i];

		if (++n > TRUSTS_MOST)
			return false;
		if (!is_of(&stated->object, cert, span_of(digest, sizeof(digest))))
			continue;
		stated->used = true;
		good &= !stated->object.fault;
		add_verdict(verdict, &stated->object);
	}
	return good;
}

static void apply(struct entry *entry, struct arena *arena, const struct verdict *verdict)
{
	static const enum purpose purposes[] = { [CERTDATA_SERVER] = PURPOSE_SERVER_AUTH,
						 [CERTDATA_EMAIL] = PURPOSE_EMAIL,
						 [CERTDATA_CODE] = PURPOSE_CODE_SIGNING,
						 [CERTDATA_CLIENT] = PURPOSE_CLIENT_AUTH };
	int64_t after[CERTDATA_PURPOSES] = CERTDATA_NO_DATES;
	uint32_t good_for = 0, every = 0;

	entry->trust = TRUST_INTERMEDIATE;
	for (size_t i = 0; i < CERTDATA_PURPOSES; i++) {
		if (verdict->words[i] == CERTDATA_DISTRUST)
			entry->trust = TRUST_DISTRUSTED;
		every |= 1u << purposes[i];
		if (verdict->words[i] != CERTDATA_ANCHOR)
			continue;
		good_for |= 1u << purposes[i];
		after[i] = verdict->after[i];
	}
	if (!good_for)
		return;
	/* Good for all that there are words for: that is NSS's way to say "anything". */
	if (good_for == every)
		good_for = 0;
	entry->trust = TRUST_ANCHOR;
	entry->constraints = constraints_make(arena, good_for, after[CERTDATA_SERVER],
					      after[CERTDATA_EMAIL]);
}

static const char *label_of(struct arena *arena, struct span label)
{
	if (!label.n || !utf8_valid(label) || memchr(label.at, '\0', label.n))
		return NULL;
	return arena_str_of(arena, label);
}

static bool read_certificate(struct reading *reading,
			     const struct certdata_object *object, struct entry *entry,
			     struct error *err)
{
	struct arena *arena = &reading->sink->set->arena;
	struct verdict verdict = { .after = CERTDATA_NO_DATES };

	if (object->fault)
		return error_fail(err, STATUS_INPUT, "%s", object->fault);
	if (!object->value.n)
		return error_fail(err, STATUS_INPUT,
				  _("the certificate object has no CKA_VALUE"));
	if (!cert_read(&entry->cert, object->value, err))
		return false;
	if (!find_verdict(reading, &entry->cert, &verdict))
		return error_fail(
			err, STATUS_INPUT,
			_("its trust object cannot be read, so it is left out"));
	add_verdict(&verdict, object);
	apply(entry, arena, &verdict);
	entry->label = label_of(arena, object->label);
	return true;
}

static void take_certificate(struct reading *reading,
			     const struct certdata_object *object)
{
	struct entry entry = { .line = object->line };
	AUTO(error) bad = ERROR_INIT;

	if (read_certificate(reading, object, &entry, &bad))
		sink_add(reading->sink, &entry);
	else
		sink_skip(reading->sink,
			  object->fault ? object->fault_line : object->line, &bad);
}

/* Trust that could not be read, or is that of no certificate in the file. */
static void tell_trust(struct reading *reading, const struct stated *stated)
{
	AUTO(error) bad = ERROR_INIT;

	if (stated->object.fault) {
		error_fail(&bad, STATUS_INPUT, "%s", stated->object.fault);
		sink_skip(reading->sink, stated->object.fault_line, &bad);
	} else if (!stated->used) {
		error_fail(&bad, STATUS_INPUT,
			   stated->object.line
				   ? _("the trust object is that of no certificate in "
				       "this file")
				   : _("a trust object is that of no certificate of "
				       "this token"));
		sink_skip(reading->sink, stated->object.line, &bad);
	}
}

/* ---- all of them ---- */

static void take_all(struct reading *reading)
{
	for (size_t i = 0; i < reading->n_certificates; i++)
		take_certificate(reading, &reading->certificates[i]);
	for (size_t i = 0; i < reading->n_trusts; i++)
		tell_trust(reading, &reading->trusts[i]);
}

void certdata_join(const struct certdata_object *objects, size_t n,
		   struct entry_sink *sink)
{
	AUTO(reading) reading = { .sink = sink, .trusts_by_name = TABLE_INIT };

	for (size_t i = 0; i < n; i++)
		keep(&reading, &objects[i]);
	take_all(&reading);
}

static bool read_objects(struct reading *reading, struct span file, struct error *err)
{
	struct certdata_scan scan = { file, 1, &reading->sink->set->arena };
	struct certdata_object object;

	for (size_t n = 0; certdata_next(&scan, &object); n++) {
		if (n == OBJECTS_MOST)
			return error_fail(err, STATUS_INPUT,
					  _("line %zu: it has more than %d objects"),
					  object.line, OBJECTS_MOST);
		keep(reading, &object);
	}
	return true;
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	AUTO(reading) reading = { .sink = sink, .trusts_by_name = TABLE_INIT };
	size_t had = sink->added;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!read_objects(&reading, file, err))
		return false;
	take_all(&reading);
	return read_something(sink, had, err);
}

const struct format format_certdata = {
	.name = "certdata",
	.summary = N_("NSS's certdata.txt, Mozilla's roots with purposes and dates"),
	.extension = "txt",
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES | CARRIES_DISTRUST_AFTER | CARRIES_LABEL,
	.probe = probe,
	.read = read_file,
};
