/* The revocation lists of --crl: the files stay open as long as they are asked. */
#pragma once

#include "chain/crls.h"
#include "cmd/command.h"

struct lists {
	struct crl_set *crls; /* NULL where no file was named */
	struct file *files;
	size_t n_files;
};
#define LISTS_INIT           \
	{                    \
		.crls = NULL \
	}

/*
 * Reads the files (NULL-ended; NULL: none). What is no list is a note, and says nothing
 * of any certificate; STATUS_INPUT only where a file cannot be read at all.
 */
MUST_CHECK bool lists_read(struct lists *lists, const char *const *paths,
			   const struct context *context, struct error *err);
void lists_clear(struct lists *lists);
