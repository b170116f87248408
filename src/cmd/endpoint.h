/* References such as tls://api.partner.com: the chain that an endpoint presents, as a
 * store to read. */
#pragma once

#include "cmd/command.h"

/* Lets store_open open endpoints, as the common options say (proxy, offline). context is
 * borrowed. */
void endpoint_openable(const struct context *context);
