/* What the real clients of --prove said, beside what was predicted for them. */
#pragma once

#include "report/facts.h"

/* A line for each, and its words; nothing where none was asked. */
void add_proofs(struct report *report, const struct validation *validation);
json_t *json_of_proofs(const struct validation *validation);
