/*
 * Every format that is read with every format that is written: Mozilla's roots in, out
 * and in again are the same certificates, and what both formats can hold of trust is the
 * same. It walks the table, so a new format takes part by being in it.
 *
 * With --table it prints what came through each pair, for README.md (make
 * readme-formats).
 */
#include "written.h"

#include <glob.h>
#include <limits.h>

#define MOZILLA "/usr/share/ca-certificates/mozilla/*.crt"

#define SERVER (1u << PURPOSE_SERVER_AUTH)
#define EMAIL  (1u << PURPOSE_EMAIL)
#define CODE   (1u << PURPOSE_CODE_SIGNING)

/* 2024-11-30T23:59:59Z: what a distrust-after looks like. */
#define AFTER 1733011199

/* What a pair is measured by; letters of the table. */
enum aspect {
	ASPECT_TRUST,
	ASPECT_DISTRUST,
	ASPECT_PURPOSES,
	ASPECT_AFTER,
	ASPECT_COUNT
};
static const struct {
	unsigned carries;
	char letter;
	const char *name;
} aspects[] = {
	[ASPECT_TRUST] = { CARRIES_TRUST, 'T', "trust: anchor or intermediate" },
	[ASPECT_DISTRUST] = { CARRIES_DISTRUST, 'D', "distrust" },
	[ASPECT_PURPOSES] = { CARRIES_PURPOSES, 'P', "purposes" },
	[ASPECT_AFTER] = { CARRIES_DISTRUST_AFTER, 'A', "distrust-after dates" },
};

/* ---- the roots ---- */

/* Real roots have one kind of trust; here they have each that a store may state. */
static void state_trust(struct entry *entry, struct arena *arena, size_t i)
{
	static const struct {
		enum trust trust;
		uint32_t purposes;
		int64_t server, email;
	} kinds[] = {
		{ TRUST_ANCHOR, 0, TIME_NONE, TIME_NONE },
		{ TRUST_ANCHOR, SERVER, TIME_NONE, TIME_NONE },
		{ TRUST_ANCHOR, SERVER | EMAIL, AFTER, TIME_NONE },
		{ TRUST_ANCHOR, EMAIL | CODE, TIME_NONE, AFTER },
		{ TRUST_INTERMEDIATE, 0, TIME_NONE, TIME_NONE },
		{ TRUST_DISTRUSTED, 0, TIME_NONE, TIME_NONE },
		{ TRUST_ANCHOR, SERVER, AFTER, TIME_NONE },
	};

	i %= COUNT(kinds);
	entry->trust = kinds[i].trust;
	if (entry->trust == TRUST_ANCHOR)
		entry->constraints = constraints_make(arena, kinds[i].purposes,
						      kinds[i].server, kinds[i].email);
}

static bool read_roots(struct entry_set *set)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	glob_t found = { 0 };

	if (glob(MOZILLA, 0, NULL, &found) != 0)
		return false;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		AUTO(file) file = FILE_INIT;
		AUTO(error) err = ERROR_INIT;

		if (!file_read(&file, found.gl_pathv[i], &err) ||
		    !read_bytes(&format_pem, file.bytes, set, &skipped, &err))
			fail_msg("%s", err.text);
	}
	globfree(&found);
	for (size_t i = 0; i < set->n; i++)
		state_trust(&set->at[i], &set->arena, i);
	return true;
}

/* ---- through a format ---- */

static void fill_folder(const struct format *format, const struct entry_set *set,
			struct entry_set *back, struct skipped *skipped)
{
	AUTO_FREE char *folder = new_folder();
	struct entry_sink sink = {
		.set = back, .path = folder, .skip = note_skip, .ctx = skipped
	};
	AUTO(error) err = ERROR_INIT;

	if (!write_to_folder(format, set, folder, &err) ||
	    !format->read_folder(folder, &sink, &err))
		fail_msg("%s: %s", format->name, err.text);
	remove_folder(folder);
}

/* As export does: never what is distrusted to a place that would trust it. */
static void choose(struct entry_set *chosen, const struct format *format,
		   const struct entry_set *set)
{
	for (size_t i = 0; i < set->n; i++) {
		if (set->at[i].trust == TRUST_DISTRUSTED &&
		    !(format->carries & CARRIES_DISTRUST))
			continue;
		set_add_copy(chosen, &set->at[i]);
		if (format == &format_der)
			return; /* it holds one */
	}
}

/* Out in the format and in again; chosen is what was written. False: nobody can write it.
 */
