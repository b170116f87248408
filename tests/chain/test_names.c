/* Names: what a certificate stands for (RFC 9525), and what its issuer may give it (RFC
 * 5280 4.2.1.10). */
#include "attempt.h"

struct match {
	const char *presented; /* "dns=..." */
	const char *asked;
	bool matches;
};

static void check_matches(enum name_kind kind, const struct match *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *line = str_format("leaf<root %s", rows[i].presented);
		struct cert cert = forge(line);
		struct expected_name name = { kind, rows[i].asked };

		if (name_matches_certificate(&client_default, &cert, &name) != rows[i].matches)
			fail_msg("%s for '%s': should %smatch", rows[i].presented,
				 rows[i].asked, rows[i].matches ? "" : "not ");
	}
}

/* RFC 9525 6.3. */
static void a_dns_name_matches_label_by_label(void **state)
{
	static const struct match rows[] = {
		{ "dns=www.example.com", "www.example.com", true },
		{ "dns=WWW.example.COM", "www.EXAMPLE.com", true },
		{ "dns=www.example.com", "www.example.com.", true },
		{ "dns=www.example.com.", "www.example.com", false },
		{ "dns=example.com", "www.example.com", false },
		{ "dns=www.example.com", "example.com", false },
		{ "dns=a.example.com dns=b.example.com", "b.example.com", true },
		{ "dns=under_score.example.com", "under_score.example.com", true },
		{ "dns=localhost", "localhost", true },
		{ "dns=xn--bcher-kva.example", "xn--bcher-kva.example", true },
		{ "dns=a..example.com", "a..example.com", false },
		{ "dns=a.example.com", "", false },
		{ "dns=a.example.com", ".", false },
		{ "uri=https://www.example.com", "www.example.com", false },
		{ "email=a@www.example.com", "www.example.com", false },
		{ "notca", "leaf", false }, /* the common name is never read */
	};
	(void)state;

	check_matches(NAME_DNS, rows, COUNT(rows));
}

/* RFC 9525 6.3: the whole first label, for one label. */
static void a_wildcard_is_one_whole_label_on_the_left(void **state)
{
	static const struct match rows[] = {
		{ "dns=*.example.com", "www.example.com", true },
		{ "dns=*.EXAMPLE.com", "www.example.com", true },
		{ "dns=*.example.com", "example.com", false },
		{ "dns=*.example.com", ".example.com", false },
		{ "dns=*.example.com", "a.b.example.com", false },
		{ "dns=w*.example.com", "www.example.com", false },
		{ "dns=*w.example.com", "www.example.com", false },
		{ "dns=xn--*-1b3c148a.example.com", "xn--bliss-1b3c148a.example.com",
		  false },
		{ "dns=www.*.com", "www.example.com", false },
		{ "dns=*.*.com", "www.example.com", false },
		{ "dns=*.com", "example.com", false },
		{ "dns=*", "example", false },
		{ "dns=*.", "example.", false },
		{ "dns=*.example.com", "*.example.com", false },
	};
	(void)state;

	check_matches(NAME_DNS, rows, COUNT(rows));
}

/* RFC 9525 6.5: octets, and never by a dNSName. */
static void an_address_matches_by_its_octets(void **state)
{
	static const struct match rows[] = {
		{ "ip=c0000201", "192.0.2.1", true },
		{ "ip=c0000201", "192.0.2.2", false },
		{ "ip=c0000201", "::ffff:192.0.2.1", false },
		{ "ip=20010db8000000000000000000000001", "2001:db8::1", true },
		{ "ip=20010db8000000000000000000000001", "2001:0DB8:0:0::1", true },
		{ "ip=c0000200ffffff00", "192.0.2.1", false },
		{ "dns=192.0.2.1", "192.0.2.1", false },
		{ "ip=c0000201", "192.0.2.1.", false },
		{ "ip=c0000201", "www.example.com", false },
	};
	static const struct match as_names[] = {
		{ "dns=192.0.2.1", "192.0.2.1", false },
		{ "ip=c0000201", "192.0.2.1", true },
		{ "dns=*.0.2.1", "192.0.2.1", false },
	};
	(void)state;

	check_matches(NAME_IP, rows, COUNT(rows));
	check_matches(NAME_DNS, as_names, COUNT(as_names));
}

