/* The pool of resolver threads. */
#include "netd/resolve.h"

#include "base/i18n.h"

#include <errno.h>
#include <netdb.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

/*
 * Each request that can be under way (work.h) has a thread if it needs one; the rest is
 * room for threads that were abandoned in a lookup. When that is used up too, lookups
 * wait, within their deadlines.
 */
#define THREADS_MOST 128
#define STACK_SIZE   ((size_t)512 << 10) /* name service modules are hungry */

enum query_state {
	QUERY_WAITS,
	QUERY_RUNS,
	QUERY_DONE
};

/* Shared by the loop and one thread; fields but host and family under the resolver's
 * lock. */
struct query {
	struct query *next;
	enum query_state state;
	struct lookup *lookup; /* NULL: abandoned; only the loop's thread changes it */
	char *host;
	int family;
	int status; /* of getaddrinfo */
	int system_errno;
	struct addresses found;
};

struct queries {
	struct query *first, **end;
};

struct resolver {
	pthread_mutex_t lock;
	pthread_cond_t work;
	struct queries waiting, done;
	size_t threads, idle;
	struct watch watch; /* of the eventfd that a thread writes when done */
};

static void put(struct queries *list, struct query *query)
{
	query->next = NULL;
	*list->end = query;
	list->end = &query->next;
}

static struct query *take(struct queries *list)
{
	struct query *query = list->first;

	if (!query)
		return NULL;
	list->first = query->next;
	if (!list->first)
		list->end = &list->first;
	return query;
}

static void drop(struct queries *list, struct query *query)
{
	struct query **link = &list->first;

	while (*link && *link != query)
		link = &(*link)->next;
	if (!*link)
		return;
	*link = query->next;
	if (list->end == &query->next)
		list->end = link;
}

static void query_free(struct query *query)
{
	mem_free(query->host);
	mem_free(query);
}

static void look_up(struct query *query)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found = NULL;

	hints.ai_family = query->family == 4   ? AF_INET
			  : query->family == 6 ? AF_INET6
					       : AF_UNSPEC;
	query->status = getaddrinfo(query->host, NULL, &hints, &found);
	query->system_errno = errno;
	if (query->status != 0)
		return;
	for (struct addrinfo *at = found; at; at = at->ai_next) {
		struct address address;

		if (address_from(&address, at->ai_addr))
			addresses_add(&query->found, &address);
	}
	freeaddrinfo(found);
}

static void *work(void *ctx)
{
	struct resolver *resolver = ctx;
	uint64_t one = 1;

	pthread_mutex_lock(&resolver->lock);
	for (;;) {
		struct query *query;

		resolver->idle++;
		while (!resolver->waiting.first)
			pthread_cond_wait(&resolver->work, &resolver->lock);
		resolver->idle--;
		query = take(&resolver->waiting);
		query->state = QUERY_RUNS;
		pthread_mutex_unlock(&resolver->lock);
		look_up(query);
		pthread_mutex_lock(&resolver->lock);
		query->state = QUERY_DONE;
		put(&resolver->done, query);
		/* The counter of an eventfd cannot fill up by ones: nothing to do about a
		 * failure. */
		if (write(resolver->watch.fd, &one, sizeof(one)) < 0)
			continue;
	}
	return NULL;
}

static const char *why(const struct query *query)
{
	if (query->status == EAI_SYSTEM)
		return strerror(query->system_errno);
	return query->status ? gai_strerror(query->status) : _("the name has no address");
}

static void deliver(struct query *query)
{
	struct lookup *lookup = query->lookup;

	if (lookup) {
		lookup->query = NULL;
		if (query->status == 0 && query->found.n)
			lookup->done(lookup, NET_GOOD, "", &query->found);
		else
			lookup->done(lookup, NET_NO_NAME, why(query), &query->found);
	}
	query_free(query);
}

static void on_done(struct watch *watch, uint32_t events)
{
	struct resolver *resolver = HOLDER(watch, struct resolver, watch);
	struct query *query;
	uint64_t count;

	(void)events;
	if (read(watch->fd, &count, sizeof(count)) < 0)
		return;
	for (;;) {
		pthread_mutex_lock(&resolver->lock);
		query = take(&resolver->done);
		pthread_mutex_unlock(&resolver->lock);
		if (!query)
			return;
		deliver(query);
	}
}

struct resolver *resolver_new(struct loop *loop)
{
	struct resolver *resolver = mem_zalloc(sizeof(*resolver));
	int fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);

	if (fd < 0) {
		mem_free(resolver);
		return NULL;
	}
	pthread_mutex_init(&resolver->lock, NULL);
	pthread_cond_init(&resolver->work, NULL);
	resolver->waiting.end = &resolver->waiting.first;
	resolver->done.end = &resolver->done.first;
	resolver->watch = (struct watch){ -1, on_done };
	loop_watch(loop, &resolver->watch, fd, EPOLLIN);
	return resolver;
}

/* With the lock held. A thread that cannot be made: the query waits for one of the
 * others. */
static void add_thread(struct resolver *resolver)
{
	pthread_attr_t attr;
	pthread_t thread;

	if (resolver->threads == THREADS_MOST || pthread_attr_init(&attr) != 0)
		return;
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	if (pthread_create(&thread, &attr, work, resolver) == 0)
		resolver->threads++;
	pthread_attr_destroy(&attr);
}

static size_t count(const struct queries *list)
{
	size_t n = 0;

	for (const struct query *at = list->first; at; at = at->next)
		n++;
	return n;
}

void resolver_ask(struct resolver *resolver, struct lookup *lookup, const char *host,
		  int family)
{
	struct query *query = mem_zalloc(sizeof(*query));

	query->host = str_copy(host);
	query->family = family;
	query->lookup = lookup;
	lookup->query = query;
	pthread_mutex_lock(&resolver->lock);
	put(&resolver->waiting, query);
	if (count(&resolver->waiting) > resolver->idle)
		add_thread(resolver);
	pthread_cond_signal(&resolver->work);
	pthread_mutex_unlock(&resolver->lock);
}

void resolver_abandon(struct resolver *resolver, struct lookup *lookup)
{
	struct query *query = lookup->query;

	if (!query)
		return;
	lookup->query = NULL;
	pthread_mutex_lock(&resolver->lock);
	query->lookup = NULL;
	if (query->state == QUERY_WAITS) {
		drop(&resolver->waiting, query);
		query_free(query);
	}
	pthread_mutex_unlock(&resolver->lock);
}
