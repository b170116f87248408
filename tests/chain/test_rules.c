/* Rules: what one certificate in its place must fulfil (RFC 5280 section 6), and what the
 * store says of it. */
#include "attempt.h"

/* RFC 5280 6.1.3 (a)(2), 4.1.2.5: both ends are included. */
static void validity_counts_to_the_last_second(void **state)
{
	static const struct row rows[] = {
		{ "valid", { "leaf<sub", SUB, ROOT }, COMPLETE },
		{ "last second",
		  { "leaf<sub until=20260601000000Z", SUB, ROOT },
		  COMPLETE },
		{ "a second later",
		  { "leaf<sub until=20260531235959Z", SUB, ROOT },
		  FINDING_EXPIRED },
		{ "first second",
		  { "leaf<sub from=20260601000000Z", SUB, ROOT },
		  COMPLETE },
		{ "a second early",
		  { "leaf<sub from=20260601000001Z", SUB, ROOT },
		  FINDING_NOT_YET_VALID },
		{ "intermediate",
		  { "leaf<sub", "sub<root ca until=20260531235959Z", ROOT },
		  FINDING_EXPIRED },
		{ "anchor",
		  { "leaf<sub", SUB, "@root<root ca until=20260531235959Z" },
		  FINDING_EXPIRED },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* RFC 5280 6.1.4 (k), (n), 4.2.1.9. */
static void only_an_authority_issues(void **state)
{
	static const struct row rows[] = {
		{ "no basicConstraints",
		  { "leaf<sub", "sub<root", ROOT },
		  FINDING_NOT_A_CA },
		{ "cA false", { "leaf<sub", "sub<root notca", ROOT }, FINDING_NOT_A_CA },
		{ "version 1",
		  { "leaf<sub", "sub<root version=1", ROOT },
		  FINDING_NOT_A_CA },
		{ "keyCertSign",
		  { "leaf<sub", "sub<root ca usage=0204", ROOT },
		  COMPLETE },
		{ "no keyCertSign",
		  { "leaf<sub", "sub<root ca usage=0780", ROOT },
		  FINDING_NOT_A_CA },
		{ "anchor: cA false",
		  { "leaf<sub", SUB, "@root<root notca" },
		  FINDING_NOT_A_CA },
		{ "anchor of version 1",
		  { "leaf<sub", SUB, "@root<root version=1" },
		  COMPLETE },
		{ "anchor: no keyCertSign",
		  { "leaf<sub", SUB, "@root<root ca usage=0780" },
		  FINDING_NOT_A_CA },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* RFC 5280 6.1.4 (l), (m), 4.2.1.9: self-issued ones and the leaf do not count. */
static void path_length_counts_what_is_below(void **state)
{
	static const struct row rows[] = {
		{ "0 and no intermediate",
		  { "leaf<sub", "sub<root ca=0", ROOT },
		  COMPLETE },
		{ "0 and one",
		  { "leaf<low", "low<sub ca", "sub<root ca=0", ROOT },
		  FINDING_PATH_TOO_LONG },
		{ "1 and one",
		  { "leaf<low", "low<sub ca", "sub<root ca=1", ROOT },
		  COMPLETE },
		{ "a leaf that is an authority",
		  { "leaf<sub ca", "sub<root ca=0", ROOT },
		  COMPLETE },
		{ "0 and a self-issued one",
		  { "leaf<sub by=new", "sub<sub ca key=new", "sub<root ca=0", ROOT },
		  COMPLETE },
		{ "of the anchor",
		  { "leaf<low", "low<sub ca", SUB, "@root<root ca=1" },
		  FINDING_PATH_TOO_LONG },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* RFC 5280 4.2.1.12: an intermediate's extended key usage bounds what is below it. */
static void a_purpose_is_allowed_by_every_certificate_that_speaks_of_it(void **state)
{
	static const struct row rows[] = {
		{ "leaf is silent", { "leaf<sub", SUB, ROOT }, COMPLETE },
		{ "leaf for servers", { "leaf<sub eku=server", SUB, ROOT }, COMPLETE },
		{ "leaf for any", { "leaf<sub eku=any", SUB, ROOT }, COMPLETE },
		{ "leaf for clients",
		  { "leaf<sub eku=client", SUB, ROOT },
		  FINDING_WRONG_PURPOSE },
		{ "intermediate for both",
		  { "leaf<sub", "sub<root ca eku=client,server", ROOT },
		  COMPLETE },
		{ "intermediate for clients",
		  { "leaf<sub eku=server", "sub<root ca eku=client", ROOT },
		  FINDING_WRONG_PURPOSE },
		{ "anchor for clients",
		  { "leaf<sub", SUB, "@root<root ca eku=client" },
		  FINDING_WRONG_PURPOSE },
		{ "key usage of a server",
		  { "leaf<sub usage=0780", SUB, ROOT },
		  COMPLETE },
		{ "key usage of none",
		  { "leaf<sub usage=0102", SUB, ROOT },
		  FINDING_WRONG_PURPOSE },
		{ "an authority in the place of a leaf",
		  { "leaf<sub ca usage=0204", SUB, ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* RFC 5280 4.2, 6.1.4 (o), 6.1.5 (f); RFC 6962 3.1. */
static void what_is_critical_and_not_known_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "not critical", { "leaf<sub unknown=1.2.3.4", SUB, ROOT }, COMPLETE },
		{ "leaf",
		  { "leaf<sub critical=1.2.3.4", SUB, ROOT },
		  FINDING_UNKNOWN_CRITICAL },
		{ "intermediate",
		  { "leaf<sub", "sub<root ca critical=1.2.3.4", ROOT },
		  FINDING_UNKNOWN_CRITICAL },
		{ "anchor",
		  { "leaf<sub", SUB, "@root<root ca critical=1.2.3.4" },
		  FINDING_UNKNOWN_CRITICAL },
		{ "precertificate",
		  { "leaf<sub poison", SUB, ROOT },
		  FINDING_UNKNOWN_CRITICAL },
		{ "critical policy constraints",
		  { "leaf<sub", "sub<root ca raw=!2.5.29.36:3003800105", ROOT },
		  COMPLETE },
		{ "critical inhibitAnyPolicy",
		  { "leaf<sub", "sub<root ca raw=!2.5.29.54:020100", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* RFC 5280 4.1 and 4.2, where clients hold certificates to it. */
static void a_malformed_certificate_is_refused(void **state)
{
	static const struct row rows[] = {
		{ "an extension twice",
		  { "leaf<sub twice", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "negative serial",
		  { "leaf<sub serial=ff", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "basicConstraints",
		  { "leaf<sub", "sub<root raw=2.5.29.19:0500", ROOT },
		  FINDING_MALFORMED },
		{ "keyUsage",
		  { "leaf<sub raw=2.5.29.15:0500", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "extKeyUsage",
		  { "leaf<sub raw=2.5.29.37:3000", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "subjectAltName",
		  { "leaf<sub raw=2.5.29.17:3000", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "nameConstraints",
		  { "leaf<sub", "sub<root ca raw=2.5.29.30:3000", ROOT },
		  FINDING_MALFORMED },
		{ "empty policies",
		  { "leaf<sub raw=2.5.29.32:3000", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "policy constraints",
		  { "leaf<sub", "sub<root ca raw=!2.5.29.36:3003a001ff", ROOT },
		  FINDING_MALFORMED },
		{ "critical key identifier",
		  { "leaf<sub raw=!2.5.29.14:040101", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "keyCertSign without cA",
		  { "leaf<sub usage=0284", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "name constraints without cA",
		  { "leaf<sub p.dns=a.example", SUB, ROOT },
		  FINDING_MALFORMED },
		{ "empty subject of an authority",
		  { "leaf<", "<root ca", ROOT },
		  FINDING_MALFORMED },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

static void weak_keys_and_signatures_are_refused_below_the_anchor(void **state)
{
	static const struct row rows[] = {
		{ "leaf with RSA-1024",
		  { "leaf<sub key=rsa1024", SUB, ROOT },
		  FINDING_WEAK_KEY },
		{ "intermediate with RSA-1024",
		  { "leaf<sub by=rsa1024", "sub<root ca key=rsa1024", ROOT },
		  FINDING_WEAK_KEY },
		{ "anchor with RSA-1024",
		  { "leaf<sub", "sub<root ca by=rsa1024",
		    "@root<root ca key=rsa1024 by=rsa1024" },
		  FINDING_WEAK_KEY },
		{ "SHA-1 in the leaf",
		  { "leaf<sub sha1", SUB, ROOT },
		  FINDING_WEAK_SIGNATURE },
		{ "SHA-1 in an intermediate",
		  { "leaf<sub", "sub<root ca sha1", ROOT },
		  FINDING_WEAK_SIGNATURE },
		{ "SHA-1 in the anchor",
		  { "leaf<sub", SUB, "@root<root ca sha1" },
		  COMPLETE },
	};
	struct path_rules weak = path_rules_default();
	(void)state;

	check_by_default(rows, COUNT(rows));
	weak.allow_weak = true;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct row allowed = rows[i];

		allowed.wanted = COMPLETE;
		check_rows(&allowed, 1, &weak);
	}
}

/* RFC 5280 6.1.3 (a)(1). */
static void a_signature_of_another_key_breaks_the_path(void **state)
{
	static const struct row rows[] = {
		{ "leaf", { "leaf<sub by=stranger", SUB, ROOT }, FINDING_BAD_SIGNATURE },
		{ "intermediate",
		  { "leaf<sub", "sub<root ca by=stranger", ROOT },
		  FINDING_BAD_SIGNATURE },
		{ "key identifiers say that it is another",
		  { "leaf<sub by=stranger akid=0102", "sub<root ca skid=0304", ROOT },
		  FINDING_MISSING_INTERMEDIATE },
		{ "key identifiers say that it is this one",
		  { "leaf<sub by=stranger akid=0102", "sub<root ca skid=0102", ROOT },
		  FINDING_BAD_SIGNATURE },
		{ "key identifiers are wrong, the signature is not",
		  { "leaf<sub akid=0102", "sub<root ca skid=0304", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

static void what_counts_of_an_anchor_is_the_callers_choice(void **state)
{
	static const struct {
		const char *why;
		const char *anchor;
		unsigned closed_by; /* bits of enum anchor_checks that refuse it */
	} rows[] = {
		{ "expired", "@root<root ca until=20260301000000Z", ANCHOR_EXPIRY },
		{ "no authority", "@root<root notca", ANCHOR_CONSTRAINTS },
		{ "path length", "@root<root ca=0", ANCHOR_CONSTRAINTS },
		{ "purpose", "@root<root ca eku=email", ANCHOR_CONSTRAINTS },
		{ "name constraints", "@root<root ca x.dns=a.example",
		  ANCHOR_CONSTRAINTS },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned checks = ANCHOR_NOTHING; checks <= ANCHOR_ALL; checks++) {
			const char *const lines[] = { "leaf<sub dns=a.example", SUB,
						      rows[i].anchor, NULL };
			struct path_rules rules = path_rules_default();
			AUTO(attempt) attempt = ATTEMPT_INIT;

			rules.anchor_checks = checks;
			attempt_prepare(&attempt, lines);
			attempt_find(&attempt, &rules);
			if (attempt.path.complete == !!(checks & rows[i].closed_by))
				fail_msg("%s, checks %u: %s", rows[i].why, checks,
					 attempt.path.complete ? "accepted" : "refused");
		}
	}
}

static void what_the_store_distrusts_no_path_uses(void **state)
{
	static const struct row rows[] = {
		{ "leaf", { "!leaf<sub", SUB, ROOT }, FINDING_DISTRUSTED },
		{ "intermediate",
		  { "leaf<sub", "!sub<root ca", ROOT },
		  FINDING_DISTRUSTED },
		{ "a copy of it under another issuer",
		  { "leaf<sub", "!sub<root ca", "sub<other ca", ROOT, "@other<other ca" },
		  FINDING_DISTRUSTED },
		{ "a copy that the store has as an intermediate",
		  { "leaf<sub", "!sub<root ca", "+sub<other ca", ROOT,
		    "@other<other ca" },
		  FINDING_DISTRUSTED },
		{ "unless the store has that copy as an anchor",
		  { "leaf<sub", "!sub<root ca", "@sub<other ca", ROOT },
		  COMPLETE },
		{ "another key of that name",
		  { "leaf<sub by=new", "!sub<root ca", "sub<root ca key=new", ROOT },
		  COMPLETE },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

/* Stores behind a pool, in any order: the union, in which distrust wins. */
static void of_several_stores_the_gravest_word_counts(void **state)
{
	static const struct {
		enum trust said[2]; /* of the root, by one store and the other */
		enum trust counts;
	} rows[] = {
		{ { TRUST_ANCHOR, TRUST_DISTRUSTED }, TRUST_DISTRUSTED },
		{ { TRUST_ANCHOR, TRUST_INTERMEDIATE }, TRUST_ANCHOR },
		{ { TRUST_INTERMEDIATE, TRUST_UNSAID }, TRUST_INTERMEDIATE },
	};
	(void)state;

	for (size_t i = 0; i < 2 * COUNT(rows); i++) {
		struct entry root = { .cert = forge(ROOT) };
		struct entry_set stores[2] = { ENTRY_SET_INIT, ENTRY_SET_INIT };
		struct pool *pool = pool_new(NULL);
		const struct pool_cert *added;

		for (size_t j = 0; j < 2; j++) {
			root.trust = rows[i / 2].said[(i + j) % 2];
			set_add_copy(&stores[j], &root);
		}
		/* Heard of before one store and after the other. */
		pool_add_store(pool, &stores[0]);
		added = pool_add(pool, &root.cert, FROM_SERVER, NULL, 1);
		pool_add_store(pool, &stores[1]);
		assert_int_equal(added->trust, rows[i / 2].counts);
		pool_free(pool);
		entry_set_clear(&stores[0]);
		entry_set_clear(&stores[1]);
	}
}

static void the_number_of_intermediates_may_be_bounded(void **state)
{
	static const struct {
		const char *lines[LINES_MOST];
		int most;
		enum finding_code wanted;
	} rows[] = {
		{ { "leaf<root", ROOT }, 0, COMPLETE },
		{ { "leaf<sub", SUB, ROOT }, 0, FINDING_PATH_TOO_LONG },
		{ { "leaf<sub", SUB, ROOT }, 1, COMPLETE },
		{ { "leaf<sub by=new", "sub<sub ca key=new", SUB, ROOT }, 1, COMPLETE },
		{ { "leaf<low", "low<sub ca", SUB, ROOT }, 1, FINDING_PATH_TOO_LONG },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		struct path_rules rules = path_rules_default();
		AUTO(attempt) attempt = ATTEMPT_INIT;

		rules.max_intermediates = rows[i].most;
		attempt_prepare(&attempt, rows[i].lines);
		attempt_find(&attempt, &rules);
		attempt_expect(&attempt, rows[i].wanted, rows[i].lines[0]);
	}
}

/* Distrust-after and the like, as trust/constraints.h keeps them. */
static void an_anchor_is_good_for_what_the_store_says(void **state)
{
	static const struct {
		const char *why;
		uint32_t purposes;
		int64_t server_after;
		enum finding_code wanted;
	} rows[] = {
		{ "for servers", 1 << PURPOSE_SERVER_AUTH, TIME_NONE, COMPLETE },
		{ "for mail alone", 1 << PURPOSE_EMAIL, TIME_NONE,
		  FINDING_WRONG_PURPOSE },
		{ "for leaves until later", 1 << PURPOSE_SERVER_AUTH, NOW, COMPLETE },
		{ "for leaves until the day of issue", 1 << PURPOSE_SERVER_AUTH,
		  INT64_C(1767225600), COMPLETE },
		{ "for leaves until the second before", 1 << PURPOSE_SERVER_AUTH,
		  INT64_C(1767225599), FINDING_DISTRUST_AFTER },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(rows); i++) {
		const char *const lines[] = { "leaf<sub", SUB, NULL };
		struct path_rules rules = path_rules_default();
		AUTO(attempt) attempt = ATTEMPT_INIT;
		struct cert root = forge(ROOT);
		struct entry entry = { .cert = root, .trust = TRUST_ANCHOR };

		entry.constraints =
			constraints_make(&attempt.store.arena, rows[i].purposes,
					 rows[i].server_after, TIME_NONE);
		set_add_copy(&attempt.store, &entry);
		attempt_prepare(&attempt, lines);
		attempt_find(&attempt, &rules);
		attempt_expect(&attempt, rows[i].wanted, rows[i].why);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(validity_counts_to_the_last_second),
		cmocka_unit_test(only_an_authority_issues),
		cmocka_unit_test(path_length_counts_what_is_below),
		cmocka_unit_test(
			a_purpose_is_allowed_by_every_certificate_that_speaks_of_it),
		cmocka_unit_test(what_is_critical_and_not_known_is_refused),
		cmocka_unit_test(a_malformed_certificate_is_refused),
		cmocka_unit_test(weak_keys_and_signatures_are_refused_below_the_anchor),
		cmocka_unit_test(a_signature_of_another_key_breaks_the_path),
		cmocka_unit_test(what_counts_of_an_anchor_is_the_callers_choice),
		cmocka_unit_test(what_the_store_distrusts_no_path_uses),
		cmocka_unit_test(of_several_stores_the_gravest_word_counts),
		cmocka_unit_test(the_number_of_intermediates_may_be_bounded),
		cmocka_unit_test(an_anchor_is_good_for_what_the_store_says),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
