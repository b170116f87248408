/*
 * Reasons in words, for someone who has to mend it now: one sentence on what is wrong,
 * one line for the client's side, one for the server's. A remedy holds only our own
 * words, fingerprints and what the user typed: it gets pasted into a shell. What a
 * certificate says may stand in the text, escaped.
 */
#include "chain/words.h"

#include "chain/facts.h"
#include "chain/reason.h"
#include "chain/remedies.h"
#include "chain/revocation.h"
#include "base/clock.h"
#include "base/i18n.h"

/* One reason on its way into a finding. */
struct telling {
	struct finding *finding;
	const struct reason *reason;
	const struct path *path;
	const struct diagnose_context *context;
	char name[NAME_TEXT], by[NAME_TEXT];
	char date[TIME_TEXT];
	char hash[SHA256_TEXT];
};

static bool publishes_issuer(const struct pool_cert *cert)
{
	return pool_cert_facts(cert)->issuer_urls;
}

static bool is_leaf(const struct telling *tell)
{
	return tell->path->n && tell->reason->cert == tell->path->at[0];
}

static bool is_end(const struct telling *tell)
{
	return tell->path->n > 1 &&
	       tell->reason->cert == tell->path->at[tell->path->n - 1];
}

static void server_should(struct telling *tell, const char *what)
{
	if (tell->context->presented_by_server)
		tell->finding->remedy_server = str_copy(what);
}

/* Of a certificate in a file, whoever holds it can do what the server's owner could. */
static void holder_should(struct telling *tell, const char *what)
{
	server_should(tell, what);
	if (!tell->context->presented_by_server && !tell->finding->remedy_client)
		tell->finding->remedy_client = str_copy(what);
}

/* What the server could send, as far as it is known what the missing one is. */
static const char *what_to_send(const struct telling *tell)
{
	if (is_leaf(tell))
		return _("send the certificate of the issuer right after the server's "
			 "own");
	if (pool_issuer_is_root(tell->reason->cert) ||
	    !strcmp(tell->reason->rule, REASON_CIRCLE))
		return _("send the intermediates up to a root that the client trusts, "
			 "or a cross-signed one");
	return _("if that issuer is an intermediate, send its certificate too; if it is "
		 "a root, send the intermediates up to one that the client trusts, or a "
		 "cross-signed one");
}

/* It can be had from here, where the issuer publishes it. */
static void server_should_send(struct telling *tell)
{
	AUTO_FREE char *save = NULL;

	server_should(tell, what_to_send(tell));
	if (!tell->context->presented_by_server || tell->context->offline ||
	    !publishes_issuer(tell->reason->cert))
		return;
	save = remedy_ask(tell->context, " --fetch --save-chain chain.pem");
	if (!save)
		return;
	mem_free(tell->finding->remedy_server);
	tell->finding->remedy_server =
		str_format("%s; %s\n%s", what_to_send(tell),
			   /* Translators: after what a server should send; a command
			      follows on the next line. */
			   _("a file to send is written by"), save);
}

/* Fetching helps where a certificate says who publishes its issuer, and nowhere else. */
static void client_should_fetch(struct telling *tell, const struct pool_cert *child)
{
	if (child && publishes_issuer(child))
		tell->finding->remedy_client = remedy_get_issuers(tell->context);
}

/* The issuer's name, as the certificate that lacks it writes it. */
const char *cert_issuer_words(const struct pool_cert *cert, char to[NAME_TEXT])
{
	struct pool_cert issuer = *cert;

	issuer.cert.subject = cert->cert.issuer;
	return cert_words(&issuer, to);
}

/* What is missing, and whether its place is taken by a certificate that this one issued
 * itself. */
static void tell_missing(struct telling *tell, const char *text)
{
	cert_issuer_words(tell->reason->cert, tell->by);
	if (!strcmp(tell->reason->rule, REASON_CIRCLE))
		text = _("'%s' and '%s' have issued each other: nothing leads from them "
			 "to an anchor");
	tell->finding->text = str_format(text, tell->name, tell->by);
}

/* The issuer is fetched where it is published, else it is asked of whoever runs it. */
static void client_should_get(struct telling *tell)
{
	client_should_fetch(tell, tell->reason->cert);
	if (!tell->finding->remedy_client)
		tell->finding->remedy_client = remedy_by_hand(tell->context);
}

static void tell_missing_intermediate(struct telling *tell)
{
	tell_missing(tell, _("the chain stops at '%s': the certificate of its issuer "
			     "'%s' is missing"));
	client_should_get(tell);
	server_should_send(tell);
}

