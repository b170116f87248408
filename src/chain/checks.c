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

#include "chain/form.h"
#include "chain/name_constraints.h"
#include "base/buf.h"
#include "base/clock.h"
#include "x509/crl_points.h"
#include "x509/name.h"

static const struct pool_cert *top(const struct judge *judge)
{
	return judge->path[judge->n - 1];
}

static const struct facts *top_facts(const struct judge *judge)
{
	return pool_cert_facts(top(judge));
}

static struct reason *refuse(struct judge *judge, enum finding_code code,
			     const char *rule)
{
	return reason_add(&judge->reasons, code, top(judge), rule);
}

/* RFC 5280 6.1.3 (a)(2): from notBefore to notAfter, both included. */
static void check_validity(struct judge *judge)
{
	const struct cert *cert = &top(judge)->cert;

	if (judge->at < cert->not_before)
		refuse(judge, FINDING_NOT_YET_VALID, "RFC 5280 6.1.3 (a)(2)")->when =
			cert->not_before;
	if (judge->at > cert->not_after)
		refuse(judge, FINDING_EXPIRED, "RFC 5280 6.1.3 (a)(2)")->when =
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

	if (top(judge)->trust == TRUST_DISTRUSTED ||
	    (twin = pool_distrusted_twin(judge->pool, top(judge))))
		refuse(judge, FINDING_DISTRUSTED, "store")->by = twin;
}

static void check_form(struct judge *judge, enum form_role role)
{
	const char *what, *rule = form_fault(top(judge), role, &what);

	if (rule)
		reason_what(refuse(judge, FINDING_MALFORMED, rule), span_str(what));
}

static void check_leaf_form(struct judge *judge)
{
	check_form(judge, FORM_LEAF);
}

static void check_intermediate_form(struct judge *judge)
{
	check_form(judge, FORM_INTERMEDIATE);
}

static void check_anchor_form(struct judge *judge)
{
	check_form(judge, FORM_ANCHOR);
}

/*
 * A critical extension that has a name here, but that nothing here acts on, or whose
 * content cannot be read: EXT_COUNT where there is none. A precertificate's poison (RFC
 * 6962 3.1) is there to be refused.
 */
static enum ext unprocessed(const struct cert *cert)
{
	static const enum ext named[] = { EXT_CT_POISON, EXT_ISSUER_ALT_NAME,
					  EXT_SCT_LIST, EXT_SUBJECT_INFO,
					  EXT_TLS_FEATURE };
	AUTO(error) ignored = ERROR_INIT;
	struct span points;

	for (size_t i = 0; i < COUNT(named); i++)
		if (cert_is_critical(cert, named[i]))
			return named[i];
	return cert_is_critical(cert, EXT_CRL_POINTS) &&
			       !cert_crl_points(cert, &points, &ignored)
		       ? EXT_CRL_POINTS
		       : EXT_COUNT;
}

/* RFC 5280 4.2, 6.1.4 (o), 6.1.5 (f); of the qualifiers of critical policies 4.2.1.4. */
static void check_critical(struct judge *judge)
{
	const struct cert *cert = &top(judge)->cert;
	struct span qualifier = top_facts(judge)->policies.odd_qualifier;
	enum ext ext = unprocessed(cert);
	AUTO(buf) text = BUF_INIT;

	if (cert->unknown_critical.n)
		oid_text(&text, cert_part(cert, cert->unknown_critical));
	else if (qualifier.n && cert_is_critical(cert, EXT_POLICIES))
		oid_text(&text, qualifier);
	else if (ext != EXT_COUNT)
		buf_add_str(&text, ext_name(ext));
	else
		return;
	reason_what(refuse(judge, FINDING_UNKNOWN_CRITICAL, "RFC 5280 4.2"),
		    buf_span(&text));
}

/* Least sizes that clients take today (NIST SP 800-57 part 1: 112 bits of strength). */
static bool key_is_weak(const struct key_info *key)
{
	switch (key->type) {
	case KEY_RSA:
	case KEY_RSA_PSS:
		return key->bits < 2048;
	case KEY_EC:
		return key->curve && key->bits < 224;
	case KEY_DSA:
		return true;
	default:
		return false;
	}
}

/* What --allow-weak still refuses: sizes that anyone can break in an afternoon. */
static bool key_is_broken(const struct key_info *key)
{
	return (key->type == KEY_RSA || key->type == KEY_RSA_PSS) && key->bits < 512;
}

static void check_key(struct judge *judge)
{
	const struct key_info *key = &top_facts(judge)->key;
	struct reason *reason;

	if (key->open) {
		refuse(judge, FINDING_WEAK_KEY, KEY_OPEN);
		return;
	}
	if (key_is_broken(key) || (!judge->rules->allow_weak && key_is_weak(key))) {
		reason = refuse(judge, FINDING_WEAK_KEY, "NIST SP 800-57");
		reason->number = key->bits;
		reason_what(reason, span_str(key_type_name(key)));
	}
}

