/*
 * What a run has to tell. A remedy holds only our own words, fingerprints and what the
 * user typed; what URLs and servers say stands in texts, escaped.
 */
#include "plan/telling.h"

#include "base/escape.h"
#include "base/i18n.h"
#include "plan/complete.h"
#include "x509/name.h"

void tell_certificate(struct finding *finding, const struct cert *cert)
{
	AUTO(buf) name = BUF_INIT;
	AUTO(buf) safe = BUF_INIT;

	name_short(&name, cert_part(cert, cert->subject));
	escape_terminal(&safe, buf_span(&name));
	finding->about_certificate = true;
	finding->sha256 = cert_sha256(cert);
	finding->subject = buf_steal(&safe);
}

/* Why only public addresses count where the target's own is not known. */
static void explain_rule(struct finding *finding, const struct validation *validation)
{
	const char *why = NULL;
	char *text;

	if (!validation->from_network)
		why = _("for a file only public addresses are asked");
	else if (validation->presented.through_proxy)
		why = _("behind a proxy, an address that stands in a URL must be public");
	if (!why)
		return;
	text = str_format("%s; %s", finding->text, why);
	mem_free(finding->text);
	finding->text = text;
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
	if (fetched->outcome == NET_ADDRESS) {
		explain_rule(finding, validation);
		finding->remedy_client = str_copy(
			_("if that address is one of your own, add --allow-private"));
	}
}

static const struct {
	enum fetch_cap cap;
	int most;
	const char *text;
} caps[] = {
	{ FETCH_CAP_TARGET, FETCH_TARGET_MOST,
	  N_("more than %d issuers would have to be fetched") },
	{ FETCH_CAP_URLS, FETCH_URLS_A_CERT,
	  N_("a certificate names more than %d URLs of its issuer; the others were not asked for") },
	{ FETCH_CAP_DEPTH, FETCH_DEPTH,
	  N_("issuers that are more than %d fetches away were not looked for") },
	{ FETCH_CAP_TIME, FETCH_TARGET_MS / 1000,
	  N_("the %d seconds that fetching may take for one target were over") },
};

