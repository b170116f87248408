/*
 * One chain in the eyes of several clients. All search the same pool: what was fetched
 * for one is there for the next, as it would be in its store.
 */
#include "plan/clients.h"

#include "plan/telling.h"

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

static void add_anchor(struct buf *to, const struct path *path)
{
	const struct cert *anchor = &path->at[path->n - 1]->cert;
	AUTO(buf) name = BUF_INIT;

	name_short(&name, cert_part(anchor, anchor->subject));
	escape_terminal(to, buf_span(&name));
}

/* Where the client went and should not have: NULL where it went nowhere. */
static const struct pool_cert *wrong_turn(const struct path *taken,
					  const struct path *other)
{
	size_t i = 0;

	while (i < taken->n && i < other->n && taken->at[i] == other->at[i])
		i++;
	return i < taken->n ? taken->at[i] : NULL;
}

/* What the finding says where the turn is known. */
static void tell_turn(struct finding *finding, const struct pool_cert *turn,
		      const char *anchor)
{
	tell_certificate(finding, &turn->cert);
	finding->text = str_format(
		_("it takes '%s' for the issuer and never goes back; a path to "
		  "the anchor '%s' would hold"),
		finding->subject, anchor);
	finding->remedy_client =
		turn->from == FROM_STORE
			? str_format(_("take '%s' out of the store of that client: the "
				       "path that "
				       "holds does without it"),
				     finding->subject)
			: str_format(_("leave '%s' out of what that client is given"),
				     finding->subject);
}

static void drop_remedies(struct finding *finding)
{
	mem_free(finding->remedy_client);
	mem_free(finding->remedy_server);
	finding->remedy_client = finding->remedy_server = NULL;
}

/* The search itself is what stops the client. */
static void tell_shadowed(struct client_verdict *verdict, const struct path *taken,
			  const struct path *other,
			  const struct diagnose_context *context)
{
	AUTO(buf) anchor = BUF_INIT;
	struct finding *finding =
		finding_add(&verdict->findings, FINDING_CROSS_SIGN_SHADOWED);
	const struct pool_cert *turn = wrong_turn(taken, other);

	add_anchor(&anchor, other);
	finding->severity = SEVERITY_ERROR;
	if (turn)
		tell_turn(finding, turn, buf_text(&anchor));
	else
		finding->text =
			str_format(_("it never goes back, and so misses the path to the "
				     "anchor '%s', which would hold"),
				   buf_text(&anchor));
	if (context->presented_by_server)
		finding->remedy_server = str_format(
			_("send the chain to '%s', each certificate behind the one that "
			  "it signed: "
			  "--save-chain writes it where no such client is asked for"),
			buf_text(&anchor));
}

/* What stops it: errors alone. Where it is the search, to trust what it ran into is no
 * remedy. */
static void find_reasons(struct client_verdict *verdict, struct validation *validation,
			 const struct path *path, const struct validate_options *options,
			 const struct diagnose_context *context)
{
	struct finding_list all = FINDING_LIST_INIT;
	struct path other = PATH_INIT;
	bool shadowed = another_path_holds(&other, validation, options, verdict->rules);

	if (shadowed)
		tell_shadowed(verdict, path, &other, context);
	diagnose_path(&all, path, validation->pool, context);
	for (size_t i = 0; i < all.n; i++) {
		if (shadowed)
			drop_remedies(&all.at[i]);
		if (all.at[i].severity == SEVERITY_ERROR)
			copy_finding(&verdict->findings, &all.at[i]);
	}
	finding_list_clear(&all);
	path_clear(&other);
}

static void judge_by(struct validation *validation,
		     const struct validate_options *options,
		     const struct diagnose_context *context,
		     struct client_verdict *verdict)
{
	struct path path = PATH_INIT;

	complete_for(validation, options, verdict->rules, &path);
	verdict->verdict = path.complete ? VERDICT_COMPLETE : VERDICT_INCOMPLETE;
	if (!path.complete)
		find_reasons(verdict, validation, &path, options, context);
	if (!validation->client || (validation->path.complete && !path.complete)) {
		path_clear(&validation->path);
		validation->path = path;
		validation->client = verdict->rules;
	} else {
		path_clear(&path);
	}
}

void clients_begin(struct validation *validation, const struct validate_options *options)
{
	validation->clients = mem_array(options->n_clients, sizeof(*validation->clients));
	validation->n_clients = options->n_clients;
	for (size_t i = 0; i < options->n_clients; i++)
		validation->clients[i] =
			(struct client_verdict){ .rules = &options->clients[i],
						 .verdict = VERDICT_NO_ANSWER };
}

void judge_by_clients(struct validation *validation,
		      const struct validate_options *options,
		      const struct diagnose_context *context)
{
	for (size_t i = 0; i < validation->n_clients; i++)
		judge_by(validation, options, context, &validation->clients[i]);
}

void clients_refuse(struct validation *validation, const struct finding *why)
{
	for (size_t i = 0; i < validation->n_clients; i++) {
		struct client_verdict *verdict = &validation->clients[i];

		verdict->verdict = VERDICT_INCOMPLETE;
		copy_finding(&verdict->findings, why);
	}
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

/* What the verdict on the path has no word for: the search, and what stops others alone.
 */
static void tell_client(struct finding_list *list, const struct client_verdict *verdict)
{
	for (size_t i = 0; i < verdict->findings.n; i++) {
		const struct finding *finding = &verdict->findings.at[i];

		if (!find_same(list, finding))
			put_before(&copy_finding(list, finding)->text,
				   verdict->rules->name);
	}
}

/* Remedies of the path that was told, where its client would be content with another. */
static void drop_useless(struct finding_list *list, const struct client_verdict *verdict)
{
	if (!finding_list_has(&verdict->findings, FINDING_CROSS_SIGN_SHADOWED))
		return;
	for (size_t i = 0; i < verdict->findings.n; i++) {
		struct finding *same = find_same(list, &verdict->findings.at[i]);

		if (same)
			drop_remedies(same);
	}
}

void tell_clients(struct validation *validation)
{
	for (size_t i = 0; i < validation->n_clients; i++)
		if (validation->clients[i].rules == validation->client)
			drop_useless(&validation->findings, &validation->clients[i]);
	for (size_t i = 0; i < validation->n_clients; i++)
		tell_client(&validation->findings, &validation->clients[i]);
}
