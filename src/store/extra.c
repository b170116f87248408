/*
 * Origins, notes and richer constraints as JSON. The reader bounds and decodes, encodes
 * the outcome again and compares: what this program would not have written is refused.
 */
#include "store/extra.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <jansson.h>
#include <stdlib.h>

/* A value of the largest entry stays well below this; jansson then needs a few times as
 * much. */
#define VALUE_MOST        ((size_t)1 << 20)
#define ALTERNATIVES_MOST 64
#define LIST_MOST         256 /* other purposes, or names, of one alternative */

/* ---- writing ---- */

/*
 * Whether p11-kit's own words say it all: one set of known purposes, and the dates after
 * which leaves for servers and e-mail are refused.
 */
static bool p11_kit_can_say(const struct entry *entry)
{
	const struct constraints *constraints = entry->constraints;
	const struct alternative *one;

	if (!constraints)
		return true;
	one = constraints->at;
	if (entry->trust != TRUST_ANCHOR || constraints->n != 1 || one->other_purposes ||
	    one->dns_subtrees || one->sct_before != TIME_NONE)
		return false;
	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		if (one->issued_before[i] != TIME_NONE && i != PURPOSE_SERVER_AUTH &&
		    i != PURPOSE_EMAIL)
			return false;
	return true;
}

static json_t *texts_to_json(const char *const *texts)
{
	json_t *list = json_array();

	for (size_t i = 0; texts[i]; i++)
		json_array_append_new(list, json_string(texts[i]));
	return list;
}

static json_t *purposes_to_json(uint32_t purposes)
{
	json_t *list = json_array();

	for (unsigned i = 0; i < PURPOSE_COUNT; i++)
		if (purposes >> i & 1)
			json_array_append_new(list, json_string(purpose_name(i)));
	return list;
}

static json_t *alternative_to_json(const struct alternative *alternative)
{
	json_t *json = json_object(), *before = json_object();

	for (unsigned i = 0; i < PURPOSE_COUNT; i++)
		if (alternative->issued_before[i] != TIME_NONE)
			json_object_set_new(before, purpose_name(i),
					    json_integer(alternative->issued_before[i]));
	json_object_set_new(json, "issued_before", before);
	json_object_set_new(json, "purposes", purposes_to_json(alternative->purposes));
	if (alternative->other_purposes)
		json_object_set_new(json, "other_purposes",
				    texts_to_json(alternative->other_purposes));
	if (alternative->sct_before != TIME_NONE)
		json_object_set_new(json, "sct_before",
				    json_integer(alternative->sct_before));
	if (alternative->dns_subtrees)
		json_object_set_new(json, "dns_subtrees",
				    texts_to_json(alternative->dns_subtrees));
	return json;
}

static json_t *constraints_to_json(const struct constraints *constraints)
{
	json_t *list = json_array();

	for (size_t i = 0; i < constraints->n; i++)
		json_array_append_new(list, alternative_to_json(&constraints->at[i]));
	return list;
}

static json_t *origins_to_json(const struct origin *origin)
{
	json_t *list = json_array();

	for (; origin; origin = origin->next) {
		json_t *json = json_object();

		json_object_set_new(json, "kind",
				    json_string(origin_kind_name(origin->kind)));
		json_object_set_new(json, "ref", json_string(origin->ref));
		if (origin->added != TIME_NONE)
			json_object_set_new(json, "added", json_integer(origin->added));
		if (origin->mirrored)
			json_object_set_new(json, "mirrored", json_true());
		json_array_append_new(list, json);
	}
	return list;
}

/* {"servicenow": {"sys_id": "..."}} */
static json_t *fields_to_json(const struct field *field)
{
	json_t *stores = json_object();

	for (; field; field = field->next) {
		json_t *words = json_object_get(stores, field->store);

		if (!words) {
			words = json_object();
			json_object_set_new(stores, field->store, words);
		}
		json_object_set_new(words, field->name, json_string(field->value));
	}
	return stores;
}

