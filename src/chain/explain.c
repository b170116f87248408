/*
 * The matcher. Rows of the table become patterns of words; each word of the text looks up
 * the patterns that begin with it. Where several fit at one place the longest counts, and
 * what lies within it says nothing of its own.
 */
#include "chain/explain.h"

#include "chain/text_words.h"

#include <stdlib.h>

#define GAP_MOST   16 /* words that a gap stands for: a host name, a class, a date */
#define STAMP_MOST 16 /* words of a stamp where a text is broken over lines */
#define SHORT_WORDS \
	3 /* of a text that is a number, perhaps with a word or two before it */
#define CUT_LETTERS \
	16 /* of a row that must be there before the text ends, and half of it ... */
#define CUT_WORDS     4 /* ... in so many words, or three quarters of it */
#define NUMBER_WEIGHT 18
#define BUCKETS       1024
#define HRESULT_MOST  10 /* digits of one, with 0x or in decimal */

enum {
	OF_NUMBER = -1
}; /* row of a pattern that leads to a row by the number in it */

struct pattern {
	size_t at, n; /* its words */
	int row;
	enum client client; /* of OF_NUMBER */
	unsigned weight;    /* letters, gaps and numbers left out */
	int next;           /* in its bucket; -1: none */
};

struct hit {
	unsigned weight;
	size_t times;
	bool whole;
};

struct matcher {
	struct words text, pattern_words;
	struct pattern *patterns;
	size_t n_patterns, cap_patterns;
	int buckets[BUCKETS];
	struct hit *hits; /* one a row */
};

/* One attempt at one place. */
struct attempt {
	const struct matcher *matcher;
	const struct pattern *pattern;
	size_t end;              /* the word after the last that fits */
	unsigned letters, words; /* that were found */
	bool skipped;            /* a stamp at the beginning of a line */
	bool cut;                /* the text ended first */
	int64_t number;          /* at '#' */
};

/* Where a number means an error of that client. */
static const struct {
	enum client client;
	const char *words;
} number_words[] = {
	{ CLIENT_OPENSSL, "error num #" },
	{ CLIENT_OPENSSL, "error # at" },
	{ CLIENT_OPENSSL, "return code #" },
	{ CLIENT_OPENSSL, "verify error #" },
	{ CLIENT_OPENSSL, "verify result #" },
	{ CLIENT_OPENSSL, "verification error #" },
	{ CLIENT_OPENSSL, "verification failed #" },
	{ CLIENT_OPENSSL, "verify num #" },
	{ CLIENT_CURL, "curl #" },
	{ CLIENT_CURL, "curl error #" },
	{ CLIENT_CURL, "curl exit #" },
	{ CLIENT_CURL, "curl exit code #" },
	{ CLIENT_CURL, "curl exited with #" },
	{ CLIENT_CURL, "libcurl error #" },
	{ CLIENT_CHROMIUM, "net error #" },
	{ CLIENT_FIREFOX, "error code #" },
	{ CLIENT_FIREFOX, "nss error #" },
	{ CLIENT_FIREFOX, "pr error #" },
	{ CLIENT_TLS, "alert number #" },
	{ CLIENT_TLS, "alert #" },
	{ CLIENT_WINDOWS, "winhttp error #" },
	{ CLIENT_WINDOWS, "error #" },
	{ CLIENT_WINDOWS, "the tls protocol defined fatal alert code is #" },
};

static bool is_one(const struct words *words, size_t i, char what)
{
	return words->at[i].n == 1 && *word_text(words, i).at == (uint8_t)what;
}

static void add_pattern(struct matcher *matcher, const char *text, int row,
			enum client client)
{
	struct words *words = &matcher->pattern_words;
	struct pattern pattern = { .at = words->n, .row = row, .client = client };
	int *bucket;

	words_add(words, span_str(text), GAPS_ARE_WORDS);
	pattern.n = words->n - pattern.at;
	for (size_t i = pattern.at; i < words->n; i++)
		if (!is_one(words, i, SAYING_GAP) && !is_one(words, i, '#'))
			pattern.weight += words->at[i].n;
	bucket = &matcher->buckets[words->at[pattern.at].hash % BUCKETS];
	pattern.next = *bucket;
	*bucket = (int)matcher->n_patterns;
	GROW(matcher->patterns, matcher->n_patterns, matcher->cap_patterns);
	matcher->patterns[matcher->n_patterns++] = pattern;
}

