/* Names of the files of a folder that has one file a certificate. */
#pragma once

#include "trust/set.h"

struct file_name {
	char *name;
	const struct entry *entry;
};
struct file_names {
	struct file_name *at; /* sorted by name, one for each certificate of the set */
	size_t n;
};
#define FILE_NAMES_INIT \
	{               \
		NULL, 0 \
	}

/* The same names for the same set, whatever its order; entries are borrowed. */
void file_names_make(struct file_names *names, const struct entry_set *set);
void file_names_clear(struct file_names *names);
