/* Patterns that users type, matched against hostile text in bounded time. */
#pragma once

#include "base/span.h"

/* Whether the pattern has any of * ? [ . */
bool glob_has_wildcard(const char *pattern);
/*
 * Whether pattern matches the whole of text: * any run, ? one character, [a-z] and [!a-z]
 * one of a set, \ takes the next as it is. Case is ignored in every script, never by the
 * locale. Invalid UTF-8 matches * and ? only. At most pattern times text steps.
 */
bool glob_match(const char *pattern, struct span text);
