/* What `stores --enable` put outside the cellar: the file that says so, and what is kept.
 */
#include "store/enabled.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define STATE_FORM  1
#define FILE_NAME   "enabled.json"
#define KEPT_FOLDER "before"
/* A line of it has some hundred bytes, and a cellar that can be live some thousand
 * entries. */
#define JSON_MOST   ((size_t)64 << 20)
#define STORES_MOST 1000
#define PIECES_MOST 100000
/* What was replaced may hold keys. */
#define MODE_STATE  0644
#define MODE_KEPT   0600
#define MODE_FOLDER 0700

void enabled_clear(struct enabled *enabled)
{
	for (size_t i = 0; i < enabled->n; i++)
		mem_free(enabled->at[i].path);
	mem_free(enabled->at);
	mem_free(enabled->name);
	mem_free(enabled->profile);
	mem_free(enabled->way);
	*enabled = (struct enabled){ .n = 0 };
}

void enabled_list_clear(struct enabled_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		enabled_clear(&list->at[i]);
	mem_free(list->at);
	*list = (struct enabled_list)ENABLED_LIST_INIT;
}

struct enabled *enabled_find(const struct enabled_list *list, const char *name)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->at[i].name, name) == 0)
			return &list->at[i];
	return NULL;
}

struct enabled_piece *enabled_piece_find(const struct enabled *enabled, const char *path)
{
	for (size_t i = 0; i < enabled->n; i++)
		if (strcmp(enabled->at[i].path, path) == 0)
			return &enabled->at[i];
	return NULL;
}

struct enabled *enabled_add(struct enabled_list *list, const char *name)
{
	GROW(list->at, list->n, list->cap);
	list->at[list->n] = (struct enabled){ .name = str_copy(name) };
	return &list->at[list->n++];
}

struct enabled_piece *enabled_piece_add(struct enabled *enabled, const char *path)
{
	const struct exact nothing = exact_of(EXACT_NOTHING, span_of(NULL, 0));

	GROW(enabled->at, enabled->n, enabled->cap);
	enabled->at[enabled->n] = (struct enabled_piece){ str_copy(path), false, nothing,
							  nothing, nothing };
	return &enabled->at[enabled->n++];
}

void enabled_drop(struct enabled_list *list, struct enabled *enabled)
{
	enabled_clear(enabled);
	*enabled = list->at[--list->n];
}

/* ---- writing ---- */

static json_t *exact_to_json(const struct exact *exact)
{
	char hex[SHA256_TEXT];
	json_t *json = json_object();

	json_object_set_new(json, "kind", json_string(exact_kind_name(exact->kind)));
	json_object_set_new(json, "sha256", json_string(sha256_hex(&exact->hash, hex)));
	return json;
}

/* A path can hold any byte but NUL, and JSON only UTF-8: hex is the same for all. */
static json_t *path_to_json(const char *path)
{
	AUTO(buf) text = BUF_INIT;

	escape_terminal(&text, span_str(path));
	if (strcmp(buf_text(&text), path) == 0)
		return json_string(path);
	buf_clear(&text);
	buf_add_hex(&text, span_str(path));
	return json_string(buf_text(&text));
}

static json_t *piece_to_json(const struct enabled_piece *piece)
{
	json_t *json = json_object();

	json_object_set_new(json, "path", path_to_json(piece->path));
	json_object_set_new(json, "part", json_boolean(piece->part));
	json_object_set_new(json, "before", exact_to_json(&piece->before));
	json_object_set_new(json, "was", exact_to_json(&piece->was));
	json_object_set_new(json, "written", exact_to_json(&piece->written));
	return json;
}

static json_t *enabled_to_json(const struct enabled *enabled)
{
	json_t *json = json_object(), *pieces = json_array();
	char hex[SHA256_TEXT];

	for (size_t i = 0; i < enabled->n; i++)
		json_array_append_new(pieces, piece_to_json(&enabled->at[i]));
	json_object_set_new(json, "name", json_string(enabled->name));
	json_object_set_new(json, "profile", json_string(enabled->profile));
	json_object_set_new(json, "way", json_string(enabled->way));
	json_object_set_new(json, "pending", json_boolean(enabled->pending));
	json_object_set_new(json, "sealed", json_boolean(enabled->sealed));
	json_object_set_new(json, "generation",
			    json_integer((json_int_t)enabled->generation));
	json_object_set_new(json, "holds", json_string(sha256_hex(&enabled->holds, hex)));
	json_object_set_new(json, "pieces", pieces);
	return json;
}

