/* What each way of writing makes: which paths, and what stands there. */
#include "plan/install.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/file_names.h"
#include "format/nss_modules.h"
#include "format/pkcs11.h"
#include "store/folder.h"
#include "x509/pem.h"

#include <ctype.h>
#include <stdlib.h>
#include <sys/stat.h>

struct install_step *install_want(struct install *install, char *path,
				  enum exact_kind kind)
{
	GROW(install->at, install->n, install->cap);
	install->at[install->n] =
		(struct install_step){ .path = path, .kind = kind, .wanted = true };
	return &install->at[install->n++];
}

/* ---- exports ---- */

static bool make_export(struct install *install, const struct format *format,
			const struct install_source *source, struct error *err)
{
	const struct export_options options = { .format = format,
						.only = EXPORT_BOTH,
						.lossy = LOSSY_GRACE,
						.at = source->at };

	install->format = format;
	install->sealed = format->write_sealed && store_sealing.password;
	return export_make(&install->export, source->set, &options, err);
}

/* What the certificates are, whatever a sealed file's salts make of them. */
static struct sha256 hash_of_set(const struct entry_set *set)
{
	AUTO(buf) all = BUF_INIT;

	for (size_t i = 0; i < set->n; i++) {
		struct sha256 hash = cert_sha256(&set->at[i].cert);

		buf_add(&all, span_of(hash.at, sizeof(hash.at)));
		buf_add_str(&all, set->at[i].label ? set->at[i].label : "");
		buf_add_byte(&all, '\0');
	}
	return sha256_of(buf_span(&all));
}

static const struct format *format_at(const char *path)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (file_kind(path) != FILE_REGULAR || !file_read(&file, path, &unread))
		return NULL;
	return format_guess(file.bytes);
}

/*
 * It is opened, so that a keystore of another password, or a file that is no store, stays
 * what it is; and counted.
 */
static bool look_at_old(struct install *install, const char *path, struct error *err)
{
	static const struct store_options look = { .purpose = STORE_TO_CHANGE };
	AUTO(store) there = STORE_INIT;
	struct stat st;

	/* What is no file stops the step itself. */
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode) ||
	    destination_has_nothing(path))
		return true;
	if (!destination_keyless(path, err))
		return error_remedy(err,
				    _("a store of trusted certificates has no keys"));
	if (!store_open(&there, path, &look, err)) {
		err->status = STATUS_UNCHANGED;
		return false;
	}
	export_count_lost(&install->export, &there.set);
	return true;
}

static bool want_export(struct install *install, const char *path,
			const struct install_source *source, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	const struct format *format = install->write->place.format;
	struct install_step *step;

	if (!format)
		format = format_at(path);
	if (!format)
		format = &format_pem;
	if (!format_is_writable(format) || format->folder)
		return error_fail(err, STATUS_UNCHANGED, _("'%s': %s can only be read"),
				  shown, format->name);
	if (!make_export(install, format, source, err) ||
	    !look_at_old(install, path, err))
		return false;
	install->holds = hash_of_set(&install->export.set);
	step = install_want(install, str_copy(path), EXACT_FILE);
	step->keeps = true;
	return store_bytes(format, &install->export.set, &step->bytes, err) ||
	       error_in(err, "%s", shown);
}

/* "rootcellar-Alpha_Root.0a1b2c3d.crt" */
static char *file_path(const struct install *install, const char *folder,
		       const char *name)
{
	size_t n = strlen(name) - (sizeof(".pem") - 1);

	return str_format("%s/%s%.*s%s", folder, install->write->prefix, (int)n, name,
			  install->write->suffix);
}

static bool want_files(struct install *install, const char *folder,
		       const struct install_source *source, struct error *err)
{
	AUTO(file_names) names = FILE_NAMES_INIT;

	if (!make_export(install, &format_pem_directory, source, err))
		return false;
	file_names_make(&names, &install->export.set);
	for (size_t i = 0; i < names.n; i++) {
		struct install_step *step = install_want(
			install, file_path(install, folder, names.at[i].name),
			EXACT_FILE);

		pem_write(&step->bytes, "CERTIFICATE",
			  cert_der(&names.at[i].entry->cert));
	}
	return true;
}

/* ---- live ---- */

