/* Memory: checked allocation, strings, arenas. */
#include "base/memory.h"

#include "base/i18n.h"

#include <stdio.h>
#include <stdlib.h>

#define ARENA_CHUNK 65536

struct arena_chunk {
	struct arena_chunk *next;
	size_t used, size;
	_Alignas(max_align_t) uint8_t bytes[];
};

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

static struct arena_chunk *new_chunk(size_t size)
{
	struct arena_chunk *chunk = mem_alloc(sizeof(*chunk) + size);

	chunk->used = 0;
	chunk->size = size;
	return chunk;
}

void *arena_alloc(struct arena *arena, size_t n)
{
	size_t need = (n + 15) & ~(size_t)15;
	struct arena_chunk *chunk = arena->first;
	void *p;

	if (need < n)
		out_of_memory();
	if (!chunk || chunk->size - chunk->used < need) {
		chunk = new_chunk(need > ARENA_CHUNK / 4 ? need : ARENA_CHUNK);
		/* A big block goes behind the open chunk, so that the open one keeps filling. */
		if (chunk->size == need && arena->first) {
			chunk->next = arena->first->next;
			arena->first->next = chunk;
		} else {
			chunk->next = arena->first;
			arena->first = chunk;
		}
	}
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
	struct arena_chunk **end = &arena->first;

	while (*end)
		end = &(*end)->next;
	*end = from->first;
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
