/*
 * OpenSSL's hashed folder (openssl-rehash(1), X509_LOOKUP_hash_dir(3)): a certificate is
 * found under the hash of its subject, HASH.0, and where that is another's HASH.1 and so
 * on up to the first number that is missing. Read is what OpenSSL would find: names of
 * that form, links or files, with the hash of today or that of versions before 1.0.
 * Written is one PEM file a certificate, and a link to it under either hash.
 */
#include "base/i18n.h"
#include "format/contents.h"
#include "format/file_names.h"
#include "format/openssl_hash.h"
#include "format/owned.h"
#include "format/trusted.h"
#include "trust/table.h"
#include "x509/pem.h"

#include <dirent.h>
#include <stdlib.h>

/* Three names a certificate, and our list. */
#define CERTS_MOST ((FOLDER_MOST - 1) / 3)

static struct span base_of(const char *path)
{
	return span_str(path_base(path));
}

static void close_folder(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static enum probe probe_folder(const char *path)
{
	__attribute__((cleanup(close_folder))) DIR *dir = opendir(path);
	struct dirent *item;

	/* A folder of more names is refused when it is read. */
	for (size_t n = 0; dir && n < FOLDER_MOST && (item = readdir(dir)) != NULL; n++) {
		if (is_hash_name(span_str(item->d_name)))
			return PROBE_SURE;
	}
	return PROBE_NO;
}

/* ---- reading ---- */

/* A name of hash and number. */
struct hashed {
	char *path;
	uint32_t hash;
	unsigned long number;
};
/* A certificate that was read, and whether it was under the hash of former versions. */
struct seen {
	struct sha256 of;
	bool old;
};
struct reading {
	struct entry_sink *sink;
	struct hashed *at; /* sorted by hash and number once all are there */
	size_t n, cap;
	const struct hashed *now; /* under way */
	struct seen *seen;
	size_t n_seen, cap_seen;
	struct table seen_by_hash;
};

static void reading_clear(struct reading *reading)
{
	for (size_t i = 0; i < reading->n; i++)
		mem_free(reading->at[i].path);
	mem_free(reading->at);
	mem_free(reading->seen);
	table_clear(&reading->seen_by_hash);
}

static bool visit(void *ctx, const char *path, struct error *err)
{
	struct reading *reading = ctx;
	char *end;

	(void)err;
	if (!is_hash_name(base_of(path)))
		return true; /* OpenSSL does not look at it: what a link leads to, a CRL
			      */
	GROW(reading->at, reading->n, reading->cap);
	reading->at[reading->n].path = str_copy(path);
	reading->at[reading->n].hash = (uint32_t)strtoul(path_base(path), &end, 16);
	reading->at[reading->n++].number = strtoul(end + 1, NULL, 10);
	return true;
}

static void skip_other(void *ctx, const char *path, const char *why)
{
	struct reading *reading = ctx;

	if (is_hash_name(base_of(path)) && file_kind(path) != FILE_FOLDER)
		skip_part(reading->sink, path, why);
}

static int compare_hashed(const void *a, const void *b)
{
	const struct hashed *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (left->number > right->number) - (left->number < right->number);
}

/* Twice under names of one hash is twice in the folder; under either hash it is once. */
static bool is_other_name(struct reading *reading, const struct cert *cert, bool old)
{
	struct sha256 hash = cert_sha256(cert);
	uint32_t key = (uint32_t)hash_keyed(span_of(hash.at, sizeof(hash.at)));

	for (uint32_t i = table_first(&reading->seen_by_hash, key); i != TABLE_END;
	     i = table_next(&reading->seen_by_hash, i)) {
		if (sha256_eq(&reading->seen[i].of, &hash) && reading->seen[i].old != old)
			return true;
	}
	GROW(reading->seen, reading->n_seen, reading->cap_seen);
	table_add(&reading->seen_by_hash, key, (uint32_t)reading->n_seen);
	reading->seen[reading->n_seen++] = (struct seen){ hash, old };
	return false;
}

/* As OpenSSL takes a certificate that states no trust itself. */
static void settle_trust(struct entry *entry)
{
	if (entry->trust != TRUST_UNSAID)
		return;
	if (cert_self_issued(&entry->cert))
		entry->trust = TRUST_ANCHOR;
	else if (trusted_is_material(&entry->cert))
		entry->trust = TRUST_INTERMEDIATE;
}

static enum settled settle(void *ctx, struct entry *entry, struct error *err)
{
	struct reading *reading = ctx;
	struct span subject = cert_part(&entry->cert, entry->cert.subject);
	uint32_t hash = openssl_hash(subject);
	bool old = hash != reading->now->hash;

	if (old && openssl_hash_old(subject) != reading->now->hash) {
		error_fail(err, STATUS_INPUT,
			   _("this is no name by which OpenSSL finds it: its subject has "
			     "the hash %08x"),
			   hash);
		return SETTLED_REFUSED;
	}
	if (is_other_name(reading, &entry->cert, old))
		return SETTLED_TWICE;
	settle_trust(entry);
	return SETTLED;
}

static void read_hashed(struct reading *reading)
{
	const struct part_reader reader = { read_pem, settle, reading };
	const struct hashed *before = NULL;

	for (size_t i = 0; i < reading->n; before = &reading->at[i++]) {
		const struct hashed *now = &reading->at[i];
		bool first = !before || before->hash != now->hash;

		if (now->number == (first ? 0 : before->number + 1)) {
			reading->now = now;
			read_part(reading->sink, now->path, &reader);
			continue;
		}
		skip_part(reading->sink, now->path,
			  _("the number before is missing, so OpenSSL does not find it"));
		/* Nor what comes after it. */
		while (i + 1 < reading->n && reading->at[i + 1].hash == now->hash)
			i++;
	}
}

static bool read_folder(const char *path, struct entry_sink *sink, struct error *err)
{
	AUTO(reading) reading = { .sink = sink, .seen_by_hash = TABLE_INIT };
	struct folder_walk walk = { &reading, visit, skip_other };

	if (!folder_walk(path, &walk, err))
		return false;
	if (!reading.n && !sink->skipped)
		return error_fail(err, STATUS_INPUT,
				  _("the folder has no names that are hashes"));
	if (reading.n)
		qsort(reading.at, reading.n, sizeof(*reading.at), compare_hashed);
	read_hashed(&reading);
	return true;
}

/* ---- writing ---- */

/* A link to be: hash, and the number of its file in the order of names. */
struct link {
	uint32_t hash;
	size_t file;
};

static int compare_links(const void *a, const void *b)
{
	const struct link *left = a, *right = b;

	if (left->hash != right->hash)
		return left->hash < right->hash ? -1 : 1;
	return (left->file > right->file) - (left->file < right->file);
}

static void add_file(struct owned *owned, const struct file_name *name)
{
	struct owned_file *file = owned_add(owned, str_copy(name->name));
	struct entry entry = *name->entry;
	AUTO(buf) block = BUF_INIT;

	/* Where the bare certificate says it all, other programs can read it too. */
	if (trusted_is_bare(&entry)) {
		pem_write(&file->bytes, "CERTIFICATE", cert_der(&entry.cert));
		return;
	}
	entry.label = NULL; /* not for some and not for others */
	trusted_write(&block, &entry);
	pem_write(&file->bytes, TRUSTED_LABEL, buf_span(&block));
}

/* Numbers are given in the order of names, as openssl rehash does. */
static void add_links(struct owned *owned, const struct file_names *names)
{
	AUTO_FREE struct link *links = mem_array(2 * names->n + 1, sizeof(*links));
	size_t n = 0, number = 0;

	for (size_t i = 0; i < names->n; i++) {
		const struct cert *cert = &names->at[i].entry->cert;
		struct span subject = cert_part(cert, cert->subject);

		links[n++] = (struct link){ openssl_hash(subject), i };
		links[n++] = (struct link){ openssl_hash_old(subject), i };
	}
	qsort(links, n, sizeof(*links), compare_links);
	for (size_t i = 0; i < n; i++) {
		struct owned_file *file;

		number = i && links[i].hash == links[i - 1].hash ? number + 1 : 0;
		file = owned_add(owned, str_format("%08x.%zu", links[i].hash, number));
		file->link_to = links[i].file + 1;
	}
}

static bool write_folder(const struct entry_set *set, const char *path, struct error *err)
{
	AUTO(file_names) names = FILE_NAMES_INIT;
	AUTO(owned) owned = OWNED_INIT;

	file_names_make(&names, set);
	if (names.n > CERTS_MOST)
		return error_fail(err, STATUS_UNCHANGED,
				  _("a hashed folder holds at most %d certificates, not "
				    "%zu"),
				  CERTS_MOST, names.n);
	for (size_t i = 0; i < names.n; i++)
		add_file(&owned, &names.at[i]);
	add_links(&owned, &names);
	return owned_write(&owned, path, err);
}

const struct format format_openssl_directory = {
	.name = "openssl-directory",
	.summary = N_("OpenSSL's hashed folder"),
	.extension = "pem",
	.carries = CARRIES_CERTIFICATES | CARRIES_TRUST | CARRIES_DISTRUST |
		   CARRIES_PURPOSES,
	.folder = true,
	.probe_folder = probe_folder,
	.read_folder = read_folder,
	.write_folder = write_folder,
};
