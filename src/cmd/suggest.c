/* The nearest word, by how many letters were added, left out, changed or swapped. */
#include "cmd/suggest.h"

#define WORD_MOST 32 /* no command and no option is longer */

struct suggestion suggestion_for(const char *typed)
{
	/* A third of the letters may differ, and one always may; the bound itself is too
	 * far. */
	return (struct suggestion){ typed, NULL, strlen(typed) / 3 + 2 };
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment; both at most WORD_MOST long. */
static size_t distance(const char *a, size_t n, const char *b, size_t m)
{
	size_t rows[3][WORD_MOST + 1];

	for (size_t j = 0; j <= m; j++)
		rows[0][j] = j;
	for (size_t i = 1; i <= n; i++) {
		size_t *row = rows[i % 3], *above = rows[(i - 1) % 3];

		row[0] = i;
		for (size_t j = 1; j <= m; j++) {
			row[j] = least(least(above[j], row[j - 1]) + 1,
				       above[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				row[j] = least(row[j], rows[(i - 2) % 3][j - 2] + 1);
		}
	}
	return rows[n % 3][m];
}

void suggestion_offer(struct suggestion *suggestion, const char *word)
{
	size_t n = strlen(suggestion->typed), m = strlen(word), far;

	if (n > WORD_MOST || m > WORD_MOST)
		return;
	far = distance(suggestion->typed, n, word, m);
	if (far >= suggestion->distance || far >= m)
		return;
	suggestion->nearest = word;
	suggestion->distance = far;
}
