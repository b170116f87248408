/* The command line as the log keeps it: quoted for the shell, secrets blotted out. */
#pragma once

#include "base/memory.h"

#define COMMAND_LINE_MOST 4096

/* "rootcellar import 'my ca.pem' --yes"; at most COMMAND_LINE_MOST bytes, then " ...".
 * mem_free. */
char *command_line_text(int argc, const char *const *argv);
