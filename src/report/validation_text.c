/*
 * A validation as text: the verdict, what was negotiated, the path as a tree, the
 * findings, and what to do on either side. The text and remedies of findings are escaped
 * and quoted where they are made.
 */
#include "report/clients.h"
#include "report/proofs.h"
#include "report/explanation.h"
#include "base/width.h"
#include "report/table.h"
#include "report/validation.h"

#include "base/escape.h"
#include "base/i18n.h"

#include <assert.h>

#define NAME_LEAST 12 /* cells of a name in the tree, however narrow the terminal */
#define LEFT_MOST  24 /* cells that "expired 4000 days ago" and the like take */

/* Returns how many cells it took. */
static size_t add_verdict(struct report *report, const struct validation *validation)
{
	static const enum tint tints[] = {
		[VERDICT_COMPLETE] = TINT_GOOD,
		[VERDICT_INCOMPLETE] = TINT_BAD,
		[VERDICT_NO_ANSWER] = TINT_BAD,
	};
	static const char *const words[] = {
		[VERDICT_COMPLETE] = N_("complete"),
		[VERDICT_INCOMPLETE] = N_("does not complete"),
		[VERDICT_NO_ANSWER] = N_("no answer"),
	};

	assert(validation->verdict < COUNT(words));
	add_tinted(report, tints[validation->verdict], _(words[validation->verdict]));
	return text_columns(_(words[validation->verdict]));
}

/* "3 certificates up to the anchor 'Partner Root' (store java)". */
static void add_outcome(struct buf *out, const struct validation *validation)
{
	const struct path *path = &validation->path;

	if (validation->verdict == VERDICT_COMPLETE && path->n) {
		AUTO(buf) anchor = BUF_INIT;

		add_subject(&anchor, &path->at[path->n - 1]->cert, SIZE_MAX);
		buf_addf(out,
			 ngettext("%zu certificate, the anchor '%s' itself",
				  "%zu certificates up to the anchor '%s'", path->n),
			 path->n, buf_text(&anchor));
	}
	if (validation->store) {
		AUTO_FREE char *store = quoted(span_str(validation->store));

		buf_addf(out, _("%s(store %s)"), out->n ? " " : "", store);
	}
}

/* "api.partner.com:443: complete: 3 certificates up to ...". */
static void add_first_line(struct report *report, const struct validation *validation)
{
	AUTO_FREE char *target =
		quoted(span_str(validation->target ? validation->target : "-"));
	AUTO(buf) outcome = BUF_INIT;
	size_t used;

	buf_addf(&report->out, "%s: ", target);
	used = text_columns(target) + 2 + add_verdict(report, validation);
	add_outcome(&outcome, validation);
	if (outcome.n) {
		bool told = outcome.at[0] != '(';

		buf_add_str(&report->out, told ? ": " : " ");
		add_wrapped(report, buf_text(&outcome), used + (told ? 2 : 1), 2);
	}
	buf_add_byte(&report->out, '\n');
}

static void add_connection(struct report *report, const struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	AUTO(buf) line = BUF_INIT;

	if (!validation->from_network)
		return;
	add_negotiated(&line, validation);
	if (presented->address && *presented->address) {
		AUTO_FREE char *address = quoted(span_str(presented->address));

		buf_addf(&line, _("%sfrom %s"), line.n ? ", " : "", address);
	}
	if (presented->through_proxy)
		buf_add_str(&line,
			    line.n ? _(", through a proxy") : _("through a proxy"));
	if (presented->n_certs)
		buf_addf(&line,
			 ngettext("%s%zu certificate presented",
				  "%s%zu certificates presented", presented->n_certs),
			 line.n ? ", " : "", presented->n_certs);
	if (!line.n)
		return;
	buf_add_str(&report->out, "  ");
	add_wrapped(report, buf_text(&line), 2, 2);
	buf_add_byte(&report->out, '\n');
}

enum tree_column {
	TREE_NAME,
	TREE_FROM,
	TREE_LEFT,
	TREE_SHA256,
	TREE_COLUMNS
};

