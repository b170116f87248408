/* What the program does: requests come in, a bounded number of jobs runs, answers go out.
 */
#pragma once

#include "net/message.h"
#include "netd/loop.h"
#include "netd/resolve.h"

#define DIALS_MOST 64
#define GETS_MOST  16

struct cache;
struct work;

/* A job under way. Its owner embeds it; stop ends it without an answer and frees the
 * owner. */
struct job {
	struct work *work;
	uint32_t id;
	enum message_kind kind; /* MESSAGE_DIAL or MESSAGE_GET */
	int64_t started_ms;
	void (*stop)(struct job *job);
	struct job *next;
};

/* Requests of one kind that wait, and how many run. */
struct queue {
	struct message *at;
	size_t first, n, cap; /* from first to n */
	size_t running, most;
	void (*start)(struct work *work, struct message *request);
};

struct work {
	struct loop *loop;
	struct resolver *resolver;
	struct net_settings settings;
	bool settled;        /* settings came */
	struct cache *cache; /* NULL: none */
	struct message_stream stream;
	struct watch watch;
	struct job *jobs;
	struct queue dials, gets;
	bool starting;
};

/* fd is the socket to rootcellar. Returns when it closes. */
MUST_CHECK bool work_run(int fd);

/* A job has been made, or ends: called with its answer written to work->stream.out. */
void work_add(struct work *work, struct job *job);
void work_remove(struct work *work, struct job *job);
/* Milliseconds since the job began. */
uint32_t job_spent(const struct job *job);
