/*
 * What holds in every world, whatever is in it: order and repetition of what is
 * presented, more of it, and one anchor less change no verdict in the direction that they
 * must not; and a path that is given is one. Under the rules of each shipped client that
 * tries every path; of those that take the first issuer, what their way of looking lets
 * hold.
 */
#include "worlds.h"

#include "chain/diagnose.h"
#include "base/file.h"
#include "x509/name.h"

#include <glob.h>

#define WORLDS       200
#define ORDERS       3
#define CLIENTS_MOST 24

/* Shared by all searches of this program: each signature is checked once. */
static struct edge_cache *edges;
static struct client_rules clients[CLIENTS_MOST];
static size_t n_clients;

static bool tries_every_path(const struct client_rules *client)
{
	return client_value(client, CLIENT_SEARCH) == SEARCH_ALL;
}

/* The value of the attribute that follows at, which text it is; NULL where there is none.
 */
static char *attribute(const char *at, const char *name)
{
	const char *end = strchr(at, '>'), *value = strstr(at, name);

	if (!end || !value || value > end)
		return NULL;
	value += strlen(name);
	return str_format("%.*s", (int)strcspn(value, "\""), value);
}

static void take_rules(struct client_rules *client, const char *profile);

static void take_rules_of_text(struct client_rules *client, const char *text)
{
	const char *block = strstr(text, "<client"), *why = "";
	AUTO_FREE char *like = block ? attribute(block, "like=\"") : NULL;

	if (like)
		take_rules(client, like);
	while (block && (block = strstr(block, "<rule "))) {
		AUTO_FREE char *name = attribute(block, "name=\"");
		AUTO_FREE char *value = attribute(block, "value=\"");

		if (!name || !value || !client_set(client, name, value, &why))
			fail_msg("%.40s: %s", block, why);
		block++;
	}
}

/* The folder of the shipped profiles stands beside that of the tests. */
static char *profile_path(const char *name)
{
	const char *data = getenv("DATA");

	return str_format("%s/../../stores/%s.xml", data ? data : "tests/data", name);
}

static void take_rules(struct client_rules *client, const char *profile)
{
	AUTO_FREE char *path = profile_path(profile);
	AUTO(error) err = ERROR_INIT;
	AUTO(file) file = FILE_INIT;
	AUTO(buf) text = BUF_INIT;

	if (!file_read(&file, path, &err))
		fail_msg("%s", err.text);
	buf_add(&text, file.bytes);
	take_rules_of_text(client, buf_text(&text));
}

static bool has_rules(const char *path)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(file) file = FILE_INIT;

	return file_read(&file, path, &err) &&
	       memmem(file.bytes.at, file.bytes.n, "<client", 7);
}

