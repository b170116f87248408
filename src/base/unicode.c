/* libunistring, loaded when the first text beyond ASCII comes. */
#include "base/unicode.h"

#include "base/library.h"

#include <pthread.h>
#include <unicase.h>
#include <uninorm.h>

/* One library a process: loaded once and kept, like any library that the program links.
 */
static struct {
	__typeof__(uc_tolower) *lower;
	__typeof__(u8_casefold) *fold;
	const struct unicode_normalization_form *nfkc;
} unistring;

static void load(void)
{
	const struct library_call calls[] = {
		{ "uc_tolower", &unistring.lower },
		{ "u8_casefold", &unistring.fold },
		{ "uninorm_nfkc", &unistring.nfkc },
	};

	library_require(LIBUNISTRING, calls, COUNT(calls));
}

static void need(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
}

int32_t unicode_lower(int32_t character)
{
	if (character < 0x80)
		return character >= 'A' && character <= 'Z' ? character | 0x20
							    : character;
	need();
	return (int32_t)unistring.lower((ucs4_t)character);
}

uint8_t *unicode_fold(struct span utf8, size_t *n)
{
	need();
	return unistring.fold(utf8.at, utf8.n, NULL, unistring.nfkc, NULL, n);
}

int32_t utf8_next(const uint8_t **at, const uint8_t *end)
{
	const uint8_t *p = *at;
	uint32_t c = *p, least;
	int more;

	*at = p + 1;
	if (c < 0x80)
		return (int32_t)c;
	if (c >= 0xc2 && c <= 0xdf) {
		more = 1, least = 0x80, c &= 0x1f;
	} else if (c >= 0xe0 && c <= 0xef) {
		more = 2, least = 0x800, c &= 0x0f;
	} else if (c >= 0xf0 && c <= 0xf4) {
		more = 3, least = 0x10000, c &= 0x07;
	} else {
		return -1;
	}
	if (end - p <= more)
		return -1;
	for (int i = 1; i <= more; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return -1;
		c = c << 6 | (p[i] & 0x3f);
	}
	if (c < least || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return -1;
	*at = p + 1 + more;
	return (int32_t)c;
}
