/* stores: the stores that profiles describe, and whether their files are good. */
#include "report/facts.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "store/known.h"

#define GAP 2

/* ---- as text ---- */

static void add_place(struct buf *out, const struct known_store *known)
{
	buf_addf(out, ngettext("%zu entry", "%zu entries", known->entries),
		 known->entries);
	if (known->path) {
		AUTO_FREE char *shown = quoted(span_str(known->path));

		/* Translators: "150 entries in /etc/ssl/cert.pem". */
		buf_addf(out, _(" in %s"), shown);
	}
	if (known->left_out)
		buf_addf(out, _(", %zu left out"), known->left_out);
	if (known->same_as)
		buf_addf(out, _(", the same as %s"), known->same_as);
}

static void add_state(struct buf *out, const struct known_store *known)
{
	if (known->problem)
		escape_terminal(out, span_str(known->problem));
	else if (!known->here)
		buf_add_str(out, _("not on this machine"));
	else
		add_place(out, known);
	if (known->enabled)
		buf_add_str(out, _(", enabled"));
}

static enum tint tint_of(const struct known_store *known)
{
	if (known->problem)
		return TINT_BAD;
	return known->here ? TINT_HEAD : TINT_QUIET;
}

static void add_title(struct report *report, const struct known_store *known,
		      size_t indent)
{
	AUTO(buf) title = BUF_INIT;

	if (!report->verbose || !known->profile.title)
		return;
	escape_terminal(&title, span_str(known->profile.title));
	buf_addf(&report->out, "%*s", (int)indent, "");
	add_wrapped(report, buf_text(&title), indent, indent);
	buf_add_byte(&report->out, '\n');
}

static void add_store(struct report *report, const struct known_store *known,
		      size_t names)
{
	size_t used = strlen(known->profile.name);
	AUTO(buf) state = BUF_INIT;

	add_state(&state, known);
	add_tinted(report, tint_of(known), known->profile.name);
	buf_addf(&report->out, "%*s", (int)(names - used + GAP), "");
	add_wrapped(report, buf_text(&state), names + GAP, names + GAP);
	buf_add_byte(&report->out, '\n');
	add_title(report, known, names + GAP);
}

static void stores_text(struct report *report, const struct known_stores *stores)
{
	size_t names = 0;

	/* Names are ASCII words: a byte is a column. */
	for (size_t i = 0; i < stores->n; i++) {
		size_t n = strlen(stores->at[i].profile.name);

		names = n > names ? n : names;
	}
	for (size_t i = 0; i < stores->n; i++)
		add_store(report, &stores->at[i], names);
}

/* ---- for machines ---- */

/* Where an export goes; null where a profile knows of no such place. */
static json_t *json_of_write(const struct profile *profile)
{
	for (size_t i = 0; i < profile->n_writes; i++) {
		const struct profile_read *place = &profile->writes[i].place;
		json_t *object;

		if (place->kind != READ_PATH || !place->text || !place->format)
			continue;
		object = json_object();
		json_put(object, "format", json_of_string(place->format->name));
		json_put(object, "path", json_of_string(place->text));
		return object;
	}
	return json_null();
}

static json_t *json_of_ways(const struct profile *profile)
{
	json_t *ways = json_array();

	for (size_t i = 0; i < profile->n_writes; i++) {
		const struct profile_write *write = &profile->writes[i];
		AUTO(buf) place = BUF_INIT;
		json_t *object = json_object();

		if (write->place.text)
			profile_read_text(&place, &write->place);
		json_put(object, "way", json_of_string(write_way_name(write->way)));
		json_put(object, "live", json_boolean(write_way_is_live(write->way)));
		json_put(object, "place", json_of_string(place.n ? buf_text(&place) : NULL));
		json_put(object, "profile", json_of_string(write->profile));
		json_put(object, "reason", json_of_string(write->reason));
		json_put_last(ways, object);
	}
	return ways;
}

