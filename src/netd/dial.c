/* One target: connect, handshake, the moment after it, and what was presented. */
#include "netd/dial.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "netd/hop.h"
#include "netd/tls.h"
#include "netd/url.h"

#include <sys/epoll.h>
#include <sys/socket.h>

/* How long a server has to say after a TLS 1.3 handshake that it wants a client
 * certificate after all. */
#define MOMENT_MS 300

enum phase {
	PHASE_CONNECT,
	PHASE_HANDSHAKE,
	PHASE_MOMENT
};

struct dial {
	struct job job;
	struct net_dial request;
	struct hop hop;
	struct tls *tls;
	struct watch watch; /* the socket, once it is TLS's */
	struct timer timer; /* of the phase */
	enum phase phase;
};

static void free_dial(struct dial *dial)
{
	struct loop *loop = dial->job.work->loop;

	loop_unset_timer(loop, &dial->timer);
	loop_unwatch(loop, &dial->watch);
	if (dial->tls)
		tls_free(dial->tls);
	hop_clear(&dial->hop);
	mem_free(dial->request.host);
	mem_free(dial->request.sni);
	mem_free(dial);
}

static void stop(struct job *job)
{
	struct dial *dial = HOLDER(job, struct dial, job);

	work_remove(job->work, job);
	free_dial(dial);
}

static void note_address(struct dial *dial, struct net_presented *presented)
{
	struct address address;
	char text[ADDRESS_TEXT];

	presented->through_proxy = hop_through_proxy(&dial->hop);
	presented->address_class = ADDRESS_UNKNOWN;
	if (!hop_reached(&dial->hop, &address))
		return;
	presented->address = str_copy(address_text(&address, text));
	presented->address_class = address_class(&address);
}

/* The end of the job; text is ours. */
static void answer(struct dial *dial, enum net_outcome outcome, const char *text)
{
	struct message message = { .kind = MESSAGE_PRESENTED };
	struct net_presented *presented = &message.presented;
	AUTO_FREE char *too_many = NULL;

	presented->outcome = outcome;
	note_address(dial, presented);
	if (dial->tls && !tls_present(dial->tls, presented, &too_many)) {
		presented->outcome = NET_TOO_LARGE;
		text = too_many;
	}
	presented->text = str_copy(text);
	presented->milliseconds = job_spent(&dial->job);
	net_presented_write(&dial->job.work->stream.out, dial->job.id, presented);
	message_clear(&message);
	stop(&dial->job);
}

/* A phase ends with its own time-out or the request's, whichever comes first; 0: no
 * time-out of its own. */
static void enter(struct dial *dial, enum phase phase, uint32_t most_ms)
{
	int64_t end = dial->job.started_ms + dial->request.deadline_ms;
	int64_t phase_end = clock_monotonic_ms() + most_ms;

	dial->phase = phase;
	loop_set_timer(dial->job.work->loop, &dial->timer,
		       most_ms && phase_end < end ? phase_end : end);
}

static void on_timer(struct timer *timer)
{
	struct dial *dial = HOLDER(timer, struct dial, timer);

	AUTO_FREE char *late = NULL;

	switch (dial->phase) {
	case PHASE_CONNECT:
		late = hop_too_late(&dial->hop);
		answer(dial, NET_TIMEOUT, late);
		break;
	case PHASE_HANDSHAKE:
		answer(dial, NET_TIMEOUT, _("no TLS handshake in time"));
		break;
	case PHASE_MOMENT:
		answer(dial, NET_GOOD, "");
		break;
	}
}

static void wait_for(struct dial *dial, enum tls_state state)
{
	loop_watch(dial->job.work->loop, &dial->watch, dial->watch.fd,
		   state == TLS_WRITE ? EPOLLOUT : EPOLLIN);
}

static void go_on_moment(struct dial *dial)
{
	if (tls_moment(dial->tls) == TLS_DONE)
		answer(dial, NET_GOOD, "");
	else
		wait_for(dial, TLS_READ);
}

