/* log: the generations of the cellar, the newest first. */
#include "report/facts.h"

#include "base/escape.h"
#include "base/i18n.h"

/* "@12  2026-08-23T10:11:12Z  147 anchors, 2 intermediates (current)". */
static void add_head(struct buf *out, const struct generation *generation)
{
	char when[TIME_TEXT];

	buf_addf(out, "@%llu  %s  ", (unsigned long long)generation->number,
		 generation->at == TIME_NONE ? "-" : time_rfc3339(generation->at, when));
	if (generation->damaged) {
		buf_add_str(out, _("damaged"));
	} else {
		buf_addf(out, ngettext("%zu anchor", "%zu anchors", generation->anchors),
			 generation->anchors);
		buf_add_str(out, ", ");
		buf_addf(out,
			 ngettext("%zu intermediate", "%zu intermediates",
				  generation->intermediates),
			 generation->intermediates);
	}
	if (generation->distrusted)
		buf_addf(out, _(", %zu distrusted"), generation->distrusted);
	if (generation->current)
		buf_add_str(out, _(" (current)"));
}

/* A line of facts, and below it the command, which may be long. */
static void add_generation(struct report *report, const struct generation *generation)
{
	AUTO(buf) head = BUF_INIT;
	AUTO(buf) command = BUF_INIT;

	add_head(&head, generation);
	add_wrapped(report, buf_text(&head), 0, 4);
	buf_add_byte(&report->out, '\n');
	escape_terminal(&command,
			span_str(generation->command ? generation->command : ""));
	if (!command.n)
		return;
	buf_add_str(&report->out, "    ");
	add_wrapped(report, buf_text(&command), 4, 6);
	buf_add_byte(&report->out, '\n');
}

static json_t *json_of_generation(const struct generation *generation)
{
	json_t *object = json_object();

	json_put(object, "generation", json_integer((json_int_t)generation->number));
	json_put(object, "at", json_of_time(generation->at));
	json_put(object, "command", json_of_string(generation->command));
	json_put(object, "anchors", json_integer((json_int_t)generation->anchors));
	json_put(object, "intermediates",
		 json_integer((json_int_t)generation->intermediates));
	json_put(object, "distrusted", json_integer((json_int_t)generation->distrusted));
	json_put(object, "current", json_boolean(generation->current));
	json_put(object, "damaged", json_boolean(generation->damaged));
	return object;
}

static void add_csv(struct buf *out, const struct generation *generation)
{
	char when[TIME_TEXT] = "";

	if (generation->at != TIME_NONE)
		time_rfc3339(generation->at, when);
	buf_addf(out, "%llu,%s,", (unsigned long long)generation->number, when);
	escape_csv(out, span_str(generation->command ? generation->command : ""));
	buf_addf(out, ",%zu,%zu,%zu,%s,%s\n", generation->anchors,
		 generation->intermediates, generation->distrusted,
		 generation->current ? "true" : "false",
		 generation->damaged ? "true" : "false");
}

static void log_one(struct report *report, const struct generation *generation)
{
	if (report_is_json(report))
		json_result(report, "generations", json_of_generation(generation));
	else if (report->format == REPORT_CSV)
		add_csv(&report->out, generation);
	else
		add_generation(report, generation);
	report_flush_piece(report);
}

void report_log(struct report *report, const struct generation_list *log)
{
	json_begin(report, "generations");
	if (report->format == REPORT_CSV)
		report_csv_header(
			report, "generation,at,command,anchors,intermediates,distrusted,"
				"current,damaged");
	for (size_t i = 0; i < log->n; i++)
		log_one(report, &log->at[i]);
	report_flush(report);
}
