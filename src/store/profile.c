/* Profiles: where they are, and which of them may be used. */
#include "store/profile_parts.h"

#include "store/place.h"
#include "store/ref.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>


#define SCHEMA     "store.rng"
#define ETC_STORES "/etc/rootcellar/stores"

bool profile_is_client(const struct profile *profile)
{
	return profile->has_client && !profile->reads.n && !profile->also.n &&
	       !profile->n_includes;
}

/* ---- where profiles are ---- */

#define PLACES 4
struct places {
	char *at[PLACES];
	size_t n, shipped; /* from this one on they came with the program */
	uid_t owner; /* whose the program is: what lies beside it is as good as it */
	bool in_build_tree; /* not installed: the shipped ones are those of the sources */
};

static void places_clear(struct places *places)
{
	for (size_t i = 0; i < places->n; i++)
		mem_free(places->at[i]);
}

static void add_place(struct places *places, char *place)
{
	if (place)
		places->at[places->n++] = place;
}

#ifndef ROOTCELLAR_BUILDDIR
#define ROOTCELLAR_BUILDDIR  ""
#define ROOTCELLAR_SOURCEDIR ""
#endif

static bool is_below(const char *path, const char *folder)
{
	size_t n = strlen(folder);

	return n && strncmp(path, folder, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* Run from where it was built, or moved as a whole, the program finds its own profiles.
 */
static void add_own_tree(struct places *places)
{
	char exe[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	struct stat st;
	const char *folder;

	if (n <= 0)
		return;
	exe[n] = '\0';
	if (stat(exe, &st) == 0)
		places->owner = st.st_uid;
	folder = dirname(exe);
	places->in_build_tree = is_below(folder, ROOTCELLAR_BUILDDIR);
	if (places->in_build_tree)
		add_place(places, str_copy(ROOTCELLAR_SOURCEDIR "/stores"));
	else
		add_place(places, str_format("%s/stores", folder));
}

static void find_places(struct places *places)
{
	add_place(places, str_copy(ETC_STORES));
	add_place(places, place_xdg("XDG_CONFIG_HOME", ".config", "rootcellar/stores"));
	places->shipped = places->n;
	add_own_tree(places);
#ifdef ROOTCELLAR_STORES_DIR
	add_place(places, str_copy(ROOTCELLAR_STORES_DIR));
#endif
}

/* Nobody but its owner can put another file there: in a sticky folder others can only
 * add. */
static bool only_owner_writes(const struct stat *st)
{
	return !(st->st_mode & 022) || (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX));
}

/* Who owns a tree of sources has made the program, too, that is run from it. */
static bool is_exempt(const struct places *places, size_t i)
{
	return geteuid() != 0 || (places->in_build_tree && i >= places->shipped);
}

/* path, from the root on and without links, and every folder above it. */
static bool is_safe(const char *path, uid_t owner)
{
	AUTO_FREE char *at = str_copy(path);

	for (;;) {
		struct stat st;
		char *slash = strrchr(at, '/');

		if (stat(at[0] ? at : "/", &st) != 0 || !only_owner_writes(&st) ||
		    (st.st_uid != 0 && st.st_uid != owner))
			return false;
		if (!slash)
			return true;
		*slash = '\0';
	}
}

bool profile_path_is_safe(const char *path, uid_t owner)
{
	char *real = realpath(path, NULL);
	bool safe = real && is_safe(real, owner);

	free(real);
	return safe;
}

/* The file of that name, links followed, in the first place that has it; NULL and true:
 * nowhere. */
static bool find_file(const struct places *places, size_t first, const char *name,
		      char **found, size_t *place, struct error *err)
{
	for (size_t i = first; i < places->n; i++) {
		AUTO_FREE char *path = str_format("%s/%s", places->at[i], name);
		AUTO_FREE char *shown = quoted(span_str(path));
		char *real = realpath(path, NULL);

		if (!real && (errno == ENOENT || errno == ENOTDIR))
			continue;
		if (!real)
			return error_errno(err, STATUS_INPUT, _("cannot read '%s'"),
					   shown);
		if (!is_exempt(places, i) &&
		    !is_safe(real, i < places->shipped ? 0 : places->owner)) {
			free(real);
			return error_fail(
				err, STATUS_INPUT,
				_("'%s' is not used by root: it, or a folder above it, "
				  "belongs to or can be written by somebody else"),
				shown);
		}
		*found = real;
		*place = i;
		return true;
	}
	*found = NULL;
	return true;
}

/* ---- one of them ---- */

static bool load(struct profile *profile, const struct places *places, struct error *err)
{
	AUTO_FREE char *schema = NULL;
	size_t place;

	if (!find_file(places, places->shipped, SCHEMA, &schema, &place, err))
		return false;
	if (!schema)
		return error_fail(
			err, STATUS_INPUT,
			_("'%s', the schema of profiles, is not where it was installed"),
			SCHEMA);
	return profile_read_file(profile, schema, err);
}

static bool fail_unknown(const struct places *places, const char *name, struct error *err)
{
	AUTO(buf) list = BUF_INIT;

	for (size_t i = 0; i < places->n; i++) {
		AUTO_FREE char *shown = quoted(span_str(places->at[i]));

		buf_addf(&list, "%s%s", i ? ", " : "", shown);
	}
	error_fail(err, STATUS_INPUT, _("there is no profile '%s'"), name);
	return error_remedy(
		err,
		_("profiles are looked for in %s; a file is named with a '/' or '.'"),
		buf_text(&list));
}

/* A word, or one with a version like 3.0 in it: never a path. */
static bool is_profile_name(const char *name)
{
	AUTO_FREE char *without_dots = str_copy(name);

	if (name[0] == '.' || strlen(name) > NAME_MAX / 2)
		return false;
	for (char *at = without_dots; *at; at++)
		if (*at == '.')
			*at = '-';
	return ref_is_bare_word(without_dots);
}

/* NAME-VERSION.xml, the version of digits and dots: where VERSION begins; NULL: another file. */
static const char *version_in(const char *file, const char *name)
{
	size_t n = strlen(name), all = strlen(file);

	if (all < n + sizeof("-.xml") || strncmp(file, name, n) != 0 || file[n] != '-' ||
	    strcmp(file + all - 4, ".xml") != 0 ||
	    strspn(file + n + 1, "0123456789.") != all - n - sizeof("-.xml") + 2)
		return NULL;
	return file + n + 1;
}

/* Keeps in *newest the file of the greater version. */
static void keep_newest(char **newest, const char *file, const char *name)
{
	const char *version = version_in(file, name);

	if (!version ||
	    (*newest && strverscmp(version, *newest + strlen(name) + 1) <= 0))
		return;
	mem_free(*newest);
	*newest = str_copy(file);
}

char *profile_newest(const char *name)
{
	AUTO(places) places = { .n = 0 };
	char *newest = NULL;

	if (!is_profile_name(name))
		return NULL;
	find_places(&places);
	for (size_t i = 0; i < places.n; i++) {
		DIR *folder = opendir(places.at[i]);
		const struct dirent *entry;

		while (folder && (entry = readdir(folder)))
			keep_newest(&newest, entry->d_name, name);
		if (folder)
			closedir(folder);
	}
	if (newest)
		newest[strlen(newest) - 4] = '\0';
	return newest;
}

bool profile_load(struct profile *profile, const char *name, struct error *err)
{
	AUTO(places) places = { .n = 0 };
	AUTO_FREE char *file_name = NULL;
	size_t place = 0;

	if (!is_profile_name(name)) {
		AUTO_FREE char *shown = quoted(span_str(name));

		return error_fail(err, STATUS_INPUT,
				  _("'%s' is not the name of a profile"), shown);
	}
	find_places(&places);
	file_name = str_format("%s.xml", name);
	if (!find_file(&places, 0, file_name, &profile->file, &place, err))
		return false;
	profile->shipped = place >= places.shipped;
	if (!profile->file)
		return fail_unknown(&places, name, err);
	profile->name = str_copy(name);
	return load(profile, &places, err);
}

/* ---- all of them ---- */

void profile_names_clear(struct profile_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i]);
	mem_free(names->at);
}

