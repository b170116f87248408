/*
 * Passwords of stores: from files, descriptors and the environment, in the order in which
 * they were said, or from a person at a terminal. Every copy is wiped.
 */
#include "cmd/passwords.h"

#include "base/escape.h"
#include "format/passwords.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

/* More than a few are a mistake; each costs a derivation of keys a store. */
#define SAID_MOST 16

/* One command line a process. */
static struct {
	enum password_source source;
	char *where;
} said[SAID_MOST];
static size_t n_said;
static struct secret secrets[SAID_MOST];
static struct passwords passwords;

void passwords_say(enum password_source source, char *where)
{
	if (n_said < SAID_MOST) {
		said[n_said].source = source;
		said[n_said].where = where;
	} else {
		free(where);
	}
	n_said++;
}

void passwords_of_officer(void)
{
	passwords.officer = true;
}

void passwords_forget(void)
{
	for (size_t i = 0; i < SAID_MOST; i++) {
		secret_clear(&secrets[i]);
		free(said[i].where);
		said[i].where = NULL;
	}
	n_said = 0;
	store_passwords = NULL;
	store_sealing.password = NULL;
}

/* ---- bytes ---- */

static volatile sig_atomic_t interrupted; /* the signal that came during a question */

/* One byte; what follows a password in a pipe is for others. False at the end. */
static bool read_byte(int fd, uint8_t *byte, struct error *err)
{
	ssize_t got;

	do {
		got = read(fd, byte, 1);
	} while (got < 0 && errno == EINTR && !interrupted);
	return got == 1 ||
	       (got < 0 && error_errno(err, STATUS_INPUT, _("cannot read it")));
}

/* The first line of what fd gives, without its end. */
static bool read_line(int fd, struct secret *line, struct error *err)
{
	uint8_t bytes[PASSWORD_MOST + 1]; /* one more for a carriage return */
	uint8_t byte = 0;
	size_t n = 0;
	bool any = false, good;

	while (n < sizeof(bytes) && read_byte(fd, &byte, err) && byte != '\n') {
		bytes[n++] = byte;
		any = true;
	}
	good = !err->text && (any || byte == '\n');
	n -= n && bytes[n - 1] == '\r';
	if (good && n <= PASSWORD_MOST)
		secret_set(line, span_of(bytes, n));
	wipe(bytes, sizeof(bytes));
	wipe(&byte, sizeof(byte));
	if (good && n <= PASSWORD_MOST)
		return true;
	if (!err->text && !any)
		return error_fail(err, STATUS_INPUT, _("it holds no line"));
	return err->text ? false
			 : error_fail(err, STATUS_INPUT,
				      _("its first line is longer than any password (%d "
					"bytes)"),
				      PASSWORD_MOST);
}

/* ---- where they come from ---- */

static bool from_file(const char *path, struct secret *password, struct error *err)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? error_errno(err, STATUS_INPUT, _("cannot read it"))
		      : read_line(fd, password, err);
}

/* It stays open for others of our own, but no child inherits it. */
static bool from_descriptor(const char *text, struct secret *password, struct error *err)
{
	char *end;
	long number;

	errno = 0;
	number = strtol(text, &end, 10);
	if (errno || *end || end == text || number < 0 || number > INT32_MAX)
		return error_fail(err, STATUS_INPUT,
				  _("a descriptor is a number such as 3"));
	if (number == STDOUT_FILENO || number == STDERR_FILENO)
		return error_fail(err, STATUS_INPUT,
				  _("this descriptor is for what is printed"));
	if (number != STDIN_FILENO && fcntl((int)number, F_SETFD, FD_CLOEXEC) != 0)
		return error_errno(err, STATUS_INPUT, _("cannot read it"));
	return read_line((int)number, password, err);
}

