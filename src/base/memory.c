/* Memory: checked allocation, strings, arenas. */
#include "base/memory.h"

#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

/* Chunks of an arena double from the least to the most. */
#define ARENA_LEAST ((size_t)64 << 10)
#define ARENA_MOST  ((size_t)4 << 20)
#define HUGE_PAGE   ((size_t)2 << 20)
/*
 * From here on one huge page is asked for rather than many small ones: each of those is a
 * page fault, and in a virtual machine a dear one.
 */
#define HUGE_LEAST ((size_t)512 << 10)

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	_Alignas(max_align_t) uint8_t bytes[];
};

_Static_assert(ARENA_WHOLE + sizeof(struct arena_chunk) == HUGE_PAGE,
	       "a block of ARENA_WHOLE fills a huge page");

static void NO_RETURN out_of_memory(void)
{
	/* The one message printed below main: there is no memory left to carry it up. */
	fputs("rootcellar: out of memory\n", stderr);
	_Exit(2);
}

static void *checked(void *p)
{
	if (!p)
		out_of_memory();
	return p;
}

void *mem_alloc(size_t n)
{
	return checked(malloc(n ? n : 1));
}

void *mem_zalloc(size_t n)
{
	return checked(calloc(1, n ? n : 1));
}

void *mem_array(size_t n, size_t size)
{
	return checked(calloc(n ? n : 1, size ? size : 1));
}

void *mem_resize(void *old, size_t n, size_t size)
{
	return checked(reallocarray(old, n ? n : 1, size ? size : 1));
}

void *mem_copy(struct span bytes)
{
	void *p = mem_alloc(bytes.n);

	if (bytes.n)
		memcpy(p, bytes.at, bytes.n);
	return p;
}

void mem_free(void *p)
{
	free(p);
}

void mem_free_scope(void *pp)
{
	free(*(void **)pp);
}

char *str_copy(const char *text)
{
	return checked(strdup(text));
}

char *str_of(struct span bytes)
{
	char *s = mem_alloc(bytes.n + 1);

	if (bytes.n)
		memcpy(s, bytes.at, bytes.n);
	s[bytes.n] = '\0';
	return s;
}

char *str_vformat(const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		out_of_memory();
	return s;
}

char *str_format(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = str_vformat(format, args);
	va_end(args);
	return s;
}

size_t mem_large_size(size_t n)
{
	return n < HUGE_LEAST ? n : (n + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
}

void *mem_large(size_t n)
{
	size_t size = mem_large_size(n);
	void *p;

	if (size < HUGE_LEAST)
		return mem_alloc(n);
	p = checked(aligned_alloc(HUGE_PAGE, size));
	/* Only advice: without it the same memory comes in small pages. */
	(void)madvise(p, size, MADV_HUGEPAGE);
	return p;
}

void mem_will_write(void *at, size_t n)
{
#ifdef MADV_POPULATE_WRITE
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t begin = ((uintptr_t)at + page - 1) & ~(page - 1);
	uintptr_t end = ((uintptr_t)at + n) & ~(page - 1);
	int saved = errno;

	/* Refused by kernels before 5.14. */
	if (begin < end)
		(void)madvise((void *)begin, end - begin, MADV_POPULATE_WRITE);
	errno = saved;
#else
	(void)at;
	(void)n;
#endif
}

/* A chunk of size bytes in all or somewhat more, its own head included. */
static struct arena_chunk *new_chunk(size_t size)
{
	struct arena_chunk *chunk = mem_large(size);

	chunk->used = 0;
	chunk->size = mem_large_size(size) - sizeof(*chunk);
	return chunk;
}

static size_t next_size(const struct arena *arena)
{
	size_t last = arena->first ? arena->first->size + sizeof(struct arena_chunk) : 0;

	if (last < ARENA_LEAST)
		return ARENA_LEAST;
	return last < ARENA_MOST ? last * 2 : ARENA_MOST;
}

/*
 * A block too big to share a chunk goes behind the open one, so that that keeps
 * filling.
 */
static struct arena_chunk *chunk_for(struct arena *arena, size_t need)
{
	bool alone = need > ARENA_LEAST / 4;
	size_t size = alone ? need + sizeof(struct arena_chunk) : next_size(arena);
	struct arena_chunk *chunk = new_chunk(size);

	if (alone && arena->first) {
		chunk->next = arena->first->next;
		arena->first->next = chunk;
	} else {
		chunk->next = arena->first;
		arena->first = chunk;
	}
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t n)
{
	size_t need = (n + 15) & ~(size_t)15;
	struct arena_chunk *chunk = arena->first;
	void *p;

	/*
	 * Callers bound what they ask for; a size that wraps here would be a bug of
	 * theirs.
	 */
	if (need < n || need > SIZE_MAX / 2)
		out_of_memory();
	if (!chunk || chunk->size - chunk->used < need)
		chunk = chunk_for(arena, need);
	p = chunk->bytes + chunk->used;
	chunk->used += need;
	return p;
}

struct span arena_copy(struct arena *arena, struct span bytes)
{
	uint8_t *p = arena_alloc(arena, bytes.n ? bytes.n : 1);

	if (bytes.n)
		memcpy(p, bytes.at, bytes.n);
	return span_of(p, bytes.n);
}

char *arena_str_of(struct arena *arena, struct span bytes)
{
	char *s = arena_alloc(arena, bytes.n + 1);

	if (bytes.n)
		memcpy(s, bytes.at, bytes.n);
	s[bytes.n] = '\0';
	return s;
}

char *arena_str(struct arena *arena, const char *text)
{
	return arena_str_of(arena, span_str(text));
}

void arena_take(struct arena *arena, struct arena *from)
{
	struct arena_chunk *last = from->first;

	if (!last)
		return;
	/* What is taken is usually one chunk; there may be many already. */
	while (last->next)
		last = last->next;
	if (arena->first) {
		last->next = arena->first->next;
		arena->first->next = from->first;
	} else {
		arena->first = from->first;
	}
	from->first = NULL;
}

void arena_clear(struct arena *arena)
{
	while (arena->first) {
		struct arena_chunk *next = arena->first->next;

		free(arena->first);
		arena->first = next;
	}
}
