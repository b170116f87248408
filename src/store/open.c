/* Opening what a reference names, for reading. */
#include "store/store.h"

#include "store/cellar.h"
#include "store/folder.h"
#include "store/informed.h"
#include "store/left_out.h"
#include "store/place.h"
#include "store/profile.h"
#include "store/ref.h"
#include "format/pkcs11.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <errno.h>

/* Profiles that one reference may open by including: no honest store is made of more. */
#define INCLUDES_MOST 32
#define PLATFORM      "system"

store_open_endpoint *store_endpoint_opener;
const struct passwords *store_passwords;

/* What one file or folder is opened with. */
struct source {
	const char *path;            /* as it is told to people */
	const struct format *format; /* NULL: to be found from the content */
	enum trust trust;            /* of entries of which the source says nothing */
	bool keep_twins;
	/* NULL: the store keeps the entries. One who takes them sees no `trust` above. */
	const struct entry_taker *taker;
};

/* ---- parts left out ---- */

/* A reader names a place by its path from the root on; people get the path as they gave
 * it. */
struct skipping {
	struct store *store;
	const char *absolute, *given;
};

/* "bundle.pem:61: what is wrong" */
static char *place_of(const struct skipping *skipping, const char *path, size_t line,
		      const struct error *what)
{
	size_t n = strlen(skipping->absolute);
	AUTO(buf) place = BUF_INIT;
	AUTO_FREE char *shown = NULL;

	if (strncmp(path, skipping->absolute, n) == 0) {
		buf_add_str(&place, skipping->given);
		path += n;
	}
	buf_add_str(&place, path);
	shown = quoted(buf_span(&place));
	return line ? str_format("%s:%zu: %s", shown, line, what->text)
		    : str_format("%s: %s", shown, what->text);
}

static void skip(void *ctx, const char *path, size_t line, const struct error *why)
{
	struct skipping *skipping = ctx;

	store_add_skip(skipping->store, place_of(skipping, path, line, why));
}

static void remark(void *ctx, const char *path, size_t line, const struct error *what)
{
	struct skipping *skipping = ctx;

	store_add_remark(skipping->store, place_of(skipping, path, line, what));
}

/* ---- files and folders ---- */

static bool fail_unknown_content(const char *shown, struct error *err)
{
	AUTO(buf) names = BUF_INIT;

	ref_format_names(&names);
	error_fail(err, STATUS_INPUT, _("%s: this is no store that rootcellar knows"),
		   shown);
	return error_remedy(err,
			    _("say the format where the content does not tell: "
			      "FORMAT:PATH, with one of %s"),
			    buf_text(&names));
}

static bool check_kind(const struct source *source, bool folder, const char *shown,
		       struct error *err)
{
	if (!source->format || source->format->folder == folder)
		return true;
	if (folder)
		return error_fail(err, STATUS_INPUT,
				  _("%s: this is a folder, and '%s' is one file"), shown,
				  source->format->name);
	return error_fail(err, STATUS_INPUT,
			  _("%s: this is a file, and '%s' is a folder"), shown,
			  source->format->name);
}

static void say_trust(struct store *store, size_t from, enum trust trust)
{
	for (size_t i = from; i < store->set.n; i++)
		if (store->set.at[i].trust == TRUST_UNSAID)
			store->set.at[i].trust = trust;
}

static bool read_bytes(struct entry_sink *sink, const struct source *source,
		       struct store *store, const char *shown, struct error *err)
{
	AUTO(file) file = FILE_INIT;

	if (!file_read(&file, source->path, err))
		return false;
	store->format = source->format ? source->format : format_guess(file.bytes);
	if (!file.bytes.n)
		return error_fail(err, STATUS_INPUT, _("%s: the file is empty"), shown);
	if (!store->format)
		return fail_unknown_content(shown, err);
	sink->file = &file;
	return store->format->read(file.bytes, sink, err) || error_in(err, "%s", shown);
}

static bool read_folder(struct entry_sink *sink, const struct source *source,
			struct store *store, const char *shown, struct error *err)
{
	store->format =
		source->format ? source->format : format_guess_folder(source->path);
	if (!store->format)
		return fail_unknown_content(shown, err);
	return store->format->read_folder(store->path, sink, err) ||
	       error_in(err, "%s", shown);
}

/* Where all that there was had to be left out, the first reason is the answer. */
static bool check_some(const struct store *store, const struct entry_sink *sink,
		       struct error *err)
{
	if (sink->added || !store->skipped)
		return true;
	return error_fail(err, STATUS_INPUT, "%s", store->skips[0].text);
}

