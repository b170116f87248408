/* What a profile names, and which of it is on this machine. */
#include "store/profile.h"

#include "store/git_config.h"
#include "store/place.h"
#include "base/escape.h"
#include "base/i18n.h"
#include "format/pkcs11.h"

#include <errno.h>
#include <glob.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>

/* Matches of one pattern, and profiles that one leads to: no honest machine has more. */
#define MATCHES_MOST  1000
#define PROFILES_MOST 32

void profile_paths_clear(struct profile_paths *paths)
{
	for (size_t i = 0; i < paths->n; i++)
		mem_free(paths->at[i]);
	mem_free(paths->at);
	*paths = (struct profile_paths)PROFILE_PATHS_INIT;
}

static void add(struct profile_paths *paths, const char *path)
{
	GROW(paths->at, paths->n, paths->cap);
	paths->at[paths->n++] = str_copy(path);
}

/* What cannot be reached for another reason is there, and its reader says the reason. */
static void add_there(struct profile_paths *paths, const char *path)
{
	if (file_kind(path) != FILE_ABSENT || (errno != ENOENT && errno != ENOTDIR))
		add(paths, path);
}

/* "java-8" is older than "java-17", which byte order does not know. */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(const char *const *)a, *(const char *const *)b);
}

static void add_matches(struct profile_paths *paths, const char *pattern)
{
	glob_t found = { 0 };

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc && i < MATCHES_MOST; i++)
			add(paths, found.gl_pathv[i]);
		qsort(paths->at, paths->n, sizeof(*paths->at), by_version);
	}
	globfree(&found);
}

static void add_path(struct profile_paths *paths, const char *path)
{
	if (strchr(path, '*'))
		add_matches(paths, path);
	else
		add_there(paths, path);
}

static void add_of_home(struct profile_paths *paths, const struct profile_read *read)
{
	const char *home = place_home();
	AUTO_FREE char *path = home ? str_format("%s/%s", home, read->text) : NULL;

	if (path)
		add_path(paths, path);
}

static void add_of_variable(struct profile_paths *paths, const struct profile_read *read)
{
	const char *value = place_env(read->text);
	AUTO_FREE char *path = NULL;

	if (!value)
		return;
	if (!read->below) {
		add(paths, value);
		return;
	}
	path = str_format("%s/%s", value, read->below);
	add_there(paths, path);
}

/* /usr/bin/java leads by update-alternatives to .../java-17-openjdk-amd64/bin/java. */
static void add_of_program(struct profile_paths *paths, const struct profile_read *read)
{
	char program[PATH_MAX];
	AUTO_FREE char *path = NULL;

	if (!realpath(read->text, program))
		return;
	path = str_format("%s/%s", dirname(dirname(program)),
			  read->below ? read->below : "");
	add_there(paths, path);
}

/* What it names counts as there, as what a variable names does. */
static void add_of_git(struct profile_paths *paths, const struct profile_read *read)
{
	AUTO_FREE char *value = git_config_value(read->text);

	if (value)
		add(paths, value);
}

void profile_read_paths(const struct profile_read *read, struct profile_paths *paths)
{
	switch (read->kind) {
	case READ_PATH:
		add_path(paths, read->text);
		break;
	case READ_HOME:
		add_of_home(paths, read);
		break;
	case READ_VARIABLE:
		add_of_variable(paths, read);
		break;
	case READ_PROGRAM:
		add_of_program(paths, read);
		break;
	case READ_GIT:
		add_of_git(paths, read);
		break;
	case READ_URI:
	case READ_PROFILE:
		break;
	}
}

/* ---- whether it is here ---- */

static bool is_here(const struct profile_read *read, size_t *left);

static bool any_is_here(const struct profile_reads *reads, size_t *left)
{
	for (size_t i = 0; i < reads->n; i++) {
		if (is_here(&reads->at[i], left))
			return true;
	}
	return false;
}

/* *left: how many profiles may still be looked into; a loop of them uses it up. */
static bool is_profile_here(const char *name, size_t *left)
{
	AUTO(profile) profile = PROFILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (!*left)
		return false;
	--*left;
	/* One that cannot be read is opened, so that its fault is told. */
	if (!profile_load(&profile, name, &unread))
		return true;
	if (profile.reads.n)
		return any_is_here(&profile.reads, left);
	for (size_t i = 0; i < profile.n_includes; i++) {
		if (is_profile_here(profile.includes[i], left))
			return true;
	}
	return any_is_here(&profile.also, left);
}

static bool is_here(const struct profile_read *read, size_t *left)
{
	AUTO(profile_paths) paths = PROFILE_PATHS_INIT;

	if (read->kind == READ_PROFILE)
		return is_profile_here(read->text, left);
	if (read->kind == READ_URI)
		return pkcs11_is_there(read->text);
	profile_read_paths(read, &paths);
	return paths.n;
}

bool profile_read_is_here(const struct profile_read *read)
{
	size_t left = PROFILES_MOST;

	return is_here(read, &left);
}

bool profile_is_here(const char *name)
{
	size_t left = PROFILES_MOST;

	return is_profile_here(name, &left);
}

const struct profile_read *profile_read_here(const struct profile *profile)
{
	for (size_t i = 0; i < profile->reads.n; i++) {
		if (profile_read_is_here(&profile->reads.at[i]))
			return &profile->reads.at[i];
	}
	return NULL;
}

void profile_read_text(struct buf *out, const struct profile_read *read)
{
	static const char *const begins[] = {
		[READ_PATH] = "",    [READ_HOME] = "~/", [READ_VARIABLE] = "$",
		[READ_PROGRAM] = "", [READ_GIT] = "git config ", [READ_URI] = "",    [READ_PROFILE] = "",
	};
	AUTO_FREE char *shown = quoted(span_str(read->text));

	buf_addf(out, "%s%s", begins[read->kind], shown);
	if (read->kind == READ_PROGRAM)
		buf_add_str(out, "/../..");
	if (read->below) {
		AUTO_FREE char *below = quoted(span_str(read->below));

		buf_addf(out, "/%s", below);
	}
}
