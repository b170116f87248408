/*
 * Validating: what an endpoint presented, or files, against a store. Everything that was presented is
 * copied into the validation, so that it outlives the connection and can be judged again.
 */
#include "plan/clients.h"
#include "plan/complete.h"
#include "plan/question.h"
#include "plan/telling.h"
#include "plan/unanswered.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <arpa/inet.h>
#include <pthread.h>

struct validate_options validate_options_default(void)
{
	return (struct validate_options){
		.rules = path_rules_default(),
		.command_store = "",
		.command_options = "",
		.own_options = "",
		.at = TIME_NONE,
		.dial_ms = 10000,
		.fetch_ms = FETCH_MS,
		.target_ms = FETCH_TARGET_MS,
	};
}

static enum name_kind kind_of(const char *name)
{
	uint8_t address[16];

	return inet_pton(AF_INET, name, address) == 1 || inet_pton(AF_INET6, name, address) == 1
		       ? NAME_IP
		       : NAME_DNS;
}

static void begin(struct validation *validation, const char *what, const char *name,
		  const struct validate_options *options)
{
	validation->target = str_copy(what);
	validation->store = options->store_ref ? str_copy(options->store_ref) : NULL;
	validation->at = options->at;
	validation->name = options->rules.name;
	if (validation->name.kind != NAME_NONE) {
		validation->name_text = str_copy(validation->name.text);
		validation->name.text = validation->name_text;
	} else if (name) {
		validation->name_text = str_copy(name);
		validation->name = (struct expected_name){ kind_of(name), validation->name_text };
	}
	validation->pool = pool_new(options->edges);
	pool_add_store(validation->pool, options->store);
	clients_begin(validation, options);
}

static void add_malformed(struct validation *validation, size_t position, const struct error *err)
{
	finding_add(&validation->findings, FINDING_MALFORMED)->text =
		str_format(_("certificate %zu of what was presented cannot be read: %s"),
			   position + 1, err->text);
}

/* One presented certificate into the pool; the first that is good is the leaf. */
static void present(struct validation *validation, struct span der, size_t position,
		    enum cert_from from, const struct validate_options *options)
{
	AUTO(error) err = ERROR_INIT;
	struct cert cert;
	struct pool_cert *added;

	if (!cert_read(&cert, arena_copy(&validation->gathered.arena, der), &err)) {
		add_malformed(validation, position, &err);
		return;
	}
	added = pool_add(validation->pool, &cert, from, NULL, position);
	/* An anchor is the store's, whoever sends it along. */
	if (position && validation->from_network && added->trust == TRUST_ANCHOR)
		added->from = FROM_STORE;
	if (position == 0)
		validation->leaf = added;
	settle_added(added, position == 0 ? ADDED_LEAF : ADDED_ISSUER, options);
}

static void judge(struct validation *validation, const struct validate_options *options)
{
	AUTO(question) question = QUESTION_INIT;

	question_make(&question, validation, options);
	validation->ask = remedy_ask(&question.context, "");
	if (!validation->leaf) {
		validation->verdict = VERDICT_INCOMPLETE;
		if (validation->findings.n)
			clients_refuse(validation, &validation->findings.at[0]);
		return;
	}
	if (validation->n_clients)
		judge_by_clients(validation, options, &question.context);
	else
		complete_chain(validation, options);
	diagnose_path(&validation->findings, &validation->path, validation->pool,
		      &question.context);
	tell_clients(validation);
	tell_run(validation, options, &question.context);
	validation->verdict =
		validation->path.complete ? VERDICT_COMPLETE : VERDICT_INCOMPLETE;
}

static void present_all(struct validation *validation, const struct net_presented *presented,
			const struct validate_options *options)
{
	for (size_t i = 0; i < presented->n_certs; i++)
		present(validation, presented->certs[i], i, FROM_SERVER, options);
}

