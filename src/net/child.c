/* Starting rootcellar-net and ending it. */
#include "net/child.h"

#include "base/file.h"
#include "base/i18n.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#ifndef ROOTCELLAR_LIBEXECDIR
#define ROOTCELLAR_LIBEXECDIR "/usr/libexec/rootcellar"
#endif
#ifndef ROOTCELLAR_BUILDDIR
#define ROOTCELLAR_BUILDDIR ""
#endif

#define PATH_ROOM  4096
#define END_TRIES  100
#define END_TRY_NS (2 * 1000 * 1000)

extern char **environ;

/* The file of the running program; false where the kernel does not say (no /proc). */
static bool own_program(char *path, size_t room)
{
	ssize_t n = readlink("/proc/self/exe", path, room - 1);

	if (n <= 0 || (size_t)n >= room - 1)
		return false;
	path[n] = '\0';
	return path[0] == '/';
}

/*
 * A file beside the running program is taken where whoever owns the running program (or
 * root) put it there, and nobody else can write it: that user decides already what runs
 * here.
 */
static bool may_run(const char *path, const char *own)
{
	struct stat theirs, ours;

	if (stat(path, &theirs) != 0 || stat(own, &ours) != 0 || !S_ISREG(theirs.st_mode))
		return false;
	return (theirs.st_uid == 0 || theirs.st_uid == ours.st_uid) &&
	       !(theirs.st_mode & S_IWOTH) && access(path, X_OK) == 0;
}

/* The one in folder, where it may run; NULL: none. */
static char *program_in(const char *folder, size_t n, const char *own)
{
	char *path = str_format("%.*s/%s", (int)n, folder, NET_PROGRAM);

	if (may_run(path, own))
		return path;
	mem_free(path);
	return NULL;
}

/* For programs that run where they were built, such as tests in a folder of their own. */
static char *program_of_build(const char *own)
{
	static const char folder[] = ROOTCELLAR_BUILDDIR;
	size_t n = sizeof(folder) - 1;

	if (n == 0 || strncmp(own, folder, n) != 0 || own[n] != '/')
		return NULL;
	return program_in(folder, n, own);
}

char *child_program(void)
{
	char own[PATH_ROOM], *path = NULL;

	if (own_program(own, sizeof(own))) {
		path = program_in(own, (size_t)(strrchr(own, '/') - own), own);
		if (!path)
			path = program_of_build(own);
	}
	return path ? path : str_copy(ROOTCELLAR_LIBEXECDIR "/" NET_PROGRAM);
}

/* The child gets the socket and standard error; it has no business with our input and
 * output. */
static int spawn(const char *program, pid_t *pid, int fd)
{
	char *const argv[] = { (char *)NET_PROGRAM, NULL };
	posix_spawn_file_actions_t actions;
	int status = posix_spawn_file_actions_init(&actions);

	if (status)
		return status;
	status = posix_spawn_file_actions_adddup2(&actions, fd, NET_CHILD_FD);
	if (!status)
		status = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO,
							  "/dev/null", O_RDONLY, 0);
	if (!status)
		status = posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO,
							  "/dev/null", O_WRONLY, 0);
	if (!status)
		status = posix_spawn(pid, program, &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

/*
 * Descriptor numbers up to NET_CHILD_FD must not be those of the pair itself: where
 * standard input or output was closed, the opens in the child would take them.
 */
static int above_child_fd(int fd)
{
	int moved;

	if (fd > NET_CHILD_FD)
		return fd;
	moved = fcntl(fd, F_DUPFD_CLOEXEC, NET_CHILD_FD + 1);
	close(fd);
	return moved;
}

bool child_start(const char *program, pid_t *pid, int *fd, struct error *err)
{
	AUTO_CLOSE int ours = -1, theirs = -1;
	int pair[2], status;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) != 0)
		return error_errno(err, STATUS_NO_ANSWER, _("cannot make a socket pair"));
	ours = above_child_fd(pair[0]);
	theirs = above_child_fd(pair[1]);
	if (ours < 0 || theirs < 0)
		return error_errno(err, STATUS_NO_ANSWER, _("cannot make a socket pair"));
	status = spawn(program, pid, theirs);
	if (status) {
		errno = status;
		return error_errno(err, STATUS_NO_ANSWER, _("cannot start '%s'"),
				   program);
	}
	*fd = ours;
	ours = -1;
	return true;
}

void child_end(pid_t pid)
{
	const struct timespec pause = { 0, END_TRY_NS };

	for (int i = 0; i < END_TRIES; i++) {
		pid_t ended = waitpid(pid, NULL, WNOHANG);

		if (ended == pid || (ended < 0 && errno != EINTR))
			return;
		nanosleep(&pause, NULL);
	}
	kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}
