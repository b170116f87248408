/* p11-kit, loaded when a token is first asked for. */
#include "format/cryptoki.h"

#include "base/i18n.h"
#include "base/library.h"

#include <pthread.h>

struct p11_kit_calls p11_kit;
static char *problem; /* why it is not there; NULL: it is */

static void load(void)
{
#define P11_KIT_FIND(name) { "p11_kit_" #name, &p11_kit.name },
	const struct library_call calls[] = { P11_KIT_CALLS(P11_KIT_FIND) };
#undef P11_KIT_FIND

	problem = library_load(LIBP11_KIT, calls, COUNT(calls));
	/* What it has to say comes back as an error, and standard error is ours. */
	if (!problem)
		p11_kit.be_quiet();
}

bool p11_kit_load(struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return !problem || error_fail(err, STATUS_INPUT, _("cannot load %s: %s"),
				      LIBP11_KIT, problem);
}

bool cryptoki_fail(struct error *err, enum status status, CK_RV answer, const char *what)
{
	AUTO(error) not_there = ERROR_INIT;

	if (p11_kit_load(&not_there))
		return error_fail(err, status, "%s: %s", what, p11_kit.strerror(answer));
	return error_fail(err, status, _("%s: PKCS#11 error 0x%lx"), what,
			  (unsigned long)answer);
}