static void tell_caps(struct validation *validation)
{
	for (size_t i = 0; i < COUNT(caps); i++)
		if (validation->fetch_caps & caps[i].cap)
			finding_add(&validation->findings, FINDING_FETCH_REFUSED)->text =
				str_format(_(caps[i].text), caps[i].most);
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

static void tell_fetched_root(struct validation *validation,
			      const struct diagnose_context *context)
{
	struct diagnose_context met = *context;
	struct finding *finding;
	char hash[SHA256_TEXT];

	if (!validation->fetched_root)
		return;
	finding = finding_add(&validation->findings, FINDING_ROOT_FETCHED);
	tell_certificate(finding, &validation->fetched_root->cert);
	sha256_hex(&finding->sha256, hash);
	finding->text =
		str_format(_("the root '%s' was fetched but is not trusted; compare its "
			     "SHA-256 fingerprint "
			     "%s with what its owner publishes (public CAs: their "
			     "repository page or "
			     "https://www.ccadb.org; a private CA: whoever runs it)"),
			   finding->subject, hash);
	/* Met on the network, it can be met there again, whoever named its child. */
	met.presented_by_server = true;
	finding->remedy_client = remedy_trust_root(&met, hash);
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

/*
 * Issuers of an authority are looked for in other stores where the path seems to lack its root. Of what is
 * found there for one, and is none itself, no more is known; to the user it is the bridge that was asked for.
 */
static bool is_of_other_store(const struct validation *validation, size_t i,
			      const struct validate_options *options)
{
	const struct pool_cert *cross = validation->path.at[i];

	return i > 1 && options->others && cross->trust == TRUST_UNSAID &&
	       cross->position == SIZE_MAX && !cert_self_issued(&cross->cert) &&
	       set_find(options->others, &cross->cert);
}

static void tell_other_store(struct validation *validation, const struct validate_options *options)
{
	for (size_t i = validation->path.n - 1; i-- > 2;) {
		struct finding *finding;

		if (!is_of_other_store(validation, i, options))
			continue;
		finding = finding_add(&validation->findings, FINDING_BRIDGE_AVAILABLE);
		tell_certificate(finding, &validation->path.at[i]->cert);
		finding->text = str_format(_("'%s' is no anchor of the store, but a certificate of that "
					     "name in the store of --from leads to one"),
					   finding->subject);
		return;
	}
}

/* A path that goes through a cross-certificate of a root that was met but is no anchor.
 */
static void tell_bridge(struct validation *validation, const struct validate_options *options)
{
	for (size_t i = 1; i + 1 < validation->path.n; i++) {
		const struct pool_cert *cross = validation->path.at[i];
		struct finding *finding;

		if (!leads_around_a_root(validation, cross))
			continue;
		finding = finding_add(&validation->findings, FINDING_BRIDGE_AVAILABLE);
		tell_certificate(finding, &cross->cert);
		finding->text = str_format(_("the root '%s' is no anchor of the store, "
					     "but a cross-certificate "
					     "of the same name and key leads to one"),
					   finding->subject);
		return;
	}
	if (validation->path.n > 3)
		tell_other_store(validation, options);
}

static bool is_command(const char *remedy, const char *begin)
{
	return remedy && span_starts(span_str(remedy), span_str(begin));
}

static bool is_missing(const struct finding *finding)
{
	return finding->code == FINDING_MISSING_INTERMEDIATE ||
	       finding->code == FINDING_MISSING_ROOT;
}

/* What kept the issuer from being found is the reason, and no fault of whoever publishes it. */
static void name_bound(struct finding *finding, unsigned met)
{
	/* More was to be had: nothing speaks for a root. */
	if (met)
		finding->code = FINDING_MISSING_INTERMEDIATE;
	for (size_t i = 0; i < COUNT(caps); i++) {
		AUTO_FREE char *bound = NULL;
		char *text;

		if (!(met & caps[i].cap))
			continue;
		bound = str_format(_(caps[i].text), caps[i].most);
		/* Translators: why a chain ends, then the bound that was met. */
		text = str_format(_("%s; the search ended at its bound: %s"), finding->text, bound);
		mem_free(finding->text);
		finding->text = text;
		return;
	}
}

/* Beyond a bound the same command goes on from what was got since. */
static char *beyond_bound(unsigned met, const struct diagnose_context *context)
{
	AUTO_FREE char *get = remedy_get_issuers(context);
	AUTO_FREE char *by_hand = remedy_by_hand(context);

	if (met == FETCH_CAP_TIME)
		/* Translators: a command follows on the next line. */
		return str_format("%s\n%s", _("ask again; what was got meanwhile is not fetched anew:"),
				  get);
	return str_format("%s\n%s", by_hand, get);
}

/* Where fetching was tried already, the same again does not help. */
static void replace_fetch(struct finding *finding, unsigned met, const struct diagnose_context *context)
{
	mem_free(finding->remedy_client);
	finding->remedy_client = met ? beyond_bound(met, context) : remedy_by_hand(context);
}

/* The finding is about the end of the path, whose issuer is missing. */
static bool is_end_missing(const struct validation *validation, const struct finding *finding)
{
	const struct path *path = &validation->path;
	struct sha256 end;

	if (!path->n || !is_missing(finding))
		return false;
	end = cert_sha256(&path->at[path->n - 1]->cert);
	return sha256_eq(&end, &finding->sha256);
}

/*
 * The platform's roots stand in while the cellar is empty. Before a command that completes a chain to one
 * of them they are taken up; one that adds a root of its own stands alone.
 */
static void begin_with(struct finding *finding, const char *first)
{
	bool adds = is_command(finding->remedy_client, "rootcellar import ") ||
		    is_command(finding->remedy_client, "rootcellar fetch --accept-root ") ||
		    (is_missing(finding) && strstr(finding->remedy_client, "ISSUER.pem"));
	char *both;

	if (!adds && !is_command(finding->remedy_client, "rootcellar fetch ") &&
	    !is_command(finding->remedy_client, "rootcellar trust "))
		return;
	both = adds ? str_format("%s\n%s\n%s", finding->remedy_client,
				 /* Translators: a command follows on the next line. */
				 _("what is in the cellar then takes the place of the platform's "
				   "roots; to trust these too:"),
				 first)
		    : str_format("%s\n%s", first, finding->remedy_client);
	mem_free(finding->remedy_client);
	finding->remedy_client = both;
}

static void mend_remedies(struct validation *validation, const struct validate_options *options,
			  const struct diagnose_context *context)
{
	bool tried = options->fetch && !options->dry_run;

	for (size_t i = 0; i < validation->findings.n; i++) {
		struct finding *finding = &validation->findings.at[i];

		if (tried && is_missing(finding)) {
			unsigned met = is_end_missing(validation, finding) ? validation->end_caps : 0;

			name_bound(finding, met);
			replace_fetch(finding, met, context);
		}
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

/* A path that holds does without what cannot be read; but a client that reads all of it may end there. */
static void spare_unread(struct validation *validation)
{
	for (size_t i = 0; i < validation->findings.n; i++) {
		struct finding *finding = &validation->findings.at[i];

		if (finding->code != FINDING_MALFORMED)
			continue;
		finding->severity = SEVERITY_WARNING;
		if (!finding->remedy_server)
			finding->remedy_server = str_copy(
				_("take it out of what the server sends: many clients end the "
				  "handshake at a certificate that they cannot read"));
	}
}

void tell_run(struct validation *validation, const struct validate_options *options,
	      const struct diagnose_context *context)
{
	if (validation->path.complete) {
		tell_bridge(validation, options);
		spare_unread(validation);
	} else {
		tell_fetched_root(validation, context);
		tell_fetches(validation);
	}
	mend_remedies(validation, options, context);
	rank(&validation->findings);
}