static bool go_through(const struct format *format, const struct entry_set *set,
		       struct entry_set *chosen, struct entry_set *back)
{
	AUTO(skipped) skipped = { BUF_INIT, 0 };
	AUTO(error) err = ERROR_INIT;
	AUTO(buf) out = BUF_INIT;

	choose(chosen, format, set);
	if (format->folder ? !format_is_writable(format) || !has_library(format)
			   : !make_file(format, chosen, &out))
		return false;
	if (format->folder)
		fill_folder(format, chosen, back, &skipped);
	else if (!read_bytes(format, buf_span(&out), back, &skipped, &err))
		fail_msg("%s: %s", format->name, err.text);
	if (skipped.n)
		fail_msg("%s: %s", format->name, buf_text(&skipped.text));
	return true;
}

/* ---- what came through ---- */

static bool same_purposes(const struct entry *a, const struct entry *b)
{
	for (size_t i = 0; i < PURPOSE_COUNT; i++)
		if (constraints_good_for(a->constraints, (enum purpose)i) !=
		    constraints_good_for(b->constraints, (enum purpose)i))
			return false;
	return true;
}

static int64_t after_of(const struct entry *entry, enum purpose purpose)
{
	return entry->constraints ? entry->constraints->at[0].issued_before[purpose]
				  : TIME_NONE;
}

static bool same_dates(const struct entry *a, const struct entry *b)
{
	return after_of(a, PURPOSE_SERVER_AUTH) == after_of(b, PURPOSE_SERVER_AUTH) &&
	       after_of(a, PURPOSE_EMAIL) == after_of(b, PURPOSE_EMAIL);
}

static bool same_aspect(enum aspect aspect, const struct entry *a, const struct entry *b)
{
	switch (aspect) {
	case ASPECT_TRUST:
		return a->trust == TRUST_DISTRUSTED || a->trust == b->trust;
	case ASPECT_DISTRUST:
		return (a->trust == TRUST_DISTRUSTED) == (b->trust == TRUST_DISTRUSTED);
	case ASPECT_PURPOSES:
		return a->trust != TRUST_ANCHOR || same_purposes(a, b);
	default:
		return a->trust != TRUST_ANCHOR || same_dates(a, b);
	}
}

/* Whether the entry would tell that the aspect was lost. */
static bool tells(enum aspect aspect, const struct entry *entry)
{
	switch (aspect) {
	case ASPECT_TRUST:
		return entry->trust == TRUST_INTERMEDIATE;
	case ASPECT_DISTRUST:
		return entry->trust == TRUST_DISTRUSTED;
	case ASPECT_PURPOSES:
		return entry->constraints && entry->constraints->at[0].purposes;
	default:
		return after_of(entry, PURPOSE_SERVER_AUTH) != TIME_NONE;
	}
}

/* Bits 1 << aspect of what both say alike, of all that from can say and did. */
static unsigned measure(const struct format *from, const struct entry_set *before,
			const struct entry_set *after)
{
	unsigned same = 0;

	for (size_t j = 0; j < ASPECT_COUNT; j++) {
		bool all = from->carries & aspects[j].carries, told = false;

		for (size_t i = 0; all && i < before->n; i++) {
			const struct entry *found = set_find(after, &before->at[i].cert);

			all = found && same_aspect((enum aspect)j, &before->at[i], found);
			told |= tells((enum aspect)j, &before->at[i]);
		}
		same |= all && told ? 1u << j : 0;
	}
	return same;
}

static void assert_same_certificates(const struct format *from, const struct format *to,
				     const struct entry_set *before,
				     const struct entry_set *after)
{
	bool same = before->n == after->n;

	for (size_t i = 0; same && i < before->n; i++)
		same = set_find(after, &before->at[i].cert);
	if (!same)
		fail_msg("%s to %s: %zu certificates, not %zu", from->name, to->name,
			 after->n, before->n);
}

/* Reads the roots by way of a file of that format. */
static bool read_by(const struct format *from, const struct entry_set *roots,
		    struct entry_set *set)
{
	AUTO(entry_set) chosen = ENTRY_SET_INIT;

	if (!go_through(from, roots, &chosen, set))
		return false;
	assert_same_certificates(from, from, &chosen, set);
	return true;
}

static unsigned pair(const struct format *from, const struct format *to,
		     const struct entry_set *set)
{
	AUTO(entry_set) chosen = ENTRY_SET_INIT, back = ENTRY_SET_INIT;

	assert_true(go_through(to, set, &chosen, &back));
	assert_same_certificates(from, to, &chosen, &back);
	return measure(from, &chosen, &back);
}

