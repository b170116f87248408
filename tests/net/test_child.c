/* The child process: started late, replaced a few times, never believed beyond its
 * messages. */
#include "servers.h"

#include "base/clock.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool is_named(pid_t pid, const char *name)
{
	AUTO_FREE char *path = str_format("/proc/%d/comm", (int)pid);
	FILE *file = fopen(path, "r");
	char line[32] = "";
	bool is;

	if (!file)
		return false;
	is = fgets(line, sizeof(line), file) && strncmp(line, name, strlen(name)) == 0;
	fclose(file);
	return is;
}

/* Our one child that is a rootcellar-net; 0: none. */
static pid_t child_of_ours(void)
{
	AUTO_FREE char *path = str_format("/proc/self/task/%d/children", (int)gettid());
	FILE *file = fopen(path, "r");
	int pid;
	pid_t found = 0;

	if (!file)
		skip();
	while (fscanf(file, "%d", &pid) == 1)
		if (is_named(pid, "rootcellar-net"))
			found = pid;
	fclose(file);
	return found;
}

/* The same once it has its name: an exec gives that a moment after posix_spawn has
 * returned. */
static pid_t running_child(void)
{
	int64_t start = clock_monotonic_ms();
	pid_t pid;

	while ((pid = child_of_ours()) == 0)
		if (clock_monotonic_ms() - start > 5000)
			fail_msg("there is no child");
	return pid;
}

static uint32_t ask_silent_server(struct net *net, const struct servers *servers)
{
	struct net_dial request = { .host = TEXT("127.0.0.1"),
				    .sni = TEXT(""),
				    .port = servers_port(servers, "silent"),
				    .deadline_ms = DEADLINE_MS };

	return net_dial(net, &request);
}

static void there_is_no_child_before_the_first_request_and_none_afterwards(void **state)
{
	struct net *net = test_net("", "");
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;

	assert_int_equal(child_of_ours(), 0);
	assert_false(net_next(net, &answer, WAIT_MS, &err));
	assert_null(err.text);
	ask_silent_server(net, *state);
	running_child();
	net_free(net);
	assert_int_equal(child_of_ours(), 0);
}

static void
a_child_that_is_killed_loses_what_was_asked_and_the_next_request_starts_another(
	void **state)
{
	struct net *net = test_net("", "");
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;
	uint32_t first = ask_silent_server(net, *state),
		 second = ask_silent_server(net, *state);

	kill(running_child(), SIGKILL);
	assert_false(net_wait(net, first, &answer, WAIT_MS, &err));
	assert_int_equal(err.status, STATUS_NO_ANSWER);
	assert_string_not_equal(err.text, "");
	error_clear(&err);
	assert_false(net_wait(net, second, &answer, WAIT_MS, &err));
	assert_int_equal(err.status, STATUS_NO_ANSWER);

	answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	message_clear(&answer);
	net_free(net);
}

static void a_child_that_always_ends_is_not_started_for_ever(void **state)
{
	struct net *net = test_net("", "");
	int64_t start = clock_monotonic_ms();

	net_set_program(net, "/bin/true");
	for (int i = 0; i < 1000; i++) {
		AUTO(error) err = ERROR_INIT;
		struct message answer = MESSAGE_INIT;

		assert_false(net_wait(net, ask_silent_server(net, *state), &answer,
				      WAIT_MS, &err));
		assert_int_equal(err.status, STATUS_NO_ANSWER);
	}
	assert_in_range(clock_monotonic_ms() - start, 0, 5000);
	net_free(net);
}

static void a_program_that_is_not_there_is_named(void **state)
{
	struct net *net = test_net("", "");
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;

	net_set_program(net, "/nonexistent/rootcellar-net");
	ask_silent_server(net, *state);
	assert_false(net_next(net, &answer, WAIT_MS, &err));
	assert_int_equal(err.status, STATUS_NO_ANSWER);
	assert_non_null(strstr(err.text, "/nonexistent/rootcellar-net"));
	net_free(net);
}

