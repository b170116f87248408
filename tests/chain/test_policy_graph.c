/* Certificate policies at random and in numbers: the verdict of the tree of RFC 5280, and
 * the bounds. */
#include "policies.h"

/*
 * The tree of RFC 5280 6.1 as it is written there, for chains of numbers: a witness that
 * knows nothing of graphs and levels. Exponential, and for small chains only.
 */
#define ANY        3 /* anyPolicy, beside the policies 0 to 2 */
#define CHAIN_MOST 4
#define NODES_MOST 4096

struct plain {
	unsigned policies; /* bit 1 << policy; 0: no extension */
	struct {
		unsigned from, to;
	} map[3];
	size_t n_maps;
	int require, nomap, noany; /* -1: absent */
	bool self_issued;
};

struct node {
	unsigned depth, valid, expected;
	size_t parent;
	bool alive;
};

struct tree {
	struct node at[NODES_MOST];
	size_t n;
	bool null;
};

static void grow(struct tree *tree, size_t parent, unsigned valid, unsigned expected)
{
	assert_true(tree->n < NODES_MOST);
	tree->at[tree->n++] = (struct node){ tree->at[parent].depth + 1, valid, expected,
					     parent, true };
}

static bool has_child(const struct tree *tree, size_t parent, unsigned valid)
{
	for (size_t i = 1; i < tree->n; i++)
		if (tree->at[i].alive && tree->at[i].parent == parent &&
		    (valid > ANY || tree->at[i].valid == valid))
			return true;
	return false;
}

/* Takes nodes above depth without children away, the deepest first. */
static void prune(struct tree *tree, unsigned depth)
{
	for (size_t i = tree->n; i-- > 0;)
		if (tree->at[i].depth < depth && !has_child(tree, i, ANY + 1))
			tree->at[i].alive = false;
	tree->null |= !tree->at[0].alive;
}

/* Nodes of a depth, one by one; size n of the tree where it grows meanwhile. */
static bool alive_at(const struct tree *tree, size_t i, unsigned depth)
{
	return tree->at[i].alive && tree->at[i].depth == depth;
}

/* 6.1.3 (d)(1). */
static void tree_policy(struct tree *tree, unsigned depth, unsigned policy)
{
	size_t n = tree->n;
	bool matched = false;

	for (size_t i = 0; i < n; i++)
		if (alive_at(tree, i, depth - 1) && tree->at[i].expected & 1u << policy) {
			grow(tree, i, policy, 1u << policy);
			matched = true;
		}
	for (size_t i = 0; i < n && !matched; i++)
		if (alive_at(tree, i, depth - 1) && tree->at[i].valid == ANY)
			grow(tree, i, policy, 1u << policy);
}

/* 6.1.3 (d)(2). */
static void tree_any(struct tree *tree, unsigned depth)
{
	size_t n = tree->n;

	for (size_t i = 0; i < n; i++)
		for (unsigned policy = 0; policy <= ANY; policy++)
			if (alive_at(tree, i, depth - 1) &&
			    tree->at[i].expected & 1u << policy &&
			    !has_child(tree, i, policy))
				grow(tree, i, policy, 1u << policy);
}

/* 6.1.4 (b)(1) for one issuerDomainPolicy. */
static void tree_map(struct tree *tree, unsigned depth, unsigned from, unsigned to)
{
	size_t n = tree->n;
	bool matched = false;

	for (size_t i = 0; i < n; i++)
		if (alive_at(tree, i, depth) && tree->at[i].valid == from) {
			tree->at[i].expected = to;
			matched = true;
		}
	for (size_t i = 0; i < n && !matched; i++)
		if (alive_at(tree, i, depth) && tree->at[i].valid == ANY) {
			grow(tree, tree->at[i].parent, from, to);
			return;
		}
}

static void tree_mappings(struct tree *tree, unsigned depth, const struct plain *cert,
			  int mapping)
{
	for (unsigned from = 0; from < ANY; from++) {
		unsigned to = 0;

		for (size_t i = 0; i < cert->n_maps; i++)
			if (cert->map[i].from == from)
				to |= 1u << cert->map[i].to;
		if (to && mapping > 0)
			tree_map(tree, depth, from, to);
		for (size_t i = 0; i < tree->n && to && mapping == 0; i++)
			if (alive_at(tree, i, depth) && tree->at[i].valid == from)
				tree->at[i].alive = false;
	}
	prune(tree, depth);
}

