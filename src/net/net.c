/*
 * Our side of the network: requests go out, answers come in, in whatever order; those
 * that nobody asked for are dropped. When the child goes, what was asked of it is lost
 * and said so; the next request starts another, a few times.
 */
#include "net/net.h"

#include "base/clock.h"
#include "base/i18n.h"
#include "net/child.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>

/* A server that can end the child ends the run after this many: not one attempt a target
 * for ever. */
#define STARTS_MOST 4

struct wanted {
	uint32_t id;
	enum message_kind kind; /* of the answer */
};

struct net {
	pthread_mutex_t lock;	/* held by every call, but while it waits */
	pthread_cond_t news;	/* an answer was kept, or the child was lost */
	bool polling;		/* one thread waits for the socket; the others wait for news */
	struct net_settings settings;
	char *program; /* NULL: found when needed */
	struct message_stream stream;
	pid_t pid;
	size_t starts;
	uint32_t last_id;
	struct wanted *wanted;
	size_t n_wanted, cap_wanted;
	struct message *kept; /* answers that wait for their turn */
	size_t n_kept, cap_kept;
	struct error
		gone; /* why there is no child; no text: there is, or none was needed */
};

struct net *net_new(const struct net_settings *settings)
{
	struct net *net = mem_zalloc(sizeof(*net));
	pthread_condattr_t attr;

	pthread_mutex_init(&net->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&net->news, &attr);
	pthread_condattr_destroy(&attr);
	net->settings = *settings;
	net->settings.proxy = str_copy(settings->proxy ? settings->proxy : "");
	net->settings.cache = str_copy(settings->cache ? settings->cache : "");
	net->stream = (struct message_stream)MESSAGE_STREAM_INIT;
	return net;
}

static void stop(struct net *net)
{
	if (net->stream.fd < 0)
		return;
	message_stream_clear(&net->stream);
	child_end(net->pid);
}

void net_free(struct net *net)
{
	if (!net)
		return;
	stop(net);
	for (size_t i = 0; i < net->n_kept; i++)
		message_clear(&net->kept[i]);
	mem_free(net->kept);
	mem_free(net->wanted);
	mem_free(net->program);
	mem_free(net->settings.proxy);
	mem_free(net->settings.cache);
	error_clear(&net->gone);
	pthread_cond_destroy(&net->news);
	pthread_mutex_destroy(&net->lock);
	mem_free(net);
}

void net_set_program(struct net *net, const char *path)
{
	mem_free(net->program);
	net->program = str_copy(path);
}

/* The child is gone: what was asked of it will not come. */
static void lose(struct net *net, const char *why)
{
	stop(net);
	net->n_wanted = 0;
	error_fail(&net->gone, STATUS_NO_ANSWER, "%s", why);
}

static void ensure_started(struct net *net)
{
	if (net->stream.fd >= 0 || net->starts == STARTS_MOST)
		return;
	if (!net->program)
		net->program = child_program();
	net->starts++;
	error_clear(&net->gone);
	if (child_start(net->program, &net->pid, &net->stream.fd, &net->gone))
		net_settings_write(&net->stream.out, &net->settings);
}

static void want(struct net *net, uint32_t id, enum message_kind kind)
{
	GROW(net->wanted, net->n_wanted, net->cap_wanted);
	net->wanted[net->n_wanted++] = (struct wanted){ id, kind };
}

/* Where id is wanted; 0 means any. NULL: it is not. */
static struct wanted *find_wanted(struct net *net, uint32_t id)
{
	for (size_t i = 0; i < net->n_wanted; i++)
		if (id == 0 || net->wanted[i].id == id)
			return &net->wanted[i];
	return NULL;
}

static void unwant(struct net *net, struct wanted *wanted)
{
	*wanted = net->wanted[--net->n_wanted];
}

static void keep(struct net *net, const struct message *answer)
{
	GROW(net->kept, net->n_kept, net->cap_kept);
	net->kept[net->n_kept++] = *answer;
}

/* The message with its NUL is longer than the child would take. */
static bool too_long(const char *text)
{
	return text && strnlen(text, MESSAGE_TEXT_MOST + 1) > MESSAGE_TEXT_MOST;
}

/* 0 stands for any id, and is nobody's. */
static uint32_t next_id(struct net *net)
{
	if (++net->last_id == 0)
		net->last_id = 1;
	return net->last_id;
}

static void flush(struct net *net)
{
	/* Whoever polls the socket learns of its end from the kernel, and alone may close it. */
	if (net->stream.fd >= 0 && !message_stream_flush(&net->stream) && !net->polling)
		lose(net, _("the network process ended"));
}

static char *empty(void)
{
	return str_copy("");
}

static void answer_bad_dial(struct net *net, uint32_t id)
{
	struct message answer = { .kind = MESSAGE_PRESENTED, .id = id };

	answer.presented = (struct net_presented){
		.outcome = NET_NO_NAME,
		.text = str_copy(_("the name is too long")),
		.address = empty(),
		.address_class = ADDRESS_UNKNOWN,
		.tls_version = empty(),
		.cipher = empty(),
		.group = empty(),
		.alert = empty(),
	};
	keep(net, &answer);
}

static void answer_bad_get(struct net *net, uint32_t id)
{
	struct message answer = { .kind = MESSAGE_GOT, .id = id };

	answer.got = (struct net_got){
		.outcome = NET_BAD_URL,
		.text = str_copy(_("the URL is too long")),
		.final_url = empty(),
	};
	keep(net, &answer);
}

static uint32_t dial_locked(struct net *net, const struct net_dial *dial)
{
	uint32_t id = next_id(net);

	if (too_long(dial->host) || too_long(dial->sni)) {
		answer_bad_dial(net, id);
		return id;
	}
	ensure_started(net);
	if (net->stream.fd < 0)
		return id;
	want(net, id, MESSAGE_PRESENTED);
	net_dial_write(&net->stream.out, id, dial);
	flush(net);
	return id;
}

