/* What the connection itself showed: why there is no answer, and what would get one. */
#pragma once

#include "plan/validation.h"

/* Adds the finding of a dial that did not end well, before any certificate is judged. */
void tell_connection(struct validation *validation);
/* --offline: nothing was dialled. */
void tell_offline(struct validation *validation);
