/* Files of a folder that rootcellar wrote: told from others by a list, replaced, removed.
 */
#include "format/owned.h"

#include "base/escape.h"
#include "base/file.h"
#include "base/i18n.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define MANIFEST ".rootcellar"
/* A link before it has its name: ours, for a run that was stopped may have left it. */
#define FRESH_LINK ".rootcellar.link"
#define MANIFEST_HEAD \
	"# Files in this folder that rootcellar wrote and may replace or remove.\n"
/* One name a line for at most FOLDER_MOST files; ours have at most NAME_MOST bytes. */
#define NAME_MOST     128
#define MANIFEST_MOST (FOLDER_MOST * (size_t)NAME_MOST)
/* What a link leads to is a name beside it; one that fills this is none of ours. */
#define LINK_MOST (NAME_MOST + 1)
/* Digits behind the dot of a hash name: more certificates of one hash are an attack. */
#define HASH_DIGITS  8
#define COUNTER_MOST 6
/* A name with its dot and eight digits of the SHA-256 is at least that long. */
#define PEM_NAME_LEAST 14

const char *path_base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool is_lower_hex(uint8_t c)
{
	return isdigit(c) || (c >= 'a' && c <= 'f');
}

bool is_hash_name(struct span name)
{
	if (name.n < HASH_DIGITS + 2 || name.n > HASH_DIGITS + 1 + COUNTER_MOST)
		return false;
	/* A number has one form. */
	if (name.at[HASH_DIGITS + 1] == '0' && name.n > HASH_DIGITS + 2)
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (i < HASH_DIGITS    ? !is_lower_hex(name.at[i])
		    : i == HASH_DIGITS ? name.at[i] != '.'
				       : !isdigit(name.at[i]))
			return false;
	}
	return true;
}

/*
 * Whether we could have written a file of that name: then it holds no slash and is no dot
 * file.
 */
static bool is_our_name(struct span name)
{
	struct span end = SPAN(".pem");

	if (is_hash_name(name))
		return true;
	if (name.n < PEM_NAME_LEAST || name.n > NAME_MOST || name.at[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] >= 0x80 ||
		    (!isalnum(name.at[i]) && !strchr("-_.", name.at[i])))
			return false;
	}
	return span_eq(span_from(name, name.n - end.n), end);
}

/* ---- names ---- */

static void owned_names_clear(struct owned_names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i]);
	mem_free(names->at);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_sort(struct owned_names *names)
{
	if (names->n)
		qsort(names->at, names->n, sizeof(*names->at), compare_names);
}

static bool names_have(const struct owned_names *names, const char *name)
{
	return names->n &&
	       bsearch(&name, names->at, names->n, sizeof(*names->at), compare_names);
}

static void names_add(struct owned_names *names, char *name)
{
	GROW(names->at, names->n, names->cap);
	names->at[names->n++] = name;
}

static char *path_in(const char *folder, const char *name)
{
	return str_format("%s/%s", folder, name);
}

/* ---- the list ---- */

/* Lines that we could not have written are not ours to act upon. */
static void parse_manifest(struct owned_names *names, struct span text)
{
	while (text.n) {
		const uint8_t *end = memchr(text.at, '\n', text.n);
		size_t n = end ? (size_t)(end - text.at) : text.n;
		struct span line = { text.at, n };

		if (is_our_name(line))
			names_add(names, str_of(line));
		text = span_from(text, end ? n + 1 : n);
	}
	names_sort(names);
}

static bool read_manifest(struct owned_names *names, const char *folder,
			  struct error *err)
{
	AUTO_FREE char *path = path_in(folder, MANIFEST);
	AUTO(file) file = FILE_INIT;

	if (file_kind(path) == FILE_ABSENT)
		return true;
	if (!file_read(&file, path, err)) {
		err->status = STATUS_UNCHANGED;
		return false;
	}
	if (file.bytes.n > MANIFEST_MOST)
		return error_fail(err, STATUS_UNCHANGED,
				  _("'%s' is too long to be a list of files"), path);
	parse_manifest(names, file.bytes);
	return true;
}

static bool write_manifest(const struct owned_names *names, const char *folder,
			   struct error *err)
{
	AUTO_FREE char *path = path_in(folder, MANIFEST);
	AUTO(buf) text = BUF_INIT;

	buf_add_str(&text, MANIFEST_HEAD);
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&text, "%s\n", names->at[i]);
	return file_replace(path, buf_span(&text), 0666, err);
}

/*
 * Before the first file is written the list holds old and new, so that no crash makes
 * ours a stranger.
 */
static bool announce(const struct owned *owned, const char *folder, struct error *err)
{
	AUTO(owned_names) both = { NULL, 0, 0 };

	for (size_t i = 0; i < owned->before.n; i++)
		names_add(&both, str_copy(owned->before.at[i]));
	for (size_t i = 0; i < owned->now.n; i++) {
		if (!names_have(&owned->before, owned->now.at[i]))
			names_add(&both, str_copy(owned->now.at[i]));
	}
	names_sort(&both);
	return write_manifest(&both, folder, err);
}

/* ---- files and links ---- */

struct owned_file *owned_add(struct owned *owned, char *name)
{
	GROW(owned->at, owned->n, owned->cap);
	owned->at[owned->n] = (struct owned_file){ name, BUF_INIT, 0 };
	return &owned->at[owned->n++];
}