static const struct column tree_columns[TREE_COLUMNS] = {
	[TREE_NAME] = { .tree = true },
	[TREE_FROM] = { .width = 0 },
	[TREE_LEFT] = { .width = 0 },
	[TREE_SHA256] = { .width = SHORT_SHA256 },
};

/*
 * What is left for the name at that depth, the other columns, gaps and branches taken
 * away.
 */
static size_t name_room(const struct report *report, size_t depth)
{
	size_t others =
		2 + 2 * depth + sizeof("[network]") + LEFT_MOST + SHORT_SHA256 + 6;

	if (report->unbounded)
		return SIZE_MAX;
	return report->columns > others + NAME_LEAST ? report->columns - others
						     : NAME_LEAST;
}

static struct libscols_line *add_node(const struct report *report,
				      struct libscols_table *table,
				      struct libscols_line *parent,
				      const struct pool_cert *cert, size_t depth)
{
	struct libscols_line *line = table_line(table, parent);
	struct buf text = BUF_INIT;

	add_subject(&text, &cert->cert, name_room(report, depth));
	table_cell(line, TREE_NAME, &text, TINT_NONE);
	buf_addf(&text, "[%s]", cert_from_name(cert->from));
	table_cell(line, TREE_FROM, &text, TINT_QUIET);
	add_days_left(&text, &cert->cert, report->now);
	table_cell(line, TREE_LEFT, &text,
		   tint_of_state(validity_state(&cert->cert, report->now)));
	add_short_sha256(&text, &cert->cert);
	table_cell(line, TREE_SHA256, &text, TINT_NONE);
	return line;
}

/* The issuer that nobody has, by the name that its child gives it. */
static void add_missing(const struct report *report, struct libscols_table *table,
			struct libscols_line *parent, const struct pool_cert *child,
			size_t depth)
{
	struct libscols_line *line = table_line(table, parent);
	struct buf text = BUF_INIT;

	add_issuer(&text, &child->cert, name_room(report, depth));
	table_cell(line, TREE_NAME, &text, TINT_BAD);
	/* Translators: in place of where a certificate came from: nobody has it. */
	buf_add_str(&text, _("[missing]"));
	table_cell(line, TREE_FROM, &text, TINT_BAD);
}

/* Such a finding is about the end of the path, even where that bears its issuer's name.
 */
static bool lacks_issuer(const struct validation *validation)
{
	const struct finding_list *findings = &validation->findings;

	return !validation->path.complete &&
	       (finding_list_has(findings, FINDING_MISSING_INTERMEDIATE) ||
		finding_list_has(findings, FINDING_MISSING_ROOT));
}

static void add_tree(struct report *report, const struct validation *validation)
{
	const struct path *path = &validation->path;
	struct libscols_line *line = NULL;
	struct libscols_table *table;

	if (!path->n)
		return;
	if (validation->client)
		buf_addf(&report->out, _("\n  the path of %s:"), validation->client->name);
	table = table_new(report, tree_columns, TREE_COLUMNS, TABLE_BARE);
	for (size_t i = 0; i < path->n; i++)
		line = add_node(report, table, line, path->at[i], i);
	if (lacks_issuer(validation))
		add_missing(report, table, line, path->at[path->n - 1], path->n);
	buf_add_byte(&report->out, '\n');
	table_print(report, table, 2);
}

static void add_finding(struct report *report, const struct finding *finding)
{
	static const enum tint tints[] = {
		[SEVERITY_INFO] = TINT_QUIET,
		[SEVERITY_WARNING] = TINT_WARN,
		[SEVERITY_ERROR] = TINT_BAD,
	};
	const char *severity = severity_name(finding->severity);
	AUTO_FREE char *text = str_format(
		"%s (%s)", finding->text ? finding->text : finding_meaning(finding->code),
		finding_name(finding->code));

	buf_add_str(&report->out, "  ");
	add_tinted(report, tints[finding->severity], severity);
	buf_add_str(&report->out, ": ");
	add_wrapped(report, text, 4 + strlen(severity), 6);
	buf_add_byte(&report->out, '\n');
}

