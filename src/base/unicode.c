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
