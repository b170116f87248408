/*
 * NSS's certdata.txt: trust and certificate objects are one entry, faults are told with
 * their line, and what libnssckbi.so was built from reads as it says itself.
 */
#include "module.h"

#include "certdata_text.h"

#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)

static void read_certdata(struct span text, struct entry_set *set,
			  struct skipped *skipped)
{
	AUTO(error) err = ERROR_INIT;

	if (!read_bytes(&format_certdata, text, set, skipped, &err))
		fail_msg("%s", err.text);
}

/* The file of the test data, as text to be changed. */
static char *sample(void)
{
	AUTO(file) file = FILE_INIT;

	data_read(&file, "format/certdata.txt");
	return str_of(file.bytes);
}

/* The n-th (from 1) occurrence of `from` replaced; the caller's to free. */
static char *replaced(const char *text, size_t n, const char *from, const char *to)
{
	const char *at = text - 1;

	for (size_t i = 0; i < n; i++) {
		at = strstr(at + 1, from);
		assert_non_null(at);
	}
	return str_format("%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
}

static size_t line_of(const char *text, const char *at)
{
	size_t line = 1;

	for (; text < at; text++)
		line += *text == '\n';
	return line;
}

static void trust_purposes_dates_and_labels_come_from_both_objects(void **state)
{
	AUTO(entry_set) set = ENTRY_SET_INIT, wanted = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	read_data("plain.pem", &wanted, &skipped);
	wanted.at[0].trust = wanted.at[1].trust = TRUST_ANCHOR;
	wanted.at[0].label = "Erste Wurz\303\251l";
	wanted.at[0].constraints =
		constraints_make(&wanted.arena, SERVER | EMAIL, 1733011199, TIME_NONE);
	wanted.at[1].label = "Two \"quoted\" \303\251";
	wanted.at[1].constraints =
		constraints_make(&wanted.arena, EMAIL, TIME_NONE, 1776211200);
	wanted.at[2].trust = TRUST_DISTRUSTED;
	wanted.at[2].label = "Three";
	read_data("certdata.txt", &set, &skipped);
	assert_int_equal(skipped.n, 0);
	assert_int_equal(set.n, wanted.n);
	for (size_t i = 0; i < set.n; i++)
		if (!cert_same(&set.at[i].cert, &wanted.at[i].cert) ||
		    !entry_same_meaning(&set.at[i], &wanted.at[i]))
			fail_msg("entry %zu", i);
}

static void words_decide_and_in_doubt_less_is_trusted(void **state)
{
	static const struct {
		const char *from, *to; /* of the first certificate */
		enum trust trust;
		uint32_t purposes;
	} cases[] = {
		{ "AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR",
		  "AUTH CK_TRUST CKT_TRUST_ANCHOR", TRUST_ANCHOR, SERVER | EMAIL },
		{ "AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR",
		  "AUTH CK_TRUST CKT_NSS_TRUSTED", TRUST_ANCHOR, EMAIL },
		{ "AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR",
		  "AUTH CK_TRUST CKT_NSS_NOT_TRUSTED", TRUST_ANCHOR, EMAIL },
		{ "AUTH CK_TRUST CKT_NSS_TRUSTED_DELEGATOR",
		  "AUTH CK_TRUST CKT_NETSCAPE_VALID", TRUST_ANCHOR, EMAIL },
		{ "CKO_NSS_TRUST", "CKO_NETSCAPE_TRUST", TRUST_ANCHOR, SERVER | EMAIL },
		{ "CKO_NSS_TRUST", "CKO_DATA", TRUST_INTERMEDIATE, 0 },
		/* The MD5 is not looked at, and a date that is earlier wins. */
		{ "CKA_CERT_MD5_HASH", "CKA_CERT_OTHER", TRUST_ANCHOR, SERVER | EMAIL },
	};
	AUTO_FREE char *text = sample();
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *changed = replaced(text, 1, cases[i].from, cases[i].to);
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		uint32_t purposes;

		read_certdata(span_str(changed), &set, &skipped);
		assert_int_equal(set.n, 3);
		purposes =
			set.at[0].constraints ? set.at[0].constraints->at[0].purposes : 0;
		if (set.at[0].trust != cases[i].trust || purposes != cases[i].purposes)
			fail_msg("case %zu: %s %x", i, trust_name(set.at[0].trust),
				 purposes);
	}
}

