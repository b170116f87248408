/*
 * The checks of one certificate in its place on a path (RFC 5280 section 6), and what the
 * store and the rules say. Cheap ones first: the order of the tables at the foot is the
 * order in which they are made.
 *
 * A path grows from the leaf up. That comes to the same as the RFC's order from the
 * anchor down, for every check looks only at the certificate itself and at those below
 * it: its path length counts them, its name constraints are judged against each of their
 * names, its extended key usage bounds theirs. Certificate policies alone need the whole
 * path, from the anchor down: policy.c.
 */
#include "chain/checks.h"

#include "chain/critical.h"
#include "chain/first.h"
#include "chain/form.h"
#include "chain/policy.h"
#include "chain/strict.h"
#include "base/buf.h"
#include "base/clock.h"

#define HOUR_SECONDS 3600

/* RFC 5280 6.1.3 (a)(2): from notBefore to notAfter, both included. */
static void check_validity(struct judge *judge)
{
	const struct cert *cert = &judged(judge)->cert;

	if (judge->at <
	    cert->not_before - HOUR_SECONDS * (int64_t)client_value(judge->rules->client,
								    CLIENT_NOT_BEFORE))
		judge_refuse(judge, FINDING_NOT_YET_VALID, "RFC 5280 6.1.3 (a)(2)")
			->when = cert->not_before;
	if (judge->at > cert->not_after - (int64_t)client_value(judge->rules->client,
								CLIENT_NOT_AFTER))
		judge_refuse(judge, FINDING_EXPIRED, "RFC 5280 6.1.3 (a)(2)")->when =
			cert->not_after;
}

/*
 * Distrust is by certificate; a twin (same subject, same key) of a distrusted one is
 * refused too, unless the store itself says something of that twin: else a cross-signed
 * copy would undo the distrust.
 */
static void check_distrusted(struct judge *judge)
{
	const struct pool_cert *twin = NULL;

	if (judged(judge)->trust == TRUST_DISTRUSTED ||
	    (twin = pool_distrusted_twin(judge->pool, judged(judge))))
		judge_refuse(judge, FINDING_DISTRUSTED, "store")->by = twin;
}

#define POLICY_EXTENSIONS                                                                \
	(1u << EXT_POLICIES | 1u << EXT_POLICY_MAPPINGS | 1u << EXT_POLICY_CONSTRAINTS | \
	 1u << EXT_INHIBIT_ANY_POLICY)

/* Extensions that the client reads there. Policies that it looks at only where it is
 * asked to it reads in authorities. */
static uint32_t reads(const struct judge *judge, enum form_role role)
{
	const struct client_rules *client = judge->rules->client;
	uint32_t extensions = read_in(client, role);

	if (client_value(client, CLIENT_POLICIES) != POLICIES_IF_ASKED)
		return extensions;
	return role & (FORM_INTERMEDIATE | FORM_ANCHOR) && policies_asked(judge->rules)
		       ? extensions | POLICY_EXTENSIONS
		       : extensions & ~POLICY_EXTENSIONS;
}

static void check_form(struct judge *judge, enum form_role role)
{
	const struct client_rules *client = judge->rules->client;
	const char *what, *rule = form_fault(client, judged(judge), role,
					     reads(judge, role), &what);
	bool strict = !rule;
	struct reason *reason;

	if (strict)
		rule = strict_fault(client, judged(judge), role, &what);
	if (!rule)
		return;
	reason = judge_refuse(judge, FINDING_MALFORMED, rule);
	reason_what(reason, span_str(what));
	reason->strict = strict;
}

static void check_leaf_form(struct judge *judge)
{
	check_form(judge, judge->alone ? FORM_ALONE : FORM_LEAF);
}

static void check_intermediate_form(struct judge *judge)
{
	check_form(judge, FORM_INTERMEDIATE);
}

static void check_anchor_form(struct judge *judge)
{
	check_form(judge, FORM_ANCHOR);
}

/* RFC 5280 6.1.4 (o), 6.1.5 (f). */
static void check_critical(struct judge *judge)
{
	AUTO(buf) text = BUF_INIT;

	if (critical_unknown(&text, judged(judge), judge->rules->client))
		reason_what(judge_refuse(judge, FINDING_UNKNOWN_CRITICAL, "RFC 5280 4.2"),
			    buf_span(&text));
}

/* A client that finds its leaf among its anchors may look no further. */
static void check_leaf_critical(struct judge *judge)
{
	if (!judge->alone ||
	    client_value(judge->rules->client, CLIENT_ANCHOR_ALONE) != ALONE_UNREAD)
		check_critical(judge);
}

static void check_anchor_key(struct judge *judge)
{
	if (!judge_drops(judge, CLIENT_ANCHOR_KEY))
		judge_key(judge);
}