/* RFC 5280 7.5: the host without case, the local part by its bytes. */
static void a_mailbox_matches_with_its_local_part_as_written(void **state)
{
	static const struct match rows[] = {
		{ "email=someone@example.com", "someone@example.com", true },
		{ "email=someone@EXAMPLE.com", "someone@example.com", true },
		{ "email=Someone@example.com", "someone@example.com", false },
		{ "email=example.com", "someone@example.com", false },
		{ "dns=example.com", "someone@example.com", false },
		{ "mail=someone@example.com", "someone@example.com", false },
	};
	(void)state;

	check_matches(NAME_EMAIL, rows, COUNT(rows));
}

/* Names of a leaf, and the constraints of its issuer. */
struct pair {
	const char *leaf, *constraints;
	bool allowed;
};

static void check_constraints(const struct pair *rows, size_t n)
{
	struct path_rules rules = path_rules_default();

	for (size_t i = 0; i < n; i++) {
		AUTO_FREE char *leaf = str_format("leaf<sub %s", rows[i].leaf);
		AUTO_FREE char *sub = str_format("sub<root ca %s", rows[i].constraints);
		const char *const lines[] = { leaf, sub, "@root<root ca", NULL };
		AUTO(attempt) attempt = ATTEMPT_INIT;

		attempt_prepare(&attempt, lines);
		attempt_find(&attempt, &rules);
		if (attempt.path.complete != rows[i].allowed)
			fail_msg("%s below %s: should be %s", rows[i].leaf,
				 rows[i].constraints,
				 rows[i].allowed ? "allowed" : "refused");
	}
}

