/* The real clients of --prove. */
#pragma once

#include "plan/prove.h"

struct prover_list {
	const struct prover *at[PROVERS_MOST];
	size_t n;
	const char
		*clients[PROVERS_MOST + 1]; /* that predict them, each once; NULL-ended */
};

/* words: NULL-ended (NULL: none), each one name or several with commas between.
 * STATUS_INPUT. */
MUST_CHECK bool prover_list_read(struct prover_list *list, const char *const *words,
				 struct error *err);
