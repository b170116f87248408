/* Where things are by default, and whose environment may say so. */
#pragma once

#include "base/error.h"

/*
 * Under sudo the user's environment does not choose stores (DESIGN section 12): NULL
 * there, and where the variable is unset or empty.
 */
const char *place_env(const char *name);
/* HOME of the user whose rights we have, NULL where it is not known; borrowed. */
const char *place_home(void);
/* "$XDG_..._HOME/below", else "$HOME/fallback/below"; NULL where neither is known.
 * mem_free. */
char *place_xdg(const char *variable, const char *fallback, const char *below);
/* path from the root on, "./" at its start taken away; no link is followed. mem_free. */
char *place_absolute(const char *path);
