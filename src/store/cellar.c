/*
 * The cellar: reading a generation, and changing it in one transaction. Readers take no
 * lock: they see the file before or after a rename, whole.
 */
#include "store/cellar_parts.h"

#include "store/extra.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

bool cellar_error_in(struct error *err, const char *path)
{
	AUTO_FREE char *shown = quoted(span_str(path));

	return error_in(err, _("cellar '%s'"), shown);
}

/* What a command needs to mean this cellar: nothing where it is the usual one. */
static void add_store_option(struct buf *out, const char *path)
{
	AUTO_FREE char *usual = cellar_default_path();

	if (strcmp(path, usual) == 0)
		return;
	buf_add_str(out, " --store ");
	escape_shell(out, span_str(path));
}

/* With nothing kept from before there is nothing to go back to. */
static void tell_way_anew(struct error *err, const char *path, const char *store)
{
	AUTO_FREE char *name = cellar_state_path(path, 0);
	AUTO(buf) move = BUF_INIT;

	buf_add_str(&move, "mv ");
	escape_shell(&move, span_str(name));
	buf_add_byte(&move, ' ');
	escape_shell(&move, span_str(path));
	buf_add_str(&move, "/refused");
	error_remedy(
		err,
		_("no generation is kept from before: mend the file and take it over "
		  "by 'rootcellar import --adopt%s', or begin anew after '%s'"),
		store, buf_text(&move));
}

/* Adds what gets a person out of a refused state. */
static void tell_ways_out(struct error *err, const char *path)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;
	AUTO(buf) store = BUF_INIT;
	AUTO(error) unread = ERROR_INIT;

	add_store_option(&store, path);
	if (cellar_history(path, &former, &unread) && !former.n) {
		tell_way_anew(err, path, buf_text(&store));
		return;
	}
	error_remedy(
		err,
		_("'rootcellar undo%s' goes back to the generation before; "
		  "'rootcellar import --adopt%s' takes over what was edited by hand"),
		buf_text(&store), buf_text(&store));
}

static enum finds open_state(const char *name, struct file *file, struct error *err)
{
	struct stat st;

	if (lstat(name, &st) != 0 && (errno == ENOENT || errno == ENOTDIR))
		return FINDS_NOTHING;
	return file_read(file, name, err) ? FINDS_STATE : FINDS_TROUBLE;
}

/* The state of a generation (0: what is current), as it is in the file. */
static enum finds find_state(const char *path, uint64_t generation,
			     struct state_head *head, struct entry_set *set,
			     struct error *err)
{
	AUTO_FREE char *name = cellar_state_path(path, generation);
	AUTO_FREE char *shown = quoted(span_str(name));
	AUTO(file) file = FILE_INIT;
	enum finds finds = open_state(name, &file, err);

	if (finds != FINDS_STATE)
		return finds;
	if (!state_read(file.bytes, head, set, err)) {
		error_in(err, "%s", shown);
		return state_version(file.bytes) > STATE_VERSION ? FINDS_NEWER
								 : FINDS_REFUSED;
	}
	if (generation && head->generation != generation) {
		error_fail(err, STATUS_INPUT, _("%s: this is generation %" PRIu64), shown,
			   head->generation);
		entry_set_clear(set);
		return FINDS_REFUSED;
	}
	return FINDS_STATE;
}

/* An empty cellar; a folder of other files is none, and must not be judged as one. */
static enum finds find_nothing(const char *path, enum file_kind kind, struct error *err)
{
	if (kind == FILE_ABSENT || cellar_folder_check(path, err))
		return FINDS_NOTHING;
	err->status = STATUS_INPUT;
	cellar_error_in(err, path);
	return FINDS_TROUBLE;
}

/* No state: a cellar that is still empty, one that has lost it, or something else
 * altogether. */
