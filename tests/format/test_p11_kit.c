/*
 * p11-kit files: those of p11-kit itself, hostile text, what p11-kit cannot say, and the
 * strict reader.
 */
#include "formats.h"
#include "x509/pem.h"

#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)

/* One Root, Two Root and Three Root, as anchors. */
static void three_anchors(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };

	read_data("plain.pem", set, &skipped);
	for (size_t i = 0; i < set->n; i++)
		set->at[i].trust = TRUST_ANCHOR;
}

static void read_text(const char *text, struct entry_set *set, struct skipped *skipped)
{
	AUTO(error) err = ERROR_INIT;

	if (!read_bytes(&format_p11_kit, span_str(text), set, skipped, &err))
		fail_msg("%s", err.text);
}

/* ---- files of p11-kit ---- */

static void what_trust_anchor_stored_is_an_anchor_with_its_label(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	read_data("p11-kit-stored.p11-kit", &set, &skipped);
	assert_int_equal(skipped.n, 0);
	assert_int_equal(set.n, 1);
	assert_int_equal(set.at[0].trust, TRUST_ANCHOR);
	assert_string_equal(set.at[0].label, "Three Root");
	assert_null(set.at[0].constraints);
}

static void what_trust_dump_prints_keeps_trust_distrust_and_purposes(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, plain = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	const struct entry *one;
	(void)state;

	read_data("p11-kit-dump.p11-kit", &set, &skipped);
	three_anchors(&plain);
	assert_int_equal(set.n, 3);
	one = set_find(&set, &plain.at[0].cert);
	assert_int_equal(one->trust, TRUST_ANCHOR);
	assert_string_equal(one->label, "One Alias");
	assert_true(constraints_good_for(one->constraints, PURPOSE_SERVER_AUTH));
	assert_true(constraints_good_for(one->constraints, PURPOSE_EMAIL));
	assert_false(constraints_good_for(one->constraints, PURPOSE_CLIENT_AUTH));
	assert_false(constraints_good_for(one->constraints, PURPOSE_CODE_SIGNING));
	assert_int_equal(set_find(&set, &plain.at[1].cert)->trust, TRUST_DISTRUSTED);
	assert_int_equal(set_find(&set, &plain.at[2].cert)->trust, TRUST_ANCHOR);
}

/* ---- grammar ---- */

/* HEAD, the certificate, TAIL as one object. */
static void add_object(struct buf *out, const char *head, const struct entry *entry,
		       const char *tail)
{
	buf_add_str(out, "[p11-kit-object-v1]\n");
	buf_add_str(out, head);
	pem_write(out, "CERTIFICATE", cert_der(&entry->cert));
	buf_add_str(out, tail);
}

static void fields_are_read_as_p11_kit_reads_them(void **state)
{
	static const struct {
		const char *head, *tail;
		enum trust trust;
		int64_t server_after;
	} cases[] = {
		{ "trusted: true\n", "", TRUST_ANCHOR, TIME_NONE },
		{ "", "trusted: true\n", TRUST_ANCHOR, TIME_NONE },
		{ "  trusted  :  true  \r\n", "# comment\n\n", TRUST_ANCHOR, TIME_NONE },
		{ "134: true\n", "", TRUST_ANCHOR, TIME_NONE },
		{ "trusted: true\nx-distrusted: true\n", "", TRUST_DISTRUSTED,
		  TIME_NONE },
		{ "+03628353380: true\ntrusted: true\n", "", TRUST_DISTRUSTED,
		  TIME_NONE },
		{ "trusted: false\n", "", TRUST_INTERMEDIATE, TIME_NONE },
		{ "", "", TRUST_INTERMEDIATE, TIME_NONE },
		{ "trusted: true\nnss-server-distrust-after: \"241130235959Z\"\n", "",
		  TRUST_ANCHOR, 1733011199 },
		{ "trusted: true\nnss-server-distrust-after: \"20241130235959Z\"\n", "",
		  TRUST_ANCHOR, 1733011199 },
		{ "trusted: true\nnss-server-distrust-after: \"%00\"\n", "", TRUST_ANCHOR,
		  TIME_NONE },
		{ "unknown-field: whatever\ntrusted: true\n", "", TRUST_ANCHOR,
		  TIME_NONE },
	};
	AUTO(entry_set) plain = ENTRY_SET_INIT;
	(void)state;

	three_anchors(&plain);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(buf) text = BUF_INIT;
		int64_t after = TIME_NONE;

		add_object(&text, cases[i].head, &plain.at[0], cases[i].tail);
		read_text(buf_text(&text), &set, &skipped);
		if (skipped.n || set.n != 1)
			fail_msg("%s: %s", cases[i].head, buf_text(&skipped.text));
		if (set.at[0].constraints)
			after = set.at[0]
					.constraints->at[0]
					.issued_before[PURPOSE_SERVER_AUTH];
		if (set.at[0].trust != cases[i].trust || after != cases[i].server_after)
			fail_msg("%s: %s", cases[i].head, trust_name(set.at[0].trust));
	}
}

