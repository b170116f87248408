/* How many cells of a terminal a text takes. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* How many cells of a terminal the (escaped) UTF-8 text takes. */
size_t text_columns(const char *text);
size_t character_columns(uint32_t character);