static void dns_names_are_constrained_by_whole_labels(void **state)
{
	static const struct pair rows[] = {
		{ "dns=example.com", "p.dns=example.com", true },
		{ "dns=a.b.example.com", "p.dns=example.com", true },
		{ "dns=A.EXAMPLE.com", "p.dns=example.COM", true },
		{ "dns=badexample.com", "p.dns=example.com", false },
		{ "dns=example.org", "p.dns=example.com", false },
		{ "dns=example.org", "p.dns=example.com p.dns=example.org", true },
		{ "dns=a.example.com", "p.dns=.example.com", true },
		{ "dns=example.com", "p.dns=.example.com", false },
		{ "dns=a.example.com dns=other.org", "p.dns=example.com", false },
		{ "dns=a.example.com", "x.dns=example.com", false },
		{ "dns=example.org", "x.dns=example.com", true },
		{ "dns=bad.example.com", "p.dns=example.com x.dns=bad.example.com",
		  false },
		/* It permits every name, and so is no constraint (RFC 5280 4.2.1.10). */
		{ "dns=any.example", "p.dns=", false },
		{ "dns=any.example", "x.dns=", false },
		{ "email=a@other.org", "p.dns=example.com", true },
		{ "dns=.example.com", "p.dns=example.com", false },
		{ "dns=example.com.", "p.dns=example.com", false },
		{ "dns=192.0.2.1", "p.dns=", false },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

/* CVE-2025-61727: what a wildcard could become counts. */
static void a_wildcard_must_not_reach_into_an_excluded_subtree(void **state)
{
	static const struct pair rows[] = {
		{ "dns=*.example.com", "p.dns=example.com", true },
		{ "dns=*.example.com", "p.dns=foo.example.com", false },
		{ "dns=*.example.com", "x.dns=foo.example.com", false },
		{ "dns=*.example.com", "x.dns=FOO.example.com", false },
		{ "dns=*.example.com", "x.dns=a.foo.example.com", true },
		{ "dns=*.example.com", "x.dns=example.com", false },
		{ "dns=*.example.com", "x.dns=other.com", true },
		{ "dns=*.example.com", "p.dns=.example.com", true },
		{ "dns=f*.example.com", "x.dns=other.com", false },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

static void addresses_are_constrained_by_prefix(void **state)
{
	static const struct pair rows[] = {
		{ "ip=c0000205", "p.ip=c0000200ffffff00", true },
		{ "ip=c0000305", "p.ip=c0000200ffffff00", false },
		{ "ip=c0000205", "x.ip=c0000200ffffff00", false },
		{ "ip=c0000205", "x.ip=0000000000000000", false },
		{ "ip=20010db8000000000000000000000001",
		  "p.ip=20010db8000000000000000000000000ffffffff000000000000000000000000",
		  true },
		{ "ip=20010db9000000000000000000000001",
		  "p.ip=20010db8000000000000000000000000ffffffff000000000000000000000000",
		  false },
		{ "ip=20010db8000000000000000000000001", "p.ip=c0000200ffffff00", false },
		{ "ip=00000000000000000000ffffc0000205", "x.ip=c0000200ffffff00", false },
		/* Not an address; not a mask; not a subtree. */
		{ "ip=c0000200ffffff00", "p.ip=c0000200ffffff00", false },
		{ "dns=a.example", "p.ip=c0000200ff00ff00", false },
		{ "dns=a.example", "p.ip=c0000200", false },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

static void mailboxes_are_constrained_by_mailbox_host_or_domain(void **state)
{
	static const struct pair rows[] = {
		{ "email=a@example.com", "p.email=example.com", true },
		{ "email=a@EXAMPLE.com", "p.email=example.com", true },
		{ "email=a@sub.example.com", "p.email=example.com", false },
		{ "email=a@sub.example.com", "p.email=.example.com", true },
		{ "email=a@example.com", "p.email=.example.com", false },
		{ "email=a@example.com", "p.email=a@example.com", true },
		{ "email=A@example.com", "p.email=a@example.com", false },
		{ "email=b@example.com", "p.email=a@example.com", false },
		{ "email=a@example.com", "x.email=example.com", false },
		{ "email=example.com", "p.email=example.com", false },
		{ "email=a@b@example.com", "p.email=example.com", false },
		{ "email=**@example.com", "p.email=**@example.com", true },
		{ "email=*@example.com", "p.email=**@example.com", false },
		{ "dns=a.example", "p.email=a@b@example.com", false },
		/* A subject's address counts, whatever else is there. */
		{ "mail=a@other.org", "p.email=example.com", false },
		{ "mail=a@example.com", "p.email=example.com", true },
		{ "mail=a@bad.org", "x.email=bad.org", false },
		{ "mail=a@other.org email=a@example.com", "p.email=example.com", false },
		/* SmtpUTF8Mailbox "a@example.com" (RFC 9598). */
		{ "raw=2.5.29.17:"
		  "301da01b06082b06010505070809a00f0c0d61406578616d706c652e636f6d",
		  "p.email=example.com", true },
		{ "raw=2.5.29.17:"
		  "301da01b06082b06010505070809a00f0c0d61406578616d706c652e636f6d",
		  "x.email=example.com", false },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

static void uris_are_constrained_by_their_host(void **state)
{
	static const struct pair rows[] = {
		{ "uri=https://example.com/a", "p.uri=example.com", true },
		{ "uri=https://www.example.com/a", "p.uri=example.com", false },
		{ "uri=https://www.example.com:8443/a", "p.uri=.example.com", true },
		{ "uri=https://example.com", "p.uri=.example.com", false },
		{ "uri=https://other.org@example.com/", "p.uri=example.com", true },
		{ "uri=https://example.com@other.org/", "p.uri=example.com", false },
		{ "uri=https://example.com", "x.uri=example.com", false },
		{ "uri=https://192.0.2.1/", "p.uri=.example.com", false },
		{ "uri=https://[2001:db8::1]/", "x.uri=.example.com", false },
		{ "uri=urn:isbn:0", "p.uri=.example.com", false },
		{ "uri=urn:isbn:0", "x.uri=.example.com", false },
		{ "dns=a.example", "p.uri=example.com:443", false },
		{ "dns=a.example", "p.uri=https://example.com", false },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

static void directory_names_are_constrained_by_their_beginning(void **state)
{
	static const struct pair rows[] = {
		{ "dns=a.example", "p.dir=leaf", true },
		{ "dns=a.example", "p.dir=Leaf", true },
		{ "dns=a.example", "p.dir=other", false },
		{ "dns=a.example", "x.dir=leaf", false },
		{ "dir=other", "p.dir=leaf", false },
		{ "dir=other", "x.dir=other", false },
		{ "mail=a@example.com", "p.dir=leaf", true },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

/* RFC 5280 4.2.1.10: process the constraint or reject the certificate. */
static void
a_form_that_cannot_be_compared_is_refused_where_it_is_constrained(void **state)
{
	static const struct pair rows[] = {
		{ "rid=2a03", "x.rid=2a04", false },
		{ "dns=a.example", "x.rid=2a04", true },
		{ "rid=2a03", "p.dns=example.com", true },
	};
	(void)state;

	check_constraints(rows, COUNT(rows));
}

/* RFC 5280 6.1.3 (b), (c), 4.2.1.10. */
static void every_authority_constrains_all_that_is_below_it(void **state)
{
	static const struct row rows[] = {
		{ "narrowed further down",
		  { "leaf<low dns=a.b.example", "low<sub ca p.dns=b.example",
		    "sub<root ca p.dns=example", "@root<root ca" },
		  COMPLETE },
		{ "not widened further down",
		  { "leaf<low dns=a.other", "low<sub ca p.dns=other",
		    "sub<root ca p.dns=example", "@root<root ca" },
		  FINDING_NAME_CONSTRAINT },
		{ "an intermediate's own name counts",
		  { "leaf<low dns=a.example", "low<sub ca dns=a.other",
		    "sub<root ca p.dns=example", "@root<root ca" },
		  FINDING_NAME_CONSTRAINT },
		{ "an intermediate's subject counts",
		  { "leaf<low", "low<sub ca", "sub<root ca x.dir=low", "@root<root ca" },
		  FINDING_NAME_CONSTRAINT },
		{ "a self-issued intermediate is exempt",
		  { "leaf<sub by=new dns=a.example", "sub<sub ca key=new dns=a.other",
		    "sub<root ca p.dns=example", "@root<root ca" },
		  COMPLETE },
		{ "a self-issued leaf is not",
		  { "sub<sub key=new dns=a.other", "sub<root ca p.dns=example",
		    "@root<root ca" },
		  FINDING_NAME_CONSTRAINT },
	};
	(void)state;

	check_by_default(rows, COUNT(rows));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_dns_name_matches_label_by_label),
		cmocka_unit_test(a_wildcard_is_one_whole_label_on_the_left),
		cmocka_unit_test(an_address_matches_by_its_octets),
		cmocka_unit_test(a_mailbox_matches_with_its_local_part_as_written),
		cmocka_unit_test(dns_names_are_constrained_by_whole_labels),
		cmocka_unit_test(a_wildcard_must_not_reach_into_an_excluded_subtree),
		cmocka_unit_test(addresses_are_constrained_by_prefix),
		cmocka_unit_test(mailboxes_are_constrained_by_mailbox_host_or_domain),
		cmocka_unit_test(uris_are_constrained_by_their_host),
		cmocka_unit_test(directory_names_are_constrained_by_their_beginning),
		cmocka_unit_test(
			a_form_that_cannot_be_compared_is_refused_where_it_is_constrained),
		cmocka_unit_test(every_authority_constrains_all_that_is_below_it),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	forge_end();
	return failed;
}
