/* undo: publishes an earlier generation as a new one. */
#include "base/escape.h"
#include "cmd/command.h"

#include <errno.h>
#include <stdlib.h>

static bool parse_generation(const char *word, uint64_t *number, struct error *err)
{
	const char *digits = word[0] == '@' ? word + 1 : word;
	AUTO_FREE char *shown = quoted(span_str(word));
	char *end;

	errno = 0;
	*number = strtoull(digits, &end, 10);
	if (digits[0] >= '0' && digits[0] <= '9' && !*end && !errno)
		return true;
	error_fail(err, STATUS_INPUT, _("'%s' is no generation"), shown);
	return error_remedy(err, _("'rootcellar log' tells the generations"));
}

/* Whether the first change ever is the only one: before it there was nothing. */
static bool is_first(const char *path, bool *first, struct error *err)
{
	AUTO(generation_list) log = GENERATION_LIST_INIT;

	if (!cellar_log(path, &log, err))
		return false;
	*first = log.n == 1 && log.at[0].number == 1 && !log.at[0].damaged;
	return true;
}

static bool begin_empty(struct cellar_change *change, struct context *context,
			struct error *err)
{
	if (!change_begin(change, context, err))
		return false;
	entry_set_clear(&change->set);
	return true;
}

static enum status run(struct context *context, const char *const *words,
		       struct error *err)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO_FREE char *path = NULL;
	uint64_t number = 0;
	bool to_nothing;

	if ((words[0] && !parse_generation(words[0], &number, err)) ||
	    !change_path(&path, context, err) || !is_first(path, &to_nothing, err))
		return err->status;
	to_nothing = words[0] ? number == 0 : to_nothing;
	if (to_nothing ? !begin_empty(&change, context, err)
		       : !cellar_begin_undo(&change, path, number, err))
		return err->status;
	return change_finish(&change, context, CHANGE_ASKS, err);
}

static const struct command_example examples[] = {
	{ "rootcellar undo", N_("take back the last change") },
	{ "rootcellar undo 7 --dry-run",
	  N_("what going back to generation 7 would change") },
	{ NULL, NULL }
};

const struct command cmd_undo = {
	.name = "undo",
	.args = N_("[GENERATION]"),
	.summary = N_("take back changes of the cellar"),
	.description = N_("Publishes an earlier generation of the cellar as a new one; "
			  "without a number "
			  "the one before the current. Generation 0 is the empty cellar. "
			  "Nothing is "
			  "lost: undo after undo brings back what was taken back, and "
			  "'rootcellar log' "
			  "tells the numbers. It is also the way out where the current "
			  "state is damaged."),
	.group = COMMAND_CHANGE,
	.least = 0,
	.most = 1,
	.options = NULL,
	.examples = examples,
	.run = run,
};
