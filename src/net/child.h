/* Starting rootcellar-net and ending it. */
#pragma once

#include "base/error.h"

#include <sys/types.h>

#define NET_PROGRAM  "rootcellar-net"
#define NET_CHILD_FD 3 /* where the child finds its end of the socket pair */

/* The program to start: beside ours where it is ours, else the installed one. The
 * caller's to mem_free. */
char *child_program(void);
/* Starts program with one end of a new socket pair; fd is ours, and does not block. */
MUST_CHECK bool child_start(const char *program, pid_t *pid, int *fd, struct error *err);
/* The socket is closed already: waits a moment for the child to end, then ends it. Never
 * blocks for long. */
void child_end(pid_t pid);
