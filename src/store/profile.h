/*
 * Profiles: XML files that describe a known store (stores/store.rng is their schema).
 * They are looked for in /etc/rootcellar/stores, $XDG_CONFIG_HOME/rootcellar/stores, then
 * among the shipped ones.
 */
#pragma once

#include "store/store.h"

struct profile_read {
	char *path;
	const struct format *format; /* NULL: from the content */
	enum trust
		trust; /* of entries of which the file says nothing; UNSAID: stays so */
};
struct profile {
	char *name, *title, *file;  /* file: where the profile stands */
	struct profile_read *reads; /* alternatives: the first that exists counts */
	size_t n_reads, cap_reads;
	char **includes; /* names of other profiles */
	size_t n_includes, cap_includes;
};
#define PROFILE_INIT         \
	{                    \
		.name = NULL \
	}
void profile_clear(struct profile *profile);

/*
 * Finds and reads the profile. STATUS_INPUT with FILE:LINE. As root only from folders
 * that are root's and that nobody else can write.
 */
MUST_CHECK bool profile_load(struct profile *profile, const char *name,
			     struct error *err);
