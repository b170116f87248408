/* The search as a whole: what changes no verdict, and what bounds it. */
#include "attempt.h"

#include <pthread.h>

/* Worlds with more than one way through, and with none. */
static const char *const worlds[][LINES_MOST] = {
	{ "leaf<sub", "sub<root ca", "@root<root ca" },
	{ "leaf<a", "a<bridge ca", "bridge<a ca", "bridge<b ca", "b<bridge ca",
	  "@b<b ca" },
	{ "leaf<sub dns=a.example", "sub<root ca x.dns=a.example serial=02",
	  "sub<root ca serial=03", "sub<root ca eku=email serial=04",
	  "sub<root notca serial=05", "@root<root ca" },
	{ "leaf<sub", "sub<root ca", "root<old ca", "old<older ca", "@older<older ca",
	  "@root<root ca key=r2 by=r2" },
	{ "leaf<sub", "sub<gone ca", "sub<root ca key=k2", "@root<root ca" },
	{ "leaf<sub dns=a.example", "sub<root ca x.dns=a.example", "@root<root ca" },
	{ "leaf<a", "a<b ca", "b<c ca", "c<a ca", "c<b ca", "@root<root ca" },
};
static const char *const strangers[] = {
	"sub<root ca key=s1 by=s2", "root<root ca key=s3 by=s3",
	"leaf<sub key=s4 by=s4",    "a<root ca key=s5 by=s5",
	"nobody<nowhere ca",        "bridge<sub ca key=s6 by=s7",
};

/* A world's pool in another order, twice over where asked; lines[0] stays the leaf. */
struct shuffle {
	unsigned seed;
	bool twice, with_strangers;
};

static unsigned draw(unsigned *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 16;
}

static bool verdict(const char *const *world, struct shuffle shuffle)
{
	const char *lines[3 * LINES_MOST + COUNT(strangers)] = { world[0] };
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	size_t n = 1;

	for (size_t i = 1; world[i]; i++)
		lines[n++] = world[i];
	for (size_t i = 0; shuffle.with_strangers && i < COUNT(strangers); i++)
		lines[n++] = strangers[i];
	for (size_t i = n; shuffle.twice && i > 1; i--)
		lines[n++] = lines[i - 1];
	for (size_t i = n - 1; i > 1 && shuffle.seed; i--) {
		size_t j = 1 + draw(&shuffle.seed) % i;
		const char *line = lines[i];

		lines[i] = lines[j];
		lines[j] = line;
	}
	attempt_prepare(&attempt, lines);
	attempt_find(&attempt, &rules);
	return attempt.path.complete;
}

static void order_and_repetition_of_the_pool_change_no_verdict(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(worlds); i++) {
		bool as_written = verdict(worlds[i], (struct shuffle){ 0, false, false });

		for (unsigned seed = 1; seed <= 12; seed++)
			if (verdict(worlds[i], (struct shuffle){ seed, seed % 2,
								 false }) != as_written)
				fail_msg("world %zu, order %u: another verdict", i, seed);
	}
}

static void strangers_never_turn_accept_into_reject_nor_back(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(worlds); i++) {
		bool alone = verdict(worlds[i], (struct shuffle){ 0, false, false });

		for (unsigned seed = 1; seed <= 12; seed++)
			if (verdict(worlds[i], (struct shuffle){ seed, false, true }) !=
			    alone)
				fail_msg("world %zu, order %u: another verdict", i, seed);
	}
}

static void taking_an_anchor_away_never_turns_reject_into_accept(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(worlds); i++) {
		bool whole = verdict(worlds[i], (struct shuffle){ 0, false, false });

		for (size_t out = 1; worlds[i][out]; out++) {
			const char *less[LINES_MOST] = { NULL };
			size_t n = 0;

			if (forge_trust(worlds[i][out]) != TRUST_ANCHOR)
				continue;
			for (size_t j = 0; worlds[i][j]; j++)
				if (j != out)
					less[n++] = worlds[i][j];
			if (verdict(less, (struct shuffle){ 0, false, false }) && !whole)
				fail_msg("world %zu accepts without '%s'", i,
					 worlds[i][out]);
		}
	}
}

