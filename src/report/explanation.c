/* Explanations as text: what it is called here, what it means, what to do on either side,
 * and next. */
#include "report/explanation.h"

#include "base/escape.h"
#include "base/i18n.h"

#define TARGET_MARK   "{target}"
#define CAUSES_SHOWN  5 /* without -v; what a log says beyond that is seldom the cause */
#define COMMANDS_MOST 6

void explanation_commands(unsigned cause, const struct mentioned *target,
			  const struct command_sink *sink)
{
	const char *const *commands = cause_facts(cause)->commands;
	char text[TARGET_TEXT];

	for (; *commands; commands++) {
		const char *mark = strstr(*commands, TARGET_MARK);
		AUTO(buf) line = BUF_INIT;

		if (mark) {
			buf_add(&line, span_of(*commands, (size_t)(mark - *commands)));
			escape_shell(&line, span_str(target ? mentioned_text(target, text)
							    : "HOST"));
			buf_add_str(&line, mark + strlen(TARGET_MARK));
		} else {
			buf_add_str(&line, *commands);
		}
		sink->line(sink->ctx, buf_text(&line));
	}
}

static void add_paragraph(struct report *report, size_t indent, const char *lead,
			  const char *text)
{
	AUTO_FREE char *whole = str_format("%s%s", lead, text);

	for (size_t i = 0; i < indent; i++)
		buf_add_byte(&report->out, ' ');
	add_wrapped(report, whole, indent, indent + 2);
	buf_add_byte(&report->out, '\n');
}

void add_client(struct report *report, enum client client, enum finding_code code,
		size_t indent)
{
	AUTO_FREE char *text = saying_of(client, code);
	AUTO_FREE char *lead = str_format("%s: ", client_name(client));

	if (text)
		add_paragraph(report, indent, lead, text);
}

void add_clients(struct report *report, enum finding_code code, size_t indent)
{
	for (int client = 0; client < CLIENT_COUNT; client++)
		add_client(report, (enum client)client, code, indent);
}

static void add_advice(struct report *report, unsigned cause)
{
	const struct cause_facts *facts = cause_facts(cause);

	add_paragraph(report, 2, "", cause_meaning(cause));
	if (facts->client)
		add_paragraph(report, 2, _("on the client's side: "), _(facts->client));
	if (facts->server)
		add_paragraph(report, 2, _("on the server's side: "), _(facts->server));
}

/* "missing-intermediate, or missing-root, or untrusted-root" */
static void add_codes(struct report *report, unsigned cause)
{
	const struct cause_facts *facts = cause_facts(cause);
	AUTO(buf) codes = BUF_INIT;

	for (unsigned i = 0; i < facts->n_codes; i++)
		buf_addf(&codes, "%s%s", i ? _(", or ") : "",
			 finding_name(facts->codes[i]));
	if (!facts->n_codes)
		buf_add_str(&codes, _("nothing that a validation finds"));
	add_tinted(report, TINT_HEAD, buf_text(&codes));
	buf_add_byte(&report->out, '\n');
}

static void add_saying(struct report *report, const struct explained *one)
{
	const struct saying *saying = one->saying;
	AUTO(buf) text = BUF_INIT;

	buf_addf(&text, "%s: ", client_name(saying->client));
	if (saying_text(saying))
		saying_add_text(&text, saying->text);
	if (saying_code(saying))
		buf_addf(&text, saying_text(saying) ? " (%s" : "%s", saying->code);
	if (saying_code(saying) && saying->number)
		buf_addf(&text, saying->number > 0xffffff ? ", 0x%08llX" : ", %lld",
			 (long long)saying->number);
	if (saying_code(saying) && saying_text(saying))
		buf_add_byte(&text, ')');
	if (one->times > 1)
		buf_addf(&text, ngettext(", %zu time", ", %zu times", one->times),
			 one->times);
	if (one->cut)
		buf_add_str(&text, _("; the text is cut, so this is a guess"));
	add_paragraph(report, 2, "", buf_text(&text));
}

/* Commands, each once. */
struct next {
	struct report *report;
	char *said[COMMANDS_MOST];
	size_t n;
};

static void add_command(void *ctx, const char *command)
{
	struct next *next = ctx;

	for (size_t i = 0; i < next->n; i++)
		if (strcmp(next->said[i], command) == 0)
			return;
	if (next->n == COMMANDS_MOST)
		return;
	if (!next->n)
		buf_addf(&next->report->out, "\n%s\n", _("Next:"));
	next->said[next->n++] = str_copy(command);
	buf_addf(&next->report->out, "  %s\n", command);
}

static void next_clear(struct next *next)
{
	for (size_t i = 0; i < next->n; i++)
		mem_free(next->said[i]);
}

static void add_mentioned(struct report *report, const struct explanation *explanation)
{
	AUTO(buf) others = BUF_INIT;
	char text[TARGET_TEXT];

	if (!explanation->n_mentioned)
		return;
	buf_add_byte(&report->out, '\n');
	add_paragraph(
		report, 2, mentioned_text(&explanation->mentioned[0], text),
		_(" was taken from the text: see that it is the endpoint that is meant"));
	for (size_t i = 1; i < explanation->n_mentioned; i++)
		buf_addf(&others, "%s%s", i > 1 ? ", " : "",
			 mentioned_text(&explanation->mentioned[i], text));
	if (others.n)
		add_paragraph(report, 2, _("also named there: "), buf_text(&others));
}

