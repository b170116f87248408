/*
 * Pools that were made to waste time: whatever kind of key, name or extension they abuse,
 * each search ends within its bound and says which was met. Shapes of a mesh stand in
 * test_search, policies in test_policy_graph, lists in test_revocation_bounds.
 */
#include "attempt.h"

#include "base/file.h"
#include "x509/pem.h"

/* A search in time; what it must say, FINDING_COUNT for a path. */
static void expect_in_time_at(int64_t at, struct attempt *attempt,
			      const struct path_rules *rules, enum finding_code wanted,
			      const char *why)
{
	double before = cpu_ms(), spent;
	AUTO(error) err = ERROR_INIT;

	assert_true(
		path_find(attempt->pool, attempt->leaf, rules, at, &attempt->path, &err));
	spent = cpu_ms() - before;
	if (spent > MOST_MS)
		fail_msg("%s: %.0f ms", why, spent);
	attempt_expect(attempt, wanted, why);
}

static void expect_in_time(struct attempt *attempt, const struct path_rules *rules,
			   enum finding_code wanted, const char *why)
{
	expect_in_time_at(NOW, attempt, rules, wanted, why);
}

/* head, and what is repeated after it, numbered. */
static char *long_line(const char *head, const char *repeated, unsigned times)
{
	AUTO(buf) line = BUF_INIT;

	buf_add_str(&line, head);
	for (unsigned i = 0; i < times; i++)
		buf_addf(&line, repeated, i);
	return str_copy(buf_text(&line));
}

/* A thousand certificates of one name, in which each of 32 keys signs every other. */
static void a_mesh_of_any_curve_ends_in_time(void **state)
{
	static const struct {
		const char *why, *key, *words;
	} meshes[] = {
		{ "P-256", "k", "ca" },
		{ "P-384", "p384k", "ca" },
		{ "P-521", "p521k", "ca" },
		{ "P-256, with many extensions", "k", "EXTENSIONS" },
	};
	struct path_rules rules = path_rules_default();
	AUTO_FREE char *extensions = long_line("ca", " unknown=1.2.3.%u", 240);
	(void)state;

	for (size_t i = 0; i < COUNT(meshes); i++) {
		const char *key = meshes[i].key, *words = meshes[i].words;
		AUTO_FREE char *leaf = str_format("leaf<x by=%s0 dns=a.example", key);
		AUTO(attempt) attempt = ATTEMPT_INIT;

		if (strcmp(words, "ca"))
			words = extensions;
		attempt.pool = pool_new(NULL);
		attempt_line(&attempt, leaf, 0);
		for (unsigned n = 0; n < 1000; n++) {
			AUTO_FREE char *line = str_format("x<x key=%s%u by=%s%u %s", key,
							  n / 32, key, n % 32, words);

			attempt_line(&attempt, line, n + 1);
		}
		attempt_line(&attempt, "@x<x ca key=top by=top x.dns=a.example", 1001);
		pool_add_store(attempt.pool, &attempt.store);
		expect_in_time(&attempt, &rules, FINDING_BUDGET, meshes[i].why);
	}
}

static struct cert model(const char *name)
{
	const char *data = getenv("DATA");
	AUTO_FREE char *path =
		str_format("%s/verify/%s.pem", data ? data : "tests/data", name);
	AUTO(error) err = ERROR_INIT;
	AUTO(file) file = FILE_INIT;
	struct pem_scan scan = { .at = 0 };
	struct pem_block block;
	AUTO_FREE uint8_t *der = NULL;
	struct cert cert;
	size_t n;

	assert_true(file_read(&file, path, &err));
	scan.in = file.bytes;
	assert_true(pem_next(&scan, &block));
	der = mem_alloc(pem_decoded_most(block.body));
	assert_true(pem_decode(block.body, block.line, der, &n, &err));
	assert_true(cert_read(&cert, arena_copy(&workshop.arena, span_of(der, n)), &err));
	return cert;
}

