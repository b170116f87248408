/* Stricter readings of form, for the clients and profiles that hold to them. Internal to chain/. */
#pragma once

#include "chain/form.h"

/* As form_fault: of what RFC 5280 asks of conforming authorities, of OpenSSL's strict mode, and of
 * the CA/Browser Forum's baseline requirements, those that the client asks for. */
const char *strict_fault(const struct client_rules *client, const struct pool_cert *cert,
			 enum form_role role, const char **what);