static enum finds find_loss(const char *path, struct error *err)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;
	enum file_kind kind = file_kind(path);

	if (kind == FILE_REGULAR || kind == FILE_OTHER) {
		error_fail(err, STATUS_INPUT,
			   _("this is a file, and a cellar is a folder"));
		cellar_error_in(err, path);
		return FINDS_TROUBLE;
	}
	if (!cellar_history(path, &former, err)) {
		cellar_error_in(err, path);
		return FINDS_TROUBLE;
	}
	if (!former.n)
		return find_nothing(path, kind, err);
	error_fail(err, STATUS_INPUT,
		   _("its current state is gone, and generation %" PRIu64
		     " is the newest that is left"),
		   former.at[0]);
	cellar_error_in(err, path);
	return FINDS_REFUSED;
}

enum finds cellar_find_current(const char *path, struct state_head *head,
			       struct entry_set *set, struct error *err)
{
	enum finds finds = find_state(path, 0, head, set, err);

	return finds == FINDS_NOTHING ? find_loss(path, err) : finds;
}

static bool read_current(const char *path, struct entry_set *set, uint64_t *number,
			 struct error *err)
{
	AUTO(state_head) head = STATE_HEAD_INIT;

	switch (cellar_find_current(path, &head, set, err)) {
	case FINDS_STATE:
	case FINDS_NOTHING:
		*number = head.generation;
		return true;
	case FINDS_REFUSED:
		tell_ways_out(err, path);
		return false;
	case FINDS_NEWER:
	case FINDS_TROUBLE:
		break;
	}
	return false;
}

static bool fail_no_generation(const char *path, uint64_t generation, struct error *err)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;

	if (!cellar_history(path, &former, err))
		return cellar_error_in(err, path);
	error_fail(err, STATUS_INPUT, _("it has no generation %" PRIu64), generation);
	return cellar_error_in(err, path);
}

/* History first: the link is made before the rename, so that no moment is without both.
 */
static bool read_former(const char *path, uint64_t generation, struct entry_set *set,
			struct error *err)
{
	AUTO(state_head) head = STATE_HEAD_INIT;
	enum finds finds = find_state(path, generation, &head, set, err);

	if (finds != FINDS_NOTHING)
		return finds == FINDS_STATE;
	finds = find_state(path, 0, &head, set, err);
	if (finds == FINDS_STATE && head.generation == generation)
		return true;
	if (finds == FINDS_STATE)
		entry_set_clear(set);
	if (finds == FINDS_NEWER || finds == FINDS_TROUBLE)
		return false;
	/* A change may have come between the two looks. */
	finds = find_state(path, generation, &head, set, err);
	if (finds == FINDS_NOTHING)
		return fail_no_generation(path, generation, err);
	return finds == FINDS_STATE;
}

bool cellar_read(const char *path, uint64_t generation, struct entry_set *set,
		 uint64_t *number, struct error *err)
{
	if (generation == 0)
		return read_current(path, set, number, err);
	if (!read_former(path, generation, set, err))
		return false;
	*number = generation;
	return true;
}

/* ---- a change: beginning ---- */

void cellar_change_clear(struct cellar_change *change)
{
	if (change->path)
		cellar_unlock(change->path, &change->lock, change->made);
	mem_free(change->path);
	entry_set_clear(&change->before);
	entry_set_clear(&change->set);
	*change = (struct cellar_change)CELLAR_CHANGE_INIT;
}

static bool lock_change(struct cellar_change *change, const char *path, struct error *err)
{
	int64_t wait_ms = change->wait_ms ? change->wait_ms : CELLAR_WAIT_MS;

	assert(change->lock < 0);
	if (!cellar_lock(path, wait_ms, &change->lock, &change->made, err))
		return cellar_error_in(err, path);
	change->path = str_copy(path);
	return true;
}

/* Programs that load trust/ trust what lies there, whatever our state says: no change
 * hides that. */
static bool check_foreign(const char *path, struct error *err)
{
	AUTO(name_list) foreign = NAME_LIST_INIT;
	AUTO_FREE char *name = NULL;
	AUTO(buf) store = BUF_INIT;

	if (!cellar_foreign(path, &foreign, err))
		return cellar_error_in(err, path);
	if (!foreign.n)
		return true;
	name = quoted(span_str(foreign.at[0]));
	error_fail(err, STATUS_UNCHANGED,
		   _("another program left '%s' in its folder trust/, where p11-kit "
		     "reads it"),
		   name);
	cellar_error_in(err, path);
	add_store_option(&store, path);
	error_remedy(err, "rootcellar import --adopt%s", buf_text(&store));
	return false;
}