static void count_cellar(struct install *install, const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		install->export.anchors += set->at[i].trust == TRUST_ANCHOR;
		install->export.intermediates += set->at[i].trust == TRUST_INTERMEDIATE;
		install->export.distrusted += set->at[i].trust == TRUST_DISTRUSTED;
	}
}

/* p11-kit parts places at ':', and both it and NSS end a value at a quote. */
static bool can_be_configured(const char *cellar, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(cellar));

	for (const char *at = cellar; *at; at++) {
		if (strchr(":'\"\\ ", *at) || iscntrl((unsigned char)*at)) {
			error_fail(err, STATUS_INPUT,
				   _("the path '%s' has a character that p11-kit's "
				     "configuration cannot hold"),
				   shown);
			return error_remedy(err,
					    _("move the cellar to a folder whose path "
					      "has no space, quote, colon or backslash"));
		}
	}
	return true;
}

static bool want_link(struct install *install, const char *path)
{
	struct install_step *step = install_want(install, str_copy(path), EXACT_LINK);

	buf_addf(&step->bytes, "%s/trust/" CELLAR_STATE, install->cellar);
	return true;
}

/* Folders that lack go again with the last of us; those of before were made by us. */
static void want_folders(struct install *install, const char *path)
{
	AUTO_FREE char *at = str_copy(path);

	for (char *slash = strchr(at + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (file_kind(at) == FILE_ABSENT)
			install_want(install, str_copy(at), EXACT_FOLDER);
		*slash = '/';
	}
}

static bool want_module(struct install *install, const char *path, struct error *err)
{
	AUTO(buf) places = BUF_INIT;
	struct install_step *step;

	if (!can_be_configured(install->cellar, err) ||
	    !pkcs11_trust_places(install->library, &places, err))
		return false;
	want_folders(install, path);
	step = install_want(install, str_copy(path), EXACT_FILE);
	buf_addf(&step->bytes,
		 "# Written by 'rootcellar stores --enable', and taken away by "
		 "--disable.\n"
		 "x-init-reserved: paths='%s:%s/trust'\n",
		 buf_text(&places), install->cellar);
	return true;
}

static bool want_database(struct install *install, struct error *err)
{
	AUTO_FREE char *folder = install_read_place(&install->profile);
	AUTO_FREE char *trust = str_format("%s/trust", install->cellar);
	struct install_step *step;

	if (!can_be_configured(install->cellar, err))
		return false;
	step = install_want(install, str_format("%s/" NSS_MODULES, folder), EXACT_FILE);
	step->part = true;
	nss_module_lines(&step->bytes, INSTALL_MODULE, install->library, trust);
	return true;
}

/* ---- by way ---- */

static bool want_at_place(struct install *install, const struct install_source *source,
			  struct error *err)
{
	const struct profile_write *write = install->write;
	AUTO_FREE char *place = install_place(&write->place);
	AUTO_FREE char *path = install_real_place(place);
	char *real;
	bool good;

	switch (write->way) {
	case WRITE_FILES:
		real = realpath(place, NULL);
		good = real ? want_files(install, real, source, err)
			    : error_errno(err, STATUS_UNCHANGED, _("cannot open '%s'"),
					  path);
		free(real);
		return good;
	case WRITE_LINK:
		return want_link(install, path);
	case WRITE_MODULE:
		return want_module(install, path, err);
	default:
		/* A variable may name a link, and its client follows it. */
		real = write->place.kind == READ_VARIABLE ? realpath(place, NULL) : NULL;
		good = want_export(install, real ? real : path, source, err);
		free(real);
		return good;
	}
}

bool install_want_all(struct install *install, const struct install_source *source,
		      struct error *err)
{
	AUTO_FREE char *there = NULL;

	if (write_way_is_live(install->write->way)) {
		if (!source->set->n && install->task == INSTALL_ENABLE)
			return error_fail(err, STATUS_INPUT,
					  _("the cellar is empty, and nothing would be "
					    "live"));
		count_cellar(install, source->set);
	}
	switch (install->write->way) {
	case WRITE_REPLACE:
		there = install_read_place(&install->profile);
		return want_export(install, there, source, err);
	case WRITE_DATABASE:
		return want_database(install, err);
	default:
		return want_at_place(install, source, err);
	}
}
