/* Help, made from the structs of the commands. */
#pragma once

#include "cmd/command.h"

/* The width of help: that of the terminal or of COLUMNS, and at most 80. */
size_t help_columns(void);
/* `rootcellar --help`: begins with a failing call; the commands by group; the common
 * options. */
void help_program(struct buf *out, size_t columns);
/* `rootcellar COMMAND --help`. Examples are commands, and may be wider. */
void help_command(struct buf *out, const struct command *command, size_t columns);

/* Text in lines of at most columns cells, each after indent spaces; blank lines part
 * paragraphs. */
void help_wrap(struct buf *out, const char *text, size_t indent, size_t columns);
/* "-o, --output=FILE". */
void help_option_name(struct buf *out, const struct poptOption *option);
