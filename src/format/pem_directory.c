/*
 * A folder of files, one certificate or many each, in any file format that this program
 * reads. Written as one PEM file a certificate, named after it. A list of what was
 * written, `.rootcellar`, tells our files from those of others: only ours are ever
 * replaced or removed.
 */
#include "base/escape.h"
#include "base/i18n.h"
#include "format/format.h"
#include "x509/name.h"
#include "x509/pem.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define MANIFEST ".rootcellar"
#define MANIFEST_HEAD \
	"# Files in this folder that rootcellar wrote and may replace or remove.\n"
/* One name a line for at most FOLDER_MOST files; ours have at most NAME_MOST bytes. */
#define NAME_MOST     128
#define MANIFEST_MOST (FOLDER_MOST * (size_t)NAME_MOST)
/* Of the name of a certificate that long a beginning is enough for a person. */
#define SHORT_MOST 48
#define HASH_SHORT 8

static enum probe probe_folder(const char *path)
{
	return file_kind(path) == FILE_FOLDER ? PROBE_LIKELY : PROBE_NO;
}

/* ---- reading ---- */

struct reading {
	struct entry_sink *sink;
	size_t files;
};

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static bool read_one(struct span bytes, struct entry_sink *sink, struct error *err)
{
	const struct format *format = format_guess(bytes);

	if (!bytes.n)
		return error_fail(err, STATUS_INPUT, _("the file is empty"));
	if (!format)
		return error_fail(err, STATUS_INPUT, _("the file is in no known format"));
	return format->read(bytes, sink, err);
}

/* One file that cannot be read never costs the folder. */
static bool visit(void *ctx, const char *path, struct error *err)
{
	struct reading *reading = ctx;
	struct entry_sink sink = sink_for(reading->sink, path);
	AUTO(file) file = FILE_INIT;
	AUTO(error) bad = ERROR_INIT;

	(void)err;
	if (base_name(path)[0] == '.')
		return true; /* our list, and what editors and version control leave */
	reading->files++;
	sink.file = &file;
	if (!file_read(&file, path, &bad) || !read_one(file.bytes, &sink, &bad))
		sink_skip(&sink, 0, &bad);
	reading->sink->added += sink.added;
	reading->sink->skipped += sink.skipped;
	return true;
}

static void skip_other(void *ctx, const char *path, const char *why)
{
	struct reading *reading = ctx;
	struct entry_sink sink = sink_for(reading->sink, path);
	AUTO(error) bad = ERROR_INIT;

	/* A folder of files is one level deep: what stands below is another store. */
	if (file_kind(path) == FILE_FOLDER)
		return;
	error_fail(&bad, STATUS_INPUT, "%s", why);
	sink_skip(&sink, 0, &bad);
	reading->sink->skipped += sink.skipped;
}

static bool read_folder(const char *path, struct entry_sink *sink, struct error *err)
{
	struct reading reading = { sink, 0 };
	struct folder_walk walk = { &reading, visit, skip_other };

	if (!folder_walk(path, &walk, err))
		return false;
	if (!reading.files && !sink->skipped)
		return error_fail(err, STATUS_INPUT, _("the folder has no files (sub-folders are not read)"));
	return true;
}

/* ---- names ---- */

/*
 * Letters, digits and '-' of the certificate's name; each run of anything else is one
 * '_'.
 */
static void add_short_name(struct buf *out, const struct cert *cert)
{
	AUTO(buf) name = BUF_INIT;
	size_t start = out->n;

	name_short(&name, cert_part(cert, cert->subject));
	for (size_t i = 0; i < name.n && out->n - start < SHORT_MOST; i++) {
		bool plain =
			name.at[i] < 0x80 && (isalnum(name.at[i]) || name.at[i] == '-');

		if (plain)
			buf_add_byte(out, name.at[i]);
		else if (out->n > start && out->at[out->n - 1] != '_')
			buf_add_byte(out, '_');
	}
	while (out->n > start && out->at[out->n - 1] == '_')
		out->n--;
	if (out->n == start)
		buf_add_str(out, "certificate");
}

/* "DigiCert_Global_Root_G2.cb3ccbb7.pem"; digits of the SHA-256 as many as asked for. */
static char *file_name(const struct cert *cert, size_t digits)
{
	struct sha256 hash = cert_sha256(cert);
	AUTO(buf) name = BUF_INIT;
	char hex[SHA256_TEXT];

	add_short_name(&name, cert);
	sha256_hex(&hash, hex);
	buf_addf(&name, ".%.*s.pem", (int)digits, hex);
	return buf_steal(&name);
}

