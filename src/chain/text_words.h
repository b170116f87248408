/*
 * A text as words, so that case, white space, punctuation, quotes, line breaks and
 * colours do not count when texts are compared. Internal to chain/.
 */
#pragma once

#include "base/buf.h"

struct word {
	uint32_t at, n; /* in letters */
	uint32_t hash;
	bool begins_line;
};

struct words {
	struct buf letters; /* all words in lower case, one after the other */
	struct word *at;
	size_t n, cap;
	bool ends_in_word; /* nothing follows the last one: it may be cut */
};
#define WORDS_INIT                   \
	{                            \
		.letters = BUF_INIT, \
	}

/* Appends the words of text: runs of letters and digits; gaps: '*' and '#' are words too.
 */
enum gaps {
	GAPS_ARE_WORDS,
	GAPS_ARE_NOTHING
};
void words_add(struct words *words, struct span text, enum gaps gaps);
void words_clear(struct words *words);
/* Of word i. */
struct span word_text(const struct words *words, size_t i);