/* The cellar's folder may itself be named by a link, which its owner made. */
static char *real_path(const char *cellar, const char *name)
{
	char *real = realpath(cellar, NULL);
	char *path = str_format("%s/%s", real ? real : cellar, name);

	free(real);
	return path;
}

bool enabled_write(const struct enabled_list *list, const char *cellar, struct error *err)
{
	AUTO_FREE char *path = real_path(cellar, FILE_NAME);
	json_t *json = json_object(), *stores = json_array();
	char *text;
	bool good;

	for (size_t i = 0; i < list->n; i++)
		json_array_append_new(stores, enabled_to_json(&list->at[i]));
	json_object_set_new(json, "version", json_integer(STATE_FORM));
	json_object_set_new(json, "stores", stores);
	text = json_dumps(json, JSON_INDENT(1));
	json_decref(json);
	if (!text)
		return error_fail(err, STATUS_UNCHANGED,
				  _("cannot say what is enabled in '%s'"), FILE_NAME);
	good = list->n ? exact_write(path, span_str(text), MODE_STATE, err)
		       : exact_remove(path, err);
	free(text);
	return good;
}

/* ---- reading ---- */

static bool take_exact(const json_t *json, const char *key, struct exact *exact)
{
	const json_t *value = json_object_get(json, key);
	const char *kind = json_string_value(json_object_get(value, "kind"));
	const char *hash = json_string_value(json_object_get(value, "sha256"));

	return kind && hash && exact_kind_parse(kind, &exact->kind) &&
	       sha256_parse(hash, &exact->hash);
}

static int nibble(char digit)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, digit);

	return digit && at ? (int)(at - digits) : -1;
}

/* A path from the root on, as it is or in hex; NULL where it is neither. */
static char *take_path(const json_t *json)
{
	const char *text = json_string_value(json_object_get(json, "path"));
	AUTO(buf) path = BUF_INIT;

	if (!text || text[0] == '/')
		return text ? str_copy(text) : NULL;
	for (; text[0]; text += 2) {
		int high = nibble(text[0]), low = high < 0 ? -1 : nibble(text[1]);

		if (low < 0 || (!high && !low))
			return NULL;
		buf_add_byte(&path, (uint8_t)(high << 4 | low));
	}
	return path.n && path.at[0] == '/' ? buf_steal(&path) : NULL;
}

static bool take_piece(struct enabled *enabled, const json_t *json)
{
	AUTO_FREE char *path = take_path(json);
	struct enabled_piece *piece;

	if (!path)
		return false;
	piece = enabled_piece_add(enabled, path);
	piece->part = json_is_true(json_object_get(json, "part"));
	return take_exact(json, "before", &piece->before) &&
	       take_exact(json, "was", &piece->was) &&
	       take_exact(json, "written", &piece->written);
}

static bool take_enabled(struct enabled_list *list, const json_t *json)
{
	const char *name = json_string_value(json_object_get(json, "name"));
	const char *profile = json_string_value(json_object_get(json, "profile"));
	const char *way = json_string_value(json_object_get(json, "way"));
	const char *holds = json_string_value(json_object_get(json, "holds"));
	const json_t *pieces = json_object_get(json, "pieces");
	json_int_t generation = json_integer_value(json_object_get(json, "generation"));
	struct enabled *enabled;

	if (!name || !profile || !way || !holds || generation < 0 ||
	    enabled_find(list, name) || json_array_size(pieces) > PIECES_MOST)
		return false;
	enabled = enabled_add(list, name);
	enabled->profile = str_copy(profile);
	enabled->way = str_copy(way);
	enabled->pending = json_is_true(json_object_get(json, "pending"));
	enabled->sealed = json_is_true(json_object_get(json, "sealed"));
	enabled->generation = (uint64_t)generation;
	for (size_t i = 0; i < json_array_size(pieces); i++)
		if (!take_piece(enabled, json_array_get(pieces, i)))
			return false;
	return sha256_parse(holds, &enabled->holds);
}

