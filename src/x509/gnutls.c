/* GnuTLS, loaded when the first signature is checked. */
#include "x509/gnutls.h"

#include "base/library.h"
#include "base/memory.h"

#include <pthread.h>

/* One library a process: loaded once and kept, like any library that the program links.
 */
static struct gnutls_calls calls;
static bool ready;

static void load(void)
{
#define GNUTLS_FIND(name) { "gnutls_" #name, &calls.name },
	const struct library_call wanted[] = { GNUTLS_CALLS(GNUTLS_FIND) };
#undef GNUTLS_FIND
	/* Where it is not there, signatures are unsupported, whatever the reason. */
	AUTO_FREE char *problem = library_load(LIBGNUTLS, wanted, COUNT(wanted));

	ready = !problem;
}

const struct gnutls_calls *gnutls_loaded(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return ready ? &calls : NULL;
}
