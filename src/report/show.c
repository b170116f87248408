/* show: everything about an entry. */
#include "report/show.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "base/width.h"
#include "report/list.h"
#include "x509/name.h"

#define LABEL_WIDTH 18

/*
 * One line: what it is, and a text that is escaped already; long ones go on under
 * themselves.
 */
static void add_line(struct report *report, const char *label, const char *text)
{
	size_t width = text_columns(label),
	       fill = width < LABEL_WIDTH ? LABEL_WIDTH - width : 1;

	if (!*text)
		return;
	buf_add_str(&report->out, "  ");
	add_tinted(report, TINT_QUIET, label);
	buf_addf(&report->out, "%*s", (int)fill, "");
	add_wrapped(report, text, 2 + width + fill, 2 + LABEL_WIDTH);
	buf_add_byte(&report->out, '\n');
}

/* The same for a text that is still hostile. */
static void add_hostile(struct report *report, const char *label, struct span text)
{
	AUTO(buf) shown = BUF_INIT;

	escape_terminal(&shown, text);
	add_line(report, label, buf_text(&shown));
}

static void add_hex(struct report *report, const char *label, struct span bytes)
{
	AUTO(buf) hex = BUF_INIT;

	buf_add_hex(&hex, bytes);
	add_line(report, label, buf_text(&hex));
}

static void add_texts(struct report *report, const char *label,
		      const struct text_list *list, const char *between)
{
	AUTO(buf) shown = BUF_INIT;

	for (size_t i = 0; i < list->n; i++) {
		if (i)
			buf_add_str(&shown, between);
		escape_terminal(&shown, buf_span(&list->at[i]));
	}
	if (list->cut)
		buf_add_str(&shown, " \xe2\x80\xa6");
	add_line(report, label, buf_text(&shown));
}

static void add_name(struct report *report, const char *label, struct span name)
{
	AUTO(buf) text = BUF_INIT;

	add_whole_name(&text, name);
	add_line(report, label, text.n ? buf_text(&text) : _("(no name)"));
}

static void add_validity(struct report *report, const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;
	char from[TIME_TEXT], to[TIME_TEXT];

	/*
	 * Translators: two times, such as "2015-06-04T11:04:38Z to
	 * 2035-06-04T11:04:38Z".
	 */
	buf_addf(&text, _("%s to %s"), time_rfc3339(cert->not_before, from),
		 time_rfc3339(cert->not_after, to));
	add_line(report, _("valid"), buf_text(&text));
	buf_clear(&text);
	add_days_left(&text, cert, report->now);
	add_line(report, _("expires"), buf_text(&text));
}

/* Whole where there is room, or where a program may look for it; else its halves. */
static void add_fingerprint(struct report *report, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);
	char hex[SHA256_TEXT];
	AUTO(buf) text = BUF_INIT;
	size_t half = strlen(sha256_hex(&hash, hex)) / 2;

	if (report->unbounded || 2 + LABEL_WIDTH + 2 * half <= report->columns)
		buf_add_str(&text, hex);
	else
		buf_addf(&text, "%.*s %s", (int)half, hex, hex + half);
	add_line(report, "SHA-256", buf_text(&text));
}

static void add_identity(struct report *report, const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;

	add_fingerprint(report, cert);
	add_name(report, _("subject"), cert_part(cert, cert->subject));
	add_name(report, _("issuer"), cert_part(cert, cert->issuer));
	add_serial(&text, cert);
	add_line(report, _("serial"), buf_text(&text));
	add_validity(report, cert);
	buf_clear(&text);
	add_key(&text, cert);
	add_line(report, _("key"), buf_text(&text));
	add_line(report, _("signature"),
		 signature_info(cert_part(cert, cert->outer_algorithm)).name);
}

static void add_ca(struct report *report, const struct details *details)
{
	AUTO(buf) text = BUF_INIT;

	if (!details->ca_said)
		buf_add_str(&text, _("not said"));
	else if (!details->ca)
		buf_add_str(&text, _("no"));
	else if (details->path_length < 0)
		buf_add_str(&text, _("yes"));
	else
		buf_addf(&text,
			 ngettext("yes, with at most %d CA below it",
				  "yes, with at most %d CAs below it",
				  (unsigned long)details->path_length),
			 details->path_length);
	add_line(report, "CA", buf_text(&text));
}

