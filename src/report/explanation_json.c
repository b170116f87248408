/* Explanations and codes as JSON. */
#include "report/explanation.h"

#include "base/i18n.h"

json_t *json_of_clients(enum finding_code code)
{
	json_t *object = json_object();

	for (int client = 0; client < CLIENT_COUNT; client++) {
		AUTO_FREE char *text = saying_of((enum client)client, code);

		if (text)
			json_put(object, client_name((enum client)client),
				 json_of_string(text));
	}
	return object;
}

static void put_command(void *array, const char *command)
{
	json_put_last(array, json_of_string(command));
}

static json_t *json_of_advice(const char *text)
{
	return text ? json_of_string(_(text)) : json_null();
}

static void put_cause(json_t *object, unsigned cause, const struct mentioned *target)
{
	const struct cause_facts *facts = cause_facts(cause);
	json_t *commands = json_array(), *remedy = json_object();
	const struct command_sink sink = { commands, put_command };

	explanation_commands(cause, target, &sink);
	json_put(object, "meaning", json_of_string(cause_meaning(cause)));
	json_put(remedy, "client", json_of_advice(facts->client));
	json_put(remedy, "server", json_of_advice(facts->server));
	json_put(object, "remedy", remedy);
	json_put(object, "commands", commands);
}

static json_t *json_of_says(const struct saying *saying)
{
	AUTO(buf) text = BUF_INIT;

	if (!saying_text(saying))
		return json_null();
	saying_add_text(&text, saying->text);
	return json_of_text(buf_span(&text));
}

static json_t *json_of_targets(const struct explanation *explanation)
{
	json_t *array = json_array();

	for (size_t i = 0; i < explanation->n_mentioned; i++) {
		char target[TARGET_TEXT];

		json_put_last(array, json_of_string(mentioned_text(
					     &explanation->mentioned[i], target)));
	}
	return array;
}

json_t *json_of_explained(const struct explanation *explanation,
			  const struct explained *one)
{
	const struct cause_facts *facts = cause_facts(one->cause);
	const struct saying *saying = one->saying;
	json_t *object = json_object(), *codes = json_array();

	for (unsigned i = 0; i < facts->n_codes; i++)
		json_put_last(codes, json_of_string(finding_name(facts->codes[i])));
	json_put(object, "codes", codes);
	json_put(object, "client", json_of_string(client_name(saying->client)));
	json_put(object, "client_code", json_of_string(saying_code(saying)));
	json_put(object, "number",
		 saying->number ? json_integer(saying->number) : json_null());
	json_put(object, "says", json_of_says(saying));
	json_put(object, "times", json_integer((json_int_t)one->times));
	json_put(object, "cut", json_boolean(one->cut));
	put_cause(object, one->cause,
		  explanation->n_mentioned ? explanation->mentioned : NULL);
	json_put(object, "targets", json_of_targets(explanation));
	return object;
}

json_t *json_of_code(enum finding_code code)
{
	json_t *object = json_object();

	json_put(object, "code", json_of_string(finding_name(code)));
	json_put(object, "severity",
		 json_of_string(severity_name(finding_severity(code))));
	put_cause(object, code, NULL);
	json_put(object, "clients", json_of_clients(code));
	json_put(object, "serving",
		 is_mended_by_serving(code) ? json_of_serving(NULL) : json_null());
	return object;
}
