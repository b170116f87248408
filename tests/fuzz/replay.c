/*
 * Runs a fuzz target without a fuzzer, for make check: over every file of the test data,
 * and over copies of each that are cut short or have a byte changed, always the same
 * ones.
 */
#include "base/file.h"
#include "base/memory.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* Larger files are run as they are: each copy of one costs as much as the file. */
#define MUTATED_MOST 8192
#define CUTS         16
#define CHANGES      48

static size_t runs;

/* In memory of just that size, so that the address sanitizer sees a read past the end. */
static void run_exact(struct span bytes)
{
	AUTO_FREE uint8_t *copy = mem_alloc(bytes.n ? bytes.n : 1);

	if (bytes.n)
		memcpy(copy, bytes.at, bytes.n);
	LLVMFuzzerTestOneInput(copy, bytes.n);
	runs++;
}

/* Numbers that look random and are the same in every run. */
static uint32_t next_number(uint32_t *state)
{
	*state = *state * 1664525u + 1013904223u;
	return *state >> 8;
}

static void run_changed(struct span bytes)
{
	AUTO_FREE uint8_t *copy = mem_alloc(bytes.n);
	uint32_t state = (uint32_t)bytes.n;

	for (size_t i = 0; i < CHANGES; i++) {
		const size_t place = next_number(&state) % bytes.n;

		memcpy(copy, bytes.at, bytes.n);
		copy[place] = (uint8_t)next_number(&state);
		run_exact((struct span){ copy, bytes.n });
	}
}

static int run_file(const char *path, const struct stat *about, int kind,
		    struct FTW *where)
{
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;

	(void)about;
	(void)where;
	if (kind != FTW_F)
		return 0;
	if (!file_read(&file, path, &err)) {
		fprintf(stderr, "%s\n", err.text);
		return 1;
	}
	run_exact(file.bytes);
	if (file.bytes.n == 0 || file.bytes.n > MUTATED_MOST)
		return 0;
	for (size_t i = 1; i < CUTS; i++)
		run_exact((struct span){ file.bytes.at, file.bytes.n * i / CUTS });
	run_changed(file.bytes);
	return 0;
}

int main(void)
{
	const char *data = getenv("DATA");

	if (nftw(data ? data : "tests/data", run_file, 16, FTW_PHYS) != 0)
		return 1;
	printf("%zu inputs\n", runs);
	return runs ? 0 : 1;
}