/* The text, or NULL where there is nothing that p11-kit cannot say. */
static char *write_value(void *ctx, const struct entry *entry)
{
	json_t *json = json_object();
	char *dumped = NULL, *text = NULL;

	(void)ctx;
	if (!p11_kit_can_say(entry))
		json_object_set_new(json, "constraints",
				    constraints_to_json(entry->constraints));
	if (entry->fields)
		json_object_set_new(json, "fields", fields_to_json(entry->fields));
	if (entry->note)
		json_object_set_new(json, "note", json_string(entry->note));
	if (entry->origin)
		json_object_set_new(json, "origins", origins_to_json(entry->origin));
	if (json_object_size(json))
		dumped = json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS);
	if (dumped)
		text = str_copy(dumped);
	free(dumped);
	json_decref(json);
	return text;
}

/* ---- reading ---- */

static bool refuse(struct error *err, const char *what)
{
	return error_fail(err, STATUS_INPUT, _("the data of rootcellar do not parse: %s"),
			  what);
}

static bool take_text(struct arena *arena, json_t *json, const char **to,
		      struct error *err)
{
	if (!json_is_string(json) || json_string_length(json) > EXTRA_TEXT_MOST)
		return refuse(err, _("a text is missing or too long"));
	*to = arena_str(arena, json_string_value(json));
	return true;
}

static bool take_time(json_t *json, int64_t *to, struct error *err)
{
	if (!json)
		return true;
	if (!json_is_integer(json) || json_integer_value(json) == TIME_NONE)
		return refuse(err, _("a time is no number"));
	*to = json_integer_value(json);
	return true;
}

static bool take_list(json_t *json, size_t most, size_t *n, struct error *err)
{
	if (!json_is_array(json) || json_array_size(json) > most)
		return refuse(err, _("a list is missing or too long"));
	*n = json_array_size(json);
	return true;
}

static bool take_texts(struct arena *arena, json_t *json, const char *const **to,
		       struct error *err)
{
	const char **texts;
	size_t n;

	if (!json)
		return true;
	if (!take_list(json, LIST_MOST, &n, err))
		return false;
	texts = arena_alloc(arena, (n + 1) * sizeof(*texts));
	for (size_t i = 0; i < n; i++)
		if (!take_text(arena, json_array_get(json, i), &texts[i], err))
			return false;
	texts[n] = NULL;
	*to = texts;
	return true;
}

static bool take_purposes(json_t *json, uint32_t *bits, struct error *err)
{
	size_t n;

	if (!take_list(json, PURPOSE_COUNT, &n, err))
		return false;
	for (size_t i = 0; i < n; i++) {
		const char *name = json_string_value(json_array_get(json, i));
		enum purpose purpose;

		if (!name || !purpose_parse(name, &purpose) || purpose >= PURPOSE_COUNT)
			return refuse(err, _("a purpose is unknown"));
		*bits |= 1u << purpose;
	}
	return true;
}

static bool take_bounds(json_t *json, struct alternative *alternative, struct error *err)
{
	for (unsigned i = 0; i < PURPOSE_COUNT; i++)
		if (!take_time(json_object_get(json, purpose_name(i)),
			       &alternative->issued_before[i], err))
			return false;
	return true;
}

static bool take_alternative(struct arena *arena, json_t *json, struct alternative *to,
			     struct error *err)
{
	*to = alternative_any();
	return take_purposes(json_object_get(json, "purposes"), &to->purposes, err) &&
	       take_bounds(json_object_get(json, "issued_before"), to, err) &&
	       take_texts(arena, json_object_get(json, "other_purposes"),
			  &to->other_purposes, err) &&
	       take_texts(arena, json_object_get(json, "dns_subtrees"), &to->dns_subtrees,
			  err) &&
	       take_time(json_object_get(json, "sct_before"), &to->sct_before, err);
}

static bool take_constraints(struct arena *arena, json_t *json,
			     const struct constraints **to, struct error *err)
{
	struct constraints *constraints;
	struct alternative *at;
	size_t n;

	if (!json)
		return true;
	if (!take_list(json, ALTERNATIVES_MOST, &n, err))
		return false;
	if (n == 0)
		return refuse(err, _("a list is missing or too long"));
	at = arena_alloc(arena, n * sizeof(*at));
	for (size_t i = 0; i < n; i++)
		if (!take_alternative(arena, json_array_get(json, i), &at[i], err))
			return false;
	constraints = arena_alloc(arena, sizeof(*constraints));
	*constraints = (struct constraints){ n, at };
	*to = constraints;
	return true;
}