/* RFC 5280 4.2.1.12. */
static void check_leaf_purpose(struct judge *judge)
{
	if (!judge_drops(judge, CLIENT_LEAF_PURPOSE))
		judge_purpose(judge);
}

/* In a CA certificate it bounds what is below, as clients agree. */
static void check_ca_purpose(struct judge *judge)
{
	if (!judge_drops(judge, CLIENT_CA_PURPOSE))
		judge_purpose(judge);
}

static void check_anchor_purpose(struct judge *judge)
{
	if (!judge_drops(judge, CLIENT_ANCHOR_PURPOSE))
		judge_purpose(judge);
}

/*
 * RFC 5280 4.2.1.9: keyCertSign is for authorities alone. Section 6.1 does not look at it
 * in a leaf, which can issue nothing in any case: where no purpose is asked for, no use
 * of the leaf's key is.
 */
static void check_leaf_signs_nothing(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);

	if (judge->rules->purpose != PURPOSE_ANY && facts->usage & KEY_USAGE_CERT_SIGN &&
	    !facts->basic.ca && !judge_drops(judge, CLIENT_LEAF_CERT_SIGN))
		reason_what(judge_refuse(judge, FINDING_MALFORMED, "RFC 5280 4.2.1.9"),
			    span_str(ext_name(EXT_KEY_USAGE)));
}

/*
 * A self-issued leaf that another key of that name signed: nothing but the authority key
 * identifier, which RFC 5280 4.2.1.1 requires of it, tells it from a self-signed one.
 */
static void check_self_issued_leaf(struct judge *judge)
{
	const struct facts *leaf = pool_cert_facts(judge->path[0]);

	if (judge->n == 2 && !judge->is_signer && leaf->self_issued &&
	    !leaf->authority.present && judge->path[0]->cert.version == 3 &&
	    !judge_drops(judge, CLIENT_SELF_ISSUED_LEAF) &&
	    !pool_cert_same_authority(judge->path[0], judged(judge)))
		reason_what(reason_add(&judge->reasons, FINDING_MALFORMED, judge->path[0],
				       "RFC 5280 4.2.1.1"),
			    span_str(ext_name(EXT_AUTHORITY_KEY_ID)));
}

/* RFC 7633 4.2.2: an authority's features bound those of what it issues. */
static void check_tls_features(struct judge *judge)
{
	const struct pool_cert *child = judge->path[judge->n - 2];

	if (!judge_drops(judge, CLIENT_TLS_FEATURES) &&
	    !tls_features_kept(&judged(judge)->cert, &child->cert))
		reason_add(&judge->reasons, FINDING_WRONG_PURPOSE, child,
			   FEATURES_LACKING)
			->by = judged(judge);
}

static void check_name(struct judge *judge)
{
	const struct expected_name *name = &judge->rules->name;

	if (!name_matches_certificate(judge->rules->client, &judged(judge)->cert, name))
		reason_what(judge_refuse(judge, FINDING_HOSTNAME_MISMATCH, "RFC 9525"),
			    span_str(name->text));
}

static bool minds_ca_usage(const struct judge *judge, const struct facts *facts)
{
	uint32_t rule = client_value(judge->rules->client, CLIENT_CA_USAGE);

	return rule == CA_USAGE_CHECKED ||
	       (rule == CA_USAGE_UNLESS_EMPTY && facts->usage);
}

/* RFC 5280 6.1.4 (n). */
static void check_ca_usage(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);

	if (facts->has_usage && !(facts->usage & KEY_USAGE_CERT_SIGN) &&
	    minds_ca_usage(judge, facts))
		reason_what(judge_refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (n)"),
			    span_str("keyUsage"));
}

/* RFC 5280 6.1.4 (k), (n). */
static void check_ca(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);

	if (!facts->basic.ca &&
	    !(facts->negative_length && takes_negative_length(judge->rules->client)))
		reason_what(judge_refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (k)"),
			    span_str("basicConstraints"));
	else
		check_ca_usage(judge);
}

/* Of a version without extensions, in which it could say that it is an authority. */
static bool is_bare_anchor(const struct judge *judge)
{
	const struct client_rules *client = judge->rules->client;
	unsigned most = client_value(client, CLIENT_ANCHOR_BARE) ? 1 : 2;

	return judged(judge)->cert.version <= most &&
	       !judged_facts(judge)->basic.present &&
	       !client_value(client, CLIENT_X509_STRICT);
}

/*
 * The same of an anchor. One of version 1 has no extensions to say so, and the store's
 * word is enough; basicConstraints that say no, whatever the version, or a version 3
 * certificate without, count.
 */
