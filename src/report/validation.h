/* What the text of a validation, its JSON and the work note share. */
#pragma once

#include "report/facts.h"

/* One presented certificate after the other, in the order of presentation. */
struct presented_walk {
	const struct validation *validation;
	size_t next;
};
struct presented_cert {
	size_t position;
	bool readable;
	struct cert cert; /* where readable */
	struct span der;
};
bool presented_next(struct presented_walk *walk, struct presented_cert *presented);

/* The code for whose texts of clients finding i is to be looked up. */
enum finding_code code_for_clients(const struct finding_list *findings, size_t i);
/* Everything about one validation but its first blank line, as text. */
void validation_text(struct report *report, const struct validation *validation);
/* "TLS1.3, AES-256-GCM, from 192.0.2.1"; nothing where nothing was negotiated. */
void add_negotiated(struct buf *out, const struct validation *validation);
/* Each with what would make it good, and what clients show for it. */
json_t *json_of_findings(const struct finding_list *findings);
json_t *json_of_validation(const struct validation *validation);
