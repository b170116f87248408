/*
 * ServiceNow: what "Export XML" of the list of certificates gives and "Import XML" takes,
 * an unload of sys_certificate records. FORMATS: the envelope was read in exports of
 * other tables, the columns in two dumps of the schema; no whole export of this table was
 * to be had, so the reader is tolerant, and the writer keeps what a record had.
 */
#include "format/servicenow.h"

#include "base/i18n.h"
#include "format/unload.h"

static bool is_update(struct span table)
{
	return span_eq(table, SPAN("sys_remote_update_set")) ||
	       span_eq(table, SPAN("sys_update_xml"));
}

static enum probe probe(struct span head, bool whole)
{
	struct span table;

	(void)whole;
	return unload_probe(head, &table) && !is_update(table) ? PROBE_SURE : PROBE_NO;
}

static bool write_at(const struct entry_set *set, int64_t now, struct buf *out,
		     struct error *err)
{
	AUTO(sn_records) records = SN_RECORDS_INIT;

	(void)err; /* whatever XML forbids is written as U+FFFD */
	sn_records_make(&records, set, now);
	sn_begin(out, now);
	for (size_t i = 0; i < records.n; i++) {
		sn_write_record(out, &records.at[i], "\n");
		buf_add_byte(out, '\n');
	}
	sn_end(out);
	return true;
}

const struct format format_servicenow = {
	.name = "servicenow",
	.summary = N_("ServiceNow's certificates as Export XML and Import XML have them"),
	.extension = "xml",
	/* Anchors and intermediates are alike there; what is distrusted is inactive. */
	.carries = CARRIES_LABEL | CARRIES_INACTIVE | CARRIES_FIELDS,
	.probe = probe,
	.read = servicenow_read,
	.write_at = write_at,
	.afterwards = sn_afterwards,
};
