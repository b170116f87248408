/*
 * Listings of entries, changes, generations and plans: what they look like, and what
 * they let through.
 */
#include "fixture.h"

#include <jansson.h>

typedef void make_report(struct report *report, const struct store *store);

static void list_all(struct report *report, const struct store *store)
{
	report_list(report, store, NULL);
}

static void show_all(struct report *report, const struct store *store)
{
	report_show(report, store, NULL);
}

/* Everything is gone, and everything has come with another label and constraints. */
static void diff_all(struct report *report, const struct store *store)
{
	AUTO(entry_set) none = ENTRY_SET_INIT;
	AUTO(entry_set) other = ENTRY_SET_INIT;
	AUTO(diff) added = DIFF_INIT;
	AUTO(diff) changed = DIFF_INIT;

	set_copy(&other, &store->set);
	for (size_t i = 0; i < other.n; i++)
		other.at[i].label = NULL;
	diff_sets(&added, &none, &store->set);
	diff_sets(&changed, &store->set, &other);
	report_diff(report, &added, DIFF_ENTRIES);
	report_diff(report, &changed, DIFF_ENTRIES);
}

static void log_all(struct report *report, const struct store *store)
{
	struct generation_list log = GENERATION_LIST_INIT;

	for (size_t i = 0; i < store->set.n; i++) {
		GROW(log.at, log.n, log.cap);
		log.at[log.n++] =
			(struct generation){ .number = i + 1,
					     .at = NOW,
					     .command = (char *)store->set.at[i].label,
					     .anchors = 1 };
	}
	report_log(report, &log);
	mem_free(log.at);
}

static void prune_all(struct report *report, const struct store *store)
{
	AUTO_FREE enum prune_reason *reasons = mem_array(store->set.n, sizeof(*reasons));
	AUTO_FREE const struct entry **twins = mem_array(store->set.n, sizeof(*twins));

	for (size_t i = 0; i < store->set.n; i++) {
		reasons[i] = PRUNED_DUPLICATE;
		twins[i] = &store->set.at[0];
	}
	report_prune(report, &store->set, reasons, twins);
}

static make_report *const makers[] = { list_all, show_all, diff_all, log_all, prune_all };

static char *make(make_report *maker, const struct store *store,
		  enum report_format format, size_t columns)
{
	struct report report;

	capture_begin();
	fake_report(&report, format, columns);
	maker(&report, store);
	return finish_report(&report);
}

/*
 * Names that are not UTF-8 stand in a string of Latin-1, where every octet is a
 * character.
 */
static void fill_hostile(struct store *store, struct span text)
{
	struct origin *origin = arena_alloc(&store->set.arena, sizeof(*origin));
	const struct fake fake = { .subject = text,
				   .issuer = SPAN("somebody"),
				   .name_tag = utf8_valid(text) ? 0 : DER_TELETEX_STRING,
				   .dns = text,
				   .url = text,
				   .ca = true };
	struct entry *entry = fake_entry(&store->set, &fake, TRUST_DISTRUSTED);
	char *hostile_text = arena_str_of(&store->set.arena, text);

	*origin = (struct origin){ ORIGIN_NETWORK, hostile_text, NOW, true, NULL };
	entry->label = entry->note = hostile_text;
	entry->origin = origin;
}

static void nothing_hostile_gets_through_any_format_of_any_report(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++)
		for (size_t j = 0; j < COUNT(makers); j++)
			for (enum report_format f = REPORT_TEXT; f <= REPORT_CSV; f++) {
				struct store store = STORE_INIT;
				AUTO_FREE char *text = NULL;

				fill_hostile(&store, hostile[i]);
				text = make(makers[j], &store, f, 80);
				assert_harmless(text, i);
				entry_set_clear(&store.set);
			}
}

/* One field of RFC 4180; moves past it and the comma. */
static char *take_field(const char **at)
{
	struct buf field = BUF_INIT;
	bool quoted_field = **at == '"';

	*at += quoted_field;
	for (; **at; ++*at) {
		if (quoted_field && **at == '"') {
			if ((*at)[1] != '"') {
				++*at;
				break;
			}
			++*at;
		} else if (!quoted_field && (**at == ',' || **at == '\n')) {
			break;
		}
		buf_add_byte(&field, (uint8_t) * *at);
	}
	*at += **at == ',';
	return buf_steal(&field);
}

