/* Reading --crl. */
#include "cmd/lists.h"

#include "base/escape.h"
#include "base/file.h"

/* What notes are about. */
struct reading {
	const struct context *context;
	const char *shown; /* the path, escaped */
};

static void note(void *ctx, const struct error *why)
{
	struct reading *reading = ctx;

	report_note(reading->context->report, "%s: %s", reading->shown, why->text);
}

static bool read_file(struct lists *lists, const char *path,
		      const struct context *context, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	struct reading reading = { context, shown };
	struct file *file = &lists->files[lists->n_files];

	*file = (struct file)FILE_INIT;
	if (!file_read(file, path, err))
		return error_in(err, "--crl");
	lists->n_files++;
	if (!crl_set_add(lists->crls, file->bytes, &reading, note))
		report_note(context->report, _("%s: no revocation list in it"), shown);
	return true;
}

bool lists_read(struct lists *lists, const char *const *paths,
		const struct context *context, struct error *err)
{
	size_t n = 0;

	while (paths && paths[n])
		n++;
	if (!n)
		return true;
	lists->crls = crl_set_new();
	lists->files = mem_array(n, sizeof(*lists->files));
	for (size_t i = 0; i < n; i++)
		if (!read_file(lists, paths[i], context, err))
			return false;
	return true;
}

void lists_clear(struct lists *lists)
{
	crl_set_free(lists->crls);
	for (size_t i = 0; i < lists->n_files; i++)
		file_clear(&lists->files[i]);
	mem_free(lists->files);
}
