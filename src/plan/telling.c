/*
 * What a run has to tell. A remedy holds only our own words, fingerprints and what the
 * user typed; what URLs and servers say stands in texts, escaped.
 */
#include "plan/telling.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "plan/complete.h"
#include "x509/name.h"

static void name_certificate(struct finding *finding, const struct cert *cert)
{
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) safe = BUF_INIT;

	name_short(&name, cert_part(cert, cert->subject));
	escape_terminal(&safe, buf_span(&name));
	finding->about_certificate = true;
	finding->sha256 = cert_sha256(cert);
	finding->subject = buf_steal(&safe);
}

static void tell_fetch(struct validation *validation, const struct fetched *fetched)
{
	AUTO_FREE char *url = quoted(span_str(fetched->url));
	AUTO_FREE char *why = quoted(span_str(fetched->text));
	bool refused = fetched->outcome == NET_ADDRESS || fetched->outcome == NET_BAD_URL;
	struct finding *finding =
		finding_add(&validation->findings,
			    refused ? FINDING_FETCH_REFUSED : FINDING_FETCH_FAILED);

	if (fetched->outcome == NET_GOOD)
		finding->text = str_format(
			_("'%s' gave no issuer of the certificate that names it: %s"),
			url, why);
	else
		finding->text = str_format(_("'%s' could not be fetched: %s"), url, why);
	if (fetched->outcome == NET_ADDRESS)
		finding->remedy_client = str_copy(
			_("if that address is one of your own, add --allow-private"));
}

static void tell_caps(struct validation *validation)
{
	static const struct {
		enum fetch_cap cap;
		int most;
		const char *text;
	} table[] = {
		{ FETCH_CAP_TARGET, FETCH_TARGET_MOST,
		  N_("more than %d issuers would have to be fetched") },
		{ FETCH_CAP_URLS, FETCH_URLS_A_CERT,
		  N_("a certificate names more than %d URLs of its issuer; the others "
		     "were not "
		     "asked for") },
		{ FETCH_CAP_DEPTH, FETCH_DEPTH,
		  N_("issuers that are more than %d fetches away were not looked for") },
	};

	for (size_t i = 0; i < COUNT(table); i++)
		if (validation->fetch_caps & table[i].cap)
			finding_add(&validation->findings, FINDING_FETCH_REFUSED)->text =
				str_format(_(table[i].text), table[i].most);
}

static void tell_fetches(struct validation *validation)
{
	for (size_t i = 0; i < validation->n_fetches; i++) {
		const struct fetched *fetched = &validation->fetches[i];

		if (!fetched->certificates && !fetched->dry)
			tell_fetch(validation, fetched);
	}
	tell_caps(validation);
}

/* A command on the target, with the options that the user gave. */
static char *command(const struct validate_options *options, const char *verb)
{
	const char *store = options->first_command ? "" : options->command_store;

	return str_format("rootcellar %s %s%s%s", verb, options->target_word,
			  *store ? " " : "", store);
}

static void tell_fetched_root(struct validation *validation,
			      const struct validate_options *options)
{
	AUTO_FREE char *verb = NULL;
	struct finding *finding;
	char hash[SHA256_TEXT];

	if (!validation->fetched_root)
		return;
	finding = finding_add(&validation->findings, FINDING_ROOT_FETCHED);
	name_certificate(finding, &validation->fetched_root->cert);
	sha256_hex(&finding->sha256, hash);
	finding->text =
		str_format(_("the root '%s' was fetched but is not trusted; compare its "
			     "SHA-256 fingerprint "
			     "%s with what its owner publishes (public CAs: their "
			     "repository page or "
			     "https://www.ccadb.org; a private CA: whoever runs it)"),
			   finding->subject, hash);
	verb = str_format("fetch --accept-root %s", hash);
	finding->remedy_client = command(options, verb);
}

static bool is_bridge(const struct cert *cross, const struct cert *root)
{
	return cert_self_issued(root) && !cert_self_issued(cross) &&
	       name_equal(cert_part(root, root->subject),
			  cert_part(cross, cross->subject)) &&
	       span_eq(cert_part(root, root->spki), cert_part(cross, cross->spki));
}

static bool leads_around_a_root(const struct validation *validation,
				const struct pool_cert *cross)
{
	for (size_t i = 0; i < pool_count(validation->pool); i++) {
		const struct pool_cert *root = pool_at(validation->pool, i);

		if (root->trust != TRUST_ANCHOR && is_bridge(&cross->cert, &root->cert))
			return true;
	}
	return false;
}

/* A path that goes through a cross-certificate of a root that was met but is no anchor.
 */
static void tell_bridge(struct validation *validation)
{
	for (size_t i = 1; i + 1 < validation->path.n; i++) {
		const struct pool_cert *cross = validation->path.at[i];
		struct finding *finding;

		if (!leads_around_a_root(validation, cross))
			continue;
		finding = finding_add(&validation->findings, FINDING_BRIDGE_AVAILABLE);
		name_certificate(finding, &cross->cert);
		finding->text = str_format(_("the root '%s' is no anchor of the store, "
					     "but a cross-certificate "
					     "of the same name and key leads to one"),
					   finding->subject);
		return;
	}
}

static bool is_command(const char *remedy, const char *begin)
{
	return remedy && span_starts(span_str(remedy), span_str(begin));
}

/* Where fetching was tried already, the same again does not help. */
static void replace_fetch(struct finding *finding, const struct validate_options *options)
{
	const char *store = options->first_command ? "" : options->command_store;

	if (!is_command(finding->remedy_client, "rootcellar fetch ") ||
	    is_command(finding->remedy_client, "rootcellar fetch --accept-root "))
		return;
	mem_free(finding->remedy_client);
	finding->remedy_client = str_format(
		"%s\nrootcellar import ISSUER.pem%s%s",
		_("get the certificate of the issuer from whoever runs it, then:"),
		*store ? " " : "", store);
}

/* What is no cellar must become one before a command can change it. */
static void begin_with(struct finding *finding, const char *first)
{
	char *both;

	if (!is_command(finding->remedy_client, "rootcellar "))
		return;
	both = str_format("%s\n%s", first, finding->remedy_client);
	mem_free(finding->remedy_client);
	finding->remedy_client = both;
}

static void mend_remedies(struct validation *validation,
			  const struct validate_options *options)
{
	bool tried = options->fetch && !options->dry_run;

	for (size_t i = 0; i < validation->findings.n; i++) {
		struct finding *finding = &validation->findings.at[i];

		if (tried)
			replace_fetch(finding, options);
		if (options->first_command)
			begin_with(finding, options->first_command);
	}
}

/* Errors before warnings before the rest; the order among equals stays. */
static void rank(struct finding_list *list)
{
	struct finding *ranked = mem_array(list->n, sizeof(*ranked));
	size_t n = 0;

	for (int severity = SEVERITY_ERROR; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < list->n; i++)
			if ((int)list->at[i].severity == severity)
				ranked[n++] = list->at[i];
	if (n)
		memcpy(list->at, ranked, n * sizeof(*ranked));
	mem_free(ranked);
}

void tell_run(struct validation *validation, const struct validate_options *options)
{
	if (validation->path.complete) {
		tell_bridge(validation);
	} else {
		tell_fetched_root(validation, options);
		tell_fetches(validation);
	}
	mend_remedies(validation, options);
	rank(&validation->findings);
}
