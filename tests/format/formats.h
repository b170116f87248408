/*
 * Reading and writing in tests: into a set, with what was left out; and other programs as
 * witnesses.
 */
#pragma once

#include "format/format.h"

#include "../x509/test.h"

#include <stdio.h>
#include <unistd.h>

/* What a reader left out, one line each: "LINE: why". */
struct skipped {
	struct buf text;
	size_t n;
};

static inline void note_skip(void *ctx, const char *path, size_t line,
			     const struct error *why)
{
	struct skipped *skipped = ctx;

	(void)path;
	skipped->n++;
	buf_addf(&skipped->text, "%zu: %s\n", line, why->text);
}

static inline void skipped_clear(struct skipped *skipped)
{
	buf_clear(&skipped->text);
}

static inline bool read_bytes(const struct format *format, struct span bytes,
			      struct entry_set *set, struct skipped *skipped,
			      struct error *err)
{
	/*
	 * A copy of just these bytes: a sanitizer then sees a reader that looks past the
	 * end.
	 */
	AUTO_FREE uint8_t *copy = mem_copy(bytes);
	struct entry_sink sink = {
		.set = set, .path = "test", .skip = note_skip, .ctx = skipped
	};

	return format->read(span_of(copy, bytes.n), &sink, err);
}

/* Reads a file of tests/data/format in the format that it is guessed to be. */
static inline void read_data(const char *name, struct entry_set *set,
			     struct skipped *skipped)
{
	AUTO_FREE char *path = str_format("format/%s", name);
	AUTO(file) file = FILE_INIT;
	AUTO(error) err = ERROR_INIT;
	const struct format *format;

	data_read(&file, path);
	format = format_guess(file.bytes);
	if (!format || !read_bytes(format, file.bytes, set, skipped, &err))
		fail_msg("%s: %s", name, err.text ? err.text : "no format");
}

/*
 * Brings an entry down to what a format can carry. Constraints are those of
 * constraints_make: one set of purposes, and dates.
 */
static inline void bring_down(struct entry *entry, struct arena *arena, unsigned carries)
{
	if (entry->trust == TRUST_DISTRUSTED && carries & CARRIES_INACTIVE)
		entry->trust = TRUST_INACTIVE;
	else if (entry->trust != TRUST_INACTIVE && !(carries & CARRIES_TRUST))
		entry->trust = TRUST_UNSAID;
	if (!(carries & CARRIES_PURPOSES))
		entry->constraints = NULL;
	if (entry->constraints && !(carries & CARRIES_DISTRUST_AFTER))
		entry->constraints = constraints_make(
			arena, entry->constraints->at[0].purposes, TIME_NONE, TIME_NONE);
	if (!(carries & CARRIES_LABEL))
		entry->label = NULL;
}

/* A new folder; its path is the caller's. */
static inline char *new_folder(void)
{
	const char *tmp = getenv("TMPDIR");
	char *path = str_format("%s/rootcellar-test-XXXXXX", tmp ? tmp : "/tmp");

	if (!mkdtemp(path))
		fail_msg("mkdtemp %s", path);
	return path;
}

static inline void remove_folder(const char *path)
{
	AUTO_FREE char *command = str_format("rm -rf '%s'", path);

	assert_int_equal(system(command), 0);
}

static inline char *path_in(const char *folder, const char *name)
{
	return str_format("%s/%s", folder, name);
}

static inline void write_bytes(const char *path, struct span bytes)
{
	AUTO(error) err = ERROR_INIT;

	if (!file_replace(path, bytes, 0644, &err))
		fail_msg("%s", err.text);
}

/*
 * The last line that a program prints, without its line feed; "" where it prints none or
 * fails.
 */
static inline char *last_line(const char *command)
{
	FILE *pipe = popen(command, "r");
	char line[512] = "";

	assert_non_null(pipe);
	while (fgets(line, sizeof(line), pipe))
		;
	if (pclose(pipe) != 0)
		line[0] = '\0';
	line[strcspn(line, "\n")] = '\0';
	return str_copy(line);
}

static inline bool have_program(const char *name)
{
	AUTO_FREE char *command = str_format("command -v %s >/dev/null 2>&1", name);

	return system(command) == 0;
}
