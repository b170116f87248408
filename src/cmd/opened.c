/* Opening the store that a command works on, and saying which it was. */
#include "cmd/opened.h"

#include "base/escape.h"

bool one_store(const char **ref, const struct context *context, struct error *err)
{
	if (context->stores && context->stores[0] && context->stores[1]) {
		error_fail(err, STATUS_INPUT, _("only one --store can be used here"));
		return error_remedy(err, _("the union of two is one store: --store A+B"));
	}
	*ref = context->store;
	return true;
}

bool open_to_look(struct store *store, const struct context *context, enum twins twins,
		  struct error *err)
{
	const struct store_options options = { .purpose = STORE_TO_LOOK,
					       .keep_twins = twins == TWINS_KEPT };
	const char *ref = NULL;

	return one_store(&ref, context, err) && store_open(store, ref, &options, err);
}

bool open_to_give(struct store *store, const struct context *context,
		  const struct entry_taker *taker, struct error *err)
{
	const struct store_options options = { .purpose = STORE_TO_LOOK,
					       .keep_twins = true,
					       .taker = taker };
	const char *ref = NULL;

	return one_store(&ref, context, err) && store_open(store, ref, &options, err);
}

static void tell_skips(const struct store *store)
{
	for (size_t i = 0; i < store->n_skips; i++) {
		const struct error left_out = { STATUS_PARTIAL, store->skips[i].text,
						NULL };

		report_error(&left_out);
	}
}

static void tell_remarks(const struct context *context, const struct store *store)
{
	for (size_t i = 0; i < store->n_remarks; i++)
		report_note(context->report, "%s", store->remarks[i].text);
	if (store->remarked > store->n_remarks)
		report_note(context->report,
			    ngettext("%zu more remark was made",
				     "%zu more remarks were made",
				     store->remarked - store->n_remarks),
			    store->remarked - store->n_remarks);
}

/* Kept apart from the counts by trust: here only how much of it was read matters. */
static void tell_partial(const struct store *store)
{
	size_t entries = store_entries(store);
	AUTO_FREE char *read = NULL, *left_out = NULL;
	AUTO(error) line = ERROR_INIT;

	read = str_format(ngettext("%zu certificate was read",
				   "%zu certificates were read", entries),
			  entries);
	left_out = str_format(
		ngettext("%zu was left out", "%zu were left out", store->skipped),
		store->skipped);
	/* Translators: "140 certificates were read, 1 was left out". */
	error_fail(&line, STATUS_PARTIAL, _("%s, %s"), read, left_out);
	report_error(&line);
}

char *store_told(const struct store *store)
{
	/* What was counted is not in the empty cellar. */
	AUTO_FREE char *name =
		quoted(span_str(store->stand_in ? store->path : store->ref));
	AUTO(buf) count = BUF_INIT;

	store_told_text(&count, store);
	return str_format("%s: %s", name, buf_text(&count));
}

enum status tell_store(const struct context *context, const struct store *store)
{
	AUTO_FREE char *told = store_told(store);

	tell_skips(store);
	if (store->skipped)
		tell_partial(store);
	if (context->quiet)
		return store->skipped ? STATUS_PARTIAL : STATUS_GOOD;
	tell_remarks(context, store);
	if (store->stand_in)
		report_note(context->report, _("the cellar is empty: the platform's own "
					       "roots stand in for it"));
	report_note(context->report, "%s", told);
	return store->skipped ? STATUS_PARTIAL : STATUS_GOOD;
}
