/* Host names, as both programs read them. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

/*
 * Whether the last label of host (n bytes) is a number, which some parsers take for an
 * address in one of its old spellings (127.1, 0x7f000001, 0177.0.0.1, 127.0.0.1. with its
 * final dot): no DNS name has one (WHATWG URL, "ends in a number").
 */
bool host_ends_in_number(const char *host, size_t n);
