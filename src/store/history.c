/* The history of a cellar: which generations there are, and dropping old ones. */
#include "store/cellar_parts.h"

#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

void generation_list_clear(struct generation_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		mem_free(list->at[i].command);
	mem_free(list->at);
	*list = (struct generation_list)GENERATION_LIST_INIT;
}

static struct generation *add(struct generation_list *list)
{
	GROW(list->at, list->n, list->cap);
	list->at[list->n] = (struct generation){ .at = TIME_NONE };
	return &list->at[list->n++];
}

/* Takes what head says; its command goes over to the generation. */
static void fill(struct generation *generation, struct state_head *head)
{
	generation->number = head->generation;
	generation->at = head->time;
	generation->anchors = head->anchors;
	generation->intermediates = head->intermediates;
	generation->distrusted = head->distrusted;
	generation->command = head->command;
	head->command = NULL;
}

static void fill_damaged(struct generation *generation, uint64_t number,
			 struct error *why)
{
	generation->number = number;
	generation->damaged = true;
	generation->command = why->text;
	why->text = NULL;
}

/* The first bytes of a former state, enough for its header. */
static bool read_start(const char *name, struct buf *start, struct error *err)
{
	AUTO_CLOSE int fd = open(name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	ssize_t n = 1;

	if (fd < 0)
		return error_errno(err, STATUS_INPUT, _("cannot open it"));
	while (n > 0 && start->n < STATE_HEAD_MOST) {
		uint8_t *to = buf_reserve(start, 4096);

		n = read(fd, to, 4096);
		if (n > 0)
			start->n += (size_t)n;
		else if (n < 0)
			return error_errno(err, STATUS_INPUT, _("cannot read it"));
		/* Most headers end in the first block. */
		if (n > 0 && memmem(start->at, start->n, "\"\n\n", 3))
			break;
	}
	return true;
}

/* A log shows headers; whether a body is what it was is asked when it is used. */
static void add_former(struct generation_list *list, const char *path, uint64_t number)
{
	AUTO_FREE char *name = cellar_state_path(path, number);
	AUTO(state_head) head = STATE_HEAD_INIT;
	AUTO(error) why = ERROR_INIT;
	AUTO(buf) start = BUF_INIT;
	struct generation *generation = add(list);
	size_t used;

	if (read_start(name, &start, &why) &&
	    state_read_head(buf_span(&start), &head, &used, &why) &&
	    head.generation == number) {
		fill(generation, &head);
		return;
	}
	if (!why.text)
		error_fail(&why, STATUS_INPUT, _("this is another generation"));
	fill_damaged(generation, number, &why);
}

/* The current state first, where there is one. False only where nothing can be told. */
static bool add_current(struct generation_list *list, const char *path, uint64_t newest,
			struct error *err)
{
	AUTO(state_head) head = STATE_HEAD_INIT;
	AUTO(error) why = ERROR_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	enum finds finds = cellar_find_current(path, &head, &set, &why);

	entry_set_clear(&set);
	if (finds == FINDS_TROUBLE)
		return error_move(err, &why);
	if (finds == FINDS_NOTHING)
		return true;
	if (finds == FINDS_STATE)
		fill(add(list), &head);
	else
		fill_damaged(add(list), newest + 1, &why);
	list->at[0].current = true;
	return true;
}

bool cellar_log(const char *path, struct generation_list *list, struct error *err)
{
	AUTO(number_list) former = NUMBER_LIST_INIT;

	if (!cellar_history(path, &former, err))
		return cellar_error_in(err, path);
	if (!add_current(list, path, former.n ? former.at[0] : 0, err))
		return false;
	for (size_t i = 0; i < former.n; i++)
		/* A writer that died before its rename left the current one there too. */
		if (!list->n || list->at[0].number != former.at[i])
			add_former(list, path, former.at[i]);
	return true;
}

/* While the current state is refused, the former ones are the way out. */
static bool check_current(const char *path, struct error *err)
{
	AUTO(state_head) head = STATE_HEAD_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	enum finds finds = cellar_find_current(path, &head, &set, err);

	entry_set_clear(&set);
	return finds == FINDS_STATE || finds == FINDS_NOTHING;
}

static bool drop_old(const char *path, size_t keep, size_t *dropped, struct error *err)
{
	AUTO(cellar_folder) folder = CELLAR_FOLDER_INIT;
	AUTO(number_list) former = NUMBER_LIST_INIT;

	if (!check_current(path, err) || !cellar_history(path, &former, err))
		return false;
	if (former.n <= keep)
		return true;
	if (!cellar_folder_open(&folder, path, err))
		return false;
	for (size_t i = keep; i < former.n; i++, ++*dropped)
		if (!cellar_drop(&folder, former.at[i], err))
			return false;
	return cellar_sync_history(&folder, err);
}

bool cellar_forget(const char *path, size_t keep, size_t *dropped, struct error *err)
{
	int lock = -1;
	bool good, made = false;

	*dropped = 0;
	if (!cellar_lock(path, CELLAR_WAIT_MS, &lock, &made, err))
		return cellar_error_in(err, path);
	good = drop_old(path, keep, dropped, err);
	cellar_unlock(path, &lock, made);
	if (!good)
		err->status = STATUS_UNCHANGED;
	return good || cellar_error_in(err, path);
}