static void tell_client_certificate(struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	AUTO_FREE char *alert = NULL;

	if (presented->outcome != NET_GOOD || !presented->client_certificate_asked)
		return;
	alert = quoted(span_str(presented->alert ? presented->alert : ""));
	finding_add(&validation->findings, FINDING_CLIENT_CERTIFICATE)->text =
		presented->after_alert
			? str_format(_("the server asks for a client certificate and closed the "
				       "connection without one (%s)"),
				     alert)
			: str_copy(_("the server asks for a client certificate"));
}

/* Presented certificates borrow the message that brought them: the validation needs its own. */
static void own_presented(struct validation *validation, const struct net_presented *from)
{
	struct net_presented *to = &validation->presented;

	*to = *from;
	to->text = from->text ? str_copy(from->text) : NULL;
	to->address = from->address ? str_copy(from->address) : NULL;
	to->tls_version = from->tls_version ? str_copy(from->tls_version) : NULL;
	to->cipher = from->cipher ? str_copy(from->cipher) : NULL;
	to->group = from->group ? str_copy(from->group) : NULL;
	to->alert = from->alert ? str_copy(from->alert) : NULL;
	to->ocsp = arena_copy(&validation->gathered.arena, from->ocsp);
	to->certs = mem_array(from->n_certs, sizeof(*to->certs));
	for (size_t i = 0; i < from->n_certs; i++)
		to->certs[i] = arena_copy(&validation->gathered.arena, from->certs[i]);
}

static bool completes_for_any(const struct validation *validation)
{
	for (size_t i = 0; i < validation->n_clients; i++)
		if (validation->clients[i].verdict == VERDICT_COMPLETE)
			return true;
	return validation->verdict == VERDICT_COMPLETE;
}

/*
 * Certificates are no secret: until the handshake is done, a server has not shown that it holds the key of
 * its own. One that then ends it, for want of a client certificate, has.
 */
static void doubt_unfinished(struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	struct finding *finding;

	if (presented->outcome == NET_GOOD || presented->key_shown ||
	    !completes_for_any(validation))
		return;
	validation->verdict = VERDICT_INCOMPLETE;
	finding = finding_add(&validation->findings, FINDING_HANDSHAKE_FAILED);
	finding->text = str_copy(_("the chain itself completes, but the server has not shown that it "
				   "holds the key of its certificate: the handshake did not end"));
	finding->remedy_server = str_copy(_("see that the server's key belongs to its certificate, and "
					    "that it offers a protocol and a cipher which fit both"));
	clients_refuse(validation, finding);
}

static void judge_presented(struct validation *validation, const struct validate_options *options)
{
	const struct net_presented *presented = &validation->presented;

	validation->from_network = validation->by_server = true;
	tell_connection(validation);
	tell_client_certificate(validation);
	if (presented->n_certs) {
		present_all(validation, presented, options);
		judge(validation, options);
		doubt_unfinished(validation);
		return;
	}
	validation->verdict = VERDICT_NO_ANSWER;
	if (presented->outcome == NET_GOOD) {
		struct finding *finding = finding_add(&validation->findings, FINDING_HANDSHAKE_FAILED);

		finding->text = str_copy(_("the server sent no certificate"));
		finding->remedy_server = str_copy(_("give the server a certificate"));
	}
}

static void no_answer(struct validation *validation, const char *why)
{
	validation->from_network = true;
	validation->verdict = VERDICT_NO_ANSWER;
	validation->presented.outcome = NET_FAILED;
	validation->presented.text = str_copy(why);
	tell_connection(validation);
}

void validate_target(struct validation *validation, const struct target *target,
		     const struct validate_options *options)
{
	const char *name = options->hostname ? options->hostname : target->host;
	const char *sni = options->sni ? options->sni : target->is_address ? "" : target->host;
	struct net_dial dial = {
		.host = target->host,
		.sni = (char *)sni,	/* read only: the struct is the receiver's too */
		.port = target->port,
		.deadline_ms = options->dial_ms,
	};
	struct message answer = MESSAGE_INIT;
	AUTO(error) err = ERROR_INIT;
	uint32_t id;

	begin(validation, target->text, name, options);
	if (!options->net) {
		validation->verdict = VERDICT_NO_ANSWER;
		validation->from_network = true;
		validation->presented.outcome = NET_FAILED;
		tell_offline(validation);
		return;
	}
	id = net_dial(options->net, &dial);
	/* The child keeps the deadline, counted from when it takes the target up: it may queue. */
	if (net_wait(options->net, id, &answer, 10 * (int64_t)options->dial_ms, &err)) {
		own_presented(validation, &answer.presented);
		judge_presented(validation, options);
	} else {
		no_answer(validation, err.text ? err.text : _("no answer came in time"));
	}
	message_clear(&answer);
}

