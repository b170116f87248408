/*
 * What the tests of references share: each stands in its scratch folder, which is home
 * and holds the profiles.
 */
#pragma once

#include "scratch.h"

#include <fcntl.h>

static const struct store_options to_look = { .purpose = STORE_TO_LOOK };
static const struct store_options to_change = { .purpose = STORE_TO_CHANGE };
static int start; /* the folder that tests are started in */

/* Each test stands in its scratch folder, which is home and holds the profiles. */
static inline int begin_test(void **state)
{
	AUTO_FREE char *data =
		realpath(getenv("DATA") ? getenv("DATA") : "tests/data", NULL);

	if (!data || scratch_make(state) != 0)
		return -1;
	setenv("DATA", data, 1);
	setenv("HOME", scratch, 1);
	setenv("XDG_CONFIG_HOME", scratch, 1);
	setenv("ROOTCELLAR_STORE", "cellar", 1);
	unsetenv("SUDO_UID");
	start = open(".", O_RDONLY | O_DIRECTORY);
	return chdir(scratch) == 0 && mkdir("rootcellar", 0755) == 0 &&
			       mkdir("rootcellar/stores", 0755) == 0
		       ? 0
		       : -1;
}

static inline int end_test(void **state)
{
	if (fchdir(start) != 0 || close(start) != 0)
		return -1;
	return scratch_remove(state);
}

static inline void copy_cert(const char *name, const char *to)
{
	AUTO_FREE char *from = data_path(name);
	struct file file = read_whole_file(from);

	write_file(to, file.bytes);
	file_clear(&file);
}

static inline void write_profile(const char *name, const char *inside)
{
	AUTO_FREE char *path = str_format("rootcellar/stores/%s.xml", name);
	AUTO_FREE char *text = str_format("<?xml version=\"1.0\"?>\n<store name=\"%s\">\n"
					  "<title>of a test</title>\n%s</store>\n",
					  name, inside);

	write_text(path, text);
}

/* A profile that reads a file of the scratch folder. */
static inline void write_profile_of(const char *name, const char *file, const char *more)
{
	AUTO_FREE char *inside =
		str_format("<read path=\"/nowhere/at/all\"/>\n"
			   "<read format=\"pem\" path=\"%s/%s\" trust=\"anchor\"/>\n%s",
			   scratch, file, more);

	write_profile(name, inside);
}

static inline void open_good(struct store *store, const char *ref,
			     const struct store_options *options)
{
	AUTO(error) err = ERROR_INIT;

	if (!store_open(store, ref, options, &err))
		fail_msg("%s: %s", ref ? ref : "(default)", err.text);
}

static inline void assert_cannot_open(const char *ref, const char *why)
{
	AUTO(store) store = STORE_INIT;
	AUTO(error) err = ERROR_INIT;

	if (store_open(&store, ref, &to_look, &err))
		fail_msg("opened: %s", ref ? ref : "(default)");
	assert_int_equal(err.status, STATUS_INPUT);
	assert_holds(&err, why);
	assert_int_equal(store.set.n, 0);
}
