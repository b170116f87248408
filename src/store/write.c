/* Writing a set to a reference: a file, a folder or standard output, whole or not at all.
 */
#include "store/store.h"

#include "store/folder.h"
#include "store/profile.h"
#include "store/ref.h"
#include "format/pkcs11.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <errno.h>
#include <unistd.h>

#define MODE_STORE 0644

struct sealing store_sealing = { .password = NULL, .at = TIME_NONE };

/* Where its owner takes something in from us, there is a command for it. */
static bool remedy_of_profile(const char *name, struct error *err)
{
	AUTO(profile) profile = PROFILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (!profile_load(&profile, name, &unread) || !profile.n_writes)
		return error_remedy(err, _("for a file of that name: ./%s"), name);
	return error_remedy(err,
			    _("'rootcellar stores --enable %s' installs the cellar there; "
			      "for a file of that name: ./%s"),
			    name, name);
}

static bool fail_not_writable(const char *ref, enum ref_kind kind, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	switch (kind) {
	case REF_GENERATION:
		return error_fail(err, STATUS_INPUT,
				  _("'%s' is a former generation, which nothing changes"),
				  shown);
	case REF_PROFILE:
		error_fail(err, STATUS_INPUT,
			   _("'%s' is the name of a profile, and export writes files, "
			     "folders and tokens"),
			   shown);
		return remedy_of_profile(ref, err);
	case REF_ENDPOINT:
		return error_fail(err, STATUS_INPUT,
				  _("'%s' is an endpoint, which can only be read"),
				  shown);
	case REF_TOKEN:
	case REF_PATH:
		break;
	}
	return false;
}

static bool write_stdout(struct span bytes, struct error *err)
{
	while (bytes.n) {
		ssize_t n = write(STDOUT_FILENO, bytes.at, bytes.n);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, STATUS_UNCHANGED,
					   _("cannot write to standard output"));
		bytes = span_from(bytes, (size_t)n);
	}
	return true;
}

bool store_bytes(const struct format *format, const struct entry_set *set,
		 struct buf *bytes, struct error *err)
{
	if (format->write_sealed)
		return format->write_sealed(set, &store_sealing, bytes, err);
	if (format->write || format->write_at)
		return format_write(format, set, clock_now(), bytes, err);
	return error_fail(err, STATUS_UNCHANGED, _("'%s' can only be read"), format->name);
}

static bool write_file(const char *path, const struct format *format,
		       const struct entry_set *set, enum write_mode mode,
		       struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(buf) bytes = BUF_INIT;
	bool to_stdout = strcmp(path, "-") == 0;

	if (!to_stdout && file_kind(path) == FILE_FOLDER)
		return error_fail(err, STATUS_UNCHANGED,
				  _("'%s' is a folder, and '%s' is one file"), shown,
				  format->name);
	if (!store_bytes(format, set, &bytes, err)) {
		err->status = STATUS_UNCHANGED;
		return error_in(err, "%s", shown);
	}
	if (to_stdout)
		return write_stdout(buf_span(&bytes), err);
	if (mode == WRITE_IN_PLACE)
		return file_overwrite(path, buf_span(&bytes), err);
	return file_replace(path, buf_span(&bytes), MODE_STORE, err);
}

static bool write_folder(const char *path, const struct format *format,
			 const struct entry_set *set, struct written *written,
			 struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO_FREE char *state = cellar_state_path(path, 0);
	enum file_kind kind = file_kind(path);

	if (strcmp(path, "-") == 0)
		return error_fail(err, STATUS_INPUT,
				  _("'%s' is a folder, and standard output is none"),
				  format->name);
	if (kind != FILE_ABSENT && kind != FILE_FOLDER)
		return error_fail(err, STATUS_UNCHANGED,
				  _("'%s' is a file, and '%s' is a folder"), shown,
				  format->name);
	if (file_kind(state) != FILE_ABSENT)
		return error_fail(err, STATUS_UNCHANGED,
				  _("'%s' is a cellar: 'rootcellar import' changes it"),
				  shown);
	if (!format->write_database)
		return format->write_folder(set, path, err);
	return format->write_database(set, path, store_passwords, written, err) ||
	       error_in(err, "%s", shown);
}

bool store_write_counted(const char *ref, const struct format *format,
			 const struct entry_set *set, enum write_mode mode,
			 struct written *written, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));
	struct ref parsed;

	*written = (struct written){ 0 };
	if (!ref_parse(ref, &parsed, err))
		return false;
	if (parsed.kind == REF_TOKEN)
		return pkcs11_write(ref, set, store_passwords, written, err) ||
		       error_in(err, "%s", shown);
	if (parsed.kind != REF_PATH)
		return fail_not_writable(ref, parsed.kind, err);
	if (parsed.format && format && parsed.format != format)
		return error_fail(err, STATUS_INPUT,
				  _("'%s' says another format than '%s'"), shown,
				  format->name);
	if (!format)
		format = parsed.format ? parsed.format : &format_pem;
	if (!format_is_writable(format))
		return error_fail(err, STATUS_INPUT, _("%s can only be read"), format->name);
	if (format->folder)
		return write_folder(parsed.path, format, set, written, err);
	return write_file(parsed.path, format, set, mode, err);
}

bool store_write(const char *ref, const struct format *format,
		 const struct entry_set *set, enum write_mode mode, struct error *err)
{
	struct written written;

	return store_write_counted(ref, format, set, mode, &written, err);
}
