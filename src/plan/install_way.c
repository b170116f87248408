/* Which of a profile's ways of writing fits this machine. */
#include "plan/install.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "format/nss_modules.h"
#include "store/place.h"

#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <unistd.h>

/* Profiles that one leads to: no honest one has more. */
#define PROFILES_MOST 8

enum fits {
	FITS,
	FITS_NOT,    /* it is not on this machine */
	FITS_REFUSED /* it is, and err says why it cannot be written */
};

/* The newest match of the pattern; NULL: none. */
static char *find_library(const char *pattern)
{
	glob_t found = { 0 };
	char *path = NULL;

	if (glob(pattern, 0, NULL, &found) == 0 && found.gl_pathc)
		path = str_copy(found.gl_pathv[found.gl_pathc - 1]);
	globfree(&found);
	return path;
}

char *install_place(const struct profile_read *place)
{
	const char *base;

	switch (place->kind) {
	case READ_PATH:
		return str_copy(place->text);
	case READ_HOME:
		base = place_home();
		return base ? str_format("%s/%s", base, place->text) : NULL;
	case READ_VARIABLE:
		base = place_env(place->text);
		if (!base)
			return NULL;
		return place->below ? str_format("%s/%s", base, place->below)
				    : place_absolute(base);
	default:
		return NULL;
	}
}

char *install_read_place(const struct profile *profile)
{
	AUTO(profile_paths) paths = PROFILE_PATHS_INIT;
	const struct profile_read *read = profile_read_here(profile);
	char *real, *path = NULL;

	if (read)
		profile_read_paths(read, &paths);
	real = paths.n ? realpath(paths.at[paths.n - 1], NULL) : NULL;
	if (real)
		path = str_copy(real);
	free(real);
	return path;
}

char *install_real_place(const char *path)
{
	AUTO_FREE char *head = str_copy(path);
	char *real, *whole, *slash;

	/* The last part itself is never followed; of the others as many as there are. */
	do {
		slash = strrchr(head, '/');
		if (!slash)
			return str_copy(path);
		*slash = '\0';
		real = realpath(slash == head ? "/" : head, NULL);
	} while (!real && errno == ENOENT);
	whole = real ? str_format("%s%s", strcmp(real, "/") == 0 ? "" : real,
				  path + (slash - head))
		     : str_copy(path);
	free(real);
	return whole;
}

/* The folder in which something has to be made for it to be there. */
static char *folder_to_change(const char *path)
{
	char *at = str_copy(path), *slash;

	do {
		slash = strrchr(at, '/');
		if (!slash || slash == at)
			break;
		*slash = '\0';
	} while (file_kind(at) == FILE_ABSENT);
	return at;
}

static enum fits may_change(const char *path, struct error *err)
{
	AUTO_FREE char *folder = folder_to_change(path);
	AUTO_FREE char *shown = quoted(span_str(folder));

	if (access(folder, W_OK | X_OK) == 0)
		return FITS;
	error_errno(err, STATUS_UNCHANGED, _("cannot write to '%s'"), shown);
	error_remedy(err, _("run this as the owner of that folder"));
	return FITS_REFUSED;
}

/* ---- one way each ---- */

static enum fits fits_in_folder(const char *path, struct error *err)
{
	AUTO_FREE char *folder =
		str_of(span_of(path, (size_t)(strrchr(path, '/') - path)));

	return file_kind(folder[0] ? folder : "/") == FILE_FOLDER ? may_change(path, err)
								  : FITS_NOT;
}

static enum fits fits_place(const struct profile_write *write, struct error *err)
{
	AUTO_FREE char *place = install_place(&write->place);
	AUTO_FREE char *file = NULL;

	if (!place || place[0] != '/')
		return FITS_NOT;
	if (write->way == WRITE_MODULE)
		return may_change(place, err);
	if (write->way != WRITE_FILES)
		return fits_in_folder(place, err);
	file = str_format("%s/x", place);
	return fits_in_folder(file, err);
}

static enum fits fits_read(const struct profile *profile, const char *below,
			   struct error *err)
{
	AUTO_FREE char *place = install_read_place(profile);
	AUTO_FREE char *path = place ? str_format("%s%s", place, below) : NULL;

	if (!path || file_kind(path) != FILE_REGULAR)
		return FITS_NOT;
	return may_change(path, err);
}