static void add_details(struct report *report, const struct cert *cert)
{
	AUTO(details) details;

	details_read(&details, cert);
	add_ca(report, &details);
	add_texts(report, _("key usage"), &details.key_usage, ", ");
	add_texts(report, _("purposes"), &details.purposes, ", ");
	add_texts(report, _("names"), &details.names, ", ");
	add_texts(report, _("permitted names"), &details.permitted, ", ");
	add_texts(report, _("excluded names"), &details.excluded, ", ");
	add_hex(report, _("subject key id"), details.subject_key_id);
	add_hex(report, _("issuer key id"), details.authority_key_id);
	add_texts(report, _("issuer at"), &details.ca_issuers, " ");
	add_texts(report, "OCSP", &details.ocsp, " ");
	add_texts(report, "CRL", &details.crls, " ");
	add_texts(report, _("critical"), &details.critical, ", ");
	add_texts(report, _("malformed"), &details.unreadable, ", ");
}

static void add_origins(struct report *report, const struct origin *origin)
{
	for (; origin; origin = origin->next) {
		AUTO(buf) text = BUF_INIT;
		char date[TIME_TEXT];

		escape_terminal(&text, span_str(origin->ref ? origin->ref : ""));
		if (origin->added != TIME_NONE)
			buf_addf(&text, _(", added %s"),
				 time_rfc3339(origin->added, date));
		if (origin->mirrored)
			buf_add_str(&text, _(", mirrored"));
		add_line(report, _("from"), buf_text(&text));
	}
}

static void add_fields(struct report *report, const struct field *field)
{
	for (; field; field = field->next) {
		AUTO(buf) text = BUF_INIT, label = BUF_INIT;

		buf_addf(&text, "%s: %s", field->name, field->value);
		escape_terminal(&label, span_str(field->store));
		add_hostile(report, buf_text(&label), buf_span(&text));
	}
}

static void add_what_the_store_says(struct report *report, const struct entry *entry)
{
	AUTO(buf) text = BUF_INIT;

	add_line(report, _("trust"), trust_name(entry->trust));
	if (entry->constraints)
		constraints_text(&text, entry->constraints);
	add_line(report, _("constraints"), buf_text(&text));
	add_hostile(report, _("label"), span_str(entry->label ? entry->label : ""));
	add_hostile(report, _("note"), span_str(entry->note ? entry->note : ""));
	add_origins(report, entry->origin);
	add_fields(report, entry->fields);
}

static void add_relatives(struct report *report, const char *label,
			  const struct relatives *relatives)
{
	for (size_t i = 0; i < relatives->n; i++) {
		const struct cert *cert = &relatives->at[i].entry->cert;
		AUTO(buf) text = BUF_INIT;

		add_short_sha256(&text, cert);
		buf_add_byte(&text, ' ');
		add_subject(&text, cert, SIZE_MAX);
		if (!relatives->at[i].verified)
			buf_add_str(
				&text,
				_(" (by name: the signature cannot be checked here)"));
		add_line(report, label, buf_text(&text));
	}
	if (relatives->cut)
		add_line(report, label, _("... and more"));
}

static void show_text(struct report *report, const struct entry_set *set,
		      const struct entry *entry)
{
	struct relatives relatives;
	AUTO(buf) name = BUF_INIT;

	add_subject(&name, &entry->cert, SIZE_MAX);
	add_tinted(report, TINT_HEAD, buf_text(&name));
	buf_add_byte(&report->out, '\n');
	add_identity(report, &entry->cert);
	add_details(report, &entry->cert);
	add_what_the_store_says(report, entry);
	relatives_who_signed(&relatives, set, entry);
	add_relatives(report, _("signed by"), &relatives);
	relatives_signed_by(&relatives, set, entry);
	add_relatives(report, _("signed"), &relatives);
}

static void show_one(struct report *report, const struct entry_set *set,
		     const struct entry *entry)
{
	struct report_state *state = report->state;

	if (report_is_json(report)) {
		json_result(report, "entries", json_of_shown(report, set, entry));
		return;
	}
	if (state->shown++)
		buf_add_byte(&report->out, '\n');
	show_text(report, set, entry);
	report_flush_piece(report);
}

void report_show(struct report *report, const struct store *store, const bool *hits)
{
	if (report->format == REPORT_CSV) {
		report_list(report, store, hits);
		return;
	}
	json_begin(report, "entries");
	set_index_make(&store->set);
	for (size_t i = 0; i < store->set.n; i++)
		if (!hits || hits[i])
			show_one(report, &store->set, &store->set.at[i]);
	report_flush(report);
}
