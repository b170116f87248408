/* Aliases: the names by which Java's stores know their entries. */
#pragma once

#include "format/format.h"

enum alias_case {
	ALIAS_LOWER, /* Java finds an entry of a JKS only by an alias in lower case */
	ALIAS_KEPT   /* it compares them in lower case, whatever is written */
};
struct aliases {
	char **at; /* UTF-8 */
	size_t n;
};
#define ALIASES_INIT    \
	{               \
		NULL, 0 \
	}

/*
 * One for each entry of the set, in order: its label, else its common name or what a
 * person calls it; short, without what a terminal must not see, and no two the same but
 * for case. The same set gives the same aliases.
 */
void aliases_make(struct aliases *aliases, const struct entry_set *set,
		  enum alias_case how);
void aliases_clear(struct aliases *aliases);
/* Whether an alias says no more than the certificate: one that was made of its name. */
bool alias_is_name(struct span alias, const struct cert *cert);
