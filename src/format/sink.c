/* Where readers put what they read. */
#include "format/format.h"

static const struct origin *origin_of(struct entry_sink *sink)
{
	struct origin *origin;

	if (sink->origin || !sink->path)
		return sink->origin;
	origin = arena_alloc(&sink->set->arena, sizeof(*origin));
	*origin = (struct origin){
		.kind = ORIGIN_FILE,
		.ref = arena_str(&sink->set->arena, sink->path),
		.added = TIME_NONE,
	};
	/* One for all entries of a file: a list of origins is never changed in place. */
	sink->origin = origin;
	return origin;
}

void sink_add(struct entry_sink *sink, struct entry *entry)
{
	sink->added++;
	if (!entry->origin)
		entry->origin = origin_of(sink);
	if (sink->taker)
		sink->taker->take(sink->taker->ctx, entry);
	else if (sink->keep_twins)
		set_append(sink->set, entry);
	else
		set_add(sink->set, entry);
}

void sink_skip(struct entry_sink *sink, size_t line, struct error *why)
{
	sink->skipped++;
	if (sink->skip)
		sink->skip(sink->ctx, sink->path, line, why);
	error_clear(why);
}

void sink_remark(struct entry_sink *sink, size_t line, struct error *what)
{
	if (sink->remark)
		sink->remark(sink->ctx, sink->path, line, what);
	error_clear(what);
}

struct entry_sink sink_for(const struct entry_sink *sink, const char *path)
{
	struct entry_sink other = *sink;

	other.path = path;
	other.added = other.skipped = 0;
	other.file = NULL;
	other.origin = NULL;
	return other;
}
