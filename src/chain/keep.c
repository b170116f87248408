/* What a search keeps of the paths that it meets: the lightest, its reasons, and the
 * others'. */
#include "chain/search.h"

#include "base/memory.h"

unsigned search_weight(const struct search *search)
{
	unsigned sum = 0;

	for (size_t i = 0; i < search->judge.reasons.n; i++)
		sum += reason_weight(&search->judge.reasons.at[i]);
	return sum;
}

/* Keeps a reason of a branch that is left, once. */
static void remember_other(struct path *out, const struct reason *reason)
{
	for (size_t i = 0; i < out->n_others; i++)
		if (out->others[i].code == reason->code &&
		    out->others[i].cert == reason->cert)
			return;
	if (out->n_others >= OTHERS_MOST)
		return;
	GROW(out->others, out->n_others, out->cap_others);
	out->others[out->n_others++] = *reason;
}

void search_forget(struct search *search, size_t n)
{
	for (size_t i = n; i < search->judge.reasons.n; i++)
		remember_other(search->out, &search->judge.reasons.at[i]);
	search->judge.reasons.n = n;
}

static void keep_path(struct search *search)
{
	struct path *out = search->out;

	mem_free(out->at);
	out->n = search->judge.n;
	out->at = mem_array(out->n, sizeof(*out->at));
	memcpy(out->at, search->judge.path, out->n * sizeof(*out->at));
}

static void keep_reasons(struct search *search)
{
	struct path *out = search->out;

	for (size_t i = 0; i < out->n_reasons; i++)
		remember_other(out, &out->reasons[i]);
	out->n_reasons = 0;
	for (size_t i = 0; i < search->judge.reasons.n; i++) {
		GROW(out->reasons, out->n_reasons, out->cap_reasons);
		out->reasons[out->n_reasons++] = search->judge.reasons.at[i];
	}
}

void search_end_here(struct search *search)
{
	unsigned now = search_weight(search);

	if (now > search->lightest ||
	    (now == search->lightest && search->judge.n <= search->out->n))
		return;
	search->lightest = now;
	keep_path(search);
	keep_reasons(search);
}

void search_complete_here(struct search *search)
{
	search->complete = true;
	search->out->complete = true;
	search->out->n_reasons = 0;
	keep_path(search);
}
