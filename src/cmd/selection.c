/* Selectors on the command line: words and filters, parsed by trust/selector. */
#include "cmd/selection.h"

static struct {
	const char **expiring, **issued_by, **key, **signature, **label, **origin,
		**trust, **purpose;
	int expired, self_signed, ca;
} filter;

const struct poptOption selection_filters[] = {
	{ "expiring", '\0', POPT_ARG_ARGV, &filter.expiring, 0,
	  N_("those that expire within that time, such as 30d"), N_("DURATION") },
	{ "issued-by", '\0', POPT_ARG_ARGV, &filter.issued_by, 0,
	  N_("those whose issuer the selector names"), N_("SELECTOR") },
	{ "key", '\0', POPT_ARG_ARGV, &filter.key, 0,
	  N_("those with such a key: rsa, ec, 'rsa<2048'"), N_("KEY") },
	{ "signature", '\0', POPT_ARG_ARGV, &filter.signature, 0,
	  N_("those signed with that algorithm, such as '*sha1*'"), N_("GLOB") },
	{ "label", '\0', POPT_ARG_ARGV, &filter.label, 0, N_("those whose label matches"),
	  N_("GLOB") },
	{ "origin", '\0', POPT_ARG_ARGV, &filter.origin, 0,
	  N_("those that came from such a place"), N_("GLOB") },
	{ "self-signed", '\0', POPT_ARG_NONE, &filter.self_signed, 0,
	  N_("those that name themselves as issuer"), NULL },
	{ "ca", '\0', POPT_ARG_NONE, &filter.ca, 0,
	  N_("those that may issue certificates"), NULL },
	POPT_TABLEEND
};

const struct poptOption selection_expired[] = { { "expired", '\0', POPT_ARG_NONE,
						  &filter.expired, 0,
						  N_("those that have expired"), NULL },
						POPT_TABLEEND };

const struct poptOption selection_trust[] = {
	{ "trust", '\0', POPT_ARG_ARGV, &filter.trust, 0, N_("those with that trust"),
	  "anchor|intermediate|distrusted|inactive|unsaid" },
	POPT_TABLEEND
};

const struct poptOption selection_purpose[] = {
	{ "purpose", '\0', POPT_ARG_ARGV, &filter.purpose, 0,
	  N_("those that are good for it, such as server-auth"), N_("PURPOSE") },
	POPT_TABLEEND
};

/* The names are those of trust/selector.h. */
static const struct {
	const char *name;
	const char ***values;
} valued[] = {
	{ "expiring", &filter.expiring }, { "issued-by", &filter.issued_by },
	{ "key", &filter.key },           { "signature", &filter.signature },
	{ "label", &filter.label },       { "origin", &filter.origin },
	{ "trust", &filter.trust },       { "purpose", &filter.purpose },
};

static const struct {
	const char *name;
	const int *given;
} flags[] = {
	{ "expired", &filter.expired },
	{ "self-signed", &filter.self_signed },
	{ "ca", &filter.ca },
};

bool selection_filtered(void)
{
	bool any = false;

	for (size_t i = 0; i < COUNT(valued); i++)
		any = any || *valued[i].values;
	for (size_t i = 0; i < COUNT(flags); i++)
		any = any || *flags[i].given;
	return any;
}

static bool add_filters(struct selector_list *list, struct error *err)
{
	for (size_t i = 0; i < COUNT(flags); i++) {
		if (*flags[i].given && !selector_add_filter(list, flags[i].name, NULL,
							    &store_selector_files, err))
			return false;
	}
	for (size_t i = 0; i < COUNT(valued); i++) {
		for (const char **value = *valued[i].values; value && *value; value++) {
			if (!selector_add_filter(list, valued[i].name, *value,
						 &store_selector_files, err))
				return error_in(err, "--%s", valued[i].name);
		}
	}
	return true;
}

bool selection_parse(struct selector_list *list, const char *const *words,
		     struct error *err)
{
	for (; *words; words++) {
		if (!selector_add_word(list, *words, &store_selector_files, err))
			return false;
	}
	return add_filters(list, err);
}

bool selection_of(bool **hits, const char *const *words, const struct entry_set *set,
		  int64_t at, struct error *err)
{
	AUTO(selector_list) list = SELECTOR_LIST_INIT;
	AUTO_FREE bool *found = NULL;

	*hits = NULL;
	if (!*words && !selection_filtered())
		return true;
	if (!selection_parse(&list, words, err))
		return false;
	found = mem_array(set->n + 1, sizeof(*found));
	if (!selector_match(&list, set, at, found, err))
		return false;
	*hits = found;
	found = NULL;
	return true;
}

void tell_none_selected(const struct context *context, const bool *hits,
			const struct entry_set *set)
{
	if (!hits || !set->n || memchr(hits, true, set->n))
		return;
	report_note(context->report, _("no entry was selected"));
}

bool selection_to_change(bool **hits, const char *const *words,
			 const struct entry_set *set, int64_t at, enum selector_many many,
			 struct error *err)
{
	AUTO(selector_list) list = SELECTOR_LIST_INIT;
	AUTO_FREE bool *found = NULL;

	if (!*words && !selection_filtered()) {
		error_fail(err, STATUS_INPUT, _("no entry was named"));
		return error_remedy(err, _("name entries by fingerprint, name or filter; "
					   "rootcellar list shows them"));
	}
	if (!selection_parse(&list, words, err))
		return false;
	found = mem_array(set->n + 1, sizeof(*found));
	if (!selector_match_to_change(&list, set, at, many, found, err))
		return false;
	*hits = found;
	found = NULL;
	return true;
}
