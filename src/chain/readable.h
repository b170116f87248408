/* What a client can read of a certificate's extensions. Internal to chain/. */
#pragma once

#include "chain/client.h"
#include "chain/facts.h"

/* Whose extensions are read; bits. */
enum form_role {
	FORM_LEAF = 1,
	FORM_INTERMEDIATE = 2,
	FORM_ANCHOR = 4,
	FORM_ALONE = 8 /* a leaf that is the whole path */
};

/* Bits 1 << enum ext: what the client reads there, and refuses where it cannot. */
uint32_t read_in(const struct client_rules *client, enum form_role role);
/* Of those bits the ones of extensions that are there and that the client cannot read. */
uint32_t unreadable(const struct client_rules *client, const struct pool_cert *cert,
		    uint32_t extensions);
/* A negative path length is none to the client, and the rest of it counts. */
bool takes_negative_length(const struct client_rules *client);
