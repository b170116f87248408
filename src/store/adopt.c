/*
 * Adoption: a state that was edited by hand, and files that other tools left in trust/,
 * with the trust that p11-kit gives them there. What cannot be read whole is refused:
 * half of an edit could be the half without the distrust.
 */
#include "store/cellar_parts.h"

#include "format/p11_kit.h"
#include "store/extra.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <sys/stat.h>

/* One file on its way into the set. */
struct intake {
	struct entry_set *set;
	enum trust trust;  /* of entries of which the file says nothing */
	struct error *err; /* why a part of it was left out */
};

static void remember(void *ctx, const char *path, size_t line, const struct error *why)
{
	struct intake *intake = ctx;
	AUTO_FREE char *shown = quoted(span_str(path));

	if (!intake->err->text)
		error_fail(intake->err, STATUS_INPUT, "%s:%zu: %s", shown, line,
			   why->text);
}

/* Reads all of the bytes or fails; what they do not say of trust stays unsaid. */
static bool read_whole(struct span bytes, const char *path, const struct format *format,
		       struct entry_set *set, struct error *err)
{
	AUTO(error) part = ERROR_INIT;
	AUTO_FREE char *shown = quoted(span_str(path));
	struct intake intake = { .err = &part };
	struct entry_sink sink = {
		.set = set, .path = path, .skip = remember, .ctx = &intake
	};

	if (!format->read(bytes, &sink, err))
		return error_in(err, "%s", shown);
	return !part.text || error_move(err, &part);
}

/* ---- a state that was edited ---- */

static void pass_over(void *ctx, const char *path, size_t line, const struct error *why)
{
	(void)ctx;
	(void)path;
	(void)line;
	(void)why;
}

/* The entries with what our own data objects say of them; one whose data do not parse has
 * none. */
static void read_claimed(struct span bytes, const char *path, struct entry_set *claimed)
{
	struct entry_sink sink = { .set = claimed, .path = path, .skip = pass_over };

	p11_kit_read(bytes, 1, &extra_objects, &sink);
}

/* How p11-kit sees a set that carries our own data as well. */
static bool read_visible(const struct entry_set *claimed, const char *path,
			 struct entry_set *visible, struct error *err)
{
	AUTO(buf) bytes = BUF_INIT;

	if (!claimed->n)
		return true;
	return format_p11_kit.write(claimed, &bytes, err) &&
	       read_whole(buf_span(&bytes), path, &format_p11_kit, visible, err);
}

/*
 * An entry of the edited file. Where the edit left alone what p11-kit sees of it, our own
 * data hold; where it did not, they would contradict it, and only origin and note are
 * kept.
 */
static void take_edited(struct cellar_change *change, const struct entry *seen,
			const struct entry *claimed, const struct entry *visible,
			const char *path)
{
	struct origin by_hand = { .kind = ORIGIN_USER, .ref = path, .added = TIME_NONE };
	struct entry entry = *seen;

	if (claimed && visible && entry_same_meaning(seen, visible)) {
		set_add_copy(&change->set, claimed);
		return;
	}
	entry.origin = claimed ? claimed->origin : &by_hand;
	entry.note = claimed ? claimed->note : NULL;
	if (entry.trust == TRUST_UNSAID)
		entry.trust = TRUST_INTERMEDIATE;
	set_add_copy(&change->set, &entry);
}

static bool adopt_bytes(struct cellar_change *change, const char *path, struct span bytes,
			struct error *err)
{
	struct entry_set seen = ENTRY_SET_INIT, claimed = ENTRY_SET_INIT,
			 visible = ENTRY_SET_INIT;
	bool good = read_whole(bytes, path, &format_p11_kit, &seen, err);

	read_claimed(bytes, path, &claimed);
	good = good && read_visible(&claimed, path, &visible, err);
	for (size_t i = 0; good && i < seen.n; i++)
		take_edited(change, &seen.at[i], set_find(&claimed, &seen.at[i].cert),
			    set_find(&visible, &seen.at[i].cert), path);
	entry_set_clear(&seen);
	entry_set_clear(&claimed);
	entry_set_clear(&visible);
	return good;
}