static void a_fault_is_told_with_its_line_and_costs_one_certificate(void **state)
{
	static const struct {
		size_t n; /* the occurrence that is replaced */
		const char *from, *to, *why;
		size_t left; /* entries, of three */
	} cases[] = {
		{ 1, "\\060\\", "\\068\\", "a value is not made of", 2 },
		{ 1, "\\060\\", "\\460\\", "a value is not made of", 2 },
		{ 1, "\\060\\", "060\\", "a value is not made of", 2 },
		{ 1, "CKA_ISSUER MULTILINE_OCTAL", "CKA_ISSUER UTF8 \"x\"",
		  "a value is not MULTILINE_OCTAL", 2 },
		{ 2, "UTF8 \"Erste", "UTF8 Erste", "a text is not in quotes", 2 },
		{ 1, "CK_TRUST CKT_NSS_TRUSTED_DELEGATOR", "CK_TRUST CKT_GOLD",
		  "a trust value is none that is known", 2 },
		{ 1, "CK_BBOOL CK_FALSE\nCKA_NSS_EMAIL",
		  "CK_BBOOL CK_TRUE\nCKA_NSS_EMAIL", "a distrust-after date is neither",
		  2 },
		{ 1, "\\132\nEND", "\\133\nEND", "a distrust-after date is no time", 2 },
		{ 1, "CKA_SUBJECT", "subject", "a line is no attribute", 2 },
	};
	AUTO_FREE char *text = sample();
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO_FREE char *changed =
			replaced(text, cases[i].n, cases[i].from, cases[i].to);
		AUTO(entry_set) set = ENTRY_SET_INIT;
		AUTO(skipped) skipped = { BUF_INIT, 0 };
		size_t at = 0;

		while (changed[at] == text[at])
			at++;
		read_certdata(span_str(changed), &set, &skipped);
		if (set.n != cases[i].left ||
		    !strstr(buf_text(&skipped.text), cases[i].why))
			fail_msg("case %zu: %zu left; %s", i, set.n,
				 buf_text(&skipped.text));
		/* The line that is told is that of the change, or of a value's end. */
		if (strtoul(buf_text(&skipped.text), NULL, 10) <
		    line_of(changed, changed + at))
			if (!strstr(buf_text(&skipped.text),
				    "trust object cannot be read"))
				fail_msg("case %zu: %s", i, buf_text(&skipped.text));
	}
}

static void trust_of_no_certificate_is_told_and_used_for_none(void **state)
{
	AUTO_FREE char *text = sample();
	/* One byte of the SHA-1 in the first trust object. */
	char *hash = strstr(text, "CKA_CERT_SHA1_HASH");
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	hash = strchr(hash, '\\') + 3;
	*hash = *hash == '0' ? '1' : '0';
	read_certdata(span_str(text), &set, &skipped);
	assert_int_equal(set.n, 3);
	assert_int_equal(set.at[0].trust, TRUST_INTERMEDIATE);
	assert_int_equal(skipped.n, 1);
	assert_non_null(strstr(buf_text(&skipped.text), "no certificate in this file"));
}

static void a_value_without_its_end_does_not_swallow_the_next_object(void **state)
{
	AUTO_FREE char *text = sample();
	char *end = strstr(strstr(text, "CKA_VALUE"), "END\n");
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	(void)state;

	memcpy(end, "# x\n", 4);
	read_certdata(span_str(text), &set, &skipped);
	assert_int_equal(set.n, 2);
	assert_non_null(strstr(buf_text(&skipped.text), "a value "));
}

/* ---- libnssckbi.so ---- */

#define VALUE_MOST 65536

/* An attribute of any length; n 0 where the object has none. */
static struct span value_of(struct module *module, CK_OBJECT_HANDLE object,
			    CK_ATTRIBUTE_TYPE type, struct arena *arena)
{
	CK_ATTRIBUTE attribute = { type, arena_alloc(arena, VALUE_MOST), VALUE_MOST };
	CK_RV rv =
		module->call->C_GetAttributeValue(module->session, object, &attribute, 1);

	return span_of(attribute.pValue, rv == CKR_OK ? attribute.ulValueLen : 0);
}

