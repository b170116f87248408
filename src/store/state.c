/*
 * A state of the cellar. The header's value is percent-encoded JSON with sorted keys; a
 * reader encodes what it understood once more and compares, so that there is one way to
 * write a state and a cut or edited one is refused.
 */
#include "store/state.h"

#include "store/extra.h"
#include "base/escape.h"
#include "base/i18n.h"

#include <inttypes.h>
#include <jansson.h>

static const char before_value[] = "[p11-kit-object-v1]\n"
				   "class: data\n"
				   "application: \"rootcellar\"\n"
				   "label: \"state\"\n"
				   "value: \"";
static const char after_value[] = "\"\n\n";
/* Lines of the header, the empty one included. */
enum {
	VALUE_LINE = 5,
	BODY_LINE = 7
};

void state_head_clear(struct state_head *head)
{
	mem_free(head->command);
	*head = (struct state_head)STATE_HEAD_INIT;
}

void state_head_count(struct state_head *head, const struct entry_set *set)
{
	head->anchors = head->intermediates = head->distrusted = 0;
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].trust == TRUST_ANCHOR)
			head->anchors++;
		else if (set->at[i].trust == TRUST_DISTRUSTED)
			head->distrusted++;
		else
			head->intermediates++;
	}
}

/* Valid UTF-8, cut to its bound between two characters. */
static char *settled_command(const char *command)
{
	struct span text = span_str(command ? command : "");
	struct buf out = BUF_INIT;

	if (text.n > STATE_COMMAND_MOST)
		text.n = STATE_COMMAND_MOST;
	escape_utf8(&out, text);
	while (out.n > STATE_COMMAND_MOST) {
		do
			out.n--;
		while (out.n && (out.at[out.n] & 0xc0) == 0x80);
		out.at[out.n] = '\0';
	}
	return buf_steal(&out);
}

static void write_head(const struct state_head *head, struct buf *out)
{
	char hex[SHA256_TEXT];
	json_t *json = json_pack(
		"{s:i, s:I, s:I, s:s, s:I, s:I, s:I, s:s}", "version", STATE_VERSION,
		"generation", (json_int_t)head->generation, "time",
		(json_int_t)head->time, "command", head->command, "anchors",
		(json_int_t)head->anchors, "intermediates",
		(json_int_t)head->intermediates, "distrusted",
		(json_int_t)head->distrusted, "sha256", sha256_hex(&head->body, hex));
	char *text = json ? json_dumps(json, JSON_COMPACT | JSON_SORT_KEYS) : NULL;

	buf_add_str(out, before_value);
	if (text)
		escape_percent(out, span_str(text), PERCENT_ENCODE_SPACE);
	buf_add_str(out, after_value);
	free(text);
	json_decref(json);
}

void state_write(struct state_head *head, const struct entry_set *set, struct buf *out)
{
	AUTO(buf) body = BUF_INIT;
	char *command = settled_command(head->command);

	p11_kit_write(set, &extra_objects, &body);
	mem_free(head->command);
	head->command = command;
	head->body = sha256_of(buf_span(&body));
	state_head_count(head, set);
	write_head(head, out);
	buf_add(out, buf_span(&body));
}

static bool fail_at(struct error *err, size_t line, const char *what)
{
	error_fail(err, STATUS_INPUT, "%s", what);
	return error_in(err, _("line %zu"), line);
}

/* The encoded value between the fixed lines before and after it. */
static bool find_value(struct span file, struct span *value, size_t *used,
		       struct error *err)
{
	struct span start = span_str(before_value), end = span_str(after_value);
	struct span rest;
	const uint8_t *quote;

	if (!span_starts(file, start))
		return fail_at(err, 1,
			       _("this does not begin as a state of a cellar does"));
	rest = span_from(file, start.n);
	if (rest.n > STATE_HEAD_MOST)
		rest.n = STATE_HEAD_MOST;
	quote = rest.n ? memchr(rest.at, '"', rest.n) : NULL;
	if (!quote || !span_starts(span_from(rest, (size_t)(quote - rest.at)), end))
		return fail_at(err, VALUE_LINE, _("the header is cut off or too long"));
	*value = span_of(rest.at, (size_t)(quote - rest.at));
	*used = start.n + value->n + end.n;
	return true;
}

static bool take_count(json_t *json, const char *key, json_int_t least, json_int_t most,
		       json_int_t *to)
{
	json_t *value = json_object_get(json, key);

	if (!json_is_integer(value))
		return false;
	*to = json_integer_value(value);
	return *to >= least && *to <= most;
}

/* Everything but the version, which comes first so that a newer state is called by its
 * name. */
