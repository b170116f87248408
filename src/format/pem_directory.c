/*
 * A folder of files, one certificate or many each, in any file format that this program
 * reads. Written as one PEM file a certificate, named after it. A list of what was
 * written, `.rootcellar`, tells our files from those of others: only ours are ever
 * replaced or removed.
 */
#include "base/i18n.h"
#include "format/contents.h"
#include "format/file_names.h"
#include "format/owned.h"
#include "x509/pem.h"

static enum probe probe_folder(const char *path)
{
	return file_kind(path) == FILE_FOLDER ? PROBE_LIKELY : PROBE_NO;
}

/* ---- reading ---- */

struct reading {
	struct entry_sink *sink;
	size_t files;
};

static bool visit(void *ctx, const char *path, struct error *err)
{
	static const struct part_reader reader = { read_any, NULL, NULL };
	struct reading *reading = ctx;

	(void)err;
	if (path_base(path)[0] == '.')
		return true; /* our list, and what editors and version control leave */
	reading->files++;
	read_part(reading->sink, path, &reader);
	return true;
}

static void skip_other(void *ctx, const char *path, const char *why)
{
	struct reading *reading = ctx;

	/* A folder of files is one level deep: what stands below is another store. */
	if (file_kind(path) != FILE_FOLDER)
		skip_part(reading->sink, path, why);
}

static bool read_folder(const char *path, struct entry_sink *sink, struct error *err)
{
	struct reading reading = { sink, 0 };
	struct folder_walk walk = { &reading, visit, skip_other };

	if (!folder_walk(path, &walk, err))
		return false;
	if (!reading.files && !sink->skipped)
		return error_fail(err, STATUS_INPUT, _("the folder has no files (sub-folders are not read)"));
	return true;
}

/* ---- writing ---- */

static bool write_folder(const struct entry_set *set, const char *path, struct error *err)
{
	AUTO(file_names) names = FILE_NAMES_INIT;
	AUTO(owned) owned = OWNED_INIT;

	file_names_make(&names, set);
	for (size_t i = 0; i < names.n; i++) {
		struct owned_file *file = owned_add(&owned, str_copy(names.at[i].name));

		pem_write(&file->bytes, "CERTIFICATE", cert_der(&names.at[i].entry->cert));
	}
	return owned_write(&owned, path, err);
}

const struct format format_pem_directory = {
	.name = "pem-directory",
	.summary = N_("a folder of PEM files, one a certificate"),
	.extension = "pem",
	.carries = CARRIES_CERTIFICATES,
	.folder = true,
	.probe_folder = probe_folder,
	.read_folder = read_folder,
	.write_folder = write_folder,
};
