/*
 * One chain in the eyes of several clients. All search the same pool: what was fetched for one
 * is there for the next, as it would be in its store.
 */
#include "plan/clients.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "x509/name.h"

static void copy_text(char **to, const char *from)
{
	*to = from ? str_copy(from) : NULL;
}

static struct finding *copy_finding(struct finding_list *list, const struct finding *from)
{
	struct finding *to = finding_add(list, from->code);

	*to = *from;
	copy_text(&to->subject, from->subject);
	copy_text(&to->text, from->text);
	copy_text(&to->remedy_client, from->remedy_client);
	copy_text(&to->remedy_server, from->remedy_server);
	return to;
}

/* Would the client be content if it went on after the first issuer that fits? */
static bool another_path_holds(struct path *path, struct validation *validation,
			       const struct validate_options *options,
			       const struct client_rules *client)
{
	struct path_rules rules = options->rules;
	struct client_rules patient = *client;
	AUTO(error) ignored = ERROR_INIT;

	if (!client_value(client, CLIENT_SEARCH))
		return false;
	patient.value[CLIENT_SEARCH] = SEARCH_ALL;
	rules.client = &patient;
	rules.name = validation->name;
	return path_find(validation->pool, validation->leaf, &rules, options->at, path,
			 &ignored) &&
	       path->complete;
}

static const char *anchor_words(struct buf *to, const struct path *path)
{
	const struct cert *anchor = &path->at[path->n - 1]->cert;
	AUTO(buf) name = BUF_INIT;

	name_short(&name, cert_part(anchor, anchor->subject));
	escape_terminal(to, buf_span(&name));
	return buf_text(to);
}

/* The search itself is what stops the client: to trust what it ran into is no remedy. */
static void tell_shadowed(struct client_verdict *verdict, const struct path *other,
			  const struct diagnose_context *context)
{
	AUTO(buf) anchor = BUF_INIT;
	struct finding *finding = finding_add(&verdict->findings, FINDING_CROSS_SIGN_SHADOWED);

	for (size_t i = 0; i + 1 < verdict->findings.n; i++) {
		mem_free(verdict->findings.at[i].remedy_client);
		mem_free(verdict->findings.at[i].remedy_server);
		verdict->findings.at[i].remedy_client = NULL;
		verdict->findings.at[i].remedy_server = NULL;
	}
	finding->severity = SEVERITY_ERROR;
	finding->text = str_format(_("it takes the first issuer that fits and never goes back; "
				     "a path to the anchor '%s' would hold"),
				   anchor_words(&anchor, other));
	finding->remedy_client = str_copy(_("take out of its store what it finds first, or put the "
					    "certificates of the path that holds before it"));
	if (context->presented_by_server)
		finding->remedy_server = str_format(
			_("send the chain to '%s', each certificate behind the one that it signed: "
			  "--save-chain writes it where no such client is asked for"),
			buf_text(&anchor));
}

/* What stops it: errors alone. */
static void find_reasons(struct client_verdict *verdict, struct validation *validation,
			 const struct path *path, const struct validate_options *options,
			 const struct diagnose_context *context)
{
	struct finding_list all = FINDING_LIST_INIT;
	struct path other = PATH_INIT;

	diagnose_path(&all, path, validation->pool, context);
	for (size_t i = 0; i < all.n; i++)
		if (all.at[i].severity == SEVERITY_ERROR)
			copy_finding(&verdict->findings, &all.at[i]);
	finding_list_clear(&all);
	if (another_path_holds(&other, validation, options, verdict->rules))
		tell_shadowed(verdict, &other, context);
	path_clear(&other);
}

static void judge_by(struct validation *validation, const struct validate_options *options,
		     const struct diagnose_context *context, const struct client_rules *client)
{
	struct client_verdict *verdict = &validation->clients[validation->n_clients++];
	bool is_first_no, is_first = validation->n_clients == 1;
	struct path path = PATH_INIT;

	complete_for(validation, options, client, &path);
	*verdict = (struct client_verdict){ .rules = client,
					    .complete = path.complete,
					    .n = path.n };
	if (!path.complete)
		find_reasons(verdict, validation, &path, options, context);
	is_first_no = !path.complete && validation->path.complete;
	if (is_first || is_first_no) {
		path_clear(&validation->path);
		validation->path = path;
		validation->client = client;
	} else {
		path_clear(&path);
	}
}

void judge_by_clients(struct validation *validation, const struct validate_options *options,
		      const struct diagnose_context *context)
{
	validation->clients = mem_array(options->n_clients, sizeof(*validation->clients));
	for (size_t i = 0; i < options->n_clients; i++)
		judge_by(validation, options, context, &options->clients[i]);
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	return a->code == b->code && a->about_certificate == b->about_certificate &&
	       (!a->about_certificate || sha256_eq(&a->sha256, &b->sha256));
}

static struct finding *find_same(struct finding_list *list, const struct finding *finding)
{
	for (size_t i = 0; i < list->n; i++)
		if (is_same(&list->at[i], finding))
			return &list->at[i];
	return NULL;
}

static void put_before(char **text, const char *name)
{
	char *both = str_format("%s: %s", name, *text ? *text : "");

	mem_free(*text);
	*text = both;
}

/* What the verdict on the path has no word for: the search, and what stops others alone. */
static void tell_client(struct finding_list *list, const struct client_verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.n; i++) {
		const struct finding *finding = &verdict->findings.at[i];

		if (!find_same(list, finding))
			put_before(&copy_finding(list, finding)->text, verdict->rules->name);
	}
}

/* Remedies that do not help a client which would be content with another path. */
static void drop_remedies(struct finding_list *list, const struct client_verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.n; i++) {
		struct finding *same = find_same(list, &verdict->findings.at[i]);

		if (!same || verdict->findings.at[i].remedy_client ||
		    verdict->findings.at[i].remedy_server)
			continue;
		mem_free(same->remedy_client);
		mem_free(same->remedy_server);
		same->remedy_client = same->remedy_server = NULL;
	}
}

void tell_clients(struct validation *validation)
{
	for (size_t i = 0; i < validation->n_clients; i++) {
		const struct client_verdict *verdict = &validation->clients[i];

		if (finding_list_has(&verdict->findings, FINDING_CROSS_SIGN_SHADOWED) &&
		    verdict->rules == validation->client)
			drop_remedies(&validation->findings, verdict);
	}
	for (size_t i = 0; i < validation->n_clients; i++)
		tell_client(&validation->findings, &validation->clients[i]);
}
