/* Files of every format of the table, for tests that walk it. */
#pragma once

#include "certdata_text.h"

#define WRITTEN_AT INT64_C(1768472430)

/* The bytes of a file that is read only are made here; false where nobody can. */
static inline bool make_file(const struct format *format, const struct entry_set *set,
			     struct buf *out)
{
	AUTO(error) err = ERROR_INIT;

	if (format == &format_certdata) {
		for (size_t i = 0; i < set->n; i++)
			add_certdata(out, &set->at[i]);
		return true;
	}
	if (!format_is_writable(format) || format->folder)
		return false;
	if (!format_write(format, set, WRITTEN_AT, out, &err))
		fail_msg("%s: %s", format->name, err.text);
	return true;
}