static void tell_missing_root(struct telling *tell)
{
	tell_missing(tell, pool_issuer_is_root(tell->reason->cert)
				   ? _("'%s' was issued by the root '%s', which is "
				       "neither in the store nor in the chain")
				   : _("'%s' was issued by '%s', a root or an "
				       "intermediate that is neither in the store nor in "
				       "the chain"));
	client_should_get(tell);
	server_should_send(tell);
}

static void tell_untrusted_root(struct telling *tell)
{
	const struct pool_cert *root = tell->reason->cert;

	if (is_leaf(tell))
		tell->finding->text = str_format(
			_("'%s' is self-signed and not an anchor of the store; trust it "
			  "only after its fingerprint has been compared with the "
			  "owner's"),
			tell->name);
	else
		tell->finding->text = str_format(
			_("the chain ends at the root '%s', which is not an anchor "
			  "of the store; trust it only after its fingerprint has "
			  "been compared with what its owner publishes"),
			tell->name);
	if (root->from == FROM_STORE || root->trust != TRUST_UNSAID)
		tell->finding->remedy_client = remedy_on_entry(
			tell->context, "trust anchor", tell->hash,
			_("if the fingerprint is what the owner of that root publishes, "
			  "make it an anchor of what %s names"));
	else
		tell->finding->remedy_client =
			remedy_trust_root(tell->context, tell->hash);
	server_should(tell,
		      _("use a certificate from an authority that the client trusts"));
}

static void tell_distrusted(struct telling *tell)
{
	tell->finding->text =
		tell->reason->by ? str_format(_("'%s' has the name and key of a "
						"certificate that the store distrusts"),
					      tell->name)
				 : str_format(_("the store distrusts '%s'"), tell->name);
	if (tell->reason->by)
		sha256_hex(pool_cert_hash(tell->reason->by), tell->hash);
	/* Why comes first: taking distrust back is nothing to paste in a hurry. */
	tell->finding->remedy_client =
		remedy_on_entry(tell->context, "show", tell->hash, NULL);
	server_should(tell, _("use a certificate from another authority"));
}

static void tell_distrust_after(struct telling *tell)
{
	tell->finding->text = str_format(_("the store trusts '%s' only for certificates "
					   "issued until %s, and '%s' is newer"),
					 tell->by, tell->date, tell->name);
	holder_should(tell, _("use a certificate from another authority"));
}

static void tell_expired(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' expired on %s"), tell->name, tell->date);
	if (is_leaf(tell)) {
		holder_should(tell, tell->context->presented_by_server
					    ? _("renew the server's certificate")
					    : _("renew the certificate"));
	} else if (is_end(tell)) {
		tell->finding->remedy_client = remedy_successor(tell->context);
		server_should(
			tell,
			_("send a chain that leads to a root which is still valid"));
	} else {
		tell->finding->remedy_client =
			str_copy(_("get the renewed certificate of that authority from "
				   "whoever runs it"));
		server_should(
			tell,
			_("send the renewed certificate of that authority instead"));
	}
}

static void tell_not_yet_valid(struct telling *tell)
{
	tell->finding->text =
		str_format(_("'%s' is valid only from %s on"), tell->name, tell->date);
	tell->finding->remedy_client = str_copy(_("check the clock of the client"));
	server_should(tell, _("use a certificate that is valid already"));
}

static void tell_hostname(struct telling *tell)
{
	AUTO_FREE char *held = cert_names_held(tell->reason->cert);

	tell->finding->text = str_format(_("'%s' is not for '%s': %s"), tell->name,
					 tell->reason->what, held);
	tell->finding->remedy_client =
		str_copy(_("ask for a name that the certificate holds, or find out who "
			   "answers there"));
	server_should(tell, _("use a certificate with that name among its subject "
			      "alternative names"));
}

static void tell_features(struct telling *tell)
{
	tell->finding->text = str_format(
		_("'%s' lacks TLS features that '%s' demands of what it issues"),
		tell->name, tell->by);
	holder_should(tell, _("use a certificate with the TLS features of its issuer"));
}

static void tell_purpose(struct telling *tell)
{
	if (!strcmp(tell->reason->rule, FEATURES_LACKING)) {
		tell_features(tell);
		return;
	}
	if (!strcmp(tell->reason->rule, "store"))
		tell->finding->text =
			str_format(_("the store does not trust '%s' for %s"), tell->name,
				   tell->reason->what);
	else if (!strcmp(tell->reason->what, "keyUsage"))
		tell->finding->text = str_format(
			_("the key usage of '%s' allows nothing that a TLS server does"),
			tell->name);
	else
		tell->finding->text =
			str_format(_("the extended key usage of '%s' does not allow %s"),
				   tell->name, tell->reason->what);
	holder_should(tell, _("use a certificate that was issued for this purpose"));
}