/* The model with a key of its own: the signature fits nothing any more. */
static struct cert with_another_key(const struct cert *model, uint32_t number)
{
	struct span der = cert_der(model), spki = cert_part(model, model->spki);
	AUTO_FREE uint8_t *bytes = mem_alloc(der.n);
	AUTO(error) err = ERROR_INIT;
	struct cert cert;

	memcpy(bytes, der.at, der.n);
	memcpy(bytes + (spki.at - der.at) + spki.n / 2, &number, sizeof(number));
	assert_true(cert_read(&cert, arena_copy(&workshop.arena, span_of(bytes, der.n)),
			      &err));
	return cert;
}

/* Each may have signed each. */
static void a_thousand_keys_of_one_name_end_in_time(void **state)
{
	static const struct {
		const char *key;
		enum finding_code wanted;
	} rows[] = {
		{ "rsa2048-sha256", FINDING_BAD_SIGNATURE },
		{ "rsa4096-sha256", FINDING_BUDGET },
		{ "pss-sha512-salt64", FINDING_BAD_SIGNATURE },
		{ "dsa2048-sha256", FINDING_WEAK_KEY },
		{ "p256-sha256", FINDING_BUDGET },
		{ "p384-sha384", FINDING_BUDGET },
		{ "p521-sha512", FINDING_BUDGET },
		{ "ed25519", FINDING_BUDGET },
		{ "ed448", FINDING_BUDGET },
		{ "brainpool512-sha512", FINDING_BUDGET },
	};
	struct path_rules rules = path_rules_default();
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO(attempt) attempt = ATTEMPT_INIT;
		struct cert cert = model(rows[i].key);
		struct entry entry = { .trust = TRUST_ANCHOR };

		rules.purpose = PURPOSE_ANY;
		attempt.pool = pool_new(NULL);
		entry.cert = with_another_key(&cert, UINT32_MAX);
		attempt.leaf = pool_add(attempt.pool, &entry.cert, FROM_LEAF, NULL, 0);
		for (uint32_t n = 1; n <= 2000; n++) {
			entry.cert = with_another_key(&cert, n);
			if (n > 1000)
				set_add_copy(&attempt.store, &entry);
			else
				pool_add(attempt.pool, &entry.cert, FROM_SERVER, NULL, n);
		}
		pool_add_store(attempt.pool, &attempt.store);
		expect_in_time_at(cert.not_before, &attempt, &rules, rows[i].wanted,
				  rows[i].key);
	}
}

#define LONG_LABEL \
	"."        \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define LONG_TAIL LONG_LABEL LONG_LABEL LONG_LABEL LONG_LABEL

/* Thousands of names of each form below thousands of constraints of that form. */
static void constraints_of_every_form_end_in_time(void **state)
{
	static const struct {
		const char *why, *name, *subtree;
		unsigned n;
	} rows[] = {
		{ "DNS", " dns=a%u.example", " x.dns=x%u.example", 4000 },
		{ "e-mail", " email=a%u@a.example", " x.email=x%u@a.example", 4000 },
		{ "IP", " ip=0a00%04x", " x.ip=0b00%04xffffffff", 4000 },
		{ "directory", " dir=a%u", " x.dir=x%u", 4000 },
		{ "URI", " uri=https://a%u.example/", " x.uri=x%u.example", 4000 },
		/* As long as a host may be, and alike to its first label. */
		{ "long DNS", " dns=a%u" LONG_TAIL, " x.dns=x%u" LONG_TAIL, 1500 },
		{ "long e-mail", " email=a@a%u" LONG_TAIL, " x.email=x%u" LONG_TAIL,
		  1000 },
		{ "long URI", " uri=https://a%u" LONG_TAIL "/", " x.uri=x%u" LONG_TAIL,
		  1000 },
	};
	struct path_rules rules = path_rules_default();
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		AUTO_FREE char *leaf = long_line("leaf<sub", rows[i].name, rows[i].n);
		AUTO_FREE char *sub =
			long_line("sub<root ca", rows[i].subtree, rows[i].n);
		const char *lines[] = { leaf, sub, ROOT, NULL };
		AUTO(attempt) attempt = ATTEMPT_INIT;

		attempt_prepare(&attempt, lines);
		expect_in_time(&attempt, &rules, FINDING_BUDGET, rows[i].why);
	}
}

