/* Causes: what each means, what to do on either side, and which command goes on from
 * there. */
#include "chain/saying.h"

#include "base/i18n.h"

#include <assert.h>

/* Commands: {target} becomes the endpoint that the pasted text names, or a word for it.
 */
static const char *const look[] = { "rootcellar validate {target}", NULL };
static const char *const look_closely[] = { "rootcellar validate -v {target}", NULL };
static const char *const complete[] = { "rootcellar validate {target} --fetch",
					"rootcellar fetch {target}", NULL };
static const char *const serve[] = {
	"rootcellar validate {target} --fetch --save-chain chain.pem", NULL
};
static const char *const read_store[] = { "rootcellar list --store STORE", NULL };
static const char *const find_expired[] = { "rootcellar validate {target}",
					    "rootcellar list --expired", NULL };
static const char *const find_distrusted[] = { "rootcellar validate -v {target}",
					       "rootcellar list --trust distrusted",
					       NULL };
static const char *const none[] = { NULL };

#define CODES(...)                \
	.codes = { __VA_ARGS__ }, \
	.n_codes =                \
		sizeof((enum finding_code[]){ __VA_ARGS__ }) / sizeof(enum finding_code)
/* A finding is its own cause. */
#define FINDING(code) [FINDING_##code] = { CODES(FINDING_##code),

