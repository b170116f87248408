/*
 * p11-kit objects from entries: the same bytes for the same set. p11-kit has one list of
 * purposes for a key and two dates for a certificate; where an entry says more, p11-kit
 * is told less than it allows, never more; but a bound on the first log entry (SCT)
 * becomes one on the date of issue, the nearest word that it has. Every text is
 * percent-encoded, so that none of it can become a line of its own.
 */
#include "base/escape.h"
#include "format/p11_kit.h"
#include "format/p11_object.h"
#include "x509/der.h"
#include "x509/pem.h"

#include <stdio.h>

/* ---- what p11-kit can be told ---- */

struct view {
	struct purposes purposes;
	int64_t server_after, email_after;
};

/* The date of issue that stands for the alternative's bounds on the purpose. */
static int64_t bound_of(const struct alternative *alternative, enum purpose purpose)
{
	int64_t issued = alternative->issued_before[purpose],
		sct = alternative->sct_before;

	if (issued == TIME_NONE || sct == TIME_NONE)
		return issued == TIME_NONE ? sct : issued;
	return issued < sct ? issued : sct;
}

static bool has_date_word(enum purpose purpose)
{
	return purpose == PURPOSE_SERVER_AUTH || purpose == PURPOSE_EMAIL;
}

/* Adds the purpose as far as the alternative gives it in p11-kit's words. */
static void view_purpose(struct view *view, const struct alternative *alternative,
			 enum purpose purpose)
{
	int64_t *after =
		purpose == PURPOSE_EMAIL ? &view->email_after : &view->server_after;
	int64_t bound = bound_of(alternative, purpose);
	bool known = view->purposes.known >> purpose & 1;

	if (!alternative_good_for(alternative, purpose) || alternative->dns_subtrees)
		return;
	if (!has_date_word(purpose)) {
		view->purposes.known |= bound == TIME_NONE ? 1u << purpose : 0;
		return;
	}
	/* Of two alternatives the later date counts, and none is the latest. */
	if (!known || bound == TIME_NONE || (*after != TIME_NONE && bound > *after))
		*after = bound;
	view->purposes.known |= 1u << purpose;
}

static bool is_any(const struct alternative *alternative)
{
	bool any = !alternative->purposes &&
		   !(alternative->other_purposes && alternative->other_purposes[0]) &&
		   alternative->sct_before == TIME_NONE && !alternative->dns_subtrees;

	for (size_t i = 0; i < PURPOSE_COUNT; i++) {
		if (!has_date_word((enum purpose)i) &&
		    alternative->issued_before[i] != TIME_NONE)
			any = false;
	}
	return any;
}

static void view_alternative(struct view *view, struct arena *arena,
			     const struct alternative *alternative)
{
	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		view_purpose(view, alternative, (enum purpose)i);
	view->purposes.any |= is_any(alternative);
	if (alternative->sct_before != TIME_NONE || alternative->dns_subtrees)
		return;
	for (size_t i = 0; alternative->other_purposes && alternative->other_purposes[i];
	     i++) {
		/* What is no object identifier is asked for by nobody. */
		if (view->purposes.n_others < PURPOSES_MOST)
			(void)purposes_add(&view->purposes, arena,
					   alternative->other_purposes[i]);
	}
}

static struct view view_of(const struct entry *entry, struct arena *arena)
{
	struct view view = { .server_after = TIME_NONE, .email_after = TIME_NONE };

	if (!entry->constraints)
		view.purposes.any = true;
	for (size_t i = 0; entry->constraints && i < entry->constraints->n; i++)
		view_alternative(&view, arena, &entry->constraints->at[i]);
	if (view.purposes.any) {
		view.purposes.known = 0;
		view.purposes.n_others = 0;
	} else if (!view.purposes.known && !view.purposes.n_others) {
		(void)purposes_add(&view.purposes, arena, OID_NO_PURPOSE);
	}
	return view;
}

/* ---- one key, one list ---- */

struct writing {
	const struct entry_set *set;
	const struct p11_kit_extra *extra;
	struct buf *out;
	struct arena arena;
	const struct purposes *
		*of_key; /* by number of entry: what its key is told, NULL not yet */
};

static void writing_clear(struct writing *writing)
{
	arena_clear(&writing->arena);
	mem_free(writing->of_key);
}

static bool is_first(const struct entry_set *set, const struct entry *entry)
{
	return set_find(set, &entry->cert) == entry;
}

struct agreement {
	struct writing *writing;
	struct purposes *purposes;
	bool started;
};

static bool agree(void *ctx, const struct entry *entry)
{
	struct agreement *agreement = ctx;
	struct writing *writing = agreement->writing;
	struct view view;

	if (entry->trust != TRUST_ANCHOR || !is_first(writing->set, entry))
		return true;
	view = view_of(entry, &writing->arena);
	if (agreement->started)
		purposes_intersect(agreement->purposes, &writing->arena, &view.purposes);
	else
		*agreement->purposes = view.purposes;
	agreement->started = true;
	writing->of_key[entry - writing->set->at] = agreement->purposes;
	return true;
}

/*
 * What all anchors with the key are good for; true where this is the first of them to be
 * written.
 */
static bool settle_key(struct writing *writing, const struct entry *entry)
{
	struct agreement agreement = { writing, NULL, false };

	if (writing->of_key[entry - writing->set->at])
		return false;
	agreement.purposes = arena_alloc(&writing->arena, sizeof(*agreement.purposes));
	set_by_key(writing->set, cert_part(&entry->cert, entry->cert.spki), &agreement,
		   agree);
	return true;
}

