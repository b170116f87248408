/*
 * p11-kit's folder of trust (trust(1), and /usr/share/p11-kit/trust-source or
 * /etc/pki/ca-trust/source where it is in use): what stands in anchors/ is trusted, what
 * stands in blocklist/ (blacklist/ before 0.23.21) is distrusted, and what stands beside
 * them says for itself what it is; a bare certificate there is material for paths.
 *
 * Written is one file of ours in each of the three: purposes belong to a key, so anchors
 * that share one have to be told together.
 */
#include "base/escape.h"
#include "base/i18n.h"
#include "format/contents.h"
#include "format/owned.h"

#include <errno.h>
#include <unistd.h>

#define ANCHORS   "anchors"
#define BLOCKLIST "blocklist"
#define BLACKLIST "blacklist"

#define OUR_NAME "rootcellar.p11-kit"
/* Its first line tells our file from one that somebody else gave that name. */
#define OUR_HEAD "# Written by rootcellar, which may replace or remove this file.\n"

static char *path_in(const char *folder, const char *name)
{
	return str_format("%s%s%s", folder, *name ? "/" : "", name);
}

static bool has_folder(const char *path, const char *name)
{
	AUTO_FREE char *below = path_in(path, name);

	return file_kind(below) == FILE_FOLDER;
}

static enum probe probe_folder(const char *path)
{
	return has_folder(path, ANCHORS) || has_folder(path, BLOCKLIST) ||
			       has_folder(path, BLACKLIST)
		       ? PROBE_SURE
		       : PROBE_NO;
}

/* ---- reading ---- */

/* What the place of a file makes of its certificates. */
enum place {
	PLACE_NEUTRAL,
	PLACE_ANCHORS,
	PLACE_BLOCKLIST
};
struct reading {
	struct entry_sink *sink;
	enum place place;
	size_t files;
};

static enum settled settle(void *ctx, struct entry *entry, struct error *err)
{
	const struct reading *reading = ctx;

	(void)err;
	switch (reading->place) {
	case PLACE_ANCHORS:
		/* Distrust holds wherever it stands. */
		if (entry->trust != TRUST_DISTRUSTED)
			entry->trust = TRUST_ANCHOR;
		break;
	case PLACE_BLOCKLIST:
		entry->trust = TRUST_DISTRUSTED;
		break;
	case PLACE_NEUTRAL:
		if (entry->trust == TRUST_UNSAID)
			entry->trust = TRUST_INTERMEDIATE;
		break;
	}
	if (entry->trust != TRUST_ANCHOR)
		entry->constraints = NULL;
	return SETTLED;
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	sink->trusted_as = TRUSTED_AS_P11_KIT;
	return read_any(file, sink, err);
}

static bool visit(void *ctx, const char *path, struct error *err)
{
	const struct part_reader reader = { read_file, settle, ctx };
	struct reading *reading = ctx;

	(void)err;
	if (path_base(path)[0] == '.')
		return true; /* what editors and version control leave */
	reading->files++;
	read_part(reading->sink, path, &reader);
	return true;
}

static void skip_other(void *ctx, const char *path, const char *why)
{
	struct reading *reading = ctx;

	/* p11-kit does not go into folders either, but for the three. */
	if (file_kind(path) != FILE_FOLDER)
		skip_part(reading->sink, path, why);
}

static bool read_place(struct reading *reading, const char *folder, const char *name,
		       enum place place, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, name);
	struct folder_walk walk = { reading, visit, skip_other };

	if (*name && file_kind(path) != FILE_FOLDER)
		return true;
	reading->place = place;
	return folder_walk(path, &walk, err);
}

static bool read_folder(const char *path, struct entry_sink *sink, struct error *err)
{
	struct reading reading = { sink, PLACE_NEUTRAL, 0 };

	if (!read_place(&reading, path, "", PLACE_NEUTRAL, err) ||
	    !read_place(&reading, path, ANCHORS, PLACE_ANCHORS, err) ||
	    !read_place(&reading, path, BLOCKLIST, PLACE_BLOCKLIST, err) ||
	    !read_place(&reading, path, BLACKLIST, PLACE_BLOCKLIST, err))
		return false;
	if (!reading.files && !sink->skipped)
		return error_fail(err, STATUS_INPUT, _("the folder has no files"));
	return true;
}

/* ---- writing ---- */

static enum place place_of(const struct entry *entry)
{
	switch (entry->trust) {
	case TRUST_ANCHOR:
		return PLACE_ANCHORS;
	case TRUST_DISTRUSTED:
		return PLACE_BLOCKLIST;
	default:
		return PLACE_NEUTRAL;
	}
}

/* Nothing there, or a file of ours: never a link, which would be followed. */
static bool may_write(const char *path, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(error) unread = ERROR_INIT;
	AUTO(file) file = FILE_INIT;
	struct stat st;

	if (lstat(path, &st) < 0 && errno == ENOENT)
		return true;
	if (S_ISREG(st.st_mode) && file_read(&file, path, &unread) &&
	    span_starts(file.bytes, SPAN(OUR_HEAD)))
		return true;
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s' is in the way: rootcellar did not write it"), shown);
}

static void make_file(struct buf *out, const struct entry_set *set, enum place place)
{
	AUTO(entry_set) part = ENTRY_SET_INIT;

	for (size_t i = 0; i < set->n; i++) {
		if (place_of(&set->at[i]) == place)
			set_add_copy(&part, &set->at[i]);
	}
	if (!part.n)
		return;
	buf_add_str(out, OUR_HEAD);
	p11_kit_write(&part, NULL, out);
}

static bool remove_file(const char *path, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));

	return unlink(path) == 0 || errno == ENOENT ||
	       error_errno(err, STATUS_UNCHANGED, _("cannot remove '%s'"), shown);
}

/* The list of what is distrusted comes first: then nothing is trusted between, that was
 * not and is not to be. */
static const struct {
	enum place place;
	const char *name;
} places[] = {
	{ PLACE_BLOCKLIST, BLOCKLIST },
	{ PLACE_ANCHORS, ANCHORS },
	{ PLACE_NEUTRAL, "" },
};

static bool write_place(const struct entry_set *set, const char *folder, size_t i,
			struct error *err)
{
	AUTO_FREE char *below = path_in(folder, places[i].name);
	AUTO_FREE char *path = path_in(below, OUR_NAME);
	AUTO(buf) bytes = BUF_INIT;

	make_file(&bytes, set, places[i].place);
	if (!bytes.n)
		return remove_file(path, err);
	return file_replace(path, buf_span(&bytes), 0666, err);
}

static bool write_folder(const struct entry_set *set, const char *path, struct error *err)
{
	for (size_t i = 0; i < COUNT(places); i++) {
		AUTO_FREE char *below = path_in(path, places[i].name);
		AUTO_FREE char *file = path_in(below, OUR_NAME);

		if (!folder_make(below, 0777, err) || !may_write(file, err))
			return false;
	}
	for (size_t i = 0; i < COUNT(places); i++) {
		if (!write_place(set, path, i, err))
			return false;
	}
	return true;
}

const struct format format_p11_kit_directory = {
	.name = "p11-kit-directory",
	.summary = N_("p11-kit's folder of trust, with anchors and blocklist"),
	.extension = "p11-kit",
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES | CARRIES_DISTRUST_AFTER | CARRIES_LABEL,
	.folder = true,
	.probe_folder = probe_folder,
	.read_folder = read_folder,
	.write_folder = write_folder,
};
