/* A validation in the eyes of the clients of --client. */
#pragma once

#include "report/facts.h"

/*
 * A column for each client, its verdict and the reasons of a no; where the columns would
 * be too narrow, a paragraph for each. Nothing where no client was named.
 */
void add_client_verdicts(struct report *report, const struct validation *validation);
/* "complete", or the codes of what stops it. */
void add_client_words(struct buf *out, const struct client_verdict *verdict);
json_t *json_of_client_verdicts(const struct validation *validation);