/* Shapes of a pool that was made to waste time: which name, issuer, key and signer
 * certificate i has. */
struct shape {
	const char *why;
	const char *leaf;
	const char *line; /* of certificate i, with two numbers from 0 below modulus */
	unsigned modulus;
	bool complete;
	const char *more[LINES_MOST];
};

static void add_shape(struct attempt *attempt, const struct shape *shape, size_t n)
{
	attempt->pool = pool_new(NULL);
	attempt_line(attempt, shape->leaf, 0);
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *line =
			str_format(shape->line, (unsigned)(i / shape->modulus),
				   (unsigned)(i % shape->modulus));

		attempt_line(attempt, line, i + 1);
	}
	for (size_t i = 0; shape->more[i]; i++)
		attempt_line(attempt, shape->more[i], n + 1 + i);
	pool_add_store(attempt->pool, &attempt->store);
}

static void a_thousand_certificates_of_one_name_end_in_time(void **state)
{
	static const struct shape shapes[] = {
		{ "one key, a loop",
		  "leaf<x",
		  "x<x ca key=k%.0u serial=02%04x",
		  1000,
		  false,
		  { "@root<root ca" } },
		{ "every pair of keys signs",
		  "leaf<x by=k0",
		  "x<x ca key=k%u by=k%u",
		  32,
		  false,
		  { "@root<root ca" } },
		{ "every pair of keys signs, an anchor has the name",
		  "leaf<x by=k0",
		  "x<x ca key=k%u by=k%u",
		  32,
		  false,
		  { "@x<x ca key=anchor by=anchor" } },
		{ "the anchor forbids the name",
		  "leaf<x by=k0 dns=a.example",
		  "x<x ca key=k%u by=k%u",
		  32,
		  false,
		  { "x<x ca key=k1 by=anchor",
		    "@x<x ca key=anchor by=anchor x.dns=a.example" } },
		{ "names and keys in a mesh",
		  "leaf<n0",
		  "n%u<n%u ca",
		  32,
		  false,
		  { "@root<root ca" } },
		{ "one way out of a mesh",
		  "leaf<n0",
		  "n%u<n%u ca",
		  32,
		  true,
		  { "n31<root ca", "@root<root ca" } },
	};
	struct path_rules rules = path_rules_default();
	(void)state;

	for (size_t i = 0; i < COUNT(shapes); i++) {
		AUTO(attempt) attempt = ATTEMPT_INIT;
		double before;

		add_shape(&attempt, &shapes[i], 1000);
		before = cpu_ms();
		attempt_find(&attempt, &rules);
		if (cpu_ms() - before > MOST_MS)
			fail_msg("%s: %.0f ms", shapes[i].why, cpu_ms() - before);
		if (attempt.path.complete != shapes[i].complete)
			fail_msg("%s: %s", shapes[i].why,
				 attempt.path.complete ? "accepted" : "refused");
		/* Not the long way round: leaf, the one it needs, the one with the way
		 * out, the root. */
		if (shapes[i].complete)
			assert_int_equal(attempt.path.n, 4);
	}
}

/* A leaf for many names under many subtrees: comparisons are counted, and the count ends.
 */
static void many_names_under_many_constraints_end_in_time(void **state)
{
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) leaf = BUF_INIT;
	AUTO(buf) sub = BUF_INIT;
	double before;
	(void)state;

	buf_add_str(&leaf, "leaf<sub");
	buf_add_str(&sub, "sub<root ca");
	for (unsigned i = 0; i < 4000; i++) {
		buf_addf(&leaf, " dns=a%u.example", i);
		buf_addf(&sub, " x.dns=x%u.example", i);
	}
	attempt.pool = pool_new(NULL);
	attempt_line(&attempt, buf_text(&leaf), 0);
	attempt_line(&attempt, buf_text(&sub), 1);
	attempt_line(&attempt, "@root<root ca", 2);
	pool_add_store(attempt.pool, &attempt.store);
	before = cpu_ms();
	attempt_find(&attempt, &rules);
	assert_true(cpu_ms() - before < MOST_MS);
	assert_false(attempt.path.complete);
	assert_true(attempt_has(&attempt, FINDING_BUDGET));
}

