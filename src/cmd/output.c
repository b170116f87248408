/* Where a report goes. It is gathered in memory first, so that a failure leaves an old
 * file whole. */
#include "cmd/output.h"

#include "base/escape.h"
#include "base/file.h"
#include "base/i18n.h"

#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

bool output_begin(struct output *output, const char *path, struct error *err)
{
	if (!path || strcmp(path, "-") == 0)
		return true;
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
