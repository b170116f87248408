/* show as JSON: an entry with its extensions and its relatives. */
#include "report/show.h"

#include "x509/name.h"

static json_t *json_of_texts(const struct text_list *list)
{
	json_t *array = json_array();

	for (size_t i = 0; i < list->n; i++)
		json_put_last(array, json_of_text(buf_span(&list->at[i])));
	return array;
}

static json_t *json_of_id(struct span id)
{
	return id.n ? json_of_hex(id) : json_null();
}

static json_t *json_of_relatives(const struct relatives *relatives)
{
	json_t *array = json_array();

	for (size_t i = 0; i < relatives->n; i++) {
		const struct cert *cert = &relatives->at[i].entry->cert;
		struct sha256 hash = cert_sha256(cert);
		AUTO(buf) name = BUF_INIT;
		json_t *object = json_object();

		name_text(&name, cert_part(cert, cert->subject));
		json_put(object, "sha256", json_of_sha256(&hash));
		json_put(object, "subject", json_of_text(buf_span(&name)));
		json_put(object, "verified", json_boolean(relatives->at[i].verified));
		json_put_last(array, object);
	}
	return array;
}

static void put_details(json_t *object, const struct cert *cert)
{
	AUTO(details) details;

	details_read(&details, cert);
	json_put(object, "path_length",
		 details.path_length < 0 ? json_null()
					 : json_integer(details.path_length));
	json_put(object, "key_usage", json_of_texts(&details.key_usage));
	json_put(object, "purposes", json_of_texts(&details.purposes));
	json_put(object, "names", json_of_texts(&details.names));
	json_put(object, "permitted_names", json_of_texts(&details.permitted));
	json_put(object, "excluded_names", json_of_texts(&details.excluded));
	json_put(object, "subject_key_id", json_of_id(details.subject_key_id));
	json_put(object, "authority_key_id", json_of_id(details.authority_key_id));
	json_put(object, "ca_issuers", json_of_texts(&details.ca_issuers));
	json_put(object, "ocsp", json_of_texts(&details.ocsp));
	json_put(object, "crls", json_of_texts(&details.crls));
	json_put(object, "critical", json_of_texts(&details.critical));
	json_put(object, "malformed", json_of_texts(&details.unreadable));
}

json_t *json_of_shown(const struct report *report, const struct entry_set *set,
		      const struct entry *entry)
{
	json_t *object = json_of_entry(report, entry);
	struct relatives relatives;

	put_details(object, &entry->cert);
	relatives_who_signed(&relatives, set, entry);
	json_put(object, "signed_by", json_of_relatives(&relatives));
	relatives_signed_by(&relatives, set, entry);
	json_put(object, "signed", json_of_relatives(&relatives));
	return object;
}