void validate_again(struct validation *validation, const struct validation *former,
		    const struct validate_options *options)
{
	begin(validation, former->target, former->name_text, options);
	own_presented(validation, &former->presented);
	judge_presented(validation, options);
}

void validate_chain(struct validation *validation, const char *what, const struct entry_set *leaf,
		    const struct entry_set *untrusted, enum cert_from from,
		    const struct validate_options *options)
{
	struct validate_options mine = *options;

	if (mine.asked == ASKED_TARGET)
		mine.asked = ASKED_FILE;
	begin(validation, what, options->hostname, options);
	validation->by_server = from == FROM_SERVER;
	for (size_t i = 0; i < leaf->n; i++)
		present(validation, cert_der(&leaf->at[i].cert), i, i ? from : FROM_LEAF, options);
	for (size_t i = 0; untrusted && i < untrusted->n; i++)
		pool_add(validation->pool, &untrusted->at[i].cert, from, NULL, SIZE_MAX);
	judge(validation, &mine);
}

/* Many targets: a few threads take one after the other; results are told in the order given. */
struct crowd {
	pthread_mutex_t lock;
	pthread_cond_t finished;
	const struct target *targets;
	struct validation *validations;
	bool *done;
	size_t n, next;
	const struct validate_options *options;
};

static void *work(void *ctx)
{
	struct crowd *crowd = ctx;

	for (;;) {
		size_t mine;

		pthread_mutex_lock(&crowd->lock);
		mine = crowd->next < crowd->n ? crowd->next++ : SIZE_MAX;
		pthread_mutex_unlock(&crowd->lock);
		if (mine == SIZE_MAX)
			return NULL;
		validate_target(&crowd->validations[mine], &crowd->targets[mine], crowd->options);
		pthread_mutex_lock(&crowd->lock);
		crowd->done[mine] = true;
		pthread_cond_broadcast(&crowd->finished);
		pthread_mutex_unlock(&crowd->lock);
	}
}

static void tell_in_order(struct crowd *crowd, void *ctx,
			  void (*done)(void *ctx, struct validation *validation))
{
	for (size_t i = 0; i < crowd->n; i++) {
		pthread_mutex_lock(&crowd->lock);
		while (!crowd->done[i])
			pthread_cond_wait(&crowd->finished, &crowd->lock);
		pthread_mutex_unlock(&crowd->lock);
		done(ctx, &crowd->validations[i]);
		validation_clear(&crowd->validations[i]);
	}
}

#define JOBS_MOST 64

void validate_targets(const struct target *targets, size_t n, size_t jobs,
		      const struct validate_options *options, void *ctx,
		      void (*done)(void *ctx, struct validation *validation))
{
	struct crowd crowd = { .targets = targets, .n = n, .options = options };
	pthread_t threads[JOBS_MOST];
	size_t started = 0;

	if (jobs > JOBS_MOST)
		jobs = JOBS_MOST;
	pthread_mutex_init(&crowd.lock, NULL);
	pthread_cond_init(&crowd.finished, NULL);
	crowd.validations = mem_array(n, sizeof(*crowd.validations));
	crowd.done = mem_array(n, sizeof(*crowd.done));
	set_index_make(options->store);
	while (started < jobs && started < n &&
	       pthread_create(&threads[started], NULL, work, &crowd) == 0)
		started++;
	if (!started)
		work(&crowd);	/* no thread to be had: one after the other */
	tell_in_order(&crowd, ctx, done);
	for (size_t i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
	mem_free(crowd.validations);
	mem_free(crowd.done);
	pthread_cond_destroy(&crowd.finished);
	pthread_mutex_destroy(&crowd.lock);
}