static void a_row_of_csv_is_one_line_with_all_fields_and_no_formula(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct store store = STORE_INIT;
		AUTO_FREE char *text = NULL;
		const char *at;
		size_t fields = 0;

		fill_hostile(&store, hostile[i]);
		text = make(list_all, &store, REPORT_CSV, 80);
		entry_set_clear(&store.set);
		assert_int_equal(count_lines(text), 2);
		for (at = strchr(text, '\n') + 1; *at != '\n'; fields++) {
			AUTO_FREE char *field = take_field(&at);

			if (*field && strchr("=+-@", *field))
				fail_msg("row %zu has a formula: %s", i, field);
		}
		/*
		 * The last comma counts a field of its own only where something
		 * follows.
		 */
		assert_int_equal(fields, 14);
	}
}

static void json_gives_back_the_very_text(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++) {
		struct store store = STORE_INIT;
		AUTO_FREE char *text = NULL;
		AUTO(buf) expected = BUF_INIT;
		json_t *document, *label;

		fill_hostile(&store, hostile[i]);
		escape_utf8(&expected, span_str(store.set.at[0].label));
		text = make(show_all, &store, REPORT_JSON, 80);
		entry_set_clear(&store.set);
		document = json_loadb(text, strlen(text),
				      JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
		assert_non_null(document);
		label = json_object_get(
			json_array_get(json_object_get(document, "entries"), 0), "label");
		assert_string_equal(json_string_value(label), buf_text(&expected));
		json_decref(document);
	}
}

static void a_listing_is_never_wider_than_the_terminal(void **state)
{
	static const size_t widths[] = { 40, 60, 80, 100, 200 };
	struct store store = STORE_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++)
		fill_hostile(&store, hostile[i]);
	for (size_t i = 0; i < COUNT(widths); i++) {
		AUTO_FREE char *list = make(list_all, &store, REPORT_TEXT, widths[i]);

		assert_fits(list, widths[i]);
		assert_int_equal(count_lines(list), COUNT(hostile) + 1);
	}
	entry_set_clear(&store.set);
}

static void fill_example(struct store *store)
{
	static const struct {
		struct fake fake;
		enum trust trust;
	} rows[] = {
		{ { .subject = SPAN("Partner Root"),
		    .ca = true,
		    .serial = 1,
		    .not_after = NOW + 4000 * (int64_t)DAY_SECONDS },
		  TRUST_ANCHOR },
		{ { .subject =
			    SPAN("Partner Issuing CA with a name that does not end soon"),
		    .issuer = SPAN("Partner Root"),
		    .ca = true,
		    .serial = 2,
		    .not_after = NOW + 12 * DAY_SECONDS },
		  TRUST_INTERMEDIATE },
		{ { .subject = SPAN("Old Root"),
		    .ca = true,
		    .serial = 3,
		    .not_after = NOW - 12 * DAY_SECONDS },
		  TRUST_DISTRUSTED },
	};

	for (size_t i = 0; i < COUNT(rows); i++)
		fake_entry(&store->set, &rows[i].fake, rows[i].trust);
}

static void a_listing_tells_trust_name_days_key_and_fingerprint(void **state)
{
	static const struct {
		size_t columns;
		const char *text;
	} cases[] = {
		{ 80, "TRUST         NAME             LEFT                 EXPIRES     "
		      "KEY     SHA256\n"
		      "anchor        Partner Root     in 4000 days         2037-11-06  "
		      "ec 256  8e7f2f64\n"
		      "intermediate  Partner Issuin…  in 12 days           2026-12-06  "
		      "ec 256  73ebb02c\n"
		      "distrusted    Old Root         expired 12 days ago  2026-11-12  "
		      "ec 256  88799daf\n" },
		{ 60, "TRUST         NAME             LEFT                 SHA256\n"
		      "anchor        Partner Root     in 4000 days         8e7f2f64\n"
		      "intermediate  Partner Issuin…  in 12 days           73ebb02c\n"
		      "distrusted    Old Root         expired 12 days ago  88799daf\n" },
	};
	struct store store = STORE_INIT;
	(void)state;

	fill_example(&store);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *text =
			make(list_all, &store, REPORT_TEXT, cases[i].columns);

		assert_string_equal(text, cases[i].text);
	}
	entry_set_clear(&store.set);
}