static bool hash_is_weak(enum hash_kind hash)
{
	return hash == HASH_SHA1 || hash == HASH_MD5 || hash == HASH_MD4 ||
	       hash == HASH_MD2;
}

bool signature_is_weak(const struct signature_info *signature,
		       const struct path_rules *rules)
{
	bool broken = hash_is_weak(signature->hash) && signature->hash != HASH_SHA1;

	return broken || (hash_is_weak(signature->hash) && !rules->allow_weak);
}

/* Only below the anchor: what signed an anchor does not matter (RFC 5280 6.1.1 (d)). */
static void check_signature_strength(struct judge *judge)
{
	const struct signature_info *signature = &top_facts(judge)->signature;

	if (signature_is_weak(signature, judge->rules))
		reason_what(refuse(judge, FINDING_WEAK_SIGNATURE, "RFC 6194"),
			    span_str(signature->name));
}

static bool allows_purpose(const struct facts *facts, enum purpose purpose)
{
	return !facts->purposes.present || facts->purposes.any ||
	       purpose == PURPOSE_ANY || facts->purposes.purposes >> purpose & 1;
}

/* RFC 5280 4.2.1.12 for the leaf; in a CA certificate it bounds what is below, as clients
 * agree. */
static void check_purpose(struct judge *judge)
{
	if (!allows_purpose(top_facts(judge), judge->rules->purpose))
		reason_what(refuse(judge, FINDING_WRONG_PURPOSE, "RFC 5280 4.2.1.12"),
			    span_str(purpose_name(judge->rules->purpose)));
}

/* TLS signs, or decrypts or agrees on a key, with the leaf's key (RFC 5280 4.2.1.12,
 * server-auth). */
static void check_leaf_usage(struct judge *judge)
{
	const struct facts *facts = top_facts(judge);
	uint16_t wanted = KEY_USAGE_DIGITAL_SIGNATURE | KEY_USAGE_KEY_ENCIPHERMENT |
			  KEY_USAGE_KEY_AGREEMENT;

	if (judge->rules->purpose == PURPOSE_SERVER_AUTH && facts->has_usage &&
	    !(facts->usage & wanted))
		reason_what(refuse(judge, FINDING_WRONG_PURPOSE, "RFC 5280 4.2.1.3"),
			    span_str("keyUsage"));
}

/*
 * RFC 5280 4.2.1.9: keyCertSign is for authorities alone. Section 6.1 does not look at it
 * in a leaf, which can issue nothing in any case: where no purpose is asked for, no use
 * of the leaf's key is.
 */
static void check_leaf_signs_nothing(struct judge *judge)
{
	const struct facts *facts = top_facts(judge);

	if (judge->rules->purpose != PURPOSE_ANY && facts->usage & KEY_USAGE_CERT_SIGN &&
	    !facts->basic.ca)
		reason_what(refuse(judge, FINDING_MALFORMED, "RFC 5280 4.2.1.9"),
			    span_str(ext_name(EXT_KEY_USAGE)));
}

static void check_name(struct judge *judge)
{
	const struct expected_name *name = &judge->rules->name;

	if (!name_matches_certificate(&top(judge)->cert, name))
		reason_what(refuse(judge, FINDING_HOSTNAME_MISMATCH, "RFC 9525"),
			    span_str(name->text));
}

/* RFC 5280 6.1.4 (k), (n). */
static void check_ca(struct judge *judge)
{
	const struct facts *facts = top_facts(judge);

	if (!facts->basic.ca)
		reason_what(refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (k)"),
			    span_str("basicConstraints"));
	else if (facts->has_usage && !(facts->usage & KEY_USAGE_CERT_SIGN))
		reason_what(refuse(judge, FINDING_NOT_A_CA, "RFC 5280 6.1.4 (n)"),
			    span_str("keyUsage"));
}

/*
 * The same of an anchor. One of version 1 has no extensions to say so, and the store's
 * word is enough; basicConstraints that say no, whatever the version, or a version 3
 * certificate without, count.
 */
static void check_anchor_ca(struct judge *judge)
{
	if (top(judge)->cert.version == 3 || top_facts(judge)->basic.present)
		check_ca(judge);
}

/* Non-self-issued intermediates below the top: what RFC 5280 4.2.1.9 counts. */
static size_t intermediates_below(const struct judge *judge)
{
	size_t n = 0;

	for (size_t i = 1; i + 1 < judge->n; i++)
		n += !pool_cert_facts(judge->path[i])->self_issued;
	return n;
}

static void too_long(struct judge *judge, size_t most, const char *rule)
{
	refuse(judge, FINDING_PATH_TOO_LONG, rule)->number = most;
}

/* RFC 5280 6.1.4 (l), (m). */
static void check_path_length(struct judge *judge)
{
	const struct facts *facts = top_facts(judge);
	size_t below = intermediates_below(judge);

	if (facts->basic.ca && facts->basic.path_length >= 0 &&
	    below > (size_t)facts->basic.path_length)
		too_long(judge, (size_t)facts->basic.path_length, "RFC 5280 6.1.4 (l)");
}

