/* Rules about the form of one certificate that RFC 5280 makes and that decide. Internal
 * to chain/. */
#pragma once

#include "chain/client.h"
#include "chain/facts.h"

enum form_role {
	FORM_LEAF = 1,
	FORM_INTERMEDIATE = 2,
	FORM_ANCHOR = 4,
	FORM_ALONE = 8 /* a leaf that is the whole path */
};

/* The first rule of the client that cert breaks in that role: its citation, and in *what what it
 * is about; NULL: none. */
const char *form_fault(const struct client_rules *client, const struct pool_cert *cert,
		       enum form_role role, const char **what);