static void check_anchor_ca(struct judge *judge)
{
	uint32_t rule = client_value(judge->rules->client, CLIENT_ANCHOR_CA);
	const struct facts *facts = judged_facts(judge);

	if (rule == ANCHOR_CA_IGNORED || is_bare_anchor(judge))
		return;
	if (rule == ANCHOR_CA_OR_USAGE && !facts->basic.present &&
	    facts->usage & KEY_USAGE_CERT_SIGN)
		return;
	if (rule == ANCHOR_CA_OR_SELF_ISSUED &&
	    first_fits(judge->rules->client, judged(judge), judged(judge)) &&
	    !cert_has(&judged(judge)->cert, EXT_BASIC_CONSTRAINTS))
		check_ca_usage(judge);
	else
		check_ca(judge);
}

/* RFC 5280 4.2.1.9 counts intermediates that are not self-issued. */
static bool counts(const struct judge *judge, const struct pool_cert *cert)
{
	return !pool_cert_facts(cert)->self_issued ||
	       client_value(judge->rules->client, CLIENT_SELF_ISSUED_COUNT);
}

static size_t intermediates_below(const struct judge *judge)
{
	size_t n = 0;

	for (size_t i = 1; i + 1 < judge->n; i++)
		n += counts(judge, judge->path[i]);
	return n;
}

static void too_long(struct judge *judge, size_t most, const char *rule)
{
	judge_refuse(judge, FINDING_PATH_TOO_LONG, rule)->number = most;
}

/* RFC 5280 6.1.4 (l), (m). */
static void check_path_length(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);
	size_t below = intermediates_below(judge);

	if (facts->basic.ca && facts->basic.path_length >= 0 &&
	    below > (size_t)facts->basic.path_length)
		too_long(judge, (size_t)facts->basic.path_length, "RFC 5280 6.1.4 (l)");
}

/* The caller's bound counts the intermediate itself. */
static void check_most_intermediates(struct judge *judge)
{
	int most = judge->rules->max_intermediates;
	size_t n = client_value(judge->rules->client, CLIENT_GIVEN_DEPTH)
			   ? judge->n - 1
			   : intermediates_below(judge) + counts(judge, judged(judge));

	if (most >= 0 && n > (size_t)most)
		too_long(judge, (size_t)most, "--max-depth");
}

/* For a client that cannot make an anchor of what it cannot read, whatever else counts in
 * it. */
static void check_anchor_readable(struct judge *judge)
{
	const struct client_rules *client = judge->rules->client;
	const char *what, *rule;

	if (!client_value(client, CLIENT_READ_IN_ANCHOR) ||
	    judge_anchor_checks(judge) & ANCHOR_CONSTRAINTS)
		return;
	rule = form_unreadable(client, judged(judge), reads(judge, FORM_ANCHOR), &what);
	if (rule)
		reason_what(judge_refuse(judge, FINDING_MALFORMED, rule), span_str(what));
	else
		judge_constraints_readable(judge);
}

/* What the store says its anchor is good for (trust/constraints.h). */
static void check_store_constraints(struct judge *judge)
{
	const struct expected_name *name = &judge->rules->name;
	struct constraint_question question = {
		.purpose = judge->rules->purpose,
		.leaf_not_before = judge->path[0]->cert.not_before,
		.earliest_sct = TIME_NONE,
		.hostname =
			name->kind == NAME_DNS ? span_str(name->text) : span_of(NULL, 0),
	};
	int64_t bound = TIME_NONE;
	struct reason *reason;

	if (!judged(judge)->constraints)
		return;
	switch (constraints_ask(judged(judge)->constraints, &question, &bound)) {
	case CONSTRAINT_MET:
		break;
	case CONSTRAINT_PURPOSE:
		reason_what(judge_refuse(judge, FINDING_WRONG_PURPOSE, "store"),
			    span_str(purpose_name(judge->rules->purpose)));
		break;
	case CONSTRAINT_NAME:
		reason = reason_add(&judge->reasons, FINDING_NAME_CONSTRAINT,
				    judge->path[0], "store");
		reason->by = judged(judge);
		reason_what(reason, question.hostname);
		break;
	default:
		reason = reason_add(&judge->reasons, FINDING_DISTRUST_AFTER,
				    judge->path[0], "store");
		reason->by = judged(judge);
		reason->when = bound;
	}
}

/* What the client looks at in an anchor, whatever is asked for, or else that. */
unsigned judge_anchor_checks(const struct judge *judge)
{
	static const unsigned said[] = {
		[ANCHOR_NONE_SAID] = ANCHOR_NOTHING,
		[ANCHOR_EXPIRY_SAID] = ANCHOR_EXPIRY,
		[ANCHOR_CONSTRAINTS_SAID] = ANCHOR_CONSTRAINTS,
		[ANCHOR_ALL_SAID] = ANCHOR_ALL,
	};
	uint32_t rule = client_value(judge->rules->client, CLIENT_ANCHOR_CHECKS);

	if (rule == ANCHOR_AS_ASKED ||
	    (rule == ANCHOR_AS_ASKED_OR_NONE && judge->rules->anchor_checks_given))
		return judge->rules->anchor_checks;
	return rule == ANCHOR_AS_ASKED_OR_NONE ? ANCHOR_NOTHING : said[rule];
}

