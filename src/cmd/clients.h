/* The clients of --client. */
#pragma once

#include "chain/client.h"

struct client_list {
	struct client_rules *at;
	size_t n;
};
#define CLIENT_LIST_INIT   \
	{                  \
		.at = NULL \
	}

/*
 * Loads the clients that words name, NULL-ended (NULL: none): each word one name, or
 * several with commas between. STATUS_INPUT.
 */
MUST_CHECK bool client_list_load(struct client_list *list, const char *const *words,
				 struct error *err);
void client_list_clear(struct client_list *list);
