/* Where a report goes. It is gathered in memory first, so that a failure leaves an old
 * file whole. */
#include "cmd/output.h"

#include "base/escape.h"
#include "base/file.h"
#include "base/i18n.h"

#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

/* What can be known beforehand to fail does so before the command has done anything. */
static bool check_writable(const char *path, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	const char *slash = strrchr(path, '/');
	AUTO_FREE char *folder =
		!slash ? str_copy(".") : str_of(span_of(path, (size_t)(slash - path) + 1));
	enum file_kind kind = file_kind(path);

	if (!*path)
		return error_fail(err, STATUS_INPUT, _("--output names no file"));
	if (kind == FILE_FOLDER)
		return error_fail(err, STATUS_INPUT, _("cannot write '%s': it is a folder"),
				  shown);
	/* A link may lead to another folder: file_replace will see. */
	if (kind == FILE_ABSENT && access(folder, W_OK | X_OK) != 0)
		return error_errno(err,
				   errno == ENOENT || errno == ENOTDIR ? STATUS_INPUT :
									 STATUS_UNCHANGED,
				   _("cannot write '%s'"), shown);
	return true;
}

/* Work notes hold certificates as PEM, after a line that tells what made them. */
static bool is_work_note(struct span text)
{
	static const char made_by[] = ": rootcellar ";
	const uint8_t *armour = memmem(text.at, text.n, "-----BEGIN", 10);
	size_t n = armour ? (size_t)(armour - text.at) : text.n;

	return memmem(text.at, n, made_by, sizeof(made_by) - 1) != NULL;
}

static bool may_be_report(struct span text)
{
	return !memchr(text.at, '\0', text.n) && (!format_guess(text) || is_work_note(text));
}

/* `list -o ca.pem` is one slip away from `export -o ca.pem`. */
static bool guard(const char *path, struct error *err)
{
	AUTO(file) file = FILE_INIT;
	AUTO_FREE char *shown = quoted(span_str(path));

	if (file_kind(path) != FILE_REGULAR)
		return true;
	if (!destination_keyless(path, err))
		return false;
	if (!file_read(&file, path, err)) {
		err->status = STATUS_UNCHANGED;
	} else {
		if (!file.bytes.n || may_be_report(file.bytes))
			return true;
		error_fail(err, STATUS_UNCHANGED, _("'%s' is there and is no report"), shown);
	}
	return error_remedy(err, _("--yes writes over it"));
}

bool output_begin(struct output *output, const char *path, enum shrink shrink,
		  struct error *err)
{
	if (!path || strcmp(path, "-") == 0)
		return true;
	if (!check_writable(path, err) || (shrink == SHRINK_REFUSED && !guard(path, err)))
		return false;
	output->standard = dup(STDOUT_FILENO);
	output->memory = memfd_create("report", MFD_CLOEXEC);
	if (output->standard < 0 || output->memory < 0 ||
	    dup2(output->memory, STDOUT_FILENO) < 0)
		return error_errno(err, STATUS_UNCHANGED,
				   _("cannot redirect the report"));
	output->path = path;
	return true;
}

static bool write_report(const char *path, struct span report, struct error *err)
{
	/* A device such as /dev/full or a pipe is written to; nothing may be renamed over
	 * it. */
	if (file_kind(path) == FILE_OTHER)
		return file_overwrite(path, report, err);
	return file_replace(path, report, 0666, err);
}

bool output_end(struct output *output, struct error *err)
{
	AUTO(buf) report = BUF_INIT;
	AUTO_FREE char *shown = NULL;
	off_t n;

	if (!output->path)
		return true;
	shown = quoted(span_str(output->path));
	fflush(stdout);
	n = lseek(output->memory, 0, SEEK_END);
	if (n < 0 ||
	    pread(output->memory, buf_reserve(&report, (size_t)n), (size_t)n, 0) != n)
		return error_errno(err, STATUS_UNCHANGED, _("cannot gather the report"));
	report.n = (size_t)n;
	return write_report(output->path, buf_span(&report), err);
}

void output_clear(struct output *output)
{
	if (output->path && dup2(output->standard, STDOUT_FILENO) < 0)
		output->path = NULL; /* nothing more is written: the program ends here */
	file_close_scope(&output->standard);
	file_close_scope(&output->memory);
	*output = (struct output)OUTPUT_INIT;
}
