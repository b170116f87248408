/* What the real clients of --prove said, beside what was predicted for them. */
#include "report/proofs.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "plan/prove.h"

#define WORDS_MOST 400 /* cells of what a client says */

static const char *words_of(enum proof_outcome outcome)
{
	static const char *const words[] = {
		[PROOF_ACCEPTS] = N_("accepts"),
		[PROOF_REFUSES] = N_("refuses"),
		[PROOF_NO_ANSWER] = N_("gave no verdict"),
		[PROOF_UNABLE] = N_("was not asked"),
		[PROOF_ABSENT] = N_("is not installed"),
	};

	return _(words[outcome]);
}

static bool is_verdict(const struct client_proof *proof)
{
	return proof->outcome == PROOF_ACCEPTS || proof->outcome == PROOF_REFUSES;
}

/* Whether it said what was predicted; false also where one of the two is silent. */
static bool is_as_predicted(const struct validation *validation,
			    const struct client_proof *proof)
{
	enum verdict verdict;

	return is_verdict(proof) && proof_predicted(validation, proof, &verdict) &&
	       (proof->outcome == PROOF_ACCEPTS) == (verdict == VERDICT_COMPLETE);
}

static const char *beside_prediction(const struct validation *validation,
				     const struct client_proof *proof)
{
	enum verdict verdict;

	if (!is_verdict(proof) || !proof_predicted(validation, proof, &verdict))
		return "";
	if (is_as_predicted(validation, proof))
		return _(", as predicted");
	return verdict == VERDICT_COMPLETE ? _("; predicted was that it accepts")
					   : _("; predicted was that it refuses");
}

static void add_words(struct report *report, const struct client_proof *proof)
{
	AUTO(buf) shown = BUF_INIT;

	if (!proof->words)
		return;
	escape_terminal_cut(&shown, span_str(proof->words), WORDS_MOST);
	buf_add_str(&report->out, "    ");
	add_wrapped(report, buf_text(&shown), 4, 6);
	buf_add_byte(&report->out, '\n');
}

static void add_proof(struct report *report, const struct validation *validation,
		      const struct client_proof *proof)
{
	enum tint tint = proof->outcome == PROOF_ACCEPTS   ? TINT_GOOD
			 : proof->outcome == PROOF_REFUSES ? TINT_BAD
							   : TINT_QUIET;
	AUTO_FREE char *text = str_format("%s %s%s", prover_name(proof->prover),
					  words_of(proof->outcome),
					  beside_prediction(validation, proof));
	AUTO_FREE char *whole = proof->program
					? str_format("%s (%s)", text, proof->program)
					: str_copy(text);

	buf_add_str(&report->out, "  ");
	add_tinted(report, tint, whole);
	buf_add_byte(&report->out, '\n');
	add_words(report, proof);
}

void add_proofs(struct report *report, const struct validation *validation)
{
	if (!validation->n_proofs)
		return;
	buf_addf(&report->out, "\n%s\n", _("The clients themselves:"));
	for (size_t i = 0; i < validation->n_proofs; i++)
		add_proof(report, validation, &validation->proofs[i]);
}

static json_t *json_of_proof(const struct validation *validation,
			     const struct client_proof *proof)
{
	enum verdict verdict;
	bool predicted = proof_predicted(validation, proof, &verdict);
	json_t *object = json_object();

	json_put(object, "client", json_of_string(prover_name(proof->prover)));
	json_put(object, "program", json_of_string(proof->program));
	json_put(object, "outcome", json_of_string(proof_outcome_name(proof->outcome)));
	json_put(object, "words", json_of_string(proof->words));
	json_put(object, "predicted",
		 json_of_string(predicted ? verdict_name(verdict) : NULL));
	json_put(object, "as_predicted",
		 predicted && is_verdict(proof)
			 ? json_boolean(is_as_predicted(validation, proof))
			 : json_null());
	return object;
}

json_t *json_of_proofs(const struct validation *validation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < validation->n_proofs; i++)
		json_put_last(array, json_of_proof(validation, &validation->proofs[i]));
	return array;
}