/* A child of the test's own making: what it writes to its socket is up to script. */
static struct net *net_over_script(const struct servers *servers, const char *script)
{
	AUTO_FREE char *path = servers_path(servers, "child");
	struct net *net = test_net("", "");
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\n%s\n", script);
	fclose(file);
	assert_int_equal(chmod(path, 0700), 0);
	net_set_program(net, path);
	return net;
}

static void what_is_no_message_ends_the_child(void **state)
{
	static const char *const scripts[] = {
		"printf 'hello, rootcellar' >&3; sleep 100",
		"printf '\\377\\377\\377\\377' >&3; sleep 100",
		/* A request is no answer, and is dropped; then nonsense. */
		("printf '\\5\\0\\0\\0\\4\\1\\0\\0\\0\\5\\0\\0\\0\\143\\1\\0\\0\\0' >&3; "
		 "sleep 100"),
	};

	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct net *net = net_over_script(*state, scripts[i]);
		AUTO(error) err = ERROR_INIT;
		struct message answer = MESSAGE_INIT;

		ask_silent_server(net, *state);
		assert_false(net_next(net, &answer, WAIT_MS, &err));
		assert_non_null(err.text);
		assert_non_null(strstr(err.text, "no message"));
		net_free(net);
	}
}

/* Bytes as printf of a shell takes them: always three digits, since digits may follow. */
static char *octal(struct span bytes)
{
	AUTO(buf) text = BUF_INIT;

	for (size_t i = 0; i < bytes.n; i++)
		buf_addf(&text, "\\%03o", bytes.at[i]);
	return buf_steal(&text);
}

static void answers_that_nobody_asked_for_are_dropped(void **state)
{
	AUTO(buf) frames = BUF_INIT;
	struct net_got got = { .outcome = NET_GOOD,
			       .text = TEXT(""),
			       .final_url = TEXT("") };
	struct net_presented presented = { .outcome = NET_CLOSED,
					   .text = TEXT("mine"),
					   .address = TEXT("") };
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;

	/* Of another id, of another kind, then the answer, then the answer again. */
	presented.text = TEXT("of another id");
	net_presented_write(&frames, 99, &presented);
	net_got_write(&frames, 1, &got);
	presented.text = TEXT("mine");
	net_presented_write(&frames, 1, &presented);
	presented.text = TEXT("again");
	net_presented_write(&frames, 1, &presented);
	AUTO_FREE char *bytes = octal(buf_span(&frames));
	AUTO_FREE char *script = str_format("printf '%s' >&3; sleep 100", bytes);
	struct net *net = net_over_script(*state, script);

	assert_int_equal(ask_silent_server(net, *state), 1);
	assert_true(net_next(net, &answer, WAIT_MS, &err));
	assert_string_equal(answer.presented.text, "mine");
	message_clear(&answer);
	assert_false(net_next(net, &answer, 50, &err));
	assert_null(err.text);
	net_free(net);
}

static void a_cancelled_request_gives_no_answer_and_its_place_is_free(void **state)
{
	struct net *net = test_net("", "");
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;

	/* More than can run: without the cancelling the last would wait for their
	 * deadlines. */
	for (int i = 0; i < 200; i++)
		net_cancel(net, ask_silent_server(net, *state));
	assert_false(net_next(net, &answer, WAIT_MS, &err));
	assert_null(err.text);
	answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	message_clear(&answer);
	net_free(net);
}

