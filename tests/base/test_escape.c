/* Escaping: one corpus of hostile text, a column for each sink. */
#include "base/escape.h"
#include "base/unicode.h"
#include "base/width.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>

static const struct row {
	struct span text;
	const char *terminal, *shell, *csv, *utf8;
} corpus[] = {
	{ SPAN("plain"), "plain", "plain", "plain", "plain" },
	{ SPAN(""), "", "''", "", "" },
	{ SPAN("a b"), "a b", "'a b'", "a b", "a b" },
	{ SPAN("it's"), "it's", "'it'\\''s'", "it's", "it's" },
	{ SPAN("\x1b[31mred"), "\\x1b[31mred", "$'\\033[31mred'", "\"\\x1b[31mred\"",
	  "\x1b[31mred" },
	{ SPAN("a\nb\tc\rd"), "a\\x0ab\\x09c\\x0dd", "$'a\\012b\\011c\\015d'",
	  "\"a\\x0ab\\x09c\\x0dd\"", "a\nb\tc\rd" },
	{ SPAN("\x7f"), "\\x7f", "$'\\177'", "\"\\x7f\"", "\x7f" },
	/* C1 as a character, and as the bare byte that it would be in Latin-1 */
	{ SPAN("\xc2\x9b"
	       "31m"),
	  "\\u{009b}31m", "$'\\302\\23331m'", "\"\\u{009b}31m\"",
	  "\xc2\x9b"
	  "31m" },
	{ SPAN("\x9b"
	       "31m"),
	  "\\x9b31m", "$'\\23331m'", "\"\\x9b31m\"",
	  "\xef\xbf\xbd"
	  "31m" },
	/* bidi: override, isolate, mark */
	{ SPAN("x\xe2\x80\xaey"), "x\\u{202e}y", "$'x\\342\\200\\256y'",
	  "\"x\\u{202e}y\"", "x\xe2\x80\xaey" },
	{ SPAN("\xe2\x81\xa7\xd8\x9c"), "\\u{2067}\\u{061c}",
	  "$'\\342\\201\\247\\330\\234'", "\"\\u{2067}\\u{061c}\"",
	  "\xe2\x81\xa7\xd8\x9c" },
	/*
	 * nothing to see: zero width, soft hyphen, filler, tag, noncharacter, byte
	 * order mark
	 */
	{ SPAN("\xe2\x80\x8b\xc2\xad\xe3\x85\xa4"), "\\u{200b}\\u{00ad}\\u{3164}",
	  "$'\\342\\200\\213\\302\\255\\343\\205\\244'",
	  "\"\\u{200b}\\u{00ad}\\u{3164}\"", "\xe2\x80\x8b\xc2\xad\xe3\x85\xa4" },
	{ SPAN("\xf3\xa0\x81\x81"), "\\u{e0041}", "$'\\363\\240\\201\\201'",
	  "\"\\u{e0041}\"", "\xf3\xa0\x81\x81" },
	{ SPAN("\xf4\x8f\xbf\xbf"), "\\u{10ffff}", "$'\\364\\217\\277\\277'",
	  "\"\\u{10ffff}\"", "\xf4\x8f\xbf\xbf" },
	{ SPAN("\xef\xbb\xbf"), "\\u{feff}", "$'\\357\\273\\277'", "\"\\u{feff}\"",
	  "\xef\xbb\xbf" },
	{ SPAN("\xe2\x80\xa8\xe2\x80\xa9"), "\\u{2028}\\u{2029}",
	  "$'\\342\\200\\250\\342\\200\\251'", "\"\\u{2028}\\u{2029}\"",
	  "\xe2\x80\xa8\xe2\x80\xa9" },
	/* not UTF-8: overlong, surrogate, too large, cut */
	{ SPAN("\xc0\xaf"), "\\xc0\\xaf", "$'\\300\\257'", "\"\\xc0\\xaf\"",
	  "\xef\xbf\xbd\xef\xbf\xbd" },
	{ SPAN("\xed\xa0\x80"), "\\xed\\xa0\\x80", "$'\\355\\240\\200'",
	  "\"\\xed\\xa0\\x80\"", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ SPAN("\xf4\x90\x80\x80"), "\\xf4\\x90\\x80\\x80", "$'\\364\\220\\200\\200'",
	  "\"\\xf4\\x90\\x80\\x80\"",
	  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
	{ SPAN("x\xe2\x82"), "x\\xe2\\x82", "$'x\\342\\202'", "\"x\\xe2\\x82\"",
	  "x\xef\xbf\xbd\xef\xbf\xbd" },
	/* real names stay as they are */
	{ SPAN("T\xc3\x9c"
	       "B\xc4\xb0TAK"),
	  "T\xc3\x9c"
	  "B\xc4\xb0TAK",
	  "'T\xc3\x9c"
	  "B\xc4\xb0TAK'",
	  "\"T\xc3\x9c"
	  "B\xc4\xb0TAK\"",
	  "T\xc3\x9c"
	  "B\xc4\xb0TAK" },
	/* formulas */
	{ SPAN("=1+1"), "=1+1", "'=1+1'", "\"'=1+1\"", "=1+1" },
	{ SPAN("+1"), "+1", "+1", "\"'+1\"", "+1" },
	{ SPAN("-1"), "-1", "-1", "\"'-1\"", "-1" },
	{ SPAN("@x"), "@x", "@x", "\"'@x\"", "@x" },
	{ SPAN(" =x"), " =x", "' =x'", "\"' =x\"", " =x" },
	{ SPAN("\t=x"), "\\x09=x", "$'\\011=x'", "\"'\\x09=x\"", "\t=x" },
	{ SPAN("\xef\xbc\x9dx"), "\xef\xbc\x9dx", "'\xef\xbc\x9dx'", "\"'\xef\xbc\x9dx\"",
	  "\xef\xbc\x9dx" },
	{ SPAN("a,\"b\""), "a,\"b\"", "'a,\"b\"'", "\"a,\"\"b\"\"\"", "a,\"b\"" },
	{ SPAN("$(id)`id`;&|*?~"), "$(id)`id`;&|*?~", "'$(id)`id`;&|*?~'",
	  "$(id)`id`;&|*?~", "$(id)`id`;&|*?~" },
	{ SPAN("back\\slash\x01'"), "back\\slash\\x01'", "$'back\\\\slash\\001\\''",
	  "\"back\\slash\\x01'\"", "back\\slash\x01'" },
};

static void check(size_t row, const char *sink, struct buf *got, const char *expected)
{
	if (strcmp(buf_text(got), expected) != 0)
		fail_msg("row %zu, %s: got %s, expected %s", row, sink, buf_text(got),
			 expected);
	buf_clear(got);
}

static void every_sink_gets_what_it_can_bear(void **state)
{
	struct buf out = BUF_INIT;
	(void)state;

	for (size_t i = 0; i < COUNT(corpus); i++) {
		escape_terminal(&out, corpus[i].text);
		check(i, "terminal", &out, corpus[i].terminal);
		escape_shell(&out, corpus[i].text);
		check(i, "shell", &out, corpus[i].shell);
		escape_csv(&out, corpus[i].text);
		check(i, "csv", &out, corpus[i].csv);
		escape_utf8(&out, corpus[i].text);
		check(i, "utf8", &out, corpus[i].utf8);
		escape_terminal_cut(&out, corpus[i].text, 1000);
		check(i, "uncut", &out, corpus[i].terminal);
	}
}

/* The shell itself as witness: what it makes of the word is the word. */
/* Eight bytes are looked at together: each must count, wherever it stands. */
static void each_byte_is_escaped_as_if_it_stood_alone(void **state)
{
	uint8_t text[21];
	(void)state;

	for (unsigned c = 0; c < 0x80; c++) {
		for (size_t at = 0; at < sizeof(text); at++) {
			AUTO(buf) together = BUF_INIT, alone = BUF_INIT;

			memset(text, 'a' + (int)at, sizeof(text));
			text[at] = (uint8_t)c;
			escape_terminal(&together, span_of(text, sizeof(text)));
			for (size_t i = 0; i < sizeof(text); i++)
				escape_terminal(&alone, span_of(text + i, 1));
			assert_string_equal(buf_text(&together), buf_text(&alone));
		}
	}
}

static void a_shell_reads_back_every_word(void **state)
{
	(void)state;

	for (size_t i = 0; i < COUNT(corpus); i++) {
		AUTO(buf) command = BUF_INIT;
		char back[256];
		FILE *shell;
		size_t n;

		buf_add_str(&command, "exec bash -c 'printf %s \"$1\"' - ");
		escape_shell(&command, corpus[i].text);
		/* popen's sh knows no $'...' on every system; bash does. */
		setenv("WORD", buf_text(&command), 1);
		shell = popen("bash -c \"$WORD\"", "r");
		assert_non_null(shell);
		n = fread(back, 1, sizeof(back), shell);
		assert_int_equal(pclose(shell), 0);
		assert_int_equal(n, corpus[i].text.n);
		assert_memory_equal(back, corpus[i].text.at, n);
	}
}

static void a_cut_text_never_takes_more_columns(void **state)
{
	static const struct {
		struct span text;
		size_t columns;
		const char *expected;
	} cases[] = {
		{ SPAN("abcdef"), 6, "abcdef" },
		{ SPAN("abcdef"), 5, "abcd\xe2\x80\xa6" },
		{ SPAN("abcdef"), 1, "\xe2\x80\xa6" },
		{ SPAN("abcdef"), 0, "" },
		{ SPAN(""), 0, "" },
		/* wide characters take two */
		{ SPAN("\xe4\xbd\xa0\xe5\xa5\xbd"), 4, "\xe4\xbd\xa0\xe5\xa5\xbd" },
		{ SPAN("\xe4\xbd\xa0\xe5\xa5\xbd"), 3, "\xe4\xbd\xa0\xe2\x80\xa6" },
		{ SPAN("\xe4\xbd\xa0\xe5\xa5\xbd"), 2, "\xe2\x80\xa6" },
		/* a mark goes with its letter and takes none */
		{ SPAN("e\xcc\x81"
		       "f"),
		  2,
		  "e\xcc\x81"
		  "f" },
		/* an escape is one thing */
		{ SPAN("\x1b\x1b"), 8, "\\x1b\\x1b" },
		{ SPAN("\x1b\x1b"), 7, "\\x1b\xe2\x80\xa6" },
		{ SPAN("\x1b\x1b"), 4, "\xe2\x80\xa6" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) out = BUF_INIT;

		escape_terminal_cut(&out, cases[i].text, cases[i].columns);
		if (strcmp(buf_text(&out), cases[i].expected) != 0)
			fail_msg("row %zu: %s", i, buf_text(&out));
		assert_true(text_columns(buf_text(&out)) <= cases[i].columns);
	}
}

static void a_flood_of_marks_is_cut_like_text(void **state)
{
	AUTO(buf) flood = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	buf_add_str(&flood, "e");
	for (int i = 0; i < 10000; i++)
		buf_add_str(&flood, "\xcc\x81");
	escape_terminal_cut(&out, buf_span(&flood), 20);
	assert_true(out.n < 100);
}

static void no_byte_that_a_terminal_obeys_gets_through(void **state)
{
	AUTO(buf) text = BUF_INIT;
	AUTO(buf) out = BUF_INIT;
	(void)state;

	for (unsigned a = 0; a < 256; a++)
		for (unsigned b = 0; b < 256; b++) {
			buf_add_byte(&text, (uint8_t)a);
			buf_add_byte(&text, (uint8_t)b);
		}
	escape_terminal(&out, buf_span(&text));
	assert_true(utf8_valid(buf_span(&out)));
	for (size_t i = 0; i < out.n; i++) {
		assert_true(out.at[i] >= 0x20 && out.at[i] != 0x7f);
		/* no C1 character */
		assert_false(out.at[i] == 0xc2 && out.at[i + 1] < 0xa0);
	}
}

static void characters_are_written_as_they_are_read(void **state)
{
	(void)state;

	for (uint32_t c = 0; c < 0x110000; c += c < 0x11000 ? 1 : 257) {
		AUTO(buf) out = BUF_INIT;
		const uint8_t *at;

		if (c >= 0xd800 && c < 0xe000)
			continue;
		utf8_add(&out, c);
		at = out.at;
		assert_int_equal(utf8_next(&at, out.at + out.n), c);
		assert_ptr_equal(at, out.at + out.n);
	}
}

static void percent_encoding_comes_back_whole(void **state)
{
	AUTO(buf) all = BUF_INIT;
	AUTO(buf) coded = BUF_INIT;
	AUTO(buf) back = BUF_INIT;
	(void)state;

	for (unsigned i = 0; i < 256; i++)
		buf_add_byte(&all, (uint8_t)i);
	escape_percent(&coded, buf_span(&all), PERCENT_ENCODE_SPACE);
	assert_int_equal(strspn(buf_text(&coded),
				"abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~%"),
			 coded.n);
	assert_true(unescape_percent(&back, buf_span(&coded)));
	assert_true(span_eq(buf_span(&back), buf_span(&all)));
	buf_clear(&coded);
	escape_percent(&coded, SPAN("a b\n"), PERCENT_KEEP_SPACE);
	assert_string_equal(buf_text(&coded), "a b%0A");
}

static void a_broken_percent_encoding_adds_nothing(void **state)
{
	static const struct span cases[] = { SPAN("%"), SPAN("ab%4"), SPAN("%g0"),
					     SPAN("%0g"), SPAN("x%%41") };
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) out = BUF_INIT;

		buf_add_str(&out, "before");
		assert_false(unescape_percent(&out, cases[i]));
		assert_string_equal(buf_text(&out), "before");
	}
}

