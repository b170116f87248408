/* The command line taken apart: which command, its options and the common ones. */
#pragma once

#include "cmd/command.h"

/* Options that every command takes. */
extern const struct poptOption common_options[];

enum wanted {
	WANT_RUN,
	WANT_HELP, /* of command, or of the program where that is NULL */
	WANT_VERSION,
	WANT_MANUAL,     /* --dump-manual: the build makes the manual page with it */
	WANT_COMPLETION, /* --dump-completion: and the completion for bash */
};

struct arguments {
	enum wanted wanted;
	const struct command *command; /* NULL: none was named */
	const char *const
		*words;     /* what follows the command, NULL-ended; borrowed from popt */
	const char *colour; /* --color; NULL: auto */
	poptContext popt;
};
#define ARGUMENTS_INIT             \
	{                          \
		.wanted = WANT_RUN \
	}

/*
 * Takes argv apart, in any order of options and words. Fills what the common options say
 * of context; the options of the command go where its table says. STATUS_INPUT with one
 * clear line, and the nearest match as its remedy, where the line cannot be understood.
 */
MUST_CHECK bool arguments_read(struct arguments *arguments, int argc,
			       const char *const *argv, struct context *context,
			       struct error *err);
void arguments_clear(struct arguments *arguments);

/*
 * Walks options and the tables that it includes. title: that of the included table, NULL
 * for its own. Hidden options are left out.
 */
struct option_walk {
	void *ctx;
	void (*option)(void *ctx, const struct poptOption *option, const char *title);
};
void options_walk(const struct poptOption *options, const struct option_walk *walk);
/* Whether the option is followed by a value. */
bool option_takes_value(const struct poptOption *option);
/* Fails with "--option cannot be 'typed'" and what it can be. */
bool bad_choice(const char *option, const char *typed, const char *choices,
		struct error *err);
/*
 * Reads the value of --option, a whole number from least to most. typed NULL: the option
 * was not given, and number stays as it is.
 */
MUST_CHECK bool option_number(const char *option, const char *typed, int least, int most,
			      int *number, struct error *err);
