/*
 * Name constraints of the certificate that is judged (RFC 5280 6.1.3 (b), (c)): whose
 * names they bind, and what is said of a name that falls.
 */
#include "chain/checks.h"

#include "chain/constraint_fit.h"
#include "chain/name_constraints.h"

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

static struct constraint_judge judge_of_names(struct judge *judge)
{
	return (struct constraint_judge){
		.client = judge->rules->client,
		.constraints = name_constraints_read(judge->rules->client,
						     &judged_facts(judge)->names),
		.critical = cert_is_critical(&judged(judge)->cert, EXT_NAME_CONSTRAINTS),
		.work = &judge->comparisons,
	};
}

void judge_constraints_readable(struct judge *judge)
{
	struct constraint_judge constraints = judge_of_names(judge);

	if (judged_facts(judge)->names.present &&
	    client_value(judge->rules->client, CLIENT_NC_IN_LEAF) == IN_LEAF_READ)
		(void)constraints_well_formed(judge, &constraints);
}

/* RFC 5280 6.1.3 (b), (c) for everything below. */
void judge_names_below(struct judge *judge)
{
	struct constraint_judge constraints = judge_of_names(judge);
	struct general_name name;

	if (!judged_facts(judge)->names.present ||
	    !constraints_well_formed(judge, &constraints))
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
