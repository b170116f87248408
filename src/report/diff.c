/* diff: how two sets differ, by kind, as an administrator would write it down. */
#include "report/table.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <assert.h>

static const struct {
	const char *heading, *sign;
	enum tint tint;
} kinds[CHANGE_KIND_COUNT] = {
	[CHANGE_ADDED] = { N_("added"), "+", TINT_GOOD },
	[CHANGE_REMOVED] = { N_("removed"), "-", TINT_BAD },
	[CHANGE_TRUST] = { N_("trust changed"), "~", TINT_WARN },
	[CHANGE_CONSTRAINTS] = { N_("constraints changed"), "~", TINT_WARN },
	[CHANGE_LABEL] = { N_("label changed"), "~", TINT_NONE },
	[CHANGE_REISSUED] = { N_("issued again for the same key"), "~", TINT_NONE },
	[CHANGE_CROSS_SIGNED] = { N_("cross-signed twins"), "~", TINT_NONE },
	[CHANGE_RENEWED] = { N_("renewed with a new key"), "~", TINT_WARN },
};

static const struct entry *entry_of(const struct change *change)
{
	return change->after ? change->after : change->before;
}

static void add_constraints(struct buf *out, const struct constraints *constraints)
{
	if (constraints)
		constraints_text(out, constraints);
	else
		buf_add_str(out, _("any purpose"));
}

static void add_label(struct buf *out, const char *label)
{
	if (!label) {
		buf_add_str(out, _("(none)"));
		return;
	}
	buf_addf(out, "'");
	escape_terminal(out, span_str(label));
	buf_addf(out, "'");
}

static void add_date_of(struct buf *out, const struct entry *entry)
{
	char date[TIME_TEXT];

	buf_addf(out, _("until %s"), time_date(entry->cert.not_after, date));
}

/* "anchor", "anchor: server-auth; ..." */
static void add_standing(struct buf *out, const struct entry *entry)
{
	buf_add_str(out, trust_name(entry->trust));
	if (entry->constraints) {
		buf_add_str(out, ": ");
		constraints_text(out, entry->constraints);
	}
}

static void add_pair(struct buf *out, const struct change *change)
{
	AUTO(buf) before = BUF_INIT;
	AUTO(buf) after = BUF_INIT;

	add_short_sha256(&before, &change->before->cert);
	add_short_sha256(&after, &change->after->cert);
	buf_addf(out, "%s \xe2\x86\x92 %s, ", buf_text(&before), buf_text(&after));
	add_date_of(out, change->after);
	if (change->before->trust != change->after->trust)
		buf_addf(out, ", %s \xe2\x86\x92 %s", trust_name(change->before->trust),
			 trust_name(change->after->trust));
}

static void add_twin(struct buf *out, const struct change *change)
{
	AUTO(buf) issuer = BUF_INIT;

	buf_add_str(out, change->after ? _("added, ") : _("removed, "));
	add_standing(out, entry_of(change));
	add_issuer(&issuer, &entry_of(change)->cert, SIZE_MAX);
	buf_addf(out, _(", issued by '%s'"), buf_text(&issuer));
}

/* What follows the name: what is different. */
static void add_difference(struct buf *out, const struct change *change)
{
	switch (change->kind) {
	case CHANGE_ADDED:
	case CHANGE_REMOVED:
		add_standing(out, entry_of(change));
		break;
	case CHANGE_TRUST:
		buf_addf(out, "%s \xe2\x86\x92 %s", trust_name(change->before->trust),
			 trust_name(change->after->trust));
		break;
	case CHANGE_CONSTRAINTS:
		add_constraints(out, change->before->constraints);
		buf_add_str(out, " \xe2\x86\x92 ");
		add_constraints(out, change->after->constraints);
		break;
	case CHANGE_LABEL:
		add_label(out, change->before->label);
		buf_add_str(out, " \xe2\x86\x92 ");
		add_label(out, change->after->label);
		break;
	case CHANGE_CROSS_SIGNED:
		add_twin(out, change);
		break;
	default:
		add_pair(out, change);
		break;
	}
}

static void add_change(struct report *report, const struct change *change)
{
	AUTO(buf) line = BUF_INIT;
	const struct cert *cert = &entry_of(change)->cert;

	add_short_sha256(&line, cert);
	buf_add_byte(&line, ' ');
	add_subject(&line, cert, SIZE_MAX);
	buf_add_str(&line, " (");
	add_difference(&line, change);
	buf_add_byte(&line, ')');
	buf_add_str(&report->out, "  ");
	add_tinted(report, kinds[change->kind].tint, kinds[change->kind].sign);
	buf_add_byte(&report->out, ' ');
	add_wrapped(report, buf_text(&line), 4, 6);
	buf_add_byte(&report->out, '\n');
	report_flush_piece(report);
}

static void add_entries(struct report *report, const struct diff *diff)
{
	size_t kind = CHANGE_KIND_COUNT;

	for (size_t i = 0; i < diff->n; i++) {
		if (diff->at[i].kind != kind) {
			kind = diff->at[i].kind;
			buf_addf(&report->out, "%s:\n", _(kinds[kind].heading));
		}
		add_change(report, &diff->at[i]);
	}
}

