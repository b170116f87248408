/* The stores that profiles describe, and what of them is on this machine. */
#include "store/known.h"

#include "format/passwords.h"
#include "store/enabled.h"

#include <sys/stat.h>

void known_stores_clear(struct known_stores *stores)
{
	for (size_t i = 0; i < stores->n; i++) {
		profile_clear(&stores->at[i].profile);
		mem_free(stores->at[i].problem);
		mem_free(stores->at[i].path);
	}
	mem_free(stores->at);
}

static void count(void *ctx, const struct entry *entry)
{
	(void)ctx;
	(void)entry;
}

static void take_problem(struct known_store *known, struct error *err)
{
	known->problem = str_copy(err->text);
	error_clear(err);
}

/* Its entries are only counted. */
static void read_entries(struct known_store *known, const char *name)
{
	const struct entry_taker taker = { count, NULL };
	const struct store_options options = { .purpose = STORE_TO_LOOK,
					       .taker = &taker };
	AUTO(store) store = STORE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!store_open(&store, name, &options, &err)) {
		take_problem(known, &err);
		return;
	}
	known->entries = store_entries(&store);
	known->left_out = store.skipped;
	known->path = store.path;
	store.path = NULL;
}

/* Of tokens the place is the URI. */
static void take_uri(struct known_store *known)
{
	const struct profile_read *read = profile_read_here(&known->profile);

	if (!known->path && read && read->kind == READ_URI)
		known->path = str_copy(read->text);
}

static void look_at(struct known_store *known, const char *name)
{
	AUTO(error) err = ERROR_INIT;

	if (!profile_load(&known->profile, name, &err)) {
		mem_free(known->profile.name);
		known->profile.name = str_copy(name);
		known->here = true;
		take_problem(known, &err);
		return;
	}
	known->here = profile_is_here(name);
	if (!known->here)
		return;
	read_entries(known, name);
	take_uri(known);
}

/* ---- which are one file ---- */

static bool is_same_file(const char *a, const char *b)
{
	struct stat at_a, at_b;

	return strcmp(a, b) == 0 ||
	       (stat(a, &at_a) == 0 && stat(b, &at_b) == 0 &&
		at_a.st_dev == at_b.st_dev && at_a.st_ino == at_b.st_ino);
}

static void find_same(struct known_stores *stores)
{
	for (size_t i = 0; i < stores->n; i++) {
		struct known_store *known = &stores->at[i];

		for (size_t k = 0; known->path && !known->same_as && k < i; k++) {
			const struct known_store *earlier = &stores->at[k];

			if (earlier->path && is_same_file(earlier->path, known->path))
				known->same_as = earlier->profile.name;
		}
	}
}

bool known_stores_look(struct known_stores *stores, struct error *err)
{
	const struct passwords *asking = store_passwords;
	struct passwords silent = { 0 };
	AUTO(profile_names) names = PROFILE_NAMES_INIT;

	if (!profile_list(&names, err))
		return false;
	if (asking)
		silent = *asking;
	silent.ask = NULL;
	silent.note = NULL;
	store_passwords = &silent;
	for (size_t i = 0; i < names.n; i++) {
		GROW(stores->at, stores->n, stores->cap);
		stores->at[stores->n] = (struct known_store){ .profile = PROFILE_INIT };
		look_at(&stores->at[stores->n], names.at[i]);
		if (profile_is_client(&stores->at[stores->n].profile))
			profile_clear(&stores->at[stores->n].profile);
		else
			stores->n++;
	}
	store_passwords = asking;
	find_same(stores);
	return true;
}

void known_stores_mark(struct known_stores *stores, const struct enabled_list *list)
{
	for (size_t i = 0; i < stores->n; i++)
		stores->at[i].enabled = enabled_find(list, stores->at[i].profile.name);
}