/* An entry on its way from a reader to one who takes it. */
struct taking {
	struct store *store;
	const struct entry_taker *taker;
};

static void take(void *ctx, const struct entry *entry)
{
	const struct taking *taking = ctx;

	taking->store->taken[entry->trust]++;
	taking->taker->take(taking->taker->ctx, entry);
}

static bool open_source(struct store *store, const struct source *source,
			struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(source->path));
	bool folder = file_kind(source->path) == FILE_FOLDER;
	size_t had = store->set.n;
	struct skipping skipping = { store, NULL, source->path };
	struct taking taking = { store, source->taker };
	const struct entry_taker taker = { take, &taking };
	struct entry_sink sink = { .set = &store->set,
				   .keep_twins = source->keep_twins,
				   .taker = source->taker ? &taker : NULL,
				   .skip = skip,
				   .remark = remark,
				   .ctx = &skipping,
				   .passwords = store_passwords };

	if (!check_kind(source, folder, shown, err))
		return false;
	mem_free(store->path);
	store->path = strcmp(source->path, "-") == 0 ? str_copy("-")
						     : place_absolute(source->path);
	skipping.absolute = sink.path = store->path;
	if (!(folder ? read_folder : read_bytes)(&sink, source, store, shown, err))
		return false;
	say_trust(store, had, source->trust);
	return check_some(store, &sink, err);
}

/* ---- tokens ---- */

static bool open_token(struct store *store, const char *uri,
		       const struct store_options *options, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(uri));
	struct skipping skipping = { store, uri, uri };
	struct taking taking = { store, options->taker };
	const struct entry_taker taker = { take, &taking };
	struct entry_sink sink = { .set = &store->set,
				   .path = uri,
				   .keep_twins = options->keep_twins,
				   .taker = options->taker ? &taker : NULL,
				   .skip = skip,
				   .remark = remark,
				   .ctx = &skipping,
				   .passwords = store_passwords };

	store->kind = STORE_TOKEN;
	if (!pkcs11_read(uri, &sink, err))
		return error_in(err, "%s", shown);
	return check_some(store, &sink, err);
}

/* ---- cellars ---- */

/* A folder that has a state, or that had one and lost it: the second is for the cellar to
 * refuse. */
static bool is_cellar(const char *path)
{
	AUTO_FREE char *state = cellar_state_path(path, 0);
	AUTO_FREE char *lock = str_format("%s/lock", path);
	AUTO_FREE char *history = str_format("%s/history", path);

	return file_kind(state) != FILE_ABSENT ||
	       (file_kind(lock) == FILE_REGULAR && file_kind(history) == FILE_FOLDER);
}

/* Files of others in trust/ are trusted by p11-kit's programs and not by us: say so, each
 * time. */
static bool skip_foreign(struct store *store, const char *path, struct error *err)
{
	AUTO(name_list) foreign = NAME_LIST_INIT;

	if (!cellar_foreign(path, &foreign, err))
		return false;
	for (size_t i = 0; i < foreign.n; i++) {
		AUTO_FREE char *name = str_format("%s/trust/%s", path, foreign.at[i]);
		AUTO_FREE char *shown = quoted(span_str(name));

		store_add_skip(store, str_format(_("%s: another program left this in the "
					     "cellar ('rootcellar "
					     "import --adopt' takes it over)"),
					   shown));
	}
	return true;
}

static bool open_cellar(struct store *store, const char *path, uint64_t generation,
			struct error *err)
{
	store->kind = generation ? STORE_GENERATION : STORE_CELLAR;
	mem_free(store->path);
	store->path = place_absolute(path);
	if (!cellar_read(path, generation, &store->set, &store->generation, err))
		return false;
	return generation || skip_foreign(store, path, err);
}

/* ---- profiles ---- */

static bool fail_none_there(const struct profile *profile, struct error *err)
{
	AUTO(buf) places = BUF_INIT;

	if (profile_is_client(profile))
		return error_fail(err, STATUS_INPUT,
				  _("the profile '%s' tells how a client verifies, and of no store"),
				  profile->name);
	for (size_t i = 0; i < profile->reads.n; i++) {
		buf_add_str(&places, i ? ", " : "");
		profile_read_text(&places, &profile->reads.at[i]);
	}
	return error_fail(err, STATUS_INPUT,
			  _("nothing that the profile '%s' names is on this machine: %s"),
			  profile->name, buf_text(&places));
}

