/* Help, made from the structs of the commands. */
#pragma once

#include "cmd/command.h"

/* `rootcellar --help`: begins with a failing call; the commands by group; the common
 * options. */
void help_program(struct buf *out);
/* `rootcellar COMMAND --help`. */
void help_command(struct buf *out, const struct command *command);

/* Text in lines of at most columns cells, each after indent spaces; blank lines part
 * paragraphs. */
void help_wrap(struct buf *out, const char *text, size_t indent, size_t columns);
/* "-o, --output=FILE". */
void help_option_name(struct buf *out, const struct poptOption *option);