/* Each stands before a good object, which is still read. */
static void a_fault_costs_its_object_and_is_told_with_its_line(void **state)
{
	static const struct {
		const char *text, *told;
	} cases[] = {
		{ "[p11-kit-object-v1]\nno colon here\n", "2: the line has no colon" },
		{ "[p11-kit-object-v1]\ntrusted: maybe\n", "2: trusted: " },
		{ "[p11-kit-object-v1]\nlabel: \"%zz\"\n", "2: label: " },
		{ "[p11-kit-object-v1]\nlabel: \"\n", "2: label: " },
		{ "[p11-kit-object-v1]\nnss-server-distrust-after: \"241301000000Z\"\n",
		  "2: nss-server-distrust-after: " },
		{ "[p11-kit-object-v1]\nobject-id: 9.9\n", "2: object-id: " },
		{ "[p11-kit-object-v1]\nclass: certificate\nvalue: \"abc\"\n", "1: " },
		{ "[p11-kit-object-v1]\nclass: nss-trust\n",
		  "1: the object holds no certificate" },
		{ "[p11-kit-object-v2]\ntrusted: true\n", "1: the header is not " },
		{ "trusted: true\n", "1: this stands before the first header" },
		{ "[p11-kit-object-v1]\n-----BEGIN CERTIFICATE-----\nA!\n-----END "
		  "CERTIFICATE-----\n",
		  "2: " },
		{ "[p11-kit-object-v1]\n-----BEGIN X509 CRL-----\nAAAA\n-----END X509 "
		  "CRL-----\n",
		  "2: " },
		{ "[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: "
		  "2.5.29.37\n",
		  "1: the attached extension names no public key" },
	};
	AUTO(entry_set) plain = ENTRY_SET_INIT;
	(void)state;

	three_anchors(&plain);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(buf) text = BUF_INIT;

		buf_add_str(&text, cases[i].text);
		add_object(&text, "trusted: true\n", &plain.at[0], "");
		read_text(buf_text(&text), &set, &skipped);
		if (set.n != 1 || set.at[0].trust != TRUST_ANCHOR || skipped.n != 1 ||
		    !span_starts(buf_span(&skipped.text), span_str(cases[i].told)))
			fail_msg("%s%zu entries, %s", cases[i].text, set.n,
				 buf_text(&skipped.text));
	}
}

/* ---- attached extensions ---- */

static void add_extension(struct buf *out, const struct entry *to, const char *oid,
			  const char *value)
{
	buf_addf(out,
		 "[p11-kit-object-v1]\nclass: x-certificate-extension\nobject-id: %s\n"
		 "value: \"%s\"\n",
		 oid, value);
	pem_write(out, "PUBLIC KEY", cert_part(&to->cert, to->cert.spki));
}

#define OID_REJECT "1.3.6.1.4.1.3319.6.10.1"
/*
 * What stands in extnValue: server-auth; server-auth and e-mail; nothing; no list at all.
 */
#define LIST_SERVER "%30%0a%06%08%2b%06%01%05%05%07%03%01"
#define LIST_BOTH   "%30%14%06%08%2b%06%01%05%05%07%03%01%06%08%2b%06%01%05%05%07%03%04"
#define LIST_EMPTY  "%30%00"
#define LIST_BROKEN "%31%00"

