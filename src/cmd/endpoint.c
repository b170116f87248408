/* References such as tls://api.partner.com: dialled once, read only, and trusted for
 * nothing. */
#include "cmd/endpoint.h"

#include "base/escape.h"
#include "net/net.h"

#define ENDPOINT_MS      10000 /* for the whole: name, connection, handshake */
#define ENDPOINT_WAIT_MS (ENDPOINT_MS + 2000)

static const struct context *opened_for; /* what the command line said */

static void add_presented(struct entry_set *set, const char *ref, struct span der)
{
	AUTO(error) unreadable = ERROR_INIT;
	struct origin origin = { ORIGIN_SERVER, ref, TIME_NONE, false, NULL };
	struct entry entry = { .trust = TRUST_UNSAID, .origin = &origin };

	/* A server may send anything; what is no certificate is none. */
	if (cert_read(&entry.cert, der, &unreadable))
		set_add_copy(set, &entry);
}

static bool take_presented(const struct net_presented *presented, const char *ref,
			   struct entry_set *set, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));
	AUTO_FREE char *why = quoted(span_str(presented->text ? presented->text : ""));

	if (presented->outcome != NET_GOOD && !presented->n_certs)
		return error_fail(err, STATUS_NO_ANSWER, "'%s': %s: %s", shown,
				  net_outcome_name(presented->outcome), why);
	for (size_t i = 0; i < presented->n_certs; i++)
		add_presented(set, ref, presented->certs[i]);
	return set->n || error_fail(err, STATUS_NO_ANSWER,
				    _("'%s' presented no certificate"), shown);
}

static bool dial(struct net *net, const struct target *target, const char *ref,
		 struct entry_set *set, struct error *err)
{
	const struct net_dial ask = { .host = target->host,
				      .sni = target->is_address ? (char *)""
								: target->host,
				      .port = target->port,
				      .deadline_ms = ENDPOINT_MS };
	AUTO(message) answer = MESSAGE_INIT;
	AUTO_FREE char *shown = quoted(span_str(ref));

	if (!net_wait(net, net_dial(net, &ask), &answer, ENDPOINT_WAIT_MS, err))
		return err->text ? error_in(err, "'%s'", shown)
				 : error_fail(err, STATUS_NO_ANSWER,
					      _("'%s' did not answer"), shown);
	return take_presented(&answer.presented, ref, set, err);
}

static bool open_endpoint(const char *ref, struct entry_set *set, struct error *err)
{
	const struct net_settings settings = {
		/* copied there */
		.proxy = (char *)(opened_for->proxy ? opened_for->proxy : "env"),
		.connect_ms = ENDPOINT_MS,
		.handshake_ms = ENDPOINT_MS,
		.cache = (char *)"",
	};
	AUTO(target) target = TARGET_INIT;
	AUTO_FREE char *shown = quoted(span_str(ref));
	struct net *net;
	bool good;

	if (opened_for->offline)
		return error_fail(err, STATUS_NO_ANSWER,
				  _("'%s' is not asked: --offline was given"), shown);
	if (!target_parse(&target, ref, err))
		return false;
	net = net_new(&settings);
	good = dial(net, &target, ref, set, err);
	net_free(net);
	return good;
}

void endpoint_openable(const struct context *context)
{
	opened_for = context;
	store_endpoint_opener = open_endpoint;
}
