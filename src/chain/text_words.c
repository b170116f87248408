/* A text as words. What logs and terminals wrap around a text is undone here. */
#include "chain/text_words.h"

/* The longest "&...;" and colour sequence that is taken for one. */
#define ENTITY_MOST 8
#define COLOUR_MOST 16

static uint8_t lower(uint8_t byte)
{
	return byte >= 'A' && byte <= 'Z' ? (uint8_t)(byte + 'a' - 'A') : byte;
}

static bool is_word_byte(uint8_t byte)
{
	return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
	       (byte >= '0' && byte <= '9');
}

/* "\n", "\t", "\u0027" as JSON and other logs write what they escape: bytes that it
 * takes. */
static size_t escape_at(struct span rest)
{
	if (rest.n < 2 || rest.at[0] != '\\')
		return 0;
	if (rest.at[1] == 'u' && rest.n >= 6)
		return 6;
	return strchr("nrtu\"'\\/", rest.at[1]) ? 2 : 0;
}

/* "&quot;", "&#39;". */
static size_t entity_at(struct span rest)
{
	size_t n = 1;

	if (!rest.n || rest.at[0] != '&')
		return 0;
	while (n < rest.n && n < ENTITY_MOST &&
	       (is_word_byte(rest.at[n]) || rest.at[n] == '#'))
		n++;
	return n > 2 && n < rest.n && rest.at[n] == ';' ? n + 1 : 0;
}

/* ESC [ 31 m */
static size_t colour_at(struct span rest)
{
	size_t n = 2;

	if (rest.n < 3 || rest.at[0] != 0x1b || rest.at[1] != '[')
		return 0;
	while (n < rest.n && n < COLOUR_MOST && rest.at[n] < 0x40)
		n++;
	return n < rest.n ? n + 1 : 0;
}

static size_t wrapping_at(struct span rest, bool *line)
{
	size_t n = escape_at(rest);

	if (n)
		*line |= rest.at[1] == 'n';
	return n ? n : (n = entity_at(rest)) ? n : colour_at(rest);
}

static void add_word(struct words *words, struct span text, bool begins_line)
{
	struct word word = { (uint32_t)words->letters.n, (uint32_t)text.n, 2166136261u,
			     begins_line };

	for (size_t i = 0; i < text.n; i++) {
		uint8_t byte = lower(text.at[i]);

		buf_add_byte(&words->letters, byte);
		word.hash = (word.hash ^ byte) * 16777619u; /* FNV-1a */
	}
	GROW(words->at, words->n, words->cap);
	words->at[words->n++] = word;
}

void words_add(struct words *words, struct span text, enum gaps gaps)
{
	bool line = true;

	words->ends_in_word = false;
	while (text.n) {
		size_t n = wrapping_at(text, &line);

		if (n) {
			text = span_from(text, n);
			continue;
		}
		while (n < text.n && is_word_byte(text.at[n]))
			n++;
		if (!n && gaps == GAPS_ARE_WORDS && (*text.at == '*' || *text.at == '#'))
			n = 1;
		if (n) {
			add_word(words, span_of(text.at, n), line);
			line = false;
		} else {
			line |= *text.at == '\n';
		}
		words->ends_in_word = n == text.n && n;
		text = span_from(text, n ? n : 1);
	}
}

void words_clear(struct words *words)
{
	buf_clear(&words->letters);
	mem_free(words->at);
	*words = (struct words)WORDS_INIT;
}

struct span word_text(const struct words *words, size_t i)
{
	return span_of(words->letters.at + words->at[i].at, words->at[i].n);
}
