/*
 * What the path engine costs in this process, by its CPU clock: reading the certificates
 * of a case from their DER, and one search, with signatures verified anew (cold) and with
 * those that are known from the last search (warm). Cases: lines "FOLDER KIND NAME
 * PURPOSE SECONDS" on standard input, KIND one of dns ip email none; the folder holds
 * anchors.pem, untrusted.pem and leaf.pem. Prints the medians in microseconds.
 */
#include "base/file.h"
#include "chain/path.h"
#include "x509/gnutls.h"
#include "x509/pem.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define RUNS       15
#define CASES_MOST 4096
#define CERTS_MOST 1024
#define LINE_MOST  4096

struct bench_case {
	struct arena arena;
	struct span anchors[CERTS_MOST], untrusted[CERTS_MOST], leaf;
	size_t n_anchors, n_untrusted;
	struct path_rules rules;
	int64_t at;
};

static double microseconds(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static int by_value(const void *one, const void *other)
{
	double a = *(const double *)one, b = *(const double *)other;

	return (a > b) - (a < b);
}

static double median(double *values, size_t n)
{
	qsort(values, n, sizeof(*values), by_value);
	return n ? values[n / 2] : 0;
}

/* The certificates of a PEM file that can be decoded; none where there is no such file.
 */
static size_t read_pem(struct arena *arena, const char *folder, const char *name,
		       struct span *to)
{
	AUTO_FREE char *path = str_format("%s/%s.pem", folder, name);
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct pem_scan scan = { .line = 0 };
	struct pem_block block;
	size_t n = 0;

	if (file_kind(path) == FILE_ABSENT || !file_read(&file, path, &err))
		return 0;
	scan.in = file.bytes;
	while (n < CERTS_MOST && pem_next(&scan, &block)) {
		uint8_t *der = arena_alloc(arena, pem_decoded_most(block.body));
		AUTO(error) bad = ERROR_INIT;

		if (pem_is_certificate(&block) &&
		    pem_decode_block(&scan, &block, der, &to[n].n, &bad))
			to[n++].at = der;
	}
	return n;
}

static bool read_case(struct bench_case *one, char *line)
{
	char *rest, *folder = strtok_r(line, " \n", &rest),
		    *kind = strtok_r(NULL, " \n", &rest),
		    *name = strtok_r(NULL, " \n", &rest),
		    *purpose = strtok_r(NULL, " \n", &rest),
		    *at = strtok_r(NULL, " \n", &rest);

	*one = (struct bench_case){ .rules = path_rules_default() };
	if (!at)
		return false;
	one->at = strtoll(at, NULL, 10);
	one->rules.purpose = strcmp(purpose, "client") == 0 ? PURPOSE_CLIENT_AUTH
			     : strcmp(purpose, "any") == 0  ? PURPOSE_ANY
							    : PURPOSE_SERVER_AUTH;
	one->rules.name.kind = strcmp(kind, "dns") == 0     ? NAME_DNS
			       : strcmp(kind, "ip") == 0    ? NAME_IP
			       : strcmp(kind, "email") == 0 ? NAME_EMAIL
							    : NAME_NONE;
	one->rules.name.text = arena_str(&one->arena, name);
	one->n_anchors = read_pem(&one->arena, folder, "anchors", one->anchors);
	one->n_untrusted = read_pem(&one->arena, folder, "untrusted", one->untrusted);
	return read_pem(&one->arena, folder, "leaf", &one->leaf) == 1;
}

/* Reads and searches once; false where the leaf cannot be judged at all. */
static bool search(const struct bench_case *one, struct edge_cache *edges)
{
	AUTO(entry_set) store = ENTRY_SET_INIT;
	struct pool *pool = pool_new(edges);
	struct path path = PATH_INIT;
	AUTO(error) err = ERROR_INIT;
	struct cert certs[CERTS_MOST], leaf;
	bool judged = false;

	for (size_t i = 0; i < one->n_anchors; i++) {
		struct entry entry = { .trust = TRUST_ANCHOR };

		if (cert_read(&entry.cert, one->anchors[i], &err))
			set_add(&store, &entry);
		error_clear(&err);
	}
	set_index_make(&store);
	pool_add_store(pool, &store);
	if (cert_read(&leaf, one->leaf, &err)) {
		const struct pool_cert *first = pool_add(pool, &leaf, FROM_LEAF, NULL, 0);

		for (size_t i = 0; i < one->n_untrusted; i++) {
			if (cert_read(&certs[i], one->untrusted[i], &err))
				pool_add(pool, &certs[i], FROM_FILE, NULL, i + 1);
			error_clear(&err);
		}
		judged = path_find(pool, first, &one->rules, one->at, &path, &err);
	}
	path_clear(&path);
	pool_free(pool);
	return judged;
}

static double time_search(const struct bench_case *one, struct edge_cache *edges)
{
	double began = microseconds();

	(void)search(one, edges);
	return microseconds() - began;
}

/* The median of some runs of one case. */
static double measure(const struct bench_case *one, bool warm)
{
	double runs[RUNS];
	struct edge_cache *edges = edge_cache_new();

	(void)search(one, edges);
	for (size_t i = 0; i < RUNS; i++) {
		if (!warm) {
			edge_cache_free(edges);
			edges = edge_cache_new();
		}
		runs[i] = time_search(one, edges);
	}
	edge_cache_free(edges);
	return median(runs, RUNS);
}

int main(void)
{
	static double cold[CASES_MOST], warm[CASES_MOST];
	static struct bench_case one;
	char line[LINE_MOST];
	size_t n = 0;

	(void)gnutls_loaded();
	while (n < CASES_MOST && fgets(line, sizeof(line), stdin)) {
		if (!read_case(&one, line)) {
			arena_clear(&one.arena);
			continue;
		}
		cold[n] = measure(&one, false);
		warm[n] = measure(&one, true);
		arena_clear(&one.arena);
		n++;
	}
	printf("%zu %.1f %.1f\n", n, median(cold, n), median(warm, n));
	return n ? 0 : 1;
}
