/* The targets of a run. */
#include "cmd/targets.h"

#include "base/escape.h"
#include "base/file.h"
#include "base/i18n.h"
#include "report/report.h"

/* An inventory of that size is judged in parts. */
#define TARGETS_MOST 100000

bool target_list_add(struct target_list *list, const char *word, struct error *err)
{
	GROW(list->at, list->n, list->cap);
	if (!target_parse(&list->at[list->n], word, err))
		return false;
	list->n++;
	return true;
}

/* What a line says, without comment and the white space around it. */
static struct span trim(struct span line)
{
	const uint8_t *comment = line.n ? memchr(line.at, '#', line.n) : NULL;

	if (comment)
		line.n = (size_t)(comment - line.at);
	while (line.n && strchr(" \t\r", line.at[line.n - 1]))
		line.n--;
	while (line.n && strchr(" \t\r", line.at[0]))
		line = span_from(line, 1);
	return line;
}

static void read_line(struct target_list *list, struct span line, const char *shown,
		      size_t number, size_t *bad)
{
	AUTO_FREE char *word = str_of(trim(line));
	AUTO(error) why = ERROR_INIT;

	if (!*word || target_list_add(list, word, &why))
		return;
	error_in(&why, "%s:%zu", shown, number);
	report_error(&why);
	++*bad;
}

bool target_list_read(struct target_list *list, const char *path, size_t *bad,
		      struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(path));
	AUTO(file) file = FILE_INIT;
	struct span rest;

	if (!file_read(&file, path, err))
		return false;
	rest = file.bytes;
	if (rest.n && memchr(rest.at, '\0', rest.n))
		return error_fail(err, STATUS_INPUT, _("%s: it is no text"), shown);
	for (size_t number = 1; rest.n; number++) {
		const uint8_t *end = memchr(rest.at, '\n', rest.n);
		size_t n = end ? (size_t)(end - rest.at) : rest.n;

		if (list->n >= TARGETS_MOST)
			return error_fail(err, STATUS_INPUT, _("%s: more than %d targets"),
					  shown, TARGETS_MOST);
		read_line(list, span_of(rest.at, n), shown, number, bad);
		rest = span_from(rest, end ? n + 1 : n);
	}
	return true;
}

void target_list_clear(struct target_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		target_clear(&list->at[i]);
	mem_free(list->at);
	*list = (struct target_list)TARGET_LIST_INIT;
}
