/* What export makes of anchors whose bounds a format can or cannot hold. */
#include "plan/export.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

static const char *const subtrees[] = { "example.test", NULL };

/* 2025-01-01; certificates issued then may live 398 days. */
#define BOUND 1735689600

static void add_anchor(struct entry_set *set, const struct constraints *constraints)
{
	const char *data = getenv("DATA");
	AUTO_FREE char *path =
		str_format("%s/cmd/alpha-root.der", data ? data : "tests/data");
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry entry = { .trust = TRUST_ANCHOR, .constraints = constraints };

	if (!file_read(&file, path, &err) || !cert_read(&entry.cert, file.bytes, &err))
		fail_msg("%s", err.text);
	set_add_copy(set, &entry);
}

static struct alternative bounded(int64_t issued_before, int64_t sct_before,
				  const char *const *dns_subtrees)
{
	struct alternative alternative = alternative_any();

	alternative.issued_before[PURPOSE_SERVER_AUTH] = issued_before;
	alternative.sct_before = sct_before;
	alternative.dns_subtrees = dns_subtrees;
	return alternative;
}

static void a_bound_that_the_format_cannot_hold_is_borne_only_as_lossy_says(void **state)
{
	const struct alternative any = alternative_any();
	const struct alternative date = bounded(BOUND, TIME_NONE, NULL);
	const struct alternative sct = bounded(TIME_NONE, BOUND, NULL);
	const struct alternative names = bounded(TIME_NONE, TIME_NONE, subtrees);
	const struct alternative date_or_any[] = { date, any },
				 date_or_names[] = { date, names };
	const int64_t day = DAY_SECONDS;
	const struct {
		const char *why;
		const struct alternative *alternatives;
		size_t n;
		unsigned carries;
		enum lossy lossy;
		int64_t at;
		size_t anchors, unbound, dropped;
	} cases[] = {
		{ "no bound", &any, 1, 0, LOSSY_FAIL, BOUND, 1, 0, 0 },
		{ "held", &date, 1, CARRIES_DISTRUST_AFTER, LOSSY_FAIL, BOUND, 1, 0, 0 },
		{ "kept", &date, 1, 0, LOSSY_KEEP, BOUND + 3000 * day, 1, 1, 0 },
		{ "dropped", &date, 1, 0, LOSSY_DROP, BOUND - day, 0, 0, 1 },
		{ "in grace", &date, 1, 0, LOSSY_GRACE, BOUND + 398 * day, 1, 1, 0 },
		{ "past grace", &date, 1, 0, LOSSY_GRACE, BOUND + 399 * day, 0, 0, 1 },
		{ "SCT date in grace", &sct, 1, CARRIES_DISTRUST_AFTER, LOSSY_GRACE,
		  BOUND, 1, 1, 0 },
		{ "names have no grace", &names, 1, CARRIES_DISTRUST_AFTER, LOSSY_GRACE,
		  BOUND, 0, 0, 1 },
		{ "names held", &names, 1, CARRIES_CONSTRAINTS, LOSSY_FAIL, BOUND, 1, 0,
		  0 },
		{ "one alternative is enough", date_or_any, 2, 0, LOSSY_FAIL, BOUND, 1, 0,
		  0 },
		{ "neither can be held", date_or_names, 2, 0, LOSSY_GRACE, BOUND, 0, 0,
		  1 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct constraints constraints = { cases[i].n,
							 cases[i].alternatives };
		const struct format format = { .name = "test",
					       .carries = cases[i].carries };
		const struct export_options options = { .format = &format,
							.lossy = cases[i].lossy,
							.at = cases[i].at };
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(export_plan) plan = EXPORT_PLAN_INIT;
		AUTO(error) err = ERROR_INIT;
		bool made;

		add_anchor(&set, &constraints);
		made = export_make(&plan, &set, &options, &err);
		if (made != (cases[i].anchors > 0) || plan.anchors != cases[i].anchors ||
		    plan.unbound != cases[i].unbound || plan.dropped != cases[i].dropped)
			fail_msg("%s: %zu anchors, %zu unbound, %zu dropped",
				 cases[i].why, plan.anchors, plan.unbound, plan.dropped);
	}
}

static void an_anchor_for_other_purposes_is_none_for_servers(void **state)
{
	struct alternative email = alternative_any();
	const struct constraints constraints = { 1, &email };
	const struct export_options options = { .format = &format_pem, .at = BOUND };
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(export_plan) plan = EXPORT_PLAN_INIT;
	AUTO(error) err = ERROR_INIT;
	(void)state;

	email.purposes = 1 << PURPOSE_EMAIL;
	add_anchor(&set, &constraints);
	assert_false(export_make(&plan, &set, &options, &err));
	assert_int_equal(err.status, STATUS_UNCHANGED);
	assert_int_equal(plan.not_for_servers, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			a_bound_that_the_format_cannot_hold_is_borne_only_as_lossy_says),
		cmocka_unit_test(an_anchor_for_other_purposes_is_none_for_servers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
