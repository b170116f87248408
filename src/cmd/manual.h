/* The manual page and the completion for bash, made from the structs that the program
 * itself uses. */
#pragma once

#include "base/buf.h"

/* doc/rootcellar.1. */
void manual_page(struct buf *out);
void completion_script(struct buf *out);