static bool take_kind(json_t *json, enum origin_kind *to, struct error *err)
{
	const char *name = json_string_value(json);

	for (enum origin_kind kind = ORIGIN_FILE; name && kind <= ORIGIN_USER; kind++)
		if (strcmp(name, origin_kind_name(kind)) == 0) {
			*to = kind;
			return true;
		}
	return refuse(err, _("a kind of origin is unknown"));
}

static bool take_origins(struct arena *arena, json_t *json, const struct origin **to,
			 struct error *err)
{
	struct origin *at;
	size_t n;

	if (!json)
		return true;
	if (!take_list(json, EXTRA_ORIGINS_MOST, &n, err))
		return false;
	at = arena_alloc(arena, n * sizeof(*at));
	for (size_t i = 0; i < n; i++) {
		json_t *one = json_array_get(json, i);

		at[i] = (struct origin){ .added = TIME_NONE };
		if (!take_kind(json_object_get(one, "kind"), &at[i].kind, err) ||
		    !take_text(arena, json_object_get(one, "ref"), &at[i].ref, err) ||
		    !take_time(json_object_get(one, "added"), &at[i].added, err))
			return false;
		at[i].mirrored = json_is_true(json_object_get(one, "mirrored"));
		at[i].next = i + 1 < n ? &at[i + 1] : NULL;
	}
	*to = n ? at : NULL;
	return true;
}

/* One list over the words of all stores, at most EXTRA_FIELDS_MOST long. */
struct field_list {
	struct arena *arena;
	const struct field *first, **end;
	size_t n;
};

static bool take_field(struct field_list *list, const char *store, const char *name,
		       json_t *json, struct error *err)
{
	struct field *field;

	if (list->n == EXTRA_FIELDS_MOST || strlen(store) > EXTRA_FIELD_MOST ||
	    strlen(name) > EXTRA_FIELD_MOST || !json_is_string(json) ||
	    json_string_length(json) > EXTRA_FIELD_MOST)
		return refuse(err, _("a field is none, or one too many"));
	field = arena_alloc(list->arena, sizeof(*field));
	*field = (struct field){ arena_str(list->arena, store),
				 arena_str(list->arena, name),
				 arena_str(list->arena, json_string_value(json)), NULL };
	*list->end = field;
	list->end = &field->next;
	list->n++;
	return true;
}

static bool take_words(struct field_list *list, const char *store, json_t *words,
		       struct error *err)
{
	const char *name;
	json_t *value;

	if (!json_is_object(words))
		return refuse(err, _("the fields of a store are no list"));
	json_object_foreach(words, name, value)
	{
		if (!take_field(list, store, name, value, err))
			return false;
	}
	return true;
}

static bool take_all_fields(struct arena *arena, json_t *json, const struct field **to,
			    struct error *err)
{
	struct field_list list = { .arena = arena, .end = &list.first };
	const char *store;
	json_t *words;

	if (!json)
		return true;
	if (!json_is_object(json))
		return refuse(err, _("the fields of a store are no list"));
	json_object_foreach(json, store, words)
	{
		if (!take_words(&list, store, words, err))
			return false;
	}
	*to = list.first;
	return true;
}

static bool take_members(struct arena *arena, json_t *json, struct entry *entry,
			 struct error *err)
{
	json_t *note = json_object_get(json, "note");

	if (note && !take_text(arena, note, &entry->note, err))
		return false;
	return take_constraints(arena, json_object_get(json, "constraints"),
				&entry->constraints, err) &&
	       take_all_fields(arena, json_object_get(json, "fields"), &entry->fields,
			       err) &&
	       take_origins(arena, json_object_get(json, "origins"), &entry->origin, err);
}

static bool read_value(void *ctx, struct arena *arena, struct entry *entry,
		       struct span value, struct error *err)
{
	AUTO_FREE char *again = NULL;
	json_t *json;
	bool good;

	if (value.n > VALUE_MOST)
		return refuse(err, _("too long"));
	json = json_loadb((const char *)value.at, value.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json)
		return refuse(err, _("this is no JSON"));
	good = take_members(arena, json, entry, err);
	json_decref(json);
	if (!good)
		return false;
	again = write_value(ctx, entry);
	if (!again || !span_eq(span_str(again), value))
		return refuse(err, _("not as rootcellar writes them"));
	return true;
}

const struct p11_kit_extra extra_objects = { .value = write_value, .read = read_value };