static void cut(struct tree *tree, size_t root)
{
	tree->at[root].alive = false;
	for (size_t i = root + 1; i < tree->n; i++)
		if (tree->at[i].alive && tree->at[i].parent == root)
			cut(tree, i);
}

/* 6.1.5 (g)(iii) for accepted, which is not anyPolicy. */
static void tree_intersect(struct tree *tree, unsigned depth, unsigned accepted)
{
	unsigned seen = 0;

	for (size_t i = 1; i < tree->n; i++) {
		if (!tree->at[i].alive || tree->at[i].valid == ANY ||
		    tree->at[tree->at[i].parent].valid != ANY)
			continue;
		if (accepted & 1u << tree->at[i].valid)
			seen |= 1u << tree->at[i].valid;
		else
			cut(tree, i);
	}
	for (size_t i = 1; i < tree->n; i++) {
		if (!alive_at(tree, i, depth) || tree->at[i].valid != ANY)
			continue;
		for (unsigned policy = 0; policy < ANY; policy++)
			if (accepted & ~seen & 1u << policy)
				grow(tree, tree->at[i].parent, policy, 1u << policy);
		tree->at[i].alive = false;
		break;
	}
	prune(tree, depth);
}

static int less_one(int counter)
{
	return counter > 0 ? counter - 1 : 0;
}

static int least(int counter, int skip)
{
	return skip >= 0 && skip < counter ? skip : counter;
}

/* Section 6.1 over chain, the one below the anchor first. accepted 0: any. */
static bool valid_by_tree(const struct plain *chain, size_t n, unsigned ask,
			  unsigned accepted)
{
	static struct tree tree;
	int explicit = ask & ASK_EXPLICIT ? 0 : (int)n + 1;
	int mapping = ask & ASK_NO_MAPPING ? 0 : (int)n + 1;
	int any = ask & ASK_NO_ANY ? 0 : (int)n + 1;

	tree.n = 1;
	tree.null = false;
	tree.at[0] = (struct node){ 0, ANY, 1u << ANY, 0, true };
	for (unsigned i = 1; i <= n; i++) {
		const struct plain *cert = &chain[i - 1];

		for (unsigned policy = 0; policy < ANY; policy++)
			if (cert->policies & 1u << policy && !tree.null)
				tree_policy(&tree, i, policy);
		if (cert->policies & 1u << ANY && !tree.null &&
		    (any > 0 || (i < n && cert->self_issued)))
			tree_any(&tree, i);
		prune(&tree, i);
		tree.null |= !cert->policies;
		if (explicit == 0 && tree.null)
			return false;
		if (i == n)
			break;
		if (!tree.null)
			tree_mappings(&tree, i, cert, mapping);
		if (!cert->self_issued) {
			explicit = less_one(explicit);
			mapping = less_one(mapping);
			any = less_one(any);
		}
		explicit = least(explicit, cert->require);
		mapping = least(mapping, cert->nomap);
		any = least(any, cert->noany);
	}
	explicit = less_one(explicit);
	if (chain[n - 1].require == 0)
		explicit = 0;
	if (accepted && !tree.null)
		tree_intersect(&tree, (unsigned)n, accepted);
	return explicit > 0 || !tree.null;
}

static unsigned draw(unsigned *seed, unsigned most)
{
	*seed = *seed * 1103515245u + 12345u;
	return (*seed >> 16) % most;
}

static int draw_skip(unsigned *seed)
{
	return draw(seed, 5) ? -1 : (int)draw(seed, 3);
}

static struct plain draw_plain(unsigned *seed)
{
	struct plain cert = { .policies = draw(seed, 12) ? 1 + draw(seed, 7) : 0,
			      .require = draw_skip(seed),
			      .nomap = draw_skip(seed),
			      .noany = draw_skip(seed),
			      .self_issued = !draw(seed, 4) };

	if (!draw(seed, 3))
		cert.policies |= 1u << ANY;
	cert.n_maps = draw(seed, 2) ? draw(seed, 4) : 0;
	for (size_t i = 0; i < cert.n_maps; i++) {
		cert.map[i].from = draw(seed, ANY);
		cert.map[i].to = draw(seed, ANY);
	}
	return cert;
}

static void write_skip(struct buf *line, const char *word, int skip)
{
	if (skip >= 0)
		buf_addf(line, " %s=%d", word, skip);
}