static void assert_kept(const struct format *from, const struct format *to, unsigned kept)
{
	for (size_t j = 0; j < ASPECT_COUNT; j++)
		if ((from->carries & to->carries & aspects[j].carries) &&
		    !(kept >> j & 1))
			fail_msg("%s to %s: lost: %s", from->name, to->name,
				 aspects[j].name);
}

/* ---- the table ---- */

static void print_head(FILE *out)
{
	fprintf(out, "| from \\ to |");
	for (size_t j = 0; formats[j]; j++)
		if (format_is_writable(formats[j]))
			fprintf(out, " %s |", formats[j]->name);
	fprintf(out, "\n| --- |");
	for (size_t j = 0; formats[j]; j++)
		if (format_is_writable(formats[j]))
			fprintf(out, " --- |");
	fprintf(out, "\n");
}

/* "TDPA" as far as it was kept; "." for certificates alone. */
static void print_cell(FILE *out, unsigned kept)
{
	fprintf(out, " %s", kept ? "" : ".");
	for (size_t j = 0; j < ASPECT_COUNT; j++)
		if (kept >> j & 1)
			fprintf(out, "%c", aspects[j].letter);
	fprintf(out, " |");
}

static void print_summary(FILE *out)
{
	fprintf(out,
		"| format | what it is | read | written |\n| --- | --- | --- | --- |\n");
	for (size_t i = 0; formats[i]; i++)
		fprintf(out, "| %s | %s | %s | %s |\n", formats[i]->name,
			formats[i]->summary,
			formats[i] != &format_bcfks &&
					(formats[i]->read || formats[i]->read_folder)
				? "yes"
				: "no",
			format_is_writable(formats[i]) ? "yes" : "no");
	fprintf(out, "\nWhat comes through from one format to another beside the "
		     "certificates:");
	for (size_t j = 0; j < ASPECT_COUNT; j++)
		fprintf(out, " %c %s%s", aspects[j].letter, aspects[j].name,
			j + 1 < ASPECT_COUNT ? "," : ";");
	fprintf(out, " `.` nothing more.\n\n");
}

/* Walks every pair, asserts what both formats can hold, and prints what was kept. */
static void walk(const struct entry_set *roots, FILE *out)
{
	print_summary(out);
	print_head(out);
	for (size_t i = 0; formats[i]; i++) {
		AUTO(entry_set) set = ENTRY_SET_INIT;

		if (!read_by(formats[i], roots, &set))
			continue;
		fprintf(out, "| %s |", formats[i]->name);
		for (size_t j = 0; formats[j]; j++) {
			unsigned kept;

			if (!format_is_writable(formats[j]) || !has_library(formats[j]))
				continue;
			kept = pair(formats[i], formats[j], &set);
			assert_kept(formats[i], formats[j], kept);
			print_cell(out, kept);
		}
		fprintf(out, "\n");
	}
}

/* The table without one of its columns would be another. */
static bool has_libraries(void)
{
	for (size_t i = 0; formats[i]; i++)
		if (!has_library(formats[i]))
			return false;
	return true;
}

/* The table is kept beside the program for readme.sh, which would walk it all again. */
static void what_both_formats_can_hold_comes_through_every_pair(void **state)
{
	AUTO(entry_set) roots = ENTRY_SET_INIT;
	const char *folder = getenv("top_builddir");
	char kept[PATH_MAX] = "/dev/null";
	FILE *out;
	(void)state;

	if (!read_roots(&roots))
		skip();
	if (folder && has_libraries())
		assert_in_range(snprintf(kept, sizeof(kept),
					 "%s/tests/format/pairs.table", folder),
				1, sizeof(kept) - 1);
	out = fopen(kept, "w");
	assert_non_null(out);
	walk(&roots, out);
	assert_int_equal(fclose(out), 0);
}

static int print_table(void)
{
	AUTO(entry_set) roots = ENTRY_SET_INIT;

	if (!read_roots(&roots) || !has_libraries())
		return 77;
	walk(&roots, stdout);
	return 0;
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_both_formats_can_hold_comes_through_every_pair),
	};

	/* Hundreds of files are written and synced: in memory, where there is such a
	 * place. */
	if (access("/dev/shm", W_OK) == 0)
		(void)setenv("TMPDIR", "/dev/shm", 1);
	if (argc == 2 && strcmp(argv[1], "--table") == 0)
		return print_table();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