static void attached_lists_only_ever_narrow(void **state)
{
	static const struct {
		const char *why, *purposes, *more, *rejected;
		uint32_t good_for;
		bool told;
	} cases[] = {
		{ "one list", LIST_BOTH, NULL, NULL, SERVER | EMAIL, false },
		{ "two lists", LIST_BOTH, LIST_SERVER, NULL, SERVER, false },
		{ "rejected", LIST_BOTH, NULL, LIST_SERVER, EMAIL, false },
		{ "all rejected", LIST_SERVER, NULL, LIST_SERVER, 0, false },
		{ "an empty list", LIST_EMPTY, NULL, NULL, 0, false },
		{ "a broken list", LIST_BROKEN, NULL, NULL, 0, true },
		{ "a broken list beside a good one", LIST_BOTH, LIST_BROKEN, NULL, 0,
		  true },
		{ "a broken rejection", LIST_BOTH, NULL, LIST_BROKEN, 0, true },
		{ "only rejected", NULL, NULL, LIST_BOTH, 0xff & ~(SERVER | EMAIL),
		  false },
	};
	AUTO(entry_set) plain = ENTRY_SET_INIT;
	(void)state;

	three_anchors(&plain);
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(buf) text = BUF_INIT;

		if (cases[i].purposes)
			add_extension(&text, &plain.at[0], "2.5.29.37",
				      cases[i].purposes);
		add_object(&text, "trusted: true\n", &plain.at[0], "");
		add_object(&text, "trusted: true\n", &plain.at[1], "");
		if (cases[i].more)
			add_extension(&text, &plain.at[0], "2.5.29.37", cases[i].more);
		if (cases[i].rejected)
			add_extension(&text, &plain.at[0], OID_REJECT, cases[i].rejected);
		read_text(buf_text(&text), &set, &skipped);
		for (size_t p = 0; p < PURPOSE_COUNT; p++)
			if (constraints_good_for(set.at[0].constraints,
						 (enum purpose)p) !=
			    (cases[i].good_for >> p & 1))
				fail_msg("%s: %s", cases[i].why,
					 purpose_name((enum purpose)p));
		assert_int_equal(skipped.n, cases[i].told);
		/* Another key is none of its business. */
		assert_null(set.at[1].constraints);
	}
}

/* ---- hostile text ---- */

static const char *const hostile[] = {
	"line\nfeed",
	"quote\"",
	"a\"\ntrusted: true\nlabel: \"b",
	"\r\ntrusted: true\r\n",
	"\n[p11-kit-object-v1]\ntrusted: true\n",
	"%0atrusted: true",
	"\n# trusted: true\n",
	"\n-----BEGIN CERTIFICATE-----\n",
	"\x1b[31m\xe2\x80\xae",
	" spaces at the ends ",
	"\xff\xfe",
	"",
};

/* A value for each entry, its hostile label again. */
static char *label_value(void *ctx, const struct entry *entry)
{
	(void)ctx;
	return entry->label ? str_copy(entry->label) : NULL;
}

static bool note_from_value(void *ctx, struct arena *arena, struct entry *entry,
			    struct span value, struct error *err)
{
	(void)ctx;
	if (value.n && value.at[0] == 'X')
		return error_fail(err, STATUS_INPUT, "X");
	entry->note = arena_str_of(arena, value);
	return true;
}

static const struct p11_kit_extra label_extra = { NULL, label_value, note_from_value };

static void no_text_becomes_a_line_of_its_own(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(hostile); i++) {
		AUTO(entry_set)
		set = ENTRY_SET_INIT, back = ENTRY_SET_INIT, loose = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;

		three_anchors(&set);
		set.at[1].trust = TRUST_INTERMEDIATE;
		set.at[2].trust = TRUST_DISTRUSTED;
		for (size_t j = 0; j < set.n; j++)
			set.at[j].label = hostile[i];
		p11_kit_write(&set, &label_extra, &out);
		/* Every line is one that this program writes, or base64. */
		if (!p11_kit_read_strict(buf_span(&out), 1, &label_extra, &back, &err))
			fail_msg("case %zu: %s", i, err.text);
		assert_true(read_bytes(&format_p11_kit, buf_span(&out), &loose, &skipped,
				       &err));
		assert_int_equal(skipped.n, 0);
		assert_int_equal(back.n, 3);
		for (size_t j = 0; j < 3; j++) {
			const struct entry *strict = set_find(&back, &set.at[j].cert);

			assert_int_equal(strict->trust, set.at[j].trust);
			assert_string_equal(strict->label, hostile[i]);
			assert_string_equal(strict->note, hostile[i]);
			assert_true(entry_same_meaning(
				&set.at[j], set_find(&loose, &set.at[j].cert)));
		}
		for (size_t n = 0; n < out.n; n++)
			assert_true(out.at[n] == '\n' ||
				    (out.at[n] >= ' ' && out.at[n] < 0x7f));
	}
}

