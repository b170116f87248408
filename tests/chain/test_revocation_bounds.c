/* What bounds the judgement of revocation: hostile lists and pools end in time, and never
 * in "complete". */
#include "lists.h"

#include "chain/revocation.h"
#include "x509/pem.h"

#define CRL_SIGN "usage=0102"

/* So many of one kind as a hostile pool or file has. */
#define CROWD 1000

static void add_lines(struct attempt *attempt, const char *format, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *line = str_format(format, (unsigned)i, (unsigned)i);

		attempt_line(attempt, line, 100 + i);
	}
}

static void add_lists_of(struct buf *der, const char *format, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *text = str_format(format, (unsigned)i, (unsigned)i);

		forge_crl(der, text);
	}
}

/* Judges what attempt and der hold; the milliseconds that it took. */
static double judge_in(struct attempt *attempt, const struct buf *der)
{
	struct path_rules rules = path_rules_default();
	struct crl_set *crls = crl_set_new();
	double before = cpu_ms();

	crl_set_add(crls, buf_span(der), NULL, fail_at_skip);
	rules.crls = crls;
	attempt_find(attempt, &rules);
	before = cpu_ms() - before;
	crl_set_free(crls);
	return before;
}

static void
a_crowd_of_signers_with_one_name_ends_in_time_and_hides_no_answer(void **state)
{
	static const char *const lines[] = { "leaf<sub", SUB, ROOT, NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;

	(void)state;
	attempt_prepare(&attempt, lines);
	add_lines(&attempt, "sub<root key=crowd%u serial=7f%04x " CRL_SIGN, CROWD);
	forge_crl(&der, "root");
	forge_crl(&der, "sub");
	assert_true(judge_in(&attempt, &der) < MOST_MS);
	assert_true(attempt.path.complete);
}

static void a_list_that_none_of_a_crowd_signed_ends_in_time(void **state)
{
	static const char *const lines[] = { "leaf<sub", SUB, ROOT, NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;

	(void)state;
	attempt_prepare(&attempt, lines);
	add_lines(&attempt, "sub<root key=crowd%u serial=7f%04x " CRL_SIGN, CROWD);
	forge_crl(&der, "root");
	add_lists_of(&der, "sub by=stranger %04x", 250);
	assert_true(judge_in(&attempt, &der) < MOST_MS);
	attempt_expect(&attempt, FINDING_REVOCATION_UNKNOWN, "a crowd of strangers");
}

static void a_crowd_of_lists_for_others_ends_in_time_and_hides_no_answer(void **state)
{
	static const char *const lines[] = { "leaf<sub point=http://a/7", SUB, ROOT,
					     NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;

	(void)state;
	attempt_prepare(&attempt, lines);
	forge_crl(&der, "root");
	add_lists_of(&der, "sub point=http://a/%u", CROWD);
	assert_true(judge_in(&attempt, &der) < MOST_MS);
	assert_true(attempt.path.complete);
}

/* Each signer's own certificate is spoken of by a list of the next signer alone. */
static void signers_of_signers_are_followed_so_far_and_no_further(void **state)
{
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;
	static const char *const lines[] = { "leaf<root serial=05 point=http://a@s0",
					     ROOT, NULL };

	(void)state;
	attempt_prepare(&attempt, lines);
	for (unsigned i = 0; i < 20; i++) {
		AUTO_FREE char *line =
			str_format("s%u<root serial=20%02x point=http://a@s%u " CRL_SIGN,
				   i, i, i + 1);
		AUTO_FREE char *list = str_format("s%u indirect", i);

		attempt_line(&attempt, line, 100 + i);
		forge_crl(&der, list);
	}
	assert_true(judge_in(&attempt, &der) < MOST_MS);
	attempt_expect(&attempt, FINDING_REVOCATION_UNKNOWN, "a chain of signers");
}

/* Every authority may have issued every other, and each path ends at a revoked one. */
static void a_mesh_above_a_revoked_certificate_ends_in_time(void **state)
{
	static const char *const lines[] = { "leaf<m0 serial=05", ROOT, NULL };
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO(buf) der = BUF_INIT;

	(void)state;
	attempt_prepare(&attempt, lines);
	for (unsigned i = 0; i < 12; i++) {
		AUTO_FREE char *list = str_format("m%u 05", i);
		AUTO_FREE char *top = str_format("m%u<root ca serial=30%02x", i, i);

		forge_crl(&der, list);
		attempt_line(&attempt, top, 100 + 50 * i);
		for (unsigned j = 0; j < 12; j++) {
			AUTO_FREE char *line =
				str_format("m%u<m%u ca serial=31%02x", i, j, 16 * i + j);

			if (i != j)
				attempt_line(&attempt, line, 101 + 50 * i + j);
		}
	}
	forge_crl(&der, "root");
	assert_true(judge_in(&attempt, &der) < MOST_MS);
	attempt_expect(&attempt, FINDING_REVOKED, "a mesh");
}

static void count_skip(void *ctx, const struct error *why)
{
	assert_non_null(why->text);
	++*(size_t *)ctx;
}

static void what_is_no_list_is_skipped_and_the_lists_around_it_are_read(void **state)
{
	struct crl_set *crls = crl_set_new();
	AUTO(buf) good = BUF_INIT;
	AUTO(buf) pem = BUF_INIT;
	struct cert cert = forge("leaf<root");
	size_t skips = 0;

	(void)state;
	forge_crl(&good, "sub 05");
	buf_add_str(&pem, "text around\n");
	pem_write(&pem, "X509 CRL", buf_span(&good));
	pem_write(&pem, "CERTIFICATE", cert_der(&cert));
	pem_write(&pem, "X509 CRL", cert_der(&cert));
	pem_write(&pem, "X509 CRL", span_of(good.at, good.n - 1));
	buf_add_byte(&good, 0);
	pem_write(&pem, "X509 CRL", buf_span(&good));
	good.n--;
	pem_write(&pem, "X509 CRL", buf_span(&good));
	buf_add_str(&pem, "-----BEGIN X509 CRL-----\nMAAA\n");
	assert_int_equal(crl_set_add(crls, buf_span(&pem), &skips, count_skip), 2);
	assert_int_equal(skips, 4);
	assert_int_equal(crl_set_count(crls), 2);
	assert_int_equal(crl_set_bytes(crls), 2 * good.n);
	assert_int_equal(crl_set_add(crls, cert_der(&cert), &skips, count_skip), 0);
	assert_int_equal(skips, 5);
	assert_int_equal(crl_set_add(crls, span_of(NULL, 0), &skips, count_skip), 0);
	crl_set_free(crls);
}

static void more_lists_than_any_authority_has_are_left_out(void **state)
{
	struct crl_set *crls = crl_set_new();
	AUTO(buf) one = BUF_INIT;
	AUTO(buf) der = BUF_INIT;
	size_t skips = 0;

	(void)state;
	forge_crl(&one, "sub");
	for (size_t i = 0; i <= CRLS_MOST; i++)
		buf_add(&der, buf_span(&one));
	assert_int_equal(crl_set_add(crls, buf_span(&der), &skips, count_skip),
			 CRLS_MOST);
	assert_int_equal(skips, 1);
	crl_set_free(crls);
}

static int end(void **state)
{
	(void)state;
	forge_end();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_crowd_of_signers_with_one_name_ends_in_time_and_hides_no_answer),
		cmocka_unit_test(a_list_that_none_of_a_crowd_signed_ends_in_time),
		cmocka_unit_test(
			a_crowd_of_lists_for_others_ends_in_time_and_hides_no_answer),
		cmocka_unit_test(signers_of_signers_are_followed_so_far_and_no_further),
		cmocka_unit_test(a_mesh_above_a_revoked_certificate_ends_in_time),
		cmocka_unit_test(
			what_is_no_list_is_skipped_and_the_lists_around_it_are_read),
		cmocka_unit_test(more_lists_than_any_authority_has_are_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, end);
}
