/* Name constraints (RFC 5280 4.2.1.10), of every name form. Internal to chain/. */
#pragma once

#include "chain/client.h"
#include "chain/facts.h"

enum constraint_verdict {
	NAMES_ALLOWED,
	NAMES_EXCLUDED, /* a name falls into an excluded subtree, or a wildcard could */
	NAMES_NOT_PERMITTED, /* a name of a constrained form is in no permitted subtree */
	NAMES_UNKNOWN_FORM,  /* a constrained form that nothing here can compare */
	NAMES_TOO_MANY,      /* the comparisons allowed are used up */
};

/* Whose constraints, in whose eyes, and how many comparisons are left. */
struct constraint_judge {
	const struct client_rules *client;
	struct name_constraints constraints;
	bool critical;   /* the extension is */
	bool hosts_only; /* of mailboxes only the host is compared */
	uint32_t *work;  /* goes down by one a comparison; at 0 the answer is
			    NAMES_TOO_MANY */
};
/* What the client reads of them: all, or each list up to an empty directory name. */
struct name_constraints name_constraints_read(const struct client_rules *client,
					      const struct name_constraints *constraints);
/*
 * Judges every name of cert: subject, subject alternative names, the e-mail addresses of
 * a subject, and of a leaf the common names that a client could take for a host. *what:
 * the name that fell, as bytes of cert (a whole Name for a subject).
 */
enum constraint_verdict name_constraints_judge(const struct constraint_judge *judge,
					       const struct pool_cert *cert, bool is_leaf,
					       struct general_name *what);
/* Every subtree is of a form that its kind of name can be compared with. */
bool name_constraints_well_formed(const struct constraint_judge *judge);

/* constraint_form.c asks too. */
bool constraint_known_form(const struct client_rules *client,
			   enum general_name_kind kind);
bool constraint_ignored_form(const struct client_rules *client,
			     enum general_name_kind kind);
/* Takes units of the work that is allowed; false where that is more than there is. */
bool constraint_spend(uint32_t *work, uint32_t units);
