/* The table of findings: code, stable name, severity, meaning. */
#include "base/finding.h"

#include "base/i18n.h"

#include <assert.h>

static const struct {
	const char *name;
	enum severity severity;
	const char *meaning;
} table[FINDING_COUNT] = {
	[FINDING_MISSING_INTERMEDIATE] = { "missing-intermediate", SEVERITY_ERROR,
					   N_("the issuer of a certificate is neither "
					      "presented by the server nor in the "
					      "store") },
	[FINDING_MISSING_ROOT] = { "missing-root", SEVERITY_ERROR,
				   N_("the path leads to a root that is not in the "
				      "store") },
	[FINDING_UNTRUSTED_ROOT] = { "untrusted-root", SEVERITY_ERROR,
				     N_("the path ends in a root that the store does not "
					"hold as an anchor") },
	[FINDING_BRIDGE_AVAILABLE] = { "bridge-available", SEVERITY_INFO,
				       N_("a published cross-certificate leads from the "
					  "missing root to an anchor of the store") },
	[FINDING_DISTRUSTED] = { "distrusted", SEVERITY_ERROR,
				 N_("the store distrusts a certificate that the path "
				    "needs") },
	[FINDING_DISTRUST_AFTER] = { "distrust-after", SEVERITY_ERROR,
				     N_("the anchor is not good for certificates issued "
					"as late as this one") },
	[FINDING_EXPIRED] = { "expired", SEVERITY_ERROR,
			      N_("a certificate has expired") },
	[FINDING_NOT_YET_VALID] = { "not-yet-valid", SEVERITY_ERROR,
				    N_("a certificate is not valid yet") },
	[FINDING_HOSTNAME_MISMATCH] = { "hostname-mismatch", SEVERITY_ERROR,
					N_("the certificate does not name the host that "
					   "was asked for") },
	[FINDING_WRONG_PURPOSE] = { "wrong-purpose", SEVERITY_ERROR,
				    N_("a certificate or the anchor is not good for the "
				       "purpose that was asked for") },
	[FINDING_NOT_A_CA] = { "not-a-ca", SEVERITY_ERROR,
			       N_("a certificate that should issue others is no CA "
				  "certificate") },
	[FINDING_PATH_TOO_LONG] = { "path-too-long", SEVERITY_ERROR,
				    N_("the path is longer than one of its certificates "
				       "allows") },
	[FINDING_NAME_CONSTRAINT] = { "name-constraint", SEVERITY_ERROR,
				      N_("a CA of the path may not issue for a name that "
					 "the certificate holds") },
	[FINDING_POLICY] = { "policy", SEVERITY_ERROR,
			     N_("the path is not valid under any certificate policy, and "
				"one is required") },
	[FINDING_WEAK_KEY] = { "weak-key", SEVERITY_ERROR,
			       N_("a key of the path is too short to be safe") },
	[FINDING_WEAK_SIGNATURE] = { "weak-signature", SEVERITY_ERROR,
				     N_("a signature of the path is made with an "
					"algorithm that is no longer safe") },
	[FINDING_BAD_SIGNATURE] = { "bad-signature", SEVERITY_ERROR,
				    N_("a signature was not made by the key of the "
				       "issuer") },
	[FINDING_UNSUPPORTED_ALGORITHM] = { "unsupported-algorithm", SEVERITY_ERROR,
					    N_("a signature cannot be checked here: its "
					       "algorithm is not supported") },
	[FINDING_MALFORMED] = { "malformed", SEVERITY_ERROR,
				N_("a certificate, or a part of it that matters here, "
				   "breaks the rules of its encoding") },
	[FINDING_UNKNOWN_CRITICAL] = { "unknown-critical", SEVERITY_ERROR,
				       N_("a certificate has an extension that must be "
					  "understood and is not known") },
	[FINDING_REVOKED] = { "revoked", SEVERITY_ERROR,
			      N_("the issuer has revoked a certificate of the path") },
	[FINDING_REVOCATION_UNKNOWN] = { "revocation-unknown", SEVERITY_WARNING,
					 N_("whether a certificate is revoked could not "
					    "be found out") },
	[FINDING_BUDGET] = { "budget-met", SEVERITY_ERROR,
			     N_("the search met one of its bounds before every path was "
				"tried") },
	[FINDING_WRONG_ORDER] = { "wrong-order", SEVERITY_WARNING,
				  N_("the server presents its certificates in the wrong "
				     "order") },
	[FINDING_SUPERFLUOUS] = { "superfluous", SEVERITY_INFO,
				  N_("the server presents a certificate that no path "
				     "needs") },
	[FINDING_DUPLICATE] = { "duplicate", SEVERITY_INFO,
				N_("the server presents a certificate twice") },
	[FINDING_ROOT_SENT] = { "root-sent", SEVERITY_INFO,
				N_("the server presents the root, which clients must "
				   "have anyway") },
	[FINDING_SELF_SIGNED_LEAF] = { "self-signed-leaf", SEVERITY_ERROR,
				       N_("the server's certificate is signed by its own "
					  "key and is not an anchor") },
	[FINDING_CROSS_SIGN_SHADOWED] = { "cross-sign-shadowed", SEVERITY_WARNING,
					  N_("clients that try one path only may follow "
					     "a cross-certificate that does not "
					     "complete") },
	[FINDING_INTERCEPTION_SUSPECTED] = { "interception-suspected", SEVERITY_WARNING,
					     N_("the certificate looks as if a device "
						"between here and the server had made "
						"it") },
	[FINDING_EXPIRES_SOON] = { "expires-soon", SEVERITY_WARNING,
				   N_("a certificate of the path expires soon") },
	[FINDING_NO_CONNECTION] = { "no-connection", SEVERITY_ERROR,
				    N_("the endpoint could not be reached") },
	[FINDING_NO_TLS] = { "no-tls", SEVERITY_ERROR,
			     N_("what answered does not speak TLS") },
	[FINDING_HANDSHAKE_FAILED] = { "handshake-failed", SEVERITY_ERROR,
				       N_("the TLS handshake failed") },
	[FINDING_CHAIN_TOO_LARGE] = { "chain-too-large", SEVERITY_ERROR,
				      N_("the server presents more certificates than "
					 "clients take") },
	[FINDING_CLIENT_CERTIFICATE] = { "client-certificate", SEVERITY_INFO,
					 N_("the server asks for a client certificate, "
					    "or refuses for lack of one") },
	[FINDING_TRANSCRIPT] = { "transcript", SEVERITY_WARNING,
				 N_("the transcript holds only a part of what the server "
				    "presented") },
	[FINDING_FETCH_FAILED] = { "fetch-failed", SEVERITY_WARNING,
				   N_("an issuer could not be fetched from where its "
				      "certificate says it is") },
	[FINDING_FETCH_REFUSED] = { "fetch-refused", SEVERITY_WARNING,
				    N_("an address was not asked: its scheme, its place "
				       "in the network or a bound forbids it") },
	[FINDING_ROOT_FETCHED] = { "root-fetched", SEVERITY_WARNING,
				   N_("the root was found on the network; it is not "
				      "trusted unless its fingerprint is accepted") },
	[FINDING_STORE_LARGE] = { "store-large", SEVERITY_WARNING,
				  N_("p11-kit needs long to load a store of this size") },
};

