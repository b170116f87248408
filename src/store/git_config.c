/*
 * git's configuration files, as far as one plain key goes ("Syntax" of git-config(1)):
 * sections in brackets, a key and its value a line, comments, quotes and escapes.
 * Sections with a name in quotes are for single URLs, and files that it includes are not
 * looked at.
 */
#include "store/git_config.h"

#include "store/place.h"
#include "base/file.h"
#include "base/memory.h"

#include <string.h>
#include <strings.h>

/* A person's configuration has a page or two. */
#define CONFIG_MOST ((size_t)1 << 20)

static struct span trimmed(struct span text)
{
	while (text.n && strchr(" \t\r", text.at[0]))
		text = span_from(text, 1);
	while (text.n && strchr(" \t\r", text.at[text.n - 1]))
		text.n--;
	return text;
}

static bool is_word(struct span text, struct span word)
{
	return text.n == word.n &&
	       strncasecmp((const char *)text.at, (const char *)word.at, word.n) == 0;
}

static struct span next_line(struct span *rest)
{
	const uint8_t *end = memchr(rest->at, '\n', rest->n);
	struct span line = { rest->at, end ? (size_t)(end - rest->at) : rest->n };

	*rest = span_from(*rest, line.n + !!end);
	return trimmed(line);
}

/* Quotes are taken away, and a comment outside of them. */
static char *value_of(struct span text)
{
	AUTO(buf) value = BUF_INIT;
	size_t kept = 0; /* up to the last byte that is no space at the end */
	bool quoting = false;

	for (size_t i = 0; i < text.n; i++) {
		uint8_t byte = text.at[i];

		if (byte == '"') {
			quoting = !quoting;
			continue;
		}
		if (!quoting && (byte == '#' || byte == ';'))
			break;
		if (byte == '\\' && i + 1 < text.n)
			byte = text.at[++i];
		buf_add_byte(&value, byte);
		if (quoting || (byte != ' ' && byte != '\t'))
			kept = value.n;
	}
	value.n = kept;
	return str_of(buf_span(&value));
}

/* "name = value", where the name is that. */
static bool take_value(char **value, struct span line, struct span name)
{
	const uint8_t *sign = line.n ? memchr(line.at, '=', line.n) : NULL;
	size_t n = sign ? (size_t)(sign - line.at) : line.n;

	if (!sign || !is_word(trimmed(span_of(line.at, n)), name))
		return false;
	mem_free(*value);
	*value = value_of(trimmed(span_from(line, n + 1)));
	return true;
}

static void read_text(char **value, struct span rest, struct span section,
		      struct span name)
{
	bool inside = false;

	while (rest.n) {
		struct span line = next_line(&rest);

		if (line.n && line.at[0] == '[')
			inside = line.at[line.n - 1] == ']' &&
				 is_word(span_of(line.at + 1, line.n - 2), section);
		else if (inside)
			(void)take_value(value, line, name); /* or it is another's */
	}
}

/* One that is not there, or that nobody may read, says nothing. */
static void read_one(char **value, const char *path, const char *key)
{
	const char *dot = strchr(key, '.');
	AUTO(file) file = FILE_INIT;
	AUTO(error) unread = ERROR_INIT;

	if (!path || file_kind(path) != FILE_REGULAR ||
	    !file_read(&file, path, &unread) || file.bytes.n > CONFIG_MOST)
		return;
	read_text(value, file.bytes, span_of(key, (size_t)(dot - key)),
		  span_str(dot + 1));
}

static char *of_home(char *path)
{
	const char *home = place_home();
	char *whole;

	if (strncmp(path, "~/", 2) != 0 || !home)
		return path;
	whole = str_format("%s/%s", home, path + 2);
	mem_free(path);
	return whole;
}

char *git_config_value(const char *key)
{
	const char *home = place_home(), *global = place_env("GIT_CONFIG_GLOBAL");
	AUTO_FREE char *of_xdg = place_xdg("XDG_CONFIG_HOME", ".config", "git/config");
	AUTO_FREE char *of_user = home ? str_format("%s/.gitconfig", home) : NULL;
	char *value = NULL;

	read_one(&value, "/etc/gitconfig", key);
	if (global) {
		read_one(&value, global, key);
	} else {
		read_one(&value, of_xdg, key);
		read_one(&value, of_user, key);
	}
	if (value && !*value) {
		mem_free(value);
		return NULL;
	}
	return value ? of_home(value) : NULL;
}
