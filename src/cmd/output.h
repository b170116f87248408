/* Where a report goes: -o FILE instead of standard output, whole or not at all. */
#pragma once

#include "plan/export.h"

struct output {
	const char *path; /* borrowed; NULL: standard output is left as it is */
	int standard;     /* what standard output was */
	int memory;       /* where it leads meanwhile */
};
#define OUTPUT_INIT          \
	{                    \
		NULL, -1, -1 \
	}

/*
 * From here on standard output is gathered for path (NULL or "-": nothing is done). A path
 * that is a folder, or in a folder that is not there (STATUS_INPUT) or not to be written to
 * (STATUS_UNCHANGED), is refused now; so is, unless shrink allows it, a file that holds a
 * store, a private key or no text: no report was there.
 */
MUST_CHECK bool output_begin(struct output *output, const char *path, enum shrink shrink,
			     struct error *err);
/* Writes what was gathered to path. STATUS_UNCHANGED. */
MUST_CHECK bool output_end(struct output *output, struct error *err);
void output_clear(struct output *output);
