/* Reading --client. */
#include "cmd/clients.h"

#include "base/i18n.h"
#include "base/memory.h"
#include "store/profile.h"

/* A table of more is none that anyone reads. */
#define CLIENTS_MOST 32

static bool add(struct client_list *list, const char *name, struct error *err)
{
	struct client_rules client = client_default;

	if (list->n == CLIENTS_MOST)
		return error_fail(err, STATUS_INPUT, _("--client: more than %d clients"),
				  CLIENTS_MOST);
	if (!client_load(&client, name, err))
		return error_in(err, "--client");
	list->at[list->n++] = client;
	return true;
}

static bool is_there(const struct client_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].name, name) == 0)
			return true;
	return false;
}

static bool add_each(struct client_list *list, const char *word, struct error *err)
{
	AUTO_FREE char *names = str_copy(word);
	char *rest, *name = strtok_r(names, ",", &rest);

	if (!name)
		return error_fail(err, STATUS_INPUT, _("--client names no client"));
	for (; name; name = strtok_r(NULL, ",", &rest))
		if (!is_there(list, name) && !add(list, name, err))
			return false;
	return true;
}

bool client_list_load(struct client_list *list, const char *const *words,
		      struct error *err)
{
	list->at = mem_array(CLIENTS_MOST, sizeof(*list->at));
	for (size_t i = 0; words && words[i]; i++)
		if (!add_each(list, words[i], err))
			return false;
	return true;
}

void client_list_clear(struct client_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		client_clear(&list->at[i]);
	mem_free(list->at);
	*list = (struct client_list)CLIENT_LIST_INIT;
}