static void check_anchor_expiry(struct judge *judge)
{
	if (judge_anchor_checks(judge) & ANCHOR_EXPIRY)
		check_validity(judge);
}

/* For a client that asks this of every anchor, whatever else counts in it. */
static void check_anchor_ca_always(struct judge *judge)
{
	if (client_value(judge->rules->client, CLIENT_ANCHOR_CA) == ANCHOR_CA_ALWAYS &&
	    !(judge_anchor_checks(judge) & ANCHOR_CONSTRAINTS))
		check_anchor_ca(judge);
}

/* The certificate below it says that another key signed it. */
static bool is_another_key(const struct judge *judge)
{
	struct span has = judged_facts(judge)->key_id, wanted;

	if (judge->n == 1)
		return false;
	wanted = pool_cert_facts(judge->path[judge->n - 2])->authority.key_id;
	return has.n && wanted.n && !span_eq(has, wanted);
}

/* Which certificates may be anchors at all. */
static void check_anchor_kind(struct judge *judge)
{
	const struct client_rules *client = judge->rules->client;

	if (client_value(client, CLIENT_ANCHOR_KEY_ID) && is_another_key(judge))
		reason_add(&judge->reasons, FINDING_MISSING_ROOT,
			   judge->path[judge->n - 2], "client");

	if (!judged_facts(judge)->self_issued &&
	    (client_value(client, CLIENT_PARTIAL_CHAIN) ||
	     (client_value(client, CLIENT_ANCHOR_ALONE) == ALONE_IF_SELF_ISSUED &&
	      judge->n == 1)))
		reason_add(&judge->reasons, FINDING_MISSING_ROOT, judged(judge),
			   "client");
}

typedef void check(struct judge *judge);

/* What the anchor certificate itself says, for the callers that let it count (RFC 5937).
 */
static void check_anchor_constraints(struct judge *judge)
{
	static check *const checks[] = {
		check_anchor_form,    check_critical,    check_anchor_ca,
		check_anchor_purpose, check_path_length, judge_names_below,
	};

	if (!(judge_anchor_checks(judge) & ANCHOR_CONSTRAINTS))
		return;
	for (size_t i = 0; i < COUNT(checks); i++) {
		checks[i](judge);
		if (judge->mode == JUDGE_FIRST && judge->reasons.n)
			return;
	}
}

static bool run(struct judge *judge, check *const *checks, size_t n)
{
	size_t before = judge->reasons.n;

	for (size_t i = 0; i < n; i++) {
		checks[i](judge);
		if (judge->mode == JUDGE_FIRST && judge->reasons.n > before)
			return false;
	}
	return judge->reasons.n == before;
}

bool judge_leaf(struct judge *judge)
{
	static check *const checks[] = {
		check_validity,
		check_distrusted,
		check_leaf_form,
		check_leaf_critical,
		check_leaf_signs_nothing,
		judge_key,
		check_leaf_purpose,
		judge_leaf_usage,
		check_name,
		judge_constraints_readable,
	};

	return run(judge, checks, COUNT(checks));
}

bool judge_leaf_signed(struct judge *judge)
{
	static check *const checks[] = { judge_signature_strength };

	return run(judge, checks, COUNT(checks));
}

bool judge_intermediate(struct judge *judge)
{
	static check *const checks[] = {
		check_validity,           check_ca,          check_most_intermediates,
		check_path_length,        check_distrusted,  check_ca_purpose,
		check_intermediate_form,  check_critical,    judge_key,
		judge_signature_strength, judge_names_below, check_self_issued_leaf,
		check_tls_features,
	};

	return run(judge, checks, COUNT(checks));
}

bool judge_anchor(struct judge *judge)
{
	/* Of a leaf that is an anchor itself, judge_leaf has said the rest. */
	static check *const leaf_checks[] = { check_store_constraints,
					      check_anchor_kind };
	static check *const checks[] = {
		check_anchor_expiry,     check_distrusted,   check_anchor_key,
		check_store_constraints, check_anchor_kind,  check_anchor_constraints,
		check_self_issued_leaf,  check_tls_features, check_anchor_ca_always,
		check_anchor_readable,
	};

	return judge->n > 1 ? run(judge, checks, COUNT(checks))
			    : run(judge, leaf_checks, COUNT(leaf_checks));
}
