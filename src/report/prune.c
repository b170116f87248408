/* prune: the plan, each entry that goes with its reason. */
#include "report/facts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <assert.h>

static const struct {
	const char *name; /* stable, for machines */
	const char *heading;
} reason_table[] = {
	[PRUNE_KEPT] = { "kept", NULL },
	[PRUNED_EXPIRED] = { "expired", N_("expired") },
	[PRUNED_DUPLICATE] = { "duplicate",
			       N_("made needless by a newer one of the same key") },
	[PRUNED_ORPHAN] = { "orphan", N_("leading to no anchor of the store") },
	[PRUNED_SELECTED] = { "selected", N_("selected") },
};

static void add_why(struct report *report, struct buf *out, const struct entry *entry,
		    const struct entry *twin)
{
	buf_addf(out, "%s, ", trust_name(entry->trust));
	add_days_left(out, &entry->cert, report->now);
	if (twin) {
		AUTO(buf) hash = BUF_INIT;
		char date[TIME_TEXT];

		add_short_sha256(&hash, &twin->cert);
		buf_addf(out, _("; %s stays until %s"), buf_text(&hash),
			 time_date(twin->cert.not_after, date));
	}
}

static void add_entry(struct report *report, const struct entry *entry,
		      const struct entry *twin)
{
	AUTO(buf) line = BUF_INIT;

	add_short_sha256(&line, &entry->cert);
	buf_add_byte(&line, ' ');
	add_subject(&line, &entry->cert, SIZE_MAX);
	buf_add_str(&line, " (");
	add_why(report, &line, entry, twin);
	buf_add_byte(&line, ')');
	buf_add_str(&report->out, "  ");
	add_tinted(report, TINT_BAD, "-");
	buf_add_byte(&report->out, ' ');
	add_wrapped(report, buf_text(&line), 4, 6);
	buf_add_byte(&report->out, '\n');
	report_flush_piece(report);
}

static size_t add_reason(struct report *report, const struct entry_set *set,
			 const enum prune_reason *reasons,
			 const struct entry *const *twins, enum prune_reason reason)
{
	size_t n = 0;

	for (size_t i = 0; i < set->n; i++) {
		if (reasons[i] != reason)
			continue;
		n++;
		if (report->quiet)
			continue;
		if (n == 1)
			buf_addf(&report->out, "%s:\n", _(reason_table[reason].heading));
		add_entry(report, &set->at[i], twins ? twins[i] : NULL);
	}
	return n;
}

static void prune_text(struct report *report, const struct entry_set *set,
		       const enum prune_reason *reasons, const struct entry *const *twins)
{
	size_t n = 0;

	for (size_t i = PRUNED_EXPIRED; i < COUNT(reason_table); i++)
		n += add_reason(report, set, reasons, twins, (enum prune_reason)i);
	buf_addf(&report->out,
		 ngettext("%zu entry to be removed, ", "%zu entries to be removed, ", n),
		 n);
	buf_addf(&report->out, ngettext("%zu stays\n", "%zu stay\n", set->n - n),
		 set->n - n);
}

static json_t *json_of_pruned(const struct report *report, const struct entry *entry,
			      enum prune_reason reason, const struct entry *twin)
{
	json_t *object = json_of_entry(report, entry);

	json_put(object, "reason", json_of_string(reason_table[reason].name));
	if (twin) {
		struct sha256 hash = cert_sha256(&twin->cert);

		json_put(object, "twin", json_of_sha256(&hash));
	} else {
		json_put(object, "twin", json_null());
	}
	return object;
}

static void add_csv(struct buf *out, const struct entry *entry, enum prune_reason reason,
		    const struct entry *twin)
{
	struct sha256 hash = cert_sha256(&entry->cert);
	char text[SHA256_TEXT], until[TIME_TEXT], twin_text[SHA256_TEXT] = "";
	AUTO(buf) name = BUF_INIT;

	buf_addf(out, "%s,%s,", reason_table[reason].name, sha256_hex(&hash, text));
	name_text(&name, cert_part(&entry->cert, entry->cert.subject));
	escape_csv(out, buf_span(&name));
	if (twin) {
		struct sha256 twin_hash = cert_sha256(&twin->cert);

		sha256_hex(&twin_hash, twin_text);
	}
	buf_addf(out, ",%s,%s,%s\n", time_rfc3339(entry->cert.not_after, until),
		 trust_name(entry->trust), twin_text);
}

static void prune_one(struct report *report, const struct entry *entry,
		      enum prune_reason reason, const struct entry *twin)
{
	assert(reason < COUNT(reason_table));
	if (reason == PRUNE_KEPT)
		return;
	if (report_is_json(report))
		json_result(report, "pruned",
			    json_of_pruned(report, entry, reason, twin));
	else
		add_csv(&report->out, entry, reason, twin);
	report_flush_piece(report);
}

void report_prune(struct report *report, const struct entry_set *set,
		  const enum prune_reason *reasons, const struct entry *const *twins)
{
	json_begin(report, "pruned");
	if (report->format == REPORT_CSV)
		report_csv_header(report, "reason,sha256,subject,not_after,trust,twin");
	if (report->format == REPORT_TEXT)
		prune_text(report, set, reasons, twins);
	for (size_t i = 0; i < set->n && report->format != REPORT_TEXT; i++)
		prune_one(report, &set->at[i], reasons[i], twins ? twins[i] : NULL);
	report_flush(report);
}