static const struct cause_facts
	table[CAUSE_COUNT] = { FINDING(MISSING_INTERMEDIATE).client =
				       N_("get the certificate of the issuer, and add it "
					  "to the store"),
			       .server = N_("send the certificate of the issuer right "
					    "after the server's own"),
			       .commands = complete },
	FINDING(MISSING_ROOT).client = N_(
		"find out who runs that root; where it deserves trust, compare its "
		"fingerprint and add it to the store"),
	.server = N_("use a certificate whose root the clients have"),
	.commands = complete
}
,
	FINDING(UNTRUSTED_ROOT).client = N_(
		"trust the root only once its fingerprint has been compared with "
		"what its owner publishes"),
	.server = N_("use a certificate from an authority that the clients trust"),
	.commands = look_closely
}
,
	FINDING(BRIDGE_AVAILABLE).client = N_(
		"nothing needs to be done: the path through the cross-certificate "
		"holds"),
	.commands = look_closely
}
,
	FINDING(DISTRUSTED).client =
		N_("see why the store distrusts it before anything is changed"),
	.server = N_("use a certificate from another authority"),
	.commands = find_distrusted
}
,
	FINDING(DISTRUST_AFTER).client =
		N_("nothing: certificates issued before that date go on working"),
	.server = N_("use a certificate from another authority"), .commands = look_closely
}
,
	FINDING(EXPIRED).client = N_(
		"check the clock; where an expired certificate stands in the store, "
		"remove it"),
	.server = N_("renew the certificate, and send the current intermediates"),
	.commands = find_expired
}
, FINDING(NOT_YET_VALID).client = N_("check the clock"),
  .server = N_("check the clock of the authority, or wait"), .commands = look
}
,
	FINDING(HOSTNAME_MISMATCH).client = N_(
		"ask for a name that the certificate holds, and see that the server "
		"name (SNI) is sent"),
	.server = N_("use a certificate with that name among its subject alternative "
		     "names"),
	.commands = look
}
, FINDING(WRONG_PURPOSE).server = N_("use a certificate that was issued for TLS servers"),
  .client = N_("see what the store trusts the anchor for"), .commands = look_closely
}
, FINDING(NOT_A_CA).client = N_("look for another certificate of that authority"),
  .server = N_("send the certificate of the authority that issued the server's "
	       "own"),
  .commands = complete
}
,
	FINDING(PATH_TOO_LONG).server =
		N_("send a shorter chain, or one through another authority"),
	.commands = look_closely
}
,
	FINDING(NAME_CONSTRAINT).server =
		N_("use a certificate from an authority that may issue for this name"),
	.commands = look_closely
}
, FINDING(POLICY).client = N_("ask for a policy that the path has, or for none"),
  .server = N_("use a certificate that was issued under a policy which all its "
	       "authorities allow"),
  .commands = look_closely
}
,
	FINDING(WEAK_KEY).server =
		N_("use a new key: ECDSA P-256, or RSA of at least 2048 bits"),
	.commands = look_closely
}
,
	FINDING(WEAK_SIGNATURE).client = N_(
		"a root's own signature does not matter: see whether the weak one "
		"is a root's"),
	.server = N_("use a certificate that is signed with SHA-256 or better"),
	.commands = look_closely
}
,
	FINDING(BAD_SIGNATURE).client =
		N_("see whether the store has an old certificate of the same name"),
	.server = N_("send the certificate whose key made this signature"),
	.commands = complete
}
,
	FINDING(UNSUPPORTED_ALGORITHM).client =
		N_("use a version of the client that knows the algorithm"),
	.server = N_("use a certificate that is signed with RSA or ECDSA"),
	.commands = look_closely
}
, FINDING(MALFORMED).server = N_("have the certificate issued anew, well formed"),
  .commands = look_closely
}
,
	FINDING(UNKNOWN_CRITICAL).client =
		N_("use a version of the client that knows the extension"),
	.server = N_("use a certificate without that extension"), .commands = look_closely
}
,
	FINDING(REVOKED).client = N_(
		"do not go on: the owner has said that the certificate is no longer "
		"to be trusted"),
	.server = N_("use a new certificate with a new key"), .commands = look
}
,
	FINDING(REVOCATION_UNKNOWN).client = N_(
		"see that the addresses of OCSP and of revocation lists can be "
		"reached (port 80), and that the client has every issuer"),
	.server = N_("staple an OCSP response, where the authority still has OCSP"),
	.commands = look_closely
}
,
	FINDING(BUDGET).server = N_(
		"send only the server's certificate and the intermediates that it "
		"needs"),
	.commands = look_closely
}
,
	FINDING(WRONG_ORDER).client =
		N_("strict clients refuse it: TLS 1.2 requires the order"),
	.server = N_("send the server's own certificate first, then each issuer in turn"),
	.commands = serve
}
, FINDING(SUPERFLUOUS).server = N_("leave that certificate out of the chain"),
  .commands = serve
}
, FINDING(DUPLICATE).server = N_("send each certificate once"), .commands = serve
}
, FINDING(ROOT_SENT).server = N_("leave the root out: it only costs bytes"),
  .commands = serve
}
,
	FINDING(SELF_SIGNED_LEAF).client = N_(
		"trust it only once its fingerprint has been compared with the "
		"owner's"),
	.server = N_("use a certificate that an authority has issued"), .commands = look
}
,
	FINDING(CROSS_SIGN_SHADOWED).client = N_(
		"remove the certificate that does not complete from the store, "
		"where it stands there"),
	.server = N_("send only the certificates of the path that completes"),
	.commands = serve
}
,
	FINDING(INTERCEPTION_SUSPECTED).client = N_(
		"ask who runs the network whether it inspects TLS; compare with what "
		"is seen from elsewhere"),
	.server = N_("nothing, if the server sends another certificate than was seen"),
	.commands = look_closely
}
, FINDING(EXPIRES_SOON).server = N_("renew it before that date"), .commands = look
}
,
	FINDING(NO_CONNECTION).client =
		N_("see that the host, the port and the proxy are right"),
	.server = N_("see that it listens, and that no firewall is between"),
	.commands = look
}
,
	FINDING(NO_TLS).client = N_(
		"see that the port is one for TLS, and that no proxy answers in its "
		"place"),
	.server = N_("turn TLS on for that port"), .commands = look
}
,
	FINDING(HANDSHAKE_FAILED).client =
		N_("see which protocols and ciphers the client offers"),
	.server = N_("see the server's log: it knows why it ended the handshake"),
	.commands = look
}
,
	FINDING(CHAIN_TOO_LARGE).client = N_(
		"Java: jdk.tls.maxCertificateChainLength and "
		"jdk.tls.maxHandshakeMessageSize bound it"),
	.server = N_("send only the server's certificate and the intermediates that it "
		     "needs"),
	.commands = serve
}
,
	FINDING(CLIENT_CERTIFICATE).client = N_(
		"give the client a certificate and key that the server accepts, "
		"with the intermediates"),
	.server = N_("see which authorities it accepts for clients"), .commands = look
}
,
	FINDING(TRANSCRIPT).client =
		N_("make the transcript again with openssl s_client -showcerts"),
	.commands = look
}
,
	FINDING(FETCH_FAILED).client = N_(
		"see that the address of the issuer can be reached from here, or "
		"through --proxy"),
	.commands = look_closely
}
,
	FINDING(FETCH_REFUSED).client =
		N_("where the address is one of your own, add --allow-private"),
	.commands = look_closely
}
,
	FINDING(ROOT_FETCHED).client = N_(
		"compare its fingerprint with what its owner publishes, then give it "
		"to --accept-root"),
	.commands = look_closely
}
, FINDING(STORE_LARGE).client = N_("prune what nobody needs"), .commands = read_store
}
,

	[CAUSE_NO_PATH] = { CODES(FINDING_MISSING_INTERMEDIATE, FINDING_MISSING_ROOT,
				  FINDING_UNTRUSTED_ROOT, FINDING_SELF_SIGNED_LEAF),
			    .meaning = N_("no path leads from the server's certificate "
					  "to a root that this "
					  "client trusts: most often the server does not "
					  "send an "
					  "intermediate, else the client's store lacks "
					  "the root"),
			    .client = N_("find out which certificate is missing; fetch "
					 "gets an intermediate, "
					 "a root wants its fingerprint compared first"),
			    .server = N_("send the whole chain: the server's certificate "
					 "and every "
					 "intermediate"),
			    .commands = complete },
	[CAUSE_ISSUER_LACKING] = { CODES(FINDING_MISSING_INTERMEDIATE,
					 FINDING_MISSING_ROOT),
				   .meaning = N_(
					   "the issuer of a certificate of the chain is "
					   "neither sent by the "
					   "server nor in the client's store: an "
					   "intermediate that the server "
					   "should send, or a root that the store lacks"),
				   .client = N_(
					   "find out which certificate is missing; fetch "
					   "gets an intermediate, "
					   "a root wants its fingerprint compared first"),
				   .server = N_("send the whole chain: the server's "
						"certificate and every "
						"intermediate"),
				   .commands = complete },
	[CAUSE_LEAF_ALONE] = { CODES(FINDING_MISSING_INTERMEDIATE, FINDING_MISSING_ROOT),
			       .meaning =
				       N_("the server sent its own certificate and no "
					  "other, and the store "
					  "does not have the certificate of its issuer"),
			       .client = N_("get the certificate of the issuer, and add "
					    "it to the store"),
			       .server = N_("send the certificate of the issuer right "
					    "after the server's own"),
			       .commands = complete },
	[CAUSE_ROOT_IN_CHAIN] = { CODES(FINDING_UNTRUSTED_ROOT,
					FINDING_INTERCEPTION_SUSPECTED),
				  .meaning = N_(
					  "the chain is whole, but its root is not one "
					  "that this client "
					  "trusts: a private authority, a root that is "
					  "too new or too old "
					  "for the store, or a device that inspects TLS"),
				  .client = N_(
					  "find out whose root it is; trust it only once "
					  "its fingerprint has "
					  "been compared with what its owner publishes"),
				  .server = N_("use a certificate from an authority that "
					       "the clients trust"),
				  .commands = look_closely },
	[CAUSE_ROOT_NOT_TRUSTED] = { CODES(FINDING_UNTRUSTED_ROOT,
					   FINDING_SELF_SIGNED_LEAF,
					   FINDING_INTERCEPTION_SUSPECTED),
				     .meaning = N_("the chain ends in a root that this "
						   "client does not trust, or is a "
						   "self-signed certificate by itself"),
				     .client = N_("find out whose root it is; trust it "
						  "only once its fingerprint has "
						  "been compared with what its owner "
						  "publishes"),
				     .server = N_("use a certificate from an authority "
						  "that the clients trust"),
				     .commands = look_closely },
	[CAUSE_SELF_SIGNED] = { CODES(FINDING_SELF_SIGNED_LEAF, FINDING_UNTRUSTED_ROOT),
				.client = N_("trust it only once its fingerprint has "
					     "been compared with the "
					     "owner's"),
				.server = N_(
					"use a certificate that an authority has issued"),
				.commands = look },
	[CAUSE_DATES] = { CODES(FINDING_EXPIRED, FINDING_NOT_YET_VALID),
			  .meaning = N_("a certificate has expired or is not valid yet, "
					"or the clock of the "
					"client is wrong"),
			  .client = N_("check the clock"),
			  .server = N_("renew the certificate, and send the current "
				       "intermediates"),
			  .commands = find_expired },
	[CAUSE_NOT_THE_ISSUER] = { CODES(FINDING_BAD_SIGNATURE,
					 FINDING_MISSING_INTERMEDIATE),
				   .meaning = N_("a certificate that was taken for the "
						 "issuer is not: same name, "
						 "other key, or the order of the chain "
						 "is wrong"),
				   .client = N_("see whether the store has an old "
						"certificate of the same name"),
				   .server = N_("send the certificate of the key that "
						"made the signature"),
				   .commands = complete },
	[CAUSE_FORM] = { CODES(FINDING_MALFORMED),
			 .server = N_("have the certificate issued anew, well formed"),
			 .commands = look_closely },
	[CAUSE_STRICT_FORM] = { CODES(FINDING_MALFORMED),
				.meaning = N_("a strict client (OpenSSL with "
					      "-x509_strict, Python 3.13) refuses a "
					      "certificate that does not follow RFC 5280 "
					      "to the letter; others "
					      "accept it"),
				.client = N_("turn the strict rule off only where the "
					     "authority cannot issue "
					     "anew (Python: VERIFY_X509_STRICT)"),
				.server = N_("have the certificate named there issued "
					     "anew: often it is the CA "
					     "certificate of a private authority"),
				.commands = look_closely },
	[CAUSE_CONSTRAINTS] = { CODES(FINDING_NAME_CONSTRAINT, FINDING_PATH_TOO_LONG,
				      FINDING_NOT_A_CA),
				.meaning = N_("an authority of the path may not issue "
					      "what it issued: another "
					      "name, or one level too deep"),
				.server = N_("use a certificate from an authority that "
					     "may issue it"),
				.commands = look_closely },
	[CAUSE_ALGORITHM] = { CODES(FINDING_WEAK_SIGNATURE, FINDING_WEAK_KEY),
			      .meaning = N_("a signature or a key of the path is weaker "
					    "than this client "
					    "accepts"),
			      .client = N_("see which certificate it is; Java: "
					   "jdk.certpath.disabledAlgorithms says what is "
					   "refused"),
			      .server = N_("use a certificate with RSA of 2048 bits or "
					   "ECDSA, signed with "
					   "SHA-256"),
			      .commands = look_closely },
	[CAUSE_BROWSER_RULE] = { CODES(FINDING_POLICY),
				 .meaning = N_("the certificate breaks a rule of "
					       "browsers that other clients do "
					       "not have: too long a lifetime, a name "
					       "that is not public, a "
					       "serial number used twice"),
				 .server = N_("use a certificate that follows the rules "
					      "for public ones"),
				 .commands = look_closely },
	[CAUSE_PINNED] = { CODES(FINDING_INTERCEPTION_SUSPECTED),
			   .meaning = N_("the chain may be good, but it is not the "
					 "certificate or key that "
					 "this client was told to expect"),
			   .client = N_("compare what is seen from here with what is "
					"seen from elsewhere; "
					"where the server has a new key, renew the pin"),
			   .server = N_("announce a new key before it is used"),
			   .commands = look_closely },
	[CAUSE_INTERCEPTED] = { CODES(FINDING_INTERCEPTION_SUSPECTED,
				      FINDING_UNTRUSTED_ROOT),
				.meaning = N_("something between the client and the "
					      "server answers in the "
					      "server's place: a device that inspects "
					      "TLS, a virus scanner, or "
					      "an attack"),
				.client = N_("ask who runs the network; where the "
					     "inspection is meant, its root "
					     "goes into the store"),
				.commands = look_closely },
	[CAUSE_NOT_LOGGED] = { .meaning = N_("the certificate comes without the proof "
					     "that it was logged "
					     "publicly (certificate transparency)"),
			       .server = N_("have it issued anew by an authority that "
					    "embeds these proofs"),
			       .commands = look_closely },
	[CAUSE_CRL] = { CODES(FINDING_REVOCATION_UNKNOWN),
			.meaning = N_("the client checks revocation lists, and has none "
				      "that is good for "
				      "a certificate of the path: absent, out of date, "
				      "or of another "
				      "issuer"),
			.client = N_("give the client a current revocation list of each "
				     "issuer, or check "
				     "only what has one"),
			.commands = look_closely },
	[CAUSE_OCSP_BLOCKED] = { CODES(FINDING_REVOCATION_UNKNOWN),
				 .meaning = N_("the client asks the authority whether "
					       "the certificate is revoked, "
					       "and gets no answer: a firewall or proxy "
					       "stops port 80 to the OCSP "
					       "responder or to the list"),
				 .client = N_("open port 80 to the hosts that the "
					      "certificates name (-v shows "
					      "them)"),
				 .server = N_("staple an OCSP response, so that clients "
					      "need not ask"),
				 .commands = look_closely },
	[CAUSE_OCSP_ANSWER] = { CODES(FINDING_REVOCATION_UNKNOWN),
				.meaning = N_("an answer about revocation came and "
					      "cannot be used: out of date, "
					      "signed by somebody else, about another "
					      "certificate, or an error "
					      "page in its place"),
				.client = N_("check the clock, and what a proxy makes of "
					     "requests to the OCSP "
					     "responder"),
				.server = N_("renew what it staples"),
				.commands = look_closely },
	[CAUSE_STAPLE] = { CODES(FINDING_REVOCATION_UNKNOWN),
			   .meaning = N_("the client requires the server to staple an "
					 "OCSP response, and it "
					 "does not"),
			   .server = N_("turn OCSP stapling on, or use a certificate "
					"that does not demand "
					"it (must-staple)"),
			   .commands = look_closely },
	[CAUSE_ISSUER_FOR_REVOCATION] = { CODES(FINDING_MISSING_INTERMEDIATE,
						FINDING_MISSING_ROOT,
						FINDING_REVOCATION_UNKNOWN),
					  .meaning =
						  N_("the check for revocation needs the "
						     "issuer of each certificate of "
						     "the chain, and one is neither "
						     "presented nor in the store"),
					  .client =
						  N_("add every intermediate and the "
						     "root to the instance (active "
						     "certificate records of type trust "
						     "store) or to the MID Server's "
						     "cacerts"),
					  .server = N_("send every intermediate"),
					  .commands = complete },
	[CAUSE_INSTANCE_REFUSED] = { CODES(FINDING_MISSING_INTERMEDIATE,
					   FINDING_UNTRUSTED_ROOT, FINDING_EXPIRED,
					   FINDING_HOSTNAME_MISMATCH),
				     .meaning = N_("the handshake gave no verified peer: "
						   "chain, host name or "
						   "revocation did not hold; most often "
						   "an intermediate is missing, or "
						   "the client followed a "
						   "cross-certificate that has expired"),
				     .client = N_("find out which it is, then add what "
						  "is missing to the store"),
				     .server = N_("send the whole chain, without expired "
						  "cross-certificates"),
				     .commands = complete },
	[CAUSE_WHOLE_CHAIN_CHECKED] = { CODES(FINDING_MISSING_INTERMEDIATE,
					      FINDING_REVOCATION_UNKNOWN),
					.meaning = N_("the server or a proxy refused the "
						      "request; on a ServiceNow "
						      "instance since London also what "
						      "is seen where the store does not "
						      "hold the whole chain, for each "
						      "certificate of it is checked"),
					.client = N_("add every certificate of the chain "
						     "to the instance; else see who "
						     "answered with 403"),
					.commands = complete, .vague = true },
	[CAUSE_RECORD_BAD] = { CODES(FINDING_MALFORMED),
			       .meaning = N_("another certificate record of the instance "
					     "is bad: it loads all "
					     "active ones, and the one named there has a "
					     "wrong password or "
					     "cannot be read"),
			       .client = N_("mend or deactivate the record that the line "
					    "names; the endpoint "
					    "itself may be fine"),
			       .commands = read_store },
	[CAUSE_POLICY_SCRIPT] = { .meaning = N_("the MID Server got no certificate "
						"policies: a script file of the "
						"instance was changed"),
				  .client = N_("revert that script file to the one that "
					       "the instance came with"),
				  .commands = none },
	[CAUSE_KEYSTORE_PASSWORD] = { .meaning = N_("the store could not be opened: the "
						    "password is wrong, or the file "
						    "is of another format or damaged"),
				      .client = N_("see that the password and the type "
						   "(JKS, PKCS12) are those of the "
						   "file"),
				      .commands = read_store },
	[CAUSE_STORE_EMPTY] = { CODES(FINDING_MISSING_ROOT),
				.meaning = N_("the client has no roots at all: its store "
					      "is empty, was not "
					      "found, or could not be read"),
				.client = N_(
					"see where the client looks for its store, and "
					"that it is there "
					"(container images often lack ca-certificates)"),
				.commands = read_store },
	[CAUSE_CLIENT_KEY] = { CODES(FINDING_CLIENT_CERTIFICATE),
			       .meaning = N_("the client's own certificate or key could "
					     "not be used"),
			       .client = N_("see that the key belongs to the "
					    "certificate, that the file has "
					    "both, and that its password is right"),
			       .commands = none },
	[CAUSE_ALERT_CA] = { CODES(FINDING_MISSING_INTERMEDIATE, FINDING_UNTRUSTED_ROOT,
				   FINDING_CLIENT_CERTIFICATE),
			     .meaning = N_("the other side does not trust the issuer of "
					   "the certificate that "
					   "it was sent: in a server's log a client "
					   "refuses the server's "
					   "chain, in a client's log the server refuses "
					   "the client's "
					   "certificate"),
			     .client = N_(
				     "with a client certificate: send its intermediates "
				     "as well, and ask "
				     "the server's owner which authorities are accepted"),
			     .server = N_("send the whole chain; where the root is "
					  "private, its clients need "
					  "it"),
			     .commands = look },
	[CAUSE_ALERT_CERTIFICATE] = { CODES(FINDING_CLIENT_CERTIFICATE,
					    FINDING_MISSING_INTERMEDIATE,
					    FINDING_UNTRUSTED_ROOT),
				      .meaning =
					      N_("the other side refused the certificate "
						 "that it was sent, without "
						 "saying why: in a client's log the "
						 "server refuses the client's "
						 "certificate, in a server's log a "
						 "client refuses the server's"),
				      .client = N_("with a client certificate: see its "
						   "issuer, dates, purpose and key"),
				      .server = N_("see the log of the side that "
						   "refused: it knows the reason"),
				      .commands = look },
	[CAUSE_ALERT_EXPIRED] = { CODES(FINDING_EXPIRED, FINDING_CLIENT_CERTIFICATE),
				  .meaning = N_("the other side refused the certificate "
						"that it was sent because "
						"it has expired: the client's own in a "
						"client's log, the server's "
						"in a server's log"),
				  .client = N_("renew the client's certificate"),
				  .server = N_("renew the server's certificate"),
				  .commands = look },
	[CAUSE_ALERT_REVOKED] = { CODES(FINDING_REVOKED, FINDING_CLIENT_CERTIFICATE),
				  .meaning = N_("the other side refused the certificate "
						"that it was sent because "
						"it is revoked"),
				  .client = N_(
					  "use a new client certificate with a new key"),
				  .server = N_("use a new certificate with a new key"),
				  .commands = look },
	[CAUSE_SERVER_NAME] = { CODES(FINDING_HANDSHAKE_FAILED,
				      FINDING_HOSTNAME_MISMATCH),
				.meaning = N_("the server knows no certificate for the "
					      "name that the client sent "
					      "(SNI)"),
				.client =
					N_("see which name is sent; --sni tries another"),
				.server = N_("configure a certificate for that name"),
				.commands = look },
	[CAUSE_NO_COMMON] = { CODES(FINDING_HANDSHAKE_FAILED),
			      .meaning =
				      N_("client and server have no protocol version, "
					 "cipher or key type in "
					 "common; certificates and stores play no part"),
			      .client = N_("use a client that speaks TLS 1.2 or 1.3"),
			      .server = N_("offer TLS 1.2 and 1.3 with current ciphers"),
			      .commands = look },
	[CAUSE_HANDSHAKE] = { CODES(FINDING_HANDSHAKE_FAILED, FINDING_CLIENT_CERTIFICATE),
			      .meaning = N_("the handshake was ended: no protocol or "
					    "cipher in common, a client "
					    "certificate is required, or something "
					    "between broke the "
					    "connection; the store plays no part"),
			      .client = N_("see whether the server asks for a client "
					   "certificate"),
			      .server = N_("see the server's log: it knows why it ended "
					   "the handshake"),
			      .commands = look,
			      .vague = true },
	[CAUSE_PROOF] = { CODES(FINDING_HANDSHAKE_FAILED, FINDING_CLIENT_CERTIFICATE),
			  .meaning = N_("a signature of the handshake does not hold: a "
					"key that does not "
					"belong to its certificate, or a message changed "
					"on its way"),
			  .client = N_("with a client certificate: see that the key "
				       "belongs to it"),
			  .server = N_("see that the key belongs to the certificate"),
			  .commands = look },
	[CAUSE_VERIFY_FAILED] = { CODES(FINDING_MISSING_INTERMEDIATE,
					FINDING_UNTRUSTED_ROOT, FINDING_EXPIRED,
					FINDING_HOSTNAME_MISMATCH),
				  .meaning = N_("the server's certificate was not "
						"accepted; this text alone does "
						"not say why, the lines around it may"),
				  .client = N_("find out what is wrong with the chain"),
				  .server = N_("send the whole chain, with current "
					       "certificates for this name"),
				  .commands = look,
				  .vague = true },
	[CAUSE_FORBIDDEN] = { CODES(FINDING_CLIENT_CERTIFICATE),
			      .meaning = N_("the client's certificate is good, but it "
					    "may not enter"),
			      .client = N_(
				      "ask the server's owner to admit this certificate"),
			      .commands = none },
	[CAUSE_PROGRAM] = {
		.meaning = N_("the program that checks failed, not the certificate"),
		.client = N_("see the lines around it"),
		.commands = look,
		.vague = true
	},
}
;

const struct cause_facts *cause_facts(unsigned cause)
{
	assert(cause < CAUSE_COUNT);
	return &table[cause];
}

const char *cause_meaning(unsigned cause)
{
	const struct cause_facts *facts = cause_facts(cause);

	return facts->meaning ? _(facts->meaning) : finding_meaning(facts->codes[0]);
}
