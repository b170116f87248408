/* The view of a revocation list: other programs' lists, and what RFC 5280 section 5
 * forbids. */
#include "test.h"

#include "base/clock.h"
#include "made_crl.h"
#include "x509/crl.h"

#define JANUARY INT64_C(1767225600) /* 2026-01-01T00:00:00Z */

static void read_list(struct crl *crl, struct span der)
{
	AUTO(error) err = ERROR_INIT;
	size_t used;

	if (!crl_read_first(crl, der, &used, &err))
		fail_msg("%s", err.text);
	assert_int_equal(used, der.n);
}

static struct crl_answer ask(const struct crl *crl, struct span serial)
{
	AUTO(error) err = ERROR_INIT;
	struct crl_answer answer;

	if (!crl_look_up(crl, crl->issuer, serial, &answer, &err))
		fail_msg("%s", err.text);
	return answer;
}

static void lists_of_other_programs_are_read_as_they_say(void **state)
{
	static const struct {
		const char *file;
		uint8_t version;
		const char *number, *base;
		bool delta, scope;
		uint16_t odd;
	} cases[] = {
		{ "crl/openssl-v1.der", 1, "", "", false, false, 0 },
		{ "crl/openssl-number.der", 2, "\7", "", false, false, 0 },
		{ "crl/openssl-part.der", 2, "\1\1", "", false, true, 0 },
		{ "crl/openssl-relative.der", 2, "\1\2", "", false, true, 0 },
		{ "crl/openssl-delta.der", 2, "\1\3", "\1\2", true, false, 0 },
		{ "crl/openssl-empty.der", 2, "\1\5", "", false, false, 0 },
		{ "crl/certtool.der", 2, "\xff", "", false, false, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(file) file = FILE_INIT;
		struct crl crl;

		data_read(&file, cases[i].file);
		read_list(&crl, file.bytes);
		if (crl.version != cases[i].version || crl.odd != cases[i].odd ||
		    crl.is_delta != cases[i].delta ||
		    crl.scope.present != cases[i].scope ||
		    !span_eq(crl.number, span_str(cases[i].number)) ||
		    !span_eq(crl.base_number, span_str(cases[i].base)) ||
		    crl.unknown_critical.n || crl.next_update <= crl.this_update)
			fail_msg("%s", cases[i].file);
	}
}

static void an_issuing_distribution_point_is_read_whole(void **state)
{
	AUTO(file) part = FILE_INIT;
	AUTO(file) relative = FILE_INIT;
	struct general_name name;
	struct span names;
	struct crl crl;
	bool malformed;

	(void)state;
	data_read(&part, "crl/openssl-part.der");
	read_list(&crl, part.bytes);
	assert_true(crl.scope.only_users && crl.scope.indirect);
	assert_false(crl.scope.only_authorities || crl.scope.only_attributes);
	assert_int_equal(crl.scope.reasons, 1 << 1 | 1 << 2 | 1 << 8);
	assert_int_equal(crl.this_update, JANUARY);
	assert_true(crl.authority.present && crl.authority.key_id.n &&
		    crl.authority.issuer.n && crl.authority.serial.n);
	names = crl.scope.name.full;
	assert_true(general_name_next(&names, &name, &malformed));
	assert_int_equal(name.kind, GENERAL_URI);
	assert_true(span_eq(name.value, SPAN("http://crl.example/1.crl")));
	assert_true(general_name_next(&names, &name, &malformed));
	assert_int_equal(name.kind, GENERAL_DIRECTORY);
	assert_false(general_name_next(&names, &name, &malformed));

	data_read(&relative, "crl/openssl-relative.der");
	read_list(&crl, relative.bytes);
	assert_true(crl.scope.only_authorities && crl.scope.name.relative.n);
	assert_int_equal(crl.scope.name.full.n, 0);
	assert_int_equal(crl.scope.reasons, CRL_REASONS_ALL);
}

static void entries_are_found_with_their_reason_and_date(void **state)
{
	static const struct {
		struct span serial;
		bool listed;
		enum crl_reason reason;
		int day;
	} cases[] = {
		{ SPAN("\x01"), true, CRL_UNSPECIFIED, 0 },
		{ SPAN("\x02\xaa"), true, CRL_KEY_COMPROMISE, 1 },
		{ SPAN("\x03\x04"), true, CRL_CERTIFICATE_HOLD, 2 },
		{ SPAN("\x00\xf5"), true, CRL_KEY_COMPROMISE, 3 },
		{ SPAN("\xf5"), false, 0, 0 },
		{ SPAN("\x06"), false, 0, 0 },
		{ SPAN("\x03\x04\x00"), false, 0, 0 },
	};
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct crl_answer answer;
	struct crl crl;

	(void)state;
	data_read(&file, "crl/openssl-number.der");
	read_list(&crl, file.bytes);
	for (size_t i = 0; i < COUNT(cases); i++) {
		answer = ask(&crl, cases[i].serial);
		if (answer.listed != cases[i].listed)
			fail_msg("case %zu", i);
		if (!answer.listed)
			continue;
		assert_int_equal(answer.reason, cases[i].reason);
		assert_int_equal(answer.revoked, JANUARY + cases[i].day * DAY_SECONDS);
	}
	/* Of another issuer. */
	assert_true(crl_look_up(&crl, MADE_NAME, SPAN("\x01"), &answer, &err));
	assert_false(answer.listed);
}

static void an_unknown_critical_extension_is_told(void **state)
{
	AUTO(file) file = FILE_INIT;
	struct crl crl;

	(void)state;
	data_read(&file, "crl/openssl-strange.der");
	read_list(&crl, file.bytes);
	assert_true(span_eq(crl.unknown_critical, SPAN("\x2a\x03\x04")));
}

static void what_is_odd_is_noted_and_read(void **state)
{
	static const struct {
		const char *why;
		struct made_crl made;
		uint16_t odd;
	} cases[] = {
		{ "as it should be", { .version = { NULL, 0 } }, 0 },
		{ "no entries", { .entries = LEFT_OUT }, 0 },
		{ "no nextUpdate", { .next_update = LEFT_OUT }, 0 },
		{ "version 1", { .version = LEFT_OUT, .extensions = LEFT_OUT }, 0 },
		{ "version 1 with extensions",
		  { .version = LEFT_OUT },
		  CRL_ODD_VERSION_EXTENSIONS },
		{ "no number", { .extensions = LEFT_OUT }, CRL_ODD_NUMBER_ABSENT },
		{ "a number twice",
		  { .extensions =
			    SPAN("\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x01"
				 "\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x02") },
		  CRL_ODD_EXTENSION_TWICE },
		{ "a critical number",
		  { .extensions = SPAN("\x30\x0d\x06\x03\x55\x1d\x14\x01\x01\xff\x04\x03"
				       "\x02\x01\x01") },
		  CRL_ODD_NUMBER_CRITICAL },
		{ "two algorithms",
		  { .outer_algorithm =
			    SPAN("\x30\x0a\x06\x08\x2a\x86\x48\xce\x3d\x04\x03\x03") },
		  CRL_ODD_ALGORITHM_MISMATCH },
		{ "an empty issuer",
		  { .issuer = SPAN("\x30\x00") },
		  CRL_ODD_EMPTY_ISSUER },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) der = BUF_INIT;
		struct crl crl;

		made_crl_write(&der, &cases[i].made);
		read_list(&crl, buf_span(&der));
		if (crl.odd != cases[i].odd)
			fail_msg("%s: %x", cases[i].why, (unsigned)crl.odd);
	}
}