/* Node and others show the codes of OpenSSL without their prefix. */
static void add_bare_code(struct matcher *matcher, const char *code, int row)
{
	static const char prefix[] = "X509_V_ERR_";

	if (strncmp(code, prefix, sizeof(prefix) - 1) == 0 &&
	    strchr(code + sizeof(prefix) - 1, '_'))
		add_pattern(matcher, code + sizeof(prefix) - 1, row, CLIENT_OPENSSL);
}

static void matcher_begin(struct matcher *matcher, struct span text)
{
	*matcher = (struct matcher){ .text = WORDS_INIT, .pattern_words = WORDS_INIT };
	matcher->hits = mem_array(sayings_count, sizeof(*matcher->hits));
	for (size_t i = 0; i < BUCKETS; i++)
		matcher->buckets[i] = -1;
	for (size_t i = 0; i < sayings_count; i++) {
		if (saying_code(&sayings[i])) {
			add_pattern(matcher, sayings[i].code, (int)i, sayings[i].client);
			add_bare_code(matcher, sayings[i].code, (int)i);
		}
		if (saying_text(&sayings[i]))
			add_pattern(matcher, sayings[i].text, (int)i, sayings[i].client);
	}
	for (size_t i = 0; i < COUNT(number_words); i++)
		add_pattern(matcher, number_words[i].words, OF_NUMBER,
			    number_words[i].client);
	words_add(&matcher->text, text, GAPS_ARE_NOTHING);
}

static void matcher_end(struct matcher *matcher)
{
	words_clear(&matcher->text);
	words_clear(&matcher->pattern_words);
	mem_free(matcher->patterns);
	mem_free(matcher->hits);
}

/* A whole number of at most ten digits, or -1. */
static int64_t number_of(struct span word)
{
	int64_t value = 0;

	if (!word.n || word.n > 10)
		return -1;
	for (size_t i = 0; i < word.n; i++) {
		if (word.at[i] < '0' || word.at[i] > '9')
			return -1;
		value = value * 10 + (word.at[i] - '0');
	}
	return value;
}

/* The last word of a text may be the beginning of one. */
static bool is_cut_word(const struct matcher *matcher, size_t at, struct span wanted)
{
	return at + 1 == matcher->text.n && matcher->text.ends_in_word &&
	       span_starts(wanted, word_text(&matcher->text, at));
}

static bool fits_word(struct attempt *attempt, size_t wanted, size_t at)
{
	const struct matcher *matcher = attempt->matcher;
	const struct word *a = &matcher->pattern_words.at[wanted],
			  *b = &matcher->text.at[at];
	struct span text = word_text(&matcher->pattern_words, wanted);

	if (is_one(&matcher->pattern_words, wanted, '#')) {
		attempt->number = number_of(word_text(&matcher->text, at));
		return attempt->number >= 0;
	}
	if (a->hash == b->hash && span_eq(text, word_text(&matcher->text, at))) {
		attempt->letters += a->n;
		attempt->words++;
		return true;
	}
	if (!is_cut_word(matcher, at, text))
		return false;
	attempt->letters += b->n;
	return attempt->cut = true;
}

/* The text ended; whether what was found of the row is enough to tell it from others. */
static bool is_enough(struct attempt *attempt, size_t at)
{
	attempt->end = at;
	attempt->cut = true;
	if (attempt->pattern->row == OF_NUMBER || attempt->letters < CUT_LETTERS)
		return false;
	return attempt->letters * 4 >= attempt->pattern->weight * 3 ||
	       (attempt->words >= CUT_WORDS &&
		attempt->letters * 2 >= attempt->pattern->weight);
}

static bool fits_from(struct attempt *attempt, size_t wanted, size_t at);

/* Tries what follows at each of the next few words. */
static bool fits_later(struct attempt *attempt, size_t wanted, size_t at, size_t most,
		       bool on_the_line)
{
	const struct words *text = &attempt->matcher->text;
	struct attempt before = *attempt;

	for (size_t i = 0; i <= most && at + i <= text->n; i++) {
		if (on_the_line && i && at + i < text->n && text->at[at + i].begins_line)
			return false;
		*attempt = before;
		if (fits_from(attempt, wanted, at + i))
			return true;
	}
	*attempt = before;
	return false;
}

