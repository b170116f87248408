/* Suites of other projects: JSON packed by xz, with certificates as PEM in its strings.
 */
#pragma once

#include "base/buf.h"

#include <stdio.h>

static inline void suite_add_unescaped(struct buf *out, uint8_t c, bool *escaped)
{
	if (*escaped || c != '\\')
		buf_add_byte(out, *escaped && c == 'n' ? '\n' : c);
	*escaped = !*escaped && c == '\\';
}

/* The text of a .json.xz with the line ends of its strings unescaped; false where xz
 * gives nothing. */
static inline bool suite_unpack(const char *path, struct buf *out)
{
	AUTO_FREE char *command = str_format("xz -dc '%s'", path);
	FILE *pipe = popen(command, "r");
	char text[65536];
	bool escaped = false;
	size_t n;

	while (pipe && (n = fread(text, 1, sizeof(text), pipe)) > 0)
		for (size_t i = 0; i < n; i++)
			suite_add_unescaped(out, (uint8_t)text[i], &escaped);
	return pipe && pclose(pipe) == 0 && out->n;
}
