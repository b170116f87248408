/* Files of every format of the table, for tests that walk it. */
#pragma once

#include "certdata_text.h"

#include <dlfcn.h>

#define WRITTEN_AT INT64_C(1768472430)

/* Whether the library of a database is here, which makes its files. */
static inline bool has_library(const struct format *format)
{
	void *library = format->write_database
				? dlopen("libsoftokn3.so", RTLD_NOW | RTLD_NODELETE)
				: NULL;

	if (library)
		dlclose(library);
	return library || !format->write_database;
}

/* Writes a format that is a folder, with the empty password where it has one. */
static inline bool write_to_folder(const struct format *format,
				   const struct entry_set *set, const char *folder,
				   struct error *err)
{
	struct written written;

	return format->write_database
		       ? format->write_database(set, folder, NULL, &written, err)
		       : format->write_folder(set, folder, err);
}

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