/* Whether words of the pattern from wanted on stand in the text from at on. */
static bool fits_from(struct attempt *attempt, size_t wanted, size_t at)
{
	const struct words *words = &attempt->matcher->pattern_words;
	const struct words *text = &attempt->matcher->text;
	size_t end = attempt->pattern->at + attempt->pattern->n, first = wanted;

	for (; wanted < end; wanted++, at++) {
		if (is_one(words, wanted, SAYING_GAP))
			return fits_later(attempt, wanted + 1, at, GAP_MOST, false);
		if (at >= text->n)
			return is_enough(attempt, at);
		if (fits_word(attempt, wanted, at)) {
			if (attempt->cut)
				return is_enough(attempt, at + 1);
			continue;
		}
		if (!text->at[at].begins_line || attempt->skipped || wanted == first)
			return false;
		attempt->skipped = true;
		return fits_later(attempt, wanted, at + 1, STAMP_MOST, true);
	}
	attempt->end = at;
	return true;
}

static int row_of_number(enum client client, int64_t number)
{
	for (size_t i = 0; i < sayings_count; i++)
		if (sayings[i].client == client && sayings[i].number &&
		    (sayings[i].number == number || sayings[i].number == -number))
			return (int)i;
	return -1;
}

static void note_hit(struct matcher *matcher, int row, unsigned weight, bool whole)
{
	struct hit *hit = &matcher->hits[row];

	hit->times++;
	if (whole > hit->whole || (whole == hit->whole && weight > hit->weight)) {
		hit->weight = weight;
		hit->whole = whole;
	}
}

/* "0x800B0109", "800b0109" and "-2146762487" are one. */
static int row_of_hresult(struct span word)
{
	char text[HRESULT_MOST + 1] = "", *end;
	unsigned long long value;

	if (word.n < 8 || word.n > HRESULT_MOST)
		return -1;
	memcpy(text, word.at, word.n);
	value = strtoull(text, &end, 16);
	if (*end || value < 0x80000000u || value > UINT32_MAX) {
		value = (unsigned long long)number_of(word);
		if (value > 0x80000000u)
			return -1;
		value = 0x100000000u - value;
	}
	return row_of_number(CLIENT_WINDOWS, (int64_t)value);
}

struct best {
	struct attempt attempt;
	unsigned weight;
};

/* What fits best at one place; whether anything does. */
static void try_pattern(struct best *best, const struct matcher *matcher,
			const struct pattern *pattern, size_t at)
{
	struct attempt attempt = { .matcher = matcher, .pattern = pattern };
	unsigned weight;

	if (!fits_from(&attempt, pattern->at, at))
		return;
	weight = attempt.cut ? attempt.letters : pattern->weight;
	if (pattern->row == OF_NUMBER) {
		if (row_of_number(pattern->client, attempt.number) < 0)
			return;
		weight += NUMBER_WEIGHT;
	}
	if (weight < best->weight || (weight == best->weight && attempt.cut))
		return;
	*best = (struct best){ attempt, weight };
}

static int row_of(const struct attempt *attempt)
{
	return attempt->pattern->row != OF_NUMBER
		       ? attempt->pattern->row
		       : row_of_number(attempt->pattern->client, attempt->number);
}

static struct best best_at(const struct matcher *matcher, size_t at)
{
	int next = matcher->buckets[matcher->text.at[at].hash % BUCKETS];
	struct best best = { .weight = 0 };

	for (; next >= 0; next = matcher->patterns[next].next)
		try_pattern(&best, matcher, &matcher->patterns[next], at);
	return best;
}

static void find_hits(struct matcher *matcher)
{
	size_t covered = 0;

	for (size_t at = 0; at < matcher->text.n; at++) {
		struct best best = best_at(matcher, at);
		int row = row_of_hresult(word_text(&matcher->text, at));

		if (row >= 0)
			note_hit(matcher, row, NUMBER_WEIGHT, true);
		if (!best.weight || best.attempt.end <= covered)
			continue;
		covered = best.attempt.end;
		note_hit(matcher, row_of(&best.attempt), best.weight, !best.attempt.cut);
	}
}

/* A text that is hardly more than a number: of whichever client it may be. */
static void find_bare_number(struct matcher *matcher)
{
	static const enum client clients[] = { CLIENT_OPENSSL, CLIENT_CURL,
					       CLIENT_TLS,     CLIENT_CHROMIUM,
					       CLIENT_FIREFOX, CLIENT_WINDOWS };
	size_t n = matcher->text.n;
	int64_t number;

	if (!n || n > SHORT_WORDS)
		return;
	number = number_of(word_text(&matcher->text, n - 1));
	for (size_t i = 0; number > 0 && i < COUNT(clients); i++) {
		int row = row_of_number(clients[i], number);

		if (row >= 0 && !matcher->hits[row].times)
			note_hit(matcher, row, NUMBER_WEIGHT, true);
	}
}

