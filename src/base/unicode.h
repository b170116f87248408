/* What of Unicode needs its tables: libunistring, loaded when the first text beyond ASCII
 * comes. */
#pragma once

#include "base/compiler.h"
#include "base/span.h"

/* A character in lower case. */
int32_t unicode_lower(int32_t character);
/*
 * UTF-8 with its case folded, in normalisation form KC: *n bytes, for free(). NULL where
 * it cannot be had.
 */
MUST_CHECK uint8_t *unicode_fold(struct span utf8, size_t *n);