static void only_what_was_asked_for_is_listed(void **state)
{
	static const bool hits[] = { false, true, false };
	struct store store = STORE_INIT;
	(void)state;

	fill_example(&store);
	for (enum report_format f = REPORT_TEXT; f <= REPORT_CSV; f++) {
		AUTO_FREE char *text = NULL;
		struct report report;

		capture_begin();
		fake_report(&report, f, 200);
		report_list(&report, &store, hits);
		text = finish_report(&report);
		assert_non_null(strstr(text, "Partner Issuing CA"));
		assert_null(strstr(text, "Old Root"));
	}
	entry_set_clear(&store.set);
}

static void csv_says_what_the_certificate_says(void **state)
{
	struct store store = STORE_INIT;
	AUTO_FREE char *text = NULL;
	struct origin origin = { ORIGIN_FILE, "/etc/ca.pem", TIME_NONE, false, NULL };
	const char *row;
	(void)state;

	fill_example(&store);
	store.set.at[1].label = "Partner, issuing";
	store.set.at[1].origin = &origin;
	store.set.at[1].constraints = constraints_make(
		&store.set.arena, 1u << PURPOSE_SERVER_AUTH, TIME_NONE, TIME_NONE);
	text = make(list_all, &store, REPORT_CSV, 80);
	entry_set_clear(&store.set);
	row = strstr(text, "CN=Partner Issuing");
	assert_non_null(row);
	assert_true(span_starts(
		span_str(row),
		SPAN("CN=Partner Issuing CA with a name that does not end "
		     "soon,CN=Partner Root,5a02,"
		     "2025-11-24T08:00:00Z,2026-12-06T08:00:00Z,ec,256,ecdsa-with-SHA256,"
		     "true,"
		     "intermediate,server-auth,\"Partner, issuing\",/etc/ca.pem\n")));
}