/* With -v also what the clients show for each, so that it can be found in their logs. */
static void add_findings(struct report *report, const struct finding_list *findings)
{
	if (findings->n)
		buf_add_byte(&report->out, '\n');
	for (size_t i = 0; i < findings->n; i++) {
		add_finding(report, &findings->at[i]);
		if (report->verbose)
			add_clients(report, code_for_clients(findings, i), 6);
	}
}

enum side {
	SIDE_CLIENT,
	SIDE_SERVER
};

static const char *remedy_of(const struct finding *finding, enum side side)
{
	return side == SIDE_CLIENT ? finding->remedy_client : finding->remedy_server;
}

static bool is_said_before(const struct finding_list *findings, size_t i, enum side side)
{
	for (size_t j = 0; j < i; j++) {
		const char *other = remedy_of(&findings->at[j], side);

		if (other && strcmp(other, remedy_of(&findings->at[i], side)) == 0)
			return true;
	}
	return false;
}

/*
 * A command stands on a line of its own, however long, so that it can be pasted; a
 * sentence is broken.
 */
static void add_remedy_line(struct report *report, const char *line)
{
	buf_add_str(&report->out, "    ");
	if (span_starts(span_str(line), SPAN("rootcellar ")))
		buf_add_str(&report->out, line);
	else
		add_wrapped(report, line, 4, 6);
	buf_add_byte(&report->out, '\n');
}

static void add_remedy(struct report *report, const char *remedy)
{
	while (*remedy) {
		size_t n = strcspn(remedy, "\n");
		AUTO_FREE char *line = str_of(span_of(remedy, n));

		add_remedy_line(report, line);
		remedy += n + (remedy[n] == '\n');
	}
}

static size_t count_remedies(const struct finding_list *findings, enum side side)
{
	size_t n = 0;

	for (size_t i = 0; i < findings->n; i++)
		n += remedy_of(&findings->at[i], side) != NULL;
	return n;
}

static void add_side(struct report *report, const struct finding_list *findings,
		     enum side side)
{
	if (!count_remedies(findings, side))
		return;
	buf_addf(&report->out, "  %s\n",
		 side == SIDE_CLIENT ? _("on the client's side:")
				     : _("on the server's side:"));
	for (size_t i = 0; i < findings->n; i++) {
		const char *remedy = remedy_of(&findings->at[i], side);

		if (remedy && !is_said_before(findings, i, side))
			add_remedy(report, remedy);
	}
}

static enum finding_code first_served(const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->n; i++)
		if (is_mended_by_serving(findings->at[i].code) &&
		    findings->at[i].remedy_server)
			return findings->at[i].code;
	return FINDING_COUNT;
}

/* How to send another chain, once: in full with -v, else where to read it. */
static void add_servers(struct report *report, const struct validation *validation)
{
	enum finding_code code = first_served(&validation->findings);

	if (code == FINDING_COUNT)
		return;
	if (report->verbose) {
		add_remedy(report,
			   _("the lines for servers, once the chain is in a file:"));
		add_serving(report, validation->saved_as, 6);
		return;
	}
	/* Translators: a command follows on the next line. */
	add_remedy(report,
		   _("the lines for nginx, Apache, HAProxy and Tomcat are told by"));
	buf_addf(&report->out, "    rootcellar explain %s\n", finding_name(code));
}

/* What can always be done where no finding knows better. */
static void add_last_resort(struct report *report, const struct validation *validation)
{
	if (validation->verdict == VERDICT_NO_ANSWER) {
		add_remedy(
			report,
			_("see that the host, the port and the proxy are right, and try "
			  "again"));
		return;
	}
	/* Translators: a command follows on the next line. */
	add_remedy(report, _("see every reason that was met:"));
	buf_addf(&report->out, "    %s -v\n", validation->ask);
}