void owned_clear(struct owned *owned)
{
	for (size_t i = 0; i < owned->n; i++) {
		mem_free(owned->at[i].name);
		buf_clear(&owned->at[i].bytes);
	}
	mem_free(owned->at);
	owned_names_clear(&owned->before);
	owned_names_clear(&owned->now);
}

/* What a link leads to, where that is a name beside it that we could have written; else
 * NULL. */
static char *read_link(const char *path)
{
	char to[LINK_MOST];
	ssize_t n = readlink(path, to, sizeof(to));

	return n > 0 && is_our_name(span_of(to, (size_t)n))
		       ? str_of(span_of(to, (size_t)n))
		       : NULL;
}

/* A file, or a link as we make them. Nothing else is ours, whatever the list says. */
static bool is_our_kind(const char *path, const struct stat *st)
{
	AUTO_FREE char *to = S_ISLNK(st->st_mode) ? read_link(path) : NULL;

	return S_ISREG(st->st_mode) || to;
}

/*
 * A name is free, or ours: never a link to elsewhere, which would be followed to a file
 * of others.
 */
static bool may_write(const struct owned *owned, const char *folder, const char *name,
		      struct error *err)
{
	AUTO_FREE char *path = path_in(folder, name);
	AUTO_FREE char *shown = quoted(span_str(path));
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return true;
		return error_errno(err, STATUS_UNCHANGED, _("cannot look at '%s'"),
				   shown);
	}
	if (names_have(&owned->before, name) && is_our_kind(path, &st))
		return true;
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s' is in the way: rootcellar did not write it"), shown);
}

static bool is_link(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0 && S_ISLNK(st.st_mode);
}

static bool has_bytes(const char *path, struct span bytes)
{
	AUTO(error)
	ignored =
		ERROR_INIT; /* what cannot be read is written again, and that will tell */
	AUTO(file) file = FILE_INIT;

	return file_kind(path) == FILE_REGULAR && file_read(&file, path, &ignored) &&
	       span_eq(file.bytes, bytes);
}

static bool write_bytes(const char *path, struct span bytes, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));

	/* A link of ours would be followed, to another of our files. */
	if (is_link(path) && unlink(path) < 0)
		return error_errno(err, STATUS_UNCHANGED, _("cannot remove '%s'"), shown);
	return has_bytes(path, bytes) || file_replace(path, bytes, 0666, err);
}

enum linked {
	LINKED,
	LINK_REFUSED,
	LINK_FAILED
};

/* LINK_REFUSED: there are no links on this file system. */
static enum linked make_link(const char *folder, const char *path, const char *to,
			     struct error *err)
{
	AUTO_FREE char *fresh = path_in(folder, FRESH_LINK);
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO_FREE char *now = read_link(path);

	if (now && strcmp(now, to) == 0)
		return LINKED;
	(void)unlink(fresh); /* where it stays, symlink says so */
	if (symlink(to, fresh) == 0 && rename(fresh, path) == 0)
		return LINKED;
	if (errno == EPERM || errno == ENOSYS || errno == EOPNOTSUPP)
		return LINK_REFUSED;
	error_errno(err, STATUS_UNCHANGED, _("cannot make the link '%s'"), shown);
	(void)unlink(fresh); /* where it stays, the next run tries again */
	return LINK_FAILED;
}

static bool write_one(const struct owned *owned, const char *folder,
		      const struct owned_file *one, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, one->name);
	const struct owned_file *target;
	enum linked linked;

	if (!one->link_to)
		return write_bytes(path, buf_span(&one->bytes), err);
	target = &owned->at[one->link_to - 1];
	linked = make_link(folder, path, target->name, err);
	if (linked == LINK_REFUSED)
		return write_bytes(path, buf_span(&target->bytes), err);
	return linked == LINKED;
}

static bool remove_one(const char *folder, const char *name, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, name);
	AUTO_FREE char *shown = quoted(span_str(path));
	struct stat st;

	if (lstat(path, &st) < 0 || !is_our_kind(path, &st))
		return true; /* gone, or no file of ours any more */
	return unlink(path) == 0 ||
	       error_errno(err, STATUS_UNCHANGED, _("cannot remove '%s'"), shown);
}

static bool remove_old(const struct owned *owned, const char *folder, struct error *err)
{
	for (size_t i = 0; i < owned->before.n; i++) {
		if (!names_have(&owned->now, owned->before.at[i]) &&
		    !remove_one(folder, owned->before.at[i], err))
			return false;
	}
	return true;
}

bool owned_write(struct owned *owned, const char *folder, struct error *err)
{
	if (!folder_make(folder, 0777, err) ||
	    !read_manifest(&owned->before, folder, err))
		return false;
	for (size_t i = 0; i < owned->n; i++)
		names_add(&owned->now, str_copy(owned->at[i].name));
	names_sort(&owned->now);
	for (size_t i = 0; i < owned->n; i++) {
		if (!may_write(owned, folder, owned->at[i].name, err))
			return false;
	}
	if (!announce(owned, folder, err))
		return false;
	for (size_t i = 0; i < owned->n; i++) {
		if (!write_one(owned, folder, &owned->at[i], err))
			return false;
	}
	return remove_old(owned, folder, err) && write_manifest(&owned->now, folder, err);
}
