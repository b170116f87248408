/*
 * Commands: one file each, one struct each at its foot, one line in the table of main.c.
 * Help, manual and completion are made from the struct.
 */
#pragma once

#include "base/i18n.h"
#include "report/report.h"

#include <popt.h>

enum command_group {
	COMMAND_LOOK,
	COMMAND_CHANGE,
	COMMAND_CHECK,
	COMMAND_HAND_OUT
};

/* What the common options say, and what every command needs. */
struct context {
	const char *store; /* -s; NULL: the default cellar. The first of several */
	const char *const *stores; /* all -s, NULL-ended */
	enum report_format format;
	const char *output; /* -o; NULL: standard output */
	int64_t at;         /* --at, else now */
	bool at_given;
	bool offline, dry_run, yes, quiet, without_password;
	int verbose;
	const char *proxy; /* --proxy; NULL: the environment's */
	struct report *report;
	char *command_line; /* for the log: quoted, secrets redacted */
	bool interactive;   /* standard input and error are terminals */
	bool reported;      /* the report was written already: main leaves it */
};

struct command_example {
	const char *command, *what; /* what is translated when shown */
};

struct command {
	const char *name;
	const char *args;    /* "STORE STORE"; translated when shown, as what follows */
	const char *summary; /* one line */
	const char *description; /* paragraphs of the manual, separated by blank lines */
	enum command_group group;
	int least, most;                        /* arguments; most -1: any number */
	const struct poptOption *options;       /* its own; POPT_TABLEEND */
	const struct command_example *examples; /* ended by a NULL command */
	bool writes_output;                     /* gives -o its own meaning (export) */
	enum status (*run)(struct context *context, const char *const *args,
			   struct error *err);
};

/* The table of main.c, NULL-ended: help, manual, completion and tests walk it. */
extern const struct command *const commands[];
const struct command *command_find(const char *name);
/* "Look" ...: translated. */
const char *command_group_title(enum command_group group);
#define COMMAND_GROUPS 4

/* The one line of each command in that table. */
extern const struct command cmd_list, cmd_show, cmd_diff, cmd_import, cmd_remove,
	cmd_trust, cmd_prune, cmd_fetch, cmd_log, cmd_undo, cmd_validate, cmd_export, cmd_explain,
	cmd_stores;

/* Shared by commands that change the cellar or another store: shows the plan, asks,
 * commits. */
#include "cmd/change.h"