bool cellar_begin(struct cellar_change *change, const char *path, struct error *err)
{
	if (lock_change(change, path, err) &&
	    read_current(path, &change->before, &change->generation, err) &&
	    check_foreign(path, err)) {
		set_copy(&change->set, &change->before);
		return true;
	}
	cellar_change_clear(change);
	err->status = STATUS_UNCHANGED;
	return false;
}

/* False where what stands there is not for this program to change. */
bool cellar_begin_whatever(struct cellar_change *change, const char *path,
			   struct error *err)
{
	AUTO(state_head) head = STATE_HEAD_INIT;
	AUTO(error) why = ERROR_INIT;
	enum finds finds;

	if (!lock_change(change, path, err))
		return false;
	finds = cellar_find_current(path, &head, &change->before, &why);
	if (finds == FINDS_NEWER || finds == FINDS_TROUBLE)
		return error_move(err, &why);
	change->refused = finds == FINDS_REFUSED;
	change->generation = head.generation;
	return true;
}

bool cellar_newest_former(const char *path, uint64_t before, struct entry_set *set,
			  uint64_t *found, struct error *err)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;

	*found = 0;
	if (!cellar_history(path, &former, err))
		return cellar_error_in(err, path);
	for (size_t i = 0; i < former.n && !*found; i++) {
		AUTO(state_head) head = STATE_HEAD_INIT;
		AUTO(error) damaged = ERROR_INIT;

		if (before && former.at[i] >= before)
			continue;
		/* A damaged one is passed over: `log` shows it as such. */
		if (find_state(path, former.at[i], &head, set, &damaged) == FINDS_STATE)
			*found = former.at[i];
	}
	return true;
}

bool cellar_begin_undo(struct cellar_change *change, const char *path,
		       uint64_t generation, struct error *err)
{
	uint64_t found = generation;
	bool good = cellar_begin_whatever(change, path, err);

	if (good && generation)
		good = read_former(path, generation, &change->set, err);
	else if (good)
		good = cellar_newest_former(path,
					    change->refused ? 0 : change->generation,
					    &change->set, &found, err);
	if (good && !found) {
		error_fail(err, STATUS_INPUT,
			   _("there is no former generation to go back to"));
		good = cellar_error_in(err, path);
		if (change->refused)
			tell_ways_out(err, path);
	}
	if (!good)
		cellar_change_clear(change);
	return good;
}

/* ---- a change: publishing ---- */

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_entry(const struct entry *a, const struct entry *b)
{
	return cert_same(&a->cert, &b->cert) && entry_same_meaning(a, b) &&
	       same_text(a->note, b->note) && extra_same_origins(a->origin, b->origin) &&
	       fields_equal(a->fields, b->fields);
}

static bool same_set(const struct entry_set *a, const struct entry_set *b)
{
	if (a->n != b->n)
		return false;
	for (size_t i = 0; i < a->n; i++) {
		const struct entry *twin = set_find(b, &a->at[i].cert);

		if (!twin || !same_entry(&a->at[i], twin))
			return false;
	}
	return true;
}

/* What is on disk now is what was meant: read by the reader that everybody uses. */
static bool check_written(int fd, size_t n, const struct entry_set *meant,
			  struct error *err)
{
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(state_head) head = STATE_HEAD_INIT;
	AUTO(buf) back = BUF_INIT;
	ssize_t got;
	bool good;

	/* One byte more than was written: a longer file is wrong too. */
	while ((got = pread(fd, buf_reserve(&back, n + 1 - back.n), n + 1 - back.n,
			    (off_t)back.n)) > 0 &&
	       back.n <= n)
		back.n += (size_t)got;
	if (got < 0)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot read the new state back"));
	good = state_read(buf_span(&back), &head, &set, err) && same_set(meant, &set);
	if (!good) {
		AUTO(error) why = ERROR_INIT;

		if (err->text)
			error_move(&why, err);
		error_fail(err, STATUS_UNCHANGED,
			   _("the new state does not say what was meant, and was not "
			     "published%s%s"),
			   why.text ? ": " : "", why.text ? why.text : "");
	}
	entry_set_clear(&set);
	return good;
}