/* One path of a read, with what the profile says of its entries. */
static bool open_profile_path(struct store *store, const struct profile_read *read,
			      const char *path, const struct store_options *options,
			      struct error *err)
{
	struct source source = { path, read->format, read->trust, options->keep_twins,
				 NULL };

	return open_source(store, &source, err);
}

/* *left: how many profiles may still be opened. A loop of includes uses it up, and is
 * refused. */
static bool open_profile(struct store *store, const char *name,
			 const struct store_options *options, size_t *left,
			 struct error *err);

static bool is_elsewhere(const struct profile_read *read)
{
	return read->kind == READ_PROFILE || read->kind == READ_URI;
}

static bool open_elsewhere(struct store *store, const struct profile_read *read,
			   const struct store_options *options, size_t *left,
			   struct error *err)
{
	AUTO(store) part = STORE_INIT;
	struct store_options of_part = *options;

	of_part.taker = NULL;
	if (read->kind == READ_PROFILE
		    ? !open_profile(&part, read->text, &of_part, left, err)
		    : !open_token(&part, read->text, &of_part, err))
		return false;
	say_trust(&part, 0, read->trust);
	if (!store->path && part.path)
		store->path = str_copy(part.path);
	store_take_part(store, &part);
	return true;
}

static void tell_remark(struct store *store, const struct profile *profile,
			const struct profile_read *read)
{
	AUTO_FREE char *shown = NULL;

	if (!read->remark)
		return;
	shown = quoted(span_str(read->remark));
	store_add_remark(store, str_format("%s: %s", profile->name, shown));
}

/* The newest version of the alternative that is here. */
static bool open_reads(struct store *store, const struct profile *profile,
		       const struct store_options *options, size_t *left,
		       struct error *err)
{
	const struct profile_read *read = profile_read_here(profile);
	AUTO(profile_paths) paths = PROFILE_PATHS_INIT;

	if (!read)
		return (!profile->reads.n && !profile_is_client(profile)) ||
		       fail_none_there(profile, err);
	tell_remark(store, profile, read);
	if (is_elsewhere(read))
		return open_elsewhere(store, read, options, left, err);
	profile_read_paths(read, &paths);
	if (!paths.n)
		return fail_none_there(profile, err);
	return open_profile_path(store, read, paths.at[paths.n - 1], options, err);
}

static bool open_also(struct store *store, const struct profile *profile,
		      const struct profile_read *read,
		      const struct store_options *options, size_t *left,
		      struct error *err)
{
	AUTO(profile_paths) paths = PROFILE_PATHS_INIT;

	if (!profile_read_is_here(read))
		return true;
	tell_remark(store, profile, read);
	if (is_elsewhere(read))
		return open_elsewhere(store, read, options, left, err);
	profile_read_paths(read, &paths);
	for (size_t i = 0; i < paths.n; i++) {
		AUTO(store) part = STORE_INIT;

		if (!open_profile_path(&part, read, paths.at[i], options, err))
			return false;
		store_take_part(store, &part);
	}
	return true;
}

/*
 * Where it is not here there is nothing to know; where it is and cannot be read, that is
 * told, for more may be trusted than its owner means to.
 */
static void open_known(struct store *store, const struct profile *profile,
		       const struct profile_read *read, size_t *left)
{
	static const struct store_options look = { .purpose = STORE_TO_LOOK };
	AUTO(store) known = STORE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (open_also(&known, profile, read, &look, left, &unread))
		(void)store_inform(&store->set, &known.set); /* how many matters not */
	else
		store_add_remark(store, str_format(_("%s: purposes and dates of its "
						     "anchors are not known: %s"),
						   profile->name, unread.text));
}

static bool open_profile(struct store *store, const char *name,
			 const struct store_options *options, size_t *left,
			 struct error *err)
{
	AUTO(profile) profile = PROFILE_INIT;

	if (!*left)
		return error_fail(err, STATUS_INPUT,
				  _("the profile '%s' is one include too many: do they "
				    "include each "
				    "other?"),
				  name);
	--*left;
	if (!profile_load(&profile, name, err) ||
	    !open_reads(store, &profile, options, left, err))
		return false;
	for (size_t i = 0; i < profile.also.n; i++) {
		if (!open_also(store, &profile, &profile.also.at[i], options, left, err))
			return false;
	}
	for (size_t i = 0; i < profile.known.n; i++)
		open_known(store, &profile, &profile.known.at[i], left);
	for (size_t i = 0; i < profile.n_includes; i++) {
		AUTO(store) part = STORE_INIT;

		if (!open_profile(&part, profile.includes[i], options, left, err))
			return false;
		/* Where it is all that there is, the place is the store's. */
		if (profile.n_includes == 1 && !store->path && !store->set.n && part.path)
			store->path = str_copy(part.path);
		store_take_part(store, &part);
	}
	return true;
}