static bool from_environment(const char *name, struct secret *password, struct error *err)
{
	char *value = getenv(name);
	size_t n;

	if (!value)
		return error_fail(err, STATUS_INPUT, _("there is no such variable"));
	n = strlen(value);
	if (n > PASSWORD_MOST)
		return error_fail(err, STATUS_INPUT,
				  _("it is longer than any password (%d bytes)"),
				  PASSWORD_MOST);
	secret_set(password, span_of(value, n));
	return true;
}

/* Out of the environment, which children get and others can look into. */
static void take_away(const char *name)
{
	char *value = getenv(name);

	if (!value)
		return;
	wipe(value, strlen(value));
	unsetenv(name);
}

static const struct {
	const char *option;
	bool (*read)(const char *where, struct secret *password, struct error *err);
} sources[] = {
	[PASSWORD_FILE] = { "password-file", from_file },
	[PASSWORD_FD] = { "password-fd", from_descriptor },
	[PASSWORD_ENV] = { "password-env", from_environment },
};

static bool read_said(size_t i, struct error *err)
{
	AUTO_FREE char *shown = quoted(span_str(said[i].where));

	if (sources[said[i].source].read(said[i].where, &secrets[i], err) &&
	    (utf8_valid(secret_span(&secrets[i])) ||
	     error_fail(err, STATUS_INPUT, _("the password is not in UTF-8"))))
		return true;
	return error_in(err, "--%s '%s'", sources[said[i].source].option, shown);
}

/* ---- a person ---- */

static void interrupt(int number)
{
	interrupted = number;
}

static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP };

/* Reads a line with the echo off; a signal meanwhile is delivered when it is on again. */
static bool read_hidden(struct secret *answer)
{
	struct sigaction old[COUNT(signals)], caught = { .sa_handler = interrupt };
	struct termios shown, hidden;
	AUTO(error) unread = ERROR_INIT;
	bool good;

	if (tcgetattr(STDIN_FILENO, &shown) != 0)
		return false;
	hidden = shown;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	interrupted = 0;
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &caught, &old[i]);
	good = tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden) == 0 &&
	       read_line(STDIN_FILENO, answer, &unread);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown);
	for (size_t i = 0; i < COUNT(signals); i++)
		sigaction(signals[i], &old[i], NULL);
	if (interrupted)
		raise(interrupted);
	return good && !interrupted;
}

static void print(const char *text)
{
	/* Where a question cannot be printed, nobody answers it. */
	if (write(STDERR_FILENO, text, strlen(text)) < 0)
		return;
}

static bool ask(void *ctx, const char *path, struct secret *answer)
{
	AUTO_FREE char *shown = quoted(span_str(path ? path : "-"));
	AUTO_FREE char *question = str_format(_("password of '%s': "), shown);
	bool good;

	(void)ctx;
	print(question);
	good = read_hidden(answer);
	print("\n");
	return good && answer->n;
}

static void note(void *ctx, const char *path, const char *text)
{
	const struct context *context = ctx;
	AUTO_FREE char *shown = quoted(span_str(path ? path : "-"));

	if (!context->quiet)
		report_note(context->report, "%s: %s", shown, text);
}

bool passwords_read(struct context *context, struct error *err)
{
	if (n_said > SAID_MOST)
		return error_fail(err, STATUS_INPUT, _("more than %d passwords are said"),
				  SAID_MOST);
	for (size_t i = 0; i < n_said; i++)
		if (!read_said(i, err))
			return false;
	for (size_t i = 0; i < n_said; i++)
		if (said[i].source == PASSWORD_ENV)
			take_away(said[i].where);
	passwords = (struct passwords){
		.ctx = context,
		.said = secrets,
		.n_said = n_said,
		.unchecked = context->without_password,
		.ask = context->interactive ? ask : NULL,
		.note = note,
	};
	store_passwords = &passwords;
	store_sealing.password = n_said ? &secrets[n_said - 1] : NULL;
	store_sealing.at = getenv("SOURCE_DATE_EPOCH") ? clock_now() : TIME_NONE;
	return true;
}