/* The caller's bound counts the intermediate itself. */
static void check_most_intermediates(struct judge *judge)
{
	int most = judge->rules->max_intermediates;
	size_t n = intermediates_below(judge) + !top_facts(judge)->self_issued;

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

static void constraint_what(struct reason *reason, const struct general_name *name)
{
	AUTO(buf) text = BUF_INIT;

	switch (name->kind) {
	case GENERAL_DIRECTORY:
		name_text(&text, name->value);
		break;
	case GENERAL_DNS:
	case GENERAL_EMAIL:
	case GENERAL_URI:
		buf_add(&text, name->value);
		break;
	default:
		buf_add_hex(&text, name->value);
	}
	reason_what(reason, buf_span(&text));
}

static void too_many_names(struct judge *judge)
{
	refuse(judge, FINDING_BUDGET, "RFC 5280 4.2.1.10");
}

static void refuse_name(struct judge *judge, const struct pool_cert *cert,
			enum constraint_verdict verdict, const struct general_name *name)
{
	struct reason *reason;

	if (verdict == NAMES_TOO_MANY) {
		too_many_names(judge);
		return;
	}
	reason = reason_add(&judge->reasons, FINDING_NAME_CONSTRAINT, cert,
			    constraint_rule(verdict));
	reason->by = top(judge);
	constraint_what(reason, name);
}

/* RFC 5280 6.1.3 (b), (c) for everything below: self-issued intermediates are exempt, the
 * leaf never. */
static void check_names_below(struct judge *judge)
{
	const struct facts *facts = top_facts(judge);
	struct general_name name;

	if (!facts->names.present)
		return;
	if (!name_constraints_well_formed(&facts->names, &judge->comparisons)) {
		if (!judge->comparisons)
			too_many_names(judge);
		else
			reason_what(refuse(judge, FINDING_MALFORMED, "RFC 5280 4.2.1.10"),
				    span_str(ext_name(EXT_NAME_CONSTRAINTS)));
		return;
	}
	for (size_t i = 0; i + 1 < judge->n; i++) {
		enum constraint_verdict verdict;

		if (i && pool_cert_facts(judge->path[i])->self_issued)
			continue;
		verdict = name_constraints_judge(facts, judge->path[i],
						 &judge->comparisons, &name);
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

	if (!top(judge)->constraints)
		return;
	switch (constraints_ask(top(judge)->constraints, &question, &bound)) {
	case CONSTRAINT_MET:
		break;
	case CONSTRAINT_PURPOSE:
		reason_what(refuse(judge, FINDING_WRONG_PURPOSE, "store"),
			    span_str(purpose_name(judge->rules->purpose)));
		break;
	case CONSTRAINT_NAME:
		reason = reason_add(&judge->reasons, FINDING_NAME_CONSTRAINT,
				    judge->path[0], "store");
		reason->by = top(judge);
		reason_what(reason, question.hostname);
		break;
	default:
		reason = reason_add(&judge->reasons, FINDING_DISTRUST_AFTER,
				    judge->path[0], "store");
		reason->by = top(judge);
		reason->when = bound;
	}
}

static void check_anchor_expiry(struct judge *judge)
{
	if (judge->rules->anchor_checks & ANCHOR_EXPIRY)
		check_validity(judge);
}

typedef void check(struct judge *judge);

/* What the anchor certificate itself says, for the callers that let it count (RFC 5937).
 */
static void check_anchor_constraints(struct judge *judge)
{
	static check *const checks[] = {
		check_anchor_form, check_critical,    check_anchor_ca,
		check_purpose,     check_path_length, check_names_below,
	};

	if (!(judge->rules->anchor_checks & ANCHOR_CONSTRAINTS))
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
		check_validity, check_distrusted,         check_leaf_form,
		check_critical, check_leaf_signs_nothing, check_key,
		check_purpose,  check_leaf_usage,         check_name,
	};

	return run(judge, checks, COUNT(checks));
}

bool judge_leaf_signed(struct judge *judge)
{
	static check *const checks[] = { check_signature_strength };

	return run(judge, checks, COUNT(checks));
}

bool judge_intermediate(struct judge *judge)
{
	static check *const checks[] = {
		check_validity,           check_ca,          check_most_intermediates,
		check_path_length,        check_distrusted,  check_purpose,
		check_intermediate_form,  check_critical,    check_key,
		check_signature_strength, check_names_below,
	};

	return run(judge, checks, COUNT(checks));
}

bool judge_anchor(struct judge *judge)
{
	/* Of a leaf that is an anchor itself, judge_leaf has said the rest. */
	static check *const leaf_checks[] = { check_store_constraints };
	static check *const checks[] = {
		check_anchor_expiry,     check_distrusted,         check_key,
		check_store_constraints, check_anchor_constraints,
	};

	return judge->n > 1 ? run(judge, checks, COUNT(checks))
			    : run(judge, leaf_checks, COUNT(leaf_checks));
}