/*
 * Whether we could have written a file of that name: then it holds no slash and is no dot
 * file.
 */
static bool is_our_name(struct span name)
{
	struct span end = SPAN(".pem");

	if (name.n <= end.n + HASH_SHORT + 1 || name.n > NAME_MOST || name.at[0] == '.')
		return false;
	for (size_t i = 0; i < name.n; i++) {
		if (name.at[i] >= 0x80 ||
		    (!isalnum(name.at[i]) && !strchr("-_.", name.at[i])))
			return false;
	}
	return span_eq(span_from(name, name.n - end.n), end);
}

/* ---- what was written before ---- */

struct names {
	char **at; /* sorted once they are asked */
	size_t n, cap;
};

static void names_clear(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		mem_free(names->at[i]);
	mem_free(names->at);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void names_sort(struct names *names)
{
	if (names->n)
		qsort(names->at, names->n, sizeof(*names->at), compare_names);
}

static bool names_have(const struct names *names, const char *name)
{
	return names->n &&
	       bsearch(&name, names->at, names->n, sizeof(*names->at), compare_names);
}

static void names_add(struct names *names, char *name)
{
	GROW(names->at, names->n, names->cap);
	names->at[names->n++] = name;
}

static char *path_in(const char *folder, const char *name)
{
	return str_format("%s/%s", folder, name);
}

/* Lines that we could not have written are not ours to act upon. */
static void parse_manifest(struct names *names, struct span text)
{
	while (text.n) {
		const uint8_t *end = memchr(text.at, '\n', text.n);
		size_t n = end ? (size_t)(end - text.at) : text.n;
		struct span line = { text.at, n };

		if (is_our_name(line))
			names_add(names, str_of(line));
		text = span_from(text, end ? n + 1 : n);
	}
	names_sort(names);
}

static bool read_manifest(struct names *names, const char *folder, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, MANIFEST);
	AUTO(file) file = FILE_INIT;

	if (file_kind(path) == FILE_ABSENT)
		return true;
	if (!file_read(&file, path, err)) {
		err->status = STATUS_UNCHANGED;
		return false;
	}
	if (file.bytes.n > MANIFEST_MOST)
		return error_fail(err, STATUS_UNCHANGED,
				  _("'%s' is too long to be a list of files"), path);
	parse_manifest(names, file.bytes);
	return true;
}

static bool write_manifest(const struct names *names, const char *folder,
			   struct error *err)
{
	AUTO_FREE char *path = path_in(folder, MANIFEST);
	AUTO(buf) text = BUF_INIT;

	buf_add_str(&text, MANIFEST_HEAD);
	for (size_t i = 0; i < names->n; i++)
		buf_addf(&text, "%s\n", names->at[i]);
	return file_replace(path, buf_span(&text), 0666, err);
}

/* ---- writing ---- */

struct plan_file {
	char *name;
	const struct cert *cert;
};
struct plan {
	struct plan_file *at; /* sorted by name */
	size_t n;
	struct names before, now;
};

static void plan_clear(struct plan *plan)
{
	for (size_t i = 0; i < plan->n; i++)
		mem_free(plan->at[i].name);
	mem_free(plan->at);
	names_clear(&plan->before);
	names_clear(&plan->now);
}

static int compare_files(const void *a, const void *b)
{
	const struct plan_file *left = a, *right = b;

	return strcmp(left->name, right->name);
}

/*
 * Two that share name and first digits both get all digits, whichever of them came first.
 */
static void tell_apart(struct plan *plan)
{
	for (size_t i = 0; i < plan->n;) {
		size_t end = i + 1;

		while (end < plan->n && strcmp(plan->at[end].name, plan->at[i].name) == 0)
			end++;
		for (size_t j = i; end - i > 1 && j < end; j++) {
			mem_free(plan->at[j].name);
			plan->at[j].name = file_name(plan->at[j].cert, SHA256_TEXT - 1);
		}
		i = end;
	}
	qsort(plan->at, plan->n, sizeof(*plan->at), compare_files);
}

