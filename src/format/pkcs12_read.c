/*
 * Reading PKCS#12: what its certificates are, and what is said of them. To Java one is an
 * anchor only with its attribute of trusted usages; others are there for the chains of
 * keys. Where no certificate of a file has the attribute, another program wrote it, and
 * nothing is said of trust.
 */

#include "base/escape.h"
#include "base/i18n.h"
#include "format/aliases.h"
#include "format/contents.h"
#include "format/passwords.h"
#include "format/pkcs12.h"
#include "format/purposes.h"

/* Room is made at once for the entries that a file of usual certificates would have. */
#define CERT_USUAL  1300
#define EXPECT_MOST ((size_t)1 << 17)

struct reading {
	struct entry_sink *sink;
	bool trusts;         /* some certificate has Java's attribute */
	bool has_keys;
	size_t certificates; /* seen so far */
	size_t keys, secrets;
};

/* UTF-16, high byte first, as UTF-8; what is none becomes U+FFFD. NUL ends nothing. */
static void add_utf16(struct buf *out, struct span units)
{
	uint32_t high = 0;

	for (; units.n >= 2; units = span_from(units, 2)) {
		uint32_t unit = (uint32_t)units.at[0] << 8 | units.at[1];

		if (high && (unit & 0xfc00) != 0xdc00)
			utf8_add(out, 0xfffd);
		if ((unit & 0xfc00) == 0xdc00)
			unit = high ? 0x10000 + ((high & 0x3ff) << 10) + (unit & 0x3ff)
				    : 0xfffd;
		high = (unit & ~(uint32_t)0x3ff) == 0xd800 ? unit : 0;
		if (!high && unit)
			utf8_add(out, unit);
	}
	if (high || units.n)
		utf8_add(out, 0xfffd);
}

static bool read_trust(const struct reading *reading, const struct bag *bag,
		       struct entry *entry, struct error *err)
{
	struct arena *arena = &reading->sink->set->arena;
	struct purposes purposes;

	if ((reading->has_keys && bag->of_key) || (reading->trusts && !bag->trusted))
		entry->trust = TRUST_INTERMEDIATE;
	if (!bag->trusted)
		return true;
	if (!purposes_read(&purposes, arena, bag->usages, err))
		return error_in(err, _("trusted usages"));
	/* An empty list trusts nothing. */
	entry->trust = bag->usages.n ? TRUST_ANCHOR : TRUST_INTERMEDIATE;
	if (!bag->usages.n)
		return true;
	entry->constraints = purposes_constraints(arena, &purposes, TIME_NONE, TIME_NONE);
	return true;
}

/* CertBag ::= SEQUENCE { certId, certValue [0] EXPLICIT OCTET STRING }. */
static bool read_certificate(const struct bag *bag, struct cert *cert, struct error *err)
{
	struct der value = bag->value, fields, inside;
	struct span type, der;

	if (!der_enter(&value, DER_SEQUENCE, &fields, err) ||
	    !der_read(&fields, DER_OID, &type, err))
		return false;
	if (!span_eq(type, OID_X509))
		return error_fail(err, STATUS_INPUT,
				  _("it is none of X.509 (RFC 7292 section 4.2.3)"));
	return der_enter(&fields, DER_CONTEXT_CONSTRUCTED(0), &inside, err) &&
	       der_read(&inside, DER_OCTET_STRING, &der, err) &&
	       cert_read(cert, der, err);
}

static const char *label_of(const struct reading *reading, const struct bag *bag,
			    const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;

	if (!bag->name.n)
		return NULL;
	add_utf16(&text, bag->name);
	return alias_is_name(buf_span(&text), cert)
		       ? NULL
		       : arena_str_of(&reading->sink->set->arena, buf_span(&text));
}

/* One bad certificate never costs the rest. */
static void add_certificate(struct reading *reading, const struct bag *bag)
{
	struct entry entry = { .trust = TRUST_UNSAID };
	AUTO(error) bad = ERROR_INIT;
	AUTO(buf) name = BUF_INIT;
	AUTO_FREE char *shown = NULL;

	reading->certificates++;
	if (read_certificate(bag, &entry.cert, &bad) &&
	    read_trust(reading, bag, &entry, &bad)) {
		entry.label = label_of(reading, bag, &entry.cert);
		sink_add(reading->sink, &entry);
		return;
	}
	add_utf16(&name, bag->name);
	shown = quoted(buf_span(&name));
	error_in(&bad, _("certificate %zu '%s'"), reading->certificates, shown);
	sink_skip(reading->sink, 0, &bad);
}

static void take_bag(void *ctx, const struct bag *bag)
{
	struct reading *reading = ctx;

	if (bag->kind == BAG_CERTIFICATE)
		add_certificate(reading, bag);
	else if (bag->kind == BAG_KEY || bag->kind == BAG_SHROUDED_KEY)
		reading->keys++;
	else if (bag->kind == BAG_SECRET)
		reading->secrets++;
}

static void look_for_trust(void *ctx, const struct bag *bag)
{
	struct reading *reading = ctx;

	reading->trusts |= bag->kind == BAG_CERTIFICATE && bag->trusted;
	reading->has_keys |= bag->kind == BAG_KEY || bag->kind == BAG_SHROUDED_KEY;
}

static void skip_content(struct reading *reading, size_t number, struct error *why)
{
	error_in(why, _("content %zu"), number);
	sink_skip(reading->sink, 0, why);
}

/* What is broken is told once, when its bags are taken. */
static void find_trust(struct reading *reading, const struct pfx *pfx)
{
	const struct bag_walk walk = { reading, look_for_trust };

	for (size_t i = 0; i < pfx->n; i++) {
		AUTO(error) broken = ERROR_INIT;

		if (pfx->at[i].is_open && !bags_walk(pfx->at[i].bags, &walk, &broken))
			continue;
	}
}

static void take_contents(struct reading *reading, const struct pfx *pfx)
{
	const struct bag_walk walk = { reading, take_bag };

	for (size_t i = 0; i < pfx->n; i++) {
		const struct content *content = &pfx->at[i];
		AUTO(error) bad = ERROR_INIT;

		if (content->is_open) {
			if (!bags_walk(content->bags, &walk, &bad))
				skip_content(reading, i + 1, &bad);
		} else {
			error_fail(&bad, STATUS_INPUT, "%s", content->closed);
			skip_content(reading, i + 1, &bad);
		}
	}
}

static void tell_keys(const struct reading *reading)
{
	size_t n = reading->keys + reading->secrets;
	AUTO_FREE char *text =
		str_format(ngettext("%zu key in it was not looked at",
				    "%zu keys in it were not looked at", n),
			   n);

	if (n)
		passwords_note(reading->sink->passwords, reading->sink->path, text);
}

bool pkcs12_read(struct span file, struct entry_sink *sink, struct error *err)
{
	struct reading reading = { .sink = sink };
	struct arena *arena = &sink->set->arena;
	size_t had = sink->added, expected = file.n / CERT_USUAL;
	AUTO(pfx) pfx = PFX_INIT;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!keep_bytes(&file, sink, err) || !pkcs12_as_der(&file, arena, err) ||
	    !pfx_read(&pfx, file, arena, err) ||
	    !pfx_open(&pfx, arena, sink->passwords, sink->path, err))
		return false;
	if (!sink->taker)
		set_expect(sink->set, expected < EXPECT_MOST ? expected : EXPECT_MOST);
	find_trust(&reading, &pfx);
	take_contents(&reading, &pfx);
	tell_keys(&reading);
	return read_something(sink, had, err);
}
