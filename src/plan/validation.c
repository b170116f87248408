/* The life of a validation. */
#include "plan/validation.h"

#include <assert.h>

const char *verdict_name(enum verdict verdict)
{
	static const char *const names[] = {
		[VERDICT_COMPLETE] = "complete",
		[VERDICT_INCOMPLETE] = "incomplete",
		[VERDICT_NO_ANSWER] = "no-answer",
	};

	assert(verdict < COUNT(names));
	return names[verdict];
}

static void presented_clear(struct net_presented *presented)
{
	mem_free(presented->text);
	mem_free(presented->address);
	mem_free(presented->tls_version);
	mem_free(presented->cipher);
	mem_free(presented->group);
	mem_free(presented->alert);
	mem_free(presented->certs);
}

void validation_clear(struct validation *validation)
{
	path_clear(&validation->path);
	pool_free(validation->pool);
	finding_list_clear(&validation->findings);
	for (size_t i = 0; i < validation->n_fetches; i++) {
		mem_free(validation->fetches[i].url);
		mem_free(validation->fetches[i].text);
	}
	mem_free(validation->fetches);
	for (size_t i = 0; i < validation->n_clients; i++)
		finding_list_clear(&validation->clients[i].findings);
	mem_free(validation->clients);
	for (size_t i = 0; i < validation->n_proofs; i++)
		mem_free(validation->proofs[i].words);
	mem_free(validation->proofs);
	mem_free(validation->to_add);
	presented_clear(&validation->presented);
	entry_set_clear(&validation->gathered);
	mem_free(validation->target);
	mem_free(validation->store);
	mem_free(validation->ask);
	mem_free(validation->name_text);
	*validation = (struct validation)VALIDATION_INIT;
}
