/*
 * Base64 (RFC 4648 section 4), the inner loops of pem.c: what is common is taken in big
 * steps, and what is not is left to the caller, character by character.
 */
#pragma once

#include "base/span.h"

/* A decoder may write this much past the last byte that counts. */
#define BASE64_SLACK 32

/* The value of a character, 0 to 63; 64 where it is none of the alphabet. */
uint8_t base64_value(uint8_t character);

/* What a decoder has taken from the front of a text. */
struct base64_run {
	size_t taken; /* characters, line ends among them */
	size_t made;  /* bytes */
	size_t lines; /* line ends */
};

/*
 * Decodes whole groups of four characters as long as they come one after another, or with
 * a line end (LF, CRLF) between two groups; stops before anything else. to has room for
 * three quarters of text and BASE64_SLACK.
 */
struct base64_run base64_run(struct span text, uint8_t *to);
/* The same by the one road or the other, for the test that both agree. */
struct base64_run base64_run_portable(struct span text, uint8_t *to);
struct base64_run base64_run_wide(struct span text, uint8_t *to);
/* Whether this processor has what base64_run_wide needs; it must not be called elsewhere.
 */
bool base64_has_wide(void);

/* Encodes to `to`, (n + 2) / 3 * 4 characters, padded; returns their end. */
uint8_t *base64_encode(struct span bytes, uint8_t *to);
