/* The event loop: epoll, a short list of timers, and libcurl's multi handle driven by
 * both. */
#include "netd/loop.h"

#include "base/clock.h"

#include <sys/epoll.h>
#include <unistd.h>

#define WAIT_MOST_MS 60000

struct loop {
	int epoll;
	CURLM *multi;
	struct timer *
		timers; /* earliest first; as many as there are jobs, so a list will do */
	struct timer curl_timer;
	bool ended;
};

void loop_watch(struct loop *loop, struct watch *watch, int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.ptr = watch };
	int op = watch->fd == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD;

	watch->fd = fd;
	/* libcurl closes and reuses numbers: where one verb does not fit, the other does.
	 */
	if (epoll_ctl(loop->epoll, op, fd, &event) != 0)
		epoll_ctl(loop->epoll,
			  op == EPOLL_CTL_ADD ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd,
			  &event);
}

void loop_unwatch(struct loop *loop, struct watch *watch)
{
	/* The descriptor may be closed already: then the kernel has forgotten it. */
	if (watch->fd >= 0)
		epoll_ctl(loop->epoll, EPOLL_CTL_DEL, watch->fd, NULL);
	watch->fd = -1;
}

void loop_set_timer(struct loop *loop, struct timer *timer, int64_t at_ms)
{
	struct timer **link = &loop->timers;

	loop_unset_timer(loop, timer);
	while (*link && (*link)->at_ms <= at_ms)
		link = &(*link)->next;
	timer->at_ms = at_ms;
	timer->next = *link;
	timer->set = true;
	*link = timer;
}

void loop_unset_timer(struct loop *loop, struct timer *timer)
{
	struct timer **link = &loop->timers;

	if (!timer->set)
		return;
	while (*link != timer)
		link = &(*link)->next;
	*link = timer->next;
	timer->set = false;
}

static void run_timers(struct loop *loop)
{
	int64_t now = clock_monotonic_ms();

	while (loop->timers && loop->timers->at_ms <= now) {
		struct timer *timer = loop->timers;

		loop_unset_timer(loop, timer);
		timer->due(timer);
	}
}

/* Transfers that have ended; their owners may start others meanwhile. */
static void finish_transfers(struct loop *loop)
{
	CURLMsg *message;
	int left;

	while ((message = curl_multi_info_read(loop->multi, &left))) {
		struct transfer *transfer;
		CURLcode result = message->data.result;

		if (message->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE,
				  (char **)&transfer);
		transfer->done(transfer, result);
	}
}

/* What libcurl wants to know of one socket. */
struct curl_socket {
	struct watch watch;
	struct loop *loop;
};

static void curl_socket_ready(struct watch *watch, uint32_t events)
{
	struct curl_socket *socket = HOLDER(watch, struct curl_socket, watch);
	struct loop *loop = socket->loop;
	int mask = 0, running;

	if (events & (EPOLLIN | EPOLLHUP))
		mask |= CURL_CSELECT_IN;
	if (events & EPOLLOUT)
		mask |= CURL_CSELECT_OUT;
	if (events & EPOLLERR)
		mask |= CURL_CSELECT_ERR;
	curl_multi_socket_action(loop->multi, watch->fd, mask, &running);
	finish_transfers(loop);
}

static int on_curl_socket(CURL *easy, curl_socket_t fd, int what, void *ctx,
			  void *assigned)
{
	struct loop *loop = ctx;
	struct curl_socket *socket = assigned;

	(void)easy;
	if (what == CURL_POLL_REMOVE) {
		if (socket)
			loop_unwatch(loop, &socket->watch);
		mem_free(socket);
		return 0;
	}
	if (!socket) {
		socket = mem_zalloc(sizeof(*socket));
		*socket = (struct curl_socket){ { -1, curl_socket_ready }, loop };
		curl_multi_assign(loop->multi, fd, socket);
	}
	loop_watch(loop, &socket->watch, fd,
		   (what & CURL_POLL_IN ? EPOLLIN : 0u) |
			   (what & CURL_POLL_OUT ? EPOLLOUT : 0u));
	return 0;
}

static void curl_timer_due(struct timer *timer)
{
	struct loop *loop = HOLDER(timer, struct loop, curl_timer);
	int running;

	curl_multi_socket_action(loop->multi, CURL_SOCKET_TIMEOUT, 0, &running);
	finish_transfers(loop);
}

static int on_curl_timer(CURLM *multi, long wait_ms, void *ctx)
{
	struct loop *loop = ctx;

	(void)multi;
	if (wait_ms < 0)
		loop_unset_timer(loop, &loop->curl_timer);
	else
		loop_set_timer(loop, &loop->curl_timer, clock_monotonic_ms() + wait_ms);
	return 0;
}

struct loop *loop_new(void)
{
	struct loop *loop = mem_zalloc(sizeof(*loop));

	loop->epoll = epoll_create1(EPOLL_CLOEXEC);
	loop->multi = curl_multi_init();
	if (loop->epoll < 0 || !loop->multi) {
		loop_free(loop);
		return NULL;
	}
	loop->curl_timer.due = curl_timer_due;
	curl_multi_setopt(loop->multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	curl_multi_setopt(loop->multi, CURLMOPT_SOCKETDATA, loop);
	curl_multi_setopt(loop->multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	curl_multi_setopt(loop->multi, CURLMOPT_TIMERDATA, loop);
	return loop;
}

void loop_free(struct loop *loop)
{
	if (loop->multi)
		curl_multi_cleanup(loop->multi);
	if (loop->epoll >= 0)
		close(loop->epoll);
	mem_free(loop);
}

void loop_start_transfer(struct loop *loop, struct transfer *transfer)
{
	curl_easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
	transfer->added = curl_multi_add_handle(loop->multi, transfer->easy) == CURLM_OK;
	if (!transfer->added)
		transfer->done(transfer, CURLE_FAILED_INIT);
}

void loop_stop_transfer(struct loop *loop, struct transfer *transfer)
{
	if (transfer->added)
		curl_multi_remove_handle(loop->multi, transfer->easy);
	transfer->added = false;
}

static int wait_ms(const struct loop *loop)
{
	int64_t left;

	if (!loop->timers)
		return WAIT_MOST_MS;
	left = loop->timers->at_ms - clock_monotonic_ms();
	return left < 0 ? 0 : left > WAIT_MOST_MS ? WAIT_MOST_MS : (int)left;
}

void loop_run(struct loop *loop)
{
	/* One event at a time: what a callback removes cannot be waiting in a batch
	 * behind it. */
	while (!loop->ended) {
		struct epoll_event event;

		if (epoll_wait(loop->epoll, &event, 1, wait_ms(loop)) == 1) {
			struct watch *watch = event.data.ptr;

			watch->ready(watch, event.events);
		}
		run_timers(loop);
	}
}

void loop_end(struct loop *loop)
{
	loop->ended = true;
}
