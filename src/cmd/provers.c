/* Reading --prove. */
#include "cmd/provers.h"

#include "base/escape.h"
#include "base/i18n.h"

/* One client can predict several. */
static void add_client(struct prover_list *list, const char *client)
{
	size_t n = 0;

	for (; list->clients[n]; n++)
		if (strcmp(list->clients[n], client) == 0)
			return;
	list->clients[n] = client;
}

static bool add(struct prover_list *list, const char *name, struct error *err)
{
	const struct prover *prover = prover_find(name);
	AUTO_FREE char *shown = quoted(span_str(name));

	if (!prover) {
		error_fail(err, STATUS_INPUT,
			   _("--prove: '%s' is no client that can be asked"), shown);
		return error_remedy(err, _("it is one of %s"), PROVER_NAMES);
	}
	for (size_t i = 0; i < list->n; i++)
		if (list->at[i] == prover)
			return true;
	list->at[list->n++] = prover;
	add_client(list, prover_client(prover));
	return true;
}

static bool add_each(struct prover_list *list, const char *word, struct error *err)
{
	AUTO_FREE char *names = str_copy(word);
	char *rest, *name = strtok_r(names, ",", &rest);

	if (!name)
		return error_fail(err, STATUS_INPUT, _("--prove names no client"));
	for (; name; name = strtok_r(NULL, ",", &rest))
		if (!add(list, name, err))
			return false;
	return true;
}

bool prover_list_read(struct prover_list *list, const char *const *words,
		      struct error *err)
{
	for (size_t i = 0; words && words[i]; i++)
		if (!add_each(list, words[i], err))
			return false;
	return true;
}