static void tell_not_a_ca(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' stands where an authority should, but "
					   "its %s says that it is none"),
					 tell->name, tell->reason->what);
	server_should(
		tell,
		_("send the certificate of the authority that issued the server's own"));
	if (!tell->context->presented_by_server)
		tell->finding->remedy_client =
			str_copy(_("get a certificate that an authority has issued"));
}

static void tell_too_long(struct telling *tell)
{
	unsigned long most = (unsigned long)tell->reason->number;

	tell->finding->text =
		str_format(ngettext("below '%s' there are more intermediates than the "
				    "%lu that is allowed",
				    "below '%s' there are more intermediates than the "
				    "%lu that are allowed",
				    most),
			   tell->name, most);
	if (tell->reason->rule && !strcmp(tell->reason->rule, "--max-depth"))
		tell->finding->remedy_client = str_copy(
			_("allow more intermediates (--max-depth), or find out why the "
			  "chain is so long"));
	server_should(tell, _("send a shorter chain, or one through another authority"));
	if (!tell->context->presented_by_server)
		holder_should(tell, _("use a certificate from another authority: this "
				      "one may not stand above so many"));
}

static void tell_name_constraint(struct telling *tell)
{
	tell->finding->text = str_format(
		_("'%s' may not issue for the name '%s' in '%s' (name constraints)"),
		tell->by, tell->reason->what, tell->name);
	holder_should(
		tell,
		_("use a certificate from an authority that may issue for this name"));
}

static void tell_weak_key(struct telling *tell)
{
	if (!strcmp(tell->reason->rule, KEY_OPEN))
		tell->finding->text = str_format(_("the key of '%s' is broken: anybody "
						   "can make signatures that it "
						   "takes"),
						 tell->name);
	else
		tell->finding->text = str_format(
			_("the key of '%s' is too weak (%s, %lu bits)"), tell->name,
			tell->reason->what, (unsigned long)tell->reason->number);
	holder_should(tell,
		      _("use a new key: ECDSA P-256, or RSA of at least 2048 bits"));
}

static void tell_weak_signature(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' is signed with a broken algorithm (%s)"),
					 tell->name, tell->reason->what);
	holder_should(tell, _("use a certificate that is signed with SHA-256 or better"));
}

static void tell_bad_signature(struct telling *tell)
{
	tell->finding->text = str_format(_("the signature of '%s' was not made by '%s', "
					   "which bears the name of its issuer"),
					 tell->name, tell->by);
	server_should(tell, _("send the certificate whose key made this signature"));
	if (!tell->context->presented_by_server)
		tell->finding->remedy_client =
			str_copy(_("get the certificate whose key made this signature "
				   "from whoever runs that authority, or a new copy of "
				   "the certificate itself"));
}

static void tell_unsupported(struct telling *tell)
{
	tell->finding->text =
		str_format(_("the signature of '%s' cannot be checked here: its "
			     "algorithm (%s) or its issuer's key is not supported"),
			   tell->name, tell->reason->what);
	holder_should(tell, _("use a certificate that is signed with RSA or ECDSA"));
}

static void tell_malformed(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' breaks %s: %s"), tell->name,
					 tell->reason->rule, tell->reason->what);
	holder_should(tell, _("have the certificate issued anew, well formed"));
}

static void tell_unknown_critical(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' has a critical extension that must be "
					   "refused where it is not known (%s)"),
					 tell->name, tell->reason->what);
	holder_should(tell, _("use a certificate without that extension"));
}

static void tell_budget(struct telling *tell)
{
	tell->finding->text =
		str_copy(_("the search ended at its bound before every path was tried: "
			   "the certificates offered lead in too many ways"));
	server_should(tell, _("send only the server's certificate and the intermediates "
			      "that it needs"));
}

/* Who requires a policy: an authority of the path, or the user. */
static const char *requirer(const struct telling *tell)
{
	return tell->reason->by ? tell->by : "--explicit-policy";
}