uint32_t net_dial(struct net *net, const struct net_dial *dial)
{
	uint32_t id;

	pthread_mutex_lock(&net->lock);
	id = dial_locked(net, dial);
	pthread_mutex_unlock(&net->lock);
	return id;
}

static uint32_t get_locked(struct net *net, const struct net_get *get)
{
	uint32_t id = next_id(net);

	if (too_long(get->url)) {
		answer_bad_get(net, id);
		return id;
	}
	ensure_started(net);
	if (net->stream.fd < 0)
		return id;
	want(net, id, MESSAGE_GOT);
	net_get_write(&net->stream.out, id, get);
	flush(net);
	return id;
}

uint32_t net_get(struct net *net, const struct net_get *get)
{
	uint32_t id;

	pthread_mutex_lock(&net->lock);
	id = get_locked(net, get);
	pthread_mutex_unlock(&net->lock);
	return id;
}

static bool take_kept(struct net *net, uint32_t id, struct message *answer)
{
	for (size_t i = 0; i < net->n_kept; i++) {
		if (id != 0 && net->kept[i].id != id)
			continue;
		*answer = net->kept[i];
		net->n_kept--;
		memmove(&net->kept[i], &net->kept[i + 1],
			(net->n_kept - i) * sizeof(*net->kept));
		return true;
	}
	return false;
}

static void cancel_locked(struct net *net, uint32_t id)
{
	struct wanted *wanted = id ? find_wanted(net, id) : NULL;
	struct message answer = MESSAGE_INIT;

	if (id && take_kept(net, id, &answer))
		message_clear(&answer);
	if (!wanted)
		return;
	unwant(net, wanted);
	if (net->stream.fd < 0)
		return;
	net_cancel_write(&net->stream.out, id);
	flush(net);
}

void net_cancel(struct net *net, uint32_t id)
{
	pthread_mutex_lock(&net->lock);
	cancel_locked(net, id);
	pthread_mutex_unlock(&net->lock);
}

/* Keeps what came whole and was asked for. */
static void sort_answers(struct net *net)
{
	struct message message = MESSAGE_INIT;
	enum message_next next;

	while ((next = message_stream_next(&net->stream, &message)) == MESSAGE_TAKEN) {
		struct wanted *wanted = message.id ? find_wanted(net, message.id) : NULL;

		if (!wanted || wanted->kind != message.kind) {
			message_clear(&message);
			continue;
		}
		unwant(net, wanted);
		keep(net, &message);
	}
	if (next == MESSAGE_BAD)
		lose(net, _("the network process sent what is no message"));
}

/* What another thread asks for meanwhile may wait this long to be sent, where the socket was full. */
#define POLL_SLICE_MS 100

/* Waits for the socket without the lock: others may ask. Returns what poll saw, 0 where nothing. */
static short poll_socket(struct net *net, int64_t wait_ms)
{
	struct pollfd poll_fd = { .fd = net->stream.fd, .events = POLLIN };

	if (message_stream_waiting(&net->stream))
		poll_fd.events |= POLLOUT;
	net->polling = true;
	pthread_mutex_unlock(&net->lock);
	if (poll(&poll_fd, 1, wait_ms < POLL_SLICE_MS ? (int)wait_ms : POLL_SLICE_MS) <= 0)
		poll_fd.revents = 0;
	pthread_mutex_lock(&net->lock);
	net->polling = false;
	return poll_fd.revents;
}

/* Another thread polls: its news is ours. */
static void wait_for_news(struct net *net, int64_t wait_ms)
{
	int64_t until_ms = clock_monotonic_ms() + wait_ms;
	struct timespec until = { .tv_sec = until_ms / 1000,
				  .tv_nsec = (until_ms % 1000) * 1000000 };

	pthread_cond_timedwait(&net->news, &net->lock, &until);
}

/* Waits for the socket, then moves what can be moved. */
static void pump(struct net *net, int64_t wait_ms)
{
	bool open = true;
	short seen;

	if (net->polling) {
		wait_for_news(net, wait_ms);
		return;
	}
	seen = poll_socket(net, wait_ms);
	if (seen & POLLOUT)
		open = message_stream_flush(&net->stream);
	/* What it said before it went still counts. */
	if (seen & (POLLIN | POLLHUP | POLLERR))
		open = message_stream_fill(&net->stream) && open;
	sort_answers(net);
	if (!open && net->stream.fd >= 0)
		lose(net, _("the network process ended"));
	pthread_cond_broadcast(&net->news);
}

/* The answer of id, or of any where id is 0. */
static bool wait_for(struct net *net, uint32_t id, struct message *answer,
		     int64_t wait_ms, struct error *err)
{
	int64_t start = clock_monotonic_ms();

	for (;;) {
		int64_t spent = clock_monotonic_ms() - start;

		if (take_kept(net, id, answer))
			return true;
		if (!find_wanted(net, id))
			return net->gone.text &&
			       error_fail(err, net->gone.status, "%s", net->gone.text);
		if (spent > wait_ms)
			return false;
		pump(net, wait_ms - spent);
	}
}

bool net_next(struct net *net, struct message *answer, int64_t wait_ms, struct error *err)
{
	return net_wait(net, 0, answer, wait_ms, err);
}

bool net_wait(struct net *net, uint32_t id, struct message *answer, int64_t wait_ms,
	      struct error *err)
{
	bool came;

	pthread_mutex_lock(&net->lock);
	came = wait_for(net, id, answer, wait_ms, err);
	pthread_mutex_unlock(&net->lock);
	return came;
}
