/* Running another program. */
#include "base/run.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/i18n.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

void run_result_clear(struct run_result *result)
{
	buf_clear(&result->said);
}

const char *run_find(const char *const *paths)
{
	for (; *paths; paths++)
		if (access(*paths, X_OK) == 0)
			return *paths;
	return NULL;
}

/* A group of its own, so that what the program starts can be ended with it. */
static int own_group(posix_spawnattr_t *attributes)
{
	sigset_t none;
	int status;

	sigemptyset(&none);
	status = posix_spawnattr_setflags(attributes,
					  POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
	if (!status)
		status = posix_spawnattr_setpgroup(attributes, 0);
	return status ? status : posix_spawnattr_setsigmask(attributes, &none);
}

static int connect_output(posix_spawn_file_actions_t *actions, int out)
{
	int status = posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null",
						      O_RDONLY, 0);

	if (!status)
		status = posix_spawn_file_actions_adddup2(actions, out, STDOUT_FILENO);
	return status ? status
		      : posix_spawn_file_actions_adddup2(actions, out, STDERR_FILENO);
}

static int spawn(pid_t *pid, const char *const *argv, const char *const *environment,
		 int out)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int status = posix_spawn_file_actions_init(&actions);

	if (status)
		return status;
	status = posix_spawnattr_init(&attributes);
	if (!status) {
		status = own_group(&attributes);
		if (!status)
			status = connect_output(&actions, out);
		if (!status)
			status = posix_spawn(pid, argv[0], &actions, &attributes,
					     (char *const *)argv,
					     (char *const *)environment);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return status;
}

static int milliseconds_left(int64_t deadline)
{
	int64_t left = deadline - clock_monotonic_ms();

	return left < 0 ? 0 : left > INT32_MAX ? INT32_MAX : (int)left;
}

/* Takes what there is; false at its end. */
static bool take_output(int fd, struct buf *said)
{
	uint8_t piece[4096];
	ssize_t n = read(fd, piece, sizeof(piece));
	size_t room = RUN_SAID_MOST - said->n;

	if (n <= 0)
		return n < 0 && (errno == EINTR || errno == EAGAIN);
	buf_add(said, span_of(piece, (size_t)n < room ? (size_t)n : room));
	return true;
}

/* Until the program closes its output; false where the time is over first. */
static bool listen_until(int fd, struct buf *said, int64_t deadline)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	for (;;) {
		int ready = poll(&poll_fd, 1, milliseconds_left(deadline));

		if (ready == 0)
			return false;
		if (ready > 0 && !take_output(fd, said))
			return true;
	}
}

/* A program may close its output and go on. It stays as what can be waited for, so that
 * its number is nobody else's yet. */
static bool has_ended(pid_t pid, int64_t deadline)
{
	for (;;) {
		siginfo_t info = { .si_pid = 0 };

		if (waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
		    info.si_pid == pid)
			return true;
		if (!milliseconds_left(deadline))
			return false;
		poll(NULL, 0, 2);
	}
}

static void end_run(struct run_result *result, pid_t pid, int fd, int64_t deadline)
{
	int status = -1;

	result->in_time =
		listen_until(fd, &result->said, deadline) && has_ended(pid, deadline);
	/* What it started and left behind goes too. */
	kill(-pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	result->status = result->in_time && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

bool run_program(struct run_result *result, const char *const *argv,
		 const char *const *environment, uint32_t milliseconds, struct error *err)
{
	int64_t deadline = clock_monotonic_ms() + milliseconds;
	AUTO_CLOSE int ours = -1, theirs = -1;
	int pair[2], status;
	pid_t pid;

	assert(argv[0] && argv[0][0] == '/');
	if (pipe2(pair, O_CLOEXEC) != 0)
		return error_errno(err, STATUS_INPUT, _("cannot make a pipe"));
	ours = pair[0];
	theirs = pair[1];
	status = spawn(&pid, argv, environment, theirs);
	if (status) {
		errno = status;
		return error_errno(err, STATUS_INPUT, _("cannot start '%s'"), argv[0]);
	}
	close(theirs);
	theirs = -1;
	end_run(result, pid, ours, deadline);
	return true;
}
