/*
 * One event loop: descriptors, timers, and libcurl's transfers. Everything runs in the
 * one thread that calls loop_run; a callback may add and remove whatever it likes, itself
 * included.
 */
#pragma once

#include "base/memory.h"

#include <curl/curl.h>
#include <stdint.h>

struct loop;

/* The struct that holds a member which a callback was given. */
#define HOLDER(pointer, type, member) ((type *)((char *)(pointer)-offsetof(type, member)))

/* A descriptor; it stays the owner's. events and ready's argument are those of epoll. */
struct watch {
	int fd; /* -1: not watched */
	void (*ready)(struct watch *watch, uint32_t events);
};
#define WATCH_INIT       \
	{                \
		-1, NULL \
	}

/* A point in time, of the monotonic clock. It is called once. */
struct timer {
	int64_t at_ms;
	void (*due)(struct timer *timer);
	struct timer *next;
	bool set;
};

/* A transfer of libcurl; easy stays the owner's. */
struct transfer {
	CURL *easy;
	bool added;
	void (*done)(struct transfer *transfer, CURLcode result);
};

struct loop *loop_new(void);
void loop_free(struct loop *loop);
/* Until loop_end. */
void loop_run(struct loop *loop);
void loop_end(struct loop *loop);

/* Adds watch or changes what it waits for. */
void loop_watch(struct loop *loop, struct watch *watch, int fd, uint32_t events);
void loop_unwatch(struct loop *loop, struct watch *watch);

void loop_set_timer(struct loop *loop, struct timer *timer, int64_t at_ms);
void loop_unset_timer(struct loop *loop, struct timer *timer);

void loop_start_transfer(struct loop *loop, struct transfer *transfer);
/* Also after it is done, before its easy handle is cleaned up. */
void loop_stop_transfer(struct loop *loop, struct transfer *transfer);