static bool visit(void *ctx, const char *path, struct error *err)
{
	struct profile_names *names = ctx;
	const char *base = strrchr(path, '/') + 1;
	size_t n = strlen(base);
	AUTO_FREE char *name = NULL;

	(void)err;
	if (n <= 4 || strcmp(base + n - 4, ".xml") != 0)
		return true;
	name = str_of(span_of(base, n - 4));
	if (!is_profile_name(name))
		return true;
	GROW(names->at, names->n, names->cap);
	names->at[names->n++] = name;
	name = NULL;
	return true;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void drop_twins(struct profile_names *names)
{
	size_t kept = 0;

	qsort(names->at, names->n, sizeof(*names->at), by_name);
	for (size_t i = 0; i < names->n; i++) {
		if (kept && strcmp(names->at[i], names->at[kept - 1]) == 0)
			mem_free(names->at[i]);
		else
			names->at[kept++] = names->at[i];
	}
	names->n = kept;
}

bool profile_list(struct profile_names *names, struct error *err)
{
	AUTO(places) places = { .n = 0 };
	const struct folder_walk walk = { names, visit, NULL };

	find_places(&places);
	for (size_t i = 0; i < places.n; i++) {
		if (file_kind(places.at[i]) != FILE_ABSENT &&
		    !folder_walk(places.at[i], &walk, err))
			return false;
	}
	if (names->n)
		drop_twins(names);
	return true;
}

/* ---- checking them ---- */

void profile_checks_clear(struct profile_checks *checks)
{
	for (size_t i = 0; i < checks->n; i++) {
		mem_free(checks->at[i].path);
		error_clear(&checks->at[i].problem);
	}
	mem_free(checks->at);
}

/* Profiles that it names must be there, whatever there is of them on this machine. */
static bool check_named(const struct places *places, const char *name, struct error *err)
{
	AUTO_FREE char *file_name = str_format("%s.xml", name);
	AUTO_FREE char *found = NULL;
	size_t place;

	if (!find_file(places, 0, file_name, &found, &place, err))
		return false;
	return found || error_fail(err, STATUS_INPUT,
				   _("it names the profile '%s', which is not there"),
				   name);
}

static bool check_reads(const struct places *places, const struct profile_reads *reads,
			struct error *err)
{
	for (size_t i = 0; i < reads->n; i++) {
		if (reads->at[i].kind == READ_PROFILE &&
		    !check_named(places, reads->at[i].text, err))
			return false;
	}
	return true;
}

static bool check_all_named(const struct places *places, const struct profile *profile,
			    struct error *err)
{
	bool good = check_reads(places, &profile->reads, err) &&
		    check_reads(places, &profile->also, err) &&
		    check_reads(places, &profile->known, err);

	for (size_t i = 0; good && i < profile->n_includes; i++)
		good = check_named(places, profile->includes[i], err);
	for (size_t i = 0; good && i < profile->n_writes; i++)
		good = !profile->writes[i].profile ||
		       check_named(places, profile->writes[i].profile, err);
	return good || error_in(err, "%s", profile->file);
}

static void check_file(const struct places *places, size_t place, const char *name,
		       struct error *problem)
{
	AUTO(profile) profile = PROFILE_INIT;
	AUTO_FREE char *file_name = str_format("%s.xml", name);
	struct places one = { .at = { places->at[place] },
			      .n = 1,
			      .shipped = place < places->shipped ? 1 : 0,
			      .owner = places->owner,
			      .in_build_tree = places->in_build_tree };
	size_t found;

	profile.name = str_copy(name);
	if (!find_file(&one, 0, file_name, &profile.file, &found, problem) ||
	    !profile.file || !load(&profile, places, problem))
		return;
	/* The problem says it. */
	(void)(check_all_named(places, &profile, problem) && client_check(&profile, problem));
}

static bool check_place(const struct places *places, size_t place,
			struct profile_checks *checks, struct error *err)
{
	AUTO(profile_names) names = PROFILE_NAMES_INIT;
	const struct folder_walk walk = { &names, visit, NULL };

	if (file_kind(places->at[place]) == FILE_ABSENT)
		return true;
	if (!folder_walk(places->at[place], &walk, err))
		return false;
	for (size_t i = 0; i < names.n; i++) {
		struct profile_check *check;

		GROW(checks->at, checks->n, checks->cap);
		check = &checks->at[checks->n++];
		check->path = str_format("%s/%s.xml", places->at[place], names.at[i]);
		check->problem = (struct error)ERROR_INIT;
		check_file(places, place, names.at[i], &check->problem);
	}
	return true;
}

bool profile_check_all(struct profile_checks *checks, struct error *err)
{
	AUTO(places) places = { .n = 0 };

	find_places(&places);
	for (size_t i = 0; i < places.n; i++) {
		if (!check_place(&places, i, checks, err))
			return false;
	}
	return true;
}