static void tell_policy(struct telling *tell)
{
	const struct reason *reason = tell->reason;
	bool accepted = strcmp(reason->rule, POLICY_NOT_ACCEPTED) != 0;

	if (!accepted)
		tell->finding->text = str_format(
			_("'%s' was not issued under a certificate policy that --policy "
			  "names (its first is %s), and '%s' requires one"),
			tell->name, reason->what, requirer(tell));
	else if (!strcmp(reason->rule, POLICY_NOT_MAPPED))
		tell->finding->text = str_format(
			_("'%s' replaces its certificate policy by another, which is "
			  "forbidden here, and '%s' requires a policy that holds from "
			  "the anchor down"),
			tell->name, requirer(tell));
	else if (*reason->what)
		tell->finding->text = str_format(
			_("'%s' has no certificate policy that the authorities above it "
			  "allow (its first is %s), and '%s' requires one"),
			tell->name, reason->what, requirer(tell));
	else
		tell->finding->text = str_format(
			_("'%s' has no certificate policy, and '%s' requires one"),
			tell->name, requirer(tell));
	if (!accepted)
		tell->finding->remedy_client =
			str_copy(_("accept a policy under which the certificate was "
				   "issued (--policy)"));
	else if (!reason->by)
		tell->finding->remedy_client =
			str_copy(_("leave --explicit-policy out, where no rule of yours "
				   "asks for it"));
	holder_should(tell, _("use a certificate that was issued under a policy which "
			      "all its authorities allow"));
}

static void tell_revoked(struct telling *tell)
{
	const struct reason *reason = tell->reason;

	if (reason->number == CRL_CERTIFICATE_HOLD)
		tell->finding->text = str_format(
			_("'%s' has been on hold since %s, says the revocation list of "
			  "'%s'"),
			tell->name, tell->date, tell->by);
	else
		tell->finding->text = str_format(
			_("'%s' was revoked on %s (%s), says the revocation list of "
			  "'%s'"),
			tell->name, tell->date, reason->what, tell->by);
	tell->finding->remedy_client =
		str_copy(_("nothing: ask the owner of the certificate for a new one"));
	server_should(tell, is_leaf(tell)
				    ? _("use a new certificate, with a new key")
				    : _("use a certificate from an authority that is "
					"not revoked"));
}

static void tell_revocation_unknown(struct telling *tell)
{
	AUTO_FREE char *why = crl_refusal_words(tell->reason);

	/* Where lists are asked, not to know is no good. */
	tell->finding->severity = SEVERITY_ERROR;
	tell->finding->text =
		str_format(_("no revocation list says whether '%s' is revoked: %s"),
			   tell->name, why);
	tell->finding->remedy_client =
		str_copy(_("give the current list of its issuer too (--crl)"));
}

static void (*const tellers[FINDING_COUNT])(struct telling *tell) = {
	[FINDING_MISSING_INTERMEDIATE] = tell_missing_intermediate,
	[FINDING_MISSING_ROOT] = tell_missing_root,
	[FINDING_UNTRUSTED_ROOT] = tell_untrusted_root,
	[FINDING_DISTRUSTED] = tell_distrusted,
	[FINDING_DISTRUST_AFTER] = tell_distrust_after,
	[FINDING_EXPIRED] = tell_expired,
	[FINDING_NOT_YET_VALID] = tell_not_yet_valid,
	[FINDING_HOSTNAME_MISMATCH] = tell_hostname,
	[FINDING_WRONG_PURPOSE] = tell_purpose,
	[FINDING_NOT_A_CA] = tell_not_a_ca,
	[FINDING_PATH_TOO_LONG] = tell_too_long,
	[FINDING_NAME_CONSTRAINT] = tell_name_constraint,
	[FINDING_POLICY] = tell_policy,
	[FINDING_WEAK_KEY] = tell_weak_key,
	[FINDING_WEAK_SIGNATURE] = tell_weak_signature,
	[FINDING_BAD_SIGNATURE] = tell_bad_signature,
	[FINDING_UNSUPPORTED_ALGORITHM] = tell_unsupported,
	[FINDING_MALFORMED] = tell_malformed,
	[FINDING_UNKNOWN_CRITICAL] = tell_unknown_critical,
	[FINDING_REVOKED] = tell_revoked,
	[FINDING_REVOCATION_UNKNOWN] = tell_revocation_unknown,
	[FINDING_BUDGET] = tell_budget,
};

void finding_of_reason(struct finding_list *list, const struct reason *reason,
		       const struct path *path, const struct diagnose_context *context)
{
	struct telling tell = { .reason = reason, .path = path, .context = context };

	tell.finding = finding_about(list, reason->code, reason->cert);
	cert_words(reason->cert, tell.name);
	cert_words(reason->by, tell.by);
	if (reason->when != TIME_NONE)
		time_date(reason->when, tell.date);
	if (reason->cert)
		sha256_hex(pool_cert_hash(reason->cert), tell.hash);
	if (tellers[reason->code])
		tellers[reason->code](&tell);
	else
		tell.finding->text = str_copy(finding_meaning(reason->code));
}