static void go_on_handshake(struct dial *dial)
{
	enum tls_state state = tls_handshake(dial->tls);
	AUTO_FREE char *text = NULL;
	enum net_outcome outcome;

	switch (state) {
	case TLS_READ:
	case TLS_WRITE:
		wait_for(dial, state);
		return;
	case TLS_FAILED:
		outcome = tls_judge(dial->tls, hop_through_proxy(&dial->hop), &text);
		answer(dial, outcome, text);
		return;
	case TLS_DONE:
		break;
	}
	if (!tls_has_moment(dial->tls)) {
		answer(dial, NET_GOOD, "");
		return;
	}
	enter(dial, PHASE_MOMENT, MOMENT_MS);
	go_on_moment(dial);
}

static void on_socket(struct watch *watch, uint32_t events)
{
	struct dial *dial = HOLDER(watch, struct dial, watch);

	(void)events;
	if (dial->phase == PHASE_MOMENT)
		go_on_moment(dial);
	else
		go_on_handshake(dial);
}

/* Before there is a connection, whatever goes wrong behind a proxy is between it and us.
 */
static enum net_outcome judge(const struct hop *hop, CURLcode result, const char **text)
{
	enum net_outcome outcome = hop_judge(hop, result, text);

	if (!hop_through_proxy(hop) || outcome == NET_GOOD || outcome == NET_TIMEOUT)
		return outcome;
	return NET_PROXY;
}

static void on_connected(struct transfer *transfer, CURLcode result)
{
	struct hop *hop = HOLDER(transfer, struct hop, transfer);
	struct dial *dial = HOLDER(hop, struct dial, hop);
	curl_socket_t fd = CURL_SOCKET_BAD;
	const char *text;
	enum net_outcome outcome = judge(hop, result, &text);

	if (outcome != NET_GOOD) {
		AUTO_FREE char *words = outcome == NET_TIMEOUT
						? hop_too_late(hop)
						: hop_words(hop, outcome, text);

		answer(dial, outcome, words);
		return;
	}
	curl_easy_getinfo(transfer->easy, CURLINFO_ACTIVESOCKET, &fd);
	if (fd != CURL_SOCKET_BAD)
		dial->tls = tls_new(
			fd, hop->proxy.kind == PROXY_HTTPS ? transfer->easy : NULL,
			dial->request.sni);
	if (!dial->tls) {
		answer(dial, NET_FAILED, _("out of resources"));
		return;
	}
	loop_watch(dial->job.work->loop, &dial->watch, fd, EPOLLIN);
	enter(dial, PHASE_HANDSHAKE, dial->job.work->settings.handshake_ms);
	go_on_handshake(dial);
}

/* libcurl connects, through whatever proxy, and leaves the socket to us: the scheme keeps
 * its TLS out. */
static void on_ready(struct hop *hop)
{
	struct dial *dial = HOLDER(hop, struct dial, hop);
	AUTO_FREE char *place = host_port(dial->request.host, dial->request.port);
	AUTO_FREE char *url = str_format("http://%s", place);

	curl_easy_setopt(hop->transfer.easy, CURLOPT_URL, url);
	curl_easy_setopt(hop->transfer.easy, CURLOPT_CONNECT_ONLY, 1L);
	curl_easy_setopt(hop->transfer.easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
	hop->transfer.done = on_connected;
	loop_start_transfer(dial->job.work->loop, &hop->transfer);
}

static void on_failed(struct hop *hop, enum net_outcome outcome, const char *text)
{
	answer(HOLDER(hop, struct dial, hop), outcome, text);
}

void dial_start(struct work *work, struct message *request)
{
	struct dial *dial = mem_zalloc(sizeof(*dial));

	dial->job = (struct job){ .id = request->id, .kind = MESSAGE_DIAL, .stop = stop };
	dial->request = request->dial;
	dial->watch = (struct watch){ -1, on_socket };
	dial->timer.due = on_timer;
	dial->hop = (struct hop){
		.work = work,
		.scheme = "https",
		.host = dial->request.host,
		.port = dial->request.port,
		.family = dial->request.family,
		.rule = { .any = true },
		.ready = on_ready,
		.failed = on_failed,
	};
	work_add(work, &dial->job);
	enter(dial, PHASE_CONNECT, work->settings.connect_ms);
	hop_begin(&dial->hop);
}
