/* Proof of a change. */
#include "plan/proof.h"

#include "base/escape.h"
#include "base/i18n.h"

struct proof_run {
	struct proof *proof;
	struct validate_options after;
};

static void tell_broken(struct proof *proof, const struct validation *before,
			const struct validation *after)
{
	struct finding *finding = finding_add(&proof->findings, FINDING_MISSING_INTERMEDIATE);
	AUTO_FREE char *target = quoted(span_str(before->target));
	const char *why = _("its chain would no longer complete");

	if (after->findings.n) {
		finding->code = after->findings.at[0].code;
		finding->severity = SEVERITY_ERROR;
		why = after->findings.at[0].text;
	}
	finding->text = str_format(_("%s completes now and would not any more: %s"), target, why);
}

/* A target that shows nothing, or that fails already, would let every change pass. */
static void tell_unproved(struct proof *proof, const struct validation *before)
{
	bool answered = before->verdict != VERDICT_NO_ANSWER;
	const struct finding_list *findings = &before->findings;
	struct finding *finding =
		finding_add(&proof->findings,
			    findings->n ? findings->at[0].code : FINDING_NO_CONNECTION);
	AUTO_FREE char *target = quoted(span_str(before->target));
	const char *why = findings->n ? findings->at[0].text : verdict_name(before->verdict);

	finding->severity = SEVERITY_ERROR;
	if (answered) {
		proof->already_broken++;
		finding->text = str_format(
			_("%s does not complete now, so nothing can be proved of it: %s"), target,
			why);
	} else {
		proof->unanswered++;
		finding->text = str_format(
			_("%s gives no answer, so nothing can be proved of it: %s"), target, why);
	}
}

static void judge_after(void *ctx, struct validation *before)
{
	struct proof_run *run = ctx;
	struct validation after = VALIDATION_INIT;

	run->proof->checked++;
	if (before->verdict != VERDICT_COMPLETE) {
		tell_unproved(run->proof, before);
		return;
	}
	validate_again(&after, before, &run->after);
	if (after.verdict != VERDICT_COMPLETE) {
		run->proof->broken++;
		tell_broken(run->proof, before, &after);
	}
	validation_clear(&after);
}

void proof_of_change(struct proof *proof, const struct target *targets, size_t n,
		     const struct entry_set *before, const struct entry_set *after,
		     const struct validate_options *options)
{
	struct proof_run run = { proof, *options };
	struct validate_options now = *options;

	now.store = before;
	run.after.store = after;
	set_index_make(after);
	validate_targets(targets, n, 8, &now, &run, judge_after);
}

void proof_clear(struct proof *proof)
{
	finding_list_clear(&proof->findings);
	*proof = (struct proof)PROOF_INIT;
}
