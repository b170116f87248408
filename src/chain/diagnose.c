/* From reasons to findings: the one that explains the failure best comes first. */
#include "chain/diagnose.h"

#include "chain/reason.h"
#include "chain/words.h"
#include "base/clock.h"
#include "base/i18n.h"

#include <stdlib.h>

/* Long enough before the end to renew in peace. */
#define SOON_DAYS 30

static int by_weight(const void *va, const void *vb)
{
	const struct reason *const *a = va, *const *b = vb;
	unsigned weight[2] = { reason_weight(*a), reason_weight(*b) };

	/* A bound that was met says the least: why nothing else was found. */
	weight[0] = (*a)->code == FINDING_BUDGET ? 0 : weight[0];
	weight[1] = (*b)->code == FINDING_BUDGET ? 0 : weight[1];
	if (weight[0] != weight[1])
		return weight[0] < weight[1] ? 1 : -1;
	return *a < *b ? -1 : *a > *b;
}

static void tell_reasons(struct finding_list *list, const struct path *path,
			 const struct diagnose_context *context)
{
	const struct reason **ranked = mem_array(path->n_reasons, sizeof(*ranked));

	for (size_t i = 0; i < path->n_reasons; i++)
		ranked[i] = &path->reasons[i];
	qsort(ranked, path->n_reasons, sizeof(*ranked), by_weight);
	for (size_t i = 0; i < path->n_reasons; i++)
		finding_of_reason(list, ranked[i], path, context);
	mem_free(ranked);
}

/* A path that holds today and will not in a month. */
static void tell_expiry(struct finding_list *list, const struct path *path,
			const struct diagnose_context *context)
{
	for (size_t i = 0; i < path->n; i++) {
		const struct pool_cert *cert = path->at[i];
		int64_t left = cert->cert.not_after - context->at;
		char name[NAME_TEXT], date[TIME_TEXT];
		struct finding *finding;

		if (left < 0 || left >= SOON_DAYS * DAY_SECONDS)
			continue;
		finding = finding_about(list, FINDING_EXPIRES_SOON, cert);
		finding->text =
			str_format(_("'%s' expires on %s"), cert_words(cert, name),
				   time_date(cert->cert.not_after, date));
		if (context->presented_by_server && i + 1 < path->n)
			finding->remedy_server = str_copy(_("renew it before that date"));
	}
}

void diagnose_path(struct finding_list *list, const struct path *path,
		   const struct pool *pool, const struct diagnose_context *context)
{
	if (path->complete)
		tell_expiry(list, path, context);
	else
		tell_reasons(list, path, context);
	if (!context->presented_by_server)
		return;
	findings_of_presentation(list, path, pool, context->at);
	find_interception(list, path, context);
}
