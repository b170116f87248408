/* Room for decoded bytes, what DER may hold, and the files of a folder. */
#include "format/contents.h"

#include "base/i18n.h"
#include "x509/pkcs7.h"

uint8_t *room_for(struct room *room, size_t n)
{
	size_t block = room->expected < ARENA_WHOLE ? room->expected : ARENA_WHOLE;

	if (room->left < n) {
		room->left = n > block ? n : block;
		room->at = arena_alloc(room->arena, room->left);
	}
	return room->at;
}

struct span room_take(struct room *room, size_t n)
{
	struct span taken = span_of(room->at, n);

	room->at += n;
	room->left -= n;
	room->expected -= n < room->expected ? n : room->expected;
	return taken;
}

void room_give_back(struct room *room, struct span taken)
{
	room->at -= taken.n;
	room->left += taken.n;
}

struct found {
	struct entry_sink *sink;
	size_t line, n;
};

/* One bad certificate of a message never costs the rest. */
static bool found_certificate(void *ctx, struct span der)
{
	struct found *found = ctx;
	struct entry entry = { .trust = TRUST_UNSAID, .line = found->line };
	AUTO(error) bad = ERROR_INIT;

	found->n++;
	if (cert_read(&entry.cert, der, &bad)) {
		sink_add(found->sink, &entry);
	} else {
		error_in(&bad, _("certificate %zu"), found->n);
		sink_skip(found->sink, found->line, &bad);
	}
	return true;
}

bool read_pkcs7(struct entry_sink *sink, struct span der, size_t line, struct error *err)
{
	struct found found = { sink, line, 0 };
	AUTO(error) bad = ERROR_INIT;

	if (pkcs7_certificates(der, &found, found_certificate, &bad))
		return found.n ||
		       error_fail(err, STATUS_INPUT,
				  _("the PKCS#7 message holds no certificate"));
	if (!found.n)
		return error_move(err, &bad);
	sink_skip(sink, line, &bad);
	return true;
}

bool read_der(struct entry_sink *sink, struct span der, size_t line, struct error *err)
{
	struct entry entry = { .trust = TRUST_UNSAID, .line = line };
	AUTO(error) bad = ERROR_INIT;
	size_t used, n = 0;

	if (pkcs7_looks_like(der))
		return read_pkcs7(sink, der, line, err);
	for (; der.n; der = span_from(der, used), n++) {
		if (!cert_read_first(&entry.cert, der, &used, &bad))
			break;
		sink_add(sink, &entry);
	}
	if (!der.n)
		return n || error_fail(err, STATUS_INPUT, _("there are no bytes"));
	if (!n)
		return error_move(err, &bad);
	/* Where the next certificate would begin is not known once one does not parse. */
	error_in(&bad, _("what follows certificate %zu"), n);
	sink_skip(sink, line, &bad);
	return true;
}

bool keep_bytes(struct span *file, struct entry_sink *sink, struct error *err)
{
	uint8_t *to;

	if (!sink->file || !sink->file->map || sink->file->bytes.at != file->at) {
		*file = arena_copy(&sink->set->arena, *file);
		return true;
	}
	to = arena_alloc(&sink->set->arena, file->n);
	if (!file_copy(sink->file, 0, to, file->n, err))
		return false;
	file->at = to;
	return true;
}

bool read_something(const struct entry_sink *sink, size_t had, struct error *err)
{
	if (sink->added > had || sink->skipped)
		return true;
	return error_fail(err, STATUS_INPUT, _("it holds no certificate"));
}

bool read_whole(struct entry_sink *sink, struct span file, struct span *bytes,
		struct error *err)
{
	uint8_t *to;

	if (!sink->file || !sink->file->map || file.at != sink->file->bytes.at) {
		*bytes = arena_copy(&sink->set->arena, file);
		return true;
	}
	to = arena_alloc(&sink->set->arena, file.n);
	*bytes = span_of(to, file.n);
	return file_copy(sink->file, 0, to, file.n, err);
}

bool read_any(struct span file, struct entry_sink *sink, struct error *err)
{
	const struct format *format = format_guess(file);

	if (!file.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!format)
		return error_fail(err, STATUS_INPUT, _("the file is in no known format"));
	return format->read(file, sink, err);
}

static void settle(struct entry_sink *sink, const struct part_reader *reader,
		   struct entry *entry)
{
	AUTO(error) bad = ERROR_INIT;

	switch (reader->settle(reader->ctx, entry, &bad)) {
	case SETTLED:
		sink_add(sink, entry);
		break;
	case SETTLED_REFUSED:
		sink_skip(sink, entry->line, &bad);
		break;
	case SETTLED_TWICE:
		break;
	}
}

/* Read aside first: a sink keeps what it is given. */
static bool read_settled(struct entry_sink *sink, struct span bytes,
			 const struct part_reader *reader, struct error *err)
{
	AUTO(entry_set) part = ENTRY_SET_INIT;
	struct entry_sink aside = *sink;
	bool good;

	aside.set = &part;
	aside.taker = NULL;
	aside.keep_twins = true;
	good = reader->read(bytes, &aside, err);
	sink->skipped = aside.skipped;
	arena_take(&sink->set->arena, &part.arena);
	for (size_t i = 0; i < part.n; i++)
		settle(sink, reader, &part.at[i]);
	return good;
}

void read_part(struct entry_sink *folder, const char *path,
	       const struct part_reader *reader)
{
	struct entry_sink sink = sink_for(folder, path);
	AUTO(file) file = FILE_INIT;
	AUTO(error) bad = ERROR_INIT;

	sink.file = &file;
	if (!file_read(&file, path, &bad) ||
	    !(reader->settle ? read_settled(&sink, file.bytes, reader, &bad)
			     : reader->read(file.bytes, &sink, &bad)))
		sink_skip(&sink, 0, &bad);
	folder->added += sink.added;
	folder->skipped += sink.skipped;
}

void skip_part(struct entry_sink *folder, const char *path, const char *why)
{
	struct entry_sink sink = sink_for(folder, path);
	AUTO(error) bad = ERROR_INIT;

	error_fail(&bad, STATUS_INPUT, "%s", why);
	sink_skip(&sink, 0, &bad);
	folder->skipped += sink.skipped;
}
