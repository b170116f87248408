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

#include "chain/constraint_fit.h"
#include "chain/critical.h"
#include "chain/form.h"
#include "chain/name_constraints.h"
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

static void check_form(struct judge *judge, enum form_role role)
{
	const struct client_rules *client = judge->rules->client;
	const char *what, *rule = form_fault(client, judged(judge), role, &what);
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

/* RFC 5280 6.1.4 (k), (n). */
static void check_ca(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);

	if (!facts->basic.ca)
		reason_what(judge_refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (k)"),
			    span_str("basicConstraints"));
	else if (facts->has_usage && !(facts->usage & KEY_USAGE_CERT_SIGN) &&
		 minds_ca_usage(judge, facts))
		reason_what(judge_refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (n)"),
			    span_str("keyUsage"));
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

	if ((judged(judge)->cert.version != 3 && !facts->basic.present &&
	     !client_value(judge->rules->client, CLIENT_X509_STRICT)) ||
	    rule == ANCHOR_CA_IGNORED ||
	    (rule == ANCHOR_CA_OR_USAGE && !facts->basic.present &&
	     facts->usage & KEY_USAGE_CERT_SIGN))
		return;
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

static const char *constraint_rule(enum constraint_verdict verdict)
{
	switch (verdict) {
	case NAMES_EXCLUDED:
		return "RFC 5280 6.1.3 (c)";
	case NAMES_NOT_PERMITTED:
		return "RFC 5280 6.1.3 (b)";
	default:
		return "RFC 5280 4.2.1.10";
	}
}

static void too_many_names(struct judge *judge)
{
	judge_refuse(judge, FINDING_BUDGET, "RFC 5280 4.2.1.10");
}

static void refuse_name(struct judge *judge, const struct pool_cert *cert,
			enum constraint_verdict verdict, const struct general_name *name)
{
	struct reason *reason;

	if (verdict == NAMES_TOO_MANY) {
		too_many_names(judge);
		return;
	}
	if (verdict == NAMES_NOT_PERMITTED &&
	    constraint_no_name(judge->rules->client, cert, name)) {
		reason_name(reason_add(&judge->reasons, FINDING_MALFORMED, cert,
				       "RFC 5280 4.2.1.6"),
			    name);
		return;
	}
	reason = reason_add(&judge->reasons, FINDING_NAME_CONSTRAINT, cert,
			    constraint_rule(verdict));
	reason->by = judged(judge);
	reason_name(reason, name);
}

static bool constraints_well_formed(struct judge *judge,
				    const struct constraint_judge *constraints)
{
	if (name_constraints_well_formed(constraints))
		return true;
	if (!judge->comparisons)
		too_many_names(judge);
	else
		reason_what(judge_refuse(judge, FINDING_MALFORMED, "RFC 5280 4.2.1.10"),
			    span_str(ext_name(EXT_NAME_CONSTRAINTS)));
	return false;
}

/* Whether the names of the path's certificate i are judged: self-issued intermediates are
 * exempt, the leaf never. */
static bool is_constrained(const struct judge *judge, size_t i)
{
	const struct client_rules *client = judge->rules->client;

	if (!i)
		return true;
	/* Go judges the names of the constrained authority itself, and of none between.
	 */
	if (client_value(client, CLIENT_NC_LEAF_ONLY))
		return client_value(client, CLIENT_NC_LEAF_ONLY) == CONSTRAINTS_ON_OWN &&
		       i + 1 == judge->n;
	return i + 1 < judge->n && (!pool_cert_facts(judge->path[i])->self_issued ||
				    client_value(client, CLIENT_NC_SELF_ISSUED));
}

/* RFC 5280 6.1.3 (b), (c) for everything below. */
static void check_names_below(struct judge *judge)
{
	const struct facts *facts = judged_facts(judge);
	struct constraint_judge constraints = {
		.client = judge->rules->client,
		.constraints = &facts->names,
		.critical = cert_is_critical(&judged(judge)->cert, EXT_NAME_CONSTRAINTS),
		.work = &judge->comparisons,
	};
	struct general_name name;

	if (!facts->names.present || !constraints_well_formed(judge, &constraints))
		return;
	for (size_t i = 0; i < judge->n; i++) {
		enum constraint_verdict verdict;

		if (!is_constrained(judge, i))
			continue;
		verdict = name_constraints_judge(&constraints, judge->path[i], i == 0,
						 &name);
		if (verdict == NAMES_ALLOWED)
			continue;
		refuse_name(judge, judge->path[i], verdict, &name);
		if (judge->mode == JUDGE_FIRST)
			return;
	}
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

/* Which certificates may be anchors at all. */
static void check_anchor_kind(struct judge *judge)
{
	const struct client_rules *client = judge->rules->client;

	if (!judged_facts(judge)->self_issued &&
	    (client_value(client, CLIENT_PARTIAL_CHAIN) ||
	     (client_value(client, CLIENT_ANCHOR_ALONE) && judge->n == 1)))
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
		check_anchor_purpose, check_path_length, check_names_below,
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
		check_validity,     check_distrusted,         check_leaf_form,
		check_critical,     check_leaf_signs_nothing, judge_key,
		check_leaf_purpose, judge_leaf_usage,         check_name,
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
		judge_signature_strength, check_names_below, check_self_issued_leaf,
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
	};

	return judge->n > 1 ? run(judge, checks, COUNT(checks))
			    : run(judge, leaf_checks, COUNT(leaf_checks));
}
