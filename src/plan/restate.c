/* Saying something else of entries: what `trust` does. */
#include "plan/restate.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <limits.h>

static void restate_alternative(struct alternative *alternative,
				const struct restatement *say)
{
	if (say->purposes_said) {
		alternative->purposes = say->purposes;
		alternative->other_purposes = NULL;
	}
	if (say->distrust_after_said) {
		alternative->issued_before[PURPOSE_SERVER_AUTH] = say->distrust_after;
		alternative->issued_before[PURPOSE_EMAIL] = say->distrust_after;
	}
}

/* The constraints that an anchor had, with what is said anew; NULL where nothing is left
 * of them. */
static const struct constraints *restated(struct arena *arena,
					  const struct constraints *old,
					  const struct restatement *say)
{
	const struct alternative any = alternative_any();
	const struct constraints unbound = { 1, &any };
	const struct constraints *from = old ? old : &unbound;
	struct constraints *constraints = arena_alloc(arena, sizeof(*constraints));
	struct alternative *at = arena_alloc(arena, from->n * sizeof(*at));

	for (size_t i = 0; i < from->n; i++) {
		at[i] = from->at[i];
		restate_alternative(&at[i], say);
	}
	*constraints = (struct constraints){ from->n, at };
	return constraints_equal(constraints, NULL) ? NULL : constraints;
}

static void restate_entry(struct entry_set *set, struct entry *entry,
			  const struct restatement *say)
{
	struct origin *user;

	if (say->trust != TRUST_ANCHOR)
		entry->constraints = NULL;
	else if (entry->trust != TRUST_ANCHOR)
		entry->constraints = restated(&set->arena, NULL, say);
	else
		entry->constraints = restated(&set->arena, entry->constraints, say);
	entry->trust = say->trust;
	if (entry->origin && entry->origin->kind == ORIGIN_USER)
		return;
	user = arena_alloc(&set->arena, sizeof(*user));
	*user = (struct origin){ ORIGIN_USER, "rootcellar trust", say->now, false,
				 entry->origin };
	entry->origin = user;
}

void restate(struct entry_set *set, const bool *hits,
	     const struct restatement *restatement)
{
	for (size_t i = 0; i < set->n; i++) {
		if (hits[i])
			restate_entry(set, &set->at[i], restatement);
	}
}

static bool unknown_purpose(const char *name, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(name));
	AUTO(buf) known = BUF_INIT;

	for (int purpose = 0; purpose < PURPOSE_COUNT; purpose++)
		buf_addf(&known, "%s, ", purpose_name((enum purpose)purpose));
	error_fail(err, STATUS_INPUT, _("there is no purpose '%s'"), shown);
	return error_remedy(err, _("it is one of %sany"), buf_text(&known));
}

bool purpose_names_parse(const char *const *names, uint32_t *purposes, struct error *err)
{
	uint32_t bits = 0;
	bool any = false;

	for (; *names; names++) {
		enum purpose purpose;

		if (strcmp(*names, "any") == 0)
			any = true;
		else if (!purpose_parse(*names, &purpose))
			return unknown_purpose(*names, err);
		else if (purpose == PURPOSE_ANY)
			any = true;
		else
			bits |= (uint32_t)1 << purpose;
	}
	*purposes = any ? 0 : bits;
	return true;
}
