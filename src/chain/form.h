/* Rules about the form of one certificate that RFC 5280 makes and that decide. Internal
 * to chain/. */
#pragma once

#include "chain/readable.h"

/*
 * The first rule of the client that cert breaks in that role: its citation, and in *what
 * what it is about; NULL: none. Of its extensions it must be able to read those of bits
 * (read_in).
 */
const char *form_fault(const struct client_rules *client, const struct pool_cert *cert,
		       enum form_role role, uint32_t extensions, const char **what);
/* The same of what the client must be able to read alone. */
const char *form_unreadable(const struct client_rules *client,
			    const struct pool_cert *cert, uint32_t extensions,
			    const char **what);