const char *finding_name(enum finding_code code)
{
	assert(code < FINDING_COUNT);
	return table[code].name;
}

const char *finding_meaning(enum finding_code code)
{
	assert(code < FINDING_COUNT);
	return _(table[code].meaning);
}

enum severity finding_severity(enum finding_code code)
{
	assert(code < FINDING_COUNT);
	return table[code].severity;
}

const char *severity_name(enum severity severity)
{
	static const char *const names[] = {
		[SEVERITY_INFO] = "info",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_ERROR] = "error",
	};

	assert(severity < COUNT(names));
	return names[severity];
}

struct finding *finding_add(struct finding_list *list, enum finding_code code)
{
	struct finding *finding;

	GROW(list->at, list->n, list->cap);
	finding = &list->at[list->n++];
	*finding = (struct finding){ .code = code, .severity = finding_severity(code) };
	return finding;
}

bool finding_list_has(const struct finding_list *list, enum finding_code code)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i].code == code)
			return true;
	return false;
}

void finding_list_clear(struct finding_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		mem_free(list->at[i].subject);
		mem_free(list->at[i].text);
		mem_free(list->at[i].remedy_client);
		mem_free(list->at[i].remedy_server);
	}
	mem_free(list->at);
	*list = (struct finding_list)FINDING_LIST_INIT;
}
