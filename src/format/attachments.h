/*
 * What is attached to records of sys_certificate in ServiceNow's XML: keystores, and
 * certificates in DER. FORMATS: a sys_attachment for each, and its bytes in pieces, each
 * a sys_attachment_doc of its own; they stand anywhere in the file.
 */
#pragma once

#include "format/format.h"
#include "format/unload.h"

/* The record that something is attached to; texts are in the arena of the sink's set. */
struct sn_owner {
	struct span sys_id, name;
	size_t line;
	bool active;
	bool trusts;  /* it is of the type that an instance trusts */
	bool waiting; /* its own column is empty: the certificate is attached, or missing
		       */
};

struct sn_attachments {
	struct sn_attachment *at;
	size_t n, cap;
	struct sn_piece *pieces;
	size_t n_pieces, cap_pieces;
	struct sn_owner *owners;
	size_t n_owners, cap_owners;
	struct sn_held *held;
	size_t n_held, cap_held;
	size_t bytes; /* of all pieces */
	bool full;    /* there were more than are kept */
};

bool sn_is_attachment(const char *table);
/* A record of either table. arena: of the sink's set. */
void sn_attachments_take(struct sn_attachments *attachments, struct arena *arena,
			 const struct unload_record *raw);
/* A record of sys_certificate; texts are copied. */
void sn_attachments_own(struct sn_attachments *attachments, struct arena *arena,
			const struct sn_owner *owner);
/*
 * A record of that sys_id has the certificate in its own column: attached to it, that is
 * no second one.
 */
void sn_attachments_hold(struct sn_attachments *attachments, struct span sys_id,
			 const struct cert *cert);
/*
 * All that came: entries of what the instance trusts, inactive entries of its keystores,
 * which it does not. No person is asked for a password. Told with the record's name is
 * what cannot be read, and which records wait for a certificate that did not come.
 */
void sn_attachments_read(struct sn_attachments *attachments, struct entry_sink *sink);
void sn_attachments_clear(struct sn_attachments *attachments);
