/* A validation: dispatch to its text, JSON or CSV, and what these share. */
#include "report/validation.h"

#include "report/clients.h"

#include "base/escape.h"
#include "x509/name.h"

/*
 * Of what was dialled the connection keeps the bytes; of files the pool has the
 * certificates.
 */
static bool next_of_pool(struct presented_walk *walk, struct presented_cert *presented)
{
	const struct pool *pool = walk->validation->pool;

	for (; pool && walk->next < pool_count(pool); walk->next++) {
		const struct pool_cert *cert = pool_at(pool, walk->next);

		if (cert->position == SIZE_MAX)
			continue;
		*presented = (struct presented_cert){ cert->position, true, cert->cert,
						      cert_der(&cert->cert) };
		walk->next++;
		return true;
	}
	return false;
}

bool presented_next(struct presented_walk *walk, struct presented_cert *presented)
{
	const struct net_presented *from = &walk->validation->presented;
	AUTO(error) err = ERROR_INIT;

	if (!from->n_certs)
		return next_of_pool(walk, presented);
	if (walk->next == from->n_certs)
		return false;
	presented->position = walk->next++;
	presented->der = from->certs[presented->position];
	presented->readable = cert_read(&presented->cert, presented->der, &err);
	return true;
}

static void add_text_part(struct buf *out, const char *text, const char *before)
{
	if (!text || !*text)
		return;
	buf_add_str(out, out->n ? ", " : "");
	buf_add_str(out, before);
	escape_terminal(out, span_str(text));
}

void add_negotiated(struct buf *out, const struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	AUTO(buf) parts = BUF_INIT;

	add_text_part(&parts, presented->tls_version, "");
	add_text_part(&parts, presented->cipher, "");
	add_text_part(&parts, presented->group, "");
	buf_add(out, buf_span(&parts));
}

/*
 * A self-signed certificate by itself is told twice, as a root and as a leaf; clients have one text
 * for it.
 */
enum finding_code code_for_clients(const struct finding_list *findings, size_t i)
{
	enum finding_code code = findings->at[i].code;

	return code == FINDING_UNTRUSTED_ROOT && finding_list_has(findings, FINDING_SELF_SIGNED_LEAF)
		       ? FINDING_SELF_SIGNED_LEAF
		       : code;
}

static void add_codes(struct buf *out, const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		buf_addf(out, "%s%s", i ? " " : "", finding_name(findings->at[i].code));
}

static void add_csv_cert(struct buf *out, const struct pool_cert *cert)
{
	struct sha256 hash;

	buf_add_byte(out, ',');
	if (!cert)
		return;
	hash = cert_sha256(&cert->cert);
	buf_add_hex(out, span_of(hash.at, sizeof(hash.at)));
}

/* A column for each client. */
static void add_csv_header(struct report *report, const struct validation *validation)
{
	AUTO(buf) header = BUF_INIT;

	buf_add_str(&header, "target,store,verdict,tls,findings,leaf_sha256,leaf_not_after,"
			     "anchor_sha256");
	for (size_t i = 0; i < validation->n_clients; i++)
		buf_addf(&header, ",%s", validation->clients[i].rules->name);
	report_csv_header(report, buf_text(&header));
}

static void validation_csv(struct report *report, const struct validation *validation)
{
	const struct path *path = &validation->path;
	struct buf *out = &report->out;
	char until[TIME_TEXT];

	add_csv_header(report, validation);
	escape_csv(out, span_str(validation->target ? validation->target : ""));
	buf_add_byte(out, ',');
	escape_csv(out, span_str(validation->store ? validation->store : ""));
	buf_addf(out, ",%s,", verdict_name(validation->verdict));
	escape_csv(out, span_str(validation->presented.tls_version
					 ? validation->presented.tls_version
					 : ""));
	buf_add_byte(out, ',');
	add_codes(out, &validation->findings);
	add_csv_cert(out, validation->leaf);
	buf_addf(out, ",%s",
		 validation->leaf ? time_rfc3339(validation->leaf->cert.not_after, until)
				  : "");
	add_csv_cert(out, path->complete && path->n ? path->at[path->n - 1] : NULL);
	for (size_t i = 0; i < validation->n_clients; i++) {
		buf_add_byte(out, ',');
		add_client_words(out, &validation->clients[i]);
	}
	buf_add_byte(out, '\n');
}

void report_validation(struct report *report, const struct validation *validation)
{
	struct report_state *state = report->state;

	if (report_is_json(report)) {
		json_result(report, "validations", json_of_validation(validation));
	} else if (report->format == REPORT_CSV) {
		validation_csv(report, validation);
	} else {
		if (state->shown++)
			buf_add_byte(&report->out, '\n');
		validation_text(report, validation);
	}
	report_flush(report);
}
