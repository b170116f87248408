/* Selectors on the command line: the words that follow a command, and the filters that
 * are options. */
#pragma once

#include "cmd/command.h"

/* Tables of filters, included by the commands that select. */
extern const struct poptOption selection_filters[]; /* all filters but those below */
extern const struct poptOption selection_expired[]; /* --expired */
extern const struct poptOption selection_trust[];   /* --trust */
extern const struct poptOption selection_purpose[]; /* --purpose */

#define INCLUDE_OPTIONS(table, title)                                                 \
	{                                                                             \
		NULL, '\0', POPT_ARG_INCLUDE_TABLE, (void *)(table), 0, (title), NULL \
	}
/* What list, show and export take. */
#define SELECTION_OPTIONS                                          \
	INCLUDE_OPTIONS(selection_expired, N_("Filters")),         \
		INCLUDE_OPTIONS(selection_filters, N_("Filters")), \
		INCLUDE_OPTIONS(selection_trust, N_("Filters")),   \
		INCLUDE_OPTIONS(selection_purpose, N_("Filters"))

/* Whether any filter was given. */
bool selection_filtered(void);
/* Parses the words (NULL-ended) and the filters that were given. */
MUST_CHECK bool selection_parse(struct selector_list *list, const char *const *words,
				struct error *err);
/* The entries of set that they name. hits has set->n + 1 elements from mem_alloc; NULL:
 * all of them. */
MUST_CHECK bool selection_of(bool **hits, const char *const *words,
			     const struct entry_set *set, int64_t at, struct error *err);
/*
 * The same for a command that changes what it selects: something must be named, and a
 * pattern or a filter that hits several entries is refused unless many allows it. hits is
 * never NULL.
 */
MUST_CHECK bool selection_to_change(bool **hits, const char *const *words,
				    const struct entry_set *set, int64_t at,
				    enum selector_many many, struct error *err);
/* Says so (not with -q) where hits, of a set that has entries, are none at all. */
void tell_none_selected(const struct context *context, const bool *hits,
			const struct entry_set *set);
