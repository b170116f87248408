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

struct entry *sink_add(struct entry_sink *sink, const struct entry *entry)
{
	struct entry with_origin = *entry;

	sink->added++;
	if (!with_origin.origin)
		with_origin.origin = origin_of(sink);
	return sink->keep_twins ? set_append(sink->set, &with_origin)
				: set_add(sink->set, &with_origin);
}

void sink_skip(struct entry_sink *sink, size_t line, struct error *why)
{
	sink->skipped++;
	if (sink->skip)
		sink->skip(sink->ctx, sink->path, line, why);
	error_clear(why);
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
