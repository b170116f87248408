/*
 * NSS's databases: a folder with cert9.db, an SQLite file that NSS's own module reads
 * (softokn, with the folder in its parameters: "NSS Module Specs" of its documentation).
 * It holds certificates and, for each, what it is trusted for. Keys are not looked at,
 * and a database that its owner has put a password on is read without it; but what it
 * says of trust is sealed with that password, and cannot be written without it.
 */
#include "format/format.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/pkcs11.h"

#include <errno.h>
#include <sys/stat.h>

#define MODULE   "libsoftokn3.so"
#define DATABASE "cert9.db"
/* The head of every file of SQLite's. */
#define SQLITE "SQLite format 3"

static enum probe probe_folder(const char *path)
{
	AUTO_FREE char *database = str_format("%s/%s", path, DATABASE);
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (file_kind(database) != FILE_REGULAR || !file_read(&file, database, &unread))
		return PROBE_NO;
	return span_starts(file.bytes, SPAN(SQLITE)) ? PROBE_SURE : PROBE_NO;
}

/* A value in single quotes, as NSS takes its parameters apart. */
static void add_quoted(struct buf *out, const char *text)
{
	buf_add_byte(out, '\'');
	for (; *text; text++) {
		if (*text == '\'' || *text == '\\')
			buf_add_byte(out, '\\');
		buf_add_byte(out, (uint8_t)*text);
	}
	buf_add_byte(out, '\'');
}

static char *parameters_of(const char *path, const char *flags)
{
	AUTO_FREE char *folder = str_format("sql:%s", path);
	AUTO(buf) parameters = BUF_INIT;

	buf_add_str(&parameters, "configdir=");
	add_quoted(&parameters, folder);
	buf_addf(&parameters, " certPrefix='' keyPrefix='' secmod='' flags=%s", flags);
	return str_copy(buf_text(&parameters));
}

static bool read_folder(const char *path, struct entry_sink *sink, struct error *err)
{
	AUTO_FREE char *parameters = parameters_of(path, "readOnly,noModDB");

	/* NSS would make one where there is none. */
	if (probe_folder(path) != PROBE_SURE)
		return error_fail(err, STATUS_INPUT, _("it has no %s of NSS's"),
				  DATABASE);
	return pkcs11_read_library(MODULE, parameters, sink, err);
}

/* Where there is none yet, NSS makes one. */
static bool write_database(const struct entry_set *set, const char *path,
			   const struct passwords *passwords, struct written *written,
			   struct error *err)
{
	AUTO_FREE char *parameters = parameters_of(path, "noModDB");

	if (mkdir(path, 0700) != 0 && errno != EEXIST)
		return error_errno(err, STATUS_UNCHANGED, _("cannot make the folder"));
	return pkcs11_write_library(MODULE, parameters, set, passwords, written, err);
}

const struct format format_nss = {
	.name = "nss",
	.summary = N_("NSS's database of certificates (cert9.db), a folder"),
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES | CARRIES_LABEL,
	.folder = true,
	.probe_folder = probe_folder,
	.read_folder = read_folder,
	.write_database = write_database,
};
