/*
 * Libraries that few commands need, loaded at their first use: to link one costs time at
 * every start.
 */
#pragma once

#include "base/compiler.h"
#include "base/span.h"

/* What is used of a library: a name, and the function pointer that takes its address. */
struct library_call {
	const char *name;
	void *to; /* a pointer to a function pointer, or to a pointer to a variable */
};

/*
 * Loads the library of that soname, for good, and finds all n calls: NULL. Where it is
 * not there or lacks one: why (mem_free), and no call may be used.
 */
MUST_CHECK char *library_load(const char *soname, const struct library_call *calls,
			      size_t n);
/*
 * The same of a library that no caller can do without. Where it is not there, the program
 * ends, as it would not have started had it been linked.
 */
void library_require(const char *soname, const struct library_call *calls, size_t n);
