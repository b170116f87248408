/*
 * A resolver for the tests, linked into a copy of rootcellar-net: names in .test get what
 * they say, all others go to the real one.
 */
#include <dlfcn.h>
#include <arpa/inet.h>
#include <netdb.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Names and the addresses that they have, in order. */
static const struct fake {
	const char *name;
	const char *addresses[4];
} fakes[] = {
	{ "loopback.test", { "127.0.0.1" } },
	{ "private.test", { "10.1.2.3" } },
	{ "link-local.test", { "169.254.169.254" } },
	{ "mapped.test", { "::ffff:169.254.169.254" } },
	{ "zero.test", { "0.0.0.0" } },
	{ "mixed.test", { "169.254.169.254", "127.0.0.1" } },
	{ "dead-first.test", { "::1", "127.0.0.1" } },
};

typedef int getaddrinfo_function(const char *, const char *, const struct addrinfo *,
				 struct addrinfo **);
typedef void freeaddrinfo_function(struct addrinfo *);

struct node {
	struct addrinfo info; /* first: freeaddrinfo gets its address */
	struct sockaddr_in6 room;
};

static void fill(struct node *node, const char *text)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)&node->room;

	/* The mark by which freeaddrinfo knows its own. */
	node->info.ai_flags = -1;
	node->info.ai_socktype = SOCK_STREAM;
	node->info.ai_addr = (struct sockaddr *)&node->room;
	if (inet_pton(AF_INET, text, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		node->info.ai_addrlen = sizeof(*v4);
	} else if (inet_pton(AF_INET6, text, &node->room.sin6_addr) == 1) {
		node->room.sin6_family = AF_INET6;
		node->info.ai_addrlen = sizeof(node->room);
	}
	node->info.ai_family = node->info.ai_addr->sa_family;
}

static int answer(const struct fake *fake, struct addrinfo **found)
{
	struct addrinfo **end = found;

	for (size_t i = 0; i < 4 && fake->addresses[i]; i++) {
		struct node *node = calloc(1, sizeof(*node));

		if (!node)
			return EAI_MEMORY;
		fill(node, fake->addresses[i]);
		*end = &node->info;
		end = &node->info.ai_next;
	}
	return 0;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

int getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
		struct addrinfo **found)
{
	static atomic_int times, times_dotted;
	getaddrinfo_function *real;

	if (host && starts(host, "hang"))
		for (;;)
			pause();
	/* Known at the first look and never again: who looks twice fails. */
	if (host && strcmp(host, "once.test") == 0)
		return atomic_fetch_add(&times, 1) == 0 ? answer(&fakes[0], found)
							: EAI_NONAME;
	if (host && strcmp(host, "once.test.") == 0)
		return atomic_fetch_add(&times_dotted, 1) == 0 ? answer(&fakes[0], found)
							       : EAI_NONAME;
	for (size_t i = 0; host && i < sizeof(fakes) / sizeof(fakes[0]); i++)
		if (strcmp(host, fakes[i].name) == 0)
			return answer(&fakes[i], found);
	real = (getaddrinfo_function *)dlsym(RTLD_NEXT, "getaddrinfo");
	return real(host, service, hints, found);
}

void freeaddrinfo(struct addrinfo *list)
{
	freeaddrinfo_function *real =
		(freeaddrinfo_function *)dlsym(RTLD_NEXT, "freeaddrinfo");

	if (list && list->ai_flags != -1) {
		real(list);
		return;
	}
	while (list) {
		struct addrinfo *next = list->ai_next;

		free(list);
		list = next;
	}
}
