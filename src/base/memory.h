/*
 * Memory. Running out ends the program with one line (the cellar survives that by
 * design), so no caller checks; therefore every size that comes from input is bounded
 * before it is asked for here.
 */
#pragma once

#include "base/compiler.h"
#include "base/span.h"

#include <stdarg.h>

void *mem_alloc(size_t n);
void *mem_zalloc(size_t n);
/* An array of n elements of size bytes; the product is checked. */
void *mem_array(size_t n, size_t size);
void *mem_resize(void *old, size_t n, size_t size);
/*
 * For what may be large and is written soon: from 512 KiB on it asks for huge pages (of 2
 * MiB), so that a large bundle is a handful of page faults instead of thousands.
 * mem_free; never mem_resize.
 */
void *mem_large(size_t n);
/* How much mem_large gives when it is asked for n. */
size_t mem_large_size(size_t n);
/*
 * Says that all of the n bytes at `at` are written soon: their pages then come together,
 * and not each with a page fault of its own. Only advice, which nothing depends on.
 */
void mem_will_write(void *at, size_t n);
void *mem_copy(struct span bytes);
void mem_free(void *p);
void mem_free_scope(void *pp);

char *str_copy(const char *text);
/* A NUL-ended copy of bytes. */
char *str_of(struct span bytes);
char *str_format(const char *format, ...) PRINTF_LIKE(1, 2);
char *str_vformat(const char *format, va_list args) PRINTF_LIKE(1, 0);

/*
 * Makes room for one more element in a growing array: at is the array's pointer, cap its
 * capacity, n its length now. GROW(list->at, list->n, list->cap) then list->at[list->n++]
 * = x.
 */
#define GROW(at, n, cap)                                               \
	do {                                                           \
		if ((n) == (cap)) {                                    \
			(cap) = (cap) ? (cap)*2 : 8;                   \
			(at) = mem_resize((at), (cap), sizeof(*(at))); \
		}                                                      \
	} while (0)

/* An arena: many small things that live and die together. Pointers stay valid until it is
 * cleared. */
struct arena_chunk;
struct arena {
	struct arena_chunk *first;
};
#define ARENA_INIT   \
	{            \
		NULL \
	}

/* A block of so many bytes fills a huge page, with nothing left over. */
#define ARENA_WHOLE (((size_t)2 << 20) - 32)
void *arena_alloc(struct arena *arena, size_t n);
struct span arena_copy(struct arena *arena, struct span bytes);
char *arena_str(struct arena *arena, const char *text);
char *arena_str_of(struct arena *arena, struct span bytes);
/* Moves all that from holds into arena; pointers stay valid, from is empty afterwards. */
void arena_take(struct arena *arena, struct arena *from);
void arena_clear(struct arena *arena);