static const char *count_format(enum change_kind kind, unsigned long n)
{
	switch (kind) {
	case CHANGE_ADDED:
		return ngettext("%zu added", "%zu added", n);
	case CHANGE_REMOVED:
		return ngettext("%zu removed", "%zu removed", n);
	case CHANGE_TRUST:
		return ngettext("%zu with other trust", "%zu with other trust", n);
	case CHANGE_CONSTRAINTS:
		return ngettext("%zu with other constraints",
				"%zu with other constraints", n);
	case CHANGE_LABEL:
		return ngettext("%zu with another label", "%zu with other labels", n);
	case CHANGE_REISSUED:
		return ngettext("%zu issued again", "%zu issued again", n);
	case CHANGE_CROSS_SIGNED:
		return ngettext("%zu cross-signed twin", "%zu cross-signed twins", n);
	default:
		return ngettext("%zu renewed", "%zu renewed", n);
	}
}

static void add_counts(struct report *report, const struct diff *diff)
{
	AUTO(buf) line = BUF_INIT;

	for (size_t i = 0; i < CHANGE_KIND_COUNT; i++) {
		AUTO_FREE char *count = NULL;

		if (!diff->count[i])
			continue;
		count = str_format(count_format((enum change_kind)i, diff->count[i]),
				   diff->count[i]);
		buf_addf(&line, "%s%s", line.n ? ", " : "", count);
	}
	if (!line.n)
		buf_add_str(&line, _("no difference"));
	if (diff->anchors_gained || diff->anchors_lost)
		buf_addf(&line, _(" (anchors: %zu more, %zu fewer)"),
			 diff->anchors_gained, diff->anchors_lost);
	add_wrapped(report, buf_text(&line), 0, 2);
	buf_add_byte(&report->out, '\n');
}

static json_t *json_of_side(const struct report *report, const struct entry *entry)
{
	return entry ? json_of_entry(report, entry) : json_null();
}

static json_t *json_of_change(const struct report *report, const struct change *change)
{
	json_t *object = json_object();

	json_put(object, "change", json_of_string(change_name(change->kind)));
	json_put(object, "before", json_of_side(report, change->before));
	json_put(object, "after", json_of_side(report, change->after));
	if (change->twin) {
		struct sha256 twin = cert_sha256(&change->twin->cert);

		json_put(object, "twin", json_of_sha256(&twin));
	}
	return object;
}

/* DIFF_SUMMARY: one result with the count of each kind. */
static json_t *json_of_counts(const struct diff *diff)
{
	json_t *object = json_object();

	for (size_t i = 0; i < CHANGE_KIND_COUNT; i++)
		json_put(object, change_name((enum change_kind)i),
			 json_integer((json_int_t)diff->count[i]));
	json_put(object, "anchors_gained",
		 json_integer((json_int_t)diff->anchors_gained));
	json_put(object, "anchors_lost", json_integer((json_int_t)diff->anchors_lost));
	return object;
}

static void diff_json(struct report *report, const struct diff *diff,
		      enum diff_detail detail)
{
	if (detail == DIFF_SUMMARY) {
		json_result(report, "counts", json_of_counts(diff));
		return;
	}
	json_begin(report, "changes");
	for (size_t i = 0; i < diff->n; i++)
		json_result(report, "changes", json_of_change(report, &diff->at[i]));
}

static void add_csv_side(struct buf *out, const struct entry *entry)
{
	struct sha256 hash;

	if (!entry) {
		buf_add_str(out, ",,");
		return;
	}
	hash = cert_sha256(&entry->cert);
	buf_addf(out, ",");
	buf_add_hex(out, span_of(hash.at, sizeof(hash.at)));
	buf_addf(out, ",%s", trust_name(entry->trust));
}

static void diff_csv(struct report *report, const struct diff *diff)
{
	report_csv_header(
		report,
		"change,subject,before_sha256,before_trust,after_sha256,after_trust");
	for (size_t i = 0; i < diff->n; i++) {
		const struct cert *cert = &entry_of(&diff->at[i])->cert;
		AUTO(buf) name = BUF_INIT;

		name_text(&name, cert_part(cert, cert->subject));
		buf_addf(&report->out, "%s,", change_name(diff->at[i].kind));
		escape_csv(&report->out, buf_span(&name));
		add_csv_side(&report->out, diff->at[i].before);
		add_csv_side(&report->out, diff->at[i].after);
		buf_add_byte(&report->out, '\n');
		report_flush_piece(report);
	}
}

void report_diff(struct report *report, const struct diff *diff, enum diff_detail detail)
{
	if (report_is_json(report)) {
		diff_json(report, diff, detail);
	} else if (report->format == REPORT_CSV) {
		diff_csv(report, diff);
	} else {
		if (detail == DIFF_ENTRIES)
			add_entries(report, diff);
		add_counts(report, diff);
	}
	report_flush(report);
}
