/* Certificates and entries as JSON. */
#include "report/facts.h"

#include "x509/name.h"

static json_t *json_of_name(struct span name)
{
	AUTO(buf) text = BUF_INIT;

	name_text(&text, name);
	return json_of_text(buf_span(&text));
}

static json_t *json_of_key(const struct cert *cert)
{
	struct key_info key = cert_key(cert);
	json_t *object = json_object();

	json_put(object, "type", json_of_string(key_type_name(&key)));
	json_put(object, "bits", key.bits ? json_integer(key.bits) : json_null());
	json_put(object, "curve", json_of_string(key.curve));
	return object;
}

static json_t *json_of_serial(const struct cert *cert)
{
	AUTO(buf) hex = BUF_INIT;

	add_serial(&hex, cert);
	return json_of_text(buf_span(&hex));
}

void json_put_cert(json_t *object, const struct cert *cert)
{
	struct sha256 hash = cert_sha256(cert);
	struct signature_info signature =
		signature_info(cert_part(cert, cert->outer_algorithm));

	json_put(object, "sha256", json_of_sha256(&hash));
	json_put(object, "subject", json_of_name(cert_part(cert, cert->subject)));
	json_put(object, "issuer", json_of_name(cert_part(cert, cert->issuer)));
	json_put(object, "serial", json_of_serial(cert));
	json_put(object, "not_before", json_of_time(cert->not_before));
	json_put(object, "not_after", json_of_time(cert->not_after));
	json_put(object, "key", json_of_key(cert));
	json_put(object, "signature", json_of_string(signature.name));
	json_put(object, "ca", json_boolean(cert_says_ca(cert)));
}

static json_t *json_of_purposes(const struct alternative *alternative)
{
	json_t *array = json_array();

	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		if (alternative->purposes >> i & 1)
			json_put_last(array,
				      json_of_string(purpose_name((enum purpose)i)));
	for (size_t i = 0; alternative->other_purposes && alternative->other_purposes[i];
	     i++)
		json_put_last(array, json_of_string(alternative->other_purposes[i]));
	return array;
}

static json_t *json_of_issued_before(const struct alternative *alternative)
{
	json_t *object = json_object();

	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		if (alternative->issued_before[i] != TIME_NONE)
			json_put(object, purpose_name((enum purpose)i),
				 json_of_time(alternative->issued_before[i]));
	return object;
}

static json_t *json_of_texts(const char *const *texts)
{
	json_t *array;

	if (!texts)
		return json_null();
	array = json_array();
	for (; *texts; texts++)
		json_put_last(array, json_of_string(*texts));
	return array;
}

json_t *json_of_constraints(const struct constraints *constraints)
{
	json_t *array;

	if (!constraints)
		return json_null();
	array = json_array();
	for (size_t i = 0; i < constraints->n; i++) {
		const struct alternative *alternative = &constraints->at[i];
		json_t *object = json_object();

		json_put(object, "purposes", json_of_purposes(alternative));
		json_put(object, "issued_before", json_of_issued_before(alternative));
		json_put(object, "sct_before", json_of_time(alternative->sct_before));
		json_put(object, "dns_subtrees",
			 json_of_texts(alternative->dns_subtrees));
		json_put_last(array, object);
	}
	return array;
}

static json_t *json_of_origins(const struct origin *origin)
{
	json_t *array = json_array();

	for (; origin; origin = origin->next) {
		json_t *object = json_object();

		json_put(object, "kind", json_of_string(origin_kind_name(origin->kind)));
		json_put(object, "ref", json_of_string(origin->ref));
		json_put(object, "added", json_of_time(origin->added));
		json_put(object, "mirrored", json_boolean(origin->mirrored));
		json_put_last(array, object);
	}
	return array;
}

/* {"servicenow": {"sys_id": "..."}} */
static json_t *json_of_fields(const struct field *field)
{
	json_t *object = json_object();

	for (; field; field = field->next) {
		json_t *words = json_object_get(object, field->store);

		if (!words) {
			words = json_object();
			json_put(object, field->store, words);
		}
		json_put(words, field->name, json_of_string(field->value));
	}
	return object;
}

json_t *json_of_entry(const struct report *report, const struct entry *entry)
{
	json_t *object = json_object();

	json_put_cert(object, &entry->cert);
	json_put(object, "trust", json_of_string(trust_name(entry->trust)));
	json_put(object, "constraints", json_of_constraints(entry->constraints));
	json_put(object, "label", json_of_string(entry->label));
	json_put(object, "origin", json_of_origins(entry->origin));
	json_put(object, "note", json_of_string(entry->note));
	json_put(object, "fields", json_of_fields(entry->fields));
	json_put(object, "days_left",
		 json_integer(days_until(entry->cert.not_after, report->now)));
	return object;
}