static void days_are_told_in_words(void **state)
{
	static const struct {
		int64_t from, to;
		const char *words;
	} cases[] = {
		{ -10, 0, "within a day" },
		{ -10, 86399, "within a day" },
		{ -10, 86400, "in 1 day" },
		{ -10, 30 * 86400, "in 30 days" },
		{ -10, -1, "expired today" },
		{ -200000, -86400, "expired 1 day ago" },
		{ -2000000, -12 * 86400 - 5, "expired 12 days ago" },
		{ 10, 100 * 86400, "valid within a day" },
		{ 86400, 100 * 86400, "valid in 1 day" },
		{ 5 * 86400 + 1, 100 * 86400, "valid in 5 days" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		struct store store = STORE_INIT;
		const struct fake fake = { .subject = SPAN("x"),
					   .not_before = NOW + cases[i].from,
					   .not_after = NOW + cases[i].to };
		AUTO_FREE char *text = NULL;

		fake_entry(&store.set, &fake, TRUST_ANCHOR);
		text = make(list_all, &store, REPORT_TEXT, 80);
		entry_set_clear(&store.set);
		if (!strstr(text, cases[i].words))
			fail_msg("row %zu, not '%s': %s", i, cases[i].words, text);
	}
}

static void show_tells_everything_about_an_entry(void **state)
{
	static const char *const lines[] = {
		"host\n",
		"  subject           CN=host\n",
		"  issuer            CN=Partner Root\n",
		"  serial            5a00\n",
		"  valid             2025-11-24T08:00:00Z to 2027-11-24T08:00:00Z\n",
		"  expires           in 365 days\n",
		"  key               ec secp256r1\n",
		"  signature         ecdsa-with-SHA256\n",
		"  CA                no\n",
		"  names             DNS:host.example\n",
		"  issuer at         http://ca.example/x\n",
		"  OCSP              http://ca.example/x\n",
		"  CRL               http://ca.example/x\n",
		"  trust             intermediate\n",
		"  label             the host\n",
		("  from              https://ca.example/host.cer, added "
		 "2026-11-24T08:00:00Z\n"),
	};
	struct origin origin = { ORIGIN_NETWORK, "https://ca.example/host.cer", NOW,
				 false, NULL };
	struct store store = STORE_INIT;
	AUTO_FREE char *text = NULL;
	struct entry *entry;
	(void)state;

	entry = fake_entry(&store.set,
			   &(struct fake){ .subject = SPAN("host"),
					   .issuer = SPAN("Partner Root"),
					   .dns = SPAN("host.example"),
					   .url = SPAN("http://ca.example/x") },
			   TRUST_INTERMEDIATE);
	entry->label = "the host";
	entry->origin = &origin;
	text = make(show_all, &store, REPORT_TEXT, 80);
	entry_set_clear(&store.set);
	for (size_t i = 0; i < COUNT(lines); i++)
		if (!strstr(text, lines[i]))
			fail_msg("lacks '%s':\n%s", lines[i], text);
}

static struct entry *add_real(struct entry_set *set, const char *name)
{
	const char *data = getenv("DATA");
	AUTO_FREE char *path = str_format("%s/%s", data ? data : "tests/data", name);
	AUTO(store) store = STORE_INIT;
	AUTO(error) err = ERROR_INIT;
	const struct store_options options = { .purpose = STORE_TO_LOOK };

	if (!store_open(&store, path, &options, &err))
		fail_msg("%s", err.text);
	assert_true(store.set.n > 0);
	return set_add_copy(set, &store.set.at[0]);
}

static void show_names_as_signer_only_who_signed(void **state)
{
	struct store store = STORE_INIT;
	AUTO_FREE char *text = NULL;
	(void)state;

	add_real(&store.set, "verify/p256-sha256.pem");
	/* Nobody signed these two, whatever their names say. */
	fake_entry(&store.set,
		   &(struct fake){ .subject = SPAN("a"), .issuer = SPAN("b") },
		   TRUST_INTERMEDIATE);
	fake_entry(&store.set, &(struct fake){ .subject = SPAN("b"), .ca = true },
		   TRUST_ANCHOR);
	text = make(show_all, &store, REPORT_JSON, 80);
	entry_set_clear(&store.set);

	json_t *document = json_loadb(text, strlen(text), 0, NULL);
	json_t *entries = json_object_get(document, "entries");

	for (size_t i = 0; i < 3; i++) {
		json_t *entry = json_array_get(entries, i);
		json_t *by = json_object_get(entry, "signed_by");

		assert_int_equal(json_array_size(by), i == 0 ? 1 : 0);
		assert_int_equal(json_array_size(json_object_get(entry, "signed")),
				 i == 0 ? 1 : 0);
		if (i == 0)
			assert_true(json_is_true(
				json_object_get(json_array_get(by, 0), "verified")));
	}
	json_decref(document);
}

static void a_diff_reads_as_a_list_of_what_happened(void **state)
{
	AUTO(entry_set) before = ENTRY_SET_INIT;
	AUTO(entry_set) after = ENTRY_SET_INIT;
	AUTO(diff) diff = DIFF_INIT;
	AUTO_FREE char *text = NULL;
	struct report report;
	(void)state;

	fake_entry(&before, &(struct fake){ .subject = SPAN("stays") }, TRUST_ANCHOR);
	fake_entry(&after, &(struct fake){ .subject = SPAN("stays") }, TRUST_DISTRUSTED);
	fake_entry(&before, &(struct fake){ .subject = SPAN("goes") }, TRUST_ANCHOR);
	fake_entry(&after, &(struct fake){ .subject = SPAN("comes") },
		   TRUST_INTERMEDIATE);
	diff_sets(&diff, &before, &after);
	capture_begin();
	fake_report(&report, REPORT_TEXT, 80);
	report_diff(&report, &diff, DIFF_ENTRIES);
	text = finish_report(&report);
	assert_string_equal(
		text,
		"added:\n"
		"  + c35c7309 comes (intermediate)\n"
		"removed:\n"
		"  - 6d8ae605 goes (anchor)\n"
		"trust changed:\n"
		"  ~ 103e74bc stays (anchor → distrusted)\n"
		"1 added, 1 removed, 1 with other trust (anchors: 0 more, 2 fewer)\n");
}

static void a_log_tells_generations_and_commands(void **state)
{
	static struct generation generations[] = {
		{ .number = 12,
		  .at = NOW,
		  .command = "rootcellar import x.pem",
		  .anchors = 147,
		  .intermediates = 1,
		  .distrusted = 3,
		  .current = true },
		{ .number = 11,
		  .at = NOW - 60,
		  .command = "its hash does not match",
		  .damaged = true },
	};
	static const struct generation_list log = { generations, 2, 2 };
	AUTO_FREE char *text = NULL;
	struct report report;
	(void)state;

	capture_begin();
	fake_report(&report, REPORT_TEXT, 80);
	report_log(&report, &log);
	text = finish_report(&report);
	assert_string_equal(text,
			    "@12  2026-11-24T08:00:00Z  147 anchors, 1 intermediate, 3 "
			    "distrusted (current)\n"
			    "    rootcellar import x.pem\n"
			    "@11  2026-11-24T07:59:00Z  damaged\n"
			    "    its hash does not match\n");
}

static void a_plan_of_prune_groups_by_reason(void **state)
{
	static const enum prune_reason reasons[] = { PRUNE_KEPT, PRUNED_ORPHAN,
						     PRUNED_EXPIRED };
	struct store store = STORE_INIT;
	AUTO_FREE char *text = NULL;
	struct report report;
	(void)state;

	fill_example(&store);
	capture_begin();
	fake_report(&report, REPORT_TEXT, 80);
	report_prune(&report, &store.set, reasons, NULL);
	text = finish_report(&report);
	entry_set_clear(&store.set);
	assert_string_equal(
		text,
		"expired:\n"
		"  - 88799daf Old Root (distrusted, expired 12 days ago)\n"
		"leading to no anchor of the store:\n"
		"  - 73ebb02c Partner Issuing CA with a name that does not end soon\n"
		"      (intermediate, in 12 days)\n"
		"2 entries to be removed, 1 stays\n");
}

static void a_long_listing_is_written_in_pieces(void **state)
{
	struct store store = STORE_INIT;
	(void)state;

	for (size_t i = 0; i < 3000; i++) {
		AUTO_FREE char *name = str_format("CA number %zu", i);

		fake_entry(&store.set, &(struct fake){ .subject = span_str(name) },
			   TRUST_ANCHOR);
	}
	for (enum report_format f = REPORT_TEXT; f <= REPORT_CSV; f++) {
		AUTO_FREE char *text = NULL;
		struct report report;
		size_t most;

		capture_begin();
		fake_report(&report, f, 80);
		report_list(&report, &store, NULL);
		most = report.out.cap;
		text = finish_report(&report);
		assert_true(most <= (size_t)1 << 20);
		assert_int_equal(count_lines(text),
				 3000 + (f == REPORT_JSON ? 3 : f != REPORT_JSONL));
	}
	entry_set_clear(&store.set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_hostile_gets_through_any_format_of_any_report),
		cmocka_unit_test(a_row_of_csv_is_one_line_with_all_fields_and_no_formula),
		cmocka_unit_test(json_gives_back_the_very_text),
		cmocka_unit_test(a_listing_is_never_wider_than_the_terminal),
		cmocka_unit_test(a_listing_tells_trust_name_days_key_and_fingerprint),
		cmocka_unit_test(only_what_was_asked_for_is_listed),
		cmocka_unit_test(csv_says_what_the_certificate_says),
		cmocka_unit_test(days_are_told_in_words),
		cmocka_unit_test(show_tells_everything_about_an_entry),
		cmocka_unit_test(show_names_as_signer_only_who_signed),
		cmocka_unit_test(a_diff_reads_as_a_list_of_what_happened),
		cmocka_unit_test(a_log_tells_generations_and_commands),
		cmocka_unit_test(a_plan_of_prune_groups_by_reason),
		cmocka_unit_test(a_long_listing_is_written_in_pieces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