static void a_search_spends_no_more_than_its_budget(void **state)
{
	static const struct shape shape = {
		"mesh", "leaf<x by=k0", "x<x ca key=k%u by=k%u",
		16,     false,          { "@x<x ca key=anchor by=anchor" }
	};
	(void)state;

	for (uint32_t budget = 6; budget <= 600; budget *= 10) {
		struct path_rules rules = path_rules_default();
		AUTO(attempt) attempt = ATTEMPT_INIT;

		rules.budget = budget;
		add_shape(&attempt, &shape, 256);
		attempt_find(&attempt, &rules);
		assert_true(attempt.path.budget_met);
		assert_true(attempt_has(&attempt, FINDING_BUDGET));
		/* What diagnosis may spend on top is fixed. */
		assert_true(attempt.path.cost <= budget + 500);
	}
}

static void an_edge_is_paid_for_once_however_many_searches_need_it(void **state)
{
	static const char *const lines[] = { "leaf<sub", "sub<root ca", "@root<root ca",
					     NULL };
	struct edge_cache *edges = edge_cache_new();
	struct path_rules rules = path_rules_default();
	struct cert certs[3];
	(void)state;

	for (size_t i = 0; i < COUNT(certs); i++)
		certs[i] = forge(lines[i]);
	for (size_t round = 0; round < 3; round++) {
		AUTO(attempt) attempt = ATTEMPT_INIT;

		attempt.pool = pool_new(edges);
		for (size_t i = 0; i < COUNT(certs); i++)
			attempt_add(&attempt, &certs[i], lines[i], i);
		pool_add_store(attempt.pool, &attempt.store);
		attempt_find(&attempt, &rules);
		assert_true(attempt.path.complete);
		assert_int_equal(attempt.path.cost, round ? 0 : 12);
	}
	edge_cache_free(edges);
}

/* What one thread shares with the others. */
struct shared {
	const struct entry_set *store;
	struct edge_cache *edges;
	const struct cert *leaf, *sub;
	size_t complete;
};

static void *search_often(void *ctx)
{
	struct shared *shared = ctx;
	struct path_rules rules = path_rules_default();

	for (size_t i = 0; i < 50; i++) {
		struct pool *pool = pool_new(shared->edges);
		AUTO(path) path = PATH_INIT;
		AUTO(error) err = ERROR_INIT;
		const struct pool_cert *leaf;

		pool_add_store(pool, shared->store);
		leaf = pool_add(pool, shared->leaf, FROM_LEAF, NULL, 0);
		pool_add(pool, shared->sub, FROM_SERVER, NULL, 1);
		if (path_find(pool, leaf, &rules, NOW, &path, &err) && path.complete)
			__atomic_add_fetch(&shared->complete, 1, __ATOMIC_RELAXED);
		path_clear(&path);
		pool_free(pool);
	}
	return NULL;
}

static void searches_of_many_threads_share_store_and_edges(void **state)
{
	struct cert leaf = forge("leaf<sub"), sub = forge("sub<root ca");
	struct entry root = { .cert = forge("@root<root ca"), .trust = TRUST_ANCHOR };
	AUTO(entry_set) store = ENTRY_SET_INIT;
	struct shared shared = { &store, edge_cache_new(), &leaf, &sub, 0 };
	pthread_t threads[4];
	(void)state;

	set_add_copy(&store, &root);
	set_index_make(&store);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, search_often, &shared),
				 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	assert_int_equal(shared.complete, COUNT(threads) * 50);
	edge_cache_free(shared.edges);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_and_repetition_of_the_pool_change_no_verdict),
		cmocka_unit_test(strangers_never_turn_accept_into_reject_nor_back),
		cmocka_unit_test(taking_an_anchor_away_never_turns_reject_into_accept),
		cmocka_unit_test(a_thousand_certificates_of_one_name_end_in_time),
		cmocka_unit_test(many_names_under_many_constraints_end_in_time),
		cmocka_unit_test(a_search_spends_no_more_than_its_budget),
		cmocka_unit_test(an_edge_is_paid_for_once_however_many_searches_need_it),
		cmocka_unit_test(searches_of_many_threads_share_store_and_edges),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
