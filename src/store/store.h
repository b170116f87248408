/* Stores: what a reference names (DESIGN section 4), opened for reading, and written
 * whole. */
#pragma once

#include "format/format.h"
#include "trust/selector.h"

enum store_kind {
	STORE_NONE,
	STORE_CELLAR,
	STORE_GENERATION,
	STORE_PROFILE,
	STORE_PATH,
	STORE_ENDPOINT,
	STORE_TOKEN,
	STORE_UNION
};

/* One part that was left out while reading; main prints them, exit status 3. */
struct store_skip {
	char *text; /* "bundle.pem:61: certificate 3: ..." */
};

struct store {
	struct entry_set set;
	char *ref; /* as the user named it; of the default: its path */
	enum store_kind kind;
	const struct format *format; /* of a path; NULL elsewhere */
	char *path; /* file or folder, from the root on: what origins say; NULL where
		       there is none */
	uint64_t generation; /* of the cellar; 0 elsewhere */
	bool stand_in; /* the cellar is empty or absent: these are the platform's roots */
	struct store_skip *skips;
	size_t n_skips, cap_skips;
	size_t skipped;            /* may be more than n_skips, which is bounded */
	/* What is odd, though nothing was left out for it; the number told is bounded. */
	struct store_skip *remarks;
	size_t n_remarks, cap_remarks, remarked;
	size_t taken[TRUST_COUNT]; /* entries that are not in set: store_options.taker */
};
#define STORE_INIT                    \
	{                             \
		.set = ENTRY_SET_INIT \
	}

enum store_purpose {
	STORE_TO_LOOK,   /* an absent cellar gives the platform's roots */
	STORE_TO_CHANGE, /* an absent cellar is empty */
};
struct store_options {
	enum store_purpose purpose;
	bool keep_twins;    /* duplicates stay apart (list of a bundle, audit) */
	const char *cellar; /* whose generation @N is; NULL: of the default one */
	/*
	 * NULL, or who is given each entry, in order. Those of a file or folder are given
	 * while it is read, and not kept: the largest bundle then takes no more memory
	 * than a small one.
	 */
	const struct entry_taker *taker;
};

/* An opener for endpoint references (tls://...), which main fills in: store/ stays below
 * net/. */
typedef bool store_open_endpoint(const char *ref, struct entry_set *set,
				 struct error *err);
extern store_open_endpoint *store_endpoint_opener;

/*
 * Where the passwords of stores come from, and what those that are written are sealed
 * with; main fills them in, as the command line says.
 */
extern const struct passwords *store_passwords;
extern struct sealing store_sealing;

/* ref NULL: the default cellar. "A+B" unites. STATUS_INPUT where nothing could be read.
 */
MUST_CHECK bool store_open(struct store *store, const char *ref,
			   const struct store_options *options, struct error *err);
/* How many entries it had, kept or taken. */
size_t store_entries(const struct store *store);
/* "147 anchors, 2 intermediates, 1 distrusted", translated, into out. */
void store_told_text(struct buf *out, const struct store *store);
/* The same of a set. */
void store_count_text(struct buf *out, const struct entry_set *set);
void store_clear(struct store *store);

/*
 * Writes set to ref (a path, FORMAT:PATH, "-" for standard output, or a token, which has
 * no format) in format, whole or not at all. in_place: for mount points. *written: of a
 * token or database, what was done to it; else all 0. STATUS_UNCHANGED on failure.
 */
enum write_mode {
	WRITE_RENAME,
	WRITE_IN_PLACE
};
MUST_CHECK bool store_write_counted(const char *ref, const struct format *format,
				    const struct entry_set *set, enum write_mode mode,
				    struct written *written, struct error *err);
/* The same for whom it does not matter what changed. */
MUST_CHECK bool store_write(const char *ref, const struct format *format,
			    const struct entry_set *set, enum write_mode mode,
			    struct error *err);

/* The bytes of a file of that format, sealed as store_sealing says. STATUS_UNCHANGED. */
MUST_CHECK bool store_bytes(const struct format *format, const struct entry_set *set,
			    struct buf *bytes, struct error *err);

/* Splits FORMAT:PATH; *format NULL where none is said (then *path is ref, as it is of a
 * token). "-" stays "-". */
MUST_CHECK bool store_split_ref(const char *ref, const struct format **format,
				const char **path, struct error *err);
/* For selectors that name files. */
extern const struct selector_files store_selector_files;