static void a_frame_that_is_malformed_is_refused(void **state)
{
	static const struct {
		const char *why;
		struct made_crl made;
	} cases[] = {
		{ "version 3", { .version = SPAN("\x02\x01\x02") } },
		{ "version 1 written out", { .version = SPAN("\x02\x01\x00") } },
		{ "no algorithm", { .inner_algorithm = LEFT_OUT } },
		{ "no issuer", { .issuer = LEFT_OUT } },
		{ "an issuer with an empty set", { .issuer = SPAN("\x30\x02\x31\x00") } },
		{ "no thisUpdate", { .this_update = LEFT_OUT, .next_update = LEFT_OUT } },
		{ "a thirteenth month",
		  { .this_update = SPAN("\x17\x0d"
					"261301000000Z") } },
		{ "a time without seconds",
		  { .next_update = SPAN("\x17\x0b"
					"2601010000Z") } },
		{ "a time of another zone",
		  { .this_update = SPAN("\x17\x11"
					"260101000000+0100") } },
		{ "something behind the extensions",
		  { .in_tbs_after = SPAN("\x05\x00") } },
		{ "a number that is negative",
		  { .extensions =
			    SPAN("\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x02\x01\x81") } },
		{ "a number that is text",
		  { .extensions = SPAN("\x30\x0a\x06\x03\x55\x1d\x14\x04\x03\x0c\x01"
				       "1") } },
		{ "a number of 22 octets",
		  { .extensions = SPAN("\x30\x1f\x06\x03\x55\x1d\x14\x04\x18\x02\x16\x01"
				       "\1\1\1\1\1\1\1\1\1\1\1\1\1"
				       "\1\1\1\1\1\1\1\1") } },
		{ "an issuing distribution point that is cut",
		  { .extensions = SPAN(
			    "\x30\x0b\x06\x03\x55\x1d\x1c\x04\x04\x30\x02\xa0\x05") } },
		{ "onlyContainsUserCerts of 01",
		  { .extensions = SPAN("\x30\x0c\x06\x03\x55\x1d\x1c\x04\x05\x30\x03\x81"
				       "\x01\x01") } },
		{ "onlyContainsCACerts before users",
		  { .extensions = SPAN("\x30\x0f\x06\x03\x55\x1d\x1c\x04\x08\x30\x06\x82"
				       "\x01\xff\x81\x01\xff") } },
		{ "a distribution point without a name in it",
		  { .extensions = SPAN("\x30\x0d\x06\x03\x55\x1d\x1c\x04\x06\x30\x04\xa0"
				       "\x02\xa0\x00") } },
		{ "an authority key identifier that is none",
		  { .extensions =
			    SPAN("\x30\x09\x06\x03\x55\x1d\x23\x04\x02\x05\x00") } },
		{ "an extension without a value",
		  { .extensions = SPAN("\x30\x05\x06\x03\x55\x1d\x14") } },
		{ "no signature", { .signature = LEFT_OUT } },
		{ "a signature of odd bits",
		  { .signature = SPAN("\x03\x03\x01\x30\x00") } },
		{ "something behind the signature",
		  { .after_signature = SPAN("\x05\x00") } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) der = BUF_INIT;
		struct crl crl;
		size_t used;

		made_crl_write(&der, &cases[i].made);
		if (crl_read_first(&crl, buf_span(&der), &used, &err))
			fail_msg("accepted: %s", cases[i].why);
		assert_int_equal(err.status, STATUS_INPUT);
	}
}