static bool open_named(struct store *store, const char *name,
		       const struct store_options *options, struct error *err)
{
	size_t left = INCLUDES_MOST;

	store->kind = STORE_PROFILE;
	return open_profile(store, name, options, &left, err);
}

/* ---- references ---- */

/* While the cellar is empty, those who only look see what the platform trusts. */
static bool open_default(struct store *store, const struct store_options *options,
			 struct error *err)
{
	AUTO_FREE char *path = cellar_default_path();
	AUTO_FREE char *shown = quoted(span_str(path));

	store->ref = str_copy(path);
	if (!open_cellar(store, path, 0, err))
		return false;
	if (store->set.n || store->skipped || options->purpose != STORE_TO_LOOK)
		return true;
	store->stand_in = true;
	if (!open_named(store, PLATFORM, options, err))
		return error_in(err,
				_("the cellar '%s' is empty, and the platform's roots "
				  "cannot stand in"),
				shown);
	return true;
}

static bool open_endpoint(struct store *store, const char *ref, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(ref));

	store->kind = STORE_ENDPOINT;
	if (!store_endpoint_opener)
		return error_fail(
			err, STATUS_INPUT,
			_("'%s' is an endpoint, and no store can be read from one here"),
			shown);
	return store_endpoint_opener(ref, &store->set, err);
}

static bool open_path(struct store *store, const struct ref *ref,
		      const struct store_options *options, struct error *err)
{
	struct source source = { ref->path, ref->format, TRUST_UNSAID,
				 options->keep_twins, options->taker };

	if (!ref->format && strcmp(ref->path, "-") != 0 && is_cellar(ref->path))
		return open_cellar(store, ref->path, 0, err);
	store->kind = STORE_PATH;
	return open_source(store, &source, err);
}

static bool open_one(struct store *store, const char *text,
		     const struct store_options *options, struct error *err)
{
	AUTO_FREE char *path = NULL;
	struct ref ref;

	store->ref = str_copy(text);
	if (!ref_parse(text, &ref, err))
		return false;
	switch (ref.kind) {
	case REF_GENERATION:
		path = options->cellar ? str_copy(options->cellar)
				       : cellar_default_path();
		return open_cellar(store, path, ref.generation, err);
	case REF_PROFILE:
		return open_named(store, text, options, err);
	case REF_ENDPOINT:
		return open_endpoint(store, text, err);
	case REF_PATH:
		return open_path(store, &ref, options, err);
	case REF_TOKEN:
		return open_token(store, text, options, err);
	}
	return false;
}

static bool open_union(struct store *store, const char *ref,
		       const struct store_options *options, struct error *err)
{
	struct store_options of_part = *options;
	const char *at = ref;

	store->ref = str_copy(ref);
	store->kind = STORE_UNION;
	/* Twins in two parts are one entry, which is known when all are read. */
	of_part.taker = NULL;
	for (;;) {
		const char *end = strchrnul(at, '+');
		AUTO_FREE char *text = str_of(span_of(at, (size_t)(end - at)));
		AUTO(store) part = STORE_INIT;

		if (!open_one(&part, text, &of_part, err))
			return false;
		store_take_part(store, &part);
		if (!*end)
			return true;
		at = end + 1;
	}
}

static void give_set(const struct entry_taker *taker, const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++)
		taker->take(taker->ctx, &set->at[i]);
}

bool store_open(struct store *store, const char *ref, const struct store_options *options,
		struct error *err)
{
	bool good = !ref                ? open_default(store, options, err)
		    : ref_is_union(ref) ? open_union(store, ref, options, err)
					: open_one(store, ref, options, err);

	if (!good)
		store_clear(store);
	else if (options->taker)
		give_set(options->taker, &store->set);
	return good;
}

/* ---- for selectors ---- */

static bool read_selector_file(void *ctx, const char *path, struct entry_set *set,
			       struct error *err)
{
	AUTO(store) store = STORE_INIT;
	struct source source = { path, NULL, TRUST_UNSAID, false, NULL };

	(void)ctx;
	if (!open_source(&store, &source, err))
		return false;
	set_take(set, &store.set);
	return true;
}

static bool is_selector_file(void *ctx, const char *path)
{
	(void)ctx;
	return file_kind(path) == FILE_REGULAR;
}

const struct selector_files store_selector_files = {
	.read = read_selector_file,
	.is_file = is_selector_file,
};