static void waiting_for_one_answer_keeps_the_others(void **state)
{
	struct net *net = test_net("", "");
	struct net_dial request = { .host = TEXT("127.0.0.1"),
				    .sni = TEXT(""),
				    .port = servers_port(*state, "leaf"),
				    .deadline_ms = DEADLINE_MS };
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;
	uint32_t ids[4];

	for (size_t i = 0; i < COUNT(ids); i++)
		ids[i] = net_dial(net, &request);
	for (size_t i = COUNT(ids); i-- > 0;) {
		assert_true(net_wait(net, ids[i], &answer, WAIT_MS, &err));
		assert_int_equal(answer.id, ids[i]);
		message_clear(&answer);
	}
	net_free(net);
}

static void a_wait_ends_in_time_and_the_answer_still_comes(void **state)
{
	struct net *net = test_net("", "");
	struct net_dial request = { .host = TEXT("127.0.0.1"),
				    .sni = TEXT(""),
				    .port = servers_port(*state, "silent"),
				    .deadline_ms = 300 };
	AUTO(error) err = ERROR_INIT;
	struct message answer = MESSAGE_INIT;
	uint32_t id = net_dial(net, &request);

	assert_false(net_wait(net, id, &answer, 20, &err));
	assert_null(err.text);
	assert_true(net_wait(net, id, &answer, WAIT_MS, &err));
	assert_int_equal(answer.presented.outcome, NET_TIMEOUT);
	message_clear(&answer);
	net_free(net);
}

static void requests_that_are_too_long_are_answered_here(void **state)
{
	struct net *net = test_net("", "");
	AUTO_FREE char *text = mem_zalloc(MESSAGE_TEXT_MOST + 2);
	struct net_get request = request_for(text);
	struct message answer;

	memset(text, 'a', MESSAGE_TEXT_MOST + 1);
	answer = get(net, &request);
	assert_int_equal(answer.got.outcome, NET_BAD_URL);
	message_clear(&answer);
	answer = dial(net, text, 443);
	assert_int_equal(answer.presented.outcome, NET_NO_NAME);
	message_clear(&answer);
	/* The child lives on. */
	answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	assert_int_equal(answer.presented.outcome, NET_GOOD);
	message_clear(&answer);
	net_free(net);
}

static void the_child_inherits_nothing_but_its_socket(void **state)
{
	AUTO_FREE char *secret = servers_path(*state, "secret");
	int leaked = open(secret, O_RDWR | O_CREAT, 0600);
	struct net *net = test_net("", "");
	struct message answer = dial(net, "127.0.0.1", servers_port(*state, "leaf"));
	AUTO_FREE char *folder = str_format("/proc/%d/fd", (int)running_child());
	DIR *dir = opendir(folder);
	struct dirent *entry;

	assert_true(leaked >= 0);
	message_clear(&answer);
	if (!dir)
		skip();
	while ((entry = readdir(dir))) {
		AUTO_FREE char *path = str_format("%s/%s", folder, entry->d_name);
		char to[4096] = "";

		if (readlink(path, to, sizeof(to) - 1) > 0 && strcmp(to, secret) == 0)
			fail_msg("the child holds %s", to);
	}
	closedir(dir);
	net_free(net);
	close(leaked);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			there_is_no_child_before_the_first_request_and_none_afterwards),
		cmocka_unit_test(
			a_child_that_is_killed_loses_what_was_asked_and_the_next_request_starts_another),
		cmocka_unit_test(a_child_that_always_ends_is_not_started_for_ever),
		cmocka_unit_test(a_program_that_is_not_there_is_named),
		cmocka_unit_test(what_is_no_message_ends_the_child),
		cmocka_unit_test(answers_that_nobody_asked_for_are_dropped),
		cmocka_unit_test(
			a_cancelled_request_gives_no_answer_and_its_place_is_free),
		cmocka_unit_test(waiting_for_one_answer_keeps_the_others),
		cmocka_unit_test(a_wait_ends_in_time_and_the_answer_still_comes),
		cmocka_unit_test(requests_that_are_too_long_are_answered_here),
		cmocka_unit_test(the_child_inherits_nothing_but_its_socket),
	};

	return cmocka_run_group_tests(tests, servers_start, servers_stop);
}
