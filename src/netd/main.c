/*
 * rootcellar-net: everything of rootcellar that touches the network. It is started by
 * rootcellar with one end of a socket pair, does what is asked there, and ends when that
 * closes. It writes nowhere but to its cache, and judges no certificate.
 */
#include "base/i18n.h"
#include "netd/work.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#ifdef HAVE_CONFIG_H
#include "config.h"
#endif

#define SOCKET_FD 3

/* The other end is a program that started us with a socket pair, not somebody's shell. */
static bool is_socket_pair(int fd)
{
	int domain = 0;
	socklen_t n = sizeof(domain);

	return getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &n) == 0 &&
	       domain == AF_UNIX;
}

static void set_language(void)
{
	setlocale(LC_MESSAGES, "");
	setlocale(LC_CTYPE, "");
#ifdef LOCALEDIR
	bindtextdomain(PACKAGE, LOCALEDIR);
#endif
	textdomain(PACKAGE);
	bind_textdomain_codeset(PACKAGE, "UTF-8");
}

int main(void)
{
	set_language();
	if (!is_socket_pair(SOCKET_FD)) {
		fprintf(stderr, "rootcellar-net: %s\n",
			_("this program is started by rootcellar"));
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	umask(S_IRWXG | S_IRWXO);
	if (close_range(SOCKET_FD + 1, ~0u, 0) != 0 && errno != ENOSYS)
		return 1;
	if (fcntl(SOCKET_FD, F_SETFD, FD_CLOEXEC) != 0)
		return 1;
	if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return 1;
	if (!work_run(SOCKET_FD)) {
		fprintf(stderr, "rootcellar-net: %s\n", _("out of resources"));
		return 1;
	}
	/* Not exit: a thread may be in a lookup that never ends. */
	fflush(NULL);
	_exit(0);
}
