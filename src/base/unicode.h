/* Characters of UTF-8; and what of Unicode needs its tables: libunistring, loaded when the
 * first text beyond ASCII comes. */
#pragma once

#include "base/compiler.h"
#include "base/span.h"

/*
 * Reads one character of UTF-8 at *at (moved past it); strict (no overlong forms, no surrogates).
 * Invalid: returns -1 and moves one byte on.
 */
int32_t utf8_next(const uint8_t **at, const uint8_t *end);
/* A character in lower case. */
int32_t unicode_lower(int32_t character);
/*
 * UTF-8 with its case folded, in normalisation form KC: *n bytes, for free(). NULL where
 * it cannot be had.
 */
MUST_CHECK uint8_t *unicode_fold(struct span utf8, size_t *n);
