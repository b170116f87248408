/* The servers of servers.py for a test program, and a net that finds its child in the
 * build. */
#pragma once

#include "net/net.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#define WAIT_MS     20000 /* longer than any test may take: then the answer is missing */
#define DEADLINE_MS 8000

/* The structs of messages own their texts; those of a test are literals. */
#define TEXT(literal) ((char *)(literal))

struct servers;

/* For cmocka_run_group_tests: *state is a struct servers. */
int servers_start(void **state);
int servers_stop(void **state);
/* 0: this machine cannot have it (no IPv6). */
uint16_t servers_port(const struct servers *servers, const char *name);
/* "http://127.0.0.1:PORT/page"; the caller's to mem_free. */
char *servers_url(const struct servers *servers, const char *page);
/* "scheme://USER127.0.0.1:PORT" of a proxy. The caller's to mem_free. */
char *servers_proxy(const struct servers *servers, const char *scheme, const char *name);
/* A file or folder beside the certificates; "leaf.pem" is there. The caller's to
 * mem_free. */
char *servers_path(const struct servers *servers, const char *name);

/* A net with that proxy and cache ("" none). */
struct net *test_net(const char *proxy, const char *cache);
/* The same over the program whose resolver is faked (tests/netd/fake_resolver.c). */
struct net *test_net_faked(void);

/* One answer to one request; the caller's to message_clear. */
struct message dial(struct net *net, const char *host, uint16_t port);
struct message get(struct net *net, const struct net_get *request);
/* A GET as most tests want it: 64 KiB, 5 redirects, loopback allowed. */
struct net_get request_for(char *url);