/* ---- settling ---- */

/* Valid UTF-8 of at most EXTRA_TEXT_MOST bytes, in arena where it had to be changed. */
static const char *settle_text(struct arena *arena, const char *text)
{
	AUTO(buf) out = BUF_INIT;

	if (strlen(text) <= EXTRA_TEXT_MOST && utf8_valid(span_str(text)))
		return text;
	escape_utf8(&out, span_str(text));
	if (out.n > EXTRA_TEXT_MOST) {
		out.n = EXTRA_TEXT_MOST;
		while (out.n && (out.at[out.n] & 0xc0) == 0x80)
			out.n--;
	}
	return arena_str_of(arena, buf_span(&out));
}

static struct origin *find_origin(struct origin *at, size_t n, const struct origin *like)
{
	for (size_t i = 0; i < n; i++)
		if (at[i].kind == like->kind && strcmp(at[i].ref, like->ref) == 0)
			return &at[i];
	return NULL;
}

static const struct origin *settle_origins(struct arena *arena,
					   const struct origin *origin, int64_t now)
{
	struct origin *at;
	size_t n = 0;

	if (!origin)
		return NULL;
	at = arena_alloc(arena, EXTRA_ORIGINS_MOST * sizeof(*at));
	for (; origin && n < EXTRA_ORIGINS_MOST; origin = origin->next) {
		struct origin next = *origin, *twin;

		next.ref = settle_text(arena, origin->ref ? origin->ref : "");
		twin = find_origin(at, n, &next);
		if (twin) {
			/* It came when it came first. */
			if (next.added != TIME_NONE && next.added < twin->added)
				twin->added = next.added;
			twin->mirrored |= next.mirrored;
			continue;
		}
		next.added = next.added == TIME_NONE ? now : next.added;
		at[n++] = next;
	}
	for (size_t i = 0; i < n; i++)
		at[i].next = i + 1 < n ? &at[i + 1] : NULL;
	return at;
}

static bool can_be_kept(const char *text)
{
	return strlen(text) <= EXTRA_FIELD_MOST && utf8_valid(span_str(text));
}

static int compare_fields(const void *a, const void *b)
{
	const struct field *left = a, *right = b;
	int c = strcmp(left->store, right->store);

	return c ? c : strcmp(left->name, right->name);
}

/* In order, as they will be read back; of two with one name the first stays. */
static const struct field *settle_fields(struct arena *arena, const struct field *field)
{
	struct field *at, *end;
	size_t n = 0;

	if (!field)
		return NULL;
	at = arena_alloc(arena, EXTRA_FIELDS_MOST * sizeof(*at));
	for (; field && n < EXTRA_FIELDS_MOST; field = field->next) {
		bool known = false;

		for (size_t i = 0; i < n; i++)
			known |= compare_fields(&at[i], field) == 0;
		if (!known && can_be_kept(field->store) && can_be_kept(field->name) &&
		    can_be_kept(field->value))
			at[n++] = *field;
	}
	if (!n)
		return NULL;
	qsort(at, n, sizeof(*at), compare_fields);
	end = &at[n - 1];
	for (struct field *f = at; f < end; f++)
		f->next = f + 1;
	end->next = NULL;
	return at;
}

void extra_settle(struct entry_set *set, struct entry *entry, int64_t now)
{
	if (entry->trust == TRUST_UNSAID)
		entry->trust = TRUST_INTERMEDIATE;
	if (entry->label)
		entry->label = settle_text(&set->arena, entry->label);
	if (entry->note)
		entry->note = settle_text(&set->arena, entry->note);
	entry->origin = settle_origins(&set->arena, entry->origin, now);
	entry->fields = settle_fields(&set->arena, entry->fields);
}

static bool has_origin(const struct origin *list, const struct origin *origin)
{
	for (; list; list = list->next)
		if (list->kind == origin->kind && list->mirrored == origin->mirrored &&
		    strcmp(list->ref, origin->ref) == 0)
			return true;
	return false;
}

static bool origins_within(const struct origin *some, const struct origin *all)
{
	for (; some; some = some->next)
		if (!has_origin(all, some))
			return false;
	return true;
}

bool extra_same_origins(const struct origin *a, const struct origin *b)
{
	return origins_within(a, b) && origins_within(b, a);
}
