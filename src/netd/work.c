/* Requests in, jobs, answers out. */
#include "netd/work.h"

#include "base/clock.h"
#include "netd/cache.h"
#include "netd/dial.h"
#include "netd/get.h"

#include <sys/epoll.h>

/* More answers than this wait for rootcellar to read them before other jobs start. */
#define WAITING_MOST ((size_t)16 << 20)

uint32_t job_spent(const struct job *job)
{
	int64_t spent = clock_monotonic_ms() - job->started_ms;

	return spent > UINT32_MAX ? UINT32_MAX : (uint32_t)spent;
}

static void watch_stream(struct work *work)
{
	bool waiting = message_stream_waiting(&work->stream) > 0;

	loop_watch(work->loop, &work->watch, work->stream.fd,
		   EPOLLIN | (waiting ? EPOLLOUT : 0u));
}

static void start_queue(struct work *work, struct queue *queue)
{
	while (queue->first < queue->n && queue->running < queue->most &&
	       message_stream_waiting(&work->stream) < WAITING_MOST) {
		struct message request = queue->at[queue->first++];

		queue->start(work, &request);
	}
	if (queue->first == queue->n)
		queue->first = queue->n = 0;
}

/* A job that ends in its start calls here again: once is enough. */
static void start_queued(struct work *work)
{
	if (work->starting)
		return;
	work->starting = true;
	start_queue(work, &work->dials);
	start_queue(work, &work->gets);
	work->starting = false;
}

static struct queue *queue_of(struct work *work, enum message_kind kind)
{
	return kind == MESSAGE_DIAL ? &work->dials : &work->gets;
}

void work_add(struct work *work, struct job *job)
{
	job->work = work;
	job->started_ms = clock_monotonic_ms();
	job->next = work->jobs;
	work->jobs = job;
	queue_of(work, job->kind)->running++;
}

void work_remove(struct work *work, struct job *job)
{
	struct job **link = &work->jobs;

	while (*link != job)
		link = &(*link)->next;
	*link = job->next;
	queue_of(work, job->kind)->running--;
	watch_stream(work);
	start_queued(work);
}

static void enqueue(struct queue *queue, const struct message *request)
{
	GROW(queue->at, queue->n, queue->cap);
	queue->at[queue->n++] = *request;
}

static void drop_waiting(struct queue *queue, uint32_t id)
{
	for (size_t i = queue->first; i < queue->n; i++) {
		if (queue->at[i].id != id)
			continue;
		message_clear(&queue->at[i]);
		memmove(&queue->at[i], &queue->at[i + 1],
			(queue->n - i - 1) * sizeof(*queue->at));
		queue->n--;
		return;
	}
}

static void cancel(struct work *work, uint32_t id)
{
	drop_waiting(&work->dials, id);
	drop_waiting(&work->gets, id);
	for (struct job *job = work->jobs; job; job = job->next) {
		if (job->id == id) {
			job->stop(job);
			return;
		}
	}
}

static void settle(struct work *work, struct message *message)
{
	work->settings = message->settings;
	work->settled = true;
	if (work->settings.cache[0])
		work->cache = cache_open(work->settings.cache);
}

/* False: what came is none of ours to take, and the connection ends. */
static bool take(struct work *work, struct message *message)
{
	if (!work->settled && message->kind != MESSAGE_SETTINGS) {
		message_clear(message);
		return false;
	}
	switch (message->kind) {
	case MESSAGE_SETTINGS:
		if (work->settled)
			break;
		settle(work, message);
		return true;
	case MESSAGE_DIAL:
	case MESSAGE_GET:
		enqueue(queue_of(work, message->kind), message);
		return true;
	case MESSAGE_CANCEL:
		cancel(work, message->id);
		return true;
	case MESSAGE_PRESENTED:
	case MESSAGE_GOT:
		break;
	}
	message_clear(message);
	return false;
}

static bool take_all(struct work *work)
{
	struct message message = MESSAGE_INIT;
	enum message_next next;

	while ((next = message_stream_next(&work->stream, &message)) == MESSAGE_TAKEN)
		if (!take(work, &message))
			return false;
	return next != MESSAGE_BAD;
}

static void on_stream(struct watch *watch, uint32_t events)
{
	struct work *work = HOLDER(watch, struct work, watch);
	bool open = true;

	if (events & EPOLLOUT)
		open = message_stream_flush(&work->stream);
	if (open && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
		open = message_stream_fill(&work->stream) && take_all(work);
	if (!open) {
		loop_end(work->loop);
		return;
	}
	start_queued(work);
	watch_stream(work);
}

static void clear_queue(struct queue *queue)
{
	for (size_t i = queue->first; i < queue->n; i++)
		message_clear(&queue->at[i]);
	mem_free(queue->at);
}

/* The resolver stays: its threads may still be in a lookup, and end with the process. */
static void work_clear(struct work *work)
{
	work->starting = true;
	clear_queue(&work->dials);
	clear_queue(&work->gets);
	while (work->jobs)
		work->jobs->stop(work->jobs);
	cache_close(work->cache);
	mem_free(work->settings.proxy);
	mem_free(work->settings.cache);
	message_stream_clear(&work->stream);
	loop_free(work->loop);
}

bool work_run(int fd)
{
	struct work work = {
		.stream = { .fd = fd },
		.watch = { -1, on_stream },
		.dials = { .most = DIALS_MOST, .start = dial_start },
		.gets = { .most = GETS_MOST, .start = get_start },
	};

	work.loop = loop_new();
	work.resolver = work.loop ? resolver_new(work.loop) : NULL;
	if (!work.resolver)
		return false;
	watch_stream(&work);
	loop_run(work.loop);
	work_clear(&work);
	return true;
}