static bool adopt_edit(struct cellar_change *change, struct error *err)
{
	AUTO_FREE char *path = cellar_state_path(change->path, 0);
	AUTO(file) file = FILE_INIT;
	uint64_t found;

	return file_read(&file, path, err) &&
	       adopt_bytes(change, path, file.bytes, err) &&
	       cellar_newest_former(change->path, 0, &change->before, &found, err);
}

/* ---- files of others ---- */

static bool adopt_file(void *ctx, const char *path, struct error *err)
{
	struct intake *intake = ctx;
	AUTO_FREE char *shown = quoted(span_str(path));
	struct entry_set read = ENTRY_SET_INIT;
	AUTO(file) file = FILE_INIT;
	const struct format *format;
	bool good;

	if (!file_read(&file, path, err))
		return false;
	format = format_guess(file.bytes);
	if (!format)
		return error_fail(err, STATUS_INPUT,
				  _("%s: this is no store of certificates: move it away"),
				  shown);
	good = read_whole(file.bytes, path, format, &read, err);
	for (size_t i = 0; good && i < read.n; i++) {
		if (read.at[i].trust == TRUST_UNSAID)
			read.at[i].trust = intake->trust;
		set_add_copy(intake->set, &read.at[i]);
	}
	entry_set_clear(&read);
	return good;
}

static void refuse_part(void *ctx, const char *path, const char *why)
{
	struct intake *intake = ctx;
	AUTO_FREE char *shown = quoted(span_str(path));

	if (!intake->err->text)
		error_fail(intake->err, STATUS_INPUT, "%s: %s", shown, why);
}

/* Folders whose names say trust to p11-kit. */
static const struct {
	const char *name;
	enum trust trust;
} folders[] = {
	{ "anchors", TRUST_ANCHOR },
	{ "blocklist", TRUST_DISTRUSTED },
	{ "blacklist", TRUST_DISTRUSTED },
};

static bool adopt_folder(struct entry_set *set, const char *path, const char *name,
			 struct error *err)
{
	AUTO(error) part = ERROR_INIT;
	AUTO_FREE char *shown = quoted(span_str(path));
	struct intake intake = { .set = set, .err = &part };
	struct folder_walk walk = { .ctx = &intake,
				    .visit = adopt_file,
				    .skip = refuse_part };

	for (size_t i = 0; i < COUNT(folders); i++)
		if (strcmp(name, folders[i].name) == 0)
			intake.trust = folders[i].trust;
	if (!intake.trust)
		return error_fail(
			err, STATUS_INPUT,
			_("%s: a folder of this name cannot be adopted: move it away"),
			shown);
	if (!folder_walk(path, &walk, err))
		return false;
	return !part.text || error_move(err, &part);
}

/* At the top of trust/ p11-kit takes a certificate without words for neither trusted nor
 * distrusted. */
static bool adopt_foreign(struct cellar_change *change, bool *any, struct error *err)
{
	AUTO(name_list) foreign = NAME_LIST_INIT;
	struct intake intake = { .set = &change->set, .trust = TRUST_INTERMEDIATE };
	bool good = cellar_foreign(change->path, &foreign, err);

	*any = good && foreign.n;
	for (size_t i = 0; good && i < foreign.n; i++) {
		AUTO_FREE char *path =
			str_format("%s/trust/%s", change->path, foreign.at[i]);

		good = file_kind(path) == FILE_FOLDER
			       ? adopt_folder(&change->set, path, foreign.at[i], err)
			       : adopt_file(&intake, path, err);
	}
	return good;
}

bool cellar_adopt(struct cellar_change *change, const char *path, struct error *err)
{
	bool good = cellar_begin_whatever(change, path, err), any = false;

	if (good && change->refused)
		good = adopt_edit(change, err);
	else if (good)
		set_copy(&change->set, &change->before);
	good = good && adopt_foreign(change, &any, err);
	change->adopts = any;
	if (!good)
		cellar_change_clear(change);
	return good;
}
