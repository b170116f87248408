/* What several readers share: room for decoded bytes, and what DER may hold. */
#pragma once

#include "format/format.h"

/*
 * Room in the arena for decoded bytes, given out piece by piece without a block for each,
 * so that a bundle of 100,000 certificates costs little more than their bytes.
 */
struct room {
	struct arena *arena;
	uint8_t *at;
	size_t left;
	size_t expected; /* at most still to come: a small file takes a small block */
};
/* Where n bytes can go; they are taken only by room_take. */
uint8_t *room_for(struct room *room, size_t n);
struct span room_take(struct room *room, size_t n);
/* What was taken last is not needed any more. */
void room_give_back(struct room *room, struct span taken);

/*
 * Adds what der holds: one certificate, certificates one after another, or a PKCS#7 of
 * them. The bytes are the set's already. line: where it stands in its file, 0 unknown. A
 * certificate of several that cannot be read is skipped; false with err where der holds
 * nothing of this kind.
 */
MUST_CHECK bool read_der(struct entry_sink *sink, struct span der, size_t line,
			 struct error *err);
MUST_CHECK bool read_pkcs7(struct entry_sink *sink, struct span der, size_t line,
			   struct error *err);

/*
 * Copies the bytes of a file into the set's arena, where entries may borrow them; from the
 * sink's file where that is mapped, as that is cheaper.
 */
MUST_CHECK bool keep_bytes(struct span *file, struct entry_sink *sink, struct error *err);

/*
 * The end of a reader: fails where nothing was added (had: sink->added before) and
 * nothing left out.
 */
MUST_CHECK bool read_something(const struct entry_sink *sink, size_t had,
			       struct error *err);

/*
 * A copy of the bytes of a file in the set's arena, the cheapest way to have them there.
 */
MUST_CHECK bool read_whole(struct entry_sink *sink, struct span file, struct span *bytes,
			   struct error *err);

/* A PEM bundle, TRUSTED CERTIFICATE blocks with what they say of trust: see pem.c. */
MUST_CHECK bool read_pem(struct span file, struct entry_sink *sink, struct error *err);
/* The bytes of a file in whatever format they are found to be. */
MUST_CHECK bool read_any(struct span file, struct entry_sink *sink, struct error *err);

typedef bool read_bytes_of(struct span file, struct entry_sink *sink, struct error *err);
enum settled {
	SETTLED,
	SETTLED_TWICE,   /* it is another's other name: passed by */
	SETTLED_REFUSED, /* err says why */
};
struct part_reader {
	read_bytes_of *read;
	/* NULL, or what the folder makes of an entry, whose memory is the set's. */
	enum settled (*settle)(void *ctx, struct entry *entry, struct error *err);
	void *ctx;
};
/*
 * One file of a folder, read by reader; one that cannot be read is skipped and never
 * costs the folder. And one that is not to be read, with the reason.
 */
void read_part(struct entry_sink *folder, const char *path,
	       const struct part_reader *reader);
void skip_part(struct entry_sink *folder, const char *path, const char *why);