static void add_next(struct report *report, const struct explanation *explanation,
		     size_t shown)
{
	struct next next = { .report = report };
	const struct command_sink sink = { &next, add_command };

	if (explanation->has_certificate)
		add_command(&next, "rootcellar validate --presented PASTED.txt");
	for (size_t i = 0; i < shown; i++)
		explanation_commands(
			explanation->at[i].cause,
			explanation->n_mentioned ? explanation->mentioned : NULL, &sink);
	next_clear(&next);
}

static void nothing_known(struct report *report, const struct explanation *explanation)
{
	struct explanation unknown = *explanation;
	struct explained look = { .cause = FINDING_NO_CONNECTION };

	add_paragraph(report, 0, "", _("nothing that is known stands in this text"));
	add_paragraph(
		report, 2, "",
		_("Look for the line of the log that names a certificate, a chain or a "
		  "handshake, and give that; or ask the endpoint itself. --list tells "
		  "every "
		  "code."));
	unknown.at = &look;
	unknown.n = 1;
	add_next(report, &unknown, 1);
}

static void explanation_text(struct report *report, const struct explanation *explanation)
{
	size_t shown = explanation->n;

	if (!report->verbose && shown > CAUSES_SHOWN)
		shown = CAUSES_SHOWN;
	if (!shown)
		nothing_known(report, explanation);
	for (size_t i = 0; i < shown; i++) {
		if (i)
			buf_add_byte(&report->out, '\n');
		add_codes(report, explanation->at[i].cause);
		add_saying(report, &explanation->at[i]);
		add_advice(report, explanation->at[i].cause);
	}
	if (shown < explanation->n)
		buf_addf(&report->out,
			 ngettext("\nand %zu more (-v)\n", "\nand %zu more (-v)\n",
				  explanation->n - shown),
			 explanation->n - shown);
	if (shown)
		add_next(report, explanation, shown);
	add_mentioned(report, explanation);
}

static void explained_csv(struct report *report, const struct explained *one)
{
	const struct cause_facts *facts = cause_facts(one->cause);
	struct buf *out = &report->out;

	report_csv_header(report, "codes,client,client_code,number,times,meaning");
	for (unsigned i = 0; i < facts->n_codes; i++)
		buf_addf(out, "%s%s", i ? " " : "", finding_name(facts->codes[i]));
	buf_addf(out, ",%s,%s,", client_name(one->saying->client), one->saying->code);
	if (one->saying->number)
		buf_addf(out, "%lld", (long long)one->saying->number);
	buf_addf(out, ",%zu,", one->times);
	escape_csv(out, span_str(cause_meaning(one->cause)));
	buf_add_byte(out, '\n');
}

void report_explanation(struct report *report, const struct explanation *explanation)
{
	if (report_is_json(report)) {
		json_begin(report, "explanations");
		for (size_t i = 0; i < explanation->n; i++)
			json_result(report, "explanations",
				    json_of_explained(explanation, &explanation->at[i]));
	} else if (report->format == REPORT_CSV) {
		for (size_t i = 0; i < explanation->n; i++)
			explained_csv(report, &explanation->at[i]);
	} else {
		explanation_text(report, explanation);
	}
	report_flush(report);
}

static bool is_shown_by_any(enum finding_code code)
{
	for (size_t i = 0; i < sayings_count; i++)
		if (sayings[i].shown >> code & 1)
			return true;
	return false;
}

static void code_text(struct report *report, enum finding_code code)
{
	struct next next = { .report = report };
	const struct command_sink sink = { &next, add_command };

	add_tinted(report, TINT_HEAD, finding_name(code));
	buf_addf(&report->out, " (%s)\n", severity_name(finding_severity(code)));
	add_advice(report, code);
	if (is_shown_by_any(code)) {
		buf_addf(&report->out, "\n%s\n", _("What clients show for it:"));
		add_clients(report, code, 2);
	}
	if (is_mended_by_serving(code)) {
		buf_addf(&report->out, "\n%s\n",
			 _("How servers send the chain that validate --save-chain "
			   "writes:"));
		add_serving(report, NULL, 2);
	}
	explanation_commands(code, NULL, &sink);
	next_clear(&next);
}

static void code_csv(struct report *report, enum finding_code code)
{
	report_csv_header(report, "code,severity,meaning");
	buf_addf(&report->out, "%s,%s,", finding_name(code),
		 severity_name(finding_severity(code)));
	escape_csv(&report->out, span_str(finding_meaning(code)));
	buf_add_byte(&report->out, '\n');
}

void report_code(struct report *report, enum finding_code code)
{
	if (report_is_json(report))
		json_result(report, "codes", json_of_code(code));
	else if (report->format == REPORT_CSV)
		code_csv(report, code);
	else
		code_text(report, code);
	report_flush(report);
}

void report_codes(struct report *report)
{
	for (int i = 0; i < FINDING_COUNT; i++) {
		enum finding_code code = (enum finding_code)i;
		AUTO_FREE char *lead = str_format("%s (%s): ", finding_name(code),
						  severity_name(finding_severity(code)));

		if (report->format != REPORT_TEXT) {
			report_code(report, code);
			continue;
		}
		add_paragraph(report, 0, lead, finding_meaning(code));
		if (report->verbose)
			add_clients(report, code, 4);
	}
	report_flush(report);
}