static void a_quoted_text_is_bounded(void **state)
{
	AUTO_FREE char *long_text = mem_alloc(100000);
	AUTO_FREE char *shown = NULL;
	(void)state;

	memset(long_text, 0x1b, 100000);
	shown = quoted(span_of(long_text, 100000));
	assert_true(text_columns(shown) <= QUOTED_MOST);
	assert_true(span_starts(span_str(shown), SPAN("\\x1b\\x1b")));
}

static void xml_keeps_text_as_text_and_the_line_ends_that_it_has(void **state)
{
	static const struct {
		const char *text, *in_text, *in_attribute;
	} cases[] = {
		{ "plain \xc3\xa9", "plain \xc3\xa9", "plain \xc3\xa9" },
		{ "]]>&<a>", "]]&gt;&amp;&lt;a&gt;", "]]&gt;&amp;&lt;a&gt;" },
		{ "a\r\nb\tc", "a&#13;\nb\tc", "a&#13;&#10;b&#9;c" },
		{ "\"'", "\"'", "&quot;'" },
		{ "\x01\xff\xef\xbf\xbe", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd",
		  "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd" },
		{ "", "", "" },
	};
	(void)state;

	for (size_t i = 0; i < COUNT(cases); i++) {
		AUTO(buf) text = BUF_INIT, attribute = BUF_INIT;

		escape_xml(&text, span_str(cases[i].text), XML_TEXT);
		escape_xml(&attribute, span_str(cases[i].text), XML_ATTRIBUTE);
		assert_string_equal(buf_text(&text), cases[i].in_text);
		assert_string_equal(buf_text(&attribute), cases[i].in_attribute);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_sink_gets_what_it_can_bear),
		cmocka_unit_test(each_byte_is_escaped_as_if_it_stood_alone),
		cmocka_unit_test(a_shell_reads_back_every_word),
		cmocka_unit_test(a_cut_text_never_takes_more_columns),
		cmocka_unit_test(a_flood_of_marks_is_cut_like_text),
		cmocka_unit_test(no_byte_that_a_terminal_obeys_gets_through),
		cmocka_unit_test(characters_are_written_as_they_are_read),
		cmocka_unit_test(percent_encoding_comes_back_whole),
		cmocka_unit_test(a_broken_percent_encoding_adds_nothing),
		cmocka_unit_test(a_quoted_text_is_bounded),
		cmocka_unit_test(xml_keeps_text_as_text_and_the_line_ends_that_it_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
