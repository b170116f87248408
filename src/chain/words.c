/*
 * Reasons in words, for someone who has to mend it now: one sentence on what is wrong,
 * one line for the client's side, one for the server's. A remedy holds only our own
 * words, fingerprints and what the user typed: it gets pasted into a shell. What a
 * certificate says may stand in the text, escaped.
 */
#include "chain/words.h"

#include "chain/facts.h"
#include "chain/reason.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

#include <arpa/inet.h>

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

const char *cert_words(const struct pool_cert *cert, char to[NAME_TEXT])
{
	AUTO(buf) raw = BUF_INIT;
	AUTO(buf) text = BUF_INIT;
	size_t n;

	to[0] = '\0';
	if (!cert)
		return to;
	name_short(&raw, cert_part(&cert->cert, cert->cert.subject));
	escape_terminal_cut(&text, buf_span(&raw), 48);
	n = text.n < NAME_TEXT ? text.n : NAME_TEXT - 1;
	while (n < text.n && n && (text.at[n] & 0xc0) == 0x80)
		n--;
	memcpy(to, buf_text(&text), n);
	to[n] = '\0';
	return to;
}

struct finding *finding_about(struct finding_list *list, enum finding_code code,
			      const struct pool_cert *cert)
{
	struct finding *finding = finding_add(list, code);
	AUTO(buf) raw = BUF_INIT;
	AUTO(buf) text = BUF_INIT;

	if (!cert)
		return finding;
	finding->about_certificate = true;
	finding->sha256 = *pool_cert_hash(cert);
	name_text(&raw, cert_part(&cert->cert, cert->cert.subject));
	escape_terminal(&text, buf_span(&raw));
	finding->subject = buf_steal(&text);
	return finding;
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

/* "rootcellar VERB TARGET --store X", or the verb with words in place of what is not
 * known. */
static char *command(const struct telling *tell, const char *verb)
{
	const struct diagnose_context *context = tell->context;
	const char *store = context->store_option ? context->store_option : "";

	return str_format("rootcellar %s%s%s%s%s", verb, context->target ? " " : "",
			  context->target ? context->target : "", *store ? " " : "",
			  store);
}

/* A command on an entry of the store, by its fingerprint. */
static char *command_on(const struct telling *tell, const char *verb)
{
	const char *store =
		tell->context->store_option ? tell->context->store_option : "";

	return str_format("rootcellar %s %s%s%s", verb, tell->hash, *store ? " " : "",
			  store);
}

static void server_should(struct telling *tell, const char *what)
{
	if (tell->context->presented_by_server)
		tell->finding->remedy_server = str_copy(what);
}

/* What to send can be had from here, where the issuer publishes it. */
static void server_should_send(struct telling *tell)
{
	AUTO_FREE char *validate = command(tell, "validate");

	if (tell->context->presented_by_server && tell->context->target)
		tell->finding->remedy_server = str_format(
			"%s\n%s --fetch --save-chain chain.pem",
			/* Translators: a command follows on the next line. */
			_("send the certificate of the issuer right after the server's "
			  "own; a file to send is written by"),
			validate);
	else
		server_should(tell, _("send the certificate of the issuer right after "
				      "the server's own"));
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

static void tell_missing_intermediate(struct telling *tell)
{
	tell_missing(tell, _("the chain stops at '%s': the certificate of its issuer "
			     "'%s' is missing"));
	if (tell->context->target)
		tell->finding->remedy_client = command(tell, "fetch");
	else
		tell->finding->remedy_client = command(tell, "import INTERMEDIATE.pem");
	server_should_send(tell);
}

static void tell_missing_root(struct telling *tell)
{
	tell_missing(tell, _("'%s' was issued by '%s', which is neither in the store nor "
			     "in the chain"));
	if (tell->context->target)
		tell->finding->remedy_client = command(tell, "fetch");
	else
		tell->finding->remedy_client =
			str_copy("rootcellar import --trust anchor ROOT.pem");
	server_should(tell, _("send the intermediates up to a root that the client "
			      "trusts, or a cross-signed one"));
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
		tell->finding->remedy_client = command_on(tell, "trust anchor");
	else if (tell->context->target && tell->context->presented_by_server) {
		AUTO_FREE char *verb = str_format("fetch --accept-root %s", tell->hash);

		tell->finding->remedy_client = command(tell, verb);
	} else
		tell->finding->remedy_client =
			str_copy("rootcellar import --trust anchor ROOT.pem");
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
	tell->finding->remedy_client = command_on(tell, "show");
	server_should(tell, _("use a certificate from another authority"));
}

static void tell_distrust_after(struct telling *tell)
{
	tell->finding->text = str_format(_("the store trusts '%s' only for certificates "
					   "issued until %s, and '%s' is newer"),
					 tell->by, tell->date, tell->name);
	server_should(tell, _("use a certificate from another authority"));
}

static void tell_expired(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' expired on %s"), tell->name, tell->date);
	if (is_leaf(tell)) {
		server_should(tell, _("renew the server's certificate"));
	} else if (is_end(tell)) {
		tell->finding->remedy_client =
			str_copy("rootcellar import --trust anchor SUCCESSOR.pem");
		server_should(
			tell,
			_("send a chain that leads to a root which is still valid"));
	} else {
		if (tell->context->target)
			tell->finding->remedy_client = command(tell, "fetch");
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

#define NAMES_TOLD 4  /* of those that a certificate is for */
#define NAME_CELLS 64 /* of one of them; a longer one is cut */

/* A name that a server could be asked by, or nothing. */
static void server_name(struct buf *out, const struct general_name *name)
{
	char address[INET6_ADDRSTRLEN] = "";

	if (name->kind == GENERAL_DNS)
		escape_terminal_cut(out, name->value, NAME_CELLS);
	else if (name->kind == GENERAL_IP && name->value.n == 4)
		inet_ntop(AF_INET, name->value.at, address, sizeof(address));
	else if (name->kind == GENERAL_IP && name->value.n == 16)
		inet_ntop(AF_INET6, name->value.at, address, sizeof(address));
	buf_add_str(out, address);
}

/* "it is for a.example, b.example and 3 more" */
static char *names_held(const struct pool_cert *cert)
{
	struct span rest = pool_cert_facts(cert)->alt_names;
	AUTO(buf) told = BUF_INIT;
	struct general_name name;
	bool malformed = false;
	size_t n = 0;

	while (general_name_next(&rest, &name, &malformed)) {
		AUTO(buf) text = BUF_INIT;

		server_name(&text, &name);
		if (!text.n || ++n > NAMES_TOLD)
			continue;
		buf_add_str(&told, n > 1 ? ", " : "");
		buf_add(&told, buf_span(&text));
	}
	if (!n)
		return str_copy(_("it is for no DNS name and no IP address"));
	if (n <= NAMES_TOLD)
		return str_format(_("it is for %s"), buf_text(&told));
	return str_format(_("it is for %s and %zu more"), buf_text(&told),
			  n - NAMES_TOLD);
}

static void tell_hostname(struct telling *tell)
{
	AUTO_FREE char *held = names_held(tell->reason->cert);

	tell->finding->text = str_format(_("'%s' is not for '%s': %s"), tell->name,
					 tell->reason->what, held);
	tell->finding->remedy_client =
		str_copy(_("ask for a name that the certificate holds, or find out who "
			   "answers there"));
	server_should(tell, _("use a certificate with that name among its subject "
			      "alternative names"));
}

static void tell_purpose(struct telling *tell)
{
	if (tell->reason->rule && !strcmp(tell->reason->rule, "store"))
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
	server_should(tell, _("use a certificate that was issued for this purpose"));
}

static void tell_not_a_ca(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' stands where an authority should, but "
					   "its %s says that it is none"),
					 tell->name, tell->reason->what);
	if (tell->context->target)
		tell->finding->remedy_client = command(tell, "fetch");
	server_should(
		tell,
		_("send the certificate of the authority that issued the server's own"));
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
	server_should(tell, _("send a shorter chain, or one through another authority"));
}

static void tell_name_constraint(struct telling *tell)
{
	tell->finding->text = str_format(
		_("'%s' may not issue for the name '%s' in '%s' (name constraints)"),
		tell->by, tell->reason->what, tell->name);
	server_should(
		tell,
		_("use a certificate from an authority that may issue for this name"));
}

static void tell_weak_key(struct telling *tell)
{
	tell->finding->text =
		str_format(_("the key of '%s' is too weak (%s, %lu bits)"), tell->name,
			   tell->reason->what, (unsigned long)tell->reason->number);
	server_should(tell,
		      _("use a new key: ECDSA P-256, or RSA of at least 2048 bits"));
}

static void tell_weak_signature(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' is signed with a broken algorithm (%s)"),
					 tell->name, tell->reason->what);
	server_should(tell, _("use a certificate that is signed with SHA-256 or better"));
}

static void tell_bad_signature(struct telling *tell)
{
	tell->finding->text = str_format(_("the signature of '%s' was not made by '%s', "
					   "which bears the name of its issuer"),
					 tell->name, tell->by);
	if (tell->context->target)
		tell->finding->remedy_client = command(tell, "fetch");
	server_should(tell, _("send the certificate whose key made this signature"));
}

static void tell_unsupported(struct telling *tell)
{
	tell->finding->text =
		str_format(_("the signature of '%s' cannot be checked here: its "
			     "algorithm (%s) or its issuer's key is not supported"),
			   tell->name, tell->reason->what);
	server_should(tell, _("use a certificate that is signed with RSA or ECDSA"));
}

static void tell_malformed(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' breaks %s: %s"), tell->name,
					 tell->reason->rule, tell->reason->what);
	server_should(tell, _("have the certificate issued anew, well formed"));
}

static void tell_unknown_critical(struct telling *tell)
{
	tell->finding->text = str_format(_("'%s' has a critical extension that must be "
					   "refused where it is not known (%s)"),
					 tell->name, tell->reason->what);
	server_should(tell, _("use a certificate without that extension"));
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
	server_should(tell, _("use a certificate that was issued under a policy which "
			      "all its authorities allow"));
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