static CK_ULONG word_of(struct module *module, CK_OBJECT_HANDLE object,
			CK_ATTRIBUTE_TYPE type, struct arena *arena)
{
	struct span value = value_of(module, object, type, arena);
	CK_ULONG word = 0;

	if (value.n == sizeof(word))
		memcpy(&word, value.at, sizeof(word));
	return word;
}

static size_t find_all(struct module *module, CK_OBJECT_CLASS class,
		       CK_OBJECT_HANDLE *found, size_t most)
{
	CK_ATTRIBUTE wanted = { CKA_CLASS, &class, sizeof(class) };
	CK_ULONG n = 0;

	assert_int_equal(module->call->C_FindObjectsInit(module->session, &wanted, 1),
			 CKR_OK);
	assert_int_equal(module->call->C_FindObjects(module->session, found, most, &n),
			 CKR_OK);
	assert_int_equal(module->call->C_FindObjectsFinal(module->session), CKR_OK);
	return n;
}

static const char *word_text(CK_ULONG word)
{
	return word == CKT_NSS_TRUSTED_DELEGATOR ? "CKT_NSS_TRUSTED_DELEGATOR"
	       : word == CKT_NSS_NOT_TRUSTED     ? "CKT_NSS_NOT_TRUSTED"
						 : "CKT_NSS_MUST_VERIFY_TRUST";
}

/* What the library holds, in the form that it was built from. */
static void dump(struct module *module, struct buf *out, struct arena *arena)
{
	static const struct {
		const char *name;
		CK_ATTRIBUTE_TYPE type;
	} words[] = {
		{ "CKA_TRUST_SERVER_AUTH", CKA_TRUST_SERVER_AUTH },
		{ "CKA_TRUST_EMAIL_PROTECTION", CKA_TRUST_EMAIL_PROTECTION },
		{ "CKA_TRUST_CODE_SIGNING", CKA_TRUST_CODE_SIGNING },
	};
	CK_OBJECT_HANDLE found[1000];
	size_t n = find_all(module, CKO_CERTIFICATE, found, COUNT(found));

	for (size_t i = 0; i < n; i++) {
		buf_add_str(out, "CKA_CLASS CK_OBJECT_CLASS CKO_CERTIFICATE\n");
		add_octal(out, "CKA_VALUE", value_of(module, found[i], CKA_VALUE, arena));
		add_after(
			out, "CKA_NSS_SERVER_DISTRUST_AFTER",
			value_of(module, found[i], CKA_NSS_SERVER_DISTRUST_AFTER, arena));
		add_after(
			out, "CKA_NSS_EMAIL_DISTRUST_AFTER",
			value_of(module, found[i], CKA_NSS_EMAIL_DISTRUST_AFTER, arena));
	}
	n = find_all(module, CKO_NSS_TRUST, found, COUNT(found));
	for (size_t i = 0; i < n; i++) {
		buf_add_str(out, "CKA_CLASS CK_OBJECT_CLASS CKO_NSS_TRUST\n");
		add_octal(out, "CKA_ISSUER",
			  value_of(module, found[i], CKA_ISSUER, arena));
		add_octal(out, "CKA_SERIAL_NUMBER",
			  value_of(module, found[i], CKA_SERIAL_NUMBER, arena));
		for (size_t j = 0; j < COUNT(words); j++)
			buf_addf(out, "%s CK_TRUST %s\n", words[j].name,
				 word_text(word_of(module, found[i], words[j].type,
						   arena)));
	}
}

static int64_t date_of(const struct entry *entry, enum purpose purpose)
{
	return entry->constraints ? entry->constraints->at[0].issued_before[purpose]
				  : TIME_NONE;
}

/* Counts of what the library says, against counts of what was read. */
static void compare_counts(struct module *module, const struct entry_set *set,
			   struct arena *arena)
{
	CK_OBJECT_HANDLE found[1000];
	size_t n = find_all(module, CKO_NSS_TRUST, found, COUNT(found));
	size_t servers = 0, emails = 0, distrusted = 0;

