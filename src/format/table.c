/* The formats there are, and which of them a file or folder is. */
#include "format/format.h"

/*
 * The head of a file that a format judges by: the armour of a PEM bundle may stand after
 * a long text.
 */
#define HEAD_MOST 65536

const struct format *const formats[] = {
	&format_pem,
	&format_der,
	&format_pkcs7,
	&format_pem_directory,
	&format_p11_kit,
	&format_p11_kit_directory,
	&format_openssl_trusted,
	&format_openssl_directory,
	&format_certdata,
	&format_nss,
	&format_edk2,
	&format_jks,
	&format_jceks,
	&format_pkcs12,
	&format_bcfks,
	&format_servicenow,
	&format_servicenow_updateset,
	NULL,
};

const struct format *format_find(const char *name)
{
	for (size_t i = 0; formats[i]; i++) {
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	}
	return NULL;
}

const struct format *format_guess(struct span file)
{
	struct span head = { file.at, file.n < HEAD_MOST ? file.n : HEAD_MOST };
	const struct format *best = NULL;
	enum probe most = PROBE_NO;

	for (size_t i = 0; formats[i]; i++) {
		enum probe probe = formats[i]->probe
					   ? formats[i]->probe(head, head.n == file.n)
					   : PROBE_NO;

		if (probe > most) {
			most = probe;
			best = formats[i];
		}
	}
	return best;
}

const struct format *format_guess_folder(const char *path)
{
	const struct format *best = NULL;
	enum probe most = PROBE_NO;

	for (size_t i = 0; formats[i]; i++) {
		enum probe probe = formats[i]->probe_folder
					   ? formats[i]->probe_folder(path)
					   : PROBE_NO;

		if (probe > most) {
			most = probe;
			best = formats[i];
		}
	}
	return best;
}

bool format_is_writable(const struct format *format)
{
	return format->write || format->write_at || format->write_folder ||
	       format->write_database;
}

bool format_write(const struct format *format, const struct entry_set *set, int64_t now,
		  struct buf *out, struct error *err)
{
	return format->write_at ? format->write_at(set, now, out, err)
				: format->write(set, out, err);
}
