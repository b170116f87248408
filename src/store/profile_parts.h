/* What finding a profile and reading one share. */
#pragma once

#include "store/profile.h"

/*
 * Reads profile->file, a profile of the name profile->name, and holds it to the schema in
 * that file. STATUS_INPUT with FILE:LINE.
 */
MUST_CHECK bool profile_read_file(struct profile *profile, const char *schema,
				  struct error *err);