static void gather(struct explanation *explanation, const struct saying *saying,
		   const struct hit *hit)
{
	for (size_t i = 0; i < explanation->n; i++) {
		struct explained *old = &explanation->at[i];
		bool surer = hit->whole && old->cut;

		if (old->cause != saying->cause)
			continue;
		old->times += hit->times;
		if (!surer && (hit->weight <= old->weight || (!hit->whole && !old->cut)))
			return;
		old->saying = saying;
		old->weight = hit->weight;
		old->cut = !hit->whole;
		return;
	}
	GROW(explanation->at, explanation->n, explanation->cap);
	explanation->at[explanation->n++] = (struct explained){
		.cause = saying->cause,
		.saying = saying,
		.weight = hit->weight,
		.times = hit->times,
		.cut = !hit->whole,
	};
}

static int by_weight(const void *va, const void *vb)
{
	const struct explained *a = va, *b = vb;

	if (a->cut != b->cut)
		return a->cut ? 1 : -1;
	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	return a->saying < b->saying ? -1 : a->saying > b->saying;
}

/*
 * 0: says what is wrong; 1: perhaps does, for the text is cut, or for it is the alert
 * that a client sent; 2: says only that something is.
 */
static unsigned vagueness(const struct explained *explained)
{
	bool sent = explained->saying->client == CLIENT_TLS && !explained->saying->number;

	return cause_facts(explained->cause)->vague ? 2 : explained->cut || sent;
}

static bool has_code(const struct cause_facts *facts, enum finding_code code)
{
	for (unsigned i = 0; i < facts->n_codes; i++)
		if (facts->codes[i] == code)
			return true;
	return false;
}

/* Some of the codes of b, and no other. */
static bool is_more_exact(const struct cause_facts *a, const struct cause_facts *b)
{
	if (!a->n_codes || a->n_codes >= b->n_codes)
		return false;
	for (unsigned i = 0; i < a->n_codes; i++)
		if (!has_code(b, a->codes[i]))
			return false;
	return true;
}

/* "expired or not yet valid" says nothing new beside "expired". */
static void drop_inexact(struct explanation *explanation)
{
	size_t kept = 0;

	for (size_t i = 0; i < explanation->n; i++) {
		const struct cause_facts *facts = cause_facts(explanation->at[i].cause);
		bool better = false;

		for (size_t j = 0; j < explanation->n; j++)
			better |= j != i &&
				  is_more_exact(cause_facts(explanation->at[j].cause),
						facts);
		if (!better)
			explanation->at[kept++] = explanation->at[i];
	}
	explanation->n = kept;
}

/* What says less than another is left out; "nothing but a handshake failed" stays alone.
 */
static void drop_vague(struct explanation *explanation)
{
	unsigned least = 2;
	size_t kept = 0;

	for (size_t i = 0; i < explanation->n; i++)
		if (vagueness(&explanation->at[i]) < least)
			least = vagueness(&explanation->at[i]);
	for (size_t i = 0; i < explanation->n; i++)
		if (vagueness(&explanation->at[i]) == least)
			explanation->at[kept++] = explanation->at[i];
	explanation->n = kept;
}

void explain_text(struct explanation *explanation, struct span text)
{
	struct matcher matcher;

	*explanation = (struct explanation)EXPLANATION_INIT;
	if (text.n > EXPLAIN_MOST)
		explanation->ignored = text.n - EXPLAIN_MOST;
	text = span_from(text, explanation->ignored);
	matcher_begin(&matcher, text);
	find_hits(&matcher);
	find_bare_number(&matcher);
	for (size_t i = 0; i < sayings_count; i++)
		if (matcher.hits[i].times)
			gather(explanation, &sayings[i], &matcher.hits[i]);
	matcher_end(&matcher);
	drop_vague(explanation);
	drop_inexact(explanation);
	if (explanation->n)
		qsort(explanation->at, explanation->n, sizeof(*explanation->at),
		      by_weight);
	explanation->n_mentioned =
		mentioned_find(explanation->mentioned, MENTIONED_MOST, text);
	explanation->has_certificate =
		memmem(text.at, text.n, "-----BEGIN CERTIFICATE-----", 27) != NULL;
}

void explanation_clear(struct explanation *explanation)
{
	mem_free(explanation->at);
	*explanation = (struct explanation)EXPLANATION_INIT;
}
