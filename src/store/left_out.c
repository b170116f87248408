/* What a store keeps beside its entries: texts of what was left out, and of what is odd.
 */
#include "store/left_out.h"

/* Texts of parts left out that are kept; the count goes on. */
#define SKIPS_MOST 1000

void store_clear(struct store *store)
{
	for (size_t i = 0; i < store->n_skips; i++)
		mem_free(store->skips[i].text);
	mem_free(store->skips);
	for (size_t i = 0; i < store->n_remarks; i++)
		mem_free(store->remarks[i].text);
	mem_free(store->remarks);
	mem_free(store->ref);
	mem_free(store->path);
	entry_set_clear(&store->set);
	*store = (struct store)STORE_INIT;
}

void store_add_skip(struct store *store, char *text)
{
	store->skipped++;
	if (store->n_skips == SKIPS_MOST) {
		mem_free(text);
		return;
	}
	GROW(store->skips, store->n_skips, store->cap_skips);
	store->skips[store->n_skips++].text = text;
}

void store_add_remark(struct store *store, char *text)
{
	store->remarked++;
	if (store->n_remarks == SKIPS_MOST) {
		mem_free(text);
		return;
	}
	GROW(store->remarks, store->n_remarks, store->cap_remarks);
	store->remarks[store->n_remarks++].text = text;
}

void store_take_part(struct store *store, struct store *part)
{
	set_take(&store->set, &part->set);
	for (size_t i = 0; i < part->n_skips; i++) {
		store_add_skip(store, part->skips[i].text);
		part->skips[i].text = NULL;
	}
	store->skipped += part->skipped - part->n_skips;
	for (size_t i = 0; i < part->n_remarks; i++) {
		store_add_remark(store, part->remarks[i].text);
		part->remarks[i].text = NULL;
	}
	store->remarked += part->remarked - part->n_remarks;
}
