/*
 * Globs: one point to go back to, the last star, so that no pattern and text take
 * exponential time.
 */
#include "trust/glob.h"

#include "base/escape.h"
#include "base/unicode.h"

static int32_t next_folded(const uint8_t **at, const uint8_t *end)
{
	return unicode_lower(utf8_next(at, end));
}

bool glob_has_wildcard(const char *pattern)
{
	return strpbrk(pattern, "*?[") != NULL;
}

/* One member of a set, with its backslash undone; *at is moved past it. */
static int32_t next_member(const uint8_t **at, const uint8_t *end)
{
	if (**at == '\\' && *at + 1 < end)
		(*at)++;
	return next_folded(at, end);
}

/*
 * Reads [...] at *at (past its bracket). False where no bracket closes it: then [ is a
 * plain one.
 */
static bool match_set(const uint8_t **at, const uint8_t *end, int32_t character,
		      bool *matches)
{
	const uint8_t *p = *at;
	bool inverted = p < end && (*p == '!' || *p == '^'), within = false;

	p += inverted;
	for (const uint8_t *first = p; p < end && (*p != ']' || p == first);) {
		int32_t low = next_member(&p, end), high = low;

		if (end - p >= 2 && p[0] == '-' && p[1] != ']') {
			p++;
			high = next_member(&p, end);
		}
		within |= character >= 0 && low <= character && character <= high;
	}
	if (p >= end)
		return false;
	*at = p + 1;
	*matches = character >= 0 && within != inverted;
	return true;
}

/*
 * Whether one character of text matches what stands at *pattern, which is moved past it.
 */
static bool match_one(const uint8_t **pattern, const uint8_t *end, const uint8_t **text,
		      const uint8_t *text_end)
{
	int32_t character = next_folded(text, text_end);
	uint8_t special = **pattern;
	bool matches;

	if (special == '?') {
		(*pattern)++;
		return true;
	}
	if (special == '[') {
		const uint8_t *set = *pattern + 1;

		if (match_set(&set, end, character, &matches)) {
			*pattern = set;
			return matches;
		}
	}
	return next_member(pattern, end) == character && character >= 0;
}

bool glob_match(const char *pattern, struct span text)
{
	const uint8_t *p = (const uint8_t *)pattern, *p_end = p + strlen(pattern);
	const uint8_t *t = text.at, *t_end = text.at + text.n;
	const uint8_t *after_star = NULL, *star_text = NULL;

	while (t < t_end || (p < p_end && *p == '*')) {
		if (p < p_end && *p == '*') {
			after_star = ++p;
			star_text = t;
			continue;
		}
		if (p < p_end && match_one(&p, p_end, &t, t_end))
			continue;
		if (!after_star)
			return false;
		/* The last star takes one character more. */
		p = after_star;
		utf8_next(&star_text, t_end);
		t = star_text;
	}
	return p == p_end;
}
