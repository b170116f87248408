/* Public suffixes: which names anybody can register below. */
#include "chain/suffix.h"

#include "base/library.h"
#include "base/memory.h"
#include "chain/names.h"

#include <libpsl.h>
#include <pthread.h>

/* One library a process: loaded at the first wildcard and kept. */
static struct {
	__typeof__(psl_builtin) *builtin;
	__typeof__(psl_is_public_suffix) *is_suffix;
} psl;

static void load(void)
{
	const struct library_call calls[] = {
		{ "psl_builtin", &psl.builtin },
		{ "psl_is_public_suffix", &psl.is_suffix },
	};

	library_require(LIBPSL, calls, COUNT(calls));
}

/* The longest DNS name there is (RFC 1035 2.3.4). */
#define NAME_MOST 253

bool wildcard_over_public_suffix(struct span name)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	char below[NAME_MOST + 1];

	if (!dns_is_wildcard(name) || !dns_valid(name, DNS_WILDCARD) ||
	    name.n - 2 > NAME_MOST)
		return false;
	pthread_once(&once, load);
	for (size_t i = 2; i < name.n; i++) {
		uint8_t c = name.at[i];

		below[i - 2] = (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
	}
	below[name.n - 2] = '\0';
	return psl.is_suffix(psl.builtin(), below);
}