#define TIMED      \
	"\x17\x0d" \
	"260101000000Z"

static void one_malformed_entry_spoils_the_list(void **state)
{
	static const struct {
		const char *why;
		struct span entry;
	} cases[] = {
		{ "empty", SPAN("\x30\x00") },
		{ "a set", SPAN("\x31\x12\x02\x01\x06" TIMED) },
		{ "a serial without octets", SPAN("\x30\x11\x02\x00" TIMED) },
		{ "no date", SPAN("\x30\x03\x02\x01\x06") },
		{ "a date that there is not", SPAN("\x30\x12\x02\x01\x06\x17\x0d"
						   "260230000000Z") },
		{ "a date of a wrong length", SPAN("\x30\x11\x02\x01\x06\x17\x0c"
						   "260201000000") },
		{ "empty extensions", SPAN("\x30\x14\x02\x01\x06" TIMED "\x30\x00") },
		{ "something else in their place",
		  SPAN("\x30\x14\x02\x01\x06" TIMED "\x05\x00") },
		{ "reason 7",
		  SPAN("\x30\x20\x02\x01\x06" TIMED
		       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x07") },
		{ "reason 11",
		  SPAN("\x30\x20\x02\x01\x06" TIMED
		       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x0b") },
		{ "a reason that is an INTEGER",
		  SPAN("\x30\x20\x02\x01\x06" TIMED
		       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x02\x01\x01") },
		{ "removeFromCRL, for it is no delta list",
		  SPAN("\x30\x20\x02\x01\x06" TIMED
		       "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x08") },
		{ "an invalidity date that is a UTCTime",
		  SPAN("\x30\x2c\x02\x01\x06" TIMED
		       "\x30\x18\x30\x16\x06\x03\x55\x1d\x18\x04\x0f\x17\x0d"
		       "260101000000Z") },
		{ "critical of 01",
		  SPAN("\x30\x22\x02\x01\x06" TIMED "\x30\x0e\x30\x0c\x06\x03\x2a\x03\x04"
		       "\x01\x01\x01\x04\x02\x05\x00") },
		{ "another issuer, for it is not indirect",
		  SPAN("\x30\x21\x02\x01\x06" TIMED
		       "\x30\x0d\x30\x0b\x06\x03\x55\x1d\x1d\x04\x04\x30\x02\xa4\x00") },
		{ "a length past the end", SPAN("\x30\x7f\x02\x01\x06" TIMED) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct crl_answer answer = { .listed = true };
		AUTO(error) err = ERROR_INIT;
		AUTO(buf) entries = BUF_INIT;
		AUTO(buf) der = BUF_INIT;
		struct crl crl;

		buf_add(&entries, MADE_ENTRY);
		buf_add(&entries, cases[i].entry);
		made_crl_write(&der, &(struct made_crl){ .entries = buf_span(&entries) });
		read_list(&crl, buf_span(&der));
		if (crl_look_up(&crl, crl.issuer, SPAN("\x09"), &answer, &err))
			fail_msg("accepted: %s", cases[i].why);
		assert_non_null(strstr(err.text, "malformed entry at byte"));
		assert_true(answer.listed);
	}
}

static void entries_of_version_1_have_no_extensions(void **state)
{
	struct made_crl made = {
		.version = LEFT_OUT,
		.extensions = LEFT_OUT,
		.entries =
			SPAN("\x30\x20\x02\x01\x06" TIMED
			     "\x30\x0c\x30\x0a\x06\x03\x55\x1d\x15\x04\x03\x0a\x01\x01"),
	};
	struct crl_answer answer;
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) der = BUF_INIT;
	struct crl crl;

	(void)state;
	made_crl_write(&der, &made);
	read_list(&crl, buf_span(&der));
	assert_false(crl_look_up(&crl, crl.issuer, SPAN("\x06"), &answer, &err));
}

static void a_list_that_is_cut_anywhere_is_refused(void **state)
{
	AUTO(file) file = FILE_INIT;

	(void)state;
	data_read(&file, "crl/openssl-part.der");
	for (size_t n = 0; n < file.bytes.n; n++) {
		AUTO_FREE uint8_t *cut = mem_alloc(n + 1);
		AUTO(error) err = ERROR_INIT;
		struct crl crl;
		size_t used;

		memcpy(cut, file.bytes.at, n);
		assert_false(crl_read_first(&crl, span_of(cut, n), &used, &err));
	}
}

struct heard {
	size_t n;
	struct span issuer, serial;
};

static void hear(void *ctx, struct span issuer, struct span serial,
		 const struct crl_answer *answer)
{
	struct heard *heard = ctx;

	(void)answer;
	heard->n++;
	heard->issuer = issuer;
	heard->serial = serial;
}

static void every_entry_is_walked(void **state)
{
	struct heard heard = { .n = 0 };
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct crl crl;

	(void)state;
	data_read(&file, "crl/certtool.der");
	read_list(&crl, file.bytes);
	assert_true(crl_entries(&crl, &heard, hear, &err));
	assert_int_equal(heard.n, 1);
	assert_true(span_eq(heard.issuer, crl.issuer));
	assert_true(span_eq(heard.serial, SPAN("\x09")));
}

static void numbers_are_compared_as_numbers(void **state)
{
	(void)state;
	assert_true(crl_number_cmp(SPAN("\xff"), SPAN("\x01\x00")) < 0);
	assert_true(crl_number_cmp(SPAN("\x02\x00"), SPAN("\x01\xff")) > 0);
	assert_int_equal(crl_number_cmp(SPAN(""), SPAN("")), 0);
	assert_true(crl_number_cmp(SPAN(""), SPAN("\x01")) < 0);
}

static void what_is_longer_than_any_list_is_refused_before_it_is_read(void **state)
{
	/* A claim alone: no byte of it is there. */
	AUTO(error) err = ERROR_INIT;
	struct crl crl;
	size_t used;

	(void)state;
	assert_false(
		crl_read_first(&crl, SPAN("\x30\x84\x7f\xff\xff\xff\x30"), &used, &err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_of_other_programs_are_read_as_they_say),
		cmocka_unit_test(an_issuing_distribution_point_is_read_whole),
		cmocka_unit_test(entries_are_found_with_their_reason_and_date),
		cmocka_unit_test(an_unknown_critical_extension_is_told),
		cmocka_unit_test(what_is_odd_is_noted_and_read),
		cmocka_unit_test(a_frame_that_is_malformed_is_refused),
		cmocka_unit_test(one_malformed_entry_spoils_the_list),
		cmocka_unit_test(entries_of_version_1_have_no_extensions),
		cmocka_unit_test(a_list_that_is_cut_anywhere_is_refused),
		cmocka_unit_test(every_entry_is_walked),
		cmocka_unit_test(numbers_are_compared_as_numbers),
		cmocka_unit_test(
			what_is_longer_than_any_list_is_refused_before_it_is_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
