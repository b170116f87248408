/* The memory of what was asked for, and what a publisher's answer may be. */
#include "plan/urls.h"

#include "base/clock.h"
#include "base/file.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
/* cmocka.h needs those before it. */
#include <cmocka.h>

static void open_data(struct file *file, const char *name)
{
	const char *data = getenv("DATA");
	AUTO_FREE char *path = str_format("%s/%s", data ? data : "tests/data", name);
	AUTO(error) err = ERROR_INIT;

	if (!file_read(file, path, &err))
		fail_msg("%s", err.text);
}

static void every_form_that_publishers_use_is_read(void **state)
{
	static const struct {
		const char *file;
		size_t certs;
	} cases[] = {
		{ "cmd/alpha-root.der", 1 },
		{ "cmd/three.pem", 3 },
		{ "cmd/three.p7b", 3 },
		{ "pkcs7/openssl-certs-only.pem", 2 },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;
		struct entry_set set = ENTRY_SET_INIT;

		open_data(&file, cases[i].file);
		if (!payload_read(&set, file.bytes, 32, &err))
			fail_msg("%s: %s", cases[i].file, err.text);
		print_message("%s\n", cases[i].file);
		assert_int_equal(set.n, cases[i].certs);
		entry_set_clear(&set);
	}
}

static void what_is_no_certificate_is_refused_with_a_reason(void **state)
{
	static const struct {
		struct span body;
		const char *why;
	} cases[] = {
		{ SPAN(""), "empty" },
		{ SPAN("<!DOCTYPE html><html></html>"), "neither DER, PEM nor PKCS#7" },
		{ SPAN("\x30\x82\x40\x00"), "" },
		{ SPAN("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(error) err = ERROR_INIT;
		struct entry_set set = ENTRY_SET_INIT;

		assert_false(payload_read(&set, cases[i].body, 32, &err));
		assert_non_null(strstr(err.text, cases[i].why));
		assert_int_equal(set.n, 0);
		entry_set_clear(&set);
	}
}

static void no_more_certificates_than_allowed_are_kept(void **state)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	struct entry_set set = ENTRY_SET_INIT;
	(void)state;

	open_data(&file, "cmd/three.pem");
	assert_true(payload_read(&set, file.bytes, 2, &err));
	assert_int_equal(set.n, 2);
	entry_set_clear(&set);
}

static const char url[] = "http://ca.example/ca.cer";

static void *wait_for_it(void *urls)
{
	const struct payload *payload =
		url_wait(urls, url, ADDRESS_PUBLIC, clock_monotonic_ms() + 10000);

	return payload ? (void *)payload->text : NULL;
}

static void one_asks_and_all_others_get_what_came(void **state)
{
	struct url_memory *urls = url_memory_new();
	pthread_t others[4];
	(void)state;

	assert_int_equal(url_claim(urls, url, ADDRESS_PUBLIC), URL_ASK);
	assert_int_equal(url_claim(urls, url, ADDRESS_PUBLIC), URL_UNDER_WAY);
	assert_int_equal(url_claim(urls, "http://ca.example/other.cer", ADDRESS_PUBLIC),
			 URL_ASK);
	for (size_t i = 0; i < COUNT(others); i++)
		assert_int_equal(pthread_create(&others[i], NULL, wait_for_it, urls), 0);
	url_answer(urls, url, ADDRESS_PUBLIC, NULL, "nothing came");
	for (size_t i = 0; i < COUNT(others); i++) {
		void *text;

		pthread_join(others[i], &text);
		assert_string_equal(text, "nothing came");
	}
	assert_int_equal(url_claim(urls, url, ADDRESS_PUBLIC), URL_ANSWERED);
	/* What a target with a private address may reach is another question. */
	assert_int_equal(url_claim(urls, url, ADDRESS_PRIVATE), URL_ASK);
	url_memory_free(urls);
}

static void
who_waits_for_an_answer_that_does_not_come_waits_as_long_as_it_may(void **state)
{
	struct url_memory *urls = url_memory_new();
	int64_t start = clock_monotonic_ms();
	(void)state;

	assert_int_equal(url_claim(urls, url, ADDRESS_PUBLIC), URL_ASK);
	assert_null(url_wait(urls, url, ADDRESS_PUBLIC, start + 50));
	assert_true(clock_monotonic_ms() - start >= 50);
	assert_null(url_wait(urls, "http://ca.example/never-claimed", ADDRESS_PUBLIC,
			     start + 60000));
	url_memory_free(urls);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_that_publishers_use_is_read),
		cmocka_unit_test(what_is_no_certificate_is_refused_with_a_reason),
		cmocka_unit_test(no_more_certificates_than_allowed_are_kept),
		cmocka_unit_test(one_asks_and_all_others_get_what_came),
		cmocka_unit_test(
			who_waits_for_an_answer_that_does_not_come_waits_as_long_as_it_may),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
