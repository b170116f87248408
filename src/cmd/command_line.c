/*
 * The command line for the log. Secrets never reach it: what stands before the @ of an
 * address, and a PIN in a PKCS#11 URI. Passwords themselves come from files and are not
 * on the line at all.
 */
#include "cmd/command_line.h"

#include "base/escape.h"

static const char blot[] = "***";

/* user:password@ at the beginning of rest, before any / ? or #. */
static size_t credentials(struct span rest)
{
	size_t n = 0;

	for (size_t i = 0; i < rest.n && !strchr("/?#", rest.at[i]); i++) {
		if (rest.at[i] == '@')
			n = i;
	}
	return n;
}

static bool is_scheme_end(struct span at)
{
	return span_starts(at, SPAN("://"));
}

/* Copies word with the credentials of every address in it blotted out. */
static void blot_addresses(struct buf *out, struct span word)
{
	while (word.n) {
		size_t n;

		if (!is_scheme_end(word)) {
			buf_add_byte(out, word.at[0]);
			word = span_from(word, 1);
			continue;
		}
		buf_add(out, SPAN("://"));
		word = span_from(word, 3);
		n = credentials(word);
		if (n) {
			buf_add_str(out, blot);
			word = span_from(word, n);
		}
	}
}

/* The PIN of a PKCS#11 URI (RFC 7512 2.4). */
static void blot_pins(struct buf *out, struct span word)
{
	static const struct span secret = { (const uint8_t *)"pin-value=", 10 };

	while (word.n) {
		if (!span_starts(word, secret)) {
			buf_add_byte(out, word.at[0]);
			word = span_from(word, 1);
			continue;
		}
		buf_add(out, secret);
		buf_add_str(out, blot);
		for (word = span_from(word, secret.n);
		     word.n && !strchr("&;+", word.at[0]);)
			word = span_from(word, 1);
	}
}

/* The value of --proxy may lack its scheme: "user:password@host:3128". */
static void blot_proxy(struct buf *out, struct span value)
{
	size_t n = credentials(value);

	if (n) {
		buf_add_str(out, blot);
		value = span_from(value, n);
	}
	blot_addresses(out, value);
}

static void add_word(struct buf *line, const char *word, bool is_proxy)
{
	AUTO(buf) plain = BUF_INIT;
	AUTO(buf) clean = BUF_INIT;
	struct span option = SPAN("--proxy="), text = span_str(word);

	if (span_starts(text, option)) {
		buf_add(&plain, option);
		text = span_from(text, option.n);
		is_proxy = true;
	}
	if (is_proxy)
		blot_proxy(&plain, text);
	else
		blot_addresses(&plain, text);
	blot_pins(&clean, buf_span(&plain));
	escape_shell(line, buf_span(&clean));
}

char *command_line_text(int argc, const char *const *argv)
{
	AUTO(buf) line = BUF_INIT;

	buf_add_str(&line, "rootcellar");
	for (int i = 1; i < argc; i++) {
		size_t before = line.n;

		buf_add_byte(&line, ' ');
		add_word(&line, argv[i], strcmp(argv[i - 1], "--proxy") == 0);
		if (line.n <= COMMAND_LINE_MOST)
			continue;
		line.n = before;
		buf_add_str(&line, " ...");
		break;
	}
	return buf_steal(&line);
}
