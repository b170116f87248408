/* Memory that is about to be written from end to end. */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <sys/mman.h>
#include <unistd.h>

/*
 * Takes the pages of a stretch from the kernel in one call, where a fault for each would
 * cost more than what is done with them. Only advice: an older kernel gives them one by
 * one.
 */
static inline void populate(void *at, size_t n)
{
#ifdef MADV_POPULATE_WRITE
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uintptr_t start = ((uintptr_t)at + page - 1) / page * page;
	uintptr_t end = ((uintptr_t)at + n) / page * page;

	if (start < end)
		(void)madvise((void *)start, end - start, MADV_POPULATE_WRITE);
#else
	(void)at;
	(void)n;
#endif
}
