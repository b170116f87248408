/* Libraries that are loaded at their first use. */
#include "base/library.h"

#include "base/memory.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>

static bool find(void *library, const struct library_call *call)
{
	void *at = dlsym(library, call->name);

	/* POSIX: a function's address may travel as a data pointer here. */
	memcpy(call->to, &at, sizeof(at));
	return at;
}

char *library_load(const char *soname, const struct library_call *calls, size_t n)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);
	bool whole = library;

	for (size_t i = 0; whole && i < n; i++)
		whole = find(library, &calls[i]);
	return whole ? NULL : str_copy(dlerror());
}

void library_require(const char *soname, const struct library_call *calls, size_t n)
{
	AUTO_FREE char *problem = library_load(soname, calls, n);

	if (!problem)
		return;
	/* The words of the loader, which would say them at the start. */
	fprintf(stderr, "rootcellar: error while loading shared libraries: %s\n",
		problem);
	_Exit(2);
}