static enum fits fits_none(const struct profile_write *write, const char *name,
			   struct error *err)
{
	AUTO(profile_paths) paths = PROFILE_PATHS_INIT;
	AUTO_FREE char *reason = NULL;

	if (write->place.text) {
		profile_read_paths(&write->place, &paths);
		if (!paths.n)
			return FITS_NOT;
	}
	reason = quoted(span_str(write->reason));
	error_fail(err, STATUS_INPUT, _("'%s' is not to be written: %s"), name, reason);
	return FITS_REFUSED;
}

static enum fits find(struct install *install, const char *name, size_t left,
		      struct error *err);

static enum fits fits(struct install *install, const struct profile *profile,
		      const struct profile_write *write, size_t left, struct error *err)
{
	if (write->where && file_kind(write->where) == FILE_ABSENT)
		return FITS_NOT;
	if (write->library) {
		mem_free(install->library);
		install->library = find_library(write->library);
		if (!install->library)
			return FITS_NOT;
	}
	switch (write->way) {
	case WRITE_PROFILE:
		return find(install, write->profile, left - 1, err);
	case WRITE_NONE:
		return fits_none(write, profile->name, err);
	case WRITE_REPLACE:
		return fits_read(profile, "", err);
	case WRITE_DATABASE:
		return fits_read(profile, "/" NSS_MODULES, err);
	default:
		return fits_place(write, err);
	}
}

/* ---- the first that fits ---- */

/* What the outermost profile has to say of it counts. */
static void take_remark(struct install *install, const struct profile_write *write)
{
	if (!write->remark)
		return;
	mem_free(install->remark);
	install->remark = str_copy(write->remark);
}

/* One that cannot be written is told only where no other can be. */
static enum fits find_in(struct install *install, struct profile *profile, size_t left,
			 struct error *err)
{
	AUTO(error) refusal = ERROR_INIT;

	for (size_t i = 0; i < profile->n_writes; i++) {
		const struct profile_write *write = &profile->writes[i];
		AUTO(error) why = ERROR_INIT;
		enum fits answer = fits(install, profile, write, left, &why);

		if (answer == FITS) {
			take_remark(install, write);
			if (write->way != WRITE_PROFILE) {
				install->write = write;
				install->profile = *profile;
				*profile = (struct profile)PROFILE_INIT;
			}
			return FITS;
		}
		if (answer == FITS_REFUSED && !refusal.text)
			error_move(&refusal, &why);
		if (answer == FITS_REFUSED && write->way == WRITE_NONE)
			break;
	}
	if (!refusal.text)
		return FITS_NOT;
	error_move(err, &refusal);
	return FITS_REFUSED;
}

static enum fits find(struct install *install, const char *name, size_t left,
		      struct error *err)
{
	AUTO(profile) profile = PROFILE_INIT;

	if (!left || !profile_load(&profile, name, err)) {
		if (!left)
			error_fail(err, STATUS_INPUT,
				   _("the profile '%s' leads back to itself"), name);
		return FITS_REFUSED;
	}
	if (profile_is_client(&profile)) {
		error_fail(err, STATUS_INPUT,
			   _("'%s' tells how a client verifies, and is no store"), name);
		return FITS_REFUSED;
	}
	if (!profile.n_writes) {
		error_fail(err, STATUS_INPUT,
			   _("the profile '%s' does not say how it is written"), name);
		error_remedy(err, _("its element 'write' would, in %s"), profile.file);
		return FITS_REFUSED;
	}
	return find_in(install, &profile, left, err);
}

bool install_find_way(struct install *install, const char *name, struct error *err)
{
	switch (find(install, name, PROFILES_MOST, err)) {
	case FITS:
		return true;
	case FITS_NOT:
		error_fail(err, STATUS_INPUT,
			   _("there is nothing of '%s' on this machine that could be "
			     "written"),
			   name);
		return error_remedy(err, _("'rootcellar stores' tells what is here"));
	case FITS_REFUSED:
		break;
	}
	return false;
}

bool install_check_program(const char *program, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(program));

	if (access(program, X_OK) != 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot run '%s'"), shown);
	return geteuid() != 0 || profile_path_is_safe(program, 0) ||
	       error_fail(err, STATUS_UNCHANGED,
			  _("'%s' is not run by root: it, or a folder above it, belongs "
			    "to or can be written by somebody else"),
			  shown);
}
