/*
 * Findings: what the program is there to produce. Each code has a stable name, a severity and a
 * meaning, in one table (finding.c) from which the manual is made.
 */
#pragma once

#include "base/memory.h"
#include "base/sha256.h"

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_ERROR };

enum finding_code {
	/* what stops a path */
	FINDING_MISSING_INTERMEDIATE,
	FINDING_MISSING_ROOT,
	FINDING_UNTRUSTED_ROOT,
	FINDING_BRIDGE_AVAILABLE,
	FINDING_DISTRUSTED,
	FINDING_DISTRUST_AFTER,
	FINDING_EXPIRED,
	FINDING_NOT_YET_VALID,
	FINDING_HOSTNAME_MISMATCH,
	FINDING_WRONG_PURPOSE,
	FINDING_NOT_A_CA,
	FINDING_PATH_TOO_LONG,
	FINDING_NAME_CONSTRAINT,
	FINDING_POLICY,
	FINDING_WEAK_KEY,
	FINDING_WEAK_SIGNATURE,
	FINDING_BAD_SIGNATURE,
	FINDING_UNSUPPORTED_ALGORITHM,
	FINDING_MALFORMED,
	FINDING_UNKNOWN_CRITICAL,
	FINDING_REVOKED,
	FINDING_REVOCATION_UNKNOWN,
	FINDING_BUDGET,			/* the search met a bound; the text says which */
	/* what the server could do better */
	FINDING_WRONG_ORDER,
	FINDING_SUPERFLUOUS,
	FINDING_DUPLICATE,
	FINDING_ROOT_SENT,
	FINDING_SELF_SIGNED_LEAF,
	FINDING_CROSS_SIGN_SHADOWED,
	FINDING_INTERCEPTION_SUSPECTED,
	FINDING_EXPIRES_SOON,
	/* what the connection showed */
	FINDING_NO_CONNECTION,
	FINDING_NO_TLS,
	FINDING_HANDSHAKE_FAILED,
	FINDING_CHAIN_TOO_LARGE,
	FINDING_CLIENT_CERTIFICATE,	/* the server asks for one, or refuses for lack of one */
	FINDING_TRANSCRIPT,		/* a pasted transcript holds only a part */
	/* what fetching showed */
	FINDING_FETCH_FAILED,
	FINDING_FETCH_REFUSED,		/* the address rule, the scheme, or a cap */
	FINDING_ROOT_FETCHED,		/* named with its fingerprint, never added by itself */
	/* stores */
	FINDING_STORE_LARGE,
	FINDING_COUNT
};

/* "missing-intermediate" and so on; meaning is a translated sentence for the manual. */
const char *finding_name(enum finding_code code);
const char *finding_meaning(enum finding_code code);
enum severity finding_severity(enum finding_code code);
const char *severity_name(enum severity severity);

/* All text is valid to print on a terminal (escaped already). Owned by the finding. */
struct finding {
	enum finding_code code;
	enum severity severity;
	bool about_certificate;		/* sha256 and subject are set */
	struct sha256 sha256;
	char *subject;
	char *text;			/* one sentence: what is wrong */
	char *remedy_client;		/* NULL, or a command or sentence for the client's side */
	char *remedy_server;		/* NULL, or the same for the server's side */
};

struct finding_list {
	struct finding *at;
	size_t n, cap;
};
#define FINDING_LIST_INIT { NULL, 0, 0 }

/* Adds an empty finding of that code with its default severity; returns it, borrowed. */
struct finding *finding_add(struct finding_list *list, enum finding_code code);
bool finding_list_has(const struct finding_list *list, enum finding_code code);
void finding_list_clear(struct finding_list *list);
