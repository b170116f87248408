/* A search over forged certificates: the first line is the leaf, the others are presented
 * or of the store. */
#pragma once

#include "forge.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <cmocka.h>

#define LINES_MOST 12

struct attempt {
	struct entry_set store;
	struct pool *pool;
	const struct pool_cert *leaf;
	struct path path;
};
#define ATTEMPT_INIT                                       \
	{                                                  \
		.store = ENTRY_SET_INIT, .path = PATH_INIT \
	}

static inline void attempt_clear(struct attempt *attempt)
{
	path_clear(&attempt->path);
	pool_free(attempt->pool);
	entry_set_clear(&attempt->store);
}

static inline void attempt_add(struct attempt *attempt, const struct cert *cert,
			       const char *line, size_t position)
{
	struct entry entry = { .cert = *cert, .trust = forge_trust(line) };

	if (entry.trust != TRUST_UNSAID)
		set_add_copy(&attempt->store, &entry);
	if (position == 0)
		attempt->leaf = pool_add(attempt->pool, cert, FROM_LEAF, NULL, 0);
	else if (entry.trust == TRUST_UNSAID)
		pool_add(attempt->pool, cert, FROM_SERVER, NULL, position);
}

static inline void attempt_line(struct attempt *attempt, const char *line,
				size_t position)
{
	struct cert cert = forge(line);

	attempt_add(attempt, &cert, line, position);
}

/* Puts the lines (NULL-ended) where they belong; the store stands behind the pool. */
static inline void attempt_prepare(struct attempt *attempt, const char *const *lines)
{
	attempt->pool = pool_new(NULL);
	for (size_t i = 0; lines[i]; i++)
		attempt_line(attempt, lines[i], i);
	pool_add_store(attempt->pool, &attempt->store);
}

static inline void attempt_find(struct attempt *attempt, const struct path_rules *rules)
{
	AUTO(error) err = ERROR_INIT;

	assert_true(path_find(attempt->pool, attempt->leaf, rules, NOW, &attempt->path,
			      &err));
}

/* Whether that is among the reasons of the nearest path. */
static inline bool attempt_has(const struct attempt *attempt, enum finding_code code)
{
	for (size_t i = 0; i < attempt->path.n_reasons; i++)
		if (attempt->path.reasons[i].code == code)
			return true;
	return false;
}

#define COMPLETE FINDING_COUNT

/* Fails the test where the verdict is not the one wanted: COMPLETE, or a reason that must
 * be among those given. */
static inline void attempt_expect(const struct attempt *attempt, enum finding_code wanted,
				  const char *why)
{
	const struct path *path = &attempt->path;

	if (wanted == COMPLETE && !path->complete)
		fail_msg("%s: refused, %s %s", why, finding_name(path->reasons[0].code),
			 path->reasons[0].what);
	if (wanted != COMPLETE && path->complete)
		fail_msg("%s: accepted", why);
	if (wanted != COMPLETE && !attempt_has(attempt, wanted))
		fail_msg("%s: refused, but for %s", why,
			 finding_name(path->reasons[0].code));
}

/* The chain of most cases above the leaf. */
#define SUB  "sub<root ca"
#define ROOT "@root<root ca"

/* One case: its lines and its verdict. */
struct row {
	const char *why;
	const char *lines[LINES_MOST];
	enum finding_code wanted;
};

static inline void check_rows(const struct row *rows, size_t n,
			      const struct path_rules *rules)
{
	for (size_t i = 0; i < n; i++) {
		AUTO(attempt) attempt = ATTEMPT_INIT;

		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, rules);
		attempt_expect(&attempt, rows[i].wanted, rows[i].why);
	}
}

static inline void check_by_default(const struct row *rows, size_t n)
{
	struct path_rules rules = path_rules_default();

	check_rows(rows, n, &rules);
}

/* What a search made to waste time may take. A sanitizer makes everything some ten times
 * slower: the work is bounded by count there, not by time. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define MOST_MS 10000.0
#else
#define MOST_MS 250.0
#endif

static inline double cpu_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}