/* Certificate i of the chain as a line; name: the authority's above, then its own. */
static void write_plain(struct buf *line, const struct plain *cert, size_t i, bool leaf,
			char name[24])
{
	char subject[24];

	snprintf(subject, sizeof(subject), "c%zu", i);
	if (cert->self_issued && !leaf)
		snprintf(subject, sizeof(subject), "%s", name);
	buf_addf(line, "%s<%s key=k%zu by=k%zu%s", subject, name, i, i - 1,
		 leaf ? "" : " ca");
	for (unsigned policy = 0, n = 0; policy <= ANY; policy++)
		if (cert->policies & 1u << policy)
			buf_addf(line, policy == ANY ? "%sany" : "%s1.2.%u",
				 n++ ? "," : " policy=", policy + 1);
	for (size_t map = 0; map < cert->n_maps; map++)
		buf_addf(line, "%s1.2.%u:1.2.%u",
			 map ? "," : " map=", cert->map[map].from + 1,
			 cert->map[map].to + 1);
	write_skip(line, "require", cert->require);
	write_skip(line, "nomap", cert->nomap);
	write_skip(line, "noany", cert->noany);
	snprintf(name, 24, "%s", subject);
}

static void prepare_plain(struct attempt *attempt, const struct plain *chain, size_t n)
{
	char name[24] = "c0";

	attempt->pool = pool_new(NULL);
	attempt_line(attempt, "@c0<c0 ca key=k0 by=k0", n + 1);
	for (size_t i = 1; i <= n; i++) {
		AUTO(buf) line = BUF_INIT;

		write_plain(&line, &chain[i - 1], i, i == n, name);
		attempt_line(attempt, buf_text(&line), n - i);
	}
	pool_add_store(attempt->pool, &attempt->store);
}

static bool valid_by_search(struct attempt *attempt, unsigned ask, unsigned accepted)
{
	struct span list[POLICIES];
	struct path_rules rules = rules_of(ask, list, 0);

	for (size_t i = 0; i < POLICIES; i++)
		if (accepted & 1u << i)
			list[rules.n_policies++] = policies[i];
	attempt_find(attempt, &rules);
	return attempt->path.complete;
}

static void the_graph_says_what_the_tree_of_rfc_5280_says(void **state)
{
	unsigned seed = 1, refused = 0, judged = 0;
	(void)state;

	for (size_t round = 0; round < 300; round++) {
		size_t n = 1 + draw(&seed, CHAIN_MOST);
		struct plain chain[CHAIN_MOST];
		AUTO(attempt) attempt = ATTEMPT_INIT;

		for (size_t i = 0; i < n; i++)
			chain[i] = draw_plain(&seed);
		chain[n - 1].self_issued = false;
		prepare_plain(&attempt, chain, n);
		for (unsigned ask = 0; ask <= ASK_ALL; ask++)
			for (unsigned accepted = 0; accepted < 1u << ANY; accepted++) {
				bool valid = valid_by_tree(chain, n, ask, accepted);

				if (valid_by_search(&attempt, ask, accepted) != valid)
					fail_msg("chain %zu, ask %u, accepted %u: %s",
						 round, ask, accepted,
						 valid ? "refused" : "accepted");
				refused += !valid;
				judged++;
			}
	}
	/* Neither verdict is a rarity. */
	assert_in_range(refused, judged / 5, judged * 4 / 5);
}

/* RFC 5280 6.1.5: without a requirement a path is valid whatever policies are in it. */
static void without_a_requirement_policies_change_nothing(void **state)
{
	unsigned seed = 7;
	(void)state;

	for (size_t round = 0; round < 100; round++) {
		size_t n = 1 + draw(&seed, CHAIN_MOST);
		struct plain chain[CHAIN_MOST];
		AUTO(attempt) attempt = ATTEMPT_INIT;

		for (size_t i = 0; i < n; i++) {
			chain[i] = draw_plain(&seed);
			chain[i].require = -1;
		}
		chain[n - 1].self_issued = false;
		prepare_plain(&attempt, chain, n);
		for (unsigned accepted = 0; accepted < 1u << ANY; accepted++)
			assert_true(valid_by_search(&attempt, ASK_NO_MAPPING | ASK_NO_ANY,
						    accepted));
	}
}