/* ---- text ---- */

static void add_text(struct buf *out, const char *name, struct span text)
{
	buf_addf(out, "%s: \"", name);
	escape_percent(out, text, PERCENT_KEEP_SPACE);
	buf_add_str(out, "\"\n");
}

static void add_digits(struct buf *out, const char *text, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] >= '0' && text[i] <= '9')
			buf_add_byte(out, (uint8_t)text[i]);
	}
}

/*
 * UTCTime where the year allows it (RFC 5280 4.1.2.5), as NSS expects it, else
 * GeneralizedTime.
 */
void p11_kit_date(struct buf *out, int64_t at)
{
	char text[TIME_TEXT];
	bool short_year;

	time_rfc3339(at, text);
	short_year = strncmp(text, "1950", 4) >= 0 && strncmp(text, "2050", 4) < 0;
	add_digits(out, text + (short_year ? 2 : 0), strlen(text) - (short_year ? 2 : 0));
	buf_add_byte(out, 'Z');
}

static void add_date(struct buf *out, const char *name, int64_t at)
{
	if (at == TIME_NONE)
		return;
	buf_addf(out, "%s: \"", name);
	p11_kit_date(out, at);
	buf_add_str(out, "\"\n");
}

static void begin_data(struct buf *out, const char *application, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);
	char hex[SHA256_TEXT];

	buf_addf(out, P11_HEADER "\nclass: data\napplication: \"%s\"\nlabel: \"%s\"\n",
		 application, sha256_hex(&hash, hex));
}

static void write_certificate(struct buf *out, const struct entry *entry,
			      const struct view *view)
{
	bool dated = view->server_after != TIME_NONE || view->email_after != TIME_NONE;

	buf_add_str(out, P11_HEADER "\n");
	if (entry->label)
		add_text(out, "label", span_str(entry->label));
	if (entry->trust == TRUST_DISTRUSTED)
		buf_add_str(out, "x-distrusted: true\n");
	if (entry->trust == TRUST_ANCHOR) {
		buf_add_str(out, "trusted: true\n");
		/* NSS looks at the dates of roots of that policy only. */
		buf_add_str(out, dated ? "nss-mozilla-ca-policy: true\n" : "");
		add_date(out, "nss-server-distrust-after", view->server_after);
		add_date(out, "nss-email-distrust-after", view->email_after);
	}
	pem_write(out, "CERTIFICATE", cert_der(&entry->cert));
	buf_add_byte(out, '\n');
}

static void write_extension(struct buf *out, const struct cert *cert,
			    const struct purposes *purposes)
{
	static const uint8_t oid[] = { 0x55, 0x1d, 0x25 }; /* 2.5.29.37 */
	AUTO(buf) list = BUF_INIT;
	AUTO(buf) inside = BUF_INIT;
	AUTO(buf) extension = BUF_INIT;

	purposes_write(&list, purposes);
	der_add(&inside, DER_OID, span_of(oid, sizeof(oid)));
	der_add(&inside, DER_OCTET_STRING, buf_span(&list));
	der_add(&extension, DER_SEQUENCE, buf_span(&inside));
	buf_add_str(out, P11_HEADER
		    "\nclass: x-certificate-extension\nobject-id: 2.5.29.37\n");
	add_text(out, "value", buf_span(&extension));
	pem_write(out, "PUBLIC KEY", cert_part(cert, cert->spki));
	buf_add_byte(out, '\n');
}

/*
 * An anchor that is good for other purposes than its key was told keeps them in a data
 * object.
 */
static void write_purposes(struct writing *writing, const struct entry *entry,
			   const struct view *view)
{
	bool first = settle_key(writing, entry);
	const struct purposes *told = writing->of_key[entry - writing->set->at];
	AUTO(buf) text = BUF_INIT;

	if (first && !told->any)
		write_extension(writing->out, &entry->cert, told);
	if (purposes_equal(told, &view->purposes))
		return;
	purposes_text(&text, &view->purposes);
	begin_data(writing->out, P11_APPLICATION_OURS, &entry->cert);
	add_text(writing->out, "value", buf_span(&text));
	buf_add_byte(writing->out, '\n');
}

static void write_extra(struct writing *writing, const struct entry *entry)
{
	const struct p11_kit_extra *extra = writing->extra;
	AUTO_FREE char *value = extra ? extra->value(extra->ctx, entry) : NULL;

	if (!value)
		return;
	begin_data(writing->out, P11_APPLICATION, &entry->cert);
	add_text(writing->out, "value", span_str(value));
	buf_add_byte(writing->out, '\n');
}

void p11_kit_write(const struct entry_set *set, const struct p11_kit_extra *extra,
		   struct buf *out)
{
	AUTO(writing) writing = { set, extra, out, ARENA_INIT, NULL };
	AUTO_FREE size_t *order = set_order(set);

	writing.of_key = mem_array(set->n, sizeof(*writing.of_key));
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[order[i]];
		struct view view;

		if (!is_first(set, entry))
			continue;
		view = view_of(entry, &writing.arena);
		write_certificate(out, entry, &view);
		if (entry->trust == TRUST_ANCHOR)
			write_purposes(&writing, entry, &view);
		write_extra(&writing, entry);
	}
}
