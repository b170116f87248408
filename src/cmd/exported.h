/* What an export left out and cannot hold, told on standard error. */
#pragma once

#include "cmd/command.h"
#include "plan/export.h"

void tell_left_out(const struct context *context, const struct export_plan *plan);
/* Whether or not -q was given: it changes what is trusted. officer: a token is written as
 * its security officer. */
void tell_losses(const struct export_plan *plan, bool officer);
