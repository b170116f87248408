/* Known stores that hold what the cellar holds: planned, shown, asked, done, told. */
#pragma once

#include "cmd/command.h"
#include "plan/install.h"

/*
 * Does task for the stores of the names (NULL-ended; for a refresh none: all that are
 * enabled). The report is written here. One that cannot be done is told and does not keep
 * the others.
 */
enum status enabling_run(struct context *context, enum install_task task,
			 const char *const *names, struct error *err);