static bool take_list(struct enabled_list *list, const json_t *json)
{
	const json_t *stores = json_object_get(json, "stores");

	if (json_integer_value(json_object_get(json, "version")) != STATE_FORM ||
	    !json_is_array(stores) || json_array_size(stores) > STORES_MOST)
		return false;
	for (size_t i = 0; i < json_array_size(stores); i++)
		if (!take_enabled(list, json_array_get(stores, i)))
			return false;
	return true;
}

bool enabled_read(struct enabled_list *list, const char *cellar, struct error *err)
{
	AUTO_FREE char *path = real_path(cellar, FILE_NAME);
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(buf) bytes = BUF_INIT;
	enum exact_kind kind;
	json_t *json = NULL;
	bool good;

	if (!exact_look(path, &kind, &bytes, err))
		return false;
	if (kind == EXACT_NOTHING)
		return true;
	if (kind == EXACT_FILE && bytes.n <= JSON_MOST)
		json = json_loadb((const char *)buf_text(&bytes), bytes.n,
				  JSON_REJECT_DUPLICATES, NULL);
	good = json && take_list(list, json);
	json_decref(json);
	if (good)
		return true;
	enabled_list_clear(list);
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s', which says what is enabled, is damaged or of a newer "
			    "version"),
			  shown);
}

/* ---- what is kept ---- */

static char *kept_path(const char *cellar, const struct sha256 *hash)
{
	AUTO_FREE char *folder = real_path(cellar, KEPT_FOLDER);
	char hex[SHA256_TEXT];

	return str_format("%s/%s", folder, sha256_hex(hash, hex));
}

bool enabled_keep(const char *cellar, struct span bytes, struct error *err)
{
	struct sha256 hash = sha256_of(bytes);
	AUTO_FREE char *folder = real_path(cellar, KEPT_FOLDER);
	AUTO_FREE char *path = kept_path(cellar, &hash);

	return exact_make_folder(folder, MODE_FOLDER, err) &&
	       exact_write(path, bytes, MODE_KEPT, err);
}

bool enabled_kept(const char *cellar, const struct sha256 *hash, struct buf *bytes,
		  struct error *err)
{
	AUTO_FREE char *path = kept_path(cellar, hash);
	AUTO_FREE char *shown = quoted(span_str(path));
	enum exact_kind kind;
	struct sha256 is;

	if (!exact_look(path, &kind, bytes, err))
		return false;
	is = sha256_of(buf_span(bytes));
	return (kind == EXACT_FILE && sha256_eq(&is, hash)) ||
	       error_fail(
		       err, STATUS_UNCHANGED,
		       _("'%s', which was kept to be brought back, is gone or damaged"),
		       shown);
}

static bool is_needed(const struct enabled_list *list, const char *name)
{
	struct sha256 hash;

	if (!sha256_parse(name, &hash))
		return false;
	for (size_t i = 0; i < list->n; i++)
		for (size_t k = 0; k < list->at[i].n; k++) {
			const struct enabled_piece *piece = &list->at[i].at[k];

			if (piece->before.kind == EXACT_FILE &&
			    sha256_eq(&piece->before.hash, &hash))
				return true;
		}
	return false;
}

void enabled_sweep(const char *cellar, const struct enabled_list *list)
{
	AUTO_FREE char *path = real_path(cellar, KEPT_FOLDER);
	AUTO_FREE char *state = real_path(cellar, FILE_NAME);
	DIR *dir = opendir(path);
	const struct dirent *item;

	exact_sweep(state);
	while (dir && (item = readdir(dir)))
		if (strcmp(item->d_name, ".") != 0 && strcmp(item->d_name, "..") != 0 &&
		    !is_needed(list, item->d_name))
			/* What stays is looked at again the next time. */
			(void)!unlinkat(dirfd(dir), item->d_name, 0);
	if (dir)
		closedir(dir);
	(void)!rmdir(path); /* it goes where it is empty */
}