static void make_plan(struct plan *plan, const struct entry_set *set)
{
	plan->at = mem_array(set->n, sizeof(*plan->at));
	for (size_t i = 0; i < set->n; i++) {
		const struct cert *cert = &set->at[i].cert;

		if (set_find(set, cert) == &set->at[i])
			plan->at[plan->n++] =
				(struct plan_file){ file_name(cert, HASH_SHORT), cert };
	}
	qsort(plan->at, plan->n, sizeof(*plan->at), compare_files);
	tell_apart(plan);
	for (size_t i = 0; i < plan->n; i++)
		names_add(&plan->now, str_copy(plan->at[i].name));
}

/*
 * A name is free, or a file of ours: never a link, which would be followed to a file of
 * others.
 */
static bool may_write(const struct plan *plan, const char *folder, const char *name,
		      struct error *err)
{
	AUTO_FREE char *path = path_in(folder, name);
	AUTO_FREE char *shown = quoted(span_str(path));
	struct stat st;

	if (lstat(path, &st) < 0) {
		if (errno == ENOENT)
			return true;
		return error_errno(err, STATUS_UNCHANGED, _("cannot look at '%s'"),
				   shown);
	}
	if (S_ISREG(st.st_mode) && names_have(&plan->before, name))
		return true;
	return error_fail(err, STATUS_UNCHANGED,
			  _("'%s' is in the way: rootcellar did not write it"), shown);
}

static bool has_bytes(const char *path, struct span bytes)
{
	AUTO(error)
	ignored =
		ERROR_INIT; /* what cannot be read is written again, and that will tell */
	AUTO(file) file = FILE_INIT;

	return file_kind(path) == FILE_REGULAR && file_read(&file, path, &ignored) &&
	       span_eq(file.bytes, bytes);
}

static bool write_one(const char *folder, const struct plan_file *one, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, one->name);
	AUTO(buf) text = BUF_INIT;

	pem_write(&text, "CERTIFICATE", cert_der(one->cert));
	return has_bytes(path, buf_span(&text)) ||
	       file_replace(path, buf_span(&text), 0666, err);
}

static bool remove_one(const char *folder, const char *name, struct error *err)
{
	AUTO_FREE char *path = path_in(folder, name);
	AUTO_FREE char *shown = quoted(span_str(path));
	struct stat st;

	if (lstat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return true; /* gone, or no file of ours any more */
	return unlink(path) == 0 ||
	       error_errno(err, STATUS_UNCHANGED, _("cannot remove '%s'"), shown);
}

static bool remove_old(const struct plan *plan, const char *folder, struct error *err)
{
	for (size_t i = 0; i < plan->before.n; i++) {
		if (!names_have(&plan->now, plan->before.at[i]) &&
		    !remove_one(folder, plan->before.at[i], err))
			return false;
	}
	return true;
}

/*
 * Before the first file is written the list holds old and new, so that no crash makes
 * ours a stranger.
 */
static bool announce(const struct plan *plan, const char *folder, struct error *err)
{
	AUTO(names) both = { NULL, 0, 0 };

	for (size_t i = 0; i < plan->before.n; i++)
		names_add(&both, str_copy(plan->before.at[i]));
	for (size_t i = 0; i < plan->now.n; i++) {
		if (!names_have(&plan->before, plan->now.at[i]))
			names_add(&both, str_copy(plan->now.at[i]));
	}
	names_sort(&both);
	return write_manifest(&both, folder, err);
}

static bool write_folder(const struct entry_set *set, const char *path, struct error *err)
{
	AUTO(plan) plan = { NULL, 0, { NULL, 0, 0 }, { NULL, 0, 0 } };

	if (!folder_make(path, 0777, err) || !read_manifest(&plan.before, path, err))
		return false;
	make_plan(&plan, set);
	for (size_t i = 0; i < plan.n; i++) {
		if (!may_write(&plan, path, plan.at[i].name, err))
			return false;
	}
	if (!announce(&plan, path, err))
		return false;
	for (size_t i = 0; i < plan.n; i++) {
		if (!write_one(path, &plan.at[i], err))
			return false;
	}
	return remove_old(&plan, path, err) && write_manifest(&plan.now, path, err);
}

const struct format format_pem_directory = {
	.name = "pem-directory",
	.summary = N_("a folder of PEM files, one a certificate"),
	.extension = "pem",
	.carries = CARRIES_CERTIFICATES,
	.folder = true,
	.probe_folder = probe_folder,
	.read_folder = read_folder,
	.write_folder = write_folder,
};
