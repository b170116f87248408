/* A validation as JSON: DESIGN section 9 says what it must hold. */
#include "report/clients.h"
#include "report/proofs.h"
#include "report/explanation.h"
#include "report/validation.h"

#include "x509/name.h"

static json_t *json_of_subject(const struct cert *cert)
{
	AUTO(buf) text = BUF_INIT;

	name_text(&text, cert_part(cert, cert->subject));
	return json_of_text(buf_span(&text));
}

/* Fields of a connection are "" where there is nothing to say. */
static json_t *json_of_field(const char *text)
{
	return text && *text ? json_of_string(text) : json_null();
}

static json_t *json_of_tls(const struct validation *validation)
{
	const struct net_presented *presented = &validation->presented;
	json_t *object;

	if (!validation->from_network)
		return json_null();
	object = json_object();
	json_put(object, "version", json_of_field(presented->tls_version));
	json_put(object, "cipher", json_of_field(presented->cipher));
	json_put(object, "group", json_of_field(presented->group));
	json_put(object, "address", json_of_field(presented->address));
	json_put(object, "through_proxy", json_boolean(presented->through_proxy));
	json_put(object, "client_certificate_asked",
		 json_boolean(presented->client_certificate_asked));
	json_put(object, "alert", json_of_field(presented->alert));
	json_put(object, "outcome", json_of_string(net_outcome_name(presented->outcome)));
	json_put(object, "milliseconds", json_integer(presented->milliseconds));
	return object;
}

static json_t *json_of_presented(const struct validation *validation)
{
	struct presented_walk walk = { validation, 0 };
	struct presented_cert presented;
	json_t *array = json_array();

	while (presented_next(&walk, &presented)) {
		json_t *object = json_object();

		if (presented.readable) {
			json_put_cert(object, &presented.cert);
		} else {
			struct sha256 hash = sha256_of(presented.der);

			json_put(object, "sha256", json_of_sha256(&hash));
		}
		json_put(object, "position",
			 json_integer((json_int_t)presented.position));
		json_put(object, "readable", json_boolean(presented.readable));
		json_put_last(array, object);
	}
	return array;
}

static json_t *json_of_node(const struct pool_cert *cert)
{
	json_t *object = json_object();

	json_put_cert(object, &cert->cert);
	json_put(object, "from", json_of_string(cert_from_name(cert->from)));
	json_put(object, "source", json_of_string(cert->source));
	json_put(object, "trust",
		 cert->trust == TRUST_UNSAID ? json_null()
					     : json_of_string(trust_name(cert->trust)));
	return object;
}

static json_t *json_of_nodes(const struct pool_cert *const *certs, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_put_last(array, json_of_node(certs[i]));
	return array;
}

static json_t *json_of_finding(const struct finding_list *findings, size_t i)
{
	const struct finding *finding = &findings->at[i];
	json_t *object = json_object(), *remedy = json_object();

	json_put(object, "code", json_of_string(finding_name(finding->code)));
	json_put(object, "severity", json_of_string(severity_name(finding->severity)));
	json_put(object, "sha256",
		 finding->about_certificate ? json_of_sha256(&finding->sha256)
					    : json_null());
	json_put(object, "subject", json_of_string(finding->subject));
	json_put(object, "text",
		 json_of_string(finding->text ? finding->text
					      : finding_meaning(finding->code)));
	json_put(remedy, "client", json_of_string(finding->remedy_client));
	json_put(remedy, "server", json_of_string(finding->remedy_server));
	json_put(object, "remedy", remedy);
	json_put(object, "clients", json_of_clients(code_for_clients(findings, i)));
	return object;
}

json_t *json_of_findings(const struct finding_list *findings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < findings->n; i++)
		json_put_last(array, json_of_finding(findings, i));
	return array;
}

static json_t *json_of_fetched(const struct validation *validation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < validation->n_fetches; i++) {
		const struct fetched *fetched = &validation->fetches[i];
		json_t *object = json_object();

		json_put(object, "url", json_of_string(fetched->url));
		json_put(object, "kind", json_of_string(fetched->kind));
		json_put(object, "bytes", json_integer((json_int_t)fetched->bytes));
		json_put(object, "milliseconds", json_integer(fetched->milliseconds));
		json_put(object, "outcome",
			 json_of_string(fetched->dry
						? "not-asked"
						: net_outcome_name(fetched->outcome)));
		json_put(object, "text", json_of_field(fetched->text));
		json_put(object, "from_cache", json_boolean(fetched->from_cache));
		json_put(object, "certificates",
			 json_integer((json_int_t)fetched->certificates));
		json_put_last(array, object);
	}
	return array;
}

static json_t *json_of_reason(const struct reason *reason)
{
	json_t *object = json_object();
	struct sha256 hash;

	json_put(object, "code", json_of_string(finding_name(reason->code)));
	if (reason->cert) {
		hash = cert_sha256(&reason->cert->cert);
		json_put(object, "sha256", json_of_sha256(&hash));
		json_put(object, "subject", json_of_subject(&reason->cert->cert));
	}
	json_put(object, "what", json_of_field(reason->what));
	json_put(object, "when", json_of_time(reason->when));
	json_put(object, "rule", json_of_string(reason->rule));
	return object;
}

static json_t *json_of_search(const struct path *path)
{
	json_t *object = json_object(), *tried = json_array();

	for (size_t i = 0; i < path->n_others; i++)
		json_put_last(tried, json_of_reason(&path->others[i]));
	json_put(object, "certificates", json_integer(path->steps));
	json_put(object, "cost", json_integer(path->cost));
	json_put(object, "budget_met", json_boolean(path->budget_met));
	json_put(object, "tried", tried);
	return object;
}

json_t *json_of_validation(const struct validation *validation)
{
	const struct path *path = &validation->path;
	json_t *object = json_object();

	json_put(object, "target", json_of_string(validation->target));
	json_put(object, "store", json_of_string(validation->store));
	json_put(object, "at", json_of_time(validation->at));
	json_put(object, "name", json_of_string(validation->name_text));
	json_put(object, "verdict", json_of_string(verdict_name(validation->verdict)));
	if (validation->n_clients)
		json_put(object, "clients", json_of_client_verdicts(validation));
	if (validation->n_proofs)
		json_put(object, "proofs", json_of_proofs(validation));
	json_put(object, "tls", json_of_tls(validation));
	json_put(object, "presented", json_of_presented(validation));
	json_put(object, "path", json_of_nodes(path->at, path->n));
	json_put(object, "findings", json_of_findings(&validation->findings));
	json_put(object, "fetched", json_of_fetched(validation));
	json_put(object, "to_add",
		 json_of_nodes(validation->to_add, validation->n_to_add));
	json_put(object, "fetched_root",
		 validation->fetched_root ? json_of_node(validation->fetched_root)
					  : json_null());
	json_put(object, "search", json_of_search(path));
	return object;
}