	for (size_t i = 0; i < n; i++) {
		CK_ULONG server = word_of(module, found[i], CKA_TRUST_SERVER_AUTH, arena);
		CK_ULONG email =
			word_of(module, found[i], CKA_TRUST_EMAIL_PROTECTION, arena);

		servers += server == CKT_NSS_TRUSTED_DELEGATOR;
		emails += email == CKT_NSS_TRUSTED_DELEGATOR;
		distrusted += server == CKT_NSS_NOT_TRUSTED &&
			      email != CKT_NSS_TRUSTED_DELEGATOR;
	}
	assert_int_equal(n, set->n);
	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];
		bool anchor = entry->trust == TRUST_ANCHOR;

		servers -= anchor &&
			   constraints_good_for(entry->constraints, PURPOSE_SERVER_AUTH);
		emails -=
			anchor && constraints_good_for(entry->constraints, PURPOSE_EMAIL);
		distrusted -= entry->trust == TRUST_DISTRUSTED;
	}
	assert_int_equal(servers, 0);
	assert_int_equal(emails, 0);
	assert_int_equal(distrusted, 0);
}

/* 2024-11-30T23:59:59Z as 241130235959Z. */
static void assert_utc_time(int64_t at, struct span text)
{
	char shown[TIME_TEXT], digits[TIME_TEXT];
	size_t n = 0;

	time_rfc3339(at, shown);
	for (const char *c = shown + 2; *c; c++)
		if (*c == 'Z' || (*c >= '0' && *c <= '9'))
			digits[n++] = *c;
	assert_true(span_eq(span_of(digits, n), text));
}

/* Dates as the library states them, where the entry is an anchor for the purpose. */
static void compare_dates(struct module *module, const struct entry_set *set,
			  struct arena *arena)
{
	static const struct {
		CK_ATTRIBUTE_TYPE type;
		enum purpose purpose;
	} dates[] = {
		{ CKA_NSS_SERVER_DISTRUST_AFTER, PURPOSE_SERVER_AUTH },
		{ CKA_NSS_EMAIL_DISTRUST_AFTER, PURPOSE_EMAIL },
	};

	for (size_t i = 0; i < set->n; i++) {
		const struct entry *entry = &set->at[i];
		CK_OBJECT_HANDLE object =
			find(module, CKO_CERTIFICATE, CKA_VALUE, cert_der(&entry->cert));

		assert_true(object != 0);
		for (size_t j = 0; j < COUNT(dates); j++) {
			struct span text = value_of(module, object, dates[j].type, arena);
			int64_t at = date_of(entry, dates[j].purpose);
			if (!constraints_good_for(entry->constraints, dates[j].purpose))
				continue;
			assert_true((text.n > 1) == (at != TIME_NONE));
			if (at != TIME_NONE)
				assert_utc_time(at, text);
		}
	}
}

/*
 * Of CERTDATA, where that names the certdata.txt that the library was built from; else of
 * what the library holds, written in that form.
 */
static void the_roots_of_nss_read_as_its_library_says(void **state)
{
	static const char *const places[] = {
		"/usr/lib/*/libnssckbi.so",
		"/usr/lib/*/nss/libnssckbi.so",
		"/usr/lib64/libnssckbi.so",
		"/usr/lib/libnssckbi.so",
	};
	char *path = find_library(places, COUNT(places));
	const char *given = getenv("CERTDATA");
	AUTO(entry_set) set = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(module) module = { 0 };
	AUTO(arena) arena = ARENA_INIT;
	AUTO(error) err = ERROR_INIT;
	AUTO(file) file = FILE_INIT;
	AUTO(buf) text = BUF_INIT;
	(void)state;

	if (!path)
		skip();
	load_library(&module, path, NULL);
	mem_free(path);
	if (given)
		assert_true(file_read(&file, given, &err));
	else
		dump(&module, &text, &arena);
	read_certdata(given ? file.bytes : buf_span(&text), &set, &skipped);
	assert_int_equal(skipped.n, 0);
	assert_true(set.n > 100);
	compare_counts(&module, &set, &arena);
	compare_dates(&module, &set, &arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(trust_purposes_dates_and_labels_come_from_both_objects),
		cmocka_unit_test(words_decide_and_in_doubt_less_is_trusted),
		cmocka_unit_test(a_fault_is_told_with_its_line_and_costs_one_certificate),
		cmocka_unit_test(trust_of_no_certificate_is_told_and_used_for_none),
		cmocka_unit_test(
			a_value_without_its_end_does_not_swallow_the_next_object),
		cmocka_unit_test(the_roots_of_nss_read_as_its_library_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
