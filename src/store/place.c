/* Where things are by default, and whose environment may say so. */
#include "store/place.h"

#include "store/cellar.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

#define ROOT_CELLAR "/var/lib/rootcellar/cellar"

static bool under_sudo(void)
{
	return geteuid() == 0 && getenv("SUDO_UID");
}

const char *place_env(const char *name)
{
	const char *value = under_sudo() ? NULL : secure_getenv(name);

	return value && value[0] ? value : NULL;
}

/* Under sudo HOME may still be the caller's. */
const char *place_home(void)
{
	const char *value = place_env("HOME");
	const struct passwd *user;

	if (value && value[0] == '/')
		return value;
	user = getpwuid(geteuid());
	return user && user->pw_dir && user->pw_dir[0] == '/' ? user->pw_dir : NULL;
}

char *place_xdg(const char *variable, const char *fallback, const char *below)
{
	const char *base = place_env(variable);

	/* The XDG base directory specification: a relative path is to be ignored. */
	if (base && base[0] == '/')
		return str_format("%s/%s", base, below);
	base = place_home();
	return base ? str_format("%s/%s/%s", base, fallback, below) : NULL;
}

char *cellar_default_path(void)
{
	const char *chosen = place_env("ROOTCELLAR_STORE");
	char *path = NULL;

	if (chosen)
		return str_copy(chosen);
	if (geteuid() != 0)
		path = place_xdg("XDG_DATA_HOME", ".local/share", "rootcellar/cellar");
	return path ? path : str_copy(ROOT_CELLAR);
}

char *place_absolute(const char *path)
{
	AUTO_FREE char *here = NULL;

	while (path[0] == '.' && path[1] == '/')
		for (path += 2; path[0] == '/';)
			path++;
	if (path[0] == '/')
		return str_copy(path);
	here = getcwd(NULL, 0);
	if (!here)
		return str_copy(path);
	return str_format("%s/%s", strcmp(here, "/") == 0 ? "" : here, path);
}
