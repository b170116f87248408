/*
 * What the well-known clients say when a chain does not hold, and what that means: the
 * one table that `explain` reads from an error text to its cause, and reports from a
 * finding to the texts.
 */
#pragma once

#include "base/buf.h"
#include "base/finding.h"

enum client {
	CLIENT_JAVA,
	CLIENT_OPENSSL, /* and what shows its texts: Node, Ruby, PHP, nginx ... */
	CLIENT_GNUTLS,
	CLIENT_GO,
	CLIENT_CURL,
	CLIENT_PYTHON,
	CLIENT_CHROMIUM,
	CLIENT_FIREFOX, /* and whatever uses NSS */
	CLIENT_NODE,
	CLIENT_WINDOWS, /* SChannel and .NET */
	CLIENT_SERVICENOW,
	CLIENT_TLS, /* alerts, whoever shows them */
	CLIENT_COUNT
};
/* "java" ...: stable, for machines as well. */
const char *client_name(enum client client);

/*
 * Why it was said. The first FINDING_COUNT are the findings themselves; the others are
 * what a text cannot tell apart, or what no validation finds.
 */
enum cause {
	CAUSE_NO_PATH = FINDING_COUNT,
	CAUSE_ISSUER_LACKING,
	CAUSE_LEAF_ALONE,
	CAUSE_ROOT_IN_CHAIN,
	CAUSE_ROOT_NOT_TRUSTED,
	CAUSE_SELF_SIGNED,
	CAUSE_DATES,
	CAUSE_NOT_THE_ISSUER,
	CAUSE_FORM,
	CAUSE_STRICT_FORM,
	CAUSE_CONSTRAINTS,
	CAUSE_ALGORITHM,
	CAUSE_BROWSER_RULE,
	CAUSE_PINNED,
	CAUSE_INTERCEPTED,
	CAUSE_NOT_LOGGED,
	CAUSE_CRL,
	CAUSE_OCSP_BLOCKED,
	CAUSE_OCSP_ANSWER,
	CAUSE_STAPLE,
	CAUSE_ISSUER_FOR_REVOCATION,
	CAUSE_INSTANCE_REFUSED,
	CAUSE_WHOLE_CHAIN_CHECKED,
	CAUSE_RECORD_BAD,
	CAUSE_POLICY_SCRIPT,
	CAUSE_KEYSTORE_PASSWORD,
	CAUSE_STORE_EMPTY,
	CAUSE_CLIENT_KEY,
	CAUSE_ALERT_CA,
	CAUSE_ALERT_CERTIFICATE,
	CAUSE_ALERT_EXPIRED,
	CAUSE_ALERT_REVOKED,
	CAUSE_SERVER_NAME,
	CAUSE_NO_COMMON,
	CAUSE_HANDSHAKE,
	CAUSE_PROOF,
	CAUSE_VERIFY_FAILED,
	CAUSE_FORBIDDEN,
	CAUSE_PROGRAM,
	CAUSE_COUNT
};

#define CAUSE_CODES 4

/* Texts are not translated yet. */
struct cause_facts {
	enum finding_code codes[CAUSE_CODES]; /* the likeliest first */
	unsigned n_codes;
	const char *meaning;         /* NULL: that of the first code */
	const char *client, *server; /* what to do on either side; NULL: nothing */
	const char *const *commands; /* NULL-ended; {target} stands for the endpoint */
	bool vague; /* it says that something failed, not what: anything else says more */
};
/* The facts of a cause (an enum cause, or a finding code); codes holds at least what is
 * said. */
const struct cause_facts *cause_facts(unsigned cause);
/* The sentence on what it means, translated. */
const char *cause_meaning(unsigned cause);

/* Where in a text of the table anything may stand: a name, a class, a number. */
#define SAYING_GAP '*'

/* One row. */
/*
 * The texts stand in the row itself: pointers to them would be set at every start of the
 * program, in pages that few commands look at.
 */
struct saying {
	enum client client;
	char code[64];  /* "X509_V_ERR_CERT_HAS_EXPIRED", "NotTimeValid"; empty: none */
	int64_t number; /* 10, 0x800B0109, -8181; 0: none */
	char text[128]; /* what it prints, SAYING_GAP where that varies; empty: nothing */
	unsigned cause;   /* enum cause, or a finding code */
	uint64_t shown;   /* one bit a finding for which this is the text that the client
			     shows */
};
extern const struct saying sayings[];
extern const size_t sayings_count;

/* NULL where there is none. */
static inline const char *saying_code(const struct saying *saying)
{
	return *saying->code ? saying->code : NULL;
}
static inline const char *saying_text(const struct saying *saying)
{
	return *saying->text ? saying->text : NULL;
}

/* A text of the table for people: "..." where it has a gap. */
void saying_add_text(struct buf *out, const char *text);
/*
 * What client shows for that finding, as a person would meet it in a log ("..." for what
 * varies); NULL where it shows nothing of its own. The caller's to mem_free.
 */
char *saying_of(enum client client, enum finding_code code);
