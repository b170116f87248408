/* The nearest word. */
#include "cmd/suggest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static void the_nearest_word_is_suggested_and_none_where_none_is_near(void **state)
{
	static const char *const words[] = { "list",   "show",    "import",
					     "export", "expired", "undo" };
	static const struct {
		const char *typed, *nearest;
	} cases[] = {
		{ "lsit", "list" },
		{ "lists", "list" },
		{ "exprot", "export" },
		{ "imprt", "import" },
		{ "expird", "expired" },
		{ "udno", "undo" },
		{ "certificate", NULL },
		{ "x", NULL },
		{ "", NULL },
		{ "a word that is longer than any option can ever be", NULL },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct suggestion suggestion = suggestion_for(cases[i].typed);

		for (size_t j = 0; j < COUNT(words); j++)
			suggestion_offer(&suggestion, words[j]);
		if (cases[i].nearest && !suggestion.nearest)
			fail_msg("nothing is near '%s'", cases[i].typed);
		else if (cases[i].nearest)
			assert_string_equal(suggestion.nearest, cases[i].nearest);
		else if (suggestion.nearest)
			fail_msg("'%s' is near '%s'", suggestion.nearest, cases[i].typed);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			the_nearest_word_is_suggested_and_none_where_none_is_near),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
