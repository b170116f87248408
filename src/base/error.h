/*
 * Failures. A failure is one line of text and one exit status, made once where it happens; each
 * caller adds the place that it knows in front, and only main prints it.
 */
#pragma once

#include "base/memory.h"

/* Exit statuses of the program; README and manual give the same list. */
enum status {
	STATUS_GOOD = 0,
	STATUS_FINDING = 1,	/* it differs, does not complete, refused an entry */
	STATUS_INPUT = 2,	/* usage, or the input could not be used at all */
	STATUS_PARTIAL = 3,	/* a store was read only in part */
	STATUS_NO_ANSWER = 4,	/* the network gave no answer */
	STATUS_UNCHANGED = 5,	/* a store could not be changed */
};

/* The graver of two: 5, 2, 3, 1, 4, 0. */
enum status status_worse(enum status a, enum status b);

struct error {
	enum status status;
	char *text;	/* NULL: no failure */
	char *remedy;	/* NULL, or a second line: what to do, best a command that can be pasted */
};
#define ERROR_INIT { STATUS_GOOD, NULL, NULL }

/* Fills err (replacing what it held) and returns false, so that a caller can return it. */
bool error_fail(struct error *err, enum status status, const char *format, ...) PRINTF_LIKE(3, 4);
/* The same, followed by ": " and the text of errno. */
bool error_errno(struct error *err, enum status status, const char *format, ...)
	PRINTF_LIKE(3, 4);
/* Puts the place and ": " in front of what err says; returns false. */
bool error_in(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds the second line (replacing an earlier one); returns false. */
bool error_remedy(struct error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Moves from into err, which is cleared first; returns false. */
bool error_move(struct error *err, struct error *from);
void error_clear(struct error *err);