/* ---- what p11-kit has no word for ---- */

static void p11_kit_is_told_less_than_an_entry_allows_never_more(void **state)
{
	static const char *const subtrees[] = { "example.org", NULL };
	static const char *const others[] = { "1.2.3", "bad", NULL };
	struct alternative pairs[][2] = {
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
		{ alternative_any(), alternative_any() },
	};
	(void)state;

	pairs[0][0].sct_before = 1733011199;
	pairs[1][0].dns_subtrees = subtrees;
	pairs[2][0].purposes = EMAIL;
	pairs[2][0].other_purposes = others;
	pairs[3][0].issued_before[PURPOSE_CODE_SIGNING] = 5;
	pairs[4][0].purposes = SERVER;
	pairs[4][0].issued_before[PURPOSE_SERVER_AUTH] = 1733011199;
	pairs[4][1].purposes = SERVER;
	pairs[4][1].issued_before[PURPOSE_SERVER_AUTH] = 1700000000;
	for (size_t i = 0; i < COUNT(pairs); i++) {
		struct constraints constraints = { i == 4 ? 2 : 1, pairs[i] };
		AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) out = BUF_INIT;

		three_anchors(&set);
		set.n = 1;
		set.at[0].constraints = &constraints;
		p11_kit_write(&set, NULL, &out);
		assert_true(read_bytes(&format_p11_kit, buf_span(&out), &back, &skipped,
				       &err));
		/* Of a date for logs p11-kit gets the nearest word, a date of issue. */
		if (i > 0 && !constraints_cover(&constraints, back.at[0].constraints))
			fail_msg("case %zu", i);
		if (i == 0 || i == 4)
			assert_int_equal(back.at[0]
						 .constraints->at[0]
						 .issued_before[PURPOSE_SERVER_AUTH],
					 1733011199);
		if (i == 0)
			assert_false(constraints_good_for(back.at[0].constraints,
							  PURPOSE_CODE_SIGNING));
		if (i == 1)
			assert_false(constraints_good_for(back.at[0].constraints,
							  PURPOSE_SERVER_AUTH));
		if (i == 2)
			assert_true(constraints_good_for_oid(back.at[0].constraints,
							     "1.2.3"));
	}
}

/*
 * The same key under two names, with other purposes each: p11-kit has one list for both.
 */
static void anchors_that_share_a_key_keep_their_own_purposes(void **state)
{
	AUTO(entry_set)
	set = ENTRY_SET_INIT, back = ENTRY_SET_INIT, loose = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	struct entry twin;
	uint8_t *der;
	(void)state;

	three_anchors(&set);
	set.n = 1;
	twin = set.at[0];
	/* The last byte is of the signature: another certificate, the same key. */
	der = (uint8_t *)arena_copy(&set.arena, cert_der(&twin.cert)).at;
	der[twin.cert.n - 1] ^= 1;
	twin.cert.der = der;
	set.at[0].constraints =
		constraints_make(&set.arena, SERVER | EMAIL, 1733011199, TIME_NONE);
	twin.constraints = constraints_make(&set.arena, SERVER, TIME_NONE, TIME_NONE);
	set_add(&set, &twin);

	p11_kit_write(&set, NULL, &out);
	assert_non_null(strstr(buf_text(&out), "rootcellar-purposes"));
	if (!p11_kit_read_strict(buf_span(&out), 1, NULL, &back, &err))
		fail_msg("%s", err.text);
	assert_true(read_bytes(&format_p11_kit, buf_span(&out), &loose, &skipped, &err));
	for (size_t i = 0; i < set.n; i++) {
		assert_true(
			entry_same_meaning(&set.at[i], set_find(&back, &set.at[i].cert)));
		assert_true(entry_same_meaning(&set.at[i],
					       set_find(&loose, &set.at[i].cert)));
	}
}

/* ---- strictness ---- */

static void write_example(struct buf *out, struct entry_set *set)
{
	three_anchors(set);
	set->at[0].label = "One";
	set->at[0].constraints =
		constraints_make(&set->arena, SERVER, 1733011199, TIME_NONE);
	set->at[1].trust = TRUST_INTERMEDIATE;
	set->at[2].trust = TRUST_DISTRUSTED;
	p11_kit_write(set, &label_extra, out);
}

