/* libxml2, loaded when something is first read with it. */
#include "base/xml.h"

#include "base/i18n.h"

#include <dlfcn.h>
#include <pthread.h>

/* The name that programs linked with libxml2 2.x ask the loader for; never searched for elsewhere. */
#define LIBXML "libxml2.so.2"

struct xml_calls xml;
static char *problem;	/* why it is not there; NULL: it is */

static bool find(void *library, const char *name, void *to)
{
	void *at = dlsym(library, name);

	/* POSIX: a function's address may travel as a data pointer here. */
	memcpy(to, &at, sizeof(at));
	return at;
}

static void load(void)
{
	void *library = dlopen(LIBXML, RTLD_NOW | RTLD_LOCAL);
	bool whole = library;

#define XML_FIND(name) whole = whole && find(library, #name, &xml.name);
	XML_CALLS(XML_FIND)
#undef XML_FIND
	if (!whole)
		problem = str_copy(dlerror());
}

bool xml_load(struct error *err)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, load);
	return !problem ||
	       error_fail(err, STATUS_INPUT, _("cannot load %s: %s"), LIBXML, problem);
}
