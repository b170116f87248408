/* Keystores in tests: opened with a password, with what was left out and what was told.
 */
#pragma once

#include "format/passwords.h"
#include "formats.h"

struct opened {
	struct entry_set set;
	struct skipped skipped;
	struct buf notes;
	struct error err;
	bool good;
};
#define OPENED_INIT           \
	{                     \
		.good = false \
	}

static inline void opened_clear(struct opened *opened)
{
	entry_set_clear(&opened->set);
	buf_clear(&opened->skipped.text);
	buf_clear(&opened->notes);
	error_clear(&opened->err);
	*opened = (struct opened)OPENED_INIT;
}

static inline void note_opened(void *ctx, const char *path, const char *text)
{
	(void)path;
	buf_addf(ctx, "%s\n", text);
}

enum checking {
	CHECKED,
	UNCHECKED
};

/* password NULL: none is said. */
static inline void open_bytes(struct opened *opened, const struct format *format,
			      struct span bytes, const char *password,
			      enum checking checking)
{
	struct secret said = { (uint8_t *)password, password ? strlen(password) : 0 };
	const struct passwords passwords = { .ctx = &opened->notes,
					     .said = &said,
					     .n_said = password != NULL,
					     .unchecked = checking == UNCHECKED,
					     .note = note_opened };
	/* Of just these bytes: a sanitizer then sees a look past the end. */
	AUTO_FREE uint8_t *copy = mem_copy(bytes);
	struct entry_sink sink = { .set = &opened->set,
				   .path = "test",
				   .skip = note_skip,
				   .ctx = &opened->skipped,
				   .passwords = &passwords };

	opened_clear(opened);
	opened->good = format->read(span_of(copy, bytes.n), &sink, &opened->err);
}

/* A file of tests/data/java, in the format that it is found to be. */
static inline void open_data(struct opened *opened, const char *name,
			     const char *password)
{
	AUTO_FREE char *path = str_format("java/%s", name);
	AUTO(file) file = FILE_INIT;
	const struct format *format;

	data_read(&file, path);
	format = format_guess(file.bytes);
	if (!format)
		fail_msg("%s: no format", name);
	open_bytes(opened, format, file.bytes, password, CHECKED);
}

static inline void says(const char *which, const char *text, const char *wanted)
{
	if (!text || !strstr(text, wanted))
		fail_msg("%s: \"%s\" does not say \"%s\"", which, text ? text : "",
			 wanted);
}

/* "A" an anchor, "I" an intermediate, "?" unsaid: of the entries in order. */
static inline char *trusts(const struct entry_set *set)
{
	AUTO(buf) out = BUF_INIT;

	for (size_t i = 0; i < set->n; i++)
		buf_add_byte(&out, (uint8_t) "?AID"[set->at[i].trust]);
	return buf_steal(&out);
}

/* What other programs wrote, and what is read of it. */
struct keystore_case {
	const char *file, *password, *trusts, *note;
	size_t skipped;
	const char *label; /* of the second entry; NULL: none */
};

static inline void check_keystore(const struct keystore_case *one)
{
	AUTO(opened) opened = OPENED_INIT;
	AUTO_FREE char *found = NULL;
	const char *label;

	open_data(&opened, one->file, one->password);
	if (!opened.good)
		fail_msg("%s: %s", one->file, opened.err.text);
	found = trusts(&opened.set);
	if (strcmp(found, one->trusts) != 0 || opened.skipped.n != one->skipped)
		fail_msg("%s: %s, %zu left out: %s", one->file, found, opened.skipped.n,
			 buf_text(&opened.skipped.text));
	if (one->note)
		says(one->file, buf_text(&opened.notes), one->note);
	label = opened.set.n > 1 ? opened.set.at[1].label : NULL;
	if (one->label ? !label || strcmp(label, one->label) != 0 : label != NULL)
		fail_msg("%s: label %s", one->file, label ? label : "(none)");
}

/* n different certificates: One Root of plain.pem with other bytes in its signature. */
static inline void make_many(struct entry_set *set, size_t n)
{
	AUTO(entry_set) one = ENTRY_SET_INIT;
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	struct span der;

	read_data("plain.pem", &one, &skipped);
	der = cert_der(&one.at[0].cert);
	for (size_t i = 0; i < n; i++) {
		uint8_t *copy = arena_alloc(&set->arena, der.n);
		struct entry entry = { .trust = i % 3 == 2 ? TRUST_INTERMEDIATE
							   : TRUST_ANCHOR };
		AUTO(error) err = ERROR_INIT;

		memcpy(copy, der.at, der.n);
		copy[der.n - 4] = (uint8_t)(i >> 16);
		copy[der.n - 3] = (uint8_t)(i >> 8);
		copy[der.n - 2] = (uint8_t)i;
		if (!cert_read(&entry.cert, span_of(copy, der.n), &err))
			fail_msg("%s", err.text);
		set_add(set, &entry);
	}
}

/* Every 64th byte, and every byte of the first and last hundred, is an end. */
static inline void cut_everywhere(const struct format *format, const char *name,
				  const char *password)
{
	AUTO_FREE char *path = str_format("java/%s", name);
	AUTO(opened) opened = OPENED_INIT;
	AUTO(file) file = FILE_INIT;

	data_read(&file, path);
	for (size_t n = 0; n < file.bytes.n; n++) {
		if (n % 64 && n > 100 && n < file.bytes.n - 100)
			continue;
		open_bytes(&opened, format, span_of(file.bytes.at, n), password, CHECKED);
		if (opened.good || !opened.err.text)
			fail_msg("%s, cut to %zu bytes, was read", name, n);
		open_bytes(&opened, format, span_of(file.bytes.at, n), password,
			   UNCHECKED);
		if (opened.good && !opened.skipped.n)
			fail_msg("%s, cut to %zu bytes, was read whole", name, n);
	}
}