static void what_was_written_is_read_back_to_the_same(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	write_example(&out, &set);
	assert_true(p11_kit_read_strict(buf_span(&out), 1, &label_extra, &back, &err));
	assert_int_equal(back.n, 3);
	for (size_t i = 0; i < 3; i++)
		assert_true(
			entry_same_meaning(&set.at[i], set_find(&back, &set.at[i].cert)));
	/* An empty set is an empty body. */
	assert_true(p11_kit_read_strict(span_of("", 0), 1, &label_extra, &back, &err));
}

static void the_strict_reader_names_the_line_that_another_hand_wrote(void **state)
{
	static const struct {
		const char *from, *to;
		size_t line;
	} cases[] = {
		{ "trusted: true\n", "trusted:  true\n", 3 },
		{ "trusted: true\n", "trusted: true \n", 3 },
		{ "trusted: true\n", "# trusted: true\n", 3 },
		{ "label: \"One\"\n", "label: \"%4fne\"\n", 2 },
		{ "label: \"One\"\n", "label: \"One\"\nmodifiable: false\n", 3 },
		{ "x-distrusted: true\n", "x-distrusted: false\n", 0 },
		{ "nss-mozilla-ca-policy: true\n", "", 4 },
		{ "\"241130235959Z\"", "\"20241130235959Z\"", 5 },
		{ "class: data\n", "class: 0\n", 0 },
		{ "application: \"rootcellar\"\n", "application: \"else\"\n", 0 },
	};
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	write_example(&out, &set);
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *text = buf_text(&out), *at = strstr(text, cases[i].from);
		AUTO_FREE char *told = str_format("line %zu: ", cases[i].line + 100 - 1);
		AUTO(entry_set) back = ENTRY_SET_INIT;
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) spoilt = BUF_INIT;

		assert_non_null(at);
		buf_add(&spoilt, span_of(text, (size_t)(at - text)));
		buf_add_str(&spoilt, cases[i].to);
		buf_add_str(&spoilt, at + strlen(cases[i].from));
		if (p11_kit_read_strict(buf_span(&spoilt), 100, &label_extra, &back,
					&err))
			fail_msg("accepted: %s", cases[i].to);
		assert_int_equal(back.n, 0);
		if (cases[i].line && !span_starts(span_str(err.text), span_str(told)))
			fail_msg("%s: %s", cases[i].to, err.text);
	}
}

static void a_body_cut_anywhere_never_reads_as_more_than_it_was(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	write_example(&out, &set);
	for (size_t n = 1; n < out.n; n += 3) {
		AUTO(entry_set) back = ENTRY_SET_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!p11_kit_read_strict(span_of(out.at, n), 1, &label_extra, &back,
					 &err))
			assert_int_equal(back.n, 0);
		for (size_t i = 0; i < back.n; i++)
			assert_int_equal(back.at[i].trust,
					 set_find(&set, &back.at[i].cert)->trust);
	}
}

static void an_extra_that_is_refused_refuses_the_body(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, back = ENTRY_SET_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	three_anchors(&set);
	set.at[0].label = "X";
	p11_kit_write(&set, &label_extra, &out);
	assert_false(p11_kit_read_strict(buf_span(&out), 1, &label_extra, &back, &err));
	assert_int_equal(err.status, STATUS_INPUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_trust_anchor_stored_is_an_anchor_with_its_label),
		cmocka_unit_test(
			what_trust_dump_prints_keeps_trust_distrust_and_purposes),
		cmocka_unit_test(fields_are_read_as_p11_kit_reads_them),
		cmocka_unit_test(a_fault_costs_its_object_and_is_told_with_its_line),
		cmocka_unit_test(attached_lists_only_ever_narrow),
		cmocka_unit_test(no_text_becomes_a_line_of_its_own),
		cmocka_unit_test(p11_kit_is_told_less_than_an_entry_allows_never_more),
		cmocka_unit_test(anchors_that_share_a_key_keep_their_own_purposes),
		cmocka_unit_test(what_was_written_is_read_back_to_the_same),
		cmocka_unit_test(
			the_strict_reader_names_the_line_that_another_hand_wrote),
		cmocka_unit_test(a_body_cut_anywhere_never_reads_as_more_than_it_was),
		cmocka_unit_test(an_extra_that_is_refused_refuses_the_body),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