static void add_fixes(struct report *report, const struct validation *validation)
{
	const struct finding_list *findings = &validation->findings;
	bool complete = validation->verdict == VERDICT_COMPLETE;
	bool any = count_remedies(findings, SIDE_CLIENT) ||
		   count_remedies(findings, SIDE_SERVER);

	if (!any && (complete || (validation->verdict == VERDICT_INCOMPLETE &&
				  (report->verbose || !validation->ask))))
		return;
	buf_addf(&report->out, "\n%s\n", complete ? _("To improve:") : _("To fix:"));
	add_side(report, findings, SIDE_CLIENT);
	add_side(report, findings, SIDE_SERVER);
	add_servers(report, validation);
	if (!any)
		add_last_resort(report, validation);
}

static void add_fetch(struct report *report, const struct fetched *fetched)
{
	AUTO(buf) line = BUF_INIT;

	escape_terminal(&line, span_str(fetched->url));
	if (fetched->dry)
		buf_add_str(&line, _(": would be asked"));
	else if (fetched->outcome == NET_GOOD)
		buf_addf(&line,
			 ngettext(": %zu byte in %u ms%s", ": %zu bytes in %u ms%s",
				  fetched->bytes),
			 fetched->bytes, fetched->milliseconds,
			 fetched->from_cache ? _(", from the cache") : "");
	else
		buf_addf(&line, ": %s", net_outcome_name(fetched->outcome));
	if (fetched->text && *fetched->text) {
		buf_add_str(&line, ", ");
		escape_terminal(&line, span_str(fetched->text));
	}
	buf_add_str(&report->out, "  ");
	add_wrapped(report, buf_text(&line), 2, 6);
	buf_add_byte(&report->out, '\n');
}

static bool shows_fetches(const struct report *report,
			  const struct validation *validation)
{
	for (size_t i = 0; i < validation->n_fetches; i++)
		if (report->verbose || validation->fetches[i].dry)
			return true;
	return false;
}

static void add_fetches(struct report *report, const struct validation *validation)
{
	if (!shows_fetches(report, validation))
		return;
	buf_addf(&report->out, "\n%s\n", _("Asked for on the network:"));
	for (size_t i = 0; i < validation->n_fetches; i++)
		if (report->verbose || validation->fetches[i].dry)
			add_fetch(report, &validation->fetches[i]);
}

static void add_reason(struct report *report, const struct reason *reason)
{
	AUTO(buf) line = BUF_INIT;
	char date[TIME_TEXT];

	buf_add_str(&line, finding_name(reason->code));
	if (reason->cert) {
		buf_add_str(&line, ": ");
		add_subject(&line, &reason->cert->cert, SIZE_MAX);
		buf_add_byte(&line, ' ');
		add_short_sha256(&line, &reason->cert->cert);
	}
	if (reason->what[0]) {
		buf_add_str(&line, ", ");
		escape_terminal(&line, span_str(reason->what));
	}
	if (reason->when != TIME_NONE)
		buf_addf(&line, ", %s", time_rfc3339(reason->when, date));
	if (reason->rule)
		buf_addf(&line, " (%s)", reason->rule);
	buf_add_str(&report->out, "  ");
	add_wrapped(report, buf_text(&line), 2, 6);
	buf_add_byte(&report->out, '\n');
}

static void add_search(struct report *report, const struct validation *validation)
{
	const struct path *path = &validation->path;

	if (!report->verbose || !validation->leaf)
		return;
	if (path->n_others)
		buf_addf(&report->out, "\n%s\n", _("What else was tried stopped at:"));
	for (size_t i = 0; i < path->n_others; i++)
		add_reason(report, &path->others[i]);
	buf_add_byte(&report->out, '\n');
	buf_addf(&report->out,
		 ngettext("  the search looked at %u certificate, at a cost of %u\n",
			  "  the search looked at %u certificates, at a cost of %u\n",
			  path->steps),
		 path->steps, path->cost);
}

void validation_text(struct report *report, const struct validation *validation)
{
	add_first_line(report, validation);
	add_connection(report, validation);
	add_client_verdicts(report, validation);
	add_proofs(report, validation);
	add_tree(report, validation);
	add_findings(report, &validation->findings);
	add_fetches(report, validation);
	add_search(report, validation);
	add_fixes(report, validation);
}
