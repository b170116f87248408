/*
 * A ServiceNow update set: one sys_remote_update_set and a sys_update_xml for each
 * record, whose payload is a document of its own. FORMATS: a payload stands in CDATA, or
 * in entities where it holds "]]>" itself. Both are read; ours never hold it, so CDATA is
 * written. Committing an update set runs the platform's logic, which a plain import does
 * not.
 */
#include "format/servicenow.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/unload.h"

static enum probe probe(struct span head, bool whole)
{
	struct span table;

	(void)whole;
	return unload_probe(head, &table) &&
			       (span_eq(table, SPAN("sys_remote_update_set")) ||
				span_eq(table, SPAN("sys_update_xml")))
		       ? PROBE_SURE
		       : PROBE_NO;
}

/* What all records of one update set share. */
struct update_set {
	struct buf *out;
	char now[SN_TIME];
	char sys_id[SN_ID];
	char *name;
};

static void update_set_clear(struct update_set *set)
{
	mem_free(set->name);
}

static void write_columns(struct update_set *set, const struct sn_column *columns,
			  size_t n)
{
	for (size_t i = 0; i < n; i++) {
		sn_write_column(set->out, &columns[i]);
		buf_add_byte(set->out, '\n');
	}
}

static void write_set(struct update_set *set)
{
	char remote[SN_ID];
	const struct sn_column columns[] = {
		{ "application", "global", "Global" },
		{ "application_name", "Global", NULL },
		{ "application_scope", "global", NULL },
		{ "application_version", "", NULL },
		{ "collisions", "", NULL },
		{ "commit_date", "", NULL },
		{ "deleted", "", NULL },
		{ "description", "Trusted certificates, written by rootcellar", NULL },
		{ "inserted", "", NULL },
		{ "name", set->name, NULL },
		{ "origin_sys_id", "", NULL },
		{ "parent", "", "" },
		{ "release_date", "", NULL },
		{ "remote_base_update_set", "", "" },
		{ "remote_parent_id", "", NULL },
		{ "remote_sys_id", remote, NULL },
		{ "state", "loaded", NULL },
		{ "summary", "", NULL },
		{ "sys_class_name", "sys_remote_update_set", NULL },
		{ "sys_created_by", "admin", NULL },
		{ "sys_created_on", set->now, NULL },
		{ "sys_id", set->sys_id, NULL },
		{ "sys_mod_count", "0", NULL },
		{ "sys_updated_by", "admin", NULL },
		{ "sys_updated_on", set->now, NULL },
		{ "update_set", "", "" },
		{ "update_source", "", "" },
		{ "updated", "", NULL },
	};

	/* That of the update set in the instance where it would have been made. */
	sn_id(span_str(set->sys_id), remote);
	buf_add_str(set->out, "<sys_remote_update_set action=\"INSERT_OR_UPDATE\">\n");
	write_columns(set, columns, COUNT(columns));
	buf_add_str(set->out, "</sys_remote_update_set>\n");
}

/* The payload goes in as it is: escape_xml leaves no "]]>" in it. */
static void write_payload(struct update_set *set, struct span payload)
{
	buf_add_str(set->out, "<payload><![CDATA[");
	buf_add(set->out, payload);
	buf_add_str(set->out, "]]></payload>\n");
}

static void write_update(struct update_set *set, const struct sn_record *record,
			 struct span payload)
{
	AUTO_FREE char *name = str_format("sys_certificate_%s", record->sys_id);
	AUTO_FREE char *source = str_format("%s %s", set->sys_id, name);
	char sys_id[SN_ID];
	const struct sn_column before[] = {
		{ "action", "INSERT_OR_UPDATE", NULL },
		{ "application", "global", "Global" },
		{ "category", "customer", NULL },
		{ "comments", "", NULL },
		{ "name", name, NULL },
	};
	const struct sn_column after[] = {
		{ "payload_hash", "", NULL },
		{ "remote_update_set", set->sys_id, set->name },
		{ "replace_on_upgrade", "false", NULL },
		{ "sys_created_by", "admin", NULL },
		{ "sys_created_on", set->now, NULL },
		{ "sys_id", sys_id, NULL },
		{ "sys_mod_count", "0", NULL },
		{ "sys_recorded_at", "", NULL },
		{ "sys_updated_by", "admin", NULL },
		{ "sys_updated_on", set->now, NULL },
		{ "table", "", NULL },
		{ "target_name", record->name, NULL },
		{ "type", "X.509 Certificate", NULL },
		{ "update_domain", "global", NULL },
		{ "update_guid", "", NULL },
		{ "update_guid_history", "", NULL },
		{ "update_set", "", "" },
		{ "view", "", NULL },
	};

	sn_id(span_str(source), sys_id);
	buf_add_str(set->out, "<sys_update_xml action=\"INSERT_OR_UPDATE\">\n");
	write_columns(set, before, COUNT(before));
	write_payload(set, payload);
	write_columns(set, after, COUNT(after));
	buf_add_str(set->out, "</sys_update_xml>\n");
}

static void make_payload(struct buf *payload, const struct sn_record *record)
{
	payload->n = 0;
	buf_add_str(payload, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>"
			     "<record_update table=\"sys_certificate\">");
	sn_write_record(payload, record, "");
	buf_add_str(payload, "</record_update>");
}

/* The same records at the same time are the same update set; any other is another. */
static void identify(struct update_set *set, const struct sn_records *records)
{
	AUTO(buf) all = BUF_INIT;

	buf_add_str(&all, set->now);
	for (size_t i = 0; i < records->n; i++)
		sn_write_record(&all, &records->at[i], "");
	sn_id(buf_span(&all), set->sys_id);
	set->name = str_format("Trusted certificates, %s", set->now);
}

static bool write_at(const struct entry_set *entries, int64_t now, struct buf *out,
		     struct error *err)
{
	AUTO(update_set) set = { .out = out };
	AUTO(sn_records) records = SN_RECORDS_INIT;
	AUTO(buf) payload = BUF_INIT;

	(void)err; /* whatever XML forbids is written as U+FFFD */
	sn_records_make(&records, entries, now);
	sn_time(now, set.now);
	identify(&set, &records);
	sn_begin(out, now);
	write_set(&set);
	for (size_t i = 0; i < records.n; i++) {
		make_payload(&payload, &records.at[i]);
		write_update(&set, &records.at[i], buf_span(&payload));
	}
	sn_end(out);
	return true;
}

const struct format format_servicenow_updateset = {
	.name = "servicenow-updateset",
	.summary =
		N_("ServiceNow's certificates as an update set, to preview and commit"),
	.extension = "xml",
	.carries = CARRIES_LABEL | CARRIES_INACTIVE | CARRIES_FIELDS,
	.probe = probe,
	.read = servicenow_read,
	.write_at = write_at,
	.afterwards = sn_afterwards,
};
