/* Starting servers.py, and asking one thing at a time. */
#include "servers.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#define SERVERS_MOST 64

extern char **environ;

struct server {
	char name[32];
	unsigned port;
};

struct servers {
	pid_t pid;
	int input; /* closing it ends them */
	char folder[64];
	struct server at[SERVERS_MOST];
	size_t n;
};

static const char *source_folder(void)
{
	const char *folder = getenv("top_srcdir");

	if (!folder)
		folder = getenv("srcdir");
	return folder ? folder : ".";
}

/* Starts the script; its input and output come back as descriptors. */
static pid_t start_script(const char *folder, int *input, int *output)
{
	AUTO_FREE char *script = str_format("%s/tests/net/servers.py", source_folder());
	char *const argv[] = { TEXT("python3"), TEXT("-Wignore"), script, (char *)folder,
			       NULL };
	posix_spawn_file_actions_t actions;
	int in[2], out[2];
	pid_t pid = -1;

	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, in[0], STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
	assert_int_equal(posix_spawnp(&pid, argv[0], &actions, NULL, argv, environ), 0);
	posix_spawn_file_actions_destroy(&actions);
	close(in[0]);
	close(out[1]);
	*input = in[1];
	*output = out[0];
	return pid;
}

static bool read_ports(struct servers *servers, int output)
{
	FILE *lines = fdopen(output, "r");
	struct server server;
	bool ready = false;

	while (!ready && fscanf(lines, "%31s %u", server.name, &server.port) == 2) {
		ready = strcmp(server.name, "ready") == 0;
		assert_true(servers->n < SERVERS_MOST);
		servers->at[servers->n++] = server;
	}
	fclose(lines);
	return ready;
}

/* What the user's environment says about proxies is none of the tests' business. */
static void forget_proxies(void)
{
	static const char *const names[] = { "http_proxy", "https_proxy",  "HTTPS_PROXY",
					     "all_proxy",  "ALL_PROXY",    "no_proxy",
					     "NO_PROXY",   "SSL_CERT_FILE" };

	for (size_t i = 0; i < COUNT(names); i++)
		unsetenv(names[i]);
}

int servers_start(void **state)
{
	struct servers *servers = mem_zalloc(sizeof(*servers));
	int output;

	forget_proxies();
	strcpy(servers->folder, "/tmp/rootcellar-net-XXXXXX");
	assert_non_null(mkdtemp(servers->folder));
	servers->pid = start_script(servers->folder, &servers->input, &output);
	*state = servers;
	return read_ports(servers, output) ? 0 : -1;
}

int servers_stop(void **state)
{
	struct servers *servers = *state;
	AUTO_FREE char *command = str_format("rm -rf '%s'", servers->folder);

	close(servers->input);
	while (waitpid(servers->pid, NULL, 0) < 0 && errno == EINTR)
		;
	if (system(command) != 0)
		return -1;
	mem_free(servers);
	return 0;
}

uint16_t servers_port(const struct servers *servers, const char *name)
{
	for (size_t i = 0; i < servers->n; i++)
		if (strcmp(servers->at[i].name, name) == 0)
			return (uint16_t)servers->at[i].port;
	fail_msg("no server '%s'", name);
	return 0;
}

char *servers_url(const struct servers *servers, const char *page)
{
	return str_format("http://127.0.0.1:%u%s", servers_port(servers, "web"), page);
}

char *servers_proxy(const struct servers *servers, const char *scheme, const char *name)
{
	return str_format("%s://localhost:%u", scheme, servers_port(servers, name));
}

char *servers_path(const struct servers *servers, const char *name)
{
	return str_format("%s/%s", servers->folder, name);
}

static struct net *net_with(const char *program, const char *proxy, const char *cache)
{
	struct net_settings settings = {
		.proxy = (char *)proxy,
		.cache = (char *)cache,
		.connect_ms = DEADLINE_MS,
		.handshake_ms = DEADLINE_MS,
	};
	struct net *net = net_new(&settings);
	char own[4096];
	ssize_t n = readlink("/proc/self/exe", own, sizeof(own) - 1);

	assert_true(n > 0);
	own[n] = '\0';
	*strrchr(own, '/') = '\0';
	AUTO_FREE char *path = str_format("%s/%s", own, program);

	net_set_program(net, path);
	return net;
}

struct net *test_net(const char *proxy, const char *cache)
{
	return net_with("../../rootcellar-net", proxy, cache);
}

struct net *test_net_faked(void)
{
	return net_with("../netd/rootcellar-net-faked", "", "");
}

static struct message wait_for(struct net *net, uint32_t id)
{
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;

	if (!net_wait(net, id, &answer, WAIT_MS, &err))
		fail_msg("no answer: %s", err.text ? err.text : "time is up");
	assert_int_equal(answer.id, id);
	return answer;
}

struct message dial(struct net *net, const char *host, uint16_t port)
{
	struct net_dial request = { .host = (char *)host,
				    .sni = TEXT("localhost"),
				    .port = port,
				    .deadline_ms = DEADLINE_MS };
	struct message answer = wait_for(net, net_dial(net, &request));

	assert_int_equal(answer.kind, MESSAGE_PRESENTED);
	return answer;
}

struct message get(struct net *net, const struct net_get *request)
{
	struct message answer = wait_for(net, net_get(net, request));

	assert_int_equal(answer.kind, MESSAGE_GOT);
	return answer;
}

struct net_get request_for(char *url)
{
	return (struct net_get){ .url = url,
				 .bytes_most = 64 << 10,
				 .deadline_ms = DEADLINE_MS,
				 .redirects_most = 5,
				 .allowed = ADDRESS_LOOPBACK };
}
