/*
 * p11-kit persistence files: certificates with their trust, purposes, distrust-after
 * dates and labels, as p11-kit's trust module loads them. p11_object.c knows the grammar,
 * p11_read.c and p11_write.c what the objects mean. Files of others are read as far as
 * they can be; the cellar's own, strictly: what this program would not have written byte
 * for byte is refused, because p11-kit itself takes a file that it cannot parse for loose
 * PEM, and forgets all distrust.
 */
#include "format/p11_kit.h"

#include "base/i18n.h"
#include "format/contents.h"
#include "format/p11_object.h"

static enum probe probe(struct span head, bool whole)
{
	(void)whole;
	return p11_find_header(head) ? PROBE_SURE : PROBE_NO;
}

static bool read_file(struct span file, struct entry_sink *sink, struct error *err)
{
	size_t had = sink->added;

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	p11_kit_read(file, 1, NULL, sink);
	return read_something(sink, had, err);
}

static bool write_file(const struct entry_set *set, struct buf *out, struct error *err)
{
	(void)err; /* what p11-kit has no word for was dealt with before */
	p11_kit_write(set, NULL, out);
	return true;
}

/* ---- strict ---- */

struct first_fault {
	size_t line;
	struct error *err;
	bool found;
};

static void remember(void *ctx, const char *path, size_t line, const struct error *why)
{
	struct first_fault *fault = ctx;

	(void)path;
	if (fault->found)
		return;
	fault->found = true;
	error_fail(fault->err, STATUS_INPUT, _("line %zu: %s"), line, why->text);
}

/*
 * The line of text, counted from first_line, in which it differs from what it ought to
 * be.
 */
static size_t line_of_difference(struct span text, struct span wanted, size_t first_line)
{
	size_t line = first_line;

	for (size_t i = 0; i < text.n && i < wanted.n && text.at[i] == wanted.at[i]; i++)
		line += text.at[i] == '\n';
	return line;
}

bool p11_kit_read_strict(struct span body, size_t first_line,
			 const struct p11_kit_extra *extra, struct entry_set *set,
			 struct error *err)
{
	AUTO(entry_set) read = ENTRY_SET_INIT;
	AUTO(buf) again = BUF_INIT;
	struct first_fault fault = { .err = err };
	struct entry_sink sink = {
		.set = &read, .keep_twins = true, .skip = remember, .ctx = &fault
	};

	p11_kit_read(body, first_line, extra, &sink);
	if (sink.skipped)
		return false;
	p11_kit_write(&read, extra, &again);
	if (!span_eq(buf_span(&again), body))
		return error_fail(err, STATUS_INPUT,
				  _("line %zu: not as rootcellar writes it"),
				  line_of_difference(body, buf_span(&again), first_line));
	set_take(set, &read);
	return true;
}

const struct format format_p11_kit = {
	.name = "p11-kit",
	.summary = N_("p11-kit persistence file, with trust and purposes"),
	.extension = "p11-kit",
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES | CARRIES_DISTRUST_AFTER | CARRIES_LABEL,
	.probe = probe,
	.read = read_file,
	.write = write_file,
};