static json_t *json_of_runs(const struct profile *profile)
{
	json_t *runs = json_array();

	for (size_t i = 0; i < profile->n_runs; i++) {
		json_t *words = json_array();

		for (size_t k = 0; profile->runs[i].argv[k]; k++)
			json_put_last(words, json_of_string(profile->runs[i].argv[k]));
		json_put_last(runs, words);
	}
	return runs;
}

static json_t *json_of_store(const struct known_store *known)
{
	json_t *object = json_object();

	json_put(object, "name", json_of_string(known->profile.name));
	json_put(object, "title", json_of_string(known->profile.title));
	json_put(object, "profile", json_of_string(known->profile.file));
	json_put(object, "shipped", json_boolean(known->profile.shipped));
	json_put(object, "here", json_boolean(known->here && !known->problem));
	json_put(object, "path", json_of_string(known->path));
	json_put(object, "entries", json_integer((json_int_t)known->entries));
	json_put(object, "left_out", json_integer((json_int_t)known->left_out));
	json_put(object, "same_as", json_of_string(known->same_as));
	json_put(object, "problem", json_of_string(known->problem));
	json_put(object, "enabled", json_boolean(known->enabled));
	json_put(object, "write", json_of_write(&known->profile));
	json_put(object, "ways", json_of_ways(&known->profile));
	json_put(object, "run", json_of_runs(&known->profile));
	return object;
}

static void add_field(struct buf *out, const char *text)
{
	escape_csv(out, span_str(text ? text : ""));
	buf_add_byte(out, ',');
}

static void add_csv(struct buf *out, const struct known_store *known)
{
	add_field(out, known->profile.name);
	buf_addf(out, "%s,%zu,%zu,", known->here && !known->problem ? "true" : "false",
		 known->entries, known->left_out);
	add_field(out, known->path);
	add_field(out, known->same_as);
	add_field(out, known->problem);
	add_field(out, known->profile.title);
	buf_addf(out, "%s\n", known->enabled ? "true" : "false");
}

void report_stores(struct report *report, const struct known_stores *stores)
{
	json_begin(report, "stores");
	if (report->format == REPORT_CSV)
		report_csv_header(
			report, "name,here,entries,left_out,path,same_as,problem,title,"
			"enabled");
	if (report->format == REPORT_TEXT)
		stores_text(report, stores);
	for (size_t i = 0; i < stores->n; i++) {
		if (report_is_json(report))
			json_result(report, "stores", json_of_store(&stores->at[i]));
		else if (report->format == REPORT_CSV)
			add_csv(&report->out, &stores->at[i]);
	}
	report_flush(report);
}

/* ---- files of profiles ---- */

static json_t *json_of_check(const struct profile_check *check)
{
	json_t *object = json_object();

	json_put(object, "profile", json_of_string(check->path));
	json_put(object, "problem", json_of_string(check->problem.text));
	return object;
}

static void add_check(struct report *report, const struct profile_check *check)
{
	AUTO_FREE char *shown = quoted(span_str(check->path));
	AUTO(buf) line = BUF_INIT;

	if (check->problem.text)
		escape_terminal(&line, span_str(check->problem.text));
	else
		buf_addf(&line, _("%s: good"), shown);
	add_wrapped(report, buf_text(&line), 0, GAP);
	buf_add_byte(&report->out, '\n');
}

void report_profile_checks(struct report *report, const struct profile_checks *checks)
{
	json_begin(report, "profiles");
	if (report->format == REPORT_CSV)
		report_csv_header(report, "profile,problem");
	for (size_t i = 0; i < checks->n; i++) {
		const struct profile_check *check = &checks->at[i];

		if (report_is_json(report)) {
			json_result(report, "profiles", json_of_check(check));
		} else if (report->format == REPORT_CSV) {
			add_field(&report->out, check->path);
			escape_csv(
				&report->out,
				span_str(check->problem.text ? check->problem.text : ""));
			buf_add_byte(&report->out, '\n');
		} else {
			add_check(report, check);
		}
	}
	report_flush(report);
}