static bool take_fields(json_t *json, struct state_head *head)
{
	json_int_t generation, time, anchors, intermediates, distrusted;
	const char *command = json_string_value(json_object_get(json, "command"));
	const char *body = json_string_value(json_object_get(json, "sha256"));

	if (!command || !body || !sha256_parse(body, &head->body) ||
	    !take_count(json, "generation", 1, STATE_GENERATION_MOST, &generation) ||
	    !take_count(json, "time", INT64_MIN + 1, INT64_MAX, &time) ||
	    !take_count(json, "anchors", 0, UINT32_MAX, &anchors) ||
	    !take_count(json, "intermediates", 0, UINT32_MAX, &intermediates) ||
	    !take_count(json, "distrusted", 0, UINT32_MAX, &distrusted))
		return false;
	head->generation = (uint64_t)generation;
	head->time = time;
	head->anchors = (size_t)anchors;
	head->intermediates = (size_t)intermediates;
	head->distrusted = (size_t)distrusted;
	head->command = str_copy(command);
	return true;
}

/* The decoded header; NULL where it is no JSON object with a version. */
static json_t *load_head(struct span value, int *version)
{
	AUTO(buf) text = BUF_INIT;
	json_t *json = NULL;
	json_int_t number;

	if (unescape_percent(&text, value))
		json = json_loadb(buf_text(&text), text.n, JSON_REJECT_DUPLICATES, NULL);
	if (!json_is_object(json) ||
	    !take_count(json, "version", 1, INT32_MAX, &number)) {
		json_decref(json);
		return NULL;
	}
	*version = (int)number;
	return json;
}

int state_version(struct span file)
{
	AUTO(error) err = ERROR_INIT;
	struct span value;
	size_t used;
	int version = 0;

	if (find_value(file, &value, &used, &err))
		json_decref(load_head(value, &version));
	return version;
}

static bool read_json(struct span value, struct state_head *head, struct error *err)
{
	int version;
	json_t *json = load_head(value, &version);
	bool good = false;

	if (!json)
		fail_at(err, VALUE_LINE, _("the header does not parse"));
	else if (version > STATE_VERSION)
		error_fail(err, STATUS_INPUT,
			   _("this cellar was written by a newer rootcellar (version %d "
			     "of the state; "
			     "this program knows %d)"),
			   version, STATE_VERSION);
	else if (!take_fields(json, head))
		fail_at(err, VALUE_LINE,
			_("the header lacks a field, or has a wrong one"));
	else
		good = true;
	json_decref(json);
	return good;
}

bool state_read_head(struct span file, struct state_head *head, size_t *used,
		     struct error *err)
{
	AUTO(buf) again = BUF_INIT;
	struct state_head read = STATE_HEAD_INIT;
	struct span value;
	size_t length;

	if (!find_value(file, &value, &length, err))
		return false;
	if (!read_json(value, &read, err))
		return false;
	write_head(&read, &again);
	if (!span_eq(buf_span(&again), span_of(file.at, length))) {
		state_head_clear(&read);
		return fail_at(err, VALUE_LINE,
			       _("the header is not as rootcellar writes it"));
	}
	state_head_clear(head);
	*head = read;
	*used = length;
	return true;
}

static bool read_body(struct span file, size_t used, struct entry_set *set,
		      struct error *err)
{
	return p11_kit_read_strict(span_from(file, used), BODY_LINE, &extra_objects, set,
				   err);
}

/* The body is not what was hashed: the strict reader often knows the line. */
static bool refuse_body(struct span file, size_t used, struct error *err)
{
	struct entry_set set = ENTRY_SET_INIT;
	bool parses = read_body(file, used, &set, err);

	entry_set_clear(&set);
	if (parses)
		return fail_at(err, BODY_LINE,
			       _("what follows was edited or damaged (its SHA-256 is not "
				 "that of the header)"));
	return false;
}

static bool counts_match(const struct state_head *head, const struct entry_set *set)
{
	struct state_head counted = STATE_HEAD_INIT;

	state_head_count(&counted, set);
	return counted.anchors == head->anchors &&
	       counted.intermediates == head->intermediates &&
	       counted.distrusted == head->distrusted;
}

bool state_read(struct span file, struct state_head *head, struct entry_set *set,
		struct error *err)
{
	struct state_head read = STATE_HEAD_INIT;
	struct sha256 hash;
	size_t used;
	bool good;

	if (!state_read_head(file, &read, &used, err))
		return false;
	hash = sha256_of(span_from(file, used));
	if (!sha256_eq(&hash, &read.body))
		good = refuse_body(file, used, err);
	else
		good = read_body(file, used, set, err);
	if (good && !counts_match(&read, set))
		good = fail_at(err, VALUE_LINE,
			       _("the header counts other entries than follow"));
	if (!good) {
		entry_set_clear(set);
		state_head_clear(&read);
		return false;
	}
	state_head_clear(head);
	*head = read;
	return true;
}