/* " WORD=2.5.0,2.5.1,...", or each of them mapped to each. */
static void write_many(struct buf *line, const char *word, unsigned n, bool pairs)
{
	buf_addf(line, " %s=", word);
	for (unsigned i = 0; i < n; i++)
		for (unsigned j = 0; j < (pairs ? n : 1); j++)
			buf_addf(line, pairs ? "%s1.2.%u:1.2.%u" : "%s1.2.%u",
				 i || j ? "," : "", i, j);
}

static void prepare_many(struct attempt *attempt, unsigned n, bool pairs, unsigned length)
{
	attempt->pool = pool_new(NULL);
	attempt_line(attempt, "@c0<c0 ca", length);
	for (unsigned i = 1; i < length; i++) {
		AUTO(buf) line = BUF_INIT;

		buf_addf(&line, "c%u<c%u", i, i - 1);
		write_many(&line, "policy", n, false);
		if (i + 1 < length) {
			buf_add_str(&line, " ca");
			if (pairs)
				write_many(&line, "map", n, true);
		}
		attempt_line(attempt, buf_text(&line), length - 1 - i);
	}
	pool_add_store(attempt->pool, &attempt->store);
}

static void
a_hundred_policies_mapped_a_hundred_ways_sixteen_deep_end_in_time(void **state)
{
	const struct span wanted[] = { SPAN("\x2a\x05") };
	struct path_rules rules = rules_of(ASK_EXPLICIT, wanted, 1);
	AUTO(attempt) attempt = ATTEMPT_INIT;
	double before;
	(void)state;

	prepare_many(&attempt, 100, true, 16);
	before = cpu_ms();
	attempt_find(&attempt, &rules);
	if (cpu_ms() - before > MOST_MS / 5)
		fail_msg("%.1f ms", cpu_ms() - before);
	assert_true(attempt.path.complete);
	assert_int_equal(attempt.path.n, 16);
}

/* A mesh in which each way up ends in an anchor and fails for its policies. */
static void many_paths_that_fail_for_their_policies_end_in_time(void **state)
{
	static const char *const extras[] = {
		"",
		" policy=1.2.1",
		(" policy=1.2.1,1.2.2,1.2.3,1.2.4,1.2.5,1.2.6,1.2.7,1.2.8,any "
		 "map=1.2.1:1.2.2,1.2.2:1.2.1,1.2.3:1.2.4,1.2.4:1.2.5,1.2.5:1.2.3"),
	};
	struct path_rules rules = rules_of(ASK_EXPLICIT, policies, 1);
	(void)state;

	for (size_t i = 0; i < COUNT(extras); i++) {
		AUTO(attempt) attempt = ATTEMPT_INIT;
		double before;

		attempt.pool = pool_new(NULL);
		attempt_line(&attempt, "leaf<n0 policy=1.2.9", 0);
		for (unsigned from = 0; from < 16; from++)
			for (unsigned to = 0; to < 16; to++) {
				AUTO_FREE char *line =
					str_format("n%u<n%u ca%s", from, to, extras[i]);

				if (from != to)
					attempt_line(&attempt, line, 1);
			}
		attempt_line(&attempt, "@n15<n15 ca", 2);
		pool_add_store(attempt.pool, &attempt.store);
		before = cpu_ms();
		attempt_find(&attempt, &rules);
		if (cpu_ms() - before > MOST_MS)
			fail_msg("'%s': %.0f ms", extras[i], cpu_ms() - before);
		assert_false(attempt.path.complete);
	}
}

static void more_policies_than_may_be_are_a_finding(void **state)
{
	struct path_rules rules = rules_of(ASK_EXPLICIT, NULL, 0);
	AUTO(attempt) attempt = ATTEMPT_INIT;
	double before;
	(void)state;

	prepare_many(&attempt, 260, true, 16);
	before = cpu_ms();
	attempt_find(&attempt, &rules);
	assert_true(cpu_ms() - before < MOST_MS);
	assert_false(attempt.path.complete);
	assert_true(attempt.path.budget_met);
	assert_true(attempt_has(&attempt, FINDING_BUDGET));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_graph_says_what_the_tree_of_rfc_5280_says),
		cmocka_unit_test(without_a_requirement_policies_change_nothing),
		cmocka_unit_test(
			a_hundred_policies_mapped_a_hundred_ways_sixteen_deep_end_in_time),
		cmocka_unit_test(many_paths_that_fail_for_their_policies_end_in_time),
		cmocka_unit_test(more_policies_than_may_be_are_a_finding),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