/* RFC 7633: each feature that is asked for is looked for among those that are there. */
static void lists_of_tls_features_end_in_time(void **state)
{
	struct path_rules rules = path_rules_default();
	AUTO(buf) leaf = BUF_INIT;
	AUTO(buf) sub = BUF_INIT;
	const char *lines[] = { NULL, NULL, ROOT, NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	(void)state;

	buf_add_str(&leaf, "leaf<sub raw=1.3.6.1.5.5.7.1.24:30829c40");
	buf_add_str(&sub, "sub<root ca raw=1.3.6.1.5.5.7.1.24:30829c40");
	for (unsigned i = 0; i < 10000; i++) {
		buf_addf(&leaf, "0202%04x", i < 9999 ? 0x1000 + i % 0x1000 : 5);
		buf_add_str(&sub, "02020005");
	}
	lines[0] = buf_text(&leaf);
	lines[1] = buf_text(&sub);
	attempt_prepare(&attempt, lines);
	expect_in_time(&attempt, &rules, FINDING_WRONG_PURPOSE, "TLS features");
}

/* Purposes are read again for each place in which a certificate stands, where a client
 * takes server gated crypto for serverAuth. */
static void lists_of_purposes_end_in_time(void **state)
{
	struct path_rules rules = path_rules_default();
	struct client_rules client = client_default;
	AUTO(buf) purposes = BUF_INIT;
	AUTO(attempt) attempt = ATTEMPT_INIT;
	const char *why;
	(void)state;

	assert_true(client_set(&client, "server-gated-crypto", "is-server", &why));
	rules.client = &client;
	buf_add_str(&purposes, "x<x ca raw=2.5.29.37:30829c40");
	for (unsigned i = 0; i < 10000; i++)
		buf_add_str(&purposes, "06022a05");
	attempt.pool = pool_new(NULL);
	attempt_line(&attempt, "leaf<x by=k0 dns=a.example", 0);
	for (unsigned i = 0; i < 256; i++) {
		AUTO_FREE char *line = str_format("%s key=k%u by=k%u",
						  buf_text(&purposes), i / 16, i % 16);

		attempt_line(&attempt, line, i + 1);
	}
	attempt_line(&attempt, "@x<x ca key=top by=top", 257);
	pool_add_store(attempt.pool, &attempt.store);
	expect_in_time(&attempt, &rules, FINDING_WRONG_PURPOSE, "purposes");
}

static void a_chain_of_thousands_ends_in_time(void **state)
{
	struct path_rules rules = path_rules_default();
	AUTO(attempt) attempt = ATTEMPT_INIT;
	(void)state;

	attempt.pool = pool_new(NULL);
	attempt_line(&attempt, "leaf<n0", 0);
	for (unsigned i = 0; i < 2000; i++) {
		AUTO_FREE char *line = str_format("n%u<n%u ca", i, i + 1);

		attempt_line(&attempt, line, i + 1);
	}
	attempt_line(&attempt, "@n2000<n2000 ca", 2001);
	pool_add_store(attempt.pool, &attempt.store);
	expect_in_time(&attempt, &rules, FINDING_PATH_TOO_LONG, "a chain of 2000");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_mesh_of_any_curve_ends_in_time),
		cmocka_unit_test(a_thousand_keys_of_one_name_end_in_time),
		cmocka_unit_test(constraints_of_every_form_end_in_time),
		cmocka_unit_test(lists_of_tls_features_end_in_time),
		cmocka_unit_test(lists_of_purposes_end_in_time),
		cmocka_unit_test(a_chain_of_thousands_ends_in_time),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
