/* The command line as the log keeps it. */
#include "cmd/command_line.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define WORDS_MOST 5

static void words_are_quoted_for_the_shell_and_secrets_are_blotted_out(void **state)
{
	static const struct {
		const char *argv[WORDS_MOST];
		const char *line;
	} cases[] = {
		{ { "/usr/bin/rootcellar" }, "rootcellar" },
		{ { "r", "import", "my ca.pem" }, "rootcellar import 'my ca.pem'" },
		{ { "r", "--proxy", "http://me:secret@proxy:3128", "fetch" },
		  "rootcellar --proxy 'http://***@proxy:3128' fetch" },
		{ { "r", "--proxy=me:secret@proxy", "fetch" },
		  "rootcellar '--proxy=***@proxy' fetch" },
		{ { "r", "--proxy", "me:sec@ret@proxy" },
		  "rootcellar --proxy '***@proxy'" },
		{ { "r", "validate", "https://me:secret@host/a@b" },
		  "rootcellar validate 'https://***@host/a@b'" },
		{ { "r", "import", "a.pem+tls://me:secret@host" },
		  "rootcellar import 'a.pem+tls://***@host'" },
		{ { "r", "list", "https://host/a@b" },
		  "rootcellar list https://host/a@b" },
		{ { "r", "list", "-s", "pkcs11:token=x?pin-value=1234&a=b" },
		  "rootcellar list -s 'pkcs11:token=x?pin-value=***&a=b'" },
		{ { "r", "remove", "me@example.test" },
		  "rootcellar remove me@example.test" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *line = NULL;
		int argc = 0;

		while (argc < WORDS_MOST && cases[i].argv[argc])
			argc++;
		line = command_line_text(argc, cases[i].argv);
		assert_string_equal(line, cases[i].line);
	}
}

static void a_long_line_is_cut_between_words(void **state)
{
	const char *argv[2000] = { "rootcellar", "import" };
	AUTO_FREE char *line = NULL;
	size_t n;
	(void)state;

	for (size_t i = 2; i < COUNT(argv); i++)
		argv[i] = "certificate.pem";
	line = command_line_text(COUNT(argv), argv);
	n = strlen(line);
	assert_true(n <= COMMAND_LINE_MOST + 4);
	assert_string_equal(line + n - 19, "certificate.pem ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			words_are_quoted_for_the_shell_and_secrets_are_blotted_out),
		cmocka_unit_test(a_long_line_is_cut_between_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