/* The default, and every profile that has rules. */
static int set_up(void **state)
{
	AUTO_FREE char *pattern = profile_path("*");
	glob_t found;
	(void)state;

	edges = edge_cache_new();
	clients[n_clients++].name = str_copy("default");
	assert_int_equal(glob(pattern, 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		const char *name = strrchr(found.gl_pathv[i], '/') + 1;

		if (!has_rules(found.gl_pathv[i]))
			continue;
		assert_true(n_clients < CLIENTS_MOST);
		clients[n_clients].name =
			str_format("%.*s", (int)(strlen(name) - strlen(".xml")), name);
		take_rules(&clients[n_clients], clients[n_clients].name);
		n_clients++;
	}
	globfree(&found);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;

	while (n_clients)
		client_clear(&clients[--n_clients]);
	edge_cache_free(edges);
	forge_end();
	return 0;
}

/* A world as one client meets it: what is in it in some order, or twice, or without one.
 */
struct question {
	const struct draft *at[3 * DRAFTS_MOST]; /* the leaf first */
	size_t n;
	const struct client_rules *client;
};

struct answer {
	bool complete;
	enum finding_code first; /* FINDING_COUNT where it is complete */
};

static struct question question_of(const struct world *world,
				   const struct client_rules *client)
{
	struct question question = { .n = world->n, .client = client };

	for (size_t i = 0; i < world->n; i++)
		question.at[i] = &world->at[i];
	return question;
}

static void shuffle(struct question *question, unsigned seed)
{
	for (size_t i = question->n - 1; i > 1; i--) {
		size_t j = 1 + draw(&seed, (unsigned)i);
		const struct draft *draft = question->at[i];

		question->at[i] = question->at[j];
		question->at[j] = draft;
	}
}

/* Each certificate but the leaf once more, at the end. */
static void repeat(struct question *question)
{
	size_t n = question->n;

	for (size_t i = n; i > 1; i--)
		question->at[question->n++] = question->at[i - 1];
}

static void fill(struct attempt *attempt, const struct question *question)
{
	attempt->pool = pool_new(edges);
	for (size_t i = 0; i < question->n; i++) {
		const struct draft *draft = question->at[i];
		struct entry entry = { .cert = draft->cert, .trust = draft->trust };

		if (entry.trust != TRUST_UNSAID)
			set_add_copy(&attempt->store, &entry);
		if (i == 0)
			attempt->leaf =
				pool_add(attempt->pool, &draft->cert, FROM_LEAF, NULL, 0);
		else if (entry.trust == TRUST_UNSAID)
			pool_add(attempt->pool, &draft->cert, FROM_SERVER, NULL, i);
	}
	pool_add_store(attempt->pool, &attempt->store);
}

/* RFC 5280 6.1: each is the issuer of the one before, by name and by signature, and the
 * last is an anchor. */
static void check_links(const struct attempt *attempt)
{
	const struct path *path = &attempt->path;

	assert_ptr_equal(path->at[0], attempt->leaf);
	assert_int_equal(path->at[path->n - 1]->trust, TRUST_ANCHOR);
	for (size_t i = 0; i + 1 < path->n; i++) {
		const struct cert *child = &path->at[i]->cert,
				  *issuer = &path->at[i + 1]->cert;
		struct issuer_key *key = issuer_key_new(issuer);

		assert_true(name_equal(cert_part(child, child->issuer),
				       cert_part(issuer, issuer->subject)));
		assert_int_equal(signature_verify(key, child), SIGNATURE_GOOD);
		assert_int_not_equal(path->at[i]->trust, TRUST_DISTRUSTED);
		issuer_key_free(key);
	}
}

/* The code of the finding that comes first. */
static enum finding_code first_finding(const struct attempt *attempt)
{
	struct finding_list list = FINDING_LIST_INIT;
	const struct diagnose_context context = { .at = NOW };
	enum finding_code first;

	diagnose_path(&list, &attempt->path, attempt->pool, &context);
	assert_true(list.n > 0);
	first = list.at[0].code;
	finding_list_clear(&list);
	return first;
}

static void search(struct attempt *attempt, const struct question *question)
{
	struct path_rules rules = path_rules_default();

	rules.client = question->client;
	fill(attempt, question);
	attempt_find(attempt, &rules);
}

static struct answer ask(const struct question *question)
{
	struct answer answer = { .first = FINDING_COUNT };
	AUTO(attempt) attempt = ATTEMPT_INIT;

	search(&attempt, question);
	answer.complete = attempt.path.complete;
	if (!answer.complete)
		answer.first = first_finding(&attempt);
	return answer;
}

/* One property in one world, for one client; world is drawn by number. */
typedef void property(const struct world *world, unsigned number,
		      const struct client_rules *client);

static void in_every_world(property *holds,
			   bool (*for_client)(const struct client_rules *))
{
	for (unsigned number = 1; number <= WORLDS; number++) {
		struct world world;

		world_draw(&world, number * 7919);
		for (size_t i = 0; i < n_clients; i++)
			if (for_client(&clients[i]))
				holds(&world, number, &clients[i]);
	}
}

static void expect_same(struct answer is, struct answer was, unsigned number,
			const struct client_rules *client, const char *what)
{
	if (is.complete != was.complete || is.first != was.first)
		fail_msg("world %u, %s, %s: %s instead of %s", number, client->name, what,
			 is.complete ? "accepted" : finding_name(is.first),
			 was.complete ? "accepted" : finding_name(was.first));
}

static bool is_default(const struct client_rules *client)
{
	return client == &clients[0];
}

static void agrees_with_trial(const struct world *world, unsigned number,
			      const struct client_rules *client)
{
	struct question question = question_of(world, client);
	bool complete = ask(&question).complete;

	if (complete != world_has_path(world))
		fail_msg("world %u: %s", number, complete ? "accepted" : "refused");
}

static void the_verdict_is_that_of_every_path_tried_one_by_one(void **state)
{
	(void)state;
	in_every_world(agrees_with_trial, is_default);
}

/* Else the properties would say little. */
static void of_the_worlds_some_have_a_path_and_many_have_none(void **state)
{
	unsigned with = 0;
	(void)state;

	for (unsigned number = 1; number <= WORLDS; number++) {
		struct world world;

		world_draw(&world, number * 7919);
		with += world_has_path(&world);
	}
	assert_true(with > WORLDS / 5);
	assert_true(with < WORLDS - WORLDS / 5);
}

static void order_says_nothing(const struct world *world, unsigned number,
			       const struct client_rules *client)
{
	struct question as_drawn = question_of(world, client);
	struct answer was = ask(&as_drawn);

	for (unsigned order = 1; order <= ORDERS; order++) {
		struct question other = as_drawn;

		if (order % 2)
			repeat(&other);
		shuffle(&other, number * 31 + order);
		expect_same(ask(&other), was, number, client, "in another order");
	}
}

static void order_and_repetition_change_neither_verdict_nor_first_finding(void **state)
{
	(void)state;
	in_every_world(order_says_nothing, tries_every_path);
}

/* Presented with another world's certificates, whoever signed them: they use the same
 * names, and often the same keys. */
static void more_does_no_harm(const struct world *world, unsigned number,
			      const struct client_rules *client)
{
	struct question question = question_of(world, client);
	struct world other;

	if (!ask(&question).complete)
		return;
	world_draw(&other, number * 104729);
	for (size_t i = 1; i < other.n; i++) {
		other.at[i].trust = TRUST_UNSAID;
		question.at[question.n++] = &other.at[i];
	}
	shuffle(&question, number);
	if (!ask(&question).complete)
		fail_msg("world %u, %s: refused with more presented", number,
			 client->name);
}

static void certificates_added_never_turn_accept_into_reject(void **state)
{
	(void)state;
	in_every_world(more_does_no_harm, tries_every_path);
}

/* Certificates with the names of a world's and keys that nobody in it knows. */
static void add_strangers(struct question *question, struct world *strangers,
			  unsigned number)
{
	world_draw(strangers, number * 104729);
	for (size_t i = 1; i < strangers->n; i++) {
		struct draft *draft = &strangers->at[i];

		draft->trust = TRUST_UNSAID;
		snprintf(draft->key, sizeof(draft->key), "s%u", (unsigned)i % 3);
		snprintf(draft->by, sizeof(draft->by), "s%u", (unsigned)i % 5);
		draft->cert = draft_forge(draft);
		question->at[question->n++] = draft;
	}
}

static void strangers_change_nothing(const struct world *world, unsigned number,
				     const struct client_rules *client)
{
	struct question question = question_of(world, client);
	bool was = ask(&question).complete;
	struct world strangers;

	add_strangers(&question, &strangers, number);
	shuffle(&question, number);
	if (ask(&question).complete != was)
		fail_msg("world %u, %s: strangers change the verdict", number,
			 client->name);
}

static void strangers_change_no_verdict(void **state)
{
	(void)state;
	in_every_world(strangers_change_nothing, tries_every_path);
}

/* question without the certificate at that place. */
static struct question without(const struct question *question, size_t place)
{
	struct question less = *question;

	memmove(&less.at[place], &less.at[place + 1],
		(less.n - place - 1) * sizeof(less.at[0]));
	less.n--;
	return less;
}

static void fewer_anchors_never_help(const struct world *world, unsigned number,
				     const struct client_rules *client)
{
	struct question question = question_of(world, client);

	if (ask(&question).complete)
		return;
	for (size_t i = 1; i < world->n; i++) {
		struct question less = without(&question, i);

		if (world->at[i].trust == TRUST_ANCHOR && ask(&less).complete)
			fail_msg("world %u, %s: accepted without anchor %zu", number,
				 client->name, i);
	}
}

static void an_anchor_taken_away_never_turns_reject_into_accept(void **state)
{
	(void)state;
	in_every_world(fewer_anchors_never_help, tries_every_path);
}

/* Any certificate but one that is distrusted, made an anchor: of the world itself, where
 * it was only presented, or of another. */
static void more_anchors_never_harm(const struct world *world, unsigned number,
				    const struct client_rules *client)
{
	struct question question = question_of(world, client);
	struct world other = *world;

	if (!ask(&question).complete)
		return;
	for (size_t i = 1; i < world->n; i++) {
		if (world->at[i].trust != TRUST_UNSAID)
			continue;
		other.at[i].trust = TRUST_ANCHOR;
		question.at[i] = &other.at[i];
		if (!ask(&question).complete)
			fail_msg("world %u, %s: refused with anchor %zu more", number,
				 client->name, i);
	}
}

static void an_anchor_added_never_turns_accept_into_reject(void **state)
{
	(void)state;
	in_every_world(more_anchors_never_harm, tries_every_path);
}

static bool is_any(const struct client_rules *client)
{
	(void)client;
	return true;
}

static void path_verifies(const struct world *world, unsigned number,
			  const struct client_rules *client)
{
	struct question question = question_of(world, client);
	AUTO(attempt) attempt = ATTEMPT_INIT;
	(void)number;

	search(&attempt, &question);
	if (attempt.path.complete)
		check_links(&attempt);
}

static void a_path_that_is_given_verifies_link_by_link(void **state)
{
	(void)state;
	in_every_world(path_verifies, is_any);
}

static bool takes_the_first(const struct client_rules *client)
{
	return !tries_every_path(client);
}

/* For a client that takes the first issuer the order counts, but not what comes after its
 * like. */
static void repetition_says_nothing(const struct world *world, unsigned number,
				    const struct client_rules *client)
{
	struct question question = question_of(world, client);
	struct answer was = ask(&question);

	repeat(&question);
	expect_same(ask(&question), was, number, client, "repeated");
}

/* GnuTLS looks for anchors by the names of the last that was presented, whoever that is
 * (lib/x509/verify-high.c gnutls_x509_trust_list_verify_crt2, LAST_IDN and LAST_DN). */
static bool looks_at_the_store_first(const struct client_rules *client)
{
	return client_value(client, CLIENT_SEARCH) == SEARCH_STORE_FIRST;
}

static void unasked_names_say_nothing(const struct world *world, unsigned number,
				      const struct client_rules *client)
{
	struct question question = question_of(world, client);
	struct draft unasked[3] = {
		{ "u", "r", "u", "r", TRUST_UNSAID, FLAW_NONE, { 0 } },
		{ "v", "u", "v", "u", TRUST_UNSAID, FLAW_NONE, { 0 } },
		{ "v", "v", "v", "v", TRUST_ANCHOR, FLAW_NONE, { 0 } }
	};
	struct answer was = ask(&question);

	for (size_t i = 0; i < COUNT(unasked); i++) {
		unasked[i].cert = draft_forge(&unasked[i]);
		memmove(&question.at[2], &question.at[1],
			(question.n - 1) * sizeof(question.at[0]));
		question.at[1] = &unasked[i];
		question.n++;
	}
	expect_same(ask(&question), was, number, client,
		    "among names that nobody asks for");
}

static void to_the_first_issuer_repetition_does_not_matter(void **state)
{
	(void)state;
	in_every_world(repetition_says_nothing, takes_the_first);
}

static void to_the_first_issuer_of_the_store_other_names_do_not_matter(void **state)
{
	(void)state;
	in_every_world(unasked_names_say_nothing, looks_at_the_store_first);
}

/* The first of each name: then there is but one issuer to take. */
static struct question one_of_each_name(const struct world *world,
					const struct client_rules *client)
{
	struct question question = { .at = { &world->at[0] }, .n = 1, .client = client };

	for (size_t i = 1; i < world->n; i++) {
		bool again = false;

		for (size_t j = 0; j < i; j++)
			again |= !strcmp(world->at[i].subject, world->at[j].subject);
		if (!again)
			question.at[question.n++] = &world->at[i];
	}
	return question;
}

static void order_of_single_names_says_nothing(const struct world *world, unsigned number,
					       const struct client_rules *client)
{
	struct question as_drawn = one_of_each_name(world, client);
	struct answer was = ask(&as_drawn);

	for (unsigned order = 1; order <= ORDERS; order++) {
		struct question other = as_drawn;

		shuffle(&other, number * 31 + order);
		expect_same(ask(&other), was, number, client, "in another order");
	}
}

static void where_no_name_comes_twice_order_matters_to_no_client(void **state)
{
	(void)state;
	in_every_world(order_of_single_names_says_nothing, is_any);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_verdict_is_that_of_every_path_tried_one_by_one),
		cmocka_unit_test(of_the_worlds_some_have_a_path_and_many_have_none),
		cmocka_unit_test(
			order_and_repetition_change_neither_verdict_nor_first_finding),
		cmocka_unit_test(certificates_added_never_turn_accept_into_reject),
		cmocka_unit_test(strangers_change_no_verdict),
		cmocka_unit_test(an_anchor_taken_away_never_turns_reject_into_accept),
		cmocka_unit_test(an_anchor_added_never_turns_accept_into_reject),
		cmocka_unit_test(a_path_that_is_given_verifies_link_by_link),
		cmocka_unit_test(to_the_first_issuer_repetition_does_not_matter),
		cmocka_unit_test(
			to_the_first_issuer_of_the_store_other_names_do_not_matter),
		cmocka_unit_test(where_no_name_comes_twice_order_matters_to_no_client),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