/* The number that a state which was refused had: what its header says, else the next in
 * line. */
static uint64_t refused_number(const struct cellar_change *change, uint64_t newest)
{
	AUTO_FREE char *name = cellar_state_path(change->path, 0);
	AUTO(file) file = FILE_INIT;
	AUTO(state_head) head = STATE_HEAD_INIT;
	AUTO(error) ignored = ERROR_INIT;
	size_t used;

	if (file_read(&file, name, &ignored) &&
	    state_read_head(file.bytes, &head, &used, &ignored) &&
	    head.generation > newest)
		return head.generation;
	return newest + 1;
}

/* *old: the number under which the state that is replaced is kept; *next: that of the new
 * one. */
static bool number_change(const struct cellar_change *change, uint64_t *old,
			  uint64_t *next, struct error *err)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;
	uint64_t newest;

	if (!cellar_history(change->path, &former, err))
		return false;
	newest = former.n ? former.at[0] : 0;
	*old = change->refused ? refused_number(change, newest) : change->generation;
	*next = (*old > newest ? *old : newest) + 1;
	if (*next > STATE_GENERATION_MOST)
		return error_fail(err, STATUS_UNCHANGED,
				  _("it has had too many generations"));
	return true;
}

static bool write_and_check(const struct cellar_folder *folder,
			    const struct entry_set *set, struct state_head *head,
			    struct error *err)
{
	AUTO(buf) bytes = BUF_INIT;
	AUTO_CLOSE int fd = -1;

	state_write(head, set, &bytes);
	return cellar_write_new(folder, buf_span(&bytes), &fd, err) &&
	       check_written(fd, bytes.n, set, err);
}

static bool publish(struct cellar_change *change, const struct cellar_folder *folder,
		    const char *command, int64_t now, struct error *err)
{
	AUTO(state_head) head = { .time = now, .command = str_copy(command) };
	enum keep keep = change->refused ? KEEP_REFUSED : KEEP_GENERATION;
	uint64_t old;

	if (!number_change(change, &old, &head.generation, err) ||
	    !write_and_check(folder, &change->set, &head, err))
		return false;
	if (old && !cellar_keep_old(folder, old, keep, err))
		return false;
	if (!cellar_publish(folder, err))
		return false;
	change->generation = head.generation;
	change->refused = false;
	return true;
}

static bool move_foreign(const struct cellar_change *change,
			 const struct cellar_folder *folder, struct error *err)
{
	AUTO(name_list) foreign = NAME_LIST_INIT;

	if (!cellar_foreign(change->path, &foreign, err))
		return false;
	for (size_t i = 0; i < foreign.n; i++)
		if (!cellar_move_foreign(folder, foreign.at[i], change->generation, err))
			return false;
	return true;
}

static bool commit(struct cellar_change *change, const char *command, int64_t now,
		   struct error *err)
{
	AUTO(cellar_folder) folder = CELLAR_FOLDER_INIT;

	for (size_t i = 0; i < change->set.n; i++)
		extra_settle(&change->set, &change->set.at[i], now);
	if (!change->refused && !change->adopts &&
	    same_set(&change->before, &change->set))
		return true;
	if (!cellar_folder_open(&folder, change->path, err))
		return false;
	if ((change->refused || !same_set(&change->before, &change->set)) &&
	    !publish(change, &folder, command, now, err))
		return false;
	return !change->adopts || move_foreign(change, &folder, err);
}

bool cellar_commit(struct cellar_change *change, const char *command, int64_t now,
		   uint64_t *generation, struct error *err)
{
	assert(change->lock >= 0);
	if (!commit(change, command, now, err)) {
		err->status = STATUS_UNCHANGED;
		return cellar_error_in(err, change->path);
	}
	*generation = change->generation;
	return true;
}
