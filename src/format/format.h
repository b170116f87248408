/* Formats: one file each, one struct each; table.c lists them. */
#pragma once

#include "base/file.h"
#include "trust/set.h"

struct passwords;
struct secret;

enum probe {
	PROBE_NO,
	PROBE_MAYBE,
	PROBE_LIKELY,
	PROBE_SURE
};

/* What a format can hold beside certificates; the rest is never dropped in silence. */
enum carries {
	CARRIES_CERTIFICATES = 0,
	CARRIES_TRUST = 1 << 0, /* anchor against intermediate */
	CARRIES_DISTRUST = 1 << 1,
	CARRIES_PURPOSES = 1 << 2,
	CARRIES_DISTRUST_AFTER = 1 << 3,
	CARRIES_CONSTRAINTS = 1 << 4, /* alternatives, SCT dates, DNS subtrees */
	CARRIES_LABEL = 1 << 5,
	CARRIES_ORIGIN = 1 << 6,
	/* Entries that are not in use; what is distrusted can be written as such. */
	CARRIES_INACTIVE = 1 << 7,
	CARRIES_FIELDS = 1 << 8, /* a store's own words: struct field */
};

/* One who takes entries one by one; what an entry borrows is good until take returns. */
struct entry_taker {
	void (*take)(void *ctx, const struct entry *entry);
	void *ctx;
};

/* Whose reading of OpenSSL's TRUSTED CERTIFICATE: p11-kit distrusts what names no purpose. */
enum trusted_as {
	TRUSTED_AS_OPENSSL,
	TRUSTED_AS_P11_KIT
};

/* Where a reader puts what it reads. Memory for entries comes from set->arena. */
struct entry_sink {
	struct entry_set *set;
	const char *path; /* for origins and messages */
	bool keep_twins;  /* set_append instead of set_add */
	enum trusted_as trusted_as;
	/* NULL, or who is given the entries: the set then keeps none of them. */
	const struct entry_taker *taker;
	/* Called for a part that was left out; err is cleared afterwards. */
	void (*skip)(void *ctx, const char *path, size_t line, const struct error *why);
	/* NULL, or called for what is odd and cost nothing that would be an entry. */
	void (*remark)(void *ctx, const char *path, size_t line,
		       const struct error *what);
	void *ctx;
	size_t added, skipped; /* certificates read (twins too), parts left out */
	/* NULL, or what the bytes are of: one that is mapped is better copied
	 * (file_copy). */
	struct file *file;
	/* Of path, made by the first sink_add; leave it NULL. */
	const struct origin *origin;
	/* Where the password of a store comes from (format/passwords.h); NULL: only those
	 * that everybody knows are tried. */
	const struct passwords *passwords;
};
/*
 * Adds a copy of an entry, whose memory is in the set's arena; the sink's path becomes
 * its origin where it has none.
 */
void sink_add(struct entry_sink *sink, struct entry *entry);
/*
 * A sink for one more path (a file of a folder); give its count back with sink->skipped
 * += its.
 */
struct entry_sink sink_for(const struct entry_sink *sink, const char *path);
/* Tells that a part at line (0: unknown) was left out; why is cleared. */
void sink_skip(struct entry_sink *sink, size_t line, struct error *why);
/* Tells what is odd at line, though nothing was left out for it; what is cleared. */
void sink_remark(struct entry_sink *sink, size_t line, struct error *what);

/* What a store is written with that is sealed with a password or dates its entries. */
struct sealing {
	const struct secret *password; /* UTF-8; NULL: none was said */
	int64_t at; /* of every entry; TIME_NONE: when it was added, or became valid */
};

/* What writing did to a place whose entries come and go one by one. */
struct written {
	size_t added, changed, removed; /* certificates */
	/* Those that others put there, with another trust than the set's: they stay. */
	size_t left;
};

struct format {
	const char *name, *summary; /* summary is translated when shown */
	const char *extension;      /* of one file in a folder of this format, or NULL */
	unsigned carries;           /* of enum carries */
	bool folder;                /* a folder, not a file */
	bool binary;                /* its bytes are no text */
	/*
	 * How likely a file that begins with head (at most 64 KiB of it; whole: all of
	 * it) is this format.
	 */
	enum probe (*probe)(struct span head, bool whole);
	/*
	 * The bytes of a file, not needed afterwards; false only where nothing can be
	 * read (STATUS_INPUT). One that is empty, or holds no certificate and nothing
	 * that was left out, is such a failure.
	 */
	bool (*read)(struct span file, struct entry_sink *sink, struct error *err);
	/* NULL where the format is only read, as write_folder. */
	bool (*write)(const struct entry_set *set, struct buf *out, struct error *err);
	/* The same where the format has passwords or dates; NULL where it has neither. */
	bool (*write_sealed)(const struct entry_set *set, const struct sealing *sealing,
			     struct buf *out, struct error *err);
	/* Of a format with write_sealed: what it is written with when no password was
	 * said; translated when shown. */
	const char *unsealed;
	/* In its place, of a format that holds when it was written (seconds since 1970
	 * UTC). */
	bool (*write_at)(const struct entry_set *set, int64_t now, struct buf *out,
			 struct error *err);
	/* NULL, or what whoever takes the file must do next; translated when shown. */
	const char *afterwards;
	/*
	 * Folders. write_folder replaces what it wrote before, whole; files of others
	 * stay.
	 */
	enum probe (*probe_folder)(const char *path);
	bool (*read_folder)(const char *path, struct entry_sink *sink, struct error *err);
	bool (*write_folder)(const struct entry_set *set, const char *path,
			     struct error *err);
	/*
	 * In its place, of a folder that is a database: it is brought to hold the set
	 * entry by entry, and what others put there stays. It is opened with one of the
	 * passwords (format/passwords.h; NULL: none).
	 */
	bool (*write_database)(const struct entry_set *set, const char *path,
			       const struct passwords *passwords, struct written *written,
			       struct error *err);
};

extern const struct format *const formats[]; /* NULL-ended */
const struct format *format_find(const char *name);
/* Whether it can be written, as a file or a folder. */
bool format_is_writable(const struct format *format);
/* The most likely format of the bytes, NULL where none may be meant. */
const struct format *format_guess(struct span file);
const struct format *format_guess_folder(const char *path);
/* Writes a file's bytes by write or write_at. */
MUST_CHECK bool format_write(const struct format *format, const struct entry_set *set,
			     int64_t now, struct buf *out, struct error *err);

extern const struct format format_pem, format_der, format_pkcs7, format_pem_directory,
	format_p11_kit, format_jks, format_jceks, format_pkcs12, format_bcfks,
	format_servicenow, format_servicenow_updateset;
extern const struct format format_openssl_trusted, format_openssl_directory,
	format_p11_kit_directory, format_certdata, format_edk2, format_nss;

/*
 * The p11-kit persistence format for the cellar: see p11_kit.c for the header and data
 * objects.
 */
struct p11_kit_extra {
	void *ctx;
	/* Text of the data object that goes with an entry, or NULL; the caller frees. */
	char *(*value)(void *ctx, const struct entry *entry);
	/* The other way: fills entry (memory in arena). False: the file is refused. */
	bool (*read)(void *ctx, struct arena *arena, struct entry *entry,
		     struct span value, struct error *err);
};
void p11_kit_write(const struct entry_set *set, const struct p11_kit_extra *extra,
		   struct buf *out);
/* Strict: anything that this program would not have written is an error with its line. */
MUST_CHECK bool p11_kit_read_strict(struct span body, size_t first_line,
				    const struct p11_kit_extra *extra,
				    struct entry_set *set, struct error *err);
