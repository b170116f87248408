/* One chain in the eyes of several clients. */
#pragma once

#include "plan/complete.h"

/* One verdict for each of options->clients, none of them given yet. */
void clients_begin(struct validation *validation, const struct validate_options *options);
/*
 * Completes for each of them and fills validation->clients, and from the first that
 * says no, else from the first, validation->client and path.
 */
void judge_by_clients(struct validation *validation,
		      const struct validate_options *options,
		      const struct diagnose_context *context);
/* None of them goes on, whatever the chain. */
void clients_refuse(struct validation *validation, const struct finding *why);
/*
 * After that path was diagnosed: adds to the findings what stops the other clients alone,
 * each behind their names.
 */
void tell_clients(struct validation *validation);
