/* One chain in the eyes of several clients. */
#pragma once

#include "plan/complete.h"

/*
 * Completes for each of options->clients and fills validation->clients, and from the first that
 * says no, else from the first, validation->client and path.
 */
void judge_by_clients(struct validation *validation, const struct validate_options *options,
		      const struct diagnose_context *context);
/*
 * After that path was diagnosed: adds to the findings what stops the other clients alone, each
 * behind their names.
 */
void tell_clients(struct validation *validation);
