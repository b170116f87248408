/* The shipped clients, by the verdicts that tests/store/clients.known says they give. */
#include "../chain/attempt.h"

#include "base/file.h"
#include "store/profile.h"

#include <stdlib.h>

#define CLIENTS_MOST 32

/* A case under way: strings are of the file's copy. */
struct known {
	const char *title, *host;
	const char *lines[LINES_MOST + 1];
	size_t n;
};

static struct {
	struct client_rules at[CLIENTS_MOST];
	size_t n, judged;
} clients;

static const struct client_rules *client_of(const char *name)
{
	AUTO(error) err = ERROR_INIT;

	if (strcmp(name, "default") == 0)
		return &client_default;
	for (size_t i = 0; i < clients.n; i++)
		if (strcmp(clients.at[i].name, name) == 0)
			return &clients.at[i];
	assert_true(clients.n < CLIENTS_MOST);
	clients.at[clients.n] = client_default;
	if (!client_load(&clients.at[clients.n], name, &err))
		fail_msg("%s: %s", name, err.text);
	return &clients.at[clients.n++];
}

static enum finding_code code_of(const char *name)
{
	for (int code = 0; code < FINDING_COUNT; code++)
		if (strcmp(finding_name((enum finding_code)code), name) == 0)
			return (enum finding_code)code;
	if (strcmp(name, "complete") != 0)
		fail_msg("there is no verdict '%s'", name);
	return COMPLETE;
}

static void judge(const struct known *known, const char *client, enum finding_code wanted)
{
	AUTO(attempt) attempt = ATTEMPT_INIT;
	AUTO_FREE char *why = str_format("%s, %s", known->title, client);
	struct path_rules rules = path_rules_default();

	rules.client = client_of(client);
	if (known->host)
		rules.name = (struct expected_name){ NAME_DNS, known->host };
	attempt_prepare(&attempt, known->lines);
	attempt_find(&attempt, &rules);
	attempt_expect(&attempt, wanted, why);
	clients.judged++;
}

/* "> title | host" */
static void begin(struct known *known, char *text)
{
	char *bar = strstr(text, " | ");

	*known = (struct known){ .title = text };
	if (bar) {
		*bar = '\0';
		known->host = bar + 3;
	}
}

/* "= verdict: client client" */
static void judge_each(const struct known *known, char *text)
{
	char *save = NULL, *colon = strchr(text, ':');
	enum finding_code wanted;

	assert_non_null(colon);
	*colon = '\0';
	wanted = code_of(text);
	for (char *name = strtok_r(colon + 1, " ", &save); name;
	     name = strtok_r(NULL, " ", &save))
		judge(known, name, wanted);
}

static void take_line(struct known *known, char *line)
{
	if (!*line || *line == '#')
		return;
	if (*line == '>') {
		begin(known, line + 2);
	} else if (*line == '=') {
		judge_each(known, line + 2);
	} else {
		assert_true(known->n < LINES_MOST);
		known->lines[known->n++] = line;
	}
}

static void each_client_says_of_each_chain_what_is_known_of_it(void **state)
{
	const char *folder = getenv("srcdir");
	AUTO_FREE char *path =
		str_format("%s/tests/store/clients.known", folder ? folder : ".");
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO_FREE char *text = NULL;
	struct known known = { .title = NULL };
	char *save = NULL;

	(void)state;
	if (!file_read(&file, path, &err))
		fail_msg("%s", err.text);
	text = str_of(file.bytes);
	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save))
		take_line(&known, line);
	assert_true(clients.judged > 100);
}

static void a_client_that_is_no_profile_is_told(void **state)
{
	static const char *const wrong[] = { "moon", "alpine",   "../java-17",
					     "",     ".java-17", "java-17.xml" };
	struct client_rules client = client_default;
	(void)state;

	for (size_t i = 0; i < COUNT(wrong); i++) {
		AUTO(error) err = ERROR_INIT;

		assert_false(client_load(&client, wrong[i], &err));
		assert_non_null(err.text);
		assert_null(client.name);
	}
}

static void a_name_without_version_is_the_newest(void **state)
{
	AUTO(error) err = ERROR_INIT;
	struct client_rules client = client_default;
	(void)state;

	assert_true(client_load(&client, "java", &err));
	assert_string_equal(client.name, "java-17");
	client_clear(&client);
	assert_null(client.name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_client_says_of_each_chain_what_is_known_of_it),
		cmocka_unit_test(a_client_that_is_no_profile_is_told),
		cmocka_unit_test(a_name_without_version_is_the_newest),
	};
	int failed = cmocka_run_group_tests(tests, NULL, NULL);

	for (size_t i = 0; i < clients.n; i++)
		client_clear(&clients.at[i]);
	forge_end();
	return failed;
}
