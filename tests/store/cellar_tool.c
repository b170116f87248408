/*
 * For the scripts of this folder: one change of a cellar, or one look at it, through the
 *API.
 *
 *	cellar_tool add CELLAR FILE TRUST [LABEL]   adds the certificates of FILE
 *	cellar_tool churn CELLAR FILE ID TIMES      TIMES changes of an entry of its own,
 *which counts them cellar_tool read CELLAR [GENERATION]        a line an entry: trust,
 *fingerprint, label cellar_tool log | undo | adopt CELLAR
 */
#include "store/cellar.h"
#include "store/store.h"
#include "base/escape.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* After what every reader sees as the same day, so that states compare. */
#define NOW 1700000000

static int fail(const struct error *err)
{
	fprintf(stderr, "cellar_tool: %s\n", err->text);
	if (err->remedy)
		fprintf(stderr, "cellar_tool: %s\n", err->remedy);
	return err->status;
}

static int commit(struct cellar_change *change, const char *command)
{
	AUTO(error) err = ERROR_INIT;
	uint64_t generation;

	if (!cellar_commit(change, command, NOW, &generation, &err))
		return fail(&err);
	printf("generation %" PRIu64 "\n", generation);
	return 0;
}

static bool read_file(struct store *store, const char *path, struct error *err)
{
	const struct store_options options = { .purpose = STORE_TO_CHANGE };
	AUTO_FREE char *ref = str_format("pem:%s", path);

	return store_open(store, ref, &options, err);
}

static int add(const char *path, const char *file, enum trust trust, const char *label)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(store) store = STORE_INIT;

	if (!read_file(&store, file, &err) || !cellar_begin(&change, path, &err))
		return fail(&err);
	for (size_t i = 0; i < store.set.n; i++) {
		struct entry entry = store.set.at[i];

		entry.trust = trust;
		entry.label = label;
		set_add_copy(&change.set, &entry);
	}
	return commit(&change, label ? label : "add");
}

/* A certificate like the first of the set whose serial number ends in id: nobody asks who
 * signed it. */
static struct entry numbered(struct entry_set *set, const struct cert *like, uint32_t id)
{
	struct span der = arena_copy(&set->arena, cert_der(like));
	uint8_t *serial = (uint8_t *)der.at + like->serial.at + like->serial.n - 4;
	struct entry entry = { .trust = TRUST_ANCHOR };
	AUTO(error) err = ERROR_INIT;

	for (int i = 0; i < 4; i++)
		serial[i] = (uint8_t)(id >> (8 * i));
	if (!cert_read(&entry.cert, der, &err))
		exit(fail(&err));
	return entry;
}

/* Counts the label of the writer's own entry on from what it must be, or makes the entry.
 */
static bool count_on(struct entry_set *set, const struct cert *like, uint32_t id,
		     uint32_t count)
{
	struct entry entry = numbered(set, like, id);
	struct entry *own = set_find(set, &entry.cert);
	AUTO_FREE char *before = str_format("%u", count - 1);
	AUTO_FREE char *after = str_format("%u", count);

	if ((count == 1) != !own || (own && strcmp(own->label, before) != 0))
		return false;
	if (!own)
		own = set_add(set, &entry);
	own->label = arena_str(&set->arena, after);
	return true;
}

static int churn(const char *path, const char *file, uint32_t id, uint32_t times)
{
	AUTO(error) err = ERROR_INIT;
	AUTO(store) store = STORE_INIT;

	if (!read_file(&store, file, &err))
		return fail(&err);
	for (uint32_t count = 1; count <= times; count++) {
		AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
		uint64_t generation;

		if (!cellar_begin(&change, path, &err))
			return fail(&err);
		if (!count_on(&change.set, &store.set.at[0].cert, id, count)) {
			fprintf(stderr, "cellar_tool: change %u of writer %u was lost\n",
				count - 1, id);
			return STATUS_FINDING;
		}
		if (!cellar_commit(&change, "churn", NOW, &generation, &err))
			return fail(&err);
	}
	return 0;
}

static int read_cellar(const char *path, uint64_t generation)
{
	struct entry_set set = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	uint64_t number;

	if (!cellar_read(path, generation, &set, &number, &err))
		return fail(&err);
	set_sort(&set);
	for (size_t i = 0; i < set.n; i++) {
		struct sha256 hash = cert_sha256(&set.at[i].cert);
		AUTO_FREE char *label =
			quoted(span_str(set.at[i].label ? set.at[i].label : "-"));
		char hex[SHA256_TEXT];

		printf("%s %s %s\n", trust_name(set.at[i].trust), sha256_hex(&hash, hex),
		       label);
	}
	entry_set_clear(&set);
	return 0;
}

static int show_log(const char *path)
{
	AUTO(generation_list) list = GENERATION_LIST_INIT;
	AUTO(error) err = ERROR_INIT;

	if (!cellar_log(path, &list, &err))
		return fail(&err);
	for (size_t i = 0; i < list.n; i++) {
		AUTO_FREE char *command = quoted(span_str(list.at[i].command));

		printf("%" PRIu64 "%s%s %zu %zu %zu %s\n", list.at[i].number,
		       list.at[i].current ? " current" : "",
		       list.at[i].damaged ? " damaged" : "", list.at[i].anchors,
		       list.at[i].intermediates, list.at[i].distrusted, command);
	}
	return 0;
}

static int undo(const char *path)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	return cellar_begin_undo(&change, path, 0, &err) ? commit(&change, "undo")
							 : fail(&err);
}

static int adopt(const char *path)
{
	AUTO(cellar_change) change = CELLAR_CHANGE_INIT;
	AUTO(error) err = ERROR_INIT;

	return cellar_adopt(&change, path, &err) ? commit(&change, "adopt") : fail(&err);
}

int main(int argc, char **argv)
{
	const char *verb = argc > 2 ? argv[1] : "";
	enum trust trust;

	if (strcmp(verb, "add") == 0 && argc > 4 && trust_parse(argv[4], &trust))
		return add(argv[2], argv[3], trust, argv[5]);
	if (strcmp(verb, "churn") == 0 && argc == 6)
		return churn(argv[2], argv[3], (uint32_t)strtoul(argv[4], NULL, 10),
			     (uint32_t)strtoul(argv[5], NULL, 10));
	if (strcmp(verb, "read") == 0)
		return read_cellar(argv[2], argc > 3 ? strtoull(argv[3], NULL, 10) : 0);
	if (strcmp(verb, "log") == 0)
		return show_log(argv[2]);
	if (strcmp(verb, "undo") == 0)
		return undo(argv[2]);
	if (strcmp(verb, "adopt") == 0)
		return adopt(argv[2]);
	fprintf(stderr, "usage: cellar_tool add|churn|read|log|undo|adopt CELLAR ...\n");
	return STATUS_INPUT;
}
