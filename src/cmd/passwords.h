/* Passwords of stores as the command line says them, never in it. */
#pragma once

#include "cmd/command.h"

enum password_source {
	PASSWORD_FILE,
	PASSWORD_FD,
	PASSWORD_ENV,
};

/* A password is to come from there; where (of malloc) is taken over. */
void passwords_say(enum password_source source, char *where);
/*
 * Reads what was said, and lets stores be opened and sealed with it. A person at a
 * terminal is asked where nothing was said. STATUS_INPUT. context must outlive all
 * stores.
 */
MUST_CHECK bool passwords_read(struct context *context, struct error *err);
/* Those that were said are of the security officers of tokens. */
void passwords_of_officer(void);
/* Wipes them. */
void passwords_forget(void);
