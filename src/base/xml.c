/* libxml2, loaded when something is first read with it. */
#include "base/xml.h"

#include "base/i18n.h"
#include "base/library.h"

#include <pthread.h>

struct xml_calls xml;
static char *problem;	/* why it is not there; NULL: it is */

static void load(void)
{
#define XML_FIND(name) { #name, &xml.name },
	const struct library_call calls[] = { XML_CALLS(XML_FIND) };
#undef XML_FIND

	problem = library_load(LIBXML, calls, COUNT(calls));
}

bool xml_load(struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return !problem ||
	       error_fail(err, STATUS_INPUT, _("cannot load %s: %s"), LIBXML, problem);
}
