/*
 * What the connection itself showed, before any certificate is judged. What would mend it
 * depends on where it ended: at the name, the address, the proxy, the protocol or the
 * handshake.
 */
#include "plan/unanswered.h"

#include "base/escape.h"
#include "base/i18n.h"

static const struct advice {
	enum net_outcome outcome;
	enum finding_code code;
	const char *client, *server;
} advices[] = {
	{ NET_NO_NAME, FINDING_NO_CONNECTION,
	  N_("see that the host is written right; where only a proxy can resolve it, "
	     "name the proxy (--proxy)"),
	  NULL },
	{ NET_REFUSED, FINDING_NO_CONNECTION,
	  N_("see that the port is right: nothing listens there, or a firewall says so"),
	  NULL },
	{ NET_TIMEOUT, FINDING_NO_CONNECTION,
	  N_("see that the host and the port are right and that no firewall is between; "
	     "where the network is "
	     "reached by a proxy alone, name it (--proxy)"),
	  NULL },
	{ NET_UNREACHABLE, FINDING_NO_CONNECTION,
	  N_("see that this machine has a way to that address; where the network is "
	     "reached by a proxy alone, "
	     "name it (--proxy)"),
	  NULL },
	{ NET_PROXY, FINDING_NO_CONNECTION,
	  N_("see that the proxy of --proxy, or of https_proxy in the environment, is "
	     "right and lets this "
	     "target through; one that wants a password is named as "
	     "http://USER:PASSWORD@HOST:PORT"),
	  NULL },
	{ NET_CLOSED, FINDING_NO_CONNECTION,
	  N_("see that the port is one of TLS from the first byte, and no other "
	     "service's (with STARTTLS the "
	     "TLS ports are https:// 443, smtps:// 465, imaps:// 993, pop3s:// 995, "
	     "ldaps:// 636, ftps:// 990)"),
	  NULL },
	{ NET_NOT_TLS, FINDING_NO_TLS,
	  N_("ask the port on which the server speaks TLS from the first byte: https:// "
	     "443, smtps:// 465, "
	     "imaps:// 993, pop3s:// 995, ldaps:// 636, ftps:// 990; STARTTLS is not "
	     "spoken here"),
	  NULL },
	{ NET_TOO_LARGE, FINDING_CHAIN_TOO_LARGE, NULL,
	  N_("send the server's own certificate and the intermediates that it needs, and "
	     "nothing else") },
	{ NET_HANDSHAKE, FINDING_HANDSHAKE_FAILED, NULL,
	  N_("see in the server's log why it ended the handshake: it must offer TLS 1.2 "
	     "or 1.3, a cipher "
	     "that clients have, and a certificate") },
};

/* Alerts that say more (RFC 8446 6.2). */
static const struct {
	const char *alert, *client, *server;
} alerts[] = {
	{ "unrecognized_name", N_("ask by a name that the server knows (--sni)"), NULL },
	{ "certificate_required",
	  N_("the server wants a client certificate, and none is sent from here"), NULL },
	{ "protocol_version", NULL, N_("offer TLS 1.2 or TLS 1.3") },
	{ "handshake_failure",
	  N_("if the server serves several names, ask by the one that it knows (--sni)"),
	  N_("offer a cipher and a group of TLS 1.2 or 1.3 that clients have") },
};

static const struct advice *find_advice(const struct net_presented *presented)
{
	static const struct advice none = {
		NET_FAILED, FINDING_NO_CONNECTION,
		N_("see that the host, the port and the proxy are right, and try again"),
		NULL
	};
	bool at_proxy = presented->outcome == NET_TIMEOUT && presented->through_proxy;
	enum net_outcome outcome = at_proxy ? NET_PROXY : presented->outcome;

	for (size_t i = 0; i < COUNT(advices); i++)
		if (advices[i].outcome == outcome)
			return &advices[i];
	return &none;
}

static void advise(struct finding *finding, const char *client, const char *server)
{
	finding->remedy_client = client ? str_copy(_(client)) : NULL;
	finding->remedy_server = server ? str_copy(_(server)) : NULL;
}

static void advise_on(struct finding *finding, const struct net_presented *presented,
		      const struct advice *advice)
{
	for (size_t i = 0; presented->alert && i < COUNT(alerts); i++)
		if (strcmp(presented->alert, alerts[i].alert) == 0) {
			advise(finding, alerts[i].client, alerts[i].server);
			return;
		}
	advise(finding, advice->client, advice->server);
}

void tell_connection(struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	const struct advice *advice = find_advice(presented);
	AUTO_FREE char *why = NULL;
	struct finding *finding;

	if (presented->outcome == NET_GOOD)
		return;
	why = quoted(span_str(presented->text ? presented->text : ""));
	if (presented->n_certs && presented->client_certificate_asked) {
		finding_add(&validation->findings, FINDING_CLIENT_CERTIFICATE)->text =
			str_format(_("the server asks for a client certificate and ended "
				     "the handshake "
				     "without one: %s"),
				   why);
		return;
	}
	finding = finding_add(&validation->findings, advice->code);
	finding->text = str_copy(*why ? why : net_outcome_name(presented->outcome));
	advise_on(finding, presented, advice);
}

void tell_offline(struct validation *validation)
{
	struct finding *finding =
		finding_add(&validation->findings, FINDING_NO_CONNECTION);

	finding->text = str_copy(_("--offline forbids to connect"));
	finding->remedy_client = str_copy(_("leave --offline out"));
}
